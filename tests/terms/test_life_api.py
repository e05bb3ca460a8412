"""The life of working groups and rosters held against files, over the API; and who is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast

from quorate.terms.models import Body, Charter

pytestmark = pytest.mark.django_db
GROUP = {"name": "Kernels", "purpose": "Fast ones.", "goals": "Many.", "deliverables": "A list."}


def client_of(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, name).account)
    return client


def post(client: Client, path: str, **body: Any) -> tuple[int, Any]:
    answer = client.post(f"/api/v1{path}", body, "application/json")
    return answer.status_code, answer.json()


def test_a_group_from_proposal_to_report(cast: Cast) -> None:
    staff = Body.objects.get(slug="staff")
    Body.objects.filter(pk=staff.pk).update(permissions=[*staff.permissions, "body.report"])
    eve, imogen = client_of(cast, "eve"), client_of(cast, "imogen")
    assert post(Client(), "/bodies/staff/working-groups", **GROUP)[0] == 401
    status, made = post(eve, "/bodies/staff/working-groups", **GROUP)
    assert (status, made["state"], made["next"]) == (201, "proposed", ["in-vote", "declined"])
    assert post(eve, "/bodies/staff/working-groups", **GROUP)[0] == 409
    assert post(eve, "/bodies/kernels/life", to="in-vote")[0] == 403
    assert post(imogen, "/bodies/kernels/life", to="dormant")[0] == 409
    assert post(imogen, "/bodies/kernels/life", to="in-vote", by="Motion 3")[1]["by"] == "Motion 3"
    assert post(imogen, "/bodies/kernels/life", to="active")[0] == 409, "it has no charter yet"
    charter = {"version": "1", "start": "2025-01-01T00:00:00Z", "mandate": "Kernels.", "numbers": {}}
    charter["numbers"] = {"vacant_seats": "leave", "attendance": [{"misses": 3, "then": "suspend"}]}
    assert post(imogen, "/bodies/kernels/charters", **charter)[0] == 201
    assert Charter.objects.get().numbers == charter["numbers"]
    wrong = {**charter, "version": "2", "numbers": {"attendance": [{"then": "suspend"}]}}
    assert post(imogen, "/bodies/kernels/charters", **wrong)[0] == 422
    assert post(imogen, "/bodies/kernels/life", to="active")[1]["state"] == "active"
    assert Body.objects.get(slug="kernels").public
    assert post(eve, "/bodies/kernels/reports", title="First quarter")[0] == 403
    status, report = post(imogen, "/bodies/kernels/reports", title="First quarter", link="https://kernels.example/1")
    assert (status, report["title"]) == (201, "First quarter")
    assert Client().get("/api/v1/bodies/kernels/life").status_code == 401


def test_a_roster_is_held_against_a_file(cast: Cast) -> None:
    source = {"name": "roster.csv", "text": "seat,representative\nExecutive Director,Mara Lindgren\n"}
    assert post(client_of(cast, "eve"), "/bodies/staff/roster/compare", **source)[0] == 403
    status, found = post(client_of(cast, "imogen"), "/bodies/staff/roster/compare", **source)
    assert status == 200
    assert [(row["ours"], row["theirs"]) for row in found] == [("Imogen Vale", "Mara Lindgren")]
    wrong = {**source, "name": "roster.exe"}
    assert post(client_of(cast, "imogen"), "/bodies/staff/roster/compare", **wrong)[0] in (200, 422)


def test_rules_about_absence_are_written_on_the_form_of_a_charter(cast: Cast) -> None:
    client = client_of(cast, "imogen")
    given = {"version": "1", "start": "2025-01-01", "mandate": "All.", "vacant_seats": "leave"}
    lines = "3 missed: suspend until 2 [4.2]\n\n3 of 4: suspend by representative\n2 missed: uncounted"
    address = "/bodies/staff/charters/new/"
    assert client.post(address, {**given, "attendance": "often missed: suspend"}).status_code == 422
    assert client.post(address, {**given, "attendance": "5 of 4: suspend"}).status_code == 422
    assert client.post(address, {**given, "attendance": lines}).status_code == 302
    assert Charter.objects.get().numbers == {
        "vacant_seats": "leave",
        "attendance": [
            {"misses": 3, "until_present": 2, "then": "suspend", "clause": "4.2"},
            {"present": 3, "of_last": 4, "then": "suspend", "by": "representative"},
            {"misses": 2, "then": "uncounted"},
        ],
    }
    page = client.get("/bodies/staff/charters/1/").content.decode()
    assert "away from 3 meetings in a row: the vote is suspended, until present at 2 in a row (clause 4.2)" in page
