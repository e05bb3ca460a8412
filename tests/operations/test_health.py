"""Alive, ready, and figures for who may have them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from pytest_django.fixtures import Settings

from quorate.kernel import clock
from quorate.ledger.worker import drain
from quorate.surfaces.operations import metrics, state
from quorate.surfaces.operations import web as health

pytestmark = pytest.mark.django_db


def test_alive_asks_nothing_of_the_database(client: Client, django_assert_num_queries: pytest.FixtureRequest) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]  # a fixture that is a context manager
        assert client.get("/healthz").content == b"ok\n"


def test_ready_says_yes_or_no_and_no_figures(client: Client) -> None:
    body = client.get("/readyz").json()
    assert set(body) == {"ok", "checks"}
    assert set(body["checks"]) == {"database", "migrations", "worker", "outbox"}
    assert all(isinstance(value, bool) for value in body["checks"].values())


def test_a_web_process_is_ready_without_a_worker_but_says_so(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["checks"]["worker"] is False
    drain(jobs=True)
    assert client.get("/readyz").json()["checks"]["worker"] is True
    with clock.travel(by=timedelta(seconds=state.WORKER_SILENT_AFTER + 60)):
        assert client.get("/readyz").json()["checks"]["worker"] is False


def test_not_ready_without_its_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_connection: object) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(health, "MigrationExecutor", gone)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ok"]) == (503, False)


def test_figures_are_not_for_everybody(client: Client, settings: Settings) -> None:
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "a-long-token"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404


@pytest.mark.skipif(not metrics.AVAILABLE, reason="the extra `metrics` is not installed")
def test_figures_for_who_has_the_token(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "a-long-token"
    client.get("/p/")
    text = client.get("/metrics", headers={"Authorization": "Bearer a-long-token"}).content.decode()
    assert "quorate_request_seconds_bucket" in text
    assert "quorate_outbox_due 0.0" in text


def test_every_figure_has_a_name_and_a_meaning() -> None:
    drain(jobs=True)
    found = list(state.figures())
    assert {name for name, _meaning, _value in found} >= {"ledger_entries", "outbox_dead", "worker_silent_seconds"}
    assert all(meaning.endswith(".") and value >= 0 for _name, meaning, value in found)
