"""The page that shows the API to people: rendered here from the OpenAPI document, in our own frame, with no script."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from quorate.surfaces.api.root import api
from quorate.toolkit import pages

JSON = "application/json"


@dataclass(frozen=True)
class Field:
    """A parameter, or a field of a schema. ``ref`` names a schema that its type refers to."""

    name: str
    type: str
    ref: str
    required: bool
    meaning: str
    place: str = ""


@dataclass(frozen=True)
class Reply:
    """What an operation may answer."""

    status: str
    meaning: str
    type: str
    ref: str


@dataclass(frozen=True)
class Operation:
    """One operation, ready to show."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    public: bool
    parameters: list[Field]
    body: Field | None
    replies: list[Reply]
    example: str


@dataclass(frozen=True)
class Shape:
    """A schema of the document."""

    name: str
    meaning: str
    fields: list[Field] = field(default_factory=list)


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation, by subject, and every schema."""
    groups, shapes = _contents()
    return pages.render(request, "api/docs.html", {"groups": groups, "shapes": shapes})


@cache
def _contents() -> tuple[list[tuple[str, list[Operation]]], list[Shape]]:
    document = api.get_openapi_schema(path_prefix="/api/v1/")
    groups: dict[str, list[Operation]] = {tag["name"]: [] for tag in document["tags"]}
    for path, operations in document["paths"].items():
        for method, found in operations.items():
            for tag in found.get("tags", ("Other",)):
                groups.setdefault(tag, []).append(_operation(path, method, found))
    shapes = [_shape(name, schema) for name, schema in document["components"]["schemas"].items()]
    return list(groups.items()), shapes


def _operation(path: str, method: str, found: dict[str, Any]) -> Operation:
    body = found.get("requestBody")
    content = next(iter(body["content"].items())) if body else None
    schema = content[1]["schema"] if content else {}
    schemes = [name for one in found.get("security", []) for name in one]
    example = [f"curl -X {method.upper()} https://HOST{path}"] if method != "get" else [f"curl https://HOST{path}"]
    example.append('-H "Authorization: Bearer $TOKEN"')
    if content and content[0] == JSON:
        example.append(f"-H 'Content-Type: {JSON}' -d @body.json")
    if method == "post":
        example.append('-H "Idempotency-Key: $(uuidgen)"')
    return Operation(
        id=found["operationId"],
        method=method.upper(),
        path=path,
        summary=found["summary"],
        description=found.get("description", ""),
        public="Visitor" in schemes,
        parameters=[
            Field(
                parameter["name"],
                *_type(parameter["schema"]),
                parameter.get("required", False),
                parameter.get("description", ""),
                parameter["in"],
            )
            for parameter in found["parameters"]
        ],
        body=Field(content[0], *_type(schema), True, "") if content else None,
        replies=[_reply(status, reply) for status, reply in found["responses"].items()],
        example=" \\\n  ".join(example),
    )


def _reply(status: str, reply: dict[str, Any]) -> Reply:
    content = reply.get("content") or {}
    schema = next(iter(content.values()))["schema"] if content else {}
    return Reply(status, reply.get("description", ""), *_type(schema))


def _shape(name: str, schema: dict[str, Any]) -> Shape:
    required = set(schema.get("required", ()))
    fields = [
        Field(key, *_type(one), key in required, one.get("description", ""))
        for key, one in schema.get("properties", {}).items()
    ]
    return Shape(name, schema.get("description", ""), fields)


def _type(schema: dict[str, Any]) -> tuple[str, str]:
    """A type in words, and the schema it refers to, if any."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return name, name
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            parts = [_type(one) for one in schema[key]]
            return " or ".join(dict.fromkeys(words for words, _ in parts)), next((ref for _, ref in parts if ref), "")
    if schema.get("type") == "array":
        words, ref = _type(schema.get("items", {}))
        return f"list of {words}", ref
    if "enum" in schema or "const" in schema:
        return " | ".join(str(value) for value in schema.get("enum", [schema.get("const")])), ""
    words = str(schema.get("type", "anything" if schema else ""))
    return (f"{words} ({schema['format']})" if "format" in schema else words), ""
