"""The real landscape file, for tests that read it; they skip with a reason where it is not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_DATA = Path(os.environ.get("QUORATE_SHARED_DATA") or Path(__file__).parents[2].parent / "shared" / "data")
LANDSCAPE = _DATA / "pytorch-foundation" / "landscape.yml"

needs_landscape = pytest.mark.skipif(not LANDSCAPE.is_file(), reason=f"the public landscape file is not at {LANDSCAPE}")
