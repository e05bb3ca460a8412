"""Pages and API of motions: what would follow, objections, several bodies, the clause; who is turned away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quorate.access.actors import person, system
from quorate.access.models import Account
from quorate.decisions.actions import Voter, cast, object_to, open_motion
from quorate.decisions.models import Motion
from quorate.decisions.queries import standing
from quorate.decisions.work import notices, votes
from quorate.directory.models import Person
from quorate.kernel import clock
from quorate.terms.models import Body, Policy, Seat, Term

pytestmark = pytest.mark.django_db
MAJORITY = {"threshold": "1/2", "strict": True, "of": "seats"}
SYSTEM = system("test")


def people(count: int) -> list[Person]:
    return [
        Person.objects.create(
            slug=f"p{i}", name=f"Person {i}", public=True, account=Account.objects.create_user(f"p{i}@people.example")
        )
        for i in range(count)
    ]


def client_of(who: Person) -> Client:
    client = Client()
    assert who.account is not None
    client.force_login(who.account)
    return client


def ask(voters: list[Person], rule: dict[str, Any] = MAJORITY, **more: Any) -> Motion:
    electorate = more.pop("electorate", [Voter(who.id) for who in voters])
    return open_motion(actor=SYSTEM, title="Shall we?", rule=rule, electorate=electorate, **more)


def page_of(client: Client, motion: Motion, query: str = "", *, status: int = 200) -> str:
    answer = client.get(reverse("decisions:motion", args=[motion.id]) + query)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_page_says_what_would_follow_without_a_script() -> None:
    voters = people(5)
    motion = ask(voters, closes_at=clock.now() + timedelta(days=7))
    client = client_of(voters[0])
    page = page_of(client, motion)
    assert "3 more yes would make it pass." in page
    assert "It can still go either way." in page
    page = page_of(client, motion, "?if0-yes=3&if0-no=1")
    assert page.count("Passed.") == 1
    assert "only 5 seats have not voted" in page_of(client, motion, "?if0-yes=6")
    assert "Enter a whole number" in page_of(client, motion, "?if0-yes=many")
    for who in voters[:3]:
        cast(actor=person(who.id, who.name), motion=motion, choice="no")
    page = page_of(client, motion)
    assert "Yes votes alone cannot make it pass any more." in page
    assert "Nothing that is left can make it pass." in page


def test_the_page_cites_the_clause_in_its_version() -> None:
    (ada,) = people(1)
    Policy.objects.create(
        slug="rules", version="2026.1", title="Rules", text="Half decides. {#bar}", adopted=clock.now()
    )
    motion = ask([ada], clause="rules#bar")
    page = page_of(client_of(ada), motion)
    assert f'href="{reverse("terms:policy", args=["rules"])}?version=2026.1#bar"' in page
    assert "Half decides." in page
    cited = client_of(ada).get(f"/api/v1/motions/{motion.id}").json()["cited"]
    assert (cited["version"], cited["words"]) == ("2026.1", "Half decides.")


def test_objecting_by_page_and_by_api() -> None:
    ada, bo = people(2)
    motion = ask([ada, bo], kind="lazy", closes_at=clock.now() + timedelta(days=7))
    client = client_of(ada)
    address = reverse("decisions:object", args=[motion.id])
    assert "It passes by silence" in page_of(client, motion)
    assert [item.key for item in notices(person(ada.id, ada.name), clock.now())] == [f"notice:{motion.id}"]
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Too early."}, follow=True).status_code == 200
    page = page_of(client, motion)
    assert "Too early." in page
    assert "Cast this vote" in page
    assert [item.key for item in votes(person(bo.id, bo.name), clock.now())] == [f"vote:{motion.id}"]
    client.post(reverse("decisions:withdraw-objection", args=[motion.id]))
    motion.refresh_from_db()
    assert not standing(motion).voting
    api = f"/api/v1/motions/{motion.id}/objections"
    answer = client_of(bo).post(api, {"reason": "Too late."}, "application/json")
    assert answer.status_code == 200
    assert [each["withdrawn_at"] is None for each in answer.json()["objections"]] == [False, True]
    assert answer.json()["prospects"][0]["more_yes"] == 2
    assert client_of(bo).delete(api).status_code == 200


def test_signing_by_page() -> None:
    ada, bo = people(2)
    motion = ask([ada, bo], {"threshold": "1/1", "of": "seats"}, kind="consent")
    page = page_of(client_of(ada), motion)
    assert "Sign" in page
    assert "Abstain" not in page
    assert next(iter(votes(person(ada.id, ada.name), clock.now()))).verb == "Sign"
    for who in (ada, bo):
        client_of(who).post(reverse("decisions:vote", args=[motion.id]), {"choice": "yes"})
    motion.refresh_from_db()
    assert motion.result == "passed"


def test_several_bodies_stand_apart_on_the_page() -> None:
    ada, bo, cy = people(3)
    for slug in ("council", "leads"):
        Body.objects.create(slug=slug, name=f"The {slug}", kind="council")
    rule = {"all": [{"body": "council", "rule": MAJORITY}, {"body": "leads", "rule": MAJORITY}]}
    motion = ask([], rule, electorate=[Voter(ada.id), Voter(bo.id), Voter(cy.id, part=1)])
    page = page_of(client_of(ada), motion, "?if1-yes=1")
    assert "What if: The council" in page
    assert "What if: The leads" in page
    assert page.count("Passed.") == 1
    body = client_of(ada).get(f"/api/v1/motions/{motion.id}").json()
    assert [line["body"] for line in body["roll_call"]] == ["council", "council", "leads"]
    assert [part["more_yes"] for part in body["prospects"]] == [2, 1]


def test_an_outsider_sees_a_public_motion_and_may_do_nothing_to_it() -> None:
    ada, eve = people(2)
    week = clock.now() + timedelta(days=7)
    motion, hidden = ask([ada], kind="lazy", closes_at=week), ask([ada], kind="lazy", closes_at=week, public=False)
    client = client_of(eve)
    assert "Object</button>" not in page_of(client, motion)
    page_of(client, hidden, status=404)
    assert client.post(reverse("decisions:object", args=[motion.id]), {"reason": "Mine."}).status_code == 403
    assert client.post(reverse("decisions:object", args=[hidden.id]), {"reason": "Mine."}).status_code == 404
    client.post(reverse("decisions:withdraw-objection", args=[motion.id]))
    api = f"/api/v1/motions/{motion.id}/objections"
    assert client.post(api, {"reason": "Mine."}, "application/json").status_code == 403
    assert client.delete(api).status_code == 403
    assert Client().post(api, {"reason": "Mine."}, "application/json").status_code in (401, 403)
    for name in ("object", "withdraw-objection"):
        assert Client().post(reverse(f"decisions:{name}", args=[motion.id])).status_code == 302
    assert not motion.objections.exists()


def test_the_page_and_the_list_cost_the_same_however_many(django_assert_num_queries: Any) -> None:
    voters = people(8)
    small, large = (ask(voters[:count], kind="lazy", closes_at=clock.now() + timedelta(days=7)) for count in (2, 8))
    for motion, count in ((small, 1), (large, 3)):
        for who in voters[:count]:
            object_to(actor=person(who.id, who.name), motion=motion, reason="Too early.")
    client = client_of(voters[0])
    page_of(client, small)
    with CaptureQueriesContext(connection) as first:
        page_of(client, small)
    with django_assert_num_queries(len(first)):
        page_of(client, large)


def test_the_chair_puts_a_motion_by_page_and_an_outsider_does_not() -> None:
    ada, bo, eve = people(3)
    body = Body.objects.create(slug="council", name="Council", kind="council")
    for position, who in enumerate((ada, bo)):
        seat = Seat.objects.create(body=body, slug=who.slug, title=who.name, position=position, chair=who == ada)
        Term.objects.create(seat=seat, person=who, start=clock.now() - timedelta(days=9))
    address = reverse("decisions:new-motion")
    given = {"title": "Shall we?", "kind": "lazy", "days": "7", "part0-body": "council", "part0-bar": "majority"}
    given["part0-casting"] = "on"
    for who in (bo, eve):
        assert client_of(who).get(address).status_code == 403
        assert client_of(who).post(address, given).status_code == 403
    assert Client().get(address).status_code == 302
    lists = reverse("decisions:motions")
    assert [address in client_of(who).get(lists).content.decode() for who in (ada, bo, eve)] == [True, False, False]
    client = client_of(ada)
    assert "Open the motion" in client.get(address).content.decode()
    assert client.post(address, {**given, "title": ""}).status_code == 422
    refused = client.post(address, {**given, "kind": "consent"})
    assert (refused.status_code, "asked of all seats" in refused.content.decode()) == (422, True)
    assert client.post(address, given).status_code == 302
    motion = Motion.objects.get()
    assert (motion.kind, motion.electors.count(), motion.rule["casting"]) == ("lazy", 2, "chair")
