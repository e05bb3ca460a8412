"""Whether a motion passed, and what may still become of it: pure functions on rules and roll calls."""

from __future__ import annotations

from quorate.decisions.rules.consenting import by_signatures, by_silence
from quorate.decisions.rules.deciding import (
    ABSTAIN,
    ALTERNATE,
    CASTING,
    OF,
    RECUSED,
    VACANT,
    Counts,
    Evaluation,
    Outcome,
    Quorum,
    Rule,
    combine,
    denominator_of,
    evaluate,
    evaluate_all,
    exactly_at_bar,
    least_yes,
    seats_of,
)
from quorate.decisions.rules.linting import Finding, fraction_in, lint, lint_rule
from quorate.decisions.rules.reaching import (
    Open,
    Prospect,
    certain,
    certain_of_all,
    decided,
    prospect,
    reachable,
    what_if,
)
from quorate.decisions.rules.reading import PartRule, evaluate_document, parse_counts, parse_parts, parse_rule
from quorate.decisions.rules.speaking import speaks

__all__ = [
    "ABSTAIN",
    "ALTERNATE",
    "CASTING",
    "OF",
    "RECUSED",
    "VACANT",
    "Counts",
    "Evaluation",
    "Finding",
    "Open",
    "Outcome",
    "PartRule",
    "Prospect",
    "Quorum",
    "Rule",
    "by_signatures",
    "by_silence",
    "certain",
    "certain_of_all",
    "combine",
    "decided",
    "denominator_of",
    "evaluate",
    "evaluate_all",
    "evaluate_document",
    "exactly_at_bar",
    "fraction_in",
    "least_yes",
    "lint",
    "lint_rule",
    "parse_counts",
    "parse_parts",
    "parse_rule",
    "prospect",
    "reachable",
    "seats_of",
    "speaks",
    "what_if",
]
