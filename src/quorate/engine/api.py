"""Programs and cases over the API: everything that the pages can do."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from quorate.access.identity import actor_from
from quorate.directory.models import Person
from quorate.directory.queries import living_people
from quorate.engine import actions, queries
from quorate.engine.models import Case, Grant, Obligation, Review
from quorate.engine.queries import CaseLine
from quorate.engine.versions import current, program_named
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.sentences import Sentence
from quorate.toolkit.rest import PUBLIC, Body, Page, Paging, page, precondition

router = Router(tags=["Cases"])


# --- shapes -------------------------------------------------------------------------------------------------------


class ProgramOut(Schema):
    """A program as lists show it."""

    slug: str
    name: str
    summary: str
    open_cases: int


class QuestionOut(Schema):
    """One question of a program's form."""

    id: str
    kind: str
    label: str
    description: str
    required: bool
    multiple: bool
    options: list[str]
    private: bool


class ProgramDetail(ProgramOut):
    """What a program asks and promises, with its form."""

    version: str
    accountable: str
    steward: str
    stages: list[dict[str, Any]]
    criteria: list[dict[str, Any]]
    questions: list[QuestionOut]


class CaseOut(Schema):
    """A case as lists show it."""

    id: UUID
    case: str
    title: str
    program: str
    stage: str
    stage_title: str
    since: datetime
    owner: str | None
    due_at: datetime | None
    paused: bool
    position: int | None
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None
    subject: str | None
    returning: bool
    revision: int


class AnswerOut(Schema):
    """One answer of the application."""

    id: str
    label: str
    value: str | list[str] | None
    private: bool


class FindingOut(Schema):
    """What one criterion came to."""

    criterion: str
    title: str
    result: str | None
    found: Any = None
    needed: Any = None
    evidence: str
    as_of: datetime | None


class ReviewOut(Schema):
    """A review as far as the reader may see it."""

    id: UUID
    reviewer: str | None
    state: str
    recommendation: str | None
    comment: str | None
    due_at: datetime | None
    submitted_at: datetime | None
    mine: bool


class ObligationOut(Schema):
    """Something owed."""

    id: UUID
    name: str
    title: str
    owner: str
    due_at: datetime | None
    state: str
    evidence: str | None


class MoveOut(Schema):
    """A step that the reader may take; ``blocked`` says what is still missing."""

    name: str
    title: str
    to: str
    reason: str
    blocked: str | None


class SentenceOut(Schema):
    """What happened, in words."""

    seq: int
    at: datetime
    kind: str
    text: str


class CaseDetail(CaseOut):
    """A case with everything that the reader may see."""

    version: str
    answers: list[AnswerOut]
    checks: list[FindingOut]
    reviews: list[ReviewOut]
    motions: list[UUID]
    obligations: list[ObligationOut]
    grants: list[UUID]
    moves: list[MoveOut]
    history: list[SentenceOut]


class FileIn(Body):
    """An application: answers by the form's element ids."""

    answers: dict[str, str | list[str]] = Field(default_factory=dict, max_length=200)
    title: str = Field(default="", max_length=200)
    contact_email: str = Field(default="", max_length=254)
    subject_id: str = Field(default="", max_length=80)


class FiledOut(Schema):
    """The case that was filed; ``claim`` is shown once, to a visitor, to take the case over later."""

    case: str
    id: UUID
    created: bool
    claim: str | None


class MoveIn(Body):
    """A step to take."""

    transition: str = Field(max_length=60)
    reason: str = Field(default="", max_length=20000)
    revision: int | None = Field(default=None, ge=0, le=2**31 - 1)


class AmendIn(Body):
    """Answers that change, by element id."""

    answers: dict[str, str | list[str]] = Field(max_length=200)
    revision: int | None = Field(default=None, ge=0, le=2**31 - 1)


class CommentIn(Body):
    """A comment."""

    body: str = Field(min_length=1, max_length=20000)
    audience: Literal["public", "participants", "reviewers", "staff"] = "participants"


class CommentOut(Schema):
    """A comment that was made."""

    id: UUID
    audience: str
    created_at: datetime


class PersonIn(Body):
    """One person."""

    person: UUID


