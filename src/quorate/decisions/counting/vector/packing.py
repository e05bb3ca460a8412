"""Ballots as arrays: struck, closed up, equal ones together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Any

from quorate.decisions.counting.arrays import Integers, NDArray, Small, np
from quorate.decisions.counting.profile import Profile


class TooLarge(Exception):
    """The numbers might not fit into 64 bits; the plain counter has no such limit."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Distinct ballots of one profile.

    ``order`` [m, k + 1]: candidates best first, then zeros, always one at least; ``weights`` [m]. Ballots with equal
    ranks stand in ``ranks`` [t, n + 1] instead, as each candidate's rank from 1 (0: unranked; column 0 is unused), with
    ``shared`` [t] as their weights; where equal ranks end a ballot there are none.
    """

    order: Small
    weights: Integers
    ranks: Small
    shared: Integers

    @property
    def valid(self) -> int:
        """How many ballots say anything."""
        return int(self.weights.sum()) + int(self.shared.sum())


def pack(profile: Profile, *, ends: bool) -> Packed:
    """Strike the withdrawn and repeated, close up, and group. ``ends``: a ballot ends where two are equal."""
    count = len(profile.candidates)
    if profile.matrix is not None:
        clean = _clean(*profile.matrix, profile)
        return Packed(*(clean or grouped(*_struck(*profile.matrix, profile), count)), *_no_ranks(count))
    strict: list[list[int]] = []
    strict_weights: list[int] = []
    ranks: list[list[int]] = []
    shared: list[int] = []
    gone = profile.withdrawn
    for ranking, weight in profile.rankings:
        row = [number for rank in ranking for number in rank]
        if len(row) == len(ranking) and all(ranking) and len(set(row)) == len(row) and gone.isdisjoint(row):
            # As nearly all are: nobody equal, doubled, skipped or withdrawn.
            if row:
                strict.append(row)
                strict_weights.append(weight)
            continue
        row = []
        places = [0] * (count + 1)
        level = 0
        equal = cut = False
        for rank in ranking:
            fresh = {number for number in rank if not places[number] and number not in gone}
            if not fresh:
                continue
            level += 1
            if len(fresh) > 1:
                equal = True
                cut = cut or ends
            for number in fresh:
                places[number] = level
            if not cut:
                row.extend(fresh)
        if not level:
            continue
        if equal and not ends:
            ranks.append(places)
            shared.append(weight)
        elif row:
            strict.append(row)
            strict_weights.append(weight)
    width = max(map(len, strict), default=0) + 1
    order = np.zeros((len(strict), width), dtype=np.int16)
    lengths = np.fromiter(map(len, strict), dtype=np.int64, count=len(strict))
    # Row after row, the cells that are used, filled with all candidates in one go.
    used = np.arange(width)[None, :] < lengths[:, None]
    order[used] = np.fromiter(chain.from_iterable(strict), dtype=np.int16, count=int(lengths.sum()))
    packed = grouped(order, np.array(strict_weights, dtype=np.int64), count)
    if not ranks:
        return Packed(*packed, *_no_ranks(count))
    return Packed(*packed, np.array(ranks, dtype=np.int16), np.array(shared, dtype=np.int64))


def _no_ranks(count: int) -> tuple[Small, Integers]:
    return np.zeros((0, count + 1), dtype=np.int16), np.zeros(0, dtype=np.int64)


def _struck(rows: NDArray[Any], weights: Integers, profile: Profile) -> tuple[Small, Integers]:
    """A matrix of strict rankings without the withdrawn and the repeated, zeros at the end."""
    order = np.zeros((rows.shape[0], rows.shape[1] + 1), dtype=np.int16)
    order[:, :-1] = rows
    for number in profile.withdrawn:
        order[order == number] = 0
    known = np.zeros((len(order), len(profile.candidates) + 1), dtype=bool)
    lines = np.arange(len(order))
    for column in range(order.shape[1]):
        here = order[:, column]
        order[known[lines, here] & (here > 0), column] = 0
        known[lines, order[:, column]] = True
    order = np.take_along_axis(order, np.argsort(order == 0, axis=1, kind="stable"), axis=1)
    said = order[:, 0] != 0
    return order[said], weights[said]


def _clean(rows: NDArray[Any], weights: Integers, profile: Profile) -> tuple[Small, Integers] | None:
    """The rows grouped, if nothing needs to be struck from them; else ``None``. Quick, column by column."""
    count = len(profile.candidates)
    bits = max(1, count.bit_length())
    if profile.withdrawn or rows.shape[1] * bits > 63 or count > 58 or not rows.size:
        return None
    columns = np.ascontiguousarray(rows.T)
    if not columns[0].all():
        return None
    one = np.left_shift(np.int64(1), np.arange(count + 1, dtype=np.int64))
    one[0] = 0
    key, seen, added = (np.zeros(len(rows), dtype=np.int64) for _array in range(3))
    before = columns[0]
    for column in columns:
        if ((before == 0) & (column != 0)).any():
            return None
        bit = one[column]
        # Added and united bits are the same as long as nobody stands twice.
        seen |= bit
        added += bit
        np.left_shift(key, bits, out=key)
        np.bitwise_or(key, column, out=key)
        before = column
    if (seen != added).any():
        return None
    _values, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    order = np.zeros((len(first), rows.shape[1] + 1), dtype=np.int16)
    order[:, :-1] = rows[first]
    return order, summed(inverse, weights, len(first))


def grouped(order: Small, weights: Integers, count: int) -> tuple[Small, Integers]:
    """Equal rows together. Rows become one 64-bit key as long as they fit, and are numbered anew where they do not."""
    if not len(order):
        return order, weights
    key = keys(order, count)
    if key is None:
        return order, weights
    _values, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    if len(first) == len(order):
        return order, weights
    return order[first], summed(inverse, weights, len(first))


def keys(order: Small, count: int) -> Integers | None:
    """One whole number for each row, the same for equal rows, or ``None`` where they do not fit into 63 bits."""
    bits = max(1, int(count).bit_length())
    used = order.shape[1] - 1
    while used and not order[:, used - 1].any():
        used -= 1
    if used * bits > 63:
        return None
    key = np.zeros(len(order), dtype=np.int64)
    for column in range(used):
        np.left_shift(key, bits, out=key)
        np.bitwise_or(key, order[:, column], out=key)
    return key


def summed(groups: NDArray[Any], amounts: Integers, size: int) -> Integers:
    """Exact sums of ``amounts`` by group. [size]"""
    if not len(amounts):
        return np.zeros(size, dtype=np.int64)
    # bincount adds as doubles, which are exact below 2**53.
    if float(np.abs(amounts).astype(np.float64).sum()) < 2.0**52:
        return np.rint(np.bincount(groups, weights=amounts, minlength=size)).astype(np.int64)
    total = np.zeros(size, dtype=np.int64)
    np.add.at(total, groups, amounts)
    return total
