"""What time brings to the books, every night: revenue that was earned, funds whose day came, the administration fee."""

from __future__ import annotations

import logging
from datetime import timedelta

from quorate.access.actors import system
from quorate.exchange.finance.actions.recognising import accrue_administration, recognise_revenue, release_funds
from quorate.exchange.finance.models import Book
from quorate.kernel import clock
from quorate.kernel.errors import UserError
from quorate.ledger.outbox import every

log = logging.getLogger("quorate.finance")
CLOCK = system("books")


@every(seconds=24 * 3600, name="finance.month-ends")
def pass_days() -> None:
    """On or after the first of a month, post what the months before it brought."""
    through = clock.today().replace(day=1) - timedelta(days=1)
    for book in Book.objects.order_by("slug"):
        for act in (recognise_revenue, release_funds, accrue_administration):
            try:
                act(actor=CLOCK, book=book, through=through)
            except UserError as error:  # a closed month, an account that is gone: the others go on
                log.warning("%s: %s: %s", book.slug, act.__name__, error)
