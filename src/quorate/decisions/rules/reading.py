"""Reading rules, roll calls and whole documents from JSON; what is wrong is named with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from quorate.decisions.rules.deciding import (
    ABSTAIN,
    ALTERNATE,
    CASTING,
    OF,
    RECUSED,
    VACANT,
    Counts,
    Evaluation,
    Quorum,
    Rule,
    evaluate,
    evaluate_all,
)
from quorate.kernel.errors import UserError

KEYS = ("threshold", "strict", "of", "quorum", "abstain", "recused", "casting", "alternate", "vacant")


#: A fraction, a whole number or a decimal one, of no more digits than anybody means.
_WRITTEN = re.compile(r"\s*(?:[0-9]{1,9}(?:\s*/\s*[0-9]{1,9})?|[0-9]{0,9}\.[0-9]{1,9})\s*")


@dataclass(frozen=True, slots=True)
class PartRule:
    """One part of a motion's rule: whose votes it counts (a body's slug; empty for the only part), how, and why so.

    ``clause`` is the clause of a policy (``policy#anchor``) that asks for this part.
    """

    body: str
    rule: Rule
    clause: str = ""


def parse_rule(data: Any, where: str = "rule") -> Rule:
    """A rule from its JSON object. ``UserError`` names the key; a rule without a denominator is refused."""
    if not isinstance(data, Mapping):
        raise UserError("a rule is an object", where=where)
    _known(data, set(KEYS), where)
    if "of" not in data:
        raise UserError("the rule does not say what the threshold is a fraction of", f"{where}.of", f"one of {OF}")
    return Rule(
        threshold=_fraction(data.get("threshold"), f"{where}.threshold"),
        of=_choice(data["of"], OF, f"{where}.of"),
        strict=_flag(data.get("strict", False), f"{where}.strict"),
        quorum=_parse_quorum(data.get("quorum"), f"{where}.quorum"),
        abstain=_choice(data.get("abstain", "both"), ABSTAIN, f"{where}.abstain"),
        recused=_choice(data.get("recused", "leave"), RECUSED, f"{where}.recused"),
        casting=_choice(data.get("casting", "none"), CASTING, f"{where}.casting"),
        alternate=_choice(data.get("alternate", "silent"), ALTERNATE, f"{where}.alternate"),
        vacant=_choice(data.get("vacant", "stay"), VACANT, f"{where}.vacant"),
    )


def parse_parts(data: Any, where: str = "rule") -> tuple[PartRule, ...]:
    """The parts of a motion's rule: one without a body, or those under ``all``, each with its ``body`` and ``rule``.

    A body may be named once only, so that votes can be told apart.
    """
    if not isinstance(data, Mapping) or "all" not in data:
        return (PartRule("", parse_rule(data, where)),)
    _known(data, {"all"}, where)
    if not isinstance(data["all"], list) or not data["all"]:
        raise UserError("a compound rule needs at least one part", f"{where}.all", "list the parts under all")
    parts: list[PartRule] = []
    for index, item in enumerate(data["all"]):
        place = f"{where}.all[{index}]"
        if not isinstance(item, Mapping):
            raise UserError("a part is an object with body and rule", where=place)
        _known(item, {"body", "rule", "clause"}, place)
        body = item.get("body")
        if not isinstance(body, str) or not body.strip():
            raise UserError("the part does not say whose votes it counts", f"{place}.body", "give the body's slug")
        if any(part.body == body for part in parts):
            raise UserError(f"{body!r} has a part already", f"{place}.body", "one part for each body")
        clause = item.get("clause", "")
        if not isinstance(clause, str) or len(clause) > 200:
            raise UserError("a clause is written as policy#anchor", f"{place}.clause")
        parts.append(PartRule(body, parse_rule(item.get("rule"), f"{place}.rule"), clause.strip()))
    return tuple(parts)


def parse_counts(data: Mapping[str, Any], where: str = "") -> Counts:
    """The numbers of a roll call. ``UserError`` when they contradict one another."""
    keys = ("seats", "represented", "yes", "no", "abstain", "vacant")
    numbers = {key: _whole(data.get(key, 0), key, where) for key in keys}
    if "seats" not in data:
        raise UserError("the number of seats is missing", f"{where}seats", "give seats")
    if "represented" not in data:
        numbers["represented"] = numbers["yes"] + numbers["no"] + numbers["abstain"]
    counts = Counts(**numbers, chair=_choice(data.get("chair", ""), ("", "yes", "no", "abstain"), f"{where}chair"))
    if counts.represented > counts.seats:
        raise UserError(f"{counts.represented} represented of {counts.seats} seats", f"{where}represented")
    if counts.represented + counts.vacant > counts.seats:
        raise UserError(
            f"{counts.represented} represented and {counts.vacant} vacant of {counts.seats} seats", f"{where}vacant"
        )
    if counts.ballots > counts.represented:
        raise UserError(f"{counts.ballots} votes by {counts.represented} represented seats", f"{where}yes")
    if counts.chair and not numbers[counts.chair]:
        raise UserError(
            f"the chair said {counts.chair}, which nobody did", f"{where}chair", "count the chair's vote too"
        )
    return counts


def evaluate_document(data: Any) -> Evaluation:
    """Decide a JSON document: one rule with its counts, or ``{"all": […]}``."""
    if not isinstance(data, Mapping):
        raise UserError("the document is not an object", mend="give an object with rule, seats, yes, no")
    if "all" in data:
        if not isinstance(data["all"], list):
            raise UserError("all is a list of rules with their counts", where="all")
        parts = [_part(item, f"all[{index}].") for index, item in enumerate(data["all"])]
        return evaluate_all(parts)
    return evaluate(*_part(data, ""))


def _part(data: Any, where: str) -> tuple[Rule, Counts]:
    if not isinstance(data, Mapping):
        raise UserError("not an object", where=where.rstrip("."))
    _known(data, {"rule", "seats", "represented", "yes", "no", "abstain", "chair", "body", "vacant"}, where.rstrip("."))
    if "rule" not in data:
        raise UserError("the rule is missing", f"{where}rule", "give rule with threshold and of")
    return parse_rule(data["rule"], f"{where}rule"), parse_counts(data, where)


def _parse_quorum(data: Any, where: str) -> Quorum | None:
    if data is None:
        return None
    if not isinstance(data, Mapping):
        raise UserError("a quorum is an object with count or fraction", where=where)
    _known(data, {"count", "fraction", "of", "strict"}, where)
    if ("count" in data) == ("fraction" in data):
        raise UserError("a quorum has either a count or a fraction", where=where)
    of = _choice(data.get("of", "seats"), ("seats", "represented"), f"{where}.of")
    strict = _flag(data.get("strict", False), f"{where}.strict")
    if "count" in data:
        return Quorum(count=_whole(data["count"], "count", f"{where}."), of=of, strict=strict)  # type: ignore[arg-type]  # checked above
    return Quorum(fraction=_fraction(data["fraction"], f"{where}.fraction"), of=of, strict=strict)  # type: ignore[arg-type]  # checked above


def _known(data: Mapping[str, Any], allowed: set[str], where: str) -> None:
    for key in data:
        if key not in allowed:
            raise UserError(f"unknown key {key!r}", where or key, f"known: {', '.join(sorted(allowed))}")


def _fraction(value: Any, where: str) -> Fraction:
    mend = 'write it as a fraction, such as "2/3"'
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise UserError("not an exact fraction", where, mend)
    if isinstance(value, str) and not _WRITTEN.fullmatch(value):
        raise UserError(f"{value[:40]!r} is not a fraction", where, mend)
    try:
        fraction = Fraction(value)
    except (ValueError, ZeroDivisionError):
        raise UserError(f"{value!r} is not a fraction", where, mend) from None
    if not 0 <= fraction <= 1:
        raise UserError(f"{value!r} is not between 0 and 1", where, mend)
    return fraction


def _choice(value: Any, allowed: tuple[str, ...], where: str) -> str:
    if value not in allowed:
        raise UserError(f"{value!r} is not known", where, f"one of: {', '.join(allowed)}")
    return str(value)


def _flag(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise UserError(f"{value!r} is not true or false", where)
    return value


def _whole(value: Any, key: str, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise UserError(f"{value!r} is not a whole number of at least 0", f"{where}{key}")
    return value
