"""Who stayed away from how many meetings, and what the charter makes of it: for seats, rolls and electorates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from quorate.decisions.ports import Consequence
from quorate.kernel import clock
from quorate.registers.meetings.models import Attendance, Meeting, Place
from quorate.terms.absences import Absence, Fate, fate
from quorate.terms.models import Body, Charter, Term
from quorate.terms.queries import charter_in_force
from quorate.terms.standing import numbers_of


@dataclass(frozen=True)
class SeatFate:
    """How each rule of the charter about absence stands for one seat."""

    seat: UUID
    fates: Sequence[Fate] = field(default_factory=list)

    def holding(self, then: str) -> Fate | None:
        """The first rule with this consequence that holds."""
        return next((each for each in self.fates if each.holds and each.rule.then == then), None)

    @property
    def worth_saying(self) -> list[Fate]:
        """What holds, and what the next miss would bring."""
        return [each for each in self.fates if each.holds or each.near]


def fates(body: Body, at: datetime | None = None, charter: Charter | None = None) -> dict[UUID, SeatFate]:
    """How the charter's rules about absence stand for every seat that was on a roll. At most five queries.

    Meetings count that were adjourned by then and not before the version of the charter was in force. Without a rule
    there is nothing to say, and one query is made.
    """
    moment = at or clock.now()
    found = charter or charter_in_force(body, moment)
    rules = numbers_of(found).attendance
    if found is None or not rules:
        return {}
    came = _came(body, found.start, moment)
    begun = _begun(list(came), moment)
    return {
        seat: SeatFate(seat, [fate(rule, _history(rule, meetings, begun.get(seat))) for rule in rules])
        for seat, meetings in came.items()
    }


@dataclass(frozen=True)
class _Came:
    """One meeting of one seat: when it began, and whether its representative, or anybody for it, was there."""

    at: datetime
    representative: bool
    anybody: bool


def _came(body: Body, since: datetime, until: datetime) -> dict[UUID, list[_Came]]:
    """The meetings of each seat that were held in a time, the earliest first. Two queries."""
    held = Meeting.objects.filter(
        body=body, state=Meeting.State.ADJOURNED, starts_at__gte=since, adjourned_at__lte=until
    )
    places = (
        Place.objects.filter(meeting__in=held, seat__isnull=False)
        .order_by("meeting__starts_at", "meeting_id")
        .values_list("pk", "seat_id", "meeting__called_at", "meeting__starts_at")
    )
    there: dict[UUID, set[str]] = {}
    rows = Attendance.objects.filter(meeting__in=held, place__isnull=False).values_list("place_id", "role")
    for place, role in rows:
        assert place is not None  # filtered
        there.setdefault(place, set()).add(role)
    found: dict[UUID, list[_Came]] = {}
    for place, seat, called, starts in places:
        assert seat is not None  # filtered
        roles = there.get(place, set())
        found.setdefault(seat, []).append(_Came(called or starts, "representative" in roles, bool(roles)))
    return found


def _begun(seats: Sequence[UUID], at: datetime) -> Mapping[UUID, datetime]:
    """Since when each seat has its present representative. One query."""
    rows = Term.objects.filter(seat__in=seats, role=Term.Role.REPRESENTATIVE, start__lte=at).order_by("start")
    return dict(rows.values_list("seat_id", "start"))


def _history(rule: Absence, meetings: Sequence[_Came], begun: datetime | None) -> list[bool]:
    counting = [each for each in meetings if not rule.since_term or (begun is not None and each.at >= begun)]
    return [each.representative if rule.by == "representative" else each.anybody for each in counting]


def consequences(body: Body, at: datetime) -> Mapping[UUID, Consequence]:
    """What stands against the votes of a body's seats, by its charter, as electorates and rolls take it."""
    found: dict[UUID, Consequence] = {}
    for seat, each in fates(body, at).items():
        suspended, uncounted = each.holding("suspend"), each.holding("uncounted")
        if suspended is not None or uncounted is not None:
            found[seat] = Consequence(
                suspended.rule.words if suspended is not None else "",
                uncounted.rule.words if uncounted is not None else "",
            )
    return found
