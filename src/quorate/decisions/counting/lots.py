"""Lots that nobody can grind and anybody can repeat: an order of the candidates by SHA-256.

The order at a stage is that of ``SHA-256(seed || stage || id)``: the seed's bytes, the stage's number as four bytes
(big-endian), the candidate's id in UTF-8. The first in the order is the favoured one: seated first, excluded last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from quorate.decisions.counting.profile import Profile
from quorate.kernel.errors import UserError

WORDS = "SHA-256(seed || stage as 4 bytes || candidate id), ascending; the first is favoured"


@dataclass(frozen=True, slots=True)
class Lot:
    """A seed, committed before the ballots were known and mixed with a public value after."""

    seed: bytes

    @classmethod
    def of_hex(cls, text: str) -> Lot:
        """A lot from hexadecimal digits; ``UserError`` for anything else."""
        try:
            seed = bytes.fromhex(text)
        except ValueError as error:
            raise UserError(
                "the seed is not hexadecimal", "seed", "an even number of the digits 0-9 and a-f"
            ) from error
        if not seed:
            raise UserError("the seed is empty", "seed", "give the hexadecimal seed that was published")
        return cls(seed)

    @classmethod
    def of_parts(cls, *parts: bytes) -> Lot:
        """A lot from what was committed (a manifest's hash) and a public value, each of which is hashed first."""
        return cls(hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest())

    def order(self, stage: int, ids: Iterable[tuple[int, str]]) -> list[int]:
        """The numbers of the candidates in the order of the lot at ``stage``."""
        drawn = [
            (hashlib.sha256(self.seed + stage.to_bytes(4, "big") + name.encode()).digest(), number)
            for number, name in ids
        ]
        return [number for _digest, number in sorted(drawn)]

    def published(self, profile: Profile, stages: int) -> dict[str, Any]:
        """Seed and orders of every stage, which are published even if no tie needed them."""
        ids = [(number, profile.id_of(number)) for number in profile.numbers]
        return {
            "seed": self.seed.hex(),
            "how": WORDS,
            "orders": [self.order(stage, ids) for stage in range(1, stages + 1)],
        }
