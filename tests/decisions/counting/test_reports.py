"""What other rules would make of the same ballots, and how many ballots decide."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from tests.decisions.counting.profiles import Ranks, ranked

from quorate.decisions.counting import PRESETS, Preset, Profile, count, margin, preset, sensitivity

CAPITAL = Profile.ranked(
    ("Memphis", "Nashville", "Chattanooga", "Knoxville"),
    1,
    [((1, 2, 3, 4), 42), ((2, 3, 4, 1), 26), ((3, 4, 2, 1), 15), ((4, 3, 2, 1), 17)],
)


def test_rules_that_elect_others_are_named() -> None:
    base, variants = sensitivity(CAPITAL, "schulze-winning")
    assert base.elected == (2,)
    by_rule = {each.rule: each for each in variants}
    assert len(variants) == len(PRESETS) - 1
    assert by_rule["schulze-margins"].is_same
    assert (by_rule["irv"].joins, by_rule["irv"].leaves) == ((4,), (2,))
    assert by_rule["plurality"].as_json()["elected"] == [1]


def test_roundings_of_a_transferable_rule_are_tried_too() -> None:
    _base, variants = sensitivity(CAPITAL.but(seats=2), "scottish-stv")
    assert {each.change for each in variants if each.rule == "scottish-stv"} == {
        "values cut to whole votes",
        "values cut to two places",
        "values cut to nine places",
        "quota of V / (s + 1), cut off, plus one in the last place",
    }


def test_a_preset_of_ones_own_can_be_counted() -> None:
    own = Preset(**{**preset("scottish-stv").as_json(), "places": 2})
    assert count(CAPITAL, own, seats=2).elected == count(CAPITAL, "scottish-stv", seats=2).elected


@pytest.mark.parametrize(
    ("rule", "lower", "upper"),
    [("plurality", 8, 8), ("schulze-winning", 8, 8), ("irv", 1, 1), ("star", 1, 9)],
)
def test_margins_of_the_capital(rule: str, lower: int, upper: int) -> None:
    found = margin(CAPITAL, rule)
    assert (found.lower, found.upper) == (lower, upper)
    assert found.as_json()["exact"] == (lower == upper)


def test_an_open_result_has_no_margin() -> None:
    found = margin(Profile.ranked(("A", "B"), 1, [((1,), 1), ((2,), 1)]), "irv")
    assert (found.lower, found.upper) == (0, 0)


def test_scores_have_a_margin() -> None:
    profile = Profile.scored(("A", "B"), 1, [((5, 0), 6), ((0, 5), 2)])
    found = margin(profile, "score")
    assert (found.lower, found.upper) == (2, 2)


def changed_by_one(profile: Profile) -> list[Profile]:
    """Every profile that one ballot, filled in otherwise, can make of this one (strict rankings only)."""
    orders: list[Ranks] = [
        tuple((number,) for number in order)
        for length in range(len(profile.candidates) + 1)
        for order in itertools.permutations(profile.numbers, length)
    ]
    found = []
    for at, (_ranking, weight) in enumerate(profile.rankings):
        rest = [pair for other, pair in enumerate(profile.rankings) if other != at]
        rest.append((profile.rankings[at][0], weight - 1))
        found += [profile.but(rankings=[*rest, (order, 1)]) for order in orders]
    return found


@pytest.mark.parametrize("rule", ["plurality", "irv", "schulze-winning", "approval"])
@settings(max_examples=15)
@given(profile=ranked(clean=True, most=3))
def test_below_the_lower_bound_nothing_changes(rule: str, profile: Profile) -> None:
    one_seat = profile.but(seats=1, withdrawn=())
    found = margin(one_seat, rule, trials=20)
    base = count(one_seat, rule)
    if found.lower > 1:
        for other in changed_by_one(one_seat):
            assert set(count(other, rule).elected) == set(base.elected)
    if found.upper == 1:
        assert any(set(count(other, rule).elected) != set(base.elected) for other in changed_by_one(one_seat))
