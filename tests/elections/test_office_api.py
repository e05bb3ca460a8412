"""A whole election over the API, from the notice to the seats, with the outsider at each step."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.elections.scene import DAY, Scene, make

from quorate.access.models import Account
from quorate.kernel import clock
from quorate.registers.elections.models import Election, Nomination, RollRequest
from quorate.terms.models import Term

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/elections"
HERE = f"{ROOT}/spring"
NOTICE: dict[str, Any] = {
    "title": "Spring",
    "seats": 2,
    "seat_slugs": ["seat-0", "seat-1"],
    "level": "A",
    "rule": "scottish-stv",
    "roll_roles": ["body:council"],
    "constraints": [{"name": "New people", "least": 1, "members": ["candidate:elin-2"]}],
    "term_months": [24, 12],
    "nominations_until": (DAY + timedelta(days=7)).isoformat(),
    "opens_at": (DAY + timedelta(days=14)).isoformat(),
    "closes_at": (DAY + timedelta(days=28)).isoformat(),
}


class Caller:
    """Somebody who speaks JSON."""

    def __init__(self, name: str = "") -> None:
        self.client = Client()
        if name:
            self.client.force_login(Account.objects.get(email=f"{name}@people.example"))

    def __call__(self, method: str, path: str, body: Any = None) -> HttpResponse:
        call = getattr(self.client, method)
        return call(path, json.dumps(body or {}), content_type="application/json")  # type: ignore[no-any-return]  # the client's method by name


@pytest.fixture
def scene() -> Scene:
    return make(6)


def test_from_the_notice_to_the_seats(scene: Scene) -> None:
    officer, member = Caller("elin6"), [Caller(f"elin{place}") for place in range(6)]
    made = officer("post", ROOT, {**NOTICE, "slug": "spring", "body": "council"})
    assert (made.status_code, made.json()["state"]) == (201, "announced")
    assert officer("put", HERE, {**NOTICE, "title": "Spring 2026"}).json()["title"] == "Spring 2026"
    for place in range(3):
        answer = member[place]("post", f"{HERE}/nominations", {"person": f"elin-{place}", "statement": "I would."})
        assert answer.json() == {"candidate": f"elin-{place}", "state": "accepted"}
    assert member[0]("post", f"{HERE}/nominations", {"person": "elin-3"}).json()["state"] == "proposed"
    declined = member[3]("post", f"{HERE}/nominations/elin-3/answer", {"accept": False})
    assert declined.json()["state"] == "declined"
    assert member[4]("post", f"{HERE}/nominations/elin-1/endorse").status_code == 200
    outside = Caller("elin7")
    asked = outside("post", f"{HERE}/roll-requests", {"reason": "I committed"})
    assert asked.json() == {"person": "elin-7", "state": "pending"}
    granted = officer("post", f"{HERE}/roll-requests/elin-7", {"granted": True, "reason": "Seen"})
    assert granted.json()["state"] == "granted"
    clock.set_now(DAY + timedelta(days=15))
    assert officer("post", f"{HERE}/open").json()["state"] == "open"
    shown = Client().get(HERE).json()
    assert shown["electors"] == 7
    assert shown["constraints"][0]["members"] == ["elin-2"]
    assert officer("post", f"{HERE}/reminders").json()["reminded"] == 7
    for place in range(6):
        member[place]("post", f"{HERE}/votes", {"ballot": [["elin-0"], ["elin-1"]]})
    assert member[1]("post", f"{HERE}/nominations/elin-1/withdraw", {"reason": "Moved"}).status_code == 200
    clock.set_now(DAY + timedelta(days=29))
    assert officer("post", f"{HERE}/close").json()["state"] == "closed"
    result = officer("post", f"{HERE}/publish", {}).json()
    assert result["state"] == "published"
    assert sorted(result["elected"]) == ["elin-0", "elin-2"]
    before = set(Term.objects.values_list("pk", flat=True))
    Term.objects.filter(seat__slug__in=("seat-0", "seat-1")).update(until=DAY + timedelta(days=30))
    start = (DAY + timedelta(days=30)).isoformat()
    seated = officer("post", f"{HERE}/seats", {"start": start}).json()
    assert {item["person"] for item in seated} == {"elin-0", "elin-2"}
    assert Term.objects.exclude(pk__in=before).count() == 2
    filled = officer("post", f"{HERE}/count-back", {"left": "elin-0"})
    assert filled.status_code == 200
    assert filled.json()["candidate"] in (None, "elin-1")


def test_the_outsider_is_refused_and_changes_nothing(scene: Scene) -> None:
    officer = Caller("elin6")
    assert officer("post", ROOT, {**NOTICE, "slug": "spring", "body": "council"}).status_code == 201
    Caller("elin0")("post", f"{HERE}/nominations", {"person": "elin-0", "statement": "I would."})
    Caller("elin1")("post", f"{HERE}/nominations", {"person": "elin-2"})
    RollRequest.objects.create(election=Election.objects.get(slug="spring"), person=scene.people[5], reason="Please")
    before = [list(model._default_manager.order_by("pk").values()) for model in (Election, Nomination, RollRequest)]
    steps = [
        ("post", ROOT, {**NOTICE, "slug": "mine", "body": "council"}),
        ("put", HERE, NOTICE),
        *(("post", f"{HERE}/{step}", {}) for step in ("open", "close", "publish", "reminders")),
        ("post", f"{HERE}/cancel", {"reason": "Mine"}),
        ("post", f"{HERE}/seats", {"start": "2026-05-01T00:00:00Z"}),
        ("post", f"{HERE}/count-back", {"left": "elin-0"}),
        ("post", f"{HERE}/roll-requests/elin-5", {"granted": True}),
        ("post", f"{HERE}/nominations", {"person": "elin-7"}),
        ("post", f"{HERE}/nominations/elin-2/answer", {"accept": True, "statement": "Mine"}),
        ("post", f"{HERE}/nominations/elin-0/endorse", {}),
        ("post", f"{HERE}/nominations/elin-0/withdraw", {}),
        ("post", f"{HERE}/nominations/elin-0/strike", {"reason": "Mine"}),
    ]
    for method, path, body in steps:
        assert Caller("elin7")(method, path, body).status_code == 403, path
        assert Caller()(method, path, body).status_code in (401, 403), path
    assert before == [
        list(model._default_manager.order_by("pk").values()) for model in (Election, Nomination, RollRequest)
    ]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"rule": "coin"}, "rule"),
        ({"closes_at": NOTICE["opens_at"]}, "closes_at"),
        ({"seat_slugs": ["seat-0"]}, "seat_slugs"),
        ({"constraints": [{"name": "Both", "least": 3, "most": 1, "members": ["candidate:elin-2"]}]}, "constraints"),
        ({"second_registrar": {"name": "X", "n": "zz", "e": 65537, "key": "none"}, "level": "C"}, "second_registrar"),
    ],
)
def test_a_notice_that_cannot_be_held_is_refused_where_it_is_wrong(
    scene: Scene, change: dict[str, Any], where: str
) -> None:
    answer = Caller("elin6")("post", ROOT, {**NOTICE, **change, "slug": "spring", "body": "council"})
    assert answer.status_code == 422
    assert answer.json()["where"].startswith(where)
    assert not Election.objects.filter(slug="spring").exists()


def test_what_is_not_there_is_said(scene: Scene) -> None:
    officer = Caller("elin6")
    assert officer("post", ROOT, {**NOTICE, "slug": "spring", "body": "nobody"}).status_code == 404
    assert officer("post", f"{ROOT}/none/open").status_code == 404
    council = f"{ROOT}/council-2026"
    assert officer("post", f"{council}/nominations/elin-0/strike", {"reason": "Gone"}).status_code == 404
    assert officer("post", f"{council}/roll-requests/elin-0", {"granted": True}).status_code == 404
    assert officer("post", f"{council}/publish", {}).status_code == 409
