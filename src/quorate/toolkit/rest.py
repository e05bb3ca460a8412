"""The base of the API, for every package that brings operations: who calls, pages by cursor, conditional answers.

A package's ``api.py`` holds ``router = Router(tags=[…])``; the surface ``api`` mounts all of them at ``/api/v1/``,
answers every ``UserError`` as ``application/problem+json`` and adds what all operations share (see there).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from django.core.exceptions import ValidationError as FieldError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.http import parse_etags, quote_etag
from ninja import Schema
from ninja.errors import AuthenticationError
from ninja.security.base import AuthBase
from ninja.utils import check_csrf
from pydantic import BaseModel, ConfigDict, model_validator
from pydantic import Field as Bound

from quorate.access.actors import VISITOR, Actor
from quorate.access.identity import actor_from
from quorate.access.tokens import bearer_actor
from quorate.kernel.errors import Refused, UserError
from quorate.kernel.i18n import gettext

M = TypeVar("M", bound=Model)
T = TypeVar("T")

PositiveId = Annotated[int, Bound(ge=1, le=2**63 - 1)]
"""A number that fits a primary key of either database."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


# What clients send -------------------------------------------------------------------------------------------


class Body(BaseModel):
    """The base of what clients send: no field that nobody declared, no text that a database cannot keep."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        if not storable(value):
            raise ValueError("text must not hold a NUL character or half of a surrogate pair")
        return value


def storable(value: Any) -> bool:
    """Whether all text in a JSON value can be kept by both databases."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, dict):
        return all(storable(key) and storable(item) for key, item in value.items())
    if isinstance(value, list):
        return all(storable(item) for item in value)
    return True


# Who calls ---------------------------------------------------------------------------------------------------


class Token(AuthBase):
    """A bearer token in the ``Authorization`` header; a wrong one is refused, whatever else was sent."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_description = "A token made in the settings. It carries scopes: names of permissions, or `all`."

    def __call__(self, request: HttpRequest) -> Actor | None:
        kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if not kind:
            return None
        known = getattr(request, "_quorate_bearer", None)  # asked before the operation and again by it
        if isinstance(known, Actor):
            return known
        actor = bearer_actor(secret.strip()) if kind.lower() == "bearer" else None
        if actor is None:
            raise AuthenticationError(message=gettext("the token is not valid: wrong, revoked or expired"))
        request._quorate_actor = request._quorate_bearer = actor  # type: ignore[attr-defined]  # where access.identity keeps it
        return actor


class Session(AuthBase):
    """The session of somebody signed in on the site; writes must carry the CSRF token."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = "sessionid"
    openapi_description = "The session cookie of the site; requests that write send `X-CSRFToken` as well."

    def __call__(self, request: HttpRequest) -> Actor | None:
        actor = actor_from(request)
        if not actor.known:
            return None
        if request.method not in SAFE_METHODS and check_csrf(request) is not None:
            raise Refused(
                gettext("the request does not come from this site"), mend=gettext("send X-CSRFToken, or use a token")
            )
        return actor


class Visitor(AuthBase):
    """Nobody in particular: lets a public operation be called by anyone."""

    openapi_type = "http"
    openapi_scheme = "none"

    def __call__(self, request: HttpRequest) -> Actor | None:
        return VISITOR if not actor_from(request).known else None


MEMBERS = (Token(), Session())
"""Authentication of an ordinary operation: a token, or a session."""

PUBLIC = (*MEMBERS, Visitor())
"""Authentication of an operation that visitors may call too."""


# Pages by cursor ---------------------------------------------------------------------------------------------


class Page(Schema, Generic[T]):
    """A page of a list. ``next`` is the cursor of the page after it, ``null`` on the last one."""

    items: list[T]
    next: str | None = None


class Paging(Schema):
    """How much of a list, and from where."""

    limit: Annotated[int, Bound(ge=1, le=200, description="How many items at most.")] = 50
    cursor: Annotated[str, Bound(max_length=500, description="`next` of the page before; empty for the first.")] = ""


def page(
    rows: QuerySet[M], paging: Paging, *, order: Sequence[str], show: Callable[[M], Any] | None = None
) -> dict[str, Any]:
    """One page of ``rows`` in the order of ``order`` (``"-opened_at", "id"``), after the cursor.

    The fields of ``order`` are of the rows' own table, never null, and as a whole unique: the cursor is their
    values in the last row, so that rows which come or go meanwhile neither repeat nor hide others.
    """
    names = [name.lstrip("-") for name in order]
    found = rows.order_by(*order)
    if paging.cursor:
        found = found.filter(_after(rows, order, _read_cursor(rows, names, paging.cursor)))
    taken = list(found[: paging.limit + 1])
    shown = taken[: paging.limit]
    following = _write_cursor(shown[-1], names) if len(taken) > paging.limit else None
    return {"items": [show(row) if show else row for row in shown], "next": following}


def _after(rows: QuerySet[M], order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows that come later: equal in the first fields, beyond in the next one."""
    reached = Q()
    equal = Q()
    for name, value in zip(order, values, strict=True):
        field = name.lstrip("-")
        beyond = Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        reached |= equal & beyond
        equal &= Q(**{field: value})
    return reached


def _write_cursor(row: Model, names: Sequence[str]) -> str:
    values = [row._meta.get_field(name).value_to_string(row) for name in names]  # type: ignore[union-attr]  # concrete fields have it
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _read_cursor(rows: QuerySet[M], names: Sequence[str], cursor: str) -> list[Any]:
    wrong = UserError(gettext("this cursor is not one of this list"), where="cursor", mend=gettext("start without one"))
    try:
        texts = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        raise wrong from None
    if not isinstance(texts, list) or len(texts) != len(names) or not storable(texts):
        raise wrong
    if not all(isinstance(text, str) for text in texts):
        raise wrong
    try:
        return [rows.model._meta.get_field(name).to_python(text) for name, text in zip(names, texts, strict=True)]  # type: ignore[union-attr]  # concrete fields have it
    except (FieldError, ValueError, OverflowError):
        raise wrong from None


# Conditional requests ----------------------------------------------------------------------------------------


class NotModified(Exception):
    """The client has this version already."""


class PreconditionFailed(UserError):
    """The thing is no longer in the version that the client said it would change."""

    status = 412


def etag_of(*parts: object) -> str:
    """A quoted strong ETag made of what determines an answer."""
    return quote_etag(hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:32])


def precondition(request: HttpRequest, *version: object) -> None:
    """State the version of the thing that is read or about to be changed.

    On reading, the answer carries it as ETag, and a client that has it (``If-None-Match``) gets 304. On
    writing, ``If-Match`` with another version is answered 412 and nothing is changed.
    """
    actor = actor_from(request)
    current = etag_of(actor.id, *version)
    if request.method in SAFE_METHODS:
        request._quorate_etag = current  # type: ignore[attr-defined]  # read back by the API's envelope
        if _has(request, "If-None-Match", current):
            raise NotModified
        return
    if "If-Match" in request.headers and not _has(request, "If-Match", current):
        raise PreconditionFailed(
            gettext("this changed since you read it"), where="If-Match", mend=gettext("read it again and decide anew")
        )


def _has(request: HttpRequest, header: str, etag: str) -> bool:
    given = parse_etags(request.headers.get(header, ""))
    return "*" in given or etag in [tag.removeprefix("W/") for tag in given]
