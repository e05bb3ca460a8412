"""Reading the books: balances as of a day, the journal, an account's register, a transaction, reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString

from quorate.access.identity import actor_from
from quorate.access.policy import may
from quorate.exchange.finance import queries
from quorate.exchange.finance.models import Account, Book, Leg, Transaction
from quorate.exchange.finance.queries import Line
from quorate.exchange.finance.reporting import REPORTS
from quorate.exchange.finance.rules import year_start
from quorate.exchange.finance.web.forms import ReverseForm, SpanForm
from quorate.exchange.finance.web.shown import TITLES, amount, tabs
from quorate.kernel import clock, money
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import _, gettext
from quorate.toolkit.asof import as_of
from quorate.toolkit.columns import Column, Empty
from quorate.toolkit.exports import csv_response, json_response
from quorate.toolkit.history import history
from quorate.toolkit.pages import render
from quorate.toolkit.parts import pill
from quorate.toolkit.tables import Table


class BookTable(Table[Book]):
    """The books that are kept here."""

    name = "books"
    caption = _("Books")
    columns: ClassVar[Sequence[Column]] = (
        Column(
            "name",
            _("Books of"),
            sort="name",
            primary=True,
            url=lambda row: reverse("finance:book", args=[row.slug]),
        ),
        Column("currency", _("Currency"), value=lambda row: row.currency_id),
        Column(
            "synthetic",
            _("Data"),
            cell=lambda row: pill(_("synthetic"), "soon") if row.synthetic else SafeString(""),
        ),
    )
    empty = Empty(_("No books yet"), _("Whoever runs the installation opens them: quorate books open."))


class BalanceTable(Table[Line]):
    """Every account that anything was posted to, with what it comes to."""

    name = "balances"
    caption = _("Balances of accounts")
    size = 500
    columns: ClassVar[Sequence[Column]] = (
        Column("account", _("Account"), sort="yes"),
        Column("name", _("Name"), primary=True, url=lambda row: f"accounts/{row.account}/"),
        Column("type", _("Type"), value="kind", low=True),
        Column(
            "debit",
            _("Debit"),
            "number",
            value=lambda row: money.from_minor(row.debit, row.digits),
            cell=lambda row: amount(row.debit, row.digits),
            low=True,
        ),
        Column(
            "credit",
            _("Credit"),
            "number",
            value=lambda row: money.from_minor(row.credit, row.digits),
            cell=lambda row: amount(row.credit, row.digits),
            low=True,
        ),
        Column(
            "balance",
            _("Balance"),
            "number",
            value=lambda row: money.from_minor(row.balance, row.digits),
            cell=lambda row: amount(row.balance, row.digits, row.commodity),
        ),
        Column("commodity", _("Commodity"), show=False),
    )
    empty = Empty(_("Nothing was posted by this day"), _("Choose a later day, or post the first transaction."))


def _written(row: Any) -> str:
    return row.description.text if hasattr(row, "description") else gettext("(removed)")


class JournalTable(Table[Transaction]):
    """Every transaction of a book."""

    name = "journal"
    caption = _("Transactions")
    search = ("description__text", "source")
    search_label = _("Description or source")
    order = "-date"
    columns: ClassVar[Sequence[Column]] = (
        Column("number", _("Number"), "number", sort="number"),
        Column("date", _("Day"), "day", sort=("date", "number")),
        Column(
            "description",
            _("Description"),
            primary=True,
            value=_written,
            url=lambda row: f"{row.number}/",
            sub=lambda row: row.source,
        ),
        Column(
            "nature",
            _("Kind"),
            value="nature",
            cell=lambda row: pill(row.get_nature_display(), "neutral" if row.nature == "ordinary" else "info"),
            low=True,
        ),
        Column("source", _("Source"), show=False),
    )
    empty = Empty(_("Nothing was posted yet"), _("Post the first transaction."))


class RegisterTable(Table[Leg]):
    """What was posted to one account, with the balance after each."""

    name = "register"
    caption = _("Postings")
    columns: ClassVar[Sequence[Column]] = (
        Column("date", _("Day"), "day"),
        Column(
            "description",
            _("Description"),
            primary=True,
            value=lambda row: _written(row.transaction),
            url=lambda row: f"../../journal/{row.transaction.number}/",
            sub=lambda row: " · ".join(filter(None, (row.program, row.project, row.grant))),
        ),
        Column("fund", _("Fund"), value="fund__name", low=True),
        Column(
            "amount",
            _("Amount"),
            "number",
            value=lambda row: money.from_minor(row.amount, row.commodity.digits),
            cell=lambda row: amount(row.amount, row.commodity.digits, row.commodity_id),
        ),
        Column(
            "balance",
            _("Balance"),
            "number",
            value=lambda row: money.from_minor(int(row.running), row.commodity.digits),
            cell=lambda row: amount(int(row.running), row.commodity.digits, row.commodity_id),
        ),
        Column("commodity", _("Commodity"), value="commodity_id", show=False),
    )
    empty = Empty(_("Nothing was posted to it yet"))


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """The books that the reader may see."""
    actor = actor_from(request)
    return BookTable(request, queries.visible(actor), actor=actor).respond("finance/books.html")


@login_required
def by_id(request: HttpRequest, book_id: UUID) -> HttpResponse:
    """From an id, which entries of the ledger carry, to the page."""
    found = queries.visible(actor_from(request)).filter(pk=book_id).first()
    if found is None:
        raise NotFound(gettext("there are no such books"))
    return redirect("finance:book", slug=found.slug)


@login_required
def transaction_by_id(request: HttpRequest, transaction_id: UUID) -> HttpResponse:
    """The same for a transaction."""
    books = queries.visible(actor_from(request))
    found = Transaction.objects.filter(pk=transaction_id, book__in=books).select_related("book").first()
    if found is None:
        raise NotFound(gettext("there is no such transaction"))
    return redirect("finance:transaction", slug=found.book.slug, number=found.number)


@login_required
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """The trial balance of a book as of a day."""
    actor = actor_from(request)
    book = queries.book_by(actor, slug)
    asked = as_of(request)
    lines = queries.trial_balance(book, asked.at.date() if asked.past else None)
    context = {
        "book": book,
        "tabs": tabs(book, "book"),
        "as_of": asked,
        "may_post": may(actor, "finance.post", book),
        "history": history("book", str(book.pk), private=True, limit=20),
    }
    return BalanceTable(request, lines, actor=actor).respond("finance/book.html", context)


@login_required
def listed_transactions(request: HttpRequest, slug: str) -> HttpResponse:
    """The journal."""
    actor = actor_from(request)
    book = queries.book_by(actor, slug)
    context = {"book": book, "tabs": tabs(book, "journal"), "may_post": may(actor, "finance.post", book)}
    return JournalTable(request, queries.journal(book), actor=actor).respond("finance/journal.html", context)


@login_required
def account(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """The register of an account."""
    actor = actor_from(request)
    book = queries.book_by(actor, slug)
    found = Account.objects.filter(book=book, code=code).select_related("parent").first()
    if found is None:
        raise NotFound(gettext("the books have no account %s") % code)
    return RegisterTable(request, queries.register(found), actor=actor).respond(
        "finance/account.html", {"book": book, "account": found}
    )


@login_required
def transaction(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One transaction with its legs."""
    return transaction_page(request, find(request, slug, number))


