"""Addresses of the engine's pages, for sentences, mails and lists; ``web`` mounts the pages themselves."""

from __future__ import annotations

from django.conf import settings

from quorate.engine.models import Case


def case_path(case: Case) -> str:
    """The record page of a case, for those who work on it."""
    return f"/cases/{case.key}/"


def public_case_path(case: Case) -> str:
    """The page of a case that anybody may see."""
    return f"/p/cases/{case.key}/"


def claim_path(case: Case, token: str) -> str:
    """Where a visitor claims a case once they have signed in."""
    return f"/p/cases/{case.key}/claim/{token}/"


def program_path(slug: str) -> str:
    """The public page of a program."""
    return f"/p/programs/{slug}/"


def absolute(path: str) -> str:
    """A path as an address that works in a mail."""
    return f"{settings.PUBLIC_URL}{path}"
