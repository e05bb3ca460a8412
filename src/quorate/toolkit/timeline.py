"""What happened, as lines of a timeline: a time, a sentence, perhaps a note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Literal

from django.utils import timezone
from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of the record.

    ``html`` is safe HTML, usually from the ledger's sentence; ``note`` is Markdown somebody wrote; ``url`` leads to
    the entry itself. A ``reconstructed`` time came from an import and is marked as such.
    """

    at: datetime
    html: SafeString | str
    actor: str = ""
    actor_url: str = ""
    note: str = ""
    url: str = ""
    reconstructed: bool = False
    tone: Literal["", "good", "late"] = ""


@dataclass(frozen=True, slots=True)
class Day:
    """The lines of one day in the active time zone."""

    day: date
    lines: tuple[Line, ...]


def by_day(lines: Sequence[Line]) -> list[Day]:
    """Group neighbouring lines by day, keeping their order."""
    return [
        Day(day, tuple(group)) for day, group in groupby(lines, key=lambda line: timezone.localtime(line.at).date())
    ]
