"""Writes of the directory: organisations, people, consent, and the merging of records that are one."""

from quorate.directory.actions.consent import give_consent, withdraw_consent
from quorate.directory.actions.erasing import erase_person
from quorate.directory.actions.merging import merge_organisations, merge_people, separate
from quorate.directory.actions.organisations import (
    add_organisation,
    change_organisation,
    remove_organisation,
)
from quorate.directory.actions.people import add_person, change_person, link_account, remove_person

__all__ = [
    "add_organisation",
    "add_person",
    "change_organisation",
    "change_person",
    "erase_person",
    "give_consent",
    "link_account",
    "merge_organisations",
    "merge_people",
    "remove_organisation",
    "remove_person",
    "separate",
    "withdraw_consent",
]
