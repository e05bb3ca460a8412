"""Who is picked where a rule has nothing left to tell equal candidates apart: the one thing that counters ask for."""

from __future__ import annotations

from typing import Protocol

from quorate.decisions.counting.lots import Lot
from quorate.decisions.counting.profile import Profile

#: What a pick is for. All but ``exclusion`` are a favour, so they go to the first in a lot's order.
SURPLUS, EXCLUSION, SEAT, FINALIST, RUNOFF = "surplus", "exclusion", "seat", "finalist", "runoff"


class Chance(Protocol):
    """Picks one of several equal candidates."""

    @property
    def settles(self) -> bool:
        """Whether there is a lot or an order, so that a tie for a seat can be settled."""

    def pick(self, stage: int, kind: str, candidates: tuple[int, ...], *, harmless: bool = False) -> int:
        """The one picked for ``kind`` at ``stage``. ``harmless``: the counter has shown that nothing depends on it."""


class Drawn:
    """Picks by a lot, or by an order that was declared before."""

    settles = True

    def __init__(self, profile: Profile, lot: Lot | None) -> None:
        self._ids = {number: profile.id_of(number) for number in profile.numbers}
        self._lot = lot
        self._order = profile.tie_order

    def pick(self, stage: int, kind: str, candidates: tuple[int, ...], *, harmless: bool = False) -> int:
        if self._lot is not None:
            order = self._lot.order(stage, ((number, self._ids[number]) for number in candidates))
        else:
            order = sorted(candidates, key=self._order.index)
        return order[-1] if kind == EXCLUSION else order[0]


class Open(Exception):
    """A tie that neither the rule nor a lot has settled; ``candidates`` are those who tie."""

    def __init__(self, stage: int, kind: str, candidates: tuple[int, ...]) -> None:
        super().__init__(f"{kind} at stage {stage}: {candidates}")
        self.stage, self.kind, self.candidates = stage, kind, candidates


class Supposed:
    """Follows a list of picks to see where they lead, then raises :class:`Open` at the next tie."""

    settles = False

    def __init__(self, picks: tuple[int, ...]) -> None:
        self._picks = list(picks)

    def pick(self, stage: int, kind: str, candidates: tuple[int, ...], *, harmless: bool = False) -> int:
        if harmless:
            return min(candidates)
        if not self._picks:
            raise Open(stage, kind, candidates)
        return self._picks.pop(0)


class Idle:
    """Picks anybody, where everybody is seated in the end."""

    settles = False

    def pick(self, stage: int, kind: str, candidates: tuple[int, ...], *, harmless: bool = False) -> int:
        return min(candidates)
