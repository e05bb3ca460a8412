"""Who is told, in the same transaction, when a motion closes; and what is forgotten of a person's words."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db.models import Q

from quorate.access.actors import Actor
from quorate.decisions.models import Motion, Objection, Vote
from quorate.directory.referrers import ERASERS
from quorate.kernel.i18n import gettext
from quorate.kernel.registry import Registry

#: Keyed by ``Motion.owner``. Called inside the transaction that closes the motion, after it is saved.
MOTION_CLOSED: Registry[Callable[[Actor, Motion], None]] = Registry("owner of motions")


def forget(actor: Actor, person: UUID) -> int:
    """Remove the reasons that a person gave with votes and objections; that they voted stays in the roll call."""
    spoken = Q(by_alternate=False, elector__person_id=person) | Q(by_alternate=True, elector__alternate_id=person)
    votes = Vote.objects.filter(spoken).exclude(reason="").update(reason="")
    return votes + Objection.objects.filter(person_id=person).update(reason=gettext("removed"))


ERASERS.register("decisions", forget)
