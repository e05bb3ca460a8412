"""How a body stands on a day: clocks, ends of terms, related groups and their caps, offices, who presides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import DESK, Cast

from quorate.directory.actions import add_person
from quorate.directory.models import Control, Organisation, Person
from quorate.directory.queries import related_group, related_groups
from quorate.directory.rules import Belonging, PersonFacts
from quorate.kernel.errors import Conflict, UserError
from quorate.terms import standing
from quorate.terms.actions import add_seat, adopt_charter, appoint, correct_term, end_term, set_up_body
from quorate.terms.models import Body, Seat, Term
from quorate.terms.numbers import Cap
from quorate.terms.queries import holders, roster, term_facts
from quorate.terms.rules import BodyFacts, CharterFacts, SeatFacts, TermFacts

START = datetime(2025, 1, 1, tzinfo=UTC)


def day(n: int) -> datetime:
    return START + timedelta(days=n)


@pytest.fixture
def council(cast: Cast) -> Body:
    """Three voting seats and the office of the chair, which is for their holders."""
    body = set_up_body(actor=DESK, slug="council", facts=BodyFacts("Council", "council"))
    for n, slug in enumerate(("one", "two", "three")):
        add_seat(actor=DESK, body=body, slug=slug, facts=SeatFacts(slug.title(), position=n, start=START))
    add_seat(actor=DESK, body=body, slug="chair", facts=SeatFacts("Chair", voting=False, chair=True, of_holders=True))
    return body


def seat(body: Body, slug: str) -> Seat:
    return body.seats.select_related("body").get(slug=slug)


def charter(body: Body, **said: object) -> None:
    adopt_charter(actor=DESK, body=body, version="1", facts=CharterFacts(START, mandate="Decides.", numbers=said))


def works_at(cast: Cast, name: str, *where: Organisation) -> Person:
    belongs = tuple(Belonging(org.id, "Engineer", START) for org in where)
    return add_person(actor=DESK, facts=PersonFacts(name, affiliations=belongs))


def test_an_empty_seat_has_the_clock_of_the_charter(cast: Cast, council: Body) -> None:
    charter(council, fill_within="P90D")
    term = appoint(actor=DESK, seat=seat(council, "one"), person=cast.mara, facts=TermFacts(day(0)))
    end_term(actor=DESK, term=term, until=day(10))
    places = roster(council, day(20))
    found = standing.vacancies(places, standing.numbers_of(council.charters.get()))
    assert {(v.place.seat.slug, v.due_at) for v in found if v.place.seat.voting} == {
        ("one", day(100)),
        ("two", day(90)),
        ("three", day(90)),
    }


def test_terms_that_end_at_once_are_counted_against_the_share(cast: Cast, council: Body) -> None:
    for slug, person in (("one", cast.mara), ("two", cast.eve)):
        appoint(actor=DESK, seat=seat(council, slug), person=person, facts=TermFacts(day(0), day(365)))
    places = roster(council, day(1))
    assert [(e.at, len(e.places), e.of, e.too_many) for e in standing.endings(places, Fraction(1, 2))] == [
        (day(365), 2, 3, True)
    ]
    assert [e.too_many for e in standing.endings(places, Fraction(2, 3))] == [False]
    assert [p.seat.slug for p in standing.without_alternate(places)] == ["one", "two"]


def test_two_periods_of_one_role_do_not_overlap_in_the_database(cast: Cast, council: Body) -> None:
    one = seat(council, "one")
    Term.objects.create(seat=one, person=cast.mara, start=day(0), until=day(10))
    with pytest.raises(DatabaseError, match="overlap"), transaction.atomic():
        Term.objects.create(seat=one, person=cast.eve, start=day(5), until=day(20))
    Term.objects.create(seat=one, person=cast.imogen, role="alternate", start=day(5), until=day(20))
    second = Term.objects.create(seat=one, person=cast.eve, start=day(10), until=day(20))
    with pytest.raises(DatabaseError, match="overlap"), transaction.atomic():
        Term.objects.filter(pk=second.pk).update(start=day(9))


def test_a_hard_cap_refuses_with_its_derivation(cast: Cast, council: Body) -> None:
    charter(council, related_group=[{"at_most": "1/3", "clause": "2.4"}])
    appoint(actor=DESK, seat=seat(council, "one"), person=cast.mara, facts=TermFacts(day(0)))
    harbour = works_at(cast, "Odo Pell", cast.harbour)
    with pytest.raises(Conflict) as caught:
        appoint(actor=DESK, seat=seat(council, "two"), person=harbour, facts=TermFacts(day(5)))
    words = str(caught.value.what)
    assert "would hold 2 of 3 voting seats; the charter allows 1" in words
    assert "Harbour Works, Inc. controls Quay Labs" in words
    assert "One (Mara Lindgren); Two (Odo Pell)" in words
    assert "Clause 2.4" in words
    appoint(actor=DESK, seat=seat(council, "two"), person=cast.eve, facts=TermFacts(day(5)))


def test_control_counts_only_while_it_lasts(cast: Cast, council: Body) -> None:
    charter(council, related_group=[{"at_most": 1}])
    Control.objects.update(until=day(4))
    appoint(actor=DESK, seat=seat(council, "one"), person=cast.mara, facts=TermFacts(day(0)))
    odo = works_at(cast, "Odo Pell", cast.harbour)
    with pytest.raises(Conflict):
        appoint(actor=DESK, seat=seat(council, "two"), person=odo, facts=TermFacts(day(3)))
    appoint(actor=DESK, seat=seat(council, "two"), person=odo, facts=TermFacts(day(4)))


def test_a_soft_cap_warns_and_lets_be(cast: Cast, council: Body) -> None:
    charter(council, related_group=[{"at_most": 1, "hard": False}])
    appoint(actor=DESK, seat=seat(council, "one"), person=cast.mara, facts=TermFacts(day(0)))
    odo = works_at(cast, "Odo Pell", cast.harbour)
    found = standing.cap_findings(seat(council, "two"), odo, TermFacts(day(5)))
    assert [cap.hard for cap, _words in found] == [False]
    appoint(actor=DESK, seat=seat(council, "two"), person=odo, facts=TermFacts(day(5)))
    places = roster(council, day(6))
    shares = standing.concentration(standing.holdings_of(places), 3, [Cap(count=1, hard=False)], day(6))
    assert [(share.share.seats, share.hard, len(share.broken)) for share in shares] == [(2, False, 1)]


def test_a_term_made_longer_into_anothers_time_is_looked_at_too(cast: Cast, council: Body) -> None:
    charter(council, related_group=[{"at_most": 1}])
    term = appoint(actor=DESK, seat=seat(council, "one"), person=cast.mara, facts=TermFacts(day(0), day(10)))
    odo = works_at(cast, "Odo Pell", cast.harbour)
    appoint(actor=DESK, seat=seat(council, "two"), person=odo, facts=TermFacts(day(10)))
    with pytest.raises(Conflict, match="voting seats"):
        correct_term(actor=DESK, term=term, facts=TermFacts(day(0), day(12)))


LINKS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 9), st.integers(1, 10)).filter(
        lambda link: link[0] != link[1]
    ),
    max_size=8,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(LINKS, st.integers(0, 20))
@pytest.mark.django_db
def test_groups_are_those_that_the_directory_reaches(links: list[tuple[int, int, int, int]], on: int) -> None:
    with transaction.atomic():
        firms = [Organisation.objects.create(slug=f"f{n}", name=f"Firm {n}") for n in range(6)]
        for parent, child, start, lasting in links:
            Control.objects.create(
                parent=firms[parent], child=firms[child], start=day(start), until=day(start + lasting)
            )
        groups, _links = related_groups([firm.id for firm in firms], day(on))
        for firm in firms:
            inside = [group for group in groups if firm.id in group]
            assert inside == [related_group([firm.id], day(on))]
        assert sum(len(group) for group in groups) == 6
        transaction.set_rollback(True)


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=12),
    st.lists(st.integers(0, 2), min_size=5, max_size=5),
    st.integers(1, 5),
    st.integers(5, 9),
)
def test_no_seat_is_lost_or_counted_twice(firms: list[int], groups: list[int], top: int, bottom: int) -> None:
    ids = [Organisation(slug=f"f{n}").id for n in range(5)]
    people = [Person(slug=f"p{n}").id for n in range(len(firms))]
    held = [standing.Holding(Seat(slug=f"s{n}").id, f"S{n}", people[n], f"P{n}") for n in range(len(firms))]
    works = {people[n]: {ids[firm]} for n, firm in enumerate(firms)}
    sets = [{ids[n] for n in range(5) if groups[n] == g} for g in range(3)]
    found = standing.shares(held, works, sets)
    assert sum(share.seats for share in found) == len(firms)
    assert [share.seats for share in found] == sorted((share.seats for share in found), reverse=True)
    cap = Cap(fraction=Fraction(top, bottom))
    for share in found:
        assert (share.seats > cap.limit(len(firms))) == (share.seats * bottom > top * len(firms))


def test_the_chair_is_one_of_the_holders_and_leaves_with_the_seat(cast: Cast, council: Body) -> None:
    chair = seat(council, "chair")
    with pytest.raises(Conflict, match="holds no voting seat"):
        appoint(actor=DESK, seat=chair, person=cast.mara, facts=TermFacts(day(0)))
    term = appoint(actor=DESK, seat=seat(council, "one"), person=cast.mara, facts=TermFacts(day(0)))
    appoint(actor=DESK, seat=chair, person=cast.mara, facts=TermFacts(day(1), how="election"))
    end_term(actor=DESK, term=term, until=day(30))
    office = Term.objects.get(seat=chair)
    assert (office.until, office.ended_by) == (day(30), "the seat of the holder ended")
    assert holders("chair:council", day(29)) == [cast.mara]
    assert holders("chair:council", day(30)) == []


def test_an_office_does_not_outlast_the_seat_from_the_start(cast: Cast, council: Body) -> None:
    appoint(actor=DESK, seat=seat(council, "one"), person=cast.mara, facts=TermFacts(day(0), day(90)))
    with pytest.raises(Conflict, match="ends on 2025-04-01, and the office with it"):
        appoint(actor=DESK, seat=seat(council, "chair"), person=cast.mara, facts=TermFacts(day(1)))
    appoint(actor=DESK, seat=seat(council, "two"), person=cast.mara, facts=TermFacts(day(90)))
    office = appoint(actor=DESK, seat=seat(council, "chair"), person=cast.mara, facts=TermFacts(day(1)))
    end_term(actor=DESK, term=Term.objects.get(seat__slug="two"), until=day(200))
    office.refresh_from_db()
    assert office.until == day(200)
    assert term_facts(office).until == day(200)


def test_who_presides_follows_the_declared_order(cast: Cast, council: Body) -> None:
    for slug, person in (("one", cast.mara), ("two", cast.eve)):
        appoint(actor=DESK, seat=seat(council, slug), person=person, facts=TermFacts(day(0)))
    appoint(actor=DESK, seat=seat(council, "chair"), person=cast.mara, facts=TermFacts(day(0)))
    deputy = SeatFacts("Vice chair", voting=False, office="vice-chair", of_holders=True)
    vice = add_seat(actor=DESK, body=council, slug="vice-chair", facts=deputy)
    appoint(actor=DESK, seat=vice, person=cast.eve, facts=TermFacts(day(0)))
    charter(council, presides=["chair", "vice-chair", "seat:staff/executive-director"])

    def who(*absent: Person) -> object:
        found = standing.presiding(council, day(1), absent={person.id for person in absent})
        return found and (found.person, found.role)

    assert who() == (cast.mara, "chair")
    assert who(cast.mara) == (cast.eve, "vice-chair")
    assert who(cast.mara, cast.eve) == (cast.imogen, "seat:staff/executive-director")
    assert who(cast.mara, cast.eve, cast.imogen) is None


@pytest.mark.parametrize(
    ("facts", "where"),
    [
        (SeatFacts("A", chair=True, office="secretary"), "office"),
        (SeatFacts("A", basis="member"), "organisation"),
        (SeatFacts("A", basis="project"), "project"),
        (SeatFacts("A", basis="class"), "seat_class"),
        (SeatFacts("A", basis="divine-right"), "basis"),
    ],
)
def test_a_seat_says_what_it_stands_for(council: Body, facts: SeatFacts, where: str) -> None:
    with pytest.raises(UserError) as caught:
        add_seat(actor=DESK, body=council, slug="a", facts=facts)
    assert caught.value.where == where
