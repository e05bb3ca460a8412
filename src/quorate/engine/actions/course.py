"""The course of a case: entering and leaving stages, with everything that follows in the same transaction.

Nothing here authorises: the actions that call it have. The order is fixed: what the old stage still owed (a clock
that ran out unnoticed) is written down; the visit ends and the next begins; the case row is swapped against its
revision; the entry is appended; then come the transition's effects, the stage's, the end or the vote; and last the
steps that the system takes by itself because a guard has become true.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Value
from django.db.models.functions import Greatest

from quorate.access.actors import Actor, system
from quorate.decisions.models import Motion
from quorate.engine.clocks import add, deadlines, promise_ends, promise_starts
from quorate.engine.definition import Effect, EffectKind, Stage, StageKind, Transition
from quorate.engine.definition import Program as Definition
from quorate.engine.facts import CaseFacts
from quorate.engine.models import Case, Obligation, Review, StageVisit, TimerMark
from quorate.engine.parties import Parties
from quorate.engine.rules import automatic_steps, target
from quorate.engine.versions import definition_of
from quorate.kernel import clock
from quorate.kernel.errors import Conflict
from quorate.kernel.i18n import gettext
from quorate.kernel.registry import Registry
from quorate.ledger.actions import append, instant
from quorate.ledger.refs import Ref

ENGINE = system("engine")
#: By which the engine's motions are known among all.
OWNER = "engine"


@dataclass(frozen=True)
class Hand:
    """Who moves a case, by what right, when it takes effect, and the reason they gave."""

    actor: Actor = ENGINE
    authority: Sequence[str] = ()
    at: datetime = field(default_factory=clock.now)
    reason: str = ""

    def by_system(self) -> Hand:
        """The same instant, moved on by the engine itself."""
        return replace(self, actor=ENGINE, authority=("system:engine",), reason="")


@dataclass(frozen=True)
class Turn:
    """One effect in the course of a case: what is to happen, and why."""

    case: Case
    definition: Definition
    hand: Hand
    effect: Effect


#: What each kind of effect does; filled by the modules that own the consequences.
EFFECTS: Registry[Callable[[Turn], None]] = Registry("effect")
#: What entering a vote, leaving one, and reaching an end bring with them; filled by the modules that own them.
OCCASIONS: Registry[Callable[[Case, Definition, Hand], None]] = Registry("occasion")


def held(case: Case) -> Case:
    """The case as it is now; on PostgreSQL nobody else changes it until this transaction ends.

    Every action that writes entries about a case holds it first, so that one case's entries are in order. Its open
    vote is held before it: whoever votes holds the motion and then the case, and two who hold in different orders
    would wait for each other for ever.
    """
    if connection.features.has_select_for_update:
        votes = Motion.objects.select_for_update().filter(owner=OWNER, owner_ref=str(case.pk), state=Motion.State.OPEN)
        list(votes.values_list("pk"))
    return Case.objects.select_for_update().get(pk=case.pk)


def at_revision(case: Case, revision: int | None) -> Case:
    """The case held, refused when it is not at the revision that the actor saw."""
    current = held(case)
    if revision is not None and revision != current.revision:
        raise Conflict(
            gettext("%(case)s changed since you looked at it") % {"case": current.key},
            where="revision",
            mend=gettext("look at it again, then decide"),
        )
    return current


def swap(case: Case, **changes: Any) -> None:
    """Change the case's row if nobody else has: one UPDATE that compares and raises the revision."""
    changed = Case.objects.filter(pk=case.pk, revision=case.revision).update(revision=case.revision + 1, **changes)
    if not changed:
        raise Conflict(
            gettext("%(case)s changed while you were at it") % {"case": case.key},
            where="revision",
            mend=gettext("look at it again, then decide"),
        )
    case.revision += 1
    for name, value in changes.items():
        setattr(case, name, value)


def refs_of(case: Case, *more: Ref) -> list[Ref]:
    """What every entry about a case refers to: the case, its program and its subject."""
    found = [Ref("case", str(case.pk)), Ref("program", str(case.program_id))]
    if case.subject_id:
        found.append(Ref(case.subject_kind, case.subject_id, "subject"))
    return [*found, *more]


def open_visit(case: Case) -> StageVisit | None:
    """The visit in which a case is."""
    return StageVisit.objects.filter(case=case, left_at=None).first()