class PeopleIn(Body):
    """Several people."""

    people: list[UUID] = Field(min_length=1, max_length=50)


class DelegateIn(PersonIn):
    """Somebody who may act instead, until when."""

    until: datetime
    reason: str = Field(default="", max_length=2000)


class RecuseIn(Body):
    """Why somebody stands aside; only the program's staff can read it."""

    detail: str = Field(default="", max_length=20000)


class ReviewIn(Body):
    """A review: marks by the rubric's items. ``submit`` makes it final; else it stays a draft."""

    scores: dict[str, int] = Field(default_factory=dict, max_length=100)
    recommendation: str = Field(default="", max_length=40)
    comment: str = Field(default="", max_length=20000)
    declared: bool = False
    submit: bool = False


class AttestIn(Body):
    """What somebody found about a criterion, when, and the evidence."""

    found: int | str | bool | list[str] | None
    evidence: str = Field(min_length=1, max_length=20000)
    as_of: datetime


class ReasonIn(Body):
    """A reason."""

    reason: str = Field(min_length=1, max_length=20000)


class EvidenceIn(Body):
    """What shows that something is done."""

    evidence: str = Field(default="", max_length=20000)


class ClaimIn(Body):
    """The secret that was given when the case was filed."""

    token: str = Field(max_length=200)


class Asked(Schema):
    """Something was asked for and will happen soon."""

    message: UUID


# --- programs -----------------------------------------------------------------------------------------------------


@router.get("/programs", tags=["Programs"], response=list[ProgramOut], auth=PUBLIC)
def list_programs(request: HttpRequest) -> list[dict[str, object]]:
    """List programs."""
    return [_program(each) for each in queries.programs(actor_from(request))]


@router.get("/programs/{slug:slug}", tags=["Programs"], response=ProgramDetail, auth=PUBLIC)
def get_program(request: HttpRequest, slug: str) -> dict[str, object]:
    """Show what a program asks and promises, and its form."""
    found = program_named(slug)
    definition = current(found)
    view = queries.program_view(actor_from(request), found)
    questions = definition.form.questions if definition.form is not None else ()
    return {
        **_program(view.line),
        "version": definition.version,
        "accountable": view.line.accountable,
        "steward": view.line.steward,
        "stages": [
            {
                "name": stage.name,
                "title": stage.title,
                "kind": stage.kind.value,
                "owner": str(stage.owner or "") or None,
            }
            for stage in definition.stages
        ],
        "criteria": [
            {"criterion": check.criterion, "title": check.title, "needed": check.needed, "probe": check.probe or None}
            for check in definition.checks
        ],
        "questions": [
            {
                "id": question.id,
                "kind": question.kind.value,
                "label": question.label,
                "description": question.description,
                "required": question.required,
                "multiple": question.takes_many,
                "options": list(question.choices),
                "private": question.id in definition.private_questions,
            }
            for question in questions
        ],
    }


@router.get("/programs/{slug:slug}/queue", tags=["Programs"], response=list[CaseOut], auth=PUBLIC)
def get_queue(request: HttpRequest, slug: str) -> list[dict[str, object]]:
    """List the waiting cases in the order in which they are taken."""
    return [_line(line) for line in queries.queue(actor_from(request), program_named(slug))]


@router.post("/programs/{slug:slug}/cases", tags=["Programs"], response={201: FiledOut, 200: FiledOut}, auth=PUBLIC)
def file_case(request: HttpRequest, slug: str, body: FileIn) -> Status[dict[str, object]]:
    """File a case on the program's form. With an Idempotency-Key a repeat gives the same case."""
    filed = actions.file_case(
        actor=actor_from(request),
        program=program_named(slug),
        answers=body.answers,
        title=body.title,
        subject_id=body.subject_id,
        contact_email=body.contact_email,
        idempotency_key=request.headers.get("Idempotency-Key", "")[:200],
        source="api",
    )
    case = filed.case
    document = {"case": case.key, "id": case.id, "created": filed.created, "claim": filed.claim or None}
    return Status(201 if filed.created else 200, document)


# --- cases --------------------------------------------------------------------------------------------------------


