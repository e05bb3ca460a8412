"""The page of a meeting's minutes, from the first draft to the published text."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from quorate.access.identity import actor_from
from quorate.access.policy import authorise, may
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.registers.meetings import actions
from quorate.registers.meetings.models import Meeting
from quorate.registers.meetings.queries.meetings import adopting, versions_seen, visible_meeting
from quorate.registers.meetings.web.forms import MinutesForm
from quorate.toolkit.forms import blame
from quorate.toolkit.pages import render


@login_required
def page(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """Every version, the form that corrects the last, and the buttons that adopt and publish it.

    Drafts are for whoever writes or adopts minutes, and for the members of the body; the published text is public.
    """
    actor = actor_from(request)
    meeting = visible_meeting(actor, meeting_id)
    if request.method == "POST":
        return _act(request, meeting)
    return _show(request, meeting)


def _show(request: HttpRequest, meeting: Meeting, form: MinutesForm | None = None, status: int = 200) -> HttpResponse:
    actor = actor_from(request)
    versions = versions_seen(actor, meeting)
    last = versions[0] if versions else None
    wanted = request.GET.get("version", "")
    chosen = next((each for each in versions if str(each.number) == wanted), last)
    writes = may(actor, "minutes.write", meeting)
    adopted = any(each.adopted_at is not None for each in versions)
    if form is None and writes and last is not None and not adopted:
        form = MinutesForm(initial={"text": last.text})
    context = {
        "meeting": meeting,
        "versions": versions,
        "minutes": chosen,
        "form": form,
        "adopted": adopted,
        "may_write": writes,
        "may_adopt": may(actor, "minutes.adopt", meeting),
        "adopting": adopting(meeting) if last is not None and not adopted else [],
    }
    return render(request, "meetings/minutes.html", context, status=status)


def _act(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    actor = actor_from(request)
    what = request.POST.get("what", "")
    last = meeting.versions.first()
    try:
        if what == "draft":
            actions.draft_minutes(actor=actor, meeting=meeting)
        elif what == "correct":
            authorise(actor, "minutes.write", meeting)
            form = MinutesForm(request.POST)
            if not form.is_valid():
                return _show(request, meeting, form, 422)
            try:
                said = form.cleaned_data
                actions.correct_minutes(actor=actor, meeting=meeting, text=said["text"], why=said["why"])
            except UserError as error:
                blame(form, error)
                return _show(request, meeting, form, error.status)
        elif what == "adopt" and last is not None:
            chosen = next((each for each in adopting(meeting) if str(each.id) == request.POST.get("in")), None)
            if chosen is None:
                raise UserError(gettext("choose the meeting that adopted them"), where="in")
            actions.adopt_minutes(actor=actor, minutes=last, adopted_in=chosen)
        elif what == "publish" and last is not None:
            actions.publish_minutes(actor=actor, minutes=last)
        else:
            raise NotFound(gettext("there is nothing to do here"))
    except UserError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, str(error))
    return redirect("meetings:minutes", meeting.id)
