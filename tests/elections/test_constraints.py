"""Reserved seats, staggered terms, withdrawals after opening, receipts looked up, and publication without a long lock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.elections.scene import DAY, Scene, facts, make

from quorate.decisions.balloting import verifier
from quorate.directory.models import Affiliation, Organisation
from quorate.kernel.errors import Conflict, Refused, UserError
from quorate.ledger.keys import public_keys
from quorate.ledger.models import Entry, Message
from quorate.registers.elections import actions, queries
from quorate.registers.elections.actions.counting import tally
from quorate.registers.elections.models import SealedBallot
from quorate.registers.elections.rules import read_constraints, written_constraints
from quorate.terms.models import Seat, Term

pytestmark = pytest.mark.django_db


def verified(scene: Scene) -> None:
    bundle = scene.again().bundle
    assert bundle is not None
    assert verifier.check(bundle, public_keys()[-1].text(), []) == []


def rule(name: str, *members: str, least: int = 0, most: int | None = None) -> dict[str, Any]:
    return {"name": name, "least": least, "most": most, "members": list(members)}


def voted(scene: Scene, *ballots: list[str]) -> None:
    for place, ballot in enumerate(ballots):
        scene.cast(place, [[name] for name in ballot])


@pytest.mark.parametrize("resolve", ["count", "seating"])
def test_a_reserved_seat_is_filled_from_its_group(resolve: str) -> None:
    shore = Organisation.objects.create(slug="shore", name="Shore College (synthetic)")
    scene = make(8, constraints=(rule("academia", "employer:shore", least=1),), resolve=resolve)
    Affiliation.objects.create(person=scene.people[2], organisation=shore)
    scene.nominate(4)
    scene.open()
    ada, bo, cy, di = scene.ids()
    voted(scene, [ada, bo], [ada, bo], [ada, bo], [bo, ada], [bo, ada], [di, ada], [di], [cy])
    scene.close()
    result = scene.publish()
    assert result.bundle is not None
    assert cy in result.bundle["result"]["elected"]
    assert result.bundle["manifest"]["constraints"]["rules"][0]["candidates"] == [cy]
    verified(scene)


def test_what_nobody_can_meet_is_refused_at_opening_with_the_reason() -> None:
    scene = make(8, constraints=(rule("academia", "employer:nowhere", least=1),))
    scene.nominate(3)
    with pytest.raises(UserError, match="at least 1 of “academia” cannot be met"):
        scene.open()
    assert scene.again().state == "announced"


def test_a_withdrawal_that_empties_a_reserved_group_is_reported_in_the_count() -> None:
    scene = make(8, constraints=(rule("academia", "candidate:elin-2", least=1),))
    scene.nominate(3)
    scene.open()
    voted(scene, *[["elin-0", "elin-1"]] * 6)
    actions.withdraw(actor=scene.actor(2), nomination=scene.election.nominations.get(slug="elin-2"))
    scene.close()
    result = scene.publish()
    assert result.bundle is not None
    count = result.bundle["result"]["count"]
    assert count["constraints"]["unmet"] == [{"rule": "academia", "met": 0}]
    assert any("cannot be met by those who stand" in note for note in count["constraints"]["notes"])
    assert result.bundle["result"]["elected"] == ["elin-0", "elin-1"]
    verified(scene)


def test_constraints_are_written_on_lines() -> None:
    text = "academia | at least 1 | employer:shore candidate:ada\none region | at most 2 | body:north"
    found = read_constraints(text)
    assert found == (
        rule("academia", "employer:shore", "candidate:ada", least=1),
        rule("one region", "body:north", most=2),
    )
    assert read_constraints(written_constraints(found)) == found
    for wrong in (
        "academia",
        "a | most 2 | body:x",
        "a | at least 1 | nothing",
        "a | body:x",
        "a | at least 9 | body:x",
    ):
        with pytest.raises(UserError) as caught:
            facts(constraints=read_constraints(wrong)).check()
        assert caught.value.where == "constraints"
    with pytest.raises(UserError, match="same name"):
        facts(constraints=(rule("a", "body:x", most=1), rule("a", "body:y", most=1))).check()


def test_terms_are_staggered_in_the_order_of_election() -> None:
    scene = make(8, term_months=(24, 12), seat_slugs=("seat-6", "seat-7"))
    scene.nominate(3)
    scene.open()
    voted(scene, *[["elin-1", "elin-0"]] * 6)
    scene.close()
    scene.publish()
    Seat.objects.filter(slug__in=("seat-6", "seat-7")).update(voting=True)
    start = DAY + timedelta(days=30)
    actions.seat_elected(actor=scene.officer, election=scene.again(), start=start)
    ends = {term.person.slug: term.until for term in Term.objects.filter(start=start).select_related("person")}
    assert ends == {"elin-1": start.replace(year=2028), "elin-0": start.replace(year=2027)}
    with pytest.raises(UserError, match="as many lengths"):
        facts(term_months=(1,)).check()


def test_a_vacancy_is_filled_within_the_cap_of_those_who_stay() -> None:
    harbour = Organisation.objects.create(slug="harbour", name="Harbour Works (synthetic)")
    scene = make(8, cap=1)
    for place in (0, 1):
        Affiliation.objects.create(person=scene.people[place], organisation=harbour)
    scene.nominate(4)
    scene.open()
    ada, bo, cy, di = scene.ids()
    voted(scene, [ada, bo], [ada, bo], [ada, bo], [cy, bo, di], [cy, bo, di], [di])
    scene.close()
    assert scene.publish().bundle["result"]["elected"] == [ada, cy]  # type: ignore[index]  # it was published
    # Bo is next, but while Ada serves a second of Harbour Works may not.
    assert actions.count_back(actor=scene.officer, election=scene.again(), left=cy) == di
    # When Ada leaves there is room again.
    assert actions.count_back(actor=scene.officer, election=scene.again(), left=ada) == bo


@pytest.mark.parametrize("when", ["open", "closed"])
def test_a_candidate_withdraws_and_everybody_is_told(when: str) -> None:
    scene = make(8)
    scene.nominate(3)
    scene.open()
    ada, bo, cy = scene.ids()
    voted(scene, *[[ada, bo, cy]] * 5, [cy], [bo])
    if when == "closed":
        scene.close()
    nomination = scene.election.nominations.get(slug=ada)
    with pytest.raises(Refused):
        actions.withdraw(actor=scene.actor(1), nomination=nomination)
    before = Message.objects.filter(topic="mail").count()
    if when == "open":
        actions.withdraw(actor=scene.actor(0), nomination=nomination, reason="A private reason.")
    else:
        actions.strike_candidate(actor=scene.officer, nomination=nomination, reason="A private reason.")
    assert Message.objects.filter(topic="mail").count() - before == 8
    with pytest.raises(Conflict):
        actions.withdraw(actor=scene.actor(0), nomination=nomination)
    entry = Entry.objects.get(kind="election.withdrew")
    assert entry.data == {"candidate": ada, "voting": when == "open"}
    assert "private reason" not in str(entry.data) + str(entry.refs)
    if when == "open":
        scene.cast(7, [[ada], [cy]])  # a page that was open already still names them
        scene.close()
    result = scene.publish()
    assert result.bundle is not None
    assert result.bundle["result"]["elected"] == [bo, cy]
    (item,) = result.bundle["withdrawn"]
    assert (item["candidate"], item["entry"]) == (ada, str(entry.uid))
    verified(scene)
    with pytest.raises(Conflict):
        actions.withdraw(actor=scene.actor(1), nomination=scene.election.nominations.get(slug=bo))


def test_nobody_withdraws_before_voting_opens_or_without_standing() -> None:
    scene = make(8, endorsers_needed=1)
    scene.nominate(2)
    nomination = scene.election.nominations.get(slug="elin-0")
    with pytest.raises(Conflict):
        actions.withdraw(actor=scene.actor(0), nomination=nomination)
    actions.endorse(actor=scene.actor(2), nomination=scene.election.nominations.get(slug="elin-1"))
    scene.open()
    with pytest.raises(Conflict, match="does not stand"):
        actions.withdraw(actor=scene.actor(0), nomination=nomination)
    with pytest.raises(UserError, match="say why"):
        actions.strike_candidate(
            actor=scene.officer, nomination=scene.election.nominations.get(slug="elin-1"), reason=" "
        )


def test_how_many_receipts_were_looked_up_is_counted_without_a_voter() -> None:
    scene = make(8)
    scene.nominate(3)
    scene.open()
    voted(scene, *[["elin-0"]] * 6)
    places = list(SealedBallot.objects.order_by("place").values_list("commitment", flat=True))
    for text in (places[0], places[0], places[3]):
        assert actions.check_receipt(actor=scene.outsider, election=scene.election, commitment=text)
    assert not actions.check_receipt(actor=scene.outsider, election=scene.election, commitment="00" * 32)
    assert queries.checked(scene.election) == (2, 6)
    assert not Entry.objects.filter(kind__startswith="receipt").exists()
    scene.close()
    assert scene.publish().bundle["result"]["checked"] == 2  # type: ignore[index]  # it was published


def test_counting_holds_no_transaction_and_what_changed_meanwhile_is_not_published() -> None:
    scene = make(8)
    scene.nominate(3)
    scene.open()
    voted(scene, *[["elin-0", "elin-1"]] * 6)
    scene.close()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        ready = tally(scene.again(), "4321.09")
    written = [item["sql"] for item in asked if not item["sql"].lstrip().upper().startswith("SELECT")]
    assert written == []
    actions.withdraw(actor=scene.actor(0), nomination=scene.election.nominations.get(slug="elin-0"))
    with pytest.raises(Conflict, match="something changed"):
        actions.publish_result(actor=scene.officer, election=scene.again(), tally=ready)
    assert scene.again().state == "closed"
    fresh = tally(scene.again(), "4321.09")
    with CaptureQueriesContext(connection) as asked:
        actions.publish_result(actor=scene.officer, election=scene.again(), tally=fresh)
    again = len(asked)
    assert again < 30
    with pytest.raises(Conflict, match="counted once"):
        actions.publish_result(actor=scene.officer, election=scene.again(), tally=fresh)
    verified(scene)
