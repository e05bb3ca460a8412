"""Whether a motion passed: golden cases, and properties that hold for every rule and roll call."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.decisions.rules import (
    ABSTAIN,
    OF,
    Counts,
    Quorum,
    Rule,
    decided,
    evaluate,
    evaluate_document,
    parse_counts,
    parse_rule,
)
from quorate.kernel.errors import UserError

COUNCIL = {"seats": 21, "represented": 17, "yes": 11, "no": 4, "abstain": 2}


@pytest.mark.parametrize(
    ("of", "needed", "result"),
    [("seats", 14, "failed"), ("represented", 12, "failed"), ("cast", 12, "failed"), ("yes-no", 10, "passed")],
)
def test_two_thirds_of_what(of: str, needed: int, result: str) -> None:
    found = evaluate_document({"rule": {"threshold": "2/3", "of": of}, **COUNCIL}).as_dict()
    assert (found["bar"]["needed"], found["result"]) == (needed, result)


def test_an_exact_two_thirds_passes_unless_it_must_be_more() -> None:
    exact = {"seats": 21, "represented": 21, "yes": 14, "no": 7}
    assert evaluate_document({"rule": {"threshold": "2/3", "of": "seats"}, **exact}).result == "passed"
    assert evaluate_document({"rule": {"threshold": "2/3", "of": "seats", "strict": True}, **exact}).result == "failed"


@pytest.mark.parametrize(
    ("quorum", "abstain", "needed", "have", "met"),
    [
        ({"count": 12}, "both", 12, 17, True),
        ({"count": 17, "strict": True}, "both", 18, 17, False),
        ({"fraction": "1/2", "of": "seats"}, "both", 11, 17, True),
        ({"fraction": "1/2", "of": "seats", "strict": True}, "both", 11, 17, True),
        ({"fraction": "1/1", "of": "represented"}, "neither", 17, 15, False),
        ({"count": 16}, "denominator", 16, 15, False),
    ],
)
def test_quorum(quorum: dict[str, Any], abstain: str, needed: int, have: int, met: bool) -> None:
    rule = {"threshold": "1/2", "strict": True, "of": "yes-no", "quorum": quorum, "abstain": abstain}
    found = evaluate_document({"rule": rule, **COUNCIL})
    assert dict(found.quorum) == {"needed": needed, "have": have, "met": met}
    assert (found.result == "no-decision") is not met


def test_compound_rules_need_every_part() -> None:
    rule = {"threshold": "1/2", "strict": True, "of": "yes-no"}
    good = {"rule": rule, "seats": 5, "represented": 5, "yes": 4, "no": 1}
    bad = {"rule": rule, "seats": 3, "represented": 3, "yes": 1, "no": 2}
    assert evaluate_document({"all": [good, good]}).result == "passed"
    both = evaluate_document({"all": [good, bad]})
    assert both.result == "failed"
    assert len(both.as_dict()["all"]) == 2


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ([], ""),
        ({"seats": 3}, "rule"),
        ({"rule": {"threshold": "2/3"}, "seats": 3}, "rule.of"),
        ({"rule": {"threshold": 0.67, "of": "cast"}, "seats": 3}, "rule.threshold"),
        ({"rule": {"threshold": "4/3", "of": "cast"}, "seats": 3}, "rule.threshold"),
        ({"rule": {"threshold": "1/0", "of": "cast"}, "seats": 3}, "rule.threshold"),
        ({"rule": {"threshold": "2/3", "of": "everyone"}, "seats": 3}, "rule.of"),
        ({"rule": {"threshold": "2/3", "of": "cast", "quroum": 3}, "seats": 3}, "rule"),
        ({"rule": {"threshold": "2/3", "of": "cast", "quorum": {}}, "seats": 3}, "rule.quorum"),
        ({"rule": {"threshold": "2/3", "of": "cast"}, "seats": 3, "yes": 4}, "represented"),
        ({"rule": {"threshold": "2/3", "of": "cast"}, "seats": 9, "represented": 3, "yes": 4}, "yes"),
        ({"rule": {"threshold": "2/3", "of": "cast"}, "yes": 1}, "seats"),
        ({"rule": {"threshold": "2/3", "of": "cast"}, "seats": -1}, "seats"),
        ({"rule": {"threshold": "2/3", "of": "cast"}, "seats": True}, "seats"),
        ({"all": []}, "all"),
        ({"all": 3}, "all"),
        ({"all": [{"rule": {"threshold": "2/3", "of": "x"}, "seats": 1}]}, "all[0].rule.of"),
    ],
)
def test_a_wrong_document_names_the_place(document: Any, where: str) -> None:
    with pytest.raises(UserError) as caught:
        evaluate_document(document)
    assert caught.value.where == where


fractions = st.builds(lambda d, n: Fraction(min(n, d), d), st.integers(1, 12), st.integers(0, 12))
quorums = st.none() | st.builds(
    lambda count, fraction, of, strict, by_count: Quorum(
        count if by_count else None, None if by_count else fraction, of, strict
    ),
    st.integers(0, 12),
    fractions,
    st.sampled_from(["seats", "represented"]),
    st.booleans(),
    st.booleans(),
)
rules = st.builds(Rule, fractions, st.sampled_from(OF), st.booleans(), quorums, st.sampled_from(ABSTAIN))


@st.composite
def roll_calls(draw: st.DrawFn) -> tuple[Counts, int]:
    """Counts of an asynchronous vote, and how many seats have not voted yet."""
    yes, no, abstain = (draw(st.integers(0, 6)) for _ in range(3))
    remaining = draw(st.integers(0, 6))
    voted = yes + no + abstain
    return Counts(voted + remaining, voted, yes, no, abstain), remaining


@given(rules, roll_calls())
def test_the_bar_is_exactly_the_fraction(rule: Rule, call: tuple[Counts, int]) -> None:
    counts, _ = call
    found = evaluate(rule, counts)
    bar, needed = rule.threshold * found.bar["denominator"], found.bar["needed"]
    clears = (lambda n: n > bar) if rule.strict else (lambda n: n >= bar)
    assert clears(needed)
    assert needed == 0 or not clears(needed - 1)


@given(rules, roll_calls())
def test_closing_early_never_differs_from_waiting(rule: Rule, call: tuple[Counts, int]) -> None:
    counts, remaining = call
    reachable = {
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
        for yes in range(remaining + 1)
        for no in range(remaining + 1 - yes)
        for abstain in range(remaining + 1 - yes - no)
    }
    early = decided(rule, counts, remaining)
    if early is not None:
        assert reachable == {early}
    elif len(reachable) == 1:
        # The corners are exact but for the empty denominator, where nobody voting is no decision.
        pytest.fail(f"{reachable} was certain and not seen")


@given(rules, roll_calls())
def test_one_more_yes_instead_of_no_never_hurts(rule: Rule, call: tuple[Counts, int]) -> None:
    counts, _ = call
    if counts.no:
        order = ["failed", "no-decision", "passed"]
        turned = Counts(counts.seats, counts.represented, counts.yes + 1, counts.no - 1, counts.abstain)
        before, after = evaluate(rule, counts).result, evaluate(rule, turned).result
        assert (before == "no-decision") == (after == "no-decision")
        assert order.index(after) >= order.index(before)


def test_rules_and_counts_survive_reading() -> None:
    rule = parse_rule({"threshold": "2/3", "of": "seats", "quorum": {"count": 12}, "abstain": "quorum"})
    assert rule == Rule(Fraction(2, 3), "seats", False, Quorum(count=12), "quorum")
    assert parse_counts({"seats": 21, "yes": 3, "no": 1}) == Counts(21, 4, 3, 1, 0)
