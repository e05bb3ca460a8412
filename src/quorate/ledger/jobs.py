"""What the worker does for the ledger itself."""

from __future__ import annotations

import logging

from django.db import connection

from quorate.ledger import delivery, sealer, triggers
from quorate.ledger.outbox import every

log = logging.getLogger(__name__)


@every(seconds=30, name="ledger.seal")
def seal() -> None:
    """Seal what was committed since."""
    sealer.seal(thorough=False)


@every(seconds=3600, name="ledger.watch")
def watch() -> None:
    """Find entries that were committed very late, and say loudly when a guard of the tables is gone."""
    sealer.seal()
    lost = triggers.missing(connection)
    if lost:
        log.critical("the ledger's tables are not guarded", extra={"missing": lost})


@every(seconds=86400, name="outbox.sweep")
def sweep() -> None:
    """Remove messages that were done long ago."""
    delivery.sweep()
