"""How a case is judged, for its page: answers, checks, reviews and votes.

Each function takes the case, the program and what the reader may see, and returns only that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from quorate.decisions.models import Motion
from quorate.decisions.queries import counts_of, roll_call
from quorate.decisions.rules import evaluate, parse_rule
from quorate.engine.definition import Check, Citation, Rubric, Tally
from quorate.engine.definition import Program as Definition
from quorate.engine.evidence import Standpoint
from quorate.engine.facts import CaseFacts
from quorate.engine.forms import ElementKind
from quorate.engine.models import Case, Review
from quorate.engine.rights import Rights
from quorate.engine.rules import Criterion
from quorate.engine.visibility import Sight
from quorate.kernel.i18n import gettext


@dataclass(frozen=True)
class AnswerView:
    """One question and its answer. ``value`` is text, or the chosen labels."""

    id: str
    label: str
    value: str | list[str]
    private: bool
    kind: str


@dataclass(frozen=True)
class CheckView:
    """One criterion as it stands: ``result`` is pass, fail, unknown, attested or waived."""

    criterion: str
    title: str
    result: str
    found: Any
    needed: Any
    evidence: str
    as_of: datetime | None
    why: str
    guidance: str
    clause: Citation | None
    blocking: bool
    attested_by: str
    may_attest: bool


@dataclass(frozen=True)
class CheckBoard:
    """All criteria, when they were last measured, and whether a measurement is on its way."""

    points: list[CheckView]
    run_at: datetime | None
    as_of: datetime | None
    running: bool

    @property
    def met(self) -> int:
        """How many criteria are met."""
        return sum(point.result in ("pass", "attested", "waived") for point in self.points)


@dataclass(frozen=True)
class ReviewView:
    """One review. ``visible``: the reader may see its content; else only that it is there."""

    id: UUID
    person: str
    person_url: str
    state: str
    recommendation: str
    scores: dict[str, int]
    comment: str
    assigned_at: datetime
    due_at: datetime | None
    submitted_at: datetime | None
    mine: bool
    visible: bool


@dataclass(frozen=True)
class ReviewBoard:
    """The reviews of one stage. ``hidden``: others' content stays hidden until the reader's own review is in."""

    stage: str
    title: str
    needed: int
    enough: int
    submitted: int
    rubric: Rubric | None
    mine: ReviewView | None
    all: list[ReviewView]
    hidden: bool
    anonymous: bool


@dataclass(frozen=True)
class MotionView:
    """A vote on the case; counts and roll are ``None`` where the reader may not see them."""

    id: UUID
    url: str
    title: str
    state: str
    result: str
    opened_at: datetime
    closes_at: datetime | None
    closed_at: datetime | None
    electors: int
    recused: int
    voted: int | None
    yes: int | None
    no: int | None
    abstain: int | None
    needed: int | None
    roll: list[tuple[str, str]] | None
    may_vote: bool


def answers(case: Case, definition: Definition, seen: Sight, facts: CaseFacts) -> list[AnswerView]:
    """The answers in the form's order, private ones only where they may be seen."""
    form = definition.form
    if form is None or not seen.answers:
        return []
    hidden = definition.private_questions
    held = facts.answers if seen.private else case.answers
    return [
        AnswerView(element.id, element.label or element.id, held[element.id], element.id in hidden, element.kind.value)
        for element in form.questions
        if element.id in held and element.kind is not ElementKind.MARKDOWN
    ]


def check_board(case: Case, definition: Definition, seen: Sight, rights: Rights, facts: CaseFacts) -> CheckBoard | None:
    """The criteria and what they came to."""
    if not seen.checks or not definition.checks:
        return None
    run = facts.rundown.run
    waiting = case.closed_at is None and case.checks_asked > facts.rundown.answered
    return CheckBoard(
        points=[_check(point, definition, seen, rights) for point in facts.checks],
        run_at=run.at if run is not None else None,
        as_of=run.as_of if run is not None else None,
        running=waiting,
    )


def _check(point: Standpoint, definition: Definition, seen: Sight, rights: Rights) -> CheckView:
    word = point.attestation
    person = word.person if word is not None else None
    return CheckView(
        criterion=point.criterion,
        title=point.title,
        result=point.result,
        found=point.found,
        needed=point.needed,
        evidence=point.evidence,
        as_of=point.as_of,
        why=point.check.why,
        guidance=point.check.guidance,
        clause=definition.citation(point.check.clause),
        blocking=point.check.blocking,
        attested_by=person.name if person is not None and person.erased_at is None and seen.involved else "",
        may_attest=_may_attest(point.check, rights),
    )


