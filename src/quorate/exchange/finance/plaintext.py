"""A book as a plain-text ledger in the syntax of beancount, with our own balances as assertions in it.

Whoever opens the file checks our arithmetic: every account's balance stands at its end as an assertion without any
tolerance. Written from the syntax as documented; nothing of that program is used here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from quorate.exchange.finance.models import Account, Book, Commodity, Leg, Transaction
from quorate.exchange.finance.queries.balances import trial_balance
from quorate.kernel import money

ROOTS = {
    "asset": "Assets",
    "liability": "Liabilities",
    "equity": "Equity",
    "income": "Income",
    "expense": "Expenses",
}
_CHUNK = 2000


def lines(book: Book) -> Iterator[str]:
    """The file, line by line without line ends, and without holding the book in memory."""
    accounts = {row.pk: row for row in Account.objects.filter(book=book).order_by("code")}
    names = {pk: account_name(row, accounts) for pk, row in accounts.items()}
    first = Transaction.objects.filter(book=book).order_by("date").values_list("date", flat=True).first()
    last = Transaction.objects.filter(book=book).order_by("-date").values_list("date", flat=True).first()
    start = first or date(book.created_at.year, 1, 1)
    yield f'option "title" {quoted(book.name)}'
    yield f'option "operating_currency" "{book.currency_id}"'
    # Prices of a whole lot are divided and multiplied again by the reader: what that loses is no imbalance.
    yield 'option "inferred_tolerance_default" "*:0.0000000000001"'
    yield ""
    for commodity in Commodity.objects.order_by("pk"):
        yield f"{start} commodity {commodity.pk}"
        yield f"  name: {quoted(commodity.name)}"
    yield ""
    for pk, account in accounts.items():
        if not account.heading:
            limits = f" {','.join(account.commodities)}" if account.commodities else ""
            yield f"{account.opens or start} open {names[pk]}{limits}"
            yield f"  name: {quoted(account.name)}"
    for row in _transactions(book):
        yield ""
        yield from _transaction(row, names)
    yield ""
    yield from _assertions(book, accounts, names, last or start)
    for pk, account in accounts.items():
        if account.closes is not None and not account.heading:
            yield f"{account.closes} close {names[pk]}"


def account_name(account: Account, accounts: dict[UUID, Account]) -> str:
    """The name in the file: the root of its type, the headings above it, its code and name.

    Only headings are levels, because a balance asserted of an account counts the accounts below it too.
    """
    parts = [_part(account)]
    above = account.parent_id
    while above is not None:
        parent = accounts[above]
        if parent.heading and parent.parent_id is not None:
            parts.append(_part(parent))
        above = parent.parent_id
    return ":".join([ROOTS[account.type], *reversed(parts)])


def quoted(text: str) -> str:
    """A string as the file writes it, on one line."""
    flat = " ".join(text.split())
    return '"' + flat.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _part(account: Account) -> str:
    """The code, and what of the name is letters and digits without marks: ``1010-Bank``."""
    plain = unicodedata.normalize("NFKD", account.name).encode("ascii", "ignore").decode()
    words = re.findall(r"[A-Za-z0-9]+", plain)
    code = account.code[:1].upper() + account.code[1:]
    return "-".join([code, *(word[:1].upper() + word[1:] for word in words)])


def _transactions(book: Book) -> Iterator[Transaction]:
    rows = Transaction.objects.filter(book=book).select_related("description", "reverses")
    return (
        rows.prefetch_related("legs__commodity", "legs__priced_in", "legs__fund")
        .order_by("date", "number")
        .iterator(chunk_size=_CHUNK)
    )


def _transaction(row: Transaction, names: dict[UUID, str]) -> Iterator[str]:
    text = row.description.text if hasattr(row, "description") else ""
    yield f"{row.date} * {quoted(text)} ^{row.number}"
    yield f"  number: {row.number}"
    if row.source:
        yield f"  source: {quoted(row.source)}"
    if row.reverses is not None:
        yield f"  reverses: {row.reverses.number}"
    for leg in sorted(row.legs.all(), key=lambda each: each.position):
        yield from _leg(leg, names)


def _leg(leg: Leg, names: dict[UUID, str]) -> Iterator[str]:
    text = f"  {names[leg.account_id]}  {money.show(leg.amount, leg.commodity.digits, leg.commodity_id)}"
    if leg.priced_in_id != leg.commodity_id:
        text += f" @@ {money.show(abs(leg.value), leg.priced_in.digits, leg.priced_in_id)}"
    yield text
    if leg.fund.slug != "general":
        yield f"    fund: {quoted(leg.fund.slug)}"
    for key in ("program", "project", "grant"):
        if value := getattr(leg, key):
            yield f"    {key}: {quoted(value)}"


def _assertions(book: Book, accounts: dict[UUID, Account], names: dict[UUID, str], last: date) -> Iterator[str]:
    """What every account held after the last day, to be believed by nobody who can add."""
    by_code = {account.code: names[pk] for pk, account in accounts.items()}
    held: dict[tuple[str, str], tuple[int, int]] = {}
    for line in trial_balance(book):
        before, _digits = held.get((line.account, line.commodity), (0, 0))
        held[line.account, line.commodity] = (before + line.balance, line.digits)
    closing = {account.code: account.closes for account in accounts.values()}
    for (code, commodity), (balance, digits) in sorted(held.items()):
        day = closing[code] or last + timedelta(days=1)
        amount = money.show(balance, digits)
        yield f"{min(day, last + timedelta(days=1))} balance {by_code[code]}  {amount} ~ 0 {commodity}"
