"""The only source of the present.

Everything that asks for the time asks here, so that a test or the seeding of an example can live through two
years in a second. The offset is process-wide on purpose: a browser test moves the clock of the server thread.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

_lock = threading.Lock()
_offset = timedelta(0)
_frozen: datetime | None = None


def now() -> datetime:
    """The present instant, aware, in UTC, to the microsecond."""
    if _frozen is not None:
        return _frozen
    return datetime.now(UTC) + _offset


def today() -> date:
    """The present UTC date."""
    return now().date()


def set_now(at: datetime | None) -> None:
    """Freeze the clock at an aware instant, or with ``None`` let it run again."""
    global _frozen
    if at is not None and at.tzinfo is None:
        raise ValueError("the clock needs an aware datetime")
    with _lock:
        _frozen = at.astimezone(UTC) if at is not None else None


def shift(by: timedelta) -> None:
    """Let the clock run ``by`` ahead of the machine's (``timedelta(0)`` ends it)."""
    global _offset
    with _lock:
        _offset = by


@contextmanager
def travel(*, to: datetime | None = None, by: timedelta | None = None) -> Iterator[None]:
    """Freeze the clock at ``to``, or at the present plus ``by``; restored on leaving."""
    before = _frozen
    set_now(to if to is not None else now() + (by or timedelta(0)))
    try:
        yield
    finally:
        set_now(before)
