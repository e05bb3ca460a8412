"""Who speaks for which seat, and whether enough seats are represented: always seats, never heads.

A seat is represented while its representative is there, or while the representative is away and its alternate is
there. It is asked at an instant, so each decision has its own answer. Nothing here touches a database or a clock.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, Generic, Literal, TypeVar

from quorate.decisions.rules import Quorum
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext

S = TypeVar("S", bound=Hashable)
Role = Literal["representative", "alternate"]
ROLES: tuple[Role, ...] = ("representative", "alternate")

#: More than half of all seats: what holds when a body's charter says nothing else.
BARE_MAJORITY = Quorum(fraction=Fraction(1, 2), of="seats", strict=True)


@dataclass(frozen=True, slots=True)
class Presence(Generic[S]):
    """Somebody of a seat is in the room from an instant (``None``: the beginning) until another, half open."""

    seat: S
    role: Role
    start: datetime | None = None
    until: datetime | None = None

    def covers(self, at: datetime | None) -> bool:
        """Whether they are there at an instant; ``None`` asks for the whole meeting taken together."""
        if at is None:
            return True
        return (self.start is None or self.start <= at) and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Standing(Generic[S]):
    """A seat at an instant: who of it is there, and who speaks for it (``None``: nobody)."""

    seat: S
    present: frozenset[Role]
    speaks: Role | None

    @property
    def stands_in(self) -> bool:
        """Whether the alternate speaks in place of an absent representative."""
        return self.speaks == "alternate"

    @property
    def beside(self) -> bool:
        """Whether the alternate sits beside the representative, which adds no seat."""
        return self.speaks == "representative" and "alternate" in self.present


@dataclass(frozen=True, slots=True)
class Live:
    """The quorum as it stands: seats of the body, those represented, those needed."""

    seats: int
    represented: int
    needed: int

    @property
    def met(self) -> bool:
        return self.represented >= self.needed

    @property
    def missing(self) -> int:
        """How many more seats must be represented."""
        return max(0, self.needed - self.represented)


def standings(seats: Sequence[S], presences: Iterable[Presence[S]], at: datetime | None = None) -> list[Standing[S]]:
    """Every seat in the order given, with who speaks for it at an instant. Presence of other seats is ignored."""
    there: dict[S, set[Role]] = {}
    for presence in presences:
        if presence.covers(at):
            there.setdefault(presence.seat, set()).add(presence.role)
    return [Standing(seat, frozenset(there.get(seat, ())), speaker(there.get(seat, ()))) for seat in seats]


def speaker(present: Iterable[Role]) -> Role | None:
    """Who speaks for a seat: its representative, or in their absence the alternate."""
    here = set(present)
    return next((role for role in ROLES if role in here), None)


def represented(lines: Iterable[Standing[S]]) -> int:
    """How many seats somebody speaks for."""
    return sum(1 for line in lines if line.speaks is not None)


def needed(rule: Quorum, seats: int) -> int:
    """How many seats a quorum asks for in a body of so many. ``UserError`` for a rule about votes cast."""
    if rule.count is not None:
        return rule.count + 1 if rule.strict else rule.count
    if rule.of != "seats":
        raise UserError(
            gettext("the quorum of a meeting is counted in seats"), where="quorum.of", mend=gettext("write of: seats")
        )
    fraction = rule.fraction or Fraction(0)
    product = fraction.numerator * seats
    return product // fraction.denominator + 1 if rule.strict else -(-product // fraction.denominator)


def live(rule: Quorum, lines: Sequence[Standing[S]]) -> Live:
    """The quorum on these standings."""
    return Live(len(lines), represented(lines), needed(rule, len(lines)))


def as_rule(data: Mapping[str, Any]) -> Quorum:
    """A quorum from the JSON that a meeting keeps; empty means a bare majority of seats."""
    if not data:
        return BARE_MAJORITY
    if "count" in data:
        return Quorum(count=int(data["count"]), strict=bool(data.get("strict", False)))
    return Quorum(fraction=Fraction(str(data["fraction"])), of="seats", strict=bool(data.get("strict", False)))
