"""The page that shows the API to people: rendered here from the OpenAPI document, in our own frame, with no script."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import slugify
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


@dataclass(frozen=True)
class Subject:
    """The operations on one subject, and the schemas that they speak in."""

    name: str
    slug: str
    operations: list[Operation]
    shapes: list[Shape]


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """All operations in a line each, by subject."""
    return pages.render(request, "api/docs.html", {"subjects": subjects()})


@require_safe
def subject(request: HttpRequest, slug: str) -> HttpResponse:
    """The operations on one subject, in full."""
    found = next((one for one in subjects() if one.slug == slug), None)
    if found is None:
        raise Http404
    return pages.render(request, "api/subject.html", {"subject": found, "subjects": subjects()})


@cache
def subjects() -> list[Subject]:
    """The contents of the document, once for a process."""
    document = api.get_openapi_schema(path_prefix="/api/v1/")
    schemas = document["components"]["schemas"]
    groups: dict[str, list[tuple[str, str, dict[str, Any]]]] = {tag["name"]: [] for tag in document["tags"]}
    for path, operations in document["paths"].items():
        for method, found in operations.items():
            for tag in found["tags"]:
                groups[tag].append((path, method, found))
    return [
        Subject(
            name,
            slugify(name),
            [_operation(*one) for one in members],
            [_shape(schema, schemas[schema]) for schema in sorted(_used([found for *_, found in members], schemas))],
        )
        for name, members in groups.items()
    ]


def _used(parts: Any, schemas: dict[str, Any]) -> set[str]:
    """The names of all schemas that some parts of the document refer to, directly or through others."""
    found: set[str] = set()
    waiting = [parts]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            name = str(part.get("$ref", "")).rpartition("/")[2]
            if name in schemas and name not in found:
                found.add(name)
                waiting.append(schemas[name])
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return found


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
