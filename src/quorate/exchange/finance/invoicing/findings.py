"""What is wrong with an invoice as data, told before any XML is written, each with the place to mend.

The rules are those of EN 16931-1 (BR, BR-CO and the rules of each tax category) that a person causes by what they
type. The schematron is asked as well before an invoice leaves (:mod:`…invoicing.schematron`): it says the same of the
XML, in the words of a standard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from quorate.exchange.finance.invoicing.document import (
    EXCUSED,
    TAXED,
    Account,
    Adjustment,
    Category,
    Invoice,
    Kind,
    Line,
    Party,
    Span,
    Vat,
)
from quorate.exchange.finance.invoicing.reckoning import digits, line_net, reckon
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.money import CURRENCIES

#: Amounts beyond this are a slip of the keyboard, and would pass what decimals are exact to.
MOST = Decimal(10) ** 13
MOST_LINES = 1_000
LONGEST = 10_000
_CONTROL = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\\ud800-\\udfff\\ufffe\\uffff]")


def check(invoice: Invoice) -> None:
    """Refuse an invoice that says something wrong. ``UserError`` with all that was found."""
    _raise(list(problems(invoice)))


def check_shape(invoice: Invoice) -> None:
    """Refuse only what no sum can be made of: for a draft, which may still lack what an invoice needs."""
    _raise([*_characters(invoice, "invoice"), *_shape(invoice)])


def _raise(found: list[UserError]) -> None:
    if len(found) == 1:
        raise found[0]
    if found:
        raise UserError(found[0].what, where=found[0].where, mend=found[0].mend, problems=found)


def problems(invoice: Invoice) -> Iterator[UserError]:
    """Everything that is wrong, in the order of the document. What the sums rest on comes first, and alone."""
    basic = [*_characters(invoice, "invoice"), *_shape(invoice)]
    yield from basic
    if basic:
        return
    yield from _parties(invoice)
    yield from _categories(invoice)
    yield from _payment(invoice)


def _wrong(what: str, where: str, mend: str = "") -> UserError:
    return UserError(what, where=where, mend=mend)


def _characters(value: Any, where: str) -> Iterator[UserError]:
    """Texts that XML cannot carry, and numbers beyond reason."""
    if isinstance(value, str):
        hit = _CONTROL.search(value)
        if hit:
            what = gettext("holds the character U+%(code)04X, which a document cannot carry") % {"code": ord(hit[0])}
            yield _wrong(what, where, gettext("remove it"))
        elif len(value) > LONGEST:
            yield _wrong(gettext("is longer than %(most)d characters") % {"most": LONGEST}, where)
    elif isinstance(value, Decimal):
        if not value.is_finite() or abs(value) >= MOST or value.as_tuple().exponent < -12:  # type: ignore[operator]  # finite: an int
            yield _wrong(gettext("is not an amount that an invoice can state"), where)
    elif isinstance(value, tuple):
        for at, each in enumerate(value):
            yield from _characters(each, f"{where}[{at + 1}]")
    elif is_dataclass(value):
        for field in fields(value):
            yield from _characters(getattr(value, field.name), f"{where}.{field.name}")


def _shape(invoice: Invoice) -> Iterator[UserError]:
    if not invoice.number.strip():
        yield _wrong(gettext("an invoice needs a number"), "invoice.number")
    if invoice.currency not in CURRENCIES:
        yield _wrong(
            gettext("%(text)r is not a currency") % {"text": invoice.currency},
            "invoice.currency",
            gettext("three capital letters of ISO 4217, for example EUR"),
        )
    if not invoice.lines:
        yield _wrong(gettext("an invoice needs at least one line"), "invoice.lines")
    if len(invoice.lines) > MOST_LINES:
        yield _wrong(gettext("more than %(most)d lines") % {"most": MOST_LINES}, "invoice.lines")
    for at, line in enumerate(invoice.lines, 1):
        yield from _line(line, f"invoice.lines[{at}]")
    if invoice.delivery and not (invoice.delivery.day or invoice.delivery.name or invoice.delivery.address):
        yield _wrong(gettext("a delivery has a day or a place"), "invoice.delivery")
    for at, adjustment in enumerate(invoice.adjustments, 1):
        where = f"invoice.adjustments[{at}]"
        yield from _adjustment(adjustment, where)
        if adjustment.vat is None:
            yield _wrong(gettext("an allowance or charge needs its tax category"), f"{where}.vat")
        else:
            yield from _vat(adjustment.vat, f"{where}.vat")
    yield from _span(invoice.period, "invoice.period")
    if bool(invoice.tax_currency) != (invoice.tax_rate is not None):
        yield _wrong(
            gettext("the currency of account and the rate of exchange go together"),
            "invoice.tax_currency",
            gettext("give both, or neither"),
        )
    elif invoice.tax_currency == invoice.currency:
        yield _wrong(
            gettext("the currency of account is that of the invoice"), "invoice.tax_currency", gettext("leave it out")
        )
    elif invoice.tax_rate is not None and invoice.tax_rate <= 0:
        yield _wrong(gettext("a rate of exchange is more than nothing"), "invoice.tax_rate")


def _line(line: Line, where: str) -> Iterator[UserError]:
    if not line.name.strip():
        yield _wrong(gettext("a line needs a name"), f"{where}.name")
    if line.price < 0:
        yield _wrong(
            gettext("a price is not negative"), f"{where}.price", gettext("make the quantity negative, or credit it")
        )
    if line.discount is not None and line.discount < 0:
        yield _wrong(gettext("a discount is not negative"), f"{where}.discount")
    if line.per is not None and line.per <= 0:
        yield _wrong(gettext("the quantity that the price is for is more than nothing"), f"{where}.per")
    if not line.unit:
        yield _wrong(gettext("a quantity needs its unit"), f"{where}.unit", gettext("C62 is one of anything"))
    yield from _vat(line.vat, f"{where}.vat")
    yield from _span(line.period, f"{where}.period")
    for at, adjustment in enumerate(line.adjustments, 1):
        yield from _adjustment(adjustment, f"{where}.adjustments[{at}]")
        if adjustment.vat is not None:
            yield _wrong(
                gettext("an allowance of a line has the tax of its line"),
                f"{where}.adjustments[{at}].vat",
                gettext("leave it out"),
            )


def _adjustment(adjustment: Adjustment, where: str) -> Iterator[UserError]:
    reckoned = adjustment.percent is not None and adjustment.base is not None
    if adjustment.amount is None and not reckoned:
        yield _wrong(gettext("needs an amount, or a percentage and what it is of"), where)
    if adjustment.amount is not None and (adjustment.percent is not None or adjustment.base is not None):
        yield _wrong(
            gettext("has both an amount and a percentage"), where, gettext("give one of them; the other follows")
        )
    for name in ("amount", "percent", "base"):
        value = getattr(adjustment, name)
        if value is not None and value < 0:
            yield _wrong(
                gettext("is negative"), f"{where}.{name}", gettext("an allowance is subtracted, a charge is added")
            )
    if not adjustment.reason.strip() and not adjustment.code:
        yield _wrong(gettext("an allowance or charge needs its reason"), f"{where}.reason")


def _vat(vat: Vat, where: str) -> Iterator[UserError]:
    if vat.category in TAXED and vat.rate <= 0:
        yield _wrong(
            gettext("category %(code)s has a rate above nothing") % {"code": vat.category.value},
            where,
            gettext("Z is the category of a rate of nothing"),
        )
    elif vat.category not in TAXED and vat.rate != 0:
        yield _wrong(gettext("category %(code)s has no rate") % {"code": vat.category.value}, where)
    elif not 0 <= vat.rate <= 100:
        yield _wrong(gettext("a rate is from 0 to 100 percent"), where)


def _span(span: Span | None, where: str) -> Iterator[UserError]:
    if span is None:
        return
    if span.start is None and span.end is None:
        yield _wrong(gettext("a period has a first or a last day"), where)
    elif span.start and span.end and span.end < span.start:
        yield _wrong(gettext("the period ends before it begins"), where)


def _parties(invoice: Invoice) -> Iterator[UserError]:
    for role in ("seller", "buyer", "payee", "representative"):
        party: Party | None = getattr(invoice, role)
        if party is None:
            continue
        where = f"invoice.{role}"
        if not party.name.strip():
            yield _wrong(gettext("a party needs its legal name"), f"{where}.name")
        if role in ("seller", "buyer", "representative"):
            yield from _located(party, where)
        if role != "seller" and len(party.identifiers) > 1:
            yield _wrong(gettext("has one identifier at most"), f"{where}.identifiers")
        if party.vat_id and not re.fullmatch(r"[A-Z]{2}[A-Z0-9+*.]{2,}", party.vat_id):
            yield _wrong(
                gettext("%(text)r is not a VAT number") % {"text": party.vat_id},
                f"{where}.vat_id",
                gettext("it begins with the country's two letters and has no spaces (EL for Greece)"),
            )
        if party.endpoint is not None and not party.endpoint.scheme:
            yield _wrong(
                gettext("an electronic address needs its scheme"),
                f"{where}.endpoint.scheme",
                gettext("EM for e-mail, 0060 for DUNS, 9930 for a German VAT number"),
            )
    if invoice.representative is not None and not invoice.representative.vat_id:
        yield _wrong(gettext("a tax representative has a VAT number"), "invoice.representative.vat_id")
    if not (invoice.seller.vat_id or invoice.seller.registration or invoice.seller.identifiers):
        yield _wrong(
            gettext("the seller cannot be told apart"),
            "invoice.seller",
            gettext("give its VAT number, its registration or another identifier (BR-CO-26)"),
        )


def _located(party: Party, where: str) -> Iterator[UserError]:
    if party.address is None:
        yield _wrong(gettext("a party needs its address"), f"{where}.address")
    elif not re.fullmatch(r"[A-Z]{2}", party.address.country):
        yield _wrong(
            gettext("%(text)r is not a country") % {"text": party.address.country},
            f"{where}.address.country",
            gettext("two capital letters of ISO 3166, for example DE"),
        )


def _categories(invoice: Invoice) -> Iterator[UserError]:
    """The rules of the tax categories: who must be known to the tax office, and what must be said."""
    vats = [line.vat for line in invoice.lines] + [each.vat for each in invoice.adjustments if each.vat]
    categories = {vat.category for vat in vats}
    said = [each.category for each in invoice.exemptions]
    seller, buyer = invoice.seller, invoice.buyer
    taxable = categories - {Category.OUTSIDE}
    if Category.OUTSIDE in categories:
        if taxable:
            yield _wrong(
                gettext("what is outside the tax's scope stands on an invoice of its own"),
                "invoice.lines",
                gettext("make two invoices (BR-O-11)"),
            )
        for role in ("seller", "buyer", "representative"):
            party = getattr(invoice, role)
            if party is not None and party.vat_id:
                yield _wrong(
                    gettext("an invoice outside the tax's scope names no VAT number"),
                    f"invoice.{role}.vat_id",
                    gettext("leave it out, or choose another category (BR-O-02)"),
                )
    if taxable and not (seller.vat_id or seller.tax_number or invoice.representative):
        yield _wrong(
            gettext("the seller needs a VAT number or a tax number"),
            "invoice.seller.vat_id",
            gettext("give one, or use category O when the sale is outside the scope of the tax"),
        )
    if {Category.EXPORT, Category.INTRA_COMMUNITY} & categories and not (seller.vat_id or invoice.representative):
        yield _wrong(gettext("the seller needs a VAT number for exports"), "invoice.seller.vat_id")
    if Category.REVERSE in categories and not (buyer.vat_id or buyer.registration):
        yield _wrong(
            gettext("a reverse charge needs the buyer's VAT number or registration"),
            "invoice.buyer.vat_id",
            gettext("ask the buyer for it, or charge the tax (BR-AE-02)"),
        )
    if Category.INTRA_COMMUNITY in categories:
        if not buyer.vat_id:
            yield _wrong(gettext("an intra-community supply needs the buyer's VAT number"), "invoice.buyer.vat_id")
        delivery = invoice.delivery
        if (delivery is None or delivery.day is None) and invoice.period is None:
            yield _wrong(
                gettext("an intra-community supply needs its day of delivery or its period"), "invoice.delivery.day"
            )
        if delivery is None or delivery.address is None:
            yield _wrong(gettext("an intra-community supply needs the place of delivery"), "invoice.delivery.address")
    for category in sorted(EXCUSED & categories):
        exemption = invoice.exemption(category)
        if exemption is None or not (exemption.reason.strip() or exemption.code):
            yield _wrong(
                gettext("category %(code)s needs the reason why no tax is asked") % {"code": category.value},
                "invoice.exemptions",
                gettext("words, or a code such as VATEX-EU-AE"),
            )
    for at, category in enumerate(said, 1):
        if category not in EXCUSED:
            yield _wrong(
                gettext("category %(code)s has no reason of exemption") % {"code": category.value},
                f"invoice.exemptions[{at}]",
            )
        elif said.count(category) > 1 and said.index(category) == at - 1:
            yield _wrong(gettext("a category has one reason of exemption"), f"invoice.exemptions[{at}]")


def _payment(invoice: Invoice) -> Iterator[UserError]:
    sums = reckon(invoice)
    if sums.due > 0 and invoice.due is None and not invoice.terms.strip():
        yield _wrong(
            gettext("what is due needs the day when it is due, or the terms"),
            "invoice.due",
            gettext("give one of them (BR-CO-25)"),
        )
    if invoice.is_credit and invoice.due is not None and invoice.means is None and not invoice.terms.strip():
        yield _wrong(
            gettext("a credit note's day of payment stands with the means of payment"),
            "invoice.means",
            gettext("give the means, or say the terms in words"),
        )
    if sums.net < 0:
        yield _wrong(
            gettext("the total is negative"), "invoice.lines", gettext("make a credit note, whose amounts are positive")
        )
    for name in ("prepaid", "rounding"):
        value: Decimal = getattr(invoice, name)
        if value != value.quantize(Decimal(1).scaleb(-digits(invoice.currency))):
            yield _wrong(gettext("has more decimals than its currency"), f"invoice.{name}")
    if abs(invoice.rounding) >= 1:
        yield _wrong(gettext("a rounding is less than one unit of the currency"), "invoice.rounding")
    if invoice.kind is not Kind.INVOICE and not invoice.precedents:
        yield _wrong(
            gettext("a credit note or correction names the invoice that it is for"),
            "invoice.precedents",
            gettext("give its number and day"),
        )
    for at, account in enumerate(invoice.means.accounts if invoice.means else (), 1):
        yield from _account(account, f"invoice.means.accounts[{at}]")
    if invoice.means and invoice.means.code in ("30", "58") and not invoice.means.accounts:
        yield _wrong(gettext("a transfer needs an account to go to"), "invoice.means.accounts")
    for at, line in enumerate(invoice.lines, 1):
        for name, span, outer in (("period", line.period, invoice.period),):
            if span is None or outer is None:
                continue
            if (span.start and outer.start and span.start < outer.start) or (
                span.end and outer.end and span.end > outer.end
            ):
                yield _wrong(
                    gettext("the period of the line leaves the period of the invoice"), f"invoice.lines[{at}].{name}"
                )
        if abs(line_net(line, invoice.currency)) >= MOST:
            yield _wrong(gettext("is not an amount that an invoice can state"), f"invoice.lines[{at}]")


def _account(account: Account, where: str) -> Iterator[UserError]:
    if account.is_iban and not iban_holds(account.number):
        yield _wrong(
            gettext("%(text)r is not an IBAN: its check digits do not hold") % {"text": account.number},
            f"{where}.number",
            gettext("compare it with the bank's paper"),
        )
    if account.bic and not re.fullmatch(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", account.bic):
        yield _wrong(gettext("%(text)r is not a BIC") % {"text": account.bic}, f"{where}.bic")


def iban_holds(text: str) -> bool:
    """Whether the check digits of an IBAN hold (ISO 13616, modulo 97)."""
    compact = text.replace(" ", "").upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", compact):
        return False
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(each, 36)) for each in turned)) % 97 == 1
