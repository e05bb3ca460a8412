"""The foundation as it is, for the lint of a program about to be published."""

from __future__ import annotations

import re
from collections import Counter

from quorate.decisions.citing import cite
from quorate.directory.queries import employers, related_group
from quorate.engine.definition import Role
from quorate.engine.models import Program
from quorate.kernel import clock
from quorate.terms.models import Body, Policy, Seat
from quorate.terms.queries import holders, roster, seats_in_force
from quorate.toolkit.ports import GRANTS, PROBES


class Foundation:
    """Answers the lint's questions from the database and the registries, today."""

    def holders(self, role: Role) -> int | None:
        """How many people hold an office today; ``None`` when there is no such office."""
        if role.kind == "seat":
            _body, _slash, seat = role.text.partition(":")[2].partition("/")
            if not Seat.objects.filter(body__slug=role.body, slug=seat).exists():
                return None
        elif not Body.objects.filter(slug=role.body).exists():
            return None
        return len(holders(role.text))

    def seats(self, role: Role) -> int | None:
        """How many voting seats an electorate has; ``None`` when there is no such body."""
        body = Body.objects.filter(slug=role.body).first()
        if body is None:
            return None
        return seats_in_force(body).filter(voting=True).count() if role.kind == "body" else len(holders(role.text))

    def largest_group(self, role: Role) -> int:
        """Most voting seats of an electorate held from one employer's group."""
        body = Body.objects.filter(slug=role.body).first()
        if body is None:
            return 0
        now = clock.now()
        people = [
            place.representative.person_id
            for place in roster(body, now)
            if place.seat.voting and place.representative is not None
        ]
        counts: Counter[frozenset[object]] = Counter()
        known: dict[object, frozenset[object]] = {}
        for person, works_for in employers(people, now).items():
            for organisation in works_for:
                group = known.setdefault(organisation, frozenset(related_group([organisation], now)))
                counts[group] += people.count(person)
        return max(counts.values(), default=0)

    def has_program(self, slug: str) -> bool | None:
        """``None`` rather than no: two programs that name one another are published one after the other."""
        return Program.objects.filter(slug=slug).exists() or None

    def has_probe(self, name: str) -> bool | None:
        """Whether a probe of this family is registered."""
        return name.partition(".")[0] in PROBES

    def has_grant(self, kind: str) -> bool | None:
        """Whether somebody keeps grants of this kind."""
        return kind in GRANTS

    def has_clause(self, policy: str, anchor: str) -> bool | None:
        """Whether the policy is adopted and has this anchor."""
        found = Policy.objects.filter(slug=policy).order_by("-adopted").first()
        if found is None:
            return False
        return not anchor or re.search(rf"\{{#{re.escape(anchor)}\}}", found.text) is not None

    def clause_words(self, policy: str, anchor: str) -> str:
        """The words of a clause of a policy in force."""
        cited = cite(f"{policy}#{anchor}", clock.now()) if anchor else {}
        return str(cited.get("words", ""))
