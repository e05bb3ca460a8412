"""Whose word counts for a seat: the representative's always, the alternate's by the motion's rule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar


class Said(Protocol):
    """A standing vote for a seat; ``by_alternate`` says whose."""

    @property
    def by_alternate(self) -> bool: ...


V = TypeVar("V", bound=Said)


def speaks(standing: Iterable[V], alternate: str = "silent", *, away: bool = False) -> V | None:
    """The vote that counts for a seat, whatever the order in which they came.

    ``alternate`` is the rule's word: ``silent`` counts the alternate's vote while the representative has given none,
    ``absent`` only while they are ``away`` too, ``never`` not at all.
    """
    votes = list(standing)
    own = next((vote for vote in votes if not vote.by_alternate), None)
    if own is not None or alternate == "never" or (alternate == "absent" and not away):
        return own
    return next((vote for vote in votes if vote.by_alternate), None)
