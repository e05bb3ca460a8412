"""How a body stands on a day by its charter: clocks of vacancies, ends of terms, related groups, who presides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from quorate.directory.models import Organisation, Person
from quorate.directory.queries import employers, in_force, related_groups
from quorate.kernel import clock
from quorate.kernel.i18n import gettext
from quorate.terms import numbers
from quorate.terms.models import Body, Charter, Seat, Term
from quorate.terms.numbers import Cap, Numbers
from quorate.terms.queries import Place, charter_in_force, holders, roster
from quorate.terms.rules import TermFacts


@dataclass(frozen=True)
class Vacancy:
    """An empty seat, and when the charter wants it filled; ``None`` where it sets no time."""

    place: Place
    due_at: datetime | None


@dataclass(frozen=True)
class Ending:
    """The terms of voting seats that end at one instant, of how many, and whether that is more than allowed."""

    at: datetime
    places: Sequence[Place]
    of: int
    too_many: bool


@dataclass(frozen=True)
class Holding:
    """Somebody holds a voting seat."""

    seat: UUID
    title: str
    person: UUID
    name: str


@dataclass(frozen=True)
class Share:
    """The voting seats that people of one related group hold. ``group`` are ids of organisations."""

    group: frozenset[UUID]
    holdings: tuple[Holding, ...]

    @property
    def seats(self) -> int:
        return len({holding.seat for holding in self.holdings})


@dataclass(frozen=True)
class Concentration:
    """A share with names: the organisations people work for, what links them, and the caps it goes beyond."""

    share: Share
    names: tuple[str, ...]
    links: tuple[str, ...]
    of: int
    broken: tuple[Cap, ...]

    @property
    def hard(self) -> bool:
        return any(cap.hard for cap in self.broken)


@dataclass(frozen=True)
class Presiding:
    """Who presides when some are away, and by which place in the declared order."""

    person: Person
    role: str


def numbers_of(charter: Charter | None) -> Numbers:
    """The numbers of a version of a charter; of none: nothing is said."""
    return numbers.parse(charter.numbers) if charter is not None else Numbers()


def numbers_in_force(bodies: Iterable[Body], at: datetime) -> dict[Body, Numbers]:
    """The numbers of each body's charter at an instant. One query."""
    wanted = list(bodies)
    rows = Charter.objects.filter(in_force(at), body__in=wanted)
    charters = {row.body_id: row for row in rows}
    return {body: numbers_of(charters.get(body.id)) for body in wanted}


def vacancies(places: Iterable[Place], said: Numbers) -> list[Vacancy]:
    """The empty seats of a roster with the clock the charter sets, the most urgent first. No query."""
    found = [
        Vacancy(place, numbers.after(place.vacant_since, said.fill_within) if place.vacant_since else None)
        for place in places
        if place.representative is None
    ]
    return sorted(found, key=lambda v: (v.due_at is None, v.due_at, v.place.seat.position))


def endings(places: Sequence[Place], most: Fraction | None) -> list[Ending]:
    """Which terms of voting seats end when, soonest first; ``most`` is the share that may end at once. No query."""
    voting = [place for place in places if place.seat.voting]
    by_end: dict[datetime, list[Place]] = {}
    for place in voting:
        if place.representative is not None and place.representative.until is not None:
            by_end.setdefault(place.representative.until, []).append(place)
    return [
        Ending(
            at,
            ending,
            len(voting),
            most is not None and len(ending) * most.denominator > most.numerator * len(voting),
        )
        for at, ending in sorted(by_end.items())
    ]


def without_alternate(places: Iterable[Place]) -> list[Place]:
    """Voting seats with a representative and nobody to stand in. No query."""
    return [p for p in places if p.seat.voting and p.representative is not None and p.alternate is None]


def shares(
    holdings: Iterable[Holding], works_for: Mapping[UUID, Collection[UUID]], groups: Iterable[Collection[UUID]]
) -> list[Share]:
    """The holdings of each related group, largest first. Who works for two groups counts in both."""
    held = list(holdings)
    found = []
    for group in groups:
        members = frozenset(group)
        inside = tuple(h for h in held if members.intersection(works_for.get(h.person, ())))
        if inside:
            found.append(Share(members, inside))
    return sorted(found, key=lambda share: (-share.seats, share.holdings[0].title))


