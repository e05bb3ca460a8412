"""Seats out of an order in which candidates may be equal, with the order as a matrix."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from quorate.decisions.counting.arrays import Integers, Relation, np
from quorate.decisions.counting.chances import SEAT, Chance
from quorate.decisions.counting.constraints import doomed_words
from quorate.decisions.counting.outcome import BY_LOT, UNRESOLVED, Record, Tie
from quorate.decisions.counting.profile import Profile
from quorate.decisions.counting.vector.seatable import Seatable, gate


def seat(
    standing: Integers,
    above: Relation,
    points: Integers,
    seats: int,
    chance: Chance,
    record: Record,
    profile: Profile,
) -> None:
    """Fill ``seats`` from the top of a strict partial order; ``above[i, j]``: ``standing[i]`` is above ``standing[j]``."""
    limits = gate(profile, seats, record)
    if limits is not None:
        _limited(limits, standing, above, points, chance, record, profile)
        return
    stage = len(record.stages)
    here = np.ones(len(standing), dtype=bool)
    taken: list[int] = []
    while here.any() and len(taken) < seats:
        free = seats - len(taken)
        among = above & here[:, None] & here[None, :]
        overtaken, overtakes = among.sum(axis=0), among.sum(axis=1)
        top = here & (overtaken == 0)
        sure = here & (here.sum() - overtakes <= free)
        if not (top & ~sure).any():
            taken += _sorted(standing, points, top)
            here &= ~top
        elif chance.settles:
            tied = tuple(sorted(standing[top].tolist()))
            chosen = chance.pick(stage, SEAT, tied)
            record.ties.append(Tie(stage, SEAT, tied, BY_LOT, (chosen,)))
            taken.append(chosen)
            here &= standing != chosen
        else:
            taken += _sorted(standing, points, sure)
            record.unresolved = sorted(standing[here & (overtaken < free) & ~sure].tolist())
            record.ties.append(Tie(stage, SEAT, tuple(record.unresolved), UNRESOLVED))
            break
    record.elected += taken
    record.stages[-1] = replace(record.stages[-1], elected=tuple(taken))


def _sorted(standing: Integers, points: Integers, chosen: Any) -> list[int]:
    numbers, theirs = standing[chosen], points[chosen]
    return [int(number) for number in numbers[np.lexsort((numbers, -theirs))]]


def _limited(
    limits: Seatable,
    standing: Integers,
    above: Relation,
    points: Integers,
    chance: Chance,
    record: Record,
    profile: Profile,
) -> None:
    """The same, without those whom constraints no longer admit, which is asked again before each seat."""
    assert profile.constraints is not None  # they are what limits
    stage = len(record.stages)
    here = np.ones(len(standing), dtype=bool)
    taken: list[int] = []
    barred: list[int] = []
    notes: list[str] = []
    while len(taken) < limits.places:
        undecided = standing[here].tolist()
        fresh = limits.doomed(taken, undecided, undecided)
        notes += doomed_words(profile.constraints.rules, taken, profile.candidates, fresh)
        barred += fresh
        here &= ~np.isin(standing, fresh)
        top = here & ~(above & here[:, None]).any(axis=0)
        level = standing[top].tolist()
        if len(level) > 1:
            below = here & ~top
            apart = bool(above[np.ix_(top, below)].all())
            if not apart or not limits.possible([*taken, *level], standing[below].tolist()):
                picked = chance.pick(stage, SEAT, tuple(level))
                record.ties.append(Tie(stage, SEAT, tuple(level), BY_LOT, (picked,)))
                top = standing == picked
        taken += _sorted(standing, points, top)
        here &= ~top
    record.elected += taken
    last = record.stages[-1]
    record.stages[-1] = replace(last, elected=tuple(taken), excluded=tuple(barred), notes=tuple(notes))
