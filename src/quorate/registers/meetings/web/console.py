"""The console: a meeting run by keyboard. Every key presses a button of a plain form, so it works without script too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from quorate.access.actors import Actor
from quorate.access.identity import actor_from
from quorate.access.policy import authorise
from quorate.kernel import clock
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.registers.meetings import actions
from quorate.registers.meetings.models import AgendaItem, Carried, Meeting
from quorate.registers.meetings.queries.calendar import agenda, open_items, spent
from quorate.registers.meetings.queries.meetings import Row, live, roll, visible_meeting
from quorate.registers.meetings.web.forms import ActionItemForm, BallotForm, GuestForm, MotionForm, rule_named
from quorate.registers.meetings.web.public import presides
from quorate.toolkit.pages import render

STATES = {
    "representative": ("representative",),
    "alternate": ("alternate",),
    "both": ("representative", "alternate"),
    "absent": (),
}


@login_required
def page(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """The console of a meeting, for whoever runs it."""
    actor = actor_from(request)
    meeting = visible_meeting(actor, meeting_id)
    authorise(actor, "meeting.run", meeting)
    return _show(request, meeting)


def _show(request: HttpRequest, meeting: Meeting, status: int = 200) -> HttpResponse:
    rows = roll(meeting)
    slots = agenda(meeting)
    current = next((slot.item for slot in slots if slot.item.state == AgendaItem.State.RUNNING), None)
    waiting = meeting.motions.filter(motion__state="open", continues=None).select_related("motion", "item").first()
    undecided = (
        meeting.motions.filter(motion__result="no-decision", continues=None, continued_by=None)
        .select_related("motion")
        .last()
    )
    context = {
        "meeting": meeting,
        "rows": rows,
        "presides": presides(meeting),
        "quorum": live(meeting, rows) if rows else None,
        "slots": [{"slot": slot, "spent": spent(slot.item) // 60} for slot in slots],
        "current": current,
        "waiting": waiting,
        "asked": _asked(rows, waiting) if waiting else [],
        "undecided": undecided,
        "decided": [each for each in meeting.motions.select_related("motion") if each.motion.state == "closed"],
        "guests": [row for row in meeting.attendances.select_related("person") if row.place_id is None],
        "notes": list(meeting.notes.select_related("item").order_by("-at")[:12]),
        "given": list(meeting.action_items.exclude(state="proposed").select_related("owner")),
        "carried_over": open_items(meeting.body).exclude(meeting=meeting),
        "motion_form": MotionForm(prefix="motion"),
        "ballot_form": BallotForm(prefix="ballot"),
        "guest_form": GuestForm(prefix="guest"),
        "item_form": ActionItemForm(prefix="todo", body=meeting.body),
        "recused": set(waiting.item.recusals.values_list("place_id", flat=True)) if waiting and waiting.item else set(),
    }
    return render(request, "meetings/console.html", context, status=status)


def _asked(rows: list[Row], carried: Carried) -> list[Row]:
    """The seats that are asked for their vote: somebody speaks for them, and they did not stand aside."""
    electors = set(carried.motion.electors.filter(recused="", suspended="").values_list("seat_id", flat=True))
    return [row for row in rows if row.standing.speaks and row.place.seat_id in electors]


@login_required
@require_POST
def act(request: HttpRequest, meeting_id: UUID, what: str) -> HttpResponse:
    """Do one thing, and show the console again; what was refused is said at its top."""
    actor = actor_from(request)
    meeting = visible_meeting(actor, meeting_id)
    do = ACTS.get(what)
    if do is None:
        raise NotFound(gettext("there is nothing to do here"))
    swapped = what == "seat" and "HX-Request" in request.headers
    try:
        do(request, actor, meeting)
    except UserError as error:
        if error.status == 403:
            raise
        messages.error(request, str(error))
        swapped = False
    if swapped:
        return _quorum_again(request, meeting)
    if "HX-Request" in request.headers:
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    if what == "adjourn" and Meeting.objects.get(pk=meeting.pk).state == Meeting.State.ADJOURNED:
        return redirect("meetings:meeting", meeting.id)
    return redirect("meetings:run", meeting.id)


def _quorum_again(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """The quorum as it is now; the rows stay, so that keys may run ahead of answers."""
    context = {
        "meeting": meeting,
        "quorum": live(meeting, roll(meeting)),
        "presides": presides(Meeting.objects.select_related("presiding", "body").get(pk=meeting.pk)),
        "swapped": True,
        "current": meeting.items.filter(state=AgendaItem.State.RUNNING).first(),
    }
    return render(request, "meetings/parts/console_bar.html", context)


def _call(request: HttpRequest, actor: Actor, meeting: Meeting) -> None:
    actions.call_to_order(actor=actor, meeting=meeting)


def _seat(request: HttpRequest, actor: Actor, meeting: Meeting) -> None:
    place = next((each for each in meeting.places.all() if str(each.id) == request.POST.get("place")), None)
    state = request.POST.get("state", "")
    if place is None or state not in STATES:
        raise UserError(gettext("this seat is not on the roll of the meeting"), where="place")
    actions.mark_seat(actor=actor, place=place, present=STATES[state])


def _antitrust(request: HttpRequest, actor: Actor, meeting: Meeting) -> None:
    actions.read_antitrust(actor=actor, meeting=meeting)


def _guest(request: HttpRequest, actor: Actor, meeting: Meeting) -> None:
    actions.welcome(actor=actor, meeting=meeting, **_said(GuestForm(request.POST, prefix="guest")))


def _note(request: HttpRequest, actor: Actor, meeting: Meeting) -> None:
    actions.take_note(actor=actor, meeting=meeting, text=request.POST.get("text", "")[:4000])


def _start(request: HttpRequest, actor: Actor, meeting: Meeting) -> None:
    """Take up the item that is named, or else the next one on the agenda."""
    slots = agenda(meeting)
    asked = request.POST.get("item", "")
    ready = [slot.item for slot in slots if slot.item.state == AgendaItem.State.LISTED]
    item = next((slot.item for slot in slots if str(slot.item.id) == asked), None) if asked else next(iter(ready), None)
    if item is None:
        raise UserError(gettext("nothing is left on the agenda"), where="item")
    actions.start_item(actor=actor, item=item)


def _stop(request: HttpRequest, actor: Actor, meeting: Meeting) -> None:
    actions.stop_item(actor=actor, item=_running_item(meeting))


def _aside(request: HttpRequest, actor: Actor, meeting: Meeting) -> None:
    place = next((each for each in meeting.places.all() if str(each.id) == request.POST.get("place")), None)
    if place is None:
        raise UserError(gettext("this seat is not on the roll of the meeting"), where="place")
    why = request.POST.get("why", "")
    actions.stand_aside(actor=actor, item=_running_item(meeting), place=place, why=why)


def _motion(request: HttpRequest, actor: Actor, meeting: Meeting) -> None:
    said = _said(MotionForm(request.POST, prefix="motion"))
    current = meeting.items.filter(state=AgendaItem.State.RUNNING).first()
    rule = rule_named(said["rule"])
    actions.put_motion(
        actor=actor, meeting=meeting, title=said["title"], rule=rule, clause=said["clause"], item=current
    )


def _votes(request: HttpRequest, actor: Actor, meeting: Meeting) -> None:
    carried = _carried(meeting, request)
    choices = {str(row.place.id): row.place.id for row in roll(meeting)}
    votes = {
        place: request.POST[f"vote-{key}"] for key, place in choices.items() if request.POST.get(f"vote-{key}", "")
    }
    actions.call_roll(actor=actor, carried=carried, votes=votes)


def _ballot(request: HttpRequest, actor: Actor, meeting: Meeting) -> None:
    said = _said(BallotForm(request.POST, prefix="ballot"))
    actions.continue_by_ballot(
        actor=actor,
        carried=_carried(meeting, request),
        rule=rule_named(said["rule"]),
        closes_at=clock.now() + timedelta(days=said["days"]),
        clause=said["clause"],
    )


def _todo(request: HttpRequest, actor: Actor, meeting: Meeting) -> None:
    said = _said(ActionItemForm(request.POST, prefix="todo", body=meeting.body))
    current = meeting.items.filter(state=AgendaItem.State.RUNNING).first()
    actions.give(actor=actor, body=meeting.body, meeting=meeting, item=current, **said)


def _adjourn(request: HttpRequest, actor: Actor, meeting: Meeting) -> None:
    actions.adjourn(actor=actor, meeting=meeting)


def _running_item(meeting: Meeting) -> AgendaItem:
    current = meeting.items.select_related("meeting").filter(state=AgendaItem.State.RUNNING).first()
    if current is None:
        raise UserError(gettext("no item is taken up"), where="item", mend=gettext("start one first"))
    return current


def _carried(meeting: Meeting, request: HttpRequest) -> Carried:
    key = request.POST.get("motion", "")
    rows = meeting.motions.select_related("motion", "meeting__body", "item")
    found = next((each for each in rows if str(each.id) == key), None)
    if found is None:
        raise UserError(gettext("there is no such motion"), where="motion")
    return found


def _said(form: forms.Form) -> dict[str, Any]:
    """What a form of the console says, or the first thing that is wrong with it."""
    if form.is_valid():
        return form.cleaned_data
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else name
    raise UserError(f"{label}: {errors[0]}", where=name)


ACTS: dict[str, Callable[[HttpRequest, Actor, Meeting], None]] = {
    "call": _call,
    "seat": _seat,
    "antitrust": _antitrust,
    "guest": _guest,
    "note": _note,
    "start": _start,
    "stop": _stop,
    "aside": _aside,
    "motion": _motion,
    "votes": _votes,
    "ballot": _ballot,
    "todo": _todo,
    "adjourn": _adjourn,
}
