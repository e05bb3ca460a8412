"""Standing in an election: nominating, answering, endorsing, and asking to be on the roll."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from quorate.access.identity import actor_from
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.registers.elections import actions
from quorate.registers.elections.models import Nomination
from quorate.registers.elections.web.forms import AnswerForm, AskForm, NominateForm
from quorate.registers.elections.web.officers import find, record_page
from quorate.toolkit.forms import blame


@login_required
@require_POST
def nominate(request: HttpRequest, slug: str) -> HttpResponse:
    """Put somebody forward, or oneself."""
    found = find(request, slug)
    form = NominateForm(request.POST)
    if form.is_valid():
        try:
            actions.nominate(
                actor=actor_from(request),
                election=found,
                person=form.cleaned_data["person"],
                statement=form.cleaned_data["statement"],
            )
            return redirect("elections:election", slug=slug)
        except UserError as error:
            blame(form, error)
    return record_page(request, found, nominate_form=form, status=422)


@login_required
@require_POST
def answer(request: HttpRequest, slug: str, nomination_id: UUID) -> HttpResponse:
    """Accept with a statement, or decline."""
    found = find(request, slug)
    nomination = _nomination(slug, nomination_id)
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            actions.answer(
                actor=actor_from(request),
                nomination=nomination,
                accept=form.cleaned_data["answer"] == "accept",
                statement=form.cleaned_data["statement"],
            )
            return redirect("elections:election", slug=slug)
        except UserError as error:
            if error.status == 403:
                raise
            blame(form, error)
    return record_page(request, found, answer_form=form, status=422)


@login_required
@require_POST
def endorse(request: HttpRequest, slug: str, nomination_id: UUID) -> HttpResponse:
    """Support a nomination."""
    find(request, slug)
    actions.endorse(actor=actor_from(request), nomination=_nomination(slug, nomination_id))
    messages.success(request, gettext("Your endorsement is recorded."))
    return redirect("elections:election", slug=slug)


@login_required
@require_POST
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask to be on the roll."""
    found = find(request, slug)
    form = AskForm(request.POST)
    if form.is_valid():
        try:
            actions.ask_for_roll(actor=actor_from(request), election=found, reason=form.cleaned_data["reason"])
            messages.success(request, gettext("The officers will decide your request before voting opens."))
            return redirect("elections:election", slug=slug)
        except UserError as error:
            if error.status == 403:
                raise
            blame(form, error)
    return record_page(request, found, ask_form=form, status=422)


def _nomination(slug: str, nomination_id: UUID) -> Nomination:
    rows = Nomination.objects.filter(election__slug=slug).select_related("election", "election__body")
    found = rows.filter(pk=nomination_id).first()
    if found is None:
        raise NotFound(gettext("there is no such nomination"))
    return found
