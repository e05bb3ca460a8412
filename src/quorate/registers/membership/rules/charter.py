"""A charter as data: versions with their tiers, dues, bodies and rights, each with the clause that says so.

Amounts are exact ``Decimal`` in the major unit of their currency; ``None`` stands for a figure that is not known, which
is never taken for zero. Fractions are exact. Days are local days without a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext


class Mode(StrEnum):
    """How the holders of a seat come about."""

    APPOINT_EACH = "appoint_each"
    ELECT_CLASS = "elect_class"
    PER_PROJECT = "per_project"
    EX_OFFICIO = "ex_officio"
    ELECTED = "elected"
    BOARD_SELECTS = "board_selects"
    OBSERVER = "observer"


class Basis(StrEnum):
    """What dues are reckoned by."""

    FLAT = "flat"
    HEADCOUNT = "headcount"
    REVENUE = "revenue"
    SAME_AS = "same_as"


@dataclass(frozen=True, slots=True)
class Tier:
    """A class of members. ``rank`` 1 is the highest; an ``overlay`` is held beside another tier."""

    slug: str
    name: str
    rank: int
    clause: str = ""
    cap: int | None = None
    admission: str = ""
    parent_tier: str = ""
    overlay: bool = False
    aliases: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    benefits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Band:
    """One band of a scale: ``start`` is in it; ``end`` is in it for heads and not in it for revenue; ``None``: open."""

    start: Decimal
    end: Decimal | None
    amount: Decimal | None
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """The yearly dues of a tier. ``bands`` are in the order of the file."""

    tier: str
    basis: Basis
    currency: str
    amount: Decimal | None = None
    bands: tuple[Band, ...] = ()
    same_as: str = ""
    clause: str = ""


@dataclass(frozen=True, slots=True)
class ParentFee:
    """What a member also owes the parent foundation: passed through, never income of this one."""

    tier: str
    basis: Basis
    currency: str
    amount: Decimal | None = None
    bands: tuple[Band, ...] = ()
    tiers: tuple[str, ...] = ()
    clause: str = ""


@dataclass(frozen=True, slots=True)
class DuesException:
    """Members of ``tiers`` may pay as another tier, with an approval, for at most ``years``."""

    name: str
    tiers: tuple[str, ...]
    pays_as: str
    revenue_below: Decimal | None = None
    currency: str = ""
    years: int | None = None
    approval: str = ""
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Prorating:
    """How part of a year is charged. ``renewal``: ``anniversary``, or the common day as ``MM-DD``."""

    method: str = "none"
    renewal: str = "anniversary"
    rounding: str = "half-even"
    to: Decimal = Decimal("0.01")
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Bracket:
    """A rate that holds for receipts up to an amount a year (``None``: for all above)."""

    up_to: Decimal | None
    rate: Decimal


@dataclass(frozen=True, slots=True)
class AdminFee:
    """General and administrative fee on gross receipts, bracket by bracket."""

    brackets: tuple[Bracket, ...]
    currency: str
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A whole number made of counts: ``max(minimum, floor(base * times / per)) + plus``, at most ``at_most``, never < 0.

    ``base`` is the members of tiers, the seats of rules, the projects of a status, a plain count, or the sum of
    ``parts``.
    """

    kind: str
    names: tuple[str, ...] = ()
    count: int = 0
    parts: tuple[Quantity, ...] = ()
    times: Fraction = Fraction(1)
    per: int = 1
    plus: int = 0
    min_if_any: int = 0
    at_most: int | None = None
    good_standing: bool = False
    clause: str = ""

    def seats_used(self) -> Iterator[str]:
        """The rules whose seats it counts."""
        if self.kind == "seats":
            yield from self.names
        for part in self.parts:
            yield from part.seats_used()

    @property
    def words(self) -> str:
        """The formula in words."""
        match self.kind:
            case "members":
                text = gettext("%s members") % "/".join(self.names)
            case "seats":
                text = gettext("%s seats") % "/".join(self.names)
            case "projects":
                text = gettext("%s projects") % "/".join(self.names)
            case "sum":
                text = "(" + " + ".join(part.words for part in self.parts) + ")"
            case _:
                text = str(self.count)
        text = f"{self.times} × {text}" if self.times != 1 else text
        text = f"⌊{text} / {self.per}⌋" if self.per != 1 else text
        text = (
            gettext("at least %(n)d if any of %(text)s") % {"n": self.min_if_any, "text": text}
            if (self.min_if_any)
            else text
        )
        text = f"{text} {'+' if self.plus > 0 else '−'} {abs(self.plus)}" if self.plus else text
        return gettext("at most %(n)d of %(text)s") % {"n": self.at_most, "text": text} if self.at_most else text


@dataclass(frozen=True, slots=True)
class SeatRule:
    """One rule by which a body comes by seats."""

    name: str
    mode: Mode
    title: str = ""
    clause: str = ""
    tiers: tuple[str, ...] = ()
    seats: int = 1
    per: int | None = None
    min: int | None = None
    min_if_any: int | None = None
    max: int | None = None
    also_max: tuple[Quantity, ...] = ()
    status: str = "hosted"
    voting: bool = True
    optional: bool = False
    good_standing: bool = False
    non_voting_if: str = ""
    by: str = ""
    term_months: int | None = None
    stagger: bool = False
    employee: bool | None = None
    conditions: str = ""


