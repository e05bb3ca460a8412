"""The charters that come with the product give what their texts give, worked out by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.membership.cast import day, holder, projects, related, roll_of, shipped

from quorate.kernel import yamlfile
from quorate.registers.membership.rules import linting, reading
from quorate.registers.membership.rules.seats import seats

GOLDEN = yamlfile.load(Path(__file__).with_name("golden.yaml"))
CASES = [pytest.param(case, id=f"{case['charter']}:{GOLDEN.line_of((n,))}") for n, case in enumerate(GOLDEN.data)]


@pytest.mark.parametrize("case", CASES)
def test_seats(case: dict[str, Any]) -> None:
    roll = roll_of(
        case["members"],
        holders=tuple(holder(text) for text in case.get("holders", ())),
        projects=tuple(p for status, n in case.get("projects", {}).items() for p in projects(status, n)),
    )
    if "related" in case:
        roll = related(roll, *case["related"])
    found = seats(shipped(case["charter"]), roll, case["body"], day(case["on"]))
    assert found.n == case["seats"]
    assert {rule.rule: rule.n for rule in found.rules} == {rule.rule: rule.n for rule in found.rules} | case.get(
        "rules", {}
    )
    assert found.non_voting == case.get("non_voting", 0)
    if "quorum" in case:
        assert found.quorum is not None
        assert found.quorum.needed == case["quorum"]
        assert found.quorum.by_rule == case.get("by_rule", case["quorum"])
    assert [conflict.code for conflict in found.conflicts] == case.get("conflicts", [])
    for rule in found.rules:
        assert sum(step.n for step in rule.steps) == rule.n
        assert rule.clause


def test_every_shipped_charter_is_in_the_table() -> None:
    assert {case["charter"] for case in GOLDEN.data} == set(reading.shipped())
    for name in reading.shipped():
        versions = {version.version for version in shipped(name).versions}
        used = {shipped(name).on(day(case["on"])).version for case in GOLDEN.data if case["charter"] == name}
        assert used == versions


@pytest.mark.parametrize("name", reading.shipped())
def test_shipped_charters_have_no_errors(name: str) -> None:
    charter = shipped(name)
    assert [finding for finding in linting.lint(charter) if finding.level == "error"] == []
    for version in charter.versions:
        assert version.source
        for body in version.bodies:
            assert all(rule.clause for rule in body.seats)


def test_the_council_of_august_2026_says_how_printed_number_and_rule_differ() -> None:
    roll = roll_of({"platinum": 14, "gold": 4})
    document = seats(shipped("pytorch"), roll, "tac", date(2026, 8, 11)).as_dict()
    assert document["seats"] == 21
    assert [(row["rule"], row["n"]) for row in document["by_rule"]] == [("platinum", 14), ("gold", 1), ("projects", 6)]
    assert document["quorum"]["needed"] == 12
    assert document["conflicts"][0]["values"] == {"printed": 12, "by_rule": 11, "seats": 21}
    assert document["quorum"]["reasons"] == [
        "more than 1/2 of 21 voting seats is 11",
        "Minutes of 11 August 2026 prints 12",
    ]
    projects = next(row for row in document["by_rule"] if row["rule"] == "projects")
    assert projects["holders"] == ["DeepSpeed", "Helion", "PyTorch", "Ray", "Safetensors", "vLLM"]
