"""Worked examples from the literature and from the corners of the rules."""

from __future__ import annotations

from fractions import Fraction

import pytest

from quorate.decisions.counting import (
    PRESETS,
    Disagreement,
    Lot,
    Profile,
    agreed,
    count,
    decimal,
)
from quorate.decisions.counting.counts import compare
from quorate.kernel.errors import UserError

ABC = ("A", "B", "C")


def strict(names: str, seats: int, *ballots: tuple[int, str]) -> Profile:
    """Ballots like ``(5, "ACBED")``; ``A=B`` for equal ranks, as ``(5, "A=B C")``."""
    number = {name: at for at, name in enumerate(names, 1)}
    read = []
    for weight, text in ballots:
        ranks = text.split() if " " in text or "=" in text else list(text)
        read.append(([tuple(number[name] for name in rank.split("=")) for rank in ranks], weight))
    return Profile.ranked(tuple(names), seats, read)


# Pairwise --------------------------------------------------------------------------------------------------------

SCHULZE = strict(
    "ABCDE",
    1,
    (5, "ACBED"),
    (5, "ADECB"),
    (8, "BEDAC"),
    (3, "CABED"),
    (7, "CAEBD"),
    (2, "CBADE"),
    (7, "DCEBA"),
    (8, "EBADC"),
)


@pytest.mark.parametrize("rule", ["schulze-winning", "schulze-margins"])
def test_the_45_voters_of_schulze(rule: str) -> None:
    result = agreed(SCHULZE, rule, seats=5)
    assert "".join(SCHULZE.name(number) for number in result.elected) == "EACBD"
    assert result.details["condorcet_winner"] is None
    assert result.details["smith"] == [1, 2, 3, 4, 5]
    assert result.details["pairwise"][0] == [0, 20, 26, 30, 22]


def test_the_strongest_paths_of_the_45_voters() -> None:
    paths = agreed(SCHULZE, "schulze-winning").details["paths"]
    assert paths[0] == [0, 28, 28, 30, 24]
    assert paths[4] == [25, 28, 28, 31, 0]


NINE = strict("ABC", 1, (4, "BAC"), (2, "ACB"), (3, "C"))


def test_nine_ballots_tell_winning_votes_from_margins() -> None:
    assert agreed(NINE, "schulze-winning").elected == (1,)
    assert agreed(NINE, "schulze-margins").elected == (2,)


@pytest.mark.parametrize("rule", ["schulze-winning", "schulze-margins", "ranked-pairs"])
def test_a_perfect_cycle_is_a_tie(rule: str) -> None:
    cycle = strict("ABC", 1, (1, "ABC"), (1, "BCA"), (1, "CAB"))
    result = agreed(cycle, rule)
    assert (result.elected, result.unresolved) == ((), (1, 2, 3))
    assert [(tie.candidates, tie.how) for tie in result.ties] == [((1, 2, 3), "unresolved")]
    drawn = agreed(cycle, rule, lot=Lot.of_hex("c0ffee"))
    assert drawn.is_decided
    assert drawn.ties[0].how == "lot"


def test_ranked_pairs_locks_the_strongest_first() -> None:
    """Tennessee's capital: everybody loses to Nashville."""
    capital = strict("MNCK", 1, (42, "MNCK"), (26, "NCKM"), (15, "CKNM"), (17, "KCNM"))
    result = agreed(capital, "ranked-pairs", seats=4)
    assert "".join(capital.name(number) for number in result.elected) == "NCKM"
    assert (result.details["condorcet_winner"], result.details["condorcet_loser"]) == (2, 1)
    assert agreed(capital, "irv").elected == (4,)
    assert agreed(capital, "plurality").elected == (1,)


def test_a_second_seat_that_only_depends_on_the_first_is_open() -> None:
    """A beats B, and C is level with both: A is not sure of one seat, and the second of two is open."""
    profile = strict("ABC", 2, (1, "A B"), (1, "C"))
    assert agreed(profile, "schulze-winning", seats=1).unresolved == (1, 3)
    assert agreed(profile, "schulze-winning").unresolved != ()


# Transferable ----------------------------------------------------------------------------------------------------


def test_an_equal_first_rank_ends_a_ballot_under_scottish_and_shares_it_under_meek() -> None:
    profile = strict("ABC", 1, (4, "A=B C"), (3, "C"))
    scottish, meek = agreed(profile, "scottish-stv"), agreed(profile, "meek-prf")
    assert scottish.valid == 3
    assert scottish.elected == (3,)
    assert meek.valid == 7
    assert meek.stages[0].totals[:2] == (Fraction(2), Fraction(2))


