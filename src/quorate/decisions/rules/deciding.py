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
``vacant``
    whether the seats that nobody holds ``stay`` among all seats (the default: a seat does not end with its holder) or
    ``leave`` them. ``seats`` of a document are all of them, ``vacant`` how many of those nobody holds.
``casting``
    ``chair`` lets the chair decide a result that is exactly at the bar: passed if the chair said yes, not passed if
    the chair said no, and as ``strict`` has it otherwise. ``none`` is the default.
``alternate``
    when an alternate's vote counts: while the representative is ``silent`` (the default, for ballots), only while
    they are ``absent`` (for meetings), or ``never``. :func:`speaks` applies it; documents are taken as they are.

Nothing here touches a database, a clock or a float.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext, ngettext

Outcome = Literal["passed", "failed", "no-decision"]
OF = ("seats", "represented", "cast", "yes-no")
ABSTAIN = ("quorum", "denominator", "both", "neither")
RECUSED = ("leave", "stay")
VACANT = ("stay", "leave")
CASTING = ("none", "chair")
ALTERNATE = ("silent", "absent", "never")


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
    casting: str = "none"
    alternate: str = "silent"
    vacant: str = "stay"

    @property
    def abstentions_make_quorum(self) -> bool:
        return self.abstain in ("quorum", "both")

    @property
    def abstentions_in_denominator(self) -> bool:
        return self.abstain in ("denominator", "both")


@dataclass(frozen=True, slots=True)
class Counts:
    """A roll call in numbers: all seats, those represented, and what the represented said.

    ``vacant`` of the seats are held by nobody. ``uncounted`` of them are silent and not asked for by the quorum, because
    they stayed away for too long.
    """

    seats: int
    represented: int
    yes: int
    no: int
    abstain: int = 0
    chair: str = ""
    """What the chair said, among the votes counted above: yes, no, abstain, or nothing."""
    vacant: int = 0
    uncounted: int = 0

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
    steps: list[str] = list(_empty_seats(rule, counts))
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
        cleared = _casting(rule, counts, steps)
        result = "passed" if (counts.yes >= needed if cleared is None else cleared) else "failed"
        steps.append(gettext("Passed.") if result == "passed" else gettext("Not passed."))
    bar = {"needed": needed, "have": counts.yes, "denominator": denominator, "of": rule.of}
    return Evaluation(result, quorum, bar, steps)


def evaluate_all(parts: Iterable[tuple[Rule, Counts]]) -> Evaluation:
    """Decide a compound rule: passed when all parts passed, no decision when one lacks its quorum."""
    done = tuple(evaluate(rule, counts) for rule, counts in parts)
    if not done:
        raise UserError("a compound rule needs at least one part", where="all", mend="list the parts under all")
    result = combine(part.result for part in done)
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


def seats_of(rule: Rule, counts: Counts) -> int:
    """All seats, as the rule counts them: with the vacant ones, or without."""
    return counts.seats - (counts.vacant if rule.vacant == "leave" else 0)


def denominator_of(rule: Rule, counts: Counts) -> int:
    """The number that the bar is a fraction of."""
    if rule.of == "seats":
        return seats_of(rule, counts)
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


def exactly_at_bar(rule: Rule, counts: Counts) -> bool:
    """Whether the yes votes are exactly the fraction asked for, where only strictness, or the chair, decides."""
    return counts.yes * rule.threshold.denominator == rule.threshold.numerator * denominator_of(rule, counts)


def _casting(rule: Rule, counts: Counts, steps: list[str]) -> bool | None:
    """What the chair's casting vote makes of a result exactly at the bar; ``None`` where it decides nothing."""
    if rule.casting != "chair" or not exactly_at_bar(rule, counts):
        return None
    if counts.chair not in ("yes", "no"):
        steps.append(gettext("This is exactly at the bar, and the chair has given no casting vote."))
        return None
    said = gettext("yes") if counts.chair == "yes" else gettext("no")
    steps.append(gettext("This is exactly at the bar: the chair's vote decides, and the chair said %s.") % said)
    return counts.chair == "yes"


def combine(results: Iterable[Outcome]) -> Outcome:
    """The result of a compound rule from those of its parts."""
    found = set(results)
    return "failed" if "failed" in found else "no-decision" if "no-decision" in found else "passed"


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
            base = seats_of(rule, counts) - counts.uncounted
        product = fraction.numerator * base
        needed = product // fraction.denominator + 1 if quorum.strict else -(-product // fraction.denominator)
    met = have >= needed
    steps.append(
        gettext("Quorum: %(needed)d needed, %(have)d there: %(met)s.")
        % {"needed": needed, "have": have, "met": gettext("met") if met else gettext("not met")}
    )
    return {"needed": needed, "have": have, "met": met}


def _empty_seats(rule: Rule, counts: Counts) -> Iterable[str]:
    """What is said of vacant seats, and of those that the quorum does not ask for, before anything is counted."""
    if counts.vacant:
        numbers = {"seats": counts.seats, "vacant": counts.vacant, "left": seats_of(rule, counts)}
        if rule.vacant == "stay":
            words = ngettext(
                "%(vacant)d of %(seats)d seats is vacant and counts among all seats.",
                "%(vacant)d of %(seats)d seats are vacant and count among all seats.",
                counts.vacant,
            )
        else:
            words = ngettext(
                "%(vacant)d of %(seats)d seats is vacant and does not count, so all seats are %(left)d.",
                "%(vacant)d of %(seats)d seats are vacant and do not count, so all seats are %(left)d.",
                counts.vacant,
            )
        yield words % numbers
    if counts.uncounted and rule.quorum is not None and rule.quorum.fraction is not None:
        yield ngettext(
            "The quorum does not ask for %(count)d seat that stayed away for too long.",
            "The quorum does not ask for %(count)d seats that stayed away for too long.",
            counts.uncounted,
        ) % {"count": counts.uncounted}


def _in_words(rule: Rule) -> str:
    aside = rule.recused == "stay"
    return {
        "seats": gettext("all seats, those who stand aside among them") if aside else gettext("all seats"),
        "represented": gettext("the seats represented"),
        "cast": gettext("the votes cast"),
        "yes-no": gettext("yes and no together"),
    }[rule.of]
