"""Moving members from the tiers of one charter version to those of the next: what it does to each, before it is done.

A migration says which old tier becomes which new one, names the members that differ, and the decision behind it. The plan
is reckoned from two lists: who is a member on the day before, and the same members in their new tiers on the day itself.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.kernel.schemas import together
from quorate.registers.membership.rules.amounts import written
from quorate.registers.membership.rules.charter import Charter, Version
from quorate.registers.membership.rules.dues import MemberDues, dues
from quorate.registers.membership.rules.members import Member, Roll, key_of, tier_slug
from quorate.registers.membership.rules.results import Conflict
from quorate.registers.membership.rules.rights import promised, rights
from quorate.registers.membership.rules.seat_results import Seats
from quorate.registers.membership.rules.seats import seats

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Moves:
    """Which tier becomes which; ``members`` are exceptions by key. ``decision`` is what approved it."""

    tiers: Mapping[str, str]
    members: Mapping[str, str]
    decision: str = ""
    where: str = ""


@dataclass(frozen=True)
class Effect:
    """What the migration does to one member."""

    organisation: str
    before: str
    after: str
    dues_before: MemberDues | None
    dues_after: MemberDues | None
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    not_said: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return self.before != self.after

    @property
    def difference(self) -> Decimal | None:
        """How much more it pays a year; ``None`` when one of the two is not known or in another currency."""
        one, other = self.dues_before, self.dues_after
        if one is None or other is None or one.price.amount is None or other.price.amount is None:
            return None
        if one.price.currency != other.price.currency and one.price.amount and other.price.amount:
            return None
        return other.price.amount - one.price.amount

    def as_dict(self) -> dict[str, Any]:
        def said(row: MemberDues | None) -> str:
            return written(row.price.amount, row.price.currency) if row is not None else "unknown"

        currency = self.dues_after.price.currency if self.dues_after is not None else ""
        return {
            "organisation": self.organisation,
            "before": self.before,
            "after": self.after,
            "dues": {
                "before": said(self.dues_before),
                "after": said(self.dues_after),
                "difference": written(self.difference, currency),
            },
            "gained": list(self.gained),
            "lost": list(self.lost),
            "not_said": list(self.not_said),
        }


@dataclass(frozen=True)
class Plan:
    """The whole migration: every member's effect, every body's seats on the day before and on the day."""

    on: date
    old: Version
    new: Version
    decision: str
    effects: tuple[Effect, ...]
    bodies: tuple[tuple[str, Seats | None, Seats | None], ...]
    roll: Roll
    conflicts: tuple[Conflict, ...]

    @property
    def counts(self) -> dict[tuple[str, str], int]:
        """How many went from which tier to which."""
        return dict(sorted(Counter((effect.before, effect.after) for effect in self.effects).items()))

    def as_dict(self) -> dict[str, Any]:
        document = {
            "on": self.on.isoformat(),
            "versions": {"before": self.old.version, "after": self.new.version},
            "decision": self.decision,
            "members": len(self.effects),
            "changed": sum(effect.changed for effect in self.effects),
            "counts": [{"before": a, "after": b, "n": n} for (a, b), n in self.counts.items()],
            "effects": [effect.as_dict() for effect in self.effects],
            "bodies": [
                {"body": slug, "before": _seated(one), "after": _seated(other)} for slug, one, other in self.bodies
            ],
            "conflicts": [conflict.as_dict() for conflict in self.conflicts],
        }
        text = json.dumps(document, sort_keys=True, ensure_ascii=False)
        return {**document, "hash": hashlib.sha256(text.encode()).hexdigest()}


def _spoken(version: Version) -> set[str]:
    """Every right that a version says something of, for whichever tier: what is missing else is not known to be lost."""
    found = {right for right, _title, _clause, _tiers in promised(version)}
    bodies = {body.slug for body in version.bodies}
    return found | {
        f"{kind}:{body}" for body in bodies for kind in ("seats", "vote", "quorum", "elect", "nominate", "observe")
    }


def _seated(found: Seats | None) -> dict[str, Any] | None:
    """A body's numbers; ``None`` where the version says nothing of it."""
    if found is None:
        return None
    needed = found.quorum.needed if found.quorum is not None else None
    return {"seats": found.n, "quorum": needed, "by_rule": {rule.rule: rule.n for rule in found.rules}}


