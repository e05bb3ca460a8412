"""Reads of meetings."""

from quorate.registers.meetings.queries.meetings import (
    Row,
    attendance_by_seat,
    body_named,
    may_see,
    meetings_of,
    roll,
    visible,
    visible_bodies,
    visible_meeting,
)

__all__ = [
    "Row",
    "attendance_by_seat",
    "body_named",
    "may_see",
    "meetings_of",
    "roll",
    "visible",
    "visible_bodies",
    "visible_meeting",
]
