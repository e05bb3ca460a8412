"""Instants, ages and clocks as words: what is due, how soon, in three tones that never rely on colour.

Every function takes aware datetimes (or dates where it says so) and gives safe HTML around a ``<time>``, so that
a small script can show the reader's own zone. Without the script the zone is written out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from django.utils import dateformat, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from quorate.kernel import clock as kernel_clock
from quorate.kernel.i18n import get_language, gettext, ngettext

Tone = Literal["calm", "soon", "late", "none", "paused", "done"]

_DAY = {"zh": "Y年n月j日", "fr": "j N Y"}
_MINUTE = {"zh": "Y年n月j日 H:i", "fr": "j N Y, H:i"}
_SOON_FLOOR = timedelta(days=1)
_SOON_CEILING = timedelta(days=7)
_SOON_DEFAULT = timedelta(days=3)


def _pattern(table: dict[str, str], otherwise: str, language: str) -> str:
    return table.get(language.split("-")[0], otherwise)


def day_words(value: date) -> str:
    """A day in the active language: "12 Mar 2026"."""
    day = value.date() if isinstance(value, datetime) else value
    return _day_words(day, get_language() or "en")


def minute_words(value: datetime) -> str:
    """An instant in the active time zone, with the zone: "12 Mar 2026, 14:00 UTC"."""
    local = timezone.localtime(value)
    clock_face = local.replace(second=0, microsecond=0, tzinfo=None)
    return _minute_words(clock_face, local.tzname() or "", get_language() or "en")


# One page says the same few days and minutes dozens of times. What is kept is keyed by the face of the clock and the
# zone's name, since one instant in two zones is equal and hashes the same.
@lru_cache(maxsize=4096)
def _day_words(day: date, language: str) -> str:
    return dateformat.format(day, _pattern(_DAY, "j M Y", language))


@lru_cache(maxsize=4096)
def _minute_words(clock_face: datetime, zone: str, language: str) -> str:
    return f"{dateformat.format(clock_face, _pattern(_MINUTE, 'j M Y, H:i', language))} {zone}".rstrip()


def iso(value: date | datetime) -> str:
    """ISO 8601; instants in UTC to the second with ``Z``."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat()


def _need(tag: str, value: object) -> None:
    if not isinstance(value, date):
        raise TypeError(f"{tag} needs a date or a datetime, got {value!r}")


def when(value: date | datetime | None, style: Literal["minute", "day", "time"] = "minute") -> SafeString:
    """A point in time. A date shows as a day whatever the style; ``None`` is "unknown"."""
    if value is None:
        return unknown()
    _need("when", value)
    if not isinstance(value, datetime):
        return format_html('<time datetime="{}">{}</time>', iso(value), day_words(value))
    exact = minute_words(value)
    shown = exact
    if style == "day":
        shown = day_words(timezone.localtime(value).date())
    elif style == "time":
        shown = timezone.localtime(value).strftime("%H:%M")
    return format_html('<time datetime="{}" data-local="{}" title="{}">{}</time>', iso(value), style, exact, shown)


def unknown(words: str = "") -> SafeString:
    """The word for what is not known; never a zero, never a blank."""
    return format_html('<span class="unknown">{}</span>', words or gettext("unknown"))


