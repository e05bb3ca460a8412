"""How meetings appear in the ledger's sentences, and how pages about rights find them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from quorate.access.actors import Actor
from quorate.access.objects import OBJECTS
from quorate.ledger.refs import RefKind, register
from quorate.registers.meetings.models import AgendaItem, Meeting, Series
from quorate.registers.meetings.queries import visible_meeting


def _meetings(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Meeting.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "title")
    return {str(pk): title for pk, title in rows}


def _public_meetings(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Meeting.objects.filter(pk__in=[UUID(text) for text in ids], body__public=True).values_list("pk", "title")
    return {str(pk): title for pk, title in rows}


def _series(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Series.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "title")
    return {str(pk): title for pk, title in rows}


def _items(ids: Sequence[str]) -> Mapping[str, str]:
    rows = AgendaItem.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "title")
    return {str(pk): title for pk, title in rows}


def _none(ids: Sequence[str]) -> Mapping[str, str]:
    return {}


def _find(actor: Actor, key: str) -> Meeting:
    return visible_meeting(actor, key)


OBJECTS.register("meeting", _find)
register(
    RefKind("meeting", _meetings, lambda ref: f"/meetings/{ref}/", _public_meetings, lambda ref: f"/p/meetings/{ref}/")
)
register(RefKind("series", _series, public_label=_none))
register(RefKind("agenda-item", _items, public_label=_none))
