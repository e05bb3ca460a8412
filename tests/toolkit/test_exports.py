"""Exports: what a spreadsheet cannot be tricked by, and JSON that reads back."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.toolkit import exports


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1+2", "@SUM(A1)", " =1", "\t=1", "\r=1", "=HYPERLINK(1)"])
def test_text_is_never_a_formula(formula: str) -> None:
    assert exports.csv_cell(formula).startswith("'")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-5, "-5"),
        (Decimal("-1.50"), "-1.50"),
        (None, ""),
        (True, "yes"),
        (["a", "b"], "a; b"),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1, 12, tzinfo=UTC), "2026-03-01T12:00:00Z"),
        ("well-known", "well-known"),
    ],
)
def test_plain_values(value: object, text: str) -> None:
    assert exports.csv_cell(value) == text


@given(st.lists(st.fixed_dictionaries({"a": st.text(), "b": st.none() | st.integers()}), max_size=5))
def test_json_reads_back(records: list[dict[str, object]]) -> None:
    body = b"".join(exports.json_response("x", records)).decode()  # type: ignore[arg-type]  # a stream of bytes
    assert json.loads(body) == records


def test_csv_reads_back() -> None:
    answer = exports.csv_response("x", ["a", "b"], [{"a": 'say "hi", then\ngo', "b": 1}])
    assert answer["Content-Disposition"] == 'attachment; filename="x.csv"'
    body = b"".join(answer).decode()  # type: ignore[arg-type]  # a stream of bytes
    assert list(csv.reader(io.StringIO(body, newline=""))) == [["a", "b"], ['say "hi", then\ngo', "1"]]
