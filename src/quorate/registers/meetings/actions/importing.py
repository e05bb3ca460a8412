"""Taking in minutes written elsewhere."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.kernel.errors import Conflict
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref
from quorate.registers.meetings.models import ActionItem, Attendance, Meeting, Minutes, Place
from quorate.registers.meetings.queries import body_named
from quorate.registers.meetings.reading.comparison import Holder, Matched, Rostered, compare
from quorate.registers.meetings.reading.document import Attendee, read
from quorate.registers.meetings.reading.report import Report, report
from quorate.registers.meetings.reading.zones import PLACES, times_in
from quorate.terms.models import Body
from quorate.terms.queries import roster

LENGTH = 60
"""Minutes a meeting is taken to have lasted when its minutes do not say when it ended."""


@dataclass(frozen=True)
class Taken:
    """The report, and what became of it: nothing, when the body is not known here."""

    report: Report
    meeting: Meeting | None = None
    outcome: str = "reported"

    def as_dict(self) -> dict[str, Any]:
        """The document that the command prints."""
        stored = {"meeting": self.meeting.id, "body": self.meeting.body.slug} if self.meeting else {}
        return self.report.as_dict() | {"stored": {"outcome": self.outcome, **stored}}


def take_in(*, actor: Actor, name: str, text: str, file: str = "") -> Taken:
    """Read minutes, and keep them when the body is known here; else only report. ``UserError`` for malformed ones."""
    made = report(read(text, file), file)
    try:
        body = body_named(name)
    except DatabaseError:  # an installation whose tables are not made yet knows no body
        body = None
    if body is None:
        return Taken(made)
    return import_minutes(actor=actor, body=body, text=text, made=made)


@action("meeting.import", kinds=("meeting.imported",))
def import_minutes(*, actor: Actor, body: Body, text: str, made: Report) -> Taken:
    """Keep printed minutes as a meeting with its roll; the same text again changes nothing.

    A text that differs from the one taken in for that day replaces it while its minutes are not adopted. ``Conflict``
    when a meeting of that day was held here. Appends ``meeting.imported``. Promises become proposed action items.
    """
    authority = authorise(actor, "meeting.import", body)
    digest = hashlib.sha256(text.encode()).hexdigest()
    starts_at = made.starts_at or datetime.combine(made.document.date, time(12), UTC)
    matched, remarks = compare(made.roll, _rostered(body, starts_at))
    made.remarks = sorted([*made.remarks, *remarks], key=lambda remark: remark.line)
    found = _on_that_day(body, made, starts_at)
    if found is not None and found.source_sha256 == digest:
        return Taken(made, found, "unchanged")
    if found is not None and not found.source_sha256 and found.state != Meeting.State.PLANNED:
        raise Conflict(
            gettext("a meeting of %(day)s is on record, and was not taken from a file") % {"day": made.document.date},
            where=body.slug,
            mend=gettext("correct its minutes instead"),
        )
    if found is not None and found.versions.filter(adopted_at__isnull=False).exists():
        raise Conflict(
            gettext("the minutes of %(day)s are adopted") % {"day": made.document.date},
            where=body.slug,
            mend=gettext("an adopted text is corrected by a later meeting"),
        )
    outcome = "created" if found is None else "changed"
    meeting = found or Meeting(body=body)
    _write(meeting, made, starts_at, digest)
    _write_roll(meeting, made, matched)
    _write_rest(meeting, made, matched, text)
    append(
        "meeting.imported",
        actor=actor,
        refs=[Ref("meeting", str(meeting.id)), Ref("body", str(body.id))],
        data={
            "date": made.document.date.isoformat(),
            "seats": len(made.roll.seats),
            "represented": made.represented,
            "needed": made.needed,
            "sha256": digest,
        },
        at=starts_at,
        reconstructed=True,
        authority=authority,
    )
    return Taken(made, meeting, outcome)


def _on_that_day(body: Body, made: Report, starts_at: datetime) -> Meeting | None:
    near = Meeting.objects.filter(
        body=body, starts_at__gt=starts_at - timedelta(hours=36), starts_at__lt=starts_at + timedelta(hours=36)
    ).exclude(state=Meeting.State.CANCELLED)
    return next((each for each in near if each.local_start.date() == made.document.date), None)


def _rostered(body: Body, at: datetime) -> list[Rostered]:
    """The voting seats of a body on that day, with every name their organisation goes by."""
    places = [place for place in roster(body, at) if place.seat.voting]
    return [
        Rostered(
            seat=place.seat.id,
            title=place.seat.title,
            organisation=place.seat.organisation.name if place.seat.organisation else "",
            names=(
                (place.seat.organisation.name, *place.seat.organisation.aliases.values_list("name", flat=True))
                if place.seat.organisation
                else (place.seat.title,)
            ),
            project=place.seat.project,
            seat_class=place.seat.seat_class,
            chair=place.seat.chair,
            representative=_holder(place.representative),
            alternate=_holder(place.alternate),
        )
        for place in places
    ]


def _holder(term: Any) -> Holder | None:
    return Holder(term.person_id, term.person.name) if term is not None else None


def _write(meeting: Meeting, made: Report, starts_at: datetime, digest: str) -> None:
    opening = [time for prose in made.document.opening for time in times_in(prose.text)]
    if meeting.series_id is None:
        meeting.title = re.sub(r"^minutes of (?:the )?", "", made.document.title, flags=re.I)[:160]
    meeting.starts_at = starts_at
    meeting.zone = PLACES[opening[0].zone] if opening else "UTC"
    meeting.duration = meeting.duration or LENGTH
    meeting.quorum = {"count": made.needed}
    meeting.state = Meeting.State.ADJOURNED
    meeting.called_at = starts_at
    meeting.adjourned_at = starts_at + timedelta(minutes=meeting.duration)
    meeting.recording = made.document.recording[:1000]
    meeting.source_sha256 = digest
    document = made.as_dict()
    kept = ("sections", "warnings", "quorum", "present", "decisions_to_come")
    meeting.source = {key: _json(document[key]) for key in kept} | {"file": made.file}
    meeting.save()


def _json(value: Any) -> Any:
    """Lazy words as plain ones, so that they can be stored."""
    if isinstance(value, dict):
        return {key: _json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    return value if value is None or isinstance(value, int) else str(value)


def _write_roll(meeting: Meeting, made: Report, matched: Sequence[Matched]) -> None:
    meeting.attendances.all().delete()
    meeting.places.all().delete()
    for position, each in enumerate(matched):
        seat = each.printed
        place = Place.objects.create(
            meeting=meeting,
            seat_id=each.rostered.seat if each.rostered else None,
            label=(each.rostered.title if each.rostered else seat.label)[:160],
            position=position,
            representative_id=each.representative,
            representative_name="" if each.representative else seat.representative.name[:160],
            alternate_id=each.alternate,
            alternate_name="" if each.alternate or seat.alternate is None else seat.alternate.name[:160],
            called_at=meeting.called_at,
        )
        _arrive(meeting, seat.representative, "representative", place, each.representative)
        if seat.alternate is not None:
            _arrive(meeting, seat.alternate, "alternate", place, each.alternate)
    for role, group in (
        ("lead", made.document.leads),
        ("staff", made.document.staff),
        ("guest", made.document.others),
    ):
        for attendee in group:
            _arrive(meeting, attendee, role, None, None)


def _arrive(meeting: Meeting, attendee: Attendee, role: str, place: Place | None, person: UUID | None) -> None:
    if not attendee.present:
        return
    Attendance.objects.create(
        meeting=meeting,
        place=place,
        person_id=person,
        name="" if person else attendee.name[:160],
        affiliation=(attendee.affiliation or attendee.title)[:160],
        role=role,
        start=meeting.starts_at,
        until=meeting.adjourned_at,
    )


def _write_rest(meeting: Meeting, made: Report, matched: Sequence[Matched], text: str) -> None:
    """The text as a version of the minutes, and what its prose promises as proposals, never as facts."""
    last = meeting.versions.order_by("-number").first()
    Minutes.objects.create(
        meeting=meeting,
        number=last.number + 1 if last else 1,
        text=text,
        why=gettext("taken in from a file") if last is None else gettext("taken in again from a changed file"),
    )
    people = {each.printed.representative.name: each.representative for each in matched}
    people |= {each.printed.alternate.name: each.alternate for each in matched if each.printed.alternate}
    meeting.action_items.filter(state=ActionItem.State.PROPOSED).delete()
    confirmed = set(meeting.action_items.values_list("text", flat=True))
    ActionItem.objects.bulk_create(
        ActionItem(
            body=meeting.body,
            meeting=meeting,
            text=promise.text[:600],
            owner_id=next((people[name] for name in promise.who if people.get(name)), None),
            state=ActionItem.State.PROPOSED,
            line=promise.line,
        )
        for promise in made.promises
        if promise.text[:600] not in confirmed
    )
