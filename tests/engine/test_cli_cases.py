"""Cases by command: an issue makes the case that the web form makes, a clone is measured, cases are listed and shown."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from tests.engine.test_cli_programs import ask
from tests.portfolio.repository.histories import git, write
from tests.stories.cast import ANSWERS, START, assemble, busy

from quorate.engine.definition import find
from quorate.engine.forms import read as read_form
from quorate.engine.forms import write_issue
from quorate.engine.models import Case, PrivateAnswer, Program
from quorate.kernel import clock
from quorate.ledger.models import Entry
from quorate.surfaces.cli.main import run

__all__ = ["ask"]
pytestmark = pytest.mark.django_db


def issue(answers: dict[str, str], title: str = "[Ecosystem] Tensor Garden") -> str:
    """An issue as GitHub writes it from the form, with its title in front."""
    form = find("ecosystem").form
    assert form is not None
    return f'---\ntitle: "{title}"\nnumber: 42\n---\n{write_issue(form, answers)}'


def told(case: Case) -> dict[str, Any]:
    """What a case says, wherever it came from."""
    hidden = PrivateAnswer.objects.filter(case=case).order_by("mapped", "name")
    return {
        "title": case.title,
        "answers": case.answers,
        "fields": case.fields,
        "hidden": list(hidden.values_list("name", "mapped", "value")),
        "identity": case.identity_key,
        "stage": case.stage,
        "subject": case.subject_kind,
        "due_at": case.due_at,
    }


def test_an_issue_makes_the_case_that_the_web_form_makes(ask: Any, tmp_path: Path) -> None:
    clock.set_now(START)
    assemble()
    answers = {
        **ANSWERS,
        "remarks": "### Not a heading of the form\n\nWith *Markdown*.",
        "more-repositories": "https://git.example/a\nhttps://git.example/b",
    }
    with transaction.atomic():
        sent = Client().post(
            "/p/programs/ecosystem/apply/",
            {f"q-{name}": text for name, text in answers.items()} | {"title": "Tensor Garden", "key": "k"},
        )
        assert sent.status_code == 302, sent.content.decode()
        by_form = told(Case.objects.get())
        transaction.set_rollback(True)
    path = tmp_path / "issue.md"
    path.write_text(issue(answers))
    found = ask("import", "issue", path, "--program", "ecosystem")
    assert found["missing"] == []
    assert [words for words in found["warnings"] if "Not a heading of the form" not in words] == []
    assert found["fields"]["Contact e-mails"] == ANSWERS["contact"]
    assert told(Case.objects.get(key=found["case"])) == by_form
    assert Case.objects.get().source == "import"
    again = ask("import", "issue", path, "--program", "ecosystem")
    assert again["case"] == found["case"]
    assert "imported before" in again["warnings"][-1]
    assert Case.objects.count() == 1


def test_a_database_that_is_new_takes_an_issue(ask: Any, tmp_path: Path) -> None:
    path = tmp_path / "issue.md"
    path.write_text(issue({name: text for name, text in ANSWERS.items() if name != "horizon"}))
    tried = ask("import", "issue", path, "--program", "ecosystem", "--dry-run")
    assert tried["case"] is None
    assert not Program.objects.exists()
    found = ask("import", "issue", path, "--program", "ecosystem")
    assert found["case"] == "ECO-1"
    assert found["missing"] == ["Maintenance horizon"]
    assert set(Program.objects.values_list("slug", flat=True)) == {"ecosystem", "ecosystem-review"}
    listed = ask("case", "list", "--program", "ecosystem")["cases"]
    assert [(each["case"], each["stage"], each["position"], each["clock"]["paused"]) for each in listed] == [
        ("ECO-1", "new", 1, False)
    ]
    assert ask("case", "show", "eco-1")["answers"]["Licence"] == "MIT"
    assert ask("case", "show", "ECO-9", status=2)["error"]["where"] == "case"


def test_what_is_refused_changes_nothing(ask: Any, tmp_path: Path) -> None:
    path = tmp_path / "issue.md"
    path.write_text("Some words.\n")
    before = Entry.objects.count()
    for file, program, words in (
        (path, "ecosystem", "no question of the form"),
        (tmp_path / "none.md", "ecosystem", "No such file"),
        (path, "nothing", "there is no program"),
        (path, "ecosystem-review", "takes no applications"),
    ):
        error = ask("import", "issue", file, "--program", program, status=2)["error"]
        assert words in error["what"]
    path.write_bytes(b"\xff\xfe")
    assert "UTF-8" in ask("import", "issue", path, "--program", "ecosystem", status=2)["error"]["what"]
    assert Entry.objects.count() == before
    assert not Program.objects.exists()


def test_a_second_application_for_the_same_repository_is_refused(ask: Any, tmp_path: Path) -> None:
    path = tmp_path / "issue.md"
    path.write_text(issue(dict(ANSWERS)))
    ask("import", "issue", path, "--program", "ecosystem")
    path.write_text(issue({**ANSWERS, "summary": "Another text"}))
    error = ask("import", "issue", path, "--program", "ecosystem", status=2)["error"]
    assert "ECO-1 is about the same" in error["what"]


def test_the_issue_form_of_another_foundation(ask: Any, tmp_path: Path, real_data: Path) -> None:
    """An issue made with a real foundation's form is taken in by the labels that its questions have in common."""
    form = read_form(real_data / "pytorch-foundation" / "forms" / "ecosystem-application.yml")
    answers = {
        element.id: (element.choices[0] if element.choices else f"About {element.label}")
        for element in form.questions
        if not element.takes_many
    }
    given = write_issue(form, answers)
    path = tmp_path / "issue.md"
    path.write_text(f'---\ntitle: "Real"\n---\n{given}')
    found = ask("import", "issue", path, "--program", "ecosystem", "--dry-run")
    assert found["fields"]
    assert len(found["missing"]) < 5


