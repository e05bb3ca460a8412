"""Public pages: meetings to come and past of public bodies, one meeting, published minutes, calendars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from quorate.access.actors import VISITOR
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import _, gettext
from quorate.registers.meetings.models import Meeting, Minutes
from quorate.registers.meetings.queries.absences import fates
from quorate.registers.meetings.queries.calendar import agenda, series_by_key, series_of, upcoming
from quorate.registers.meetings.queries.feeds import feed
from quorate.registers.meetings.queries.meetings import (
    attendance_by_seat,
    live,
    meetings_of,
    published_minutes,
    roll,
    visible,
    visible_bodies,
    visible_meeting,
)
from quorate.terms.models import Body
from quorate.terms.queries import body_by_key, titles
from quorate.toolkit import printing
from quorate.toolkit.columns import Choice, Column, Empty
from quorate.toolkit.history import history
from quorate.toolkit.pages import public as as_public
from quorate.toolkit.pages import public_render
from quorate.toolkit.parts import pill
from quorate.toolkit.tables import Table

STATES = {
    "planned": (_("Planned"), "info"),
    "running": (_("Running now"), "soon"),
    "adjourned": (_("Held"), "done"),
    "cancelled": (_("Cancelled"), "late"),
}


class PastMeetings(Table[Meeting]):
    """Meetings that took place."""

    name = "meetings"
    caption = _("Meetings held")
    columns: ClassVar[Sequence[Column]] = (
        Column(
            "title",
            _("Meeting"),
            sort="title",
            primary=True,
            value=lambda row: row.title,
            url=lambda row: reverse("meetings:public-meeting", args=[row.id]),
        ),
        Column("body", _("Body"), sort="body__name", value=lambda row: row.body.name),
        Column("held", _("Held on"), sort="starts_at", kind="when", value=lambda row: row.starts_at),
        Column("state", _("State"), value=lambda row: row.state, cell=lambda row: pill(*STATES[row.state])),
    )
    filters = (
        Choice(
            "body",
            _("Body"),
            options=lambda table: [
                (body.slug, body.name) for body in Body.objects.filter(public=True).order_by("name")
            ],
            apply=lambda rows, value: rows.filter(body__slug=value),
        ),
    )
    search = ("title", "body__name")
    order = "-starts_at"
    empty = Empty(_("No meetings yet"), _("A meeting is listed here once it took place."))


def listed(request: HttpRequest) -> HttpResponse:
    """What is coming and what took place, of all public bodies."""
    bodies = list(visible_bodies(VISITOR))
    rows = visible(VISITOR).filter(state__in=["running", "adjourned"])
    context = {"coming": upcoming(bodies, limit=12)}
    return PastMeetings(request, rows).respond("meetings/public_meetings.html", context, public=True)


def body(request: HttpRequest, key: str) -> HttpResponse:
    """The meetings of one public body, with who came over time."""
    found = _body(key)
    rows = meetings_of(found).filter(state__in=["running", "adjourned"])
    context = {
        "body": found,
        "coming": upcoming([found], limit=6),
        "series": series_of(found),
        **attendance(found),
    }
    return PastMeetings(request, rows).respond("meetings/public_body.html", context, public=True)


def meeting(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """One meeting: agenda, who was represented, decisions, and its minutes once they are published."""
    found = visible_meeting(VISITOR, meeting_id)
    return public_render(request, "meetings/public_meeting.html", shown(found, public=True))


def attendance(body: Body) -> dict[str, Any]:
    """Who came over time, with what the charter makes of it."""
    found = fates(body)
    seats = attendance_by_seat(body)
    lines = [(seat, found[seat.seat].worth_saying if seat.seat in found else []) for seat in seats]
    return {"seats": lines, "absence_rules": [each.rule for each in next(iter(found.values())).fates] if found else []}


def presides(meeting: Meeting) -> tuple[str, str]:
    """The name of whoever presides, and the office by which they do; empty where nobody is recorded."""
    if meeting.presiding is None:
        return "", ""
    role = meeting.presiding_as
    own = {
        "chair": gettext("Chair"),
        "vice-chair": gettext("Vice chair"),
        "longest-serving": gettext("longest serving"),
    }
    return meeting.presiding.name, own.get(role, titles([role]).get(role, "") if ":" in role else "")


def shown(found: Meeting, *, public: bool) -> dict[str, Any]:
    """What the page of a meeting shows, to anybody or to who is signed in."""
    rows = roll(found)
    carried = found.motions.select_related("motion", "continues").order_by("motion__opened_at")
    if public:
        carried = carried.filter(motion__public=True)
    label, tone = STATES[found.state]
    return {
        "meeting": found,
        "state_label": label,
        "state_tone": tone,
        "slots": agenda(found),
        "rows": rows,
        "quorum": live(found, rows) if rows else None,
        "quorum_charter": found.quorum.get("charter", ""),
        "presides": presides(found),
        "motions": [{"carried": each, "motion": each.motion, "state": _motion_state(each.motion)} for each in carried],
        "minutes": published_minutes(found),
        "history": history("meeting", str(found.id), public=public, private=not public),
        "public": public,
    }


def _motion_state(motion: Any) -> tuple[object, str]:
    if motion.state == "open":
        return _("Open"), "info"
    if motion.state == "withdrawn":
        return _("Withdrawn"), "done"
    return {
        "passed": (_("Passed"), "good"),
        "failed": (_("Not passed"), "done"),
        "no-decision": (_("No decision"), "soon"),
    }[motion.result]


def minutes(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """The published minutes, to read and to print."""
    found = visible_meeting(VISITOR, meeting_id)
    context = {"meeting": found, "minutes": _published(found), "printable": printing.AVAILABLE}
    return public_render(request, "meetings/public_minutes.html", context)


def minutes_file(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """The published minutes as the Markdown they are."""
    text = _published(visible_meeting(VISITOR, meeting_id)).text
    return as_public(request, HttpResponse(text, content_type="text/markdown; charset=utf-8"))


def minutes_pdf(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """The published minutes as a PDF, where the library for it is installed."""
    found = visible_meeting(VISITOR, meeting_id)
    text = _published(found).text
    if not printing.AVAILABLE:
        raise NotFound(gettext("there is no such file"))
    answer = HttpResponse(printing.pdf(text, found.title), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{found.body.slug}-{found.local_start:%Y-%m-%d}.pdf"'
    return as_public(request, answer)


def calendar(request: HttpRequest) -> HttpResponse:
    """The meetings of all public bodies as a calendar to subscribe to."""
    return _calendar(request, feed(list(visible_bodies(VISITOR)), gettext("Meetings")), "meetings")


def body_calendar(request: HttpRequest, key: str) -> HttpResponse:
    """The meetings of one body."""
    found = _body(key)
    return _calendar(request, feed([found], found.name), found.slug)


def series_calendar(request: HttpRequest, key: str, series: str) -> HttpResponse:
    """The meetings of one series."""
    found = _body(key)
    one = series_by_key(found, series)
    return _calendar(request, feed([found], f"{found.name}: {one.title}", one), f"{found.slug}-{one.slug}")


def _calendar(request: HttpRequest, data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return as_public(request, answer)


def _body(key: str) -> Body:
    found = body_by_key(key)
    if not found.public:
        raise NotFound(gettext("there is no such body"))
    return found


def _published(found: Meeting) -> Minutes:
    text = published_minutes(found)
    if text is None:
        raise NotFound(gettext("the minutes of this meeting are not published"))
    return text
