"""Where two sources say different things of one roster; nothing is changed by asking.

A source is the database as of a day, or a file: CSV with a heading (seat, representative, alternate,
affiliation), a body's YAML, or Markdown such as minutes (a table, or lines ``- [x] Name (Affiliation), alternate
Other Name``).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from quorate.directory.rules import plain_name
from quorate.kernel import yamlfile
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.terms.queries import Place

#: From this likeness on (of 1), two names that share no more are taken for two spellings of one.
ALIKE = 0.84
LARGEST = 1_000_000
_HEADINGS = {
    "seat": "seat", "title": "seat", "slug": "seat", "representative": "holder", "holder": "holder", "name": "holder",
    "held by": "holder", "voting representative": "holder", "person": "holder", "alternate": "alternate",
    "affiliation": "affiliation", "organisation": "affiliation", "organization": "affiliation",
    "company": "affiliation", "of": "affiliation",
}  # fmt: skip
_ITEM = re.compile(r"^\s*[-*+]\s+(?:\[[ xX]\]\s*)?(?P<rest>\S.*)$")
_SPOKEN = re.compile(
    r"^(?P<name>[^(),;|–—:]+?)\s*(?:\((?P<paren>[^)]*)\)|[,–—|:]\s*(?P<comma>[^,;(]+))?"
    r"\s*(?:[,;(]?\s*alternate:?\s+(?P<alternate>[^(),;]+)\)?)?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Line:
    """What a source says of one seat; what it does not say is empty."""

    seat: str
    holder: str = ""
    alternate: str = ""
    affiliation: str = ""


@dataclass(frozen=True)
class Difference:
    """Two sources disagree about a seat. ``kind`` is stable; ``words`` explain it to people."""

    kind: str
    seat: str
    ours: str
    theirs: str
    words: str


def from_places(places: Iterable[Place], affiliations: Mapping[Any, str]) -> list[Line]:
    """What the database says: ``affiliations`` are the employers of people by id, in words."""
    found = []
    for place in places:
        holder, alternate = place.representative, place.alternate
        of = place.seat.organisation.name if place.seat.organisation else ""
        found.append(
            Line(
                place.seat.title,
                holder.person.name if holder else "",
                alternate.person.name if alternate else "",
                (affiliations.get(holder.person_id, "") if holder else "") or of,
            )
        )
    return found


def read(name: str, text: str, people: Mapping[str, str] | None = None) -> list[Line]:
    """The lines of a file, by the end of its name. ``people`` maps slugs of a YAML file to names. ``UserError``."""
    if len(text) > LARGEST:
        raise UserError(gettext("the file is too large"), where=name, mend=gettext("give the roster alone"))
    if name.endswith((".yml", ".yaml")):
        found = _yaml(name, text, people or {})
    elif name.endswith(".csv"):
        found = _table(list(csv.reader(io.StringIO(text))))
    else:
        found = _markdown(text)
    if not found:
        raise UserError(
            gettext("no seat was found in it"),
            where=name,
            mend=gettext(
                "give CSV with a heading (seat, representative, alternate), a body's YAML, or a Markdown list"
            ),
        )
    return found


def compare(ours: Sequence[Line], theirs: Sequence[Line]) -> list[Difference]:
    """Every disagreement, seat by seat in our order, then what only they have."""
    pairs, extra = _pair(ours, theirs)
    found: list[Difference] = []
    for our, their in pairs:
        if their is None:
            found.append(_said("seat-missing", our, our.holder, "", gettext("the other source has no such seat")))
            continue
        found += _people("holder", our, our.holder, their.holder)
        found += _people("alternate", our, our.alternate, their.alternate)
        if our.affiliation and their.affiliation and not _same_firm(our.affiliation, their.affiliation):
            words = gettext("the affiliation differs")
            found.append(_said("affiliation-differs", our, our.affiliation, their.affiliation, words))
    for their in extra:
        found.append(_said("seat-missing", their, "", their.holder, gettext("only the other source has this seat")))
    return found


def spelling(one: str, other: str) -> str:
    """Why two different spellings seem to be one person, in words; empty when they do not."""
    first, second = plain_name(one), plain_name(other)
    if first == second:
        return gettext("they differ in accents, case or punctuation only")
    a, b = first.split(), second.split()
    if not a or not b:
        return ""
    if sorted(a) == sorted(b):
        return gettext("the same words in another order")
    short, long = sorted((a, b), key=len)
    if len(short) > 1 and set(short) <= set(long):
        return gettext("one leaves out a part of the name")
    if len(a) == len(b) and a[-1] == b[-1] and a[0][0] == b[0][0] and 1 in (len(a[0]), len(b[0])):
        return gettext("one gives an initial only")
    alike = SequenceMatcher(None, first, second).ratio()
    if alike >= ALIKE and any(x == y for x in a for y in b):
        return gettext("%d of 100 letters agree") % int(alike * 100)
    return ""


def _people(what: str, line: Line, ours: str, theirs: str) -> list[Difference]:
    if ours == theirs:
        return []
    if not theirs or not ours:
        words = gettext("only one source names somebody")
        return [_said(f"{what}-missing", line, ours, theirs, words)]
    why = spelling(ours, theirs)
    if why:
        return [_said("spelling", line, ours, theirs, gettext("probably one person: %s") % why)]
    return [_said(f"{what}-differs", line, ours, theirs, gettext("two people"))]


def _said(kind: str, line: Line, ours: str, theirs: str, words: str) -> Difference:
    return Difference(kind, line.seat or line.affiliation or line.holder, ours, theirs, words)


def _pair(ours: Sequence[Line], theirs: Sequence[Line]) -> tuple[list[tuple[Line, Line | None]], list[Line]]:
    """Each of our lines with theirs: by the seat's name, then the holder, then the affiliation."""
    left = list(theirs)
    found: dict[int, Line] = {}
    tests: tuple[Callable[[Line, Line], bool], ...] = (
        lambda a, b: bool(a.seat and b.seat) and plain_name(a.seat) == plain_name(b.seat),
        lambda a, b: bool(a.holder and b.holder) and plain_name(a.holder) == plain_name(b.holder),
        lambda a, b: bool(a.holder and b.holder) and bool(spelling(a.holder, b.holder)),
        lambda a, b: bool(a.affiliation and b.affiliation) and _same_firm(a.affiliation, b.affiliation),
    )
    for test in tests:
        for n, our in enumerate(ours):
            if n not in found:
                match = next((their for their in left if test(our, their)), None)
                if match is not None:
                    found[n] = match
                    left.remove(match)
    return [(our, found.get(n)) for n, our in enumerate(ours)], left


