"""What is doubtful about a rule before anybody votes by it: pure checks, each with what was found and how to mend it.

An ``error`` makes a rule useless or untrue; a ``warning`` is a question that people argue about after a vote and had
better settle before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any

from quorate.decisions.rules.deciding import Counts, Rule, evaluate, least_yes
from quorate.decisions.rules.reading import KEYS, parse_rule
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext

#: The number of seats that a rule is tried on where none is given: it has halves, thirds and quarters.
TRIED_ON = 12
DOCUMENT = {"rule", "all", "body", "seats", "represented", "yes", "no", "abstain", "chair", "charter", "vacant"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One doubt about a rule. ``where`` is the place in the document."""

    code: str
    level: str
    where: str
    what: str
    mend: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def lint(data: Any) -> list[Finding]:
    """The findings on a document: a rule, a rule with ``seats`` and ``charter``, or several of those under ``all``.

    ``charter`` says in numbers or words what is printed: ``{"quorum": 12, "bar": "two thirds of the seats"}``.
    ``UserError`` when the document is none of these.
    """
    if not isinstance(data, Mapping):
        raise UserError("the document is not an object", mend="give a rule, or an object with rule, seats and charter")
    if "all" not in data:
        return list(_lint_part(data, ""))
    if not isinstance(data["all"], list) or not data["all"]:
        raise UserError("all is a list of rules", where="all")
    found: list[Finding] = []
    for index, item in enumerate(data["all"]):
        if not isinstance(item, Mapping):
            raise UserError("not an object", where=f"all[{index}]")
        found += _lint_part(item, f"all[{index}].")
    return found


def lint_rule(rule: Rule, seats: int | None, where: str = "rule", *, said_strict: bool = True) -> list[Finding]:
    """The findings on a rule that could be read, for so many seats."""
    return [*_quorum(rule, seats, where), *_bar(rule, seats or TRIED_ON, where, said_strict)]


def _lint_part(data: Mapping[str, Any], where: str) -> Iterator[Finding]:
    if "rule" not in data and data.keys() & set(KEYS):
        data, at = {"rule": data}, where.rstrip(".")
    else:
        at = f"{where}rule"
    for key in data:
        if key not in DOCUMENT:
            raise UserError(f"unknown key {key!r}", f"{where}{key}", f"known: {', '.join(sorted(DOCUMENT))}")
    given = data.get("rule")
    if not isinstance(given, Mapping):
        raise UserError("the rule is missing", at or "rule", "give rule with threshold and of")
    seats = data.get("seats")
    if seats is not None and (not isinstance(seats, int) or isinstance(seats, bool) or seats < 1):
        raise UserError(f"{seats!r} is not a number of seats", f"{where}seats")
    inner = f"{at}." if at else ""
    if "of" not in given:
        yield Finding(
            "no-denominator",
            "error",
            f"{inner}of",
            gettext("the rule does not say what the bar is a fraction of"),
            gettext("write of: seats, represented, cast or yes-no"),
        )
        given = {**given, "of": "seats"}
    rule = parse_rule(given, at or "rule")
    yield from lint_rule(rule, seats, at or "rule", said_strict="strict" in given)
    if "charter" in data:
        yield from _drift(rule, seats, data["charter"], where)


def _quorum(rule: Rule, seats: int | None, where: str) -> Iterator[Finding]:
    quorum = rule.quorum
    if quorum is None:
        return
    at = f"{where}.quorum"
    fraction = quorum.fraction
    if fraction is not None and quorum.strict and fraction == 1:
        text = gettext("more than all can never be there, so nothing can be decided")
        yield Finding("unreachable-quorum", "error", at, text, gettext("leave out strict, or lower the fraction"))
        return
    if seats is None or quorum.of != "seats":
        return
    needed = quorum_needed(rule, seats)
    if needed > seats:
        text = gettext("the quorum asks for %(needed)d seats, and there are %(seats)d") % {
            "needed": needed,
            "seats": seats,
        }
        yield Finding("unreachable-quorum", "error", at, text, gettext("lower the count, or say it as a fraction"))
    elif fraction is not None and (fraction * seats).denominator != 1:
        exact = fraction * seats
        text = gettext("%(fraction)s of %(seats)d seats is %(exact)s, so it takes %(needed)d") % {
            "fraction": fraction,
            "seats": seats,
            "exact": exact,
            "needed": needed,
        }
        yield Finding("rounded-quorum", "warning", at, text, gettext("print the number beside the words"))


