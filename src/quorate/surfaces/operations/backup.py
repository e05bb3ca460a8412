"""Saving everything to one file while people work, and proving that the file is whole.

A backup is a tar archive: ``manifest.json`` (what, when, by which version, checksums, the head of the ledger), the
database (``database.sqlite3`` or ``database.pgdump``), ``files/…`` and, if asked, ``keys/…``. The database is one
consistent instant; files are taken after it, so that every file it speaks of is there.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from quorate import __version__
from quorate.kernel import clock
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.standing import Head, head, head_of_file

FORMAT = 1
MANIFEST = "manifest.json"
SQLITE = "database.sqlite3"
PGDUMP = "database.pgdump"


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. ``members`` maps a path in the archive to its SHA-256 and size in bytes."""

    format: int
    quorate: str
    at: str
    database: str
    migrations: list[str]
    ledger: dict[str, Any]
    keys: bool
    members: dict[str, dict[str, Any]]


def save(target: Path, *, keys: bool = False, overwrite: bool = False) -> Manifest:
    """Write a backup to ``target`` and read it back; nothing stands there unless it is whole."""
    if target.exists() and not overwrite:
        raise UserError(gettext("the file exists"), where=str(target), mend=gettext("choose another, or --overwrite"))
    if not target.parent.is_dir():
        raise UserError(gettext("there is no such directory"), where=str(target.parent))
    with tempfile.TemporaryDirectory(prefix=".quorate-", dir=target.parent) as scratch:
        folder = Path(scratch)
        if connection.vendor == "postgresql":
            name, at_head = PGDUMP, _dump(folder / PGDUMP)
        else:
            name, at_head = SQLITE, _copy(folder / SQLITE)
        members = {name: folder / name, **_files(keys=keys)}
        manifest = Manifest(
            format=FORMAT,
            quorate=__version__,
            at=clock.now().isoformat().replace("+00:00", "Z"),
            database=connection.vendor,
            migrations=sorted(f"{app}.{step}" for app, step in MigrationRecorder(connection).applied_migrations()),
            ledger=asdict(at_head),
            keys=keys,
            members={path: _sum(file) for path, file in sorted(members.items())},
        )
        whole = folder / "backup.tar"
        _pack(whole, manifest, members)
        examine(whole)
        whole.chmod(0o600)
        os.replace(whole, target)
    return manifest


def _copy(target: Path) -> Head:
    """A copy of the SQLite database by its own backup interface; writers go on meanwhile."""
    source = sqlite3.connect(f"file:{settings.DATABASES['default']['NAME']}?mode=ro", uri=True, timeout=30)
    copy = sqlite3.connect(target)
    try:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        copy.close()
        source.close()
    return check_sqlite(target)


def check_sqlite(path: Path) -> Head:
    """The head of the ledger in a SQLite file, once the file was found sound. Raises ``UserError``."""
    database = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        found = [str(row[0]) for row in database.execute("PRAGMA integrity_check")]
        orphans = database.execute("PRAGMA foreign_key_check").fetchall()
        if found != ["ok"] or orphans:
            what = found[0] if found != ["ok"] else gettext("rows refer to rows that are not there")
            raise UserError(gettext("the database is damaged: %s") % what, where=path.name)
        return head_of_file(database)
    except sqlite3.DatabaseError as error:
        raise UserError(gettext("the database is damaged: %s") % error, where=path.name) from error
    finally:
        database.close()


def _dump(target: Path) -> Head:
    """A dump of the PostgreSQL database, of the same instant as the head that is returned."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        at_head = head()
        run_postgres("pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}")
    return at_head


def run_postgres(program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL on our database; the password goes by the environment, not by the command."""
    if shutil.which(program) is None:
        raise UserError(gettext("%s is not installed") % program, mend=gettext("install the PostgreSQL client"))
    found = settings.DATABASES["default"]
    named = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    environment = {**os.environ, **{name: str(found[key]) for name, key in named.items() if found.get(key)}}
    command = [program, *arguments, f"--dbname={found['NAME']}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603  # our own arguments, no shell
    if done.returncode != 0:
        raise UserError((done.stderr.strip().splitlines() or [program])[-1], where=program)


def _files(*, keys: bool) -> dict[str, Path]:
    home = Path(settings.HOME)
    found = dict(_walk(Path(settings.MEDIA_ROOT), "files"))
    if keys:
        found |= dict(_walk(home / "keys", "keys"))
    elif (home / "keys" / "ledger.pub").is_file():
        found["keys/ledger.pub"] = home / "keys" / "ledger.pub"
    return found


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield f"{prefix}/{path.relative_to(folder).as_posix()}", path


def _sum(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        return {"sha256": hashlib.file_digest(stream, "sha256").hexdigest(), "size": path.stat().st_size}


def _pack(target: Path, manifest: Manifest, members: dict[str, Path]) -> None:
    text = json.dumps(asdict(manifest), indent=1, ensure_ascii=False).encode()
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as archive:
        first = tarfile.TarInfo(MANIFEST)
        first.size, first.mode = len(text), 0o600
        archive.addfile(first, io.BytesIO(text))
        for name in manifest.members:
            member = tarfile.TarInfo(name)
            member.size, member.mode = manifest.members[name]["size"], 0o600
            with members[name].open("rb") as stream:
                archive.addfile(member, stream)


def examine(source: Path, *, into: Path | None = None) -> Manifest:
    """Read a backup through and compare every checksum; with ``into``, write its members there as well.

    Raises ``UserError`` when the file is no backup, is damaged, or holds what its manifest does not list.
    """
    try:
        with tarfile.open(source, "r:") as archive:
            manifest = _manifest(archive, source)
            left = dict(manifest.members)
            for member in archive:
                if member.name != MANIFEST:
                    _member(archive, member, left, into, source)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise UserError(gettext("this is not a whole backup: %s") % error, where=str(source)) from error
    if left:
        raise UserError(gettext("the backup lacks %s") % sorted(left)[0], where=str(source))
    return manifest


def _manifest(archive: tarfile.TarFile, source: Path) -> Manifest:
    first = archive.next()
    stream = archive.extractfile(first) if first is not None and first.name == MANIFEST and first.isfile() else None
    if stream is None:
        raise UserError(gettext("this is not a backup of Quorate"), where=str(source))
    try:
        data = json.loads(stream.read())
        if data["format"] != FORMAT:
            raise UserError(
                gettext("the backup has a form that this version does not know"),
                where=str(source),
                mend=gettext("use the version that made it: %s") % data.get("quorate"),
            )
        return Manifest(**data)
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(gettext("the manifest of the backup is damaged"), where=str(source)) from error


def _member(
    archive: tarfile.TarFile, member: tarfile.TarInfo, left: dict[str, Any], into: Path | None, source: Path
) -> None:
    wanted = left.pop(member.name, None)
    stream = archive.extractfile(member) if member.isfile() else None
    if wanted is None or stream is None or not _is_inside(member.name):
        raise UserError(gettext("the backup holds what it does not list: %s") % member.name, where=str(source))
    digest = hashlib.sha256()
    target = into / member.name if into is not None else None
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") if target is not None else io.BytesIO() as output:
        while block := stream.read(1 << 20):
            digest.update(block)
            if target is not None:
                output.write(block)
    if digest.hexdigest() != wanted["sha256"]:
        raise UserError(gettext("%s is damaged in the backup") % member.name, where=str(source))


def _is_inside(name: str) -> bool:
    parts = name.split("/")
    return not name.startswith("/") and ".." not in parts and parts[0] in ("files", "keys", SQLITE, PGDUMP)
