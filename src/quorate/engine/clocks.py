"""Deadlines and pauses: by when a step is due, and what a pause does to the clocks.

A stage's clock runs from entering it. A stage that ``pauses_clock`` (usually a question to the applicant) stops two
clocks: the program's promise, and that of the stage which was interrupted. When the case returns there, that stage's
deadline has moved by exactly the time the case was away; asking a question neither uses up an owner's time nor
gives them a new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from quorate.engine.definition import Calendar, Stage
from quorate.engine.definition import Program as Definition
from quorate.engine.durations import BusinessCalendar, Duration
from quorate.engine.models import StageVisit
from quorate.toolkit.identity import identity


@dataclass(frozen=True)
class Deadlines:
    """By when the owner should have moved the case on, and when it moves by itself."""

    due: datetime | None
    timeout: datetime | None


def zone() -> tzinfo:
    """The foundation's time zone, in which business days are counted."""
    try:
        return ZoneInfo(identity().time_zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def add(start: datetime, length: Duration, calendar: Calendar = Calendar.ELAPSED) -> datetime:
    """``start`` plus a length, on all days or on business days."""
    if calendar is Calendar.BUSINESS:
        return BusinessCalendar(zone()).add(start, length)
    return length.after(start)


def deadlines(stage: Stage, entered: datetime, resumed: StageVisit | None = None) -> Deadlines:
    """The deadlines of a visit that begins at ``entered``, continuing ``resumed`` when it was only interrupted."""
    due = add(entered, stage.clock.within, stage.clock.calendar) if stage.clock else None
    timeout = add(entered, stage.timeout.after, stage.timeout.calendar) if stage.timeout else None
    if resumed is not None and resumed.left_at is not None and not stage.pauses_clock:
        away = entered - resumed.left_at
        due = resumed.due_at + away if resumed.due_at else None
        timeout = resumed.timeout_at + away if resumed.timeout_at else None
    return Deadlines(due, timeout)


def promise_starts(definition: Definition, stage: str) -> bool:
    """Whether entering the stage starts the program's promise."""
    promise = definition.commitment
    return promise is not None and stage == (promise.from_ or definition.start.name)


def promise_ends(definition: Definition, stage: str) -> bool:
    """Whether entering the stage keeps the program's promise."""
    promise = definition.commitment
    if promise is None:
        return False
    return stage in promise.to if promise.to else definition.stage(stage).is_end


def running(visits: list[StageVisit], at: datetime) -> timedelta:
    """How long the program's clock ran over the visits until ``at``: exact, pauses left out."""
    total = timedelta(0)
    for visit in visits:
        if not visit.paused and visit.entered_at < at:
            total += min(visit.left_at or at, at) - visit.entered_at
    return total


def paused(visits: list[StageVisit], at: datetime) -> timedelta:
    """How long it stood still."""
    total = timedelta(0)
    for visit in visits:
        if visit.paused and visit.entered_at < at:
            total += min(visit.left_at or at, at) - visit.entered_at
    return total