def test_a_clone_is_measured_criterion_by_criterion(ask: Any, tmp_path: Path) -> None:
    until = datetime(2026, 1, 4, 12, tzinfo=UTC)
    names = write(tmp_path / "clone.git", busy(until))
    found = ask("repo", "check", tmp_path / "clone.git", "--program", "ecosystem")
    assert (found["head"], found["as_of"]) == (names[-1], "2026-01-04T12:00:00Z")
    by_name = {each["criterion"]: each for each in found["criteria"]}
    assert list(by_name) == [check.criterion for check in find("ecosystem").checks]
    for each in found["criteria"]:
        assert each.keys() >= {"criterion", "result", "found", "needed", "evidence", "as_of"}
        assert each["result"] in ("pass", "fail", "unknown", "attested")
        assert each["evidence"]
    assert (by_name["contributors"]["result"], by_name["contributors"]["found"], by_name["contributors"]["needed"]) == (
        "pass",
        6,
        5,
    )
    assert (by_name["commits"]["found"], by_name["commits"]["needed"]) == (48, 30)
    assert by_name["licence"]["found"] == ["MIT"] or by_name["licence"]["found"] == "MIT"
    assert by_name["stars"]["result"] == by_name["value"]["result"] == "unknown"
    assert not Program.objects.exists(), "nothing is stored"
    assert git(tmp_path / "clone.git", "rev-parse", "HEAD") == names[-1]


def test_a_folder_that_is_no_repository_is_said_in_one_line(
    ask: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    error = ask("repo", "check", tmp_path, "--program", "ecosystem", status=2)["error"]
    assert str(tmp_path) in error["where"]
    assert ask("repo", "check", tmp_path, "--program", "nothing", status=2)["error"]["mend"]
    assert run(["repo", "check", str(tmp_path), "--program", "ecosystem"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.strip().splitlines()) == 1
    assert "Traceback" not in printed.err


def test_words_for_people(ask: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "issue.md"
    path.write_text(issue(dict(ANSWERS)))
    assert run(["import", "issue", str(path), "--program", "ecosystem"]) == 0
    assert "ECO-1 in Ecosystem projects" in capsys.readouterr().out
    assert run(["case", "list"]) == 0
    assert "ECO-1" in capsys.readouterr().out
    assert run(["case", "show", "ECO-1"]) == 0
    shown = capsys.readouterr().out
    assert "Tensor Garden" in shown
    assert "filed ECO-1" in shown
