"""The same ballots under other rules: who owes a seat to the voters, and who to the rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from quorate.decisions.counting.counts import count
from quorate.decisions.counting.lots import Lot
from quorate.decisions.counting.outcome import Count
from quorate.decisions.counting.presets import PRESETS, TRANSFERABLE, Preset, preset
from quorate.decisions.counting.profile import Profile


@dataclass(frozen=True, slots=True)
class Variant:
    """What another rule, or another rounding of the same rule, makes of the same ballots."""

    rule: str
    change: str
    count: Count
    joins: tuple[int, ...]
    leaves: tuple[int, ...]

    @property
    def is_same(self) -> bool:
        """Whether the same are elected, and all seats decided."""
        return not self.joins and not self.leaves and self.count.is_decided

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "change": self.change,
            "elected": list(self.count.elected),
            "unresolved": list(self.count.unresolved),
            "joins": list(self.joins),
            "leaves": list(self.leaves),
            "same": self.is_same,
            "notes": list(self.count.notes),
        }


def sensitivity(
    profile: Profile, rule: str, *, seats: int | None = None, lot: Lot | None = None
) -> tuple[Count, list[Variant]]:
    """The count under ``rule``, and what every other rule and rounding would change about who is elected.

    One counter (the vectorised) counts each: this compares rules and publishes nothing. A rule that asks for another
    kind of ballot reads these as well as they can be read, and its notes say how.
    """
    base = count(profile, rule, seats=seats, lot=lot)
    variants = []
    for other, change in _others(preset(rule)):
        result = count(profile, other, seats=seats, lot=lot)
        joins = tuple(sorted(set(result.elected) - set(base.elected)))
        # Whoever is merely open under the other rule has not lost the seat there.
        leaves = tuple(sorted(set(base.elected) - set(result.elected) - set(result.unresolved)))
        variants.append(Variant(other.name, change, result, joins, leaves))
    return base, variants


def _others(rule: Preset) -> list[tuple[Preset, str]]:
    found = [(other, "another rule") for name, other in PRESETS.items() if name != rule.name]
    if rule.family == TRANSFERABLE and rule.proportional:
        found += [
            (replace(rule, places=0), "values cut to whole votes"),
            (replace(rule, places=2), "values cut to two places"),
            (replace(rule, places=9), "values cut to nine places"),
            (replace(rule, quota="fraction" if rule.quota == "whole" else "whole"), f"quota of {_QUOTAS[rule.quota]}"),
        ]
    return found


#: What the other quota is, seen from each.
_QUOTAS = {
    "whole": "V / (s + 1), cut off, plus one in the last place",
    "fraction": "floor(V / (s + 1)) + 1",
}
