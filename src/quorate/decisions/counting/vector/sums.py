"""Approval, score, plurality and STAR with one matrix of points. [ballots, candidates]"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from quorate.decisions.counting.arrays import Integers, np
from quorate.decisions.counting.chances import FINALIST, RUNOFF, Chance
from quorate.decisions.counting.constraints import doomed_words
from quorate.decisions.counting.outcome import BY_LOT, Record, Stage, Tie
from quorate.decisions.counting.presets import Preset
from quorate.decisions.counting.profile import STARS, Profile
from quorate.decisions.counting.vector.packing import Packed, summed
from quorate.decisions.counting.vector.seatable import Seatable, gate
from quorate.decisions.counting.vector.seating import seat


def count(profile: Profile, rule: Preset, seats: int, chance: Chance, record: Record, packed: Packed) -> None:
    """Count by approvals, scores or first preferences."""
    size = len(profile.candidates) + 1
    if rule.name == "plurality":
        first = (packed.ranks == 1).sum(axis=1) == 1
        sums = summed(packed.order[:, 0].astype(np.int64), packed.weights, size)
        if len(packed.ranks):
            sums += summed((packed.ranks[first] == 1).argmax(axis=1), packed.shared[first], size)
        record.valid = int(packed.weights.sum()) + int(packed.shared[first].sum())
        kind = "votes"
    else:
        points, weights = pointed(profile, rule, packed)
        sums = (points * weights[:, None]).sum(axis=0, dtype=np.int64)
        record.valid = int(weights.sum())
        kind = "approvals" if rule.name == "approval" else "scores"
    record.stages.append(Stage(kind, (), tuple(Fraction(total) for total in sums[1:].tolist()), Fraction(0)))
    standing = np.array(profile.standing, dtype=np.int64)
    theirs = sums[standing]
    seat(standing, theirs[:, None] > theirs[None, :], theirs, seats, chance, record, profile)


def pointed(profile: Profile, rule: Preset, packed: Packed) -> tuple[Integers, Integers]:
    """Points of every valid ballot for every candidate (column 0 unused), and the ballots' weights."""
    size = len(profile.candidates) + 1
    if profile.is_scored:
        said = np.zeros((len(profile.scores), size), dtype=bool)
        points = np.zeros((len(profile.scores), size), dtype=np.int64)
        if len(profile.scores):
            said[:, 1:] = [[score is not None for score in scores] for scores, _weight in profile.scores]
            points[:, 1:] = [[score or 0 for score in scores] for scores, _weight in profile.scores]
        gone = list(profile.withdrawn)
        said[:, gone] = False
        points[:, gone] = 0
        weights = np.array([weight for _scores, weight in profile.scores], dtype=np.int64)
        if rule.name == "approval":
            points = (said & (points > (profile.scale or STARS)[0])).astype(np.int64)
        valid = said.any(axis=1)
        return points[valid], weights[valid]
    places = np.zeros((len(packed.order), size), dtype=np.int64)
    for column in reversed(range(packed.order.shape[1])):
        places[np.arange(len(places)), packed.order[:, column]] = column + 1
    places[:, 0] = 0
    places = np.concatenate((places, packed.ranks))
    weights = np.concatenate((packed.weights, packed.shared))
    if rule.name == "approval":
        return (places > 0).astype(np.int64), weights
    return np.where(places > 0, np.maximum(0, STARS[1] + 1 - places), 0), weights


