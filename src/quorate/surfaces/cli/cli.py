"""The commands that belong to no one package below."""

from __future__ import annotations

from types import ModuleType

import click

from quorate.surfaces.cli import reference
from quorate.surfaces.cli.demo import commands as demo
from quorate.surfaces.cli.foundation import commands as foundation

#: Modules beside this one that bring commands, each with ``register(root)``.
PARTS: tuple[ModuleType, ...] = (demo, foundation, reference)


def register(root: click.Group) -> None:
    """Add them all."""
    for part in PARTS:
        part.register(root)
