"""Reads of the ledger for those above it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from quorate.ledger.models import Entry, Leaf, Message, PrivateValue


def about(kind: str, ref: str, *, limit: int = 200) -> list[Entry]:
    """The newest entries that refer to a thing, newest first. One query."""
    return list(Entry.objects.filter(index__kind=kind, index__ref=ref).order_by("-seq")[:limit])


def entry(seq: int) -> Entry | None:
    """One entry by its number."""
    return Entry.objects.filter(seq=seq).first()


def same_gesture(found: Entry, *, limit: int = 50) -> list[Entry]:
    """The other entries that the same gesture of a person caused, in order."""
    if found.gesture is None:
        return []
    return list(Entry.objects.filter(gesture=found.gesture).exclude(seq=found.seq).order_by("seq")[:limit])


@dataclass(frozen=True)
class Place:
    """Where a sealed entry stands in the tree: which leaf, and its hash in hex."""

    index: int
    leaf: str


def place_of(found: Entry) -> Place | None:
    """The entry's place in the tree; ``None`` while it is not sealed."""
    leaf = Leaf.objects.filter(entry=found).first()
    return Place(leaf.index, leaf.hash) if leaf is not None else None


@dataclass(frozen=True)
class Promised:
    """A private value that an entry commits to, and whether it is still kept beside it."""

    field: str
    commitment: str
    kept: bool


def promised(found: Entry) -> list[Promised]:
    """The private values of an entry, without the values."""
    kept = set(PrivateValue.objects.filter(entry=found).values_list("field", flat=True))
    return [Promised(name, text, name in kept) for name, text in sorted(found.private.items())]


def kinds_in_use() -> list[str]:
    """The kinds of which there is an entry."""
    return list(Entry.objects.order_by("kind").values_list("kind", flat=True).distinct())


def messages(state: str = "") -> QuerySet[Message]:
    """Promised messages, of one state or of all."""
    return Message.objects.filter(state=state) if state else Message.objects.all()


def message(message_id: UUID) -> Message | None:
    """One message."""
    return Message.objects.filter(pk=message_id).first()


def message_states() -> dict[str, int]:
    """How many messages are in each state."""
    return {state: Message.objects.filter(state=state).count() for state in Message.State.values}


def topics_in_use() -> list[str]:
    """The topics of the messages there are."""
    return list(Message.objects.order_by("topic").values_list("topic", flat=True).distinct())


def data_about(kinds: Collection[str], kind: str, ref: str) -> Iterator[dict[str, Any]]:
    """The data of all entries of some kinds that refer to a thing, oldest first, without holding them all."""
    rows = Entry.objects.filter(kind__in=kinds, index__kind=kind, index__ref=ref).order_by("seq")
    return rows.values_list("data", flat=True).iterator(chunk_size=2000)
