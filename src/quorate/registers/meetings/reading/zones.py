"""Times as minutes print them ("7am PDT/10am EDT/4pm CEST"), held against the zones that the letters mean.

A printed abbreviation is either one offset (CET is UTC+1, summer or winter) or the clock of a place (PT). The first time
of a group is the one that counts; every other must be the same instant, and must be what clocks there show that day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from quorate.kernel.i18n import gettext
from quorate.registers.meetings.reading.document import Document
from quorate.registers.meetings.reading.seats import Remark

#: The place whose clock an abbreviation speaks of.
PLACES = {
    **dict.fromkeys(("PT", "PST", "PDT"), "America/Los_Angeles"),
    **dict.fromkeys(("MT", "MST", "MDT"), "America/Denver"),
    **dict.fromkeys(("CT", "CDT"), "America/Chicago"),
    **dict.fromkeys(("ET", "EST", "EDT"), "America/New_York"),
    **dict.fromkeys(("CET", "CEST"), "Europe/Berlin"),
    **dict.fromkeys(("EET", "EEST"), "Europe/Helsinki"),
    **dict.fromkeys(("GMT", "BST"), "Europe/London"),
    "IST": "Asia/Kolkata",
    "JST": "Asia/Tokyo",
    "KST": "Asia/Seoul",
    "UTC": "UTC",
}
#: Abbreviations that are one offset all year; the others are whatever the place's clock shows.
OFFSETS = {
    "PST": -8, "PDT": -7, "MST": -7, "MDT": -6, "CDT": -5, "EST": -5, "EDT": -4, "GMT": 0, "UTC": 0, "BST": 1,
    "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "IST": 5.5, "JST": 9, "KST": 9,
}  # fmt: skip
_TIME = re.compile(
    r"\b(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?\s*(?P<half>[ap])?\.?m?\.?\s+(?P<zone>" + "|".join(PLACES) + r")\b",
    re.I,
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EVERY = re.compile(rf"\b(?P<nth>{'|'.join(_ORDINALS)})\s+(?P<day>{'|'.join(_DAYS)})\b", re.I)


@dataclass(frozen=True, slots=True)
class Printed:
    """One printed time: ``7am PDT``."""

    text: str
    wall: time
    zone: str

    def on(self, day: date) -> datetime:
        """The instant it names on a day, as the letters say."""
        local = datetime.combine(day, self.wall, UTC).replace(tzinfo=None)
        if self.zone in OFFSETS:
            return local.replace(tzinfo=timezone(timedelta(hours=OFFSETS[self.zone]))).astimezone(UTC)
        return local.replace(tzinfo=ZoneInfo(PLACES[self.zone])).astimezone(UTC)

    @property
    def place(self) -> ZoneInfo:
        return ZoneInfo(PLACES[self.zone])


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A printed recurrence: the nth weekday of every month."""

    nth: int
    weekday: int

    @property
    def rrule(self) -> str:
        """The same as a recurrence rule of RFC 5545."""
        return f"FREQ=MONTHLY;BYDAY={self.nth}{_DAYS[self.weekday][:2].upper()}"

    def days(self, year: int) -> list[date]:
        """Its days in a year."""
        return [day for month in range(1, 13) if (day := nth_weekday(year, month, self.nth, self.weekday)) is not None]


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> date | None:
    """The nth weekday of a month, counted from its end when negative; ``None`` when it has none."""
    days = [
        day
        for offset in range(31)
        if (day := date(year, month, 1) + timedelta(days=offset)).month == month and day.weekday() == weekday
    ]
    index = nth - 1 if nth > 0 else nth
    return days[index] if -len(days) <= index < len(days) else None


def times_in(text: str) -> list[Printed]:
    """Every time with a zone in a line, in order."""
    return [found for match in _TIME.finditer(text) if (found := _printed(match)) is not None]


def _printed(match: re.Match[str]) -> Printed | None:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    half = (match["half"] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59:
        return None
    return Printed(match[0].strip(), time(hour, minute), match["zone"].upper())


def rhythm_of(text: str) -> Rhythm | None:
    """The recurrence that a line speaks of, such as "every second Tuesday of every month"."""
    match = _EVERY.search(text) if re.search(r"\bevery\b|\beach\b|\bmonthly\b", text, re.I) else None
    if match is None:
        return None
    return Rhythm(_ORDINALS[match["nth"].lower()], _DAYS.index(match["day"].lower()))


def sentences(text: str) -> list[str]:
    """The sentences of a line; the full stop of an initial ("A. Lindgren") ends none."""
    return [part.strip() for part in re.split(r"(?<![\s(][A-Z]\.)(?<=[.!?])\s+(?=[A-Z“\"])", text) if part.strip()]


def check_times(document: Document) -> tuple[datetime | None, list[Remark]]:
    """When the meeting began by its first printed time, and every printed time that is not what clocks show."""
    starts: datetime | None = None
    remarks: list[Remark] = []
    for prose in (*document.opening, *(line for passage in document.sections for line in passage.lines)):
        for sentence in sentences(prose.text):
            printed = times_in(sentence)
            if not printed:
                continue
            if starts is None:
                starts = printed[0].on(document.date)
            remarks += _differing(printed, document.date, prose.line)
            rhythm = rhythm_of(sentence)
            if rhythm is not None:
                remarks += _through_the_year(printed, rhythm, document.date.year, prose.line)
    return starts, remarks


def _differing(printed: Sequence[Printed], day: date, line: int) -> Iterable[Remark]:
    """Times of a group that name another instant than its first, and letters that clocks do not show that day."""
    anchor = printed[0].on(day)
    for one in printed:
        instant = one.on(day)
        right = anchor.astimezone(one.place)
        words = {
            "printed": one.text,
            "instant": f"{instant:%H:%M}",
            "first": printed[0].text,
            "anchor": f"{anchor:%H:%M}",
            "day": day.isoformat(),
            "right": f"{right:%H:%M}",
            "letters": right.tzname() or "",
            "place": one.place.key,
        }
        if instant != anchor:
            what = gettext(
                "“%(printed)s” is %(instant)s UTC, but “%(first)s” is %(anchor)s UTC on %(day)s: in %(place)s it is"
                " %(right)s %(letters)s"
            )
            yield Remark(line, what % words, gettext("print %(right)s %(letters)s") % words)
        elif one.zone in OFFSETS and right.utcoffset() != timedelta(hours=OFFSETS[one.zone]):
            yield Remark(line, gettext("“%(printed)s” on %(day)s is %(right)s %(letters)s") % words)


def _through_the_year(printed: Sequence[Printed], rhythm: Rhythm, year: int, line: int) -> Iterable[Remark]:
    """Days of a series on which clocks elsewhere show another time than the one printed for every day."""
    anchor = printed[0]
    for one in printed[1:]:
        off = {
            day: shown
            for day in rhythm.days(year)
            if (shown := anchor.on(day).astimezone(one.place)).timetz().replace(tzinfo=None) != one.wall
        }
        if off:
            days = ", ".join(f"{day.isoformat()} ({shown:%H:%M})" for day, shown in off.items())
            what = gettext(
                "“%(printed)s” is printed for every day, but clocks in %(place)s show another time on %(days)s"
            )
            words = {"printed": one.text, "place": one.place.key, "days": days}
            yield Remark(line, what % words, gettext("name one zone, and let calendars work out the others"))
