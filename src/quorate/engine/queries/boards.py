"""The parts of a case's page: answers, checks, reviews, votes, words, files, letters, grants and obligations.

Each function takes the case, the program and what the reader may see, and returns only that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from quorate.decisions.models import Motion
from quorate.decisions.queries import counts_of, roll_call
from quorate.decisions.rules import evaluate, parse_rule
from quorate.engine.conflicts import reason_words
from quorate.engine.definition import Check, Citation, Rubric, Tally
from quorate.engine.definition import Program as Definition
from quorate.engine.evidence import Standpoint
from quorate.engine.facts import CaseFacts
from quorate.engine.forms import ElementKind
from quorate.engine.letters import telling_letters
from quorate.engine.models import Assignment, Case, Grant, Letter, Obligation, Review
from quorate.engine.parties import role_words
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


@dataclass(frozen=True)
class CommentView:
    """Something said."""

    id: UUID
    author: str
    author_url: str
    body: str
    audience: str
    created_at: datetime
    redacted: bool
    may_redact: bool


@dataclass(frozen=True)
class AttachmentView:
    """A file."""

    id: UUID
    name: str
    url: str
    size: int
    content_type: str
    audience: str
    created_at: datetime
    may_remove: bool


@dataclass(frozen=True)
class LetterView:
    """A letter as it went out; the body is Markdown."""

    name: str
    to: str
    subject: str
    body: str
    sent_at: datetime


@dataclass(frozen=True)
class GrantView:
    """What the subject holds."""

    id: UUID
    title: str
    kind: str
    state: str
    start: datetime
    until: datetime | None
    next_review_at: datetime | None
    ended_at: datetime | None
    may_revoke: bool
    may_review: bool


@dataclass(frozen=True)
class ObligationView:
    """Something that is owed. ``evidence_kind`` is link, text, file or none."""

    id: UUID
    name: str
    title: str
    description: str
    owner: str
    due_at: datetime
    state: str
    required: bool
    evidence: str
    evidence_kind: str
    closed_at: datetime | None
    may_fulfil: bool
    may_confirm: bool
    may_waive: bool


@dataclass(frozen=True)
class RecusalView:
    """Who stands aside, and why; the detail is for the staff and themselves."""

    name: str
    reason: str
    detail: str


@dataclass(frozen=True)
class DelegationView:
    """Who may act for whom in a stage, until when."""

    id: UUID
    source: str
    delegate: str
    stage_title: str
    until: datetime | None
    mine: bool


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
    counts = counts_of(roll)
    me = rights.actor.person_id
    mine = [line for line in roll if me is not None and me in (line.elector.person_id, line.elector.alternate_id)]
    totals = seen.votes in (Tally.SUMMARY, Tally.FULL) and (motion.state != Motion.State.OPEN or seen.inner)
    bar = evaluate(parse_rule(motion.rule), counts).bar
    named = [
        (
            line.elector.person.name,
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


def comment_views(case: Case, seen: Sight, rights: Rights) -> list[CommentView]:
    """What was said to audiences of which the reader is one."""
    if not seen.audiences:
        return []
    rows = case.comments.filter(audience__in=seen.audiences).select_related("person")
    redacts = rights.may("case.redact")
    me = rights.actor.id
    found = []
    for row in rows:
        named = row.person is not None and row.person.erased_at is None and (seen.involved or row.person.public)
        found.append(
            CommentView(
                id=row.pk,
                author=row.person.name if named and row.person is not None else gettext("somebody"),
                author_url=f"/people/{row.person.slug}/" if named and row.person is not None and seen.involved else "",
                body="" if row.redacted_at is not None else row.body,
                audience=row.audience,
                created_at=row.created_at,
                redacted=row.redacted_at is not None,
                may_redact=row.redacted_at is None and (redacts or row.by == me),
            )
        )
    return found


def attachment_views(case: Case, seen: Sight, rights: Rights) -> list[AttachmentView]:
    """Files for audiences of which the reader is one."""
    if not seen.audiences:
        return []
    rows = case.attachments.filter(audience__in=seen.audiences, removed_at=None)
    redacts = rights.may("case.redact")
    return [
        AttachmentView(
            id=row.pk,
            name=row.name,
            url=f"/attachments/{row.pk}/",
            size=row.size,
            content_type=row.content_type,
            audience=row.audience,
            created_at=row.created_at,
            may_remove=redacts or row.by == rights.actor.id,
        )
        for row in rows
    ]


def letter_views(case: Case, definition: Definition, seen: Sight, rights: Rights) -> list[LetterView]:
    """Letters that went out: all for the staff, for everybody else their own.

    Where the program makes letters public, the one that told the decision is there for anybody, once and without the
    names of people.
    """
    if not seen.letters:
        return []
    rows = list(case.letters.select_related("person"))
    staff = bool(seen.parts & {"staff", "operator", "assignee"})
    mine = [row for row in rows if staff or _is_own(row, seen, rights)]
    found = {row.pk: _letter(row, to=staff) for row in mine}
    shown = definition.public_at(case.stage)
    if shown.case and shown.letter:
        told = {row.name for row in mine}
        for row in rows:
            if row.name in telling_letters(definition) and row.name not in told and row.public_body:
                told.add(row.name)
                found[row.pk] = LetterView(row.name, "", row.public_subject, row.public_body, row.sent_at)
    return [found[row.pk] for row in rows if row.pk in found]


def _is_own(row: Letter, seen: Sight, rights: Rights) -> bool:
    me = rights.actor.person_id
    if row.person_id is not None:
        return me is not None and row.person_id == me
    return "applicant" in seen.parts


def _letter(row: Letter, *, to: bool) -> LetterView:
    return LetterView(row.name, _reader(row.person, row.to) if to else "", row.subject, row.body, row.sent_at)


def _reader(person: Any, address: str) -> str:
    return str(person.name) if person is not None and person.erased_at is None else address


def grant_views(case: Case, seen: Sight, rights: Rights) -> list[GrantView]:
    """The grants that a case gave or reviews."""
    rows = Grant.objects.filter(Q(case=case) | Q(pk=case.grant_id)).select_related("case", "program")
    found = []
    for row in rows:
        runs = row.state != Grant.State.ENDED
        held = rights if row.case_id == case.pk else Rights(rights.actor, row.case, rights.at)
        found.append(
            GrantView(
                id=row.pk,
                title=row.title,
                kind=row.kind,
                state=row.state,
                start=row.start,
                until=row.until,
                next_review_at=row.next_review_at,
                ended_at=row.ended_at,
                may_revoke=runs and seen.involved and held.may("grant.revoke", row),
                may_review=runs and seen.involved and held.may("grant.review", row),
            )
        )
    return found


def obligation_views(case: Case, definition: Definition, seen: Sight, rights: Rights) -> list[ObligationView]:
    """What is owed for a case, or for the grant that it reviews."""
    if not seen.obligations:
        return []
    owed = Q(case=case) | Q(grant_id=case.grant_id) if case.grant_id else Q(case=case)
    rows = list(Obligation.objects.filter(owed).select_related("case"))
    words = dict(rights.words)
    strange = {row.owner for row in rows} - words.keys()
    words |= role_words(strange, definition) if strange else {}
    declared = {item.name: item for item in definition.obligations}
    found = []
    for row in rows:
        said = declared.get(row.name)
        open_now = row.closed_at is None
        held = rights if row.case_id == case.pk else Rights(rights.actor, row.case, rights.at)
        found.append(
            ObligationView(
                id=row.pk,
                name=row.name,
                title=row.title,
                description=said.description if said is not None else "",
                owner=words.get(row.owner, row.owner),
                due_at=row.due_at,
                state=row.state,
                required=row.required,
                evidence=row.evidence,
                evidence_kind=said.evidence.value if said is not None else "none",
                closed_at=row.closed_at,
                may_fulfil=open_now and row.state == Obligation.State.OPEN and held.may("obligation.fulfil", row),
                may_confirm=row.state == Obligation.State.CLAIMED and held.may("obligation.confirm", row),
                may_waive=open_now and held.may("obligation.waive", row),
            )
        )
    return found


def recusal_views(case: Case, seen: Sight, rights: Rights) -> list[RecusalView]:
    """Who stands aside; only for those who work on the case."""
    if not seen.inner and "operator" not in seen.parts:
        return []
    staff = "staff" in seen.parts
    return [
        RecusalView(
            name=row.person.name if row.person.erased_at is None else gettext("somebody"),
            reason=reason_words(row.reason),
            detail=row.detail if staff or row.person_id == rights.actor.person_id else "",
        )
        for row in case.recusals.select_related("person").order_by("declared_at")
    ]


def delegation_views(case: Case, definition: Definition, seen: Sight, rights: Rights) -> list[DelegationView]:
    """Who may act for whom; only for those who work on the case."""
    if not seen.inner and "operator" not in seen.parts:
        return []
    rows: Sequence[Assignment] = [item for item in rights.parties.assignments if item.role == Assignment.Role.DELEGATE]
    me = rights.actor.person_id
    return [
        DelegationView(
            id=row.pk,
            source=row.source.name if row.source is not None else "",
            delegate=row.person.name,
            stage_title=definition.stage(row.stage).title,
            until=row.until,
            mine=me is not None and me in (row.person_id, row.source_id),
        )
        for row in rows
    ]
