"""Grants and what is owed for them, over the API."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from quorate.access.identity import actor_from
from quorate.engine import actions
from quorate.engine.api.shapes import CaseDetail, EvidenceIn, GrantOut, MaybeReasonIn, ReasonIn
from quorate.engine.api.shown import detail, grant_in, grant_out, obligation_in

router = Router(tags=["Grants and obligations"])


@router.post("/obligations/{uuid:obligation_id}/fulfilment", response=CaseDetail)
def fulfil(request: HttpRequest, obligation_id: UUID, body: EvidenceIn) -> dict[str, object]:
    """Report an obligation as done."""
    item = obligation_in(request, obligation_id)
    actions.fulfil_obligation(actor=actor_from(request), obligation=item, evidence=body.evidence)
    return detail(request, item.case)


@router.post("/obligations/{uuid:obligation_id}/confirmation", response=CaseDetail)
def confirm(request: HttpRequest, obligation_id: UUID) -> dict[str, object]:
    """Confirm that an obligation is done."""
    item = obligation_in(request, obligation_id)
    actions.confirm_obligation(actor=actor_from(request), obligation=item)
    return detail(request, item.case)


@router.post("/obligations/{uuid:obligation_id}/return", response=CaseDetail)
def return_obligation(request: HttpRequest, obligation_id: UUID, body: ReasonIn) -> dict[str, object]:
    """Say what is still missing of an obligation that was reported; it is open again."""
    item = obligation_in(request, obligation_id)
    actions.return_obligation(actor=actor_from(request), obligation=item, reason=body.reason)
    return detail(request, item.case)


@router.post("/obligations/{uuid:obligation_id}/waiver", response=CaseDetail)
def waive_obligation(request: HttpRequest, obligation_id: UUID, body: ReasonIn) -> dict[str, object]:
    """Waive an obligation, with the reason."""
    item = obligation_in(request, obligation_id)
    actions.waive_obligation(actor=actor_from(request), obligation=item, reason=body.reason)
    return detail(request, item.case)


@router.post("/grants/{uuid:grant_id}/review", response=CaseDetail)
def open_review(request: HttpRequest, grant_id: UUID) -> dict[str, object]:
    """Open the review of a grant before its time."""
    return detail(request, actions.open_review(actor=actor_from(request), grant=grant_in(request, grant_id)))


@router.post("/grants/{uuid:grant_id}/renewal", response=GrantOut)
def renew(request: HttpRequest, grant_id: UUID, body: MaybeReasonIn) -> dict[str, object]:
    """Renew a grant outside a review."""
    found = grant_in(request, grant_id)
    return grant_out(actions.renew_grant(actor=actor_from(request), grant=found, reason=body.reason))


@router.post("/grants/{uuid:grant_id}/revocation", response=GrantOut)
def revoke(request: HttpRequest, grant_id: UUID, body: ReasonIn) -> dict[str, object]:
    """Revoke a grant, with the reason."""
    found = grant_in(request, grant_id)
    return grant_out(actions.revoke_grant(actor=actor_from(request), grant=found, reason=body.reason))
