"""What may still become of a vote: which results can be reached, what is certain, and "what if more voted".

A seat is *silent* while nobody voted for it, and *alterable* while only its alternate did, whose vote the
representative may still override. Votes that representatives gave are taken as their last word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from quorate.decisions.rules.deciding import Counts, Evaluation, Outcome, Rule, combine, evaluate

CHOICES = ("yes", "no", "abstain")


@dataclass(frozen=True, slots=True)
class Open:
    """A roll call that is not over: the votes that stand, and those that may still come or change.

    ``counts`` holds all standing votes, with those of alternates that may be overridden, given in ``alterable`` as
    yes, no and abstain. ``chair`` says of the casting vote whether it is ``settled`` or ``silent``, or else what the
    alternate of the chair's seat said, who has no casting vote; that seat is among the silent or the alterable.
    ``dormant`` of the silent are not asked for by the quorum as long as they stay so; ``chair`` is ``dormant`` where the
    silent seat of the chair is one of them.
    """

    counts: Counts
    silent: int
    alterable: tuple[int, int, int] = (0, 0, 0)
    chair: str = "settled"
    dormant: int = 0


def decided(rule: Rule, counts: Counts, remaining: int) -> Outcome | None:
    """The outcome if no votes that may still come can change it, else ``None``."""
    return certain(rule, Open(counts, remaining))


def certain(rule: Rule, roll: Open) -> Outcome | None:
    """The outcome that every way to go on leads to, or ``None``."""
    results = reachable(rule, roll)
    return next(iter(results)) if len(results) == 1 else None


def certain_of_all(parts: Iterable[tuple[Rule, Open]]) -> Outcome | None:
    """The outcome of a compound rule that every way to go on leads to, or ``None``.

    Parts are taken as independent. Where one person votes in two bodies fewer ways are open than are looked at,
    which can only keep a vote open for longer.
    """
    results = {combine(each) for each in product(*(reachable(rule, roll) for rule, roll in parts))}
    return results.pop() if len(results) == 1 else None


def reachable(rule: Rule, roll: Open) -> frozenset[Outcome]:
    """Every result that some way to go on leads to.

    The chair's seat is taken apart where it has a casting vote, because what it says turns "more than" into "at
    least" and back. With it fixed, quorum and bar are each one linear inequality in the numbers of further yes, no
    and abstain, and these fill a polytope whose corners are: all silent seats stay silent or say one thing, and all
    alterable seats say one thing. Passing is likeliest when all say yes and failing when all say no; what lacks its
    quorum or its denominator violates one inequality, and such a violation exists at a corner if anywhere. So the
    corners show every result.
    """
    found: set[Outcome] = set()
    for fixed in _with_chair(rule, roll):
        base = fixed.counts
        yes, no, abstain = fixed.alterable
        altered = yes + no + abstain
        bare = replace(base, yes=base.yes - yes, no=base.no - no, abstain=base.abstain - abstain)
        dormant = fixed.dormant
        for later, woken, changed in product(
            (*CHOICES, ""), (*CHOICES, "") if dormant else ("",), CHOICES if altered else ("",)
        ):
            now = _more(bare, changed, altered, seated=True)
            now = _more(now, later, fixed.silent - dormant)
            found.add(evaluate(rule, _woken(now, woken, dormant)).result)
    return frozenset(found)


def _woken(counts: Counts, choice: str, number: int) -> Counts:
    """The counts with so many more that the quorum did not ask for saying one thing; now it asks for them too."""
    if not choice:
        return counts
    return replace(_more(counts, choice, number), uncounted=counts.uncounted - number)


def _from_silent(roll: Open, choice: str, number: int) -> Open:
    """The roll with so many of the silent saying one thing: those first that the quorum asks for anyhow."""
    dormant = max(0, number - (roll.silent - roll.dormant))
    counts = _woken(_more(roll.counts, choice, number - dormant), choice if dormant else "", dormant)
    return replace(roll, counts=counts, silent=roll.silent - number, dormant=roll.dormant - dormant)


def _with_chair(rule: Rule, roll: Open) -> Iterable[Open]:
    """The roll with the chair's seat settled in each way that is open to it."""
    if rule.casting != "chair" or roll.chair == "settled":
        yield roll
        return
    if roll.chair in ("silent", "dormant"):
        asleep = roll.chair == "dormant"
        rest = replace(roll, silent=roll.silent - 1, dormant=roll.dormant - asleep, chair="settled")
        yield rest
        for choice in CHOICES:
            said = _woken(roll.counts, choice, 1) if asleep else _more(roll.counts, choice, 1)
            yield replace(rest, counts=replace(said, chair=choice))
        return
    others = list(roll.alterable)
    others[CHOICES.index(roll.chair)] -= 1
    left = (others[0], others[1], others[2])
    yield replace(roll, alterable=left, chair="settled")
    without = _more(roll.counts, roll.chair, -1, seated=True)
    for choice in CHOICES:
        said = replace(_more(without, choice, 1, seated=True), chair=choice)
        yield replace(roll, counts=said, alterable=left, chair="settled")


def _more(counts: Counts, choice: str, number: int, *, seated: bool = False) -> Counts:
    """The counts with so many more saying one thing, whose seats are counted as represented already if ``seated``."""
    if not choice:
        return counts
    return replace(
        counts,
        represented=counts.represented + (0 if seated else number),
        yes=counts.yes + number * (choice == "yes"),
        no=counts.no + number * (choice == "no"),
        abstain=counts.abstain + number * (choice == "abstain"),
    )


@dataclass(frozen=True)
class Prospect:
    """How far a vote is from passing: further yes votes that suffice (``None``: out of reach), and what is open."""

    more_yes: int | None
    can_pass: bool
    can_fail: bool


def prospect(rule: Rule, roll: Open) -> Prospect:
    """How many of the silent must still say yes, if nobody else votes, and whether it can still pass or fail."""
    results = reachable(rule, roll)
    enough = (
        more
        for more in range(roll.silent + 1)
        if evaluate(rule, _from_silent(roll, "yes", more).counts).result == "passed"
    )
    return Prospect(next(enough, None), "passed" in results, bool(results - {"passed"}))


def what_if(rule: Rule, roll: Open, more: Sequence[int]) -> Evaluation:
    """The result if so many of the silent seats say yes, no and abstain. ``ValueError`` when they are not that many."""
    if any(number < 0 for number in more) or sum(more) > roll.silent:
        raise ValueError(f"{tuple(more)} of {roll.silent} silent seats")
    for choice, number in zip(CHOICES, more, strict=True):
        roll = _from_silent(roll, choice, number)
    return evaluate(rule, roll.counts)
