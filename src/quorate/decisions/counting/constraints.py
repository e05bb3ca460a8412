"""What a result must satisfy besides the votes: at most so many of a group, at least so many, and how that is brought about.

``count`` is the method of Gray and Fitzgerald (guard and doom; Hill, Voting matters 9 (1998); Otten, Voting matters 13
(2001)): before each election and exclusion whoever can no longer be seated is excluded, and whoever must be seated is kept
from exclusion. ``seating`` counts as if there were no constraints, strikes the last elected who cannot be seated, and counts
the ballots again without them.

Only what constraints say stands here, and the words for it. Whether a choice of candidates is possible is worked out
by each counter for itself (``plain.seatable`` and ``vector.seatable``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quorate.kernel.errors import UserError

COUNT, SEATING = "count", "seating"
MODES = (COUNT, SEATING)
#: More constraints, or more overlap, than any charter has; beyond it nobody could follow the result either.
MOST_RULES, MOST_STATES = 100, 200_000


@dataclass(frozen=True, slots=True)
class Rule:
    """At least ``least`` and at most ``most`` (``None``: any number) of the ``members`` are seated."""

    name: str
    members: frozenset[int]
    least: int = 0
    most: int | None = None

    def words(self) -> str:
        """``at most 2 of “Acme”`` in English."""
        parts = [f"at least {self.least}"] if self.least else []
        parts += [f"at most {self.most}"] if self.most is not None else []
        return f"{' and '.join(parts) or 'any number'} of “{self.name}”"


@dataclass(frozen=True, slots=True)
class Constraints:
    """All rules of an election, and the way in which they are brought about (``count`` or ``seating``)."""

    mode: str
    rules: tuple[Rule, ...]

    def check(self, numbers: Collection[int]) -> None:
        """``UserError`` for what no election can mean."""
        if self.mode not in MODES:
            raise UserError(f"there is no way {self.mode!r}", "constraints", f"one of {', '.join(MODES)}")
        if len(self.rules) > MOST_RULES:
            raise UserError(f"there are more than {MOST_RULES} constraints", "constraints")
        for rule in self.rules:
            strangers = sorted(number for number in rule.members if number not in numbers)
            if strangers:
                raise UserError(f"“{rule.name}” names a candidate who is not there: {strangers[0]}", "constraints")
            if rule.least < 0 or (rule.most is not None and rule.most < rule.least):
                raise UserError(f"“{rule.name}” asks for {rule.words()}", "constraints", "at least 0, at most no less")

    def as_json(self) -> dict[str, Any]:
        """By number, as counts print it."""
        rules = [
            {"name": rule.name, "candidates": sorted(rule.members), "least": rule.least, "most": rule.most}
            for rule in self.rules
        ]
        return {"mode": self.mode, "rules": rules}


@dataclass(frozen=True, slots=True)
class Unmet:
    """A rule that no choice among those who stand can meet, and how far it can be."""

    rule: int
    met: int


def because(rules: Sequence[Rule], elected: Collection[int], number: int) -> str:
    """Why somebody can no longer be seated beside those elected, in English."""
    full = [
        rule.words()
        for rule in rules
        if number in rule.members and rule.most is not None and len(rule.members.intersection(elected)) >= rule.most
    ]
    if full:
        return ", ".join(full)
    needed = [
        rule.words()
        for rule in rules
        if number not in rule.members and len(rule.members.intersection(elected)) < rule.least
    ]
    return "the seats left are needed for " + ", ".join(needed) if needed else "no choice of the others would do"


def doomed_words(
    rules: Sequence[Rule], elected: Collection[int], names: Sequence[str], doomed: Iterable[int]
) -> tuple[str, ...]:
    """A sentence for each who is excluded because they can no longer be seated."""
    return tuple(
        f"{names[number - 1]} is excluded and cannot be seated: {because(rules, elected, number)}" for number in doomed
    )


def guarded_words(
    rules: Sequence[Rule], elected: Collection[int], names: Sequence[str], kept: Iterable[int]
) -> tuple[str, ...]:
    """A sentence for each who would have been excluded, and is kept because they must be seated."""
    sentences = []
    for number in kept:
        short = [
            rule.words()
            for rule in rules
            if number in rule.members and len(rule.members.intersection(elected)) < rule.least
        ]
        why = ", ".join(short) or "no choice without them fills the seats"
        sentences.append(f"{names[number - 1]} is kept from exclusion: {why}")
    return tuple(sentences)


def unmet_words(constraints: Constraints, unmet: Iterable[Unmet], places: int, seats: int) -> tuple[str, ...]:
    """What cannot be met by those who stand, whatever the votes say; empty if all can."""
    found = [
        f"{constraints.rules[item.rule].words()} cannot be met by those who stand: {item.met} can be seated"
        for item in unmet
    ]
    if places < seats:
        found.append(f"the constraints leave {seats - places} of {seats} seats empty")
    return tuple(found)


def read(document: Any, *, ids: Sequence[str], names: Sequence[str], where: str = "constraints") -> Constraints:
    """Constraints from a file or a manifest; candidates by number, id or (if only one has it) name.

    ``{"mode": "count", "rules": [{"name", "candidates": […], "least"?, "most"?}]}``. ``UserError`` for anything else.
    """
    if not isinstance(document, Mapping) or not isinstance(document.get("rules"), list):
        raise UserError("constraints are a mode and a list of rules", where, '{"mode": "count", "rules": […]}')
    strange = set(document) - {"mode", "rules"}
    if strange:
        raise UserError(f"there is no {sorted(map(str, strange))[0]!r} in constraints", where, "mode, rules")
    rules = tuple(_rule(item, ids, names, f"{where}.rules[{place}]") for place, item in enumerate(document["rules"]))
    found = Constraints(str(document.get("mode", COUNT)), rules)
    found.check(range(1, len(names) + 1))
    return found


def _rule(item: Any, ids: Sequence[str], names: Sequence[str], where: str) -> Rule:
    if not isinstance(item, Mapping) or set(item) - {"name", "candidates", "least", "most"}:
        raise UserError("a rule has a name, candidates, least and most", where)
    least, most, listed = item.get("least", 0), item.get("most"), item.get("candidates")
    for bound in (least, most):
        if bound is not None and (isinstance(bound, bool) or not isinstance(bound, int) or bound < 0):
            raise UserError(f"{bound!r} is no number of seats", where, "a whole number from 0")
    if not isinstance(listed, list) or not isinstance(item.get("name"), str):
        raise UserError("a rule has a name and a list of candidates", where)
    members = frozenset(_number(each, ids, names, where) for each in listed)
    return Rule(item["name"], members, least or 0, most)


def _number(said: Any, ids: Sequence[str], names: Sequence[str], where: str) -> int:
    if isinstance(said, int) and not isinstance(said, bool) and 1 <= said <= len(names):
        return said
    for texts in (ids, names):
        places = [place for place, text in enumerate(texts, 1) if text == said]
        if len(places) == 1:
            return places[0]
    raise UserError(f"{said!r} is no candidate, or more than one", where, "a number from 1, an id or a name")
