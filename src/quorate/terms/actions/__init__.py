"""Writes about bodies, seats, terms, policies, and what the foundation says of itself."""

from quorate.terms.actions.bodies import (
    add_seat,
    change_body,
    change_seat,
    close_seat,
    remove_body,
    set_up_body,
)
from quorate.terms.actions.charters import adopt_charter, correct_charter, remove_charter
from quorate.terms.actions.groups import move_group, propose_group, record_report
from quorate.terms.actions.identity import change_identity
from quorate.terms.actions.policies import put_policy, remove_policy
from quorate.terms.actions.serving import appoint, correct_term, end_term, name_alternate, strike_term

__all__ = [
    "add_seat",
    "adopt_charter",
    "appoint",
    "change_body",
    "change_identity",
    "change_seat",
    "close_seat",
    "correct_charter",
    "correct_term",
    "end_term",
    "move_group",
    "name_alternate",
    "propose_group",
    "put_policy",
    "record_report",
    "remove_body",
    "remove_charter",
    "remove_policy",
    "set_up_body",
    "strike_term",
]
