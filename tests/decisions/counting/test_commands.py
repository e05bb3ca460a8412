"""``quorate election …``: the documents that scripts rely on, the tables for people, one line for what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quorate.decisions import counting_cli
from quorate.decisions.counting import PRESETS, Constraints, Rule
from quorate.decisions.counting.formats import read, save
from quorate.surfaces.cli.main import run

BLT = '4 2\n5 1 2 0\n3 2=3 0\n2 4 0\n0\n"Anna Example"\n"Bela Example"\n"Cleo Example"\n"Dora Example"\n"Made up"\n'


@pytest.fixture
def ballots(tmp_path: Path) -> Path:
    path = tmp_path / "ballots.blt"
    path.write_text(BLT)
    return path


def told(capsys: pytest.CaptureFixture[str], *arguments: object, status: int = 0) -> dict[str, Any]:
    assert run([*map(str, arguments), "--json"]) == status
    return dict(json.loads(capsys.readouterr().out))


@pytest.mark.parametrize("rule", [name for name, _preset in PRESETS.items()])
def test_every_rule_prints_the_same_keys(ballots: Path, capsys: pytest.CaptureFixture[str], rule: str) -> None:
    document = told(capsys, "election", "count", ballots, "--rule", rule)
    assert {"rule", "seats", "valid", "quota", "stages", "elected", "ties", "counters"} <= document.keys()
    assert (document["rule"], document["seats"], document["counters"]) == (rule, 2, 2)
    for stage in document["stages"]:
        assert {"totals", "non_transferable", "elected", "excluded", "what"} <= stage.keys()
        assert set(stage["totals"]) == {"1", "2", "3", "4"}
        assert all(isinstance(total, str) for total in stage["totals"].values())


def test_seats_and_seed_can_be_given(ballots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = told(capsys, "election", "count", ballots, "--rule", "irv", "--seats", 1, "--seed", "00ff")
    assert document["seats"] == 1
    assert document["lot"]["seed"] == "00ff"


def test_the_table_for_people(ballots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["election", "count", str(ballots), "--rule", "scottish-stv"]) == 0
    printed = capsys.readouterr().out
    assert "Quota: 3" in printed
    assert "Elected: 1 Anna Example, 4 Dora Example" in printed
    assert "Counted by: vector, plain" in printed


def test_an_open_tie_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "tie.blt"
    path.write_text('2 1\n1 1 0\n1 2 0\n0\n"Anna"\n"Bela"\n')
    assert run(["election", "count", str(path), "--rule", "irv"]) == 0
    assert "Undecided without a lot: 1 Anna, 2 Bela" in capsys.readouterr().out
    assert run(["election", "count", str(path), "--rule", "irv", "--seed", "00"]) == 0
    assert "Lots: seed 00" in capsys.readouterr().out


def test_large_files_are_left_to_the_vectors(
    ballots: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting_cli, "STEPS", 0)
    assert told(capsys, "election", "count", ballots, "--rule", "meek-prf")["counters"] == 1


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        (("--rule", "lottery"), "rule"),
        (("--rule", "irv", "--seats", "0"), "--seats"),
        (("--rule", "irv", "--seed", "xyz"), "seed"),
        (("--rule", "irv", "--format", "pdf"), "format"),
        (("--rule", "irv", "--format", "csv"), "ballots.blt:1"),
    ],
)
def test_what_is_wrong_is_one_line(
    ballots: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], where: str
) -> None:
    assert run(["election", "count", str(ballots), *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    error = told(capsys, "election", "count", ballots, *arguments, status=2)["error"]
    assert error["where"].endswith(where)


def test_a_file_goes_into_another_format_and_back(ballots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = told(capsys, "election", "count", ballots, "--rule", "meek-prf")
    for form in ("csv", "manifest", "blt"):
        target = ballots.with_name(f"out.{'json' if form == 'manifest' else form}")
        told(capsys, "election", "convert", ballots, "--to", form, "--out", target)
        assert told(capsys, "election", "count", target, "--rule", "meek-prf") == before
    lost = told(capsys, "election", "convert", ballots, "--to", "scottish-csv", "--out", target, status=2)
    assert "equal ranks" in lost["error"]["what"]
    nowhere = ballots.parent / "no" / "such.blt"
    told(capsys, "election", "convert", ballots, "--to", "blt", "--out", nowhere, status=2)


def test_rules_comparison_and_margin(ballots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = told(capsys, "election", "rules")["rules"]
    assert {"scottish-stv", "star"} <= {rule["name"] for rule in rules}
    compared = told(capsys, "election", "compare", ballots, "--rule", "scottish-stv")
    assert compared["elected"] == [1, 4]
    assert any(variant["rule"] == "meek-prf" for variant in compared["variants"])
    found = told(capsys, "election", "margin", ballots, "--rule", "plurality", "--seats", 1)
    assert found["lower"] <= found["upper"]
    for command in ("compare", "margin"):
        assert run(["election", command, str(ballots), "--rule", "scottish-stv"]) == 0
    printed = capsys.readouterr().out
    assert "Scottish STV elects 1 Anna Example" in printed
    assert "At least 1" in printed
    assert run(["election", "rules"]) == 0


def test_constraints_come_from_a_file(ballots: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    limits = tmp_path / "limits.yml"
    limits.write_text(
        "mode: count\nrules:\n- name: Acme\n  candidates: [1, Dora Example]\n  most: 1\n"
        "- name: academia\n  candidates: [3]\n  least: 1\n"
    )
    free = told(capsys, "election", "count", ballots, "--rule", "scottish-stv")
    assert free["elected"] == [1, 4]
    assert "constraints" not in free
    document = told(capsys, "election", "count", ballots, "--rule", "scottish-stv", "--constraints", limits)
    assert document["elected"] == [1, 3]
    assert (document["constraints"]["mode"], document["constraints"]["unmet"]) == ("count", [])
    assert "Dora Example is excluded and cannot be seated: at most 1 of “Acme”" in document["stages"][0]["notes"]
    assert run(["election", "count", str(ballots), "--rule", "scottish-stv", "--constraints", str(limits)]) == 0
    assert "cannot be seated: at most 1 of “Acme”" in capsys.readouterr().out
    limits.write_text("mode: count\nrules:\n- name: Acme\n  candidates: [1]\n- name: B\n  candidates: [Nobody]\n")
    assert run(["election", "count", str(ballots), "--rule", "irv", "--constraints", str(limits)]) == 2
    assert f"{limits}:5" in capsys.readouterr().err


def test_constraints_stay_in_a_manifest_and_nowhere_else(
    ballots: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = read(ballots).but(constraints=Constraints("seating", (Rule("Acme", frozenset({1, 4}), 0, 1),)))
    save(made, "manifest", tmp_path / "ward.json")
    assert read(tmp_path / "ward.json") == made
    assert told(capsys, "election", "count", tmp_path / "ward.json", "--rule", "scottish-stv")["elected"] == [1, 2]
    out = tmp_path / "ward.blt"
    assert run(["election", "convert", str(tmp_path / "ward.json"), "--to", "blt", "--out", str(out)]) == 2
    assert "cannot hold constraints" in capsys.readouterr().err
