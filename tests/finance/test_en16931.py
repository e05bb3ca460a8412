"""An invoice as data passes the schema and every rule of EN 16931, in both syntaxes; what is wrong is told before."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.finance.invoices import BUYER, DUES, FULL, IBAN, SELLER, amounts, invoices

from quorate.exchange.finance.invoicing import cii, findings, schematron, ubl
from quorate.exchange.finance.invoicing.document import (
    Account,
    Address,
    Adjustment,
    Category,
    Exemption,
    Identifier,
    Invoice,
    Kind,
    Line,
    Means,
    Party,
    Precedent,
    Span,
    Vat,
)
from quorate.exchange.finance.invoicing.reckoning import reckon
from quorate.kernel.errors import UserError

needs_rules = pytest.mark.skipif(not schematron.available(), reason="the extra invoicing is not installed")
SYNTAXES = pytest.mark.parametrize("write", [cii.write, ubl.write], ids=["cii", "ubl"])
Writer = Callable[[Invoice], bytes]


def failed(content: bytes) -> list[tuple[str, str, str]]:
    """What the rules have against a document."""
    verdict = schematron.check(content, "invoice.xml")
    assert verdict.fired > 20, "rules were run at all"
    return [(each.rule, each.place, each.words) for each in verdict.failed]


@needs_rules
@SYNTAXES
@pytest.mark.parametrize("kind", Kind)
def test_an_invoice_with_every_term_breaks_no_rule(write: Writer, kind: Kind) -> None:
    invoice = replace(FULL, kind=kind)
    findings.check(invoice)
    assert failed(write(invoice)) == []


@needs_rules
@settings(
    max_examples=40,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(invoices())
def test_any_invoice_breaks_no_rule(invoice: Invoice) -> None:
    assert list(findings.problems(invoice)) == []
    assert failed(cii.write(invoice)) == []
    assert failed(ubl.write(invoice)) == []


@needs_rules
@SYNTAXES
@pytest.mark.parametrize(
    ("vat", "changes"),
    [
        (Vat(Category.STANDARD, Decimal(21)), {}),
        (Vat(Category.ZERO), {}),
        (Vat(Category.EXEMPT), {"exemptions": (Exemption(Category.EXEMPT, "Exempt", "VATEX-EU-132"),)}),
        (Vat(Category.EXPORT), {"exemptions": (Exemption(Category.EXPORT, code="VATEX-EU-G"),)}),
        (
            Vat(Category.OUTSIDE),
            {
                "exemptions": (Exemption(Category.OUTSIDE, code="VATEX-EU-O"),),
                "seller": replace(SELLER, vat_id=""),
                "buyer": replace(BUYER, vat_id=""),
            },
        ),
    ],
)
def test_each_category_of_tax(write: Writer, vat: Vat, changes: dict[str, object]) -> None:
    invoice = replace(DUES, lines=(replace(DUES.lines[0], vat=vat),), **{"exemptions": (), **changes})  # type: ignore[arg-type]  # names of fields
    findings.check(invoice)
    assert failed(write(invoice)) == []
    assert reckon(invoice).tax == (Decimal("26250.00") if vat.rate else Decimal("0.00"))


# The sums ------------------------------------------------------------------------------------------------------


def test_each_sum_is_rounded_once_and_halves_go_away_from_zero() -> None:
    vat = Vat(Category.STANDARD, Decimal("21"))
    third = Line("a third", Decimal("1"), vat, quantity=Decimal(1), per=Decimal(3))
    half = Line("a half", Decimal("0.125"), vat, quantity=Decimal(-1))
    sums = reckon(replace(DUES, lines=(third, third, third, half)))
    assert sums.lines == (Decimal("0.33"), Decimal("0.33"), Decimal("0.33"), Decimal("-0.13"))
    nothing = reckon(replace(DUES, lines=(Line("x", Decimal(1), Vat(Category.ZERO), quantity=Decimal(-1)),)))
    assert str(nothing.tax) == "0.00"  # and not -0.00
    # 0.86 × 21 % = 0.1806, and not the sum of the lines' taxes.
    assert (sums.net, sums.tax, sums.gross) == (Decimal("0.86"), Decimal("0.18"), Decimal("1.04"))


def test_yen_have_no_decimals_and_dinars_two() -> None:
    line = Line("dues", Decimal("10.555"), Vat(Category.STANDARD, Decimal(10)))
    assert reckon(replace(DUES, currency="JPY", lines=(line,))).gross == Decimal("12")
    assert reckon(replace(DUES, currency="KWD", lines=(line,))).gross == Decimal("11.62")


def test_categories_and_rates_are_summed_apart() -> None:
    lines = tuple(
        Line("x", Decimal(price), Vat(Category.STANDARD, Decimal(rate)))
        for price, rate in (("10", "21"), ("20", "6.0"), ("30", "6"), ("40", "21.00"))
    )
    shares = reckon(replace(DUES, lines=lines)).shares
    assert [(share.basis, share.tax) for share in shares] == [
        (Decimal("50.00"), Decimal("10.50")),
        (Decimal("50.00"), Decimal("3.00")),
    ]


@given(st.lists(st.tuples(amounts(4), st.sampled_from(["0", "5.5", "21"])), min_size=1, max_size=6))
def test_sums_add_up_for_any_lines(rows: list[tuple[Decimal, str]]) -> None:
    lines = tuple(
        Line("x", price, Vat(Category.STANDARD if rate != "0" else Category.ZERO, Decimal(rate)))
        for price, rate in rows
    )
    sums = reckon(replace(DUES, lines=lines, prepaid=Decimal("1.00")))
    assert sums.line_total == sum(sums.lines) == sum(share.basis for share in sums.shares) == sums.net
    assert sums.gross == sums.net + sum(share.tax for share in sums.shares)
    assert sums.due == sums.gross - 1
    for share in sums.shares:
        assert abs(share.tax - share.basis * share.vat.rate / 100) <= Decimal("0.005")


# What is told before any XML is written ------------------------------------------------------------------------

LINE = DUES.lines[0]
WRONG: list[tuple[str, dict[str, object], str]] = [
    ("no number", {"number": " "}, "invoice.number"),
    ("no currency", {"currency": "euro"}, "invoice.currency"),
    ("no lines", {"lines": ()}, "invoice.lines"),
    ("negative price", {"lines": (replace(LINE, price=Decimal(-1)),)}, "invoice.lines[1].price"),
    ("nameless line", {"lines": (LINE, replace(LINE, name=""))}, "invoice.lines[2].name"),
    ("price for nothing", {"lines": (replace(LINE, per=Decimal(0)),)}, "invoice.lines[1].per"),
    ("infinite", {"lines": (replace(LINE, price=Decimal("Infinity")),)}, "invoice.lines[1].price"),
    ("too much", {"lines": (replace(LINE, price=Decimal(10) ** 30),)}, "invoice.lines[1].price"),
    ("a bell", {"notes": ("ring\a",)}, "invoice.notes[1]"),
    ("half a surrogate", {"notes": ("\ud800",)}, "invoice.notes[1]"),
    ("rate without tax", {"lines": (replace(LINE, vat=Vat(Category.REVERSE, Decimal(1))),)}, "invoice.lines[1].vat"),
    ("taxed at nothing", {"lines": (replace(LINE, vat=Vat(Category.STANDARD)),)}, "invoice.lines[1].vat"),
    ("above all", {"lines": (replace(LINE, vat=Vat(Category.STANDARD, Decimal(101))),)}, "invoice.lines[1].vat"),
    ("backwards", {"period": Span(date(2026, 2, 1), date(2026, 1, 1))}, "invoice.period"),
    ("a period of nothing", {"period": Span()}, "invoice.period"),
    ("allowance without tax", {"adjustments": (Adjustment("x", Decimal(1)),)}, "invoice.adjustments[1].vat"),
    (
        "amount and percentage",
        {"adjustments": (Adjustment("x", Decimal(1), percent=Decimal(1), base=Decimal(1), vat=LINE.vat),)},
        "invoice.adjustments[1]",
    ),
    ("neither", {"adjustments": (Adjustment("x", vat=LINE.vat),)}, "invoice.adjustments[1]"),
    ("no reason", {"adjustments": (Adjustment("", Decimal(1), vat=LINE.vat),)}, "invoice.adjustments[1].reason"),
    ("nameless buyer", {"buyer": replace(BUYER, name="")}, "invoice.buyer.name"),
    ("homeless buyer", {"buyer": replace(BUYER, address=None)}, "invoice.buyer.address"),
    ("no country", {"buyer": replace(BUYER, address=Address("Germany"))}, "invoice.buyer.address.country"),
    ("no VAT number", {"buyer": replace(BUYER, vat_id="de 123")}, "invoice.buyer.vat_id"),
    ("reverse to nobody", {"buyer": replace(BUYER, vat_id="")}, "invoice.buyer.vat_id"),
    ("reverse by nobody", {"seller": replace(SELLER, vat_id="")}, "invoice.seller.vat_id"),
    (
        "unknown seller",
        {"seller": replace(SELLER, vat_id="", tax_number="1", registration=None)},
        "invoice.seller",
    ),
    ("address without scheme", {"buyer": replace(BUYER, endpoint=Identifier("a"))}, "invoice.buyer.endpoint.scheme"),
    ("two identifiers", {"buyer": replace(BUYER, identifiers=(Identifier("a"),) * 2)}, "invoice.buyer.identifiers"),
    ("representative without number", {"representative": Party("R", Address("FR"))}, "invoice.representative.vat_id"),
    ("no reason of reverse charge", {"exemptions": ()}, "invoice.exemptions"),
    ("reason twice", {"exemptions": DUES.exemptions * 2}, "invoice.exemptions[1]"),
    (
        "reason for nothing",
        {"exemptions": (*DUES.exemptions, Exemption(Category.ZERO, "x"))},
        "invoice.exemptions[2]",
    ),
    ("mixed with what is outside", {"lines": (LINE, replace(LINE, vat=Vat(Category.OUTSIDE)))}, "invoice.lines"),
    ("never due", {"due": None}, "invoice.due"),
    ("below nothing", {"lines": (replace(LINE, quantity=Decimal(-1)),)}, "invoice.lines"),
    ("a credit for nothing", {"kind": Kind.CREDIT_NOTE}, "invoice.precedents"),
    ("cents of a cent", {"prepaid": Decimal("0.001")}, "invoice.prepaid"),
    ("rounded away", {"rounding": Decimal("1.00")}, "invoice.rounding"),
    ("to no account", {"means": Means("30")}, "invoice.means.accounts"),
    ("wrong IBAN", {"means": Means("58", accounts=(Account("BE71096123456760"),))}, "invoice.means.accounts[1].number"),
    ("wrong BIC", {"means": Means("58", accounts=(Account(IBAN, bic="X"),))}, "invoice.means.accounts[1].bic"),
    ("half an exchange", {"tax_currency": "USD"}, "invoice.tax_currency"),
    ("exchange with itself", {"tax_currency": "EUR", "tax_rate": Decimal(1)}, "invoice.tax_currency"),
    (
        "line outside the invoice's period",
        {
            "period": Span(date(2026, 1, 1), date(2026, 6, 30)),
            "lines": (replace(LINE, period=Span(date(2026, 1, 1), date(2026, 12, 31))),),
        },
        "invoice.lines[1].period",
    ),
]


@pytest.mark.parametrize(("changes", "where"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_what_is_wrong_is_told_with_its_place(changes: dict[str, object], where: str) -> None:
    with pytest.raises(UserError) as caught:
        findings.check(replace(DUES, **changes))  # type: ignore[arg-type]  # names of fields
    places = [problem.where for problem in caught.value.problems] or [caught.value.where]
    assert where in places
    assert caught.value.what


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(UserError) as caught:
        findings.check(replace(DUES, due=None, exemptions=(), buyer=replace(BUYER, vat_id="")))
    assert [problem.where for problem in caught.value.problems] == [
        "invoice.buyer.vat_id",
        "invoice.exemptions",
        "invoice.due",
    ]


@needs_rules
def test_our_rules_are_those_of_the_standard() -> None:
    """Where ours are left out, the schematron finds the same fault: ours are none of our own invention."""
    cases = [
        (replace(DUES, exemptions=()), "BR-AE-10"),
        (replace(DUES, buyer=replace(BUYER, vat_id="")), "BR-AE-02"),
        (replace(DUES, period=Span(date(2026, 2, 1), date(2026, 1, 1))), "BR-29"),
        (replace(DUES, representative=Party("R", Address("FR"))), "BR-56"),
    ]
    for invoice, rule in cases:
        assert rule in {each[0] for each in failed(ubl.write(invoice))}
        assert rule in {each[0] for each in failed(cii.write(invoice))}


# Both documents say the same -----------------------------------------------------------------------------------


def test_each_term_is_in_both_documents() -> None:
    """A term that a writer forgot would pass every rule; here it is missed."""
    marked = {}
    for at, field in enumerate(fields(Invoice)):
        if type(getattr(FULL, field.name)) is str and field.name not in ("currency", "tax_currency", "language"):
            marked[field.name] = f"MARK{at:03}"
    invoice = replace(FULL, **marked)  # type: ignore[arg-type]  # names of fields
    for write in (cii.write, ubl.write):
        text = write(invoice).decode()
        assert [name for name, mark in marked.items() if mark not in text] == []


@SYNTAXES
def test_words_stay_words(write: Writer) -> None:
    nasty = '</ram:Name><evil/>&amp; "quoted" ]]> <?php ?>'
    made = write(replace(DUES, buyer=replace(BUYER, name=nasty))).decode()
    assert "<evil" not in made
    assert "&lt;evil/&gt;" in made
    assert not re.search(r"<\?php", made)


@SYNTAXES
def test_the_same_invoice_gives_the_same_bytes(write: Writer) -> None:
    assert write(FULL) == write(FULL)


def test_a_credit_note_names_what_it_is_for() -> None:
    credit = replace(DUES, kind=Kind.CREDIT_NOTE, precedents=(Precedent("2026-0001", date(2026, 1, 8)),))
    text = ubl.write(credit).decode()
    assert "CreditNote" in text
    assert "CreditedQuantity" in text
    assert "<cbc:ID>2026-0001</cbc:ID>" in text
    assert "PaymentDueDate>2026-02-07<" in text
    assert "<ram:TypeCode>381</ram:TypeCode>" in cii.write(credit).decode()
