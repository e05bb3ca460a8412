"""Exact amounts: whole numbers of the smallest unit, and the currencies of ISO 4217 with how small that unit is.

An amount is kept and added as an ``int`` (minor units) and read and shown as a ``Decimal``. Floats are refused: they
have no exact meaning. Nothing here rounds by itself; :func:`share` is the one way to divide, and loses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext

#: Currencies by the number of digits after the point (ISO 4217, list one, as amended to 2024).
_BY_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP"
        " CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR"
        " IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN"
        " NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP"
        " STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
CURRENCIES: dict[str, int] = {code: digits for digits, codes in _BY_DIGITS.items() for code in codes.split()}
"""Digits after the point, by code."""

LARGEST = 10**17
"""Amounts beyond this are refused, so that the sum of dozens still fits the 64 bits of a database column."""

_WIDE = Context(prec=200)
"""Wide enough that no amount which fits a column is rounded on its way."""


def to_minor(amount: Decimal | int | str, digits: int, *, where: str = "amount") -> int:
    """The whole number of smallest units; ``UserError`` for what is no number, too fine or too large."""
    if isinstance(amount, float):
        raise TypeError("a float is not an exact amount")
    try:
        exact = Decimal(amount)
    except InvalidOperation:
        exact = Decimal("NaN")
    if not exact.is_finite():
        raise UserError(gettext("“%s” is not a number") % amount, where=where, mend=gettext("write it like 1234.50"))
    if exact.adjusted() > _WIDE.prec // 4 or len(exact.as_tuple().digits) > _WIDE.prec // 2:
        raise UserError(gettext("the amount has too many digits"), where=where)
    scaled = exact.scaleb(digits, _WIDE)
    if abs(scaled) > LARGEST:
        raise UserError(gettext("%s is too large") % amount, where=where)
    if scaled != scaled.to_integral_value():
        mend = gettext("use at most %d digits after the point") % digits
        raise UserError(gettext("%s is finer than the smallest unit") % amount, where=where, mend=mend)
    return int(scaled)


def from_minor(minor: int, digits: int) -> Decimal:
    """The exact amount in whole units, with all its digits: ``from_minor(1250, 2)`` is ``Decimal("12.50")``."""
    sign, rest = (1, -minor) if minor < 0 else (0, minor)
    return Decimal((sign, tuple(int(digit) for digit in str(rest)), -digits))


def show(minor: int, digits: int, code: str = "") -> str:
    """An amount as people and files write it, with its currency: ``1234.50 USD``."""
    text = f"{from_minor(minor, digits):f}"
    return f"{text} {code}" if code else text


def rounded(exact: Decimal, digits: int = 0) -> int:
    """The nearest whole number of smallest units of an exact amount in whole units; halves go to the even one."""
    return int(exact.scaleb(digits, _WIDE).quantize(Decimal(1), rounding=ROUND_HALF_EVEN, context=_WIDE))


def share(total: int, weights: Sequence[int]) -> list[int]:
    """Divide a whole number by weights so that the parts add up to it exactly.

    Each part is within one unit of its exact share: part *i* is what is due up to *i*, rounded down, less what was
    given before, so that the remainder falls where it accrues. ``ValueError`` unless the weights sum to more than 0.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights are not negative and sum to more than nothing")
    sign, magnitude = (-1, -total) if total < 0 else (1, total)
    given = reached = 0
    parts = []
    for weight in weights:
        reached += weight
        due = magnitude * reached // whole
        parts.append(sign * (due - given))
        given = due
    return parts
