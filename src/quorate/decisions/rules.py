"""Whether a motion passed: exact, in integers, with an explicit denominator and the derivation in words.

A rule is the JSON object of ``quorate motion evaluate``. What its words mean here:

``of``
    what the bar is a fraction of. ``seats`` and ``represented`` are counts of seats, which abstaining does not
    change; ``cast`` is yes, no and (if ``abstain`` says they count in the denominator) abstentions; ``yes-no`` is
    yes and no alone.
``quorum``
    ``count`` asks for that many represented seats; ``fraction`` of ``seats`` for that share of all seats to be
    represented; ``fraction`` of ``represented`` for that share of the represented to have voted.
``abstain``
    where an abstention counts: towards the ``quorum``, in the ``denominator``, ``both`` (the default) or
    ``neither``.
``recused``
    whether the seat of somebody who stands aside may ``leave`` the numbers (the default) or must ``stay`` among the
    seats, so that it weighs as a vote not given. Who counts a roll call applies it; the numbers of a document are
    taken as they are.

Nothing here touches a database, a clock or a float.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext

Outcome = Literal["passed", "failed", "no-decision"]
OF = ("seats", "represented", "cast", "yes-no")
ABSTAIN = ("quorum", "denominator", "both", "neither")
RECUSED = ("leave", "stay")


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many must take part: a ``count``, or a ``fraction`` of ``of``; strictly more if ``strict``."""

    count: int | None = None
    fraction: Fraction | None = None
    of: Literal["seats", "represented"] = "seats"
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """When a motion passes. ``threshold`` is exact; ``strict`` means more than, not at least."""

    threshold: Fraction
    of: str
    strict: bool = False
    quorum: Quorum | None = None
    abstain: str = "both"
    recused: str = "leave"

    @property
    def abstentions_make_quorum(self) -> bool:
        return self.abstain in ("quorum", "both")

    @property
    def abstentions_in_denominator(self) -> bool:
        return self.abstain in ("denominator", "both")


@dataclass(frozen=True, slots=True)
class Counts:
    """A roll call in numbers: all seats, those represented, and what the represented said."""

    seats: int
    represented: int
    yes: int
    no: int
    abstain: int = 0

    @property
    def ballots(self) -> int:
        return self.yes + self.no + self.abstain


