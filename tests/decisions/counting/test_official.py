"""Thirteen wards of May 2017 as the councils counted them: winners, quota, every total of every stage."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from quorate.decisions.counting import Count, agreed
from quorate.decisions.counting.formats import read

WARDS = (
    "aberdeen_2017_ward12",
    "dumgal_2017_ward1",
    "dundee_2017_ward2",
    "falkirk_2017_ward3",
    "fife_2017_ward18",
    "glasgow_2017_ward5",
    "inverclyde_2017_ward6",
    "north_ayrshire_2017_ward1",
    "renfrewshire_2017_ward4",
    "sc_borders_2017_ward2",
    "shetland_2017_ward7",
    "south_ayrshire_2017_ward2",
    "south_lanarkshire_2017_ward6",
)
#: Councils that printed some totals to two decimals; all others printed all five (or left zeros away).
TO_TWO_DECIMALS = {"aberdeen_2017_ward12", "glasgow_2017_ward5"}


@pytest.fixture(scope="module")
def official(real_data: Path) -> dict[str, Any]:
    path = real_data / "elections" / "official.json"
    if not path.is_file():
        pytest.skip("the official counts are not among the real inputs")
    return dict(json.loads(path.read_text()))


def counted(real_data: Path, ward: str, rule: str) -> Count:
    return agreed(read(real_data / "elections" / "ballots" / f"{ward}.blt"), rule)


@pytest.mark.parametrize("ward", WARDS)
def test_a_ward_is_counted_as_its_council_counted_it(official: dict[str, Any], real_data: Path, ward: str) -> None:
    printed = official[ward]
    count = counted(real_data, ward, "scottish-stv")
    document = count.as_json()

    assert (document["seats"], document["valid"], document["quota"]) == (
        printed["seats"],
        printed["valid"],
        printed["quota"],
    )
    assert sorted(count.elected) == printed["elected"]
    assert count.is_decided
    assert len(document["stages"]) == len(printed["stage_totals"])
    for number, (stage, row) in enumerate(zip(document["stages"], printed["stage_totals"], strict=True), 1):
        for candidate, cell in enumerate(row, 1):
            ours = Fraction(stage["totals"][str(candidate)])
            if ward in TO_TWO_DECIMALS and len(cell.partition(".")[2]) == 2:
                assert abs(ours - Fraction(cell)) <= Fraction(1, 200), (number, candidate)
            else:
                assert ours == Fraction(cell), (number, candidate)


@pytest.mark.parametrize("ward", WARDS)
def test_candidates_are_elected_and_excluded_at_the_stage_that_the_council_says(
    official: dict[str, Any], real_data: Path, ward: str
) -> None:
    count = counted(real_data, ward, "scottish-stv")
    for candidate, (status, stage) in official[ward]["status"].items():
        elected = [at for at, each in enumerate(count.stages, 1) if int(candidate) in each.elected]
        excluded = [at for at, each in enumerate(count.stages, 1) if int(candidate) in each.excluded]
        assert elected == ([stage] if status == "Elected" else [])
        assert excluded == ([stage] if status == "Excluded" else [])


def test_meek_elects_others_where_it_must(official: dict[str, Any], real_data: Path) -> None:
    wards = [ward for ward, printed in official.items() if "meek_prf_elected" in printed]
    assert len(wards) >= 5
    for ward in wards:
        assert sorted(counted(real_data, ward, "meek-prf").elected) == official[ward]["meek_prf_elected"], ward


def test_no_official_total_is_a_slip(official: dict[str, Any]) -> None:
    """The list above is the list of what there is: a new ward asks for a new look."""
    assert sorted(official) == sorted(WARDS)