@router.get("/cases", response=Page[CaseOut], auth=PUBLIC)
def list_cases(
    request: HttpRequest, paging: Query[Paging], program: str = "", stage: str = "", state: str = ""
) -> dict[str, object]:
    """List the cases that you may see, newest first; ``state`` is open or closed."""
    actor = actor_from(request)
    cases = queries.visible(actor)
    if program:
        cases = cases.filter(program__slug=program)
    if stage:
        cases = cases.filter(stage=stage)
    if state in ("open", "closed"):
        cases = cases.filter(closed_at__isnull=state == "open")
    found = page(cases, paging, order=("-opened_at", "-id"))
    found["items"] = [_line(line) for line in queries.lines(found["items"], actor)]
    return found


@router.get("/cases/{slug:key}", response=CaseDetail, auth=PUBLIC)
def get_case(request: HttpRequest, key: str) -> dict[str, object]:
    """Show a case with everything that you may see of it."""
    return _detail(request, _case(request, key))


@router.post("/cases/{slug:key}/moves", response=CaseDetail)
def move_case(request: HttpRequest, key: str, body: MoveIn) -> dict[str, object]:
    """Take a step. ``revision`` (or If-Match) refuses it when the case changed since you read it."""
    case = _case(request, key)
    precondition(request, case.revision)
    moved = actions.move(
        actor=actor_from(request),
        case=case,
        transition=body.transition,
        reason=body.reason,
        revision=body.revision,
    )
    return _detail(request, moved)


@router.post("/cases/{slug:key}/withdrawal", response=CaseDetail)
def withdraw_case(request: HttpRequest, key: str, body: EvidenceIn) -> dict[str, object]:
    """Take your application back."""
    case = actions.withdraw(actor=actor_from(request), case=_case(request, key), reason=body.evidence)
    return _detail(request, case)


@router.patch("/cases/{slug:key}/answers", response=CaseDetail)
def amend_answers(request: HttpRequest, key: str, body: AmendIn) -> dict[str, object]:
    """Amend answers of the application."""
    case = actions.amend_answers(
        actor=actor_from(request), case=_case(request, key), answers=body.answers, revision=body.revision
    )
    return _detail(request, case)


@router.post("/cases/{slug:key}/claim", response=CaseDetail)
def claim_case(request: HttpRequest, key: str, body: ClaimIn) -> dict[str, object]:
    """Take over a case that was filed without signing in."""
    case = actions.claim_case(actor=actor_from(request), case=queries.case_to_claim(key), token=body.token)
    return _detail(request, case)


@router.post("/cases/{slug:key}/comments", response={201: CommentOut})
def comment_on_case(request: HttpRequest, key: str, body: CommentIn) -> Status[dict[str, object]]:
    """Comment for an audience."""
    made = actions.comment(actor=actor_from(request), case=_case(request, key), body=body.body, audience=body.audience)
    return Status(201, {"id": made.id, "audience": made.audience, "created_at": made.created_at})


@router.post("/cases/{slug:key}/owner", response=CaseDetail)
def assign_owner(request: HttpRequest, key: str, body: PersonIn) -> dict[str, object]:
    """Hand the next step to a person."""
    case = _case(request, key)
    actions.assign(actor=actor_from(request), case=case, person=_person(body.person))
    return _detail(request, case)


@router.post("/cases/{slug:key}/delegations", response=CaseDetail)
def delegate_stage(request: HttpRequest, key: str, body: DelegateIn) -> dict[str, object]:
    """Let somebody act in your place for a time."""
    case = _case(request, key)
    actions.delegate(
        actor=actor_from(request), case=case, to=_person(body.person), until=_aware(body.until), reason=body.reason
    )
    return _detail(request, case)


@router.post("/cases/{slug:key}/recusals", response=CaseDetail)
def recuse(request: HttpRequest, key: str, body: RecuseIn) -> dict[str, object]:
    """Stand aside from a case."""
    case = _case(request, key)
    actions.declare_recusal(actor=actor_from(request), case=case, detail=body.detail)
    return _detail(request, case)


