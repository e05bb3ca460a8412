"""The pages of elections: public, without scripts, by script's requests, refused to outsiders, at a constant cost."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.elections.scene import DAY, Scene, Voter, facts, make

from quorate.access.models import Account
from quorate.decisions.balloting import verifier
from quorate.decisions.balloting.ballots import anchor, commit
from quorate.directory.models import Person
from quorate.kernel import clock
from quorate.ledger.keys import public_keys
from quorate.registers.elections import actions
from quorate.registers.elections.models import Election, SealedBallot
from quorate.terms.queries import holders

pytestmark = pytest.mark.django_db


def signed_in(who: Person | None) -> Client:
    client = Client()
    if who is not None:
        assert who.account is not None
        client.force_login(who.account)
    return client


def body_of(scene: Scene, ballot: Any, voter: Voter, **more: Any) -> dict[str, Any]:
    """What the script sends."""
    commitment = commit(bytes.fromhex(scene.election.manifest_hash), ballot, voter.r)
    fixed = {
        "r": voter.r.to_bytes(32, "little").hex(),
        "anchor": anchor(voter.code).hex(),
        "commitment": commitment.hex(),
    }
    return {"ballot": ballot, **fixed, **more}


def post(client: Client, url: str, value: Any) -> Any:
    return client.post(url, json.dumps(value), content_type="application/json")


@pytest.fixture
def scene() -> Scene:
    found = make(8, seat_slugs=("seat-0", "seat-1"))
    found.nominate(3)
    return found


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_public_notice_says_who_stands_and_how_it_is_counted(client: Client, scene: Scene) -> None:
    page = text(client.get("/p/elections/council-2026/"))
    for words in ("Council 2026", "Elin Example 1", "<strong>1</strong>", "Scottish STV", "the close of an index"):
        assert words in page
    assert "Council 2026" in text(client.get("/p/elections/"))
    assert client.get("/p/elections/nobody/").status_code == 404
    assert client.get("/p/elections/council-2026/bundle.json").status_code == 404
    assert "quorate-election-bundle/1" in text(client.get("/p/elections/verifier.py"))
    assert client.get("/p/elections/").headers["ETag"]


def test_elections_of_bodies_that_are_not_public_stay_among_them(client: Client, scene: Scene) -> None:
    scene.body.public = False
    scene.body.save()
    assert client.get("/p/elections/council-2026/").status_code == 404
    assert "Council 2026" not in text(client.get("/p/elections/"))
    outsider = Person.objects.get(slug="elin-9")
    assert signed_in(outsider).get("/elections/council-2026/").status_code == 404
    assert signed_in(scene.people[0]).get("/elections/council-2026/").status_code == 200


def test_a_ballot_without_scripts(scene: Scene) -> None:
    scene.open()
    voter = signed_in(scene.people[0])
    page = text(voter.get("/elections/council-2026/vote/"))
    nonce = re.search(r'name="nonce" value="([0-9a-f]{64})"', page)
    assert nonce is not None
    assert 'data-candidate="elin-0"' in page
    marks = {"nonce": nonce[1], "mark:elin-1": "1", "mark:elin-0": "2", "mark:elin-2": ""}
    voted = voter.post("/elections/council-2026/vote/", marks)
    assert voted.status_code == 200
    assert "the server made the commitment for you" in text(voted)
    again = voter.post("/elections/council-2026/vote/", marks)  # the button pressed twice
    assert again.status_code == 200
    assert SealedBallot.objects.count() == 1
    other = voter.post("/elections/council-2026/vote/", {**marks, "nonce": "b" * 64})
    assert other.status_code == 409
    assert "change code" in text(other)
    code = re.search(r'data-slot="code">([0-9a-f]{64})', text(voted))
    assert code is not None
    changed = voter.post("/elections/council-2026/vote/", {**marks, "nonce": "c" * 64, "replaces": code[1]})
    assert changed.status_code == 200
    assert SealedBallot.objects.filter(code="").count() == 1
    for wrong in (
        {**marks, "nonce": ""},
        {**marks, "nonce": "d" * 64, "mark:elin-0": "1"},
        {**marks, "replaces": "xyz"},
    ):
        assert voter.post("/elections/council-2026/vote/", wrong).status_code in (409, 422)


def test_what_the_script_sends_and_what_everybody_may_check(client: Client, scene: Scene) -> None:
    scene.open()
    receipts = []
    for place in range(7):
        browser, voter = signed_in(scene.people[place]), Voter()
        sent = body_of(scene, [["elin-1"], ["elin-0"]], voter)
        answer = post(browser, "/elections/council-2026/cast/", sent)
        assert answer.status_code == 200, text(answer)
        assert answer.headers["Cache-Control"] == "no-store"
        assert post(browser, "/elections/council-2026/cast/", sent).json()["index"] == answer.json()["index"]
        receipts.append(answer.json())
    for asked in ("3", receipts[3]["commitment"]):
        page = text(client.get("/p/elections/council-2026/check/", {"place": asked}))
        assert "it counts" in page
        assert receipts[3]["commitment"] in page
    for asked in ("99", "ab" * 32, "x"):
        assert "It is not in the log" in text(client.get("/p/elections/council-2026/check/", {"place": asked}))
    assert client.get("/p/elections/council-2026/check/?place=3&format=json").json()["index"] == 3
    scene.close()
    officer = Client()
    officer.force_login(Account.objects.get(pk=scene.officer.account_id))
    officer.post("/elections/council-2026/publish/", {"public_value": ""})
    assert scene.again().state == "closed"
    officer.post("/elections/council-2026/publish/", {"public_value": "4321.09"})
    assert scene.again().state == "published"
    page = text(client.get("/p/elections/council-2026/"))
    assert "Stage 1" in page
    assert "bundle.json" in page
    bundle = client.get("/p/elections/council-2026/bundle.json").json()
    assert verifier.check(bundle, public_keys()[-1].text(), receipts) == []
    assert client.get("/p/elections/council-2026/manifest.json").json() == bundle["manifest"]
    assert len(text(client.get("/p/elections/council-2026/ballots.jsonl")).splitlines()) == 7
    assert text(client.get("/p/elections/council-2026/election.blt")).startswith("3 2")
    assert client.get("/p/elections/council-2026/other.txt").status_code == 404
    base = "/elections/council-2026/"
    assert "Seat those elected" in text(officer.get(base))
    officer.post(f"{base}seat/", {"start": "soon"})
    assert [who.slug for who in holders("seat:council/seat-0", DAY + timedelta(days=60))] == ["elin-0"]
    officer.post(f"{base}seat/", {"start": "2026-05-01"})
    assert [who.slug for who in holders("seat:council/seat-0", DAY + timedelta(days=70))] == ["elin-1"]
    officer.post(f"{base}left/", {"left": "nobody"})
    officer.post(f"{base}left/", {"left": "elin-1"})
    assert "left; counted again" in text(client.get("/p/elections/council-2026/"))


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"ballot": [["elin-0"]]},
        {"ballot": [["nobody"]], "r": "01" * 32, "anchor": "02" * 32},
        {"ballot": [["elin-0"]], "r": "ff" * 32, "anchor": "02" * 32},
        {"ballot": [["elin-0"]], "r": 5, "anchor": "02" * 32},
        {"ballot": [["elin-0"]], "r": "01" * 32, "anchor": "02"},
        {"ballot": [["elin-0"]], "r": "01" * 32, "anchor": "02" * 32, "commitment": "03" * 32},
        {"ballot": [["elin-0"]], "r": "01" * 32, "anchor": "02" * 32, "replaces": "03" * 32},
        {"ballot": {"elin-0": 3}, "r": "01" * 32, "anchor": "02" * 32},
    ],
)
def test_what_is_no_ballot_is_refused_with_words(scene: Scene, wrong: dict[str, Any]) -> None:
    scene.open()
    answer = post(signed_in(scene.people[0]), "/elections/council-2026/cast/", wrong)
    assert answer.status_code in (409, 422)
    assert answer.json()["what"]
    assert SealedBallot.objects.count() == 0


def test_malformed_requests(scene: Scene) -> None:
    scene.open()
    voter = signed_in(scene.people[0])
    for raw in ("", "[]", "{", '"x"'):
        answer = voter.post("/elections/council-2026/cast/", raw, content_type="application/json")
        assert answer.status_code == 400
    assert post(voter, "/elections/council-2026/cast/", {"ballot": "x" * 70_000}).status_code == 422
    assert post(voter, "/elections/council-2026/token/", {"blinded": ["zz"]}).status_code == 409
    assert post(Client(), "/p/elections/council-2026/box/", {}).status_code == 404


def test_level_c_asks_the_box_for_no_session() -> None:
    scene = make(6, level="C")
    scene.nominate()
    scene.open()
    page = text(signed_in(scene.people[0]).get("/elections/council-2026/vote/"))
    assert 'data-level="C"' in page
    assert "This ballot needs a browser with scripts" in page
    assert signed_in(scene.people[0]).post("/elections/council-2026/vote/", {}).status_code == 422
    token, voter = scene.token(0), Voter()
    sent = body_of(scene, [["elin-1"]], voter, credential=token.as_json())
    box = Client(enforce_csrf_checks=True)
    assert post(box, "/p/elections/council-2026/box/", {**sent, "credential": {"token": "zz"}}).status_code == 422
    assert post(box, "/p/elections/council-2026/box/", {**sent, "credential": None}).status_code == 403
    answer = post(box, "/p/elections/council-2026/box/", sent)
    assert answer.status_code == 200
    assert not answer.cookies
    refused = post(signed_in(scene.people[1]), "/elections/council-2026/token/", {"blinded": ["00" * 256]})
    assert refused.status_code == 200  # zero is a number below the modulus, and signs to itself: a spoilt token
    assert (
        post(signed_in(scene.people[1]), "/elections/council-2026/token/", {"blinded": ["01" * 256]}).status_code == 409
    )


def test_level_a_by_the_form() -> None:
    scene = make(6, level="A")
    scene.nominate()
    scene.open()
    voter = signed_in(scene.people[0])
    assert voter.post("/elections/council-2026/vote/", {"mark:elin-2": "1"}).status_code == 302
    assert "Your vote is recorded" in text(voter.get("/elections/council-2026/vote/"))


def test_standing_by_the_pages(scene: Scene) -> None:
    four = signed_in(scene.people[4])
    five = signed_in(scene.people[5])
    base = "/elections/council-2026/"
    assert "Nominate" in text(four.get(base))
    assert four.post(f"{base}nominate/", {"person": str(scene.people[5].pk)}).status_code == 302
    assert four.post(f"{base}nominate/", {"person": str(scene.people[5].pk)}).status_code == 422
    assert "nominated you" in text(five.get("/"))
    nomination = scene.election.nominations.get(person=scene.people[5])
    url = f"{base}nominations/{nomination.pk}/answer/"
    assert four.post(url, {"answer": "accept", "statement": "Not mine."}).status_code == 403
    assert five.post(url, {"answer": "maybe"}).status_code == 422
    assert five.post(url, {"answer": "accept", "statement": "**Mine.**"}).status_code == 302
    assert "<strong>Mine.</strong>" in text(Client().get("/p/elections/council-2026/"))
    assert four.post(f"{base}nominations/{nomination.pk}/endorse/").status_code == 302
    outsider = signed_in(Person.objects.get(slug="elin-9"))
    assert "Not on the roll?" in text(outsider.get(base))
    assert outsider.post(f"{base}roll/", {"reason": "I help."}).status_code == 302
    assert outsider.post(f"{base}roll/", {"reason": "I help."}).status_code == 422
    officer = signed_in(Person.objects.get(slug="elin-8"))
    page = text(officer.get(base))
    assert "I help." in page
    request = scene.election.requests.get()
    decide = f"{base}requests/{request.pk}/"
    assert officer.post(decide, {"decision": "grant", "reason": "True."}).status_code == 302
    request.refresh_from_db()
    assert request.state == "granted"


def test_officers_announce_correct_and_cancel(scene: Scene) -> None:
    officer = signed_in(Person.objects.get(slug="elin-8"))
    assert "Announce an election" in text(officer.get("/elections/"))
    given = {
        "title": "Chair",
        "slug": "chair-2026",
        "body": "council",
        "seats": "1",
        "rule": "irv",
        "level": "A",
        "endorsers_needed": "0",
        "nominations_until": "2026-04-01 09:00",
        "opens_at": "2026-04-02 09:00",
        "closes_at": "2026-04-03 09:00",
    }
    assert officer.get("/elections/new/").status_code == 200
    assert officer.post("/elections/new/", {**given, "closes_at": "2026-04-01 09:00"}).status_code == 422
    assert officer.post("/elections/new/", given).status_code == 302
    assert officer.post("/elections/new/", given).status_code == 422
    assert officer.get("/elections/chair-2026/edit/").status_code == 200
    assert officer.post("/elections/chair-2026/edit/", {**given, "title": "The chair"}).status_code == 302
    assert Election.objects.get(slug="chair-2026").title == "The chair"
    assert officer.post("/elections/chair-2026/cancel/", {"reason": "Not needed."}).status_code == 302
    assert Election.objects.get(slug="chair-2026").state == "cancelled"
    clock.set_now(DAY + timedelta(days=14))
    assert officer.post("/elections/council-2026/open/").status_code == 302
    assert scene.again().state == "open"
    clock.set_now(DAY + timedelta(days=29))
    assert officer.post("/elections/council-2026/close/").status_code == 302
    assert scene.again().state == "closed"
    assert officer.get(f"/elections/by-id/{scene.election.pk}/").status_code == 302


GETS = ["", "new/", "council-2026/", "council-2026/edit/", "council-2026/vote/"]
POSTS = [
    "new/",
    "council-2026/edit/",
    "council-2026/open/",
    "council-2026/close/",
    "council-2026/publish/",
    "council-2026/cancel/",
    "council-2026/seat/",
    "council-2026/left/",
    "council-2026/vote/",
    "council-2026/cast/",
    "council-2026/token/",
    "council-2026/nominate/",
    "council-2026/roll/",
]


def test_a_visitor_is_asked_to_sign_in(scene: Scene) -> None:
    scene.open()
    for path in [*GETS, *POSTS]:
        answer = Client().get(f"/elections/{path}") if path in GETS else Client().post(f"/elections/{path}")
        assert answer.status_code == 302, path
        assert "/sign-in/" in answer.headers["Location"]


def test_an_outsider_is_refused(scene: Scene) -> None:
    scene.open()
    outsider = signed_in(Person.objects.get(slug="elin-9"))
    assert outsider.get("/elections/council-2026/").status_code == 200  # a public body's
    before = (Election.objects.count(), scene.again().state, SealedBallot.objects.count())
    for path in ("new/", "council-2026/edit/", "council-2026/vote/"):
        assert outsider.get(f"/elections/{path}").status_code == 403, path
    sent = body_of(scene, [["elin-1"]], Voter())
    assert post(outsider, "/elections/council-2026/cast/", sent).status_code == 403
    for path in POSTS:
        answer = outsider.post(f"/elections/{path}", {"person": str(scene.people[7].pk), "reason": "Mine."})
        assert answer.status_code in (400, 403, 409, 422), (path, answer.status_code)
    assert (Election.objects.count(), scene.again().state, SealedBallot.objects.count()) == before


@pytest.mark.parametrize("path", ["/p/elections/", "/elections/"])
def test_lists_cost_the_same_however_long(
    scene: Scene, path: str, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(scene.people[0])
    client.get(path)
    with django_assert_max_num_queries(40) as first:
        client.get(path)
    for place in range(2):
        actions.announce(actor=scene.officer, body=scene.body, facts=facts(slug=f"more-{place}", title=f"More {place}"))
    with django_assert_num_queries(len(first.captured_queries)):
        client.get(path)


def test_a_record_costs_the_same_however_many_stand(scene: Scene, django_assert_num_queries: Any) -> None:
    client = signed_in(scene.people[7])
    for path in ("/elections/council-2026/", "/p/elections/council-2026/"):
        client.get(path)
    counts = []
    for path in ("/elections/council-2026/", "/p/elections/council-2026/"):
        with CaptureQueriesContext(connection) as seen:
            client.get(path)
        counts.append(len(seen))
    for place in (3, 4):
        actions.nominate(actor=scene.actor(place), election=scene.election, person=scene.people[place])
    for path, count in zip(("/elections/council-2026/", "/p/elections/council-2026/"), counts, strict=True):
        with django_assert_num_queries(count):
            client.get(path)


def test_a_notice_with_caps_and_reserved_seats_by_the_page(scene: Scene) -> None:
    officer = signed_in(Person.objects.get(slug="elin-8"))
    page = text(officer.get("/elections/council-2026/edit/"))
    assert "Other caps and reserved seats" in page
    given = {
        "title": "Council 2026",
        "seats": "2",
        "rule": "scottish-stv",
        "level": "B",
        "endorsers_needed": "0",
        "nominations_until": "2026-03-09 09:00",
        "opens_at": "2026-03-16 09:00",
        "closes_at": "2026-03-30 09:00",
        "constraints": "academia | at least 1 | candidate:elin-2",
        "resolve": "seating",
        "term_months": "24 12",
    }
    for wrong in (
        {"constraints": "academia"},
        {"term_months": "two"},
        {"term_months": "24"},
        {"second_registrar": "{}"},
    ):
        assert officer.post("/elections/council-2026/edit/", {**given, **wrong}).status_code == 422
    assert officer.post("/elections/council-2026/edit/", given).status_code == 302
    found = scene.again()
    assert found.constraints == [{"name": "academia", "least": 1, "most": None, "members": ["candidate:elin-2"]}]
    assert (found.resolve, found.term_months, found.second_registrar) == ("seating", [24, 12], None)
    page = text(officer.get("/elections/council-2026/edit/"))
    assert "academia | at least 1 | candidate:elin-2" in page
    shown = text(Client().get("/p/elections/council-2026/"))
    assert "academia: at least 1 (candidate:elin-2)" in shown
    assert "24, 12 months" in shown
    scene.open()
    assert "academia: at least 1 (Elin Example 2)" in text(Client().get("/p/elections/council-2026/"))


def test_a_candidate_leaves_by_the_page(scene: Scene) -> None:
    scene.open()
    nomination = scene.election.nominations.get(slug="elin-1")
    url = f"/elections/council-2026/nominations/{nomination.pk}/withdraw/"
    other = scene.election.nominations.get(slug="elin-0")
    mine, member = signed_in(scene.people[1]), signed_in(scene.people[5])
    assert "I no longer stand" in text(mine.get("/elections/council-2026/"))
    assert "I no longer stand" not in text(member.get("/elections/council-2026/"))
    assert member.post(url, {"reason": "x"}).status_code == 403
    assert mine.post(url.replace(str(nomination.pk), str(other.pk)), {"reason": "x"}).status_code == 403
    assert mine.post(url).status_code == 302
    ballot = text(member.get("/elections/council-2026/vote/"))
    assert "no longer stands" in ballot
    assert ballot.count(" disabled") == 1
    assert "No longer standing:" in text(Client().get("/p/elections/council-2026/"))
    officer = signed_in(Person.objects.get(slug="elin-8"))
    page = text(officer.get("/elections/council-2026/"))
    assert "Strike a candidate" in page
    assert officer.post(url.replace(str(nomination.pk), str(other.pk)), {"reason": "Ill."}).status_code == 302
    assert [item["candidate"] for item in scene.again().withdrawals] == ["elin-1", "elin-0"]
    assert Client().get("/api/v1/elections/council-2026").json()["withdrawn"] == ["elin-1", "elin-0"]


def test_looking_a_receipt_up_is_counted_by_its_commitment_alone(scene: Scene) -> None:
    scene.open()
    for place in range(3):
        scene.cast(place, [["elin-0"]])
    rows = list(SealedBallot.objects.order_by("place"))
    client = Client()
    client.get("/p/elections/council-2026/check/", {"place": "1"})
    assert "0 of 3 entries" in text(client.get("/p/elections/council-2026/"))
    client.get("/p/elections/council-2026/check/", {"place": rows[1].commitment})
    client.get("/p/elections/council-2026/check/", {"place": rows[1].commitment.upper()})
    assert "1 of 3 entries" in text(client.get("/p/elections/council-2026/"))
    assert client.get("/api/v1/elections/council-2026").json()["receipts_checked"] == 1
