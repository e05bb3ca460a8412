"""Proves a book: every sum, number, balance, reversal and digest computed anew, and held against the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from quorate.exchange.finance import balances
from quorate.exchange.finance.models import Account, Book, Commodity, Fund, Leg, Transaction
from quorate.exchange.finance.rules import Draft, Posting, digest_of, imbalance
from quorate.kernel.i18n import gettext
from quorate.ledger.queries import data_about

KINDS = ("transaction.posted", "transaction.reversed")
_CHUNK = 500
_COLUMNS = (
    "transaction_id",
    "account_id",
    "commodity_id",
    "amount",
    "priced_in_id",
    "value",
    "fund_id",
    "program",
    "project",
    "grant",
    "counterparty_id",
)
_WORST = 20
"""Faults that are told; beyond that they are counted."""


@dataclass
class Verdict:
    """What was proved of a book, and what was found wrong, by transaction number where there is one."""

    transactions: int = 0
    legs: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)
    more: int = 0

    @property
    def ok(self) -> bool:
        return not self.faults

    def fault(self, what: str, number: int | None = None) -> None:
        """Keep the first of them."""
        if len(self.faults) < _WORST:
            self.faults.append({"transaction": number, "what": what})
        else:
            self.more += 1


def verify(book: Book, *, ledger: bool = True) -> Verdict:
    """Read everything in a book again. ``ledger=False`` leaves the entries out (of books filled for a measurement)."""
    verdict = Verdict()
    kept, recomputed = balances.kept(book), balances.recomputed(book)
    codes = {row.pk: row.code for row in Account.objects.filter(book=book)}
    for key in sorted(set(kept) | set(recomputed), key=str):
        if kept.get(key) != recomputed.get(key):
            place = {"account": codes.get(key[0], key[0]), "month": key[1].strftime("%Y-%m"), "commodity": key[2]}
            verdict.fault(gettext("the sum kept for account %(account)s in %(month)s (%(commodity)s) is wrong") % place)
    entries = _digests(book) if ledger else {}
    expected = 0
    for row, postings, reversed_by in _transactions(book):
        expected += 1
        if row.number != expected:
            verdict.fault(gettext("number %d is missing") % expected, row.number)
            expected = row.number
        _verify(verdict, book, row, postings, reversed_by)
        if ledger and entries.get(row.number) != row.digest:
            verdict.fault(gettext("the ledger has no entry that says the same"), row.number)
    for number in sorted(set(entries) - set(range(1, expected + 1))):
        verdict.fault(gettext("the ledger has an entry of it, the books have not"), number)
    return verdict


def _verify(
    verdict: Verdict, book: Book, row: Transaction, postings: list[Posting], mirrored: list[Posting] | None
) -> None:
    verdict.transactions += 1
    verdict.legs += len(postings)
    if len(postings) < 2 or imbalance(postings):
        verdict.fault(gettext("it does not balance"), row.number)
    draft = Draft(
        row.date, "", postings, row.nature, row.source, row.key, reverses=row.reverses_id, follows=row.follows_id
    )
    if digest_of(book.pk, row.number, draft) != row.digest:
        verdict.fault(gettext("it is not what was posted: its digest is another"), row.number)
    if mirrored is not None and postings != [each.reversed() for each in mirrored]:
        verdict.fault(gettext("it does not mirror what it reverses"), row.number)


def _transactions(book: Book) -> Iterator[tuple[Transaction, list[Posting], list[Posting] | None]]:
    """Every transaction with its legs and, of a reversal, those it reverses. Some queries for each chunk."""
    reading = _Reading(book)
    top = 0
    while chunk := list(Transaction.objects.filter(book=book, number__gt=top).order_by("number")[:_CHUNK]):
        wanted = [*(row.pk for row in chunk), *(row.reverses_id for row in chunk if row.reverses_id is not None)]
        legs = reading.legs(wanted)
        for row in chunk:
            yield row, legs[row.pk], legs[row.reverses_id] if row.reverses_id is not None else None
        top = chunk[-1].number


class _Reading:
    """Legs as postings, what they refer to read once."""

    def __init__(self, book: Book) -> None:
        self._accounts = {row.pk: row for row in Account.objects.filter(book=book)}
        self._funds = {row.pk: row for row in Fund.objects.filter(book=book)}
        self._commodities = Commodity.objects.in_bulk()

    def legs(self, wanted: list[UUID]) -> dict[UUID, list[Posting]]:
        """By transaction, in their order."""
        found: dict[UUID, list[Posting]] = defaultdict(list)
        rows = Leg.objects.filter(transaction__in=wanted).order_by("transaction", "position").values_list(*_COLUMNS)
        for transaction, account, commodity, amount, priced_in, value, fund, *names in rows:
            found[transaction].append(
                Posting(
                    self._accounts[account],
                    self._commodities[commodity],
                    amount,
                    self._commodities[priced_in],
                    value,
                    self._funds[fund],
                    *names,
                )
            )
        return found


def _digests(book: Book) -> dict[int, str]:
    return {data["number"]: data["digest"] for data in data_about(KINDS, "book", str(book.pk))}
