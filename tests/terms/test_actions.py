"""Seats and terms: who may appoint, what may not overlap, and what remains of what was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.cast import DESK, Cast

from quorate.access.policy import may
from quorate.directory.actions import erase_person
from quorate.directory.models import Person
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, Refused, UserError
from quorate.ledger.models import Entry
from quorate.terms.actions import (
    add_seat,
    appoint,
    change_body,
    close_seat,
    correct_term,
    end_term,
    name_alternate,
    put_policy,
    remove_body,
    set_up_body,
    strike_term,
)
from quorate.terms.models import Body, Policy, Seat, Term
from quorate.terms.queries import body_facts, holders, policies_in_force, roster, term_facts
from quorate.terms.rules import BodyFacts, SeatFacts, TermFacts
from quorate.toolkit.foundation import instant


def on(day: str) -> TermFacts:
    found = instant(day)
    assert found is not None
    return TermFacts(found)


@pytest.fixture
def council(cast: Cast) -> Seat:
    """A council with one seat, Quay's, chaired by nobody yet."""
    body = set_up_body(actor=DESK, slug="council", facts=BodyFacts("Council", "council"))
    facts = SeatFacts("Quay representative", organisation=cast.quay.id, permissions=("term.appoint",))
    return add_seat(actor=DESK, body=body, slug="quay", facts=facts)


def test_a_right_begins_and_ends_with_the_term(cast: Cast, council: Seat) -> None:
    mara = cast.actor(cast.mara)
    assert not may(mara, "term.appoint", council)
    term = appoint(actor=DESK, seat=council, person=cast.mara, facts=on("2024-01-01"))
    assert may(mara, "term.appoint", council)
    end_term(actor=cast.actor(cast.imogen), term=term, ended_by="Moved on")
    assert not may(mara, "term.appoint", council)
    assert Entry.objects.get(kind="term.ended").authority == ["seat:staff/executive-director"]


def test_a_seat_has_one_holder_at_a_time(cast: Cast, council: Seat) -> None:
    appoint(actor=DESK, seat=council, person=cast.mara, facts=on("2024-01-01"))
    with pytest.raises(Conflict, match="Mara Lindgren holds the seat"):
        appoint(actor=DESK, seat=council, person=cast.eve, facts=on("2024-06-01"))
    appoint(actor=DESK, seat=council, person=cast.eve, facts=on("2024-06-01"), succeed=True)
    assert holders("seat:council/quay", instant("2024-05-31")) == [cast.mara]
    assert holders("seat:council/quay", instant("2024-06-01")) == [cast.eve]


def test_the_holder_names_one_alternate_and_cannot_be_it(cast: Cast, council: Seat) -> None:
    appoint(actor=DESK, seat=council, person=cast.mara, facts=on("2024-01-01"))
    mara = cast.actor(cast.mara)
    name_alternate(actor=mara, seat=council, person=cast.eve, start=instant("2024-02-01"))
    name_alternate(actor=mara, seat=council, person=cast.imogen)
    place = roster(council.body)[0]
    assert place.alternate is not None
    assert place.alternate.person == cast.imogen
    with pytest.raises(Conflict, match="stand in for themselves"):
        name_alternate(actor=mara, seat=council, person=cast.mara)
    with pytest.raises(Refused):
        name_alternate(actor=cast.actor(cast.eve), seat=council, person=cast.eve)


def test_a_vacancy_says_since_when(cast: Cast, council: Seat) -> None:
    term = appoint(actor=DESK, seat=council, person=cast.mara, facts=on("2024-01-01"))
    end_term(actor=DESK, term=term, until=instant("2025-03-01"))
    place = roster(council.body)[0]
    assert place.representative is None
    assert place.vacant_since == instant("2025-03-01")
    with pytest.raises(Conflict, match="ended before"):
        end_term(actor=DESK, term=term)


