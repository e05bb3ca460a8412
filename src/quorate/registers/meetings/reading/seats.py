"""The roll of printed minutes by seat: which seat each representative has, and which alternate stands in for whom.

A seat is named by what is printed: "Ray Project Representative" is the project's seat, "Gold Member Representative"
the seat of a class of members, and everything else the seat of the affiliation in brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quorate.kernel.i18n import gettext
from quorate.registers.meetings.quorum import Presence, Standing, standings
from quorate.registers.meetings.reading.document import Attendee, Document

_PROJECT = re.compile(r"^(?P<name>.+?)\s+project(?:\s+(?:alternate\s+)?representative)?$", re.I)
_CLASS = re.compile(r"^(?P<name>.+?\bmembers?)(?:'s?)?\s+(?:alternate\s+)?representative$", re.I)


@dataclass(frozen=True, slots=True)
class Key:
    """What a printed line says of its seat: of a project, of a class of members or of an organisation."""

    kind: str
    name: str

    @property
    def label(self) -> str:
        return gettext("%s project") % self.name if self.kind == "project" else self.name


@dataclass(frozen=True)
class PrintedSeat:
    """A seat with its printed representative and at most one printed alternate."""

    number: int
    key: Key
    representative: Attendee
    alternate: Attendee | None = None

    @property
    def label(self) -> str:
        return self.key.label or self.representative.name


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a reader should look at: where it stands, what it is, how to mend it."""

    line: int
    what: str
    mend: str = ""


@dataclass(frozen=True)
class PrintedRoll:
    """Every seat with who spoke for it, and what could not be matched."""

    seats: list[PrintedSeat]
    standings: list[Standing[int]]
    remarks: list[Remark]


def key_of(attendee: Attendee) -> Key:
    """The seat that a printed line belongs to."""
    project = _PROJECT.match(attendee.title)
    if project:
        return Key("project", project["name"])
    class_ = _CLASS.match(attendee.title)
    if class_:
        return Key("class", class_["name"])
    return Key("organisation", attendee.affiliation)


def parts(name: str) -> frozenset[str]:
    """The names in a printed one, made equal to one another: ``Red Hat/IBM`` has two."""
    found = (re.sub(r"[\W_]+", " ", part.casefold()).strip() for part in re.split(r"/|\s+&\s+", name))
    return frozenset(re.sub(r"\s+(inc|llc|ltd|gmbh|corp|corporation|co)$", "", part) for part in found if part)


def same(one: str, other: str) -> bool:
    """Whether two printed names mean one organisation or project."""
    return bool(parts(one) & parts(other)) or parts(one) == parts(other)


def read_roll(document: Document) -> PrintedRoll:
    """Match the alternates to seats and find who speaks for each."""
    remarks: list[Remark] = []
    keys = [key_of(attendee) for attendee in document.representatives]
    taken: dict[int, Attendee] = {}
    for alternate in document.alternates:
        number = _seat_of(alternate, keys, document.representatives, remarks)
        if number is None:
            continue
        if number in taken:
            what = gettext("“%(name)s” is a second alternate of the seat %(seat)s, beside “%(first)s”; a seat has one")
            words = {"name": alternate.name, "seat": keys[number].label, "first": taken[number].name}
            remarks.append(Remark(alternate.line, what % words, gettext("say which of the two is the alternate")))
            continue
        taken[number] = alternate
    seats = [
        PrintedSeat(number, key, attendee, taken.get(number))
        for number, (key, attendee) in enumerate(zip(keys, document.representatives, strict=True))
    ]
    remarks += _shared_names(seats)
    return PrintedRoll(seats, standings(range(len(seats)), list(_presences(seats))), remarks)


def _presences(seats: Iterable[PrintedSeat]) -> Iterable[Presence[int]]:
    for seat in seats:
        if seat.representative.present:
            yield Presence(seat.number, "representative")
        if seat.alternate is not None and seat.alternate.present:
            yield Presence(seat.number, "alternate")


def _seat_of(
    alternate: Attendee, keys: Sequence[Key], representatives: Sequence[Attendee], remarks: list[Remark]
) -> int | None:
    wanted = key_of(alternate)
    among = [number for number, key in enumerate(keys) if key.kind == wanted.kind]
    exact = [number for number in among if keys[number].name.casefold() == wanted.name.casefold()]
    found = exact or [number for number in among if same(keys[number].name, wanted.name)]
    found = found or [number for number in among if _begins(keys[number].name, wanted.name)]
    if not found and wanted.kind == "organisation" and wanted.name:
        found = [
            n for n, who in enumerate(representatives) if keys[n].kind == "class" and who.affiliation == wanted.name
        ]
    if len(found) == 1:
        number = found[0]
        if not exact:
            what = gettext("the alternate “%(name)s” is printed for %(one)s, the seat for %(other)s")
            words = {"name": alternate.name, "one": wanted.name, "other": keys[number].name}
            remarks.append(Remark(alternate.line, what % words, gettext("print one name for one seat")))
        return number
    if found:
        names = ", ".join(representatives[number].name for number in found)
        what = gettext("“%(name)s” could stand in for %(count)s seats (%(names)s), so for none")
        words = {"name": alternate.name, "count": str(len(found)), "names": names}
    else:
        what = gettext("no seat is printed for the alternate “%(name)s” (%(seat)s), so they stand in for nobody")
        words = {"name": alternate.name, "seat": wanted.label or gettext("no affiliation")}
    remarks.append(Remark(alternate.line, what % words, gettext("print the seat beside the alternate")))
    return None


def _begins(one: str, other: str) -> bool:
    """Whether one printed name begins the other word by word: ``Meridian`` and ``Meridian Cloud``."""
    pairs = ((a.split(), b.split()) for a in parts(one) for b in parts(other))
    return any(a[: len(b)] == b or b[: len(a)] == a for a, b in pairs)


def _shared_names(seats: Sequence[PrintedSeat]) -> Iterable[Remark]:
    """Seats that cannot be told apart, and seats printed under two names."""
    organisations = [seat for seat in seats if seat.key.kind == "organisation"]
    for seat in organisations:
        if not seat.key.name:
            what = gettext("no affiliation is printed for “%s”, so the seat has only their name")
            yield Remark(seat.representative.line, what % seat.representative.name, gettext("print (Affiliation)"))
        elif "/" in seat.key.name:
            what = gettext("the seat of “%(name)s” is printed as “%(seat)s”: two names for one seat")
            words = {"name": seat.representative.name, "seat": seat.key.name}
            yield Remark(seat.representative.line, what % words, gettext("print the name that the roster has"))
    for position, seat in enumerate(seats):
        twin = next((each for each in seats[:position] if each.key == seat.key and each.key.name), None)
        if twin is not None:
            what = gettext("“%(one)s” and “%(other)s” are both printed for %(seat)s; they count as two seats")
            words = {"one": twin.representative.name, "other": seat.representative.name, "seat": seat.label}
            yield Remark(seat.representative.line, what % words, gettext("print which seat each of them has"))
