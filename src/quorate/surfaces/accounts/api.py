"""Who calls, what they may do, and the tokens of their account."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from quorate.access.actions import create_token, revoke_token
from quorate.access.actors import Actor
from quorate.access.identity import actor_from
from quorate.access.models import Account, ApiToken
from quorate.access.objects import find_object
from quorate.access.permissions import PERMISSIONS
from quorate.access.policy import who_could, why
from quorate.kernel.errors import NotFound, Refused, UserError
from quorate.kernel.i18n import gettext
from quorate.toolkit.rest import PUBLIC, Body, Page, Paging, page

router = Router(tags=["Account"])


class Me(Schema):
    """Who calls."""

    kind: str = Field(description="`person`, `account` (not known to the directory yet) or `visitor`.")
    id: str = Field(description="As it stands in the ledger.")
    person: UUID | None
    account: UUID | None
    operator: bool
    scopes: list[str] | None = Field(description="Of the token; `null` when not limited.")


@router.get("/me", response=Me, auth=PUBLIC)
def me(request: HttpRequest) -> dict[str, Any]:
    """Who is calling."""
    actor = actor_from(request)
    return {
        "kind": actor.kind,
        "id": actor.id,
        "person": actor.person_id,
        "account": actor.account_id,
        "operator": actor.operator,
        "scopes": None if actor.scopes is None else sorted(actor.scopes),
    }


class ReasonOut(Schema):
    """Why somebody may."""

    text: str
    code: str
    since: datetime | None
    until: datetime | None


class Why(Schema):
    """The answer to "why may I do this?"."""

    permission: str
    title: str
    allowed: bool
    reasons: list[ReasonOut]
    could: list[str] = Field(description="In words, who could.")


@router.get("/why", response=Why)
def explain(
    request: HttpRequest,
    permission: Annotated[str, Query(max_length=80)],
    about: Annotated[str, Query(alias="object", max_length=120, description="`kind:id`; empty: in general.")] = "",
) -> dict[str, Any]:
    """Say whether and why you may do something, or who could."""
    actor = actor_from(request)
    declared = PERMISSIONS.find(permission)
    if declared is None:
        raise NotFound(gettext("there is no permission %s") % permission, where="permission")
    thing = find_object(actor, about) if about else None
    answer = why(actor, permission, thing)
    return {
        "permission": permission,
        "title": str(declared.title),
        "allowed": answer.allowed,
        "reasons": [
            {"text": str(reason.text), "code": reason.code, "since": reason.since, "until": reason.until}
            for reason in answer.reasons
        ],
        "could": [str(words) for words in who_could(permission, thing)],
    }


class TokenOut(Schema):
    """A token, without its secret."""

    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class TokenMade(TokenOut):
    """A token that was just made."""

    secret: str = Field(description="Shown this once.")


class TokenIn(Body):
    """What a token is to be."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    scopes: Annotated[list[Annotated[str, Field(max_length=80)]], Field(min_length=1, max_length=100)]
    expires_at: datetime | None = None


def _account(actor: Actor) -> Account:
    found = Account.objects.filter(pk=actor.account_id).first() if actor.account_id is not None else None
    if found is None:
        raise Refused(gettext("only an account has tokens"))
    return found


@router.get("/tokens", response=Page[TokenOut])
def list_tokens(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """List the tokens of your account, newest first."""
    rows = ApiToken.objects.filter(account=_account(actor_from(request)))
    return page(rows, paging, order=("-created_at", "-id"))


@router.post("/tokens", response={201: TokenMade})
def make_token(request: HttpRequest, body: TokenIn, response: HttpResponse) -> Status[dict[str, Any]]:
    """Make a token for your account. A token can make no token that may do more than itself.

    The answer holds a secret and is kept nowhere, so an `Idempotency-Key` has no effect here.
    """
    response["Cache-Control"] = "no-store"
    actor = actor_from(request)
    if body.expires_at is not None and body.expires_at.tzinfo is None:
        raise UserError(gettext("the time needs a zone"), where="expires_at", mend="2026-12-31T00:00:00Z")
    if actor.scopes is not None and not set(body.scopes) <= actor.scopes and "all" not in actor.scopes:
        raise Refused(gettext("a token cannot give what it does not have"), where="scopes")
    token, secret = create_token(
        actor=actor, account=_account(actor), name=body.name, scopes=body.scopes, expires_at=body.expires_at
    )
    shown = {name: getattr(token, name) for name in TokenOut.model_fields}
    return Status(201, {**shown, "secret": secret})


@router.delete("/tokens/{uuid:token_id}", response={204: None})
def remove_token(request: HttpRequest, token_id: UUID) -> Status[None]:
    """Revoke a token of your account."""
    actor = actor_from(request)
    token = ApiToken.objects.select_related("account").filter(pk=token_id, account=_account(actor)).first()
    if token is None:
        raise NotFound(gettext("there is no such token"))
    revoke_token(actor=actor, token=token)
    return Status(204, None)
