"""Steps that people take in a case, and who owns the next one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Value
from django.db.models.functions import Greatest

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.directory.models import Person
from quorate.engine.actions.course import Hand, at_revision, held, refs_of, settle, swap, take
from quorate.engine.conflicts import took_part
from quorate.engine.definition import Program as Definition
from quorate.engine.definition import Reason, Stage, Transition
from quorate.engine.facts import CaseFacts
from quorate.engine.models import Assignment, Case
from quorate.engine.parties import Parties, Standing
from quorate.engine.rules import PRIORITIES, StageOf, Step, manual_steps, opposed
from quorate.engine.versions import definition_of
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, NotFound, Refused, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append, instant
from quorate.ledger.refs import Ref

LONGEST_REASON = 10_000


@action("case.move", kinds=("case.moved", "case.closed"))
def move(*, actor: Actor, case: Case, transition: str, reason: str = "", revision: int | None = None) -> Case:
    """Take a named transition.

    Raises ``Conflict`` when the case is not at ``revision`` or not in a stage of the transition, ``Refused`` when the
    program does not let this actor take it, and ``UserError`` with the clause that failed when its guard stops it.
    """
    current = at_revision(case, revision)
    definition = definition_of(current)
    step = _step(definition, current, transition)
    authority = authorise(actor, "case.move", Step(current, step))
    if not _on_own_behalf(authority):
        _keep_duties_apart(actor, current, definition)
    text = _reason(step, reason)
    _guard(current, step)
    _room(current, definition, step)
    take(current, step, Hand(actor, authority, clock.now(), text))
    return current


def withdraw(*, actor: Actor, case: Case, reason: str = "", revision: int | None = None) -> Case:
    """Take a case back: the transition that the program's ``withdrawal`` declares."""
    return move(actor=actor, case=case, transition="withdraw", reason=reason, revision=revision)


@action("case.assign", kinds=("case.assigned", "case.unassigned"))
def assign(*, actor: Actor, case: Case, person: Person, stage: str = "") -> Case:
    """Make a person the owner of the next step in a stage (default: the present one), in place of whoever was."""
    case, declared = _stage_of(case, stage)
    authority = authorise(actor, "case.assign", StageOf(case, declared.name))
    _alive(person)
    now = clock.now()
    present = _owner(case, declared.name)
    if present is not None and present.person_id == person.pk:
        return case
    if case.stage == declared.name:
        _keep_duties_apart_for(person, case, definition_of(case), declared.name)
    if present is not None:
        _unassign(case, declared, present, Hand(actor, authority, now))
    Assignment.objects.create(
        case=case, person=person, role=Assignment.Role.OWNER, stage=declared.name, start=now, by=actor.id
    )
    swap(case)
    append(
        "case.assigned",
        actor=actor,
        refs=refs_of(case, Ref("person", str(person.pk), "assignee")),
        data={"stage": declared.name, "stage_title": declared.title},
        authority=authority,
    )
    settle(case, Hand(actor, authority, now))
    return case


@action("case.assign", kinds=("case.unassigned",))
def unassign(*, actor: Actor, case: Case, stage: str = "", reason: str = "") -> Case:
    """Leave a stage to whoever holds the office that owns it."""
    case, declared = _stage_of(case, stage)
    authority = authorise(actor, "case.assign", StageOf(case, declared.name))
    present = _owner(case, declared.name)
    if present is not None:
        _unassign(case, declared, present, Hand(actor, authority, clock.now(), reason))
        swap(case)
    return case


@action("case.assign", kinds=("case.prioritised",))
def prioritise(*, actor: Actor, case: Case, priority: str | None) -> Case:
    """Set or clear a case's priority, which orders queues where the program says so."""
    case, declared = _stage_of(case, "")
    authority = authorise(actor, "case.assign", StageOf(case, declared.name))
    if priority is not None and priority not in PRIORITIES:
        raise UserError(gettext("this is no priority"), where="priority", mend=", ".join(PRIORITIES))
    wanted = PRIORITIES[priority] if priority is not None else None
    if wanted == case.priority:
        return case
    swap(case, priority=wanted)
    append("case.prioritised", actor=actor, refs=refs_of(case), data={"priority": wanted}, authority=authority)
    settle(case, Hand(actor, authority))
    return case


