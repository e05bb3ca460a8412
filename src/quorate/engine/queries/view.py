"""A case as one reader may see it: what it is, where it stands, who owns the next step, and what may be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from django.db.models import Q

from quorate.access.actors import Actor
from quorate.access.policy import Explanation, why
from quorate.decisions.models import Motion
from quorate.directory.models import Person
from quorate.engine.definition import Assign, Citation, Stage, StageKind
from quorate.engine.definition import Program as Definition
from quorate.engine.facts import CaseFacts
from quorate.engine.models import Assignment, Case, Grant, Review, StageVisit
from quorate.engine.models.paper import Audience
from quorate.engine.queries import boards, consequences, papers, people
from quorate.engine.queries.cases import CaseLine, line_sight, lines
from quorate.engine.queries.history import history
from quorate.engine.queries.latest import LONGEST, Latest
from quorate.engine.queries.presence import belongings
from quorate.engine.rights import Rights
from quorate.engine.rules import Remark, StageOf, Step, manual_steps, target
from quorate.engine.visibility import Sight, sight
from quorate.kernel import clock
from quorate.ledger.sentences import Sentence


@dataclass(frozen=True)
class MoveView:
    """A step that the reader may take. ``blocked`` holds, in words, the clauses of its guard that fail now."""

    name: str
    title: str
    tone: str
    reason: str
    to: str
    to_title: str
    because: str
    blocked: str
    clause: Citation | None
    allowed_by: str


@dataclass(frozen=True)
class May:
    """What the reader may do beside taking steps."""

    comment: tuple[str, ...] = ()
    attach: tuple[str, ...] = ()
    attest: tuple[str, ...] = ()
    waive: tuple[str, ...] = ()
    amend: bool = False
    assign: bool = False
    assign_reviewers: bool = False
    volunteer: bool = False
    delegate: bool = False
    recuse: bool = False
    check: bool = False
    claim: bool = False
    prioritise: bool = False


@dataclass(frozen=True)
class OwnerView:
    """Who owns the next step: the role in words and the people behind it, where they may be seen."""

    role: str
    words: str
    people: list[Person]
    assigned: bool


@dataclass(frozen=True)
class ClockView:
    """The clocks of a case. ``promise_at`` is when the program's own promise is due."""

    since: datetime
    due_at: datetime | None
    paused: bool
    timeout_at: datetime | None
    timeout_to: str
    breached_at: datetime | None
    promise_at: datetime | None
    done: bool


@dataclass(frozen=True)
class StageStep:
    """A stage on the way of a case: ``done``, ``now``, ``next`` or ``skipped``."""

    name: str
    label: str
    state: Literal["done", "now", "next", "skipped"]
    note: str = ""
    entered_at: datetime | None = None


@dataclass(frozen=True)
class CaseView:
    """Everything that a page of a case may show its reader."""

    case: Case
    line: CaseLine
    definition: Definition
    sight: Sight
    stage: Stage
    stage_summary: str
    steps: list[StageStep]
    owner: OwnerView
    clock: ClockView
    answers: list[boards.AnswerView]
    fields: dict[str, Any]
    checks: boards.CheckBoard | None
    reviews: list[boards.ReviewBoard]
    motions: list[boards.MotionView]
    comments: Latest[papers.CommentView]
    attachments: list[papers.AttachmentView]
    letters: list[papers.LetterView]
    grants: list[consequences.GrantView]
    obligations: list[consequences.ObligationView]
    recusals: list[people.RecusalView]
    delegations: list[people.DelegationView]
    history: Latest[Sentence]
    moves: list[MoveView]
    may: May
    parent: CaseLine | None = None
    children: list[CaseLine] = field(default_factory=list)
    linked: list[CaseLine] = field(default_factory=list)


