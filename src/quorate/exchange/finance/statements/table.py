"""Statements as CSV. No two banks write the same, so what each column holds is declared, and nothing is guessed.

A profile is a YAML file::

    account: BE71096123456769
    currency: EUR
    encoding: utf-8            # or latin-1, cp1252
    delimiter: ";"
    decimal: ","               # the sign between units and cents
    group: "."                 # between thousands; leave out for none
    days: DD.MM.YYYY
    skip: 0                    # lines before the head
    order: oldest-first        # or newest-first
    columns: {day: Buchungstag, amount: Betrag, words: Zweck, party: Name, party_account: IBAN, balance: Saldo}

Instead of ``amount`` there may be ``credit`` and ``debit``. With ``balance`` every line is checked against the one
before it; else ``opening`` and ``closing`` may be given.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from quorate.exchange.finance.invoicing.reading import build
from quorate.exchange.finance.invoicing.xmlfile import MOST_BYTES
from quorate.exchange.finance.statements.statement import Line, Statement, amount, few, finished
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.yamlfile import load

COLUMNS = frozenset(
    {"day", "value_day", "amount", "credit", "debit", "currency", "reference", "structured", "words", "party"}
    | {"party_account", "balance"}
)
ENCODINGS = ("utf-8", "latin-1", "cp1252", "utf-16")
_DAY = {"DD": r"(?P<d>\d{2})", "D": r"(?P<d>\d{1,2})", "MM": r"(?P<m>\d{2})", "M": r"(?P<m>\d{1,2})"}
_YEAR = {"YYYY": r"(?P<y>\d{4})"}
#: The longest field; the reader of the standard library would else stop at its own limit with words of its own.
LONGEST = 20_000


@dataclass(frozen=True)
class Profile:
    """How a bank writes its CSV."""

    account: str
    currency: str
    days: str
    columns: tuple[tuple[str, str], ...]
    encoding: str = "utf-8"
    delimiter: str = ","
    decimal: str = "."
    group: str = ""
    skip: str = "0"
    order: str = "oldest-first"
    opening: Decimal | None = None
    closing: Decimal | None = None


def profile(source: Path | str, name: str | None = None) -> Profile:
    """A profile from its YAML. ``UserError`` with the line of what is missing or contradicts itself."""
    document = load(source, name=name)
    data = dict(document.data) if isinstance(document.data, dict) else {}
    if isinstance(data.get("skip"), int):
        data["skip"] = str(data["skip"])
    made = build(Profile, data, document)
    columns = dict(made.columns)

    def wrong(what: str, *path: str, mend: str = "") -> UserError:
        return document.error(what, *path, mend=mend)

    if unknown := sorted(set(columns) - COLUMNS):
        mend = gettext("known: %(keys)s") % {"keys": ", ".join(sorted(COLUMNS))}
        raise wrong(gettext("%(key)r is not known here") % {"key": unknown[0]}, "columns", unknown[0], mend=mend)
    if "day" not in columns:
        raise wrong(gettext("no column is named for the day"), "columns")
    if ("amount" in columns) == bool({"credit", "debit"} & set(columns)):
        raise wrong(gettext("name one column for the amount, or two for credit and debit"), "columns")
    if made.encoding not in ENCODINGS:
        mend = gettext("known: %(keys)s") % {"keys": ", ".join(ENCODINGS)}
        raise wrong(gettext("%(key)r is not known here") % {"key": made.encoding}, "encoding", mend=mend)
    if made.decimal not in (",", ".") or made.group not in ("", ",", ".", " ", "'", "\u00a0", "\u202f", "’"):
        raise wrong(gettext("decimals begin with a point or a comma"), "decimal")
    if made.decimal == made.group:
        raise wrong(gettext("cents and thousands cannot be set apart by the same sign"), "group")
    if len(made.delimiter) != 1 or made.delimiter in '"\r\n':
        raise wrong(gettext("one character sets the columns apart"), "delimiter")
    if made.order not in ("oldest-first", "newest-first"):
        raise wrong(gettext("the order is oldest-first or newest-first"), "order")
    if not made.skip.isdigit():
        raise wrong(gettext("a whole number is expected"), "skip")
    _pattern(made.days, document)
    return made


def _pattern(days: str, document: Any = None) -> re.Pattern[str]:
    parts = re.split(r"(YYYY|DD?|MM?)", days)
    found = parts[1::2]
    if sorted(part[0] for part in found) != ["D", "M", "Y"]:
        raise document.error(
            gettext("%(text)r does not say how a day is written") % {"text": days},
            "days",
            mend=gettext("for example DD.MM.YYYY"),
        )
    known = {**_DAY, **_YEAR}
    return re.compile("".join(known[part] if at % 2 else re.escape(part) for at, part in enumerate(parts)))


def read(content: bytes, name: str, columns: Profile) -> list[Statement]:
    """The statement in a file. ``UserError`` with ``file:line`` for every cell that is not as declared."""
    if len(content) > MOST_BYTES:
        raise UserError(gettext("is larger than %(most)d MB") % {"most": MOST_BYTES >> 20}, where=name)
    try:
        text = content.decode("utf-8-sig" if columns.encoding == "utf-8" else columns.encoding)
    except UnicodeDecodeError as error:
        raise UserError(
            gettext("is not written in %(encoding)s") % {"encoding": columns.encoding},
            where=name,
            mend=gettext("declare its encoding in the profile"),
        ) from error
    return [_Table(columns, name).statement(text)]


class _Table:
    def __init__(self, columns: Profile, name: str) -> None:
        self.profile = columns
        self.name = name
        self.pattern = _pattern(columns.days)
        self.places: dict[str, int] = {}

    def statement(self, text: str) -> Statement:
        skip = int(self.profile.skip)
        source = io.StringIO(text, newline="")
        for _ in range(skip):
            source.readline()
        rows = csv.reader(source, delimiter=self.profile.delimiter, strict=True)
        lines: list[tuple[Line, Decimal | None]] = []
        try:
            head = next(rows, [])
            self._head(head, skip + 1)
            for row in rows:
                where = f"{self.name}:{skip + rows.line_num}"
                if not any(cell.strip() for cell in row):
                    continue
                if len(row) != len(head):
                    raise UserError(
                        gettext("has %(found)d columns instead of %(wanted)d")
                        % {"found": len(row), "wanted": len(head)},
                        where=where,
                        mend=gettext("a quote or a delimiter is missing, or the file is cut off"),
                    )
                lines.append(self._line(row, where))
                few(lines, where)
        except csv.Error as error:
            raise UserError(
                gettext("is not CSV: %(why)s") % {"why": error}, where=f"{self.name}:{skip + rows.line_num}"
            ) from error
        if self.profile.order == "newest-first":
            lines.reverse()
        opening, closing = self._balances(lines)
        found = tuple(line for line, _balance in lines)
        return finished(
            Statement(
                account=self.profile.account,
                currency=self.profile.currency,
                number="",
                lines=found,
                opening=opening,
                closing=closing,
                start=min((line.day for line in found), default=None),
                end=max((line.day for line in found), default=None),
            ),
            self.name,
        )

    def _head(self, head: list[str], line: int) -> None:
        names = [cell.strip() for cell in head]
        for key, column in self.profile.columns:
            if names.count(column) != 1:
                what = (
                    gettext("there is no column %(name)r") if column not in names else gettext("two columns %(name)r")
                )
                raise UserError(
                    what % {"name": column},
                    where=f"{self.name}:{line}",
                    mend=gettext("its columns: %(names)s") % {"names": ", ".join(filter(None, names))[:300]},
                )
            self.places[key] = names.index(column)

    def _cell(self, row: list[str], key: str, where: str) -> str:
        if key not in self.places:
            return ""
        text = " ".join(row[self.places[key]].split())
        if len(text) > LONGEST or "\0" in text:
            raise UserError(gettext("a cell cannot be read"), where=where)
        return text

    def _line(self, row: list[str], where: str) -> tuple[Line, Decimal | None]:
        currency = self._cell(row, "currency", where) or self.profile.currency
        if "amount" in self.places:
            moved = self._number(self._cell(row, "amount", where), currency, where)
        else:
            sides = {side: self._cell(row, side, where) for side in ("credit", "debit")}
            if bool(sides["credit"]) == bool(sides["debit"]):
                raise UserError(gettext("has neither a credit nor a debit, or both"), where=where)
            side = "credit" if sides["credit"] else "debit"
            moved = self._number(sides[side], currency, where)
            # Some banks write debits with their sign, others without.
            moved = moved if side == "credit" else -abs(moved)
        balance = self._cell(row, "balance", where)
        day = self._day(self._cell(row, "day", where), where)
        valued = self._cell(row, "value_day", where)
        line = Line(
            day=day,
            amount=moved,
            currency=currency,
            where=where,
            value_day=self._day(valued, where) if valued else None,
            reference=self._cell(row, "reference", where),
            structured=self._cell(row, "structured", where),
            words=self._cell(row, "words", where),
            party=self._cell(row, "party", where),
            party_account=self._cell(row, "party_account", where).replace(" ", ""),
        )
        return line, self._number(balance, currency, where) if balance else None

    def _number(self, text: str, currency: str, where: str) -> Decimal:
        """A number as declared: groups only where they belong, so that 1.234 is never taken for one and a bit."""
        bare = text.strip()
        sign = -1 if bare.startswith(("-", "−")) or bare.endswith("-") else 1
        bare = bare.strip("+-− ")
        group, point = re.escape(self.profile.group), re.escape(self.profile.decimal)
        grouped = rf"\d{{1,3}}(?:{group}\d{{3}})+|\d+" if self.profile.group else r"\d+"
        found = re.fullmatch(rf"({grouped})(?:{point}(\d+))?", bare, re.ASCII)
        if found is None:
            raise UserError(
                gettext("%(text)r is not an amount as the profile declares it") % {"text": text[:40]},
                where=where,
                mend=gettext("declared: cents after %(decimal)r, thousands by %(group)r")
                % {"decimal": self.profile.decimal, "group": self.profile.group},
            )
        whole = found[1].replace(self.profile.group, "") if self.profile.group else found[1]
        return sign * amount(f"{whole}.{found[2]}" if found[2] else whole, currency, where)

    def _day(self, text: str, where: str) -> date:
        found = self.pattern.fullmatch(text)
        try:
            if found is not None:
                return date(int(found["y"]), int(found["m"]), int(found["d"]))
        except ValueError:
            pass
        raise UserError(
            gettext("%(text)r is not a day written %(form)s") % {"text": text[:40], "form": self.profile.days},
            where=where,
        )

    def _balances(self, lines: list[tuple[Line, Decimal | None]]) -> tuple[Decimal | None, Decimal | None]:
        """Opening and closing balance; every balance between is checked against the one before."""
        told = self.profile.opening, self.profile.closing
        if "balance" not in self.places or not lines:
            return told
        before: Decimal | None = self.profile.opening
        for line, balance in lines:
            if balance is None:
                raise UserError(gettext("has no balance"), where=line.where)
            if before is not None and before + line.amount != balance:
                raise UserError(
                    gettext("the balances do not add up: %(before)s and %(moved)s are not %(after)s")
                    % {"before": f"{before:f}", "moved": f"{line.amount:f}", "after": f"{balance:f}"},
                    where=line.where,
                    mend=gettext("a line is missing or doubled, or the order is not %(order)s")
                    % {"order": self.profile.order},
                )
            before = balance
        first, opening = lines[0]
        assert opening is not None
        if self.profile.closing is not None and self.profile.closing != before:
            raise UserError(gettext("the last balance is not the closing one"), where=lines[-1][0].where)
        return opening - first.amount, before
