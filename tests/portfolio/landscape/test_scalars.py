"""What is written is read back the same, by parsers of YAML 1.1 and 1.2."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from quorate.registers.portfolio.landscape import positions, scalars
from quorate.registers.portfolio.landscape.positions import Json
from quorate.registers.portfolio.landscape.scalars import Style

texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40),
    st.text("ab :#-'\"\\\n\t[]{}&*!|>%@`,.?~=<0123e_+", max_size=20),
    st.sampled_from(
        ["yes", "No", "null", "~", "012", "0x1F", "1:30", "2026-04-07", "1e3", ".5", "-.inf", "<<", "=", "...", "---"]
    ),
)
values: st.SearchStrategy[Json] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), texts),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(texts.filter(lambda t: len(t) < 30), inner, max_size=3)
    ),
    max_leaves=8,
)


def read_12(text: str) -> Json:
    node = positions.compose(text, "t.yml")
    assert node is not None
    return positions.plain(node)


@given(texts, st.booleans())
def test_a_text_comes_back_from_both_parsers(value: str, flow: bool) -> None:
    written = f"k: [{scalars.text(value, flow=True)}]\n" if flow else f"k: {scalars.text(value)}\n"
    expected: Json = {"k": [value] if flow else value}
    assert read_12(written) == expected
    assert yaml.safe_load(written) == expected


@given(values, st.sampled_from([0, 2, 4]), st.sampled_from([2, 4]))
def test_any_value_comes_back_from_both_parsers(value: Json, dash: int, nested: int) -> None:
    style = Style(dash, nested)
    written = "top:\n  key:" + scalars.block(value, indent=2, style=style) + "\n  after: 1\n"
    expected: Json = {"top": {"key": value, "after": 1}}
    assert read_12(written) == expected
    assert yaml.safe_load(written) == expected


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain text, with commas", "plain text, with commas"),
        ("https://example.org/a#b", "https://example.org/a#b"),
        ("3D", "3D"),
        ("a: b", "'a: b'"),
        ("it's # one", "'it''s # one'"),
        ("2026-04-07", "'2026-04-07'"),
        ("", "''"),
    ],
)
def test_text_is_quoted_only_where_it_must_be(value: str, written: str) -> None:
    assert scalars.text(value) == written