@action("case.delegate", kinds=("case.delegated",))
def delegate(*, actor: Actor, case: Case, to: Person, until: datetime, stage: str = "", reason: str = "") -> Assignment:
    """Let somebody act in one's place in a stage until an instant, within the limits that the program sets."""
    case, declared = _stage_of(case, stage)
    authority = authorise(actor, "case.delegate", StageOf(case, declared.name))
    definition = definition_of(case)
    rule = definition.delegation
    if rule is None or actor.person_id is None:
        raise Refused(gettext("acting cannot be handed over here"), where="stage")
    _alive(to)
    now = clock.now()
    parties = Parties(case, now)
    own = next((d for d in parties.delegates(declared.name) if d.person_id == actor.person_id), None)
    depth = own.depth + 1 if own is not None else 1
    if depth > rule.depth:
        raise Refused(gettext("this was handed on as often as the program allows"), where="to")
    if to.pk == actor.person_id:
        raise UserError(gettext("you need nobody's leave to act yourself"), where="to")
    as_them = Standing(Actor("person", f"person:{to.pk}", person_id=to.pk), now)
    if not any(parties.reason(as_them, role) for role in rule.to):
        words = ", ".join(str(role) for role in rule.to)
        raise UserError(gettext("acting may be handed to %(roles)s only") % {"roles": words}, where="to")
    _until(until, now, rule.most.after(now) if rule.most is not None else None)
    if own is not None and own.until is not None and until > own.until:
        raise UserError(gettext("you cannot hand on more time than you have"), where="until")
    row = Assignment.objects.create(
        case=case,
        person=to,
        role=Assignment.Role.DELEGATE,
        stage=declared.name,
        source_id=actor.person_id,
        depth=depth,
        start=now,
        until=until,
        by=actor.id,
    )
    append(
        "case.delegated",
        actor=actor,
        refs=refs_of(case, Ref("person", str(actor.person_id), "source"), Ref("person", str(to.pk), "delegate")),
        data={"stage": declared.name, "stage_title": declared.title, "until": instant(until), "depth": depth},
        private={"reason": reason},
        authority=authority,
    )
    return row


@action("case.delegate", kinds=("case.undelegated",))
def end_delegation(*, actor: Actor, delegation: Assignment) -> Assignment:
    """End a delegation before its time: by whoever gave it, by whoever has it, or by whoever could give it."""
    case = held(delegation.case)
    delegation = Assignment.objects.select_related("person", "source").get(pk=delegation.pk)
    mine = actor.person_id is not None and actor.person_id in (delegation.person_id, delegation.source_id)
    authority = ["party"] if mine else authorise(actor, "case.delegate", StageOf(case, delegation.stage))
    now = clock.now()
    if delegation.role != Assignment.Role.DELEGATE or (delegation.until is not None and delegation.until <= now):
        return delegation
    Assignment.objects.filter(pk=delegation.pk).update(until=Greatest("start", Value(now)))
    delegation.until = now
    append(
        "case.undelegated",
        actor=actor,
        refs=refs_of(
            case,
            Ref("person", str(delegation.source_id), "source"),
            Ref("person", str(delegation.person_id), "delegate"),
        ),
        data={"stage_title": definition_of(case).stage(delegation.stage).title},
        authority=authority,
    )
    return delegation


def _step(definition: Definition, case: Case, name: str) -> Transition:
    if case.closed_at is not None:
        raise Conflict(gettext("%(case)s is closed") % {"case": case.key}, where="case")
    known = {item.name: item for item in definition.all_transitions}
    if name not in known:
        possible = ", ".join(item.name for item in manual_steps(definition, case.stage))
        raise NotFound(
            gettext("%(program)s has no step “%(name)s”") % {"program": definition.name, "name": name},
            where="transition",
            mend=gettext("possible here: %(names)s") % {"names": possible},
        )
    here = manual_steps(definition, case.stage)
    if known[name] not in here:
        raise Conflict(
            gettext("“%(title)s” cannot be taken in “%(stage)s”")
            % {"title": known[name].title, "stage": definition.stage(case.stage).title},
            where="transition",
            mend=gettext("possible here: %(names)s") % {"names": ", ".join(item.name for item in here)},
        )
    return known[name]


