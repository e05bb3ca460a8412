"""Running a meeting: the roll by seat, who comes and goes, notes, timers, recusals, and its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from quorate.access.action import action
from quorate.access.actors import Actor, system
from quorate.access.policy import authorise
from quorate.directory.models import Person
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref
from quorate.registers.meetings.letters import absence_letter
from quorate.registers.meetings.models import AgendaItem, Attendance, Meeting, Note, Place, Recusal
from quorate.registers.meetings.queries.absences import SeatFate, consequences, fates
from quorate.registers.meetings.queries.meetings import live, quorum_of, roll
from quorate.registers.meetings.quorum import ROLES
from quorate.terms.queries import roster
from quorate.terms.standing import presiding as presiding_by_order


@action("meeting.run", kinds=("meeting.called",))
def call_to_order(*, actor: Actor, meeting: Meeting, presiding: Person | None = None) -> Meeting:
    """Begin. The roll is fixed now: every voting seat of the body with its representative and alternate of today.

    So are the quorum, which is the charter's where the meeting names none, and what the charter makes of absence. Without
    ``presiding`` the charter's order says who presides, and goes on to the next when the roll shows somebody away.
    """
    authority = authorise(actor, "meeting.run", meeting)
    meeting = _locked(meeting)
    if meeting.state != Meeting.State.PLANNED:
        raise Conflict(gettext("only a planned meeting can be called to order"), where="meeting")
    now = clock.now()
    places = [place for place in roster(meeting.body, now) if place.seat.voting]
    against = consequences(meeting.body, now)
    if not places:
        raise UserError(
            gettext("%s has no voting seat") % meeting.body.name, where="body", mend=gettext("set up its seats first")
        )
    Place.objects.bulk_create(
        Place(
            meeting=meeting,
            seat=place.seat,
            label=place.seat.title[:160],
            position=position,
            representative=place.representative.person if place.representative else None,
            alternate=place.alternate.person if place.alternate else None,
            suspended=against[place.seat.id].suspended[:300] if place.seat.id in against else "",
            uncounted=against[place.seat.id].uncounted[:300] if place.seat.id in against else "",
        )
        for position, place in enumerate(places)
    )
    meeting.state, meeting.called_at = Meeting.State.RUNNING, now
    meeting.quorum = meeting.quorum or quorum_of(meeting.body, now)
    if presiding is not None:
        meeting.presiding, meeting.presiding_as = presiding, ""
    else:
        _preside(meeting, actor)
    meeting.save()
    append(
        "meeting.called",
        actor=actor,
        refs=refs_of(meeting),
        data={"seats": len(places), "needed": live(meeting, roll(meeting)).needed},
        authority=authority,
    )
    return meeting


@action("meeting.run", kinds=("meeting.attended",))
def mark_seat(*, actor: Actor, place: Place, present: Iterable[str]) -> Place:
    """Say who of a seat is there now: its representative, its alternate, both or nobody. The past stays."""
    meeting = running_now(place.meeting)
    authority = authorise(actor, "meeting.run", meeting)
    wanted = set(present)
    people = {"representative": place.representative, "alternate": place.alternate}
    for role in wanted:
        if role not in ROLES:
            raise UserError(gettext("“%s” is not known") % role, where="present")
        if people[role] is None:
            raise UserError(
                gettext("nobody is %(role)s of %(seat)s") % {"role": role, "seat": place.label},
                where="present",
                mend=gettext("mark who is there, or nobody"),
            )
    now = clock.now()
    for row in place.attendances.filter(until=None):
        if row.role not in wanted:
            row.until = now
            row.save(update_fields=["until"])
    there = set(place.attendances.filter(until=None).values_list("role", flat=True))
    for role in sorted(wanted - there):
        Attendance.objects.create(meeting=meeting, place=place, person=people[role], role=role, start=now)
    first = place.called_at is None
    if first:
        place.called_at = now
        place.save(update_fields=["called_at"])
    if meeting.presiding_as:
        _preside(meeting, actor)
        meeting.save(update_fields=["presiding", "presiding_as"])
    if first or wanted != there:
        append(
            "meeting.attended",
            actor=actor,
            refs=refs_of(meeting),
            data={
                "place": place.label,
                "present": sorted(wanted),
                "represented": live(meeting, roll(meeting)).represented,
            },
            authority=authority,
        )
    return place


@action("meeting.run", kinds=("meeting.guest",))
def welcome(*, actor: Actor, meeting: Meeting, name: str, affiliation: str = "", role: str = "guest") -> Attendance:
    """Note somebody without a seat: a guest, staff, or who leads a group below."""
    meeting = running_now(meeting)
    authority = authorise(actor, "meeting.run", meeting)
    if not name.strip():
        raise UserError(gettext("the name is empty"), where="name", mend=gettext("write a name"))
    if role not in ("guest", "staff", "lead"):
        raise UserError(gettext("“%s” is not known") % role, where="role")
    row = Attendance.objects.create(
        meeting=meeting,
        name=name.strip()[:160],
        affiliation=affiliation.strip()[:160],
        role=role,
        start=clock.now(),
    )
    append(
        "meeting.guest",
        actor=actor,
        refs=refs_of(meeting),
        data={"role": role},
        private={"name": row.name, "affiliation": row.affiliation},
        authority=authority,
    )
    return row


@action("meeting.run", kinds=("meeting.antitrust",))
def read_antitrust(*, actor: Actor, meeting: Meeting) -> Meeting:
    """Record that the antitrust notice was read; a second time changes nothing."""
    meeting = running_now(meeting)
    authority = authorise(actor, "meeting.run", meeting)
    if meeting.antitrust_at is None:
        meeting.antitrust_at = clock.now()
        meeting.save(update_fields=["antitrust_at"])
        append("meeting.antitrust", actor=actor, refs=refs_of(meeting), authority=authority)
    return meeting


@action("meeting.run", kinds=("meeting.noted",))
def take_note(*, actor: Actor, meeting: Meeting, text: str) -> Note:
    """Take down a line under the item that runs, or under the meeting itself."""
    meeting = running_now(meeting)
    authority = authorise(actor, "meeting.run", meeting)
    if not text.strip():
        raise UserError(gettext("the note is empty"), where="text", mend=gettext("write what was said"))
    note = Note.objects.create(meeting=meeting, item=_item_now(meeting), text=text.strip(), at=clock.now())
    append(
        "meeting.noted",
        actor=actor,
        refs=refs_of(meeting),
        data={"note": str(note.id)},
        private={"text": note.text},
        authority=authority,
    )
    return note


@action("meeting.run", kinds=("agenda-item.timed",))
def start_item(*, actor: Actor, item: AgendaItem) -> AgendaItem:
    """Take up an item: its timer runs, and the one that ran before stops."""
    meeting = running_now(_meeting_of(item))
    authority = authorise(actor, "meeting.run", meeting)
    item.refresh_from_db()
    if item.state == AgendaItem.State.RUNNING:
        return item
    now = clock.now()
    current = _item_now(meeting)
    if current is not None:
        _stop(actor, current, now, authority)
    item.state, item.started_at = AgendaItem.State.RUNNING, now
    item.save(update_fields=["state", "started_at"])
    _timed(actor, item, "started", authority)
    return item


@action("meeting.run", kinds=("agenda-item.timed",))
def stop_item(*, actor: Actor, item: AgendaItem) -> AgendaItem:
    """Be done with an item; its time is kept. One that does not run stays as it is."""
    meeting = running_now(_meeting_of(item))
    authority = authorise(actor, "meeting.run", meeting)
    item.refresh_from_db()
    if item.state == AgendaItem.State.RUNNING:
        _stop(actor, item, clock.now(), authority)
    return item


@action("meeting.run", kinds=("agenda-item.recused",))
def stand_aside(*, actor: Actor, item: AgendaItem, place: Place, why: str = "") -> Recusal:
    """Note that a seat stands aside from an item; it has no vote on its motions."""
    meeting = running_now(_meeting_of(item))
    authority = authorise(actor, "meeting.run", meeting)
    if place.meeting_id != meeting.id:
        raise UserError(gettext("this seat is not on the roll of the meeting"), where="place")
    recusal, made = Recusal.objects.get_or_create(
        item=item, place=place, defaults={"why": why[:200], "at": clock.now()}
    )
    if made:
        append(
            "agenda-item.recused",
            actor=actor,
            refs=refs_of(meeting),
            data={"title": item.title, "place": place.label},
            private={"why": recusal.why},
            authority=authority,
        )
    return recusal


@action("meeting.run", kinds=("meeting.adjourned", "agenda-item.timed"))
def adjourn(*, actor: Actor, meeting: Meeting) -> Meeting:
    """End the meeting: timers stop, everybody leaves. ``Conflict`` while a motion waits for its roll call."""
    meeting = running_now(meeting)
    authority = authorise(actor, "meeting.run", meeting)
    waiting = meeting.motions.filter(motion__state="open", continues=None).select_related("motion").first()
    if waiting is not None:
        raise Conflict(
            gettext("the motion “%s” is still open") % waiting.motion.title,
            where="motion",
            mend=gettext("call the roll on it, or continue it by ballot"),
        )
    now = clock.now()
    current = _item_now(meeting)
    if current is not None:
        _stop(actor, current, now, authority)
    quorum = live(meeting, roll(meeting, now))
    meeting.attendances.filter(until=None).update(until=now)
    before = fates(meeting.body, now)
    meeting.state, meeting.adjourned_at = Meeting.State.ADJOURNED, now
    meeting.save()
    append(
        "meeting.adjourned",
        actor=actor,
        refs=refs_of(meeting),
        data={"seats": quorum.seats, "represented": quorum.represented},
        authority=authority,
    )
    _tell_of_absences(meeting, before, now)
    return meeting


def _tell_of_absences(meeting: Meeting, before: Mapping[UUID, SeatFate], now: datetime) -> None:
    """Write down what absence has led to by this meeting, and write to the seats that it concerns or will soon."""
    places = {place.seat_id: place for place in meeting.places.select_related("representative", "alternate")}
    for seat, found in fates(meeting.body, now).items():
        place = places.get(seat)
        if place is None:
            continue
        held = {each.rule for each in before[seat].fates if each.holds} if seat in before else set()
        for each in found.fates:
            if each.holds != (each.rule in held):
                append(
                    "seat.absence",
                    actor=system("meetings"),
                    refs=refs_of(meeting),
                    data={
                        "place": place.label,
                        "what": each.rule.then,
                        "holds": each.holds,
                        "clause": each.rule.clause,
                    },
                    authority=["system:meetings"],
                )
        absence_letter(meeting, place, [each for each in found.fates if each.holds != (each.rule in held) or each.near])


def _preside(meeting: Meeting, actor: Actor) -> None:
    """Who presides by the charter's order, of those whom the roll has not shown to be away; else whoever runs it."""
    shown = meeting.places.filter(called_at__isnull=False, representative__isnull=False)
    here = set(
        meeting.attendances.filter(until=None, role="representative").values_list("place__representative_id", flat=True)
    )
    away = {one for one in shown.values_list("representative_id", flat=True) if one is not None and one not in here}
    found = presiding_by_order(meeting.body, meeting.called_at, absent=away)
    meeting.presiding_id = found.person.id if found is not None else actor.person_id
    meeting.presiding_as = found.role if found is not None else ""


