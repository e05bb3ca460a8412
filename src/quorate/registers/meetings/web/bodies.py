"""The meetings of one body, for whoever plans them and whoever comes."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from quorate.access.actors import Actor
from quorate.access.identity import actor_from
from quorate.access.policy import may
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.registers.meetings.queries.calendar import open_items, proposals, series_of, upcoming
from quorate.registers.meetings.queries.meetings import may_see, meetings_of
from quorate.registers.meetings.web.pages import MeetingTable
from quorate.registers.meetings.web.public import attendance
from quorate.terms.models import Body
from quorate.terms.queries import body_by_key


def find_body(actor: Actor, key: str) -> Body:
    """A body whose meetings the actor may see."""
    found = body_by_key(key)
    if not may_see(actor, found):
        raise NotFound(gettext("there is no such body"))
    return found


@login_required
def record(request: HttpRequest, key: str) -> HttpResponse:
    """What is coming, what was proposed, what is still to do, what took place, and who came over time."""
    actor = actor_from(request)
    body = find_body(actor, key)
    context = {
        "body": body,
        "coming": upcoming([body], limit=8),
        "series": series_of(body),
        "proposals": proposals(body),
        "open_items": open_items(body),
        **attendance(body),
        "may_schedule": may(actor, "meeting.schedule", body),
        "may_propose": may(actor, "meeting.propose", body),
    }
    return MeetingTable(request, meetings_of(body), actor=actor).respond("meetings/body.html", context)
