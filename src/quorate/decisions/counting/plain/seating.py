"""Seats out of an order in which candidates may be equal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from quorate.decisions.counting.chances import SEAT, Chance
from quorate.decisions.counting.constraints import doomed_words
from quorate.decisions.counting.outcome import BY_LOT, UNRESOLVED, Record, Tie
from quorate.decisions.counting.plain.seatable import Seatable, seatable
from quorate.decisions.counting.profile import Profile


def seat(
    standing: tuple[int, ...],
    above: set[tuple[int, int]],
    points: Mapping[int, int],
    seats: int,
    chance: Chance,
    record: Record,
    profile: Profile,
) -> None:
    """Seat one after the other of those whom nobody left is above; equal ones by chance, or not at all.

    ``above`` is a strict order, perhaps a partial one; ``points`` only sort those who are seated together.
    """
    gate = seatable(profile, seats, record)
    if gate is not None:
        _within(gate, profile, above, points, chance, record)
        return
    stage = len(record.stages)
    left = list(standing)
    taken: list[int] = []
    while left and len(taken) < seats:
        free = seats - len(taken)
        top = [one for one in left if not any((other, one) in above for other in left)]
        sure = [one for one in left if len(left) - sum((one, other) in above for other in left) <= free]
        if set(top) <= set(sure):
            top.sort(key=lambda number: (-points[number], number))
            taken += top
            left = [number for number in left if number not in top]
        elif chance.settles:
            chosen = chance.pick(stage, SEAT, tuple(top))
            record.ties.append(Tie(stage, SEAT, tuple(top), BY_LOT, (chosen,)))
            taken.append(chosen)
            left.remove(chosen)
        else:
            sure.sort(key=lambda number: (-points[number], number))
            taken += sure
            possible = [one for one in left if sum((other, one) in above for other in left) < free]
            record.unresolved = sorted(set(possible) - set(sure))
            record.ties.append(Tie(stage, SEAT, tuple(record.unresolved), UNRESOLVED))
            break
    record.elected += taken
    record.stages[-1] = replace(record.stages[-1], elected=tuple(taken))


def _within(
    gate: Seatable,
    profile: Profile,
    above: set[tuple[int, int]],
    points: Mapping[int, int],
    chance: Chance,
    record: Record,
) -> None:
    """The same order, from which whoever can no longer be seated is left out before each seat."""
    stage = len(record.stages)
    left = list(profile.standing)
    taken: list[int] = []
    shut: list[int] = []
    words: tuple[str, ...] = ()
    rules = profile.constraints.rules if profile.constraints else ()
    while len(taken) < gate.places:
        out = gate.doomed(taken, left, left)
        words += doomed_words(rules, taken, profile.candidates, out)
        shut += out
        left = [one for one in left if one not in out]
        top = [one for one in left if not any((other, one) in above for other in left)]
        rest = [one for one in left if one not in top]
        clear = all((one, other) in above for one in top for other in rest)
        if len(top) > 1 and not (clear and gate.possible(taken + top, rest)):
            chosen = chance.pick(stage, SEAT, tuple(top))
            record.ties.append(Tie(stage, SEAT, tuple(top), BY_LOT, (chosen,)))
            top = [chosen]
        top.sort(key=lambda number: (-points[number], number))
        taken += top
        left = [one for one in left if one not in top]
    record.elected += taken
    record.stages[-1] = replace(record.stages[-1], elected=tuple(taken), excluded=tuple(shut), notes=words)
