"""Examines an installation: every finding says what was looked at, what was found and, if it is not well, the mend."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from quorate import __version__
from quorate.kernel import clock
from quorate.kernel.i18n import gettext
from quorate.ledger import triggers
from quorate.ledger.keys import key_path, public_keys
from quorate.ledger.standing import Standing, standing
from quorate.surfaces.operations.state import OUTBOX_LATE_AFTER, WORKER_SILENT_AFTER, age

Result = Literal["ok", "warn", "fail"]

#: Free space below which writing may soon fail, in bytes.
LOW_DISK = 1 << 30
#: How long an entry may wait for a seal before somebody should look, in seconds.
UNSEALED_AFTER = 900
OLDEST_SQLITE = (3, 35)
OLDEST_POSTGRES = 140000


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    result: Result
    found: str
    mend: str = ""


Examination = Callable[[], Iterator[Finding]]


def examine() -> list[Finding]:
    """Everything that can be looked at; what depends on a database that does not answer is left out."""
    found: list[Finding] = []
    for examination in (_versions, _settings, _home, _keys, _disk, _clock, _mail):
        found += examination()
    database = list(_database())
    found += database
    if all(finding.result != "fail" for finding in database):
        for examination in (_guards, _work, _checks):
            found += examination()
    return found


def as_document(found: list[Finding]) -> dict[str, Any]:
    """The JSON form."""
    worst = "fail" if any(finding.result == "fail" for finding in found) else ""
    worst = worst or ("warn" if any(finding.result == "warn" for finding in found) else "ok")
    return {"result": worst, "at": clock.now(), "findings": [asdict(finding) for finding in found]}


def _versions() -> Iterator[Finding]:
    python = ".".join(str(part) for part in sys.version_info[:3])
    new_enough = sys.version_info >= (3, 11)
    yield Finding(
        "python", "ok" if new_enough else "fail", python, "" if new_enough else gettext("needs 3.11 or later")
    )
    yield Finding("quorate", "ok", f"{__version__}, Django {django.__version__}")
    if connection.vendor == "sqlite":
        fine = sqlite3.sqlite_version_info >= OLDEST_SQLITE
        yield Finding("sqlite", "ok" if fine else "fail", sqlite3.sqlite_version, "" if fine else gettext("needs 3.35"))


def _settings() -> Iterator[Finding]:
    if settings.DEBUG:
        yield Finding("debug", "warn", gettext("on"), gettext("unset QUORATE_DEBUG where others can reach the site"))
    if settings.DEMO:
        yield Finding("demo", "warn", gettext("sign-in links may be used again"), gettext("never with real people"))
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    local = host in ("localhost", "127.0.0.1", "::1")
    if not settings.HTTPS and not local:
        yield Finding("url", "warn", settings.PUBLIC_URL, gettext("serve by https and say so in QUORATE_URL"))
    else:
        yield Finding("url", "ok", settings.PUBLIC_URL)


def _home() -> Iterator[Finding]:
    home = Path(settings.HOME)
    writable = os.access(home, os.W_OK)
    yield Finding("home", "ok" if writable else "fail", str(home), "" if writable else gettext("make it writable"))


def _keys() -> Iterator[Finding]:
    folder = Path(settings.HOME) / "keys"
    open_to_others = [
        path.name
        for path in (folder, *sorted(folder.iterdir()))
        if path.suffix != ".pub" and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    if open_to_others:
        yield Finding("keys", "fail", gettext("others can read: %s") % ", ".join(open_to_others), "chmod -R go= keys")
    elif not key_path().exists():
        yield Finding("keys", "warn", gettext("no key for the ledger yet"), gettext("it is made at the first seal"))
    else:
        yield Finding("keys", "ok", gettext("%d public keys of the ledger") % len(public_keys()))


def _disk() -> Iterator[Finding]:
    free = shutil.disk_usage(settings.HOME).free
    words = f"{free / (1 << 30):.1f} GiB"
    yield Finding("disk", "ok" if free > LOW_DISK else "warn", words, "" if free > LOW_DISK else gettext("make room"))


def _clock() -> Iterator[Finding]:
    """Against the database's clock, the only other one at hand; the year against the release's."""
    if time.time() < datetime(2026, 1, 1, tzinfo=UTC).timestamp():
        yield Finding("clock", "fail", clock.now().isoformat(), gettext("set the clock of this machine"))
        return
    offset = 0.0
    if connection.vendor == "postgresql":
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
                offset = abs(float(cursor.fetchone()[0]) - time.time())
        except DatabaseError:
            return  # The database has a finding of its own.
    result: Result = "ok" if offset < 2 else "warn"
    mend = "" if result == "ok" else gettext("the database's clock differs by %.1f s: run NTP on both") % offset
    yield Finding("clock", result, clock.now().isoformat(timespec="seconds"), mend)


def _mail() -> Iterator[Finding]:
    backend = str(settings.EMAIL_BACKEND)
    if "smtp" not in backend:
        where = Path(settings.HOME) / "mail"
        yield Finding("mail", "warn", gettext("letters are written to %s") % where, gettext("set QUORATE_SMTP_URL"))
        return
    host, port = settings.EMAIL_HOST, settings.EMAIL_PORT
    try:
        with socket.create_connection((host, port), timeout=5):
            yield Finding("mail", "ok", f"{host}:{port}")
    except OSError as error:
        yield Finding("mail", "fail", f"{host}:{port}: {error.strerror or error}", gettext("mend QUORATE_SMTP_URL"))


def _database() -> Iterator[Finding]:
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA journal_mode")
                mode = str(cursor.fetchone()[0])
                fine = mode == "wal"
                yield Finding(
                    "database", "ok" if fine else "fail", f"SQLite, {mode}", "" if fine else "journal_mode=WAL"
                )
                cursor.execute("PRAGMA quick_check(1)")
                sound = str(cursor.fetchone()[0])
                mend = "" if sound == "ok" else gettext("restore a backup")
                yield Finding("database file", "ok" if sound == "ok" else "fail", sound, mend)
            else:
                cursor.execute("SHOW server_version_num")
                version = int(cursor.fetchone()[0])
                mend = "" if version >= OLDEST_POSTGRES else gettext("needs PostgreSQL 14 or later")
                yield Finding("database", "fail" if mend else "ok", f"PostgreSQL {version // 10000}", mend)
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        first = (str(error).splitlines() or ["?"])[0]
        yield Finding("database", "fail", first, gettext("start it, or mend DATABASE_URL"))
        return
    if missing:
        yield Finding("migrations", "fail", gettext("%d are missing") % missing, "quorate setup")
    else:
        yield Finding("migrations", "ok", gettext("none is missing"))


def _guards() -> Iterator[Finding]:
    lost = triggers.missing(connection)
    found = ", ".join(lost) if lost else gettext("the database refuses changes to the ledger")
    yield Finding("guards", "fail" if lost else "ok", found, "quorate setup && quorate ledger verify" if lost else "")


def _work() -> Iterator[Finding]:
    now = standing()
    yield _worker(now)
    yield _outbox(now)
    late = age(now.oldest_unsealed) or 0
    words = gettext("%(sealed)d of %(entries)d entries") % {"sealed": now.sealed, "entries": now.entries}
    mend = gettext("see whether the worker runs") if late > UNSEALED_AFTER else ""
    yield Finding("seals", "warn" if mend else "ok", words, mend)
    for name, error in now.failing_jobs:
        yield Finding(f"job {name}", "warn", error, gettext("see the log of the worker"))


def _worker(now: Standing) -> Finding:
    silent = age(now.worker_seen)
    if silent is None:
        return Finding("worker", "warn", gettext("never seen"), "quorate up")
    seen = gettext("seen %d seconds ago") % silent
    there = silent < WORKER_SILENT_AFTER
    return Finding("worker", "ok" if there else "warn", seen, "" if there else "quorate up")


def _outbox(now: Standing) -> Finding:
    words = gettext("%(due)d due, %(waiting)d waiting, %(dead)d given up") % {
        "due": now.due,
        "waiting": now.waiting,
        "dead": now.dead,
    }
    stuck = (age(now.oldest_due) or 0) > OUTBOX_LATE_AFTER
    mend = gettext("see whether the worker runs") if stuck else ""
    mend = mend or (gettext("look at the messages that were given up") if now.dead else "")
    return Finding("outbox", "warn" if mend else "ok", words, mend)


def _checks() -> Iterator[Finding]:
    """What Django and our own packages check, without what the findings above say already."""
    said = {"ledger.W001"}
    for message in checks.run_checks(include_deployment_checks=False):
        if message.id not in said and not message.is_silenced():
            result: Result = "fail" if message.is_serious() else "warn"
            yield Finding(message.id or "check", result, str(message.msg), str(message.hint or ""))
