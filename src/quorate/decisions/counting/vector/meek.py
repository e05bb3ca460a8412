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
from quorate.decisions.counting.chances import EXCLUSION, SEAT, Chance
from quorate.decisions.counting.constraints import doomed_words, guarded_words
from quorate.decisions.counting.outcome import BY_LOT, Record, Stage, Tie
from quorate.decisions.counting.presets import Preset
from quorate.decisions.counting.profile import Profile
from quorate.decisions.counting.vector.packing import Packed, TooLarge, summed
from quorate.decisions.counting.vector.seatable import Seatable, gate

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
        self.limits = gate(profile, seats, record)
        self.fill = seats if self.limits is None else self.limits.places
        self.laws = profile.constraints.rules if profile.constraints is not None else ()
        self.names = profile.candidates
        self.words: tuple[str, ...] = ()

    def run(self) -> None:
        while not self.complete():
            winners, surplus = self.round()
            self.stage(winners)
            barred = self.barred() if len(self.record.elected) < self.fill else []
            if barred:
                self.note(doomed_words(self.laws, self.record.elected, self.names, barred))
                self.leave(barred)
            elif not winners:
                self.exclude(surplus)
        if not self.record.stages:
            self.share_out(tree(self.packed, self.status))
            self.stage([])
        hopeful = np.flatnonzero(self.status == HOPEFUL)
        if len(self.record.elected) < self.fill and len(hopeful):
            barred = self.barred()
            rest = [number for number in self.sorted(hopeful) if number not in barred]
            self.note(doomed_words(self.laws, self.record.elected, self.names, barred))
            self.record.elected += rest
            last = self.record.stages[-1]
            self.record.stages[-1] = replace(last, elected=(*last.elected, *rest))
        self.record.quota = Fraction(self.quota, SCALE)

    def complete(self) -> bool:
        seated = len(self.record.elected)
        if seated >= self.fill:
            return True
        return seated + int((self.status == HOPEFUL).sum()) - len(self.barred()) <= self.fill

    def barred(self) -> list[int]:
        """The hopeful who cannot be seated beside those elected."""
        if self.limits is None:
            return []
        hopeful = np.flatnonzero(self.status == HOPEFUL).tolist()
        return self.limits.doomed(self.record.elected, hopeful, hopeful)

    def round(self) -> tuple[list[int], int]:
        """Iterate until somebody has the quota or the surplus no longer shrinks."""
        levels = tree(self.packed, self.status)
        last = None
        while True:
            self.share_out(levels)
            hopeful = np.flatnonzero(self.status == HOPEFUL)
            reached = hopeful[self.votes[hopeful] >= self.quota]
            winners = self.sorted(reached) if self.limits is None else self.admitted(self.sorted(reached), self.limits)
            self.status[winners] = SEATED
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

    def admitted(self, line: list[int], limits: Seatable) -> list[int]:
        """Those who have the quota and room under the constraints, highest first."""
        stage = len(self.record.stages) + 1
        winners: list[int] = []
        self.words = ()
        undecided = set(np.flatnonzero(self.status == HOPEFUL).tolist())
        while line:
            elected = [*self.record.elected, *winners]
            barred = limits.doomed(elected, undecided, line)
            self.words += doomed_words(self.laws, elected, self.names, barred)
            line = [number for number in line if number not in barred]
            level = [number for number in line if self.votes[number] == self.votes[line[0]]]
            if len(level) > 1 and not limits.possible([*elected, *level], undecided.difference(level)):
                picked = self.chance.pick(stage, SEAT, tuple(sorted(level)))
                self.record.ties.append(Tie(stage, SEAT, tuple(sorted(level)), BY_LOT, (picked,)))
                level = [picked]
            winners += level
            undecided.difference_update(level)
            line = [number for number in line if number not in level]
        return winners

    def note(self, words: tuple[str, ...]) -> None:
        last = self.record.stages[-1]
        self.record.stages[-1] = replace(last, notes=tuple(dict.fromkeys((*last.notes, *words))))

    def leave(self, out: list[int]) -> None:
        self.status[out] = OUT
        self.keep[out] = 0
        self.record.stages[-1] = replace(self.record.stages[-1], excluded=tuple(out))

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
        loose = hopeful
        if self.limits is not None:
            guarded = self.limits.guarded(self.record.elected, hopeful.tolist())
            loose = hopeful[~np.isin(hopeful, guarded)]
            kept = [number for number in guarded if self.votes[number] <= self.votes[loose].min()]
            self.note(guarded_words(self.laws, self.record.elected, self.names, kept))
        votes = self.votes[loose]
        tied = tuple(loose[votes <= votes.min() + surplus].tolist())
        out = tied[0]
        if len(tied) > 1:
            none = not self.votes[list(tied)].any()
            free = self.fill - len(self.record.elected)
            harmless = none and len(hopeful) - len(tied) >= free and self.limits is None
            stage = len(self.record.stages)
            out = self.chance.pick(stage, EXCLUSION, tied, harmless=harmless)
            self.record.ties.append(Tie(stage, EXCLUSION, tied, BY_LOT, (out,)))
        self.leave([out])

    def stage(self, winners: list[int]) -> None:
        left = self.record.valid * SCALE - int(self.votes.sum())
        totals = tuple(Fraction(votes, SCALE) for votes in self.votes[1:].tolist())
        quota = Fraction(self.quota, SCALE)
        lost = Fraction(left, SCALE)
        self.record.stages.append(Stage("round", (), totals, lost, tuple(winners), (), quota, None, self.words))

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