def came_from(case: Case) -> str:
    """The stage from which the present one was entered, or empty at the start."""
    visits = list(StageVisit.objects.filter(case=case).order_by("-ordinal")[:2])
    return visits[1].stage if len(visits) == 2 else ""


def begin(case: Case, hand: Hand, *, quiet: bool = False) -> None:
    """Let a new case, whose row says its first stage, enter it. Its ``case.filed`` entry is already written.

    ``quiet``: nobody is written to, because the case comes from records of the past.
    """
    definition = definition_of(case)
    stage = definition.stage(case.stage)
    visit = _visit(case, definition, stage, hand.at, 1, "", None)
    _mirror(case, visit, _promise(case, definition, stage, None, hand.at))
    loud = (EffectKind.LETTER, EffectKind.NOTIFY)
    effects = [effect for effect in definition.intake.effects if not (quiet and effect.kind in loud)]
    _follow(case, definition, stage, hand, effects)
    settle(case, hand)


def take(case: Case, transition: Transition, hand: Hand, *, motion: str = "") -> None:
    """Take a transition whose guard and right were checked."""
    definition = definition_of(case)
    to = target(definition, transition, came_from(case))
    enter(case, to, hand, transition=transition, motion=motion)


def enter(
    case: Case,
    to: str,
    hand: Hand,
    *,
    transition: Transition | None = None,
    timeout: bool = False,
    motion: str = "",
    settling: bool = True,
) -> None:
    """Leave the present stage and enter another, with all consequences."""
    definition = definition_of(case)
    origin = definition.stage(case.stage)
    stage = definition.stage(to)
    left = open_visit(case)
    if left is None:
        raise Conflict(gettext("%(case)s is closed") % {"case": case.key}, where="case")
    hand = replace(hand, at=max(hand.at, left.entered_at))
    note_breach(case, definition, left, hand.at)
    if origin.kind is StageKind.VOTE:
        OCCASIONS.get("vote-left")(case, definition, hand)
    left.left_at, left.left_by = hand.at, hand.actor.id
    left.save(update_fields=["left_at", "left_by"])
    resumed = _interrupted(case, left, stage)
    visit = _visit(case, definition, stage, hand.at, left.ordinal + 1, transition.name if transition else "", resumed)
    _mirror(case, visit, _promise(case, definition, stage, left, hand.at))
    append(
        "case.moved",
        actor=hand.actor,
        refs=refs_of(case),
        data={
            "transition": transition.name if transition else "",
            "title": transition.title if transition else gettext("The time was over"),
            "from": origin.name,
            "to": stage.name,
            "from_title": origin.title,
            "to_title": stage.title,
            "due_at": instant(visit.due_at) if visit.due_at else None,
            "paused": visit.paused,
            "timeout": timeout,
            "motion": motion or None,
        },
        private={"reason": hand.reason},
        authority=hand.authority,
        at=hand.at,
    )
    _follow(case, definition, stage, hand, transition.effects if transition else ())
    if settling:
        settle(case, hand)


def settle(case: Case, hand: Hand) -> None:
    """Take the system's own steps, one after the other, as long as a guard holds; never twice into one stage."""
    definition = definition_of(case)
    seen = {case.stage}
    while case.closed_at is None:
        facts = CaseFacts(case, hand.at)
        step = next((s for s in automatic_steps(definition, case.stage) if s.guard and s.guard.evaluate(facts)), None)
        if step is None:
            return
        to = target(definition, step, came_from(case))
        if to in seen:
            return
        seen.add(to)
        enter(case, to, hand.by_system(), transition=step, settling=False)


def note_breach(case: Case, definition: Definition, visit: StageVisit, at: datetime) -> bool:
    """Write down, once and at its own instant, that a stage's clock ran out by ``at``."""
    if visit.due_at is None or visit.due_at > at or visit.breached_at is not None:
        return False
    changed = StageVisit.objects.filter(pk=visit.pk, breached_at=None).update(breached_at=visit.due_at)
    if not changed:
        return False
    visit.breached_at = visit.due_at
    append(
        "case.breached",
        actor=ENGINE,
        refs=refs_of(case),
        data={
            "stage": visit.stage,
            "stage_title": definition.stage(visit.stage).title,
            "due_at": instant(visit.due_at),
            "owner": visit.owner,
        },
        at=visit.due_at,
    )
    return True


