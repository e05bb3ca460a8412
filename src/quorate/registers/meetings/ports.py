"""Tells electorates what a body's charter makes of absence from its meetings."""

from __future__ import annotations

from quorate.decisions.ports import CONSEQUENCES
from quorate.registers.meetings.queries.absences import consequences

CONSEQUENCES.register("attendance", consequences)
