"""Entries of the rail and of the public site's head, which packages declare as ``NAV`` and ``PUBLIC_NAV``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

Section = Literal["work", "foundation", "operations"]


@dataclass(frozen=True, slots=True)
class Nav:
    """A place to go.

    ``route`` is the name of an address (or a path that starts with ``/``). With ``permission`` it shows only to those
    who may. ``pin`` puts it on the phone's bottom bar. Lower ``order`` comes first.
    """

    key: str
    label: str | Promise
    route: str
    section: Section = "work"
    order: int = 50
    permission: str = ""
    pin: bool = False