def case_view(
    actor: Actor, case: Case, at: datetime | None = None, *, newest: int = LONGEST, said: int | None = None
) -> CaseView:
    """What a reader may see of a case and do in it: the ``newest`` entries of its history, the last ``said`` comments (or all).

    Queries do not grow with what happened in the case.
    """
    rights = _rights(actor, case, at)
    definition = rights.parties.definition
    seen = sight(actor, case, rights=rights)
    there = belongings(case)
    if "assignments" not in there:
        rights.parties.__dict__.setdefault("assignments", [])
    facts = CaseFacts(case, rights.at, parties=rights.parties, there=there)
    stage = definition.stage(case.stage)
    visits = list(case.visits.all())
    own, parent, children, linked = _lines(rights, seen, family="family" in there)
    motions = boards.motions_of(case) if "motions" in there else []
    grants = consequences.grant_views(case, seen, rights) if "grants" in there else []
    known = {("motion", str(item.pk)): item.title for item in motions}
    known |= {("body", str(item.body_id)): item.body.name for item in motions if item.body is not None}
    known |= {("grant", str(item.id)): item.title for item in grants}
    if own.subject_label:
        known[(case.subject_kind, case.subject_id)] = own.subject_label
    return CaseView(
        case=case,
        line=own,
        definition=definition,
        sight=seen,
        stage=stage,
        stage_summary=stage.summary,
        steps=track(definition, case, visits),
        owner=_owner(stage, seen, rights),
        clock=_clock(case, definition, visits, motions),
        answers=boards.answers(case, definition, seen, facts),
        fields=dict(facts.fields if seen.private else case.fields) if seen.answers else {},
        checks=boards.check_board(case, definition, seen, rights, facts),
        reviews=boards.review_boards(case, definition, seen, rights, any_="reviews" in there),
        motions=boards.motion_views(definition, seen, rights, motions),
        comments=papers.comment_views(case, seen, rights, said) if "comments" in there else Latest(),
        attachments=papers.attachment_views(case, seen, rights) if "attachments" in there else [],
        letters=papers.letter_views(case, definition, seen, rights) if "letters" in there else [],
        grants=grants,
        obligations=consequences.obligation_views(case, definition, seen, rights) if "obligations" in there else [],
        recusals=people.recusal_views(case, seen, rights) if "recusals" in there else [],
        delegations=people.delegation_views(case, definition, seen, rights),
        history=history(actor, case, seen, known, newest=newest),
        moves=moves(rights, facts, visits),
        may=abilities(rights, seen),
        parent=parent,
        children=children,
        linked=linked,
    )


def moves(rights: Rights, facts: CaseFacts, visits: Sequence[StageVisit]) -> list[MoveView]:
    """The steps that the reader may take, with what stops them now."""
    case, definition = rights.case, rights.parties.definition
    if case.closed_at is not None:
        return []
    before = visits[-2].stage if len(visits) > 1 else ""
    found = []
    for step in manual_steps(definition, case.stage):
        reason = rights.reason("case.move", Step(case, step))
        if reason is None:
            continue
        verdict = step.guard.evaluate(facts) if step.guard is not None else None
        to = definition.stage(target(definition, step, before))
        found.append(
            MoveView(
                name=step.name,
                title=step.title,
                tone=step.tone,
                reason=step.reason.value,
                to=to.name,
                to_title=to.title,
                because=step.because,
                blocked="" if verdict is None or verdict.holds else verdict.refusal,
                clause=definition.citation(step.clause),
                allowed_by=str(reason.text),
            )
        )
    return found


