"""What an invoice comes to: the sums of EN 16931 (BR-CO-10 to BR-CO-17), exact until the one rounding each has.

Each line's net amount is rounded once, each category's tax once, from the sum of its rounded lines; all else is
addition. Halves go away from zero. An amount has the minor units of its currency, two at most (BR-DEC).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from quorate.exchange.finance.invoicing.document import Adjustment, Category, Invoice, Line, Vat
from quorate.kernel.money import CURRENCIES

ZERO = Decimal(0)
#: The standard allows two decimals: what has three (KWD) is invoiced in hundredths.
MOST_DIGITS = 2


@dataclass(frozen=True)
class Share:
    """The tax of one category and rate: BG-23."""

    vat: Vat
    basis: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Reckoning:
    """All amounts that an invoice states: BG-22 and BG-23, the lines' and the adjustments' beside them in order."""

    lines: tuple[Decimal, ...]
    adjustments: tuple[Decimal, ...]
    line_adjustments: tuple[tuple[Decimal, ...], ...]
    shares: tuple[Share, ...]
    line_total: Decimal
    allowances: Decimal
    charges: Decimal
    net: Decimal
    tax: Decimal
    tax_in_account: Decimal | None
    gross: Decimal
    due: Decimal


def digits(currency: str) -> int:
    """How many decimals an amount in a currency has on an invoice."""
    return min(CURRENCIES.get(currency, MOST_DIGITS), MOST_DIGITS)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """An amount in the minor units of its currency, halves away from zero."""
    # Nothing is added so that there is no negative nothing: "-0.00" breaks rules that ask for 0.
    return amount.quantize(Decimal(1).scaleb(-digits(currency)), ROUND_HALF_UP) + ZERO


def adjusted(adjustment: Adjustment, currency: str) -> Decimal:
    """What an allowance or charge comes to."""
    if adjustment.amount is not None:
        return rounded(adjustment.amount, currency)
    return rounded((adjustment.base or ZERO) * (adjustment.percent or ZERO) / 100, currency)


def line_net(line: Line, currency: str) -> Decimal:
    """BT-131: quantity times price, less the allowances, and the charges."""
    amount = rounded(line.quantity * line.price / (line.per or 1), currency)
    return amount + sum((_signed(each, currency) for each in line.adjustments), ZERO)


def reckon(invoice: Invoice) -> Reckoning:
    """The sums of an invoice. Pure; the same for the same invoice."""
    currency = invoice.currency
    lines = tuple(line_net(line, currency) for line in invoice.lines)
    amounts = tuple(adjusted(each, currency) for each in invoice.adjustments)
    allowances = sum((a for a, each in zip(amounts, invoice.adjustments, strict=True) if not each.charge), ZERO)
    charges = sum((a for a, each in zip(amounts, invoice.adjustments, strict=True) if each.charge), ZERO)
    shares = tuple(_shares(invoice, lines, amounts))
    total = rounded(sum(lines, ZERO), currency)
    net = total - allowances + charges
    tax = rounded(sum((share.tax for share in shares), ZERO), currency)
    in_account = None
    if invoice.tax_currency and invoice.tax_rate is not None:
        in_account = rounded(tax * invoice.tax_rate, invoice.tax_currency)
    return Reckoning(
        lines=lines,
        adjustments=amounts,
        line_adjustments=tuple(tuple(adjusted(each, currency) for each in line.adjustments) for line in invoice.lines),
        shares=shares,
        line_total=total,
        allowances=rounded(allowances, currency),
        charges=rounded(charges, currency),
        net=net,
        tax=tax,
        tax_in_account=in_account,
        gross=net + tax,
        due=net + tax - rounded(invoice.prepaid, currency) + rounded(invoice.rounding, currency),
    )


def _signed(adjustment: Adjustment, currency: str) -> Decimal:
    amount = adjusted(adjustment, currency)
    return amount if adjustment.charge else -amount


def _shares(invoice: Invoice, lines: tuple[Decimal, ...], amounts: tuple[Decimal, ...]) -> Iterable[Share]:
    """BG-23: one for each category and rate, in the order in which they are first met."""
    sums: dict[tuple[Category, Decimal], tuple[Vat, Decimal]] = {}

    def add(vat: Vat, amount: Decimal) -> None:
        key = (vat.category, vat.rate.normalize())
        first, before = sums.get(key, (vat, ZERO))
        sums[key] = (first, before + amount)

    for line, amount in zip(invoice.lines, lines, strict=True):
        add(line.vat, amount)
    for adjustment, amount in zip(invoice.adjustments, amounts, strict=True):
        if adjustment.vat is not None:
            add(adjustment.vat, amount if adjustment.charge else -amount)
    for vat, basis in sums.values():
        basis = rounded(basis, invoice.currency)
        yield Share(vat, basis, rounded(basis * vat.rate / 100, invoice.currency))