def test_nobody_is_forgotten_in_office(cast: Cast, council: Seat) -> None:
    term = appoint(actor=DESK, seat=council, person=cast.mara, facts=on("2024-01-01"))
    with pytest.raises(Conflict, match="holds the seat “Quay representative”"):
        erase_person(actor=DESK, person=cast.mara)
    end_term(actor=DESK, term=term)
    erase_person(actor=DESK, person=cast.mara)
    assert Term.objects.get(pk=term.pk).person.name == ""


def test_a_closed_seat_keeps_its_history(cast: Cast, council: Seat) -> None:
    appoint(actor=DESK, seat=council, person=cast.mara, facts=on("2024-01-01"))
    close_seat(actor=DESK, seat=council)
    assert holders("seat:council/quay") == []
    assert holders("seat:council/quay", instant("2024-03-01")) == [cast.mara]
    assert roster(council.body) == []
    remove_body(actor=DESK, body=council.body)
    assert Body.objects.get(slug="council").closed_at is not None


def test_correcting_never_makes_terms_overlap(cast: Cast, council: Seat) -> None:
    first = appoint(
        actor=DESK,
        seat=council,
        person=cast.mara,
        facts=TermFacts(on("2024-01-01").start, instant("2024-06-01")),
    )
    appoint(actor=DESK, seat=council, person=cast.eve, facts=on("2024-06-01"))
    with pytest.raises(Conflict):
        correct_term(actor=DESK, term=first, facts=TermFacts(first.start, instant("2024-06-02")))
    correct_term(actor=DESK, term=first, facts=TermFacts(first.start, instant("2024-05-01"), note="Left early"))
    assert term_facts(Term.objects.get(pk=first.pk)).note == "Left early"
    assert "Left early" not in str(Entry.objects.get(kind="term.corrected").data)
    strike_term(actor=DESK, term=first)
    assert not Term.objects.filter(pk=first.pk).exists()


def test_only_known_permissions_are_given(cast: Cast) -> None:
    with pytest.raises(UserError, match=r"did you mean term\.appoint"):
        set_up_body(actor=DESK, slug="x", facts=BodyFacts("X", "board", permissions=("term.apoint",)))


def test_a_body_never_stands_above_itself(cast: Cast, council: Seat) -> None:
    below = set_up_body(actor=DESK, slug="wg", facts=BodyFacts("WG", "working-group", council.body_id))
    with pytest.raises(Conflict, match="above itself"):
        change_body(actor=DESK, body=council.body, facts=BodyFacts("Council", "council", parent=below.id))
    with pytest.raises(Conflict, match="still open"):
        remove_body(actor=DESK, body=council.body)
    assert body_facts(Body.objects.get(slug="council")).parent is None


def test_the_latest_version_of_a_policy_is_in_force(cast: Cast, council: Seat) -> None:
    for version, day in (("1", "2024-01-01"), ("2", "2025-01-01")):
        put_policy(actor=DESK, slug="process", version=version, title="Process", text="Text", adopted=instant(day))
    put_policy(actor=DESK, slug="process", version="2", title="Process", text="Text", adopted=instant("2025-01-01"))
    assert [policy.version for policy in policies_in_force()] == ["2"]
    assert Policy.objects.count() == 2
    assert Entry.objects.filter(kind="policy.adopted").count() == 2


def test_the_outsider_may_change_nothing(cast: Cast, council: Seat) -> None:
    eve = cast.actor(cast.eve)
    term = appoint(actor=DESK, seat=council, person=cast.mara, facts=on("2024-01-01"))
    later = clock.now() + timedelta(days=1)
    with pytest.raises(Refused):
        set_up_body(actor=eve, slug="mine", facts=BodyFacts("Mine", "board"))
    with pytest.raises(Refused):
        close_seat(actor=eve, seat=council)
    with pytest.raises(Refused):
        end_term(actor=eve, term=term, until=later)
    with pytest.raises(Refused):
        appoint(actor=eve, seat=council, person=cast.eve, facts=TermFacts(later), succeed=True)
    with pytest.raises(Refused):
        put_policy(actor=eve, slug="p", version="1", title="P", text="T")
    assert Person.objects.count() == 3
