"""Meek's method as the reference rule of the PR Foundation is written: ballot by ballot, rank by rank.

Votes, weights, keep factors and quota are whole numbers of 0.000000001.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from quorate.decisions.counting.chances import EXCLUSION, SEAT, Chance
from quorate.decisions.counting.constraints import doomed_words, guarded_words
from quorate.decisions.counting.outcome import BY_LOT, Record, Stage, Tie
from quorate.decisions.counting.plain.seatable import Seatable, seatable
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
    gate = seatable(profile, seats, record)
    rules = profile.constraints.rules if profile.constraints else ()
    places = gate.places if gate else seats
    votes, left = _distribute(ballots, keep)
    quota = sum(votes.values()) // (seats + 1) + 1
    # B.1: the count is complete, or a round begins.
    while len(elected) < places and len(elected) + len(_seatable(hopeful, elected, gate)) > places:
        before: int | None = None
        while True:
            votes, left = _distribute(ballots, keep)
            quota = sum(votes.values()) // (seats + 1) + 1
            reached = _by_votes([number for number in hopeful if votes[number] >= quota], votes)
            winners, words = _winners(reached, votes, hopeful, elected, gate, profile, chance, record)
            elected += winners
            hopeful = [number for number in hopeful if number not in winners]
            surplus = max(0, sum(votes[number] - quota for number in elected))
            if winners or surplus < OMEGA or (before is not None and surplus >= before):
                break
            before = surplus
            for number in elected:
                keep[number] = min(ONE, _up(_up(keep[number] * quota, ONE) * ONE, votes[number]))
        record.stages.append(_stage(profile, votes, left, quota, winners, words))
        open_ = _seatable(hopeful, elected, gate) if len(elected) < places else hopeful
        out = [number for number in hopeful if number not in open_]
        if out:
            # Whoever can no longer be seated goes out at once, all together.
            _note(record, doomed_words(rules, elected, profile.candidates, out))
        elif not winners:
            guarded = [] if gate is None else gate.guarded(elected, hopeful)
            loose = [number for number in hopeful if number not in guarded]
            kept = [number for number in guarded if votes[number] <= min(votes[each] for each in loose)]
            _note(record, guarded_words(rules, elected, profile.candidates, kept))
            out = [_lowest(loose, votes, surplus, len(hopeful), places - len(elected), gate, chance, record)]
        hopeful = [number for number in hopeful if number not in out]
        for number in out:
            keep[number] = 0
        if out:
            record.stages[-1] = replace(record.stages[-1], excluded=tuple(out))
    if not record.stages:
        record.stages.append(_stage(profile, votes, left, quota, []))
    if len(elected) < places and hopeful:
        rest = _by_votes(_seatable(hopeful, elected, gate), votes)
        shut = [number for number in hopeful if number not in rest]
        _note(record, doomed_words(rules, elected, profile.candidates, shut))
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
    hopeful: list[int],
    votes: dict[int, int],
    surplus: int,
    standing: int,
    places: int,
    gate: Seatable | None,
    chance: Chance,
    record: Record,
) -> int:
    least = min(votes[number] for number in hopeful)
    tied = tuple(number for number in sorted(hopeful) if votes[number] <= least + surplus)
    if len(tied) == 1:
        return tied[0]
    empty = all(votes[number] == 0 for number in tied) and standing - len(tied) >= places and gate is None
    chosen = chance.pick(len(record.stages), EXCLUSION, tied, harmless=empty)
    record.ties.append(Tie(len(record.stages), EXCLUSION, tied, BY_LOT, (chosen,)))
    return chosen


def _seatable(hopeful: list[int], elected: list[int], gate: Seatable | None) -> list[int]:
    """Those of the hopeful who can still be seated beside those elected."""
    shut = [] if gate is None else gate.doomed(elected, hopeful, hopeful)
    return [number for number in hopeful if number not in shut]


def _winners(
    reached: list[int],
    votes: dict[int, int],
    hopeful: list[int],
    elected: list[int],
    gate: Seatable | None,
    profile: Profile,
    chance: Chance,
    record: Record,
) -> tuple[list[int], tuple[str, ...]]:
    """Those with the quota who are elected, highest first, and a sentence for each whom constraints shut out."""
    if gate is None or profile.constraints is None:
        return reached, ()
    winners: list[int] = []
    words: tuple[str, ...] = ()
    line = reached
    while line:
        so_far = elected + winners
        pool = [number for number in hopeful if number not in winners]
        shut = gate.doomed(so_far, pool, line)
        words += doomed_words(profile.constraints.rules, so_far, profile.candidates, sorted(shut))
        line = [number for number in line if number not in shut]
        if not line:
            break
        equal = [number for number in line if votes[number] == votes[line[0]]]
        others = [number for number in pool if number not in equal]
        if len(equal) > 1 and not gate.possible(so_far + equal, others):
            tied = tuple(sorted(equal))
            chosen = chance.pick(len(record.stages) + 1, SEAT, tied)
            record.ties.append(Tie(len(record.stages) + 1, SEAT, tied, BY_LOT, (chosen,)))
            equal = [chosen]
        winners += equal
        line = [number for number in line if number not in equal]
    return winners, words


def _note(record: Record, words: tuple[str, ...]) -> None:
    """Add what is not said yet."""
    last = record.stages[-1]
    fresh = tuple(text for text in words if text not in last.notes)
    record.stages[-1] = replace(last, notes=(*last.notes, *fresh))


def _stage(
    profile: Profile, votes: dict[int, int], left: int, quota: int, winners: list[int], words: tuple[str, ...] = ()
) -> Stage:
    return Stage(
        "round",
        (),
        tuple(Fraction(votes[number], ONE) for number in profile.numbers),
        Fraction(left, ONE),
        tuple(winners),
        (),
        Fraction(quota, ONE),
        None,
        words,
    )
