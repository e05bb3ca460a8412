"""Writes about elections."""

from quorate.registers.elections.actions.casting import (
    cast_ballot,
    cast_named,
    cosign,
    drop_ballot,
    issue_token,
    state_issued,
)
from quorate.registers.elections.actions.checking import check_receipt
from quorate.registers.elections.actions.conduct import announce, cancel, change_notice, close_election, open_election
from quorate.registers.elections.actions.counting import count_and_publish, count_back, publish_result, seat_elected
from quorate.registers.elections.actions.nominating import answer, endorse, nominate
from quorate.registers.elections.actions.roll import ask_for_roll, decide_request, remind
from quorate.registers.elections.actions.withdrawing import strike_candidate, withdraw

__all__ = [
    "announce",
    "answer",
    "ask_for_roll",
    "cancel",
    "cast_ballot",
    "cast_named",
    "change_notice",
    "check_receipt",
    "close_election",
    "cosign",
    "count_and_publish",
    "count_back",
    "decide_request",
    "drop_ballot",
    "endorse",
    "issue_token",
    "nominate",
    "open_election",
    "publish_result",
    "remind",
    "seat_elected",
    "state_issued",
    "strike_candidate",
    "withdraw",
]
