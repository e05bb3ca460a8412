"""Bodies, seats and terms over the API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.cast import DESK, Cast
from tests.directory.test_api import Api

from quorate.terms.actions import add_seat, appoint, put_policy, set_up_body
from quorate.terms.models import Body, Seat, Term
from quorate.terms.rules import BodyFacts, SeatFacts, TermFacts
from quorate.toolkit.foundation import instant

OUTSIDE = [
    ("post", "/bodies", {"slug": "x", "name": "X", "kind": "board"}),
    ("put", "/bodies/council", {"name": "X", "kind": "board"}),
    ("delete", "/bodies/council", None),
    ("post", "/bodies/council/seats", {"slug": "x", "title": "X"}),
    ("put", "/bodies/council/seats/quay", {"title": "X"}),
    ("delete", "/bodies/council/seats/quay", None),
    ("post", "/bodies/council/seats/quay/terms", {"person": "eve-outsider", "succeed": True}),
    ("post", "/bodies/council/seats/quay/terms", {"person": "eve-outsider", "role": "alternate"}),
    ("post", "/bodies/council/charters", {"version": "1", "start": "2024-01-01T00:00:00Z", "mandate": "Mine."}),
]


@pytest.fixture
def seat(cast: Cast) -> Seat:
    body = set_up_body(actor=DESK, slug="council", facts=BodyFacts("Council", "council"))
    found = add_seat(actor=DESK, body=body, slug="quay", facts=SeatFacts("Quay seat", organisation=cast.quay.id))
    start = instant("2024-01-01")
    assert start is not None
    appoint(actor=DESK, seat=found, person=cast.mara, facts=TermFacts(start))
    return found


@pytest.mark.parametrize(("method", "path", "body"), OUTSIDE)
def test_the_outsider_is_refused_and_changes_nothing(seat: Seat, method: str, path: str, body: Any) -> None:
    before = [list(model._default_manager.order_by("pk").values()) for model in (Body, Seat, Term)]
    assert Api("eve@people.example")(method, path, body).status_code == 403
    assert Api()(method, path, body).status_code in (401, 403)
    assert [list(model._default_manager.order_by("pk").values()) for model in (Body, Seat, Term)] == before


def test_the_outsider_ends_no_term(seat: Seat) -> None:
    term = seat.terms.get()
    assert Api("eve@people.example")("post", f"/terms/{term.id}/end", {}).status_code == 403
    term.refresh_from_db()
    assert term.until is None


def test_a_charter_is_adopted_and_a_body_measured_by_it(seat: Seat) -> None:
    staff, anybody = Api("imogen@people.example"), Api()
    said = {
        "version": "1",
        "start": "2024-01-01T00:00:00Z",
        "mandate": "Decides.",
        "adopted_by": "Motion 7",
        "numbers": {"quorum": {"printed": 2, "fraction": "1/2", "strict": True}, "end_at_once": "1/2"},
    }
    made = staff("post", "/bodies/council/charters", said)
    assert (made.status_code, json.loads(made.content)["numbers"]) == (201, said["numbers"])
    assert staff("post", "/bodies/council/charters", said).status_code == 409
    cap = {"at_most": "1/2", "hard": True, "clause": "2.4"}
    bad = {**said, "version": "2", "numbers": {"presides": ["me"]}}
    assert staff("post", "/bodies/council/charters", bad).status_code == 422
    assert [row["version"] for row in json.loads(anybody("get", "/bodies/council/charters").content)] == ["1"]
    after = {"version": "2", "start": "2024-06-01T00:00:00Z", "link": "https://council.example/charter"}
    capped = {**after, "numbers": {**said["numbers"], "related_group": [cap]}}
    assert json.loads(staff("post", "/bodies/council/charters", capped).content)["numbers"]["related_group"] == [cap]
    found = json.loads(anybody("get", "/bodies/council/standing?as_of=2025-01-01").content)
    assert (found["charter"], found["printed_quorum"], found["quorum_by_rule"]) == ("2", 2, 1)
    assert "prints a quorum of 2" in found["quorum_warning"]
    assert found["groups"] == [{"organisations": ["Quay Labs"], "seats": ["Quay seat"], "beyond": "hard"}]
    assert found["without_alternate"] == ["quay"]
    assert json.loads(anybody("get", "/bodies/council/standing?as_of=2023-01-01").content)["charter"] is None


def test_a_body_lives_from_setting_up_to_closing(seat: Seat, cast: Cast) -> None:
    staff = Api("imogen@people.example")
    made = staff("post", "/bodies", {"slug": "group", "name": "Group", "kind": "working-group", "parent": "council"})
    assert (made.status_code, json.loads(made.content)["parent"]) == (201, "council")
    assert staff("post", "/bodies/group/seats", {"slug": "chair", "title": "Chair", "chair": True}).status_code == 201
    named = {"person": "mara-lindgren", "start": "2025-01-01T00:00:00Z", "appointed_by": "Vote 7"}
    term = json.loads(staff("post", "/bodies/group/seats/chair/terms", named).content)
    assert staff("post", "/bodies/group/seats/chair/terms", named).status_code == 409
    roster = json.loads(Api()("get", "/bodies/group/roster?as_of=2025-06-01").content)
    assert roster["seats"][0]["representative"]["person"] == "mara-lindgren"
    assert (
        json.loads(Api()("get", "/bodies/group/roster?as_of=2024-06-01").content)["seats"][0]["representative"] is None
    )
    ended = json.loads(staff("post", f"/terms/{term['id']}/end", {"until": "2026-01-01T00:00:00Z"}).content)
    assert ended["until"].startswith("2026-01-01")
    assert len(json.loads(Api()("get", "/bodies/group/seats/chair/terms").content)) == 1
    assert staff("put", "/bodies/group/seats/chair", {"title": "Head", "chair": True}).status_code == 200
    assert staff("put", "/bodies/group", {"name": "Guild", "kind": "working-group"}).status_code == 200
    assert staff("delete", "/bodies/group/seats/chair").status_code == 204
    assert staff("delete", "/bodies/group").status_code == 204
    assert Body.objects.get(slug="group").closed_at is not None


def test_the_holder_names_an_alternate(seat: Seat) -> None:
    mara = Api("mara@people.example")
    path = "/bodies/council/seats/quay/terms"
    assert mara("post", path, {"person": "eve-outsider", "role": "alternate"}).status_code == 201
    assert mara("post", path, {"person": "eve-outsider", "succeed": True}).status_code == 403


def test_unknown_permissions_and_bodies_are_problems(seat: Seat) -> None:
    staff = Api("imogen@people.example")
    answer = staff("post", "/bodies", {"slug": "x", "name": "X", "kind": "board", "permissions": ["term.apoint"]})
    assert (answer.status_code, "term.appoint" in json.loads(answer.content)["mend"]) == (422, True)
    assert staff("get", "/bodies/nowhere").status_code == 404
    assert staff("get", "/bodies/council/seats/nowhere/terms").status_code == 404
    assert staff("get", "/policies/nowhere").status_code == 404


def test_policies_are_public(seat: Seat) -> None:
    put_policy(actor=DESK, slug="process", version="1", title="Process", text="Text", body=seat.body)
    assert [row["slug"] for row in json.loads(Api()("get", "/policies").content)] == ["process"]
    assert json.loads(Api()("get", "/policies/process").content)[0]["text"] == "Text"


def test_a_body_whose_roster_is_not_public_is_for_members(seat: Seat) -> None:
    Body.objects.update(public=False)
    assert Api()("get", "/bodies/council").status_code == 404
    assert Api("eve@people.example")("get", "/bodies/council").status_code == 200
