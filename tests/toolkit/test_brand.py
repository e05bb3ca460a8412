"""Whatever accent a foundation chooses, words in it can be read in both themes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.toolkit import brand

colours = st.integers(min_value=0, max_value=0xFFFFFF).map(lambda n: f"#{n:06x}")


@given(colours)
def test_every_accent_keeps_aa(accent: str) -> None:
    found = dict(re.findall(r"--([\w-]+): light-dark\((#\w{6}, #\w{6})\)", brand.sheet(accent)))
    for theme, paper in ((0, brand.LIGHT_PAPER), (1, brand.DARK_PAPER)):
        shade = {name: pair.split(", ")[theme] for name, pair in found.items()}
        assert brand.contrast(shade["accent"], paper) >= brand.AA
        assert brand.contrast(shade["accent"], shade["accent-bg"]) >= brand.AA
        assert brand.contrast(shade["accent-strong"], paper) >= brand.AA
        assert brand.contrast(shade["accent-ink"], shade["accent"]) >= brand.AA
        assert brand.contrast(shade["accent-ink"], shade["accent-strong"]) >= brand.AA


def test_contrast_as_the_standard_counts_it() -> None:
    assert round(brand.contrast("#000000", "#ffffff"), 2) == 21
    assert round(brand.contrast("#777777", "#ffffff"), 2) == 4.48


def test_a_colour_that_reads_well_is_left_alone() -> None:
    assert brand.readable("#0d6157", "#ffffff") == "#0d6157"


@pytest.mark.parametrize("wrong", ["", "red", "#fff", "#12345g", "#1234567", "red;}body{display:none"])
def test_what_is_no_colour_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a colour"):
        brand.sheet(wrong)
