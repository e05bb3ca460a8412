"""Minutes in Markdown as plain values: the date, the lists of people under their headings, the sections and their lines.

What is read: a line with a date ("Minutes of the August 11, 2026 … Meeting"); headings, as Markdown headings or as a
line that is bold throughout; under a heading that speaks of attendance, list items such as
``- [x] Name - Title (Affiliation)``, whose box says whether the person came. All other headings are sections.
Nothing here touches a database or a clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext

MAX_BYTES = 2 * 2**20
MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]  # minutes are read in English; their words are not ours to translate
_MONTH = "|".join(MONTHS)
_DATES = (
    re.compile(rf"\b(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})\b", re.I),
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{_MONTH})\s+(?P<year>\d{{4}})\b", re.I),
    re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b"),
)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!~|>/])")
_HEADING = re.compile(r"^#{1,6}\s+(?P<text>.+?)\s*#*$")
_BOLD = re.compile(r"^\*\*(?P<text>[^*]+)\*\*:?$")
_ITEM = re.compile(r"^(?P<indent>\s*)[-*+]\s+(?P<text>\S.*)$")
_BOX = re.compile(r"^\[(?P<mark>[^\]]?)\]\s*(?P<text>.*)$")
_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]*)\)")
_QUORUM = (
    re.compile(r"(?P<n>\d+)\s+(?:seats?\s+|votes?\s+|members?\s+)?(?:is|are)\s+needed\s+for\s+(?:a\s+)?quorum", re.I),
    re.compile(r"quorum\s*(?:is|of|:|=)\s*(?P<n>\d+)", re.I),
)


@dataclass(frozen=True, slots=True)
class Attendee:
    """One line of an attendance list, as printed. ``present`` by its box; a list without boxes lists who came."""

    line: int
    name: str
    title: str
    affiliation: str
    present: bool
    boxed: bool


@dataclass(frozen=True, slots=True)
class Prose:
    """One line of text under a heading; ``depth`` counts the list levels around it, 0 for a paragraph."""

    line: int
    depth: int
    text: str


@dataclass(frozen=True)
class Passage:
    """A section of the minutes, from its heading to the next."""

    line: int
    title: str
    lines: list[Prose] = field(default_factory=list)


@dataclass(frozen=True)
class Document:
    """All that the file says."""

    date: date
    title: str
    representatives: list[Attendee]
    alternates: list[Attendee]
    leads: list[Attendee]
    staff: list[Attendee]
    others: list[Attendee]
    sections: list[Passage]
    opening: list[Prose]
    quorum: int | None
    recording: str

    def people(self) -> Iterator[Attendee]:
        """Everybody on a list."""
        for group in (self.representatives, self.alternates, self.leads, self.staff, self.others):
            yield from group


def read(text: str, name: str = "") -> Document:
    """Read minutes. ``UserError`` with ``file:line`` for what cannot be read; no part is guessed."""
    plain = [_ESCAPE.sub(r"\1", line.rstrip()) for line in text.splitlines()]
    found, where = _date(plain, name)
    groups: dict[str, list[Attendee]] = {
        key: [] for key in ("representatives", "alternates", "leads", "staff", "others")
    }
    seen: dict[str, int] = {}
    sections: list[Passage] = []
    opening: list[Prose] = []
    group = ""
    for number, line in enumerate(plain, 1):
        if not line.strip():
            continue
        heading = _heading(line)
        if heading is not None:
            kind = _group(heading)
            if kind and kind in seen and kind in ("representatives", "alternates"):
                raise _error(
                    name,
                    number,
                    gettext("a second list of %(kind)s; the first is at line %(line)d")
                    % {"kind": _words(kind), "line": seen[kind]},
                    gettext("put them all under one heading"),
                )
            if kind:
                group = kind
                seen.setdefault(kind, number)
            elif not _is_note(heading):
                group = ""
                if number > where:
                    sections.append(Passage(number, heading))
            continue
        if group:
            attendee = _attendee(line, number, name, group)
            if attendee is not None:
                groups[group].append(attendee)
            continue
        prose = _prose(line, number)
        (sections[-1].lines if sections and number > sections[-1].line else opening).append(prose)
    _check(groups, seen, name)
    return Document(
        date=found,
        title=_plain(plain[where - 1]),
        quorum=_quorum(plain),
        recording=_recording(plain),
        sections=[passage for passage in sections if passage.lines],
        opening=[prose for prose in opening if prose.line != where],
        **groups,
    )


def _date(lines: list[str], name: str) -> tuple[date, int]:
    """The first date of the file, and its line; a line that says it is about minutes or a meeting goes first."""
    ordered = sorted(enumerate(lines, 1), key=lambda each: not re.search(r"\b(minutes|meeting)\b", each[1], re.I))
    for number, line in ordered:
        for pattern in _DATES:
            match = pattern.search(line)
            if match is None:
                continue
            month = match["month"].lower()
            try:
                month_number = int(month) if month.isdigit() else MONTHS.index(month) + 1
                return date(int(match["year"]), month_number, int(match["day"])), number
            except ValueError:
                raise _error(
                    name, number, gettext("“%s” is no date") % match[0], gettext("write it as in 2026-08-11")
                ) from None
    raise UserError(
        gettext("the minutes do not say of which day they are"),
        name,
        gettext("write the date in the title: Minutes of the August 11, 2026 … Meeting"),
    )


def _heading(line: str) -> str | None:
    text = line.strip()
    match = _HEADING.match(text) or _BOLD.match(text)
    return match["text"].strip().rstrip(":") if match else None


def _is_note(heading: str) -> bool:
    """A bold line in brackets adds to the heading above it."""
    return heading.startswith("(") and heading.endswith(")")


def _group(heading: str) -> str:
    """Which attendance list a heading opens; empty for any other heading."""
    words = heading.casefold()
    attended = re.search(r"\battend(?:ed|ees|ance|ing)?\b|\bpresent\b", words) is not None
    if re.search(r"\balternates?\b", words) and (
        attended or "representative" in words or words.startswith("alternate")
    ):
        return "alternates"
    if re.search(r"\bvoting\s+(?:representatives|members|seats)\b", words) and "list" not in words:
        return "representatives"
    if not attended:
        return ""
    if re.search(r"\brepresentatives\b|\bmembers\b", words):
        return "representatives"
    if re.search(r"\bleads?\b|\bchairs?\b", words):
        return "leads"
    if re.search(r"\bpersonnel\b|\bstaff\b", words):
        return "staff"
    return "others"


def _attendee(line: str, number: int, name: str, group: str) -> Attendee | None:
    item = _ITEM.match(line)
    if item is None:
        return None
    text, boxed, present = item["text"], False, True
    box = _BOX.match(text)
    if box is not None and _LINK.match(text) is None:
        if box["mark"] not in ("x", "X", " "):
            raise _error(
                name,
                number,
                gettext("the box [%s] is neither ticked nor empty") % box["mark"],
                gettext("write [x] for present and [ ] for absent"),
            )
        text, boxed, present = box["text"], True, box["mark"] in ("x", "X")
    if group in ("representatives", "alternates") and not boxed:
        raise _error(
            name,
            number,
            gettext("this line of the roll has no box, so nobody can tell whether they came"),
            gettext("write - [x] for present and - [ ] for absent"),
        )
    return _person(_plain(text), number, name, present=present, boxed=boxed)


def _person(text: str, number: int, name: str, *, present: bool, boxed: bool) -> Attendee:
    affiliation = ""
    bracket = re.search(r"\(([^()]*)\)\s*$", text)
    if bracket:
        affiliation, text = bracket[1].strip(), text[: bracket.start()].strip()
    elif text.count("(") != text.count(")"):
        raise _error(name, number, gettext("a bracket is not closed"), gettext("write Name - Title (Affiliation)"))
    parts = re.split(r"\s+[-–—]\s+|,\s+", text, maxsplit=1)
    who = parts[0].strip()
    if not who:
        raise _error(name, number, gettext("nobody is named here"), gettext("write Name - Title (Affiliation)"))
    return Attendee(number, who, parts[1].strip() if len(parts) > 1 else "", affiliation, present, boxed)


def _prose(line: str, number: int) -> Prose:
    item = _ITEM.match(line)
    if item is None:
        return Prose(number, 0, _plain(line.strip()))
    return Prose(number, len(item["indent"].expandtabs(4)) // 2 + 1, _plain(item["text"]))


def _plain(text: str) -> str:
    """Words without the marks of Markdown."""
    text = _LINK.sub(r"\1", text)
    return re.sub(r"\*\*|__|`", "", text).strip(" #\t")


def _quorum(lines: list[str]) -> int | None:
    for line in lines:
        for pattern in _QUORUM:
            match = pattern.search(line)
            if match:
                return int(match["n"])
    return None


def _recording(lines: list[str]) -> str:
    for line in lines:
        link = _LINK.search(line)
        if link and "record" in line.casefold():
            return link[2]
    return ""


def _check(groups: dict[str, list[Attendee]], seen: dict[str, int], name: str) -> None:
    if "representatives" not in seen:
        raise UserError(
            gettext("the minutes have no list of voting representatives"),
            name,
            gettext("put them under a heading such as **The following voting representatives attended the meeting:**"),
        )
    if not groups["representatives"]:
        raise _error(
            name,
            seen["representatives"],
            gettext("nobody is listed under this heading"),
            gettext("list each seat: - [x] Name - Title (Affiliation)"),
        )
    twice: dict[tuple[str, str, str], int] = {}
    for attendee in (*groups["representatives"], *groups["alternates"]):
        key = (attendee.name.casefold(), attendee.title.casefold(), attendee.affiliation.casefold())
        if key in twice:
            raise _error(
                name,
                attendee.line,
                gettext("“%(name)s” stands on the roll twice; the first time at line %(line)d")
                % {"name": attendee.name, "line": twice[key]},
                gettext("leave one of the two"),
            )
        twice[key] = attendee.line


def _words(kind: str) -> str:
    return gettext("alternates") if kind == "alternates" else gettext("voting representatives")


def _error(name: str, line: int, what: str, mend: str) -> UserError:
    return UserError(what, f"{name}:{line}" if name else gettext("line %d") % line, mend)
