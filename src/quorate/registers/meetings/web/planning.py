"""Pages for whoever plans: series, their exceptions, single meetings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from quorate.access.identity import actor_from
from quorate.access.policy import authorise
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.registers.meetings import actions, recurrence
from quorate.registers.meetings.actions import SeriesFacts
from quorate.registers.meetings.queries.calendar import rule_of, series_by_key
from quorate.registers.meetings.queries.meetings import visible_meeting
from quorate.registers.meetings.web.bodies import find_body
from quorate.registers.meetings.web.forms import ChangeForm, MeetingForm, SeriesForm
from quorate.toolkit.forms import blame
from quorate.toolkit.pages import render


def form_page(
    request: HttpRequest,
    form: forms.Form,
    title: str,
    back: str,
    do: Callable[[dict[str, Any]], str],
    *,
    submit: str = "",
    lead: str = "",
) -> HttpResponse:
    """A page with one form: show it, or do what it says and go to the address that ``do`` gives."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return redirect(do(form.cleaned_data))
            except UserError as error:
                blame(form, error)
                status = error.status
    context = {"form": form, "title": title, "back": back, "submit": submit or gettext("Save"), "lead": lead}
    return render(request, "meetings/form.html", context, status=status)


@login_required
def new_series(request: HttpRequest, key: str) -> HttpResponse:
    """Begin a series."""
    actor = actor_from(request)
    body = find_body(actor, key)
    authorise(actor, "meeting.schedule", body)
    there = reverse("meetings:body", args=[body.slug])

    def do(said: dict[str, Any]) -> str:
        quorum = {"count": said.pop("quorum")} if said["quorum"] else said.pop("quorum") or {}
        actions.start_series(actor=actor, body=body, facts=SeriesFacts(**said, quorum=quorum))
        return there

    title = gettext("Begin a series of meetings of %s") % body.name
    return form_page(request, SeriesForm(request.POST or None), title, there, do)


@login_required
def new_meeting(request: HttpRequest, key: str) -> HttpResponse:
    """Plan a single meeting."""
    actor = actor_from(request)
    body = find_body(actor, key)
    authorise(actor, "meeting.schedule", body)
    there = reverse("meetings:body", args=[body.slug])

    def do(said: dict[str, Any]) -> str:
        recurrence.check_zone(said["zone"])
        made = actions.plan_meeting(
            actor=actor,
            body=body,
            title=said["title"],
            starts_at=recurrence.instant(said["day"], said["wall"], said["zone"]),
            zone=said["zone"],
            duration=said["duration"],
            place=said["place"],
        )
        return reverse("meetings:meeting", args=[made.id])

    title = gettext("Plan a meeting of %s") % body.name
    return form_page(request, MeetingForm(request.POST or None), title, there, do)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound(gettext("there is no such day")) from None


@login_required
def occurrence(request: HttpRequest, key: str, series: str, day: str) -> HttpResponse:
    """Move or cancel one meeting of a series."""
    actor = actor_from(request)
    body = find_body(actor, key)
    found = series_by_key(body, series)
    authorise(actor, "meeting.schedule", found)
    when = _day(day)
    if not recurrence.is_day(rule_of(found), when):
        raise NotFound(gettext("the series has no meeting on %s") % when)
    there = reverse("meetings:body", args=[body.slug])

    def do(said: dict[str, Any]) -> str:
        if said["what"] == "cancel":
            actions.cancel_occurrence(actor=actor, series=found, day=when, reason=said["reason"])
        else:
            starts_at = recurrence.instant(said["day"], said["wall"], found.zone)
            actions.move_occurrence(actor=actor, series=found, day=when, starts_at=starts_at, reason=said["reason"])
        return there

    title = gettext("Move or cancel the meeting of %s") % when.isoformat()
    form = ChangeForm(request.POST or None, initial={"what": "move", "day": when, "wall": found.wall})
    lead = gettext("Times are on the clocks of %s. The other meetings of the series stand.") % found.zone
    return form_page(request, form, title, there, do, lead=lead)


@login_required
@require_POST
def plan(request: HttpRequest, key: str, series: str, day: str) -> HttpResponse:
    """Give one meeting of a series its own page."""
    actor = actor_from(request)
    found = series_by_key(find_body(actor, key), series)
    made = actions.plan_occurrence(actor=actor, series=found, day=_day(day))
    return redirect("meetings:meeting", made.id)


@login_required
@require_POST
def end_series(request: HttpRequest, key: str, series: str) -> HttpResponse:
    """Let a series have no more meetings."""
    actor = actor_from(request)
    body = find_body(actor, key)
    actions.end_series(actor=actor, series=series_by_key(body, series))
    messages.success(request, gettext("The series has ended."))
    return redirect("meetings:body", body.slug)


@login_required
def change(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """Move or cancel a planned meeting."""
    actor = actor_from(request)
    found = visible_meeting(actor, meeting_id)
    authorise(actor, "meeting.schedule", found)
    there = reverse("meetings:meeting", args=[found.id])

    def do(said: dict[str, Any]) -> str:
        if said["what"] == "cancel":
            actions.cancel_meeting(actor=actor, meeting=found, reason=said["reason"])
        else:
            starts_at = recurrence.instant(said["day"], said["wall"], found.zone)
            actions.move_meeting(actor=actor, meeting=found, starts_at=starts_at, reason=said["reason"])
        return there

    local = found.local_start
    form = ChangeForm(request.POST or None, initial={"what": "move", "day": local.date(), "wall": local.time()})
    lead = gettext("Times are on the clocks of %s.") % found.zone
    return form_page(request, form, gettext("Move or cancel %s") % found.title, there, do, lead=lead)
