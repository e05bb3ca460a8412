"""The reports of a book as tables: rows of plain values, for CSV, JSON and the command line alike."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from quorate.exchange.finance.models import Book, Commodity
from quorate.exchange.finance.queries.balances import trial_balance
from quorate.exchange.finance.queries.reports import Statement, balance_sheet, fund_movements, income_statement
from quorate.kernel import money


@dataclass(frozen=True)
class Table:
    """A report: the names of its columns, and rows of texts; amounts with all their digits."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def as_csv(self) -> str:
        """Comma-separated, quoted where needed; cells that a spreadsheet would calculate are made harmless."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(self.columns)
        writer.writerows([_harmless(cell) for cell in row] for row in self.rows)
        return out.getvalue()

    def as_dicts(self) -> list[dict[str, str]]:
        """For JSON."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] in "=+@\t\r" or (cell[:1] == "-" and not cell[1:2].isdigit()) else cell


def trial(book: Book, since: date, at: date) -> Table:
    """Debits, credits and balance of every account up to the end of a day; ``since`` says nothing here."""
    rows = [
        (
            line.account,
            line.name,
            line.kind,
            money.show(line.debit, line.digits),
            money.show(line.credit, line.digits),
            money.show(line.balance, line.digits),
            line.commodity,
        )
        for line in trial_balance(book, at)
    ]
    return Table("trial-balance", ("account", "name", "type", "debit", "credit", "balance", "commodity"), tuple(rows))


def income(book: Book, since: date, at: date) -> Table:
    """Income and expenses between two days, by restriction."""
    return _statement("income-statement", income_statement(book, since, at), ("income", "expense", "change"))


def sheet(book: Book, since: date, at: date) -> Table:
    """Assets, liabilities and net assets at the end of a day."""
    return _statement("balance-sheet", balance_sheet(book, at), ("asset", "liability", "net"))


def funds(book: Book, since: date, at: date) -> Table:
    """How every fund moved between two days."""
    digits = _digits()
    rows = []
    for each in fund_movements(book, since, at):
        sums = (each.opening, each.received, each.released, each.spent, each.other, each.closing)
        amounts = [money.show(value, digits[each.currency]) for value in sums]
        restricted = "yes" if each.fund.restricted else "no"
        rows.append((each.fund.slug, each.fund.name, restricted, *amounts, each.currency))
    names = ("fund", "name", "restricted", "opening", "received", "released", "spent", "other", "closing", "currency")
    return Table("funds", names, tuple(rows))


REPORTS: dict[str, Callable[[Book, date, date], Table]] = {
    "trial-balance": trial,
    "income-statement": income,
    "balance-sheet": sheet,
    "funds": funds,
}
"""By name: a function of a book and the first and last day."""


def _statement(name: str, found: Statement, sections: Sequence[str]) -> Table:
    digits = _digits()
    rows = []
    for section in sections:
        for row in found.rows:
            if row.type == section:
                amounts = [money.show(value, digits[row.currency]) for value in (row.free, row.restricted, row.total)]
                rows.append((section, row.code, row.name, *amounts, row.currency))
        for (kind, currency), (free, restricted) in sorted(found.totals.items()):
            if kind == section:
                amounts = [money.show(value, digits[currency]) for value in (free, restricted, free + restricted)]
                rows.append((section, "", "total", *amounts, currency))
    columns = ("section", "account", "name", "without_restriction", "with_restriction", "total", "currency")
    return Table(name, columns, tuple(rows))


def _digits() -> dict[str, int]:
    return dict(Commodity.objects.values_list("pk", "digits"))
