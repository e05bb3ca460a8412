"""Writing to the ledger: entries, and promises of side effects, in the caller's transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from quorate.kernel import clock, ids
from quorate.kernel.errors import Conflict, NotFound
from quorate.kernel.i18n import gettext
from quorate.ledger import delivery
from quorate.ledger.insertion import insert
from quorate.ledger.kinds import KINDS
from quorate.ledger.models import Entry, EntryRef, Message, PrivateValue
from quorate.ledger.outbox import HANDLERS, WAKE
from quorate.ledger.records import body, commitment, digest, instant
from quorate.ledger.refs import Ref


class HasId(Protocol):
    """Whoever acts: the ledger keeps the opaque id only (``person:<uuid>``, ``system:<name>``, ``visitor``)."""

    @property
    def id(self) -> str: ...


__all__ = ["append", "body", "commitment", "digest", "enqueue", "gesture", "instant"]

SHRED_CHUNK = 500
"""Private values to one entry that says they were removed."""

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
    seen = sorted({(ref.kind, ref.id) for ref in refs})
    insert(entry, seen, [(key, salts[key], value) for key, value in hidden.items()])
    return entry


def shred(
    *,
    actor: HasId,
    subject: Ref | None = None,
    entries: Sequence[UUID] = (),
    reason: str = "",
    authority: Sequence[str] = (),
) -> int:
    """Remove private values beside entries, for good; the entries and every proof stay. Returns how many went.

    Those of the entries that `subject` wrote or that refer to it, and those of the `entries` named by their ids.
    Appends ``ledger.shredded``, which lists what was removed, so that a removal by other hands can be told from it.
    ``reason`` is a short code and not a text about a person. The caller authorises.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("private values are removed in one transaction with the entry that says so")
    chosen = Q(entry__uid__in=list(entries))
    if subject is not None:
        mentioned = EntryRef.objects.filter(kind=subject.kind, ref=subject.id).values("entry_id")
        chosen |= Q(entry__actor=f"{subject.kind}:{subject.id}") | Q(entry_id__in=mentioned)
    found = PrivateValue.objects.filter(chosen).order_by("entry_id", "field")
    rows = list(found.values_list("id", "entry__uid", "field"))
    if rows and connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "PRAGMA secure_delete = ON"
            )  # overwrites what is deleted instead of leaving it in free pages
    for start in range(0, len(rows), SHRED_CHUNK):
        part = rows[start : start + SHRED_CHUNK]
        values: dict[str, list[str]] = {}
        for _id, uid, field in part:
            values.setdefault(str(uid), []).append(field)
        PrivateValue.objects.filter(id__in=[row[0] for row in part]).delete()
        append(
            "ledger.shredded",
            actor=actor,
            refs=[subject] if subject else [],
            data={"count": len(values), "reason": reason or None, "values": values},
            authority=authority,
        )
    return len(rows)


def enqueue(topic: str, payload: Mapping[str, Any], *, key: str | None = None, due: datetime | None = None) -> UUID:
    """Promise a side effect in the caller's transaction; with ``key`` it is promised at most once.

    Returns the message's id, which stays the same over repeated deliveries.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a side effect is promised in the transaction of its change")
    if topic not in HANDLERS:
        raise ValueError(f"nobody handles the topic {topic!r}")
    moment = clock.now()
    message = Message(topic=topic, payload=dict(payload), key=key, created_at=moment, due_at=due or moment)
    if key is None:
        message.save(force_insert=True)
        transaction.on_commit(WAKE.set)
        return message.id
    # One statement, because two transactions may promise the same at once: the second waits, and keeps the first's.
    Message.objects.bulk_create([message], ignore_conflicts=True)
    transaction.on_commit(WAKE.set)
    return Message.objects.values_list("id", flat=True).get(key=key)


def retry_message(*, actor: HasId, message_id: UUID, authority: Sequence[str] = ()) -> None:
    """Try a dead message again. Appends ``outbox.retried``. The caller authorises."""
    message = _dead(message_id)
    if not delivery.revive(message):
        raise Conflict(gettext("somebody else was first"), where=str(message_id))
    facts = {"message": str(message.id), "topic": message.topic}
    append("outbox.retried", actor=actor, data=facts, authority=authority)
    transaction.on_commit(WAKE.set)


def discard_message(*, actor: HasId, message_id: UUID, authority: Sequence[str] = ()) -> None:
    """Give up a dead message for good. Appends ``outbox.discarded``. The caller authorises."""
    message = _dead(message_id)
    if not delivery.discard(message):
        raise Conflict(gettext("somebody else was first"), where=str(message_id))
    facts = {"message": str(message.id), "topic": message.topic}
    append("outbox.discarded", actor=actor, data=facts, authority=authority)


def _dead(message_id: UUID) -> Message:
    message = Message.objects.filter(pk=message_id).first()
    if message is None:
        raise NotFound(gettext("there is no such message"), where=str(message_id))
    if message.state != Message.State.DEAD:
        raise Conflict(gettext("this message has not failed for good"), where=str(message_id))
    return message