def note_promise(case: Case, due: datetime) -> bool:
    """Write down, once and at its own instant, that the program did not keep its promise to a case."""
    _mark, fresh = TimerMark.objects.get_or_create(key=f"promise:{case.pk}:once", defaults={"at": due})
    if fresh:
        append("case.promise-breached", actor=ENGINE, refs=refs_of(case), data={"due_at": instant(due)}, at=due)
    return fresh


def _follow(case: Case, definition: Definition, stage: Stage, hand: Hand, effects: Sequence[Effect]) -> None:
    for effect in (*effects, *stage.on_enter):
        EFFECTS.get(effect.kind.value)(Turn(case, definition, hand, effect))
    if stage.is_end:
        _close(case, definition, stage, hand)
    elif stage.kind is StageKind.VOTE:
        OCCASIONS.get("vote-entered")(case, definition, hand)
    else:
        OCCASIONS.get("entered")(case, definition, hand)


def _visit(
    case: Case,
    definition: Definition,
    stage: Stage,
    at: datetime,
    ordinal: int,
    by: str,
    resumed: StageVisit | None,
) -> StageVisit:
    limits = deadlines(stage, at, resumed)
    return StageVisit.objects.create(
        case=case,
        ordinal=ordinal,
        stage=stage.name,
        stage_kind=stage.kind.value,
        by=by,
        owner=Parties(case, at).office(stage.owner) if stage.owner else "",
        entered_at=at,
        left_at=at if stage.is_end else None,
        due_at=limits.due,
        timeout_at=limits.timeout,
        paused=stage.pauses_clock,
        breached_at=resumed.breached_at if resumed is not None and resumed.due_at else None,
        resumes=resumed,
    )


def _interrupted(case: Case, left: StageVisit, stage: Stage) -> StageVisit | None:
    """The visit that a pause interrupted and that entering ``stage`` now continues."""
    if not left.paused or stage.pauses_clock:
        return None
    for visit in StageVisit.objects.filter(case=case, ordinal__lt=left.ordinal).order_by("-ordinal"):
        if not visit.paused:
            return visit if visit.stage == stage.name else None
    return None


def _promise(
    case: Case, definition: Definition, stage: Stage, left: StageVisit | None, at: datetime
) -> datetime | None:
    """When the program's promise is due, once the case is in ``stage``."""
    due = case.running_due_at
    if due is not None and left is not None and left.paused:
        due += at - left.entered_at
    if due is not None and promise_ends(definition, stage.name):
        if due < at:
            note_promise(case, due)
        return None
    starts = definition.commitment is not None and promise_starts(definition, stage.name)
    if starts and due is None and not StageVisit.objects.filter(case=case, stage=stage.name, left_at__lt=at).exists():
        assert definition.commitment is not None  # promise_starts says so
        return add(at, definition.commitment.lead)
    return due


def _mirror(case: Case, visit: StageVisit, promise: datetime | None) -> None:
    swap(
        case,
        stage=visit.stage,
        stage_kind=visit.stage_kind,
        stage_entered_at=visit.entered_at,
        due_at=min((at for at in (visit.due_at, visit.timeout_at) if at is not None), default=None),
        paused=visit.paused,
        running_due_at=promise,
    )


def _close(case: Case, definition: Definition, stage: Stage, hand: Hand) -> None:
    outcome = definition.outcome(stage.outcome)
    keeps = definition.intake.duplicates is not None and definition.intake.duplicates.while_.value == "ever"
    changes: dict[str, Any] = {"closed_at": hand.at, "outcome": outcome.name, "due_at": None, "paused": False}
    if not keeps:
        changes["unique_key"] = None
    swap(case, **changes)
    append(
        "case.closed",
        actor=hand.actor,
        refs=refs_of(case),
        data={"outcome": outcome.name, "title": outcome.title, "good": outcome.good},
        authority=hand.authority,
        at=hand.at,
    )
    case.assignments.filter(until=None).update(until=Greatest("start", Value(hand.at)))
    case.reviews.filter(state=Review.State.OPEN).update(state=Review.State.RELEASED)
    Obligation.objects.filter(case=case, grant=None, closed_at=None).update(
        state=Obligation.State.DROPPED, closed_at=hand.at, closed_by=hand.actor.id
    )
    OCCASIONS.get("closed")(case, definition, hand)
