"""How bodies and seats appear in the ledger's sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from quorate.ledger.refs import RefKind, register
from quorate.terms.models import Body, Policy, Seat


def _bodies(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Body.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "name")
    return {str(pk): name for pk, name in rows}


def _seats(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Seat.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "title")
    return {str(pk): title for pk, title in rows}


def _policies(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Policy.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "title")
    return {str(pk): title for pk, title in rows}


register(RefKind("policy", _policies))
register(RefKind("body", _bodies, lambda ref: f"/bodies/{ref}/"))
register(RefKind("seat", _seats))
