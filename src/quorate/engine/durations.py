"""ISO 8601 durations with calendar arithmetic, and the business-day calendar that clocks may run on.

``P3M`` is three calendar months, not ninety days: 30 November plus ``P3M`` is 28 February. A duration is added to an
aware instant in UTC; a business duration skips Saturdays, Sundays and the holidays it is given, in a time zone.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import total_ordering

from quorate.kernel.i18n import gettext, ngettext

_PATTERN = re.compile(
    r"P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
#: Mean Gregorian lengths, used only to compare durations and to sum stage clocks, never to move a date.
_DAYS_IN_MONTH = 30.436875
_BUSINESS_DAY = timedelta(days=1)


@total_ordering
@dataclass(frozen=True, eq=False)
class Duration:
    """A length of time in calendar units; all parts are whole and not negative.

    Ordering and ``approximate_days`` use mean month lengths (30.44 days): good for lint and display, not for dates.
    """

    months: int = 0
    days: int = 0
    seconds: int = 0
    text: str = ""

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read ``P3M``, ``P14D``, ``P2W``, ``PT6H``, ``P1Y6M`` and so on. Raises ``ValueError`` otherwise."""
        match = _PATTERN.fullmatch(text.strip()) if isinstance(text, str) else None
        parts = {unit: int(n) for unit, n in match.groupdict().items() if n} if match else {}
        if not parts or text.strip().endswith("T"):
            raise ValueError(gettext("“%(text)s” is not an ISO 8601 duration") % {"text": text})
        return cls(
            months=parts.get("years", 0) * 12 + parts.get("months", 0),
            days=parts.get("weeks", 0) * 7 + parts.get("days", 0),
            seconds=parts.get("hours", 0) * 3600 + parts.get("minutes", 0) * 60 + parts.get("seconds", 0),
            text=text.strip(),
        )

    def __str__(self) -> str:
        return self.text or self.canonical

    @property
    def canonical(self) -> str:
        """The shortest ISO form of the same length: ``P12M`` becomes ``P1Y``, ``P2W`` becomes ``P14D``."""
        years, months = divmod(self.months, 12)
        hours, rest = divmod(self.seconds, 3600)
        minutes, seconds = divmod(rest, 60)
        day_part = "".join(f"{n}{unit}" for n, unit in ((years, "Y"), (months, "M"), (self.days, "D")) if n)
        clock_part = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n)
        if not day_part and not clock_part:
            return "PT0S"
        return f"P{day_part}" + (f"T{clock_part}" if clock_part else "")

    def _key(self) -> tuple[int, int, int]:
        return (self.months, self.days, self.seconds)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Duration) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __lt__(self, other: Duration) -> bool:
        if not isinstance(other, Duration):
            return NotImplemented
        return (self.approximate_days, self._key()) < (other.approximate_days, other._key())

    def __add__(self, other: Duration) -> Duration:
        return Duration(self.months + other.months, self.days + other.days, self.seconds + other.seconds)

    @property
    def is_zero(self) -> bool:
        """Whether it has no length at all."""
        return self._key() == (0, 0, 0)

    @property
    def approximate_days(self) -> float:
        """Length in days, months counted as 30.44 days."""
        return self.months * _DAYS_IN_MONTH + self.days + self.seconds / 86400

    @property
    def words(self) -> str:
        """``3 months``, ``14 days``, ``1 year 6 months``: for people."""
        years, months = divmod(self.months, 12)
        hours, rest = divmod(self.seconds, 3600)
        minutes, seconds = divmod(rest, 60)
        parts = [
            ngettext("%(n)d year", "%(n)d years", years) % {"n": years} if years else "",
            ngettext("%(n)d month", "%(n)d months", months) % {"n": months} if months else "",
            ngettext("%(n)d day", "%(n)d days", self.days) % {"n": self.days} if self.days else "",
            ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours} if hours else "",
            ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes} if minutes else "",
            ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds} if seconds else "",
        ]
        return " ".join(part for part in parts if part) or gettext("no time")

    def after(self, start: datetime, *, sign: int = 1) -> datetime:
        """``start`` moved by this length (``sign=-1``: back), months first, clamped to the month's last day."""
        if start.tzinfo is None:
            raise ValueError("a duration is added to an aware datetime")
        moved = _add_months(start, sign * self.months)
        return moved + sign * timedelta(days=self.days, seconds=self.seconds)

    def before(self, end: datetime) -> datetime:
        """``end`` moved back by this length."""
        return self.after(end, sign=-1)

    def after_date(self, start: date, *, sign: int = 1) -> date:
        """A date moved by this length; parts below a day are dropped."""
        at = datetime.combine(start, time(0), tzinfo=UTC)
        return self.after(at, sign=sign).date()


ZERO = Duration()


def _add_months(start: datetime, months: int) -> datetime:
    if months == 0:
        return start
    year, month0 = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ValueError(gettext("the date lies outside the calendar"))
    last = calendar.monthrange(year, month0 + 1)[1]
    return start.replace(year=year, month=month0 + 1, day=min(start.day, last))


@dataclass(frozen=True)
class BusinessCalendar:
    """Which days count: not ``weekend`` (Monday is 0) and not ``holidays``, in the foundation's time ``zone``."""

    zone: tzinfo = UTC
    holidays: frozenset[date] = frozenset()
    weekend: Collection[int] = (5, 6)

    def is_open(self, day: date) -> bool:
        """Whether the day counts."""
        return day.weekday() not in self.weekend and day not in self.holidays

    def add(self, start: datetime, duration: Duration) -> datetime:
        """``start`` plus a duration whose days are business days.

        Months move the calendar first; then each day steps to the next open day at the same local time; hours run
        on the wall clock of open days. A result on a closed day rolls forward to the next open day.
        """
        if start.tzinfo is None:
            raise ValueError("a duration is added to an aware datetime")
        local = _add_months(start.astimezone(self.zone), duration.months)
        for _step in range(duration.days):
            local = self._roll(local + _BUSINESS_DAY)
        seconds = duration.seconds
        while seconds > 0:
            local = self._roll(local, at=time(0))
            midnight = (local + _BUSINESS_DAY).replace(hour=0, minute=0, second=0, microsecond=0)
            left = int((midnight - local).total_seconds()) or 1
            step = min(seconds, left)
            local += timedelta(seconds=step)
            seconds -= step
        return self._roll(local).astimezone(UTC)

    def _roll(self, local: datetime, at: time | None = None) -> datetime:
        for _step in range(3660):
            if self.is_open(local.date()):
                return local
            local += _BUSINESS_DAY
            if at is not None:
                local = local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
        raise ValueError(gettext("no open day within ten years"))

    def days_between(self, start: datetime, end: datetime) -> int:
        """Open days after the day of ``start`` up to and including the day of ``end`` (0 when not later)."""
        first, last = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        return sum(self.is_open(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
