"""Meetings over the API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from quorate.access.identity import actor_from
from quorate.directory.models import Person
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.registers.meetings import actions
from quorate.registers.meetings.actions import ItemFacts
from quorate.registers.meetings.models import ActionItem, AgendaItem, Meeting
from quorate.registers.meetings.queries.calendar import agenda, items_shown, upcoming
from quorate.registers.meetings.queries.meetings import (
    live,
    may_see,
    published_minutes,
    roll,
    visible,
    visible_bodies,
    visible_meeting,
)
from quorate.registers.meetings.reading.document import MAX_BYTES, read
from quorate.registers.meetings.reading.report import report
from quorate.terms.models import Body
from quorate.terms.queries import body_by_key
from quorate.toolkit.rest import PUBLIC, Page, Paging, page
from quorate.toolkit.rest import Body as Input

router = Router(tags=["Meetings"])


class MeetingOut(Schema):
    """A meeting as lists show it. Times are UTC; ``zone`` is the zone whose clocks it keeps to."""

    id: UUID
    body: str
    title: str
    state: str
    starts_at: datetime
    minutes: int
    zone: str
    place: str


class ItemOut(Schema):
    """An item of an agenda, with when it begins if all before it keep their time."""

    id: UUID
    title: str
    text: str
    wanted: str
    minutes: int
    presenter: str
    papers: list[str]
    state: str
    starts_at: datetime | None


class SeatOut(Schema):
    """A seat on the roll: whether its representative or alternate was there, and who spoke for it."""

    id: UUID
    seat: str
    present: list[str]
    speaks: str | None
    suspended: str | None
    uncounted: str | None


class QuorumOut(Schema):
    """The quorum in seats; ``charter`` is the version of the charter that gives it, where one does."""

    seats: int
    represented: int
    needed: int
    met: bool
    charter: str | None


class MeetingMotion(Schema):
    """A motion put in the meeting, or the ballot that continues one."""

    motion: UUID
    title: str
    state: str
    result: str | None
    continues: UUID | None


class MeetingDetail(MeetingOut):
    """A meeting with its agenda, roll, quorum, motions and published minutes."""

    called_at: datetime | None
    adjourned_at: datetime | None
    agenda: list[ItemOut]
    roll: list[SeatOut]
    quorum: QuorumOut | None
    motions: list[MeetingMotion]
    published_minutes: str | None


class ComingOut(Schema):
    """A meeting to come, of a series or alone."""

    body: str
    title: str
    starts_at: datetime
    minutes: int
    cancelled: bool
    moved: bool
    series: str | None
    day: date | None
    meeting: UUID | None


class ActionItemOut(Schema):
    """Something that somebody is to do; ``proposed`` ones were read from minutes and wait to be confirmed."""

    id: UUID
    text: str
    owner: str | None
    due: date | None
    state: str
    meeting: UUID | None


class ProposalIn(Input):
    """Something for an agenda."""

    title: str = Field(min_length=1, max_length=160)
    text: str = Field(default="", max_length=10_000)
    wanted: Literal["inform", "discuss", "decide"] = "discuss"
    minutes: int = Field(default=10, ge=1, le=480)
    presenter: str = Field(default="", max_length=160)
    papers: list[str] = Field(default_factory=list, max_length=20)


class SeatIn(Input):
    """Who of a seat is there."""

    present: list[Literal["representative", "alternate"]] = Field(max_length=2)


class CloseIn(Input):
    """How an action item ended."""

    state: Literal["done", "dropped"] = "done"
    outcome: str = Field(default="", max_length=300)


class ConfirmIn(Input):
    """Who does it, and by when."""

    owner: UUID
    due: date | None = None
    text: str = Field(default="", max_length=600)


class MinutesIn(Input):
    """Minutes in Markdown, as ``quorate meeting import`` reads them."""

    text: str = Field(min_length=1, max_length=MAX_BYTES)


@router.get("/meetings", response=Page[MeetingOut], auth=PUBLIC)
def list_meetings(request: HttpRequest, paging: Query[Paging], body: str = "", state: str = "") -> dict[str, object]:
    """List the meetings that you may see."""
    rows = visible(actor_from(request))
    if body:
        rows = rows.filter(body__slug=body)
    if state:
        rows = rows.filter(state=state)
    return page(rows, paging, order=("-starts_at", "-id"), show=summary)


@router.get("/meetings/coming", response=list[ComingOut], auth=PUBLIC)
def list_coming(request: HttpRequest, body: str = "") -> list[dict[str, object]]:
    """List what is coming within four months, cancelled meetings included."""
    bodies = visible_bodies(actor_from(request))
    if body:
        bodies = bodies.filter(slug=body)
    return [
        {
            "body": each.body.slug,
            "title": each.title,
            "starts_at": each.starts_at,
            "minutes": each.duration,
            "cancelled": each.cancelled,
            "moved": each.moved,
            "series": each.series.slug if each.series else None,
            "day": each.day,
            "meeting": each.meeting.id if each.meeting else None,
        }
        for each in upcoming(list(bodies), limit=200)
    ]


@router.get("/meetings/{uuid:meeting_id}", response=MeetingDetail, auth=PUBLIC)
def get_meeting(request: HttpRequest, meeting_id: UUID) -> dict[str, object]:
    """Show one meeting: agenda, roll by seat, quorum, motions, published minutes."""
    return _detail(request, visible_meeting(actor_from(request), meeting_id))


@router.post("/meetings/{uuid:meeting_id}/call", response=MeetingDetail)
def call_meeting(request: HttpRequest, meeting_id: UUID) -> dict[str, object]:
    """Call a meeting to order; its roll is fixed now."""
    actor = actor_from(request)
    return _detail(request, actions.call_to_order(actor=actor, meeting=visible_meeting(actor, meeting_id)))


@router.post("/meetings/{uuid:meeting_id}/seats/{uuid:place_id}", response=MeetingDetail)
def mark_seat(request: HttpRequest, meeting_id: UUID, place_id: UUID, body: SeatIn) -> dict[str, object]:
    """Say who of a seat is there now."""
    actor = actor_from(request)
    meeting = visible_meeting(actor, meeting_id)
    place = meeting.places.select_related("representative", "alternate", "meeting").filter(pk=place_id).first()
    if place is None:
        raise NotFound(gettext("this seat is not on the roll of the meeting"))
    actions.mark_seat(actor=actor, place=place, present=body.present)
    return _detail(request, meeting)


@router.post("/meetings/{uuid:meeting_id}/adjourn", response=MeetingDetail)
def adjourn_meeting(request: HttpRequest, meeting_id: UUID) -> dict[str, object]:
    """End a meeting."""
    actor = actor_from(request)
    return _detail(request, actions.adjourn(actor=actor, meeting=visible_meeting(actor, meeting_id)))


@router.post("/bodies/{body}/agenda-items", response={201: ItemOut})
def propose_item(request: HttpRequest, body: str, proposal: ProposalIn) -> Status[dict[str, object]]:
    """Propose something for an agenda of a body."""
    actor = actor_from(request)
    facts = ItemFacts(**{**proposal.model_dump(), "papers": tuple(proposal.papers)})
    item = actions.propose_item(actor=actor, body=body_seen(request, body), facts=facts)
    return Status(201, _item(item, None))


@router.get("/bodies/{body}/action-items", response=list[ActionItemOut])
def list_action_items(request: HttpRequest, body: str, state: str = "") -> list[dict[str, object]]:
    """List the action items of a body, oldest first."""
    rows = items_shown(body_seen(request, body))
    return [_action_item(row) for row in (rows.filter(state=state) if state else rows)]


@router.post("/action-items/{uuid:item_id}/confirm", response=ActionItemOut)
def confirm_action_item(request: HttpRequest, item_id: UUID, body: ConfirmIn) -> dict[str, object]:
    """Give an action item, or a promise read from minutes, to somebody."""
    item = _find(request, item_id)
    owner = Person.objects.filter(pk=body.owner, erased_at=None, merged_into=None).first()
    if owner is None:
        raise UserError(gettext("there is no such person"), where="owner", mend=gettext("give the id of a person"))
    actor = actor_from(request)
    return _action_item(actions.confirm(actor=actor, item=item, owner=owner, due=body.due, text=body.text))


@router.post("/action-items/{uuid:item_id}/close", response=ActionItemOut)
def close_action_item(request: HttpRequest, item_id: UUID, body: CloseIn) -> dict[str, object]:
    """Say that an action item is done, or dropped."""
    item = _find(request, item_id)
    actor = actor_from(request)
    return _action_item(actions.close_item(actor=actor, item=item, state=body.state, outcome=body.outcome))


@router.post("/bodies/{body}/meetings/import", response=dict[str, Any])
def import_minutes(request: HttpRequest, body: str, minutes: MinutesIn) -> dict[str, Any]:
    """Take in minutes in Markdown; the answer is the report of ``quorate meeting import``."""
    made = report(read(minutes.text))
    found = body_seen(request, body)
    return actions.import_minutes(actor=actor_from(request), body=found, text=minutes.text, made=made).as_dict()


def body_seen(request: HttpRequest, key: str) -> Body:
    """A body whose meetings the reader may see."""
    found = body_by_key(key)
    if not may_see(actor_from(request), found):
        raise NotFound(gettext("there is no such body"))
    return found


def _find(request: HttpRequest, item_id: UUID) -> ActionItem:
    actor = actor_from(request)
    found = ActionItem.objects.select_related("body", "owner").filter(pk=item_id).first()
    if found is None or (not may_see(actor, found.body) and found.owner_id != actor.person_id):
        raise NotFound(gettext("there is no such action item"))
    return found


def summary(meeting: Meeting) -> dict[str, object]:
    """A meeting as lists show it."""
    return {
        "id": meeting.id,
        "body": meeting.body.slug,
        "title": meeting.title,
        "state": meeting.state,
        "starts_at": meeting.starts_at,
        "minutes": meeting.duration,
        "zone": meeting.zone,
        "place": meeting.place,
    }


def _item(item: AgendaItem, starts_at: datetime | None) -> dict[str, object]:
    names = ("id", "title", "text", "wanted", "minutes", "presenter", "papers", "state")
    return {name: getattr(item, name) for name in names} | {"starts_at": starts_at}


def _action_item(item: ActionItem) -> dict[str, object]:
    return {
        "id": item.id,
        "text": item.text,
        "owner": item.owner.name if item.owner else None,
        "due": item.due,
        "state": item.state,
        "meeting": item.meeting_id,
    }


def _detail(request: HttpRequest, meeting: Meeting) -> dict[str, object]:
    rows = roll(meeting)
    quorum = live(meeting, rows) if rows else None
    carried = meeting.motions.select_related("motion", "continues").order_by("motion__opened_at")
    if not actor_from(request).known:
        carried = carried.filter(motion__public=True)
    published = published_minutes(meeting)
    return {
        **summary(meeting),
        "called_at": meeting.called_at,
        "adjourned_at": meeting.adjourned_at,
        "agenda": [_item(slot.item, slot.starts_at) for slot in agenda(meeting)],
        "roll": [
            {
                "id": row.place.id,
                "seat": row.place.label,
                "present": sorted(row.standing.present),
                "speaks": row.standing.speaks,
                "suspended": row.place.suspended or None,
                "uncounted": row.place.uncounted or None,
            }
            for row in rows
        ],
        "quorum": quorum
        and {
            "seats": quorum.seats,
            "represented": quorum.represented,
            "needed": quorum.needed,
            "met": quorum.met,
            "charter": meeting.quorum.get("charter"),
        },
        "motions": [
            {
                "motion": each.motion_id,
                "title": each.motion.title,
                "state": each.motion.state,
                "result": each.motion.result or None,
                "continues": each.continues.motion_id if each.continues else None,
            }
            for each in carried
        ],
        "published_minutes": published.text if published else None,
    }
