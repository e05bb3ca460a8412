"""Elections over the API: what is announced, who stands and what was published, and the acts of those who run them."""

from __future__ import annotations

from quorate.registers.elections.api import office, reading, standing
from quorate.registers.elections.api.reading import router

__all__ = ["office", "reading", "router", "standing"]
