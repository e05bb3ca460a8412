"""Many ballots: both counters agree on what the benchmark counts, and the arrays hold what they are given."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.counting import generate

from quorate.decisions.counting import Lot, Profile, agreed, count


@pytest.mark.parametrize("rule", ["scottish-stv", "meek-prf", "wright-stv", "schulze-winning", "ranked-pairs"])
def test_the_counters_agree_on_the_ballots_of_the_benchmark(rule: str) -> None:
    rows = generate(2_000, 12, 7)
    assert agreed(Profile.of_matrix([f"C{number}" for number in range(1, 13)], 5, rows), rule).is_decided


def test_more_candidates_than_fit_into_a_key_are_counted_the_same() -> None:
    rows = generate(150, 40, 9)
    profile = Profile.of_matrix([f"C{number}" for number in range(1, 41)], 4, rows)
    assert agreed(profile, "scottish-stv", lot=Lot(b"seed")).valid == 150
    assert agreed(profile, "schulze-margins").valid == 150


def test_holes_repeats_and_the_withdrawn_are_struck_from_a_matrix() -> None:
    rows = np.array([[2, 2, 1], [0, 3, 1], [3, 0, 0], [1, 3, 2]], dtype=np.int8)
    profile = Profile.of_matrix(("A", "B", "C"), 1, rows, withdrawn=[3])
    result = agreed(profile, "scottish-stv")
    assert (result.valid, [int(total) for total in result.stages[0].totals]) == (3, [2, 1, 0])
    same = Profile.ranked(("A", "B", "C"), 1, [((2, 2, 1), 1), ((3, 1), 1), ((3,), 1), ((1, 3, 2), 1)], withdrawn=[3])
    assert count(same, "meek-prf").stages == count(profile, "meek-prf").stages
