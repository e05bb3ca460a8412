"""Electorates to be frozen: the seats of a body with whoever may vote for them, and what its charter says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from quorate.decisions.citing import cite
from quorate.decisions.ports import CONSEQUENCES
from quorate.decisions.rules import PartRule, parse_parts
from quorate.kernel import clock
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.terms.models import Body, Seat
from quorate.terms.queries import charter_in_force, holders, roster
from quorate.terms.standing import numbers_of


@dataclass(frozen=True)
class Voter:
    """One vote of the electorate to be frozen: of a seat, or of a person alone. A vacant seat has no ``person``.

    ``part`` is the part of a compound rule that counts it; ``casting`` marks the chair, who is otherwise found by
    office; ``away`` says that the representative is absent, where the rule lets alternates speak only then.
    ``suspended`` and ``uncounted`` say in words which consequence of the charter holds for the seat.
    """

    person: UUID | None
    seat: UUID | None = None
    alternate: UUID | None = None
    recused: str = ""
    part: int = 0
    casting: bool = False
    away: bool = False
    suspended: str = ""
    uncounted: str = ""

    @property
    def speaks(self) -> bool:
        """Whether somebody may vote for it."""
        return not (self.recused or self.suspended) and (self.person is not None or self.alternate is not None)


def electorate_of(body: Body, part: int = 0, at: datetime | None = None) -> list[Voter]:
    """The voting seats of a body at an instant: with representative and alternate, or vacant; consequences applied."""
    return with_consequences(
        body,
        [
            Voter(
                person=place.representative.person_id if place.representative is not None else None,
                seat=place.seat.id,
                alternate=place.alternate.person_id if place.alternate is not None else None,
                part=part,
                away=place.representative is None,
            )
            for place in roster(body, at)
            if place.seat.voting
        ],
        at,
    )


def with_consequences(body: Body, voters: Sequence[Voter], at: datetime | None = None) -> list[Voter]:
    """The voters with what packages above say of their seats: a vote suspended, a seat the quorum does not ask for."""
    moment = at or clock.now()
    found = list(voters)
    for _name, say in CONSEQUENCES.items():
        said = say(body, moment)
        for place, voter in enumerate(found):
            consequence = said.get(voter.seat) if voter.seat is not None else None
            if consequence is not None:
                suspended = voter.suspended or consequence.suspended
                found[place] = replace(voter, suspended=suspended, uncounted=voter.uncounted or consequence.uncounted)
    return found


def electorates_of(rule: Mapping[str, Any], body: Body) -> list[Voter]:
    """The electorate of each part of a rule from the bodies it names; ``body`` is that of a part that names none."""
    voters: list[Voter] = []
    for number, asked in enumerate(bodies_asked(parse_parts(dict(rule)), body)):
        assert asked is not None  # a body was given for the part that names none
        voters += electorate_of(asked, number)
    return voters


def bodies_asked(parts: Sequence[PartRule], body: Body | None) -> list[Body | None]:
    """The body of each part, the given one for a part that names none. ``UserError`` for a body that is not there."""
    slugs = [part.body for part in parts if part.body]
    known = {found.slug: found for found in Body.objects.filter(slug__in=slugs)} if slugs else {}
    for number, part in enumerate(parts):
        if part.body and part.body not in known:
            raise UserError(gettext("there is no body “%s”") % part.body, where=f"rule.all[{number}].body")
    return [known[part.body] if part.body else body for part in parts]


def settled(
    rule: Mapping[str, Any], bodies: Sequence[Body | None], at: datetime
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The rule with nothing about vacant seats left open, and of each part whence that is and its charter and clause.

    The rule's own word goes before the charter's; where neither says anything a vacant seat counts among all seats.
    """
    if not any(bodies):
        return dict(rule), []  # people are asked as themselves: there is no seat that could be vacant
    compound = "all" in rule
    given = [dict(item) for item in rule["all"]] if compound else [{"rule": dict(rule)}]
    cited: list[dict[str, Any]] = []
    for item, body in zip(given, bodies, strict=True):
        charter = charter_in_force(body, at) if body is not None else None
        word = numbers_of(charter).vacant_seats
        said = "rule" if "vacant" in item["rule"] else "charter" if word else "default"
        item["rule"] = {"vacant": word or "stay", **item["rule"]}
        cited.append(
            {
                "body": body.slug if body is not None else "",
                "charter": charter.version if charter is not None else "",
                "link": charter.link if charter is not None else "",
                "vacant_by": said,
                "clause": cite(item.get("clause", ""), at),
            }
        )
    return ({"all": given} if compound else given[0]["rule"]), cited


def with_chairs(parts: Sequence[PartRule], bodies: Sequence[Body | None], electorate: Sequence[Voter]) -> list[Voter]:
    """The electorate with the chair marked in each part whose rule gives a casting vote and that names none.

    The chair is whoever holds the voting seat that chairs, or the seat of whoever holds the office beside it.
    """
    asked = {number for number, part in enumerate(parts) if part.rule.casting == "chair"}
    asked -= {voter.part for voter in electorate if voter.casting}
    if not asked:
        return list(electorate)
    seats = [voter.seat for voter in electorate if voter.seat is not None]
    chairs = set(Seat.objects.filter(pk__in=seats, chair=True).values_list("pk", flat=True))
    voters = list(electorate)
    for number in sorted(asked):
        mine = [at for at, voter in enumerate(voters) if voter.part == number]
        body = bodies[number]
        people = {person.id for person in holders(f"chair:{body.slug}")} if body is not None else set()
        found = next((at for at in mine if voters[at].seat in chairs), None)
        if found is None:
            found = next((at for at in mine if voters[at].person in people), None)
        if found is not None:
            voters[found] = replace(voters[found], casting=True)
    return voters
