"""Pages of a working group's life: the proposal, the next step, its reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from quorate.access.actors import Actor
from quorate.access.identity import actor_from
from quorate.access.policy import authorise, may
from quorate.directory.web.forms import DayField, moment
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import _, gettext
from quorate.terms import actions
from quorate.terms.groups import TRANSITIONS, ProposalFacts, duties, state_of
from quorate.terms.models import Body, Proposal, Stage
from quorate.terms.numbers import Numbers
from quorate.terms.queries import body_by_key
from quorate.toolkit.forms import blame
from quorate.toolkit.pages import render


def _long(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}), **more)


class ProposalForm(forms.Form):
    """What somebody proposes a working group for."""

    name = forms.CharField(label=_("Name"), max_length=60)
    parent = forms.ModelChoiceField(
        label=_("Body that would charter it"),
        queryset=Body.objects.filter(closed_at=None, kind__in=("board", "council")).order_by("name"),
        to_field_name="slug",
    )
    purpose = _long(_("Purpose"), help_text=_("Four or five sentences."))
    goals = _long(_("Goals"))
    non_goals = _long(_("What it is not for"), required=False)
    deliverables = _long(_("Deliverables"))


class ReportForm(forms.Form):
    """A report that was given."""

    title = forms.CharField(label=_("Title"), max_length=200)
    link = forms.URLField(label=_("Where it can be read"), max_length=300, required=False, assume_scheme="https")
    text = _long(_("Or its text"), required=False)
    at = DayField(label=_("Given on"), help_text=_("Blank: now."))


class StepForm(forms.Form):
    """The next step of a group's life."""

    to = forms.ChoiceField(label=_("Next"), choices=Stage.State.choices)
    by = forms.CharField(
        label=_("By"), max_length=200, required=False, help_text=_("The decision: a resolution, a motion.")
    )


def life_of(actor: Actor, body: Body, said: Numbers, at: datetime) -> dict[str, Any]:
    """What a body's page shows of its life. At most six queries."""
    state = state_of(body, at)
    steps = TRANSITIONS[state] if body.kind == Body.Kind.WORKING_GROUP else ()
    form = StepForm()
    form.fields["to"].choices = [(step, Stage.State(step).label) for step in steps]  # type: ignore[attr-defined]  # a ChoiceField
    return {
        "state": Stage.State(state),
        "stages": list(body.stages.order_by("-start")),
        "proposal": Proposal.objects.select_related("proposer").filter(body=body).first(),
        "reports": list(body.reports.filter(reported_at__lte=at)[:12]),
        "duty": duties([body], {body: said}, at).get(body),
        "step_form": form if steps and may(actor, "body.edit", body) else None,
        "may_report": body.closed_at is None and may(actor, "body.report", body),
    }


@login_required
def propose(request: HttpRequest) -> HttpResponse:
    """Propose a working group; everybody who is signed in may."""
    actor = actor_from(request)
    authorise(actor, "body.propose")
    form = ProposalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        parent = said.pop("parent")
        try:
            body = actions.propose_group(actor=actor, parent=parent, facts=ProposalFacts(**said))
        except UserError as error:
            blame(form, error)
        else:
            messages.success(request, gettext("Your proposal is on record."))
            return redirect("terms:body", body.slug)
    context = {"form": form, "body": None}
    return render(request, "terms/group_form.html", context, status=422 if form.is_bound else 200)


@login_required
def report(request: HttpRequest, key: str) -> HttpResponse:
    """Record a report of a body."""
    body = body_by_key(key)
    actor = actor_from(request)
    authorise(actor, "body.report", body)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            at = moment(said.pop("at"))
            actions.record_report(actor=actor, body=body, at=at, **said)
        except UserError as error:
            blame(form, error)
        else:
            return redirect("terms:body", body.slug)
    context = {"form": form, "body": body}
    return render(request, "terms/group_form.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def step(request: HttpRequest, key: str) -> HttpResponse:
    """Move a working group to the next state of its life."""
    body = body_by_key(key)
    actor = actor_from(request)
    authorise(actor, "body.edit", body)
    form = StepForm(request.POST)
    if not form.is_valid():
        raise UserError(gettext("say which state comes next"), where="to")
    actions.move_group(actor=actor, body=body, to=form.cleaned_data["to"], by=form.cleaned_data["by"])
    messages.success(
        request,
        gettext("%(body)s: %(state)s") % {"body": body.name, "state": Stage.State(form.cleaned_data["to"]).label},
    )
    return redirect("terms:body", body.slug)
