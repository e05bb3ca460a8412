"""Meetings over the API: what anybody may read, what officers do, who is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.meetings.conftest import PRINTED, Council
from tests.meetings.test_pages import held, published
from tests.meetings.test_story import AUGUST, monthly

from quorate.kernel import clock
from quorate.registers.meetings import actions
from quorate.registers.meetings.models import ActionItem, Meeting

pytestmark = pytest.mark.django_db


class Caller:
    """Somebody who calls the API from a signed-in browser; ``""`` is a visitor."""

    def __init__(self, council: Council, name: str) -> None:
        self.client = Client()
        if name:
            self.client.force_login(council.people[name].account, settings.AUTHENTICATION_BACKENDS[0])

    def get(self, path: str) -> tuple[int, Any]:
        answer = self.client.get(f"/api/v1{path}")
        return answer.status_code, answer.json()

    def post(self, path: str, **body: Any) -> tuple[int, Any]:
        answer = self.client.post(f"/api/v1{path}", body, content_type="application/json")
        return answer.status_code, answer.json()


def test_what_anybody_may_read(council: Council) -> None:
    meeting = held(council)
    visitor = Caller(council, "")
    status, listed = visitor.get("/meetings?body=council")
    assert (status, [row["title"] for row in listed["items"]]) == (200, [meeting.title])
    status, shown = visitor.get(f"/meetings/{meeting.id}")
    assert shown["quorum"] == {"seats": 5, "represented": 4, "needed": 3, "met": True, "charter": None}
    assert [row["speaks"] for row in shown["roll"]] == [
        "alternate",
        "representative",
        "representative",
        "representative",
        None,
    ]
    assert (shown["motions"][0]["result"], shown["published_minutes"]) == ("passed", None)
    published(council, meeting)
    assert "4 of 5 seats" in visitor.get(f"/meetings/{meeting.id}")[1]["published_minutes"]
    with clock.travel(to=AUGUST):
        coming = visitor.get("/meetings/coming?body=council")[1]
    assert [row["day"] for row in coming] == ["2026-09-08", "2026-10-13", "2026-11-10", "2026-12-08"]
    council.body.public = False
    council.body.save()
    assert visitor.get(f"/meetings/{meeting.id}")[0] == 404
    assert visitor.get("/meetings")[1]["items"] == visitor.get("/meetings/coming")[1] == []
    assert Caller(council, "xan").get("/bodies/council/action-items")[0] == 404
    assert Caller(council, "bo").get("/bodies/council/action-items?state=open")[1][0]["text"] == "Tell them"


def test_an_officer_runs_a_meeting(council: Council) -> None:
    jo = Caller(council, "jo")
    with clock.travel(to=AUGUST):
        meeting = actions.plan_occurrence(actor=council.actor("jo"), series=monthly(council), day=AUGUST.date())
        for name, status in (("", 401), ("bo", 403)):
            assert Caller(council, name).post(f"/meetings/{meeting.id}/call")[0] == status
        called = jo.post(f"/meetings/{meeting.id}/call")[1]
        seat = called["roll"][0]["id"]
        path = f"/meetings/{meeting.id}/seats/{seat}"
        assert jo.post(path, present=["alternate"])[1]["quorum"]["represented"] == 1
        assert jo.post(path, present=["king"])[0] == 422
        assert jo.post(f"/meetings/{meeting.id}/seats/{meeting.id}", present=[])[0] == 404
        for name, status in (("", 401), ("bo", 403)):
            assert Caller(council, name).post(path, present=[])[0] == status
            assert Caller(council, name).post(f"/meetings/{meeting.id}/adjourn")[0] == status
        assert jo.post(f"/meetings/{meeting.id}/adjourn")[1]["state"] == "adjourned"


def test_proposals_action_items_and_imports(council: Council) -> None:
    jo, xan = Caller(council, "jo"), Caller(council, "xan")
    status, item = xan.post("/bodies/council/agenda-items", title="Lantern", minutes=20, papers=["https://a.example/"])
    assert (status, item["state"]) == (201, "proposed")
    assert xan.post("/bodies/council/agenda-items", title="Lantern", papers=["file:///x"])[0] == 422
    assert Caller(council, "").post("/bodies/council/agenda-items", title="Lantern")[0] == 401
    assert xan.post("/bodies/council/meetings/import", text=PRINTED)[0] == 403
    assert jo.post("/bodies/council/meetings/import", text="Nothing")[0] == 422
    said = jo.post("/bodies/council/meetings/import", text=PRINTED)[1]
    assert (said["represented"], said["stored"]["outcome"], Meeting.objects.count()) == (4, "created", 1)
    promise = ActionItem.objects.get(text__startswith="Cleo")
    owner = str(council.people["cleo"].id)
    assert xan.post(f"/action-items/{promise.id}/confirm", owner=owner)[0] == 403
    assert jo.post(f"/action-items/{promise.id}/confirm", owner=str(promise.id))[0] == 422
    assert jo.post(f"/action-items/{promise.id}/confirm", owner=owner, due="2026-09-01")[1]["state"] == "open"
    assert xan.post(f"/action-items/{promise.id}/close")[0] == 403
    assert Caller(council, "cleo").post(f"/action-items/{promise.id}/close", outcome="sent")[1]["state"] == "done"
