"""How many seats a body has on a day, by which rule and clause, what the quorum is, and where clauses disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from quorate.kernel.i18n import gettext
from quorate.registers.membership.rules.charter import (
    AnnexProject,
    BodyRules,
    Charter,
    GroupCap,
    Mode,
    Quantity,
    SeatRule,
    Version,
)
from quorate.registers.membership.rules.groups import Groups
from quorate.registers.membership.rules.members import Holder, Member, Roll, projects_of, standing
from quorate.registers.membership.rules.quorum import quorum_of, thresholds_of
from quorate.registers.membership.rules.results import Conflict, Step, clauses
from quorate.registers.membership.rules.rights import in_good_standing, lost
from quorate.registers.membership.rules.seat_results import RuleSeats, Seats


def seats(charter: Charter, roll: Roll, body: str, on: date, projects: Sequence[AnnexProject] | None = None) -> Seats:
    """The seats of a body on a day, from the charter and from who is a member then.

    ``UserError`` for a day before the charter, an unknown body, or a member in an unknown tier.
    """
    version = charter.on(on)
    rules = version.body(body)
    running = projects if projects is not None else projects_of(charter, roll)
    return _Reckoning(version, rules, roll, on, running).result()


class _Reckoning:
    """One body on one day. Rules are reckoned when something asks for them, each once."""

    def __init__(
        self, version: Version, body: BodyRules, roll: Roll, on: date, projects: Sequence[AnnexProject]
    ) -> None:
        self.version, self.body, self.on = version, body, on
        self.holders = [holder for holder in roll.holders if holder.body in ("", body.slug)]
        self.members = standing(version, roll.members, on)
        self.groups = Groups(self.members, roll.companies)
        self.projects = sorted({project.name: project for project in projects if project.on(on)}.items())
        self.by_tier: dict[str, list[Member]] = {}
        for member in self.members:
            for tier in (member.tier, *member.overlays):
                self.by_tier.setdefault(tier, []).append(member)
        self.conflicts: list[Conflict] = []
        self.done: dict[str, RuleSeats] = {}
        self.appointed: dict[str, int] = {}
        self.appointed_by: dict[tuple[str, str], int] = {}

    def result(self) -> Seats:
        self.check_members()
        # Who appoints comes before who is elected: a group that appointed may not also be nominated.
        for rule in sorted(self.body.seats, key=lambda rule: rule.mode is not Mode.APPOINT_EACH):
            self.rule(rule.name)
        found = tuple(self.done[rule.name] for rule in self.body.seats)
        voting = sum(rule.n for rule in found if rule.voting)
        self.check_printed(voting)
        for limit in self.body.limits:
            have = self.value(limit.of) if limit.of is not None else voting
            most = self.value(limit.at_most)
            if have > most:
                words = {
                    "have": have,
                    "what": limit.of.words if limit.of else gettext("the voting seats"),
                    "most": most,
                }
                self.conflict(
                    "above-limit",
                    gettext("%(what)s come to %(have)d, but the charter allows at most %(most)d") % words
                    + f" ({limit.at_most.words})",
                    (limit.clause, limit.at_most.clause, *(rule.clause for rule in self.body.seats)),
                    {"limit": limit.name, "have": have, "at_most": most},
                )
        self.check_held()
        absent = sorted(
            member.organisation
            for member in self.members
            if lost(self.version, member, self.on, f"quorum:{self.body.slug}")
            and any(member.organisation in rule.holders for rule in found if rule.voting)
        )
        quorum = quorum_of(self.body, voting, absent, self.conflicts)
        shares = thresholds_of(self.body, voting, self.conflicts)
        return Seats(self.body, self.on, self.version, found, tuple(self.conflicts), quorum, shares)

    def conflict(
        self, code: str, what: str, texts: Sequence[str] = (), values: Mapping[str, Any] | None = None
    ) -> None:
        self.conflicts.append(Conflict(code, what, clauses(*texts), values or {}))

    # Counts -------------------------------------------------------------------------------------------------

    def count(self, tiers: Sequence[str], *, good_standing: bool) -> list[Member]:
        """The members of tiers, once each."""
        found = {member.key: member for tier in tiers for member in self.by_tier.get(tier, ())}
        rows = [found[key] for key in sorted(found)]
        return [m for m in rows if in_good_standing(self.version, m, self.on)] if good_standing else rows

    def value(self, quantity: Quantity) -> int:
        """What a quantity comes to on this day; never below 0."""
        match quantity.kind:
            case "members":
                base = len(self.count(quantity.names, good_standing=quantity.good_standing))
            case "seats":
                base = sum(self.rule(name).n for name in quantity.names)
            case "projects":
                base = sum(project.status in quantity.names for _name, project in self.projects)
            case "sum":
                base = sum(self.value(part) for part in quantity.parts)
            case _:
                base = quantity.count
        found = base * quantity.times.numerator // (quantity.times.denominator * quantity.per)
        if base and quantity.min_if_any:
            found = max(found, quantity.min_if_any)
        found = max(0, found + quantity.plus)
        return found if quantity.at_most is None else min(found, quantity.at_most)

    # Rules --------------------------------------------------------------------------------------------------

    def rule(self, name: str) -> RuleSeats:
        if name not in self.done:
            rule = self.body.rule(name)
            for quantity in rule.also_max:
                for other in quantity.seats_used():
                    self.rule(other)
            match rule.mode:
                case Mode.APPOINT_EACH:
                    found = self.appoint_each(rule)
                case Mode.ELECT_CLASS:
                    found = self.elect_class(rule)
                case Mode.PER_PROJECT:
                    found = self.per_project(rule)
                case _:
                    found = self.fixed(rule)
            self.done[name] = found
        return self.done[name]

    def made(
        self,
        rule: SeatRule,
        steps: list[Step],
        inputs: dict[str, Any],
        holders: Sequence[str] = (),
        voting: bool = True,
    ) -> RuleSeats:
        """Apply the ceilings that every rule may have, and close the rule."""
        n = sum(step.n for step in steps)
        ceilings: list[tuple[int, str, str]] = []
        if rule.max is not None:
            ceilings.append((rule.max, gettext("at most %d") % rule.max, rule.clause))
        for quantity in rule.also_max:
            ceilings.append(
                (self.value(quantity), gettext("at most %s") % quantity.words, quantity.clause or rule.clause)
            )
        for most, what, clause in ceilings:
            if n > most:
                steps.append(
                    Step(f"{what}: {most}" if what != gettext("at most %d") % most else what, most - n, clause)
                )
                n = most
        least = max(rule.min or 0, (rule.min_if_any or 0) if inputs.get("members") else 0)
        if n < least:
            lowest = min(ceilings)
            self.conflict(
                "minimum-above-ceiling",
                gettext("“%(rule)s” is promised at least %(min)d, but a ceiling allows %(max)d")
                % {"rule": rule.title or rule.name, "min": least, "max": n},
                (rule.clause, lowest[2]),
                {"rule": rule.name, "at_least": least, "at_most": n},
            )
        return RuleSeats(
            rule.name,
            rule.title or rule.name.replace("-", " "),
            rule.mode,
            n,
            rule.voting and voting,
            rule.clause,
            {**inputs, **{f"max:{quantity.words}": self.value(quantity) for quantity in rule.also_max}},
            tuple(steps),
            tuple(holders[:n]) if rule.mode is not Mode.PER_PROJECT else tuple(holders),
        )

    def appoint_each(self, rule: SeatRule) -> RuleSeats:
        members = self.count(rule.tiers, good_standing=rule.good_standing)
        order = {tier.slug: tier.rank for tier in self.version.tiers}
        members.sort(key=lambda member: (order.get(member.tier, 99), member.key))
        cap = self.cap("appoint", rule)
        steps = [Step(gettext("%(seats)d for each of %(n)d members") % {"seats": rule.seats, "n": len(members)},
                      rule.seats * len(members), rule.clause)]  # fmt: skip
        holders: list[str] = []
        kept: dict[str, list[str]] = {}
        taken: dict[str, int] = {}
        for member in members:
            group = self.groups.of(member.organisation)
            room = rule.seats if cap is None else max(0, cap.at_most - self.appointed.get(group, 0))
            n = min(rule.seats, room)
            self.appointed[group] = self.appointed.get(group, 0) + n
            self.appointed_by[rule.name, group] = self.appointed_by.get((rule.name, group), 0) + n
            kept.setdefault(group, []).append(member.organisation)
            taken[group] = taken.get(group, 0) + rule.seats - n
            holders += [member.organisation] * n
        for group in sorted(taken):
            if taken[group] and cap is not None:
                names = ", ".join(sorted(kept[group], key=str.casefold))
                what = gettext("%(names)s are one related group, which appoints at most %(n)d") % {
                    "names": names if len(kept[group]) > 1 else f"{names} ({self.groups.names.get(group, group)})",
                    "n": cap.at_most,
                }
                steps.append(Step(what, -taken[group], cap.clause))
                holders = [
                    f"{name} | {names}" if name in kept[group] and len(kept[group]) > 1 else name for name in holders
                ]
        inputs: dict[str, Any] = {"tiers": list(rule.tiers), "members": len(members), "each": rule.seats}
        return self.made(rule, steps, inputs, holders)

    def elect_class(self, rule: SeatRule) -> RuleSeats:
        members = self.count(rule.tiers, good_standing=rule.good_standing)
        n = len(members)
        inputs: dict[str, Any] = {"tiers": list(rule.tiers), "members": n}
        if rule.per is not None:
            inputs |= {"per": rule.per}
            found = n // rule.per
            steps = [
                Step(gettext("%(n)d members, one for every %(per)d") % {"n": n, "per": rule.per}, found, rule.clause)
            ]
        else:
            found = rule.seats if n or rule.min is not None else 0
            steps = [Step(gettext("%(seats)d for the class of %(n)d") % {"seats": found, "n": n}, found, rule.clause)]
        least = max(rule.min or 0, (rule.min_if_any or 0) if n else 0)
        if found < least:
            steps.append(Step(gettext("at least %d") % least, least - found, rule.clause))
        result = self.made(rule, steps, inputs)
        if result.n and not n:
            self.conflict(
                "nobody-to-elect",
                gettext("“%(rule)s” has %(n)d seats, but the class has no member to elect anybody")
                % {"rule": result.title, "n": result.n},
                (rule.clause,),
                {"rule": rule.name, "seats": result.n},
            )
        cap = self.cap("appoint", rule)
        free = {self.groups.of(m.organisation) for m in members}
        if cap is not None:
            free = {group for group in free if self.appointed.get(group, 0) < cap.at_most}
        if n and len(free) < result.n:
            self.conflict(
                "too-few-to-nominate",
                gettext("“%(rule)s” has %(n)d seats, but only %(free)d related groups may still nominate somebody")
                % {"rule": result.title, "n": result.n, "free": len(free)},
                (rule.clause, cap.clause if cap else ""),
                {"rule": rule.name, "seats": result.n, "may_nominate": len(free)},
            )
        return result

    def per_project(self, rule: SeatRule) -> RuleSeats:
        names = [name for name, project in self.projects if project.status == rule.status]
        what = gettext("%(seats)d for each of %(n)d projects") % {"seats": rule.seats, "n": len(names)}
        steps = [Step(what, rule.seats * len(names), rule.clause)]
        inputs: dict[str, Any] = {"status": rule.status, "projects": len(names), "each": rule.seats}
        return self.made(rule, steps, inputs, names)

    def fixed(self, rule: SeatRule) -> RuleSeats:
        held = [holder for holder in self.holders if holder.rule == rule.name]
        inputs: dict[str, Any] = {"seats": rule.seats}
        if rule.by:
            inputs["by"] = rule.by
        voting = True
        if rule.mode is Mode.OBSERVER and rule.tiers:
            members = self.count(rule.tiers, good_standing=rule.good_standing)
            inputs |= {"tiers": list(rule.tiers), "members": len(members)}
            what = gettext("%(seats)d for each of %(n)d members") % {"seats": rule.seats, "n": len(members)}
            steps = [Step(what, rule.seats * len(members), rule.clause)]
            return self.made(rule, steps, inputs, [member.organisation for member in members])
        n = min(rule.seats, len(held)) if rule.optional else rule.seats
        steps = [
            Step(gettext("filled at will: %d held") % n if rule.optional else gettext("fixed: %d") % n, n, rule.clause)
        ]
        if rule.non_voting_if == "group-seated":
            voting = self.votes(rule, held)
        return self.made(rule, steps, inputs, [holder.organisation for holder in held if holder.organisation], voting)

    def votes(self, rule: SeatRule, held: Sequence[Holder]) -> bool:
        """Whether an officer votes who does not while the group of their employer has a seat."""
        known = [holder.organisation for holder in held if holder.organisation]
        if not known:
            self.conflict(
                "employer-unknown",
                gettext("whether “%s” has a vote depends on whose employee that is, which the list does not say")
                % (rule.title or rule.name),
                (rule.clause,),
                {"rule": rule.name, "counted": True},
            )
            return True
        return not any(self.appointed.get(self.groups.of(name), 0) for name in known)

    def cap(self, what: str, rule: SeatRule) -> GroupCap | None:
        caps = [c for c in self.body.group_caps if c.what == what and c.hard and (not c.rules or rule.name in c.rules)]
        return min(caps, key=lambda cap: cap.at_most, default=None)

    # What is looked at once the seats stand ------------------------------------------------------------------

    def check_members(self) -> None:
        overlays = {tier.slug for tier in self.version.tiers if tier.overlay}
        for tier in self.version.tiers:
            n = len(self.by_tier.get(tier.slug, ()))
            if tier.cap is not None and n > tier.cap:
                self.conflict(
                    "tier-above-cap",
                    gettext("%(n)d members are in %(tier)s, which holds at most %(cap)d")
                    % {"n": n, "tier": tier.name, "cap": tier.cap},
                    (tier.clause,),
                    {"tier": tier.slug, "members": n, "cap": tier.cap},
                )
        tiers: dict[str, set[str]] = {}
        for member in self.members:
            if member.tier not in overlays:
                tiers.setdefault(member.organisation, set()).add(member.tier)
        for name, found in sorted(tiers.items()):
            if len(found) > 1:
                self.conflict(
                    "two-tiers",
                    gettext("%(name)s is in %(tiers)s at once") % {"name": name, "tiers": ", ".join(sorted(found))},
                    values={"organisation": name, "tiers": sorted(found)},
                )

    def check_printed(self, voting: int) -> None:
        if self.body.printed_seats is not None and self.body.printed_seats != voting:
            self.conflict(
                "printed-seats",
                gettext("the charter prints %(printed)d seats, its rules give %(n)d")
                % {"printed": self.body.printed_seats, "n": voting},
                (self.body.printed_clause, *(rule.clause for rule in self.body.seats)),
                {"printed": self.body.printed_seats, "by_rule": voting},
            )

    def check_held(self) -> None:
        """Report groups that hold more seats than they may, as far as the list says who holds them."""
        for cap in self.body.group_caps:
            if cap.what != "hold":
                continue
            have: dict[str, int] = {}
            for (name, group), n in self.appointed_by.items():
                if not cap.rules or name in cap.rules:
                    have[group] = have.get(group, 0) + n
            fixed = {rule.name for rule in self.body.seats if rule.mode is not Mode.APPOINT_EACH}
            for holder in self.holders:
                if holder.rule in fixed and holder.organisation and (not cap.rules or holder.rule in cap.rules):
                    group = self.groups.of(holder.organisation)
                    have[group] = have.get(group, 0) + 1
            for group, n in sorted(have.items()):
                if n > cap.at_most:
                    name = self.groups.names.get(group, group)
                    self.conflict(
                        "group-above-cap",
                        gettext("the group of %(name)s holds %(n)d seats and may hold %(most)d")
                        % {"name": name, "n": n, "most": cap.at_most},
                        (cap.clause,),
                        {"group": name, "held": n, "at_most": cap.at_most},
                    )
