"""Agreements over the API."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import File, Form, Query, Router, Schema, Status, UploadedFile
from pydantic import AwareDatetime, Field

from quorate.access.identity import actor_from
from quorate.directory.queries import organisation_by_key, person_by_key
from quorate.exchange.agreements import actions, queries
from quorate.exchange.agreements.models import Agreement
from quorate.toolkit.rest import Body, Page, Paging, page

router = Router(tags=["Agreements"])


class AgreementOut(Schema):
    """An agreement as lists show it."""

    id: UUID
    title: str
    template: str
    version: str
    organisation: str
    state: str
    digest: str
    prepared_at: datetime
    sent_at: datetime | None
    due_at: datetime | None
    in_force_at: datetime | None
    ended_at: datetime | None


class SignatureOut(Schema):
    """How a side signed."""

    side: str
    method: str
    name: str
    title: str
    digest: str
    file: str | None
    at: datetime


class AgreementDetail(AgreementOut):
    """An agreement word for word."""

    markdown: str
    values: dict[str, str]
    departures: list[str]
    whole: bool
    signatures: list[SignatureOut]


class AgreementIn(Body):
    """What a draft says. ``variants`` maps the anchor of a clause to a wording."""

    template: str = Field(max_length=80)
    version: str = Field(default="", max_length=40)
    organisation: str = Field(max_length=80)
    signatory: str = Field(max_length=80)
    values: dict[str, str] = Field(default_factory=dict, max_length=200)
    variants: dict[str, str] = Field(default_factory=dict, max_length=200)


class SendIn(Body):
    """Until when it should be signed."""

    due_at: AwareDatetime | None = None


class SignIn(Body):
    """A signature on the words with a digest."""

    digest: str = Field(min_length=64, max_length=64)
    name: str = Field(max_length=200)
    title: str = Field(default="", max_length=200)


class ReasonIn(Body):
    """Why."""

    reason: str = Field(default="", max_length=2000)


@router.get("/agreements", response=Page[AgreementOut])
def list_agreements(request: HttpRequest, paging: Query[Paging], state: str = "") -> dict[str, object]:
    """List the agreements that you may see."""
    rows = queries.visible(actor_from(request))
    if state:
        rows = rows.filter(state=state)
    return page(rows, paging, order=("-prepared_at", "-id"), show=_summary)


@router.get("/agreements/{uuid:agreement_id}", response=AgreementDetail)
def get_agreement(request: HttpRequest, agreement_id: UUID) -> dict[str, object]:
    """Show one agreement word for word, with its signatures."""
    return _detail(queries.find(actor_from(request), agreement_id))


@router.post("/agreements", response={201: AgreementDetail})
def prepare_agreement(request: HttpRequest, body: AgreementIn) -> Status[dict[str, object]]:
    """Make a draft from a template."""
    made = actions.prepare(
        actor=actor_from(request),
        template=queries.template_by_key(body.template, body.version),
        organisation=organisation_by_key(body.organisation),
        signatory=person_by_key(body.signatory),
        values=body.values,
        variants=body.variants,
    )
    return Status(201, _detail(made))


@router.post("/agreements/{uuid:agreement_id}/send", response=AgreementDetail)
def send_agreement(request: HttpRequest, agreement_id: UUID, body: SendIn) -> dict[str, object]:
    """Send a draft to its signatory."""
    actor = actor_from(request)
    return _detail(actions.send(actor=actor, agreement=queries.find(actor, agreement_id), due_at=body.due_at))


@router.post("/agreements/{uuid:agreement_id}/sign", response=AgreementDetail)
def sign_agreement(request: HttpRequest, agreement_id: UUID, body: SignIn) -> dict[str, object]:
    """Sign for the other side."""
    actor = actor_from(request)
    found = queries.find(actor, agreement_id)
    return _detail(actions.sign(actor=actor, agreement=found, digest=body.digest, name=body.name, title=body.title))


@router.post("/agreements/{uuid:agreement_id}/paper", response=AgreementDetail)
def put_paper(
    request: HttpRequest, agreement_id: UUID, body: Form[SignIn], paper: File[UploadedFile]
) -> dict[str, object]:
    """Put the other side's signed PDF here."""
    actor = actor_from(request)
    found = queries.find(actor, agreement_id)
    content = paper.read()
    made = actions.sign(
        actor=actor, agreement=found, digest=body.digest, name=body.name, title=body.title, paper=content
    )
    return _detail(made)


@router.post("/agreements/{uuid:agreement_id}/countersign", response=AgreementDetail)
def countersign_agreement(request: HttpRequest, agreement_id: UUID, body: SignIn) -> dict[str, object]:
    """Sign for the foundation."""
    actor = actor_from(request)
    found = queries.find(actor, agreement_id)
    return _detail(
        actions.countersign(actor=actor, agreement=found, digest=body.digest, name=body.name, title=body.title)
    )


@router.post("/agreements/{uuid:agreement_id}/decline", response=AgreementDetail)
def decline_agreement(request: HttpRequest, agreement_id: UUID, body: ReasonIn) -> dict[str, object]:
    """Decline for the other side."""
    actor = actor_from(request)
    return _detail(actions.decline(actor=actor, agreement=queries.find(actor, agreement_id), reason=body.reason))


@router.post("/agreements/{uuid:agreement_id}/withdraw", response=AgreementDetail)
def withdraw_agreement(request: HttpRequest, agreement_id: UUID, body: ReasonIn) -> dict[str, object]:
    """Take back what is not in force."""
    actor = actor_from(request)
    return _detail(actions.withdraw(actor=actor, agreement=queries.find(actor, agreement_id), reason=body.reason))


@router.post("/agreements/{uuid:agreement_id}/end", response=AgreementDetail)
def end_agreement(request: HttpRequest, agreement_id: UUID, body: ReasonIn) -> dict[str, object]:
    """Record that an agreement in force ended."""
    actor = actor_from(request)
    return _detail(actions.end_agreement(actor=actor, agreement=queries.find(actor, agreement_id), reason=body.reason))


def _summary(row: Agreement) -> dict[str, object]:
    return {
        "id": row.pk,
        "title": str(row),
        "template": row.template.slug,
        "version": row.template.version,
        "organisation": row.organisation.slug,
        "state": row.state,
        "digest": row.digest,
        "prepared_at": row.prepared_at,
        "sent_at": row.sent_at,
        "due_at": row.due_at,
        "in_force_at": row.in_force_at,
        "ended_at": row.ended_at,
    }


def _detail(row: Agreement) -> dict[str, object]:
    words = row.words
    return {
        **_summary(row),
        "markdown": words.markdown(),
        "values": dict(words.values),
        "departures": [f"{clause.anchor}/{clause.variant}" for clause in words.departures],
        "whole": queries.standing(row).whole,
        "signatures": [
            {
                "side": one.side,
                "method": one.method,
                "name": one.name,
                "title": one.title,
                "digest": one.digest,
                "file": one.file or None,
                "at": one.at,
            }
            for one in row.signatures.all()
        ],
    }