@login_required
def report(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """A report between two days."""
    book = queries.book_by(actor_from(request), slug)
    if name not in REPORTS:
        raise NotFound(gettext("there is no such report"))
    today = clock.today()
    form = SpanForm(
        request.GET if "since" in request.GET else None,
        initial={"since": year_start(book.year_starts, today), "at": today},
    )
    since, at = year_start(book.year_starts, today), today
    if form.is_bound and form.is_valid():
        since, at = form.cleaned_data["since"], form.cleaned_data["at"]
    table = REPORTS[name](book, since, at)
    if request.GET.get("format") == "csv":
        return csv_response(name, table.columns, table.as_dicts())
    if request.GET.get("format") == "json":
        return json_response(name, table.as_dicts())
    context = {
        "book": book,
        "tabs": tabs(book, name),
        "title": TITLES[name],
        "report": table,
        "heads": [(key, HEADS[key], key in NUMBERS) for key in table.columns],
        "rows": [
            [(key, _cell(key, cell), key in NUMBERS) for key, cell in zip(table.columns, row, strict=True)]
            for row in table.rows
        ],
        "form": form,
        "since": since,
        "at": at,
    }
    return render(request, "finance/report.html", context, status=422 if form.errors else 200)


HEADS = {
    "section": _("Section"),
    "account": _("Account"),
    "name": _("Name"),
    "type": _("Type"),
    "without_restriction": _("Without donor restriction"),
    "with_restriction": _("With donor restriction"),
    "total": _("Total"),
    "currency": _("Currency"),
    "commodity": _("Commodity"),
    "debit": _("Debit"),
    "credit": _("Credit"),
    "balance": _("Balance"),
    "fund": _("Fund"),
    "restricted": _("Restricted"),
    "opening": _("Opening"),
    "received": _("Received"),
    "released": _("Released"),
    "spent": _("Spent"),
    "other": _("Other"),
    "closing": _("Closing"),
}
"""Columns of reports as pages say them."""

NUMBERS = frozenset(HEADS) - {"section", "account", "name", "type", "currency", "commodity", "fund", "restricted"}
WORDS = {
    "income": _("income"),
    "expense": _("expense"),
    "change": _("change"),
    "asset": _("asset"),
    "liability": _("liability"),
    "net": _("net assets"),
    "total": _("total"),
    "yes": _("yes"),
    "no": _("no"),
}


def _cell(key: str, cell: str) -> object:
    if key in NUMBERS:
        return amount_of(cell)
    return WORDS.get(cell, cell) if key in ("section", "name", "restricted") else cell


def amount_of(text: str) -> SafeString:
    """An amount of a report, whose digits its text has."""
    digits = len(text.partition(".")[2])
    return amount(money.to_minor(text, digits), digits)


def find(request: HttpRequest, slug: str, number: int) -> Transaction:
    """A transaction of a book that the reader may see."""
    book = queries.book_by(actor_from(request), slug)
    found = queries.transaction_by(book, number) if number < 2**62 else None
    if found is None:
        raise NotFound(gettext("there is no such transaction"))
    return found


def transaction_page(
    request: HttpRequest, found: Transaction, *, form: ReverseForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of a transaction; ``form`` with what was wrong with a reversal."""
    actor = actor_from(request)
    reversible = found.nature not in (Transaction.Nature.REVERSAL, Transaction.Nature.RECOGNITION)
    reversible = reversible and found.follows is None
    reversible = reversible and not hasattr(found, "reversed_by") and may(actor, "finance.post", found.book)
    legs = sorted(found.legs.all(), key=lambda leg: leg.position)
    day: date = max(found.date, clock.today())
    context = {
        "book": found.book,
        "transaction": found,
        "written": _written(found),
        "legs": [
            {
                "leg": leg,
                "debit": amount(leg.amount, leg.commodity.digits, leg.commodity_id) if leg.amount > 0 else "",
                "credit": amount(-leg.amount, leg.commodity.digits, leg.commodity_id) if leg.amount < 0 else "",
                "value": amount(abs(leg.value), leg.priced_in.digits, leg.priced_in_id)
                if leg.priced_in_id != leg.commodity_id
                else "",
            }
            for leg in legs
        ],
        "reversed_by": found.reversed_by if hasattr(found, "reversed_by") else None,
        "form": (form or ReverseForm(initial={"date": day})) if reversible else None,
        "history": history("transaction", str(found.pk), private=True),
    }
    return render(request, "finance/transaction.html", context, status=status)
