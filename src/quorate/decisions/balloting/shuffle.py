"""The proof that the published ballots are those committed to, without saying which is whose.

What is shown: the commitments C₁…Cₙ (those not voided) and the published ballots M₁…Mₙ are the same collection, in
some order. By the Schwartz-Zippel lemma it is enough that ∏(x − mᵢ) = ∏(x − Mⱼ) at a point x that was fixed after
both sides were (Neff 2001; Groth 2010, "a verifiable secret shuffle", the shuffle of known contents). Aᵢ = x·G − Cᵢ commits
to aᵢ = x − mᵢ; partial products are committed to in B₁ = A₁, B₂, …, Bₙ, and each step is shown right by a
Σ-protocol for "Aᵢ = a·G + ρ·H and Bᵢ = a·Bᵢ₋₁ + t·H", with one Fiat-Shamir challenge for all. Bₙ is opened: it must
hold the product over the published ballots, which anybody computes.

Sound as long as nobody knows the logarithm of H to G; it says nothing about who is whose to anybody, ever.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from quorate.decisions.balloting.group import (
    BASE,
    ORDER,
    SECOND,
    Point,
    add,
    combine,
    decode,
    encode,
    is_zero,
    negate,
    scalar_from,
    times,
    weighted_sum,
)

POINT_TAG = b"quorate/shuffle/point/1"
CHALLENGE_TAG = b"quorate/shuffle/challenge/1"
WEIGHT_TAG = b"quorate/shuffle/weight/1"


@dataclass(frozen=True)
class Step:
    """One multiplication: the partial product, two announcements, three responses."""

    product: bytes
    first: bytes
    second: bytes
    answers: tuple[int, int, int]

    def as_json(self) -> list[str]:
        """Hexadecimal, in the order in which they are declared."""
        points = [self.product, self.first, self.second]
        return [point.hex() for point in points] + [answer.to_bytes(32, "little").hex() for answer in self.answers]


@dataclass(frozen=True)
class Proof:
    """A step for each ballot after the first, and the opening of the last product."""

    steps: tuple[Step, ...]
    opening: int

    def as_json(self) -> dict[str, Any]:
        """As it is published."""
        return {"opening": self.opening.to_bytes(32, "little").hex(), "steps": [step.as_json() for step in self.steps]}

    @classmethod
    def from_json(cls, value: Any) -> Proof:
        """Read what was published; ValueError for what is none."""
        try:
            steps = []
            for product, first, second, *answers in value["steps"]:
                one, two, three = (_scalar(text) for text in answers)
                steps.append(
                    Step(bytes.fromhex(product), bytes.fromhex(first), bytes.fromhex(second), (one, two, three))
                )
            return cls(tuple(steps), _scalar(value["opening"]))
        except (KeyError, TypeError) as error:
            raise ValueError("this is no proof of a shuffle") from error


def prove(context: bytes, openings: Sequence[tuple[int, int]], published: Sequence[int]) -> Proof:
    """Prove it, from the (m, r) of each commitment in the order of the log, and the scalars of what is published.

    `context` binds the proof to its election: the hash of everything it is about. ValueError when the two differ.
    """
    if sorted(message for message, _r in openings) != sorted(published):
        raise ValueError("the published ballots are not those committed to")
    commitments = [encode(combine(message, r)) for message, r in openings]
    x = _point(context, commitments, published)
    if not openings:
        return Proof((), 0)
    factors = [((x - message) % ORDER, -r % ORDER) for message, r in openings]
    value, blind = factors[0]
    drawn = []
    for factor, rho in factors[1:]:
        fresh = _random()
        t = (fresh - factor * blind) % ORDER
        alpha, beta, gamma = _random(), _random(), _random()
        first = combine(alpha, beta)
        second = combine(alpha * value, alpha * blind + gamma)
        value, blind = value * factor % ORDER, fresh
        product = combine(value, blind)
        drawn.append((encode(product), encode(first), encode(second), (factor, rho, t), (alpha, beta, gamma)))
    e = _challenge(x, [item[:3] for item in drawn], blind)
    steps = []
    for product_bytes, first_bytes, second_bytes, known, random in drawn:
        one, two, three = ((nonce + e * secret) % ORDER for nonce, secret in zip(random, known, strict=True))
        steps.append(Step(product_bytes, first_bytes, second_bytes, (one, two, three)))
    return Proof(tuple(steps), blind)


def verify(context: bytes, commitments: Sequence[bytes], published: Sequence[int], proof: Proof) -> bool:
    """Whether the proof shows that the published ballots are those committed to."""
    if len(commitments) != len(published) or len(proof.steps) != max(0, len(commitments) - 1):
        return False
    if not commitments:
        return proof.opening == 0
    try:
        points = [decode(commitment) for commitment in commitments]
        products, firsts, seconds = (
            [decode(getattr(step, name)) for step in proof.steps] for name in ("product", "first", "second")
        )
    except ValueError:
        return False
    x = _point(context, commitments, published)
    total = 1
    for message in published:
        total = total * (x - message) % ORDER
    shifted = [add(times(x, BASE), negate(point)) for point in points[:1]] + points[1:]
    products = [shifted[0], *products]
    if not is_zero(add(negate(products[-1]), combine(total, proof.opening))):
        return False
    e = _challenge(x, [(step.product, step.first, step.second) for step in proof.steps], proof.opening)
    return is_zero(_batched(x, e, points, products, firsts, seconds, proof))


def _batched(
    x: int,
    e: int,
    points: Sequence[Point],
    products: Sequence[Point],
    firsts: Sequence[Point],
    seconds: Sequence[Point],
    proof: Proof,
) -> Point:
    """A random combination of all equations, which is zero if each of them holds."""
    seed = sha256(repr(proof.as_json()).encode()).digest()
    base = second = 0
    scalars: list[int] = []
    chosen: list[Point] = []
    on_products = [0] * len(products)
    for place, step in enumerate(proof.steps):
        v, w = (scalar_from(WEIGHT_TAG, seed, place.to_bytes(8, "big"), side) for side in (b"v", b"w"))
        z1, z2, z3 = step.answers
        base += w * (z1 - e * x)
        second += w * z2 + v * z3
        on_products[place] += v * z1
        on_products[place + 1] -= v * e
        scalars += [-w % ORDER, -v % ORDER, w * e % ORDER]
        chosen += [firsts[place], seconds[place], points[place + 1]]
    scalars += [scalar % ORDER for scalar in on_products]
    chosen += products
    return weighted_sum([*scalars, base % ORDER, second % ORDER], [*chosen, BASE, SECOND])


def _point(context: bytes, commitments: Sequence[bytes], published: Sequence[int]) -> int:
    messages = b"".join(message.to_bytes(32, "little") for message in published)
    return scalar_from(POINT_TAG, context, b"".join(commitments), messages)


def _challenge(x: int, announced: Sequence[tuple[bytes, bytes, bytes]], opening: int) -> int:
    said = b"".join(part for item in announced for part in item)
    return scalar_from(CHALLENGE_TAG, x.to_bytes(32, "little"), said, opening.to_bytes(32, "little"))


def _random() -> int:
    return secrets.randbelow(ORDER)


def _scalar(text: str) -> int:
    found = int.from_bytes(bytes.fromhex(text), "little")
    if len(text) != 64 or found >= ORDER:
        raise ValueError("a scalar has 32 bytes and is below the order")
    return found
