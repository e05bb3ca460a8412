"""A charter that cannot stand is refused with every fault at its line; the published schema is the one that is used."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from quorate.kernel.errors import UserError
from quorate.registers.membership.rules import linting, reading
from quorate.registers.membership.rules.schema import SCHEMA

GOOD = """\
foundation: Any
versions:
  - version: '1'
    from: 2024-01-01
    currency: USD
    tiers:
      gold: {rank: 1, clause: '1'}
      silver: {rank: 2, clause: '2'}
    dues:
      - tier: gold
        by: headcount
        bands:
          - {from: 0, to: 99, amount: 1000}
          - {from: 100, amount: '2000.50'}
      - {tier: silver, same_as: gold}
    bodies:
      board:
        seats:
          - {rule: gold, mode: appoint_each, tiers: [gold], clause: '3'}
          - {rule: silver, mode: elect_class, tiers: [silver], per: 2, max: 3, clause: '4', also_max: [{seats: [gold], minus: 1}]}
        quorum: {fraction: 1/2, strict: true, clause: '5'}
"""
#: (what is replaced, by what, line of the fault, words of it)
FAULTS = [
    ("rank: 2, ", "rnk: 2, ", 8, "rank"),
    ("rank: 2", "rank: two", 8, "must be of the type integer"),
    ("from: 2024-01-01", "from: '2024-13-01'", 4, "no day of the calendar"),
    ("from: 2024-01-01", "from: someday", 4, "cannot be"),
    ("    currency: USD\n", "", 9, "no currency"),
    ("tiers: [gold], clause", "tiers: [bronze], clause", 19, "no tier “bronze”"),
    ("same_as: gold", "same_as: bronze", 15, "no tier “bronze”"),
    ("same_as: gold", "same_as: gold, amount: 5", 15, "exactly one of amount"),
    ("mode: appoint_each", "mode: appoint", 19, "cannot stand for “mode”"),
    ("seats: [gold], minus", "seats: [bronze], minus", 20, "no rule “bronze”"),
    ("seats: [gold], minus", "seats: [silver], minus", 20, "depend on themselves"),
    ("{seats: [gold], minus: 1}", "{seats: [gold], count: 1}", 20, "exactly one of count"),
    ("per: 2, max: 3", "per: 2, min: 4, max: 3", 20, "at least 4 and at most 3"),
    ("per: 2, max: 3", "per: 2, seats: 2, max: 3", 20, "two different things"),
    ("mode: appoint_each, tiers", "mode: appoint_each, per: 3, tiers", 19, "says nothing with the mode"),
    ("amount: 1000}", "amount: 0.1}", 13, "must be of the type"),
    ("to: 99", "below: 99", 13, "not “below”"),
    ("fraction: 1/2", "fraction: half", 21, "cannot be"),
    ("fraction: 1/2", "fraction: 1/0", 21, "cannot be"),
    ("  - version: '1'", "  - vrsion: '1'", 3, "missing here"),
]


def problems(text: str) -> list[UserError]:
    with pytest.raises(UserError) as caught:
        reading.parse(text, "charter.yaml")
    return list(caught.value.problems) or [caught.value]


def test_a_good_charter_is_read_exactly() -> None:
    charter = reading.parse(GOOD, "charter.yaml")
    version = charter.versions[0]
    assert [tier.slug for tier in version.tiers] == ["gold", "silver"]
    assert str(version.scales[0].bands[1].amount) == "2000.50"
    assert linting.lint(charter) == []


@pytest.mark.parametrize(("old", "new", "line", "words"), FAULTS)
def test_faults_are_told_with_their_line(old: str, new: str, line: int, words: str) -> None:
    assert GOOD.count(old) == 1
    found = problems(GOOD.replace(old, new))
    assert any(fault.where == f"charter.yaml:{line}" and words in fault.line for fault in found), found
    assert all(fault.mend for fault in found)


def test_several_faults_are_told_at_once() -> None:
    text = GOOD.replace("[gold], clause", "[bronze], clause").replace("same_as: gold", "same_as: tin")
    assert [fault.where for fault in problems(text)] == ["charter.yaml:15", "charter.yaml:19"]


@pytest.mark.parametrize("text", ["", "just text", "- 1\n- 2", "a: [", "foundation: x\nversions: []\n"])
def test_what_is_no_charter_is_refused(text: str) -> None:
    assert problems(text)[0].where.startswith("charter.yaml")


def test_versions_stand_in_order() -> None:
    again = GOOD + GOOD.split("versions:\n")[1].replace("version: '1'", "version: '2'")
    assert "does not begin after" in problems(again)[0].line


def test_the_published_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


LINTS = [
    ("- {from: 0, to: 99", "- {from: 1, to: 99", "band-gap"),
    ("- {from: 100, amount", "- {from: 101, amount", "band-gap"),
    ("- {from: 100, amount", "- {from: 99, amount", "band-overlap"),
    ("- {from: 100, amount", "- {from: 100, to: 500, amount", "band-gap"),
    ("amount: '2000.50'", "amount: 500", "band-falls"),
    ("- {tier: silver, same_as: gold}", "- {tier: silver, same_as: silver}", "dues-in-a-circle"),
    ("      - {tier: silver, same_as: gold}\n", "", "no-dues"),
    ("silver: {rank: 2", "silver: {rank: 1", "same-rank"),
    ("per: 2, max: 3, clause: '4', also_max: [{seats: [gold], minus: 1}]", "per: 2, clause: '4'", "no-ceiling"),
    ("tiers: [gold], clause: '3'", "tiers: [gold]", "no-clause"),
    ("quorum: {fraction: 1/2", "quorum: {fraction: 1/1", "quorum-unattainable"),
    (
        "strict: true, clause: '5'}",
        "clause: '5'}\n        thresholds: [{matter: x, fraction: 1/2, clause: '6'}]",
        "threshold-low",
    ),
    (
        "strict: true, clause: '5'}",
        "clause: '5'}\n        thresholds: [{matter: x, fraction: 3/2, clause: '6'}]",
        "threshold-unattainable",
    ),
]


@pytest.mark.parametrize(("old", "new", "code"), LINTS)
def test_the_lint_finds(old: str, new: str, code: str) -> None:
    assert GOOD.count(old) == 1
    found = linting.lint(reading.parse(GOOD.replace(old, new), "charter.yaml"))
    assert code in {finding.code for finding in found}
    assert all(finding.where.startswith("charter.yaml:") for finding in found)
