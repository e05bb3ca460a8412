"""The plain-text export says what the books say, in the judgement of the program that it is written for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.finance import scene as scenes
from tests.finance.scene import DESK, Scene
from tests.finance.test_balances import FIRST, balanced

from quorate.exchange.finance import actions, plaintext
from quorate.exchange.finance.charts import AccountFacts
from quorate.exchange.finance.models import Account, Book, Commodity, Leg
from quorate.exchange.finance.rules import LegSpec
from quorate.kernel import money
from quorate.surfaces.cli.main import run

NUMBERS = count()
ORACLE = Path(__file__).with_name("beancount_oracle.py")


class Reader:
    """Beancount in an environment of its own."""

    def __init__(self, interpreter: str, folder: Path) -> None:
        self.process = subprocess.Popen(
            [interpreter, str(ORACLE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={"HOME": "/"}
        )
        self.path = folder / "book.beancount"

    def read(self, text: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.path.write_text(text, "utf-8")
        self.process.stdin.write(f"{self.path}\n")
        self.process.stdin.flush()
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Skipped where beancount is not at hand; the CI must have it."""
    named = os.environ.get("QUORATE_TEST_BEANCOUNT") or str(Path(sys.prefix) / "beancount" / "bin" / "python")
    if not Path(named).exists():
        if os.environ.get("QUORATE_CI"):
            pytest.fail("the CI needs beancount: make .venv/.beancount")
        pytest.skip("beancount is not here: make .venv/.beancount, or name an interpreter in QUORATE_TEST_BEANCOUNT")
    found = Reader(named, tmp_path_factory.mktemp("beancount"))
    yield found
    found.process.communicate()


def export(book: Book) -> str:
    return "".join(f"{line}\n" for line in plaintext.lines(book))


def held(book: Book) -> dict[str, Decimal]:
    """What every account holds, from the legs alone."""
    accounts = {row.pk: row for row in Account.objects.filter(book=book)}
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for leg in Leg.objects.filter(account__book=book).select_related("commodity"):
        name = plaintext.account_name(accounts[leg.account_id], accounts)
        sums[f"{name} {leg.commodity_id}"] += money.from_minor(leg.amount, leg.commodity.digits)
    return {key: value for key, value in sums.items() if value}


def agrees(reader: Reader, book: Book, transactions: int) -> None:
    found = reader.read(export(book))
    assert found["errors"] == []
    assert found["transactions"] == transactions
    assert {key: Decimal(value) for key, value in found["held"].items()} == held(book)


priced = st.tuples(st.integers(1, 10**12), st.integers(0, 10**12), st.sampled_from(["USD", "JPY", "KWD"]))
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(str.strip)


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(
    posted=st.lists(balanced(), min_size=1, max_size=5),
    bought=st.lists(priced, max_size=3),
    text=texts,
    name=texts,
)
def test_random_books_are_read_to_the_cent(
    db: None, reader: Reader, posted: Any, bought: Any, text: str, name: str
) -> None:
    book = actions.open_book(actor=DESK, slug=f"random-{next(NUMBERS)}", name=name, currency="USD")
    actions.open_fund(actor=DESK, book=book, slug="second", name="Second")
    for code, digits in (("JPY", 0), ("KWD", 3)):
        actions.define_commodity(actor=DESK, code=code, name=code, kind="currency", digits=digits)
    actions.define_commodity(actor=DESK, code="GPUH", name="Hours", kind="unit", digits=3)
    for day, legs in posted:
        named = [
            LegSpec(place, money.from_minor(minor, Commodity.objects.get(pk=code).digits), code, fund=fund)
            for place, code, minor, fund, _program in legs
        ]
        actions.post(actor=DESK, book=book, date=day, description=text, legs=named)
    for units, cost, code in bought:
        price = money.from_minor(cost, Commodity.objects.get(pk=code).digits)
        other = [LegSpec("1010", -price, code)] if cost else [LegSpec("1010", Decimal(-1)), LegSpec("4010", Decimal(1))]
        hours = LegSpec("1300", money.from_minor(units, 3), "GPUH", value=price, priced_in=code)
        actions.post(actor=DESK, book=book, date=FIRST, description=text, legs=[hours, *other])
    agrees(reader, book, len(posted) + len(bought))


def test_the_reader_would_have_noticed(scene: Scene, reader: Reader) -> None:
    """An oracle that never disagrees proves nothing."""
    scene.post(("5010", "12.34"), ("1010", "-12.34"))
    text = export(scene.book)
    assert reader.read(text)["errors"] == []
    for wrong in (text.replace("12.34 ~ 0", "12.35 ~ 0"), text.replace("-12.34 USD\n", "-12.33 USD\n", 1)):
        assert wrong != text
        assert reader.read(wrong)["errors"]


def test_headings_closed_accounts_and_reversals(scene: Scene, reader: Reader) -> None:
    for facts in (
        AccountFacts("1500", "Held “elsewhere”, Ångström & Söhne", "asset", "1000", heading=True),
        AccountFacts("1510", "ä/b: c", "asset", "1500", commodities=("USD",)),
        AccountFacts("a-1", "\u4e2d\u6587", "asset", "1510"),
    ):
        actions.open_account(actor=scene.treasurer, book=scene.book, facts=facts)
    made = scene.post(("1510", "5"), ("a-1", "3"), ("1010", "-8"), description='A "quoted" \\ name\nand a line')
    actions.reverse(actor=scene.keeper, transaction=made, date=date(2026, 7, 20), reason="wrong")
    actions.change_account(
        actor=scene.treasurer, account=scene.account("1510"), changes={"closes": date(2026, 7, 20) + timedelta(days=1)}
    )
    agrees(reader, scene.book, 2)
    assert "Assets:1500-Held-Elsewhere-Angstrom-Sohne:1510-A-B-C" in export(scene.book)


def test_the_command_writes_the_file(scene: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scene.post(("5010", "1"), ("1010", "-1"))
    out = tmp_path / "book.beancount"
    assert run(["export", "beancount", "main", "--out", str(out)]) == 0
    assert out.read_text() == export(scene.book)
    capsys.readouterr()
    assert run(["export", "beancount", "nobody", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["where"] == "nobody"


def test_an_empty_book_is_a_good_file(db: None, reader: Reader) -> None:
    agrees(reader, scenes.scene().book, 0)
