"""Commands about programs and cases."""

from __future__ import annotations

import click

from quorate.engine.cli import cases, programs


def register(root: click.Group) -> None:
    """Add the commands of this package."""
    programs.register(root)
    cases.register(root)
