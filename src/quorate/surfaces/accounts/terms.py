"""For how long a token may be made."""

from __future__ import annotations

from datetime import datetime, timedelta

from quorate.kernel import clock
from quorate.kernel.i18n import _

#: Days and words; 0 means that it does not end by itself.
DAYS = [
    (30, _("after 30 days")),
    (90, _("after 90 days")),
    (365, _("after a year")),
    (0, _("only when it is revoked")),
]


def expiry(days: int) -> datetime | None:
    """The instant at which a token of so many days ends."""
    return clock.now() + timedelta(days=days) if days else None