def _reason(step: Transition, reason: str) -> str:
    text = reason.strip()
    if step.reason is Reason.REQUIRED and not text:
        raise UserError(gettext("say why"), where="reason")
    if len(text) > LONGEST_REASON:
        raise UserError(gettext("keep it below %(n)d characters") % {"n": LONGEST_REASON}, where="reason")
    return "" if step.reason is Reason.NONE else text


def _guard(case: Case, step: Transition) -> None:
    if step.guard is None:
        return
    verdict = step.guard.evaluate(CaseFacts(case))
    if not verdict.holds:
        raise UserError(verdict.refusal, where="guard", mend=step.because)


def _room(case: Case, definition: Definition, step: Transition) -> None:
    """A stage with a limit takes no more cases than that."""
    if step.goes_back or definition.stage(step.to).limit is None:
        return
    stage = definition.stage(step.to)
    there = (
        Case.objects.filter(program_id=case.program_id, stage=stage.name, closed_at=None).exclude(pk=case.pk).count()
    )
    if stage.limit is not None and there >= stage.limit:
        what = gettext("“%(stage)s” is full: %(n)d cases") % {"stage": stage.title, "n": there}
        raise UserError(what, where="limit", mend=gettext("finish one of them first"))


def _on_own_behalf(authority: Sequence[str]) -> bool:
    """Whether somebody acts for what they applied for or speak for, and not in an office: takes it back, answers."""
    return any(code == "applicant" or code.startswith("subject:") for code in authority)


def _keep_duties_apart(actor: Actor, case: Case, definition: Definition) -> None:
    """The program's separation of duties: whoever had the other part in the case may not act in this stage."""
    if actor.person_id is None or not definition.duties:
        return
    others = opposed(definition, case.stage)
    if others and actor.person_id in took_part(case, others):
        what = gettext("you had another part in this case (%(parts)s), and one person may not have both")
        raise Refused(what % {"parts": ", ".join(sorted(others))}, where="duties")


def _keep_duties_apart_for(person: Person, case: Case, definition: Definition, stage: str) -> None:
    others = opposed(definition, stage) if definition.duties else frozenset()
    if others and person.pk in took_part(case, others):
        what = gettext("%(name)s had another part in this case, and one person may not have both")
        raise UserError(what % {"name": person.name}, where="person")


def _stage_of(case: Case, stage: str) -> tuple[Case, Stage]:
    case = held(case)
    if case.closed_at is not None:
        raise Conflict(gettext("%(case)s is closed") % {"case": case.key}, where="case")
    definition = definition_of(case)
    name = stage or case.stage
    found = next((item for item in definition.stages if item.name == name), None)
    if found is None:
        raise NotFound(gettext("there is no stage “%(name)s”") % {"name": name}, where="stage")
    return case, found


def _owner(case: Case, stage: str) -> Assignment | None:
    return case.assignments.filter(role=Assignment.Role.OWNER, stage=stage, until=None).first()


def _unassign(case: Case, stage: Stage, present: Assignment, hand: Hand) -> None:
    Assignment.objects.filter(pk=present.pk).update(until=Greatest("start", Value(hand.at)))
    append(
        "case.unassigned",
        actor=hand.actor,
        refs=refs_of(case, Ref("person", str(present.person_id), "assignee")),
        data={"stage": stage.name, "stage_title": stage.title},
        private={"reason": hand.reason},
        authority=hand.authority,
        at=hand.at,
    )


def _alive(person: Person) -> None:
    if person.erased_at is not None or person.merged_into_id is not None:
        raise UserError(gettext("this person is not in the directory any more"), where="person")


def _until(until: datetime, now: datetime, most: datetime | None) -> None:
    if until <= now:
        raise UserError(gettext("this lies in the past"), where="until")
    if most is not None and until > most:
        raise UserError(
            gettext("the program allows it until %(day)s at most") % {"day": most.date().isoformat()}, where="until"
        )
