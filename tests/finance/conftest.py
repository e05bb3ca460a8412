"""See :mod:`tests.finance.scene`."""

from __future__ import annotations

import pytest
from tests.finance import scene as scenes


@pytest.fixture
def scene(db: None) -> scenes.Scene:
    """Books, and people around them."""
    return scenes.scene()
