"""Writing to the ledger: entries, and promises of side effects, in the caller's transaction."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction

from quorate.kernel import clock, ids
from quorate.ledger.canonical import canonical
from quorate.ledger.kinds import KINDS
from quorate.ledger.models import Entry, EntryRef, Message, PrivateValue
from quorate.ledger.outbox import HANDLERS
from quorate.ledger.refs import Ref


class HasId(Protocol):
    """Whoever acts: the ledger keeps the opaque id only (``person:<uuid>``, ``system:<name>``, ``visitor``)."""

    @property
    def id(self) -> str: ...


_gesture: ContextVar[UUID | None] = ContextVar("gesture", default=None)


@contextmanager
def gesture() -> Iterator[UUID]:
    """Give all entries written inside one id, because one gesture of a person caused them."""
    current = _gesture.get()
    if current is not None:
        yield current
        return
    fresh = ids.new_id()
    token = _gesture.set(fresh)
    try:
        yield fresh
    finally:
        _gesture.reset(token)


def append(
    kind: str,
    *,
    actor: HasId,
    refs: Sequence[Ref] = (),
    data: Mapping[str, Any] | None = None,
    private: Mapping[str, Any] | None = None,
    authority: Sequence[str] = (),
    at: datetime | None = None,
    reconstructed: bool = False,
) -> Entry:
    """Append one entry of a declared kind. Must run inside the transaction of the change it records.

    ``private`` values (what a person typed, names, addresses) enter as salted commitments; the values stand in
    a table beside the entry. Empty private values are left out. ``at`` is when it took effect, if not now.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a ledger entry is written in the transaction of its change")
    declared = KINDS.get(kind)
    plain = dict(data or {})
    hidden = {key: value for key, value in (private or {}).items() if value not in (None, "")}
    declared.check(plain, hidden)
    recorded = clock.now()
    salts = {key: secrets.token_hex(16) for key in hidden}
    entry = Entry(
        uid=ids.new_id(),
        kind=kind,
        at=at or recorded,
        recorded_at=recorded,
        actor=actor.id,
        authority=[str(item) for item in authority],
        refs=[ref.as_list() for ref in refs],
        data=plain,
        private={key: commitment(salts[key], value) for key, value in hidden.items()},
        gesture=_gesture.get(),
        reconstructed=reconstructed,
    )
    entry.digest = digest(entry)
    entry.save(force_insert=True)
    seen = {(ref.kind, ref.id) for ref in refs}
    EntryRef.objects.bulk_create([EntryRef(entry=entry, kind=kind, ref=ref) for kind, ref in sorted(seen)])
    PrivateValue.objects.bulk_create(
        [PrivateValue(entry=entry, field=key, salt=salts[key], value=value) for key, value in hidden.items()]
    )
    return entry


def commitment(salt: str, value: Any) -> str:
    """The salted commitment to a private value: SHA-256 over salt and canonical JSON, in hex."""
    return hashlib.sha256(salt.encode() + canonical(value)).hexdigest()


def body(entry: Entry) -> dict[str, Any]:
    """What an entry's digest covers: everything but the database's own sequence number and the digest."""
    return {
        "uid": str(entry.uid),
        "kind": entry.kind,
        "at": instant(entry.at),
        "recorded_at": instant(entry.recorded_at),
        "actor": entry.actor,
        "authority": entry.authority,
        "refs": entry.refs,
        "data": entry.data,
        "private": entry.private,
        "gesture": str(entry.gesture) if entry.gesture else None,
        "reconstructed": entry.reconstructed,
    }


def instant(at: datetime) -> str:
    """UTC, microseconds, ``Z``: the one form of a time in an entry."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def digest(entry: Entry) -> str:
    """The RFC 9162 leaf hash of an entry's canonical bytes, in hex."""
    return hashlib.sha256(b"\x00" + canonical(body(entry))).hexdigest()


def enqueue(topic: str, payload: Mapping[str, Any], *, key: str | None = None, due: datetime | None = None) -> UUID:
    """Promise a side effect in the caller's transaction; with ``key`` it is promised at most once.

    Returns the message's id, which stays the same over repeated deliveries.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a side effect is promised in the transaction of its change")
    if topic not in HANDLERS:
        raise ValueError(f"nobody handles the topic {topic!r}")
    if key is not None:
        present = Message.objects.filter(key=key).values_list("id", flat=True).first()
        if present is not None:
            return present
    moment = clock.now()
    message = Message.objects.create(
        topic=topic, payload=dict(payload), key=key, created_at=moment, due_at=due or moment
    )
    return message.id
