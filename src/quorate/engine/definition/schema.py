"""The published JSON Schemas of a program file, made from the dataclasses so that the two cannot part.

``program.schema.json`` is for a whole program, ``program-change.schema.json`` for what a foundation changes in one:
the same without anything required. ``python -m quorate.engine.definition.schema`` writes both.
"""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any, Union, cast, get_args, get_origin

from quorate.engine.definition.codec import Attribute, attributes, is_scalar, optional, plain
from quorate.engine.definition.process import Effect
from quorate.engine.definition.program import Program
from quorate.engine.definition.values import ROLE_PATTERN, SLUG_PATTERN, Breach, EffectKind, Role
from quorate.engine.durations import Duration
from quorate.engine.guards import Guard

FOLDER = Path(__file__).parent
BASE = "https://quorate.example/schemas/"
DURATION_PATTERN = r"^P(?=[\dT])(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$"

_SCALARS: dict[type, dict[str, Any]] = {
    Role: {
        "type": "string",
        "pattern": ROLE_PATTERN,
        "examples": ["seat:staff/program-manager", "body:ecosystem-wg", "chair:ecosystem-wg", "applicant", "holder"],
    },
    Breach: {"type": "string", "pattern": "^(remind|none|escalate:.+)$", "examples": ["remind", "escalate:steward"]},
    Duration: {"type": "string", "pattern": DURATION_PATTERN, "examples": ["P14D", "P3M", "PT6H"]},
    Guard: {"type": "string", "minLength": 1, "examples": ["count(checks.blocking) == 0"]},
    Effect: {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
        "properties": {kind.value: {"type": "string"} for kind in EffectKind},
        "examples": [{"grant": "give"}, {"letter": "accepted"}, {"checks": "run"}],
    },
}
_PRIMITIVES: dict[Any, dict[str, Any]] = {
    str: {"type": ["string", "number"]},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    datetime: {"type": "string"},
    Fraction: {"type": ["string", "number"], "pattern": r"^\d+(/\d+)?$|^0?\.\d+$", "examples": ["1/2", "2/3"]},
    Any: {},
}


class _Maker:
    def __init__(self, *, strict: bool) -> None:
        self.strict = strict
        self.definitions: dict[str, Any] = {}

    def record(self, kind: type, *, without: str = "") -> dict[str, Any]:
        """A reference to the schema of a dataclass; ``without`` is the attribute that is the mapping's key."""
        name = kind.__name__
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = self.body(kind, without)
        return {"$ref": f"#/$defs/{name}"}

    def body(self, kind: type, without: str = "") -> dict[str, Any]:
        items = [item for item in attributes(kind) if item.name not in (without, "files")]
        schema: dict[str, Any] = {
            "type": "object",
            "description": (kind.__doc__ or "").strip().split("\n\n")[0],
            "properties": {item.key: self.attribute(item) for item in items},
            "additionalProperties": False,
        }
        required = [item.key for item in items if item.required]
        if required and self.strict:
            schema["required"] = required
        return schema

    def attribute(self, item: Attribute) -> dict[str, Any]:
        kind, null = optional(item.type)
        if item.named:
            member = self.record(get_args(kind)[0], without=item.named)
            schema: dict[str, Any] = {
                "type": "object",
                "propertyNames": {"pattern": SLUG_PATTERN if item.name != "fields" else r"^[a-z][a-z0-9_]*$"},
                "additionalProperties": self.nullable(member),
            }
        elif item.several:
            member = self.of(get_args(kind)[0])
            schema = {"anyOf": [member, {"type": "array", "items": member}]}
        else:
            schema = self.of(kind)
        if not item.required or not self.strict:
            schema = self.nullable(schema)
        schema = {**schema, "description": item.doc}
        if item.pattern:
            schema["pattern"] = item.pattern
        if item.examples:
            schema["examples"] = list(item.examples)
        if not item.required and item.default not in (None, (), "") and not null:
            schema["default"] = plain(item.default)
        return schema

    def nullable(self, schema: dict[str, Any]) -> dict[str, Any]:
        """In a change, ``null`` takes a value away."""
        return schema if self.strict else {"anyOf": [schema, {"type": "null"}]}

    def of(self, kind: Any) -> dict[str, Any]:
        kind, null = optional(kind)
        schema = self.plain_of(kind)
        return {"anyOf": [schema, {"type": "null"}]} if null else schema

    def plain_of(self, kind: Any) -> dict[str, Any]:
        origin = get_origin(kind)
        if kind in _SCALARS:
            return dict(_SCALARS[kind])
        if dataclasses.is_dataclass(kind) and not is_scalar(kind):
            return self.record(cast("type", kind))
        if origin is tuple:
            return {"type": "array", "items": self.of(get_args(kind)[0])}
        if origin is Mapping or origin is dict or (origin is not None and issubclass_safe(origin, Mapping)):
            return {"type": "object", "additionalProperties": self.of(get_args(kind)[1])}
        if origin in (Union, types.UnionType):
            return {"anyOf": [self.of(member) for member in get_args(kind)]}
        if isinstance(kind, type) and issubclass(kind, Enum):
            return {"enum": [member.value for member in kind]}
        return dict(_PRIMITIVES[kind])


def issubclass_safe(kind: Any, base: type) -> bool:
    """``issubclass`` that answers false for what is no class."""
    return isinstance(kind, type) and issubclass(kind, base)


def program_schema() -> dict[str, Any]:
    """The schema of a whole program."""
    return _schema("program.schema.json", "A program of a foundation", strict=True)


def change_schema() -> dict[str, Any]:
    """The schema of a foundation's changes to a program: nothing is required, ``null`` removes."""
    return _schema("program-change.schema.json", "What a foundation changes in a program", strict=False)


def _schema(name: str, title: str, *, strict: bool) -> dict[str, Any]:
    maker = _Maker(strict=strict)
    body = maker.body(Program)
    body["properties"]["checks_from"] = {
        "type": "string",
        "pattern": SLUG_PATTERN,
        "description": "The program beside this one whose measured criteria are taken over.",
    }
    if not strict:
        extends = {"type": "boolean", "default": True, "description": "false: this file stands alone."}
        body["properties"]["extends"] = extends
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": BASE + name,
        "title": title,
        **body,
        "$defs": dict(sorted(maker.definitions.items())),
    }


def write(folder: Path = FOLDER) -> None:
    """Write both schemas into ``folder``."""
    for schema in (program_schema(), change_schema()):
        name = schema["$id"].rpartition("/")[2]
        text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
