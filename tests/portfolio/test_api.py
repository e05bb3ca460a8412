"""The portfolio over the API: anybody reads, the right is needed to write, and files come back to the byte."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from tests.portfolio.landscape.test_checks import OLD

from quorate.access.actors import system
from quorate.access.models import Account, ApiToken
from quorate.ledger.models import Entry
from quorate.registers.portfolio import actions
from quorate.registers.portfolio.models import LandscapeItem, Project
from quorate.registers.portfolio.rules import ProjectFacts

pytestmark = pytest.mark.django_db
STAFF = system("test")
V1 = "/api/v1"


@pytest.fixture(autouse=True)
def _landscape(db: None) -> None:
    actions.import_landscape(actor=STAFF, data=OLD.encode())


def caller(mail: str, *, operator: bool = False) -> Client:
    account = Account.objects.create_user(mail, is_operator=operator)
    secret = ApiToken.new_secret()
    ApiToken.objects.create(account=account, name="tests", hash=ApiToken.hash_of(secret), scopes=["all"])
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def desk() -> Client:
    return caller("desk@people.example", operator=True)


def send(client: Client, method: str, path: str, body: object = None, status: int = 200, **headers: str) -> Any:
    response = getattr(client, method)(
        V1 + path, json.dumps(body) if body is not None else None, content_type="application/json", headers=headers
    )
    assert response.status_code == status, response.content
    return response.json() if response.content and status != 204 else None


def read(client: Client, path: str, status: int = 200) -> Any:
    response = client.get(V1 + path)
    assert response.status_code == status, response.content
    return response.json()


def test_anybody_reads_projects_items_and_members(client: Client) -> None:
    actions.add_project(actor=STAFF, facts=ProjectFacts("Secret"))
    listed = read(client, "/projects")["items"]
    assert [(row["slug"], row["status"]) for row in listed] == [("alpha", "ecosystem")]
    detail = read(client, "/projects/alpha")
    assert detail["repositories"][0]["canonical"] == "https://github.com/alpha/alpha"
    assert detail["statuses"][0]["start"] is None
    read(client, "/projects/secret", 404)
    assert [row["name"] for row in read(client, "/landscape/items?category=Tools")["items"]] == ["Alpha", "Beta"]
    assert [row["name"] for row in read(client, "/landscape/items?q=beta")["items"]] == ["Beta"]
    assert read(client, "/members")["items"][0]["tier"] == "gold"
    assert read(client, "/members?as_of=2020-01-01")["items"]
    assert read(client, "/landscape")["items"] == 3
    assert client.get(V1 + "/landscape/file").content.decode() == OLD
    assert client.get(V1 + "/landscape/file?dialect=categories").content.startswith(b"# what we list\ncategories:")
    assert read(client, "/projects?as_of=nonsense", 422)["where"] == "as_of"


def test_pages_follow_their_cursor(client: Client) -> None:
    first = read(client, "/landscape/items?limit=2")
    second = read(client, f"/landscape/items?limit=2&cursor={first['next']}")
    assert [row["name"] for row in first["items"] + second["items"]] == ["Alpha", "Beta", "Gamma Inc. (member)"]
    assert second["next"] is None


def test_a_project_is_worked_on(desk: Client) -> None:
    made = send(desk, "post", "/projects", {"name": "Delta", "aliases": ["D"]}, 201)
    assert made["slug"] == "delta"
    send(desk, "post", "/projects", {"name": "Delta", "slug": "delta"}, 409)
    assert send(desk, "patch", "/projects/delta", {"summary": "New"})["summary"] == "New"
    row = send(desk, "post", "/projects/delta/repositories", {"url": "https://github.com/d/d"}, 201)
    send(desk, "post", "/projects/delta/repositories", {"url": "https://github.com/alpha/alpha"}, 409)
    send(desk, "post", "/projects/delta/status", {"status": "ecosystem", "category": "Tools / General"})
    assert LandscapeItem.objects.get(name="Delta").status == "ecosystem"
    send(desk, "delete", f"/repositories/{row['id']}", status=204)
    who = send(desk, "post", "/projects/delta/maintainers", {"handle": "octo"}, 201)
    assert send(desk, "post", f"/maintainers/{who['id']}/end", {})["until"]
    said = {"criterion": "stars", "value": 12, "evidence_url": "https://d.example"}
    stars = send(desk, "post", "/projects/delta/attestations", said, 201)
    assert read(desk, "/projects/delta/attestations")["items"][0]["value"] == 12
    assert send(desk, "post", f"/attestations/{stars['id']}/withdraw")["withdrawn_at"]
    send(desk, "post", "/projects/delta/scan", status=422)
    assert read(desk, "/projects/alpha/scans")["items"] == []


def test_an_item_is_changed_only_in_the_version_that_was_read(desk: Client) -> None:
    item = LandscapeItem.objects.get(name="Beta")
    path = f"/landscape/items/{item.pk}"
    tag = desk.get(V1 + path)["ETag"]
    changed = send(desk, "patch", path, {"description": "Two", "subcategory": "3D"}, **{"If-Match": tag})
    assert (changed["fields"]["description"], changed["subcategory"]) == ("Two", "3D")
    send(desk, "patch", path, {"description": "Three"}, 412, **{"If-Match": tag})
    assert "description" not in send(desk, "patch", path, {"description": ""})["fields"]
    send(desk, "delete", path, status=204)
    read(desk, path, 404)
    made = {"category": "Tools", "subcategory": "General", "name": "Zeta", "homepage_url": "https://z.example"}
    send(desk, "post", "/landscape/items", made, 201)
    send(desk, "post", "/landscape/items", made, 409)


def test_an_import_tells_line_and_mend(desk: Client) -> None:
    assert send(desk, "post", "/landscape/import", {"text": OLD})["unchanged"] == 3
    changed = OLD.replace("logo: beta.svg", "logo: new.svg")
    preview = send(desk, "post", "/landscape/preview", {"text": changed})
    assert preview["differences"] == [{"change": "changed", "item": "Tools / General / Beta", "fields": ["logo"]}]
    problem = send(desk, "post", "/landscape/import", {"text": OLD + "  - broken"}, 422)
    assert problem["where"].startswith("landscape.yml:3")
    assert problem["mend"]


def test_strangers_write_nothing(client: Client) -> None:
    eve = caller("eve@people.example")
    entries, item = Entry.objects.count(), LandscapeItem.objects.get(name="Beta")
    writes = [
        ("post", "/projects", {"name": "X"}),
        ("patch", "/projects/alpha", {"summary": "X"}),
        ("post", "/projects/alpha/status", {"status": "hosted"}),
        ("post", "/projects/alpha/repositories", {"url": "https://github.com/x/x"}),
        ("delete", f"/repositories/{Project.objects.get().repositories.get().pk}", None),
        ("post", "/projects/alpha/maintainers", {"handle": "x"}),
        ("post", "/projects/alpha/scan", None),
        ("post", "/projects/alpha/attestations", {"criterion": "s", "value": 1, "evidence_url": "https://x.example"}),
        ("post", "/landscape/import", {"text": OLD}),
        ("post", "/landscape/preview", {"text": OLD}),
        ("post", "/landscape/items", {"category": "A", "subcategory": "B", "name": "C"}),
        ("patch", f"/landscape/items/{item.pk}", {"logo": "x"}),
        ("delete", f"/landscape/items/{item.pk}", None),
    ]
    for method, path, body in writes:
        send(eve, method, path, body, 403)
        send(client, method, path, body, 401)
    assert Entry.objects.count() == entries
