"""What each member owes for a year on a day, by which band and clause; what passes through; the administrative fee."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from quorate.kernel.i18n import gettext
from quorate.registers.membership.rules.amounts import totals, written
from quorate.registers.membership.rules.charter import (
    AdminFee,
    Band,
    Basis,
    Charter,
    DuesException,
    ParentFee,
    Scale,
    Version,
)
from quorate.registers.membership.rules.groups import Groups
from quorate.registers.membership.rules.members import Grant, Member, Roll, standing
from quorate.registers.membership.rules.prorating import Part, part_of, term
from quorate.registers.membership.rules.results import Conflict, clauses


@dataclass(frozen=True, slots=True)
class Price:
    """An amount with the sentences that lead to it. ``amount`` is ``None`` when it is not known."""

    amount: Decimal | None
    currency: str
    steps: tuple[tuple[str, str], ...]
    clause: str


@dataclass(frozen=True, slots=True)
class MemberDues:
    """The dues of one membership for a year, and for the term under way where the charter pro-rates."""

    organisation: str
    tier: str
    price: Price
    parent: Price | None
    part: Part | None

    def as_dict(self) -> dict[str, Any]:
        document: dict[str, Any] = {
            "organisation": self.organisation,
            "tier": self.tier,
            "amount": written(self.price.amount, self.price.currency),
            "clause": self.price.clause,
            "derivation": [{"what": what, "clause": clause} for what, clause in self.price.steps],
        }
        if self.parent is not None:
            document["parent_fee"] = {
                "amount": written(self.parent.amount, self.parent.currency),
                "clause": self.parent.clause,
                "derivation": [{"what": what, "clause": clause} for what, clause in self.parent.steps],
            }
        if self.part is not None:
            document["term"] = {
                "from": self.part.start.isoformat(),
                "until": self.part.end.isoformat(),
                "amount": written(self.part.amount, self.part.currency),
                "derivation": list(self.part.steps),
            }
        return document


@dataclass(frozen=True, slots=True)
class Dues:
    """All dues of a day."""

    on: date
    version: Version
    by_member: tuple[MemberDues, ...]
    conflicts: tuple[Conflict, ...]

    @property
    def totals(self) -> tuple[dict[str, Decimal], int]:
        """(known sum by currency, members whose dues are not known)."""
        return totals((row.price.amount, row.price.currency) for row in self.by_member)

    @property
    def pass_through(self) -> tuple[dict[str, Decimal], int]:
        """The same of what members owe the parent: never part of the total."""
        return totals((row.parent.amount, row.parent.currency) for row in self.by_member if row.parent is not None)

    @property
    def admin_fee(self) -> tuple[Decimal | None, str]:
        """The fee on the dues as a year's receipts; ``None`` when dues are unknown or in another currency."""
        rule = self.version.admin_fee
        known, unknown = self.totals
        if rule is None or unknown or set(known) - {rule.currency}:
            return None, rule.currency if rule else ""
        return fee_on(rule, known.get(rule.currency, Decimal(0))), rule.currency

    def as_dict(self) -> dict[str, Any]:
        """The document of the fixed contract, with more keys beside."""
        known, unknown = self.totals
        passed, passed_unknown = self.pass_through
        sums = " + ".join(written(amount, currency) for currency, amount in sorted(known.items())) or written(
            Decimal(0), self.version.currency
        )
        fee, currency = self.admin_fee
        return {
            "on": self.on.isoformat(),
            "version": self.version.version,
            "total": "unknown" if unknown else sums,
            "known_total": sums,
            "unknown": [row.organisation for row in self.by_member if row.price.amount is None],
            "by_member": [row.as_dict() for row in self.by_member],
            "ga_fee": written(fee, currency) if self.version.admin_fee else None,
            "ga_fee_clause": self.version.admin_fee.clause if self.version.admin_fee else "",
            "pass_through": {currency: written(amount, currency) for currency, amount in sorted(passed.items())},
            "pass_through_unknown": passed_unknown,
            "conflicts": [conflict.as_dict() for conflict in self.conflicts],
        }


