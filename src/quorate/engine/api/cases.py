"""Cases over the API: reading them, taking steps, and who owns the next one."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from quorate.access.identity import actor_from
from quorate.engine import actions, queries
from quorate.engine.api.shapes import (
    AmendIn,
    CaseDetail,
    CaseOut,
    ClaimIn,
    DelegateIn,
    MaybeReasonIn,
    MoveIn,
    PersonIn,
    PriorityIn,
)
from quorate.engine.api.shown import aware, case_in, delegation_in, detail, line_out, person_named, version_of
from quorate.toolkit.rest import PUBLIC, Page, Paging, page, precondition

router = Router(tags=["Cases"])


@router.get("/cases", response=Page[CaseOut], auth=PUBLIC)
def list_cases(
    request: HttpRequest,
    paging: Query[Paging],
    program: str = "",
    stage: str = "",
    state: Literal["", "open", "closed"] = "",
) -> dict[str, object]:
    """List the cases that you may see, newest first; ``state`` is open or closed."""
    actor = actor_from(request)
    cases = queries.visible(actor)
    if program:
        cases = cases.filter(program__slug=program)
    if stage:
        cases = cases.filter(stage=stage)
    if state:
        cases = cases.filter(closed_at__isnull=state == "open")
    found = page(cases, paging, order=("-opened_at", "-id"))
    found["items"] = [line_out(line) for line in queries.lines(found["items"], actor)]
    return found


@router.get("/cases/{slug:key}", response=CaseDetail, auth=PUBLIC)
def get_case(request: HttpRequest, key: str) -> dict[str, object]:
    """Show a case with everything that you may see of it."""
    document = detail(request, queries.case_named(actor_from(request), key))
    precondition(request, version_of(document))
    return document


@router.post("/cases/{slug:key}/moves", response=CaseDetail)
def move_case(request: HttpRequest, key: str, body: MoveIn) -> dict[str, object]:
    """Take a step. ``revision`` refuses it when the case took another since you read it."""
    moved = actions.move(
        actor=actor_from(request),
        case=case_in(request, key),
        transition=body.transition,
        reason=body.reason,
        revision=body.revision,
    )
    return detail(request, moved)


@router.post("/cases/{slug:key}/withdrawal", response=CaseDetail)
def withdraw_case(request: HttpRequest, key: str, body: MaybeReasonIn) -> dict[str, object]:
    """Take your application back."""
    case = actions.withdraw(actor=actor_from(request), case=case_in(request, key), reason=body.reason)
    return detail(request, case)


@router.patch("/cases/{slug:key}/answers", response=CaseDetail)
def amend_answers(request: HttpRequest, key: str, body: AmendIn) -> dict[str, object]:
    """Amend answers of the application; those that are left out stay as they are."""
    case = case_in(request, key)
    actions.amend_answers(
        actor=actor_from(request), case=case, answers=body.answers, title=body.title, revision=body.revision
    )
    return detail(request, case)


@router.post("/cases/{slug:key}/claim", response=CaseDetail)
def claim_case(request: HttpRequest, key: str, body: ClaimIn) -> dict[str, object]:
    """Take over a case that was filed without signing in."""
    case = actions.claim_case(actor=actor_from(request), case=queries.case_to_claim(key), token=body.token)
    return detail(request, case)


@router.post("/cases/{slug:key}/invitation", response=CaseDetail)
def invite_applicant(request: HttpRequest, key: str) -> dict[str, object]:
    """Send an applicant who is known by an address only the means to claim the case."""
    return detail(request, actions.invite_applicant(actor=actor_from(request), case=case_in(request, key)))


@router.put("/cases/{slug:key}/owner", response=CaseDetail)
def assign_owner(request: HttpRequest, key: str, body: PersonIn) -> dict[str, object]:
    """Hand the next step to a person."""
    case = case_in(request, key)
    actions.assign(actor=actor_from(request), case=case, person=person_named(body.person))
    return detail(request, case)


@router.delete("/cases/{slug:key}/owner", response=CaseDetail)
def unassign_owner(request: HttpRequest, key: str) -> dict[str, object]:
    """Leave the next step to whoever holds the office that owns the stage."""
    case = case_in(request, key)
    actions.unassign(actor=actor_from(request), case=case)
    return detail(request, case)


@router.put("/cases/{slug:key}/priority", response=CaseDetail)
def set_priority(request: HttpRequest, key: str, body: PriorityIn) -> dict[str, object]:
    """Say how urgent a case is, where the program orders its queue by that."""
    case = case_in(request, key)
    actions.prioritise(actor=actor_from(request), case=case, priority=body.priority)
    return detail(request, case)


@router.post("/cases/{slug:key}/delegations", response=CaseDetail)
def delegate_stage(request: HttpRequest, key: str, body: DelegateIn) -> dict[str, object]:
    """Let somebody act in your place for a time."""
    case = case_in(request, key)
    actions.delegate(
        actor=actor_from(request), case=case, to=person_named(body.person), until=aware(body.until), reason=body.reason
    )
    return detail(request, case)


@router.delete("/delegations/{uuid:delegation_id}", response=CaseDetail)
def end_delegation(request: HttpRequest, delegation_id: UUID) -> dict[str, object]:
    """End a delegation before its time."""
    found = delegation_in(request, delegation_id)
    actions.end_delegation(actor=actor_from(request), delegation=found)
    return detail(request, found.case)
