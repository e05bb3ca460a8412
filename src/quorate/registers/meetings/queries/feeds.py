"""Meetings as iCalendar (RFC 5545): a series is one event with its rule, and each changed day one that overrides it.

A calendar that subscribed knows an event by its UID and believes the higher SEQUENCE; a day that was moved or cancelled
carries the RECURRENCE-ID of the time the rule gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Calendar, Event, vRecur

from quorate.registers.meetings import recurrence
from quorate.registers.meetings.models import Change, Meeting, Series
from quorate.terms.models import Body


def feed(bodies: Sequence[Body], name: str, series: Series | None = None) -> bytes:
    """The calendar of some bodies, or of one series. Three queries."""
    calendar = Calendar()
    calendar.add("prodid", "-//Quorate//Meetings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    chosen = Series.objects.filter(body__in=bodies).select_related("body").prefetch_related("changes")
    if series is not None:
        chosen = chosen.filter(pk=series.pk)
    for each in chosen.order_by("title", "id"):
        for event in series_events(each, list(each.changes.all())):
            calendar.add_component(event)
    if series is None:
        for meeting in Meeting.objects.filter(body__in=bodies, series=None).select_related("body"):
            calendar.add_component(meeting_event(meeting))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def series_events(series: Series, changes: Iterable[Change]) -> Iterable[Event]:
    """The event of a series, then one for each day that was moved or cancelled."""
    zone = ZoneInfo(series.zone)
    start = datetime.combine(series.first_day, series.wall, zone)
    event = _event(f"series-{series.id}", series.title, series.body, series.place)
    event.add("dtstart", start)
    event.add("duration", timedelta(minutes=series.duration))
    rule = vRecur.from_ical(series.rrule)
    if series.ended_at is not None:
        rule["UNTIL"] = [(series.ended_at - timedelta(seconds=1)).astimezone(UTC).replace(microsecond=0)]
    event.add("rrule", rule)
    _stamp(event, series.changed_at, series.sequence)
    yield event
    for change in changes:
        planned = recurrence.instant(change.day, series.wall, series.zone).astimezone(zone)
        if series.ended_at is not None and planned >= series.ended_at:
            continue
        override = _event(f"series-{series.id}", series.title, series.body, series.place)
        override.add("recurrence-id", planned)
        override.add("dtstart", planned if change.starts_at is None else change.starts_at.astimezone(zone))
        override.add("duration", timedelta(minutes=series.duration))
        override.add("status", "CANCELLED" if change.what == Change.What.CANCELLED else "CONFIRMED")
        _stamp(override, change.changed_at, change.sequence)
        yield override


def meeting_event(meeting: Meeting) -> Event:
    """A meeting outside every series."""
    event = _event(f"meeting-{meeting.id}", meeting.title, meeting.body, meeting.place)
    event.add("dtstart", meeting.starts_at.astimezone(ZoneInfo(meeting.zone)))
    event.add("duration", timedelta(minutes=meeting.duration))
    event.add("status", "CANCELLED" if meeting.state == Meeting.State.CANCELLED else "CONFIRMED")
    event.add("url", f"{settings.PUBLIC_URL}{meeting.url}")
    _stamp(event, meeting.changed_at, meeting.sequence)
    return event


def _event(key: str, title: str, body: Body, place: str) -> Event:
    event = Event()
    event.add("uid", f"{key}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}")
    event.add("summary", title if body.name in title else f"{body.name}: {title}")
    if place:
        event.add("location", place)
    event.add("description", f"{settings.PUBLIC_URL}/p/bodies/{body.slug}/meetings/")
    return event


def _stamp(event: Event, changed_at: datetime, sequence: int) -> None:
    stamp = changed_at.astimezone(UTC).replace(microsecond=0)
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    event.add("sequence", sequence)
