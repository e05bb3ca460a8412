"""Reads a list of members: CSV, YAML, or a landscape file. Every fault at once, each with its line and mend."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from quorate.kernel import yamlfile
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.schemas import plain, together
from quorate.kernel.yamlfile import Key, YamlDoc
from quorate.registers.membership.rules.charter import AnnexProject
from quorate.registers.membership.rules.landscape import landscape_members
from quorate.registers.membership.rules.members import Company, Grant, Holder, Member, Roll
from quorate.registers.membership.rules.reading import read_text

#: What a column may be called beside its own name.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "organisation": ("organisation", "organization", "member", "name", "company"),
    "tier": ("tier", "level", "class", "membership"),
    "headcount": ("headcount", "employees", "heads"),
    "consolidated": ("consolidated", "consolidated_headcount"),
    "joined": ("joined", "from", "start"),
    "left": ("left", "until", "end"),
    "revenue": ("revenue",),
    "kind": ("kind",),
    "related": ("related", "controlled_by"),
    "overlays": ("overlays", "overlay"),
    "exceptions": ("exceptions", "exception"),
    "overdue_since": ("overdue_since", "overdue"),
    "suspended_since": ("suspended_since", "suspended"),
    "absent": ("absent",),
    "parent_member": ("parent_member",),
}
_NAMES = {alias: name for name, aliases in COLUMNS.items() for alias in aliases}
_UNSAID = ("", "unknown", "-", "n/a")
_WHOLE = re.compile(r"^\d{1,9}$")


def load(path: Path) -> Roll:
    """Read a list of members from a file."""
    return parse(read_text(path), str(path))


def parse(text: str, name: str = "members.yaml") -> Roll:
    """Read a list of members from its text: CSV when the name says so, else YAML."""
    return _Csv(text, name).roll() if name.lower().endswith((".csv", ".tsv")) else _Yaml(text, name).roll()


class _Reader:
    """What CSV and YAML share: values that a list may hold, and the faults found in them."""

    def __init__(self) -> None:
        self.problems: list[UserError] = []
        self.warnings: dict[str, None] = {}

    def fault(self, what: str, where: str, mend: str = "") -> None:
        self.problems.append(UserError(what, where=where, mend=mend))

    def value(self, key: str, read: Callable[[str], Any], value: Any, where: str, wanted: str) -> Any:
        """A value by its reader, ``None`` for what is not said; a fault for anything else."""
        text = str(value).strip() if value is not None else ""
        if text.lower() in _UNSAID or isinstance(value, (dict, list)):
            if isinstance(value, (dict, list)):
                self.fault(gettext("“%s” is no single value") % key, where, wanted)
            return None
        try:
            return read(text)
        except (ValueError, InvalidOperation):
            self.fault(
                gettext("“%(value)s” cannot stand for “%(key)s”") % {"value": text[:60], "key": key}, where, wanted
            )
            return None

    def member(self, row: Mapping[str, Any], where: Callable[[str], str]) -> Member | None:
        name = str(row.get("organisation") or "").strip()
        tier = str(row.get("tier") or "").strip()
        for key, said in (("organisation", name), ("tier", tier)):
            if not said:
                self.fault(
                    gettext("“%s” is missing here") % key, where(key), gettext("say who is a member, and in which tier")
                )
        if len(name) > 200:
            self.fault(gettext("the name is longer than 200 characters"), where("organisation"))
        a_day = gettext("write a day like 2026-01-31")
        a_number = gettext("write a whole number, or leave it empty")

        def of(key: str, read: Callable[[str], Any], wanted: str) -> Any:
            return self.value(key, read, row.get(key), where(key), wanted)

        joined, left = of("joined", date.fromisoformat, a_day), of("left", date.fromisoformat, a_day)
        if joined is not None and left is not None and left <= joined:
            self.fault(gettext("%s leaves before it joins") % name, where("left"), gettext("give a later day"))
            return None
        if not name or not tier:
            return None
        return Member(
            organisation=name,
            tier=tier,
            joined=joined,
            left=left,
            headcount=of("headcount", _whole, a_number),
            consolidated=of("consolidated", _whole, a_number),
            revenue=of("revenue", _amount, gettext("write an amount like 1250000.00, without a currency")),
            kind=str(row.get("kind") or ""),
            related=self.names(row.get("related")),
            overlays=self.names(row.get("overlays")),
            exceptions=self.grants(row.get("exceptions"), where("exceptions")),
            overdue_since=of("overdue_since", date.fromisoformat, a_day),
            suspended_since=of("suspended_since", date.fromisoformat, a_day),
            absent=self.absences(row.get("absent"), where("absent")),
            parent_member=of("parent_member", _flag, gettext("write yes or no")),
            where=where("organisation"),
        )

    def names(self, value: Any) -> tuple[str, ...]:
        """Names: a list, or text with semicolons between; of ``{organisation, …}`` the name."""
        if isinstance(value, list):
            found = [str(v.get("organisation", "")) if isinstance(v, dict) else str(v) for v in value]
        else:
            found = str(value or "").split(";")
        return tuple(text.strip() for text in found if text.strip())

    def grants(self, value: Any, where: str) -> tuple[Grant, ...]:
        found = []
        a_day = gettext("write a day like 2026-01-31")
        for each in value if isinstance(value, list) else self.names(value):
            if isinstance(each, dict):
                start, until = (self.value(k, date.fromisoformat, each.get(k), where, a_day) for k in ("from", "until"))
                found.append(Grant(str(each.get("name", "")), start, until, str(each.get("approved_by", ""))))
            else:
                found.append(Grant(str(each)))
        return tuple(found)

    def absences(self, value: Any, where: str) -> dict[str, int]:
        """Meetings missed in a row by body: a map, or ``board=2;council=1``."""
        if isinstance(value, dict):
            pairs = [(str(body), n) for body, n in value.items()]
        else:
            pairs = [(a.strip(), b) for a, _eq, b in (part.partition("=") for part in self.names(value))]
        wanted = gettext("write it like governing-board=2")
        return {body: self.value("absent", _whole, n, where, wanted) or 0 for body, n in pairs}

    def column(self, name: str, where: str) -> str:
        """The name of a column as it is known here; a warning for one that is not read."""
        plain_name = name.strip().lower().replace(" ", "_").replace("-", "_")
        known = _NAMES.get(plain_name, "")
        if not known and plain_name not in ("dates", "note", "notes"):
            self.warnings[gettext("%(where)s: “%(name)s” is not read") % {"where": where, "name": name}] = None
        return known

    def close(self, members: list[Member], **more: Any) -> Roll:
        seen: dict[tuple[str, str], list[Member]] = {}
        for member in members:
            for other in seen.setdefault((member.key, member.tier.casefold()), []):
                if (other.left is None or member.joined is None or member.joined < other.left) and (
                    member.left is None or other.joined is None or other.joined < member.left
                ):
                    self.fault(
                        gettext("%(name)s is listed twice in %(tier)s, first at %(where)s")
                        % {"name": member.organisation, "tier": member.tier, "where": other.where.rpartition("/")[2]},
                        member.where,
                        gettext("keep one of the two, or give them days that do not overlap"),
                    )
            seen[member.key, member.tier.casefold()].append(member)
        if self.problems:
            raise together(self.problems)
        return Roll(tuple(members), warnings=tuple(self.warnings), **more)


class _Csv(_Reader):
    def __init__(self, text: str, name: str, needed: Sequence[str] = ("organisation", "tier")) -> None:
        super().__init__()
        self.text, self.name, self.needed = text, name, needed

    def roll(self) -> Roll:
        members: list[Member] = []
        columns: dict[str, str] | None = None
        for row, where in self.table():
            if columns is None:
                columns = self.heads(list(row))
            said = {columns[head]: cell for head, cell in row.items() if columns[head]}
            found = self.member(said, lambda _key, where=where: where)  # type: ignore[misc]  # bound early
            if found is not None:
                members.append(found)
        return self.close(members)

    def table(self) -> Iterable[tuple[Mapping[str, Any], str]]:
        """Every row under the headings as they stand. Notes rows of another length as faults."""
        first = next((line for line in self.text.splitlines() if line.strip()), "")
        comma = max((",", ";", "\t"), key=first.count)
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=comma, strict=True)
        heads: list[str] | None = None
        try:
            for cells in reader:
                where = f"{self.name}:{reader.line_num}"
                if not any(cell.strip() for cell in cells):
                    continue
                if heads is None:
                    heads = cells
                    self.heads(cells)
                elif len(cells) != len(heads):
                    self.fault(
                        gettext("there are %(n)d cells under %(heads)d headings")
                        % {"n": len(cells), "heads": len(heads)},
                        where,
                        gettext("put text that holds a separator in double quotes"),
                    )
                else:
                    yield dict(zip(heads, cells, strict=True)), where
        except csv.Error as error:
            raise UserError(
                gettext("this is not CSV: %s") % error,
                where=f"{self.name}:{reader.line_num}",
                mend=gettext("mend the quotes on this line"),
            ) from error
        if heads is None:
            raise UserError(
                gettext("the file is empty"),
                where=f"{self.name}:1",
                mend=gettext("begin with the headings organisation,tier,headcount,joined,left"),
            )

    def heads(self, cells: list[str]) -> dict[str, str]:
        """What each heading means here. ``UserError`` when who and which tier is not told by exactly one."""
        where = f"{self.name}:1"
        found = {cell: self.column(cell, where) for cell in cells}
        for key in self.needed:
            n = sum(self.column(cell, where) == key for cell in cells)
            if n != 1:
                what = gettext("“%s” stands in two columns") if n else gettext("there is no column “%s”")
                raise UserError(
                    what % key,
                    where=where,
                    mend=gettext("begin with the headings organisation,tier,headcount,joined,left"),
                )
        return found


class _Yaml(_Reader):
    def __init__(self, text: str, name: str) -> None:
        super().__init__()
        self.doc: YamlDoc = plain(yamlfile.load(text, name=name))
        self.name = name

    def roll(self) -> Roll:
        data = self.doc.data
        if isinstance(data, dict) and ("landscape" in data or "categories" in data):
            return self.close(list(landscape_members(self.doc)))
        top: dict[str, Any] = data if isinstance(data, dict) else {"members": data}
        base: tuple[Key, ...] = ("members",) if isinstance(data, dict) else ()
        rows = top.get("members")
        if not isinstance(rows, list):
            raise self.doc.error(
                gettext("there is no list of members"), mend=gettext("write members: and a list, or a list alone")
            )
        for key in top:
            if key not in ("members", "organisations", "projects", "holders"):
                self.warnings[
                    gettext("%(where)s: “%(name)s” is not read") % {"where": self.doc.where(key), "name": key}
                ] = None
        members = [found for n, row in enumerate(rows) if (found := self.row(row, (*base, n))) is not None]
        return self.close(
            members,
            companies=tuple(self.companies(top.get("organisations"))),
            projects=tuple(self.projects(top.get("projects"), ("projects",))),
            holders=tuple(self.holders(top.get("holders"))),
        )

    def row(self, row: Any, path: tuple[Key, ...]) -> Member | None:
        if not isinstance(row, dict):
            self.fault(gettext("this is no member"), self.doc.where(*path), gettext("write {organisation: …, tier: …}"))
            return None
        named: dict[str, Any] = {}
        places: dict[str, str] = {}
        for key, value in row.items():
            known = self.column(key, self.doc.where(*path, key))
            if known:
                named[known], places[known] = value, self.doc.where(*path, key)
        return self.member(named, lambda key: places.get(key, self.doc.where(*path)))

    def listed(self, rows: Any, key: str) -> Iterable[tuple[int, Mapping[str, Any]]]:
        if rows is None:
            return
        if not isinstance(rows, list):
            self.fault(gettext("“%s” is no list") % key, self.doc.where(key), gettext("write each item after a dash"))
            return
        for n, row in enumerate(rows):
            if isinstance(row, str):
                yield n, {"name": row}
            elif isinstance(row, dict):
                yield n, row
            else:
                self.fault(gettext("this is no item of “%s”") % key, self.doc.where(key, n))

    def companies(self, rows: Any) -> Iterable[Company]:
        for n, row in self.listed(rows, "organisations"):
            name = str(row.get("name") or row.get("organisation") or row.get("slug") or "").strip()
            if not name:
                self.fault(gettext("“%s” is missing here") % "name", self.doc.where("organisations", n))
                continue
            where = self.doc.where("organisations", n, "headcount")
            heads = self.value(
                "headcount", _whole, row.get("headcount"), where, gettext("write a whole number, or leave it empty")
            )
            yield Company(name, heads, self.names(row.get("related", row.get("controlled_by"))))

    def projects(self, rows: Any, path: tuple[Key, ...]) -> Iterable[AnnexProject]:
        a_day = gettext("write a day like 2026-01-31")
        for n, row in self.listed(rows, str(path[-1])):
            name = str(row.get("name") or row.get("project") or row.get("slug") or "").strip()
            if not name:
                self.fault(gettext("“%s” is missing here") % "name", self.doc.where(*path, n))
                continue
            periods = row["status"] if isinstance(row.get("status"), list) else [row]
            for period in periods:
                status = period.get("status", "hosted") if isinstance(period, dict) else str(period)
                said = period if isinstance(period, dict) else {}
                start, until = (
                    self.value(key, date.fromisoformat, said.get(key), self.doc.where(*path, n), a_day)
                    for key in ("from", "until")
                )
                yield AnnexProject(name, str(status), start, until)

    def holders(self, rows: Any) -> Iterable[Holder]:
        for n, row in self.listed(rows, "holders"):
            rule = str(row.get("rule") or row.get("name") or "").strip()
            if not rule:
                self.fault(gettext("“%s” is missing here") % "rule", self.doc.where("holders", n))
                continue
            yield Holder(rule, str(row.get("organisation") or ""), str(row.get("body") or ""))


def load_projects(path: Path) -> tuple[AnnexProject, ...]:
    """Read projects with their status from a file: a list, or a map with ``projects``. Like ``projects.yml``."""
    text = read_text(path)
    reader = _Yaml(text, str(path))
    data = reader.doc.data
    rows, base = (data.get("projects"), ("projects",)) if isinstance(data, dict) else (data, ())
    if not isinstance(rows, list):
        raise reader.doc.error(gettext("there is no list of projects"), mend=gettext("write each project after a dash"))
    holder = _Yaml("projects: []", str(path))
    holder.doc = YamlDoc(
        {"projects": rows}, str(path), {("projects", *k[len(base) :]): v for k, v in reader.doc.lines.items()}
    )
    found = tuple(holder.projects(rows, ("projects",)))
    if holder.problems:
        raise together(holder.problems)
    return found


def rows_of(text: str, name: str) -> list[tuple[Mapping[str, Any], str]]:
    """The rows of a CSV under its own headings, each with its ``file:line``. ``UserError`` where it is no table."""
    reader = _Csv(text, name, ("organisation",))
    found = list(reader.table())
    if reader.problems:
        raise together(reader.problems)
    return found


def _whole(text: str) -> int:
    compact = text.replace(" ", "").replace("_", "")
    if not _WHOLE.match(compact):
        raise ValueError(text)
    return int(compact)


def _amount(text: str) -> Decimal:
    if not re.match(r"^\d{1,15}(\.\d{1,4})?$", text):
        raise ValueError(text)
    return Decimal(text)


def _flag(text: str) -> bool:
    known = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    if text.lower() not in known:
        raise ValueError(text)
    return known[text.lower()]
