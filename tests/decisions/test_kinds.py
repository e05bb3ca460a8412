"""Kinds of motion and of rule through their actions: consensus, consent, several bodies, casting votes, alternates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from quorate.access.actors import VISITOR, Actor, person, system
from quorate.access.models import Account
from quorate.decisions.actions import (
    Voter,
    attend,
    cast,
    close_due,
    electorates_of,
    object_to,
    open_motion,
    remind,
    remind_due,
    withdraw_objection,
)
from quorate.decisions.models import Motion, Objection
from quorate.decisions.ports import forget
from quorate.decisions.queries import noticed_to, roll_call, settled, standing, tally, waiting_for
from quorate.directory.models import Person
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, Refused, UserError
from quorate.ledger.models import Message
from quorate.terms.models import Body, Policy, Seat, Term

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MAJORITY = {"threshold": "1/2", "strict": True, "of": "yes-no"}
SYSTEM = system("test")


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.travel(to=NOON):
        yield


def people(count: int) -> list[Person]:
    return [
        Person.objects.create(
            slug=f"p{i}", name=f"Person {i}", public=True, account=Account.objects.create_user(f"p{i}@people.example")
        )
        for i in range(count)
    ]


def as_actor(who: Person) -> Actor:
    return person(who.id, who.name)


def ask(voters: list[Voter], rule: dict[str, Any] = MAJORITY, **more: Any) -> Motion:
    return open_motion(actor=SYSTEM, title="Shall we?", rule=rule, electorate=voters, **more)


def said(motion: Motion, who: Person, choice: str) -> Motion:
    return cast(actor=as_actor(who), motion=motion, choice=choice)


def seated(slug: str, holders: list[Person], chair: Person | None = None) -> Body:
    body = Body.objects.create(slug=slug, name=slug.title(), kind="council")
    for position, who in enumerate(holders):
        seat = Seat.objects.create(body=body, slug=who.slug, title=who.name, position=position, chair=who == chair)
        Term.objects.create(seat=seat, person=who, start=NOON - timedelta(days=9))
    return body


def lazy(voters: list[Voter]) -> Motion:
    week = NOON + timedelta(days=7)
    return ask(voters, kind="lazy", closes_at=week, window=timedelta(days=3), early_close=True)


def letters() -> list[str]:
    return sorted(row.payload["to"] for row in Message.objects.filter(topic="mail"))


def test_silence_passes_when_the_notice_is_over() -> None:
    ada, bo = people(2)
    motion = lazy([Voter(ada.id), Voter(bo.id)])
    assert (tally(motion).result, settled(motion)) == ("no-decision", False)
    assert [e.motion for e in noticed_to(ada.id)] == [motion]
    assert list(waiting_for(ada.id)) == []
    with pytest.raises(Conflict):
        said(motion, ada, "yes")
    with clock.travel(to=NOON + timedelta(days=7)):
        assert close_due() == 1
    motion.refresh_from_db()
    assert (motion.result, motion.evaluation["derivation"]) == (
        "passed",
        ["Nobody objects.", "The notice is over.", "Passed."],
    )


def test_an_objection_needs_a_reason_and_makes_it_a_vote() -> None:
    ada, bo, cy, eve = people(4)
    motion = lazy([Voter(who.id) for who in (ada, bo, cy)])
    with pytest.raises(UserError):
        object_to(actor=as_actor(ada), motion=motion, reason=" ")
    for actor in (as_actor(eve), VISITOR):
        with pytest.raises(Refused):
            object_to(actor=actor, motion=motion, reason="Mine.")
        with pytest.raises(Refused):
            withdraw_objection(actor=actor, motion=motion)
    with clock.travel(to=NOON + timedelta(days=6)):
        object_to(actor=as_actor(ada), motion=motion, reason="Too early.")
        object_to(actor=as_actor(ada), motion=motion, reason="Again.")
        motion.refresh_from_db()
        assert motion.closes_at == NOON + timedelta(days=9), "three days to vote"
        assert [e.motion for e in waiting_for(bo.id)] == [motion]
        said(motion, bo, "yes")
        assert said(motion, cy, "yes").result == "passed", "a majority cannot be undone, and a withdrawal would agree"
    assert Objection.objects.count() == 1


def test_what_a_withdrawal_could_still_change_is_not_closed_early() -> None:
    ada, bo, cy = people(3)
    motion = lazy([Voter(ada.id), Voter(bo.id), Voter(cy.id)])
    object_to(actor=as_actor(ada), motion=motion, reason="Too early.")
    said(motion, bo, "abstain")
    assert not settled(motion)
    withdraw_objection(actor=as_actor(ada), motion=motion)
    motion.refresh_from_db()
    assert (motion.closes_at, standing(motion).voting) == (NOON + timedelta(days=7), False)
    with pytest.raises(Conflict):
        withdraw_objection(actor=as_actor(ada), motion=motion)


def test_a_vote_of_no_outlives_the_objection_that_began_the_vote() -> None:
    ada, bo, cy = people(3)
    motion = lazy([Voter(ada.id), Voter(bo.id), Voter(cy.id)])
    object_to(actor=as_actor(ada), motion=motion, reason="Too early.")
    said(motion, bo, "no")
    withdraw_objection(actor=as_actor(ada), motion=motion)
    motion.refresh_from_db()
    assert standing(motion).voting
    assert "1 has voted no" in tally(motion).derivation[0]
    with clock.travel(to=motion.closes_at):
        close_due()
    motion.refresh_from_db()
    assert motion.result == "failed"


def test_consensus_needs_a_notice_and_the_database_says_so_too() -> None:
    (ada,) = people(1)
    with pytest.raises(UserError):
        ask([Voter(ada.id)], kind="lazy")
    with pytest.raises(UserError):
        ask([Voter(ada.id)], kind="rumour")
    motion = ask([Voter(ada.id)])
    with pytest.raises(IntegrityError), transaction.atomic():
        Motion.objects.filter(pk=motion.pk).update(kind="lazy")


def test_consent_is_decided_once_enough_have_signed_and_not_before() -> None:
    ada, bo, cy = people(3)
    share = {"threshold": "2/3", "of": "seats"}
    voters = [Voter(who.id) for who in (ada, bo, cy)]
    motion = ask(voters, share, kind="consent")
    assert said(motion, ada, "yes").state == "open"
    with pytest.raises(UserError):
        said(motion, bo, "abstain")
    assert said(motion, bo, "yes").result == "passed"
    late = ask(voters, share, kind="consent", closes_at=NOON + timedelta(days=1))
    said(late, ada, "no")
    assert tally(late).result == "no-decision"
    with clock.travel(to=NOON + timedelta(days=1)):
        close_due()
    late.refresh_from_db()
    assert late.result == "no-decision"
    with pytest.raises(UserError):
        ask(voters, MAJORITY, kind="consent")


def test_two_bodies_decide_together_and_each_by_its_own_rule() -> None:
    ada, bo, cy, di = people(4)
    council = seated("council", [ada, bo, cy])
    seated("leads", [di, ada])
    rule = {
        "all": [
            {"body": "council", "rule": {"threshold": "2/3", "of": "seats"}},
            {"body": "leads", "rule": {"threshold": "1/2", "strict": True, "of": "seats"}},
        ]
    }
    voters = electorates_of(rule, council)
    motion = ask(voters, rule, body=council, early_close=True)
    said(motion, ada, "yes")
    parts = standing(motion).parts
    assert [(part.body, part.counts.yes, part.counts.seats) for part in parts] == [("council", 1, 3), ("leads", 1, 2)]
    assert said(motion, bo, "yes").state == "open", "the council is settled, the leads are not"
    closed = said(motion, di, "no")
    assert (closed.result, closed.evaluation["bodies"]) == ("failed", ["council", "leads"])
    assert [part["result"] for part in closed.evaluation["all"]] == ["passed", "failed"]
    with pytest.raises(UserError, match="leads"):
        ask([voter for voter in voters if voter.part == 0], rule)
    with pytest.raises(UserError):
        electorates_of({"all": [{"body": "nowhere", "rule": MAJORITY}]}, council)
    with pytest.raises(UserError):
        ask(voters, {"all": [{"body": "council", "rule": MAJORITY}, {"body": "council", "rule": MAJORITY}]})


def test_the_chair_is_found_and_breaks_a_tie() -> None:
    ada, bo, cy = people(3)
    council = seated("council", [ada, bo, cy], chair=ada)
    rule = {**MAJORITY, "casting": "chair"}
    motion = ask(electorates_of(rule, council), rule, body=council, early_close=True)
    assert [line.elector.person for line in roll_call(motion) if line.elector.casting] == [ada]
    said(motion, bo, "no")
    assert said(motion, cy, "abstain").state == "open", "the chair could still make a tie and break it"
    assert said(motion, ada, "yes").result == "passed"
    derivation = " ".join(Motion.objects.get(pk=motion.pk).evaluation["derivation"])
    assert "the chair's vote decides, and the chair said yes" in derivation


def test_a_representative_and_an_alternate_are_heard_in_any_order() -> None:
    ada, bo, cy = people(3)
    council = seated("council", [ada])
    seat = council.seats.get()
    deeds = [(ada, "yes"), (bo, "no"), (cy, "no")]
    for order in permutations(deeds):
        motion = ask([Voter(ada.id, seat.id, bo.id), Voter(cy.id)])
        for who, choice in order:
            said(motion, who, choice)
        counts = standing(motion).counts
        assert (counts.yes, counts.no) == (1, 1)


def test_early_closing_waits_for_the_representative_whose_alternate_has_spoken() -> None:
    ada, bo = people(2)
    seat = seated("council", [ada]).seats.get()
    motion = ask([Voter(ada.id, seat.id, bo.id)], early_close=True)
    assert said(motion, bo, "no").state == "open"
    assert said(motion, ada, "yes").result == "passed"


def test_in_a_meeting_an_alternate_speaks_only_for_the_absent() -> None:
    ada, bo, eve = people(3)
    council = seated("council", [ada], chair=ada)
    seat = council.seats.get()
    motion = ask([Voter(ada.id, seat.id, bo.id)], {**MAJORITY, "alternate": "absent"}, body=council)
    with pytest.raises(Conflict):
        said(motion, bo, "yes")
    for actor in (as_actor(eve), as_actor(bo), VISITOR):
        with pytest.raises(Refused):
            attend(actor=actor, motion=motion, person=ada.id, away=True)
    attend(actor=as_actor(ada), motion=motion, person=ada.id, away=True)
    said(motion, bo, "yes")
    assert standing(motion).counts.yes == 1
    attend(actor=as_actor(ada), motion=motion, person=ada.id, away=False)
    assert standing(motion).counts.yes == 0, "the representative is back and silent"
    never = ask([Voter(ada.id, seat.id, bo.id)], {**MAJORITY, "alternate": "never"})
    with pytest.raises(Conflict):
        said(never, bo, "yes")


def test_electors_hear_of_an_opening_and_the_silent_before_the_close_once_each() -> None:
    ada, bo, cy = people(3)
    motion = ask([Voter(ada.id), Voter(bo.id), Voter(cy.id, recused="declared")], closes_at=NOON + timedelta(days=7))
    assert letters() == ["p0@people.example", "p1@people.example"]
    said(motion, ada, "yes")
    assert remind_due() == 0
    with clock.travel(to=NOON + timedelta(days=4, hours=1)):
        assert [remind_due(), remind_due()] == [1, 0]
    with clock.travel(to=NOON + timedelta(days=6, hours=2)):
        Motion.objects.update(reminded_at=None)
        assert remind_due() == 1, "both moments have come, and one letter goes out"
        Motion.objects.update(reminded_at=None)
        assert remind_due() == 1, "a retry counts again but its letter is the same"
    assert letters() == ["p0@people.example", *["p1@people.example"] * 3]
    for actor in (as_actor(ada), VISITOR):
        with pytest.raises(Refused):
            remind(actor=actor, motion=motion)
    said(motion, bo, "yes")
    Motion.objects.update(reminded_at=None)
    with clock.travel(to=NOON + timedelta(days=6, hours=23)):
        assert remind_due() == 0


def test_nobody_is_written_to_where_there_is_no_time_to_vote_or_it_is_not_wanted() -> None:
    (ada,) = people(1)
    ask([Voter(ada.id)])
    ask([Voter(ada.id)], closes_at=NOON + timedelta(days=1), announce=False)
    assert letters() == []


def test_the_clause_is_cited_as_it_stood_when_the_motion_opened() -> None:
    (ada,) = people(1)
    old, new, later = "Decisions need half. {#bar}", "Decisions need two thirds. {#bar}", "Anything goes. {#bar}"
    for version, days, text in (("1", 90, old), ("2", 30, f"# Votes {{#votes}}\n\n{new}"), ("3", -1, later)):
        Policy.objects.create(
            slug="rules", version=version, title="Rules", text=text, adopted=NOON - timedelta(days=days)
        )
    motion = ask([Voter(ada.id)], clause="rules#bar")
    assert (motion.cited["version"], motion.cited["words"]) == ("2", "Decisions need two thirds.")
    assert ask([Voter(ada.id)], clause="rules#votes").cited["words"] == "Votes\n\nDecisions need two thirds."
    assert ask([Voter(ada.id)], clause="Article 4, as agreed").cited == {}
    assert ask([Voter(ada.id)], clause="elsewhere#bar").cited == {}


def test_reasons_are_forgotten_with_the_person() -> None:
    ada, bo = people(2)
    motion = lazy([Voter(ada.id), Voter(bo.id)])
    object_to(actor=as_actor(ada), motion=motion, reason="Mine.")
    cast(actor=as_actor(bo), motion=motion, choice="no", reason="Mine too.")
    assert [forget(SYSTEM, who.id) for who in (ada, bo)] == [1, 1]
    assert not Objection.objects.filter(reason="Mine.").exists()
