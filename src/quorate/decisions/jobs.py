"""What the worker does about motions: closes those whose time is over."""

from __future__ import annotations

from quorate.decisions.actions import close_due
from quorate.ledger.outbox import every


@every(seconds=15, name="motions.close")
def close_motions() -> None:
    """Close motions whose time is over."""
    close_due()
