"""A template's file: YAML with what it asks for, then its clauses in Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from quorate.exchange.agreements.clauses import Place, Source, parse
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.yamlfile import YamlDoc, load
from quorate.toolkit.foundation import SLUG_SCHEMA

FIELD = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "maxLength": 40},
        "label": {"type": "string", "minLength": 1, "maxLength": 120},
        "required": {"type": "boolean"},
    },
    "required": ["name", "label"],
    "additionalProperties": False,
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "minLength": 1, "maxLength": 200},
        "slug": SLUG_SCHEMA,
        "version": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$", "maxLength": 40},
        "language": {"type": "string", "pattern": "^[a-z]{2,3}(-[A-Za-z0-9]+)*$", "maxLength": 10},
        "fields": {"type": "array", "items": FIELD, "maxItems": 200},
        "retired": {"type": "boolean"},
    },
    "required": ["title", "slug", "version"],
    "additionalProperties": False,
}


def places(fields: list[dict[str, Any]], doc: YamlDoc | None = None) -> list[Place]:
    """The values that a template's front matter declares. ``UserError`` where one is declared twice."""
    found: dict[str, Place] = {}
    for number, one in enumerate(fields):
        if one["name"] in found:
            where = doc.where("fields", number, "name") if doc is not None else one["name"]
            raise UserError(gettext("this value is declared twice"), where=where)
        found[one["name"]] = Place(one["name"], one["label"], one.get("required", True))
    return list(found.values())


def parsed(text: str, doc: YamlDoc, first: int) -> Source:
    """The clauses of a file's body that begins at line ``first``. ``UserError`` with ``file:line``."""
    asked = places(doc.data.get("fields", []), doc)
    try:
        return parse(text, asked)
    except UserError as error:
        where = str(error.where)
        line = int(where.removeprefix("line ")) + first - 1 if where.startswith("line ") else first
        raise UserError(error.what, where=f"{doc.name}:{line}", mend=error.mend) from error


def read_template(path: Path) -> tuple[dict[str, Any], Source]:
    """A template's file: its front matter and its clauses. ``UserError`` with ``file:line``."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UserError(gettext("the file is not UTF-8"), where=str(path)) from error
    except OSError as error:
        raise UserError(error.strerror or gettext("cannot be read"), where=str(path)) from error
    text = text.replace("\r\n", "\n")
    head, mark, body = text.removeprefix("---\n").partition("\n---\n")
    if not text.startswith("---\n") or not mark:
        mend = gettext("begin with --- and close the front matter with ---")
        raise UserError(gettext("the file has no front matter"), where=f"{path}:1", mend=mend)
    doc = load("\n" + head, name=str(path))
    problem = next(iter(Draft202012Validator(SCHEMA).iter_errors(doc.data)), None)
    if problem is not None:
        raise UserError(problem.message, where=doc.where(*problem.absolute_path))
    return doc.data, parsed(body, doc, head.count("\n") + 4)
