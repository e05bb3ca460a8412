"""Bringing a backup back: examined first, put in place whole, proved afterwards. What was there is kept aside."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader

from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.audit import verify
from quorate.ledger.keys import public_keys
from quorate.ledger.standing import head
from quorate.surfaces.operations.backup import PGDUMP, SQLITE, Manifest, check_sqlite, examine, run_postgres
from quorate.surfaces.operations.prepare import holding


def bring_back(source: Path, *, overwrite: bool = False) -> dict[str, Any]:
    """Restore a backup into this installation; returns what was restored and what the ledger's proof says.

    Refuses while a process of the installation runs, when there is data already and ``overwrite`` is not given,
    and when the backup is damaged, of the other kind of database, or of a newer version.
    """
    if not source.is_file():
        raise UserError(gettext("there is no such file"), where=str(source))
    home = Path(settings.HOME)
    with holding("running"), tempfile.TemporaryDirectory(prefix=".restore-", dir=home) as scratch:
        folder = Path(scratch)
        manifest = examine(source, into=folder)
        fits(manifest, source)
        if not overwrite and _holds_data():
            raise Conflict(
                gettext("this installation holds data already"),
                where=str(home),
                mend=gettext(
                    "restore into an empty QUORATE_HOME, or give --overwrite: what is there is then kept aside"
                ),
            )
        aside = clock.now().strftime("before-%Y%m%dT%H%M%SZ")
        if manifest.database == "sqlite":
            _place_sqlite(folder / SQLITE, manifest, aside)
        else:
            _place_postgres(folder / PGDUMP, aside)
        for name in ("files", "keys"):
            _place_folder(folder / name, home / name, aside)
    call_command("migrate", interactive=False, verbosity=0)
    found = asdict(head())
    if found != manifest.ledger:
        raise UserError(gettext("the ledger is not the one that was saved"), where=str(source))
    verdict = verify(public_keys())
    return {"restored": asdict(manifest) | {"members": len(manifest.members)}, "ledger": verdict.as_dict()}


def fits(manifest: Manifest, source: Path) -> None:
    """Refuse a backup of another kind of database or of a newer version."""
    if manifest.database != connection.vendor:
        raise UserError(
            gettext("the backup is of %(its)s and this installation runs on %(ours)s")
            % {"its": manifest.database, "ours": connection.vendor},
            where=str(source),
            mend=gettext("set DATABASE_URL to the same kind of database"),
        )
    known = {f"{app}.{name}" for app, name in (MigrationLoader(connection).disk_migrations or ())}
    newer = sorted(set(manifest.migrations) - known)
    if newer:
        raise UserError(
            gettext("the backup is of a version that is newer than this one: %s") % newer[0],
            where=str(source),
            mend=gettext("install Quorate %s or later") % manifest.quorate,
        )


def _holds_data() -> bool:
    tables = set(connection.introspection.table_names())
    return "ledger_entry" in tables and (head().entries > 0 or _accounts())


def _accounts() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM access_account")
        return bool(cursor.fetchone()[0])


def _place_sqlite(copy: Path, manifest: Manifest, aside: str) -> None:
    if asdict(check_sqlite(copy)) != manifest.ledger:
        raise UserError(gettext("the database in the backup is not the one that was saved"), where=SQLITE)
    connections.close_all()
    target = Path(settings.DATABASES["default"]["NAME"])
    for part in ("", "-wal", "-shm"):
        present = target.with_name(f"{target.name}{part}")
        if present.exists():
            os.replace(present, target.with_name(f"{target.name}.{aside}{part}"))
    copy.chmod(0o600)
    os.replace(copy, target)


def _place_postgres(dump: Path, aside: str) -> None:
    schema = connection.ops.quote_name(aside)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER SCHEMA public RENAME TO {schema}")
        cursor.execute("CREATE SCHEMA public")
    connections.close_all()
    try:
        run_postgres("pg_restore", "--no-owner", "--single-transaction", "--exit-on-error", str(dump))
    except UserError:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute(f"ALTER SCHEMA {schema} RENAME TO public")
        raise


def _place_folder(fresh: Path, target: Path, aside: str) -> None:
    """Put a folder of the backup in place of ours. Keys that the backup does not bring stay where they are."""
    if not fresh.is_dir():
        return
    if target.name == "keys":
        target.mkdir(mode=0o700, exist_ok=True)
        for key in sorted(fresh.iterdir()):
            present = target / key.name
            if present.exists() and present.read_bytes() != key.read_bytes():
                os.replace(present, target / f"{key.name}.{aside}")
            key.chmod(0o644 if key.suffix == ".pub" else 0o600)
            shutil.move(key, present)
        return
    if target.exists():
        os.replace(target, target.with_name(f"{target.name}.{aside}"))
    shutil.move(fresh, target)
