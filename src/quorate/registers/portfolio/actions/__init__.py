"""Writes of the portfolio. Each asks once whether the actor may, and tells the ledger."""

from quorate.registers.portfolio.actions.attesting import attest, withdraw_attestation
from quorate.registers.portfolio.actions.importing import Report, import_landscape
from quorate.registers.portfolio.actions.listing import (
    add_landscape_item,
    edit_landscape_item,
    remove_landscape_item,
)
from quorate.registers.portfolio.actions.maintainers import add_maintainer, end_maintainer
from quorate.registers.portfolio.actions.members import end_member, list_member, unlist_member
from quorate.registers.portfolio.actions.projects import add_project, change_project, remove_project
from quorate.registers.portfolio.actions.repositories import (
    fetch_repository,
    place_clone,
    record_scan,
    register_repository,
    remove_repository,
    scan_repository,
)
from quorate.registers.portfolio.actions.statuses import correct_statuses, set_status

__all__ = [
    "Report",
    "add_landscape_item",
    "add_maintainer",
    "add_project",
    "attest",
    "change_project",
    "correct_statuses",
    "edit_landscape_item",
    "end_maintainer",
    "end_member",
    "fetch_repository",
    "import_landscape",
    "list_member",
    "place_clone",
    "record_scan",
    "register_repository",
    "remove_landscape_item",
    "remove_project",
    "remove_repository",
    "scan_repository",
    "set_status",
    "unlist_member",
    "withdraw_attestation",
]