def _may_attest(check: Check, rights: Rights) -> bool:
    if check.attest is None or rights.case.closed_at is not None:
        return False
    return rights.may("case.attest", Criterion(rights.case, check.criterion))


def review_boards(
    case: Case, definition: Definition, seen: Sight, rights: Rights, *, any_: bool = True
) -> list[ReviewBoard]:
    """The reviews of every stage that had any, with blind ones kept apart. ``any_``: whether the case has any."""
    if not definition.reviews or seen.reviews is Tally.NONE:
        return []
    rows = list(case.reviews.exclude(state=Review.State.RELEASED).select_related("person")) if any_ else []
    found: list[ReviewBoard] = []
    for declared in definition.reviews:
        own_rows = [row for row in rows if row.stage == declared.stage]
        if not own_rows and case.stage != declared.stage:
            continue
        me = rights.actor.person_id
        mine = next((row for row in own_rows if row.person_id == me), None) if me is not None else None
        done = [row for row in own_rows if row.state == Review.State.SUBMITTED]
        settled = len(done) >= declared.reviewers or case.stage != declared.stage
        hidden = declared.blind and not settled and (mine is None or mine.state == Review.State.OPEN)
        hidden = hidden and (mine is not None or not seen.parts & {"staff", "operator"})
        named = seen.reviewers
        views = [_review(row, seen, hidden, named, row is mine) for row in own_rows]
        found.append(
            ReviewBoard(
                stage=declared.stage,
                title=definition.stage(declared.stage).title,
                needed=declared.reviewers,
                enough=declared.enough,
                submitted=len(done),
                rubric=definition.rubric(declared),
                mine=next((view for view in views if view.mine), None),
                all=views if seen.reviews is not Tally.COUNT else [],
                hidden=hidden,
                anonymous=declared.anonymous,
            )
        )
    return found


def _review(row: Review, seen: Sight, hidden: bool, named: bool, mine: bool) -> ReviewView:
    submitted = row.state == Review.State.SUBMITTED
    visible = mine or (submitted and not hidden and seen.reviews in (Tally.SUMMARY, Tally.FULL))
    full = mine or (visible and seen.reviews is Tally.FULL)
    shown = (named or mine) and row.person.erased_at is None
    return ReviewView(
        id=row.pk,
        person=row.person.name if shown else "",
        person_url=f"/people/{row.person.slug}/" if shown and seen.involved else "",
        state=row.state,
        recommendation=row.recommendation if visible else "",
        scores=dict(row.scores) if full else {},
        comment=row.comment if full else "",
        assigned_at=row.assigned_at,
        due_at=row.due_at,
        submitted_at=row.submitted_at,
        mine=mine,
        visible=visible,
    )


def motions_of(case: Case) -> list[Motion]:
    """The votes on a case, newest first."""
    rows = Motion.objects.filter(owner="engine", owner_ref=str(case.pk)).select_related("body")
    return list(rows.order_by("-opened_at"))


def motion_views(definition: Definition, seen: Sight, rights: Rights, motions: Sequence[Motion]) -> list[MotionView]:
    """The votes on a case, as far as the reader may see them."""
    if not definition.decisions or seen.votes is Tally.NONE:
        return []
    return [_motion(motion, seen, rights) for motion in motions]


def _motion(motion: Motion, seen: Sight, rights: Rights) -> MotionView:
    roll = roll_call(motion)
    rule = parse_rule(motion.rule)
    counts = counts_of(roll, rule)
    me = rights.actor.person_id
    mine = [line for line in roll if me is not None and me in (line.elector.person_id, line.elector.alternate_id)]
    totals = seen.votes in (Tally.SUMMARY, Tally.FULL) and (motion.state != Motion.State.OPEN or seen.inner)
    bar = evaluate(rule, counts).bar
    named = [
        (
            line.name or gettext("vacant"),
            line.vote.choice if line.vote is not None else ("recused" if line.elector.recused else ""),
        )
        for line in roll
    ]
    return MotionView(
        id=motion.pk,
        url=f"/motions/{motion.pk}/",
        title=motion.title,
        state=motion.state,
        result=motion.result,
        opened_at=motion.opened_at,
        closes_at=motion.closes_at,
        closed_at=motion.closed_at,
        electors=counts.seats,
        recused=sum(1 for line in roll if line.elector.recused),
        voted=counts.ballots,
        yes=counts.yes if totals else None,
        no=counts.no if totals else None,
        abstain=counts.abstain if totals else None,
        needed=int(bar["needed"]) if totals else None,
        roll=named if totals and seen.votes is Tally.FULL else None,
        may_vote=motion.state == Motion.State.OPEN and any(not line.elector.recused for line in mine),
    )
