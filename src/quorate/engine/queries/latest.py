"""The newest part of what grows with a case."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")

#: The most of a kind that are read at once.
LONGEST = 500


class Latest(list[T]):
    """The newest of something, oldest first; ``more`` when there are older ones that were not asked for."""

    more: bool = False
