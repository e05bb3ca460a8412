"""Series, meetings and their roll, agenda, motions, action items and minutes."""

from quorate.registers.meetings.models.meetings import Attendance, Change, Meeting, Place, Series
from quorate.registers.meetings.models.records import ActionItem, AgendaItem, Carried, Minutes, Note, Recusal

__all__ = [
    "ActionItem",
    "AgendaItem",
    "Attendance",
    "Carried",
    "Change",
    "Meeting",
    "Minutes",
    "Note",
    "Place",
    "Recusal",
    "Series",
]
