"""The register of decisions: entered when a motion passes or from a source, ended, read as of a day, and by whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quorate.access.actors import VISITOR, Actor, person, system
from quorate.access.models import Account
from quorate.decisions.actions import (
    Voter,
    cast,
    expire_decision,
    expire_due,
    open_motion,
    record_decision,
    repeal_decision,
)
from quorate.decisions.models import DecisionPeriod, DecisionRecord, Motion
from quorate.decisions.register import as_of, decisions_visible
from quorate.decisions.search import decided
from quorate.directory.models import Person
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, Refused, UserError
from quorate.ledger.queries import about
from quorate.ledger.sentences import sentences
from quorate.terms.models import Body, Policy, Seat, Term

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SYSTEM = system("test")


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with clock.travel(to=NOON):
        yield


def somebody(name: str) -> Person:
    account = Account.objects.create_user(f"{name}@people.example")
    return Person.objects.create(slug=name, name=name.title(), public=True, account=account)


def as_actor(who: Person) -> Actor:
    return person(who.id, who.name, account_id=who.account_id)


@pytest.fixture
def chair() -> Person:
    return somebody("ada")


@pytest.fixture
def council(chair: Person) -> Body:
    body = Body.objects.create(slug="council", name="Council", kind="council")
    seat = Seat.objects.create(body=body, slug="one", title="Seat one", chair=True)
    Term.objects.create(seat=seat, person=chair, start=NOON - 90 * DAY)
    return body


def client_of(who: Person | None) -> Client:
    client = Client()
    if who is not None and who.account is not None:
        client.force_login(who.account)
    return client


def entered(body: Body, title: str = "Meet on Tuesdays", **more: Any) -> DecisionRecord:
    return record_decision(actor=SYSTEM, body=body, title=title, **{"source": "Minutes of 2026-03-01", **more})


def decided_by(body: Body, who: Person, **more: Any) -> Motion:
    rule = {"threshold": "1/2", "strict": True, "of": "seats"}
    motion = open_motion(
        actor=SYSTEM, title="Shall we?", rule=rule, electorate=[Voter(who.id)], body=body, early_close=True, **more
    )
    return cast(actor=as_actor(who), motion=motion, choice="yes")


def states(at: datetime) -> dict[str, str]:
    return {row.title: row.stands for row in as_of(decisions_visible(SYSTEM), at)}  # type: ignore[attr-defined]  # annotated


def test_a_motion_that_passes_is_entered_once_with_its_clause(council: Body, chair: Person) -> None:
    Policy.objects.create(slug="rules", version="1", title="Rules", text="Half decides. {#bar}", adopted=NOON - DAY)
    motion = decided_by(council, chair, clause="rules#bar", text="We shall.")
    record = DecisionRecord.objects.get()
    assert (record.motion, record.label, record.text, record.clauses) == (motion, "2026-1", "We shall.", ["rules#bar"])
    assert record_decision(actor=SYSTEM, body=council, title="Again", motion=motion) == record
    assert states(NOON) == {"Shall we?": "adopted"}
    told = [each.text for each in sentences(about("decision", str(record.id)), public=True)]
    assert told == ["Council decided “Shall we?”, number 2026-1"]


def test_what_fails_or_has_no_body_is_not_entered(council: Body, chair: Person) -> None:
    rule = {"threshold": "1/2", "strict": True, "of": "seats"}
    for body, choice in ((council, "no"), (None, "yes")):
        motion = open_motion(
            actor=SYSTEM, title="No?", rule=rule, electorate=[Voter(chair.id)], body=body, early_close=True
        )
        assert cast(actor=as_actor(chair), motion=motion, choice=choice).state == "closed"
    assert not DecisionRecord.objects.exists()


def test_numbers_run_in_a_body_and_year(council: Body) -> None:
    other = Body.objects.create(slug="board", name="Board", kind="board")
    records = [
        entered(council),
        entered(council, "Two"),
        entered(other),
        entered(council, "Old", adopted_at=NOON - 90 * DAY, reconstructed=True),
    ]
    assert [record.label for record in records] == ["2026-1", "2026-2", "2026-1", "2025-1"]


def test_what_replaces_and_what_amends(council: Body) -> None:
    first = entered(council, "First", adopted_at=NOON - 9 * DAY)
    entered(council, "Amendment", adopted_at=NOON - 6 * DAY, replaces=first, replaced_as="amended")
    entered(council, "Second", adopted_at=NOON - 3 * DAY, replaces=first, effective_from=NOON + DAY)
    assert states(NOON - 10 * DAY) == {}
    assert states(NOON - 7 * DAY) == {"First": "adopted"}
    assert states(NOON) == {"First": "amended", "Amendment": "adopted", "Second": "pending"}
    assert states(NOON + DAY) == {"First": "superseded", "Amendment": "adopted", "Second": "adopted"}
    with pytest.raises(Conflict):
        entered(council, "Third", replaces=first, effective_from=NOON + 2 * DAY)


def test_repeal_and_expiry(council: Body) -> None:
    record = entered(council, "First", adopted_at=NOON - DAY)
    with pytest.raises(UserError):
        repeal_decision(actor=SYSTEM, record=record, reason=" ")
    repeal_decision(actor=SYSTEM, record=record, reason="Nobody came.")
    with pytest.raises(Conflict):
        repeal_decision(actor=SYSTEM, record=record, reason="Again.")
    brief = entered(council, "Brief", adopted_at=NOON - DAY, effective_until=NOON + DAY)
    with pytest.raises(Conflict):
        expire_decision(actor=SYSTEM, record=brief)
    assert expire_due() == 0
    with clock.travel(to=NOON + 2 * DAY):
        assert [expire_due(), expire_due()] == [1, 0]
    assert states(NOON + DAY) == {"First": "repealed", "Brief": "expired"}
    assert states(NOON) == {"First": "repealed", "Brief": "adopted"}


def test_what_cannot_be_is_refused_by_the_action_and_by_the_database(council: Body) -> None:
    for wrong in (
        {"source": ""},
        {"title": " "},
        {"adopted_at": NOON + DAY},
        {"effective_until": NOON - DAY},
        {"clauses": ["Article 4"]},
        {"replaced_as": "expired"},
    ):
        with pytest.raises(UserError):
            entered(council, **wrong)
    record = entered(council)
    for change in ({"source": ""}, {"effective_until": record.effective_from}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DecisionRecord.objects.filter(pk=record.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        DecisionPeriod.objects.create(record=record, state="adopted", start=NOON)


def test_an_outsider_is_refused_and_the_chair_is_not(council: Body, chair: Person) -> None:
    eve = somebody("eve")
    record = entered(council, adopted_at=NOON - DAY, effective_until=NOON - DAY / 2)
    hidden = entered(council, "Hidden", public=False, adopted_at=NOON - DAY)
    for actor in (as_actor(eve), VISITOR):
        with pytest.raises(Refused):
            record_decision(actor=actor, body=council, title="Mine", source="Me")
        with pytest.raises(Refused):
            repeal_decision(actor=actor, record=record, reason="Mine.")
        with pytest.raises(Refused):
            expire_decision(actor=actor, record=record)
        assert list(decisions_visible(actor)) == [record]
    assert set(decisions_visible(as_actor(chair))) == {record, hidden}
    repeal_decision(actor=as_actor(chair), record=hidden, reason="Over.")
    client = client_of(eve)
    for name in ("decision-of", "public-decision-of"):
        assert client.get(reverse(f"decisions:{name}", args=["council", hidden.label])).status_code == 404
    assert client.get(f"/api/v1/decisions/{hidden.id}").status_code == 404
    address = reverse("decisions:repeal", args=["council", record.label])
    assert client.post(address, {"reason": "Mine."}).status_code == 403
    assert client.post(f"/api/v1/decisions/{record.id}/repeal", {"reason": "M"}, "application/json").status_code == 403
    new = {"body": "council", "title": "Mine", "source": "Me"}
    assert client.post("/api/v1/decisions", new, "application/json").status_code == 403
    assert Client().post("/api/v1/decisions", new, "application/json").status_code == 401
    for name, args in (("decisions", []), ("decision-of", ["council", record.label]), ("decision", [record.id])):
        assert Client().get(reverse(f"decisions:{name}", args=args)).status_code == 302
    assert Client().post(address).status_code == 302


def test_pages_and_exports(council: Body, chair: Person) -> None:
    motion = decided_by(council, chair)
    with clock.travel(to=NOON + DAY):
        old = entered(council, "Meet on Mondays", adopted_at=NOON - 20 * DAY)
        new = entered(council, "Meet on Tuesdays", replaces=old, adopted_at=NOON)
        for who, prefix in ((None, "public-"), (chair, "")):
            client = client_of(who)
            lists = reverse(f"decisions:{prefix}decisions")
            page = client.get(lists).content.decode()
            assert all(title in page for title in ("Meet on Mondays", "Meet on Tuesdays", "Shall we?"))
            page = client.get(lists + "?state=in-force&q=meet").content.decode()
            assert "Meet on Tuesdays" in page
            assert "Meet on Mondays" not in page
            page = client.get(lists + "?as_of=2026-02-20&body=council").content.decode()
            assert "Meet on Mondays" in page
            assert "Meet on Tuesdays" not in page
            assert client.get(lists + "?format=csv").getvalue().count(b"\n") == 4
            record = reverse(f"decisions:{prefix}decision-of", args=["council", new.label])
            page = client.get(record).content.decode()
            assert "Minutes of 2026-03-01" in page
            assert "Meet on Mondays" in page
            assert client.get(reverse(f"decisions:{prefix}decision", args=[new.id])).url == record  # type: ignore[attr-defined]  # redirects
            by_motion = DecisionRecord.objects.get(motion=motion)
            page = client.get(reverse(f"decisions:{prefix}decision-of", args=["council", by_motion.label]))
            assert "1 yes, 0 no, 0 abstained" in page.content.decode()
            assert client.get(reverse(f"decisions:{prefix}decision-of", args=["council", "2026-99"])).status_code == 404
        address = reverse("decisions:repeal", args=["council", new.label])
        client = client_of(chair)
        assert client.post(address, {"reason": ""}).status_code == 422
        client.post(address, {"reason": "Too cold."})
        assert states(NOON + DAY)["Meet on Tuesdays"] == "repealed"
    assert [hit.title for hit in decided(VISITOR, "mondays", 5)] == ["Meet on Mondays"]


def test_the_api(council: Body, chair: Person) -> None:
    client = client_of(chair)
    new = {"body": "council", "title": "Meet", "source": "Minutes", "adopted_at": "2026-02-01T12:00:00Z"}
    made = client.post("/api/v1/decisions", new, "application/json")
    assert (made.status_code, made.json()["number"], made.json()["state"]) == (201, "2026-1", "adopted")
    again = {**new, "title": "Meet less", "replaces": made.json()["id"], "adopted_at": "2026-03-01T12:00:00Z"}
    second = client.post("/api/v1/decisions", again, "application/json").json()
    assert second["replaces"] == made.json()["id"]
    rows = Client().get("/api/v1/decisions?state=in-force").json()["items"]
    assert [row["title"] for row in rows] == ["Meet less"]
    rows = Client().get("/api/v1/decisions?as_of=2026-02-02T00:00:00Z&body=council&state=adopted").json()["items"]
    assert [row["title"] for row in rows] == ["Meet"]
    first = Client().get(f"/api/v1/decisions/{made.json()['id']}").json()
    assert [period["state"] for period in first["periods"]] == ["adopted", "superseded"]
    assert first["replaced_by"] == [second["id"]]
    ended = client.post(f"/api/v1/decisions/{second['id']}/repeal", {"reason": "Over."}, "application/json")
    assert ended.json()["state"] == "repealed"


@pytest.mark.parametrize("prefix", ["", "public-"])
def test_the_list_and_the_record_cost_the_same_however_many(
    council: Body, chair: Person, prefix: str, django_assert_num_queries: Any
) -> None:
    client = client_of(chair if not prefix else None)
    lists = reverse(f"decisions:{prefix}decisions")
    first = entered(council, "Number 0", adopted_at=NOON - 9 * DAY)
    record = reverse(f"decisions:{prefix}decision-of", args=["council", first.label])
    client.get(lists)
    counts = {}
    for address in (lists, record):
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        counts[address] = len(captured)
    for number in (1, 2):
        entered(council, f"Number {number}", adopted_at=NOON - 5 * DAY, clauses=["rules#bar"])
    with django_assert_num_queries(counts[lists]):
        client.get(lists)
    with django_assert_num_queries(counts[record]):
        client.get(record)
