"""Lists of members: what is read from them, and what is refused with its line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from quorate.kernel.errors import UserError
from quorate.registers.membership.rules import rolls

HEAD = "organisation,tier,headcount,joined,left\n"


def problems(text: str, name: str = "members.csv") -> list[UserError]:
    with pytest.raises(UserError) as caught:
        rolls.parse(text, name)
    return list(caught.value.problems) or [caught.value]


def test_csv_of_the_fixed_columns() -> None:
    roll = rolls.parse(HEAD + '"Ásgard, Inc.",Gold,1200,2025-01-01,2026-01-01\nB,silver,,,\n', "members.csv")
    first, second = roll.members
    assert (first.organisation, first.tier, first.headcount) == ("Ásgard, Inc.", "Gold", 1200)
    assert first.on(date(2025, 12, 31))
    assert not first.on(date(2026, 1, 1))
    assert second.headcount is None
    assert second.on(date(1999, 1, 1))


def test_yaml_with_what_stands_around() -> None:
    roll = rolls.parse(
        "members:\n"
        "  - {organisation: A, tier: gold, from: 2025-01-01, until: null, revenue: '10.50', controlled_by: [{organisation: H}],"
        " exceptions: [{name: startup, from: 2025-01-01, approved_by: board}], absent: {board: 2}}\n"
        "organisations: [{name: H, headcount: 7}]\n"
        "projects: [P, {name: Q, status: sandbox, from: 2026-01-01}]\n"
        "holders: [{rule: chair, organisation: A}]\n"
    )
    (member,) = roll.members
    assert (member.joined, member.left, member.revenue) == (date(2025, 1, 1), None, Decimal("10.50"))
    assert member.related == ("H",)
    assert member.exceptions[0].approved_by == "board"
    assert member.absent == {"board": 2}
    assert roll.companies[0].headcount == 7
    assert [(p.name, p.status) for p in roll.projects] == [("P", "hosted"), ("Q", "sandbox")]
    assert roll.holders[0].rule == "chair"


def test_the_foundation_directory_is_a_list_of_members() -> None:
    root = Path(__file__).parents[2] / "examples" / "pytorch-foundation"
    roll = rolls.load(root / "members.yml")
    assert len(roll.on(date(2026, 8, 11))) == 46
    assert roll.warnings == ()
    found = rolls.load_projects(root / "projects.yml")
    assert sum(p.status == "hosted" and p.on(date(2026, 8, 11)) for p in found) == 6


def test_other_separators_and_names_of_columns() -> None:
    roll = rolls.parse("Company;Level;Employees;Colour\nA;gold;12;blue\n", "members.csv")
    assert (roll.members[0].organisation, roll.members[0].headcount) == ("A", 12)
    assert roll.warnings == ("members.csv:1: “Colour” is not read",)


MALFORMED = [
    ("", "empty"),
    ("tier,headcount\ngold,1\n", "no column “organisation”"),
    ("organisation,tier,tier\nA,gold,silver\n", "stands in two columns"),
    (HEAD + "A,gold,many,,\n", "“many” cannot stand"),
    (HEAD + "A,gold,-5,,\n", "“-5” cannot stand"),
    (HEAD + "A,gold,1.5,,\n", "“1.5” cannot stand"),
    (HEAD + "A,gold,1,01/02/2026,\n", "cannot stand for “joined”"),
    (HEAD + "A,gold,1,2026-02-30,\n", "cannot stand for “joined”"),
    (HEAD + "A,gold,1,2026-02-02,2026-02-02\n", "leaves before it joins"),
    (HEAD + ",gold,1,,\n", "“organisation” is missing"),
    (HEAD + "A,,1,,\n", "“tier” is missing"),
    (HEAD + "A,gold\n", "2 cells under 5 headings"),
    (HEAD + "A, Inc.,gold,1,,\n", "6 cells under 5 headings"),
    (HEAD + 'A,"gold,1,,\nB,silver,1,,\n', "not CSV"),
    (HEAD + "A,gold,1,,\nA,Gold,2,2026-01-01,\n", "listed twice"),
]


@pytest.mark.parametrize(("text", "words"), MALFORMED)
def test_malformed_lists_are_refused_with_their_line(text: str, words: str) -> None:
    found = problems(text)
    assert any(words in fault.line for fault in found), found
    assert all(fault.where.startswith("members.csv:") and fault.mend for fault in found)


@pytest.mark.parametrize(
    "text",
    ["members: 5", "5", "{}", "- gold", "members: [[A, gold]]", "- {organisation: A, tier: gold, headcount: [1]}"],
)
def test_yaml_that_is_no_list_of_members(text: str) -> None:
    assert problems(text, "members.yaml")[0].where.startswith("members.yaml:")


def test_a_member_may_come_back_and_change_its_tier() -> None:
    text = HEAD + "A,gold,,2024-01-01,2025-01-01\nA,gold,,2025-06-01,\nA,silver,,2025-01-01,2025-06-01\n"
    assert len(rolls.parse(text, "members.csv").members) == 3
