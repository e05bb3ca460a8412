"""Databases and processes for the tests that need real ones."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Installation:
    """An installation of its own: a data directory, a database, and processes that use them."""

    home: Path
    database: str
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A command of `process.py`, running."""
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("QUORATE_", "DJANGO_"))},
            "DJANGO_SETTINGS_MODULE": "quorate.config.settings",
            "QUORATE_HOME": str(self.home),
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            **self.environment,
        }
        environment.pop("DATABASE_URL", None)
        if self.database:
            environment["DATABASE_URL"] = self.database
        command = [sys.executable, "-m", "tests.ledger.process", *arguments]
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def run(self, *arguments: str) -> Any:
        """What a command printed, as JSON."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        return json.loads(out or "null")


def postgres_url() -> str:
    """The server that tests may make databases on."""
    url = os.environ.get("QUORATE_TEST_POSTGRES") or os.environ.get("QUORATE_TEST_DATABASE_URL", "")
    if not url.startswith("postgres"):
        reason = "no PostgreSQL server is named (QUORATE_TEST_POSTGRES)"
        if os.environ.get("QUORATE_CI") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """A fresh installation on each database."""
    if request.param == "sqlite":
        made = Installation(tmp_path, "")
        made.run("migrate")
        yield made
        return
    server = urlsplit(postgres_url())
    name = f"test_ledger_{secrets.token_hex(6)}"
    with psycopg.connect(urlunsplit(server._replace(path="/postgres")), autocommit=True) as administrator:
        administrator.execute(f"CREATE DATABASE {name}")
        try:
            made = Installation(tmp_path, urlunsplit(server._replace(path=f"/{name}")))
            made.run("migrate")
            yield made
        finally:
            administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")
