"""How bodies and seats appear in the ledger's sentences, and how pages about rights find them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from quorate.access.actors import Actor
from quorate.access.objects import OBJECTS
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.ledger.refs import RefKind, register
from quorate.terms.models import Body, Policy, Seat
from quorate.terms.queries import body_by_key, seat_by_key


def _bodies(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Body.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "name")
    return {str(pk): name for pk, name in rows}


def _seats(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Seat.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "title")
    return {str(pk): title for pk, title in rows}


def _public_bodies(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Body.objects.filter(pk__in=[UUID(text) for text in ids], public=True).values_list("pk", "name")
    return {str(pk): name for pk, name in rows}


def _public_seats(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Seat.objects.filter(pk__in=[UUID(text) for text in ids], body__public=True).values_list("pk", "title")
    return {str(pk): title for pk, title in rows}


def _policies(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Policy.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "title")
    return {str(pk): title for pk, title in rows}


def _find_body(actor: Actor, key: str) -> Body:
    body = body_by_key(key)
    if not body.public and not actor.known:
        raise NotFound(gettext("there is no such body"))
    return body


def _find_seat(actor: Actor, key: str) -> Seat:
    body, _slash, seat = key.partition("/")
    return seat_by_key(_find_body(actor, body), seat)


OBJECTS.register("body", _find_body)
OBJECTS.register("seat", _find_seat)
register(RefKind("policy", _policies))
register(RefKind("body", _bodies, lambda ref: f"/bodies/{ref}/", _public_bodies, lambda ref: f"/p/bodies/{ref}/"))
register(RefKind("seat", _seats, public_label=_public_seats))
