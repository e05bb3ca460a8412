"""The commands that run an installation."""

from __future__ import annotations

import click
from django.core.management import call_command


def register(root: click.Group) -> None:
    """Add them."""
    root.add_command(up)


@click.command("up")
@click.option("--migrate-only", is_flag=True, help="Bring the database up to date and stop.")
def up(migrate_only: bool) -> None:
    """Serve the site and work the outbox, in one process."""
    call_command("migrate", interactive=False, verbosity=0)
    if not migrate_only:
        call_command("runserver")
