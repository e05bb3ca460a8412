"""When the meetings of a series are: wall time in one zone, by a recurrence rule, with single days moved or cancelled.

The rule runs over local days, so 07:00 stays 07:00 when clocks change, and every other zone sees what its own clocks
show at that instant. A wall time that a change of clocks skips is read with the offset before it, as RFC 5545 says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

from dateutil.rrule import rrule, rrulestr

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
PARTS = ("FREQ", "INTERVAL", "COUNT", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST")


@dataclass(frozen=True, slots=True)
class Rule:
    """A series as plain values. ``ends`` is the instant from which on it has no more meetings."""

    zone: str
    first_day: date
    wall: time
    rrule: str
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Exceptional:
    """What became of one day of the rule: a new time, or with ``None`` nothing."""

    day: date
    starts_at: datetime | None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One meeting of a series: the day the rule gives, and when it is; ``None`` when it is cancelled."""

    day: date
    starts_at: datetime | None
    moved: bool = False


def instant(day: date, wall: time, zone: str) -> datetime:
    """A wall time in a zone as an instant in UTC."""
    return datetime.combine(day, wall, ZoneInfo(zone)).astimezone(UTC)


def check_zone(name: str) -> None:
    """Refuse what is no zone of the IANA database."""
    if name not in available_timezones():
        raise UserError(
            gettext("“%s” is no time zone") % name,
            where="zone",
            mend=gettext("use a name of the IANA list, such as America/Los_Angeles"),
        )


def check_rrule(text: str) -> str:
    """A rule in its one form; ``UserError`` for what calendars would read differently or not at all."""
    plain = text.strip().upper().removeprefix("RRULE:")
    parts = [part.partition("=") for part in plain.split(";") if part]
    names = [name for name, _equals, _value in parts]
    unknown = next((name for name in names if name not in PARTS), None)
    if unknown is not None:
        mend = gettext("end the series instead") if unknown == "UNTIL" else gettext("use: %s") % ", ".join(PARTS)
        raise UserError(gettext("a series has no %s") % unknown, where="rrule", mend=mend)
    values = {name: value for name, _equals, value in parts}
    example = gettext("write it as in FREQ=MONTHLY;BYDAY=2TU, the second Tuesday of every month")
    if len(values) != len(parts) or values.get("FREQ") not in FREQUENCIES:
        raise UserError(gettext("“%s” is no rule of recurrence") % text, where="rrule", mend=example)
    bounded = (number for name in ("INTERVAL", "COUNT") if (number := values.get(name)) is not None)
    if any(not re.fullmatch(r"[1-9]\d{0,3}", number) for number in bounded):
        raise UserError(gettext("“%s” is no rule of recurrence") % text, where="rrule", mend=example)
    try:
        made = rrulestr(plain, dtstart=datetime(2026, 1, 1))  # noqa: DTZ001  # a rule runs over wall time
        some = next(iter(islice(made, 1)), None)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise UserError(gettext("“%s” is no rule of recurrence") % text, where="rrule", mend=example) from None
    if some is None:
        raise UserError(gettext("this rule has no day at all"), where="rrule", mend=example)
    return plain


def days(rule: Rule, start: date, until: date) -> list[date]:
    """The days the rule gives from one day until before another, in the zone of the series."""
    made = _rrule(rule)
    low = datetime.combine(start, time.min)
    high = datetime.combine(until, time.min)
    found = (moment.date() for moment in made.between(low, high, inc=True) if low <= moment < high)
    return [day for day in found if rule.ends is None or instant(day, rule.wall, rule.zone) < rule.ends]


def is_day(rule: Rule, day: date) -> bool:
    """Whether the rule gives this day."""
    return day in days(rule, day, day + timedelta(days=1))


def _rrule(rule: Rule) -> rrule:
    made = rrulestr(rule.rrule, dtstart=datetime.combine(rule.first_day, rule.wall))
    assert isinstance(made, rrule)  # a rule in one line has no exceptions
    return made


def occurrences(rule: Rule, changed: Iterable[Exceptional], start: datetime, until: datetime) -> list[Occurrence]:
    """The meetings that begin within ``[start, until)``, in order, and those of its days that were cancelled."""
    exceptions = {each.day: each for each in changed}
    zone = ZoneInfo(rule.zone)
    first = start.astimezone(zone).date() - timedelta(days=1)
    last = until.astimezone(zone).date() + timedelta(days=2)
    found: list[tuple[datetime, Occurrence]] = []
    for day in {*days(rule, first, last), *(day for day in exceptions if is_day(rule, day))}:
        planned = instant(day, rule.wall, rule.zone)
        change = exceptions.get(day)
        if change is None:
            at, one = planned, Occurrence(day, planned)
        elif change.starts_at is None:
            at, one = planned, Occurrence(day, None)
        else:
            at, one = change.starts_at, Occurrence(day, change.starts_at, moved=True)
        if start <= at < until:
            found.append((at, one))
    return [one for _at, one in sorted(found, key=lambda pair: (pair[0], pair[1].day))]


def ahead(rule: Rule, changed: Iterable[Exceptional], start: datetime) -> Iterator[Occurrence]:
    """The meetings from an instant on, a year at a time, for as long as there are any within ten years."""
    exceptions = list(changed)
    for year in range(10):
        low = start + timedelta(days=365 * year)
        yield from occurrences(rule, exceptions, low, low + timedelta(days=365))
