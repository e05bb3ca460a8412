"""Reads of meetings: who may see which, the roll with who speaks for each seat, attendance over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from quorate.access.actors import Actor
from quorate.access.policy import may
from quorate.directory.queries import in_force
from quorate.kernel import clock
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.registers.meetings import quorum
from quorate.registers.meetings.models import Attendance, Meeting, Minutes, Place
from quorate.terms.models import Body, Term
from quorate.terms.queries import charter_in_force
from quorate.terms.standing import numbers_of


@dataclass(frozen=True)
class Row:
    """A seat on the roll, with who of it is there and who speaks for it."""

    place: Place
    standing: quorum.Standing[UUID]
    attendances: Sequence[Attendance]

    @property
    def state(self) -> str:
        """``both``, ``representative``, ``alternate``, ``absent``; ``""`` when the roll has not come to it."""
        present = self.standing.present
        if len(present) == 2:
            return "both"
        if present:
            return next(iter(present))
        return "absent" if self.place.called_at is not None else ""

    @property
    def person_id(self) -> UUID | None:
        """Whoever speaks for the seat."""
        if self.standing.speaks == "alternate":
            return self.place.alternate_id
        return self.place.representative_id if self.standing.speaks else None


def body_named(name: str) -> Body | None:
    """The body of a slug or a name."""
    found = Body.objects.filter(Q(slug=name) | Q(name__iexact=name)).order_by("slug")
    return next((body for body in found if body.slug == name), None) or found.first()


def visible_bodies(actor: Actor, at: datetime | None = None) -> QuerySet[Body]:
    """The bodies whose meetings an actor may see: public ones, their own, and all for who plans meetings."""
    bodies = Body.objects.all()
    if actor.kind == "system" or may(actor, "meeting.schedule"):
        return bodies
    if actor.person_id is None:
        return bodies.filter(public=True)
    moment = at or clock.now()
    serving = Term.objects.filter(in_force(moment), in_force(moment, "seat__"), person_id=actor.person_id)
    return bodies.filter(Q(public=True) | Q(pk__in=serving.values("seat__body_id")))


def may_see(actor: Actor, body: Body) -> bool:
    """Whether an actor may see a body's meetings."""
    return body.public or visible_bodies(actor).filter(pk=body.pk).exists()


def visible(actor: Actor) -> QuerySet[Meeting]:
    """The meetings that an actor may see."""
    return Meeting.objects.filter(body__in=visible_bodies(actor)).select_related("body", "series", "presiding")


def visible_meeting(actor: Actor, key: str | UUID) -> Meeting:
    """One of them; ``NotFound`` for any other."""
    try:
        found = visible(actor).filter(pk=UUID(str(key))).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(gettext("there is no such meeting"))
    return found


def meetings_of(body: Body) -> QuerySet[Meeting]:
    """A body's meetings, newest first."""
    return Meeting.objects.filter(body=body).select_related("body", "series")


def presences(attendances: Iterable[Attendance]) -> list[quorum.Presence[UUID]]:
    """Attendance of seats as the pure rules take it."""
    return [
        quorum.Presence(row.place_id, row.role, row.start, row.until)  # type: ignore[arg-type]  # the database checks the role
        for row in attendances
        if row.place_id is not None
    ]


def roll(meeting: Meeting, at: datetime | None = None) -> list[Row]:
    """The roll at an instant; by default now, or the end of a meeting that is over. Two queries."""
    places = list(meeting.places.select_related("seat", "representative", "alternate"))
    rows = list(Attendance.objects.filter(meeting=meeting, place__isnull=False).select_related("person"))
    moment = at or _moment(meeting)
    by_place: dict[UUID, list[Attendance]] = {}
    for row in rows:
        assert row.place_id is not None  # filtered above
        by_place.setdefault(row.place_id, []).append(row)
    if meeting.state == Meeting.State.ADJOURNED and at is None:
        standings = quorum.standings([place.id for place in places], presences(rows))
    else:
        standings = quorum.standings([place.id for place in places], presences(rows), moment)
    return [Row(place, standing, by_place.get(place.id, [])) for place, standing in zip(places, standings, strict=True)]


