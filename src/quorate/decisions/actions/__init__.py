"""Writes about motions and decisions."""

from __future__ import annotations

from quorate.decisions.actions.closing import close_due, close_motion, withdraw_motion
from quorate.decisions.actions.electorates import Voter, electorate_of, electorates_of, with_consequences
from quorate.decisions.actions.opening import open_motion
from quorate.decisions.actions.recording import (
    expire_decision,
    expire_due,
    limit_decision,
    record_decision,
    repeal_decision,
)
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
    "expire_decision",
    "expire_due",
    "limit_decision",
    "object_to",
    "open_motion",
    "record_decision",
    "recuse",
    "remind",
    "remind_due",
    "repeal_decision",
    "with_consequences",
    "withdraw_motion",
    "withdraw_objection",
]
