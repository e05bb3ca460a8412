"""Canonical JSON, held against an independent implementation of RFC 8785."""

from __future__ import annotations

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from quorate.ledger.canonical import LARGEST_INTEGER, CanonicalEncoder, canonical

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=30,
)


@given(VALUES)
def test_the_bytes_are_those_of_rfc_8785(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(VALUES)
def test_the_form_is_a_fixed_point(value: object) -> None:
    once = canonical(value)
    assert canonical(json.loads(once)) == once
    assert json.dumps(value, cls=CanonicalEncoder).encode() == once


def test_keys_beyond_the_basic_plane_sort_by_utf_16_units() -> None:
    value = {"\ufb33": 1, "\U0001f600": 2, "\u20ac": {"z": [{"\ufb33": 1, "\U0001f600": 2}], "a": 3}}
    assert canonical(value) == rfc8785.dumps(value)
    assert canonical(value).decode().index("\U0001f600") < canonical(value).decode().index("\ufb33")


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (1.0, TypeError),
        ({"a": [float("nan")]}, TypeError),
        ({1: "a"}, TypeError),
        ({"a": {1, 2}}, TypeError),
        (b"bytes", TypeError),
        (2**53, ValueError),
        (-(2**53), ValueError),
        ("a\0b", ValueError),
        ({"a\0": 1}, ValueError),
        ("\ud800", ValueError),
        ({"\udfff": 1}, ValueError),
    ],
)
def test_what_has_no_one_form_is_refused(value: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        canonical(value)