@router.post("/cases/{slug:key}/reviewers", response=CaseDetail)
def assign_reviewers(request: HttpRequest, key: str, body: PeopleIn) -> dict[str, object]:
    """Ask people to review; who shares an employer with the applicant is refused."""
    case = _case(request, key)
    people = [_person(each) for each in body.people]
    actions.assign_reviewers(actor=actor_from(request), case=case, people=people)
    return _detail(request, case)


@router.post("/cases/{slug:key}/volunteers", response=CaseDetail)
def volunteer(request: HttpRequest, key: str) -> dict[str, object]:
    """Volunteer to review."""
    case = _case(request, key)
    actions.volunteer(actor=actor_from(request), case=case)
    return _detail(request, case)


@router.put("/cases/{slug:key}/review", response=CaseDetail)
def write_review(request: HttpRequest, key: str, body: ReviewIn) -> dict[str, object]:
    """Write your review, as a draft or for good."""
    actor, case = actor_from(request), _case(request, key)
    mine = Review.objects.filter(case=case, person=actor.person_id, state=Review.State.OPEN).first()
    if mine is None or actor.person_id is None:
        raise NotFound(gettext("nobody asked you to review this, or your review is in"))
    write = actions.submit_review if body.submit else actions.write_review
    write(
        actor=actor,
        review=mine,
        scores=body.scores,
        recommendation=body.recommendation,
        comment=body.comment,
        declared=body.declared,
    )
    case.refresh_from_db()
    return _detail(request, case)


@router.post("/cases/{slug:key}/checks", response={202: Asked})
def request_checks(request: HttpRequest, key: str) -> Status[dict[str, object]]:
    """Ask for the machine checks to run; the worker measures soon."""
    return Status(202, {"message": actions.request_checks(actor=actor_from(request), case=_case(request, key))})


@router.post("/cases/{slug:key}/criteria/{slug:criterion}/attestations", response=CaseDetail)
def attest(request: HttpRequest, key: str, criterion: str, body: AttestIn) -> dict[str, object]:
    """Attest a criterion with evidence and date."""
    case = _case(request, key)
    actions.attest(
        actor=actor_from(request),
        case=case,
        criterion=criterion,
        found=body.found,
        evidence=body.evidence,
        as_of=_aware(body.as_of),
    )
    case.refresh_from_db()
    return _detail(request, case)


@router.post("/cases/{slug:key}/criteria/{slug:criterion}/waiver", response=CaseDetail)
def waive(request: HttpRequest, key: str, criterion: str, body: ReasonIn) -> dict[str, object]:
    """Let a criterion pass as it is, with the reason."""
    case = _case(request, key)
    actions.waive(actor=actor_from(request), case=case, criterion=criterion, reason=body.reason)
    return _detail(request, case)


# --- obligations and grants ---------------------------------------------------------------------------------------


@router.post("/obligations/{uuid:obligation_id}/fulfilment", response=CaseDetail)
def fulfil(request: HttpRequest, obligation_id: UUID, body: EvidenceIn) -> dict[str, object]:
    """Report an obligation as done."""
    item = _obligation(request, obligation_id)
    actions.fulfil_obligation(actor=actor_from(request), obligation=item, evidence=body.evidence)
    return _detail(request, _case(request, item.case.key))


@router.post("/obligations/{uuid:obligation_id}/confirmation", response=CaseDetail)
def confirm(request: HttpRequest, obligation_id: UUID) -> dict[str, object]:
    """Confirm that an obligation is done."""
    item = _obligation(request, obligation_id)
    actions.confirm_obligation(actor=actor_from(request), obligation=item)
    return _detail(request, _case(request, item.case.key))


@router.post("/obligations/{uuid:obligation_id}/waiver", response=CaseDetail)
def waive_obligation(request: HttpRequest, obligation_id: UUID, body: ReasonIn) -> dict[str, object]:
    """Waive an obligation, with the reason."""
    item = _obligation(request, obligation_id)
    actions.waive_obligation(actor=actor_from(request), obligation=item, reason=body.reason)
    return _detail(request, _case(request, item.case.key))


@router.post("/grants/{uuid:grant_id}/review", response=CaseDetail)
def open_review(request: HttpRequest, grant_id: UUID) -> dict[str, object]:
    """Open the review of a grant before its time."""
    return _detail(request, actions.open_review(actor=actor_from(request), grant=_grant(request, grant_id)))


