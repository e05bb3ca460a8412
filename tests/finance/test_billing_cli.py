"""From the shell: an invoice is issued, the bank's file taken in, what it could settle shown, and settled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.finance.banks import Movement, camt
from tests.finance.billing import Billing, billing

from quorate.exchange.finance.invoicing import schematron
from quorate.exchange.finance.models import Invoice, InvoiceDraft, Payment
from quorate.kernel import clock
from quorate.surfaces.cli.main import run

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not schematron.available(), reason="the extra invoicing is not installed"),
]
DUES = """\
currency: EUR
buyer: {name: Muster GmbH, vat_id: DE123456789, address: {city: Berlin, country: DE}}
due: 2026-08-14
lines:
  - {name: Gold membership, price: 50000.00, vat: {category: AE}}
exemptions: [{category: AE, reason: Reverse charge}]
postings:
  - {role: deferred-dues, through: "20000.00"}
"""


@pytest.fixture
def bills() -> Iterator[Billing]:
    yield billing()
    clock.set_now(None)


def told(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> Any:
    assert run([*arguments, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def test_from_the_file_to_the_paid_invoice(bills: Billing, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "dues.yaml").write_text(DUES)
    issue = ["invoice", "issue", f"{tmp_path}/dues.yaml", "--book", "main", "--series", "dues", "--buyer", "muster"]
    made = told(capsys, *issue, "--out", f"{tmp_path}/out")
    assert (made["number"], made["gross"]) == ("2026-0001", "50000.00 EUR")
    assert all(check["ok"] and not check["failed"] for check in made["checks"])
    assert {Path(each).name for each in made["files"].values()} == {"2026-0001.pdf", "2026-0001.ubl.xml"}
    invoice = Invoice.objects.get()
    assert invoice.buyer == bills.buyer

    again = told(capsys, "invoice", "papers", "2026-0001", "--book", "main", "--out", f"{tmp_path}/again")
    for kind, path in again["files"].items():
        assert Path(path).read_bytes() == Path(made["files"][kind]).read_bytes(), "papers are the same whenever made"

    (row,) = told(capsys, "invoice", "list", "--book", "main")["invoices"]
    assert (row["open"], row["standing"]) == ("50000.00 EUR", "open")

    bank = tmp_path / "bank.xml"
    bank.write_text(camt(Movement("50000.00", structured=invoice.reference), closing="51000.00"))
    assert told(capsys, "statement", "import", str(bank), "--book", "main") == {"lines": 1, "new": 1}
    assert told(capsys, "statement", "import", str(bank), "--book", "main") == {"lines": 1, "new": 0}
    (proposal,) = told(capsys, "statement", "match", "--book", "main")["proposals"]
    assert (proposal["certainty"], proposal["shares"]) == ("certain", [{"invoice": "2026-0001", "amount": "50000.00"}])
    assert not Payment.objects.exists()
    assert run(["statement", "match", "--book", "main"]) == 0
    assert "structured reference" in capsys.readouterr().out

    told(capsys, "statement", "settle", proposal["line"], "--invoice", "2026-0001=50000.00")
    (row,) = told(capsys, "invoice", "list", "--book", "main", "--standing", "paid")["invoices"]
    assert row["number"] == "2026-0001"
    assert told(capsys, "statement", "match", "--book", "main") == {"proposals": []}
    assert "settled" in told(capsys, "statement", "settle", proposal["line"], status=2)["error"]["what"]


def test_what_goes_wrong_uses_no_number_and_leaves_no_draft(
    bills: Billing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "dues.yaml"
    issue = ["invoice", "issue", str(path), "--out", f"{tmp_path}/out", "--book", "main"]
    cases = [
        (DUES.replace("postings", "posting"), ["--series", "dues"], "postings"),
        (DUES.replace("reason: Reverse charge", "reason: ''"), ["--series", "dues"], "reason why no tax"),
        (DUES.replace("deferred-dues", "no-such-role"), ["--series", "dues"], "no-such-role"),
        (DUES.replace("Gold", "\U00013000"), ["--series", "dues"], "no font"),
        (DUES, ["--series", "none"], "no such series"),
        (DUES, ["--series", "dues", "--buyer", "none"], "no such organisation"),
        (DUES, [], "go together"),
    ]
    for text, options, what in cases:
        path.write_text(text)
        assert what in told(capsys, *issue, *options, status=2)["error"]["what"], what
    assert not Invoice.objects.exists()
    assert not InvoiceDraft.objects.exists()
    assert not (tmp_path / "out").exists()


def test_a_series_is_opened_from_its_file(bills: Billing, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "series.yaml"
    path.write_text("seller: {name: Example Foundation, tax_number: '1', address: {country: BE}}\nnotes: [Thank you]\n")
    series = ["invoice", "series", str(path), "--book", "main", "--name", "events"]
    assert told(capsys, *series, "--pattern", "E{year}-{serial}") == {"series": "events", "pattern": "E{year}-{serial}"}
    assert "of this name" in told(capsys, *series, "--pattern", "F{year}-{serial}", status=2)["error"]["what"]
    path.write_text("seller: {nam: x}\n")
    assert "'nam'" in told(capsys, *series[:-1], "other", "--pattern", "G{year}-{serial}", status=2)["error"]["what"]


def test_unknown_things_are_told(bills: Billing, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (
        ["invoice", "list", "--book", "none"],
        ["invoice", "papers", "none", "--book", "main", "--out", str(tmp_path)],
        ["statement", "settle", "none"],
        ["statement", "import", "none", "--book", "main"],
    ):
        assert told(capsys, *arguments, status=2)["error"]["where"]
