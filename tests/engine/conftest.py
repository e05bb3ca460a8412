"""The cast, assembled at the start of 2026."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.engine.cast import START, Cast, assemble

from quorate.kernel import clock


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    """Everybody in their seats; the clock stands at the start of the story."""
    with clock.travel(to=START):
        yield assemble()
