"""Meek's method as the reference rule of the PR Foundation is written: ballot by ballot, rank by rank.

Votes, weights, keep factors and quota are whole numbers of 0.000000001.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from quorate.decisions.counting.chances import EXCLUSION, Chance
from quorate.decisions.counting.outcome import BY_LOT, Record, Stage, Tie
from quorate.decisions.counting.presets import Preset
from quorate.decisions.counting.profile import Profile, Ranking

ONE = 10**9
OMEGA = 10**3


def count(profile: Profile, rule: Preset, seats: int, chance: Chance, record: Record) -> None:
    """Count ``profile`` by Meek's method, writing into ``record``."""
    ballots = [(ranks, weight) for ranking, weight in profile.rankings if (ranks := _ranks(ranking, profile.withdrawn))]
    record.valid = sum(weight for _ranks, weight in ballots)
    keep = {number: 0 if number in profile.withdrawn else ONE for number in profile.numbers}
    hopeful, elected = list(profile.standing), record.elected
    votes, left = _distribute(ballots, keep)
    quota = sum(votes.values()) // (seats + 1) + 1
    # B.1: the count is complete, or a round begins.
    while len(elected) < seats and len(elected) + len(hopeful) > seats:
        before: int | None = None
        while True:
            votes, left = _distribute(ballots, keep)
            quota = sum(votes.values()) // (seats + 1) + 1
            winners = _by_votes([number for number in hopeful if votes[number] >= quota], votes)
            elected += winners
            hopeful = [number for number in hopeful if number not in winners]
            surplus = max(0, sum(votes[number] - quota for number in elected))
            if winners or surplus < OMEGA or (before is not None and surplus >= before):
                break
            before = surplus
            for number in elected:
                keep[number] = min(ONE, _up(_up(keep[number] * quota, ONE) * ONE, votes[number]))
        record.stages.append(_stage(profile, votes, left, quota, winners))
        if not winners:
            lowest = _lowest(hopeful, votes, surplus, seats - len(elected), chance, record)
            hopeful.remove(lowest)
            keep[lowest] = 0
            record.stages[-1] = replace(record.stages[-1], excluded=(lowest,))
    if not record.stages:
        record.stages.append(_stage(profile, votes, left, quota, []))
    if len(elected) < seats and hopeful:
        rest = _by_votes(hopeful, votes)
        elected += rest
        record.stages[-1] = replace(record.stages[-1], elected=(*record.stages[-1].elected, *rest))
    record.quota = Fraction(quota, ONE)


def _ranks(ranking: Ranking, withdrawn: frozenset[int]) -> tuple[tuple[int, ...], ...]:
    """The ranks without the withdrawn, the repeated and the empty."""
    seen = set(withdrawn)
    ranks = []
    for rank in ranking:
        here = tuple(number for number in dict.fromkeys(rank) if number not in seen)
        seen.update(here)
        if here:
            ranks.append(here)
    return tuple(ranks)


def _distribute(
    ballots: list[tuple[tuple[tuple[int, ...], ...], int]], keep: dict[int, int]
) -> tuple[dict[int, int], int]:
    """Pass the weight of every ballot down its ranks; what nobody keeps is left over."""
    votes = dict.fromkeys(keep, 0)
    left = 0
    for ranks, weight in ballots:
        passing = ONE
        for rank in ranks:
            sharers = [number for number in rank if keep[number]]
            if not sharers:
                continue
            share = passing // len(sharers)
            left += (passing - share * len(sharers)) * weight
            passing = 0
            for number in sharers:
                kept = _up(share * keep[number], ONE)
                votes[number] += kept * weight
                passing += share - kept
            if not passing:
                break
        left += passing * weight
    return votes, left


def _up(number: int, by: int) -> int:
    """The quotient, rounded up."""
    return -(-number // by)


def _by_votes(numbers: list[int], votes: dict[int, int]) -> list[int]:
    return sorted(numbers, key=lambda number: (-votes[number], number))


def _lowest(
    hopeful: list[int], votes: dict[int, int], surplus: int, places: int, chance: Chance, record: Record
) -> int:
    least = min(votes[number] for number in hopeful)
    tied = tuple(number for number in sorted(hopeful) if votes[number] <= least + surplus)
    if len(tied) == 1:
        return tied[0]
    empty = all(votes[number] == 0 for number in tied) and len(hopeful) - len(tied) >= places
    chosen = chance.pick(len(record.stages), EXCLUSION, tied, harmless=empty)
    record.ties.append(Tie(len(record.stages), EXCLUSION, tied, BY_LOT, (chosen,)))
    return chosen


def _stage(profile: Profile, votes: dict[int, int], left: int, quota: int, winners: list[int]) -> Stage:
    return Stage(
        "round",
        (),
        tuple(Fraction(votes[number], ONE) for number in profile.numbers),
        Fraction(left, ONE),
        tuple(winners),
        (),
        Fraction(quota, ONE),
    )
