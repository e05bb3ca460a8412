"""Pages of agendas: proposing, and putting one together."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from quorate.access.identity import actor_from
from quorate.access.policy import authorise
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.registers.meetings import actions
from quorate.registers.meetings.models import AgendaItem
from quorate.registers.meetings.queries.calendar import agenda, planned_minutes, proposals
from quorate.registers.meetings.queries.meetings import may_see, visible_meeting
from quorate.registers.meetings.web.bodies import find_body
from quorate.registers.meetings.web.forms import ProposalForm, ReasonForm
from quorate.registers.meetings.web.planning import form_page
from quorate.toolkit.pages import render


@login_required
def propose(request: HttpRequest, key: str) -> HttpResponse:
    """Propose something for an agenda; anybody who is signed in may."""
    actor = actor_from(request)
    body = find_body(actor, key)
    authorise(actor, "meeting.propose", body)
    there = reverse("meetings:body", args=[body.slug])
    form = ProposalForm(request.POST or None, initial={"presenter": actor.label})

    def do(said: dict[str, Any]) -> str:
        actions.propose_item(actor=actor, body=body, facts=form.facts())
        messages.success(request, gettext("Your proposal waits for the agenda to be put together."))
        return there

    title = gettext("Propose an item for %s") % body.name
    return form_page(request, form, title, there, do, submit=gettext("Propose it"))


@login_required
def decline(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Say no to a proposal, with the reason."""
    actor = actor_from(request)
    item = AgendaItem.objects.select_related("body").filter(pk=item_id).first()
    if item is None or not may_see(actor, item.body):
        raise NotFound(gettext("there is no such item"))
    authorise(actor, "meeting.schedule", item)
    there = reverse("meetings:body", args=[item.body.slug])

    def do(said: dict[str, Any]) -> str:
        actions.decline_item(actor=actor, item=item, reason=said["reason"])
        return there

    title = gettext("Do not take up “%s”") % item.title
    return form_page(request, ReasonForm(request.POST or None), title, there, do, submit=gettext("Decline it"))


@login_required
def build(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """Put an agenda together: add proposals, order items, see when each begins."""
    actor = actor_from(request)
    meeting = visible_meeting(actor, meeting_id)
    authorise(actor, "meeting.schedule", meeting)
    if request.method == "POST":
        try:
            _arrange(request, actor, meeting)
        except UserError as error:
            messages.error(request, str(error))
        return redirect("meetings:agenda", meeting.id)
    slots = agenda(meeting)
    context = {
        "meeting": meeting,
        "slots": slots,
        "asked": planned_minutes(slots),
        "over": max(0, planned_minutes(slots) - meeting.duration),
        "proposals": proposals(meeting.body),
    }
    return render(request, "meetings/agenda.html", context)


def _arrange(request: HttpRequest, actor: Any, meeting: Any) -> None:
    """Add an item, or move one up or down."""
    key = request.POST.get("item", "")
    item = next((each for each in AgendaItem.objects.filter(body=meeting.body) if str(each.id) == key), None)
    if item is None:
        raise NotFound(gettext("there is no such item"))
    what = request.POST.get("what", "")
    if what == "add":
        actions.list_item(actor=actor, item=item, meeting=meeting)
        return
    order = [slot.item.id for slot in agenda(meeting)]
    if item.id not in order or what not in ("up", "down"):
        raise UserError(gettext("“%s” is not known") % what, where="what")
    place = order.index(item.id)
    other = max(0, place - 1) if what == "up" else min(len(order) - 1, place + 1)
    order[place], order[other] = order[other], order[place]
    actions.order_items(actor=actor, meeting=meeting, order=order)


@login_required
def edit(request: HttpRequest, meeting_id: UUID, item_id: UUID) -> HttpResponse:
    """Change an item on an agenda."""
    actor = actor_from(request)
    meeting = visible_meeting(actor, meeting_id)
    item = meeting.items.select_related("body").filter(pk=item_id).first()
    if item is None:
        raise NotFound(gettext("there is no such item"))
    authorise(actor, "meeting.schedule", item)
    there = reverse("meetings:agenda", args=[meeting.id])
    facts = actions.facts_of(item)
    initial = {**facts.__dict__, "papers": "\n".join(facts.papers)}
    form = ProposalForm(request.POST or None, initial=initial)

    def do(said: dict[str, Any]) -> str:
        actions.change_item(actor=actor, item=item, facts=form.facts())
        return there

    return form_page(request, form, gettext("Change “%s”") % item.title, there, do)