def abilities(rights: Rights, seen: Sight) -> May:
    """What the reader may do beside taking steps."""
    case, definition = rights.case, rights.parties.definition
    if case.closed_at is not None or not seen.exists:
        audiences = _audiences(rights, "case.comment") if seen.exists and seen.involved else ()
        return May(comment=audiences)
    here = StageOf(case, case.stage)
    review = definition.review_in(case.stage)
    me = rights.actor.person_id
    asked = me is not None and any(person.id == me for person in rights.parties.reviewers)
    attested = tuple(item.criterion for item in definition.checks if boards._may_attest(item, rights))
    waives = rights.may("case.waive") and bool(definition.checks)
    return May(
        comment=_audiences(rights, "case.comment"),
        attach=_audiences(rights, "case.attach"),
        attest=attested,
        waive=tuple(item.criterion for item in definition.checks) if waives else (),
        amend=definition.form is not None and rights.may("case.amend"),
        assign=rights.may("case.assign", here),
        assign_reviewers=review is not None and rights.may("case.assign-reviewers", here),
        volunteer=review is not None
        and review.assign is Assign.VOLUNTEER
        and not asked
        and rights.may("case.volunteer", here),
        delegate=me is not None and rights.may("case.delegate", here),
        recuse=me is not None and bool(seen.parts & {"judge", "reviewer", "staff"}) and rights.may("case.recuse"),
        check=any(item.is_measured for item in definition.checks) and rights.may("case.check"),
        claim=False,
        prioritise=rights.may("case.assign", here) and "staff" in seen.parts,
    )


def track(definition: Definition, case: Case, visits: Sequence[StageVisit]) -> list[StageStep]:
    """The way of a case: the stages it visited in order, then those that lie ahead on the program's main line."""
    found: list[StageStep] = []
    walked: dict[str, StageVisit] = {}
    for visit in visits:
        walked[visit.stage] = visit
    past = list(dict.fromkeys(visit.stage for visit in visits if visit.stage != case.stage))
    names = [stage.name for stage in definition.stages]
    for name in sorted(past, key=names.index):
        found.append(StageStep(name, definition.stage(name).title, "done", entered_at=walked[name].entered_at))
    here = definition.stage(case.stage)
    entered = walked[case.stage].entered_at if case.stage in walked else case.stage_entered_at
    found.append(StageStep(here.name, here.title, "done" if here.is_end else "now", entered_at=entered))
    if here.is_end:
        return found
    return [*found, *(StageStep(stage.name, stage.title, "next") for stage in ahead(definition, case.stage, past))]


def ahead(definition: Definition, stage: str, past: Sequence[str]) -> list[Stage]:
    """The stages that follow in the file, without waits, and with the end of a good outcome only."""
    names = [item.name for item in definition.stages]
    good = {item.name for item in definition.outcomes if item.good}
    return [
        item
        for item in definition.stages[names.index(stage) + 1 :]
        if item.name not in past
        and (item.kind not in (StageKind.END, StageKind.WAIT) or (item.is_end and item.outcome in good))
    ]


def explain(actor: Actor, permission: str, thing: Any = None) -> Explanation:
    """Why an actor may do something, or who could."""
    return why(actor, permission, thing)


def explain_step(actor: Actor, case: Case, transition: str) -> Explanation:
    """Why an actor may take a step in a case, or who could. ``KeyError`` when there is no such step."""
    rights = Rights(actor, case)
    return why(actor, "case.move", Step(case, rights.parties.definition.transition(transition)))


def grants_of(subject_kind: str, subject_id: str) -> list[Grant]:
    """Everything that was granted to a subject, newest first."""
    rows = Grant.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    return list(rows.select_related("case", "program").order_by("-start"))


def _audiences(rights: Rights, permission: str) -> tuple[str, ...]:
    return tuple(
        item.value
        for item in (Audience.PARTICIPANTS, Audience.REVIEWERS, Audience.STAFF, Audience.PUBLIC)
        if rights.may(permission, Remark(rights.case, item.value))
    )


def _owner(stage: Stage, seen: Sight, rights: Rights) -> OwnerView:
    if stage.owner is None:
        return OwnerView("", "", [], False)
    role = rights.parties.office(stage.owner)
    shown = seen.inner or "operator" in seen.parts
    assignee = rights.parties.assignee if shown else None
    personal = role in ("applicant", "holder", "maintainers")
    people = rights.parties.people(stage.owner) if shown or (personal and seen.applicant) else []
    if assignee is not None and shown:
        people = [assignee]
    words = rights.words.get(role, role)
    return OwnerView(role, words, people, assignee is not None)


