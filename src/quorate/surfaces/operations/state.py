"""What an installation can say about itself in figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from quorate.kernel import clock
from quorate.ledger.standing import standing

#: A worker that has not been seen for longer than this is taken for dead.
WORKER_SILENT_AFTER = 180
#: A message that has been due for longer than this says that the outbox is stuck.
OUTBOX_LATE_AFTER = 900


def age(at: datetime | None) -> float | None:
    """Seconds since an instant."""
    return None if at is None else max(0.0, (clock.now() - at).total_seconds())


def figures() -> Iterator[tuple[str, str, float]]:
    """Name, meaning and value of each figure that is known."""
    now = standing()
    known: list[tuple[str, str, float | None]] = [
        ("ledger_entries", "Entries in the ledger.", now.entries),
        ("ledger_sealed_entries", "Entries under the last checkpoint.", now.sealed),
        ("ledger_unsealed_seconds", "Age of the oldest entry that is not sealed yet.", age(now.oldest_unsealed) or 0),
        ("outbox_waiting", "Messages that wait to be delivered.", now.waiting),
        ("outbox_due", "Messages that are due now.", now.due),
        ("outbox_due_seconds", "For how long the oldest due message has been due.", age(now.oldest_due) or 0),
        ("outbox_dead", "Messages that were given up.", now.dead),
        ("worker_silent_seconds", "Time since a worker was last seen.", age(now.worker_seen)),
    ]
    yield from ((name, meaning, float(value)) for name, meaning, value in known if value is not None)
