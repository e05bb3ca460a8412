"""Writes about meetings."""

from quorate.registers.meetings.actions.agendas import (
    ItemFacts,
    change_item,
    decline_item,
    facts_of,
    list_item,
    order_items,
    propose_item,
)
from quorate.registers.meetings.actions.following import close_item, confirm, give
from quorate.registers.meetings.actions.importing import Taken, import_minutes, take_in
from quorate.registers.meetings.actions.motions import call_roll, continue_by_ballot, put_motion
from quorate.registers.meetings.actions.planning import (
    SeriesFacts,
    cancel_meeting,
    cancel_occurrence,
    end_series,
    move_meeting,
    move_occurrence,
    plan_meeting,
    plan_occurrence,
    start_series,
)
from quorate.registers.meetings.actions.recording import (
    adopt_minutes,
    correct_minutes,
    draft_minutes,
    publish_minutes,
)
from quorate.registers.meetings.actions.running import (
    adjourn,
    call_to_order,
    mark_seat,
    read_antitrust,
    stand_aside,
    start_item,
    stop_item,
    take_note,
    welcome,
)

__all__ = [
    "ItemFacts",
    "SeriesFacts",
    "Taken",
    "adjourn",
    "adopt_minutes",
    "call_roll",
    "call_to_order",
    "cancel_meeting",
    "cancel_occurrence",
    "change_item",
    "close_item",
    "confirm",
    "continue_by_ballot",
    "correct_minutes",
    "decline_item",
    "draft_minutes",
    "end_series",
    "facts_of",
    "give",
    "import_minutes",
    "list_item",
    "mark_seat",
    "move_meeting",
    "move_occurrence",
    "order_items",
    "plan_meeting",
    "plan_occurrence",
    "propose_item",
    "publish_minutes",
    "put_motion",
    "read_antitrust",
    "stand_aside",
    "start_item",
    "start_series",
    "stop_item",
    "take_in",
    "take_note",
    "welcome",
]