def _moment(meeting: Meeting) -> datetime:
    return clock.now() if meeting.adjourned_at is None else meeting.adjourned_at


def live(meeting: Meeting, rows: Sequence[Row]) -> quorum.Live:
    """The quorum of a meeting on its roll. Suspended seats are none; others it may not ask for while they are away."""
    counted = [
        row for row in rows if not row.place.suspended and (row.standing.speaks is not None or not row.place.uncounted)
    ]
    return quorum.live(quorum.as_rule(meeting.quorum or quorum_of(meeting.body)), [row.standing for row in counted])


def quorum_of(body: Body, at: datetime | None = None) -> dict[str, Any]:
    """The quorum that the charter in force gives a meeting, with its version; empty where it gives none.

    The printed figure goes before the rule in words, for it is what everybody reads in the minutes; where the two differ the
    pages of the body say so.
    """
    charter = charter_in_force(body, at)
    said = numbers_of(charter)
    if charter is None or (said.printed_quorum is None and said.quorum is None):
        return {}
    if said.printed_quorum is not None:
        return {"count": said.printed_quorum, "charter": charter.version}
    return {"fraction": str(said.quorum), "strict": said.strict, "charter": charter.version}


@dataclass(frozen=True)
class SeatAttendance:
    """How often a seat was represented: by its representative, by its alternate, or not at all."""

    seat: UUID | None
    label: str
    meetings: int
    representative: int
    alternate: int
    missed_in_a_row: int

    @property
    def absent(self) -> int:
        return self.meetings - self.representative - self.alternate


def attendance_by_seat(body: Body, last: int = 12) -> list[SeatAttendance]:
    """Each seat's attendance over a body's last meetings, in order of the latest roll. Three queries."""
    held = list(Meeting.objects.filter(body=body, state=Meeting.State.ADJOURNED).order_by("-starts_at")[:last])
    places = list(Place.objects.filter(meeting__in=held).select_related("seat"))
    there: dict[UUID, set[quorum.Role]] = {}
    for place_id, role in Attendance.objects.filter(meeting__in=held, place__isnull=False).values_list("place", "role"):
        there.setdefault(place_id, set()).add("alternate" if role == "alternate" else "representative")
    order = {meeting.id: number for number, meeting in enumerate(held)}
    by_seat: dict[object, list[Place]] = {}
    for place in sorted(places, key=lambda place: (order[place.meeting_id], place.position)):
        by_seat.setdefault(place.seat_id or place.label, []).append(place)
    found = []
    for rolls in by_seat.values():
        spoke = [quorum.speaker(there.get(place.id, ())) for place in rolls]
        missed = next((number for number, who in enumerate(spoke) if who is not None), len(spoke))
        found.append(
            SeatAttendance(
                rolls[0].seat_id,
                rolls[0].label,
                len(rolls),
                spoke.count("representative"),
                spoke.count("alternate"),
                missed,
            )
        )
    return found


def published_minutes(meeting: Meeting) -> Minutes | None:
    """The version that everybody may read."""
    return meeting.versions.filter(published_at__isnull=False).first()


def reads_drafts(actor: Actor, meeting: Meeting) -> bool:
    """Whether an actor may read minutes before they are published: who writes or adopts them, and the body's members."""
    if actor.kind == "system" or may(actor, "minutes.write", meeting) or may(actor, "minutes.adopt", meeting):
        return True
    if actor.person_id is None:
        return False
    now = clock.now()
    serving = Term.objects.filter(in_force(now), in_force(now, "seat__"), person_id=actor.person_id)
    return serving.filter(seat__body_id=meeting.body_id).exists()


def versions_seen(actor: Actor, meeting: Meeting) -> list[Minutes]:
    """The versions of a meeting's minutes that an actor may read, newest first."""
    rows = meeting.versions.select_related("adopted_in")
    return list(rows if reads_drafts(actor, meeting) else rows.filter(published_at__isnull=False))


def adopting(meeting: Meeting) -> list[Meeting]:
    """The later meetings of the same body that have begun, newest first: one of them may adopt its minutes."""
    rows = Meeting.objects.filter(body=meeting.body, starts_at__gt=meeting.starts_at, called_at__isnull=False)
    return list(rows.order_by("-starts_at")[:12])
