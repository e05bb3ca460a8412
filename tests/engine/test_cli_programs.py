"""Programs by command: a new one that works, faults with their lines, publishing, listing and showing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quorate.engine.models import Program
from quorate.ledger.models import Entry
from quorate.surfaces.cli.main import run

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command with ``--json``; its status and its document."""

    def asked(*arguments: object, status: int = 0) -> Any:
        capsys.readouterr()
        found = run([*map(str, arguments), "--json"])
        printed = capsys.readouterr()
        assert found == status, printed
        return json.loads(printed.out)

    return asked


def test_a_new_program_is_written_examined_and_published(
    ask: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written = ask("program", "new", "talk-proposals", "--title", "Talks", "--prefix", "TALK")
    assert written["folder"] == "talk-proposals"
    assert (tmp_path / "talk-proposals" / "program.yaml").is_file()
    examined = ask("program", "lint", "talk-proposals")
    assert examined == {"program": "talk-proposals", "ok": True, "errors": [], "warnings": []}
    assert ask("program", "new", "talk-proposals", status=2)["error"]["what"] == "the folder is there already"
    refused = ask("program", "publish", "talk-proposals", status=2)["error"]
    assert "there is no such office" in refused["what"]
    assert refused["where"].startswith("talk-proposals/program.yaml:")
    assert not Program.objects.exists()
    done = ask("program", "publish", "talk-proposals", "--draft")
    assert (done["number"], done["published"]) == (1, True)
    assert ask("program", "publish", "talk-proposals", "--draft")["published"] is False
    assert Entry.objects.filter(kind="program.published").count() == 1
    listed = {each["program"]: each for each in ask("program", "list")["programs"]}
    assert listed["talk-proposals"]["published"]
    assert not listed["ecosystem"]["published"]
    assert [stage["name"] for stage in ask("program", "show", "talk-proposals")["stages"]]
    assert ask("program", "migrate", "talk-proposals", "--dry-run") == {"moved": [], "refused": {}}


def test_it_goes_into_the_programs_folder_that_is_there(
    ask: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "programs").mkdir()
    assert ask("program", "new", "talks")["folder"] == "programs/talks"
    assert ask("program", "new", "talks", "--dir", str(tmp_path / "elsewhere"))["folder"].endswith("elsewhere/talks")


def test_faults_have_line_and_mend(ask: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask("program", "new", "talks", "--dir", str(tmp_path))
    path = tmp_path / "talks" / "program.yaml"
    lines = path.read_text().splitlines()
    at = next(number for number, line in enumerate(lines, 1) if line.startswith("prefix:"))
    lines[at - 1] = "prefix: two words"
    path.write_text("\n".join(lines) + "\ncolour: red\n")
    found = ask("program", "lint", path, status=1)
    assert not found["ok"]
    assert {(error["where"].rpartition(":")[2], error["what"]) for error in found["errors"]} == {
        (str(at), "“two words” cannot stand here"),
        (str(len(lines) + 1), "“colour” is not known here"),
    }
    assert all(error["mend"] for error in found["errors"])
    assert run(["program", "lint", str(path)]) == 1
    assert f"error: {path}:{at}: “two words” cannot stand here" in capsys.readouterr().out


def test_a_program_that_ships_is_known_by_its_name(ask: Any) -> None:
    assert ask("program", "lint", "ecosystem")["ok"]
    here = ask("program", "lint", "ecosystem", "--here", status=1)
    assert any("ecosystem-wg" in error["what"] for error in here["errors"])
    shown = ask("program", "show", "ecosystem")
    assert not shown["published"]
    assert {"stars", "licence"} <= {each["criterion"] for each in shown["criteria"]}
    error = ask("program", "show", "nothing", status=2)["error"]
    assert "ecosystem" in error["mend"]
    assert "ecosystem" in ask("program", "lint", "nothing", status=2)["error"]["mend"]


def test_a_foundations_changes_are_laid_over_what_ships(ask: Any, tmp_path: Path) -> None:
    folder = tmp_path / "ecosystem"
    folder.mkdir()
    (folder / "program.yaml").write_text("checks:\n  stars:\n    at_least: 500\n")
    assert ask("program", "lint", folder)["ok"]
    assert ask("program", "publish", folder, "--draft")["number"] == 1
    assert (
        next(each for each in ask("program", "show", "ecosystem")["criteria"] if each["criterion"] == "stars")["needed"]
        == 500
    )


def test_words_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["program", "list"]) == 0
    assert "not published" in capsys.readouterr().out
    assert run(["program", "show", "ecosystem"]) == 0
    assert "At least 200 stars" in capsys.readouterr().out
