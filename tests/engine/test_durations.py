"""Durations are calendar arithmetic, and business clocks skip what does not count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.engine.durations import BusinessCalendar, Duration

durations = st.builds(Duration, months=st.integers(0, 60), days=st.integers(0, 400), seconds=st.integers(0, 200_000))
instants = st.integers(0, 3_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@pytest.mark.parametrize(
    ("text", "months", "days", "seconds"),
    [
        ("P3M", 3, 0, 0),
        ("P1Y6M", 18, 0, 0),
        ("P2W", 0, 14, 0),
        ("P14D", 0, 14, 0),
        ("PT6H30M", 0, 0, 23400),
        ("P1DT1S", 0, 1, 1),
        ("PT0S", 0, 0, 0),
    ],
)
def test_reads_iso_8601(text: str, months: int, days: int, seconds: int) -> None:
    length = Duration.parse(text)
    assert (length.months, length.days, length.seconds) == (months, days, seconds)
    assert str(length) == text


@pytest.mark.parametrize("text", ["", "P", "PT", "P1DT", "3 months", "P-1D", "P1.5D", "p3m", "P1H", "P1M1Y"])
def test_refuses_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        Duration.parse(text)


def test_three_months_are_months_and_not_ninety_days() -> None:
    end_of_november = datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert Duration.parse("P3M").after(end_of_november) == datetime(2027, 2, 28, 9, tzinfo=UTC)
    assert Duration.parse("P3M").after(datetime(2027, 11, 30, tzinfo=UTC)) == datetime(2028, 2, 29, tzinfo=UTC)
    assert Duration.parse("P6M").before(datetime(2026, 8, 31, tzinfo=UTC)) == datetime(2026, 2, 28, tzinfo=UTC)
    assert Duration.parse("P1M").after_date(date(2026, 1, 31)) == date(2026, 2, 28)


def test_a_duration_needs_to_know_the_zone() -> None:
    with pytest.raises(ValueError, match="aware"):
        Duration.parse("P1D").after(datetime.fromisoformat("2026-01-01T00:00"))


@given(durations)
def test_the_canonical_form_means_the_same(length: Duration) -> None:
    assert Duration.parse(length.canonical) == length
    assert hash(Duration.parse(length.canonical)) == hash(length)


@given(durations, instants)
def test_later_and_earlier(length: Duration, at: datetime) -> None:
    assert length.after(at) >= at
    assert length.before(at) <= at
    assert length.is_zero == (length.after(at) == at and length.before(at) == at)


@given(durations, durations)
def test_order_agrees_with_equality(one: Duration, other: Duration) -> None:
    assert (one < other) + (one > other) + (one == other) == 1


def test_words() -> None:
    assert Duration.parse("P1Y2M").words == "1 year 2 months"
    assert Duration.parse("P1D").words == "1 day"
    assert Duration.parse("PT90M").words == "1 hour 30 minutes"


class TestBusinessDays:
    friday = datetime(2026, 5, 15, 16, tzinfo=UTC)

    def test_a_weekend_does_not_count(self) -> None:
        assert BusinessCalendar().add(self.friday, Duration.parse("P1D")) == datetime(2026, 5, 18, 16, tzinfo=UTC)
        assert BusinessCalendar().add(self.friday, Duration.parse("P5D")) == datetime(2026, 5, 22, 16, tzinfo=UTC)

    def test_a_holiday_does_not_count(self) -> None:
        calendar = BusinessCalendar(holidays=frozenset({date(2026, 5, 18)}))
        assert calendar.add(self.friday, Duration.parse("P1D")) == datetime(2026, 5, 19, 16, tzinfo=UTC)

    def test_hours_run_on_over_the_weekend(self) -> None:
        assert BusinessCalendar().add(self.friday, Duration.parse("PT10H")) == datetime(2026, 5, 18, 2, tzinfo=UTC)

    def test_the_zone_decides_which_day_it_is(self) -> None:
        late_friday = datetime(2026, 5, 15, 23, tzinfo=UTC)  # Saturday in Shanghai
        shanghai = BusinessCalendar(zone=ZoneInfo("Asia/Shanghai"))
        assert shanghai.add(late_friday, Duration.parse("P1D")).astimezone(shanghai.zone).weekday() == 0

    def test_days_between(self) -> None:
        calendar = BusinessCalendar()
        assert calendar.days_between(self.friday, self.friday + timedelta(days=3)) == 1
        assert calendar.days_between(self.friday, self.friday) == 0

    @given(instants, st.integers(0, 30))
    def test_the_result_is_open_and_counts_the_days(self, at: datetime, days: int) -> None:
        calendar = BusinessCalendar()
        end = calendar.add(at, Duration(days=days))
        assert calendar.is_open(end.date())
        if calendar.is_open(at.date()):
            assert calendar.days_between(at, end) == days

    def test_a_calendar_without_open_days_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="open day"):
            BusinessCalendar(weekend=range(7)).add(self.friday, Duration.parse("P1D"))
