"""Motions to several bodies at once, from page, API and command line to the derivation of each part; and who may not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.decisions.chambers import MAJORITY, SINCE, WEEK, Chambers, chambers, seat

from quorate.access.actors import system
from quorate.decisions.actions import attend, cast, close_motion, electorates_of, open_motion, recuse
from quorate.decisions.models import DecisionRecord, Elector, Motion
from quorate.decisions.queries import standing
from quorate.kernel import clock
from quorate.kernel.errors import Refused, UserError
from quorate.surfaces.cli.main import run as command
from quorate.terms.models import Policy

__all__ = ["chambers"]
pytestmark = pytest.mark.django_db
NEW = "/motions/new/"
TWO_THIRDS = {"threshold": "2/3", "strict": False, "of": "yes-no"}
BOTH = {"all": [{"body": "council", "rule": MAJORITY}, {"body": "leads", "rule": TWO_THIRDS, "clause": "rules#leads"}]}


def typed(**more: str) -> dict[str, str]:
    """The form as a browser sends it, for two bodies."""
    given = {"parts": "2", "title": "Shall we merge?", "kind": "vote", "days": "7", "do": "open"}
    given |= {"part0-body": "council", "part0-bar": "majority-seats", "part0-alternate": "absent"}
    given |= {"part1-body": "leads", "part1-bar": "own", "part1-fraction": "2/3", "part1-of": "yes-no"}
    given |= {"part1-clause": "rules#leads"}
    return given | more


def policy() -> None:
    Policy.objects.create(slug="rules", version="3", title="Rules", text="Two thirds of leads. {#leads}", adopted=SINCE)


def test_two_bodies_are_asked_by_page_and_each_part_is_derived(chambers: Chambers) -> None:
    policy()
    client = chambers.client("sam")
    page = client.get(NEW).content.decode()
    assert (page.count('name="part0-body"'), page.count('name="part1-body"')) == (1, 0)
    more = client.post(NEW, {"parts": "1", "title": "Shall we", "part0-body": "council", "do": "more"})
    page = more.content.decode()
    assert more.status_code == 200
    assert 'value="Shall we"' in page
    assert 'name="part1-body"' in page
    assert "This field is required" not in page
    assert not Motion.objects.exists()
    assert client.post(NEW, typed()).status_code == 302
    motion = Motion.objects.get()
    council, leads = motion.rule["all"]
    assert council == {
        "body": "council",
        "rule": {**MAJORITY, "alternate": "absent", "vacant": "stay"},
        "clause": "",
    }
    assert leads["rule"] == {**TWO_THIRDS, "alternate": "silent", "vacant": "stay"} or leads["rule"] == {
        **TWO_THIRDS,
        "vacant": "stay",
    }
    for name, choice in (("ada", "yes"), ("bo", "yes"), ("cy", "yes"), ("dov", "yes"), ("eve", "no")):
        cast(actor=chambers.actor(name), motion=motion, choice=choice)
    page = client.get(reverse("decisions:motion", args=[motion.id])).content.decode()
    for words in (
        "1 of 4 seats is vacant and counts among all seats.",
        "more than 1/2 of all seats = 4, so 3 must say yes.",
        "at least 2/3 of yes and no together = 2, so 2 must say yes.",
        "All 2 parts must pass.",
        "Two thirds of leads.",
        "Neither the rule nor the charter says what vacant seats count for",
    ):
        assert words in page, words
    assert page.count("of all seats = 4") == 1, "each step stands under its own heading, once"
    assert standing(motion).evaluation.result == "failed"


def test_a_joint_decision_names_the_clauses_of_its_parts(chambers: Chambers) -> None:
    policy()
    motion = ask(chambers, BOTH)
    for name in ("ada", "bo", "cy", "dov", "eve"):
        cast(actor=chambers.actor(name), motion=motion, choice="yes")
    motion = close_motion(actor=system("test"), motion=motion)
    assert motion.result == "passed"
    record = DecisionRecord.objects.get()
    assert (record.body, record.clauses) == (chambers.council, ["rules#leads"])


def ask(chambers: Chambers, rule: dict[str, Any], **more: Any) -> Motion:
    return open_motion(
        actor=system("test"),
        title="Shall we?",
        rule=rule,
        electorate=electorates_of(rule, chambers.council),
        body=chambers.council,
        **more,
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"part1-body": "council"}, "has a part already"),
        ({"part1-fraction": "two thirds"}, "is not a fraction"),
        ({"part1-fraction": "7/3"}, "is not between 0 and 1"),
        ({"part1-fraction": "1e999999999"}, "is not a fraction"),
        ({"part1-body": "elsewhere"}, "valid choice"),
        ({"part0-bar": "own", "part0-fraction": "1/1", "part0-strict": "on"}, "not even all votes of yes"),
        ({"title": ""}, "required"),
    ],
)
def test_what_cannot_stand_is_said_and_nothing_opens(chambers: Chambers, changed: dict[str, str], said: str) -> None:
    answer = chambers.client("sam").post(NEW, typed(**changed))
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not Motion.objects.exists()


def test_nobody_asks_a_body_that_they_may_not_put_motions_to(chambers: Chambers) -> None:
    """Ada chairs the council; naming the leads beside it would make them vote."""
    client = chambers.client("ada")
    page = client.get(NEW).content.decode()
    assert "The council" in page
    assert "The leads" not in page
    assert client.post(NEW, typed()).status_code == 422
    given = {"body": "council", "title": "Shall we?", "rule": BOTH, "closes_at": (clock.now() + WEEK).isoformat()}
    assert client.post("/api/v1/motions", given, "application/json").status_code == 403
    with pytest.raises(Refused, match="The leads"):
        open_motion(
            actor=chambers.actor("ada"),
            title="Shall we?",
            rule=BOTH,
            electorate=electorates_of(BOTH, chambers.council),
            body=chambers.council,
        )
    for name in ("bo", "xan"):
        assert chambers.client(name).get(NEW).status_code == 403
        assert chambers.client(name).post(NEW, typed()).status_code == 403
        assert chambers.client(name).post("/api/v1/motions", given, "application/json").status_code == 403
    assert Client().post("/api/v1/motions", given, "application/json").status_code == 401
    assert not Motion.objects.exists()


def test_two_bodies_are_asked_by_the_api(chambers: Chambers) -> None:
    policy()
    client = chambers.client("sam")
    given = {"body": "council", "title": "Shall we?", "rule": BOTH, "closes_at": (clock.now() + WEEK).isoformat()}
    answer = client.post("/api/v1/motions", given, "application/json")
    assert answer.status_code == 201
    found = answer.json()
    assert [(part["body"], part["vacant_by"]) for part in found["parts"]] == [
        ("council", "default"),
        ("leads", "default"),
    ]
    assert found["parts"][1]["clause"]["words"] == "Two thirds of leads."
    vacant = [line for line in found["roll_call"] if line["vacant"]]
    assert [(line["seat"], line["person"]) for line in vacant] == [("Empty", None)]
    for rule in ({"all": []}, {"threshold": "2/3"}, {"all": [{"body": "nowhere", "rule": MAJORITY}]}, {"all": [7]}):
        refused = client.post("/api/v1/motions", {**given, "rule": rule}, "application/json")
        assert refused.status_code == 422, rule
    assert client.post("/api/v1/motions", {**given, "closes_at": None}, "application/json").status_code == 422
    assert Motion.objects.count() == 1


def test_a_motion_is_private_when_one_of_its_bodies_is(chambers: Chambers) -> None:
    chambers.leads.public = False
    chambers.leads.save()
    assert chambers.client("sam").post(NEW, typed()).status_code == 302
    motion = Motion.objects.get()
    assert not motion.public
    assert chambers.client("xan").get(f"/motions/{motion.id}/").status_code == 404


def test_motions_are_put_from_a_file(chambers: Chambers, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*args: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        status = command([*args, "--json"])
        out, err = capsys.readouterr()
        return status, json.loads(out or err)

    file = tmp_path / "motion.json"
    file.write_text(json.dumps({"body": "council", "title": "Shall we?", "rule": BOTH, "days": 7}))
    status, made = run("motion", "open", str(file))
    assert (status, made["electors"], made["vacant"]) == (0, 5, 1)
    status, done = run("motion", "attend", made["id"], "bo")
    assert (status, done["away"]) == (0, True)
    assert Elector.objects.get(person=chambers.people["bo"]).away
    assert run("motion", "attend", made["id"], "xan")[0] == 2
    file.write_text(json.dumps({"body": "council", "title": "Shall we?", "rule": BOTH}))
    assert run("motion", "open", str(file))[0] == 2, "it would never end"
    file.write_text(json.dumps({"body": "council", "title": "Shall we?", "rule": {"threshold": "2/3"}, "days": 7}))
    status, error = run("motion", "open", str(file))
    assert status == 2
    assert "fraction of" in json.dumps(error)
    file.write_text(json.dumps({"body": "council", "title": "Shall we?", "rule": BOTH, "dais": 7}))
    assert run("motion", "open", str(file))[0] == 2
    assert Motion.objects.count() == 1


def test_an_alternate_votes_only_while_the_chair_has_recorded_an_absence(chambers: Chambers) -> None:
    motion = ask(chambers, {**MAJORITY, "alternate": "absent"}, closes_at=clock.now() + WEEK)
    elector = motion.electors.get(person=chambers.people["bo"])
    ballot = reverse("decisions:vote", args=[motion.id])
    there = reverse("decisions:attend", args=[motion.id, elector.id])
    assert chambers.client("gus").post(ballot, {"choice": "yes"}).status_code == 409
    for name in ("bo", "gus", "xan"):
        assert chambers.client(name).post(there, {"away": "1"}).status_code == 403
        api = f"/api/v1/motions/{motion.id}/electors/{elector.id}/attendance"
        assert chambers.client(name).post(api, {"away": True}, "application/json").status_code == 403
    page = chambers.client("sam").get(f"/motions/{motion.id}/").content.decode()
    assert "Is away" in page
    assert chambers.client("sam").post(there, {"away": "1"}).status_code == 302
    assert chambers.client("gus").post(ballot, {"choice": "yes"}).status_code == 302
    assert standing(motion).counts.yes == 1
    api = f"/api/v1/motions/{motion.id}/electors/{elector.id}/attendance"
    back = chambers.client("ada").post(api, {"away": False}, "application/json")
    assert back.status_code == 200
    assert standing(motion).counts.yes == 0, "the alternate's vote counts while the representative is away"
    empty = motion.electors.get(seat=chambers.seats["empty"])
    attend(actor=chambers.actor("ada"), motion=motion, elector=empty, away=False)
    empty.refresh_from_db()
    assert empty.away, "a seat without a representative has nobody who could be back"
    assert chambers.client("sam").post(reverse("decisions:attend", args=[motion.id, motion.id])).status_code == 404


def test_who_stands_aside_says_so_of_themselves_only(chambers: Chambers) -> None:
    motion = ask(chambers, MAJORITY, closes_at=clock.now() + WEEK)
    people = chambers.people
    with pytest.raises(Refused):
        recuse(actor=chambers.actor("cy"), motion=motion, person=people["bo"].id)
    cast(actor=chambers.actor("gus"), motion=motion, choice="no")
    address = reverse("decisions:recuse", args=[motion.id])
    assert chambers.client("xan").post(address, {"reason": ""}).status_code == 403
    assert chambers.client("gus").post(address, {"reason": "A cousin."}).status_code == 302
    counts = standing(motion).counts
    assert (counts.seats, counts.no) == (4, 0), "the seat keeps its vote, and the alternate's is gone"
    assert "A cousin" in chambers.client("cy").get(f"/motions/{motion.id}/").content.decode()
    api = f"/api/v1/motions/{motion.id}/electors/{motion.electors.get(person=people['cy']).id}/recusal"
    assert chambers.client("bo").post(api, {"reason": ""}, "application/json").status_code == 403
    assert chambers.client("cy").post(api, {"reason": ""}, "application/json").status_code == 200
    assert standing(motion).counts.seats == 3
    empty = motion.electors.get(seat=chambers.seats["empty"])
    api = f"/api/v1/motions/{motion.id}/electors/{empty.id}/recusal"
    assert chambers.client("ada").post(api, {"reason": ""}, "application/json").status_code == 409


def test_the_page_of_a_joint_motion_costs_the_same_however_many_seats(
    chambers: Chambers, django_assert_num_queries: Any
) -> None:
    client = chambers.client("sam")
    small = ask(chambers, BOTH, closes_at=clock.now() + WEEK)
    page = f"/motions/{small.id}/"
    client.get(page)
    with CaptureQueriesContext(connection) as first:
        client.get(page)
    for number in range(3):
        seat(chambers, chambers.council, f"more{number}", f"holder{number}", f"other{number}")
    other = ask(chambers, BOTH, closes_at=clock.now() + WEEK)
    assert other.electors.count() == small.electors.count() + 3
    with django_assert_num_queries(len(first)):
        client.get(f"/motions/{other.id}/")


def test_a_bar_that_cannot_be_met_is_refused_wherever_it_enters(chambers: Chambers) -> None:
    with pytest.raises(UserError, match="not even all"):
        ask(chambers, {"threshold": "1/1", "strict": True, "of": "seats"})
