"""The published schemas say what the loader accepts, and are those of the present dataclasses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from quorate.engine import scaffold
from quorate.engine.definition import built_in
from quorate.engine.definition.codec import attributes
from quorate.engine.definition.program import Program
from quorate.engine.definition.schema import FOLDER, change_schema, program_schema
from quorate.kernel import yamlfile

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "pytorch-foundation"


@pytest.mark.parametrize("schema", [program_schema(), change_schema()])
def test_the_committed_schemas_are_current(schema: dict[str, Any]) -> None:
    name = schema["$id"].rpartition("/")[2]
    assert json.loads((FOLDER / name).read_text()) == schema, "run python -m quorate.engine.definition.schema"


@pytest.mark.parametrize("schema", [program_schema(), change_schema()])
def test_they_are_schemas(schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)


def test_everything_is_described_so_that_editors_can_say_it() -> None:
    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("properties"), dict) and node.get("additionalProperties") is False:
                for name, item in node["properties"].items():
                    assert item.get("description") or "type" in item, name
            for value in node.values():
                walk(value)

    schema = program_schema()
    walk(schema)
    assert set(schema["properties"]) == {item.key for item in attributes(Program)} - {"files"} | {"checks_from"}


def test_a_whole_program_fits() -> None:
    validator = jsonschema.Draft202012Validator(program_schema())
    for folder in built_in().values():
        assert list(validator.iter_errors(yamlfile.load(folder / "program.yaml").data)) == []


def test_a_new_program_fits(tmp_path: Path) -> None:
    folder = scaffold.new("talk-proposals", tmp_path).folder
    validator = jsonschema.Draft202012Validator(program_schema())
    assert list(validator.iter_errors(yamlfile.load(folder / "program.yaml").data)) == []


def test_a_foundations_changes_fit() -> None:
    validator = jsonschema.Draft202012Validator(change_schema())
    for path in sorted((EXAMPLE / "programs").glob("*/program.yaml")):
        assert list(validator.iter_errors(yamlfile.load(path).data)) == []
    assert list(validator.iter_errors({"checks": {"stars": {"at_least": 50}, "commits": None}, "extends": True})) == []


@pytest.mark.parametrize(
    "data",
    [
        {"checks": {"stars": {"at_least": "many"}}},
        {"steward": "pm"},
        {"stages": {"Not A Slug": {}}},
        {"transitions": {"take": {"effects": ["grant: give"]}}},
        {"transitions": {"take": {"effects": [{"grant": "give", "letter": "x"}]}}},
        {"commitment": {"lead": "30 days"}},
        {"colour": "red"},
        {"stages": {"new": {"kind": "queueing"}}},
    ],
)
def test_what_the_loader_refuses_the_schema_refuses(data: dict[str, Any]) -> None:
    assert list(jsonschema.Draft202012Validator(change_schema()).iter_errors(data))
