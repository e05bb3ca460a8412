"""Ages and clocks: words that keep differences visible, tones that come at the right moment."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from quorate.kernel.i18n import override
from quorate.toolkit import times

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=5), "1 minute"),
        (timedelta(minutes=42), "42 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=31), "31 hours"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=99), "99 days"),
        (timedelta(days=120), "3 months"),
        (timedelta(days=800), "2 years"),
    ],
)
def test_a_span_is_one_unit(span: timedelta, words: str) -> None:
    assert times.span_words(span) == words


@given(st.lists(st.integers(min_value=0, max_value=10**9), min_size=2, max_size=6))
def test_ages_sort_by_what_they_carry(seconds: list[int]) -> None:
    shown = [times.age(AT - timedelta(seconds=each), at=AT) for each in seconds]
    keys = [int(re.search(r'data-sort="(-?\d+)"', html)[1]) for html in shown]  # type: ignore[index]  # always there
    assert keys == seconds


@pytest.mark.parametrize(
    ("due", "since", "tone"),
    [
        (timedelta(days=20), None, "calm"),
        (timedelta(days=3), None, "soon"),
        (timedelta(seconds=-1), None, "late"),
        # Of a year allowed the last seven days are soon, not the last seventy.
        (timedelta(days=30), timedelta(days=335), "calm"),
        (timedelta(days=6), timedelta(days=359), "soon"),
        # Of two days allowed the last day is soon, not only the last ten hours.
        (timedelta(hours=23), timedelta(hours=25), "soon"),
    ],
)
def test_a_clock_turns_soon_in_the_last_fifth(due: timedelta, since: timedelta | None, tone: str) -> None:
    state = times.clock_state(AT + due, since=AT - since if since else None, at=AT)
    assert state.tone == tone


def test_a_day_is_not_late_until_it_is_over() -> None:
    assert times.clock_state(AT.date(), at=AT).tone == "soon"
    assert times.clock_state(AT.date() - timedelta(days=1), at=AT).words == "late by 12 hours"


def test_a_clock_always_has_words() -> None:
    assert "late by 4 days" in times.clock(AT - timedelta(days=4), at=AT)
    assert "paused, 8 days left" in times.clock(AT + timedelta(days=8), at=AT, paused=True)
    assert "no deadline" in times.clock(None)
    assert 'data-tone="done"' in times.clock(AT, at=AT, done=True)


def test_an_instant_says_its_zone_without_script_and_carries_utc() -> None:
    html = times.when(datetime(2026, 3, 12, 14, 0, tzinfo=UTC))
    assert '<time datetime="2026-03-12T14:00:00Z" data-local="minute"' in html
    assert "12 Mar 2026, 14:00 UTC" in html


def test_days_are_written_in_the_language() -> None:
    with override("zh-hans"):
        assert "2026年3月12日" in times.when(date(2026, 3, 12))
    with override("fr"):
        assert "12 mars 2026" in times.when(date(2026, 3, 12))


def test_unknown_is_a_word() -> None:
    assert "unknown" in times.when(None)
    assert "unknown" in times.age(None)


def test_a_value_that_is_no_time_is_refused() -> None:
    with pytest.raises(TypeError, match="needs a date"):
        times.when("")  # type: ignore[arg-type]  # what a misspelt variable of a template gives


def test_one_instant_is_said_in_each_zone_and_language() -> None:
    """Equal instants hash the same, whatever their zone: what was said for one reader is not said to the next."""
    with timezone.override("Europe/Berlin"):
        assert times.minute_words(AT) == "22 Nov 2026, 13:00 CET"
    with timezone.override("Asia/Kolkata"):
        assert times.minute_words(AT) == "22 Nov 2026, 17:30 IST"
    with timezone.override("UTC"):
        assert times.minute_words(AT) == "22 Nov 2026, 12:00 UTC"
        with override("fr"):
            assert times.minute_words(AT) == "22 nov. 2026, 12:00 UTC"
            assert times.day_words(AT) == "22 nov. 2026"
    with timezone.override("Pacific/Auckland"):
        assert times.minute_words(AT) == "23 Nov 2026, 01:00 NZDT"
