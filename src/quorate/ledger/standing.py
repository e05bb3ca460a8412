"""How the ledger and its outbox stand right now: for health endpoints, metrics and ``quorate doctor``."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q

from quorate.kernel import clock
from quorate.ledger.models import Checkpoint, Entry, Leaf, Lease, Message


@dataclass(frozen=True)
class Standing:
    """Figures of one instant. Times are aware; ``None`` where there is nothing yet."""

    at: datetime
    entries: int
    sealed: int
    sealed_at: datetime | None
    oldest_unsealed: datetime | None
    waiting: int
    due: int
    oldest_due: datetime | None
    dead: int
    worker_seen: datetime | None
    failing_jobs: tuple[tuple[str, str], ...]


def standing() -> Standing:
    """A handful of small queries. Entries committed out of order are found by the sealer, not here."""
    now = clock.now()
    pending = Q(state=Message.State.PENDING)
    outbox = Message.objects.filter(~Q(state=Message.State.DONE)).aggregate(
        waiting=Count("id", filter=pending),
        due=Count("id", filter=pending & Q(due_at__lte=now)),
        oldest_due=Min("due_at", filter=pending & Q(due_at__lte=now)),
        dead=Count("id", filter=Q(state=Message.State.DEAD)),
    )
    last = Checkpoint.objects.order_by("-size").first()
    entries = Entry.objects.count()
    newest = Leaf.objects.aggregate(seq=Max("entry_id"))["seq"] or 0
    unsealed = Entry.objects.filter(seq__gt=newest).order_by("seq").values_list("recorded_at", flat=True).first()
    jobs = Lease.objects.exclude(last_error="").values_list("name", "last_error").order_by("name")
    return Standing(
        at=now,
        entries=entries,
        sealed=last.size if last else 0,
        sealed_at=last.created_at if last else None,
        oldest_unsealed=unsealed,
        waiting=outbox["waiting"],
        due=outbox["due"],
        oldest_due=outbox["oldest_due"],
        dead=outbox["dead"],
        worker_seen=Lease.objects.aggregate(seen=Max("last_run"))["seen"],
        failing_jobs=tuple((name, error.splitlines()[-1]) for name, error in jobs),
    )


@dataclass(frozen=True)
class Head:
    """What the ledger had come to: by this a copy is held against its original."""

    entries: int
    last_seq: int
    size: int
    root: str


def head() -> Head:
    """The head of this database's ledger."""
    counted = Entry.objects.aggregate(entries=Count("seq"), last=Max("seq"))
    last = Checkpoint.objects.order_by("-size").first()
    return Head(
        counted["entries"], counted["last"] or 0, last.size if last is not None else 0, last.root if last else ""
    )


def head_of_file(database: sqlite3.Connection) -> Head:
    """The head of the ledger in a SQLite file that is not this installation's database."""
    entry, checkpoint = Entry._meta.db_table, Checkpoint._meta.db_table
    entries, last_seq = database.execute(f"SELECT count(*), max(seq) FROM {entry}").fetchone()  # noqa: S608  # names of our own tables
    sealed = database.execute(f"SELECT size, root FROM {checkpoint} ORDER BY size DESC LIMIT 1").fetchone()  # noqa: S608  # names of our own tables
    size, root = sealed or (0, "")
    return Head(entries, last_seq or 0, size, root)