def dues(charter: Charter, roll: Roll, on: date) -> Dues:
    """What every member of a day owes for a year. ``UserError`` for a day before the charter or an unknown tier."""
    version = charter.on(on)
    members = standing(version, roll.members, on)
    groups = Groups(members, roll.companies)
    overlays = {tier.slug for tier in version.tiers if tier.overlay}
    conflicts: list[Conflict] = []
    rows = []
    for member in members:
        if member.tier in overlays and version.scale(member.tier) is None:
            continue
        rows.append(dues_of(version, member, groups, on, conflicts))
    return Dues(on, version, tuple(rows), tuple(conflicts))


def dues_of(version: Version, member: Member, groups: Groups, on: date, conflicts: list[Conflict]) -> MemberDues:
    """The dues of one membership. Appends what disagrees."""
    tier, before = pays_as(version, member, on, conflicts)
    price = price_of(version, tier, member, groups)
    if before:
        price = Price(price.amount, price.currency, (*before, *price.steps), price.clause)
    part = None
    rule = version.prorating
    if member.joined is not None and (rule.method != "none" or rule.renewal != "anniversary"):
        start, end = term(rule, member.joined, on)
        part = part_of(rule, price.amount, price.currency, start, end)
    return MemberDues(member.organisation, member.tier, price, parent_fee(version, member, groups), part)


