"""A file of transactions is taken in whole, or every fault is told with its line and nothing has changed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction
from tests.finance.scene import Scene

from quorate.exchange.finance import actions, balances, queries
from quorate.exchange.finance.models import Transaction
from quorate.kernel.errors import UserError
from quorate.surfaces.cli.main import run

HEAD = "transaction,date,description,account,amount,program,key"
GOOD = f"""{HEAD}
a,2026-07-01,"Hall, first part",5010,"1,200.50",events,bill:7
a,,,@bank,-1200.50,,
b,2026-07-02,Bus,5300,300,,bill:8
b,2026-07-02,Bus,5010,12.25,events,bill:8
b,,,1010,-312.25,,
"""


def take(scene: Scene, text: str | bytes) -> list[Transaction]:
    data = text if isinstance(text, bytes) else text.encode()
    with transaction.atomic():
        return actions.import_transactions(actor=scene.keeper, book=scene.book, data=data, name="july.csv")


def test_a_file_is_taken_in_and_taken_in_again(scene: Scene) -> None:
    made = take(scene, GOOD)
    assert [(row.number, row.date, row.description.text) for row in made] == [
        (1, date(2026, 7, 1), "Hall, first part"),
        (2, date(2026, 7, 2), "Bus"),
    ]
    assert queries.balance_of(scene.account("1010")) == -151275
    assert take(scene, b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()) == made
    assert Transaction.objects.count() == 2
    assert balances.kept(scene.book) == balances.recomputed(scene.book)


def changed(before: str, after: str) -> str:
    assert before in GOOD
    return GOOD.replace(before, after, 1)


WRONG: dict[str, tuple[str | bytes, str, str]] = {
    "empty": ("", "july.csv:1", "columns are missing"),
    "head only": (f"{HEAD}\n", "july.csv", "no transaction"),
    "no head": (GOOD.partition("\n")[2], "july.csv:1", "columns are missing"),
    "a strange column": (changed(HEAD, f"{HEAD}x"), "july.csv:1", "unknown columns: keyx"),
    "a column twice": (changed(HEAD, f"{HEAD},key"), "july.csv:1", "twice"),
    "not UTF-8": (GOOD.encode("utf-16"), "july.csv", "not UTF-8"),
    "a NUL": (changed("Bus", "B\0s"), "july.csv", "NUL"),
    "a quote left open": (changed('"Hall, first part"', '"Hall'), "july.csv", ""),
    "a cell too many": (changed("a,,,@bank,-1200.50,,", "a,,,@bank,-1200.50,,,"), "july.csv:3", "number of cells"),
    "a cell too few": (changed("a,,,@bank,-1200.50,,", "a,,,@bank,-1200.50"), "july.csv:3", "number of cells"),
    "no amount": (changed(",300,", ",lots,"), "july.csv:4", "not a number"),
    "a comma for a point": (changed("312.25", "312;25"), "july.csv:6", "not a number"),
    "too fine": (changed("12.25", "12.255"), "july.csv:5", "finer"),
    "no such account": (changed("5300", "5399"), "july.csv:4", "no account 5399"),
    "a heading": (changed("5300", "5000"), "july.csv:4", "only groups"),
    "out of balance": (changed("-312.25", "-312.26"), "july.csv:4", "do not balance"),
    "one leg": (f"{HEAD}\na,2026-07-01,Hall,5010,5,,\n", "july.csv:2", "two legs"),
    "no day": (changed("2026-07-01", "1 July"), "july.csv:2", "not a day"),
    "a day that never was": (changed("2026-07-01", "2026-02-30"), "july.csv:2", "not a day"),
    "another day": (changed("b,2026-07-02,Bus,5010", "b,2026-07-03,Bus,5010"), "july.csv:5", "not that of line 4"),
    "no name": (changed("a,,,@bank", ",,,@bank"), "july.csv:3", "to which transaction"),
    "no words": (changed('"Hall, first part"', ""), "july.csv:2", "say what it is"),
    "closed": (changed("2026-07-01", "2026-06-01"), "july.csv:2", "closed"),
    "no short name": (changed("events,bill:7", "My events,bill:7"), "july.csv:2", "no short name"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_told_with_its_line_and_nothing_changes(scene: Scene, what: str) -> None:
    actions.close_period(actor=scene.treasurer, book=scene.book, start=date(2026, 6, 1), until=date(2026, 7, 1))
    text, where, words = WRONG[what]
    with pytest.raises(UserError) as caught:
        take(scene, text)
    assert caught.value.where.startswith(where), caught.value.line
    assert words in caught.value.what
    assert Transaction.objects.count() == 0


def test_every_fault_is_told(scene: Scene) -> None:
    with pytest.raises(UserError) as caught:
        take(scene, GOOD.replace("5300", "5399").replace("@bank", "@none").replace("12.25,events", "12.255,events"))
    assert [problem.where for problem in caught.value.problems] == ["july.csv:3", "july.csv:4", "july.csv:5"]


def test_the_command_says_it_in_json(scene: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "july.csv"
    file.write_text(GOOD)
    assert run(["books", "import", "main", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["transactions"] == [1, 2]
    file.write_text(GOOD.replace("bill:", "bill:x").replace("5300", "5399"))
    assert run(["books", "import", "main", str(file), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["where"] == f"{file}:4"
    assert run(["books", "import", "main", str(tmp_path / "none.csv")]) == 2
    assert Transaction.objects.count() == 2
