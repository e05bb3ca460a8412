"""Taking in transactions from a file of comma-separated values: all of them, or none and every fault with its line."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.exchange.finance.actions.posting import record
from quorate.exchange.finance.actions.resolving import Resolver, exact
from quorate.exchange.finance.models import Book, Transaction
from quorate.exchange.finance.rules import Draft, LegSpec
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext

NEEDED = ("transaction", "date", "description", "account", "amount")
KNOWN = (*NEEDED, "commodity", "value", "priced_in", "fund", "program", "project", "grant", "source", "key")
"""Columns. Lines with the same ``transaction`` are its legs; the first of them says day, words, source and key."""
MAX_BYTES, MAX_LINES = 10 * 2**20, 50_000
MOST_TOLD = 20


@dataclass
class _Group:
    """The lines of one transaction."""

    line: int
    row: dict[str, str]
    legs: list[tuple[int, LegSpec]] = field(default_factory=list)


@action("finance.post", kinds=("transaction.posted",))
def import_transactions(*, actor: Actor, book: Book, data: bytes, name: str = "file") -> list[Transaction]:
    """Post every transaction of a file, in its order. ``UserError`` with all faults and their lines; then nothing is.

    A transaction whose ``key`` was posted before is not posted again, so that a file can be taken in twice.
    """
    authority = authorise(actor, "finance.post", book)
    groups, problems = _read(data, name)
    drafts: list[Draft] = []
    lines: list[_Group] = []
    resolver = Resolver(book)
    for group in groups:
        try:
            drafts.append(_draft(resolver, group, name))
            lines.append(group)
        except UserError as error:
            problems += [_at(problem, name, group) for problem in error.problems or (error,)]
    if problems:
        raise _all(problems)
    try:
        return record(actor, book, drafts, authority)
    except UserError as error:
        raise _all([_at(problem, name, _named(lines, problem)) for problem in error.problems or (error,)]) from error


def _read(data: bytes, name: str) -> tuple[list[_Group], list[UserError]]:
    if len(data) > MAX_BYTES:
        raise UserError(gettext("the file is larger than %d MB") % (MAX_BYTES // 2**20), where=name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(gettext("the file is not UTF-8"), where=name, mend=gettext("save it as UTF-8")) from error
    if "\0" in text:
        raise UserError(gettext("the file holds a NUL character"), where=name)
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True, restkey="")
    groups: dict[str, _Group] = {}
    problems: list[UserError] = []
    try:
        _check_head(reader.fieldnames or (), name)
        for row in reader:
            line = reader.line_num
            if len(groups) > MAX_LINES:
                raise UserError(gettext("the file has more than %d lines") % MAX_LINES, where=name)
            try:
                _take(groups, line, row)
            except UserError as error:
                problems.append(UserError(error.what, f"{name}:{line}", error.mend))
    except csv.Error as error:
        raise UserError(gettext("this is no line of comma-separated values"), f"{name}:{reader.line_num}") from error
    if not groups and not problems:
        raise UserError(gettext("the file holds no transaction"), where=name)
    return list(groups.values()), problems


def _check_head(head: object, name: str) -> None:
    columns = list(head) if isinstance(head, (list, tuple)) else []
    missing = [column for column in NEEDED if column not in columns]
    if missing:
        what = gettext("columns are missing: %s") % ", ".join(missing)
        raise UserError(what, where=f"{name}:1", mend=", ".join(KNOWN))
    if strange := sorted(str(column)[:40] for column in set(columns) - set(KNOWN)):
        raise UserError(gettext("unknown columns: %s") % ", ".join(strange), f"{name}:1", ", ".join(KNOWN))
    if len(set(columns)) < len(columns):
        raise UserError(gettext("a column stands there twice"), where=f"{name}:1")


def _take(groups: dict[str, _Group], line: int, row: dict[str, str]) -> None:
    if "" in row or None in row.values():
        raise UserError(gettext("the line has another number of cells than the head"))
    cells = {key: cell.strip() for key, cell in row.items()}
    name = cells["transaction"]
    if not name:
        raise UserError(gettext("say to which transaction the line belongs"))
    group = groups.setdefault(name, _Group(line, cells))
    for key in ("date", "description", "source", "key"):
        if cells.get(key) and cells[key] != group.row.get(key):
            raise UserError(gettext("%(column)s is not that of line %(line)d") % {"column": key, "line": group.line})
    group.legs.append((line, _leg(cells)))


def _leg(cells: dict[str, str]) -> LegSpec:
    return LegSpec(
        cells["account"],
        exact(cells["amount"], "amount"),
        cells.get("commodity", ""),
        exact(cells["value"], "value") if cells.get("value") else None,
        cells.get("priced_in", ""),
        cells.get("fund", ""),
        cells.get("program", ""),
        cells.get("project", ""),
        cells.get("grant", ""),
    )


def _draft(resolver: Resolver, group: _Group, name: str) -> Draft:
    try:
        day = date.fromisoformat(group.row["date"]) if len(group.row["date"]) == 10 else None
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year < 2200:
        what = gettext("“%s” is not a day") % group.row["date"][:40]
        raise UserError(what, where="date", mend=gettext("write a day like 2026-01-31"))
    postings = resolver.postings([leg for _line, leg in group.legs])
    key = group.row.get("key") or None
    return Draft(day, group.row["description"], postings, source=group.row.get("source", ""), key=key)


def _at(problem: UserError, name: str, group: _Group) -> UserError:
    """A fault with the line of the file that it is about."""
    parts = problem.where.split(".")
    line = group.line
    if "legs" in parts[:-1]:
        place = parts[parts.index("legs") + 1]
        line = group.legs[int(place)][0] if place.isdigit() else line
    return type(problem)(problem.what, f"{name}:{line}", problem.mend)


def _named(groups: list[_Group], problem: UserError) -> _Group:
    """The transaction that a fault is about, whose place among several its ``where`` begins with."""
    first = problem.where.partition(".")[0]
    return groups[int(first)] if first.isdigit() and int(first) < len(groups) else groups[0]


def _all(problems: list[UserError]) -> UserError:
    told = sorted(problems, key=lambda problem: _line_of(problem.where))[:MOST_TOLD]
    first = told[0]
    return type(first)(first.what, first.where, first.mend, told if len(told) > 1 else ())


def _line_of(where: str) -> int:
    number = where.rpartition(":")[2]
    return int(number) if number.isdigit() else 0
