"""Planning: series of meetings, their exceptions, and single meetings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.text import slugify

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref
from quorate.registers.meetings import recurrence
from quorate.registers.meetings.models import Change, Meeting, Series
from quorate.registers.meetings.queries.calendar import rule_of
from quorate.terms.models import Body


@dataclass(frozen=True)
class SeriesFacts:
    """What a series is begun with. ``quorum`` as in a rule of motions; empty means more than half of the seats."""

    title: str
    zone: str
    first_day: date
    wall: time
    rrule: str
    duration: int = 60
    place: str = ""
    quorum: dict[str, Any] = field(default_factory=dict)


@action("meeting.schedule", kinds=("series.started",))
def start_series(*, actor: Actor, body: Body, facts: SeriesFacts) -> Series:
    """Begin a series. ``UserError`` names the field that cannot stand; ``Conflict`` when the title is taken."""
    authority = authorise(actor, "meeting.schedule", body)
    rule = _checked(facts)
    slug = slugify(facts.title)[:60]
    if not slug:
        raise UserError(gettext("the title is empty"), where="title", mend=gettext("write a title"))
    if Series.objects.filter(body=body, slug=slug).exists():
        raise Conflict(
            gettext("%(body)s has a series “%(title)s”") % {"body": body.name, "title": facts.title},
            where="title",
            mend=gettext("choose another title"),
        )
    series = Series.objects.create(
        body=body,
        slug=slug,
        title=facts.title.strip()[:120],
        zone=facts.zone,
        first_day=facts.first_day,
        wall=facts.wall,
        rrule=rule,
        duration=facts.duration,
        place=facts.place[:300],
        quorum=facts.quorum,
    )
    append(
        "series.started",
        actor=actor,
        refs=[Ref("body", str(body.id)), Ref("series", str(series.id))],
        data={
            "title": series.title,
            "zone": series.zone,
            "first_day": series.first_day.isoformat(),
            "wall": series.wall.isoformat("minutes"),
            "rrule": series.rrule,
            "duration": series.duration,
        },
        authority=authority,
    )
    return series


def _checked(facts: SeriesFacts) -> str:
    recurrence.check_zone(facts.zone)
    rule = recurrence.check_rrule(facts.rrule)
    if not 1 <= facts.duration <= 24 * 60:
        raise UserError(
            gettext("a meeting lasts between a minute and a day"), where="duration", mend=gettext("give minutes")
        )
    first = recurrence.Rule(facts.zone, facts.first_day, facts.wall, rule)
    if not recurrence.is_day(first, facts.first_day):
        after = next(recurrence.ahead(first, (), datetime.combine(facts.first_day, time(), UTC)), None)
        raise UserError(
            gettext("the rule does not give %s, so calendars would differ on the first meeting") % facts.first_day,
            where="first_day",
            mend=gettext("begin on %s") % after.day if after else gettext("begin on a day of the rule"),
        )
    return rule


@action("meeting.schedule", kinds=("series.ended",))
def end_series(*, actor: Actor, series: Series, until: datetime | None = None) -> Series:
    """Let a series have no more meetings from an instant on. Appends ``series.ended``."""
    authority = authorise(actor, "meeting.schedule", series)
    series.ended_at = until or clock.now()
    _touch(series)
    append(
        "series.ended",
        actor=actor,
        refs=[Ref("body", str(series.body_id)), Ref("series", str(series.id))],
        data={"title": series.title, "until": series.ended_at.isoformat()},
        authority=authority,
    )
    return series


@action("meeting.schedule", kinds=("meeting.moved",))
def move_occurrence(*, actor: Actor, series: Series, day: date, starts_at: datetime, reason: str = "") -> Change:
    """Let one meeting of a series be at another time; the rest stand. A meeting already planned moves with it."""
    authority = authorise(actor, "meeting.schedule", series)
    before = _planned(series, day)
    change = _change(series, day, Change.What.MOVED, starts_at, reason)
    meeting = Meeting.objects.filter(series=series, occurrence=day).first()
    if meeting is not None:
        _still_planned(meeting)
        meeting.starts_at, meeting.state = starts_at, Meeting.State.PLANNED
        _bump(meeting)
    _moved(actor, series.body, meeting, before, starts_at, change.sequence, reason, authority)
    return change


@action("meeting.schedule", kinds=("meeting.cancelled",))
def cancel_occurrence(*, actor: Actor, series: Series, day: date, reason: str = "") -> Change:
    """Let one meeting of a series not take place; the rest stand."""
    authority = authorise(actor, "meeting.schedule", series)
    _planned(series, day)
    change = _change(series, day, Change.What.CANCELLED, None, reason)
    meeting = Meeting.objects.filter(series=series, occurrence=day).first()
    if meeting is not None:
        _still_planned(meeting)
        meeting.state = Meeting.State.CANCELLED
        _bump(meeting)
    _cancelled(actor, series.body, meeting, day, change.sequence, reason, authority)
    return change


@action("meeting.schedule", kinds=("meeting.planned",))
def plan_occurrence(*, actor: Actor, series: Series, day: date) -> Meeting:
    """Give one meeting of a series its own page and agenda; planning it again gives the same."""
    authority = authorise(actor, "meeting.schedule", series)
    found = Meeting.objects.filter(series=series, occurrence=day).select_related("body", "series").first()
    if found is not None:
        return found
    planned = _planned(series, day)
    change = series.changes.filter(day=day).first()
    if change is not None and change.what == Change.What.CANCELLED:
        raise Conflict(gettext("this meeting is cancelled"), where="day", mend=gettext("choose another day"))
    starts_at = change.starts_at if change is not None and change.starts_at is not None else planned
    return _plan(actor, series.body, series.title, starts_at, series.zone, series.duration, series.place,
                 series.quorum, authority, series=series, day=day)  # fmt: skip


@action("meeting.schedule", kinds=("meeting.planned",))
def plan_meeting(
    *,
    actor: Actor,
    body: Body,
    title: str,
    starts_at: datetime,
    zone: str,
    duration: int = 60,
    place: str = "",
    quorum: dict[str, Any] | None = None,
) -> Meeting:
    """Plan a single meeting outside every series."""
    authority = authorise(actor, "meeting.schedule", body)
    recurrence.check_zone(zone)
    if not title.strip():
        raise UserError(gettext("the title is empty"), where="title", mend=gettext("write a title"))
    return _plan(actor, body, title, starts_at, zone, duration, place, quorum or {}, authority)


@action("meeting.schedule", kinds=("meeting.moved",))
def move_meeting(*, actor: Actor, meeting: Meeting, starts_at: datetime, reason: str = "") -> Meeting:
    """Let a single meeting be at another time; one of a series is moved as an occurrence of it."""
    authority = authorise(actor, "meeting.schedule", meeting)
    _still_planned(meeting)
    if meeting.series is not None and meeting.occurrence is not None:
        move_occurrence(actor=actor, series=meeting.series, day=meeting.occurrence, starts_at=starts_at, reason=reason)
        meeting.refresh_from_db()
        return meeting
    before, meeting.starts_at = meeting.starts_at, starts_at
    _bump(meeting)
    _moved(actor, meeting.body, meeting, before, starts_at, meeting.sequence, reason, authority)
    return meeting


@action("meeting.schedule", kinds=("meeting.cancelled",))
def cancel_meeting(*, actor: Actor, meeting: Meeting, reason: str = "") -> Meeting:
    """Let a planned meeting not take place."""
    authority = authorise(actor, "meeting.schedule", meeting)
    _still_planned(meeting)
    if meeting.series is not None and meeting.occurrence is not None:
        cancel_occurrence(actor=actor, series=meeting.series, day=meeting.occurrence, reason=reason)
        meeting.refresh_from_db()
        return meeting
    meeting.state = Meeting.State.CANCELLED
    _bump(meeting)
    _cancelled(actor, meeting.body, meeting, meeting.local_start.date(), meeting.sequence, reason, authority)
    return meeting


def _plan(
    actor: Actor,
    body: Body,
    title: str,
    starts_at: datetime,
    zone: str,
    duration: int,
    place: str,
    quorum: dict[str, Any],
    authority: list[str],
    *,
    series: Series | None = None,
    day: date | None = None,
) -> Meeting:
    local = starts_at.astimezone(ZoneInfo(zone))
    meeting = Meeting.objects.create(
        body=body,
        series=series,
        occurrence=day,
        title=f"{title.strip()[:140]}, {local:%Y-%m-%d}" if series is not None else title.strip()[:160],
        starts_at=starts_at,
        zone=zone,
        duration=duration,
        place=place[:300],
        quorum=quorum,
    )
    append(
        "meeting.planned",
        actor=actor,
        refs=_refs(meeting),
        data={"starts_at": starts_at.isoformat(), "zone": zone, "duration": duration},
        authority=authority,
    )
    return meeting


def _planned(series: Series, day: date) -> datetime:
    """When the rule has the meeting of a day; ``UserError`` when it has none."""
    if not recurrence.is_day(rule_of(series), day):
        raise UserError(
            gettext("the series has no meeting on %s") % day,
            where="day",
            mend=gettext("give the day on which the rule has it"),
        )
    return recurrence.instant(day, series.wall, series.zone)


def _change(series: Series, day: date, what: str, starts_at: datetime | None, reason: str) -> Change:
    _touch(series)
    change = series.changes.filter(day=day).first() or Change(series=series, day=day)
    change.what, change.starts_at, change.reason = what, starts_at, reason[:200]
    # A calendar that has the whole series believes an override only with a higher number.
    change.sequence, change.changed_at = series.sequence, series.changed_at
    change.save()
    return change


def _touch(series: Series) -> None:
    series.sequence += 1
    series.changed_at = clock.now()
    series.save()


def _bump(meeting: Meeting) -> None:
    meeting.sequence += 1
    meeting.changed_at = clock.now()
    meeting.save()


def _still_planned(meeting: Meeting) -> None:
    if meeting.state not in (Meeting.State.PLANNED, Meeting.State.CANCELLED):
        raise Conflict(
            gettext("this meeting has already begun"), where="meeting", mend=gettext("adjourn it, and plan another")
        )


def _refs(meeting: Meeting) -> list[Ref]:
    return [Ref("meeting", str(meeting.id)), Ref("body", str(meeting.body_id))]


def _moved(
    actor: Actor,
    body: Body,
    meeting: Meeting | None,
    before: datetime,
    after: datetime,
    sequence: int,
    reason: str,
    authority: list[str],
) -> None:
    append(
        "meeting.moved",
        actor=actor,
        refs=_refs(meeting) if meeting else [Ref("body", str(body.id))],
        data={
            "before": before.astimezone(UTC).isoformat(timespec="minutes"),
            "after": after.astimezone(UTC).isoformat(timespec="minutes"),
            "sequence": sequence,
        },
        private={"reason": reason},
        authority=authority,
    )


def _cancelled(
    actor: Actor, body: Body, meeting: Meeting | None, day: date, sequence: int, reason: str, authority: list[str]
) -> None:
    append(
        "meeting.cancelled",
        actor=actor,
        refs=_refs(meeting) if meeting else [Ref("body", str(body.id))],
        data={"day": day.isoformat(), "sequence": sequence},
        private={"reason": reason},
        authority=authority,
    )
