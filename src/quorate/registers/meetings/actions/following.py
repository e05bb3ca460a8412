"""Action items: given to somebody with a date, confirmed from what minutes promise, closed."""

from __future__ import annotations

from datetime import date

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.directory.models import Person
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref
from quorate.registers.meetings.models import ActionItem, AgendaItem, Meeting
from quorate.terms.models import Body


@action("action-item.assign", kinds=("action-item.given",))
def give(
    *,
    actor: Actor,
    body: Body,
    text: str,
    owner: Person,
    due: date | None = None,
    meeting: Meeting | None = None,
    item: AgendaItem | None = None,
) -> ActionItem:
    """Give somebody something to do. It stays in their work, and on every agenda, until it is closed."""
    authority = authorise(actor, "action-item.assign", body)
    _say_something(text)
    made = ActionItem.objects.create(
        body=body, meeting=meeting, item=item, text=text.strip()[:600], owner=owner, due=due, state="open"
    )
    _given(actor, made, authority)
    return made


@action("action-item.assign", kinds=("action-item.given",))
def confirm(*, actor: Actor, item: ActionItem, owner: Person, due: date | None = None, text: str = "") -> ActionItem:
    """Make a promise that was read from minutes an action item; also gives an open one to somebody else."""
    authority = authorise(actor, "action-item.assign", item)
    if item.closed_at is not None:
        raise Conflict(gettext("this action item is closed"), where="item")
    item.text = text.strip()[:600] or item.text
    _say_something(item.text)
    item.owner, item.due, item.state = owner, due, ActionItem.State.OPEN
    item.save()
    _given(actor, item, authority)
    return item


@action("action-item.close", kinds=("action-item.closed",))
def close_item(*, actor: Actor, item: ActionItem, state: str = "done", outcome: str = "") -> ActionItem:
    """Say that it is done, or dropped; a proposal can only be dropped. Closing twice is refused."""
    authority = authorise(actor, "action-item.close", item)
    if state not in ("done", "dropped"):
        raise UserError(gettext("an action item is done or dropped"), where="state")
    if item.closed_at is not None:
        raise Conflict(gettext("this action item is closed"), where="item")
    if item.state == ActionItem.State.PROPOSED and state == "done":
        raise Conflict(
            gettext("nobody was given this yet"), where="state", mend=gettext("confirm it first, or drop it")
        )
    item.state, item.outcome, item.closed_at = state, outcome.strip()[:300], clock.now()
    item.save()
    append(
        "action-item.closed",
        actor=actor,
        refs=_refs(item),
        data={"item": str(item.id), "state": state},
        private={"outcome": item.outcome},
        authority=authority,
    )
    return item


def _given(actor: Actor, item: ActionItem, authority: list[str]) -> None:
    append(
        "action-item.given",
        actor=actor,
        refs=[*_refs(item), Ref("person", str(item.owner_id), "owner")],
        data={"item": str(item.id), "due": item.due.isoformat() if item.due else None},
        private={"text": item.text},
        authority=authority,
    )


def _say_something(text: str) -> None:
    if not text.strip():
        raise UserError(gettext("the text is empty"), where="text", mend=gettext("say what is to be done"))


def _refs(item: ActionItem) -> list[Ref]:
    refs = [Ref("body", str(item.body_id))]
    return [*refs, Ref("meeting", str(item.meeting_id))] if item.meeting_id else refs
