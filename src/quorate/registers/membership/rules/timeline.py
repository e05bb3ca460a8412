"""Seats, dues and rights over many days: reckoned once for each span in which nothing that they rest on changes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeVar

from quorate.registers.membership.rules.charter import AnnexProject, Charter
from quorate.registers.membership.rules.dues import MemberDues, dues_of
from quorate.registers.membership.rules.groups import Groups
from quorate.registers.membership.rules.members import Member, Roll, key_of, projects_of, standing
from quorate.registers.membership.rules.results import Conflict
from quorate.registers.membership.rules.rights import Rights, rights_of
from quorate.registers.membership.rules.seat_results import Seats
from quorate.registers.membership.rules.seats import seats

T = TypeVar("T")
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Spans(Generic[T]):
    """Values over days: ``values[n]`` holds from ``starts[n]`` until the next start, the last until ``end``."""

    starts: tuple[date, ...]
    values: tuple[T, ...]
    end: date

    def on(self, day: date) -> T:
        """The value of a day. ``IndexError`` outside."""
        if not self.starts[0] <= day < self.end:
            raise IndexError(day)
        return self.values[bisect_right(self.starts, day) - 1]


def turning_days(
    charter: Charter, members: Iterable[Member], projects: Iterable[AnnexProject], start: date, end: date
) -> list[date]:
    """Every day from ``start`` until ``end`` on which an answer may differ from the day before; ``start`` first."""
    found: set[date | None] = {start}
    found |= {version.start for version in charter.versions}
    grace = {loss.days or 0 for version in charter.versions for loss in version.losses if loss.when == "overdue"}
    years = {rule.years for version in charter.versions for rule in version.exceptions if rule.years}
    for member in members:
        found |= {member.joined, member.left, member.suspended_since}
        if member.overdue_since is not None and member.overdue_since < end:
            found |= {member.overdue_since + timedelta(days=days) for days in grace}
        for grant in member.exceptions:
            found |= {grant.start, grant.until}
            found |= {_years_after(grant.start, n) for n in years if grant.start is not None and grant.start < end}
    for project in projects:
        found |= {project.start, project.until}
    return sorted(day for day in found if day is not None and start <= day < end)


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def seats_over(charter: Charter, roll: Roll, body: str, start: date, end: date) -> Spans[Seats]:
    """The seats of a body on every day from ``start`` until ``end``. The days of results are the spans' first ones."""
    running = projects_of(charter, roll)
    days = turning_days(charter, roll.members, running, start, end)
    return Spans(tuple(days), tuple(seats(charter, roll, body, day) for day in days), end)


def dues_over(charter: Charter, roll: Roll, start: date, end: date) -> dict[str, Spans[MemberDues | None]]:
    """The dues of every organisation, by its key, on every day; ``None`` while it is no member.

    Where a charter pro-rates, the term is that of the span's first day. Of two tiers at once the first counts.
    """

    def on(key: str, group: Sequence[Member], day: date) -> MemberDues | None:
        version = charter.on(day)
        members = standing(version, group, day)
        own = [member for member in members if member.key == key]
        if not own:
            return None
        conflicts: list[Conflict] = []
        return dues_of(version, own[0], Groups(members, roll.companies), day, conflicts)

    return _by_organisation(charter, roll, start, end, on)


def rights_over(charter: Charter, roll: Roll, start: date, end: date) -> dict[str, Spans[Rights]]:
    """The rights of every organisation, by its key, on every day; none while it is no member.

    Their words (“overdue for 61 days”) are those of the span's first day; what is held and lost is of every day.
    """

    def on(key: str, group: Sequence[Member], day: date) -> Rights:
        version = charter.on(day)
        own = [member for member in group if member.key == key]
        return rights_of(version, own[0].organisation, standing(version, own, day), day)

    return _by_organisation(charter, roll, start, end, on)


def _by_organisation(
    charter: Charter, roll: Roll, start: date, end: date, on: Callable[[str, Sequence[Member], date], T]
) -> dict[str, Spans[T]]:
    """An answer for each organisation over the days on which it, or somebody of its group, changes."""
    ever = Groups(roll.members, roll.companies)
    groups: dict[str, list[Member]] = {}
    for member in roll.members:
        groups.setdefault(ever.of(member.organisation), []).append(member)
    found = {}
    for key in sorted({member.key for member in roll.members}):
        group = groups[ever.of(key_of(key))]
        days = turning_days(charter, group, (), start, end)
        found[key] = Spans(tuple(days), tuple(on(key, group, day) for day in days), end)
    return found
