"""Writes about motions."""

from __future__ import annotations

from quorate.decisions.actions.closing import close_due, close_motion, withdraw_motion
from quorate.decisions.actions.opening import Voter, electorate_of, electorates_of, open_motion
from quorate.decisions.actions.reminding import remind, remind_due
from quorate.decisions.actions.voting import attend, cast, object_to, recuse, withdraw_objection

__all__ = [
    "Voter",
    "attend",
    "cast",
    "close_due",
    "close_motion",
    "electorate_of",
    "electorates_of",
    "object_to",
    "open_motion",
    "recuse",
    "remind",
    "remind_due",
    "withdraw_motion",
    "withdraw_objection",
]