def pays_as(
    version: Version, member: Member, on: date, conflicts: list[Conflict]
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The tier whose scale holds for a member: its own, or that of an exception it was granted."""
    for grant in member.exceptions:
        if not grant.on(on):
            continue
        rule = next((rule for rule in version.exceptions if rule.name == grant.name), None)
        if rule is None:
            conflicts.append(
                Conflict(
                    "unknown-exception",
                    gettext("%(name)s was granted “%(rule)s”, which the charter does not know")
                    % {"name": member.organisation, "rule": grant.name},
                    values={"organisation": member.organisation, "exception": grant.name},
                )
            )
            continue
        why = _refuses(rule, grant, member, on)
        if why:
            conflicts.append(
                Conflict(
                    "exception-not-met",
                    gettext("%(name)s cannot use “%(rule)s”: %(why)s")
                    % {"name": member.organisation, "rule": rule.name, "why": why},
                    clauses(rule.clause),
                    {"organisation": member.organisation, "exception": rule.name},
                )
            )
            continue
        words = gettext("pays as %(tier)s by “%(rule)s”") % {"tier": rule.pays_as, "rule": rule.name}
        if grant.approved_by:
            words += gettext(", approved: %s") % grant.approved_by
        return rule.pays_as, ((words, rule.clause),)
    return member.tier, ()


def _refuses(rule: DuesException, grant: Grant, member: Member, on: date) -> str:
    """Why an exception does not hold for a member on a day; empty when it does."""
    if member.tier not in rule.tiers:
        return gettext("it is not for the tier %s") % member.tier
    if rule.approval and not grant.approved_by:
        return gettext("it wants an approval (%s), and none is recorded") % rule.approval
    if rule.years is not None:
        if grant.start is None:
            return gettext("it holds for %d years, and its beginning is not known") % rule.years
        if on >= _years_after(grant.start, rule.years):
            return gettext("its %(n)d years ended on %(day)s") % {
                "n": rule.years,
                "day": _years_after(grant.start, rule.years).isoformat(),
            }
    if rule.revenue_below is not None:
        if member.revenue is None:
            return gettext("the revenue is not known, and must be below %s") % written(
                rule.revenue_below, rule.currency
            )
        if member.revenue >= rule.revenue_below:
            return gettext("the revenue of %(revenue)s is not below %(limit)s") % {
                "revenue": written(member.revenue, rule.currency),
                "limit": written(rule.revenue_below, rule.currency),
            }
    return ""


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def price_of(version: Version, tier: str, member: Member, groups: Groups) -> Price:
    """A year's dues by the scale of a tier, following ``same_as``."""
    steps: list[tuple[str, str]] = []
    seen = {tier}
    scale = version.scale(tier)
    while scale is not None and scale.basis is Basis.SAME_AS:
        steps.append(
            (gettext("%(tier)s pays as %(other)s") % {"tier": scale.tier, "other": scale.same_as}, scale.clause)
        )
        if scale.same_as in seen:
            scale = None
            break
        seen.add(scale.same_as)
        scale = version.scale(scale.same_as)
    if scale is None:
        steps.append((gettext("the charter gives no dues for %s") % tier, ""))
        return Price(None, version.currency, tuple(steps), steps[0][1])
    found = _by_scale(scale, member, groups)
    return Price(found.amount, found.currency, (*steps, *found.steps), found.clause or (steps[0][1] if steps else ""))


def parent_fee(version: Version, member: Member, groups: Groups) -> Price | None:
    """What a member also owes the parent; ``None`` when the charter does not pass it on, or the member pays it there."""
    rule = version.parent_fee
    if rule is None or (rule.tiers and member.tier not in rule.tiers) or member.parent_member:
        return None
    return _by_scale(rule, member, groups)


def _by_scale(scale: Scale | ParentFee, member: Member, groups: Groups) -> Price:
    if scale.basis is Basis.FLAT:
        what = gettext("%(tier)s: the same for all") if scale.amount is not None else gettext("%(tier)s: not known")
        return Price(scale.amount, scale.currency, ((what % {"tier": scale.tier}, scale.clause),), scale.clause)
    if scale.basis is Basis.HEADCOUNT:
        heads, missing = groups.heads(member.organisation)
        least = Decimal(heads)
        words = (
            gettext("%d heads with the related group") % heads
            if len(groups.within(member.organisation)) > 1
            else (gettext("%d heads") % heads)
        )
    else:
        missing = [] if member.revenue is not None else [member.organisation]
        least = member.revenue or Decimal(0)
        words = gettext("revenue of %s") % written(least, scale.currency)
    band = band_of(scale.bands, least, inclusive=scale.basis is Basis.HEADCOUNT)
    if missing and not (band is not None and band.end is None and scale.basis is Basis.HEADCOUNT):
        what = gettext("not known without the figure of %s") % ", ".join(missing)
        return Price(None, scale.currency, ((what, scale.clause),), scale.clause)
    if missing:
        words = gettext("at least %s") % words
    if band is None:
        return Price(None, scale.currency, ((gettext("%s: in no band") % words, scale.clause),), scale.clause)
    clause = band.clause or scale.clause
    text = f"{words}: {band_words(band, inclusive=scale.basis is Basis.HEADCOUNT)}"
    return Price(band.amount, scale.currency, ((text, clause),), clause)


def band_of(bands: Sequence[Band], value: Decimal, *, inclusive: bool) -> Band | None:
    """The first band that holds a value. Ends are in the band for heads (``inclusive``), and not for revenue."""
    for band in bands:
        if band.start <= value and (band.end is None or value < band.end or (inclusive and value == band.end)):
            return band
    return None


def band_words(band: Band, *, inclusive: bool) -> str:
    """A band in words."""
    if band.end is None:
        return gettext("from %s") % f"{band.start:f}"
    words = {"start": f"{band.start:f}", "end": f"{band.end:f}"}
    return (gettext("from %(start)s to %(end)s") if inclusive else gettext("from %(start)s, below %(end)s")) % words


def fee_on(rule: AdminFee, receipts: Decimal) -> Decimal:
    """The administrative fee on a year's gross receipts, each part at the rate of its bracket. Exact."""
    fee, below = Decimal(0), Decimal(0)
    for bracket in rule.brackets:
        top = receipts if bracket.up_to is None else min(receipts, bracket.up_to)
        if top > below:
            fee += (top - below) * bracket.rate
        below = bracket.up_to if bracket.up_to is not None else below
    return fee
