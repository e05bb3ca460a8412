"""The page of an invoice that people read, as data for the template ``invoice.typ``: words and numbers of one language.

Nothing that anybody typed becomes markup: the template gets every text as a string, through JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format

from quorate.exchange.finance.invoicing.document import (
    Address,
    Category,
    Invoice,
    Kind,
    Line,
    Party,
    Span,
    Vat,
)
from quorate.exchange.finance.invoicing.elements import number
from quorate.exchange.finance.invoicing.reckoning import Reckoning, digits, reckon, rounded
from quorate.kernel.i18n import gettext, override

#: Languages of the page; another falls back to the first.
LANGUAGES = ("en", "fr", "zh-hans")
_SEPARATORS = {"en": (",", "."), "fr": ("\u202f", ","), "zh-hans": (",", ".")}
_DAYS = {"en": "j F Y", "fr": "j F Y", "zh-hans": "Y年n月j日"}
#: A word longer than this gets places where a line may break, so that it never leaves its column.
LONGEST_WORD = 18
_WORD = re.compile(rf"\S{{{LONGEST_WORD}}}")


def language_of(invoice: Invoice) -> str:
    """The language of the page: that of the invoice where there is one, else English."""
    wanted = invoice.language.lower()
    if wanted.startswith("zh"):
        return "zh-hans"
    return next((each for each in LANGUAGES if wanted.split("-")[0] == each), LANGUAGES[0])


def page(invoice: Invoice) -> dict[str, Any]:
    """All that the template shows, in the order in which it shows it."""
    language = language_of(invoice)
    sums = reckon(invoice)
    with override(language):
        return {
            "language": "zh" if language == "zh-hans" else language,
            "title": title(invoice),
            "number": _soft(invoice.number),
            "seller": _party(invoice.seller),
            "buyer": {"label": gettext("Invoiced to"), **_party(invoice.buyer)},
            "facts": [[label, _soft(value)] for label, value in _facts(invoice, language) if value],
            "head": [
                gettext("Description"),
                gettext("Quantity"),
                gettext("Price"),
                gettext("Tax"),
                gettext("Amount"),
            ],
            "lines": [_line(invoice, sums, at, language) for at in range(len(invoice.lines))],
            "sums": list(_sums(invoice, sums, language)),
            "notes": [_soft(note) for note in _notes(invoice)],
            "payment": [[label, _soft(value)] for label, value in _payment(invoice) if value],
            "payment_label": gettext("Payment"),
            "foot": _soft(_foot(invoice.seller)),
            "data": gettext("This file carries the same invoice as data (Factur-X, EN 16931)."),
        }


def title(invoice: Invoice) -> str:
    """What the document is, in the language that is active."""
    return {
        Kind.INVOICE: gettext("Invoice"),
        Kind.CREDIT_NOTE: gettext("Credit note"),
        Kind.CORRECTION: gettext("Corrected invoice"),
    }[invoice.kind]


def written(amount: Decimal, currency: str, language: str) -> str:
    """An amount with its currency, grouped as the language does."""
    return f"{_grouped(rounded(amount, currency), digits(currency), language)} {currency}"


def _grouped(value: Decimal, places: int, language: str) -> str:
    group, point = _SEPARATORS[language]
    text = f"{value:,.{places}f}".replace("-", "−")
    return text.replace(",", "\0").replace(".", point).replace("\0", group)


def _plain(value: Decimal, language: str) -> str:
    """A number with as many decimals as it has, two at least when it is a price."""
    text = number(value) or "0"
    return _grouped(value, len(text.partition(".")[2]), language)


def _soft(text: str) -> str:
    """The text with places to break in words without end."""
    return _WORD.sub(lambda found: found[0] + "\u200b", text)


def _day(value: date | None, language: str) -> str:
    return "" if value is None else date_format(value, _DAYS[language])


def _span(span: Span | None, language: str) -> str:
    if span is None:
        return ""
    first, last = _day(span.start, language), _day(span.end, language)
    if first and last:
        return gettext("%(first)s to %(last)s") % {"first": first, "last": last}
    return gettext("from %(day)s") % {"day": first} if first else gettext("until %(day)s") % {"day": last}


def _party(party: Party) -> dict[str, Any]:
    lines = [party.trading_name, *(_address(party.address) if party.address else ())]
    if party.vat_id:
        lines.append(gettext("VAT number %(number)s") % {"number": party.vat_id})
    elif party.tax_number:
        lines.append(gettext("Tax number %(number)s") % {"number": party.tax_number})
    if party.registration:
        lines.append(gettext("Registration %(number)s") % {"number": party.registration.value})
    return {"name": _soft(party.name), "lines": [_soft(line) for line in lines if line]}


def _address(address: Address) -> Iterator[str]:
    yield from (address.street, address.more, address.third)
    yield " ".join(part for part in (address.postcode, address.city) if part)
    yield ", ".join(part for part in (address.region, address.country) if part)


def _facts(invoice: Invoice, language: str) -> Iterator[tuple[str, str]]:
    yield gettext("Number"), invoice.number
    yield gettext("Date"), _day(invoice.issued, language)
    yield gettext("Due"), _day(invoice.due, language)
    yield gettext("Period"), _span(invoice.period, language)
    yield gettext("Tax point"), _day(invoice.tax_point, language)
    yield gettext("Purchase order"), invoice.order
    yield gettext("Your reference"), invoice.buyer_reference
    yield gettext("Contract"), invoice.contract
    yield gettext("Project"), invoice.project
    for each in invoice.precedents:
        day = _day(each.issued, language)
        yield gettext("Concerns"), f"{each.number} ({day})" if day else each.number
    if invoice.delivery:
        yield gettext("Delivered"), _day(invoice.delivery.day, language)


def _vat(vat: Vat, language: str) -> str:
    if vat.category is Category.OUTSIDE:
        return "–"
    return f"{_plain(vat.rate, language)} %" + ("" if vat.rate else f" ({vat.category.value})")


def _unit(line: Line, language: str) -> str:
    words = {
        "C62": "",
        "ANN": gettext("years"),
        "MON": gettext("months"),
        "DAY": gettext("days"),
        "HUR": gettext("hours"),
    }.get(line.unit, line.unit)
    return " ".join(part for part in (_plain(line.quantity, language), words) if part)


def _line(invoice: Invoice, sums: Reckoning, at: int, language: str) -> dict[str, Any]:
    line = invoice.lines[at]
    details = [line.description, _span(line.period, language), line.note]
    details += [f"{name}: {value}" for name, value in line.attributes]
    for adjustment, amount in zip(line.adjustments, sums.line_adjustments[at], strict=True):
        sign = "+" if adjustment.charge else "−"
        details.append(f"{adjustment.reason or adjustment.code}: {sign}{written(amount, invoice.currency, language)}")
    places = max(digits(invoice.currency), len((number(line.price) or "").partition(".")[2]))
    price = _grouped(line.price, places, language)
    if line.per not in (None, 1):
        price += f" / {_plain(line.per or Decimal(1), language)}"
    return {
        "name": _soft(line.name),
        "details": [_soft(each) for each in details if each],
        "quantity": _unit(line, language),
        "price": price,
        "tax": _vat(line.vat, language),
        "amount": _grouped(sums.lines[at], digits(invoice.currency), language),
    }


def _sums(invoice: Invoice, sums: Reckoning, language: str) -> Iterator[list[Any]]:
    """Label, amount, and whether it is the one that matters."""

    def row(label: str, amount: Decimal, strong: bool = False) -> list[Any]:
        return [_soft(label), written(amount, invoice.currency, language), strong]

    if invoice.adjustments:
        yield row(gettext("Sum of the lines"), sums.line_total)
    for adjustment, amount in zip(invoice.adjustments, sums.adjustments, strict=True):
        yield row(adjustment.reason or adjustment.code, amount if adjustment.charge else -amount)
    yield row(gettext("Total without tax"), sums.net)
    for share in sums.shares:
        label = gettext("Tax %(rate)s on %(basis)s") % {
            "rate": _vat(share.vat, language),
            "basis": written(share.basis, invoice.currency, language),
        }
        yield row(label, share.tax)
    if sums.tax_in_account is not None:
        label = gettext("Tax in %(currency)s") % {"currency": invoice.tax_currency}
        yield [label, written(sums.tax_in_account, invoice.tax_currency, language), False]
    yield row(gettext("Total with tax"), sums.gross)
    if invoice.prepaid:
        yield row(gettext("Paid already"), -invoice.prepaid)
    if invoice.rounding:
        yield row(gettext("Rounding"), invoice.rounding)
    due = gettext("Amount credited") if invoice.is_credit else gettext("Amount due")
    yield row(due, sums.due, strong=True)


def _notes(invoice: Invoice) -> Iterator[str]:
    used = {share.vat.category for share in reckon(invoice).shares}
    for each in invoice.exemptions:
        if each.category in used:
            yield each.reason or each.code
    yield from invoice.notes


def _payment(invoice: Invoice) -> Iterator[tuple[str, str]]:
    yield gettext("Terms"), invoice.terms
    means = invoice.means
    if means is None:
        return
    yield gettext("Means of payment"), means.words
    if invoice.payee:
        yield gettext("To"), invoice.payee.name
    for account in means.accounts:
        grouped = " ".join(account.number[at : at + 4] for at in range(0, len(account.number), 4))
        yield gettext("Account"), grouped if account.is_iban else account.number
        yield gettext("Account name"), account.name
        yield "BIC", account.bic
    yield gettext("Quote this reference"), invoice.remittance


def _foot(seller: Party) -> str:
    contact = seller.contact
    parts = [seller.name, seller.legal]
    if contact:
        parts += [contact.name, contact.phone, contact.email]
    return " · ".join(part for part in parts if part)
