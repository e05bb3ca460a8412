"""Printed minutes held against a body's roster on that day: whose seat is which, and where the two disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from quorate.kernel.i18n import gettext
from quorate.registers.meetings.reading.document import Attendee
from quorate.registers.meetings.reading.seats import PrintedRoll, PrintedSeat, Remark, parts, same


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a seat or stands in for it."""

    person: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Rostered:
    """A seat of the roster: the names it may be printed under, and who held it that day."""

    seat: UUID
    title: str
    organisation: str
    names: tuple[str, ...]
    project: str
    seat_class: str
    chair: bool
    representative: Holder | None
    alternate: Holder | None


@dataclass(frozen=True)
class Matched:
    """A printed seat with the seat of the roster that it is, if one was found, and the people who were recognised."""

    printed: PrintedSeat
    rostered: Rostered | None
    representative: UUID | None = None
    alternate: UUID | None = None


def compare(printed: PrintedRoll, roster: Sequence[Rostered]) -> tuple[list[Matched], list[Remark]]:
    """Match every printed seat to at most one seat of the roster, and say what differs."""
    free = list(roster)
    remarks: list[Remark] = []
    matched: list[Matched] = []
    for seat in printed.seats:
        found = _match(seat, free)
        if found is None:
            what = gettext("the printed seat %(seat)s of “%(name)s” is not on the roster")
            words = {"seat": seat.label, "name": seat.representative.name}
            remarks.append(Remark(seat.representative.line, what % words, gettext("correct the roster or the minutes")))
            matched.append(Matched(seat, None))
            continue
        free.remove(found)
        remarks += _differences(seat, found)
        matched.append(
            Matched(
                seat,
                found,
                _recognised(seat.representative, found.representative, found.alternate),
                _recognised(seat.alternate, found.alternate, found.representative) if seat.alternate else None,
            )
        )
    for left in free:
        what = gettext("the roster has the seat %s, which the minutes do not print") % left.title
        remarks.append(Remark(0, what, gettext("correct the roster or the minutes")))
    return matched, remarks


def _match(seat: PrintedSeat, roster: Sequence[Rostered]) -> Rostered | None:
    """The best seat: of the same project, class or organisation; else the one whose holder has the printed name."""
    key = seat.key
    if key.kind == "project":
        fits = [each for each in roster if each.project and same(each.project.replace("-", " "), key.name)]
        fits = fits or [each for each in roster if not each.organisation and _says(each.title, key.name)]
    elif key.kind == "class":
        first = key.name.split()[0].casefold()
        fits = [each for each in roster if first in each.seat_class.casefold() or first in each.title.casefold()]
    else:
        theirs = [each for each in roster if not each.project]
        fits = [each for each in theirs if any(name.casefold() == key.name.casefold() for name in each.names)]
        fits = fits or [each for each in theirs if any(same(name, key.name) for name in each.names)]
    held = [each for each in fits or roster if _holds(seat.representative.name, each)]
    if len(fits) == 1:
        return fits[0]
    return held[0] if len(held) == 1 else None


def _says(title: str, name: str) -> bool:
    return name.casefold() in title.casefold()


def _holds(name: str, seat: Rostered) -> bool:
    return seat.representative is not None and _same_person(seat.representative.name, name)


def _same_person(one: str, other: str) -> bool:
    return parts(one) == parts(other)


def _recognised(attendee: Attendee | None, *holders: Holder | None) -> UUID | None:
    if attendee is None:
        return None
    return next((each.person for each in holders if each is not None and _same_person(each.name, attendee.name)), None)


def _differences(seat: PrintedSeat, found: Rostered) -> list[Remark]:
    line, remarks = seat.representative.line, []
    names = [name for name in found.names if name]
    if seat.key.kind == "organisation" and names and seat.key.name.casefold() not in {n.casefold() for n in names}:
        what = gettext("the minutes print “%(printed)s” for the seat that the roster has for “%(kept)s”")
        words = {"printed": seat.key.name, "kept": found.organisation or found.title}
        remarks.append(Remark(line, what % words, gettext("use one name, or record the other as an alias")))
    remarks += _person_differs(seat.representative, found.representative, gettext("representative"), seat.label)
    if seat.alternate is not None:
        remarks += _person_differs(seat.alternate, found.alternate, gettext("alternate"), seat.label)
    elif found.alternate is not None:
        what = gettext("the roster has an alternate for %(seat)s (“%(kept)s”), whom the minutes do not print")
        remarks.append(Remark(line, what % {"seat": seat.label, "kept": found.alternate.name}))
    chairs = "chair" in seat.representative.title.casefold() and not seat.representative.title.casefold().startswith(
        "vice"
    )
    own = "group" not in seat.representative.title.casefold() and "vice" not in seat.representative.title.casefold()
    if (chairs and own) != found.chair:
        what = (
            gettext("the minutes call the holder of %s chair; the roster does not")
            if not found.chair
            else gettext("the roster says that the seat %s chairs; the minutes do not")
        )
        remarks.append(Remark(line, what % seat.label))
    return remarks


def _person_differs(printed: Attendee, kept: Holder | None, role: str, seat: str) -> list[Remark]:
    if kept is not None and _same_person(kept.name, printed.name):
        return []
    words = {"role": role, "seat": seat, "printed": printed.name, "kept": kept.name if kept else ""}
    if kept is None:
        what = (
            gettext("the minutes print “%(printed)s” as %(role)s of %(seat)s; the roster has nobody that day") % words
        )
    else:
        what = (
            gettext("the minutes print “%(printed)s” as %(role)s of %(seat)s; the roster has “%(kept)s” that day")
            % words
        )
    return [Remark(printed.line, what, gettext("correct the term or the minutes"))]
