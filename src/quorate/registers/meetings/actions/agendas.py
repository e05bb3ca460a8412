"""The agenda: proposed by anybody, put together by whoever plans the meeting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref
from quorate.registers.meetings.models import AgendaItem, Meeting
from quorate.terms.models import Body

LONGEST = 480
"""Minutes that one item may ask for."""


@dataclass(frozen=True)
class ItemFacts:
    """What an item says of itself; ``papers`` are web addresses."""

    title: str
    text: str = ""
    wanted: str = "discuss"
    minutes: int = 5
    presenter: str = ""
    papers: tuple[str, ...] = ()


@action("meeting.propose", kinds=("agenda-item.proposed",))
def propose_item(*, actor: Actor, body: Body, facts: ItemFacts) -> AgendaItem:
    """Propose something for an agenda of a body. Appends ``agenda-item.proposed``."""
    authority = authorise(actor, "meeting.propose", body)
    check_item(facts)
    item = AgendaItem(body=body, proposer_id=actor.person_id)
    _write(item, facts)
    append(
        "agenda-item.proposed",
        actor=actor,
        refs=[Ref("agenda-item", str(item.id)), Ref("body", str(body.id))],
        data={"title": item.title, "minutes": item.minutes, "wanted": item.wanted},
        authority=authority,
    )
    return item


@action("meeting.schedule", kinds=("agenda-item.listed",))
def list_item(*, actor: Actor, item: AgendaItem, meeting: Meeting) -> AgendaItem:
    """Put a proposed item, or one left over from another meeting, at the end of a meeting's agenda."""
    authority = authorise(actor, "meeting.schedule", meeting)
    if meeting.body_id != item.body_id:
        raise UserError(gettext("this was proposed for another body"), where="meeting")
    _not_over(meeting)
    if item.state not in (AgendaItem.State.PROPOSED, AgendaItem.State.DECLINED, AgendaItem.State.LISTED):
        raise Conflict(gettext("this item was already taken up"), where="item")
    item.meeting, item.state, item.answer = meeting, AgendaItem.State.LISTED, ""
    last = meeting.items.order_by("-position").first()
    item.position = last.position + 1 if last is not None else 1
    item.save()
    append(
        "agenda-item.listed",
        actor=actor,
        refs=_refs(item),
        data={"title": item.title, "minutes": item.minutes, "position": item.position},
        authority=authority,
    )
    return item


@action("meeting.schedule", kinds=("agenda-item.changed",))
def change_item(*, actor: Actor, item: AgendaItem, facts: ItemFacts) -> AgendaItem:
    """Change what an item on an agenda says or asks for; nothing when nothing differs."""
    authority = authorise(actor, "meeting.schedule", item)
    check_item(facts)
    before = facts_of(item)
    changed = sorted(name for name in ItemFacts.__dataclass_fields__ if getattr(before, name) != getattr(facts, name))
    if not changed:
        return item
    _write(item, facts)
    append(
        "agenda-item.changed",
        actor=actor,
        refs=_refs(item),
        data={"title": item.title, "fields": changed},
        authority=authority,
    )
    return item


@action("meeting.schedule", kinds=("agenda-item.changed",))
def order_items(*, actor: Actor, meeting: Meeting, order: Sequence[UUID]) -> None:
    """Put the items of a meeting in this order; those not named keep their order after them."""
    authority = authorise(actor, "meeting.schedule", meeting)
    _not_over(meeting)
    items = {item.id: item for item in meeting.items.order_by("position", "proposed_at")}
    if any(key not in items for key in order):
        raise UserError(gettext("an item is not on this agenda"), where="order")
    wanted = [items[key] for key in dict.fromkeys(order)]
    wanted += [item for item in items.values() if item not in wanted]
    for position, item in enumerate(wanted, 1):
        if item.position == position:
            continue
        item.position = position
        item.save(update_fields=["position"])
        append(
            "agenda-item.changed",
            actor=actor,
            refs=_refs(item),
            data={"title": item.title, "fields": ["position"]},
            authority=authority,
        )


@action("meeting.schedule", kinds=("agenda-item.declined",))
def decline_item(*, actor: Actor, item: AgendaItem, reason: str) -> AgendaItem:
    """Say no to a proposal, or take an item off an agenda, with the reason."""
    authority = authorise(actor, "meeting.schedule", item)
    if not reason.strip():
        raise UserError(gettext("say why"), where="reason", mend=gettext("the proposer reads it"))
    if item.state not in (AgendaItem.State.PROPOSED, AgendaItem.State.LISTED) or item.motions.exists():
        raise Conflict(gettext("this item was already taken up"), where="item")
    refs = _refs(item)
    item.meeting, item.state, item.answer = None, AgendaItem.State.DECLINED, reason.strip()[:300]
    item.save()
    append(
        "agenda-item.declined",
        actor=actor,
        refs=refs,
        data={"title": item.title},
        private={"reason": item.answer},
        authority=authority,
    )
    return item


def check_item(facts: ItemFacts) -> None:
    """Refuse what cannot stand on an agenda; ``UserError`` names the field."""
    if not facts.title.strip():
        raise UserError(gettext("the title is empty"), where="title", mend=gettext("say what it is about"))
    if not 1 <= facts.minutes <= LONGEST:
        raise UserError(
            gettext("an item takes between 1 and %d minutes") % LONGEST,
            where="minutes",
            mend=gettext("say how long you need"),
        )
    if facts.wanted not in AgendaItem.Wanted.values:
        raise UserError(gettext("“%s” is not known") % facts.wanted, where="wanted")
    for paper in facts.papers:
        if urlsplit(paper).scheme not in ("http", "https") or not urlsplit(paper).netloc:
            raise UserError(
                gettext("“%s” is no web address") % paper, where="papers", mend=gettext("begin it with https://")
            )


def facts_of(item: AgendaItem) -> ItemFacts:
    """What is recorded of an item."""
    return ItemFacts(item.title, item.text, item.wanted, item.minutes, item.presenter, tuple(item.papers))


def _write(item: AgendaItem, facts: ItemFacts) -> None:
    item.title, item.text, item.wanted = facts.title.strip()[:160], facts.text.strip(), facts.wanted
    item.minutes, item.presenter, item.papers = facts.minutes, facts.presenter.strip()[:160], list(facts.papers)
    item.save()


def _refs(item: AgendaItem) -> list[Ref]:
    refs = [Ref("agenda-item", str(item.id)), Ref("body", str(item.body_id))]
    return [*refs, Ref("meeting", str(item.meeting_id))] if item.meeting_id else refs


def _not_over(meeting: Meeting) -> None:
    if meeting.state not in (Meeting.State.PLANNED, Meeting.State.RUNNING):
        raise Conflict(gettext("this meeting is over"), where="meeting", mend=gettext("choose the next one"))
