"""The record: how fast it is written, sealed, proved and checked, and how fast promises are kept.

CPU seconds of this process unless the unit says otherwise. Databases are measured in a child process with a data
directory of its own; PostgreSQL is measured when ``QUORATE_TEST_POSTGRES`` names a server to make a database on.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import rfc8785

from quorate.ledger import merkle, notes, verifier
from quorate.ledger.canonical import canonical

ROOT = Path(__file__).resolve().parents[1]
ENTRIES = 1_000_000
BATCH = 1000
SAMPLE = {
    "actor": "person:01a20550-af55-759a-a736-4d55e5c533bc",
    "at": "2026-11-22T21:15:07.123456Z",
    "authority": ["seat:ecosystem-wg/member"],
    "data": {"from": "screen", "stage": "review", "program": "ecosystem", "revision": 7, "checks": ["a", "b"]},
    "gesture": "01a20550-af55-759a-a736-4d55e5c533bd",
    "kind": "case.moved",
    "private": {"note": "a" * 64},
    "reconstructed": False,
    "recorded_at": "2026-11-22T21:15:07.123456Z",
    "refs": [["case", "ECO-14", "case"], ["person", "01a20550-af55-759a-a736-4d55e5c533bc", "reviewer"]],
    "uid": "01a20550-af55-759a-a736-4d55e5c533be",
}


def run() -> list[dict[str, Any]]:
    """Every measure of the ledger."""
    rows = [_canonical(), *_verify()]
    return [*rows, *on_databases("benchmarks.ledger_database")]


def on_databases(*script: str) -> list[dict[str, Any]]:
    """What a module prints as JSON, run on SQLite and, where a server is named, on PostgreSQL; each freshly made."""
    rows = _database("SQLite", "", script)
    server = os.environ.get("QUORATE_TEST_POSTGRES", "")
    return [*rows, *(_on_postgres(server, script) if server else [])]


def _cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _row(name: str, ours: float, unit: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "ours": ours, "unit": unit, **more}


def _canonical() -> dict[str, Any]:
    ours = 20_000 / _cpu(lambda: [canonical(SAMPLE) for _ in range(20_000)])
    theirs = 4_000 / _cpu(lambda: [rfc8785.dumps(SAMPLE) for _ in range(4_000)])
    return _row(
        "canonical JSON of an entry", ours, "per s", baseline=theirs, baseline_name="rfc8785", ratio=ours / theirs
    )


def _export(path: Path, count: int) -> notes.SigningKey:
    """A synthetic export of `count` entries, sealed in batches."""
    key = notes.SigningKey.generate("bench.example/ledger")
    start, end = canonical({**SAMPLE, "seq": 0}).split(b',"seq":0')
    frontier = merkle.Frontier()
    at = datetime(2026, 11, 22, tzinfo=UTC)
    with path.open("wb") as stream:
        for first in range(0, count, BATCH):
            leaves = []
            for seq in range(first + 1, min(first + BATCH, count) + 1):
                record = b'%s,"seq":%d%s' % (start, seq, end)
                leaf = merkle.leaf_hash(record)
                leaves.append(leaf)
                stream.write(b'{"leaf":"%s","entry":%s}\n' % (leaf.hex().encode(), record))
            frontier.extend(leaves)
            note = key.sign(notes.Checkpoint(key.name, frontier.size, frontier.root()), at)
            stream.write(b'{"checkpoint":%s}\n' % json.dumps(note, ensure_ascii=False).encode())
    return key


def _naive(path: Path, count: int) -> float:
    """What a reader would write first: parse, canonicalise by a library, hash, and hash the tree leaf by leaf."""

    def work() -> None:
        frontier = merkle.Frontier()
        with path.open("rb") as stream:
            for _, line in zip(range(count), stream, strict=False):
                document = json.loads(line)
                if "entry" in document:
                    frontier.append(sha256(b"\x00" + rfc8785.dumps(document["entry"])).digest())

    return _cpu(work)


def _verify() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.jsonl"
        key = _export(path, ENTRIES)
        command = [sys.executable, verifier.__file__, str(path), "--key", key.public.text(), "--json"]
        before = os.times()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        after = os.times()
        spent = after.children_user - before.children_user + after.children_system - before.children_system
        if not json.loads(done.stdout)["ok"]:
            raise RuntimeError(done.stdout)
        sample = 20_000
        naive = _naive(path, sample) * ENTRIES / sample
        yield _row(
            f"verify an export of {ENTRIES:,} entries, all signatures",
            spent,
            "CPU s",
            baseline=naive,
            baseline_name="json + rfc8785, scaled",
            ratio=naive / spent,
            target="< 5 s",
            met=spent < 5,
            note=f"{path.stat().st_size / 1e6:,.0f} MB",
        )
        public, message = key.public.key, b64encode(b"checkpoint")
        signature = key.private.sign(message)
        plain = _cpu(lambda: [verifier.plain_ed25519_verify(public, message, signature) for _ in range(20)]) / 20
        yield _row("one signature without any library", plain * 1000, "CPU ms")


# Databases, in a child process -------------------------------------------------------------------------------


def _database(name: str, url: str, script: tuple[str, ...]) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("QUORATE_", "DJANGO_"))},
            "DJANGO_SETTINGS_MODULE": "quorate.config.settings",
            "QUORATE_HOME": home,
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "DATABASE_URL": url,
        }
        command = [sys.executable, "-m", *script]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
    return [{**row, "name": f"{name}: {row['name']}"} for row in json.loads(done.stdout)]


def _on_postgres(server: str, script: tuple[str, ...]) -> list[dict[str, Any]]:
    import psycopg  # an extra

    name = f"bench_ledger_{secrets.token_hex(6)}"
    parts = urlsplit(server)
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as administrator:
        administrator.execute(f"CREATE DATABASE {name}")
        try:
            return _database("PostgreSQL", urlunsplit(parts._replace(path=f"/{name}")), script)
        finally:
            administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")
