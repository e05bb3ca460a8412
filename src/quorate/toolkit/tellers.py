"""Ways to read an entry of the ledger other than by the right to read them all.

Somebody who may see what happened in a case may see each of those entries on its own page as well. The package that
knows who may see what declares a teller: it gives the entry's sentence as that reader may have it, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from quorate.access.actors import Actor
from quorate.kernel.registry import Registry
from quorate.ledger.sentences import Sentence


class Referring(Protocol):
    """What a teller is given of an entry."""

    seq: int
    kind: str
    refs: Sequence[Sequence[str]]


Teller = Callable[[Actor, Referring], Sentence | None]
TELLERS: Registry[Teller] = Registry("teller of entries")


def told_to(actor: Actor, entry: Referring) -> Sentence | None:
    """The entry's sentence by the first teller that has one for this reader."""
    return next((told for teller in TELLERS if (told := teller(actor, entry)) is not None), None)
