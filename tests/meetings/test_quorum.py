"""The rules of the roll: seats and never heads, whoever comes and goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.decisions.rules import Quorum
from quorate.kernel.errors import UserError
from quorate.registers.meetings.quorum import BARE_MAJORITY, Presence, as_rule, live, needed, represented, standings

START = datetime(2026, 8, 11, 14, tzinfo=UTC)
times = st.integers(0, 60).map(lambda minutes: START + timedelta(minutes=minutes))
presence = st.builds(
    Presence,
    seat=st.integers(0, 6),
    role=st.sampled_from(["representative", "alternate"]),
    start=st.none() | times,
    until=st.none() | times,
)
presences = st.lists(presence, max_size=20)
SEATS = range(5)


@given(presences, times)
def test_there_are_never_more_represented_than_seats_nor_than_heads(given_: list[Presence[int]], at: datetime) -> None:
    lines = standings(SEATS, given_, at)
    heads = sum(1 for each in given_ if each.covers(at))
    assert represented(lines) <= min(len(SEATS), heads)
    assert [line.seat for line in lines] == list(SEATS)


@given(presences, times)
def test_an_alternate_speaks_only_while_the_representative_is_away(given_: list[Presence[int]], at: datetime) -> None:
    for line in standings(SEATS, given_, at):
        assert line.stands_in == (line.present == {"alternate"})
        assert line.beside == (len(line.present) == 2)
        assert (line.speaks is None) == (not line.present)


@given(presences, st.randoms(use_true_random=False), times)
def test_the_order_in_which_people_came_changes_nothing(
    given_: list[Presence[int]], random: object, at: datetime
) -> None:
    mixed = list(given_)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert standings(SEATS, mixed, at) == standings(SEATS, given_, at)


@given(presences, st.integers(0, 4), times)
def test_an_alternate_who_sits_down_beside_adds_no_seat(given_: list[Presence[int]], seat: int, at: datetime) -> None:
    there = [*given_, Presence(seat, "representative")]
    more = [*there, Presence(seat, "alternate")]
    assert represented(standings(SEATS, more, at)) == represented(standings(SEATS, there, at))


@given(presences, presence, times)
def test_who_comes_never_breaks_a_quorum(given_: list[Presence[int]], comes: Presence[int], at: datetime) -> None:
    before, after = (live(BARE_MAJORITY, standings(SEATS, each, at)) for each in (given_, [*given_, comes]))
    assert after.represented >= before.represented
    assert after.met or not before.met
    assert after.missing == max(0, after.needed - after.represented)


@given(st.integers(1, 200), st.fractions(0, 1, max_denominator=12), st.booleans())
def test_needed_is_the_least_that_clears_the_bar(seats: int, share: Fraction, strict: bool) -> None:
    least = needed(Quorum(fraction=share, strict=strict), seats)
    clears = (lambda n: n > share * seats) if strict else (lambda n: n >= share * seats)
    assert clears(least)
    assert least == 0 or not clears(least - 1)


def test_it_is_asked_at_each_decision() -> None:
    """The representative leaves at a quarter past, and only from then on the alternate counts."""
    quarter = START + timedelta(minutes=15)
    there = [
        Presence("beacon", "representative", START, quarter),
        Presence("beacon", "alternate", START),
        Presence("harbour", "representative", START, quarter),
    ]
    before = standings(["beacon", "harbour"], there, START)
    after = standings(["beacon", "harbour"], there, quarter)
    assert [line.speaks for line in before] == ["representative", "representative"]
    assert [line.speaks for line in after] == ["alternate", None]
    assert [live(BARE_MAJORITY, lines).met for lines in (before, after)] == [True, False]


def test_rules_as_meetings_keep_them() -> None:
    assert needed(as_rule({}), 21) == 11
    assert needed(as_rule({"count": 12}), 21) == 12
    assert needed(as_rule({"count": 12, "strict": True}), 21) == 13
    assert needed(as_rule({"fraction": "1/2"}), 21) == 11
    assert needed(as_rule({"fraction": "2/3"}), 21) == 14
    with pytest.raises(UserError):
        needed(Quorum(fraction=Fraction(1, 2), of="represented"), 21)
