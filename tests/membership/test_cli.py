"""``quorate charter …``: the fixed contract of arguments, keys and exit statuses. No database is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quorate.surfaces.cli.main import run

EXAMPLE = Path(__file__).parents[2] / "examples" / "pytorch-foundation"
CHARTERS = Path(__file__).parents[2] / "src" / "quorate" / "registers" / "membership" / "charters"


@pytest.fixture
def members(tmp_path: Path) -> Path:
    """The members of August 2026 as far as the council's seats need them."""
    rows = ["organisation,tier,headcount,joined,left"]
    rows += [f"Platinum {n},platinum,{n * 100},2024-01-01," for n in range(1, 15)]
    rows += [f"Gold {n},Gold,,2025-01-01," for n in range(1, 5)]
    rows += ["Gone,platinum,,2024-01-01,2026-08-11", "Coming,platinum,,2026-08-12,", "School,associate,,,"]
    path = tmp_path / "members.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> dict[str, Any]:
    assert run([*arguments, "--json"]) == status
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("option", ["--on", "--date"])
def test_seats(capsys: pytest.CaptureFixture[str], members: Path, option: str) -> None:
    found = answer(
        capsys,
        *("charter", "seats", "--charter", str(CHARTERS / "pytorch.yaml"), "--members", str(members)),
        *("--body", "tac", option, "2026-08-11"),
    )
    assert found["seats"] == 21
    assert [{key: row[key] for key in ("rule", "n", "clause")} for row in found["by_rule"]] == [
        {"rule": "platinum", "n": 14, "clause": "Roll of 11 August 2026: one for each platinum member"},
        {"rule": "gold", "n": 1, "clause": "Roll of 11 August 2026: one for the gold members"},
        {"rule": "projects", "n": 6, "clause": "Roll of 11 August 2026: one for each hosted project"},
    ]
    assert found["by_rule"][0]["inputs"]["members"] == 14
    assert found["quorum"]["needed"] == 12
    assert [conflict["code"] for conflict in found["conflicts"]] == ["printed-quorum"]


def test_seats_of_the_example_with_its_own_files(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(
        capsys,
        *("charter", "seats", "--charter", "pytorch", "--members", str(EXAMPLE / "members.yml")),
        *("--projects", str(EXAMPLE / "projects.yml"), "--body", "Technical Advisory Council", "--on", "2026-08-11"),
    )
    assert (found["seats"], found["quorum"]["needed"]) == (21, 12)


def test_dues(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text("organisation,tier,headcount\nA,premier,\nB,general,700\nC,associate,\n")
    found = answer(capsys, "charter", "dues", "--charter", "pytorch", "--members", str(path), "--on", "2025-01-01")
    assert found["total"] == "180000.00 USD"
    assert found["ga_fee"] == "16200.00 USD"
    assert [(row["organisation"], row["tier"], row["amount"], row["clause"]) for row in found["by_member"]] == [
        ("A", "premier", "150000.00 USD", "Dues, Premier"),
        ("B", "general", "30000.00 USD", "Dues, General"),
        ("C", "associate", "0.00 USD", "Dues, Associate"),
    ]


def test_rights_of_one_member(capsys: pytest.CaptureFixture[str], members: Path) -> None:
    arguments = ("charter", "rights", "--charter", "pytorch", "--members", str(members), "--on", "2026-08-11")
    found = answer(capsys, *arguments, "--organisation", "gold 2")
    assert {right["right"]: right["state"] for right in found["members"][0]["rights"]} == {
        "elect:tac": "held",
        "nominate:tac": "held",
        "name": "held",
    }
    assert len(answer(capsys, *arguments)["members"]) == 19
    answer(capsys, *arguments, "--organisation", "Gone", status=2)


def test_lint_and_list(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert answer(capsys, "charter", "lint", "openjs")["ok"] is True
    assert {c["name"] for c in answer(capsys, "charter", "list")["charters"]} >= {
        "pytorch",
        "cncf",
        "openjs",
        "lf-networking",
    }
    text = (CHARTERS / "pytorch.yaml").read_text().replace("{from: 500, to: 999", "{from: 501, to: 999")
    broken = tmp_path / "broken.yaml"
    broken.write_text(text)
    found = answer(capsys, "charter", "lint", str(broken), status=1)
    assert [f["code"] for f in found["findings"] if f["level"] == "error"] == ["band-gap"]


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["charter", "schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "A foundation's charter as data"


@pytest.mark.parametrize(
    ("changes", "where", "words"),
    [
        ({"--body": "senate"}, "body", "says nothing of a body"),
        ({"--on": "2020-01-01"}, "on", "no version of the charter"),
        ({"--on": "tomorrow"}, "--on", "is no day"),
        ({"--on": "0001-01-01"}, "--on", "is no day"),
        ({"--on": "9999-12-31"}, "--on", "is no day"),
        ({"--on": "2026-02-30"}, "--on", "is no day"),
        ({"--charter": "nowhere.yaml"}, "nowhere.yaml", ""),
        ({"--members": "nowhere.csv"}, "nowhere.csv", ""),
        ({"--charter": "members"}, "", ""),
    ],
)
def test_errors_exit_2_with_where_what_and_mend(
    capsys: pytest.CaptureFixture[str], members: Path, changes: dict[str, str], where: str, words: str
) -> None:
    options = {"--charter": "pytorch", "--members": str(members), "--body": "tac", "--on": "2026-08-11"}
    options |= {key: str(members) if value == "members" else value for key, value in changes.items()}
    assert run(["charter", "seats", *(part for pair in options.items() for part in pair), "--json"]) == 2
    captured = capsys.readouterr()
    error = json.loads(captured.out)["error"]
    assert set(error) >= {"where", "what", "mend"}
    assert where in error["where"]
    assert words in error["what"]
    assert captured.err.strip()
    assert "Traceback" not in captured.err


def test_a_tier_that_the_version_does_not_know_is_no_silent_zero(
    capsys: pytest.CaptureFixture[str], members: Path
) -> None:
    arguments = ("charter", "seats", "--charter", "pytorch", "--members", str(members), "--body", "tac")
    error = answer(capsys, *arguments, "--on", "2025-06-01", status=2)["error"]
    assert "“Gold”" in error["what"] or "“platinum”" in error["what"]
    assert error["where"].startswith(str(members))
    assert "premier, general, associate" in error["mend"]


def test_the_lines_for_people_tell_the_conflict(capsys: pytest.CaptureFixture[str], members: Path) -> None:
    arguments = ["charter", "seats", "--charter", "pytorch", "--members", str(members), "--body", "tac"]
    assert run([*arguments, "--on", "2026-08-11"]) == 0
    text = capsys.readouterr().out
    assert "21 voting seats on 2026-08-11" in text
    assert "conflict: the printed quorum is 12, but more than 1/2 of 21 voting seats is 11" in text


def test_days_at_the_end_of_the_calendar_are_open_ends(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text("organisation,tier,joined,left,overdue_since\nA,gold,1900-01-01,9999-12-31,9999-12-31\n")
    arguments = ("--charter", "openjs", "--members", str(path), "--on", "2020-01-01")
    assert answer(capsys, "charter", "seats", "--body", "board", *arguments)["by_rule"][1]["inputs"]["members"] == 1
    assert answer(capsys, "charter", "rights", *arguments)["members"][0]["rights"][0]["state"] == "held"
