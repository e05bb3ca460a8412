"""What every test can rely on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck, settings

from quorate.kernel import clock
from quorate.ledger import triggers

# A busy machine is no reason to fail, and to shrink such a failure takes minutes. The same examples each time: what a
# run finds does not depend on luck, and `make fuzz` looks for new ones.
settings.register_profile("quorate", deadline=None, derandomize=True)
settings.register_profile("fuzz", deadline=None, max_examples=500, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("quorate")


#: What a test asks for when it touches the database.
DATABASE = {"db", "transactional_db", "live_server"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """What the CI asks of the second of two databases."""
    parser.addoption("--database-only", action="store_true", help="leave out the tests that touch no database")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With ``--database-only`` leave out what touches no database: it was tested once on the other."""
    if not config.getoption("--database-only"):
        return
    without = [
        item
        for item in items
        if item.get_closest_marker("django_db") is None and DATABASE.isdisjoint(getattr(item, "fixturenames", ()))
    ]
    config.hook.pytest_deselected(items=without)
    left_out = set(without)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(autouse=True)
def _running_clock() -> Iterator[None]:
    """No test leaves the clock frozen for the next."""
    yield
    clock.set_now(None)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """No test leaves its language to the next."""
    yield
    translation.activate("en")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The databases of the tests. A server lets nobody drop one that a thread of the served site still talks to."""
    yield
    with django_db_blocker.unblock():
        for alias in connections:
            if connections[alias].vendor == "postgresql":
                with connections[alias].cursor() as cursor:
                    cursor.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )


@pytest.fixture(autouse=True, scope="session")
def _emptying_the_database() -> Iterator[None]:
    """Tests that commit empty the database afterwards, which the guards of the ledger would refuse."""
    original = TransactionTestCase._fixture_teardown

    def with_guards_lifted(self: TransactionTestCase) -> None:
        with ExitStack() as stack:
            for alias in connections:
                stack.enter_context(triggers.lifted(connections[alias]))
            original(self)

    with patch.object(TransactionTestCase, "_fixture_teardown", with_guards_lifted):
        yield


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests to the bare WSGI application stay in the test's transaction.

    A request closes a connection that is inside one, which only a server has; Django's own test client does the same.
    """
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def shared_data() -> Path | None:
    """The folder of real inputs, when this checkout has it beside it."""
    named = os.environ.get("QUORATE_SHARED_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Real inputs; the test is skipped where they are not at hand."""
    folder = shared_data()
    if folder is None:
        pytest.skip("the real inputs are not beside this checkout (QUORATE_SHARED_DATA)")
    return folder
