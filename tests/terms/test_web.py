"""Pages of bodies, seats and policies: rosters as of a day, appointing, and who is turned away."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import DESK, Cast

from quorate.access.models import Account
from quorate.directory.actions import add_person
from quorate.directory.rules import Belonging, PersonFacts
from quorate.terms.actions import add_seat, adopt_charter, appoint, put_policy, set_up_body
from quorate.terms.models import Body, Policy, Seat, Term
from quorate.terms.queries import holders
from quorate.terms.rules import BodyFacts, CharterFacts, SeatFacts, TermFacts
from quorate.toolkit.foundation import instant
from quorate.toolkit.work import gather

START = datetime(2024, 1, 1, tzinfo=UTC)

GETS = [
    "terms:new-body",
    "terms:edit-body",
    "terms:close-body",
    "terms:new-seat",
    "terms:edit-seat",
    "terms:close-seat",
    "terms:new-charter",
    "terms:compare",
]
POSTS = [*GETS, "terms:appoint", "terms:alternate", "terms:end-term"]


def address(name: str) -> str:
    args = [] if name == "terms:new-body" else ["council"]
    if (name.endswith("seat") and "new" not in name) or name in ("terms:appoint", "terms:alternate", "terms:end-term"):
        args.append("quay")
    return reverse(name, args=args)


@pytest.fixture
def seat(cast: Cast) -> Seat:
    """Quay's seat in the council, held by Mara from 2024, Eve standing in; vacant before."""
    body = set_up_body(actor=DESK, slug="council", facts=BodyFacts("Council", "council", public=True))
    found = add_seat(actor=DESK, body=body, slug="quay", facts=SeatFacts("Quay seat", organisation=cast.quay.id))
    start = instant("2024-01-01")
    assert start is not None
    appoint(actor=DESK, seat=found, person=cast.mara, facts=TermFacts(start))
    appoint(actor=DESK, seat=found, person=cast.eve, facts=TermFacts(start), role="alternate")
    return found


def signed_in(mail: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(email=mail))
    return client


@pytest.fixture
def staff(seat: Seat) -> Client:
    return signed_in("imogen@people.example")


@pytest.fixture
def outsider(seat: Seat) -> Client:
    return signed_in("eve@people.example")


@pytest.mark.parametrize("name", GETS)
def test_staff_see_every_page_and_the_outsider_none(staff: Client, outsider: Client, name: str) -> None:
    assert staff.get(address(name)).status_code == 200
    assert outsider.get(address(name)).status_code == 403
    assert Client().get(address(name)).status_code == 302


@pytest.mark.parametrize("name", POSTS)
def test_the_outsider_changes_nothing(outsider: Client, name: str) -> None:
    tables = (Body, Seat, Term, Policy)
    before = [list(model._default_manager.order_by("pk").values()) for model in tables]
    assert outsider.post(address(name), {"name": "X", "title": "X"}).status_code == 403
    assert [list(model._default_manager.order_by("pk").values()) for model in tables] == before


def test_a_roster_is_read_as_of_a_day(staff: Client, cast: Cast, seat: Seat) -> None:
    for name in ("terms:body", "terms:public-body"):
        page = reverse(name, args=["council"])
        now = staff.get(page).content.decode()
        assert "Mara Lindgren" in now
        assert "Eve Outsider" in now
        then = staff.get(page, {"as_of": "2023-12-31"}).content.decode()
        assert "Vacant" in then
        assert "Mara Lindgren" not in then.partition("What happened")[0]


def test_somebody_is_appointed_and_succeeded(staff: Client, cast: Cast, seat: Seat) -> None:
    said = {"person": str(cast.imogen.id), "start": "2025-06-01", "appointed_by": "Vote 7"}
    refused = staff.post(address("terms:appoint"), said)
    assert refused.status_code == 422
    assert b"Mara Lindgren holds the seat" in refused.content
    assert staff.post(address("terms:appoint"), {**said, "succeed": "on"}).status_code == 302
    assert holders("seat:council/quay", instant("2025-05-31")) == [cast.mara]
    assert holders("seat:council/quay", instant("2025-06-01")) == [cast.imogen]
    page = staff.get(reverse("terms:seat", args=["council", "quay"])).content.decode()
    assert "Vote 7" in page


