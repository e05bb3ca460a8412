"""What is doubtful about a rule: golden findings, the command, and what a vote really does with such rules."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.decisions.rules import ABSTAIN, OF, Counts, Quorum, Rule, evaluate, fraction_in, lint, lint_rule
from quorate.kernel.errors import UserError
from quorate.surfaces.cli.main import run

SEATS = {"threshold": "2/3", "strict": False, "of": "seats"}
CAST = {"threshold": "1/2", "strict": True, "of": "cast", "quorum": {"count": 12}}


def codes(document: Any) -> list[str]:
    return [found.code for found in lint(document)]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"rule": SEATS, "seats": 21}, []),
        ({"threshold": "2/3", "strict": False}, ["no-denominator"]),
        ({"rule": {**SEATS, "quorum": {"count": 22}}, "seats": 21}, ["unreachable-quorum"]),
        ({"rule": {**SEATS, "quorum": {"count": 21, "strict": True}}, "seats": 21}, ["unreachable-quorum"]),
        ({"rule": {**SEATS, "quorum": {"fraction": "1/1", "strict": True}}}, ["unreachable-quorum"]),
        ({"rule": {**SEATS, "quorum": {"fraction": "1/2", "strict": True}}, "seats": 21}, ["rounded-quorum"]),
        ({"rule": {**SEATS, "quorum": {"fraction": "1/2", "strict": True}}, "seats": 20}, []),
        ({"rule": {"threshold": "1/1", "strict": True, "of": "seats"}}, ["unreachable-bar"]),
        ({"rule": {"threshold": "0", "strict": False, "of": "cast"}}, ["empty-bar"]),
        ({"rule": {"threshold": "1/2", "strict": True, "of": "yes-no"}}, ["one-yes-decides"]),
        ({"rule": {"threshold": "1/1", "strict": False, "of": "seats"}}, ["abstention-defeats"]),
        ({"rule": {"threshold": "2/3", "of": "seats"}, "seats": 21}, ["exactly-at-bar"]),
        ({"rule": {"threshold": "2/3", "of": "seats"}, "seats": 20}, []),
        ({"rule": {"threshold": "1/2", "strict": False, "of": "seats"}}, ["tie-passes"]),
        ({"rule": CAST, "seats": 21}, []),
        ({"all": [{"rule": SEATS}, {"threshold": "1/2", "strict": True}]}, ["no-denominator"]),
    ],
)
def test_golden_findings(document: Any, expected: list[str]) -> None:
    assert codes(document) == expected


@pytest.mark.parametrize(
    ("quorum", "printed", "numbers"),
    [
        ({"fraction": "1/2", "strict": True}, 12, ("12", "11")),
        ({"fraction": "1/2", "strict": True}, "12 seats", ("12", "11")),
        ({"count": 12}, "more than half of 21 seats", ("11", "12")),
        ({"count": 12}, "a majority of all seats", ("11", "12")),
        ({"count": 11}, "two thirds of the seats", ("14", "11")),
    ],
)
def test_drift_names_both_numbers(quorum: dict[str, Any], printed: str | int, numbers: tuple[str, str]) -> None:
    found = [
        each
        for each in lint({"rule": {**SEATS, "quorum": quorum}, "seats": 21, "charter": {"quorum": printed}})
        if each.code == "drift"
    ]
    assert len(found) == 1
    assert f"which is {numbers[0]}; the machine asks for {numbers[1]}" in found[0].what
    assert (found[0].level, found[0].where) == ("error", "charter.quorum")


@pytest.mark.parametrize(
    ("charter", "seats", "expected"),
    [
        ({"quorum": 12, "bar": "two thirds"}, 21, []),
        ({"bar": "more than two thirds"}, 21, ["drift"]),
        ({"bar": "more than two thirds"}, None, ["drift"]),
        ({"bar": "a two-thirds majority"}, None, []),
        ({"bar": 14}, 21, []),
        ({"bar": "as the chair sees fit"}, 21, ["unclear-charter"]),
        ({"bar": 14}, None, ["unclear-charter"]),
    ],
)
def test_charter_and_machine(charter: dict[str, Any], seats: int | None, expected: list[str]) -> None:
    document: dict[str, Any] = {"rule": {**SEATS, "quorum": {"count": 12}}, "charter": charter}
    assert codes({**document, "seats": seats} if seats else document) == expected


def test_a_charter_may_print_a_quorum_that_the_rule_lacks() -> None:
    assert codes({"rule": SEATS, "seats": 21, "charter": {"quorum": 12}}) == ["drift"]


@pytest.mark.parametrize(
    ("words", "fraction", "strict"),
    [
        ("more than half", "1/2", True),
        ("at least one half", "1/2", False),
        ("a simple majority", "1/2", True),
        ("2/3 of those present", "2/3", False),
        ("three-quarters", "3/4", False),
        ("over two thirds", "2/3", True),
        ("more than 67% of the members", "67/100", True),
        ("unanimous", "1", False),
    ],
)
def test_fractions_in_words(words: str, fraction: str, strict: bool) -> None:
    assert fraction_in(words) == (Fraction(fraction), strict)


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"all": []},
        {"all": [3]},
        {"rule": SEATS, "seats": 0},
        {"rule": SEATS, "saets": 3},
        {"rule": SEATS, "charter": 12},
        {"rule": SEATS, "charter": {"quorum": ""}},
        {"rule": SEATS, "charter": {"quorum": True}},
        {"rule": {"threshold": 0.67, "of": "seats"}},
    ],
)
def test_what_is_no_rule_is_refused(document: Any) -> None:
    with pytest.raises(UserError):
        lint(document)


rules = st.builds(
    Rule,
    st.builds(lambda d, n: Fraction(min(n, d), d), st.integers(1, 6), st.integers(0, 6)),
    st.sampled_from(OF),
    st.booleans(),
    st.none() | st.builds(lambda count: Quorum(count=count), st.integers(0, 14)),
    st.sampled_from(ABSTAIN),
)


@settings(max_examples=100)
@given(rules, st.integers(2, 12))
def test_an_error_is_found_exactly_where_nothing_can_pass_or_nothing_is_needed(rule: Rule, seats: int) -> None:
    found = {each.code for each in lint_rule(rule, seats)}
    all_yes = evaluate(rule, Counts(seats, seats, seats, 0)).result
    assert (all_yes != "passed") == bool(found & {"unreachable-quorum", "unreachable-bar"})


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rule.json"
    rule = {**SEATS, "quorum": {"fraction": "1/2", "strict": True}}
    file.write_text(json.dumps({"rule": rule, "seats": 21, "charter": {"quorum": 12}}))
    assert run(["motion", "lint", str(file)]) == 1
    assert "error drift charter.quorum" in capsys.readouterr().out
    assert run(["motion", "lint", str(file), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["errors"], told["warnings"], told["findings"][1]["code"]) == (1, 1, "drift")
    file.write_text(json.dumps(CAST))
    assert run(["motion", "lint", str(file)]) == 0
    assert "nothing to say against it" in capsys.readouterr().out
    file.write_text("{")
    assert run(["motion", "lint", str(file)]) == 2
    assert run(["motion", "lint", str(tmp_path / "none.json")]) == 2
