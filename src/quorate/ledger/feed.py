"""The record as a stream: entries in the order of the tree, which has no gap and never changes.

Numbers (``seq``) may be committed out of order; the place in the tree may not. Whoever follows the record keeps the
next place to read and misses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from quorate.ledger.kinds import KINDS
from quorate.ledger.models import Entry, Leaf


def public_kinds() -> frozenset[str]:
    """The kinds of which anybody may read."""
    return frozenset(name for name, kind in KINDS.items() if kind.public)


def sealed_from(place: int, *, limit: int = 500) -> list[tuple[int, Entry]]:
    """Sealed entries from a place of the tree on, each with its place. One query."""
    leaves = Leaf.objects.filter(index__gte=place).order_by("index").select_related("entry")
    return [(leaf.index, leaf.entry) for leaf in leaves[:limit]]


def next_place() -> int:
    """The place that the next sealed entry will take."""
    last = Leaf.objects.order_by("-index").values_list("index", flat=True).first()
    return 0 if last is None else last + 1


def entries(*, kinds: Iterable[str] | None = None, about: tuple[str, str] | None = None) -> QuerySet[Entry]:
    """Entries of some kinds (``None``: of all), and about one thing (its kind and id)."""
    found = Entry.objects.all()
    if kinds is not None:
        found = found.filter(kind__in=sorted(kinds))
    if about is not None:
        found = found.filter(index__kind=about[0], index__ref=about[1])
    return found
