"""The contract: the document, its committed snapshot, the page that shows it, and a fuzz against both."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator
from tests.api.conftest import Caller

from quorate.access.models import Account
from quorate.surfaces.api.docs import Subject, subjects
from quorate.surfaces.api.root import api

SNAPSHOT = Path(__file__).resolve().parents[2] / "docs" / "reference" / "openapi.json"


def document() -> dict[str, Any]:
    return json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))  # type: ignore[no-any-return]  # JSON


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, found) for path, one in document()["paths"].items() for method, found in one.items()]


def test_the_snapshot_is_the_contract() -> None:
    """A change of the contract is a change of a file, and is seen in review: ``make docs`` renews it."""
    assert json.loads(SNAPSHOT.read_text("utf-8")) == document()


def test_the_document_is_openapi_3_1() -> None:
    assert document()["openapi"].startswith("3.1")
    for schema in document()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(("path", "method", "operation"), operations(), ids=lambda value: str(value)[:60])
def test_every_operation_keeps_the_conventions(path: str, method: str, operation: dict[str, Any]) -> None:
    assert operation["tags"], "an operation has a subject"
    assert operation["summary"], "an operation says what it does"
    assert re.fullmatch(r"[a-z_]+\.[a-z_]+", operation["operationId"])
    assert "4XX" in operation["responses"]
    assert re.fullmatch(r"/api/v1(/[a-z][a-z-]*|/\{[a-z_]+\})+", path), (
        "addresses are lower case, without a slash at the end"
    )
    named = {parameter["name"] for parameter in operation["parameters"]}
    if method == "get":
        assert "If-None-Match" in named
    if method == "post":
        assert "Idempotency-Key" in named
    good = [status for status in operation["responses"] if status.startswith("2")]
    assert len(good) >= 1
    for status in good:
        if status != "204":
            assert operation["responses"][status]["content"]["application/json"]["schema"], "answers are typed"


def test_names_of_operations_are_unique() -> None:
    names = [found["operationId"] for _path, _method, found in operations()]
    assert len(names) == len(set(names))


@pytest.mark.django_db
def test_the_pages_show_every_operation(client: Client) -> None:
    index = client.get("/api/docs/").content.decode()
    for _path, _method, operation in operations():
        assert f'#{operation["operationId"]}"' in index
    assert "<script" not in re.sub(r"<script defer[^>]*></script>", "", index)


@pytest.mark.django_db
@pytest.mark.parametrize("found", subjects(), ids=lambda one: one.slug)
def test_a_page_shows_its_operations_in_full(client: Client, found: Subject) -> None:
    page = client.get(f"/api/docs/{found.slug}/").content.decode()
    for operation in found.operations:
        assert f'id="{operation.id}"' in page
    for reference in set(re.findall(r'href="#(schema-[^"]+)"', page)):
        assert f'id="{reference}"' in page


@pytest.mark.django_db
def test_a_subject_that_is_not_there(client: Client) -> None:
    assert client.get("/api/docs/nonsense/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "method", "operation"), operations(), ids=lambda value: str(value)[:60])
def test_an_operation_takes_strangers_only_when_it_says_so(
    client: Client, path: str, method: str, operation: dict[str, Any]
) -> None:
    address = re.sub(r"\{[^}]*\}", "1", path)
    filled = re.sub(r"\{[^}]*\}", "01900000-0000-7000-8000-000000000000", path)
    public = any("Visitor" in one for one in operation.get("security", []))
    if not public:
        found = {getattr(client, method)(one).status_code for one in (address, filled)}
        assert found <= {401, 404}
        assert 401 in found


@pytest.mark.django_db
def test_a_person_without_rights_does_nothing_by_the_api(as_account: Caller, ada: Account) -> None:
    """Every write, asked by an account without any right on things that are not there, is refused or not found."""
    caller = as_account(ada)
    own = re.compile(r"/api/v1/(tokens|webhooks)")
    for path, method, operation in operations():
        if method != "get" and not own.match(path):
            address = re.sub(r"\{[^}]*\}", "01900000-0000-7000-8000-000000000000", path)
            status = caller.generic(method.upper(), address, "{}", "application/json").status_code
            assert status in (401, 403, 404, 405, 409, 422), f"{operation['operationId']} answered {status}"
