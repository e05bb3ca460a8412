"""How motions and decisions appear in the ledger's sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from quorate.decisions.models import DecisionRecord, Motion
from quorate.kernel.i18n import gettext
from quorate.ledger.refs import RefKind, register


def _titles(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Motion.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "title")
    return {str(pk): title for pk, title in rows}


def _public_titles(ids: Sequence[str]) -> Mapping[str, str]:
    """Titles of public motions; that there was another one is no secret, what it asked is."""
    rows = Motion.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "title", "public")
    return {str(pk): title if public else gettext("not public") for pk, title, public in rows}


register(RefKind("motion", _titles, lambda ref: f"/motions/{ref}/", _public_titles))


def _decisions(ids: Sequence[str]) -> Mapping[str, str]:
    rows = DecisionRecord.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "title")
    return {str(pk): title for pk, title in rows}


def _public_decisions(ids: Sequence[str]) -> Mapping[str, str]:
    rows = DecisionRecord.objects.filter(pk__in=[UUID(text) for text in ids], public=True, body__public=True)
    return {str(pk): title for pk, title in rows.values_list("pk", "title")}


def _page(ref: str) -> str:
    return f"/decisions/{ref}/"


register(RefKind("decision", _decisions, _page, _public_decisions, lambda ref: f"/p/decisions/{ref}/"))