def plan(charter: Charter, roll: Roll, moves: Moves, on: date) -> Plan:
    """Reckon a migration that takes effect on a day. ``UserError`` names members that nothing is said of."""
    old, new = charter.on(on - DAY), charter.on(on)
    if old is new:
        raise UserError(
            gettext("no version of the charter begins on %s") % on.isoformat(),
            where="on",
            mend=gettext("versions begin on: %s") % ", ".join(v.start.isoformat() for v in charter.versions),
        )
    moved = replace(roll, members=tuple(m for row in moved_rows(old, new, roll.members, moves, on) for m in row))
    before, after = on - DAY, on
    staying = {member.key for member in moved.on(after)}
    present = [member for member in roll.on(before) if member.key in staying]
    priced = [
        {row.organisation: row for row in dues(charter, r, d).by_member} for r, d in ((roll, before), (moved, after))
    ]
    spoken = _spoken(new)
    effects = []
    for member in present:
        name = member.organisation
        rows = [m for m in moved.on(after) if m.key == member.key and m.tier not in member.overlays]
        held = [rights(charter, r.members, name, d).rights for r, d in ((roll, before), (moved, after))]
        titles = [{right.right: right.title for right in each} for each in held]
        effects.append(
            Effect(
                name,
                tier_slug(old, member.tier) or member.tier,
                tier_slug(new, rows[0].tier) or rows[0].tier,
                priced[0].get(name),
                priced[1].get(name),
                tuple(title for right, title in titles[1].items() if right not in titles[0]),
                tuple(title for right, title in titles[0].items() if right not in titles[1] and right in spoken),
                tuple(title for right, title in titles[0].items() if right not in titles[1] and right not in spoken),
            )
        )
    slugs = list(dict.fromkeys(body.slug for version in (old, new) for body in version.bodies))
    bodies = []
    conflicts: list[Conflict] = []
    for slug in slugs:
        one = seats(charter, roll, slug, before) if any(b.slug == slug for b in old.bodies) else None
        other = seats(charter, moved, slug, after) if any(b.slug == slug for b in new.bodies) else None
        bodies.append((slug, one, other))
        conflicts += other.conflicts if other is not None else ()
    return Plan(on, old, new, moves.decision, tuple(effects), tuple(bodies), moved, tuple(conflicts))


def moved_rows(
    old: Version, new: Version, members: Sequence[Member], moves: Moves, on: date
) -> list[tuple[Member, ...]]:
    """What becomes of each row: an old one ends on the day and a new one begins; an unchanged tier keeps its row."""
    problems: list[UserError] = []
    found: list[tuple[Member, ...]] = []
    used: set[str] = set()
    for member in members:
        if member.on(on - DAY):
            used.add(member.key)
        if not member.on(on - DAY) or not member.on(on):
            found.append((member,))
            continue
        slug = tier_slug(old, member.tier)
        wanted = moves.members.get(member.key) or moves.tiers.get(slug or member.tier)
        target = tier_slug(new, wanted) if wanted else None
        if target is None:
            found.append((member,))
            problems.append(_unsaid(new, member, wanted, moves))
        elif target in (slug, member.tier):
            found.append((member,))
        else:
            found.append((replace(member, left=on), replace(member, tier=target, joined=on)))
    for key in sorted(set(moves.members) - used):
        problems.append(
            UserError(
                gettext("“%s” is no member on the day before") % key,
                where=moves.where,
                mend=gettext("write the name as the list has it"),
            )
        )
    if problems:
        raise together(problems)
    return found


def _unsaid(new: Version, member: Member, wanted: str | None, moves: Moves) -> UserError:
    if wanted:
        what = gettext("version %(version)s has no tier “%(tier)s”") % {"version": new.version, "tier": wanted}
    else:
        what = gettext("nothing is said of %(name)s in %(tier)s") % {"name": member.organisation, "tier": member.tier}
    tiers = ", ".join(tier.slug for tier in new.tiers)
    return UserError(what, where=moves.where, mend=gettext("use one of: %s") % tiers)


def undone_rows(old: Version, members: Sequence[Member], moves: Moves, on: date) -> list[tuple[Member, ...]]:
    """The rows before a migration: what ended on the day and began again there in the mapped tier is one row again.

    ``UserError`` when there is nothing to undo.
    """
    later = {member.key: member for member in members if member.joined == on}
    ended = {
        member.key
        for member in members
        if member.left == on and member.key in later and _maps(old, moves, member, later[member.key])
    }
    if not ended:
        raise UserError(
            gettext("nobody changed tiers on %s as the moves say") % on.isoformat(),
            where=moves.where,
            mend=gettext("give the list as it was after the migration"),
        )
    found: list[tuple[Member, ...]] = []
    for member in members:
        if member.key in ended and member.left == on:
            found.append((replace(member, left=later[member.key].left),))
        elif member.key in ended and member.joined == on:
            found.append(())
        else:
            found.append((member,))
    return found


def _maps(old: Version, moves: Moves, before: Member, after: Member) -> bool:
    """Whether a migration made the one row of the other."""
    slug = tier_slug(old, before.tier)
    return slug is not None and (moves.members.get(before.key) or moves.tiers.get(slug)) == after.tier


def moves_of(data: Any, where: str) -> Moves:
    """The moves that a file says. ``UserError`` for what it cannot be."""
    if not isinstance(data, dict) or not isinstance(data.get("tiers"), dict):
        raise UserError(gettext("there is no map of tiers"), where=where, mend=gettext("write tiers: {old: new, …}"))
    unknown = set(data) - {"tiers", "members", "decision"}
    if unknown:
        raise UserError(
            gettext("“%s” is not known here") % sorted(unknown)[0],
            where=where,
            mend=gettext("known: %s") % "tiers, members, decision",
        )
    rows: Sequence[Any] = data.get("members") or ()
    members = {}
    for row in rows:
        if not isinstance(row, dict) or not row.get("organisation") or not row.get("tier"):
            raise UserError(
                gettext("this is no exception"), where=where, mend=gettext("write - {organisation: …, tier: …}")
            )
        members[key_of(str(row["organisation"]))] = str(row["tier"])
    tiers = {str(a): str(b) for a, b in data["tiers"].items()}
    return Moves(tiers, members, str(data.get("decision") or ""), where)
