"""Reads the foundation's identity: for page heads, letters and feeds."""

from __future__ import annotations

from quorate.toolkit.models import Identity


def identity() -> Identity:
    """The foundation that runs here; an unsaved default before the first ``quorate apply``. One query."""
    return Identity.objects.filter(pk=1).first() or Identity()
