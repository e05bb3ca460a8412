"""What the worker does about motions: closes those whose time is over, reminds those who have not voted,
and ends decisions that expired."""

from __future__ import annotations

from quorate.decisions.actions import close_due, expire_due, remind_due
from quorate.ledger.outbox import every


@every(seconds=15, name="motions.close")
def close_motions() -> None:
    """Close motions whose time is over."""
    close_due()


@every(seconds=300, name="motions.remind")
def remind_electors() -> None:
    """Write to those who have not voted, at the moments that the motions declare."""
    remind_due()


@every(seconds=3600, name="decisions.expire")
def expire_decisions() -> None:
    """End decisions whose own words have ended them."""
    expire_due()
