"""Operations that belong to no package above the ledger: the record itself, and webhooks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from quorate.access.actors import Actor
from quorate.access.identity import actor_from
from quorate.access.models import Account
from quorate.access.policy import may
from quorate.kernel.errors import NotFound, Refused
from quorate.kernel.i18n import gettext
from quorate.ledger.feed import entries, public_kinds
from quorate.ledger.keys import public_keys
from quorate.ledger.proofs import inclusion, newest_checkpoint
from quorate.surfaces.api.actions import register_webhook, remove_webhook, switch_on
from quorate.surfaces.api.ledger import EntryOut, entry_out
from quorate.surfaces.api.models import Webhook
from quorate.toolkit.rest import PUBLIC, Body, Page, Paging, PositiveId, page

router = Router()
LEDGER = ["Ledger"]
WEBHOOKS = ["Webhooks"]


# The record --------------------------------------------------------------------------------------------------


def _readable(actor: Actor) -> frozenset[str] | None:
    return None if may(actor, "ledger.read") else public_kinds()


@router.get("/ledger/entries", response=Page[EntryOut], auth=PUBLIC, tags=LEDGER)
def list_entries(
    request: HttpRequest,
    paging: Query[Paging],
    about: Annotated[str, Query(max_length=160, description="`kind:id` of a thing; empty: everything.")] = "",
) -> dict[str, Any]:
    """List the entries that you may read, newest first; of kinds that are public unless you may read all."""
    kind, _colon, key = about.partition(":")
    rows = entries(kinds=_readable(actor_from(request)), about=(kind, key) if about else None)
    return page(rows, paging, order=("-seq",), show=entry_out)


class Checkpoint(Schema):
    """The signed head of the record."""

    size: int
    root: str
    note: str = Field(description="A signed note (c2sp.org/tlog-checkpoint). Keep it: the record must continue it.")


@router.get("/ledger/checkpoint", response=Checkpoint, auth=PUBLIC, tags=LEDGER)
def checkpoint(request: HttpRequest) -> dict[str, Any]:
    """The newest signed head of the record."""
    head = newest_checkpoint()
    if head is None:
        raise NotFound(gettext("nothing was sealed yet"))
    return {"size": head.size, "root": head.root, "note": head.note}


class Keys(Schema):
    """The public keys that ever signed."""

    keys: list[str]


@router.get("/ledger/keys", response=Keys, auth=PUBLIC, tags=LEDGER)
def keys(request: HttpRequest) -> dict[str, Any]:
    """The public keys of the record, the newest last."""
    return {"keys": [key.text() for key in public_keys()]}


@router.get("/ledger/entries/{seq}", response=EntryOut, auth=PUBLIC, tags=LEDGER)
def get_entry(request: HttpRequest, seq: PositiveId) -> dict[str, Any]:
    """One entry."""
    found = entries(kinds=_readable(actor_from(request))).filter(seq=seq).first()
    if found is None:
        raise NotFound(gettext("there is no such entry"))
    return entry_out(found)


class Proof(Schema):
    """That an entry is in the record."""

    seq: int
    proof: str = Field(description="A file (c2sp.org/tlog-proof) that `quorate ledger verify` and others can check.")


@router.get("/ledger/entries/{seq}/proof", response=Proof, auth=PUBLIC, tags=LEDGER)
def prove_entry(request: HttpRequest, seq: PositiveId) -> dict[str, Any]:
    """Prove that an entry is in the record, under its newest signed head."""
    get_entry(request, seq)
    return {"seq": seq, "proof": inclusion(seq).file()}


# Webhooks ----------------------------------------------------------------------------------------------------


class WebhookOut(Schema):
    """A webhook, without its secret."""

    id: UUID
    url: str
    description: str
    kinds: list[str]
    active: bool
    created_at: datetime
    last_success_at: datetime | None
    failing_since: datetime | None
    last_error: str


class WebhookMade(WebhookOut):
    """A webhook that was just registered."""

    secret: str = Field(description="Verifies signatures; shown this once.")


class WebhookIn(Body):
    """Where to tell what."""

    url: Annotated[str, Field(max_length=500, pattern=r"^https://[^\s]+$")]
    kinds: Annotated[
        list[Annotated[str, Field(max_length=80)]],
        Field(max_length=100, description="Kinds of entry, or `case.*`; empty: all."),
    ] = []
    description: Annotated[str, Field(max_length=120)] = ""


def _account(actor: Actor) -> Account:
    found = Account.objects.filter(pk=actor.account_id).first() if actor.account_id is not None else None
    if found is None:
        raise Refused(gettext("only an account has webhooks"))
    return found


def _webhook(request: HttpRequest, webhook_id: UUID) -> Webhook:
    own = Webhook.objects.select_related("account").filter(account=_account(actor_from(request)))
    found = own.filter(pk=webhook_id).first()
    if found is None:
        raise NotFound(gettext("there is no such webhook"))
    return found


@router.get("/webhooks", response=Page[WebhookOut], tags=WEBHOOKS)
def list_webhooks(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """List the webhooks of your account."""
    rows = Webhook.objects.filter(account=_account(actor_from(request)))
    return page(rows, paging, order=("created_at", "id"))


@router.post("/webhooks", response={201: WebhookMade}, tags=WEBHOOKS)
def make_webhook(request: HttpRequest, body: WebhookIn, response: HttpResponse) -> Status[Webhook]:
    """Register a webhook: entries that you may read are told to it from now on, once they are sealed.

    Tellings are signed by the Standard Webhooks specification and repeated, with the same `webhook-id`, until they are
    answered with 2xx, for about half a day. The answer holds a secret and is kept nowhere, so an `Idempotency-Key` has
    no effect here.
    """
    response["Cache-Control"] = "no-store"
    actor = actor_from(request)
    made = register_webhook(
        actor=actor, account=_account(actor), url=body.url, kinds=body.kinds, description=body.description
    )
    return Status(201, made)


@router.post("/webhooks/{uuid:webhook_id}/activation", response=WebhookOut, tags=WEBHOOKS)
def activate_webhook(request: HttpRequest, webhook_id: UUID) -> Webhook:
    """Switch a webhook on again that was switched off because it failed; it is told what it missed."""
    return switch_on(actor=actor_from(request), webhook=_webhook(request, webhook_id))


@router.delete("/webhooks/{uuid:webhook_id}", response={204: None}, tags=WEBHOOKS)
def drop_webhook(request: HttpRequest, webhook_id: UUID) -> Status[None]:
    """Remove a webhook."""
    remove_webhook(actor=actor_from(request), webhook=_webhook(request, webhook_id))
    return Status(204, None)
