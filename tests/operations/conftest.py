"""An installation of its own, run by commands, on the kind of database that the tests run on."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dj_database_url
import psycopg
import pytest
from psycopg import sql


@dataclass
class Installation:
    """A data directory, its database, and commands run as processes."""

    home: Path
    url: str = ""
    more: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("QUORATE", "DJANGO"))}
        kept.pop("DATABASE_URL", None)
        own = {"QUORATE_HOME": str(self.home)} | ({"DATABASE_URL": self.url} if self.url else {})
        return {**kept, **own, **self.more}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "quorate.surfaces.cli.main", *arguments]

    def run(self, *arguments: str, status: int = 0) -> str:
        """The standard output of a command that ends with a status."""
        done = subprocess.run(
            self.command(*arguments), env=self.environment(), capture_output=True, text=True, timeout=180, check=False
        )
        assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def ask(self, *arguments: str, status: int = 0) -> Any:
        """The JSON document that a command prints."""
        return json.loads(self.run(*arguments, "--json", status=status))

    def fill(self) -> None:
        """Set up, with one account, sealed, and a file."""
        self.run("setup")
        self.run("account", "create", "first@people.example")
        self.run("ledger", "seal")
        (self.home / "files" / "ab").mkdir(parents=True, exist_ok=True)
        (self.home / "files" / "ab" / "attachment").write_bytes(b"what somebody attached")


class Databases:
    """Fresh databases, on the server that the tests use; files of SQLite otherwise."""

    def __init__(self) -> None:
        self.server = os.environ.get("QUORATE_TEST_DATABASE_URL", "")
        self.made: list[str] = []

    def url(self, like: str = "") -> str:
        """The address of a fresh database, or of a copy of another; an empty string for SQLite."""
        if not self.server:
            return ""
        name = f"quorate_{secrets.token_hex(6)}"
        template = sql.Identifier(like.rpartition("/")[2] if like else "template1")
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), template))
        self.made.append(name)
        return self.server.rpartition("/")[0] + f"/{name}"

    def close(self) -> None:
        for name in self.made:
            self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, statement: sql.Composable) -> None:
        found = dj_database_url.parse(self.server)
        with psycopg.connect(
            host=str(found["HOST"]),
            port=int(found["PORT"] or 5432),
            user=str(found["USER"]),
            password=str(found["PASSWORD"] or ""),
            dbname=str(found["NAME"]),
            autocommit=True,
        ) as connection:
            connection.execute(statement)


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    found = Databases()
    yield found
    found.close()


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Installation:
    """An installation that was filled once; the others are copies of it."""
    found = Installation(tmp_path_factory.mktemp("pattern") / "home", databases.url())
    found.fill()
    return found


@pytest.fixture
def installation(tmp_path: Path, databases: Databases, pattern: Installation) -> Installation:
    """A filled installation of one's own."""
    shutil.copytree(pattern.home, tmp_path / "home")
    return Installation(tmp_path / "home", databases.url(pattern.url) if pattern.url else "")


@pytest.fixture
def empty(tmp_path: Path, databases: Databases) -> Installation:
    """An installation of which nothing is there yet."""
    return Installation(tmp_path / "empty", databases.url())
