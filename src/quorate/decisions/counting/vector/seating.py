"""Seats out of an order in which candidates may be equal, with the order as a matrix."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from quorate.decisions.counting.arrays import Integers, NDArray, np
from quorate.decisions.counting.chances import SEAT, Chance
from quorate.decisions.counting.outcome import BY_LOT, UNRESOLVED, Record, Tie


def seat(
    standing: Integers, above: NDArray[np.bool_], points: Integers, seats: int, chance: Chance, record: Record
) -> None:
    """Fill ``seats`` from the top of a strict partial order; ``above[i, j]``: ``standing[i]`` is above ``standing[j]``."""
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
