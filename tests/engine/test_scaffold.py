"""A new program's folder works as it is, its own tests included."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from quorate.engine import scaffold
from quorate.engine.definition import examine
from quorate.kernel import discovery
from quorate.kernel.errors import Conflict, UserError


def test_it_passes_validation(tmp_path: Path) -> None:
    written = scaffold.new("talk-proposals", tmp_path)
    assert [path.relative_to(written.folder).as_posix() for path in written.files] == [
        "program.yaml",
        "application.yml",
        "README.md",
        "letters/accepted.md",
        "letters/declined.md",
        "letters/question.md",
        "letters/received.md",
        "tests/conftest.py",
        "tests/test_talk_proposals.py",
    ]
    program, errors, warnings = examine(written.folder)
    assert [problem.line for problem in (*errors, *warnings)] == []
    assert program is not None
    assert (program.program, program.name, program.prefix) == ("talk-proposals", "Talk proposals", "TP")
    assert not any("@NAME@" in path.read_text() or "@TITLE@" in path.read_text() for path in written.files)


def test_its_own_tests_pass(tmp_path: Path) -> None:
    folder = scaffold.new("exam-appeals", tmp_path).folder
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "DJANGO"))}
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_in_the_source_tree_it_is_a_package_that_knows_its_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scaffold, "ROOT", tmp_path)
    written = scaffold.new("talk-proposals", tmp_path / "programs", title="Talks", prefix="TALK")
    assert written.folder.name == "talk_proposals"
    assert (written.folder / "__init__.py").is_file()
    first = (written.folder / "program.yaml").read_text().splitlines()[0]
    schema = first.partition("$schema=")[2]
    real = discovery.ROOT / "programs" / "x" / schema
    assert real.resolve().is_file()


@pytest.mark.parametrize("name", ["Talk Proposals", "talk_proposals", "-talks", "talks-", "", "../x", "a/b"])
def test_a_name_must_be_a_slug(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="cannot be a program's name"):
        scaffold.new(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_prefix_must_be_capitals(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot start case keys"):
        scaffold.new("talks", tmp_path, prefix="t")


def test_it_never_writes_over_a_folder(tmp_path: Path) -> None:
    scaffold.new("talks", tmp_path)
    with pytest.raises(Conflict, match="there already"):
        scaffold.new("talks", tmp_path)
