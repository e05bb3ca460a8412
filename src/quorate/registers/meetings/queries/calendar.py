"""Reads of what is coming: occurrences of series beside single meetings, and the agenda with its timings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from quorate.kernel import clock
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.registers.meetings import recurrence
from quorate.registers.meetings.models import ActionItem, AgendaItem, Change, Meeting, Series
from quorate.terms.models import Body


@dataclass(frozen=True)
class Coming:
    """A meeting to come: of a series or alone, with its row once somebody planned it."""

    body: Body
    title: str
    starts_at: datetime
    duration: int
    cancelled: bool
    moved: bool
    series: Series | None = None
    day: date | None = None
    meeting: Meeting | None = None
    place: str = ""

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.duration)


@dataclass(frozen=True)
class Slot:
    """An item of the agenda with when it begins and ends if all before it keep their time."""

    item: AgendaItem
    starts_at: datetime
    ends_at: datetime


def rule_of(series: Series) -> recurrence.Rule:
    """A series as the pure rules take it."""
    return recurrence.Rule(series.zone, series.first_day, series.wall, series.rrule, series.ended_at)


def exceptions_of(changes: Sequence[Change]) -> list[recurrence.Exceptional]:
    """The changes of a series as the pure rules take them."""
    return [recurrence.Exceptional(change.day, change.starts_at) for change in changes]


def series_of(body: Body) -> QuerySet[Series]:
    """The series of a body that still go on."""
    return Series.objects.filter(Q(ended_at=None) | Q(ended_at__gt=clock.now()), body=body).select_related("body")


def series_by_key(body: Body, slug: str) -> Series:
    """A series of a body; ``NotFound`` for none."""
    found = Series.objects.filter(body=body, slug=slug).select_related("body").first()
    if found is None:
        raise NotFound(gettext("there is no such series of meetings"))
    return found


def upcoming(bodies: Sequence[Body], at: datetime | None = None, days: int = 120, limit: int = 20) -> list[Coming]:
    """What these bodies have before them, soonest first; cancelled meetings included. Three queries."""
    start = at or clock.now()
    until = start + timedelta(days=days)
    found: list[Coming] = []
    meetings = list(
        Meeting.objects.filter(body__in=bodies, state__in=["planned", "running", "cancelled"]).select_related(
            "body", "series"
        )
    )
    rows = {(meeting.series_id, meeting.occurrence): meeting for meeting in meetings if meeting.series_id}
    for series in (
        Series.objects.filter(body__in=bodies).select_related("body").prefetch_related("changes").order_by("title")
    ):
        for one in recurrence.occurrences(
            rule_of(series),
            exceptions_of(list(series.changes.all())),
            start - timedelta(minutes=series.duration),
            until,
        ):
            found.append(
                Coming(
                    body=series.body,
                    title=series.title,
                    starts_at=one.starts_at or recurrence.instant(one.day, series.wall, series.zone),
                    duration=series.duration,
                    cancelled=one.starts_at is None,
                    moved=one.moved,
                    series=series,
                    day=one.day,
                    meeting=rows.get((series.id, one.day)),
                    place=series.place,
                )
            )
    found += [
        Coming(
            body=meeting.body,
            title=meeting.title,
            starts_at=meeting.starts_at,
            duration=meeting.duration,
            cancelled=meeting.state == Meeting.State.CANCELLED,
            moved=False,
            meeting=meeting,
            place=meeting.place,
        )
        for meeting in meetings
        if meeting.series_id is None and start - timedelta(minutes=meeting.duration) <= meeting.starts_at < until
    ]
    over = set(
        Meeting.objects.filter(body__in=bodies, state="adjourned", series__isnull=False).values_list(
            "series_id", "occurrence"
        )
    )
    kept = [each for each in found if each.series is None or (each.series.id, each.day) not in over]
    return sorted(kept, key=lambda each: (each.starts_at, each.title))[:limit]


def next_of(body: Body, after: datetime) -> Coming | None:
    """The next meeting of a body that is not cancelled."""
    return next((each for each in upcoming([body], after) if not each.cancelled and each.starts_at > after), None)


def agenda(meeting: Meeting) -> list[Slot]:
    """The items of a meeting with their timings, from when it was called to order or will begin. One query."""
    moment = meeting.called_at or meeting.starts_at
    slots = []
    for item in meeting.items.select_related("proposer").order_by("position", "proposed_at"):
        ends = moment + timedelta(minutes=item.minutes)
        slots.append(Slot(item, moment, ends))
        moment = ends
    return slots


def planned_minutes(slots: Sequence[Slot]) -> int:
    """The time that an agenda asks for."""
    return sum(slot.item.minutes for slot in slots)


def spent(item: AgendaItem, at: datetime | None = None) -> int:
    """Seconds spent on an item so far."""
    if item.state != AgendaItem.State.RUNNING or item.started_at is None:
        return item.seconds
    return item.seconds + max(0, int(((at or clock.now()) - item.started_at).total_seconds()))


def proposals(body: Body) -> QuerySet[AgendaItem]:
    """What waits to be put on an agenda of a body, oldest first."""
    return AgendaItem.objects.filter(body=body, state=AgendaItem.State.PROPOSED).select_related("proposer", "body")


def open_items(body: Body) -> QuerySet[ActionItem]:
    """Action items of a body that are not closed: they carry over from meeting to meeting."""
    return ActionItem.objects.filter(body=body, state=ActionItem.State.OPEN).select_related("owner", "meeting", "body")


def items_of(person: UUID) -> QuerySet[ActionItem]:
    """What a person was given to do and has not closed."""
    return ActionItem.objects.filter(owner_id=person, state=ActionItem.State.OPEN).select_related("meeting", "body")


def items_shown(body: Body) -> QuerySet[ActionItem]:
    """All action items of a body, oldest first."""
    return ActionItem.objects.filter(body=body).select_related("owner", "meeting").order_by("created_at")
