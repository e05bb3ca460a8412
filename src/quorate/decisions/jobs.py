"""What the worker does about motions: closes those whose time is over, and reminds those who have not voted."""

from __future__ import annotations

from quorate.decisions.actions import close_due, remind_due
from quorate.ledger.outbox import every


@every(seconds=15, name="motions.close")
def close_motions() -> None:
    """Close motions whose time is over."""
    close_due()


@every(seconds=300, name="motions.remind")
def remind_electors() -> None:
    """Write to those who have not voted, at the moments that the motions declare."""
    remind_due()
