"""Schulze and ranked pairs with matrices: places of all ballots at once, paths by Floyd and Warshall."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from quorate.decisions.counting.arrays import Integers, Relation, np
from quorate.decisions.counting.chances import Chance
from quorate.decisions.counting.outcome import Record, Stage
from quorate.decisions.counting.presets import Preset
from quorate.decisions.counting.profile import Profile
from quorate.decisions.counting.vector.packing import Packed
from quorate.decisions.counting.vector.seating import seat


def count(profile: Profile, rule: Preset, seats: int, chance: Chance, record: Record, packed: Packed) -> None:
    """Count ``packed`` (of ``profile``, with equal ranks kept) by comparing every two candidates."""
    record.valid = packed.valid
    standing = np.array(profile.standing, dtype=np.int64)
    matrix = np.zeros((len(profile.candidates), len(profile.candidates)), dtype=np.int64)
    inner = compared(packed, standing, silent=rule.silent)
    matrix[np.ix_(standing - 1, standing - 1)] = inner
    if rule.strength == "locked":
        locked = lock(inner)
        above = closed(locked)
        rows, columns = np.nonzero(locked)
        pairs = zip(standing[rows].tolist(), standing[columns].tolist(), strict=True)
        record.details["locked"] = sorted([one, other] for one, other in pairs)
    else:
        paths = strongest(inner, rule.strength)
        above = paths > paths.T
        whole = np.zeros_like(matrix)
        whole[np.ix_(standing - 1, standing - 1)] = paths
        record.details["paths"] = whole.tolist()
    describe(inner, standing, record)
    record.details["pairwise"] = matrix.tolist()
    wins = np.zeros(len(profile.candidates), dtype=np.int64)
    wins[standing - 1] = above.sum(axis=1)
    kind = "locked" if rule.strength == "locked" else "paths"
    record.stages.append(Stage(kind, (), tuple(Fraction(number) for number in wins.tolist()), Fraction(0)))
    seat(standing, above, wins[standing - 1], seats, chance, record, profile)


def compared(packed: Packed, standing: Integers, *, silent: bool) -> Integers:
    """How many ballots prefer the row's candidate to the column's. [standing, standing]

    ``silent``: ballots say nothing about whom they do not rank; else those stand below all ranked.
    """
    size = packed.ranks.shape[1]
    ballots, width = packed.order.shape
    kind: Any = np.int8 if max(width, size) < 127 else np.int16
    last = width + size if kind is np.int16 else 127
    places = np.full((size, ballots), last, dtype=kind)
    everyone = np.arange(ballots)
    for column in range(width - 1):
        places[packed.order[:, column], everyone] = column
    if len(packed.ranks):
        ranks = packed.ranks.T.astype(kind)
        ranks[ranks == 0] = last
        places = np.concatenate((places, ranks), axis=1)
    weights = np.concatenate((packed.weights, packed.shared))
    single = bool((weights == 1).all())
    exact = weights.astype(np.float64)
    held = [np.ascontiguousarray(places[number]) for number in standing.tolist()]
    found = np.zeros((len(held), len(held)), dtype=np.int64)
    for one in range(len(held)):
        for other in range(one):
            before, after = held[one] < held[other], held[one] > held[other]
            if silent:
                both = (held[one] != last) & (held[other] != last)
                before, after = before & both, after & both
            if single:
                found[one, other], found[other, one] = np.count_nonzero(before), np.count_nonzero(after)
            else:
                # Sums of whole numbers in doubles are exact below 2**53, which no electorate reaches.
                found[one, other] = round(float(before.view(np.int8).astype(np.float64) @ exact))
                found[other, one] = round(float(after.view(np.int8).astype(np.float64) @ exact))
    return found


def strongest(matrix: Integers, strength: str) -> Integers:
    """The strength of the strongest path between every two. [n, n]"""
    won = matrix > matrix.T
    paths = np.where(won, matrix if strength == "winning" else matrix - matrix.T, 0)
    for through in range(len(paths)):
        np.maximum(paths, np.minimum(paths[:, through, None], paths[None, through, :]), out=paths)
    np.fill_diagonal(paths, 0)
    return paths


def lock(matrix: Integers) -> Relation:
    """Which pairs ranked pairs locks: equally strong ones together, none that closes a cycle. [n, n]"""
    won = matrix > matrix.T
    locked = np.zeros_like(won)
    levels = sorted({(-int(votes), int(against)) for votes, against in zip(matrix[won], matrix.T[won], strict=True)})
    for votes, against in levels:
        here = won & (matrix == -votes) & (against == matrix.T)
        together = closed(locked | here)
        locked |= here & ~together.T
    return locked


def closed(relation: Relation) -> Relation:
    """The transitive closure. [n, n]"""
    reached = relation.copy()
    for through in range(len(reached)):
        reached |= reached[:, through, None] & reached[None, through, :]
    return reached


def describe(matrix: Integers, standing: Integers, record: Record) -> None:
    """The Condorcet winner and loser and the Smith set."""
    won = matrix > matrix.T
    others = len(standing) - 1
    winner = standing[won.sum(axis=1) == others].tolist()
    loser = standing[won.sum(axis=0) == others].tolist()
    record.details["condorcet_winner"] = winner[0] if winner else None
    record.details["condorcet_loser"] = loser[0] if loser and others else None
    # Who reaches everybody along pairs that are not lost.
    reach = closed(~won.T | np.eye(len(standing), dtype=bool))
    record.details["smith"] = standing[reach.all(axis=1)].tolist()
