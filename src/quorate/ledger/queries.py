"""Reads of the ledger for those above it."""

from __future__ import annotations

from quorate.ledger.models import Entry


def about(kind: str, ref: str, *, limit: int = 200) -> list[Entry]:
    """The newest entries that refer to a thing, newest first. One query."""
    return list(Entry.objects.filter(index__kind=kind, index__ref=ref).order_by("-seq")[:limit])
