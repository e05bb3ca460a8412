"""What every test can rely on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import connections
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import settings

from quorate.kernel import clock
from quorate.ledger import triggers

# A busy machine is no reason to fail, and to shrink such a failure takes minutes.
settings.register_profile("quorate", deadline=None)
settings.load_profile("quorate")


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