def star(profile: Profile, rule: Preset, seats: int, chance: Chance, record: Record, packed: Packed) -> None:
    """Count by STAR, one seat after the other."""
    points, weights = pointed(profile, rule, packed)
    record.valid = int(weights.sum())
    sums = (points * weights[:, None]).sum(axis=0, dtype=np.int64)
    top = (profile.scale or STARS)[1] if profile.is_scored else STARS[1]
    fives = ((points == top) * weights[:, None]).sum(axis=0, dtype=np.int64)
    size = len(profile.candidates) + 1
    prefer = np.zeros((size, size), dtype=np.int64)
    for one in profile.standing:
        prefer[one] = ((points[:, one, None] > points) * weights[:, None]).sum(axis=0, dtype=np.int64)
    open_ = np.zeros(size, dtype=bool)
    open_[list(profile.standing)] = True
    limits = gate(profile, seats, record)
    while open_.any() and len(record.elected) < (seats if limits is None else limits.places):
        shut, notes = _shut(limits, profile, record.elected, np.flatnonzero(open_).tolist())
        open_[shut] = False
        record.stages.append(_shown("scores", (), np.where(open_, sums, 0), 0))
        record.stages[-1] = replace(record.stages[-1], excluded=tuple(shut), notes=notes)
        numbers = np.flatnonzero(open_)
        if len(numbers) == 1:
            winner = int(numbers[0])
        else:
            winner = _runoff(
                _finalists(numbers, sums, fives, prefer, chance, record), sums, fives, prefer, chance, record
            )
        record.elected.append(winner)
        record.stages[-1] = replace(record.stages[-1], elected=(winner,))
        open_[winner] = False


def _shut(
    limits: Seatable | None, profile: Profile, elected: list[int], undecided: list[int]
) -> tuple[list[int], tuple[str, ...]]:
    """Who can no longer be seated, and a sentence for each."""
    if limits is None or profile.constraints is None:
        return [], ()
    found = limits.doomed(elected, undecided, undecided)
    return found, doomed_words(profile.constraints.rules, elected, profile.candidates, found)


def _shown(kind: str, subjects: tuple[int, ...], totals: Integers, rest: int) -> Stage:
    return Stage(kind, subjects, tuple(Fraction(total) for total in totals[1:].tolist()), Fraction(rest))


def _finalists(
    numbers: Integers, sums: Integers, fives: Integers, prefer: Integers, chance: Chance, record: Record
) -> tuple[int, int]:
    """The two of the runoff, out of two candidates or more."""
    cut = np.sort(sums[numbers])[-2]
    chosen = numbers[sums[numbers] > cut].tolist()
    tied = numbers[sums[numbers] == cut]
    stage = len(record.stages)
    while len(chosen) < 2:
        free = 2 - len(chosen)
        if len(tied) <= free:
            chosen += tied.tolist()
            break
        everyone = tuple(tied.tolist())
        lost = (prefer[np.ix_(tied, tied)] < prefer[np.ix_(tied, tied)].T).sum(axis=1)
        for how, key in (("head to head", lost), ("top scores", -fives[tied])):
            if (key != key[0]).any():
                # The place up to which everybody of a level still fits.
                ranked = np.sort(key)
                full = key < ranked[free] if ranked[free - 1] == ranked[free] else key <= ranked[free - 1]
                record.ties.append(Tie(stage, FINALIST, everyone, how, tuple(tied[full].tolist())))
                chosen += tied[full].tolist()
                tied = tied[key == ranked[free]]
                break
        else:
            picked = chance.pick(stage, FINALIST, everyone)
            record.ties.append(Tie(stage, FINALIST, everyone, BY_LOT, (picked,)))
            chosen.append(picked)
            tied = tied[tied != picked]
    first, second = sorted(chosen)
    return first, second


def _runoff(
    finalists: tuple[int, int], sums: Integers, fives: Integers, prefer: Integers, chance: Chance, record: Record
) -> int:
    one, other = finalists
    first, second = int(prefer[one, other]), int(prefer[other, one])
    totals = np.zeros(len(sums), dtype=np.int64)
    totals[one], totals[other] = first, second
    record.stages.append(_shown("runoff", finalists, totals, record.valid - first - second))
    if first != second:
        return one if first > second else other
    stage = len(record.stages)
    for how, key in (("score", sums), ("top scores", fives)):
        if key[one] != key[other]:
            better = one if key[one] > key[other] else other
            record.ties.append(Tie(stage, RUNOFF, finalists, how, (better,)))
            return better
    picked = chance.pick(stage, RUNOFF, finalists)
    record.ties.append(Tie(stage, RUNOFF, finalists, BY_LOT, (picked,)))
    return picked
