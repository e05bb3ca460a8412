"""Panels of the public front page, declared by the packages that have something to show there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

from quorate.kernel.registry import Registry

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the front page: a heading and a template."""

    title: Text
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    more_url: str = ""
    more: Text = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A headline number with what it counts and where it comes from."""

    value: int
    label: Text
    url: str


MakePanel = Callable[[HttpRequest], Panel | None]
MakeFigures = Callable[[HttpRequest], list[Figure]]

FRONT_PANELS: Registry[tuple[int, MakePanel]] = Registry("front page panel")
FRONT_FIGURES: Registry[tuple[int, MakeFigures]] = Registry("front page figures")


def front_panel(*, order: int = 50) -> Callable[[MakePanel], MakePanel]:
    """Declare a panel; it may answer ``None`` to show nothing."""

    def declare(make: MakePanel) -> MakePanel:
        FRONT_PANELS.register(f"{make.__module__}.{make.__name__}", (order, make))
        return make

    return declare


def front_figures(*, order: int = 50) -> Callable[[MakeFigures], MakeFigures]:
    """Declare headline numbers for the front page."""

    def declare(make: MakeFigures) -> MakeFigures:
        FRONT_FIGURES.register(f"{make.__module__}.{make.__name__}", (order, make))
        return make

    return declare


def panels(request: HttpRequest) -> list[Panel]:
    """The panels to show, in order."""
    made = [make(request) for _order, make in sorted(FRONT_PANELS, key=lambda pair: pair[0])]
    return [panel for panel in made if panel is not None]


def figures(request: HttpRequest) -> list[Figure]:
    """The headline numbers, in order."""
    return [figure for _order, make in sorted(FRONT_FIGURES, key=lambda pair: pair[0]) for figure in make(request)]
