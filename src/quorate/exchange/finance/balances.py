"""Keeps the sums by month beside the legs, and computes them anew to prove that they are right."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection

from quorate.exchange.finance.models import Balance, Book, Leg
from quorate.exchange.finance.rules import Posting

Key = tuple[Any, date, str, str, Any, str]
Sums = tuple[int, int, int, int]

_KEY = ("account_id", "month", "commodity_id", "priced_in_id", "fund_id", "program")
_SUMS = ("debit", "credit", "value", "legs")
_CHUNK = 90
"""Rows to a statement: SQLite once took 999 values, and a longer one is no faster."""


def add(days: Iterable[tuple[date, Posting]]) -> None:
    """Add legs to the sums of their months, in the caller's transaction, which holds the book's row."""
    sums: dict[Key, list[int]] = {}
    for day, leg in days:
        key = (
            leg.account.pk,
            day.replace(day=1),
            leg.commodity.pk,
            leg.priced_in.pk,
            leg.fund.pk,
            leg.program,
        )
        into = sums.setdefault(key, [0, 0, 0, 0])
        into[0 if leg.amount > 0 else 1] += abs(leg.amount)
        into[2] += leg.value
        into[3] += 1
    ordered = sorted(sums.items(), key=lambda item: str(item[0]))
    with connection.cursor() as cursor:
        for start in range(0, len(ordered), _CHUNK):
            part = ordered[start : start + _CHUNK]
            cursor.execute(_upsert(len(part)), [value for key, values in part for value in (*_stored(key), *values)])


def recomputed(book: Book) -> dict[Key, Sums]:
    """The sums as the legs give them. Reads every leg of the book, in the database."""
    month = "strftime('%%Y-%%m-01', l.date)" if connection.vendor == "sqlite" else "date_trunc('month', l.date)::date"
    legs, account = Leg._meta.db_table, "finance_account"
    sql = (
        f"SELECT l.account_id, {month} AS month, l.commodity_id, l.priced_in_id, l.fund_id, l.program,"  # noqa: S608  # our own names
        " SUM(CASE WHEN l.amount > 0 THEN l.amount ELSE 0 END), SUM(CASE WHEN l.amount < 0 THEN -l.amount ELSE 0 END),"
        " SUM(l.value), COUNT(*)"
        f" FROM {legs} l JOIN {account} a ON a.id = l.account_id WHERE a.book_id = %s GROUP BY 1, 2, 3, 4, 5, 6"
    )
    return _read(sql, book)


def kept(book: Book) -> dict[Key, Sums]:
    """The sums as they are kept."""
    columns = ", ".join(f"b.{name}" for name in (*_KEY, *_SUMS))
    sql = (
        f"SELECT {columns} FROM {Balance._meta.db_table} b JOIN finance_account a ON a.id = b.account_id"  # noqa: S608  # our own names
        " WHERE a.book_id = %s"
    )
    return _read(sql, book)


def _read(sql: str, book: Book) -> dict[Key, Sums]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [_id(book.pk)])
        found = {}
        for account, month, commodity, priced_in, fund, program, *sums in cursor.fetchall():
            day = month if isinstance(month, date) else date.fromisoformat(month)
            debit, credit, value, legs = (int(item) for item in sums)
            found[account, day, commodity, priced_in, fund, program] = (debit, credit, value, legs)
    return found


def _upsert(rows: int) -> str:
    table = Balance._meta.db_table
    names = ", ".join((*_KEY, *_SUMS))
    places = ", ".join([f"({', '.join(['%s'] * (len(_KEY) + len(_SUMS)))})"] * rows)
    adding = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in _SUMS)
    return (
        f"INSERT INTO {table} ({names}) VALUES {places}"  # noqa: S608  # names of our own tables
        f" ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET {adding}"
    )


def _stored(key: Key) -> list[Any]:
    account, month, commodity, priced_in, fund, program = key
    day = connection.ops.adapt_datefield_value(month)
    return [_id(account), day, commodity, priced_in, _id(fund), program]


def _id(identity: Any) -> Any:
    return identity if connection.features.has_native_uuid_field else identity.hex
