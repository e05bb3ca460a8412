"""Local times through every change of clocks in 2026, and feeds that calendars read back the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from tests.meetings.conftest import Council
from tests.meetings.test_story import monthly

from quorate.kernel.errors import UserError
from quorate.registers.meetings import actions, recurrence
from quorate.registers.meetings.queries.calendar import exceptions_of, rule_of
from quorate.registers.meetings.queries.feeds import feed
from quorate.registers.meetings.recurrence import Exceptional, Rule

YEAR = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
COUNCIL = Rule("America/Los_Angeles", date(2026, 1, 13), time(7), "FREQ=MONTHLY;BYDAY=2TU")
ZONES = ("America/Los_Angeles", "Europe/Berlin", "Asia/Shanghai", "Asia/Kolkata")

#: 07:00 in Los Angeles on the second Tuesdays of 2026. America changes its clocks on 8 March and 1 November, Europe on
#: 29 March and 25 October, so in March Berlin is an hour nearer; China and India never change theirs.
TABLE = {
    "2026-01-13": ("07:00", "16:00", "23:00", "20:30"),
    "2026-02-10": ("07:00", "16:00", "23:00", "20:30"),
    "2026-03-10": ("07:00", "15:00", "22:00", "19:30"),
    "2026-04-14": ("07:00", "16:00", "22:00", "19:30"),
    "2026-05-12": ("07:00", "16:00", "22:00", "19:30"),
    "2026-06-09": ("07:00", "16:00", "22:00", "19:30"),
    "2026-07-14": ("07:00", "16:00", "22:00", "19:30"),
    "2026-08-11": ("07:00", "16:00", "22:00", "19:30"),
    "2026-09-08": ("07:00", "16:00", "22:00", "19:30"),
    "2026-10-13": ("07:00", "16:00", "22:00", "19:30"),
    "2026-11-10": ("07:00", "16:00", "23:00", "20:30"),
    "2026-12-08": ("07:00", "16:00", "23:00", "20:30"),
}


def test_local_times_in_four_zones_through_every_change_of_clocks_in_2026() -> None:
    found = {
        one.day.isoformat(): tuple(f"{one.starts_at.astimezone(ZoneInfo(zone)):%H:%M}" for zone in ZONES)
        for one in recurrence.occurrences(COUNCIL, (), *YEAR)
        if one.starts_at is not None
    }
    assert found == TABLE


@pytest.mark.parametrize("zone", ZONES)
def test_a_daily_meeting_keeps_its_wall_time_on_every_day_of_2026(zone: str) -> None:
    rule = Rule(zone, date(2026, 1, 1), time(7), "FREQ=DAILY")
    found = recurrence.occurrences(rule, (), datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC))
    assert len(found) == 363
    for one in found:
        assert one.starts_at is not None
        local = one.starts_at.astimezone(ZoneInfo(zone))
        assert (local.date(), local.time()) == (one.day, time(7))


def test_a_wall_time_that_clocks_skip_is_read_with_the_offset_before() -> None:
    rule = Rule("Europe/Berlin", date(2026, 3, 28), time(2, 30), "FREQ=DAILY")
    found = recurrence.occurrences(rule, (), datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC))
    assert [f"{one.starts_at:%d %H:%M}" for one in found if one.starts_at] == ["28 01:30", "29 01:30", "30 00:30"]


rules = st.builds(
    Rule,
    zone=st.sampled_from([*ZONES, "America/New_York", "Australia/Lord_Howe", "UTC"]),
    first_day=st.just(date(2026, 1, 13)),
    wall=st.times(min_value=time(3), max_value=time(23)).map(lambda wall: wall.replace(second=0, microsecond=0)),
    rrule=st.sampled_from(["FREQ=MONTHLY;BYDAY=2TU", "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY;COUNT=5"]),
)


@given(rules, st.sampled_from(ZONES))
@settings(max_examples=60)
def test_every_reader_sees_the_same_instant(rule: Rule, reader: str) -> None:
    for one in recurrence.occurrences(rule, (), *YEAR):
        assert one.starts_at is not None
        there = one.starts_at.astimezone(ZoneInfo(reader))
        assert there == one.starts_at
        local = there.astimezone(ZoneInfo(rule.zone))
        assert (local.date(), local.time()) == (one.day, rule.wall)


@given(rules, st.data())
@settings(max_examples=60)
def test_an_exception_changes_its_own_day_and_no_other(rule: Rule, data: Any) -> None:
    before = recurrence.occurrences(rule, (), *YEAR)
    day = data.draw(st.sampled_from([one.day for one in before]))
    moved = recurrence.instant(day, rule.wall, rule.zone) + timedelta(hours=data.draw(st.integers(-20, 20)))
    for exception in (Exceptional(day, None), Exceptional(day, moved)):
        after = recurrence.occurrences(rule, [exception], YEAR[0] - timedelta(days=2), YEAR[1] + timedelta(days=2))
        assert [one for one in before if one.day != day] == [
            one for one in after if one.day != day and one.day.year == 2026
        ]
        assert next(one.starts_at for one in after if one.day == day) == exception.starts_at


def test_a_series_that_ended_has_no_more_days() -> None:
    ended = Rule(**{**{k: getattr(COUNCIL, k) for k in ("zone", "first_day", "wall", "rrule")},
                    "ends": datetime(2026, 6, 9, 14, tzinfo=UTC)})  # fmt: skip
    assert [one.day.month for one in recurrence.occurrences(ended, (), *YEAR)] == [1, 2, 3, 4, 5]
    assert [one.day.isoformat() for one in recurrence.ahead(COUNCIL, (), YEAR[1])][:1] == ["2027-01-12"]


def test_rules_are_checked() -> None:
    assert recurrence.check_rrule(" rrule:freq=monthly;byday=2tu ") == "FREQ=MONTHLY;BYDAY=2TU"
    for text in ("", "FREQ=MONTHLY;BYDAY=", "FREQ=MONTHLY;FREQ=DAILY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31", "2TU"):
        with pytest.raises(UserError):
            recurrence.check_rrule(text)


def read_back(calendar: Any) -> list[tuple[datetime, str]]:
    """What a calendar that knows RFC 5545 shows of a feed: rules expanded, and overrides in place of their days."""
    events = calendar.walk("VEVENT")
    overridden = {(str(e["UID"]), e["RECURRENCE-ID"].dt.astimezone(UTC)) for e in events if "RECURRENCE-ID" in e}
    shown = []
    for event in events:
        start, status = event["DTSTART"].dt, str(event.get("STATUS", ""))
        if "RRULE" not in event:
            shown.append((start.astimezone(UTC), status))
            continue
        rule = rrulestr(event["RRULE"].to_ical().decode(), dtstart=start)
        for moment in (each.astimezone(UTC) for each in rule.between(*YEAR, inc=True)):
            if (str(event["UID"]), moment) not in overridden:
                shown.append((moment, status))
    return sorted(shown)


@pytest.mark.django_db
def test_calendars_read_the_same_meetings_back(council: Council) -> None:
    jo, series = council.actor("jo"), monthly(council)
    moved = datetime(2026, 9, 15, 14, tzinfo=UTC)
    actions.move_occurrence(actor=jo, series=series, day=date(2026, 9, 8), starts_at=moved, reason="conference")
    actions.cancel_occurrence(actor=jo, series=series, day=date(2026, 10, 13))
    actions.end_series(actor=jo, series=series, until=datetime(2026, 12, 1, tzinfo=UTC))
    single = actions.plan_meeting(
        actor=jo, body=council.body, title="Extra", starts_at=datetime(2026, 5, 5, 9, tzinfo=UTC), zone="Asia/Kolkata"
    )
    actions.cancel_meeting(actor=jo, meeting=single)
    data = feed([council.body], "Council")
    calendar = Calendar.from_ical(data)
    read = read_back(calendar)
    ours = [
        one.starts_at or recurrence.instant(one.day, series.wall, series.zone)
        for one in recurrence.occurrences(rule_of(series), exceptions_of(list(series.changes.all())), *YEAR)
    ]
    assert [at for at, _status in read] == sorted([*ours, single.starts_at])
    assert [at.isoformat()[:10] for at, status in read if status == "CANCELLED"] == ["2026-05-05", "2026-10-13"]
    assert (moved, "CONFIRMED") in read
    parts = {(str(event["UID"]).split("-")[0], event.get("RECURRENCE-ID") is not None, int(event["SEQUENCE"]))
             for event in calendar.walk("VEVENT")}  # fmt: skip
    assert parts == {("series", False, 3), ("series", True, 1), ("series", True, 2), ("meeting", False, 1)}
    assert {str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")} == {"America/Los_Angeles", "Asia/Kolkata"}
    one = Calendar.from_ical(feed([council.body], "Council", series))
    assert len(one.walk("VEVENT")) == 3


@pytest.mark.django_db
def test_a_day_moved_twice_has_the_higher_sequence(council: Council) -> None:
    jo, series = council.actor("jo"), monthly(council)
    for hour in (15, 16):
        starts = datetime(2026, 9, 15, hour, tzinfo=UTC)
        change = actions.move_occurrence(actor=jo, series=series, day=date(2026, 9, 8), starts_at=starts)
    assert (change.sequence, series.changes.count()) == (2, 1)
    override = Calendar.from_ical(feed([council.body], "Council")).walk("VEVENT")[1]
    assert override["RECURRENCE-ID"].dt.isoformat() == "2026-09-08T07:00:00-07:00"
    assert override["DTSTART"].dt.isoformat() == "2026-09-15T09:00:00-07:00"