def test_a_charter_is_put_in_force_and_shown_as_of_a_day(staff: Client, seat: Seat) -> None:
    said = {"version": "1.0", "start": "2024-01-01", "mandate": "Guides all.", "adopted_by": "Motion 7"}
    refused = staff.post(address("terms:new-charter"), {**said, "fraction": "half"})
    assert refused.status_code == 422
    assert b"is not a fraction" in refused.content
    numbers = {"printed": "5", "fraction": "1/2", "strict": "on", "cap": "1/1", "presides": "chair, longest-serving"}
    assert staff.post(address("terms:new-charter"), {**said, **numbers}).status_code == 302
    for name in ("terms:body", "terms:public-body"):
        page = reverse(name, args=["council"])
        now = staff.get(page).content.decode()
        assert "Two figures for one quorum" in now
        assert "Guides all." in now
        assert "No version of a charter" not in now
        assert "Guides all." not in staff.get(page, {"as_of": "2023-12-31"}).content.decode()
    for name in ("terms:charter", "terms:public-charter"):
        assert "Motion 7" in staff.get(reverse(name, args=["council", "1.0"])).content.decode()
        assert staff.get(reverse(name, args=["council", "9"])).status_code == 404


def test_appointing_beyond_a_soft_cap_says_so(staff: Client, cast: Cast, seat: Seat) -> None:
    facts = CharterFacts(START, mandate="x", numbers={"related_group": [{"at_most": 1, "hard": False}]})
    adopt_charter(actor=DESK, body=seat.body, version="1", facts=facts)
    add_seat(actor=DESK, body=seat.body, slug="two", facts=SeatFacts("Second seat"))
    odo = add_person(actor=DESK, facts=PersonFacts("Odo Pell", affiliations=(Belonging(cast.harbour.id, "", START),)))
    url = reverse("terms:appoint", args=["council", "two"])
    answer = staff.post(url, {"person": str(odo.id), "start": "2025-06-01"}, follow=True)
    assert "would hold 2 of 2 voting seats" in answer.content.decode()
    page = staff.get(reverse("terms:body", args=["council"])).content.decode()
    assert "more than the charter wishes" in page
    public = Client().get(reverse("terms:public-body", args=["council"])).content.decode()
    groups = public.partition('id="groups"')[2].partition("What happened")[0]
    assert "Quay seat" in groups
    assert "Odo Pell" not in groups


def test_the_chair_has_the_vacancy_on_the_list(staff: Client, cast: Cast, seat: Seat) -> None:
    body = seat.body
    adopt_charter(
        actor=DESK, body=body, version="1", facts=CharterFacts(START, mandate="x", numbers={"fill_within": "P30D"})
    )
    chair = add_seat(actor=DESK, body=body, slug="chair", facts=SeatFacts("Chair", voting=False, chair=True))
    appoint(actor=DESK, seat=chair, person=cast.imogen, facts=TermFacts(START))
    add_seat(actor=DESK, body=body, slug="empty", facts=SeatFacts("Empty seat", start=START))
    imogen, eve = cast.actor(cast.imogen), cast.actor(cast.eve)
    at = START + timedelta(days=60)
    items = [item for item in gather(imogen, at) if item.key.startswith("vacancy:")]
    assert [(str(item.title), item.state(at).tone) for item in items] == [("Empty seat is vacant", "late")]
    assert str(items[0].why) == "You are Chair of Council"
    assert not [item for item in gather(eve, at) if item.key.startswith("vacancy:")]
    assert "To be filled" in staff.get(reverse("terms:body", args=["council"])).content.decode()


def test_the_holder_names_an_alternate_in_the_browser(cast: Cast, seat: Seat) -> None:
    mara = signed_in("mara@people.example")
    page = mara.get(reverse("terms:seat", args=["council", "quay"])).content.decode()
    assert "Name the alternate" in page
    assert "Close this seat" not in page
    mara.post(address("terms:alternate"), {"alternate-person": str(cast.imogen.id)})
    running = Term.objects.get(seat=seat, role="alternate", until=None)
    assert running.person == cast.imogen


def test_a_term_ends_and_the_vacancy_is_counted(staff: Client, seat: Seat) -> None:
    term = Term.objects.get(seat=seat, role="representative")
    staff.post(address("terms:end-term"), {"term": str(term.id), "until": "2025-01-01"})
    page = staff.get(reverse("terms:body", args=["council"])).content.decode()
    assert "1 seat vacant" in page
    assert "1 Jan 2025" in page


def test_bodies_and_seats_are_set_up_and_closed(staff: Client, seat: Seat) -> None:
    staff.post(
        reverse("terms:new-body"),
        {
            "name": "Group",
            "slug": "group",
            "kind": "working-group",
            "parent": "council",
            "permissions": ["term.appoint"],
        },
    )
    group = Body.objects.get(slug="group")
    assert group.parent == seat.body
    assert group.permissions == ["term.appoint"]
    staff.post(reverse("terms:new-seat", args=["group"]), {"title": "Chair", "slug": "chair", "chair": "on"})
    assert Seat.objects.get(body=group).chair
    staff.post(reverse("terms:edit-seat", args=["group", "chair"]), {"title": "Head", "chair": "on"})
    assert Seat.objects.get(body=group).title == "Head"
    staff.post(reverse("terms:edit-body", args=["group"]), {"name": "Guild", "kind": "working-group"})
    staff.post(reverse("terms:close-seat", args=["group", "chair"]))
    staff.post(reverse("terms:close-body", args=["group"]))
    assert not Body.objects.filter(slug="group").exists()
    staff.post(reverse("terms:close-body", args=["council"]))
    assert Body.objects.get(slug="council").closed_at is not None


