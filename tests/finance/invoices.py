"""Invoices for tests: one that is plain, one that uses every term, and any. All names and numbers are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from quorate.exchange.finance.invoicing import findings
from quorate.exchange.finance.invoicing.document import (
    EXCUSED,
    TAXED,
    Account,
    Address,
    Adjustment,
    Category,
    Contact,
    Delivery,
    Exemption,
    Identifier,
    Invoice,
    Kind,
    Line,
    Means,
    Party,
    Precedent,
    Span,
    Supplement,
    Vat,
)

SELLER = Party(
    "Example Foundation ASBL",
    Address("BE", "Rue de l'Exemple 1", city="Bruxelles", postcode="1000"),
    vat_id="BE0123456749",
    registration=Identifier("0123456749", "0208"),
    contact=Contact("Billing", "+32 2 000 00 00", "billing@foundation.example"),
)
BUYER = Party("Muster GmbH", Address("DE", city="Berlin", postcode="10115"), vat_id="DE123456789")
REVERSE = Vat(Category.REVERSE)
IBAN = "BE71096123456769"

DUES = Invoice(
    number="2026-0001",
    issued=date(2026, 1, 8),
    currency="EUR",
    seller=SELLER,
    buyer=BUYER,
    lines=(Line("Gold membership 2026", Decimal("125000.00"), REVERSE),),
    due=date(2026, 2, 7),
    exemptions=(Exemption(Category.REVERSE, "Reverse charge", "VATEX-EU-AE"),),
    means=Means("58", "SEPA transfer", (Account(IBAN, "Example Foundation", "GKCCBEBB"),)),
    remittance="RF72202600019",
)

FULL = replace(
    DUES,
    language="fr",
    kind=Kind.CORRECTION,
    seller=replace(
        SELLER,
        trading_name="Example",
        tax_number="123/456",
        legal="ASBL, Bruxelles",
        identifiers=(Identifier("local-1"), Identifier("0123456789012", "0088")),
        endpoint=Identifier("billing@foundation.example", "EM"),
        address=Address("BE", "Rue 1", "étage 2", "porte 3", "Bruxelles", "1000", "Bruxelles-Capitale"),
    ),
    buyer=replace(
        BUYER,
        identifiers=(Identifier("123456789", "0060"),),
        registration=Identifier("HRB 1"),
        contact=Contact("Accounts payable", email="ap@muster.example"),
    ),
    lines=(
        Line(
            "Gold membership",
            Decimal("125000.00"),
            REVERSE,
            number="1",
            description="From the charter in force",
            note="per year",
            unit="ANN",
            per=Decimal(1),
            discount=Decimal("5.00"),
            period=Span(date(2026, 1, 1), date(2026, 12, 31)),
            adjustments=(
                Adjustment("first year", Decimal("500.00"), code="95"),
                Adjustment("handling", charge=True, percent=Decimal("1.5"), base=Decimal("100.00")),
            ),
            order_line="10",
            account="4000",
            seller_item="GOLD",
            buyer_item="B-1",
            attributes=(("Tier", "Gold"),),
            origin="BE",
        ),
        Line("Passes", Decimal("0.333333"), REVERSE, quantity=Decimal(7), per=Decimal(100)),
        Line("One pass given back", Decimal("10.00"), REVERSE, quantity=Decimal(-1)),
    ),
    terms="30 days",
    notes=("A note & <another>", "Second note"),
    period=Span(date(2026, 1, 1), date(2026, 12, 31)),
    tax_point=date(2026, 1, 8),
    buyer_reference="Cost centre 7",
    order="4500012345",
    seller_order="SO-1",
    contract="C-1",
    project="P-1",
    tender="T-1",
    subject="Object-1",
    account="400",
    process="urn:example:process",
    precedents=(Precedent("2025-0009", date(2025, 1, 9)), Precedent("2025-0010")),
    payee=Party("Fiscal Host", identifiers=(Identifier("host-1"),), registration=Identifier("55", "0208")),
    representative=Party("Tax Representative", Address("FR", city="Paris"), vat_id="FR83404833048"),
    delivery=Delivery(date(2026, 1, 8), "Muster Lager", Address("DE", city="Hamburg")),
    adjustments=(
        Adjustment("early payment", percent=Decimal(2), base=Decimal("1000.00"), vat=REVERSE),
        Adjustment("handling", Decimal("3.005"), charge=True, vat=REVERSE),
    ),
    supplements=(Supplement("S-1", "Charter", "https://foundation.example/charter"),),
    prepaid=Decimal("10.00"),
    rounding=Decimal("0.10"),
    tax_currency="USD",
    tax_rate=Decimal("1.0837"),
)

# Any invoice ---------------------------------------------------------------------------------------------------

#: What people type, with what a template, a shell or XML could take for its own. Letters that every machine shows.
WORDS = (
    st.text("abcXYZ éèüß#@$\\<>&\"'[]{}()*_`~%/0123456789", min_size=1, max_size=40).filter(str.strip).map(str.strip)
)
NUMBERS = st.text("ABC0123456789-", min_size=1, max_size=12)
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


def amounts(places: int = 2, most: int = 9_999_999) -> st.SearchStrategy[Decimal]:
    """Amounts of at most seven digits before the point."""
    return st.decimals(0, most, places=places, allow_nan=False, allow_infinity=False)


def maybe(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """The text, or none."""
    return st.one_of(st.just(""), strategy)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    """A period of up to a year."""
    start = draw(DAYS)
    return Span(start, start + timedelta(days=draw(st.integers(0, 365))))


@st.composite
def vats(draw: st.DrawFn, categories: tuple[Category, ...]) -> Vat:
    """A category with a rate that fits it."""
    category = draw(st.sampled_from(categories))
    if category in TAXED:
        return Vat(category, draw(st.sampled_from([Decimal("21"), Decimal("5.5"), Decimal("7"), Decimal("8.1")])))
    return Vat(category)


@st.composite
def adjustments(draw: st.DrawFn, vat: st.SearchStrategy[Vat] | None) -> Adjustment:
    """An allowance or a charge, by its amount or by a percentage."""
    common = {"reason": draw(WORDS), "charge": draw(st.booleans()), "vat": None if vat is None else draw(vat)}
    if draw(st.booleans()):
        return Adjustment(amount=draw(amounts(3, 999)), **common)
    return Adjustment(percent=draw(amounts(2, 100)), base=draw(amounts(2, 9_999)), **common)


@st.composite
def lines(draw: st.DrawFn, vat: st.SearchStrategy[Vat]) -> Line:
    """A line of any price and quantity."""
    return Line(
        name=draw(WORDS),
        price=draw(amounts(draw(st.sampled_from([0, 2, 4])))),
        vat=draw(vat),
        quantity=draw(st.decimals(-3, 9_999, places=3)),
        unit=draw(st.sampled_from(["C62", "ANN", "MON", "HUR", "KGM"])),
        per=draw(st.sampled_from([None, Decimal(1), Decimal(3), Decimal(1000)])),
        discount=draw(st.none() | amounts(2, 99)),
        description=draw(maybe(WORDS)),
        note=draw(maybe(WORDS)),
        period=draw(st.none() | spans()),
        adjustments=tuple(draw(st.lists(adjustments(None), max_size=2))),
        order_line=draw(maybe(NUMBERS)),
        attributes=tuple(draw(st.lists(st.tuples(WORDS, WORDS), max_size=1))),
    )


@st.composite
def invoices(draw: st.DrawFn) -> Invoice:
    """An invoice with nothing to say against it, of any kind, currency and tax category."""
    outside = draw(st.booleans()) and draw(st.booleans())
    categories = (Category.OUTSIDE,) if outside else tuple(each for each in Category if each is not Category.OUTSIDE)
    vat = vats(categories)
    kind = draw(st.sampled_from(Kind))
    made = replace(
        DUES,
        kind=kind,
        number=draw(NUMBERS),
        issued=draw(DAYS),
        currency=draw(st.sampled_from(["EUR", "USD", "JPY", "CNY", "CHF", "KWD"])),
        seller=replace(SELLER, name=draw(WORDS), vat_id="" if outside else SELLER.vat_id),
        buyer=replace(BUYER, name=draw(WORDS), vat_id="" if outside else BUYER.vat_id),
        lines=tuple(draw(st.lists(lines(vat), min_size=1, max_size=4))),
        due=draw(st.none() | DAYS),
        terms=draw(WORDS),
        notes=tuple(draw(st.lists(WORDS, max_size=2))),
        order=draw(maybe(NUMBERS)),
        contract=draw(maybe(NUMBERS)),
        project=draw(maybe(NUMBERS)),
        buyer_reference=draw(maybe(WORDS)),
        precedents=() if kind is Kind.INVOICE else (Precedent(draw(NUMBERS), draw(DAYS)),),
        delivery=Delivery(draw(DAYS), "", Address("DE", city="Berlin")),
        adjustments=tuple(draw(st.lists(adjustments(vat), max_size=2))),
        prepaid=draw(st.just(Decimal(0)) | amounts(0, 99)),
        means=draw(st.none() | st.just(DUES.means) | st.just(Means("48", "card"))),
        tax_currency="",
    )
    if draw(st.booleans()) and made.currency != "BHD":
        made = replace(made, tax_currency="BHD", tax_rate=draw(st.decimals("0.001", 100, places=3)))
    used = {line.vat.category for line in made.lines} | {each.vat.category for each in made.adjustments if each.vat}
    made = replace(made, exemptions=tuple(Exemption(each, draw(WORDS)) for each in sorted(used & EXCUSED)))
    if any(True for _ in findings.problems(made)):
        # Negative totals: the one thing that is not avoided by construction.
        made = replace(
            made, lines=tuple(replace(line, quantity=Decimal(2), adjustments=()) for line in made.lines), adjustments=()
        )
        used = {line.vat.category for line in made.lines}
        made = replace(made, exemptions=tuple(Exemption(each, "Exempt") for each in sorted(used & EXCUSED)))
    return made
