"""Making an installation ready to serve: tables up to date, static files in place. Doing it twice costs little."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import allauth
import django
import ninja
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from quorate.kernel.errors import Conflict
from quorate.kernel.i18n import gettext
from quorate.toolkit.deploys import deploy_id

#: Viewers of the API that we do not use (our own page shows it), and most of the bytes.
NOT_SERVED = ("ninja",)


class Prepared(NamedTuple):
    """What was done: how many migrations, and whether static files were collected anew."""

    migrations: int
    static: bool


@contextmanager
def holding(name: str, *, shared: bool = False, wait: bool = False) -> Iterator[None]:
    """Hold a lock of this data directory, alone or with others; without waiting, a holder in the way is a Conflict."""
    path = Path(settings.HOME) / f"{name}.lock"
    mode = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
    with path.open("a") as stream:
        try:
            fcntl.flock(stream, mode)
        except BlockingIOError:
            raise Conflict(
                gettext("another process of this installation is running"),
                where=str(path),
                mend=gettext("stop it first"),
            ) from None
        yield


def missing_migrations() -> int:
    """How many migrations the database lacks."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def prepare() -> Prepared:
    """Bring tables and static files up to date. Several processes may ask at once; one does it."""
    with holding("prepare", wait=True):
        missing = missing_migrations()
        if missing:
            call_command("migrate", interactive=False, verbosity=0)
        return Prepared(missing, _collect_static())


def _collect_static() -> bool:
    """Copy, name by content and compress static files, unless those of this very deploy are there."""
    root = Path(settings.STATIC_ROOT)
    stamp = root / ".deploy"
    wanted = "\n".join([deploy_id(), django.__version__, ninja.__version__, allauth.__version__])
    if stamp.is_file() and stamp.read_text() == wanted:
        return False
    shutil.rmtree(root, ignore_errors=True)
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=list(NOT_SERVED))
    stamp.write_text(wanted)
    return True
