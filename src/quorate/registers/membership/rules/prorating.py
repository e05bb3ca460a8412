"""Part of a year's dues: whole months left, days, a common renewal date, and the credit of an upgrade.

Nothing is rounded but the last figure of a line, once, by the charter's rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from quorate.kernel.i18n import gettext
from quorate.registers.membership.rules.amounts import rounded, rounding_words, written
from quorate.registers.membership.rules.charter import Prorating


@dataclass(frozen=True, slots=True)
class Part:
    """What is charged from ``start`` until ``end`` (half open), and how that was reckoned."""

    start: date
    end: date
    share: Fraction
    amount: Decimal | None
    currency: str
    steps: tuple[str, ...]


def a_year_after(day: date) -> date:
    """The same day of the next year; 1 March after 29 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


def term(rule: Prorating, joined: date, on: date) -> tuple[date, date]:
    """The term (start, end) in which a day lies, for a member who joined on another. The first may be short."""
    if rule.renewal == "anniversary":
        start = joined
        while (end := _anniversary(joined, start.year + 1)) <= on:
            start = end
        return start, end
    ends = _common(rule, on)
    start = _common(rule, on, before=True)
    return max(joined, start), ends


def _anniversary(joined: date, year: int) -> date:
    try:
        return joined.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def _common(rule: Prorating, on: date, *, before: bool = False) -> date:
    month, day = (int(part) for part in rule.renewal.split("-"))
    days = []
    for year in (on.year - 1, on.year, on.year + 1):
        try:
            days.append(date(year, month, day))
        except ValueError:
            days.append(date(year, 3, 1))
    return max(d for d in days if d <= on) if before else min(d for d in days if d > on)


def share_of(rule: Prorating, start: date, end: date) -> Fraction:
    """The part of a year's dues that a term is charged. Never above 1 for a term of at most a year."""
    whole = a_year_after(start)
    if rule.method == "none" or end >= whole:
        return Fraction(1)
    if rule.method == "months":
        return Fraction(max(1, _months(start, end)), 12)
    return Fraction((end - start).days, (whole - start).days)


def _months(start: date, end: date) -> int:
    """Whole months between two days; the one under way counts."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months + (end.day > start.day)


def part_of(rule: Prorating, yearly: Decimal | None, currency: str, start: date, end: date) -> Part:
    """What a term is charged of a year's dues."""
    share = share_of(rule, start, end)
    steps = [gettext("%(amount)s a year") % {"amount": written(yearly, currency)}]
    if share != 1:
        steps.append(
            gettext("%(share)s of a year from %(start)s until %(end)s, by %(method)s")
            % {"share": share, "start": start.isoformat(), "end": end.isoformat(), "method": rule.method}
        )
    amount = None if yearly is None else _exact(yearly, share, rule)
    if amount is not None and share != 1:
        steps.append(rounding_words(rule.rounding, rule.to))
    return Part(start, end, share, amount, currency, tuple(steps))


def upgrade(rule: Prorating, old: Decimal, new: Decimal, currency: str, start: date, end: date, on: date) -> Part:
    """What an upgrade on a day costs: the new dues for the days left less the unused part of the old; never below 0."""
    left = Fraction((end - on).days, (end - start).days)
    credit = _exact(old, left * share_of(rule, start, end), rule)
    charge = _exact(new, left * share_of(rule, start, end), rule)
    amount = max(Decimal(0), charge - credit)
    steps = (
        gettext("%(n)d of %(all)d days are left") % {"n": (end - on).days, "all": (end - start).days},
        gettext("new dues for them: %s") % written(charge, currency),
        gettext("unused part of the old dues: %s") % written(credit, currency),
    )
    return Part(on, end, left, amount, currency, steps)


def _exact(yearly: Decimal, share: Fraction, rule: Prorating) -> Decimal:
    """A share of an amount, reckoned in whole numbers and rounded once."""
    scaled = Fraction(yearly) * share / Fraction(rule.to)
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    twice = 2 * rest
    up = {
        "down": False,
        "up": rest > 0,
        "half-up": twice >= scaled.denominator,
        "half-even": twice > scaled.denominator or (twice == scaled.denominator and whole % 2 == 1),
    }[rule.rounding]
    return rounded(Decimal(whole + up) * rule.to, "half-even", rule.to)
