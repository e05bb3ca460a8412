"""The doctor finds what is not well and says how to mend it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from tests.operations.conftest import Installation

pytestmark = pytest.mark.slow


def findings(installation: Installation, status: int = 0) -> dict[str, dict[str, Any]]:
    document = installation.ask("doctor", status=status)
    found = {finding["name"]: finding for finding in document["findings"]}
    for finding in found.values():
        assert set(finding) == {"name", "result", "found", "mend"}
        assert finding["result"] == "ok" or finding["mend"], f"{finding['name']} has no mend"
    return found


def test_a_new_installation_is_well(installation: Installation) -> None:
    found = findings(installation)
    assert {"database", "migrations", "guards", "keys", "disk", "clock", "mail", "worker", "outbox", "seals"} <= set(
        found
    )
    assert {name for name, finding in found.items() if finding["result"] == "fail"} == set()
    assert found["worker"]["mend"] == "quorate up"


def test_keys_that_others_can_read(installation: Installation) -> None:
    (installation.home / "keys" / "ledger.key").chmod(0o644)
    assert findings(installation, status=1)["keys"]["result"] == "fail"


def test_tables_without_guards(installation: Installation) -> None:
    if installation.url:
        pytest.skip("done to a file of SQLite; the ledger's own tests do it to PostgreSQL")
    with sqlite3.connect(installation.home / "quorate.sqlite3") as database:
        guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'ledger_%'"
        name = database.execute(guards).fetchone()[0]
        database.execute(f"DROP TRIGGER {name}")
    database.close()
    found = findings(installation, status=1)
    assert found["guards"]["result"] == "fail"
    assert "quorate setup" in found["guards"]["mend"]
    installation.run("setup")


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    nowhere = Installation(tmp_path / "home", "postgres://quorate@127.0.0.1:1/quorate")
    assert findings(nowhere, status=1)["database"]["result"] == "fail"


def test_mail_that_goes_nowhere(installation: Installation) -> None:
    installation.more["QUORATE_SMTP_URL"] = "smtp://127.0.0.1:1"
    assert findings(installation, status=1)["mail"]["result"] == "fail"


def test_settings_that_are_not_for_real_people(installation: Installation) -> None:
    (installation.home / "demo").touch()
    installation.more["QUORATE_DEBUG"] = "1"
    found = findings(installation)
    assert found["debug"]["result"] == found["demo"]["result"] == "warn"
