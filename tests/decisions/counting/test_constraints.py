"""Caps and reserved seats: what may be seated by trying every committee, and what each rule makes of it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.decisions.counting.profiles import ranked, scored

from quorate.decisions.counting import PRESETS, Constraints, Count, Lot, Profile, Rule, agreed, count
from quorate.decisions.counting.constraints import COUNT, MODES, SEATING, read
from quorate.decisions.counting.plain.seatable import Seatable as Plain
from quorate.decisions.counting.vector.seatable import Seatable as Vector
from quorate.kernel.errors import UserError

RULES = [name for name, _preset in PRESETS.items()]
#: Rules in which a stage takes in candidates one after the other from one order.
ORDERS = ["approval", "score", "plurality", "schulze-winning", "schulze-margins", "ranked-pairs"]
every_rule = pytest.mark.parametrize("rule", RULES)
quick = settings(
    max_examples=8, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None
)


@st.composite
def rules(draw: st.DrawFn, candidates: int) -> tuple[Rule, ...]:
    found = []
    for number in range(draw(st.integers(1, 3))):
        members = draw(st.sets(st.integers(1, candidates), min_size=1))
        least = draw(st.integers(0, 2))
        most = draw(st.one_of(st.none(), st.integers(least, 3)))
        found.append(Rule(f"group {number}", frozenset(members), least, most))
    return tuple(found)


@st.composite
def constrained(draw: st.DrawFn, mode: str | None = None) -> Profile:
    profile = draw(st.one_of(ranked(most=6), scored()))
    chosen = mode or draw(st.sampled_from(MODES))
    return profile.but(constraints=Constraints(chosen, draw(rules(len(profile.candidates)))))


def allowed(rules: Iterable[Rule], committee: Iterable[int]) -> bool:
    seated = set(committee)
    return all(
        rule.least <= len(rule.members & seated) and (rule.most is None or len(rule.members & seated) <= rule.most)
        for rule in rules
    )


def committees(profile: Profile, size: int) -> list[set[int]]:
    assert profile.constraints is not None
    return [set(each) for each in combinations(profile.standing, size) if allowed(profile.constraints.rules, each)]


def told(result: Count) -> tuple[object, ...]:
    return (result.quota, result.stages, result.elected, result.unresolved, result.ties)


@every_rule
@quick
@given(profile=constrained(), seed=st.binary(min_size=1, max_size=3))
def test_caps_hold_and_reserved_seats_are_filled_whenever_they_can_be(rule: str, profile: Profile, seed: bytes) -> None:
    result = agreed(profile, rule, lot=Lot(seed))
    assert profile.constraints is not None
    seated, top = set(result.elected), min(profile.seats, len(profile.standing))
    for each in profile.constraints.rules:
        assert each.most is None or len(each.members & seated) <= each.most
    possible = [size for size in range(top + 1) if committees(profile, size)]
    if possible:
        assert allowed(profile.constraints.rules, seated)
        assert len(seated) == max(possible)
        assert result.constraints["unmet"] == []
    else:
        assert result.constraints["unmet"], "what cannot be met is said"
        assert any("cannot be met" in note for note in result.constraints["notes"])
    assert len(result.elected) == len(seated) == result.constraints["places"]
    if result.constraints["places"] < top:
        assert any("seats empty" in note for note in result.constraints["notes"])


@every_rule
@quick
@given(profile=constrained())
def test_both_counters_agree_without_a_lot(rule: str, profile: Profile) -> None:
    result = agreed(profile, rule)
    if result.is_decided:
        assert allowed(
            (Rule(each.name, each.members, 0, each.most) for each in profile.constraints.rules), result.elected
        )  # type: ignore[union-attr]  # it has some


@every_rule
@pytest.mark.parametrize("mode", MODES)
@quick
@given(profile=st.one_of(ranked(), scored()), seed=st.binary(min_size=1, max_size=3))
def test_what_cannot_bind_changes_nothing(rule: str, mode: str, profile: Profile, seed: bytes) -> None:
    everybody = frozenset(profile.numbers)
    loose = Constraints(mode, (Rule("all", everybody, 0, profile.seats), Rule("none", frozenset(), 0, 0)))
    assert told(count(profile.but(constraints=loose), rule, lot=Lot(seed))) == told(count(profile, rule, lot=Lot(seed)))


@every_rule
@quick
@given(profile=constrained(COUNT), seed=st.binary(min_size=1, max_size=3))
def test_where_nobody_was_shut_out_or_kept_the_count_is_the_same(rule: str, profile: Profile, seed: bytes) -> None:
    result, free = (count(each, rule, lot=Lot(seed)) for each in (profile, profile.but(constraints=None)))
    assume(not any(stage.notes for stage in result.stages) and not any(tie.how == "lot" for tie in result.ties))
    assume(result.constraints["places"] == len(free.elected))
    assert result.elected == free.elected


@pytest.mark.parametrize("rule", ORDERS)
@quick
@given(profile=constrained(COUNT), seed=st.binary(min_size=1, max_size=3))
def test_an_order_that_satisfies_the_rules_is_left_alone(rule: str, profile: Profile, seed: bytes) -> None:
    free = count(profile.but(constraints=None), rule, lot=Lot(seed))
    assume(not any(tie.how == "lot" for tie in free.ties) and profile.constraints is not None)
    assert profile.constraints is not None
    assume(allowed(profile.constraints.rules, free.elected))
    assert set(count(profile, rule, lot=Lot(seed)).elected) == set(free.elected)


@settings(max_examples=80, deadline=None)
@given(data=st.data(), candidates=st.integers(1, 6))
def test_both_ways_to_see_what_is_possible_are_those_of_trying_everything(data: st.DataObject, candidates: int) -> None:
    declared = data.draw(rules(candidates))
    everybody = list(range(1, candidates + 1))
    seats = data.draw(st.integers(1, candidates))
    plain, vector = (kind(Constraints(COUNT, declared), everybody, seats) for kind in (Plain, Vector))
    assert (plain.places, plain.unmet, plain.binds) == (vector.places, vector.unmet, vector.binds)
    floors = {item.rule: item.met for item in plain.unmet}
    weak = [Rule(each.name, each.members, floors.get(at, each.least), each.most) for at, each in enumerate(declared)]
    good = [set(each) for each in combinations(everybody, plain.places) if allowed(weak, each)]
    assert good
    every = list(combinations(everybody, plain.places))
    assert plain.binds or (len(good) == len(every) and plain.places == seats)
    order = data.draw(st.permutations(everybody))
    elected, pool = order[: data.draw(st.integers(0, plain.places))], order[plain.places :]
    doomed = sorted(n for n in pool if not any({*elected, n} <= each <= {*elected, *pool} for each in good))
    inside = [each for each in good if set(elected) <= each <= {*elected, *pool}]
    guarded = sorted(n for n in pool if all(n in each for each in inside))
    for kind in (plain, vector):
        assert kind.possible(elected, pool) == bool(inside)
        assert sorted(kind.doomed(elected, pool, pool)) == doomed
        if inside:
            assert sorted(kind.guarded(elected, pool)) == guarded


def test_a_tie_for_the_last_place_of_a_group_is_reported_and_not_settled_by_number() -> None:
    profile = Profile.ranked(
        ["Ada", "Bo", "Cy", "Di"], 2, [([1], 10), ([2], 10), ([3], 4), ([4], 1)],
        constraints=Constraints(COUNT, (Rule("Acme", frozenset({1, 2}), 0, 1),)),
    )  # fmt: skip
    open_ = agreed(profile, "scottish-stv")
    assert open_.unresolved == (1, 2)
    assert open_.elected == (3,)
    drawn = {agreed(profile, "scottish-stv", lot=Lot(bytes([seed]))).elected[0] for seed in range(20)}
    assert drawn == {1, 2}


def test_the_stages_say_who_was_shut_out_and_who_was_kept() -> None:
    profile = Profile.ranked(
        ["Ada", "Bo", "Cy", "Di", "Eli"],
        3,
        [([1, 2], 40), ([2, 1], 30), ([3, 5], 16), ([4, 3], 8), ([5, 4], 6)],
        constraints=Constraints(
            COUNT, (Rule("Acme", frozenset({1, 2}), 0, 1), Rule("academia", frozenset({5}), 1, None))
        ),
    )
    result = agreed(profile, "scottish-stv")
    assert result.elected == (1, 3, 5)
    said = [note for stage in result.stages for note in stage.notes]
    assert "Bo is excluded and cannot be seated: at most 1 of “Acme”" in said
    assert "Eli is kept from exclusion: at least 1 of “academia”" in said
    assert [stage.kind for stage in result.stages][1] == "doomed"
    assert result.stages[1].what(profile.candidates) == "Papers of Bo, who can no longer be seated, transferred"
    assert result.stages[0].excluded == (2,)
    # Bo's papers name Ada next, who keeps her place; then nobody.
    assert result.stages[1].totals[1] == 0


def test_seating_strikes_and_counts_again() -> None:
    rule = Rule("Acme", frozenset({1, 2}), 0, 1)
    profile = Profile.ranked(["Ada", "Bo", "Cy"], 2, [([1], 40), ([2, 3], 30), ([3], 10)])
    struck = agreed(profile.but(constraints=Constraints(SEATING, (rule,))), "scottish-stv")
    assert (struck.elected, struck.struck) == ((1, 3), (2,))
    assert struck.stages[0].notes == ("Bo is excluded and cannot be seated: at most 1 of “Acme”",)
    assert struck.as_json()["constraints"]["struck"] == [2]


def test_what_is_no_constraint_is_refused_with_its_place() -> None:
    names = ["Ada", "Bo"]
    for document, words in (
        ([], "a mode and a list"),
        ({"rules": [], "more": 1}, "'more'"),
        ({"rules": [{"name": "x", "candidates": ["Cy"]}]}, "'Cy'"),
        ({"rules": [{"name": "x", "candidates": [1], "least": 2, "most": 1}]}, "asks for"),
        ({"rules": [{"name": "x", "candidates": [1], "least": True}]}, "no number"),
        ({"mode": "maybe", "rules": []}, "'maybe'"),
    ):
        with pytest.raises(UserError, match=words):
            read(document, ids=(), names=names)
    assert read(
        {"rules": [{"name": "x", "candidates": ["bo", 1], "most": 1}]}, ids=["ada", "bo"], names=names
    ).rules == (Rule("x", frozenset({1, 2}), 0, 1),)


def test_many_employers_and_regions_are_followed_in_time() -> None:
    people = 60
    employers = [Rule(f"employer {n}", frozenset(range(n + 1, people + 1, 20)), 0, 1) for n in range(20)]
    regions = [Rule(f"region {n}", frozenset(range(n + 1, people + 1, 5)), 1, 4) for n in range(5)]
    both = Constraints(COUNT, (*employers, *regions, Rule("half", frozenset(range(1, 31)), 4, 6)))
    ballots = [(tuple((n * 7 + k * 11) % people + 1 for k in range(9)), n % 5 + 1) for n in range(60)]
    clean = [(tuple(dict.fromkeys(order)), weight) for order, weight in ballots]
    result = agreed(
        Profile.ranked([f"C{n}" for n in range(people)], 11, clean, constraints=both), "scottish-stv", lot=Lot(b"x")
    )
    assert allowed(both.rules, result.elected)
    assert len(result.elected) == 11
