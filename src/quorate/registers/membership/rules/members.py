"""Who is a member, as plain values: what a list of members says of each, and of the companies around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.registers.membership.rules.charter import AnnexProject, Charter, Version


def key_of(name: str) -> str:
    """What tells an organisation from others inside one list: its name without case and extra blanks."""
    return " ".join(name.split()).casefold()


#: Days outside are refused: terms and years of grace are reckoned from them.
FIRST, LAST = date(1900, 1, 1), date(2200, 1, 1)


def day_asked(text: str, where: str) -> date:
    """The day that a person asked about. ``UserError`` at ``where`` for what is none."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not FIRST <= found < LAST:
        raise UserError(
            gettext("“%s” is no day that can be asked about") % text[:40],
            where=where,
            mend=gettext("write it like 2026-01-31"),
        )
    return found


@dataclass(frozen=True, slots=True)
class Grant:
    """A member may use an exception of the charter for a while."""

    name: str
    start: date | None = None
    until: date | None = None
    approved_by: str = ""

    def on(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Member:
    """One membership: an organisation in a tier from a day until another (half open, ``None``: open).

    ``headcount`` is of the organisation alone, ``consolidated`` of it with its related group where it declared that.
    ``revenue`` is a year's, in the currency of the scale. ``absent`` maps a body to the meetings missed in a row.
    """

    organisation: str
    tier: str
    joined: date | None = None
    left: date | None = None
    headcount: int | None = None
    consolidated: int | None = None
    revenue: Decimal | None = None
    kind: str = ""
    related: tuple[str, ...] = ()
    overlays: tuple[str, ...] = ()
    exceptions: tuple[Grant, ...] = ()
    overdue_since: date | None = None
    suspended_since: date | None = None
    absent: Mapping[str, int] = field(default_factory=dict, hash=False)
    parent_member: bool | None = None
    where: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        return key_of(self.organisation)

    def on(self, day: date) -> bool:
        """Whether the membership runs on a day."""
        return (self.joined is None or self.joined <= day) and (self.left is None or day < self.left)


@dataclass(frozen=True, slots=True)
class Company:
    """A company that is no member itself but counts in a related group."""

    name: str
    headcount: int | None = None
    related: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a seat by office or election, where that matters: the organisation they work for."""

    rule: str
    organisation: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Roll:
    """A list of members with what else was said beside it."""

    members: tuple[Member, ...]
    companies: tuple[Company, ...] = ()
    projects: tuple[AnnexProject, ...] = ()
    holders: tuple[Holder, ...] = ()
    warnings: tuple[str, ...] = ()

    def on(self, day: date) -> list[Member]:
        """The memberships that run on a day, in an order that does not depend on the list's."""
        return sorted((m for m in self.members if m.on(day)), key=lambda m: (m.key, m.tier, m.joined or date.min))


def tier_slug(version: Version, text: str) -> str | None:
    """The tier of a version that a text means: its slug, its name or an alias, with or without “member”."""
    wanted = _tier_key(text)
    for tier in version.tiers:
        if wanted in {_tier_key(name) for name in (tier.slug, tier.name, *tier.aliases)}:
            return tier.slug
    return None


def _tier_key(text: str) -> str:
    words = text.casefold().replace("-", " ").replace("_", " ").split()
    if len(words) > 1 and words[-1] in ("member", "members", "membership"):
        words.pop()
    return "-".join(words)


def standing(version: Version, members: Iterable[Member], day: date) -> list[Member]:
    """The memberships of a day, each with the slug of its tier in a version.

    ``UserError`` for a tier that the version does not know: to leave a member out would be a wrong count.
    """
    slugs: dict[str, str | None] = {}
    found = []
    for member in members:
        if not member.on(day):
            continue
        if member.tier not in slugs:
            slugs[member.tier] = tier_slug(version, member.tier)
        slug = slugs[member.tier]
        if slug is None:
            raise UserError(
                gettext(
                    "%(organisation)s is in a tier “%(tier)s” that version %(version)s of the charter does not have"
                )
                % {"organisation": member.organisation, "tier": member.tier, "version": version.version},
                where=member.where or "tier",
                mend=gettext("use one of: %s") % ", ".join(tier.slug for tier in version.tiers),
            )
        found.append(member if slug == member.tier else _in_tier(member, slug))
    return sorted(found, key=lambda m: (m.key, m.tier, m.joined or date.min))


def _in_tier(member: Member, slug: str) -> Member:
    values = {name: getattr(member, name) for name in Member.__dataclass_fields__}
    return Member(**{**values, "tier": slug})


def projects_of(charter: Charter, roll: Roll) -> tuple[AnnexProject, ...]:
    """The projects of a list, or else those of the charter's annex."""
    return roll.projects or charter.projects
