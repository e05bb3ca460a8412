"""How an entry of the record looks outside."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from ninja import Schema
from pydantic import Field


class RefOut(Schema):
    """What an entry is about."""

    kind: str
    id: str
    role: str


class EntryOut(Schema):
    """One entry of the record. What people typed is not in it, only a commitment to it."""

    seq: int
    uid: UUID
    kind: str
    at: datetime = Field(description="When it took effect.")
    recorded_at: datetime = Field(description="When it was written down.")
    actor: str
    authority: list[str] = Field(description="By which rights.")
    refs: list[RefOut]
    data: dict[str, Any]
    gesture: UUID | None
    reconstructed: bool = Field(description="Whether the time was reconstructed by an import.")
    digest: str


class EntryLike(Protocol):
    """What is read of an entry; the table itself is the ledger's."""

    refs: list[list[str]]


_PLAIN = (
    "seq",
    "uid",
    "kind",
    "at",
    "recorded_at",
    "actor",
    "authority",
    "data",
    "gesture",
    "reconstructed",
    "digest",
)


def entry_out(entry: EntryLike) -> dict[str, Any]:
    """The outer form of an entry."""
    shown = {name: getattr(entry, name) for name in _PLAIN}
    shown["refs"] = [{"kind": kind, "id": key, "role": role} for kind, key, role in entry.refs]
    return shown
