"""Minutes as Markdown, written from the record of a meeting: attendance by seat, items, motions, action items."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from quorate.decisions.queries import roll_call
from quorate.kernel.i18n import gettext
from quorate.registers.meetings.models import ActionItem, AgendaItem, Carried, Meeting, Note, Place
from quorate.registers.meetings.queries.calendar import next_of
from quorate.registers.meetings.queries.meetings import Row, live, roll

_MARKS = re.compile(r"([\\`*_\[\]<>#|])")


def draft_of(meeting: Meeting) -> str:
    """The first version of a meeting's minutes. It can be read back by ``quorate meeting import``."""
    rows = roll(meeting)
    return "\n".join([*_head(meeting, rows), *_attendance(meeting, rows), *_body(meeting), *_foot(meeting)]) + "\n"


def _head(meeting: Meeting, rows: list[Row]) -> Iterator[str]:
    local = meeting.local_start
    quorum = live(meeting, rows)
    day = f"{local:%Y-%m-%d}"
    yield "# " + gettext("Minutes of the %(day)s meeting of %(body)s") % {"day": day, "body": _plain(meeting.body.name)}
    yield ""
    words = {
        "body": _plain(meeting.body.name),
        "day": day,
        "time": f"{local:%H:%M}",
        "zone": meeting.zone,
        "utc": f"{meeting.starts_at.astimezone(ZoneInfo('UTC')):%H:%M}",
    }
    yield gettext("%(body)s met on %(day)s at %(time)s %(zone)s (%(utc)s UTC).") % words
    if meeting.recording:
        yield ""
        yield gettext("Recording: <%s>") % meeting.recording
    yield ""
    words = {"represented": str(quorum.represented), "seats": str(quorum.seats), "needed": str(quorum.needed)}
    line = gettext("%(represented)s of %(seats)s seats were represented; %(needed)s are needed for quorum.") % words
    yield f"{line} {gettext('The quorum was met.') if quorum.met else gettext('The quorum was not met.')}"
    for row in rows:
        if row.place.suspended or row.place.uncounted:
            yield ""
            yield f"{_plain(row.place.label)}: {_plain(row.place.suspended or row.place.uncounted)}."


def _attendance(meeting: Meeting, rows: list[Row]) -> Iterator[str]:
    yield from ("", "## " + gettext("Voting representatives who attended"), "")
    for row in rows:
        yield _person(row.place, "representative", _name(row.place, "representative"), _came(row, "representative"))
    alternates = [row for row in rows if row.place.alternate_id or row.place.alternate_name]
    if alternates:
        yield from ("", "## " + gettext("Alternates who attended"), "")
        for row in alternates:
            yield _person(row.place, "alternate", _name(row.place, "alternate"), _came(row, "alternate"))
    guests = list(meeting.attendances.filter(place=None).select_related("person").order_by("role", "start"))
    if guests:
        yield from ("", "## " + gettext("Others who attended"), "")
        for guest in guests:
            yield f"- {_plain(guest.who)}" + (f" ({_plain(guest.affiliation)})" if guest.affiliation else "")


def _came(row: Row, role: str) -> bool:
    return role in row.standing.present


def _name(place: Place, role: str) -> str:
    person = place.representative if role == "representative" else place.alternate
    printed = place.representative_name if role == "representative" else place.alternate_name
    return person.name if person is not None else printed


def _person(place: Place, role: str, name: str, came: bool) -> str:
    return f"- [{'x' if came else ' '}] {_plain(name or gettext('vacant'))} ({_plain(place.label)})"


def _body(meeting: Meeting) -> Iterator[str]:
    notes = list(meeting.notes.order_by("at"))
    carried = list(meeting.motions.select_related("motion").order_by("motion__opened_at"))
    spoken_of = {note.item_id for note in notes} | {each.item_id for each in carried}
    items = [
        item
        for item in meeting.items.prefetch_related("recusals__place")
        if item.state != AgendaItem.State.LISTED or item.id in spoken_of
    ]
    yield from ("", "## " + gettext("Call to order"), "")
    if meeting.called_at is not None:
        yield gettext("The meeting was called to order at %s.") % _time(meeting, meeting.called_at)
    if meeting.presiding is not None:
        yield gettext("%s presided.") % _plain(meeting.presiding.name)
    if meeting.antitrust_at is not None:
        yield gettext("The antitrust notice was read.")
    yield from _notes([note for note in notes if note.item_id is None])
    yield from _motions([each for each in carried if each.item_id is None])
    for item in sorted(items, key=lambda item: (item.position, item.proposed_at)):
        yield from ("", f"## {_plain(item.title)}", "")
        if item.presenter:
            yield gettext("Presented by %s.") % _plain(item.presenter)
        for recusal in item.recusals.all():
            yield gettext("%s stood aside.") % _plain(recusal.place.label)
        yield from _notes([note for note in notes if note.item_id == item.id])
        yield from _motions([each for each in carried if each.item_id == item.id])


def _notes(notes: list[Note]) -> Iterator[str]:
    if notes:
        yield ""
    for note in notes:
        yield "* " + " ".join(note.text.split())


def _motions(carried: list[Carried]) -> Iterator[str]:
    for each in carried:
        motion = each.motion
        if each.continues_id is not None:
            continue
        yield ""
        yield gettext("Motion: %s") % f"**{_plain(motion.title)}**"
        said = motion.evaluation
        if motion.state == "closed":
            words = {key: str(said[key]) for key in ("yes", "no", "abstain")} | {"result": motion.get_result_display()}
            yield ""
            yield gettext("Roll call: %(yes)s yes, %(no)s no, %(abstain)s abstained. Result: %(result)s.") % words
            yield ""
            for line in roll_call(motion):
                seat = line.elector.seat.title if line.elector.seat else line.name
                if line.vote is not None:
                    by = f" ({gettext('by the alternate')})" if line.vote.by_alternate else ""
                    yield f"* {_plain(seat)}: {line.vote.get_choice_display()}{by}"
                elif line.elector.recused:
                    yield f"* {_plain(seat)}: {gettext('stood aside')}"
        else:
            yield ""
            yield gettext("The motion is to be decided by ballot after the meeting.")


def _foot(meeting: Meeting) -> Iterator[str]:
    items = list(meeting.action_items.exclude(state=ActionItem.State.PROPOSED).select_related("owner"))
    if items:
        yield from ("", "## " + gettext("Action items"), "")
        for item in items:
            due = f", {item.due.isoformat()}" if item.due else ""
            owner = f" ({_plain(item.owner.name)}{due})" if item.owner else ""
            yield f"* {_plain(item.text)}{owner}"
    yield from ("", "## " + gettext("Adjournment"), "")
    if meeting.adjourned_at is not None:
        yield gettext("The meeting was adjourned at %s.") % _time(meeting, meeting.adjourned_at)
    coming = next_of(meeting.body, meeting.starts_at)
    if coming is not None:
        local = coming.starts_at.astimezone(ZoneInfo(meeting.zone))
        yield ""
        words = {"day": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}", "zone": meeting.zone}
        yield gettext("The next meeting is on %(day)s at %(time)s %(zone)s.") % words


def _time(meeting: Meeting, at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(meeting.zone)):%H:%M} {meeting.zone}"


def _plain(text: str) -> str:
    """Words in which no character is a mark of Markdown."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