@dataclass(frozen=True, slots=True)
class GroupCap:
    """What one related group may do together: appoint (or nominate) so many, or hold so many seats."""

    at_most: int
    what: str = "appoint"
    rules: tuple[str, ...] = ()
    hard: bool = True
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """A quantity (default: the voting seats) that may not pass another."""

    name: str
    at_most: Quantity
    of: Quantity | None = None
    clause: str = ""


@dataclass(frozen=True, slots=True)
class QuorumRule:
    """The quorum as a share of the voting seats, as a printed number, or both."""

    fraction: Fraction | None = None
    strict: bool = False
    printed: int | None = None
    clause: str = ""
    printed_in: str = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a matter needs. ``of``: ``seats`` (all), ``represented``, ``cast`` or ``yes-no``."""

    matter: str
    fraction: Fraction
    strict: bool = False
    of: str = "represented"
    printed: int | None = None
    clause: str = ""
    also: str = ""


@dataclass(frozen=True, slots=True)
class Alternates:
    """Whether somebody may stand in, how many, and whose employee that must be."""

    allowed: bool | None = None
    most: int | None = None
    employee: bool | None = None
    clause: str = ""


@dataclass(frozen=True, slots=True)
class BodyRules:
    """All that the charter says of the seats of one body."""

    slug: str
    name: str
    seats: tuple[SeatRule, ...]
    group_caps: tuple[GroupCap, ...] = ()
    limits: tuple[Limit, ...] = ()
    printed_seats: int | None = None
    printed_clause: str = ""
    quorum: QuorumRule | None = None
    thresholds: tuple[Threshold, ...] = ()
    alternates: Alternates = field(default_factory=Alternates)
    clause: str = ""
    aliases: tuple[str, ...] = ()

    def rule(self, name: str) -> SeatRule:
        return next(rule for rule in self.seats if rule.name == name)


@dataclass(frozen=True, slots=True)
class Right:
    """Something members of some tiers may do, apart from seats."""

    slug: str
    title: str
    tiers: tuple[str, ...] = ()
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Loss:
    """What makes a member lose rights: being overdue for days, missing meetings, or suspension.

    ``rights`` holds slugs of rights, ``seats:<body>``, ``vote:<body>``, ``quorum:<body>`` or ``all``.
    """

    when: str
    rights: tuple[str, ...]
    days: int | None = None
    meetings: int | None = None
    body: str = ""
    discretion: bool = False
    regained: str = ""
    regained_after: int | None = None
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """A charter as it stood from a day on."""

    version: str
    start: date
    tiers: tuple[Tier, ...]
    bodies: tuple[BodyRules, ...]
    scales: tuple[Scale, ...] = ()
    parent_fee: ParentFee | None = None
    exceptions: tuple[DuesException, ...] = ()
    prorating: Prorating = field(default_factory=Prorating)
    admin_fee: AdminFee | None = None
    rights: tuple[Right, ...] = ()
    losses: tuple[Loss, ...] = ()
    currency: str = ""
    source: str = ""
    link: str = ""
    basis: str = "printed"
    note: str = ""
    unknown: tuple[str, ...] = ()

    def tier(self, slug: str) -> Tier:
        return next(tier for tier in self.tiers if tier.slug == slug)

    def scale(self, tier: str) -> Scale | None:
        return next((scale for scale in self.scales if scale.tier == tier), None)

    def body(self, key: str) -> BodyRules:
        """The body of a slug or a name. ``UserError`` at ``body`` lists those there are."""
        wanted = key.strip().casefold().replace(" ", "-")
        for body in self.bodies:
            if wanted in {name.casefold().replace(" ", "-") for name in (body.slug, body.name, *body.aliases)}:
                return body
        raise UserError(
            gettext("the charter of version %(version)s says nothing of a body “%(body)s”")
            % {"version": self.version, "body": key},
            where="body",
            mend=gettext("use one of: %s") % ", ".join(body.slug for body in self.bodies),
        )


@dataclass(frozen=True, slots=True)
class AnnexProject:
    """A project that the charter's annex lists, and when it had its status."""

    name: str
    status: str = "hosted"
    start: date | None = None
    until: date | None = None

    def on(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Charter:
    """A foundation's charter in all its versions, oldest first."""

    foundation: str
    versions: tuple[Version, ...]
    projects: tuple[AnnexProject, ...] = ()
    name: str = "charter.yaml"
    lines: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def on(self, day: date) -> Version:
        """The version in force on a day. ``UserError`` at ``on`` when the first begins later."""
        found = [version for version in self.versions if version.start <= day]
        if not found:
            raise UserError(
                gettext("no version of the charter was in force on %s") % day.isoformat(),
                where="on",
                mend=gettext("the first holds from %s") % self.versions[0].start.isoformat(),
            )
        return found[-1]

    def next_start(self, day: date) -> date | None:
        """The day on which the version after that of a day begins."""
        return next((version.start for version in self.versions if version.start > day), None)
