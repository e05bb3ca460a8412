"""Quorum and thresholds as numbers of a body of so many seats: by formula, as printed, and whether the two agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from quorate.kernel.i18n import gettext
from quorate.registers.membership.rules.charter import BodyRules
from quorate.registers.membership.rules.results import Conflict, clauses


@dataclass(frozen=True, slots=True)
class Quorum:
    """``needed`` is the printed number where the text prints one, else what the formula gives; ``None``: not said."""

    needed: int | None
    of: int
    by_rule: int | None
    printed: int | None
    words: str
    clause: str
    reasons: tuple[str, ...]
    not_counted: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "needed": self.needed,
            "of": self.of,
            "by_rule": self.by_rule,
            "printed": self.printed,
            "rule": self.words,
            "clause": self.clause,
            "reasons": list(self.reasons),
            "not_counted": list(self.not_counted),
        }


@dataclass(frozen=True, slots=True)
class Share:
    """What a matter needs. ``needed`` is a number only where the rule is of all seats."""

    matter: str
    words: str
    of: str
    needed: int | None
    clause: str
    also: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "matter": self.matter,
            "rule": self.words,
            "of": self.of,
            "needed": self.needed,
            "clause": self.clause,
            "also": self.also,
        }


def share_of(fraction: Fraction, n: int, *, strict: bool) -> int:
    """The smallest whole number that is a fraction of ``n``, or with ``strict`` more than it."""
    product = fraction.numerator * n
    return product // fraction.denominator + 1 if strict else -(-product // fraction.denominator)


def words_of(fraction: Fraction, *, strict: bool) -> str:
    return gettext("more than %s") % fraction if strict else gettext("at least %s") % fraction


def quorum_of(body: BodyRules, seats: int, absent: Sequence[str], conflicts: list[Conflict]) -> Quorum | None:
    """The quorum of a body of so many voting seats, less those who are not counted. Appends what disagrees."""
    rule = body.quorum
    if rule is None:
        return None
    base = max(0, seats - len(absent))
    by_rule = share_of(rule.fraction, base, strict=rule.strict) if rule.fraction is not None else None
    words = words_of(rule.fraction, strict=rule.strict) if rule.fraction is not None else ""
    reasons = []
    if by_rule is not None:
        reasons.append(
            gettext("%(words)s of %(base)d voting seats is %(n)d") % {"words": words, "base": base, "n": by_rule}
        )
    if rule.printed is not None:
        place = rule.printed_in or rule.clause or gettext("the charter")
        reasons.append(gettext("%(place)s prints %(n)d") % {"place": place, "n": rule.printed})
    if absent:
        reasons.append(gettext("not counted for the quorum: %s") % ", ".join(absent))
    needed = rule.printed if rule.printed is not None else by_rule
    if rule.printed is not None and by_rule is not None and rule.printed != by_rule:
        conflicts.append(
            Conflict(
                "printed-quorum",
                gettext("the printed quorum is %(printed)d, but %(words)s of %(base)d voting seats is %(n)d")
                % {"printed": rule.printed, "words": words, "base": base, "n": by_rule},
                clauses(rule.clause, rule.printed_in),
                {"printed": rule.printed, "by_rule": by_rule, "seats": base},
            )
        )
    if needed is not None and needed > seats:
        conflicts.append(
            Conflict(
                "quorum-unattainable",
                gettext("the quorum is %(needed)d, but there are %(seats)d voting seats")
                % {"needed": needed, "seats": seats},
                clauses(rule.clause),
                {"needed": needed, "seats": seats},
            )
        )
    return Quorum(needed, base, by_rule, rule.printed, words, rule.clause, tuple(reasons), tuple(absent))


def thresholds_of(body: BodyRules, seats: int, conflicts: list[Conflict]) -> tuple[Share, ...]:
    """What each matter needs in a body of so many voting seats."""
    found = []
    for rule in body.thresholds:
        needed = share_of(rule.fraction, seats, strict=rule.strict) if rule.of == "seats" else None
        if rule.printed is not None and needed is not None and rule.printed != needed:
            conflicts.append(
                Conflict(
                    "printed-threshold",
                    gettext("for %(matter)s the charter prints %(printed)d, its rule gives %(n)d")
                    % {"matter": rule.matter, "printed": rule.printed, "n": needed},
                    clauses(rule.clause),
                    {"matter": rule.matter, "printed": rule.printed, "by_rule": needed},
                )
            )
        words = words_of(rule.fraction, strict=rule.strict)
        found.append(Share(rule.matter, words, rule.of, needed, rule.clause, rule.also))
    return tuple(found)