def quorum_needed(rule: Rule, seats: int) -> int:
    """How many seats the quorum of a rule asks for in a body of so many."""
    return int(evaluate(replace(rule, abstain="both"), Counts(seats, seats, seats, 0)).quorum["needed"])


def _bar(rule: Rule, seats: int, where: str, said_strict: bool) -> Iterator[Finding]:
    free = replace(rule, quorum=None, casting="none")
    if evaluate(free, Counts(seats, seats, seats, 0)).result != "passed":
        text = gettext("not even all votes of yes clear the bar")
        yield Finding("unreachable-bar", "error", f"{where}.threshold", text, gettext("leave out strict"))
        return
    if evaluate(free, Counts(seats, seats, 0, seats - 1, 1)).result == "passed":
        text = gettext("the bar is cleared without one vote of yes")
        yield Finding("empty-bar", "error", f"{where}.threshold", text, gettext("raise the threshold, or write strict"))
        return
    if evaluate(free, Counts(seats, seats, 1, 0, seats - 1)).result == "passed" and rule.quorum is None:
        text = gettext("one vote of yes passes it when all others abstain")
        yield Finding("one-yes-decides", "warning", f"{where}.of", text, gettext("ask for a quorum"))
    if evaluate(free, Counts(seats, seats, seats - 1, 0, 1)).result == "failed":
        text = gettext("one abstention defeats it, as a vote of no would")
        mend = gettext("write of: yes-no if an abstention is to count for nothing")
        yield Finding("abstention-defeats", "warning", f"{where}.of", text, mend)
    if not said_strict and not _never_exact(rule, seats):
        text = gettext("the rule does not say whether exactly %s passes; it does as it stands") % rule.threshold
        mend = gettext("write strict: true for more than, strict: false for at least")
        yield Finding("exactly-at-bar", "warning", f"{where}.strict", text, mend)
    elif rule.threshold == Fraction(1, 2) and not rule.strict and rule.casting == "none":
        text = gettext("a tie passes: as many no as yes is at least one half")
        yield Finding("tie-passes", "warning", f"{where}.strict", text, gettext("write strict: true for a majority"))


def _never_exact(rule: Rule, seats: int) -> bool:
    """Whether no count can be exactly at the bar: with a denominator that is fixed and not divisible."""
    return rule.of == "seats" and (rule.threshold * seats).denominator != 1


# Drift between what is printed and what the machine counts --------------------------------------------------------

_NUMBERS = {"half": "1/2", "majority": "1/2", "third": "1/3", "quarter": "1/4", "fifth": "1/5"}
_TIMES = {"two": 2, "three": 3, "four": 4}
_PARTS = re.compile(r"\b(?:(two|three|four)[ -])?(third|quarter|fifth)s?\b")
_QUOTIENT = re.compile(r"\b(\d+)\s*/\s*(\d+)\b")
_PERCENT = re.compile(r"\b(\d+)\s*(?:%|per ?cent)")
_ALL = re.compile(r"\b(?:unanim\w+|all|every)\b")
_MORE = re.compile(r"\b(?:more than|over|majority|exceed\w*)\b|>(?!=)")


