"""How motions appear in the ledger's sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from quorate.decisions.models import Motion
from quorate.ledger.refs import RefKind, register


def _titles(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Motion.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "title")
    return {str(pk): title for pk, title in rows}


register(RefKind("motion", _titles, lambda ref: f"/motions/{ref}/"))
