"""What every test can rely on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from quorate.kernel import clock


@pytest.fixture(autouse=True)
def _running_clock() -> Iterator[None]:
    """No test leaves the clock frozen for the next."""
    yield
    clock.set_now(None)


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