def span_words(span: timedelta) -> str:
    """A length of time in one unit that keeps small differences visible: hours to 2 days, days to 100, then months."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 3600:
        count = max(1, seconds // 60)
        return ngettext("%(n)d minute", "%(n)d minutes", count) % {"n": count}
    if seconds < 48 * 3600:
        count = seconds // 3600
        return ngettext("%(n)d hour", "%(n)d hours", count) % {"n": count}
    days = seconds // 86400
    if days < 100:
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    months = int(days / 30.4375)
    if months < 24:
        return ngettext("%(n)d month", "%(n)d months", months) % {"n": months}
    years = int(days / 365.25)
    return ngettext("%(n)d year", "%(n)d years", years) % {"n": years}


def _instant(value: date | datetime) -> datetime:
    if isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day, tzinfo=UTC)


def age(value: date | datetime | None, *, at: datetime | None = None) -> SafeString:
    """How long ago, without "ago": "4 days". ``data-sort`` holds the seconds."""
    if value is None:
        return unknown()
    _need("age", value)
    span = (at or kernel_clock.now()) - _instant(value)
    return _timed(value, span_words(abs(span)), int(span.total_seconds()))


def ago(value: date | datetime | None, *, at: datetime | None = None) -> SafeString:
    """How long ago: "4 days ago", or "in 4 days" when it lies ahead."""
    if value is None:
        return unknown()
    _need("ago", value)
    span = (at or kernel_clock.now()) - _instant(value)
    seconds = int(span.total_seconds())
    if abs(seconds) < 60:
        return _timed(value, gettext("just now"), seconds)
    words = gettext("in %s") if seconds < 0 else gettext("%s ago")
    return _timed(value, words % span_words(abs(span)), seconds)


def _timed(value: date | datetime, words: str, sort: int) -> SafeString:
    if isinstance(value, datetime):
        return format_html(
            '<time datetime="{}" data-sort="{}" data-hover title="{}">{}</time>',
            iso(value),
            sort,
            minute_words(value),
            words,
        )
    return format_html(
        '<time datetime="{}" data-sort="{}" title="{}">{}</time>', iso(value), sort, day_words(value), words
    )


@dataclass(frozen=True, slots=True)
class ClockState:
    """What a deadline comes to at an instant: a tone and the words for it."""

    tone: Tone
    words: str


def clock_state(
    due: date | datetime | None,
    *,
    since: datetime | None = None,
    paused: bool = False,
    done: bool = False,
    at: datetime | None = None,
) -> ClockState:
    """Judge a deadline.

    *Late* once it has passed. *Soon* in the last fifth of the time allowed since ``since`` (at least one day, at
    most seven), or in the last three days when the start is not known. *Calm* before that.
    """
    if done:
        return ClockState("done", gettext("done"))
    if due is None:
        return ClockState("paused", gettext("paused")) if paused else ClockState("none", gettext("no deadline"))
    deadline = _instant(due) if isinstance(due, datetime) else _instant(due) + timedelta(days=1)
    left = deadline - (at or kernel_clock.now())
    if left < timedelta(0):
        words = gettext("late by %s") % span_words(-left)
    elif left < timedelta(hours=1):
        words = gettext("due within the hour")
    else:
        words = gettext("%s left") % span_words(left)
    if paused:
        return ClockState("paused", gettext("paused, %s") % words)
    if left < timedelta(0):
        return ClockState("late", words)
    margin = _SOON_DEFAULT
    if since is not None:
        margin = min(max((deadline - since) / 5, _SOON_FLOOR), _SOON_CEILING)
    return ClockState("soon" if left <= margin else "calm", words)


def clock(
    due: date | datetime | None,
    *,
    since: datetime | None = None,
    paused: bool = False,
    done: bool = False,
    at: datetime | None = None,
) -> SafeString:
    """A deadline as a mark and words in a tone, the exact time on hover."""
    if due is not None:
        _need("clock", due)
    state = clock_state(due, since=since, paused=paused, done=done, at=at)
    if due is None:
        return format_html('<span class="clock" data-tone="{}">{}</span>', state.tone, state.words)
    title = minute_words(due) if isinstance(due, datetime) else day_words(due)
    hover = SafeString(" data-hover") if isinstance(due, datetime) else ""
    return format_html(
        '<span class="clock" data-tone="{}"><time datetime="{}" data-sort="{}"{} title="{}">{}</time></span>',
        state.tone,
        iso(due),
        int(_instant(due).timestamp()),
        hover,
        title,
        state.words,
    )