def test_a_tie_looks_back_to_the_most_recent_difference() -> None:
    profile = strict("ABCD", 1, (6, "A"), (4, "B"), (3, "C"), (1, "D C"))
    result = agreed(profile, "scottish-stv")
    assert [(tie.candidates, tie.how, tie.chosen) for tie in result.ties] == [((2, 3), "earlier stage 1", (3,))]


def test_a_tie_of_those_without_votes_is_reported_and_has_no_effect() -> None:
    names = [f"C{number}" for number in range(1, 15)]
    profile = Profile.ranked(names, 1, [((1,), 3), ((2,), 2)])
    result = agreed(profile, "scottish-stv")
    assert result.elected == (1,)
    assert result.ties == ()  # A quota was there from the beginning.
    nobody_first = agreed(Profile.ranked(names, 1, [((1,), 4), ((2,), 3), ((3,), 2)]), "scottish-stv")
    assert nobody_first.elected == (1,)
    assert {tie.how for tie in nobody_first.ties} == {"no effect on who is elected"}


def test_what_is_certain_is_said_though_a_tie_is_open() -> None:
    profile = strict("ABC", 2, (10, "A"), (2, "B"), (2, "C"))
    result = agreed(profile, "scottish-stv")
    assert (result.elected, result.unresolved) == ((1,), (2, 3))
    assert not result.as_json()["decided"]


def test_a_lot_is_an_order_of_hashes_and_published_even_if_unused() -> None:
    profile = strict("AB", 1, (2, "A"), (1, "B"))
    lot = Lot.of_hex("00ff")
    published = agreed(profile, "scottish-stv", lot=lot).as_json()["lot"]
    assert published["seed"] == "00ff"
    assert len(published["orders"]) == 1
    assert published["orders"][0] == lot.order(1, [(1, "1"), (2, "2")])


def test_a_declared_order_breaks_a_tie() -> None:
    profile = strict("AB", 1, (1, "A"), (1, "B")).but(tie_order=(2, 1))
    result = agreed(profile, "wigm-prf")
    assert result.elected == (2,)
    assert result.ties[0].how == "declared order"


def test_wigm_cuts_off_the_quota_at_four_places() -> None:
    result = agreed(strict("ABC", 2, (4, "AB"), (3, "BC"), (3, "C")), "wigm-prf")
    assert decimal(result.quota or Fraction(0)) == "3.3334"


def test_wright_begins_again_without_the_excluded() -> None:
    profile = strict("ABCD", 2, (5, "ABC"), (4, "BCA"), (3, "CD"), (1, "DA"))
    result = agreed(profile, "wright-stv")
    assert [stage.kind for stage in result.stages][:2] == ["first", "restart"]
    assert result.stages[1].totals[3] == 0


def test_more_seats_than_candidates_seats_all() -> None:
    for rule, _preset in PRESETS.items():
        assert sorted(agreed(strict("AB", 5, (2, "A")), rule).elected) == [1, 2], rule


def test_an_election_without_ballots_elects_nobody_by_place() -> None:
    for rule, _preset in PRESETS.items():
        result = agreed(Profile.ranked(ABC, 1, []), rule)
        assert (result.elected, result.unresolved) == ((), (1, 2, 3)), rule


# Scores ----------------------------------------------------------------------------------------------------------


def stars(seats: int, *ballots: tuple[int, tuple[int | None, ...]]) -> Profile:
    return Profile.scored(ABC, seats, [(scores, weight) for weight, scores in ballots])


def test_star_runs_the_two_highest_off() -> None:
    profile = stars(1, (3, (5, 4, 0)), (2, (0, 5, 4)))
    result = agreed(profile, "star")
    assert [decimal(total) for total in result.stages[0].totals] == ["15", "22", "8"]
    assert result.stages[1].subjects == (1, 2)
    assert result.elected == (1,)
    assert agreed(profile, "score").elected == (2,)


def test_a_tie_for_the_runoff_falls_to_fewer_losses_head_to_head() -> None:
    profile = stars(1, (1, (5, 3, 2)), (1, (5, 0, 1)), (1, (0, 3, 3)), (1, (0, 1, 1)))
    result = agreed(profile, "star")
    assert ("finalist", (2, 3), "head to head") in {(tie.kind, tie.candidates, tie.how) for tie in result.ties} or (
        result.stages[0].totals[1] == result.stages[0].totals[2]
    )


