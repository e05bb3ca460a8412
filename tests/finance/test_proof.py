"""Proving a book finds whatever was changed behind its back, and only that."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from tests.finance.scene import Scene

from quorate.exchange.finance import actions, proof
from quorate.exchange.finance.models import Balance, Leg, Transaction
from quorate.ledger import triggers
from quorate.surfaces.cli.main import run


@pytest.fixture
def kept(scene: Scene) -> Scene:
    made = scene.post(("5010", "70"), ("1010", "-70"))
    actions.reverse(actor=scene.keeper, transaction=made, date=date(2026, 8, 1), reason="Booked twice")
    scene.post(("5010", "5"), ("5100", "2"), ("1010", "-7"), key="bill:1")
    return scene


def test_good_books_are_good(kept: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    found = proof.verify(kept.book)
    assert (found.ok, found.transactions, found.legs) == (True, 3, 7)
    assert run(["books", "verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True


def _raw(sql: str) -> Callable[[], None]:
    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)

    return run


TAMPERING: dict[str, tuple[Callable[[], object], str]] = {
    "a sum": (lambda: Balance.objects.filter(account__code="1010").update(credit=1), "sum kept"),
    "a leg moved": (_raw("UPDATE finance_leg SET program = 'mine' WHERE position = 0"), "digest"),
    "an amount": (_raw("UPDATE finance_leg SET amount = amount + 1, value = value + 1 WHERE position = 0"), "balance"),
    "a day": (_raw("UPDATE finance_transaction SET date = '2026-07-01' WHERE number = 3"), "digest"),
    "a number": (_raw("UPDATE finance_transaction SET number = 9 WHERE number = 3"), "number 3 is missing"),
    "digest too": (_raw("UPDATE finance_transaction SET digest = 'f' WHERE number = 3"), "the ledger has no entry"),
    "one removed": (
        _raw("DELETE FROM finance_leg WHERE transaction_id IN (SELECT id FROM finance_transaction WHERE number = 3);"),
        "balance",
    ),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_whatever_is_changed_is_found(kept: Scene, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    connection.check_constraints()
    change, words = TAMPERING[what]
    with triggers.lifted(connection):
        change()
        connection.check_constraints()
    found = proof.verify(kept.book)
    assert any(words in fault["what"] for fault in found.faults), found.faults
    assert run(["books", "verify", "main", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["books"][0]["faults"]


def test_a_reversal_that_is_no_mirror_is_found(kept: Scene) -> None:
    connection.check_constraints()
    with triggers.lifted(connection):
        for leg, amount in zip(Leg.objects.filter(transaction__number=2), (-1, 1), strict=True):
            Leg.objects.filter(pk=leg.pk).update(amount=amount, value=amount)
        connection.check_constraints()
    faults = [fault for fault in proof.verify(kept.book).faults if fault["transaction"] == 2]
    assert "mirror" in " ".join(fault["what"] for fault in faults)
    assert Transaction.objects.count() == 3


def test_reports_are_printed(kept: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    expected = {
        "trial-balance": ["1010", "Bank", "asset", "70.00", "77.00", "-7.00", "USD"],
        "income-statement": ["expense", "5010", "Events", "5.00", "0.00", "5.00", "USD"],
        "balance-sheet": ["asset", "1010", "Bank", "-7.00", "0.00", "-7.00", "USD"],
        "funds": ["general", "General", "no", "0.00", "0.00", "0.00", "-7.00", "0.00", "-7.00", "USD"],
    }
    for name, row in expected.items():
        command = ["books", "report", name, "main", "--from", "2026-07-01", "--on", "2026-08-31"]
        assert run([*command, "--json"]) == 0
        document = json.loads(capsys.readouterr().out)
        assert row in [list(each.values()) for each in document["rows"]]
        assert run([*command, "--csv"]) == 0
        assert ",".join(row) in capsys.readouterr().out
        assert run(command) == 0
        assert row[1] in capsys.readouterr().out
    assert run(["books", "report", "funds", "main", "--from", "2026-07-02", "--on", "2026-07-01"]) == 2
    assert run(["books", "list"]) == 0
    assert "Example Foundation" in capsys.readouterr().out


def test_books_are_opened(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["books", "open", "second", "--name", "Second Foundation", "--currency"]
    assert run([*command, "EUR", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["slug"], document["currency"]) == ("second", "EUR")
    assert run([*command, "EUR", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["where"] == "slug"
    assert run(["books", "open", "third", "--name", "Third", "--currency", "XXX"]) == 2
    assert run(["books", "open", "Not a slug", "--name", "Third", "--currency", "EUR"]) == 2
