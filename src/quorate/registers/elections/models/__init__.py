"""The tables of elections: the election with its candidates, and beside it the roll and the box."""

from __future__ import annotations

from quorate.registers.elections.models.box import Box, NamedBallot, RollEntry, RollRequest, SealedBallot, UsedToken
from quorate.registers.elections.models.election import Election, Endorsement, Nomination

__all__ = [
    "Box",
    "Election",
    "Endorsement",
    "NamedBallot",
    "Nomination",
    "RollEntry",
    "RollRequest",
    "SealedBallot",
    "UsedToken",
]
