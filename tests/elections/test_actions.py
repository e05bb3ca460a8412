"""An election from notice to seats, at each level, and everything that is refused on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.elections.scene import CLOCK, DAY, Voter, facts, make

from quorate.access.actors import VISITOR
from quorate.decisions.balloting import ballots, verifier
from quorate.directory.actions import merge_people
from quorate.directory.models import Affiliation, Organisation, Person
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, Refused, UserError
from quorate.ledger.keys import public_keys, replace_key
from quorate.ledger.models import Entry, Message
from quorate.registers.elections import actions, keyring
from quorate.registers.elections.models import Election, Nomination, RollEntry, RollRequest, SealedBallot
from quorate.registers.elections.queries import turnout, waiting_for
from quorate.terms.queries import holders

pytestmark = pytest.mark.django_db


def verified(election: Election, receipts: list[Any] = []) -> list[str]:  # noqa: B006  # never changed
    assert election.bundle is not None
    return verifier.check(election.bundle, public_keys()[-1].text(), receipts)


def test_level_b_from_notice_to_seats(django_capture_on_commit_callbacks: Any) -> None:
    scene = make(8, seat_slugs=("seat-0", "seat-1"))
    scene.nominate(3)
    scene.open()
    ada, bo, cy = scene.ids()
    receipts = [scene.cast(place, [[ada], [bo]]) for place in range(4)]
    receipts += [scene.cast(place, [[bo], [cy]]) for place in range(4, 7)]
    assert all(receipt.holds(public_keys()) for receipt in receipts)
    assert turnout(scene.election) == (7, 8)
    assert [row.person_id for row in waiting_for(scene.people[7].pk)] == [scene.people[7].pk]
    scene.close()
    with django_capture_on_commit_callbacks(execute=True):
        result = scene.publish()
    assert verified(result, [receipt.as_json() for receipt in receipts]) == []
    assert result.bundle is not None
    assert result.bundle["result"]["elected"] == [ada, bo]
    assert not keyring.path_of(result.pk).exists()
    assert set(SealedBallot.objects.values_list("sealed", flat=True)) == {None}
    start = DAY + timedelta(days=40)
    actions.seat_elected(actor=scene.officer, election=result, start=start)
    assert [who.slug for who in holders("seat:council/seat-0", start)] == [ada]
    assert actions.count_back(actor=scene.officer, election=result, left=ada) == cy
    with pytest.raises(UserError, match="holds no seat"):
        actions.count_back(actor=scene.officer, election=result, left=ada)


def test_a_later_ballot_takes_the_place_of_an_earlier_by_its_code() -> None:
    scene = make(6)
    scene.nominate()
    scene.open()
    ada, bo, _cy = scene.ids()
    first, second = Voter(), Voter()
    early = scene.cast(0, [[ada]], first)
    with pytest.raises(Conflict, match="you have voted"):
        scene.cast(0, [[bo]], second)
    with pytest.raises(Conflict, match="belongs to no ballot"):
        scene.cast(0, [[bo]], second, replaces=second.code)
    late = scene.cast(0, [[bo]], second, replaces=first.code)
    assert scene.cast(0, [[bo]], second, replaces=first.code).index == late.index  # a retry changes nothing
    with pytest.raises(Conflict, match="no ballot of yours"):
        scene.cast(1, [[bo]], replaces=second.code)
    for place in range(1, 6):
        scene.cast(place, [[bo]])
    scene.close()
    result = scene.publish()
    assert verified(result, [late.as_json()]) == []
    assert result.bundle is not None
    assert result.bundle["ballots"] == [[[bo]]] * 6
    with pytest.raises(verifier.Bad, match="replaced"):
        verified(result, [early.as_json()])


def test_a_retry_is_answered_and_a_twin_refused() -> None:
    scene = make(6)
    scene.nominate()
    scene.open()
    voter = Voter()
    first = scene.cast(0, [[scene.ids()[0]]], voter)
    again = scene.cast(0, [[scene.ids()[0]]], voter)
    assert (first.index, first.commitment) == (again.index, again.commitment) and again.holds(public_keys())
    assert SealedBallot.objects.count() == 1
    other = Voter(code=voter.code)
    with pytest.raises(Conflict, match="change code was used"):
        scene.cast(1, [[scene.ids()[1]]], other)
    wrong = ballots.commit(bytes(32), [[scene.ids()[0]]], 5)
    with pytest.raises(UserError, match="your device made"):
        scene.cast(1, [[scene.ids()[1]]], commitment=wrong)
    assert SealedBallot.objects.count() == 1 and not RollEntry.objects.get(person=scene.people[1]).voted


def test_level_c_knows_tokens_and_no_voters() -> None:
    scene = make(7, level="C")
    scene.nominate()
    scene.open()
    ada, bo, _cy = scene.ids()
    receipts = []
    codes = []
    for place in range(6):
        token, voter = scene.token(place), Voter()
        paper = voter.paper([[ada], [bo]])
        receipts.append(actions.drop_ballot(actor=VISITOR, election=scene.election, paper=paper, token=token))
        codes.append(voter.code)
        with pytest.raises(Conflict, match="used before"):
            again = Voter().paper([[bo]])
            actions.drop_ballot(actor=VISITOR, election=scene.election, paper=again, token=token)
    changed = Voter().paper([[bo]], replaces=codes[0])
    receipts[0] = actions.drop_ballot(actor=VISITOR, election=scene.election, paper=changed, token=None)
    with pytest.raises(Conflict, match="issued before"):
        scene.token(0)
    unsigned = scene.token(6)
    forged = type(unsigned)(bytes(32), unsigned.prefix, unsigned.signatures)
    for given in (forged, None):
        with pytest.raises(Refused):
            actions.drop_ballot(actor=VISITOR, election=scene.election, paper=Voter().paper([[bo]]), token=given)
    with pytest.raises(Conflict, match="another way"):
        scene.cast(0, [[ada]])
    scene.close()
    result = scene.publish()
    assert verified(result, [receipt.as_json() for receipt in receipts]) == []
    assert result.bundle is not None and len(result.bundle["tokens"]) == 6
    assert len(result.bundle["voted"]) == 7  # one asked for a token and never used it


def test_level_a_is_a_named_roll_call() -> None:
    scene = make(6, level="A")
    scene.nominate()
    scene.open()
    ada, bo, _cy = scene.ids()
    for place in range(5):
        actions.cast_named(actor=scene.actor(place), election=scene.election, ballot=[[ada]])
    actions.cast_named(actor=scene.actor(0), election=scene.election, ballot=[[bo]])
    actions.cast_named(actor=scene.actor(0), election=scene.election, ballot=[[bo]])
    assert Entry.objects.filter(kind="election.voted").count() == 6
    scene.close()
    result = scene.publish()
    assert verified(result) == []
    assert result.bundle is not None
    said = {item["voter"]: item["ballot"] for item in result.bundle["ballots"]}
    assert said[str(scene.people[0].pk)] == [[bo]]


@pytest.mark.parametrize("level", ["A", "B"])
def test_merging_two_records_of_a_person_moves_no_frozen_roll(level: str) -> None:
    scene = make(7, level=level)
    scene.nominate()
    scene.open()
    for place in range(6):
        if level == "A":
            actions.cast_named(actor=scene.actor(place), election=scene.election, ballot=[["elin-1"]])
        else:
            scene.cast(place, [["elin-1"]])
    merge_people(actor=CLOCK, kept=scene.people[6], absorbed=scene.people[5])
    stranger = Person.objects.get(pk=scene.outsider.person_id)
    merge_people(actor=CLOCK, kept=stranger, absorbed=scene.people[4])
    scene.close()
    assert verified(scene.publish()) == []


def test_a_key_that_was_replaced_meanwhile_is_asked_back() -> None:
    scene = make(6)
    scene.nominate()
    scene.open()
    scene.cast(0, [["elin-1"]])
    scene.close()
    replace_key()
    with pytest.raises(Conflict, match="another key"):
        scene.publish()


def test_few_ballots_are_not_published() -> None:
    scene = make(6)
    scene.nominate()
    scene.open()
    for place in range(4):
        scene.cast(place, [[scene.ids()[0]]])
    scene.close()
    result = scene.publish()
    assert result.bundle is not None and result.bundle["ballots"] is None and result.bundle["result"]["count"] is None
    assert len(verified(result)) == 1
    with pytest.raises(Conflict, match="no published ballots"):
        actions.count_back(actor=scene.officer, election=result, left=scene.ids()[0])


def test_of_a_secret_ballot_nothing_is_written_elsewhere() -> None:
    scene = make(6)
    scene.nominate()
    scene.open()
    before = (Entry.objects.count(), Message.objects.count())
    scene.cast(0, [[scene.ids()[0]]])
    assert (Entry.objects.count(), Message.objects.count()) == before


def test_nominations_are_answered_endorsed_and_end() -> None:
    scene = make(6, endorsers_needed=1)
    proposed = actions.nominate(actor=scene.actor(0), election=scene.election, person=scene.people[1])
    with pytest.raises(Refused):
        actions.answer(actor=scene.actor(0), nomination=proposed, accept=True)
    accepted = actions.answer(actor=scene.actor(1), nomination=proposed, accept=True, statement="Yes.")
    assert accepted.state == Nomination.State.ACCEPTED
    other = actions.nominate(actor=scene.actor(2), election=scene.election, person=scene.people[3])
    assert actions.answer(actor=scene.actor(3), nomination=other, accept=False).state == Nomination.State.DECLINED
    actions.nominate(actor=scene.actor(4), election=scene.election, person=scene.people[4], statement="Alone.")
    with pytest.raises(UserError, match="others must"):
        actions.endorse(actor=scene.actor(1), nomination=proposed)
    actions.endorse(actor=scene.actor(2), nomination=proposed)
    actions.endorse(actor=scene.actor(2), nomination=proposed)
    with pytest.raises(Conflict, match="nominated before"):
        actions.nominate(actor=scene.actor(5), election=scene.election, person=scene.people[1])
    clock.set_now(DAY + timedelta(days=8))
    for late in (
        lambda: actions.nominate(actor=scene.actor(5), election=scene.election, person=scene.people[5]),
        lambda: actions.answer(actor=scene.actor(1), nomination=proposed, accept=False),
        lambda: actions.endorse(actor=scene.actor(5), nomination=proposed),
    ):
        with pytest.raises(Conflict, match="closed"):
            late()
    scene.open()
    assert scene.ids() == ["elin-1"]  # one declined, one found nobody to endorse them


def test_the_roll_is_asked_for_decided_and_then_frozen() -> None:
    scene = make(6)
    request = actions.ask_for_roll(actor=scene.outsider, election=scene.election, reason="I maintain it.")
    with pytest.raises(Conflict, match="asked before"):
        actions.ask_for_roll(actor=scene.outsider, election=scene.election, reason="Please.")
    actions.decide_request(actor=scene.officer, request=request, granted=True, reason="True.")
    with pytest.raises(Conflict):
        actions.decide_request(actor=scene.officer, request=request, granted=False, reason="No.")
    scene.nominate()
    scene.open()
    assert turnout(scene.election) == (0, 7)
    assert RollRequest.objects.get().state == "granted"
    with pytest.raises(Conflict, match="frozen"):
        actions.ask_for_roll(actor=scene.actor(0), election=scene.election, reason="Me too.")
    with pytest.raises(Conflict, match="nothing of it changes"):
        actions.change_notice(actor=scene.officer, election=scene.election, facts=facts())


def test_days_are_kept() -> None:
    scene = make(6)
    scene.nominate()
    with pytest.raises(Conflict, match="voting opens at"):
        actions.open_election(actor=scene.officer, election=scene.election)
    scene.open()
    with pytest.raises(Conflict, match="not before"):
        actions.close_election(actor=scene.officer, election=scene.election)
    with pytest.raises(Conflict, match="after it closed"):
        scene.publish()
    clock.set_now(DAY + timedelta(days=28))
    with pytest.raises(Conflict, match="no ballots are taken"):
        scene.cast(0, [[scene.ids()[0]]])
    scene.close()
    assert actions.close_election(actor=CLOCK, election=scene.election).state == "closed"
    with pytest.raises(UserError, match="the lot needs"):
        scene.publish("")
    scene.publish()
    with pytest.raises(Conflict):
        scene.publish()
    with pytest.raises(Conflict, match="is over"):
        actions.cancel(actor=scene.officer, election=scene.again(), reason="Late.")


def test_a_cancelled_election_is_never_opened_again(django_capture_on_commit_callbacks: Any) -> None:
    scene = make(6)
    scene.nominate()
    scene.open()
    scene.cast(0, [[scene.ids()[0]]])
    with django_capture_on_commit_callbacks(execute=True):
        actions.cancel(actor=scene.officer, election=scene.election, reason="The roll was wrong.")
    assert not keyring.path_of(scene.election.pk).exists()
    with pytest.raises(Conflict):
        scene.publish()


def test_an_election_without_candidates_or_electors_does_not_open() -> None:
    scene = make(6)
    clock.set_now(DAY + timedelta(days=14))
    with pytest.raises(UserError, match="nobody stands"):
        actions.open_election(actor=scene.officer, election=scene.election)
    other = actions.announce(
        actor=scene.officer, body=scene.body, facts=facts(slug="empty", roll_roles=("body:nowhere",))
    )
    with pytest.raises(UserError, match="nobody is on the roll"):
        actions.open_election(actor=scene.officer, election=other)


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"seats": 0}, "seat"),
        ({"rule": "dice"}, "no rule"),
        ({"level": "Z"}, "level"),
        ({"opens_at": DAY}, "nominations end"),
        ({"equal_ranks": True}, "ends at equal ranks"),
        ({"cap": 0}, "cap"),
        ({"seat_slugs": ("one",)}, "as many seats"),
    ],
)
def test_notices_that_cannot_be_held(changes: dict[str, Any], match: str) -> None:
    with pytest.raises(UserError, match=match):
        facts(**changes).check()


@pytest.mark.parametrize("resolve", ["count", "seating"])
def test_a_cap_by_employer_is_kept(resolve: str) -> None:
    scene = make(8, cap=1, resolve=resolve)
    harbour = Organisation.objects.create(slug="harbour", name="Harbour Works (synthetic)")
    for place in (0, 1):
        Affiliation.objects.create(person=scene.people[place], organisation=harbour)
    scene.nominate(3)
    scene.open()
    ada, bo, cy = scene.ids()
    for place in range(8):
        scene.cast(place, [[ada], [bo], [cy]] if place < 5 else [[bo], [ada], [cy]])
    scene.close()
    result = scene.publish()
    assert result.bundle is not None
    found = result.bundle["result"]
    assert (found["elected"], found["struck"]) == ([ada, cy], [bo] if resolve == "seating" else [])
    assert result.bundle["manifest"]["constraints"] == {
        "mode": resolve,
        "rules": [{"name": "Harbour Works (synthetic)", "candidates": [ada, bo], "least": 0, "most": 1}],
    }
    said = [note for stage in found["count"]["stages"] for note in stage.get("notes", [])]
    assert any("at most 1 of “Harbour Works (synthetic)”" in note for note in said)
    assert verified(result) == []