def test_a_tie_in_the_runoff_falls_to_the_higher_sum_then_to_more_fives() -> None:
    by_sum = agreed(stars(1, (1, (5, 0, 0)), (1, (3, 4, 0))), "star")
    assert (by_sum.elected, by_sum.ties[0].how) == ((1,), "score")
    by_fives = agreed(stars(1, (1, (5, 1, 0)), (1, (0, 4, 0))), "star")
    assert (by_fives.elected, by_fives.ties[0].how) == ((1,), "top scores")
    level = agreed(stars(1, (1, (5, 0, 0)), (1, (0, 5, 0))), "star")
    assert (level.elected, level.unresolved) == ((), (1, 2))


def test_bloc_star_seats_one_after_the_other() -> None:
    result = agreed(stars(2, (3, (5, 4, 0)), (2, (0, 5, 4))), "bloc-star")
    assert result.elected == (1, 2)
    assert [stage.kind for stage in result.stages] == ["scores", "runoff", "scores", "runoff"]


def test_rankings_read_as_stars_say_so() -> None:
    assert any("stars" in note for note in count(NINE, "star").notes)
    assert any("approved" in note for note in count(NINE, "approval").notes)


# The frame -------------------------------------------------------------------------------------------------------


def test_a_difference_between_counters_names_stage_and_candidate() -> None:
    one = count(strict("AB", 1, (2, "A"), (1, "B")), "irv")
    other = count(strict("AB", 1, (3, "A"), (1, "B")), "irv")
    with pytest.raises(Disagreement, match="valid: 3 and 4"):
        compare(one, other)
    moved = count(strict("AB", 1, (1, "A"), (2, "B")), "irv")
    with pytest.raises(Disagreement, match="stage 1, candidate 1: 2 votes in one count, 1 in the other"):
        compare(one, moved)


@pytest.mark.parametrize(
    ("module", "name", "rule"),
    [("meek", "_up", "meek-prf"), ("pairwise", "_widest", "schulze-winning"), ("sums", "ballots", "approval")],
)
def test_a_counter_that_counts_otherwise_is_found_out(
    monkeypatch: pytest.MonkeyPatch, module: str, name: str, rule: str
) -> None:
    wrong = {
        "_up": lambda number, by: number // by,
        "_widest": lambda standing, links, start: {},
        "ballots": lambda profile, rule: [({1: 1}, 1)],
    }
    monkeypatch.setattr(f"quorate.decisions.counting.plain.{module}.{name}", wrong[name])
    with pytest.raises(Disagreement):
        agreed(strict("ABC", 2, (7, "ABC"), (4, "BCA"), (3, "CA")), rule)


def test_every_rule_says_what_each_mark_means() -> None:
    assert len(PRESETS) == 14
    for _name, rule in PRESETS.items():
        assert rule.version == 1
        assert all((rule.title, rule.source, rule.unranked, rule.equal, rule.duplicates, rule.skipped, rule.ties))


@pytest.mark.parametrize(
    ("make", "where"),
    [
        (lambda: Profile.ranked((), 1, []), "candidates"),
        (lambda: Profile.ranked(ABC, 0, []), "seats"),
        (lambda: Profile.ranked(ABC, 1, [((4,), 1)]), "ballots"),
        (lambda: Profile.ranked(ABC, 1, [((1,), -1)]), "ballots"),
        (lambda: Profile.ranked(ABC, 1, [], withdrawn=[4]), "withdrawn"),
        (lambda: Profile.ranked(ABC, 1, [], tie_order=[1]), "tie order"),
        (lambda: Profile.ranked(ABC, 1, [], ids=["a"]), "ids"),
        (lambda: Profile.scored(ABC, 1, [((9, 0, 0), 1)]), "ballots"),
        (lambda: count(NINE, "first past the post"), "rule"),
        (lambda: count(NINE, "irv", seats=0), "seats"),
        (lambda: Lot.of_hex("xyz"), "seed"),
    ],
)
def test_what_makes_no_sense_is_refused(make: object, where: str) -> None:
    with pytest.raises(UserError) as raised:
        make()  # type: ignore[operator]  # each is a function without arguments
    assert raised.value.where == where


def test_a_profile_does_not_change() -> None:
    with pytest.raises(AttributeError):
        NINE.seats = 3
    assert NINE.but(seats=3) != NINE
    assert len({NINE, NINE.but(seats=1)}) == 1