def test_public_pages_link_to_public_pages_only(seat: Seat) -> None:
    visitor = Client()
    page = visitor.get(reverse("terms:public-body", args=["council"])).content.decode()
    inner = page.partition("<main")[2].partition("</main>")[0]
    links = {part.partition('"')[0] for part in inner.split('href="')[1:]}
    assert any(link.startswith("/p/people/") for link in links)
    for link in links:
        assert link.startswith(("/p/", "?", "#", "http")), link
        if link.startswith("/p/"):
            assert visitor.get(link, follow=True).status_code == 200, link


def test_bodies_that_are_not_public_are_not_shown_to_all(seat: Seat) -> None:
    visitor = Client()
    assert visitor.get(reverse("terms:public-body", args=["council"])).status_code == 200
    Body.objects.update(public=False)
    assert visitor.get(reverse("terms:public-body", args=["council"])).status_code == 404
    assert b"Council" not in visitor.get(reverse("terms:public-bodies")).content


def test_seats_stand_on_the_pages_of_person_and_organisation(staff: Client, seat: Seat) -> None:
    for page in (
        reverse("directory:person", args=["mara-lindgren"]),
        reverse("directory:public-person", args=["mara-lindgren"]),
        reverse("directory:organisation", args=["quay-labs"]),
        reverse("directory:public-organisation", args=["quay-labs"]),
    ):
        assert b"Quay seat" in staff.get(page).content


def test_rosters_are_exported(staff: Client, seat: Seat) -> None:
    page = reverse("terms:public-body", args=["council"])
    answer = staff.get(page, {"format": "json"})
    rows = json.loads(answer.getvalue())
    rows = rows if isinstance(rows, list) else next(value for value in rows.values() if isinstance(value, list))
    assert [(row["seat"], row["holder"], row["alternate"]) for row in rows] == [
        ("Quay seat", "Mara Lindgren", "Eve Outsider")
    ]
    assert b"Quay seat" in staff.get(page, {"format": "csv"}).getvalue()


def test_policies_are_read_in_every_version(seat: Seat) -> None:
    for version, day in (("1", "2024-01-01"), ("2", "2025-01-01")):
        text = f"## 1. What {{#what}}\n\n1. Rule of version {version}. {{#rule}}\n"
        put_policy(
            actor=DESK,
            slug="process",
            version=version,
            title="Process",
            text=text,
            body=seat.body,
            adopted=instant(day),
        )
    visitor = Client()
    assert b"Process" in visitor.get(reverse("terms:policies")).content
    page = visitor.get(reverse("terms:policy", args=["process"])).content.decode()
    assert "Rule of version 2" in page
    assert 'id="rule"' in page
    assert "{#" not in page
    old = visitor.get(reverse("terms:policy", args=["process"]), {"version": "1"}).content.decode()
    assert "Replaced" in old
    assert visitor.get(reverse("terms:policy", args=["process"]), {"version": "9"}).status_code == 404


@pytest.mark.parametrize("name", ["terms:body", "terms:public-body", "terms:bodies", "terms:public-bodies"])
def test_pages_cost_the_same_for_one_seat_and_for_many(staff: Client, seat: Seat, name: str) -> None:
    page = reverse(name, args=["council"] if name.endswith("body") else [])

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert staff.get(page).status_code == 200
        return len(found)

    start = START
    numbers = {"fill_within": "P30D", "end_at_once": "1/2", "related_group": [{"at_most": 9}]}
    adopt_charter(actor=DESK, body=seat.body, version="1", facts=CharterFacts(start, mandate="x", numbers=numbers))
    staff.get(page)
    first = cost()
    for n in range(3):
        set_up_body(actor=DESK, slug=f"b{n}", facts=BodyFacts(f"B{n}", "committee", seat.body_id))
        more = add_seat(actor=DESK, body=seat.body, slug=f"s{n}", facts=SeatFacts(f"S{n}"))
        person = add_person(actor=DESK, facts=PersonFacts(f"P{n}", public=True))
        appoint(actor=DESK, seat=more, person=person, facts=TermFacts(start))
    assert cost() == first
