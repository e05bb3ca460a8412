"""Parts of a record's page that packages above its owner bring: a person's seats, an organisation's projects.

The owner of the page (the directory, for people) asks for all panels of its kind; who brings them it need not know.
Panels are declared in ``web.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

from quorate.kernel.registry import Registry

Text = str | Promise


@dataclass(frozen=True, slots=True)
class RecordPanel:
    """A section of a record's page. The template sees ``panel``, the context given here."""

    id: str
    title: Text
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    hint: Text = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """For which record, as of when, and whether for anybody (``public``) or for the signed-in reader."""

    request: HttpRequest
    record: Any
    at: datetime
    public: bool


Make = Callable[[Asked], RecordPanel | None]
RECORD_PANELS: Registry[tuple[str, int, Make]] = Registry("panel of a record")


def record_panel(kind: str, name: str, *, order: int = 50) -> Callable[[Make], Make]:
    """Declare a panel for the pages of a kind (``person``, ``organisation``, ``body``); ``None`` shows nothing."""

    def declare(make: Make) -> Make:
        RECORD_PANELS.register(f"{kind}:{name}", (kind, order, make))
        return make

    return declare


def panels_of(kind: str, asked: Asked) -> list[RecordPanel]:
    """The panels to show, in order."""
    makers = sorted((order, n, make) for n, (of, order, make) in enumerate(RECORD_PANELS) if of == kind)
    made = (make(asked) for _order, _n, make in makers)
    return [panel for panel in made if panel is not None]
