"""Elections over the API and the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.api.conftest import token_for
from tests.elections.scene import make

from quorate.decisions.balloting import verifier
from quorate.ledger.keys import public_keys
from quorate.surfaces.cli.main import run

pytestmark = pytest.mark.django_db


def test_what_the_api_shows(client: Client, tmp_path: Path, capsys: Any) -> None:
    scene = make(6)
    scene.nominate(2)
    listed = client.get("/api/v1/elections").json()["items"]
    assert [(item["slug"], item["state"]) for item in listed] == [("council-2026", "announced")]
    assert client.get("/api/v1/elections?state=open").json()["items"] == []
    shown = client.get("/api/v1/elections/council-2026").json()
    assert [item["id"] for item in shown["candidates"]] == ["elin-0", "elin-1"]
    assert (shown["elected"], shown["manifest_hash"]) == (None, None)
    assert client.get("/api/v1/elections/council-2026/bundle").status_code == 404
    assert client.get("/api/v1/elections/nobody").status_code == 404
    scene.open()
    for place in range(6):
        scene.cast(place, [["elin-1"]])
    scene.close()
    assert run(["election", "publish", "nobody"]) == 2
    assert run(["election", "publish", "council-2026"]) == 2  # the notice named a public value
    capsys.readouterr()
    assert run(["election", "publish", "council-2026", "--value", "4321.09"]) == 0
    assert capsys.readouterr().out.strip() == "elected: elin-1, elin-0"
    bundle = client.get("/api/v1/elections/council-2026/bundle").json()
    assert verifier.check(bundle, public_keys()[-1].text(), []) == []
    assert client.get("/api/v1/elections/council-2026").json()["elected"] == ["elin-1", "elin-0"]
    assert run(["election", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["elections"][0]["slug"] == "council-2026"
    assert run(["election", "verify", "council-2026"]) == 0
    assert capsys.readouterr().out.strip() == "ok"
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps({**bundle, "voted": bundle["voted"][1:]}), encoding="utf-8")
    assert run(["election", "verify", str(path), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["where"] == "voted"
    path.write_text("[]", encoding="utf-8")
    assert run(["election", "verify", str(path)]) == 1
    assert run(["election", "verify", str(tmp_path / "none")]) == 2


def test_elections_that_are_not_public_are_not_shown(client: Client) -> None:
    scene = make(6)
    scene.body.public = False
    scene.body.save()
    assert client.get("/api/v1/elections").json()["items"] == []
    assert client.get("/api/v1/elections/council-2026").status_code == 404


def test_a_roll_call_takes_votes_and_a_secret_election_does_not() -> None:
    scene = make(6, level="A")
    scene.nominate(2)
    scene.open()
    url = "/api/v1/elections/council-2026/votes"

    def vote(place: int, ballot: Any) -> Any:
        account = scene.people[place].account
        assert account is not None
        token = token_for(account)
        headers = {"Authorization": f"Bearer {token}"}
        return Client().post(url, json.dumps({"ballot": ballot}), content_type="application/json", headers=headers)

    assert vote(0, [["elin-1"], ["elin-0"]]).json() == {"ballot": [["elin-1"], ["elin-0"]]}
    assert vote(0, [["elin-0"]]).json() == {"ballot": [["elin-0"]]}
    assert vote(1, [["nobody"]]).status_code == 422
    assert Client().post(url, "{}", content_type="application/json").status_code == 401
    type(scene.election).objects.update(level="B")
    assert vote(2, [["elin-1"]]).status_code == 409
