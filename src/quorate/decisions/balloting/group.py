"""The group of edwards25519 (RFC 8032), for commitments and their proofs, in plain Python.

Not constant in time: it runs where the ballots are known anyway, and in checks over public values. Points are
extended coordinates (X, Y, Z, T); an encoded point has 32 bytes; scalars are integers below `ORDER`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import sha512

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
D2 = 2 * D % P
_ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)

Point = tuple[int, int, int, int]
ZERO: Point = (0, 1, 1, 0)


def add(one: Point, two: Point) -> Point:
    """The sum of two points."""
    x1, y1, z1, t1 = one
    x2, y2, z2, t2 = two
    a = (y1 - x1) * (y2 - x2) % P
    b = (y1 + x1) * (y2 + x2) % P
    c = t1 * D2 * t2 % P
    d = 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def negate(point: Point) -> Point:
    """The inverse of a point."""
    return (P - point[0], point[1], point[2], P - point[3])


def double(point: Point) -> Point:
    """The point twice."""
    x, y, z, _t = point
    a, b = x * x % P, y * y % P
    h = a + b
    e = h - (x + y) * (x + y) % P
    g = a - b
    f = 2 * z * z % P + g
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(scalar: int, point: Point) -> Point:
    """A point so many times."""
    found = ZERO
    for bit in bin(scalar % ORDER)[2:]:
        found = double(found)
        if bit == "1":
            found = add(found, point)
    return found


def is_zero(point: Point) -> bool:
    """Whether it is the neutral point, leaving aside the part of order 8 that no commitment has."""
    x, y, z, _t = double(double(double(point)))
    return x % P == 0 and (y - z) % P == 0


def encode(point: Point) -> bytes:
    """The 32 bytes of a point."""
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(encoded: bytes) -> Point:
    """The point of 32 bytes; ValueError for what is no point."""
    if len(encoded) != 32:
        raise ValueError("a point has 32 bytes")
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        raise ValueError("no point of the curve")
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * v**3 % P * pow(u * v**7 % P, (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * _ROOT_OF_MINUS_1 % P
    if (v * x * x - u) % P or (x == 0 and sign):
        raise ValueError("no point of the curve")
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def scalar_from(*parts: bytes) -> int:
    """A scalar from bytes, each part with its length before it."""
    digest = sha512()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return int.from_bytes(digest.digest(), "little") % ORDER


BASE = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
SECOND_TAG = b"quorate/second generator/1"


def _second() -> Point:
    """A generator whose logarithm to the first nobody knows: the first hash of the tag that is a point, times 8."""
    for counter in range(256):
        try:
            found = decode(sha512(SECOND_TAG + bytes([counter])).digest()[:32])
        except ValueError:
            continue
        return double(double(double(found)))
    raise AssertionError("half of all hashes are points")


SECOND = _second()


@cache
def _table(which: int) -> list[list[Point]]:
    """Multiples of a generator for each byte of a scalar."""
    rows = []
    step = SECOND if which else BASE
    for _byte in range(32):
        row = [ZERO]
        for _multiple in range(255):
            row.append(add(row[-1], step))
        rows.append(row)
        step = add(row[-1], step)
    return rows


def combine(first: int, second: int) -> Point:
    """`first`·BASE + `second`·SECOND, from tables that are made on first use."""
    found = ZERO
    for which, scalar in ((0, first), (1, second)):
        table = _table(which)
        for place, byte in enumerate((scalar % ORDER).to_bytes(32, "little")):
            if byte:
                found = add(found, table[place][byte])
    return found


def weighted_sum(scalars: Sequence[int], points: Sequence[Point]) -> Point:
    """The sum of points, each so many times (Pippenger's buckets)."""
    width = max(2, min(12, len(points).bit_length() - 3))
    found = ZERO
    for window in range((255 + width - 1) // width - 1, -1, -1):
        for _ in range(width):
            found = double(found)
        buckets: list[Point | None] = [None] * (1 << width)
        shift, mask = window * width, (1 << width) - 1
        for scalar, point in zip(scalars, points, strict=True):
            digit = (scalar >> shift) & mask
            if digit:
                held = buckets[digit]
                buckets[digit] = point if held is None else add(held, point)
        running = total = ZERO
        for held in reversed(buckets[1:]):
            if held is not None:
                running = add(running, held)
            total = add(total, running)
        found = add(found, total)
    return found
