"""Counting elections: pure, exact, and twice.

``count(profile, rule)`` counts; ``agreed(profile, rule)`` counts with two counters that share no code and fails where
they differ. Nothing here knows a database, a clock or a page.
"""

from quorate.decisions.counting.constraints import Constraints, Rule
from quorate.decisions.counting.counts import Disagreement, agreed, count
from quorate.decisions.counting.lots import Lot
from quorate.decisions.counting.margins import Margin, margin
from quorate.decisions.counting.outcome import Count, Stage, Tie, decimal
from quorate.decisions.counting.presets import PRESETS, Preset, preset
from quorate.decisions.counting.profile import STARS, Notes, Profile, Ranking, Scores, ranking_of
from quorate.decisions.counting.sensitivity import Variant, sensitivity

__all__ = [
    "PRESETS",
    "STARS",
    "Constraints",
    "Count",
    "Disagreement",
    "Lot",
    "Margin",
    "Notes",
    "Preset",
    "Profile",
    "Ranking",
    "Rule",
    "Scores",
    "Stage",
    "Tie",
    "Variant",
    "agreed",
    "count",
    "decimal",
    "margin",
    "preset",
    "ranking_of",
    "sensitivity",
]
