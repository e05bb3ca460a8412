"""Reads what a charter says of bodies: seat rules, caps, limits, quorum and thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from quorate.kernel.i18n import gettext
from quorate.kernel.yamlfile import Key
from quorate.registers.membership.rules.charter import (
    Alternates,
    BodyRules,
    GroupCap,
    Limit,
    Mode,
    Quantity,
    QuorumRule,
    SeatRule,
    Threshold,
)
from quorate.registers.membership.rules.reading_base import Base, Data


class Bodies(Base):
    """The part of the reader that knows bodies."""

    def body(self, slug: str, row: Data, known: set[str], path: tuple[Key, ...], version: str) -> BodyRules:
        self.place(f"{version}/{slug}", path)
        rules = tuple(self.seat_rule(each, known, (*path, "seats", n)) for n, each in enumerate(row["seats"]))
        names = [rule.name for rule in rules]
        for n, name in enumerate(names):
            self.place(f"{version}/{slug}/{name}", (*path, "seats", n))
            if name in names[:n]:
                self.fault(
                    gettext("there are two rules “%s”") % name,
                    *(*path, "seats", n, "rule"),
                    mend=gettext("give each its own name"),
                )
        self.check_references(row, rules, path)
        caps = tuple(
            GroupCap(
                each["at_most"],
                each.get("what", "appoint"),
                tuple(each.get("rules", ())),
                each.get("hard", True),
                each.get("clause", ""),
            )
            for each in row.get("related_group", ())
        )
        limits = tuple(
            Limit(
                each["name"],
                self.quantity(each["at_most"], known, (*path, "limits", n, "at_most")),
                self.quantity(each["of"], known, (*path, "limits", n, "of")) if "of" in each else None,
                each.get("clause", ""),
            )
            for n, each in enumerate(row.get("limits", ()))
        )
        stand_ins = row.get("alternates", {})
        return BodyRules(
            slug,
            row.get("name", slug.replace("-", " ").capitalize()),
            rules,
            caps,
            limits,
            row.get("printed_seats"),
            row.get("printed_clause", ""),
            _quorum(row.get("quorum")),
            tuple(_threshold(each) for each in row.get("thresholds", ())),
            Alternates(
                stand_ins.get("allowed"), stand_ins.get("most"), stand_ins.get("employee"), stand_ins.get("clause", "")
            ),
            row.get("clause", ""),
            tuple(row.get("aliases", ())),
        )

    def seat_rule(self, row: Data, known: set[str], path: tuple[Key, ...]) -> SeatRule:
        mode = Mode(row["mode"])
        of_tiers = mode in (Mode.APPOINT_EACH, Mode.ELECT_CLASS)
        if of_tiers and not row.get("tiers"):
            self.fault(gettext("“%s” is missing here") % "tiers", *path, mend=gettext("say the members of which tiers"))
        if mode is not Mode.ELECT_CLASS:
            for key in ("per", "min", "min_if_any"):
                if key in row:
                    self.fault(
                        gettext("“%(key)s” says nothing with the mode “%(mode)s”") % {"key": key, "mode": mode.value},
                        *(*path, key),
                        mend=gettext("leave it out, or use elect_class"),
                    )
        if "per" in row and "seats" in row:
            self.fault(
                gettext("“per” and “seats” say two different things"),
                *(*path, "seats"),
                mend=gettext("keep one of the two"),
            )
        least = max(row.get("min", 0), row.get("min_if_any", 0))
        if "max" in row and least > row["max"]:
            self.fault(
                gettext("at least %(min)d and at most %(max)d") % {"min": least, "max": row["max"]},
                *(*path, "max"),
                mend=gettext("raise the one or lower the other"),
            )
        return SeatRule(
            name=row["rule"],
            mode=mode,
            title=row.get("title", ""),
            clause=row.get("clause", ""),
            tiers=self.tiers(row, known, path),
            seats=row.get("seats", 1),
            per=row.get("per"),
            min=row.get("min"),
            min_if_any=row.get("min_if_any"),
            max=row.get("max"),
            also_max=tuple(
                self.quantity(each, known, (*path, "also_max", n)) for n, each in enumerate(row.get("also_max", ()))
            ),
            status=row.get("status", "hosted"),
            voting=row.get("voting", mode is not Mode.OBSERVER),
            optional=row.get("optional", False),
            good_standing=row.get("good_standing", False),
            non_voting_if=row.get("non_voting_if", ""),
            by=row.get("by", ""),
            term_months=row.get("term_months"),
            stagger=row.get("stagger", False),
            employee=row.get("employee"),
            conditions=row.get("conditions", ""),
        )

    def quantity(self, row: Data, known: set[str], path: tuple[Key, ...]) -> Quantity:
        kinds = [key for key in ("count", "members", "seats", "projects", "sum") if key in row]
        if len(kinds) != 1:
            self.fault(
                gettext("exactly one of count, members, seats, projects and sum is wanted"),
                *path,
                mend=gettext("keep one of them"),
            )
            return Quantity("count")
        kind = kinds[0]
        if kind == "members":
            self.tiers(row, known, path, "members")
        parts = tuple(
            self.quantity(each, known, (*path, "sum", n)) for n, each in enumerate(row["sum"] if kind == "sum" else ())
        )
        return Quantity(
            kind,
            tuple(row[kind]) if kind in ("members", "seats", "projects") else (),
            row["count"] if kind == "count" else 0,
            parts,
            Fraction(row.get("times", 1)),
            row.get("per", 1),
            row.get("plus", 0) - row.get("minus", 0),
            row.get("min_if_any", 0),
            row.get("at_most"),
            row.get("good_standing", False),
            row.get("clause", ""),
        )

    def check_references(self, row: Data, rules: Sequence[SeatRule], path: tuple[Key, ...]) -> None:
        """Refuse references to rules that are not there, or that come round to themselves."""
        names = {rule.name for rule in rules}
        for place, name in _seat_names(row, path):
            if name not in names:
                self.fault(
                    gettext("there is no rule “%s” here") % name,
                    *place,
                    mend=gettext("use one of: %s") % ", ".join(sorted(names)),
                )
        uses = {rule.name: {name for each in rule.also_max for name in each.seats_used()} for rule in rules}
        for n, rule in enumerate(rules):
            waiting, seen = list(uses[rule.name]), set[str]()
            while waiting:
                current = waiting.pop()
                if current == rule.name:
                    self.fault(
                        gettext("the seats of “%s” depend on themselves") % rule.name,
                        *(*path, "seats", n, "also_max"),
                        mend=gettext("let one of the rules stand without the other"),
                    )
                    break
                if current not in seen:
                    seen.add(current)
                    waiting.extend(uses.get(current, ()))


def _seat_names(row: Data, path: tuple[Key, ...]) -> Iterator[tuple[tuple[Key, ...], str]]:
    """Every place in a body where a rule is named, and the name."""

    def inside(quantity: Data, place: tuple[Key, ...]) -> Iterator[tuple[tuple[Key, ...], str]]:
        for n, name in enumerate(quantity.get("seats", ())):
            yield (*place, "seats", n), name
        for n, part in enumerate(quantity.get("sum", ())):
            yield from inside(part, (*place, "sum", n))

    for n, rule in enumerate(row["seats"]):
        for m, quantity in enumerate(rule.get("also_max", ())):
            yield from inside(quantity, (*path, "seats", n, "also_max", m))
    for n, limit in enumerate(row.get("limits", ())):
        for key in ("of", "at_most"):
            yield from inside(limit.get(key, {}), (*path, "limits", n, key))
    for n, cap in enumerate(row.get("related_group", ())):
        for m, name in enumerate(cap.get("rules", ())):
            yield (*path, "related_group", n, "rules", m), name


def _quorum(row: Data | None) -> QuorumRule | None:
    if row is None:
        return None
    fraction = Fraction(row["fraction"]) if "fraction" in row else None
    return QuorumRule(
        fraction, row.get("strict", False), row.get("printed"), row.get("clause", ""), row.get("printed_in", "")
    )


def _threshold(row: Data) -> Threshold:
    return Threshold(
        row["matter"],
        Fraction(row["fraction"]),
        row.get("strict", False),
        row.get("of", "represented"),
        row.get("printed"),
        row.get("clause", ""),
        row.get("also", ""),
    )
