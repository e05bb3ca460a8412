"""Counted by two counters that share no code, with ballots made up for the purpose."""

from __future__ import annotations

from quorate.decisions.counting import Lot, Profile, agreed


def test_a_perfect_tie_is_reported_and_a_lot_settles_it() -> None:
    profile = Profile.ranked(("Anna", "Bela"), 1, [((1,), 3), ((2,), 3)])
    count = agreed(profile, "scottish-stv")
    assert (count.elected, count.unresolved, count.is_decided) == ((), (1, 2), False)
    assert [(tie.kind, tie.candidates, tie.how) for tie in count.ties] == [("exclusion", (1, 2), "unresolved")]
    drawn = agreed(profile, "scottish-stv", lot=Lot(b"a seed"))
    assert len(drawn.elected) == 1
    assert drawn.ties[0].how == "lot"
