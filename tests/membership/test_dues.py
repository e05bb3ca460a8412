"""Dues by band, exception and related group; what is unknown stays unknown; the administrative fee."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.membership.cast import shipped

from quorate.registers.membership.rules import reading
from quorate.registers.membership.rules.charter import Charter, Prorating
from quorate.registers.membership.rules.dues import dues, fee_on
from quorate.registers.membership.rules.members import Company, Grant, Member, Roll
from quorate.registers.membership.rules.prorating import part_of, term, upgrade

IN_2025 = date(2025, 3, 1)


def document(
    charter: Charter, *members: Member, on: date = IN_2025, companies: tuple[Company, ...] = ()
) -> dict[str, Any]:
    return dues(charter, Roll(members, companies), on).as_dict()


@pytest.mark.parametrize(
    ("heads", "amount"),
    [
        (0, "25000.00 USD"),
        (499, "25000.00 USD"),
        (500, "30000.00 USD"),
        (999, "30000.00 USD"),
        (1000, "35000.00 USD"),
        (2999, "35000.00 USD"),
        (3000, "40000.00 USD"),
        (4999, "40000.00 USD"),
        (5000, "50000.00 USD"),
        (1_000_000, "50000.00 USD"),
    ],
)
def test_general_members_of_pytorch_2024(heads: int, amount: str) -> None:
    found = document(shipped("pytorch"), Member("A", "general", headcount=heads))
    assert [(row["organisation"], row["tier"], row["amount"]) for row in found["by_member"]] == [
        ("A", "general", amount)
    ]
    assert found["by_member"][0]["clause"] == "Dues, General"
    assert found["total"] == amount


@pytest.mark.parametrize(("heads", "amount"), [(9, "1000"), (10, "5000"), (99, "5000"), (100, "20000")])
def test_silver_members_of_openpower(heads: int, amount: str) -> None:
    found = document(shipped("openpower"), Member("A", "silver", headcount=heads))
    assert found["total"] == f"{amount}.00 USD"


def test_the_total_and_the_administrative_fee() -> None:
    members = [Member(f"P{n}", "premier") for n in range(16)] + [
        Member("G", "general", headcount=100),
        Member("U", "associate"),
    ]
    found = document(shipped("pytorch"), *members)
    assert found["total"] == "2425000.00 USD"
    assert found["ga_fee"] == "175500.00 USD"
    assert found["pass_through_unknown"] == 17
    assert found["by_member"][0]["parent_fee"]["amount"] == "unknown"


@pytest.mark.parametrize(
    ("receipts", "fee"),
    [("0", "0"), ("0.01", "0.0009"), ("1000000", "90000"), ("1000000.50", "90000.03"), ("2500000", "180000")],
)
def test_the_fee_by_tiers_of_receipts(receipts: str, fee: str) -> None:
    rule = shipped("opi").versions[0].admin_fee
    assert rule is not None
    assert fee_on(rule, Decimal(receipts)) == Decimal(fee)


def test_unknown_is_never_zero() -> None:
    found = document(shipped("cncf"), Member("A", "platinum"), Member("B", "end-user"), on=date(2022, 1, 1))
    assert found["by_member"] == [
        {
            "organisation": "A",
            "tier": "platinum",
            "amount": "unknown",
            "clause": "not in the charter",
            "derivation": [{"what": "platinum: not known", "clause": "not in the charter"}],
        }
    ]
    assert (found["total"], found["ga_fee"]) == ("unknown", "unknown")


def test_heads_of_the_whole_group_count() -> None:
    group = [
        Member("A", "general", headcount=300, related=("H",)),
        Member("B", "general", headcount=250, related=("H",)),
    ]
    known = document(shipped("pytorch"), *group, companies=(Company("H", 10),))
    assert {row["amount"] for row in known["by_member"]} == {"30000.00 USD"}
    assert "560 heads with the related group" in known["by_member"][0]["derivation"][-1]["what"]
    unknown = document(shipped("pytorch"), *group, companies=(Company("H"),))
    assert {row["amount"] for row in unknown["by_member"]} == {"unknown"}
    assert "H" in unknown["by_member"][0]["derivation"][-1]["what"]


def test_the_highest_band_needs_no_more_than_the_known_heads() -> None:
    members = [Member("A", "general", headcount=6000, related=("H",)), Member("B", "general", related=("H",))]
    found = document(shipped("pytorch"), *members)
    assert {row["amount"] for row in found["by_member"]} == {"50000.00 USD"}


def test_what_was_declared_for_the_group_stands_for_it() -> None:
    found = document(shipped("pytorch"), Member("A", "general", headcount=10, consolidated=1200, related=("H",)))
    assert found["total"] == "35000.00 USD"


def priced(charter: Charter) -> Charter:
    """CNCF 2021 with invented dues, so that its exception can be seen at work."""
    text = reading.read_text(reading.find("cncf"))
    for tier, amount in (("platinum", 370000), ("silver", 50000)):
        text = text.replace(f"tier: {tier}, amount: unknown", f"tier: {tier}, amount: {amount}")
    assert charter.foundation in text
    return reading.parse(text)


GRANT = Grant("startup", date(2021, 8, 1), None, "Governing Board, 3 August 2021")


@pytest.mark.parametrize(
    ("member", "on", "amount", "why"),
    [
        (Member("A", "platinum", revenue=Decimal(49_999_999), exceptions=(GRANT,)), date(2022, 1, 1), 50000, ""),
        (
            Member("A", "platinum", revenue=Decimal(50_000_000), exceptions=(GRANT,)),
            date(2022, 1, 1),
            370000,
            "not below",
        ),
        (Member("A", "platinum", exceptions=(GRANT,)), date(2022, 1, 1), 370000, "not known"),
        (Member("A", "platinum", revenue=Decimal(1), exceptions=(GRANT,)), date(2026, 7, 31), 50000, ""),
        (
            Member("A", "platinum", revenue=Decimal(1), exceptions=(GRANT,)),
            date(2026, 8, 1),
            370000,
            "5 years ended on 2026-08-01",
        ),
        (Member("A", "silver", revenue=Decimal(1), exceptions=(GRANT,)), date(2022, 1, 1), 50000, "not for the tier"),
        (
            Member("A", "platinum", revenue=Decimal(1), exceptions=(replace(GRANT, approved_by=""),)),
            date(2022, 1, 1),
            370000,
            "wants an approval",
        ),
        (Member("A", "platinum", exceptions=(Grant("friends"),)), date(2022, 1, 1), 370000, "does not know"),
    ],
)
def test_the_startup_clause_of_cncf(member: Member, on: date, amount: int, why: str) -> None:
    found = document(priced(shipped("cncf")), member, on=on)
    assert found["total"] == f"{amount}.00 USD"
    assert [why in conflict["what"] for conflict in found["conflicts"]] == ([True] if why else [])
    if not why:
        assert found["by_member"][0]["derivation"][0]["clause"] == "5(c)iii"


def test_the_funding_associate_pays_as_gold() -> None:
    text = reading.read_text(reading.find("agentic-ai")).replace(
        "tier: gold, amount: unknown", "tier: gold, amount: 200000"
    )
    found = document(reading.parse(text), Member("F", "funding-associate"), on=date(2026, 8, 1))
    assert found["total"] == "200000.00 USD"
    assert [step["what"] for step in found["by_member"][0]["derivation"]] == [
        "funding-associate pays as gold",
        "gold: the same for all",
    ]


# Parts of a year ----------------------------------------------------------------------------------------------

COMMON = Prorating("months", "01-01")


@pytest.mark.parametrize(
    ("rule", "joined", "amount"),
    [
        (COMMON, date(2026, 1, 1), "12000.00"),
        (COMMON, date(2026, 4, 1), "9000.00"),
        (COMMON, date(2026, 4, 15), "9000.00"),
        (COMMON, date(2026, 12, 31), "1000.00"),
        (Prorating("days", "01-01"), date(2026, 4, 1), "9041.10"),
        (Prorating("days", "01-01"), date(2024, 4, 1), "9041.10"),
        (Prorating("days", "01-01", "down"), date(2026, 4, 1), "9041.09"),
        (Prorating("days", "01-01", "half-up", Decimal(100)), date(2026, 4, 1), "9000.00"),
        (Prorating("none", "01-01"), date(2026, 12, 31), "12000.00"),
    ],
)
def test_part_of_the_first_year(rule: Prorating, joined: date, amount: str) -> None:
    start, end = term(rule, joined, joined)
    assert end == date(joined.year + 1, 1, 1)
    part = part_of(rule, Decimal(12000), "USD", start, end)
    assert part.amount == Decimal(amount)


def test_a_leap_year_counts_its_days() -> None:
    found = part_of(Prorating("days", "07-01"), Decimal(36600), "USD", date(2023, 9, 1), date(2024, 7, 1))
    assert found.amount == Decimal("30400.00")


def test_anniversaries_of_a_leap_day() -> None:
    assert term(Prorating(), date(2024, 2, 29), date(2025, 2, 28)) == (date(2024, 2, 29), date(2025, 3, 1))
    assert term(Prorating(), date(2024, 2, 29), date(2028, 3, 1)) == (date(2028, 2, 29), date(2029, 3, 1))


def test_an_upgrade_in_the_middle_of_the_year() -> None:
    found = upgrade(
        Prorating("days"), Decimal(36500), Decimal(73000), "USD", date(2026, 1, 1), date(2027, 1, 1), date(2026, 12, 22)
    )
    assert found.amount == Decimal(1000)
    assert found.steps[-1] == "unused part of the old dues: 1000.00 USD"
