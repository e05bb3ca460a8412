"""Writes about meetings."""

from quorate.registers.meetings.actions.importing import Taken, import_minutes, take_in

__all__ = ["Taken", "import_minutes", "take_in"]