@router.post("/grants/{uuid:grant_id}/revocation", response=CaseDetail)
def revoke(request: HttpRequest, grant_id: UUID, body: ReasonIn) -> dict[str, object]:
    """Revoke a grant, with the reason."""
    grant = _grant(request, grant_id)
    actions.revoke_grant(actor=actor_from(request), grant=grant, reason=body.reason)
    return _detail(request, _case(request, grant.case.key))


# --- finding and showing ------------------------------------------------------------------------------------------


def _case(request: HttpRequest, key: str) -> Case:
    return queries.case_named(actor_from(request), key)


def _obligation(request: HttpRequest, obligation_id: UUID) -> Obligation:
    found = Obligation.objects.select_related("case").filter(pk=obligation_id).first()
    if found is None:
        raise NotFound(gettext("there is no such obligation"))
    queries.case_named(actor_from(request), found.case.key)
    return found


def _grant(request: HttpRequest, grant_id: UUID) -> Grant:
    found = Grant.objects.select_related("case").filter(pk=grant_id).first()
    if found is None:
        raise NotFound(gettext("there is no such grant"))
    queries.case_named(actor_from(request), found.case.key)
    return found


def _person(person_id: UUID) -> Person:
    found = living_people().filter(pk=person_id).first()
    if found is None:
        raise UserError(gettext("there is no such person"), where="person")
    return found


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise UserError(gettext("the time needs its zone"), where="body", mend="2026-05-18T12:00:00Z")
    return at


def _program(view: Any) -> dict[str, object]:
    return {"slug": view.slug, "name": view.name, "summary": view.summary, "open_cases": view.open_cases}


def _line(line: CaseLine) -> dict[str, object]:
    return {
        "id": line.id,
        "case": line.key,
        "title": line.title,
        "program": line.program_slug,
        "stage": line.stage,
        "stage_title": line.stage_title,
        "since": line.since,
        "owner": line.owner or None,
        "due_at": line.due_at,
        "paused": line.paused,
        "position": line.position,
        "opened_at": line.opened_at,
        "closed_at": line.closed_at,
        "outcome": line.outcome or None,
        "subject": line.subject_label or None,
        "returning": line.returning,
        "revision": line.revision,
    }


def _sentence(sentence: Sentence) -> dict[str, object]:
    return {"seq": sentence.seq, "at": sentence.at, "kind": sentence.kind, "text": sentence.text}


def _detail(request: HttpRequest, case: Case) -> dict[str, object]:
    view = queries.case_view(actor_from(request), case)
    reviews = [each for board in view.reviews for each in board.all]
    return {
        **_line(view.line),
        "version": view.definition.version,
        "answers": [
            {"id": each.id, "label": each.label, "value": each.value, "private": each.private} for each in view.answers
        ],
        "checks": [
            {
                "criterion": each.criterion,
                "title": each.title,
                "result": each.result or None,
                "found": each.found,
                "needed": each.needed,
                "evidence": each.evidence,
                "as_of": each.as_of,
            }
            for each in (view.checks.points if view.checks else ())
        ],
        "reviews": [
            {
                "id": each.id,
                "reviewer": each.person or None,
                "state": each.state,
                "recommendation": (each.recommendation or None) if each.visible else None,
                "comment": (each.comment or None) if each.visible else None,
                "due_at": each.due_at,
                "submitted_at": each.submitted_at,
                "mine": each.mine,
            }
            for each in reviews
        ],
        "motions": [each.id for each in view.motions],
        "obligations": [
            {
                "id": each.id,
                "name": each.name,
                "title": each.title,
                "owner": each.owner,
                "due_at": each.due_at,
                "state": each.state,
                "evidence": each.evidence or None,
            }
            for each in view.obligations
        ],
        "grants": [each.id for each in view.grants],
        "moves": [
            {
                "name": each.name,
                "title": each.title,
                "to": each.to_title,
                "reason": each.reason,
                "blocked": each.blocked or None,
            }
            for each in view.moves
        ],
        "history": [_sentence(each) for each in view.history],
    }
