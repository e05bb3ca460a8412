"""The contract of the command line: exit statuses, one line for an error, one JSON document and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import click
import pytest
from django.db import DatabaseError, OperationalError

from quorate.kernel.commands import columns, json_option, noun, show, to_json
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import _
from quorate.surfaces.cli import main as cli

Command = Callable[[Callable[[], None]], None]


@pytest.fixture
def trial() -> Iterator[Command]:
    """Adds the command ``trial`` for the time of a test."""
    cli.root.load()

    def add(function: Callable[[], None]) -> None:
        cli.root.add_command(click.command("trial")(json_option(function)))

    yield add
    cli.root.commands.pop("trial", None)


def test_a_users_error_is_one_line_and_status_2(trial: Command, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise UserError("there is no seat", where="bodies/tac.yml:7", mend="add it")

    trial(fail)
    assert cli.run(["trial"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "bodies/tac.yml:7: there is no seat (add it)\n"


def test_with_json_an_error_is_a_document(trial: Command, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise UserError("there is no seat", where="x:1", mend="add it")

    trial(fail)
    assert cli.run(["trial", "--json"]) == 2
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"error": {"where": "x:1", "what": "there is no seat", "mend": "add it"}}
    assert len(printed.err.splitlines()) == 1


def test_several_problems_have_a_line_each(trial: Command, capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise UserError("two faults", problems=[UserError("one\nthing", where="a:1"), UserError("other", where="b:2")])

    trial(fail)
    assert cli.run(["trial", "--json"]) == 2
    printed = capsys.readouterr()
    assert printed.err.splitlines() == ["a:1: one thing", "b:2: other"]
    assert len(json.loads(printed.out)["error"]["problems"]) == 2


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["sign-in-link"], ["sign-in-link", "a@b.example", "--minutes", "0"], ["--nonsense"]]
)
def test_a_wrong_call_is_a_users_error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(arguments) == 2
    printed = capsys.readouterr()
    assert len(printed.err.splitlines()) == 1
    assert "--help" in printed.err


def test_a_command_may_answer_no(trial: Command) -> None:
    trial(lambda: click.get_current_context().exit(1))
    assert cli.run(["trial"]) == 1


def test_interrupting_is_neither_error_nor_defect(trial: Command) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    trial(stop)
    assert cli.run(["trial"]) == 130


def test_a_defect_is_not_hidden(trial: Command) -> None:
    def fall() -> None:
        raise ZeroDivisionError

    trial(fall)
    with pytest.raises(ZeroDivisionError):
        cli.run(["trial"])


def test_a_database_that_is_behind_says_what_to_do(
    trial: Command, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall() -> None:
        raise OperationalError("no such table: ledger_entry")

    trial(fall)
    monkeypatch.setattr(cli, "pending", lambda: 3)
    assert cli.run(["trial"]) == 2
    assert "quorate setup" in capsys.readouterr().err


def test_a_database_that_does_not_answer_says_so(
    trial: Command, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall() -> None:
        raise DatabaseError("gone")

    def unreachable() -> int:
        raise OperationalError("connection refused\nIs the server running?")

    trial(fall)
    monkeypatch.setattr(cli, "pending", unreachable)
    assert cli.run(["trial"]) == 2
    assert "connection refused" in capsys.readouterr().err


def test_json_knows_what_documents_hold() -> None:
    document = {
        "at": datetime(2026, 3, 1, 12, tzinfo=UTC),
        "day": date(2026, 3, 1),
        "money": Decimal("10.50"),
        "id": UUID(int=1),
        "words": _("Cases"),
        "set": {"b", "a"},
        "path": Path("a/b"),
        "text": "é",
    }
    assert json.loads(to_json(document)) == {
        "at": "2026-03-01T12:00:00Z",
        "day": "2026-03-01",
        "money": "10.50",
        "id": "00000000-0000-0000-0000-000000000001",
        "words": "Cases",
        "set": ["a", "b"],
        "path": "a/b",
        "text": "é",
    }
    with pytest.raises(TypeError):
        to_json({"x": object()})


def test_words_are_not_made_in_vain(trial: Command, capsys: pytest.CaptureFixture[str]) -> None:
    def never() -> list[str]:
        raise AssertionError

    trial(lambda: show({"n": 1}, never))
    assert cli.run(["trial", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"n": 1}


def test_nouns_are_shared() -> None:
    root = click.Group("root")
    assert noun(root, "import", "Bring in") is noun(root, "import", "Other words")
    root.add_command(click.Command("up"))
    with pytest.raises(ValueError, match="not a noun"):
        noun(root, "up", "")


def test_columns_line_up() -> None:
    assert columns([["a", 1, "x"], ["long", 22, "y"]]) == ["a     1   x", "long  22  y"]
    assert columns([]) == []


def every_command(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))
        else:
            yield (*path, name), command


def test_every_command_says_what_it_does() -> None:
    for path, command in every_command(cli.root):
        assert (command.help or "").strip(), f"quorate {' '.join(path)} has no help"


def test_every_command_that_reads_prints_json() -> None:
    """What is read can be read by a script: only commands that serve, work or write files do without."""
    without = {" ".join(path) for path, command in every_command(cli.root) if "--json" not in flags(command)}
    assert without <= {"up", "worker", "outbox work", "ledger checkpoint", "ledger export", "ledger proof"}


def flags(command: click.Command) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts}


@pytest.fixture
def shell(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command as a process with a data directory of its own."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("QUORATE", "DJANGO"))}
    environment["QUORATE_HOME"] = str(tmp_path / "home")
    environment.pop("DATABASE_URL", None)

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "quorate.surfaces.cli.main", *arguments]
        return subprocess.run(command, env={**environment, **more}, capture_output=True, text=True, timeout=120)

    return run


@pytest.mark.slow
def test_a_new_installation_by_command_alone(shell: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """Set up, open an account, make a link, ask the ledger: every step as a process, as a person would."""
    before = shell("account", "list", "--json")
    assert before.returncode == 2
    assert json.loads(before.stdout)["error"]["mend"] == "run: quorate setup"
    assert shell("setup").returncode == 0
    assert json.loads(shell("account", "create", "Desk@Example.org", "--operator", "--json").stdout)["operator"]
    again = shell("account", "create", "desk@example.org")
    assert (again.returncode, again.stdout) == (2, "")
    link = shell("sign-in-link", "desk@example.org", PORT="8765")
    assert link.stdout.startswith("http://127.0.0.1:8765/sign-in/link/")
    found = json.loads(shell("ledger", "verify", "--json").stdout)
    assert (found["ok"], found["entries"]) == (True, 2)
    assert shell("--version").stdout.startswith("quorate ")


@pytest.mark.slow
def test_a_reader_that_goes_away_is_no_defect(shell: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    shell("setup")
    script = f"{sys.executable} -m quorate.surfaces.cli.main doctor | head -1"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr
