"""Closing periods of the books, and reopening them with a reason that stays on record."""

from __future__ import annotations

from datetime import date

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.exchange.finance.models import Book, ClosedPeriod
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref


@action("finance.close", kinds=("period.closed",))
def close_period(*, actor: Actor, book: Book, start: date, until: date) -> ClosedPeriod:
    """Take no postings on the days ``[start, until)`` from now on. ``Conflict`` when some of them are closed."""
    authority = authorise(actor, "finance.close", book)
    Book.objects.select_for_update().get(pk=book.pk)
    if until <= start:
        raise UserError(gettext("a period ends after it starts"), where="until")
    if ClosedPeriod.objects.filter(book=book, reopened_at=None, start__lt=until, until__gt=start).exists():
        raise Conflict(gettext("some of these days are closed"), where="start")
    made = ClosedPeriod.objects.create(book=book, start=start, until=until)
    _append(actor, "period.closed", made, {}, authority)
    return made


@action("finance.close", kinds=("period.reopened",))
def reopen_period(*, actor: Actor, period: ClosedPeriod, reason: str) -> ClosedPeriod:
    """Take postings again, for a reason that the ledger keeps. ``Conflict`` when it is open already."""
    authority = authorise(actor, "finance.close", period.book)
    Book.objects.select_for_update().get(pk=period.book_id)
    found = ClosedPeriod.objects.select_for_update().select_related("book").get(pk=period.pk)
    if found.reopened_at is not None:
        raise Conflict(gettext("it is open already"), where="period")
    if not reason.strip():
        mend = gettext("auditors will ask")
        raise UserError(gettext("say why it is reopened"), where="reason", mend=mend)
    found.reopened_at = clock.now()
    found.save(update_fields=["reopened_at"])
    _append(actor, "period.reopened", found, {"reason": reason.strip()[:2000]}, authority)
    return found


def _append(actor: Actor, kind: str, period: ClosedPeriod, private: dict[str, str], authority: list[str]) -> None:
    append(
        kind,
        actor=actor,
        refs=[Ref("book", str(period.book_id))],
        data={"start": period.start.isoformat(), "until": period.until.isoformat()},
        private=private,
        authority=authority,
    )
