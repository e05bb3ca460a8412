"""Minutes: drafted from the record, corrected, adopted by a later meeting, published."""

from __future__ import annotations

import hashlib

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref
from quorate.registers.meetings.models import Meeting, Minutes
from quorate.registers.meetings.queries.drafting import draft_of


@action("minutes.write", kinds=("minutes.written",))
def draft_minutes(*, actor: Actor, meeting: Meeting) -> Minutes:
    """Write the first version from the record of a meeting that is over. ``Conflict`` when there is one."""
    authority = authorise(actor, "minutes.write", meeting)
    if meeting.state != Meeting.State.ADJOURNED:
        raise Conflict(gettext("this meeting is not over"), where="meeting", mend=gettext("adjourn it first"))
    if meeting.versions.exists():
        raise Conflict(gettext("its minutes are drafted"), where="meeting", mend=gettext("correct them"))
    return _write(actor, meeting, 1, draft_of(meeting), "", authority)


@action("minutes.write", kinds=("minutes.written",))
def correct_minutes(*, actor: Actor, meeting: Meeting, text: str, why: str = "") -> Minutes:
    """Write the next version; every version stays. ``Conflict`` once one is adopted. The same text changes nothing."""
    authority = authorise(actor, "minutes.write", meeting)
    last = Minutes.objects.select_for_update().filter(meeting=meeting).order_by("-number").first()
    if last is None:
        raise Conflict(gettext("there are no minutes to correct"), where="meeting", mend=gettext("draft them first"))
    if meeting.versions.filter(adopted_at__isnull=False).exists():
        raise Conflict(
            gettext("the minutes are adopted"),
            where="meeting",
            mend=gettext("let the next meeting record a correction"),
        )
    if not text.strip():
        raise UserError(gettext("the text is empty"), where="text", mend=gettext("write the minutes"))
    if text.replace("\r\n", "\n").strip() == last.text.strip():
        return last
    return _write(actor, meeting, last.number + 1, text, why, authority)


@action("minutes.adopt", kinds=("minutes.adopted",))
def adopt_minutes(*, actor: Actor, minutes: Minutes, adopted_in: Meeting) -> Minutes:
    """Record that a later meeting of the same body adopted the latest version."""
    authority = authorise(actor, "minutes.adopt", minutes)
    meeting = minutes.meeting
    if adopted_in.body_id != meeting.body_id or adopted_in.starts_at <= meeting.starts_at:
        raise UserError(
            gettext("minutes are adopted by a later meeting of the same body"),
            where="adopted_in",
            mend=gettext("choose the meeting that adopted them"),
        )
    if adopted_in.called_at is None:
        raise Conflict(
            gettext("that meeting has not begun"), where="adopted_in", mend=gettext("call it to order first")
        )
    if meeting.versions.filter(adopted_at__isnull=False).exists():
        raise Conflict(gettext("the minutes are adopted"), where="minutes")
    if meeting.versions.filter(number__gt=minutes.number).exists():
        raise Conflict(gettext("there is a later version"), where="minutes", mend=gettext("adopt the latest version"))
    minutes.adopted_in, minutes.adopted_at = adopted_in, clock.now()
    minutes.save()
    append(
        "minutes.adopted",
        actor=actor,
        refs=_refs(meeting),
        data={"number": minutes.number, "in": str(adopted_in.id)},
        authority=authority,
    )
    return minutes


@action("minutes.adopt", kinds=("minutes.published",))
def publish_minutes(*, actor: Actor, minutes: Minutes) -> Minutes:
    """Show the adopted version to everybody, on the meeting's public page. A second time changes nothing."""
    authority = authorise(actor, "minutes.adopt", minutes)
    if minutes.adopted_at is None:
        raise Conflict(
            gettext("only adopted minutes are published"),
            where="minutes",
            mend=gettext("let the next meeting adopt them"),
        )
    if minutes.published_at is not None:
        return minutes
    minutes.published_at = clock.now()
    minutes.save(update_fields=["published_at"])
    append(
        "minutes.published",
        actor=actor,
        refs=_refs(minutes.meeting),
        data={"number": minutes.number},
        authority=authority,
    )
    return minutes


def _write(actor: Actor, meeting: Meeting, number: int, text: str, why: str, authority: list[str]) -> Minutes:
    tidy = text.replace("\r\n", "\n").strip() + "\n"
    made = Minutes.objects.create(meeting=meeting, number=number, text=tidy, why=why.strip()[:200])
    append(
        "minutes.written",
        actor=actor,
        refs=_refs(meeting),
        data={"number": number, "sha256": hashlib.sha256(tidy.encode()).hexdigest()},
        private={"why": made.why},
        authority=authority,
    )
    return made


def _refs(meeting: Meeting) -> list[Ref]:
    return [Ref("meeting", str(meeting.id)), Ref("body", str(meeting.body_id))]
