"""What may still become of a vote: every way to go on is tried, seat by seat, and compared with what was foretold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.decisions.rules import (
    ABSTAIN,
    OF,
    Counts,
    Open,
    Outcome,
    Quorum,
    Rule,
    certain,
    certain_of_all,
    combine,
    evaluate,
    evaluate_document,
    prospect,
    reachable,
    speaks,
    what_if,
)

CHOICES = ("yes", "no", "abstain")


@dataclass(frozen=True)
class Ballot:
    """A standing vote for a seat."""

    choice: str
    by_alternate: bool = False


@dataclass(frozen=True)
class Place:
    """A seat as it stands; ``own`` is what its representative said, ``stand_in`` what its alternate did.

    While nobody said anything, a ``lapsed`` one is not asked for by the quorum.
    """

    own: str = ""
    stand_in: str = ""
    chair: bool = False
    lapsed: bool = False

    @property
    def ballots(self) -> list[Ballot]:
        return [Ballot(c, alternate) for c, alternate in ((self.own, False), (self.stand_in, True)) if c]

    @property
    def ways(self) -> list[Place]:
        """Everything the seat may still become: its representative speaks, or not, and then its alternate may."""
        if self.own:
            return [self]
        stays = [self] if self.stand_in else [replace(self, stand_in=choice) for choice in ("", *CHOICES)]
        return [*stays, *(replace(self, own=choice) for choice in CHOICES)]


def counted(places: list[Place]) -> Counts:
    spoken = [speaks(place.ballots) for place in places]
    said = [ballot.choice for ballot in spoken if ballot is not None]
    chair = next((place.own for place in places if place.chair), "")
    asleep = sum(1 for place in places if place.lapsed and not place.ballots)
    return Counts(len(places), len(said), *(said.count(choice) for choice in CHOICES), chair=chair, uncounted=asleep)


def as_open(places: list[Place]) -> Open:
    altered = [place.stand_in for place in places if place.stand_in and not place.own]
    chair = next((place for place in places if place.chair), None)
    quiet = "dormant" if chair is not None and chair.lapsed else "silent"
    state = "settled" if chair is None or chair.own else chair.stand_in or quiet
    silent = [place for place in places if not place.ballots]
    dormant = sum(1 for place in silent if place.lapsed)
    given = (altered.count("yes"), altered.count("no"), altered.count("abstain"))
    return Open(counted(places), len(silent), given, state, dormant)


fractions = st.builds(lambda d, n: Fraction(min(n, d), d), st.integers(1, 5), st.integers(0, 5))
quorums = st.none() | st.builds(
    lambda count, fraction, of, strict, by_count: Quorum(
        count if by_count else None, None if by_count else fraction, of, strict
    ),
    st.integers(0, 6),
    fractions,
    st.sampled_from(["seats", "represented"]),
    st.booleans(),
    st.booleans(),
)
rules = st.builds(
    Rule,
    fractions,
    st.sampled_from(OF),
    st.booleans(),
    quorums,
    st.sampled_from(ABSTAIN),
    casting=st.sampled_from(["none", "chair"]),
)
said = st.sampled_from(CHOICES)
fixed = st.lists(st.builds(Place, said), max_size=5)


@st.composite
def rooms(draw: st.DrawFn, most: int = 3) -> list[Place]:
    """A few seats that have spoken for good, a few that have not, and perhaps a chair among them."""
    loose = draw(
        st.lists(st.builds(Place, st.just(""), st.sampled_from(["", *CHOICES]), lapsed=st.booleans()), max_size=most)
    )
    places = [*draw(fixed), *loose]
    if places and draw(st.booleans()):
        at = draw(st.integers(0, len(places) - 1))
        places[at] = replace(places[at], chair=True)
    return places


def ends(rule: Rule, places: list[Place]) -> set[Outcome]:
    return {evaluate(rule, counted(list(each))).result for each in product(*(place.ways for place in places))}


@settings(max_examples=120)
@given(rules, rooms())
def test_every_result_that_can_come_is_foretold_and_no_other(rule: Rule, places: list[Place]) -> None:
    assert set(reachable(rule, as_open(places))) == ends(rule, places)


@settings(max_examples=60)
@given(st.lists(st.tuples(rules, rooms(2)), min_size=1, max_size=3))
def test_closing_a_compound_vote_early_never_differs_from_waiting(parts: list[tuple[Rule, list[Place]]]) -> None:
    every = {combine(each) for each in product(*(ends(rule, places) for rule, places in parts))}
    early = certain_of_all((rule, as_open(places)) for rule, places in parts)
    assert early == (next(iter(every)) if len(every) == 1 else None)


@given(st.permutations([Ballot("yes"), Ballot("no", by_alternate=True)]), st.booleans())
def test_a_representative_is_heard_in_any_order(ballots: list[Ballot], away: bool) -> None:
    for mode in ("silent", "absent", "never"):
        assert speaks(ballots, mode, away=away) == Ballot("yes")


def test_an_alternate_is_heard_as_the_rule_has_it() -> None:
    alone = [Ballot("no", by_alternate=True)]
    assert speaks(alone) == alone[0]
    assert speaks(alone, "never", away=True) is None
    assert (speaks(alone, "absent"), speaks(alone, "absent", away=True)) == (None, alone[0])


@settings(max_examples=60)
@given(rules, rooms(), st.randoms(use_true_random=False))
def test_no_order_of_voting_changes_a_result(rule: Rule, places: list[Place], random: object) -> None:
    mixed = list(places)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # a random.Random
    assert evaluate(rule, counted(mixed)).result == evaluate(rule, counted(places)).result


@settings(max_examples=60)
@given(rules, rooms())
def test_what_is_still_needed_suffices_and_less_does_not(rule: Rule, places: list[Place]) -> None:
    roll = as_open(places)
    found = prospect(rule, roll)
    results = [what_if(rule, roll, (more, 0, 0)).result for more in range(roll.silent + 1)]
    if found.more_yes is None:
        assert "passed" not in results
    else:
        assert results.index("passed") == found.more_yes
    assert found.can_pass == ("passed" in ends(rule, places))


def test_no_more_can_be_supposed_than_are_silent() -> None:
    with pytest.raises(ValueError, match="1 silent"):
        what_if(Rule(Fraction(1, 2), "cast"), Open(Counts(3, 2, 1, 1), 1), (1, 1, 0))


HALF = Rule(Fraction(1, 2), "yes-no", strict=True, casting="chair")


@pytest.mark.parametrize(
    ("chair", "result"), [("yes", "passed"), ("no", "failed"), ("abstain", "failed"), ("", "failed")]
)
def test_the_chair_decides_a_tie_and_it_is_said(chair: str, result: str) -> None:
    found = evaluate(HALF, Counts(7, 7, 3, 3, 1, chair=chair))
    assert found.result == result
    assert any("exactly at the bar" in step for step in found.derivation)


def test_the_chair_decides_nothing_but_a_tie() -> None:
    assert evaluate(HALF, Counts(7, 7, 4, 3, chair="no")).result == "passed"
    assert evaluate(HALF, Counts(7, 7, 3, 4, chair="yes")).result == "failed"
    least = Rule(Fraction(1, 2), "yes-no", casting="chair")
    assert evaluate(least, Counts(4, 4, 2, 2, chair="no")).result == "failed"


def test_a_tie_waits_for_the_chair() -> None:
    assert certain(HALF, Open(Counts(5, 4, 2, 2), 1, chair="silent")) is None
    assert certain(HALF, Open(Counts(5, 4, 3, 1), 1, chair="silent")) == "passed"


def test_a_document_gives_the_chairs_vote() -> None:
    rule = {"threshold": "1/2", "strict": True, "of": "yes-no", "casting": "chair"}
    assert evaluate_document({"rule": rule, "seats": 4, "yes": 2, "no": 2, "chair": "yes"}).result == "passed"


#: One roll call of 21 seats, 17 represented, on which two thirds give four answers in two ways.
ROLL = {"seats": 21, "represented": 17, "yes": 10, "no": 4, "abstain": 1}


@pytest.mark.parametrize(
    ("of", "denominator", "needed", "result"),
    [
        ("seats", 21, 14, "failed"),
        ("represented", 17, 12, "failed"),
        ("cast", 15, 10, "passed"),
        ("yes-no", 14, 10, "passed"),
    ],
)
def test_two_thirds_of_four_things_on_one_roll_call(of: str, denominator: int, needed: int, result: str) -> None:
    found = evaluate_document({"rule": {"threshold": "2/3", "of": of}, **ROLL})
    assert (found.bar["denominator"], found.bar["needed"], found.result) == (denominator, needed, result)
    assert f"= {denominator}, so {needed} must say yes" in found.derivation[1]


def test_two_thirds_of_four_things_need_four_numbers() -> None:
    roll = {"seats": 21, "represented": 17, "yes": 9, "no": 3, "abstain": 2}
    bars = {
        of: evaluate_document({"rule": {"threshold": "2/3", "of": of}, **roll}).bar["needed"]
        for of in ("seats", "represented", "cast", "yes-no")
    }
    assert bars == {"seats": 14, "represented": 12, "cast": 10, "yes-no": 8}
