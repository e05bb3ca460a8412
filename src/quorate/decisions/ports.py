"""Who is told, in the same transaction, when a motion closes; and what is forgotten of a person's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from quorate.access.actors import Actor
from quorate.decisions.models import Motion, Objection, Vote
from quorate.directory.referrers import ERASERS
from quorate.kernel.i18n import gettext
from quorate.kernel.registry import Registry
from quorate.terms.models import Body

#: Keyed by ``Motion.owner``. Called inside the transaction that closes the motion, after it is saved.
MOTION_CLOSED: Registry[Callable[[Actor, Motion], None]] = Registry("owner of motions")


@dataclass(frozen=True)
class Consequence:
    """What stands against the vote of a seat by its body's charter, in words with the clause; empty where nothing does.

    ``suspended``: the seat has no vote and is not counted. ``uncounted``: a quorum does not ask for it while it is silent.
    """

    suspended: str = ""
    uncounted: str = ""


#: Asked when an electorate is frozen: what holds for the seats of a body (by id) at an instant.
CONSEQUENCES: Registry[Callable[[Body, datetime], Mapping[UUID, Consequence]]] = Registry("consequence for seats")


def forget(actor: Actor, person: UUID) -> int:
    """Remove the reasons that a person gave with votes and objections; that they voted stays in the roll call."""
    spoken = Q(by_alternate=False, elector__person_id=person) | Q(by_alternate=True, elector__alternate_id=person)
    votes = Vote.objects.filter(spoken).exclude(reason="").update(reason="")
    return votes + Objection.objects.filter(person_id=person).update(reason=gettext("removed"))


ERASERS.register("decisions", forget)
