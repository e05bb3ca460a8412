"""Exact amounts of money: written with their currency, added without rounding, unknown kept apart from zero."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal

from quorate.kernel.i18n import gettext

UNKNOWN = "unknown"
_ROUNDING = {"half-even": ROUND_HALF_EVEN, "half-up": ROUND_HALF_UP, "down": ROUND_DOWN, "up": ROUND_UP}
CENT = Decimal("0.01")


def written(amount: Decimal | None, currency: str) -> str:
    """An amount with its currency, ``150000.00 USD``; ``unknown`` for none. Zero needs no currency."""
    if amount is None:
        return UNKNOWN
    text = f"{amount:.2f}" if amount == amount.quantize(CENT) else f"{amount.normalize():f}"
    return f"{text} {currency}".strip()


def rounded(amount: Decimal, rule: str, to: Decimal) -> Decimal:
    """An amount as a multiple of ``to``, by a named rule."""
    return (amount / to).quantize(Decimal(1), rounding=_ROUNDING[rule]) * to


def rounding_words(rule: str, to: Decimal) -> str:
    """A rule of rounding in words, as an invoice names it."""
    names = {
        "half-even": gettext("to the nearest %s, halves to the even one"),
        "half-up": gettext("to the nearest %s, halves up"),
        "down": gettext("down to a multiple of %s"),
        "up": gettext("up to a multiple of %s"),
    }
    return names[rule] % to


def totals(amounts: Iterable[tuple[Decimal | None, str]]) -> tuple[dict[str, Decimal], int]:
    """(sum by currency, how many are unknown)."""
    found: dict[str, Decimal] = {}
    unknown = 0
    for amount, currency in amounts:
        if amount is None:
            unknown += 1
        elif amount or currency:
            found[currency] = found.get(currency, Decimal(0)) + amount
    return found, unknown