@dataclass(frozen=True)
class Evaluation:
    """A result with the numbers that made it and the steps in words."""

    result: Outcome
    quorum: Mapping[str, Any]
    bar: Mapping[str, Any]
    derivation: list[str] = field(default_factory=list)
    parts: tuple[Evaluation, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The JSON form of ``quorate motion evaluate``."""
        body: dict[str, Any] = {
            "result": self.result,
            "quorum": dict(self.quorum),
            "bar": dict(self.bar),
            "derivation": list(self.derivation),
        }
        if self.parts:
            body["all"] = [part.as_dict() for part in self.parts]
        return body


def evaluate(rule: Rule, counts: Counts) -> Evaluation:
    """Decide one rule on one roll call."""
    steps: list[str] = []
    quorum = _quorum(rule, counts, steps)
    denominator = denominator_of(rule, counts)
    needed = least_yes(rule, denominator)
    steps.append(
        gettext("The bar is %(relation)s %(fraction)s of %(of)s = %(denominator)d, so %(needed)d must say yes.")
        % {
            "relation": gettext("more than") if rule.strict else gettext("at least"),
            "fraction": rule.threshold,
            "of": _in_words(rule),
            "denominator": denominator,
            "needed": needed,
        }
    )
    steps.append(
        gettext("%(yes)d said yes, %(no)d no, %(abstain)d abstained.")
        % {"yes": counts.yes, "no": counts.no, "abstain": counts.abstain}
    )
    result: Outcome
    if not quorum["met"]:
        result = "no-decision"
        steps.append(gettext("Without a quorum nothing is decided."))
    elif denominator == 0:
        result = "no-decision"
        steps.append(gettext("Nobody voted, so there is nothing to take a fraction of."))
    else:
        result = "passed" if counts.yes >= needed else "failed"
        steps.append(gettext("Passed.") if result == "passed" else gettext("Not passed."))
    bar = {"needed": needed, "have": counts.yes, "denominator": denominator, "of": rule.of}
    return Evaluation(result, quorum, bar, steps)


def evaluate_all(parts: Iterable[tuple[Rule, Counts]]) -> Evaluation:
    """Decide a compound rule: passed when all parts passed, no decision when one lacks its quorum."""
    done = tuple(evaluate(rule, counts) for rule, counts in parts)
    if not done:
        raise UserError("a compound rule needs at least one part", where="all", mend="list the parts under all")
    results = {part.result for part in done}
    result: Outcome = "failed" if "failed" in results else "no-decision" if "no-decision" in results else "passed"
    steps = [f"{number}. {step}" for number, part in enumerate(done, 1) for step in part.derivation]
    steps.append(gettext("All %(count)d parts must pass.") % {"count": len(done)})
    return Evaluation(
        result,
        {
            "met": all(part.quorum["met"] for part in done),
            "needed": sum(part.quorum["needed"] for part in done),
            "have": sum(part.quorum["have"] for part in done),
        },
        {"needed": sum(part.bar["needed"] for part in done), "have": sum(part.bar["have"] for part in done)},
        steps,
        done,
    )


def denominator_of(rule: Rule, counts: Counts) -> int:
    """The number that the bar is a fraction of."""
    if rule.of == "seats":
        return counts.seats
    if rule.of == "represented":
        return counts.represented
    if rule.of == "cast" and rule.abstentions_in_denominator:
        return counts.ballots
    return counts.yes + counts.no


def least_yes(rule: Rule, denominator: int) -> int:
    """The fewest yes votes that clear the bar: ``yes * q >= p * denominator``, or ``>`` when strict."""
    product = rule.threshold.numerator * denominator
    if rule.strict:
        return product // rule.threshold.denominator + 1
    return -(-product // rule.threshold.denominator)


def decided(rule: Rule, counts: Counts, remaining: int) -> Outcome | None:
    """The outcome if no votes that may still come can change it, else ``None``.

    A ballot still to come makes its seat represented. Quorum and bar are each one linear inequality in the
    numbers of further yes, no and abstain, and those lie in a simplex; a linear inequality holds (or fails)
    everywhere in a simplex exactly when it does at the corners. So looking at the four corners is exact.
    """
    corners = {(0, 0, 0), (remaining, 0, 0), (0, remaining, 0), (0, 0, remaining)}
    results = {
        evaluate(
            rule,
            Counts(
                counts.seats,
                counts.represented + yes + no + abstain,
                counts.yes + yes,
                counts.no + no,
                counts.abstain + abstain,
            ),
        ).result
        for yes, no, abstain in corners
    }
    return results.pop() if len(results) == 1 else None


def _quorum(rule: Rule, counts: Counts, steps: list[str]) -> dict[str, Any]:
    quorum = rule.quorum
    left_out = 0 if rule.abstentions_make_quorum else counts.abstain
    have = counts.represented - left_out
    if quorum is None:
        steps.append(gettext("No quorum is asked for."))
        return {"needed": 0, "have": have, "met": True}
    if quorum.count is not None:
        needed = quorum.count + 1 if quorum.strict else quorum.count
    else:
        fraction = quorum.fraction or Fraction(0)
        if quorum.of == "represented":
            base, have = counts.represented, counts.ballots - left_out
        else:
            base = counts.seats
        product = fraction.numerator * base
        needed = product // fraction.denominator + 1 if quorum.strict else -(-product // fraction.denominator)
    met = have >= needed
    steps.append(
        gettext("Quorum: %(needed)d needed, %(have)d there: %(met)s.")
        % {"needed": needed, "have": have, "met": gettext("met") if met else gettext("not met")}
    )
    return {"needed": needed, "have": have, "met": met}


def _in_words(rule: Rule) -> str:
    aside = rule.recused == "stay"
    return {
        "seats": gettext("all seats, those who stand aside among them") if aside else gettext("all seats"),
        "represented": gettext("the seats represented"),
        "cast": gettext("the votes cast"),
        "yes-no": gettext("yes and no together"),
    }[rule.of]


# Reading rules and counts from JSON ---------------------------------------------------------------------------


def parse_rule(data: Any, where: str = "rule") -> Rule:
    """A rule from its JSON object. ``UserError`` names the key; a rule without a denominator is refused."""
    if not isinstance(data, Mapping):
        raise UserError("a rule is an object", where=where)
    _known(data, {"threshold", "strict", "of", "quorum", "abstain", "recused"}, where)
    if "of" not in data:
        raise UserError("the rule does not say what the threshold is a fraction of", f"{where}.of", f"one of {OF}")
    return Rule(
        threshold=_fraction(data.get("threshold"), f"{where}.threshold"),
        of=_choice(data["of"], OF, f"{where}.of"),
        strict=_flag(data.get("strict", False), f"{where}.strict"),
        quorum=_parse_quorum(data.get("quorum"), f"{where}.quorum"),
        abstain=_choice(data.get("abstain", "both"), ABSTAIN, f"{where}.abstain"),
        recused=_choice(data.get("recused", "leave"), RECUSED, f"{where}.recused"),
    )


def parse_counts(data: Mapping[str, Any], where: str = "") -> Counts:
    """The numbers of a roll call. ``UserError`` when they contradict one another."""
    numbers = {key: _whole(data.get(key, 0), key, where) for key in ("seats", "represented", "yes", "no", "abstain")}
    if "seats" not in data:
        raise UserError("the number of seats is missing", f"{where}seats", "give seats")
    if "represented" not in data:
        numbers["represented"] = numbers["yes"] + numbers["no"] + numbers["abstain"]
    counts = Counts(**numbers)
    if counts.represented > counts.seats:
        raise UserError(f"{counts.represented} represented of {counts.seats} seats", f"{where}represented")
    if counts.ballots > counts.represented:
        raise UserError(f"{counts.ballots} votes by {counts.represented} represented seats", f"{where}yes")
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
    _known(data, {"rule", "seats", "represented", "yes", "no", "abstain", "body"}, where.rstrip("."))
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