def concentration(
    holdings: Sequence[Holding], voting: int, caps: Sequence[Cap], at: datetime | None = None
) -> list[Concentration]:
    """Who holds how much, by related group at an instant, and which caps that breaks. Three queries."""
    moment = at or clock.now()
    works_for = employers({holding.person for holding in holdings}, moment)
    named = set().union(*works_for.values()) if works_for else set()
    groups, links = related_groups(sorted(named), moment)
    names = dict(Organisation.objects.filter(pk__in=set().union(*groups, named)).values_list("pk", "name"))
    found = []
    for share in shares(holdings, works_for, groups):
        control = [
            gettext("%(parent)s controls %(child)s") % {"parent": names[parent], "child": names[child]}
            for parent, child in links
            if parent in share.group
        ]
        own = sorted(names[pk] for pk in share.group & named)
        broken = tuple(cap for cap in caps if share.seats > cap.limit(voting))
        found.append(Concentration(share, tuple(own), tuple(sorted(control)), voting, broken))
    return found


def holdings_of(places: Iterable[Place]) -> list[Holding]:
    """The voting seats of a roster that somebody holds. No query."""
    return [
        Holding(place.seat.id, place.seat.title, place.representative.person_id, place.representative.person.name)
        for place in places
        if place.seat.voting and place.representative is not None
    ]


def broken_caps(
    body: Body, places: Sequence[Place], *, seat: UUID, title: str, person: Person, at: datetime
) -> list[tuple[Cap, str]]:
    """The caps that giving a voting seat to a person would break at an instant, each with its derivation in words."""
    caps = numbers_of(charter_in_force(body, at)).caps
    if not caps:
        return []
    held = [holding for holding in holdings_of(places) if holding.seat != seat]
    held.append(Holding(seat, title, person.id, person.name))
    voting = len({place.seat.id for place in places if place.seat.voting} | {seat})
    found = []
    for item in concentration(held, voting, caps, at):
        if any(holding.person == person.id and holding.seat == seat for holding in item.share.holdings):
            found += [(cap, derivation(item, cap)) for cap in item.broken]
    return found


def cap_findings(seat: Seat, person: Person, facts: TermFacts) -> list[tuple[Cap, str]]:
    """The caps that a term would break, soft and hard, with derivations; the first instant of each only.

    Looked at where the term begins and wherever another term or a version of the charter begins within it.
    """
    if not seat.voting or not seat.body.charters.exclude(numbers={}).exists():
        return []
    others = Term.objects.filter(seat__body_id=seat.body_id, seat__voting=True, start__gt=facts.start)
    versions = seat.body.charters.filter(start__gt=facts.start)
    starts = {*others.values_list("start", flat=True), *versions.values_list("start", flat=True)}
    found: dict[Cap, str] = {}
    for at in sorted({facts.start, *(start for start in starts if facts.until is None or start < facts.until)}):
        places = roster(seat.body, at)
        for cap, words in broken_caps(seat.body, places, seat=seat.id, title=seat.title, person=person, at=at):
            found.setdefault(cap, words)
    return list(found.items())


def derivation(item: Concentration, cap: Cap) -> str:
    """Why a share is beyond a cap, in words: the seats, the people, the control between their employers."""
    seats = "; ".join(f"{holding.title} ({holding.name})" for holding in item.share.holdings)
    words = gettext(
        "People of one related group (%(group)s) would hold %(held)d of %(seats)d voting seats; the charter allows"
        " %(limit)d (%(cap)s). The seats: %(list)s."
    ) % {
        "group": ", ".join(item.names),
        "held": item.share.seats,
        "seats": item.of,
        "limit": cap.limit(item.of),
        "cap": cap.words,
        "list": seats,
    }
    if item.links:
        words += " " + gettext("One group because %s.") % "; ".join(item.links)
    if cap.clause:
        words += " " + gettext("Clause %s.") % cap.clause
    return words


def presiding(
    body: Body, at: datetime | None = None, *, absent: Collection[UUID] = (), charter: Charter | None = None
) -> Presiding | None:
    """Who presides at an instant when some people (ids) are away, by the order the charter declares.

    Without a declared order: the chair, then the vice chair.
    """
    moment = at or clock.now()
    for role in numbers_of(charter or charter_in_force(body, moment)).presides or ("chair", "vice-chair"):
        if role == "longest-serving":
            found = _longest_serving(body, moment)
        else:
            found = holders(role if ":" in role else f"{role}:{body.slug}", moment)
        for person in found:
            if person.id not in absent:
                return Presiding(person, role)
    return None


def _longest_serving(body: Body, at: datetime) -> list[Person]:
    terms = Term.objects.filter(seat__body=body, seat__voting=True, role=Term.Role.REPRESENTATIVE, start__lte=at)
    running = [
        t for t in terms.select_related("person").order_by("start", "seat__position") if not t.until or t.until > at
    ]
    return [term.person for term in running]


def classes(places: Iterable[Place]) -> list[tuple[str, int]]:
    """How many voting seats there are of each basis, in words, most first. No query."""
    found = Counter(p.seat.get_basis_display() or gettext("not said") for p in places if p.seat.voting)
    return found.most_common()