def _clock(case: Case, definition: Definition, visits: Sequence[StageVisit], motions: Sequence[Motion]) -> ClockView:
    # A stage that is a vote and says nothing of time lasts until the vote closes.
    closing = [item.closes_at for item in motions if item.state == Motion.State.OPEN and item.closes_at is not None]
    visit = visits[-1] if visits else None
    stage = definition.stage(case.stage)
    timeout = stage.timeout
    return ClockView(
        since=case.stage_entered_at,
        due_at=case.due_at or min(closing, default=None),
        paused=case.paused,
        timeout_at=visit.timeout_at if visit is not None and case.closed_at is None else None,
        timeout_to=definition.stage(timeout.to).title if timeout is not None else "",
        breached_at=visit.breached_at if visit is not None else None,
        promise_at=case.running_due_at,
        done=case.closed_at is not None,
    )


def _rights(actor: Actor, case: Case, at: datetime | None) -> Rights:
    """The reader's rights: those with which the case was just found, once, else fresh ones."""
    found = case.__dict__.pop("_rights", None)
    if isinstance(found, Rights) and found.actor == actor and at is None:
        return found
    return Rights(actor, case, at or clock.now())


def _lines(
    rights: Rights, seen: Sight, *, family: bool
) -> tuple[CaseLine, CaseLine | None, list[CaseLine], list[CaseLine]]:
    """The case, the one it came from, those it opened, and others about the same subject, as far as may be known."""
    case, standing = rights.case, rights.standing
    near = _family(case) if family else []
    sights = {case.pk: seen}
    for row in near:
        found = line_sight(standing, row)
        theirs = "holder" in seen.parts and (row.subject_kind, row.subject_id) == (case.subject_kind, case.subject_id)
        sights[row.pk] = replace(found, exists=True, parts=found.parts | {"holder"}) if theirs else found
    shown = [case, *(row for row in near if sights[row.pk].exists)]
    owners = {case.pk: rights.parties.assignee} if seen.inner or "operator" in seen.parts else {}
    told = lines(
        shown,
        rights.actor,
        rights.at,
        standing=standing,
        words=rights.words,
        seen=sights,
        owners={pk: person for pk, person in owners.items() if person is not None},
    )
    by_row = dict(zip(shown, told, strict=True))
    others = [row for row in shown if row.pk != case.pk]
    parent = next((by_row[row] for row in others if row.pk == case.parent_id), None)
    children = [by_row[row] for row in reversed(others) if row.parent_id == case.pk]
    rest = [row for row in others if row.parent_id != case.pk and row.pk != case.parent_id]
    return by_row[case], parent, children, [by_row[row] for row in rest[:10]]


def _family(case: Case) -> list[Case]:
    """Cases near this one: its parent, its children, others about the same subject; newest first."""
    near = Q(parent=case) | Q(pk=case.parent_id) if case.parent_id is not None else Q(parent=case)
    if case.subject_id:
        near |= Q(subject_kind=case.subject_kind, subject_id=case.subject_id)
    rows = Case.objects.filter(near).exclude(pk=case.pk).defer("answers", "fields")
    return list(rows.order_by("-opened_at", "-number")[:40])


def draft_of(actor: Actor, case: Case) -> Review | None:
    """The reader's own review that is still to be submitted."""
    if actor.person_id is None:
        return None
    return case.reviews.filter(person=actor.person_id, state=Review.State.OPEN, stage=case.stage).first()


def delegations_of(person: Person) -> list[Assignment]:
    """The delegations that a person gave or has, in force now."""
    rows = Assignment.objects.filter(role=Assignment.Role.DELEGATE, until__gt=clock.now())
    return list(rows.filter(person=person).select_related("case", "source"))
