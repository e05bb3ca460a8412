"""Minutes over the API: versions, drafts and corrections, adoption and publication."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from quorate.access.identity import actor_from
from quorate.access.policy import authorise
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.registers.meetings import actions
from quorate.registers.meetings.models import Meeting, Minutes
from quorate.registers.meetings.queries.meetings import adopting, versions_seen, visible_meeting
from quorate.toolkit.rest import PUBLIC
from quorate.toolkit.rest import Body as Input

router = Router(tags=["Meetings"])


class MinutesOut(Schema):
    """A version of the minutes of a meeting, in Markdown."""

    number: int
    text: str
    why: str
    created_at: datetime
    adopted_at: datetime | None
    adopted_in: UUID | None
    published_at: datetime | None


class CorrectionIn(Input):
    """The next version. Without ``text`` the first is drafted from the record."""

    text: str = Field(default="", max_length=200_000)
    why: str = Field(default="", max_length=200)


class AdoptionIn(Input):
    """The later meeting of the same body that adopted them."""

    adopted_in: UUID


@router.get("/meetings/{uuid:meeting_id}/minutes", response=list[MinutesOut], auth=PUBLIC)
def list_minutes(request: HttpRequest, meeting_id: UUID) -> list[dict[str, object]]:
    """List the versions of a meeting's minutes that you may read, newest first; everybody reads the published one."""
    actor = actor_from(request)
    return [_minutes(each) for each in versions_seen(actor, visible_meeting(actor, meeting_id))]


@router.post("/meetings/{uuid:meeting_id}/minutes", response={201: MinutesOut})
def write_minutes(request: HttpRequest, meeting_id: UUID, body: CorrectionIn) -> Status[dict[str, object]]:
    """Draft the minutes of a meeting from its record, or correct them."""
    actor = actor_from(request)
    meeting = visible_meeting(actor, meeting_id)
    if not body.text.strip():
        return Status(201, _minutes(actions.draft_minutes(actor=actor, meeting=meeting)))
    made = actions.correct_minutes(actor=actor, meeting=meeting, text=body.text, why=body.why)
    return Status(201, _minutes(made))


@router.post("/meetings/{uuid:meeting_id}/minutes/adopt", response=MinutesOut)
def adopt_minutes(request: HttpRequest, meeting_id: UUID, body: AdoptionIn) -> dict[str, object]:
    """Record that a later meeting adopted the latest version."""
    actor = actor_from(request)
    meeting = visible_meeting(actor, meeting_id)
    authorise(actor, "minutes.adopt", meeting)
    chosen = next((each for each in adopting(meeting) if each.id == body.adopted_in), None)
    if chosen is None:
        raise UserError(gettext("choose the meeting that adopted them"), where="adopted_in")
    return _minutes(actions.adopt_minutes(actor=actor, minutes=_last(meeting), adopted_in=chosen))


@router.post("/meetings/{uuid:meeting_id}/minutes/publish", response=MinutesOut)
def publish_minutes(request: HttpRequest, meeting_id: UUID) -> dict[str, object]:
    """Publish the adopted version."""
    actor = actor_from(request)
    meeting = visible_meeting(actor, meeting_id)
    authorise(actor, "minutes.adopt", meeting)
    return _minutes(actions.publish_minutes(actor=actor, minutes=_last(meeting)))


def _last(meeting: Meeting) -> Minutes:
    found = meeting.versions.first()
    if found is None:
        raise Conflict(gettext("there are no minutes yet"), where="meeting", mend=gettext("draft them first"))
    return found


def _minutes(row: Minutes) -> dict[str, object]:
    names = ("number", "text", "why", "created_at", "adopted_at", "published_at")
    return {name: getattr(row, name) for name in names} | {"adopted_in": row.adopted_in_id}
