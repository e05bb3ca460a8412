"""Seats that nobody holds: on the frozen roll, in the denominator where the rule or the charter says so, and explained."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.decisions.chambers import MAJORITY, SINCE, WEEK, Chambers, chambers

from quorate.access.actors import system
from quorate.decisions.actions import Voter, cast, electorate_of, open_motion
from quorate.decisions.models import Elector, Motion, Vote
from quorate.decisions.queries import roll_call, settled, standing
from quorate.decisions.rules import Counts, Quorum, Rule, evaluate, evaluate_document
from quorate.directory.actions import merge_people, separate
from quorate.directory.models import Person
from quorate.kernel import clock
from quorate.kernel.errors import UserError
from quorate.ledger.models import Message
from quorate.terms.models import Body, Seat, Term

__all__ = ["chambers"]


def ask(body: Body, rule: dict[str, Any] = MAJORITY, **more: Any) -> Motion:
    return open_motion(
        actor=system("test"), title="Shall we?", rule=rule, electorate=electorate_of(body), body=body, **more
    )


@pytest.fixture
def council(db: None) -> tuple[Body, list[Person]]:
    """The council of the model customer: 21 seats, of which 19 are held."""
    body = Body.objects.create(slug="tac", name="Technical council", kind="council")
    people = [Person.objects.create(slug=f"p{n}", name=f"Person {n}", public=True) for n in range(19)]
    for number in range(21):
        seat = Seat.objects.create(body=body, slug=f"s{number}", title=f"Seat {number}", position=number, start=SINCE)
        if number < 19:
            Term.objects.create(seat=seat, person=people[number], start=SINCE)
    return body, people


def test_two_thirds_of_21_seats_are_14_when_two_are_vacant(council: tuple[Body, list[Person]]) -> None:
    body, people = council
    rule = {"threshold": "2/3", "strict": False, "of": "seats"}
    stay, leave = ask(body, {**rule, "vacant": "stay"}), ask(body, {**rule, "vacant": "leave"})
    assert (stay.electors.count(), leave.electors.count()) == (21, 21), "the frozen roll has every seat"
    for motion in (stay, leave):
        Vote.objects.bulk_create(
            Vote(elector=each, choice="yes") for each in motion.electors.filter(person__in=people[:13])
        )
    found = {motion: standing(motion).evaluation for motion in (stay, leave)}
    assert (found[stay].bar["denominator"], found[stay].bar["needed"], found[stay].result) == (21, 14, "failed")
    assert (found[leave].bar["denominator"], found[leave].bar["needed"], found[leave].result) == (19, 13, "passed")
    assert found[stay].derivation[0] == "2 of 21 seats are vacant and count among all seats."
    assert found[leave].derivation[0] == "2 of 21 seats are vacant and do not count, so all seats are 19."
    assert standing(stay).parts[0].silent == 6, "a vacant seat is not one that has yet to vote"


@pytest.mark.parametrize(
    ("rule", "charter", "vacant", "by"),
    [
        ({}, None, "stay", "default"),
        ({}, "leave", "leave", "charter"),
        ({"vacant": "stay"}, "leave", "stay", "rule"),
        ({}, "stay", "stay", "charter"),
    ],
)
def test_the_rule_goes_before_the_charter_and_the_charter_before_nothing(
    chambers: Chambers, rule: dict[str, str], charter: str | None, vacant: str, by: str
) -> None:
    if charter is not None:
        chambers.charter(chambers.council, vacant_seats=charter)
    motion = ask(chambers.council, {**MAJORITY, **rule}, closes_at=clock.now() + WEEK)
    assert (motion.rule["vacant"], motion.cited["parts"][0]["vacant_by"]) == (vacant, by)
    page = chambers.client("ada").get(f"/motions/{motion.id}/").content.decode()
    words = {"rule": "by the rule itself", "charter": "by the charter, version 1", "default": "Neither the rule"}
    assert words[by] in page
    chambers.charter(chambers.leads, vacant_seats="leave")  # of another body: changes nothing
    Motion.objects.get(pk=motion.pk)
    assert standing(motion).evaluation.bar["denominator"] == (4 if vacant == "stay" else 3)


def test_a_seat_filled_after_the_opening_stays_vacant_on_the_roll(chambers: Chambers) -> None:
    motion = ask(chambers.council)
    late = chambers.people["xan"]
    Term.objects.create(seat=chambers.seats["empty"], person=late, start=clock.now() - timedelta(seconds=1))
    assert [line.elector.vacant for line in roll_call(motion)].count(True) == 1
    assert chambers.client("xan").post(f"/motions/{motion.id}/vote/", {"choice": "yes"}).status_code == 403


def test_an_alternate_speaks_for_a_seat_whose_representative_left(chambers: Chambers) -> None:
    Term.objects.filter(person=chambers.people["bo"]).update(until=clock.now() - timedelta(days=1))
    motion = ask(chambers.council, closes_at=clock.now() + WEEK)
    elector = motion.electors.get(seat=chambers.seats["two"])
    assert (elector.person, elector.alternate, elector.away, elector.vacant) == (
        None,
        chambers.people["gus"],
        True,
        False,
    )
    cast(actor=chambers.actor("gus"), motion=motion, choice="yes")
    assert standing(motion).counts.yes == 1
    assert "Gus" in chambers.client("ada").get(f"/motions/{motion.id}/").content.decode()
    never = ask(chambers.council, {**MAJORITY, "alternate": "never"})
    assert chambers.client("gus").post(f"/motions/{never.id}/vote/", {"choice": "yes"}).status_code == 409


def test_letters_go_to_people_and_never_to_an_empty_seat(chambers: Chambers) -> None:
    Term.objects.filter(person=chambers.people["bo"]).update(until=clock.now() - timedelta(days=1))
    ask(chambers.council, closes_at=clock.now() + WEEK)
    sent = {row.payload["to"] for row in Message.objects.filter(topic="mail")}
    assert sent == {f"{name}@people.example" for name in ("ada", "gus", "cy")}


def test_a_vote_closes_early_without_waiting_for_an_empty_seat(chambers: Chambers) -> None:
    motion = ask(chambers.council, {"threshold": "1/1", "strict": False, "of": "seats"}, early_close=True)
    assert settled(motion), "with one seat vacant not all seats can say yes"
    whole = ask(chambers.council, {"threshold": "1/1", "strict": False, "of": "seats", "vacant": "leave"})
    assert not settled(whole)
    for name in ("ada", "bo", "cy"):
        cast(actor=chambers.actor(name), motion=whole, choice="yes")
    assert settled(whole)


def test_nobody_and_no_seat_is_no_elector(chambers: Chambers) -> None:
    motion = ask(chambers.council)
    with pytest.raises(IntegrityError), transaction.atomic():
        Elector.objects.create(motion=motion)


def test_a_body_of_empty_seats_cannot_be_asked(chambers: Chambers) -> None:
    Term.objects.all().delete()
    with pytest.raises(UserError, match="nobody may vote"):
        ask(chambers.council)


def test_documents_say_how_many_are_vacant() -> None:
    document = {"rule": {"threshold": "2/3", "of": "seats", "vacant": "leave"}, "seats": 21, "vacant": 2, "yes": 13}
    assert evaluate_document(document).result == "passed"
    assert evaluate_document({**document, "vacant": 1}).result == "failed"
    with pytest.raises(UserError, match="vacant"):
        evaluate_document({**document, "vacant": 9})


fractions = st.builds(lambda d, n: Fraction(min(n, d), d), st.integers(1, 6), st.integers(1, 6))


@given(fractions, st.booleans(), st.integers(0, 8), st.integers(0, 8), st.integers(0, 8), st.integers(0, 8), fractions)
def test_a_vacant_seat_that_stays_is_a_seat_that_is_silent(
    bar: Fraction, strict: bool, yes: int, no: int, silent: int, vacant: int, quorum: Fraction
) -> None:
    """And one that leaves is none at all: nothing else may follow from it."""
    held = yes + no + silent
    base = {"represented": yes + no, "yes": yes, "no": no}
    for of in ("seats", "represented", "cast", "yes-no"):
        stay = Rule(bar, of, strict, Quorum(fraction=quorum))
        leave = Rule(bar, of, strict, Quorum(fraction=quorum), vacant="leave")
        counted = Counts(held + vacant, **base, vacant=vacant)
        assert evaluate(stay, counted).result == evaluate(stay, Counts(held + vacant, **base)).result
        assert evaluate(leave, counted).result == evaluate(stay, Counts(held, **base)).result


def test_a_past_roll_does_not_move_when_two_records_are_merged(chambers: Chambers) -> None:
    motion = ask(chambers.council)
    people = chambers.people
    for name, choice in (("ada", "yes"), ("bo", "no"), ("cy", "yes")):
        cast(actor=chambers.actor(name), motion=motion, choice=choice)

    def shown() -> list[tuple[object, ...]]:
        return [
            (line.name, line.elector.seat_id, line.vote.choice if line.vote else None, line.elector.frozen_person)
            for line in roll_call(motion)
        ]

    before, counts = shown(), standing(motion).counts
    merge = merge_people(actor=system("test"), kept=people["ada"], absorbed=people["bo"])
    assert motion.electors.get(seat=chambers.seats["two"]).person == people["ada"]
    assert shown() == before
    assert standing(motion).counts == counts
    # Another merge makes representative and alternate of one seat the same person.
    second = merge_people(actor=system("test"), kept=people["ada"], absorbed=people["gus"])
    assert (shown(), standing(motion).counts) == (before, counts)
    separate(actor=system("test"), merge=second)
    separate(actor=system("test"), merge=merge)
    elector = motion.electors.get(seat=chambers.seats["two"])
    assert (elector.person, elector.alternate) == (people["bo"], people["gus"])
    assert (shown(), standing(motion).counts) == (before, counts)


def test_two_electors_without_seats_stay_two_when_they_are_merged(chambers: Chambers) -> None:
    people = chambers.people
    motion = open_motion(
        actor=system("test"), title="Shall we?", rule=MAJORITY,
        electorate=[Voter(people["ada"].id), Voter(people["bo"].id), Voter(people["cy"].id)],
    )  # fmt: skip
    merge = merge_people(actor=system("test"), kept=people["ada"], absorbed=people["bo"])
    cast(actor=chambers.actor("ada"), motion=motion, choice="yes")
    counts = standing(motion).counts
    assert (counts.seats, counts.yes) == (3, 1), "one person votes once, and the roll keeps its length"
    separate(actor=system("test"), merge=merge)
    cast(actor=chambers.actor("bo"), motion=motion, choice="yes")
    assert standing(motion).counts.yes == 2
