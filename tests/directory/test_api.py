"""The directory over the API: the same rights, the same errors, and nobody confirmed who does not show themselves."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.cast import Cast

from quorate.access.models import Account
from quorate.directory.models import Affiliation, Consent, Merge, Organisation, Person

ROOT = "/api/v1"
OUTSIDE = [
    ("post", "/people", {"name": "X"}),
    ("put", "/people/mara-lindgren", {"name": "X"}),
    ("delete", "/people/mara-lindgren", None),
    ("post", "/people/mara-lindgren/consents", {"purpose": "directory", "text_version": "1"}),
    ("delete", "/people/mara-lindgren/consents/directory", None),
    ("post", "/organisations", {"name": "X"}),
    ("put", "/organisations/quay-labs", {"name": "X"}),
    ("get", "/duplicates/person", None),
    ("get", "/duplicates/organisation", None),
    ("post", "/merges", {"kind": "person", "kept": "mara-lindgren", "absorbed": "eve-outsider"}),
    ("post", "/merges", {"kind": "organisation", "kept": "quay-labs", "absorbed": "harbour-works-inc"}),
]


class Api:
    """A client that speaks JSON as somebody."""

    def __init__(self, mail: str = "") -> None:
        self.client = Client()
        if mail:
            self.client.force_login(Account.objects.get(email=mail))

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        call = getattr(self.client, method)
        extra = {"headers": headers} if headers else {}
        if body is None:
            return call(ROOT + path, **extra)  # type: ignore[no-any-return]  # the client's method by name
        return call(ROOT + path, json.dumps(body), content_type="application/json", **extra)  # type: ignore[no-any-return]  # as above


@pytest.fixture
def staff(cast: Cast) -> Api:
    return Api("imogen@people.example")


@pytest.fixture
def eve(cast: Cast) -> Api:
    return Api("eve@people.example")


@pytest.mark.parametrize(("method", "path", "body"), OUTSIDE)
def test_the_outsider_is_refused_and_changes_nothing(eve: Api, method: str, path: str, body: Any) -> None:
    tables = (Person, Organisation, Affiliation, Consent, Merge)
    before = [list(model._default_manager.order_by("pk").values()) for model in tables]
    answer = eve(method, path, body)
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
    assert [list(model._default_manager.order_by("pk").values()) for model in tables] == before
    assert Api()(method, path, body).status_code in (401, 403)


def test_a_person_is_added_read_and_changed_only_as_read(staff: Api, cast: Cast) -> None:
    said = {
        "name": "Otto Rask",
        "contacts": [{"kind": "email", "value": "otto@people.example", "primary": True}],
        "affiliations": [{"organisation": "quay-labs", "title": "Fellow", "start": "2024-01-01T00:00:00Z"}],
    }
    made = staff("post", "/people", said)
    assert made.status_code == 201
    found = json.loads(staff("get", "/people/otto-rask").content)
    assert found["affiliations"][0]["organisation"] == "quay-labs"
    assert found["contacts"][0]["value"] == "otto@people.example"
    assert staff("put", "/people/otto-rask", {**said, "pronouns": "he"}, **{"If-Match": '"x"'}).status_code == 412
    assert staff("put", "/people/otto-rask", {**said, "pronouns": "he"}).status_code == 200
    assert staff("post", "/people", said).status_code == 409
    assert staff("delete", "/people/otto-rask").status_code == 204
    assert staff("get", "/people/otto-rask").status_code == 404


def test_affiliations_are_read_as_of_a_day(staff: Api, cast: Cast) -> None:
    assert json.loads(staff("get", "/people/mara-lindgren?as_of=2022-01-01").content)["affiliations"] == []
    assert len(json.loads(staff("get", "/people/mara-lindgren?as_of=2023-01-01").content)["affiliations"]) == 1
    assert staff("get", "/people/mara-lindgren?as_of=soon").status_code == 422


def test_visitors_see_those_who_show_themselves_and_no_address(cast: Cast) -> None:
    visitor = Api()
    assert json.loads(visitor("get", "/people/mara-lindgren").content)["contacts"] is None
    Person.objects.filter(slug="mara-lindgren").update(public=False)
    assert visitor("get", "/people/mara-lindgren").status_code == 404
    names = [row["name"] for row in json.loads(visitor("get", "/people").content)["items"]]
    assert names == ["Eve Outsider", "Imogen Vale"]
    assert Api("mara@people.example")("get", "/people/mara-lindgren").status_code == 200


def test_organisations_with_names_and_control(staff: Api, cast: Cast) -> None:
    said = {
        "name": "Quay Labs",
        "homepage": "https://quay.example/",
        "aliases": [{"name": "QL"}],
        "external_ids": {"ror": "042nb2s44"},
        "controlled_by": [{"organisation": "harbour-works-inc", "start": "2024-01-01T00:00:00Z"}],
    }
    changed = json.loads(staff("put", "/organisations/quay-labs", said).content)
    assert changed["aliases"][0]["name"] == "QL"
    assert changed["controlled_by"][0]["organisation"] == "harbour-works-inc"
    circle = {"name": "Harbour Works, Inc.", "controlled_by": [{"organisation": "quay-labs"}]}
    answer = staff("put", "/organisations/harbour-works-inc", circle)
    assert (answer.status_code, json.loads(answer.content)["where"]) == (409, "controlled_by")
    assert len(json.loads(Api()("get", "/organisations").content)["items"]) == 2


def test_merging_and_taking_it_back(staff: Api, cast: Cast) -> None:
    staff("post", "/people", {"name": "Mara Lindgren"})
    pairs = json.loads(staff("get", "/duplicates/person").content)
    assert [(pair["kept"], pair["absorbed"]) for pair in pairs] == [("mara-lindgren", "mara-lindgren-2")]
    pair = {"kind": "person", "kept": "mara-lindgren", "absorbed": "mara-lindgren-2"}
    made = json.loads(staff("post", "/merges", pair).content)
    assert json.loads(staff("get", "/people/mara-lindgren-2").content)["slug"] == "mara-lindgren"
    assert staff("post", f"/merges/{made['id']}/undo").status_code == 200
    assert staff("post", f"/merges/{made['id']}/undo").status_code == 409
    assert json.loads(staff("get", "/people/mara-lindgren-2").content)["slug"] == "mara-lindgren-2"


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": "X", "surprise": 1},
        {"name": "X\u0000"},
        {"name": "X", "affiliations": [{"organisation": "nobody"}]},
        {"name": "X", "affiliations": [{"organisation": "quay-labs", "start": "0001-01-01T00:00:00+14:00"}]},
        {"name": "X", "affiliations": [{"organisation": "quay-labs", "start": "2024-01-01T00:00:00"}]},
        {"name": "X", "contacts": [{"kind": "email", "value": "nowhere"}]},
    ],
)
def test_what_cannot_stand_is_a_problem_not_a_defect(staff: Api, cast: Cast, body: dict[str, Any]) -> None:
    answer = staff("post", "/people", body)
    assert 400 <= answer.status_code < 500
    assert answer["Content-Type"] == "application/problem+json"
    assert not Person.objects.filter(name__startswith="X").exists()
