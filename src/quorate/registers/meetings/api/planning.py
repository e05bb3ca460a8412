"""Series of meetings, single meetings and attendance over time, over the API."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from quorate.access.identity import actor_from
from quorate.access.policy import authorise
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.registers.meetings import actions, recurrence
from quorate.registers.meetings.actions import SeriesFacts
from quorate.registers.meetings.api.meetings import MeetingOut, body_seen, summary
from quorate.registers.meetings.models import Series
from quorate.registers.meetings.queries.absences import fates
from quorate.registers.meetings.queries.calendar import series_by_key, series_of
from quorate.registers.meetings.queries.meetings import attendance_by_seat, visible_meeting
from quorate.toolkit.asof import Moment
from quorate.toolkit.rest import PUBLIC
from quorate.toolkit.rest import Body as Input

router = Router(tags=["Meetings"])


class SeriesOut(Schema):
    """A meeting that comes again: ``wall`` is the time on the clocks of ``zone``, all year; ``rrule`` is of RFC 5545."""

    slug: str
    title: str
    zone: str
    first_day: date
    wall: time
    rrule: str
    minutes: int
    place: str
    ended_at: datetime | None


class SeriesIn(Input):
    """A series to begin. Without ``quorum`` that of the charter holds."""

    title: str = Field(min_length=1, max_length=120)
    zone: str = Field(max_length=60)
    first_day: date
    wall: time
    rrule: str = Field(max_length=200)
    minutes: int = Field(default=60, ge=1, le=1440)
    place: str = Field(default="", max_length=300)
    quorum: int | None = Field(default=None, ge=1, le=10_000)


class OccurrenceIn(Input):
    """What becomes of one day of a series: its own meeting, another time, or none."""

    what: Literal["plan", "move", "cancel"]
    starts_at: Moment | None = None
    reason: str = Field(default="", max_length=200)


class SingleIn(Input):
    """A single meeting to plan."""

    title: str = Field(min_length=1, max_length=160)
    starts_at: Moment
    zone: str = Field(max_length=60)
    minutes: int = Field(default=60, ge=1, le=1440)
    place: str = Field(default="", max_length=300)


class ChangeIn(Input):
    """Another time for a planned meeting, or none."""

    what: Literal["move", "cancel"]
    starts_at: Moment | None = None
    reason: str = Field(default="", max_length=200)


class FateOut(Schema):
    """A rule of the charter about absence, and how it stands for a seat; ``null``: no number of meetings does."""

    rule: str
    then: Literal["suspend", "uncounted", "election"]
    clause: str
    holds: bool
    more_misses: int | None
    more_presences: int | None


class AttendanceOut(Schema):
    """How often a seat was represented over the last twelve meetings, and what the charter makes of it."""

    seat: str
    meetings: int
    representative: int
    alternate: int
    absent: int
    missed_in_a_row: int
    consequences: list[FateOut]


@router.get("/bodies/{body}/series", response=list[SeriesOut], auth=PUBLIC)
def list_series(request: HttpRequest, body: str) -> list[dict[str, object]]:
    """List the running series of a body."""
    return [_series(each) for each in series_of(body_seen(request, body))]


@router.post("/bodies/{body}/series", response={201: SeriesOut})
def start_series(request: HttpRequest, body: str, series: SeriesIn) -> Status[dict[str, object]]:
    """Begin a series of meetings."""
    actor = actor_from(request)
    found = body_seen(request, body)
    authorise(actor, "meeting.schedule", found)
    if series.wall.tzinfo is not None:
        raise UserError(
            gettext("the time is on the clocks of the zone"), where="wall", mend=gettext("write it like 07:00")
        )
    facts = SeriesFacts(
        series.title,
        series.zone,
        series.first_day,
        series.wall,
        series.rrule,
        series.minutes,
        series.place,
        {"count": series.quorum} if series.quorum is not None else {},
    )
    return Status(201, _series(actions.start_series(actor=actor, body=found, facts=facts)))


@router.post("/bodies/{body}/series/{slug:series}/end", response=SeriesOut)
def end_series(request: HttpRequest, body: str, series: str) -> dict[str, object]:
    """Let a series have no more meetings."""
    actor = actor_from(request)
    return _series(actions.end_series(actor=actor, series=series_by_key(body_seen(request, body), series)))


@router.post("/bodies/{body}/series/{slug:series}/days/{day}", response=list[SeriesOut] | MeetingOut)
def change_occurrence(
    request: HttpRequest, body: str, series: str, day: date, change: OccurrenceIn
) -> dict[str, object] | list[dict[str, object]]:
    """Give one day of a series its own meeting, move it, or cancel it; a planned day answers with the meeting."""
    actor = actor_from(request)
    found = series_by_key(body_seen(request, body), series)
    if change.what == "plan":
        return summary(actions.plan_occurrence(actor=actor, series=found, day=day))
    if change.what == "move":
        starts_at = _instant(change.starts_at)
        actions.move_occurrence(actor=actor, series=found, day=day, starts_at=starts_at, reason=change.reason)
    else:
        actions.cancel_occurrence(actor=actor, series=found, day=day, reason=change.reason)
    return [_series(found)]


@router.post("/bodies/{body}/meetings", response={201: MeetingOut})
def plan_meeting(request: HttpRequest, body: str, meeting: SingleIn) -> Status[dict[str, object]]:
    """Plan a single meeting."""
    actor = actor_from(request)
    found = body_seen(request, body)
    authorise(actor, "meeting.schedule", found)
    recurrence.check_zone(meeting.zone)
    made = actions.plan_meeting(
        actor=actor,
        body=found,
        title=meeting.title,
        starts_at=meeting.starts_at,
        zone=meeting.zone,
        duration=meeting.minutes,
        place=meeting.place,
    )
    return Status(201, summary(made))


@router.post("/meetings/{uuid:meeting_id}/change", response=MeetingOut)
def change_meeting(request: HttpRequest, meeting_id: UUID, change: ChangeIn) -> dict[str, object]:
    """Move or cancel a planned meeting."""
    actor = actor_from(request)
    found = visible_meeting(actor, meeting_id)
    if change.what == "cancel":
        return summary(actions.cancel_meeting(actor=actor, meeting=found, reason=change.reason))
    starts_at = _instant(change.starts_at)
    return summary(actions.move_meeting(actor=actor, meeting=found, starts_at=starts_at, reason=change.reason))


@router.get("/bodies/{body}/attendance", response=list[AttendanceOut], auth=PUBLIC)
def get_attendance(request: HttpRequest, body: str) -> list[dict[str, object]]:
    """Show who came to the last meetings of a body, by seat, and what its charter makes of absence."""
    found = body_seen(request, body)
    against = fates(found)
    return [
        {
            "seat": each.label,
            "meetings": each.meetings,
            "representative": each.representative,
            "alternate": each.alternate,
            "absent": each.absent,
            "missed_in_a_row": each.missed_in_a_row,
            "consequences": [
                {
                    "rule": one.rule.words,
                    "then": one.rule.then,
                    "clause": one.rule.clause,
                    "holds": one.holds,
                    "more_misses": one.more_misses,
                    "more_presences": one.more_presences,
                }
                for one in (against[each.seat].fates if each.seat in against else ())
            ],
        }
        for each in attendance_by_seat(found)
    ]


def _instant(at: datetime | None) -> datetime:
    if at is None:
        raise UserError(gettext("it is not said when it is instead"), where="starts_at", mend=gettext("give a time"))
    return at


def _series(series: Series) -> dict[str, object]:
    names = ("slug", "title", "zone", "first_day", "wall", "rrule", "place", "ended_at")
    return {name: getattr(series, name) for name in names} | {"minutes": series.duration}
