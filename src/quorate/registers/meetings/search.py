"""Meetings in the search palette."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from quorate.access.actors import Actor
from quorate.kernel.i18n import _
from quorate.registers.meetings.queries import visible
from quorate.toolkit.search import Hit, search_source


@search_source("meeting", _("Meetings"))
def find(actor: Actor, text: str, limit: int) -> Iterable[Hit]:
    """Meetings by their title."""
    route = "meetings:meeting" if actor.known else "meetings:public-meeting"
    for meeting in visible(actor).filter(title__icontains=text).order_by("-starts_at")[:limit]:
        yield Hit(meeting.title, reverse(route, args=[meeting.id]), meeting.body.name)
