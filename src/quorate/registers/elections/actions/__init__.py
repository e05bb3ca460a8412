"""Writes about elections."""

from quorate.registers.elections.actions.casting import cast_ballot, cast_named, drop_ballot, issue_token
from quorate.registers.elections.actions.conduct import announce, cancel, change_notice, close_election, open_election
from quorate.registers.elections.actions.counting import count_and_publish, count_back, seat_elected
from quorate.registers.elections.actions.nominating import answer, endorse, nominate
from quorate.registers.elections.actions.roll import ask_for_roll, decide_request, remind

__all__ = [
    "announce",
    "answer",
    "ask_for_roll",
    "cancel",
    "cast_ballot",
    "cast_named",
    "change_notice",
    "close_election",
    "count_and_publish",
    "count_back",
    "decide_request",
    "drop_ballot",
    "endorse",
    "issue_token",
    "nominate",
    "open_election",
    "remind",
    "seat_elected",
]
