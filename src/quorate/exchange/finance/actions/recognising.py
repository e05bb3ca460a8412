"""What time brings to the books: revenue earned by the day, funds whose day has come, the administration fee."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, Sum

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.directory.models import Organisation
from quorate.exchange.finance.actions.posting import record
from quorate.exchange.finance.actions.releasing import release
from quorate.exchange.finance.actions.resolving import Resolver
from quorate.exchange.finance.models import Book, ClosedPeriod, Commodity, Fund, Leg, Schedule, Transaction
from quorate.exchange.finance.queries.balances import held_by, usable
from quorate.exchange.finance.rules import Draft, LegSpec, check_tiers, earned_by, month_ends, tiered, year_start
from quorate.kernel import money
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref

CASH = ("bank", "processor")
"""Roles of the accounts on which receipts arrive."""


@action("finance.post", kinds=("revenue.deferred",))
def defer_revenue(
    *,
    actor: Actor,
    book: Book,
    source: str,
    price: Decimal,
    start: date,
    until: date,
    commodity: str = "",
    deferred: str = "@deferred-dues",
    earned: str = "@dues",
    fund: str = "",
    program: str = "",
    counterparty: Organisation | None = None,
) -> Schedule:
    """Let a price that is billed for the days ``[start, until)`` be earned day by day. It posts nothing by itself.

    Who bills credits the ``deferred`` account; `recognise_revenue` moves what is earned. A repeat with the same
    ``source`` gives what is there; ``Conflict`` when that says something else.
    """
    authority = authorise(actor, "finance.post", book)
    if until <= start:
        raise UserError(gettext("a term ends after it starts"), where="until")
    if not source or len(source) > 120:
        raise UserError(gettext("say what it was billed by"), where="source")
    legs = [
        LegSpec(deferred, price, commodity, fund=fund, program=program, counterparty=counterparty),
        LegSpec(earned, -price, commodity, fund=fund, program=program, counterparty=counterparty),
    ]
    debit, credit = Resolver(book).postings(legs)
    if debit.amount <= 0:
        raise UserError(gettext("a price is more than nothing"), where="price")
    if debit.account.type != "liability" or credit.account.type != "income":
        raise UserError(gettext("revenue is deferred on a liability and earned on an income"), where="deferred")
    Book.objects.select_for_update().get(pk=book.pk)
    there = Schedule.objects.filter(book=book, source=source).first()
    if there is not None:
        if (there.price, there.start, there.until) != (debit.amount, start, until):
            raise Conflict(gettext("it was deferred otherwise"), where="source")
        return there
    made = Schedule.objects.create(
        book=book,
        source=source,
        start=start,
        until=until,
        price=debit.amount,
        commodity=debit.commodity,
        deferred=debit.account,
        earned=credit.account,
        fund=debit.fund,
        program=program,
        counterparty=counterparty,
    )
    append(
        "revenue.deferred",
        actor=actor,
        refs=[Ref("book", str(book.pk))],
        data={
            "source": source,
            "start": start.isoformat(),
            "until": until.isoformat(),
            "price": money.show(debit.amount, debit.commodity.digits),
            "commodity": debit.commodity.pk,
        },
        authority=authority,
    )
    return made


@action("finance.post", kinds=("transaction.posted",))
def recognise_revenue(*, actor: Actor, book: Book, through: date) -> list[Transaction]:
    """Post what was earned up to and including a day, a transaction for each schedule and month.

    What belongs into a closed period is posted on the first open day after it, so that the parts always sum to the
    price. A repeat posts nothing.
    """
    authority = authorise(actor, "finance.post", book)
    Book.objects.select_for_update().get(pk=book.pk)
    closed = list(ClosedPeriod.objects.filter(book=book, reopened_at=None).values_list("start", "until"))
    rows = Schedule.objects.filter(book=book, start__lte=through, recognised__lt=F("price"))
    drafts: list[Draft] = []
    changed: list[Schedule] = []
    resolver = Resolver(book)
    for row in rows.select_related("commodity", "deferred", "earned", "fund", "counterparty").order_by("start", "pk"):
        before = row.recognised
        drafts += _earned(resolver, row, through, closed)
        if row.recognised != before:
            changed.append(row)
    made = record(actor, book, drafts, authority)
    Schedule.objects.bulk_update(changed, ["recognised"], batch_size=200)
    return made


@action("finance.post", kinds=("transaction.posted",))
def release_funds(*, actor: Actor, book: Book, through: date) -> list[Transaction]:
    """Release what donors restricted to a day alone, once the day has come, in every currency."""
    authority = authorise(actor, "finance.post", book)
    Book.objects.select_for_update().get(pk=book.pk)
    closed = list(ClosedPeriod.objects.filter(book=book, reopened_at=None).values_list("start", "until"))
    drafts = []
    for fund in Fund.objects.filter(book=book, restricted=True, available_from__lte=through, programs=[], projects=[]):
        assert fund.available_from is not None  # asked for above
        for currency in Commodity.objects.filter(pk__in=held_by(fund, through)):
            first = _open_day(_latest(fund, currency.pk, fund.available_from), closed)
            part = usable(fund, currency.pk, first) if first <= through else 0
            if part:
                drafts.append(release(book, fund, part, currency, first, None, None))
    return record(actor, book, drafts, authority)


@action("finance.manage", kinds=("fee.set",))
def set_fee(*, actor: Actor, book: Book, tiers: Sequence[Sequence[str]]) -> Book:
    """Say what the administration fee is: pairs of receipts of a year and the rate that holds from there."""
    authority = authorise(actor, "finance.manage", book)
    check_tiers(tiers)
    row = Book.objects.select_for_update().get(pk=book.pk)
    row.fee_tiers = [list(pair) for pair in tiers]
    row.save(update_fields=["fee_tiers"])
    append(
        "fee.set",
        actor=actor,
        refs=[Ref("book", str(row.pk))],
        data={"tiers": row.fee_tiers},
        authority=authority,
    )
    return row


@action("finance.post", kinds=("transaction.posted",))
def accrue_administration(*, actor: Actor, book: Book, through: date) -> Transaction | None:
    """Post what the fee on the receipts of the financial year up to a day comes to, less what is posted already.

    Receipts are what arrived on bank and processor accounts in the book's currency; moving money between them is none,
    and a reversal takes its receipt back. ``None`` when nothing is to be posted, or no fee is set.
    """
    authority = authorise(actor, "finance.post", book)
    row = Book.objects.select_for_update().select_related("currency").get(pk=book.pk)
    since = year_start(row.year_starts, through)
    fee = tiered(receipts(row, since, through), row.currency.digits, row.fee_tiers)
    posted = Leg.objects.filter(
        account__book=row, account__role="administration-owed", transaction__source="fee:administration"
    ).filter(date__gte=since, date__lt=year_start(row.year_starts, since + timedelta(days=370)))
    owed = fee + int(posted.aggregate(sum=Sum("value"))["sum"] or 0)
    if not owed:
        return None
    size = money.from_minor(owed, row.currency.digits)
    legs = [LegSpec("@administration", size), LegSpec("@administration-owed", -size)]
    words = gettext("Administration fee on receipts from %(since)s to %(through)s") % {
        "since": since,
        "through": through,
    }
    draft = Draft(through, words, Resolver(row).postings(legs), source="fee:administration")
    return record(actor, row, [draft], authority)[0]


def receipts(book: Book, since: date, through: date) -> int:
    """What arrived on cash accounts from ``since`` to ``through``, in minor units of the book's currency.

    Opening balances are no receipts: a transaction with a leg on equity does not count.
    """
    rows = (
        Leg.objects.filter(account__book=book, account__role__in=CASH, commodity=book.currency_id)
        .filter(date__gte=since, date__lte=through)
        .exclude(transaction__in=Leg.objects.filter(account__book=book, account__type="equity").values("transaction"))
        .values_list("transaction", "transaction__nature")
        .annotate(moved=Sum("amount"))
        .order_by()
    )
    return sum(
        int(moved) for _transaction, nature, moved in rows if (moved > 0) is (nature != Transaction.Nature.REVERSAL)
    )


def _earned(resolver: Resolver, row: Schedule, through: date, closed: list[tuple[date, date]]) -> Iterator[Draft]:
    """The drafts of one schedule; counts what they recognise into the row."""
    for end in month_ends(row.start, min(through, row.until - timedelta(days=1))):
        part = earned_by(row.price, row.start, row.until, end + timedelta(days=1)) - row.recognised
        day = _open_day(end, closed)
        if part <= 0 or day > through:
            continue
        size = money.from_minor(part, row.commodity.digits)
        facts = {
            "commodity": row.commodity_id,
            "fund": row.fund,
            "program": row.program,
            "counterparty": row.counterparty,
        }
        legs = [LegSpec(row.deferred, size, **facts), LegSpec(row.earned, -size, **facts)]  # type: ignore[arg-type]  # the fields of a leg
        words = gettext("Earned by %(day)s of %(source)s") % {"day": end, "source": row.source}
        yield Draft(
            day,
            words[:300],
            resolver.postings(legs),
            nature=Transaction.Nature.RECOGNITION,
            source=row.source,
            key=f"earned:{row.pk}:{row.recognised}",
        )
        row.recognised += part


def _open_day(day: date, closed: list[tuple[date, date]]) -> date:
    """The day itself, or the first one after it that no closed period holds."""
    for start, until in sorted(closed):
        if start <= day < until:
            day = until
    return day


def _latest(fund: Fund, currency: str, day: date) -> date:
    """The last day on which the fund moved, if that is after a day: earlier it may hold less."""
    moved = Leg.objects.filter(fund=fund, priced_in=currency, account__type__in=("income", "equity"), date__gt=day)
    last = moved.order_by("-date").values_list("date", flat=True).first()
    return last or day
