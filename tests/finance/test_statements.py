"""Statements of banks: every version says the same, every fault is told with its place, and a file read twice is one."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.finance.banks import CSV, GOOD, IBAN, MALFORMED, PROFILE, Movement, camt

from quorate.exchange.finance.statements import reading, table
from quorate.exchange.finance.statements.statement import Statement
from quorate.kernel.discovery import has
from quorate.kernel.errors import UserError
from quorate.surfaces.cli.main import run

pytestmark = pytest.mark.skipif(not has("lxml"), reason="the extra invoicing is not installed")


def read(text: str | bytes, profile: str = "") -> Statement:
    content = text.encode() if isinstance(text, str) else text
    columns = table.profile(profile, "profile.yaml") if profile else None
    (found,) = reading.read(content, "bank.file", columns)
    return found


@pytest.mark.parametrize("version", ["02", "04", "08"])
def test_each_version_says_the_same(version: str) -> None:
    found = read(
        camt(
            Movement("125000.00", structured="RF72202600019", reference="B1", words="thank you", charges="2.00"),
            Movement("30.00", parts=("10.00", "20.00"), reference="B2"),
            Movement("12.50", "DBIT", party="Landlord", reference="B3"),
            Movement("99.00", status="PDNG"),
            version=version,
            closing="126017.50",
            count="4",
        )
    )
    assert (found.account, found.currency, found.number, found.proved, found.pending) == (IBAN, "EUR", "S1", True, 1)
    assert (found.opening, found.closing) == (Decimal("1000.00"), Decimal("126017.50"))
    assert (found.start, found.end) == (date(2026, 2, 1), date(2026, 2, 2))
    first, *batch, rent = found.lines
    assert (first.amount, first.structured, first.words) == (Decimal("125000.00"), "RF72202600019", "thank you")
    assert (first.party, first.end_to_end, first.charges) == ("Muster GmbH", "", Decimal("2.00"))
    assert [each.amount for each in batch] == [Decimal("10.00"), Decimal("20.00")]
    assert (rent.amount, rent.party) == (Decimal("-12.50"), "Landlord")


def test_a_batch_without_single_amounts_stays_one_line() -> None:
    text = camt(Movement("3.00", parts=("1.00", "2.00")), closing="1003.00")
    bare = text.replace('<Amt Ccy="EUR">1.00</Amt>', "").replace('<Amt Ccy="EUR">2.00</Amt>', "")
    assert [each.amount for each in read(bare).lines] == [Decimal("3.00")]


def test_an_overdrawn_account() -> None:
    found = read(camt(Movement("30.00", "DBIT"), opening="10.00", closing="-20.00"))
    assert found.closing == Decimal("-20.00")


def test_csv_as_declared() -> None:
    found = read(CSV, PROFILE)
    assert [(each.day.day, each.amount, each.party) for each in found.lines] == [
        (1, Decimal("50.00"), "Beispiel SA"),
        (2, Decimal("125000.00"), "Muster GmbH"),
        (3, Decimal("-12.50"), "Bank"),
    ]
    assert (found.opening, found.closing, found.proved) == (Decimal("1000.00"), Decimal("126037.50"), True)
    assert found.lines[2].words == "Gebühr; Januar"
    assert found.lines[2].where == "bank.file:2"


def test_csv_with_a_column_for_each_side_and_no_balance() -> None:
    profile = 'account: X\ncurrency: USD\ndays: MM/DD/YYYY\ngroup: ","\nskip: 2\nencoding: cp1252\n'
    profile += "columns: {day: Date, credit: In, debit: Out, words: Text}\n"
    text = 'Export\r\n\r\nDate,In,Out,Text\r\n02/03/2026,"1,250.00",,caf\xe9\r\n02/04/2026,,"3.10",x\r\n\r\n'
    found = read(text.encode("cp1252"), profile)
    assert [each.amount for each in found.lines] == [Decimal("1250.00"), Decimal("-3.10")]
    assert found.lines[0].words == "café"
    assert found.lines[0].day == date(2026, 2, 3)
    assert not found.proved


def test_declared_balances_prove_a_csv() -> None:
    profile = "account: X\ncurrency: USD\ndays: YYYY-MM-DD\ncolumns: {day: D, amount: A}\nopening: '1.00'\nclosing: "
    assert read("D,A\n2026-01-01,2.00\n", profile + "'3.00'").proved
    with pytest.raises(UserError, match="do not add up"):
        read("D,A\n2026-01-01,2.00\n", profile + "'3.01'")


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_file_is_told_with_its_place(name: str) -> None:
    content, profile, where, what = MALFORMED[name]
    with pytest.raises(UserError) as caught:
        read(content, profile)
    assert caught.value.where.startswith("bank.file")
    assert where in caught.value.where
    assert what in caught.value.what
    assert "root:" not in caught.value.what
    assert len(MALFORMED) >= 10


def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(UserError, match="larger than"):
        read(b"<a>" + b" " * (21 * 1024 * 1024))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (("columns: {day: Buchungstag, ", "columns: {"), "no column is named for the day"),
        (("amount: Betrag", "amount: Betrag, credit: X"), "one column for the amount"),
        (("amount: Betrag", "amout: Betrag"), "'amout' is not known"),
        (("utf-8", "ebcdic"), "'ebcdic' is not known"),
        (('group: "."', 'group: ","'), "the same sign"),
        (("DD.MM.YYYY", "DD.MM."), "does not say how a day"),
        (('delimiter: ";"', 'delimiter: ";;"'), "one character"),
        (("newest-first", "random"), "the order is"),
        (("account: BE71096123456769\n", ""), "account is missing"),
    ],
)
def test_a_profile_that_contradicts_itself(change: tuple[str, str], what: str) -> None:
    assert change[0] in PROFILE
    with pytest.raises(UserError) as caught:
        table.profile(PROFILE.replace(*change), "profile.yaml")
    assert what in caught.value.what
    assert caught.value.where.startswith("profile.yaml:")


# The same line, sent again ---------------------------------------------------------------------------------------


def test_keys_are_those_of_the_line_and_not_of_the_file() -> None:
    both = read(camt(Movement("1.00", reference="A"), Movement("2.00", reference="B"), closing="1003.00"))
    one = read(camt(Movement("2.00", reference="B"), opening="1001.00", closing="1003.00", version="02"))
    assert one.lines[0].key == both.lines[1].key
    assert len({each.key for each in both.lines}) == 2


def test_two_equal_payments_on_a_day_stay_two() -> None:
    text = camt(Movement("1.00", words="coffee"), Movement("1.00", words="coffee"), closing="1002.00")
    keys = [each.key for each in read(text).lines]
    assert len(set(keys)) == 2
    assert keys == [each.key for each in read(text).lines]


movements = st.builds(
    Movement,
    amount=st.decimals("0.01", "99999", places=2).map(str),
    side=st.sampled_from(["CRDT", "DBIT"]),
    words=st.text("abc 123", max_size=10),
    reference=st.sampled_from(["", "R1", "R2"]),
)


@settings(max_examples=60)
@given(st.lists(movements, max_size=8), st.sampled_from(["02", "04", "08"]), st.decimals("-999", "999", places=2))
def test_any_statement_is_read_and_any_other_balance_is_refused(
    given_movements: list[Movement], version: str, opening: Decimal
) -> None:
    moved = sum((Decimal(each.amount) * (1 if each.side == "CRDT" else -1) for each in given_movements), Decimal(0))
    text: Any = {"version": version, "opening": str(opening)}
    found = read(camt(*given_movements, closing=str(opening + moved), **text))
    assert sum((each.amount for each in found.lines), Decimal(0)) == moved
    assert len({each.key for each in found.lines}) == len(given_movements)
    with pytest.raises(UserError, match="do not add up"):
        read(camt(*given_movements, closing=str(opening + moved + 1), **text))


@settings(max_examples=150)
@given(st.data())
def test_damage_is_told_or_harmless_but_never_a_defect(data: st.DataObject) -> None:
    """Bytes changed anywhere: an error for a person, or a file that still adds up."""
    content = bytearray(data.draw(st.sampled_from([GOOD.encode(), CSV.encode()])))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read(bytes(content), PROFILE if content[:1] != b"<" else "")
    except UserError as error:
        assert error.where
        return
    assert found.opening is not None
    assert found.opening + sum(each.amount for each in found.lines) == found.closing


# quorate statement read ------------------------------------------------------------------------------------------


def test_the_command_shows_what_it_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bank.csv").write_text(CSV)
    (tmp_path / "bank.yaml").write_text(PROFILE)
    assert run(["statement", "read", f"{tmp_path}/bank.csv", "--profile", f"{tmp_path}/bank.yaml", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["statements"]
    assert (told["closing"], told["proved"], len(told["lines"])) == ("126037.50 EUR", True, 3)
    (tmp_path / "bank.xml").write_text(GOOD)
    assert run(["statement", "read", f"{tmp_path}/bank.xml"]) == 0
    assert "it adds up" in capsys.readouterr().out
    assert run(["statement", "read", f"{tmp_path}/bank.csv", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["mend"]
