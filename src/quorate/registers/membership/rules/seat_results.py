"""The seats of a body as a result: rule by rule, with steps, holders, quorum and conflicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from quorate.registers.membership.rules.charter import BodyRules, Mode, Version
from quorate.registers.membership.rules.quorum import Quorum, Share
from quorate.registers.membership.rules.results import Conflict, Step


@dataclass(frozen=True, slots=True)
class RuleSeats:
    """What one rule gives. The steps add up to ``n``; ``holders`` are the seats where the rule names them."""

    rule: str
    title: str
    mode: Mode
    n: int
    voting: bool
    clause: str
    inputs: Mapping[str, Any]
    steps: tuple[Step, ...]
    holders: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "title": self.title,
            "mode": self.mode.value,
            "n": self.n,
            "voting": self.voting,
            "clause": self.clause,
            "inputs": dict(self.inputs),
            "derivation": [step.as_dict() for step in self.steps],
            "holders": list(self.holders),
        }


@dataclass(frozen=True, slots=True)
class Seats:
    """The seats of a body on a day. ``n`` counts those with a vote."""

    body: BodyRules
    on: date
    version: Version
    rules: tuple[RuleSeats, ...]
    conflicts: tuple[Conflict, ...]
    quorum: Quorum | None
    thresholds: tuple[Share, ...]

    @property
    def n(self) -> int:
        return sum(rule.n for rule in self.rules if rule.voting)

    @property
    def non_voting(self) -> int:
        return sum(rule.n for rule in self.rules if not rule.voting)

    def as_dict(self) -> dict[str, Any]:
        """The document of the fixed contract, with more keys beside."""
        return {
            "foundation_body": self.body.slug,
            "body": self.body.name,
            "on": self.on.isoformat(),
            "version": self.version.version,
            "basis": self.version.basis,
            "seats": self.n,
            "non_voting": self.non_voting,
            "by_rule": [rule.as_dict() for rule in self.rules],
            "quorum": self.quorum.as_dict() if self.quorum else None,
            "thresholds": [share.as_dict() for share in self.thresholds],
            "conflicts": [conflict.as_dict() for conflict in self.conflicts],
        }
