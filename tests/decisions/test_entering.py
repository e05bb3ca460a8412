"""The register by page: old decisions entered, amended, replaced and limited; policies link back; outsiders turned away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.decisions.chambers import SINCE, Chambers, chambers

from quorate.access.actors import system
from quorate.decisions.actions import expire_due, limit_decision, record_decision
from quorate.decisions.models import DecisionRecord
from quorate.kernel import clock
from quorate.kernel.errors import Refused, UserError
from quorate.ledger.models import Entry
from quorate.terms.models import Body, Policy

__all__ = ["chambers"]
pytestmark = pytest.mark.django_db
NEW = "/decisions/new/"


def typed(**more: str) -> dict[str, str]:
    given = {"body": "council", "title": "Meet on Tuesdays", "adopted": "2025-03-04", "source": "Minutes of March 2025"}
    return given | {"reconstructed": "on", "clauses": "rules#meetings"} | more


def entered(body: Body, title: str = "Meet on Tuesdays", **more: Any) -> DecisionRecord:
    given = {"source": "Minutes", "adopted_at": SINCE, "clauses": ["rules#meetings"], **more}
    return record_decision(actor=system("test"), body=body, title=title, **given)


def test_an_old_decision_is_entered_with_its_time_marked(chambers: Chambers) -> None:
    client = chambers.client("ada")
    assert NEW in client.get("/decisions/").content.decode()
    answer = client.post(NEW, typed())
    assert answer.status_code == 302
    record = DecisionRecord.objects.get()
    assert (record.label, record.reconstructed, record.clauses) == ("2025-1", True, ["rules#meetings"])
    assert record.adopted_at == datetime(2025, 3, 4, tzinfo=UTC)
    entry = Entry.objects.get(kind="decision.recorded")
    assert entry.reconstructed
    page = client.get(answer["Location"]).content.decode()
    assert "Reconstructed" in page
    assert "Minutes of March 2025" in page
    assert "Meet on Tuesdays" in client.get("/decisions/?q=Tuesdays").content.decode()
    for form in ("csv", "json"):
        file = client.get(f"/decisions/?format={form}")
        assert "Meet on Tuesdays" in (file.getvalue() if file.streaming else file.content).decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"source": ""},
        {"adopted": ""},
        {"adopted": "2099-01-01"},
        {"until": "2025-01-01"},
        {"clauses": "no clause at all"},
        {"body": "leads"},
        {"body": "nowhere"},
    ],
)
def test_what_cannot_stand_is_said(chambers: Chambers, wrong: dict[str, str]) -> None:
    assert chambers.client("ada").post(NEW, typed(**wrong)).status_code == 422
    assert not DecisionRecord.objects.exists()


def test_a_decision_is_amended_replaced_and_limited_from_its_page(chambers: Chambers) -> None:
    client = chambers.client("ada")
    first = entered(chambers.council)
    page = client.get(f"/decisions/council/{first.label}/").content.decode()
    assert f"{NEW}?replaces={first.id}" in page
    assert 'value="council" selected' in client.get(f"{NEW}?replaces={first.id}").content.decode()
    given = typed(title="At ten", replaces=str(first.id), replaced_as="amended")
    assert client.post(NEW, given).status_code == 302
    assert first.periods.get(until=None).state == "amended"
    second = DecisionRecord.objects.get(title="At ten")
    assert client.post(NEW, typed(title="On Mondays", adopted="2025-04-01", replaces=str(second.id))).status_code == 302
    assert second.periods.get(until=None).state == "superseded"
    assert client.post(NEW, typed(title="Again", replaces=str(second.id))).status_code == 422, "it no longer stands"
    third = DecisionRecord.objects.get(title="On Mondays")
    address = f"/decisions/council/{third.label}/expire/"
    tomorrow = clock.now() + timedelta(days=1)
    assert client.post(address, {"until": f"{tomorrow:%Y-%m-%d}", "reason": ""}).status_code == 422
    assert client.post(address, {"until": "2025-03-31", "reason": "A trial."}).status_code == 422
    assert client.post(address, {"until": f"{tomorrow:%Y-%m-%d}", "reason": "A trial."}).status_code == 302
    assert expire_due() == 0
    with clock.travel(by=timedelta(days=2)):
        assert expire_due() == 1
    assert third.periods.get(until=None).state == "expired"
    assert client.post(address, {"until": "2099-01-01", "reason": "Again."}).status_code == 422


def test_a_day_that_is_past_ends_it_then(chambers: Chambers) -> None:
    record = entered(chambers.council)
    limit_decision(
        actor=chambers.actor("ada"), record=record, until=SINCE + timedelta(days=30), reason="It was for a month."
    )
    ended = record.periods.get(until=None)
    assert (ended.state, ended.start) == ("expired", SINCE + timedelta(days=30))
    with pytest.raises(UserError):
        limit_decision(actor=chambers.actor("ada"), record=record, until=clock.now(), reason="Again.")


def test_outsiders_enter_and_end_nothing(chambers: Chambers) -> None:
    record, other = entered(chambers.council), entered(chambers.leads)
    expire = f"/decisions/council/{record.label}/expire/"
    for name in ("bo", "xan"):
        client = chambers.client(name)
        assert client.get(NEW).status_code == 403
        assert client.post(NEW, typed()).status_code == 403
        assert client.post(expire, {"until": "2030-01-01", "reason": "Mine."}).status_code == 403
        assert NEW not in client.get("/decisions/").content.decode()
        with pytest.raises(Refused):
            limit_decision(actor=chambers.actor(name), record=record, until=clock.now(), reason="Mine.")
    assert Client().post(NEW, typed()).status_code == 302
    # Ada keeps the council's register; through it she ends nothing of the leads.
    given = {"body": "council", "title": "Mine", "source": "Me", "replaces": str(other.id)}
    assert chambers.client("ada").post("/api/v1/decisions", given, "application/json").status_code == 403
    assert chambers.client("ada").post(NEW, typed(replaces=str(other.id))).status_code == 422
    assert other.periods.get(until=None).state == "adopted"
    assert DecisionRecord.objects.count() == 2


def test_a_policy_names_the_decisions_that_rest_on_it(chambers: Chambers, django_assert_num_queries: Any) -> None:
    Policy.objects.create(slug="rules", version="1", title="Rules", text="Tuesdays. {#meetings}", adopted=SINCE)
    Policy.objects.create(slug="rules-of-old", version="1", title="Old rules", text="None.", adopted=SINCE)
    record = entered(chambers.council)
    chambers.leads.public = False
    chambers.leads.save()
    entered(chambers.leads, "A secret one")
    client = Client()
    page = client.get("/p/policies/rules/").content.decode()
    assert f"/p/decisions/council/{record.label}/" in page
    assert 'href="#meetings"' in page
    assert "A secret one" not in page
    assert "Decisions about it" not in client.get("/p/policies/rules-of-old/").content.decode()
    with CaptureQueriesContext(connection) as first:
        client.get("/p/policies/rules/")
    for number in range(3):
        entered(chambers.council, f"Another {number}", replaces=None)
    with django_assert_num_queries(len(first)):
        client.get("/p/policies/rules/")
