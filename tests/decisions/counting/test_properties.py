"""What holds of every count: both counters agree, nobody's name or place decides, no vote is made or lost."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.decisions.counting.profiles import ranked, scored

from quorate.decisions.counting import PRESETS, Count, Lot, Profile, agreed, count
from quorate.decisions.counting.presets import MEEK, TRANSFERABLE

RULES = [name for name, _preset in PRESETS.items()]
TRANSFERS = [name for name, rule in PRESETS.items() if rule.family in (TRANSFERABLE, MEEK)]
quick = settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
thorough = settings(quick, max_examples=40)
every_rule = pytest.mark.parametrize("rule", RULES)


def told(result: Count) -> tuple[object, ...]:
    """All that may not change when nothing that counts does."""
    return (result.valid, result.quota, result.stages, result.elected, result.unresolved, result.ties)


@every_rule
@thorough
@given(profile=st.one_of(ranked(), scored()), seed=st.one_of(st.none(), st.binary(min_size=1, max_size=4)))
def test_both_counters_agree(rule: str, profile: Profile, seed: bytes | None) -> None:
    result = agreed(profile, rule, lot=Lot(seed) if seed else None)
    assert not set(result.elected) & (profile.withdrawn | set(result.unresolved))
    places = min(profile.seats, len(profile.standing))
    if result.is_decided:
        assert len(result.elected) == places
    else:
        assert seed is None
        assert len(result.elected) < places < len(result.elected) + len(result.unresolved)
    assert result.as_json()["counters"] == 2


@pytest.mark.parametrize("rule", TRANSFERS)
@quick
@given(profile=ranked())
def test_no_vote_is_made_or_lost(rule: str, profile: Profile) -> None:
    result = count(profile, rule)
    for stage in result.stages:
        assert sum(stage.totals) + stage.non_transferable == result.valid
        assert stage.non_transferable >= 0
        assert min(stage.totals) >= Fraction(0)


@every_rule
@quick
@given(profile=ranked(), random=st.randoms(use_true_random=False))
def test_the_order_of_ballots_changes_nothing(rule: str, profile: Profile, random: object) -> None:
    ballots = [(ranking, 1) for ranking, weight in profile.rankings for _ballot in range(weight)]
    random.shuffle(ballots)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    other = profile.but(rankings=ballots)
    assert other == profile
    assert told(count(other, rule)) == told(count(profile, rule))


@every_rule
@quick
@given(profile=ranked(), data=st.data())
def test_renumbering_renames_the_result(rule: str, profile: Profile, data: st.DataObject) -> None:
    new = data.draw(st.permutations(profile.numbers))
    number = dict(zip(profile.numbers, new, strict=True))
    names = [""] * len(new)
    for old, name in zip(profile.numbers, profile.candidates, strict=True):
        names[number[old] - 1] = name
    other = Profile.ranked(
        names,
        profile.seats,
        [([tuple(number[one] for one in rank) for rank in ranking], weight) for ranking, weight in profile.rankings],
        withdrawn=[number[one] for one in profile.withdrawn],
    )
    before, after = count(profile, rule), count(other, rule)
    assert sorted(number[one] for one in before.elected) == sorted(after.elected)
    assert sorted(number[one] for one in before.unresolved) == sorted(after.unresolved)


@every_rule
@quick
@given(profile=ranked(clean=True), times=st.integers(2, 5))
def test_a_weight_is_repetition(rule: str, profile: Profile, times: int) -> None:
    repeated = profile.but(rankings=[pair for pair in profile.rankings for _time in range(times)])
    heavier = profile.but(rankings=[(ranking, weight * times) for ranking, weight in profile.rankings])
    assert told(count(repeated, rule)) == told(count(heavier, rule))


@pytest.mark.parametrize("rule", RULES)
@quick
@given(profile=ranked(clean=True))
def test_a_matrix_says_the_same_as_rankings(rule: str, profile: Profile) -> None:
    strict = [([rank[0] for rank in ranking], weight) for ranking, weight in profile.rankings]
    width = len(profile.candidates)
    rows = np.array([[*order, *[0] * (width - len(order))] for order, _weight in strict], dtype=np.int8).reshape(
        -1, width
    )
    weights = np.array([weight for _order, weight in strict], dtype=np.int64)
    whole = Profile.of_matrix(profile.candidates, profile.seats, rows, weights, withdrawn=profile.withdrawn)
    listed = Profile.ranked(profile.candidates, profile.seats, strict, withdrawn=profile.withdrawn)
    assert told(count(whole, rule)) == told(count(listed, rule)) == told(count(whole, rule, counter="plain"))