def fraction_in(words: str) -> tuple[Fraction, bool] | None:
    """The first fraction that words name, and whether they ask for more than it; ``None`` when they name none."""
    text = words.lower()
    strict = _MORE.search(text) is not None
    if (quotient := _QUOTIENT.search(text)) is not None and int(quotient[2]):
        return Fraction(int(quotient[1]), int(quotient[2])), strict
    if (percent := _PERCENT.search(text)) is not None:
        return Fraction(int(percent[1]), 100), strict
    if (parts := _PARTS.search(text)) is not None:
        # "a two-thirds majority" is at least two thirds: only "more than" makes it strict.
        more = re.search(r"\bmore than\b|\bover\b|>(?!=)", text) is not None
        return Fraction(_NUMBERS[parts[2]]) * _TIMES.get(parts[1] or "", 1), more
    if "half" in text or "majority" in text:
        return Fraction(1, 2), strict
    return (Fraction(1), False) if _ALL.search(text) else None


def _drift(rule: Rule, seats: int | None, charter: Any, where: str) -> Iterator[Finding]:
    at = f"{where}charter"
    if not isinstance(charter, Mapping) or not charter.keys() <= {"quorum", "bar"}:
        raise UserError("what the charter prints is an object with quorum or bar", where=at)
    for key, printed in charter.items():
        if isinstance(printed, bool) or not isinstance(printed, str | int):
            raise UserError(f"{printed!r} is neither a number nor words", where=f"{at}.{key}")
        if not isinstance(printed, int) and not printed.strip():
            raise UserError("the words are empty", where=f"{at}.{key}")
    mend = gettext("find out which one is meant, and change the other")
    for key in ("quorum", "bar"):
        if key not in charter:
            continue
        printed = charter[key]
        said = _said(printed, seats)
        counted = _counted(rule, seats, key)
        if said is None:
            text = gettext("“%s” names no number or fraction to compare") % printed
            yield Finding("unclear-charter", "warning", f"{at}.{key}", text, gettext("give the number"))
        elif counted is None:
            text = gettext("the charter prints “%s”, and the rule has none") % printed
            yield Finding("drift", "error", f"{at}.{key}", text, mend)
        elif seats is None and isinstance(said, int) != isinstance(counted, int):
            text = gettext("“%s” cannot be compared without the number of seats") % printed
            yield Finding("unclear-charter", "warning", f"{at}.{key}", text, gettext("give seats"))
        elif said != counted:
            text = gettext("the charter prints “%(printed)s”, which is %(said)s; the machine asks for %(counted)s") % {
                "printed": printed,
                "said": _shown(said),
                "counted": _shown(counted),
            }
            yield Finding("drift", "error", f"{at}.{key}", text, mend)


def _said(printed: str | int, seats: int | None) -> int | tuple[Fraction, bool] | None:
    """What is printed, in seats where that can be known, else as a fraction and whether more than it is asked."""
    if isinstance(printed, int):
        return printed
    named = fraction_in(printed)
    if named is None:
        number = re.search(r"\b\d+\b", printed)
        return int(number[0]) if number else None
    of = re.search(r"\bof (?:the |all )?(\d+)\b", printed)
    base = int(of[1]) if of else seats
    return named if base is None else least_yes(Rule(named[0], "seats", named[1]), base)


def _counted(rule: Rule, seats: int | None, key: str) -> int | tuple[Fraction, bool] | None:
    """The same of the rule; a bar of what is not seats is compared on a full house."""
    if key == "bar":
        return (rule.threshold, rule.strict) if seats is None else least_yes(rule, seats)
    quorum = rule.quorum
    if quorum is None:
        return None
    if quorum.count is not None:
        return quorum.count + 1 if quorum.strict else quorum.count
    if seats is None:
        return (quorum.fraction or Fraction(0), quorum.strict)
    return quorum_needed(rule, seats)


def _shown(value: int | tuple[Fraction, bool]) -> str:
    if isinstance(value, int):
        return str(value)
    relation = gettext("more than") if value[1] else gettext("at least")
    return f"{relation} {value[0]}"
