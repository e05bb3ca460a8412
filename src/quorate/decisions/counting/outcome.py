"""What a count tells: stages, totals, who is elected, and each tie with how it was broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from quorate.decisions.counting.constraints import Unmet

#: How a tie ended, besides "earlier stage N" and the rule's own steps ("head to head", "score", "five-star votes").
BY_LOT = "lot"
BY_ORDER = "declared order"
NO_EFFECT = "no effect on who is elected"
UNRESOLVED = "unresolved"


@dataclass(frozen=True, slots=True)
class Stage:
    """The state of the count after one step. ``totals`` has one number for each candidate, in their order.

    ``elected`` and ``excluded`` are decided at the end of the stage; what follows from it is moved in the next.
    """

    kind: str
    subjects: tuple[int, ...]
    totals: tuple[Fraction, ...]
    non_transferable: Fraction
    elected: tuple[int, ...] = ()
    excluded: tuple[int, ...] = ()
    quota: Fraction | None = None
    amount: Fraction | None = None
    notes: tuple[str, ...] = ()

    def what(self, names: Sequence[str]) -> str:
        """The step in one English sentence; pages make their own words of ``kind`` and ``subjects``."""
        who = ", ".join(names[number - 1] for number in self.subjects)
        amount = decimal(self.amount) if self.amount is not None else ""
        return _SENTENCES[self.kind].format(who=who, amount=amount)


_SENTENCES = {
    "first": "First preferences",
    "surplus": "Surplus of {who} ({amount}) transferred",
    "exclusion": "Papers of {who}, who is excluded, transferred",
    "doomed": "Papers of {who}, who can no longer be seated, transferred",
    "restart": "Counted again from the beginning without {who}",
    "again": "Counted again without {who}, who has a seat",
    "round": "Votes and keep factors after a round",
    "paths": "Others beaten over the strongest paths",
    "locked": "Others beaten over the pairs that are locked",
    "approvals": "Approvals",
    "scores": "Scores",
    "runoff": "Runoff of {who}",
    "votes": "First preferences",
}


@dataclass(frozen=True, slots=True)
class Tie:
    """Equal candidates between whom something had to choose. ``kind``: what for; ``chosen``: whom it fell on."""

    stage: int
    kind: str
    candidates: tuple[int, ...]
    how: str
    chosen: tuple[int, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "stage": self.stage,
            "kind": self.kind,
            "candidates": list(self.candidates),
            "how": self.how,
            "chosen": list(self.chosen),
        }


@dataclass
class Record:
    """What a counter writes down while it counts; a tie that nothing breaks leaves it unfinished."""

    valid: int = 0
    quota: Fraction | None = None
    stages: list[Stage] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    elected: list[int] = field(default_factory=list)
    unresolved: list[int] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    #: What constraints leave of the seats, the rules that cannot be met, and whom ``seating`` has struck.
    places: int | None = None
    unmet: tuple[Unmet, ...] = ()
    struck: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Count:
    """A finished count. Numbers are the candidates', from 1; ``names`` are theirs in order.

    ``elected`` is in the order of election. Where a perfect tie decides and no lot was given, ``elected`` holds only
    those who have a seat whichever way it falls, and ``unresolved`` those for whom it decides.
    """

    rule: str
    version: int
    names: tuple[str, ...]
    seats: int
    valid: int
    total: int
    quota: Fraction | None
    stages: tuple[Stage, ...]
    elected: tuple[int, ...]
    ties: tuple[Tie, ...]
    unresolved: tuple[int, ...] = ()
    lot: dict[str, Any] | None = None
    counters: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)
    constraints: dict[str, Any] = field(default_factory=dict)
    struck: tuple[int, ...] = ()

    @property
    def is_decided(self) -> bool:
        """Whether every seat that can be filled is."""
        return not self.unresolved

    def as_json(self) -> dict[str, Any]:
        """The document of ``quorate election count --json``."""
        return {
            "rule": self.rule,
            "version": self.version,
            "seats": self.seats,
            "candidates": list(self.names),
            "total": self.total,
            "valid": self.valid,
            "quota": _number(self.quota),
            "stages": [self._stage(stage) for stage in self.stages],
            "elected": list(self.elected),
            "decided": self.is_decided,
            "unresolved": list(self.unresolved),
            "ties": [tie.as_json() for tie in self.ties],
            "lot": self.lot,
            "counters": len(self.counters),
            "counted_by": list(self.counters),
            "notes": list(self.notes),
            **({"constraints": self.constraints} if self.constraints else {}),
            **({"details": self.details} if self.details else {}),
        }

    def _stage(self, stage: Stage) -> dict[str, Any]:
        return {
            "what": stage.what(self.names),
            "kind": stage.kind,
            "subjects": list(stage.subjects),
            "totals": {str(number): decimal(total) for number, total in enumerate(stage.totals, 1)},
            "non_transferable": decimal(stage.non_transferable),
            "elected": list(stage.elected),
            "excluded": list(stage.excluded),
            **({"quota": _number(stage.quota)} if stage.quota is not None else {}),
            **({"notes": list(stage.notes)} if stage.notes else {}),
        }


def decimal(value: Fraction) -> str:
    """An exact decimal, without needless zeros: ``843``, ``1337.5``. The denominator divides a power of ten."""
    sign, value = ("-", -value) if value < 0 else ("", value)
    whole, rest = divmod(value.numerator, value.denominator)
    digits = ""
    while rest:
        digit, rest = divmod(rest * 10, value.denominator)
        digits += str(digit)
        if len(digits) > 60:
            raise ValueError(f"{value} is no finite decimal")
    return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"


def _number(value: Fraction | None) -> int | str | None:
    if value is None:
        return None
    return value.numerator if value.denominator == 1 else decimal(value)
