"""The books: a million legs, posted through every check, and how fast they are balanced, as of any day, and proved.

Measured in a child process on a fresh database; PostgreSQL when ``QUORATE_TEST_POSTGRES`` names a server to make one
on. ``QUORATE_BENCH_LEGS`` sets another number of legs.
"""

from __future__ import annotations

import os
from typing import Any

from benchmarks.ledger import on_databases

LEGS = "1000000"


def run() -> list[dict[str, Any]]:
    """Every measure of the books, on each database."""
    return on_databases("benchmarks.finance_database", os.environ.get("QUORATE_BENCH_LEGS", LEGS))
