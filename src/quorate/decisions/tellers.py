"""Lets whoever may see a motion read its entries on their own pages."""

from __future__ import annotations

from quorate.access.actors import Actor
from quorate.decisions.queries import visible
from quorate.kernel.ids import is_uuid
from quorate.ledger.queries import about
from quorate.ledger.sentences import Sentence, sentences
from quorate.toolkit.tellers import TELLERS, Referring


def through_a_motion(actor: Actor, entry: Referring) -> Sentence | None:
    """The entry's sentence as it stands on the page of a motion that the reader may see."""
    motions = [ref for kind, ref, *_role in entry.refs if kind == "motion" and is_uuid(ref)]
    if not motions or not visible(actor).filter(pk__in=motions).exists():
        return None
    return next((item for item in sentences(about("motion", motions[0]), private=True) if item.seq == entry.seq), None)


TELLERS.register("motion", through_a_motion)
