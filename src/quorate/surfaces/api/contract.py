"""What every operation has in common, written into the OpenAPI document so that no package repeats it."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any

from ninja.openapi.schema import OpenAPISchema

from quorate.surfaces.api.problems import CONTENT_TYPE, Problem

_PROBLEM = {
    "description": "It was refused; the problem says why and how to mend it.",
    "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}

_IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": "An ETag that you have: the answer is 304 while it is current.",
}
_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": "The ETag that you read: the answer is 412 when it is no longer current.",
}
_IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 120, "pattern": "^[!-~]+$"},
    "description": "Chosen by you, once for each thing to create: a repeat gets the first answer and does nothing.",
}


def complete(document: OpenAPISchema) -> OpenAPISchema:
    """Add problems, entity tags and idempotency keys to every operation, and sort what has no order of its own."""
    document["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    for operations in document["paths"].values():
        for method, operation in operations.items():
            _complete_operation(method, operation)
    document["paths"] = dict(sorted(document["paths"].items()))
    document["components"]["schemas"] = dict(sorted(document["components"]["schemas"].items()))
    tags = {
        tag for operations in document["paths"].values() for op in operations.values() for tag in op.get("tags", ())
    }
    document["tags"] = [{"name": tag} for tag in sorted(tags)]
    return document


def _complete_operation(method: str, operation: dict[str, Any]) -> None:
    summary, _gap, more = operation.pop("description", "").replace("``", "`").partition("\n")
    if summary:
        operation["summary"] = summary.strip().rstrip(".")
    if more.strip():
        operation["description"] = cleandoc(more)
    parameters = [parameter for parameter in operation.get("parameters", []) if parameter["in"] != "header"]
    responses = operation["responses"]
    if method == "get":
        parameters.append(_IF_NONE_MATCH)
        responses[304] = {"description": "You have the current version."}
    elif method == "post":
        parameters.append(_IDEMPOTENCY_KEY)
    if method != "get":
        parameters.append(_IF_MATCH)
    operation["parameters"] = parameters
    responses["4XX"] = _PROBLEM
    operation["responses"] = {str(status): answer for status, answer in responses.items()}
