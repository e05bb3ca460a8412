"""The books over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.api.conftest import token_for
from tests.finance.scene import Scene

from quorate.access.actors import Actor
from quorate.access.models import Account as Login
from quorate.exchange.finance.models import Transaction

ADDRESS = "/api/v1/books/main/transactions"
GIVEN: dict[str, Any] = {
    "date": "2026-07-15",
    "description": "Hall",
    "legs": [{"account": "5010", "amount": "12.50", "program": "events"}, {"account": "@bank", "amount": "-12.50"}],
}


def caller(actor: Actor, *scopes: str) -> Client:
    secret = token_for(Login.objects.get(pk=actor.account_id), *scopes)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def post(client: Client, address: str = ADDRESS, **changes: Any) -> Any:
    return client.post(address, {**GIVEN, **changes}, content_type="application/json")


def test_a_transaction_is_posted_and_read_back(scene: Scene) -> None:
    client = caller(scene.keeper)
    made = post(client, key="bill:7")
    assert made.status_code == 201
    assert made.json()["legs"][0]["amount"] == "12.50"
    assert post(client, key="bill:7").json()["number"] == 1
    assert client.get(f"{ADDRESS}/1").json() == made.json()
    assert [row["number"] for row in client.get(ADDRESS).json()["items"]] == [1]
    balances = client.get("/api/v1/books/main/balances?at=2026-07-31").json()
    assert [(row["account"], row["balance"]) for row in balances] == [("1010", "-12.50"), ("5010", "12.50")]
    assert client.get("/api/v1/books/main/balances?at=2026-07-14").json() == []
    assert client.get("/api/v1/books").json()["items"][0]["slug"] == "main"
    assert "1010" in {row["code"] for row in client.get("/api/v1/books/main/accounts").json()}
    report = client.get("/api/v1/books/main/reports/balance-sheet?at=2026-07-31").json()
    assert report["rows"][0]["total"] == "-12.50"
    undone = client.post(
        f"{ADDRESS}/1/reversal", {"date": "2026-07-20", "reason": "Twice"}, content_type="application/json"
    )
    assert (undone.status_code, undone.json()["reverses"]) == (201, 1)


@pytest.mark.parametrize(
    ("changes", "status", "where"),
    [
        ({"legs": GIVEN["legs"][:1]}, 422, "legs"),
        ({"legs": [{"account": "5010", "amount": "1"}, {"account": "1010", "amount": "-2"}]}, 422, "legs"),
        ({"legs": [{"account": "5010", "amount": "1e3"}, GIVEN["legs"][1]]}, 422, "legs.0.amount"),
        ({"legs": [{"account": "none", "amount": "12.50"}, GIVEN["legs"][1]]}, 404, "legs.0.account"),
        (
            {"legs": [{**GIVEN["legs"][0], "counterparty": "01a206a3-b866-79da-bd78-04fc797d0752"}, GIVEN["legs"][1]]},
            404,
            "legs.0.counterparty",
        ),
        ({"date": "0001-01-01"}, 422, None),
        ({"mine": 1}, 422, None),
    ],
)
def test_what_is_wrong_is_a_problem_and_changes_nothing(
    scene: Scene, changes: dict[str, Any], status: int, where: str | None
) -> None:
    answer = post(caller(scene.keeper), **changes)
    assert answer.status_code == status, answer.content
    if where is not None:
        assert answer.json()["where"] == where
    assert Transaction.objects.count() == 0


def test_others_learn_nothing(scene: Scene) -> None:
    scene.post(("5010", "1"), ("1010", "-1"))
    reads = [
        f"/api/v1/books/main{rest}"
        for rest in ("/accounts", "/balances", "/transactions", "/transactions/1", "/reports/funds")
    ]
    for client in (caller(scene.outsider), caller(scene.keeper, "case.read")):
        assert client.get("/api/v1/books").json()["items"] == []
        for address in reads:
            assert client.get(address).status_code == 404
        assert post(client).status_code == 404
        assert post(client, f"{ADDRESS}/1/reversal").status_code in (404, 422)
    reader = caller(scene.keeper, "finance.read")
    assert reader.get(reads[0]).status_code == 200
    assert post(reader).status_code == 403
    for address in reads:
        assert Client().get(address).status_code == 401
    assert Transaction.objects.count() == 1
