"""Rights that follow from a body: its chair runs its meetings, its seats propose, owners close what they were given."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from quorate.access.actors import Actor
from quorate.access.policy import SOURCES, Reason
from quorate.kernel.i18n import gettext
from quorate.registers.meetings.models import ActionItem, AgendaItem, Meeting, Minutes, Series
from quorate.terms.models import Body
from quorate.terms.queries import holds
from quorate.terms.reach import body_of

#: What the chair of a body may, for the body's own meetings. Secretaries and staff have these from their seats' lists.
CHAIR = frozenset(
    {
        "meeting.propose",
        "meeting.schedule",
        "meeting.run",
        "meeting.import",
        "minutes.write",
        "minutes.adopt",
        "action-item.assign",
        "action-item.close",
    }
)


@body_of.register
def _theirs(thing: Meeting | Series | AgendaItem | ActionItem) -> Body | None:
    return thing.body


@body_of.register
def _recorded(thing: Minutes) -> Body | None:
    return thing.meeting.body


class Officers:
    """The chair of a body, whoever is signed in and wants to propose, and the owner of an action item."""

    def reasons(self, actor: Actor, permission: str, obj: Any, at: datetime) -> Iterable[Reason]:
        if permission not in CHAIR or actor.person_id is None:
            return
        body = body_of(obj)
        if body is None:
            return
        term = holds(actor.person_id, f"chair:{body.slug}", at)
        if term is not None:
            text = gettext("you chair %s") % body.name
            yield Reason(text, f"seat:{body.slug}/{term.seat.slug}", term.start, term.until)
        if permission == "meeting.propose" and (body.public or holds(actor.person_id, f"body:{body.slug}", at)):
            yield Reason(gettext("anybody who is signed in may propose"), "signed-in")
        if permission == "action-item.close" and isinstance(obj, ActionItem) and obj.owner_id == actor.person_id:
            yield Reason(gettext("it was given to you"), "owner")

    def could(self, permission: str, obj: Any, at: datetime) -> Iterable[str]:
        body = body_of(obj)
        if permission not in CHAIR or body is None:
            return
        yield gettext("the chair of %s") % body.name
        if permission == "action-item.close" and isinstance(obj, ActionItem):
            yield gettext("whoever it was given to")
        if permission == "meeting.propose" and body.public:
            yield gettext("anybody who is signed in")


SOURCES.register("officers", Officers())
