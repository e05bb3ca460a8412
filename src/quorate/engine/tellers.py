"""Lets whoever may read the history of a case read each of its entries on the entry's own page."""

from __future__ import annotations

from quorate.access.actors import Actor
from quorate.engine.queries import case_named, history
from quorate.kernel.errors import NotFound
from quorate.ledger.sentences import Sentence
from quorate.toolkit.tellers import TELLERS, Referring


def through_a_case(actor: Actor, entry: Referring) -> Sentence | None:
    """The entry's sentence as it stands in the history of a case that the reader may see."""
    for kind, ref, *_role in entry.refs:
        if kind != "case":
            continue
        try:
            case = case_named(actor, ref)
        except NotFound:
            continue
        told = next((item for item in history(actor, case) if item.seq == entry.seq), None)
        if told is not None:
            return told
    return None


TELLERS.register("case", through_a_case)