def _same_firm(one: str, other: str) -> bool:
    a, b = ({plain_name(part) for part in re.split(r"[,/]", text) if part.strip()} for text in (one, other))
    return one == other or bool(a & b)


def _yaml(name: str, text: str, people: Mapping[str, str]) -> list[Line]:
    data = yamlfile.load(text).data
    seats = data.get("seats") if isinstance(data, Mapping) else None
    found = []
    for seat in seats if isinstance(seats, Sequence) and not isinstance(seats, str) else ():
        if not isinstance(seat, Mapping):
            raise UserError(gettext("a seat is a map"), where=name)
        open_terms = [t for t in seat.get("terms") or () if isinstance(t, Mapping) and not t.get("until")]
        by_role = {str(t.get("role", "holder")): str(t.get("person", "")) for t in open_terms}
        holder = by_role.get("representative") or by_role.get("holder", "")
        alternate = by_role.get("alternate", "")
        names = [people.get(slug, slug.replace("-", " ").title()) for slug in (holder, alternate)]
        found.append(Line(str(seat.get("title") or seat.get("slug") or ""), *names))
    return found


def _table(rows: Sequence[Sequence[str]]) -> list[Line]:
    if not rows:
        return []
    heads = [_HEADINGS.get(cell.strip().casefold(), "") for cell in rows[0]]
    if "holder" not in heads:
        return []
    found = []
    for row in rows[1:]:
        said: dict[str, str] = {}
        for head, cell in zip(heads, row, strict=False):
            if head and cell.strip():
                said.setdefault(head, cell.strip())
        if said:
            found.append(Line(**{"seat": "", **said}))
    return found


def _markdown(text: str) -> list[Line]:
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in text.splitlines()
        if line.strip().startswith("|") and not re.fullmatch(r"[|:\-\s]+", line.strip())
    ]
    tabled = _table(rows)
    if tabled:
        return tabled
    found = []
    for line in text.splitlines():
        item = _ITEM.match(line)
        spoken = _SPOKEN.match(re.sub(r"[*_`]", "", item["rest"])) if item else None
        if spoken is not None:
            affiliation = (spoken["paren"] or spoken["comma"] or "").strip()
            found.append(Line("", spoken["name"].strip(), (spoken["alternate"] or "").strip(), affiliation))
    return found
