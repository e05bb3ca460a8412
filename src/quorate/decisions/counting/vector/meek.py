"""Meek's method over a tree of the ways that ballots take, which is small however many ballots there are.

A ballot's weight changes only at elected candidates and ends at the first hopeful one, who keeps all of it. So
between two changes of status all ballots with the same elected candidates in the same order before the same hopeful
one take the same way. The tree of these ways is built with arrays once a round; an iteration then goes down its
levels instead of down the ballots. Ballots with equal ranks, which split, are counted as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from quorate.decisions.counting.arrays import Integers, Status, np
from quorate.decisions.counting.chances import EXCLUSION, Chance
from quorate.decisions.counting.outcome import BY_LOT, Record, Stage, Tie
from quorate.decisions.counting.presets import Preset
from quorate.decisions.counting.profile import Profile
from quorate.decisions.counting.vector.packing import Packed, TooLarge, summed

SCALE = 1_000_000_000
LEAST_SURPLUS = 1_000
OUT, HOPEFUL, SEATED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Level:
    """The nodes at one depth: whom they stand for, which node above leads to them, how many ballots pass."""

    candidate: Integers
    above: Integers
    ballots: Integers


def count(profile: Profile, rule: Preset, seats: int, chance: Chance, record: Record, packed: Packed) -> None:
    """Count ``packed`` (of ``profile``, with equal ranks kept) by Meek's method."""
    record.valid = packed.valid
    if packed.valid * SCALE >= 2**62:
        raise TooLarge
    _Meek(profile, packed, seats, chance, record).run()


