"""The API of the books. Amounts are strings in whole units, exact; a debit is more than 0, a credit less."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import AfterValidator, Field

from quorate.access.identity import actor_from
from quorate.directory.models import Organisation
from quorate.exchange.finance import actions, queries
from quorate.exchange.finance.actions.resolving import exact
from quorate.exchange.finance.models import Book, Transaction
from quorate.exchange.finance.reporting import REPORTS
from quorate.exchange.finance.rules import LegSpec, year_start
from quorate.kernel import clock, money
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.toolkit.asof import YEARS
from quorate.toolkit.rest import Body, Page, Paging, PositiveId, page

router = Router(tags=["Finance"])


def _in_range(day: date) -> date:
    if day.year not in YEARS:
        raise ValueError("the year is out of range")
    return day


Day = Annotated[date, AfterValidator(_in_range)]
Amount = Annotated[str, Field(max_length=40, examples=["-1250.00"])]
Name = Annotated[str, Field(max_length=80)]


class BookOut(Schema):
    """The books of an entity."""

    id: UUID
    slug: str
    name: str
    currency: str
    synthetic: bool


class AccountOut(Schema):
    """An account of a book."""

    code: str
    name: str
    type: str
    parent: str | None
    heading: bool
    role: str
    commodities: list[str]
    opens: date | None
    closes: date | None


class BalanceOut(Schema):
    """What an account comes to in one commodity, and what that is worth."""

    account: str
    name: str
    type: str
    commodity: str
    debit: str
    credit: str
    balance: str


class LegOut(Schema):
    """An amount on an account. ``value`` is what it weighs in the balance, in ``priced_in``."""

    account: str
    amount: str
    commodity: str
    value: str
    priced_in: str
    fund: str
    program: str
    project: str
    grant: str
    counterparty: UUID | None


class TransactionOut(Schema):
    """A transaction as lists show it; ``description`` is ``null`` when it was removed."""

    id: UUID
    number: int
    date: date
    nature: str
    description: str | None
    source: str
    reverses: int | None
    reversed_by: int | None
    digest: str


class TransactionDetail(TransactionOut):
    """A transaction with its legs."""

    legs: list[LegOut]


class LegIn(Body):
    """A leg to be posted. ``account`` is a code, or ``@role``; ``value`` says what units cost or are worth in all."""

    account: Annotated[str, Field(max_length=41)]
    amount: Amount
    commodity: Annotated[str, Field(max_length=24)] = ""
    value: Amount | None = None
    priced_in: Annotated[str, Field(max_length=24)] = ""
    fund: Annotated[str, Field(max_length=60)] = ""
    program: Name = ""
    project: Name = ""
    grant: Name = ""
    counterparty: UUID | None = None


class TransactionIn(Body):
    """A transaction to be posted. With ``key`` a repeat changes nothing and gives the one that is there."""

    date: Day
    description: Annotated[str, Field(max_length=300)]
    legs: Annotated[list[LegIn], Field(max_length=500)]
    source: Annotated[str, Field(max_length=120)] = ""
    key: Annotated[str, Field(max_length=160, min_length=1)] | None = None


class ReversalIn(Body):
    """When and why a transaction is reversed."""

    date: Day
    reason: Annotated[str, Field(max_length=300)]


class ReportOut(Schema):
    """A report: the names of its columns, and rows of texts."""

    report: str
    since: date
    at: date
    columns: list[str]
    rows: list[dict[str, str]]


@router.get("/books", response=Page[BookOut])
def list_books(request: HttpRequest, paging: Query[Paging]) -> dict[str, object]:
    """List the books that you may read."""
    return page(queries.visible(actor_from(request)), paging, order=("slug",), show=_book)


@router.get("/books/{slug:slug}/accounts", response=list[AccountOut])
def list_accounts(request: HttpRequest, slug: str) -> list[dict[str, object]]:
    """List the accounts of a book by code."""
    return [
        {
            "code": row.code,
            "name": row.name,
            "type": row.type,
            "parent": row.parent.code if row.parent else None,
            "heading": row.heading,
            "role": row.role,
            "commodities": row.commodities,
            "opens": row.opens,
            "closes": row.closes,
        }
        for row in queries.accounts(_find(request, slug))
    ]


@router.get("/books/{slug:slug}/balances", response=list[BalanceOut])
def list_balances(
    request: HttpRequest, slug: str, at: Day | None = None, since: Day | None = None
) -> list[dict[str, object]]:
    """Give the trial balance at the end of a day, or of the days from ``since`` on."""
    return [
        {
            "account": line.account,
            "name": line.name,
            "type": line.kind,
            "commodity": line.commodity,
            "debit": money.show(line.debit, line.digits),
            "credit": money.show(line.credit, line.digits),
            "balance": money.show(line.balance, line.digits),
        }
        for line in queries.trial_balance(_find(request, slug), at, since=since)
    ]


@router.get("/books/{slug:slug}/transactions", response=Page[TransactionOut])
def list_transactions(
    request: HttpRequest, slug: str, paging: Query[Paging], source: Annotated[str, Field(max_length=120)] = ""
) -> dict[str, object]:
    """List the transactions of a book, latest number first; of one source when it is named."""
    rows = queries.journal(_find(request, slug))
    if source:
        rows = rows.filter(source=source)
    return page(rows, paging, order=("-number",), show=_summary)


@router.get("/books/{slug:slug}/transactions/{number}", response=TransactionDetail)
def get_transaction(request: HttpRequest, slug: str, number: PositiveId) -> dict[str, object]:
    """Show a transaction with its legs."""
    return _detail(_transaction(request, slug, number))


@router.post("/books/{slug:slug}/transactions", response={201: TransactionDetail})
def post_transaction(request: HttpRequest, slug: str, body: TransactionIn) -> Status[dict[str, object]]:
    """Post a transaction: at least two legs that balance in every commodity."""
    book = _find(request, slug)
    made = actions.post(
        actor=actor_from(request),
        book=book,
        date=body.date,
        description=body.description,
        legs=[_leg(leg, f"legs.{place}") for place, leg in enumerate(body.legs)],
        source=body.source,
        key=body.key,
    )
    return Status(201, _detail(_transaction(request, slug, made.number)))


@router.post("/books/{slug:slug}/transactions/{number}/reversal", response={201: TransactionDetail})
def reverse_transaction(
    request: HttpRequest, slug: str, number: PositiveId, body: ReversalIn
) -> Status[dict[str, object]]:
    """Reverse a transaction: the same legs the other way round, once."""
    found = _transaction(request, slug, number)
    made = actions.reverse(actor=actor_from(request), transaction=found, date=body.date, reason=body.reason)
    return Status(201, _detail(_transaction(request, slug, made.number)))


@router.get("/books/{slug:slug}/reports/{name}", response=ReportOut)
def get_report(
    request: HttpRequest,
    slug: str,
    name: Annotated[str, Field(max_length=40)],
    since: Day | None = None,
    at: Day | None = None,
) -> dict[str, object]:
    """Give a report: `trial-balance`, `income-statement`, `balance-sheet` or `funds`; this financial year by default."""
    book = _find(request, slug)
    if name not in REPORTS:
        raise NotFound(gettext("there is no such report"), where="name")
    last = at or clock.today()
    first = since or year_start(book.year_starts, last)
    if first > last:
        raise UserError(gettext("the first day is after the last"), where="since")
    table = REPORTS[name](book, first, last)
    return {"report": name, "since": first, "at": last, "columns": list(table.columns), "rows": table.as_dicts()}


def _find(request: HttpRequest, slug: str) -> Book:
    return queries.book_by(actor_from(request), slug)


def _transaction(request: HttpRequest, slug: str, number: int) -> Transaction:
    found = queries.transaction_by(_find(request, slug), number)
    if found is None:
        raise NotFound(gettext("there is no such transaction"))
    return found


def _leg(leg: LegIn, where: str) -> LegSpec:
    value: Decimal | None = None if leg.value is None else exact(leg.value, f"{where}.value")
    if leg.counterparty is not None and not Organisation.objects.filter(pk=leg.counterparty).exists():
        raise NotFound(gettext("there is no such organisation"), where=f"{where}.counterparty")
    return LegSpec(
        leg.account,
        exact(leg.amount, f"{where}.amount"),
        leg.commodity,
        value,
        leg.priced_in,
        leg.fund,
        leg.program,
        leg.project,
        leg.grant,
        leg.counterparty,
    )


def _book(row: Book) -> dict[str, object]:
    return {
        "id": row.pk,
        "slug": row.slug,
        "name": row.name,
        "currency": row.currency_id,
        "synthetic": row.synthetic,
    }


def _summary(row: Transaction) -> dict[str, object]:
    return {
        "id": row.pk,
        "number": row.number,
        "date": row.date,
        "nature": row.nature,
        "description": row.description.text if hasattr(row, "description") else None,
        "source": row.source,
        "reverses": row.reverses.number if row.reverses else None,
        "reversed_by": row.reversed_by.number if hasattr(row, "reversed_by") else None,
        "digest": row.digest,
    }


def _detail(row: Transaction) -> dict[str, object]:
    return {
        **_summary(row),
        "legs": [
            {
                "account": leg.account.code,
                "amount": money.show(leg.amount, leg.commodity.digits),
                "commodity": leg.commodity_id,
                "value": money.show(leg.value, leg.priced_in.digits),
                "priced_in": leg.priced_in_id,
                "fund": leg.fund.slug,
                "program": leg.program,
                "project": leg.project,
                "grant": leg.grant,
                "counterparty": leg.counterparty_id,
            }
            for leg in sorted(row.legs.all(), key=lambda each: each.position)
        ],
    }
