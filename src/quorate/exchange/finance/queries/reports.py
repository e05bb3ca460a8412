"""What is read from books: income, net assets by restriction, and how every fund moved."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from quorate.exchange.finance.models import Account, Book, Fund
from quorate.exchange.finance.queries.balances import Line, trial_balance
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext

RELEASE = "release"
"""The role of the account on which what a donor restricted becomes free."""


@dataclass(frozen=True)
class Row:
    """A line of a statement: an account and what it comes to, in minor units, by restriction of its fund."""

    code: str
    name: str
    type: str
    currency: str
    free: int
    restricted: int

    @property
    def total(self) -> int:
        return self.free + self.restricted


@dataclass
class Statement:
    """Rows in the order of the accounts, and their sums by (section, currency): (free, restricted)."""

    rows: list[Row] = field(default_factory=list)
    totals: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def add(self, row: Row, section: str) -> None:
        """Take a row in and count it in a section."""
        free, restricted = self.totals.get((section, row.currency), (0, 0))
        self.totals[section, row.currency] = (free + row.free, restricted + row.restricted)
        self.rows.append(row)

    def currencies(self) -> list[str]:
        """What the totals are in."""
        return sorted({currency for _section, currency in self.totals})


@dataclass(frozen=True)
class Movement:
    """How net assets of a fund moved between two days, in minor units of one currency."""

    fund: Fund
    currency: str
    opening: int
    received: int
    released: int
    spent: int
    other: int

    @property
    def closing(self) -> int:
        return self.opening + self.received + self.released + self.spent + self.other


def account_at(book: Book, role: str) -> Account:
    """The account that has a role in a book; ``NotFound`` when none has."""
    found = Account.objects.filter(book=book, role=role).first()
    if found is None:
        what = gettext("the books have no account with the role %s") % role
        raise NotFound(what, where="book", mend=gettext("open one"))
    return found


def income_statement(book: Book, since: date, at: date) -> Statement:
    """Income and expenses of the days from ``since`` to ``at``, by restriction; expenses are always free.

    Income is more than 0, as statements show it; expenses are more than 0 as well.
    """
    accounts, restricted = _accounts(book), _restricted(book)
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for line in trial_balance(book, at, since=since, by=("fund",)):
        kind = accounts[line.account].type
        if kind not in ("income", "expense"):
            continue
        limited = kind == "income" and line.fund in restricted
        sums[line.account, line.priced_in][limited] += line.value if kind == "expense" else -line.value
    found = Statement()
    for (code, currency), (free, limited_sum) in sorted(sums.items()):
        account = accounts[code]
        found.add(Row(code, account.name, account.type, currency, free, limited_sum), account.type)
    for currency in found.currencies():
        earned, spent = (found.totals.get((kind, currency), (0, 0)) for kind in ("income", "expense"))
        found.totals["change", currency] = (earned[0] - spent[0], earned[1] - spent[1])
    return found


def balance_sheet(book: Book, at: date) -> Statement:
    """Assets, liabilities and net assets at the end of a day; liabilities and net assets are more than 0."""
    accounts, restricted = _accounts(book), _restricted(book)
    sums: dict[tuple[str, str], int] = defaultdict(int)
    nets: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line in trial_balance(book, at, by=("fund",)):
        kind = accounts[line.account].type
        if kind in ("asset", "liability"):
            sums[line.account, line.priced_in] += line.value if kind == "asset" else -line.value
        else:
            nets[line.priced_in][_limited(line, kind, restricted)] -= line.value
    found = Statement()
    for (code, currency), value in sorted(sums.items()):
        account = accounts[code]
        found.add(Row(code, account.name, account.type, currency, value, 0), account.type)
    for currency, (free, limited) in sorted(nets.items()):
        found.totals["net", currency] = (free, limited)
    return found


def fund_movements(book: Book, since: date, at: date) -> list[Movement]:
    """Every fund: what it held, received, released, spent (the free ones only) and holds."""
    accounts, restricted = _accounts(book), _restricted(book)
    funds = {fund.pk: fund for fund in Fund.objects.filter(book=book).select_related("donor")}
    general = next(fund for fund in funds.values() if fund.slug == "general")
    before = date.fromordinal(since.toordinal() - 1)
    opening: dict[tuple[UUID, str], int] = defaultdict(int)
    moved: dict[tuple[UUID, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for line in trial_balance(book, before, by=("fund",)):
        kind = accounts[line.account].type
        if kind not in ("asset", "liability"):
            opening[_owner(line, kind, restricted, general), line.priced_in] -= line.value
    for line in trial_balance(book, at, since=since, by=("fund",)):
        account = accounts[line.account]
        if account.type in ("asset", "liability"):
            continue
        column = {"income": "received", "expense": "spent"}.get(account.type, "other")
        column = "released" if account.role == RELEASE else column
        moved[_owner(line, account.type, restricted, general), line.priced_in][column] -= line.value
    keys = sorted(
        {*opening, *moved, *((pk, book.currency_id) for pk in funds)},
        key=lambda key: (funds[key[0]].restricted, funds[key[0]].name, key[1]),
    )
    return [
        Movement(
            funds[key[0]],
            key[1],
            opening[key],
            *(moved[key][column] for column in ("received", "released", "spent", "other")),
        )
        for key in keys
    ]


def _limited(line: Line, kind: str, restricted: set[UUID]) -> bool:
    return kind != "expense" and line.fund in restricted


def _owner(line: Line, kind: str, restricted: set[UUID], general: Fund) -> UUID:
    """Whose net assets a line moves: an expense paid for by a restricted fund is an expense of the general one."""
    owner: UUID = general.pk if kind == "expense" and line.fund in restricted else line.fund
    return owner


def _accounts(book: Book) -> dict[str, Account]:
    return {account.code: account for account in Account.objects.filter(book=book)}


def _restricted(book: Book) -> set[UUID]:
    return set(Fund.objects.filter(book=book, restricted=True).values_list("pk", flat=True))
