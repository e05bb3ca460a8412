"""Motions through their actions: electorate, votes, recusal, alternates, closing, refusals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from quorate.access.actors import VISITOR, Actor, person, system
from quorate.decisions.actions import Voter, cast, close_due, close_motion, open_motion, recuse, withdraw_motion
from quorate.decisions.models import Motion, Vote
from quorate.decisions.queries import counts_of, roll_call, settled, tally, visible, waiting_for
from quorate.decisions.rules import Counts, parse_rule
from quorate.directory.models import Person
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, Refused, UserError
from quorate.ledger.queries import about
from quorate.ledger.sentences import sentences
from quorate.terms.models import Body, Seat, Term

pytestmark = pytest.mark.django_db
MAJORITY = {"threshold": "1/2", "strict": True, "of": "seats"}


def people(count: int) -> list[Person]:
    return [Person.objects.create(slug=f"p{i}", name=f"Person {i}", public=True) for i in range(count)]


def as_actor(who: Person) -> Actor:
    return person(who.id, who.name)


def ask(voters: list[Voter], rule: dict[str, Any] = MAJORITY, **more: Any) -> Motion:
    return open_motion(actor=system("test"), title="Shall we?", rule=rule, electorate=voters, **more)


def counted(motion: Motion) -> Counts:
    return counts_of(roll_call(motion), parse_rule(motion.rule))


def test_who_stands_aside_leaves_the_seats_or_stays_among_them() -> None:
    ada, bo, cy, di = people(4)
    voters = [Voter(ada.id), Voter(bo.id), Voter(cy.id, recused="shared employer"), Voter(di.id, recused="declared")]
    leave, stay = ask(voters), ask(voters, {**MAJORITY, "recused": "stay"})
    assert (counted(leave).seats, counted(stay).seats) == (2, 4)
    cast(actor=as_actor(ada), motion=stay, choice="yes")
    assert not settled(leave)
    assert settled(stay), "two of four is no majority, and two is all there can be"
    cast(actor=as_actor(bo), motion=stay, choice="yes")
    assert tally(stay).result == "failed"
    assert "those who stand aside among them = 4" in " ".join(tally(stay).derivation)
    for who in (ada, bo):
        cast(actor=as_actor(who), motion=leave, choice="yes")
    assert tally(leave).result == "passed"


def test_a_majority_of_seats_passes_and_everybody_can_read_why() -> None:
    ada, bo, cy = people(3)
    motion = ask([Voter(who.id) for who in (ada, bo, cy)], closes_at=clock.now() + timedelta(days=7))
    cast(actor=as_actor(ada), motion=motion, choice="yes", reason="good fit")
    cast(actor=as_actor(bo), motion=motion, choice="yes")
    close_motion(actor=system("test"), motion=motion)
    with pytest.raises(Conflict):
        cast(actor=as_actor(ada), motion=motion, choice="no")
    motion.refresh_from_db()
    assert (motion.state, motion.result, motion.evaluation["early"]) == ("closed", "passed", True)
    told = [sentence.text for sentence in sentences(about("motion", str(motion.id)), public=True)]
    assert told[0] == "The motion “Shall we?” closed: passed (2 yes, 0 no, 0 abstained)"
    assert "Person 0 voted yes on “Shall we?”" in told


def test_an_outsider_a_visitor_and_one_who_stands_aside_are_refused() -> None:
    ada, bo, eve = people(3)
    motion = ask([Voter(ada.id), Voter(bo.id, recused="shared employer")])
    for actor in (as_actor(eve), as_actor(bo), VISITOR):
        with pytest.raises(Refused):
            cast(actor=actor, motion=motion, choice="yes")
        with pytest.raises(Refused):
            close_motion(actor=actor, motion=motion)
        with pytest.raises(Refused):
            open_motion(actor=actor, title="Mine", rule=MAJORITY, electorate=[Voter(eve.id)])
        with pytest.raises(Refused):
            withdraw_motion(actor=actor, motion=motion)
    with pytest.raises(Refused):
        recuse(actor=as_actor(eve), motion=motion, person=ada.id)
    assert counted(motion).seats == 1


def test_saying_it_again_supersedes_and_keeps_what_was_said() -> None:
    ada, bo = people(2)
    motion = ask([Voter(ada.id), Voter(bo.id)])
    cast(actor=as_actor(ada), motion=motion, choice="no")
    cast(actor=as_actor(ada), motion=motion, choice="yes")
    cast(actor=as_actor(ada), motion=motion, choice="yes")
    assert [vote.choice for vote in Vote.objects.all()] == ["no", "yes"]
    assert (counted(motion).yes, counted(motion).no) == (1, 0)


def test_an_alternate_speaks_while_the_representative_is_silent() -> None:
    ada, stand_in = people(2)
    body = Body.objects.create(slug="council", name="Council", kind="council")
    seat = Seat.objects.create(body=body, slug="one", title="Seat one")
    motion = ask([Voter(ada.id, seat.id, stand_in.id)], closes_at=clock.now() + timedelta(days=1))
    cast(actor=as_actor(stand_in), motion=motion, choice="no")
    assert tally(motion).bar["have"] == 0
    assert counted(motion).no == 1
    cast(actor=as_actor(ada), motion=motion, choice="yes")
    cast(actor=as_actor(stand_in), motion=motion, choice="abstain")
    assert tally(motion).result == "passed"


def test_votes_end_with_their_time_and_the_worker_counts_them() -> None:
    ada, bo, cy = people(3)
    opened = datetime(2026, 3, 2, 12, tzinfo=UTC)
    with clock.travel(to=opened):
        motion = ask([Voter(who.id) for who in (ada, bo, cy)], closes_at=opened + timedelta(days=7))
        cast(actor=as_actor(ada), motion=motion, choice="yes")
        with pytest.raises(Conflict):
            close_motion(actor=system("test"), motion=motion)
        assert close_due() == 0
    with clock.travel(to=opened + timedelta(days=7)):
        with pytest.raises(Conflict):
            cast(actor=as_actor(bo), motion=motion, choice="yes")
        assert [close_due(), close_due()] == [1, 0]
    motion.refresh_from_db()
    assert (motion.result, motion.closed_at) == ("failed", opened + timedelta(days=7))


def test_it_closes_by_itself_when_nothing_can_change_it() -> None:
    ada, bo, cy = people(3)
    motion = ask([Voter(who.id) for who in (ada, bo, cy)], early_close=True)
    assert cast(actor=as_actor(ada), motion=motion, choice="no").state == "open"
    assert cast(actor=as_actor(bo), motion=motion, choice="no").result == "failed"


def test_the_chair_withdraws_and_the_roll_of_a_past_vote_never_moves() -> None:
    ada, bo = people(2)
    body = Body.objects.create(slug="group", name="Group", kind="working-group")
    seat = Seat.objects.create(body=body, slug="chair", title="Chair", chair=True)
    term = Term.objects.create(seat=seat, person=ada, start=clock.now() - timedelta(days=3))
    motion = ask([Voter(ada.id, seat.id)], body=body)
    term.until = clock.now()
    term.save()
    Term.objects.create(seat=seat, person=bo, start=term.until)
    assert [line.elector.person for line in roll_call(motion)] == [ada]
    with pytest.raises(Refused):
        withdraw_motion(actor=as_actor(ada), motion=motion)
    assert withdraw_motion(actor=as_actor(bo), motion=motion).state == "withdrawn"


def test_what_cannot_be_asked_is_refused_before_anything_is_written() -> None:
    (ada,) = people(1)
    with pytest.raises(UserError):
        ask([])
    with pytest.raises(UserError):
        ask([Voter(ada.id)], closes_at=clock.now() - timedelta(seconds=1))
    with pytest.raises(UserError):
        ask([Voter(ada.id)], {"threshold": "2/3"})
    with pytest.raises(UserError):
        cast(actor=as_actor(ada), motion=ask([Voter(ada.id)]), choice="maybe")
    assert Motion.objects.count() == 1


def test_work_and_sight() -> None:
    ada, bo, eve = people(3)
    motion = ask([Voter(ada.id), Voter(bo.id)], public=False)
    assert [elector.motion for elector in waiting_for(ada.id)] == [motion]
    cast(actor=as_actor(ada), motion=motion, choice="yes")
    assert list(waiting_for(ada.id)) == []
    assert list(visible(as_actor(bo))) == [motion]
    assert list(visible(as_actor(eve))) == list(visible(VISITOR)) == []


def test_what_a_motion_that_is_not_public_asks_is_told_to_nobody_outside() -> None:
    (ada,) = people(1)
    secret = ask([Voter(ada.id)], public=False)
    told = [sentence.text for sentence in sentences(about("motion", str(secret.id)), public=True)]
    assert told
    assert not any(secret.title in text for text in told)
    assert any("“not public”" in text for text in told)
    inside = [sentence.text for sentence in sentences(about("motion", str(secret.id)))]
    assert any(secret.title in text for text in inside)
