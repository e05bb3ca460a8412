"""What the worker does for the engine by itself."""

from __future__ import annotations

from quorate.engine.actions.timing import tick
from quorate.ledger.outbox import every


@every(seconds=20, name="engine.timers")
def pass_time() -> None:
    """Deadlines, reminders, reviews of grants and repeated obligations."""
    tick()
