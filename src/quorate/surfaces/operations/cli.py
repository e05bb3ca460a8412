"""The commands that run an installation."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

import click
from django.conf import settings

from quorate.kernel.commands import columns, json_option, show
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.surfaces.operations import doctor as examination
from quorate.surfaces.operations.backup import examine, save
from quorate.surfaces.operations.prepare import holding, missing_migrations, prepare
from quorate.surfaces.operations.restore import bring_back
from quorate.surfaces.operations.serve import serve, work


def register(root: click.Group) -> None:
    """Add them."""
    for command in (setup, up, worker, backup, restore, doctor):
        root.add_command(command)


@click.command("setup")
@json_option
def setup() -> None:
    """Make the database and the static files ready; serve nothing.

    Does nothing that is done already.
    """
    done = prepare()
    document = {"home": settings.HOME, "migrations": done.migrations, "static": done.static}
    words = f"{done.migrations} migrations, {'static files collected' if done.static else 'static files up to date'}"
    show(document, [f"{settings.HOME}: {words}"])


@click.command("up")
@click.option("--no-worker", is_flag=True, help="Only serve; a `quorate worker` elsewhere does the rest.")
@click.option("--migrate", is_flag=True, help="Bring a PostgreSQL database up to date first (SQLite always is).")
def up(no_worker: bool, migrate: bool) -> None:
    """Serve the site and work the outbox, in one process."""
    _ready(migrate=migrate)

    def announce() -> None:
        click.echo(f"Quorate serves {settings.PUBLIC_URL}/ from {settings.HOME} (Ctrl-C stops it)", err=True)

    with ExitStack() as locks:
        locks.enter_context(holding("running", shared=True))
        if _one_process_only():
            locks.enter_context(holding("serving"))
        serve(bind=settings.BIND, port=settings.PORT, with_worker=not no_worker, announce=announce)


def _one_process_only() -> bool:
    """SQLite is served by one process: what counts attempts and holds caches is its memory."""
    return bool(settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"))


def _ready(*, migrate: bool) -> None:
    """A database of one's own is brought up to date without asking; a shared one only on demand."""
    if _one_process_only() or migrate or not missing_migrations():
        prepare()
        return
    raise UserError(
        gettext("the database is not up to date: %d migrations are missing") % missing_migrations(),
        where="DATABASE_URL",
        mend="quorate setup",
    )


@click.command("worker")
def worker() -> None:
    """Work the outbox and the periodic jobs; serve nothing. Several may run on PostgreSQL."""
    _ready(migrate=False)
    with holding("running", shared=True):
        work()


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--keys", is_flag=True, help="Take the private keys along: whoever has the file can then sign as us.")
@click.option("--overwrite", is_flag=True, help="Replace FILE if it exists.")
@json_option
def backup(file: Path, keys: bool, overwrite: bool) -> None:
    """Save everything to FILE while people work, and read it back."""
    manifest = save(file, keys=keys, overwrite=overwrite)
    size = sum(member["size"] for member in manifest.members.values())
    document = asdict(manifest) | {"file": file, "members": len(manifest.members), "bytes": size}
    words = gettext("%(entries)d entries, %(files)d files, %(size).1f MB") % {
        "entries": manifest.ledger["entries"],
        "files": len(manifest.members),
        "size": size / 1e6,
    }
    lines = [f"{file}: {words}"]
    if not keys:
        lines.append(gettext("The private keys are not in it: keep them apart, or give --keys."))
    show(document, lines)


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--overwrite", is_flag=True, help="Replace the data of this installation; they are kept aside.")
@click.option("--check", is_flag=True, help="Only read FILE through; restore nothing.")
@json_option
def restore(file: Path, overwrite: bool, check: bool) -> None:
    """Bring FILE back into this installation, and prove its ledger."""
    if check:
        manifest = examine(file)
        show(asdict(manifest) | {"members": len(manifest.members)}, [f"{file}: whole, of {manifest.at}"])
        return
    done = bring_back(file, overwrite=overwrite)
    proof = done["ledger"]
    show(done, [f"{file}: {proof['entries']} entries, {'proved' if proof['ok'] else 'NOT proved'}"])
    if not proof["ok"]:
        click.get_current_context().exit(1)


@click.command("doctor")
@json_option
def doctor() -> None:
    """Examine the installation and say how to mend what is not well."""
    found = examination.examine()
    document = examination.as_document(found)
    show(document, columns([finding.result, finding.name, finding.found, finding.mend] for finding in found))
    if document["result"] == "fail":
        click.get_current_context().exit(1)
