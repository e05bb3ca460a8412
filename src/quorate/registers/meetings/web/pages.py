"""Signed-in pages: the list of meetings, and one meeting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from quorate.access.identity import actor_from
from quorate.access.policy import may
from quorate.registers.meetings.models import Meeting
from quorate.registers.meetings.queries.calendar import open_items, upcoming
from quorate.registers.meetings.queries.meetings import visible, visible_bodies, visible_meeting
from quorate.registers.meetings.web.public import PastMeetings, shown
from quorate.toolkit.columns import Column
from quorate.toolkit.pages import render
from quorate.toolkit.tables import RowAction


class MeetingTable(PastMeetings):
    """All meetings that the reader may see."""

    columns: ClassVar[Sequence[Column]] = (
        Column(
            "title",
            PastMeetings.columns[0].label,
            sort="title",
            primary=True,
            value=lambda row: row.title,
            url=lambda row: reverse("meetings:meeting", args=[row.id]),
        ),
        *PastMeetings.columns[1:],
    )

    def action(self, row: Meeting) -> RowAction | None:
        """A meeting that runs can be joined."""
        if row.state != Meeting.State.RUNNING:
            return None
        return RowAction(PastMeetings.columns[0].label, reverse("meetings:meeting", args=[row.id]))


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """What is coming and what took place."""
    actor = actor_from(request)
    bodies = list(visible_bodies(actor).order_by("name"))
    context = {"coming": upcoming(bodies, limit=12), "bodies": [each for each in bodies if each.closed_at is None]}
    return MeetingTable(request, visible(actor), actor=actor).respond("meetings/meetings.html", context)


@login_required
def record(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """One meeting: agenda, roll, motions, minutes, what happened; and the next step for whoever has one."""
    actor = actor_from(request)
    found = visible_meeting(actor, meeting_id)
    context = shown(found, public=False) | {
        "may_run": may(actor, "meeting.run", found),
        "may_schedule": may(actor, "meeting.schedule", found),
        "may_write": may(actor, "minutes.write", found),
        "versions": list(found.versions.all()),
        "carried_over": open_items(found.body),
        "guests": [row for row in found.attendances.select_related("person") if row.place_id is None],
    }
    return render(request, "meetings/meeting.html", context)
