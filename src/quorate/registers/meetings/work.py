"""Action items that wait for somebody; they can be closed from the list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.urls import reverse

from quorate.access.actors import Actor
from quorate.kernel.i18n import _, gettext
from quorate.registers.meetings.queries.calendar import items_of
from quorate.toolkit.work import QuickForm, WorkItem, work_source


@work_source("action-items")
def action_items(actor: Actor, at: datetime) -> Iterable[WorkItem]:
    """What the actor was given to do in a meeting, due at the end of its day."""
    if actor.person_id is None:
        return
    for item in items_of(actor.person_id):
        where = item.meeting.title if item.meeting is not None else item.body.name
        due = datetime.combine(item.due, time(), at.tzinfo) + timedelta(days=1) if item.due is not None else None
        yield WorkItem(
            key=f"action-item:{item.id}",
            title=item.text,
            why=gettext("Given to you in %s") % where,
            url=reverse("meetings:action-items", args=[item.body.slug]),
            due_at=due,
            since=item.created_at,
            program=item.body.name,
            verb=_("Open"),
            actions=[
                QuickForm(
                    _("Done"), reverse("meetings:close-action-item", args=[item.id]), {"state": "done", "next": "/"}
                )
            ],
        )
