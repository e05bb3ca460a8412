"""What stands of invoices: what is open, since when it is overdue, and what lines of the bank could settle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db.models import QuerySet, Sum

from quorate.access.actors import Actor
from quorate.access.policy import may
from quorate.exchange.finance.invoicing.data import of_data
from quorate.exchange.finance.invoicing.document import Invoice as Document
from quorate.exchange.finance.matching import Open, Proposal, propose
from quorate.exchange.finance.models import Allocation, BankLine, Book, Invoice
from quorate.exchange.finance.statements.statement import Line
from quorate.kernel import money


class Standing(StrEnum):
    """How an invoice stands on a day."""

    OPEN = "open"
    PART = "partly-paid"
    OVERDUE = "overdue"
    PAID = "paid"
    CREDITED = "credited"
    OWED = "owed-back"


def invoices(actor: Actor, book: Book) -> QuerySet[Invoice]:
    """The invoices of a book that an actor may read, newest first."""
    rows = Invoice.objects.filter(book=book).select_related("currency", "buyer", "credits", "series")
    return rows if may(actor, "invoice.read", book) else rows.none()


def open_amounts(rows: Iterable[Invoice]) -> dict[UUID, int]:
    """What is open of each invoice, in minor units: gross less credits less payments. Below 0: owed to the buyer.

    Two queries for any number. A credit note is never open by itself: it stands in what it credits.
    """
    found = {row.pk: row.gross for row in rows if row.kind == Invoice.Kind.INVOICE}
    credits = Invoice.objects.filter(credits__in=found).values_list("credits").annotate(sum=Sum("gross"))
    paid = (
        Allocation.objects.filter(invoice__in=found, payment__taken_back=None)
        .values_list("invoice")
        .annotate(sum=Sum("amount"))
    )
    for rows_of in (credits, paid):
        for key, amount in rows_of:
            found[key] -= amount
    return found


def standings(rows: Sequence[Invoice], left: Mapping[UUID, int], on: date) -> dict[UUID, Standing]:
    """How each invoice stands on a day, given what is open of each; credit notes have no standing. One query."""
    settled = set(
        Allocation.objects.filter(invoice__in=[row.pk for row in rows], payment__taken_back=None).values_list(
            "invoice", flat=True
        )
    )
    return {row.pk: standing(row, left[row.pk], row.pk in settled, on) for row in rows if row.pk in left}


def standing(invoice: Invoice, left: int, settled: bool, on: date) -> Standing:
    """How an invoice stands, given what is open of it and whether anything was paid. Overdue from the day after due."""
    if left < 0:
        return Standing.OWED
    if left == 0:
        return Standing.PAID if settled else Standing.CREDITED
    if invoice.due is not None and invoice.due < on:
        return Standing.OVERDUE
    return Standing.OPEN if left == invoice.gross else Standing.PART


def document_of(invoice: Invoice) -> Document:
    """The document that was issued."""
    return of_data(invoice.document, f"invoice {invoice.number}")


def unsettled(book: Book) -> QuerySet[BankLine]:
    """Lines of the bank that came in and settle nothing yet, oldest first."""
    settled = BankLine.objects.filter(payments__taken_back=None, payments__isnull=False).values("pk")
    return BankLine.objects.filter(book=book, amount__gt=0).exclude(pk__in=settled).select_related("currency", "book")


def proposals(book: Book, lines: Sequence[BankLine]) -> list[Proposal]:
    """What each line could settle, in their order. A constant number of queries."""
    rows = list(
        Invoice.objects.filter(book=book, kind=Invoice.Kind.INVOICE)
        .select_related("currency", "buyer")
        .defer("postings")
    )
    left = open_amounts(rows)
    accounts = _accounts(book)
    candidates = [
        Open(
            id=str(row.pk),
            number=row.number,
            currency=row.currency_id,
            open=money.from_minor(max(left[row.pk], 0), row.currency.digits),
            reference=row.reference,
            buyer=str(row.document["buyer"]["name"]),
            names=(row.buyer.name,) if row.buyer else (),
            accounts=accounts.get(row.buyer_id, ()) if row.buyer_id else (),
            due=row.due,
        )
        for row in rows
    ]
    return propose([_line(each) for each in lines], candidates)


def numbers_of(found: Iterable[Proposal]) -> dict[str, str]:
    """The numbers of all invoices that proposals name, by id. One query."""
    named = {key for each in found for key in (*each.others, *(key for key, _share in each.shares))}
    return {str(pk): number for pk, number in Invoice.objects.filter(pk__in=named).values_list("pk", "number")}


def _accounts(book: Book) -> dict[UUID, tuple[str, ...]]:
    """Accounts that paid for a buyer before, as somebody confirmed."""
    rows = (
        Allocation.objects.filter(invoice__book=book, payment__taken_back=None, invoice__buyer__isnull=False)
        .exclude(payment__line__party_account="")
        .values_list("invoice__buyer", "payment__line__party_account")
        .distinct()
    )
    found: dict[UUID, tuple[str, ...]] = {}
    for buyer, account in rows:
        assert buyer is not None  # filtered
        found[buyer] = (*found.get(buyer, ()), account)
    return found


def _line(row: BankLine) -> Line:
    digits = row.currency.digits
    return Line(
        day=row.day,
        amount=money.from_minor(row.amount, digits),
        currency=row.currency_id,
        where=str(row.pk),
        end_to_end=row.end_to_end,
        structured=row.structured,
        words=row.words,
        party=row.party,
        party_account=row.party_account,
        charges=money.from_minor(row.charges, digits),
        reversal=row.reversal,
        key=row.key,
    )
