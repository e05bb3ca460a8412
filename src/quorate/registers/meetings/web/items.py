"""Pages of action items: what is still to do, what minutes promise, closing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from quorate.access.actors import Actor
from quorate.access.identity import actor_from
from quorate.access.policy import authorise, may
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.registers.meetings import actions
from quorate.registers.meetings.models import ActionItem
from quorate.registers.meetings.queries.calendar import items_shown
from quorate.registers.meetings.queries.meetings import may_see
from quorate.registers.meetings.web.bodies import find_body
from quorate.registers.meetings.web.forms import ActionItemForm
from quorate.registers.meetings.web.planning import form_page
from quorate.toolkit.pages import back, render


@login_required
def listed(request: HttpRequest, key: str) -> HttpResponse:
    """The action items of a body: open, promised in minutes, closed."""
    actor = actor_from(request)
    body = find_body(actor, key)
    rows = list(items_shown(body))
    context = {
        "body": body,
        "open": [row for row in rows if row.state == ActionItem.State.OPEN],
        "proposed": [row for row in rows if row.state == ActionItem.State.PROPOSED],
        "closed": [row for row in rows if row.closed_at is not None][-30:],
        "may_assign": may(actor, "action-item.assign", body),
        "may_close": may(actor, "action-item.close", body),
        "mine": actor.person_id,
    }
    return render(request, "meetings/action_items.html", context)


@login_required
def confirm(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Make what minutes promise an action item, or give an open one to somebody else."""
    actor = actor_from(request)
    item = _find(actor, item_id)
    authorise(actor, "action-item.assign", item)
    there = reverse("meetings:action-items", args=[item.body.slug])
    initial = {"text": item.text, "owner": item.owner_id, "due": item.due}
    form = ActionItemForm(request.POST or None, body=item.body, initial=initial)

    def do(said: dict[str, Any]) -> str:
        actions.confirm(actor=actor, item=item, owner=said["owner"], due=said["due"], text=said["text"])
        return there

    return form_page(request, form, gettext("Who does it, and by when?"), there, do)


@login_required
@require_POST
def close(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Say that it is done, or dropped."""
    actor = actor_from(request)
    item = _find(actor, item_id)
    try:
        outcome = request.POST.get("outcome", "")
        actions.close_item(actor=actor, item=item, state=request.POST.get("state", "done"), outcome=outcome)
    except UserError as error:
        messages.error(request, str(error))
    return redirect(back(request, reverse("meetings:action-items", args=[item.body.slug])))


def _find(actor: Actor, item_id: UUID) -> ActionItem:
    found = ActionItem.objects.select_related("body", "owner").filter(pk=item_id).first()
    if found is None or (not may_see(actor, found.body) and found.owner_id != actor.person_id):
        raise NotFound(gettext("there is no such action item"))
    return found
