"""Answers come in many shapes and leave in one; what is wrong stands beside its field."""

from __future__ import annotations

from typing import Any

import pytest

from quorate.engine.forms import answer, read
from quorate.kernel.errors import UserError

FORM = read("""\
name: F
description: D
body:
  - {type: input, id: line, attributes: {label: Line}, validations: {required: true}}
  - {type: textarea, id: text, attributes: {label: Text}}
  - {type: dropdown, id: one, attributes: {label: One, options: [a, b]}, validations: {required: true}}
  - {type: dropdown, id: maybe, attributes: {label: Maybe, options: [a, b]}}
  - {type: dropdown, id: many, attributes: {label: Many, multiple: true, options: [a, b, c]}}
  - type: checkboxes
    id: boxes
    attributes: {label: Boxes, options: [{label: must, required: true}, {label: may}]}
  - {type: checkboxes, id: some, attributes: {label: Some, options: [{label: x}]}, validations: {required: true}}
""")
GOOD: dict[str, Any] = {"line": "x", "one": "a", "boxes": ["must"], "some": ["x"]}


def test_good_answers() -> None:
    checked = answer(FORM, GOOD)
    assert checked.ok
    assert checked.answers == GOOD


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"line": "  two\r\nlines "}, {"line": "two lines"}),
        ({"line": ["x"]}, {"line": "x"}),
        ({"line": 3}, {"line": "3"}),
        ({"text": "a\r\nb\x00\x07\t c  \n\n"}, {"text": "a\nb\t c"}),
        ({"maybe": "None"}, {}),
        ({"many": ["c", "a"]}, {"many": ["a", "c"]}),
        ({"many": "b"}, {"many": ["b"]}),
        ({"many": ["None"]}, {}),
        ({"boxes": {"must": True, "may": False}}, {"boxes": ["must"]}),
        ({"text": ""}, {}),
        ({"text": None}, {}),
    ],
)
def test_shapes(given: dict[str, Any], expected: dict[str, Any]) -> None:
    checked = answer(FORM, GOOD | given)
    assert checked.errors == {}
    assert checked.answers == GOOD | expected


@pytest.mark.parametrize(
    ("given", "field", "what"),
    [
        ({"line": "  "}, "line", "an answer is needed"),
        ({"line": None}, "line", "an answer is needed"),
        ({"one": ""}, "one", "choose one"),
        ({"one": "None"}, "one", "choose one"),
        ({"one": "z"}, "one", "not one of the choices: a, b"),
        ({"one": ["a", "b"]}, "one", "not several"),
        ({"many": ["a", "z"]}, "many", "not one of the choices"),
        ({"boxes": ["may"]}, "boxes", "“must” must be ticked"),
        ({"some": []}, "some", "at least one"),
        ({"text": "x" * 70000}, "text", "longer than"),
        ({"other": "x"}, "other", "no such question"),
    ],
)
def test_errors_stand_at_their_field(given: dict[str, Any], field: str, what: str) -> None:
    checked = answer(FORM, GOOD | given)
    assert list(checked.errors) == [field]
    assert what in checked.errors[field]
    with pytest.raises(UserError) as caught:
        checked.raise_errors(FORM)
    assert caught.value.where == field


def test_a_draft_may_be_incomplete_but_not_wrong() -> None:
    assert answer(FORM, {"line": "x"}, complete=False).ok
    assert list(answer(FORM, {"one": "z"}, complete=False).errors) == ["one"]
