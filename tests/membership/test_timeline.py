"""Answers over many days are those of every single day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.membership.cast import shipped
from tests.membership.test_properties import charters, rolls

from quorate.registers.membership.rules.charter import Charter
from quorate.registers.membership.rules.dues import dues
from quorate.registers.membership.rules.members import Roll
from quorate.registers.membership.rules.rights import rights
from quorate.registers.membership.rules.seats import seats
from quorate.registers.membership.rules.timeline import dues_over, rights_over, seats_over

START, DAYS = date(2025, 12, 1), 240


@given(charters(), rolls(), st.lists(st.dates(START, START + timedelta(days=DAYS - 1)), min_size=3, max_size=3))
@settings(max_examples=25, deadline=None)
def test_spans_say_what_every_day_says(charter: Charter, roll: Roll, days: list[date]) -> None:
    version = charter.versions[0]
    later = replace(version, version="2", start=date(2026, 3, 1), scales=version.scales[:1])
    charter = replace(charter, versions=(version, later))
    end = START + timedelta(days=DAYS)
    seated, owed, held = (
        seats_over(charter, roll, "board", START, end),
        dues_over(charter, roll, START, end),
        rights_over(charter, roll, START, end),
    )
    turning = [
        day + timedelta(days=by) for day in seated.starts[:4] for by in (-1, 0) if day + timedelta(days=by) >= START
    ]
    for day in {*days, *turning}:
        assert {**seated.on(day).as_dict(), "on": ""} == {**seats(charter, roll, "board", day).as_dict(), "on": ""}
        now = {row.organisation: row.as_dict() for row in dues(charter, roll, day).by_member}
        assert {row.organisation: row.as_dict() for s in owed.values() if (row := s.on(day)) is not None} == now
        for member in roll.members:
            states = [(r.right, r.state) for r in rights(charter, roll.members, member.organisation, day).rights]
            assert [(r.right, r.state) for r in held[member.key].on(day).rights] == states


def test_a_day_outside_is_no_answer() -> None:
    spans = seats_over(shipped("pytorch"), Roll(()), "tac", date(2026, 2, 1), date(2026, 6, 1))
    assert [day.isoformat() for day in spans.starts] == ["2026-02-01", "2026-04-07", "2026-04-08"]
    assert [spans.on(date(2026, 4, n)).n for n in (6, 7, 8)] == [4, 5, 6]
    for day in (date(2026, 1, 31), date(2026, 6, 1)):
        with pytest.raises(IndexError):
            spans.on(day)