class _Meek:
    def __init__(self, profile: Profile, packed: Packed, seats: int, chance: Chance, record: Record) -> None:
        self.packed, self.seats, self.chance, self.record = packed, seats, chance, record
        self.size = len(profile.candidates) + 1
        self.status: Status = np.zeros(self.size, dtype=np.int8)
        self.status[list(profile.standing)] = HOPEFUL
        self.keep: Integers = np.where(self.status == HOPEFUL, SCALE, 0).astype(np.int64)
        self.votes: Integers = np.zeros(self.size, dtype=np.int64)
        self.quota = 0

    def run(self) -> None:
        while not self.complete():
            winners, surplus = self.round()
            self.stage(winners)
            if not winners:
                self.exclude(surplus)
        if not self.record.stages:
            self.share_out(tree(self.packed, self.status))
            self.stage([])
        rest = self.sorted(np.flatnonzero(self.status == HOPEFUL))
        if len(self.record.elected) < self.seats and rest:
            self.record.elected += rest
            last = self.record.stages[-1]
            self.record.stages[-1] = replace(last, elected=(*last.elected, *rest))
        self.record.quota = Fraction(self.quota, SCALE)

    def complete(self) -> bool:
        seated = len(self.record.elected)
        return seated >= self.seats or seated + int((self.status == HOPEFUL).sum()) <= self.seats

    def round(self) -> tuple[list[int], int]:
        """Iterate until somebody has the quota or the surplus no longer shrinks."""
        levels = tree(self.packed, self.status)
        last = None
        while True:
            self.share_out(levels)
            hopeful = np.flatnonzero(self.status == HOPEFUL)
            reached = hopeful[self.votes[hopeful] >= self.quota]
            winners = self.sorted(reached)
            self.status[reached] = SEATED
            self.record.elected += winners
            seated = np.flatnonzero(self.status == SEATED)
            surplus = max(0, int((self.votes[seated] - self.quota).sum()))
            if winners or surplus < LEAST_SURPLUS or (last is not None and surplus >= last):
                return winners, surplus
            last = surplus
            for number in seated.tolist():
                # Whole numbers of Python: the product need not fit into 64 bits.
                kept = (int(self.keep[number]) * self.quota + SCALE - 1) // SCALE
                votes = int(self.votes[number])
                self.keep[number] = min(SCALE, (kept * SCALE + votes - 1) // votes)

    def share_out(self, levels: list[Level]) -> None:
        """One distribution of all ballots with the present keep factors, and the quota from it."""
        votes = np.zeros(self.size, dtype=np.int64)
        passing: Integers = np.array([SCALE], dtype=np.int64)
        for level in levels:
            arriving = passing[level.above]
            kept = (arriving * self.keep[level.candidate] + (SCALE - 1)) // SCALE
            votes += summed(level.candidate, kept * level.ballots, self.size)
            passing = arriving - kept
        if len(self.packed.ranks):
            votes += self.shared()
        self.votes = votes
        self.quota = int(votes.sum()) // (self.seats + 1) + 1

    def shared(self) -> Integers:
        """The votes out of ballots with equal ranks."""
        ranks, weights = self.packed.ranks, self.packed.shared
        votes = np.zeros(self.size, dtype=np.int64)
        passing = np.full(len(ranks), SCALE, dtype=np.int64)
        for rank in range(1, int(ranks.max()) + 1):
            member = (ranks == rank) & (self.keep > 0)
            sharers = member.sum(axis=1)
            here = np.flatnonzero(sharers)
            if not len(here):
                continue
            share = passing[here] // sharers[here]
            kept = np.where(member[here], (share[:, None] * self.keep[None, :] + (SCALE - 1)) // SCALE, 0)
            votes += (kept * weights[here, None]).sum(axis=0)
            passing[here] = share * sharers[here] - kept.sum(axis=1)
        return votes

    def exclude(self, surplus: int) -> None:
        hopeful = np.flatnonzero(self.status == HOPEFUL)
        votes = self.votes[hopeful]
        tied = tuple(hopeful[votes <= votes.min() + surplus].tolist())
        out = tied[0]
        if len(tied) > 1:
            none = not self.votes[list(tied)].any()
            harmless = none and len(hopeful) - len(tied) >= self.seats - len(self.record.elected)
            stage = len(self.record.stages)
            out = self.chance.pick(stage, EXCLUSION, tied, harmless=harmless)
            self.record.ties.append(Tie(stage, EXCLUSION, tied, BY_LOT, (out,)))
        self.status[out] = OUT
        self.keep[out] = 0
        self.record.stages[-1] = replace(self.record.stages[-1], excluded=(out,))

    def stage(self, winners: list[int]) -> None:
        left = self.record.valid * SCALE - int(self.votes.sum())
        totals = tuple(Fraction(votes, SCALE) for votes in self.votes[1:].tolist())
        quota = Fraction(self.quota, SCALE)
        self.record.stages.append(Stage("round", (), totals, Fraction(left, SCALE), tuple(winners), (), quota))

    def sorted(self, numbers: Integers) -> list[int]:
        return [int(number) for number in numbers[np.lexsort((numbers, -self.votes[numbers]))]]


def tree(packed: Packed, status: Status) -> list[Level]:
    """The ways that strict ballots take while nobody's status changes, level by level."""
    levels: list[Level] = []
    size = len(status)
    column = np.zeros(len(packed.order), dtype=np.int64)
    rows = np.arange(len(packed.order))
    node = np.zeros(len(packed.order), dtype=np.int64)
    nodes = 1
    passable = status == OUT
    passable[0] = False
    while len(rows):
        found = packed.order[rows, column].astype(np.int64)
        skip = np.flatnonzero(passable[found])
        while len(skip):
            column[skip] += 1
            found[skip] = packed.order[rows[skip], column[skip]]
            skip = skip[passable[found[skip]]]
        going = found > 0
        rows, column, node, found = rows[going], column[going], node[going], found[going]
        if not len(rows):
            break
        key = node * size + found
        ballots = summed(key, packed.weights[rows], nodes * size)
        there = np.flatnonzero(np.bincount(key, minlength=nodes * size))
        number = np.zeros(nodes * size, dtype=np.int64)
        number[there] = np.arange(len(there))
        levels.append(Level(there % size, there // size, ballots[there]))
        further = np.flatnonzero(status[found] == SEATED)
        rows, column, node = rows[further], column[further] + 1, number[key[further]]
        nodes = len(there)
    return levels