def _stop(actor: Actor, item: AgendaItem, now: datetime, authority: list[str]) -> None:
    assert item.started_at is not None  # the database has no running item without
    item.seconds += max(0, int((now - item.started_at).total_seconds()))
    item.state = AgendaItem.State.DONE
    item.save(update_fields=["state", "seconds"])
    _timed(actor, item, "stopped", authority)


def _timed(actor: Actor, item: AgendaItem, what: str, authority: list[str]) -> None:
    append(
        "agenda-item.timed",
        actor=actor,
        refs=[Ref("meeting", str(item.meeting_id)), Ref("body", str(item.body_id))],
        data={"title": item.title, "what": what, "seconds": item.seconds},
        authority=authority,
    )


def _item_now(meeting: Meeting) -> AgendaItem | None:
    return meeting.items.filter(state=AgendaItem.State.RUNNING).first()


def _meeting_of(item: AgendaItem) -> Meeting:
    if item.meeting is None:
        raise Conflict(gettext("this item is on no agenda"), where="item", mend=gettext("put it on one first"))
    return item.meeting


def _locked(meeting: Meeting) -> Meeting:
    return Meeting.objects.select_for_update(of=("self",)).select_related("body", "series").get(pk=meeting.pk)


def running_now(meeting: Meeting) -> Meeting:
    """The meeting as it is now, if it runs; on PostgreSQL nobody else changes it until this transaction ends."""
    current = _locked(meeting)
    if current.state != Meeting.State.RUNNING:
        raise Conflict(gettext("this meeting is not running"), where="meeting", mend=gettext("call it to order first"))
    return current


def refs_of(meeting: Meeting) -> list[Ref]:
    return [Ref("meeting", str(meeting.id)), Ref("body", str(meeting.body_id))]
