"""Entering decisions by page: old ones known from minutes, those that amend or replace others, and when one expires."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from quorate.access.actors import Actor
from quorate.access.identity import actor_from
from quorate.access.policy import authorise, may
from quorate.decisions import actions
from quorate.decisions.models import DecisionRecord
from quorate.decisions.register import IN_FORCE, decision_by_id, decision_by_key, in_force_of
from quorate.directory.web.forms import DayField, moment
from quorate.kernel.errors import Refused, UserError
from quorate.kernel.i18n import _, gettext
from quorate.kernel.ids import is_uuid
from quorate.terms.models import Body
from quorate.toolkit.forms import blame
from quorate.toolkit.pages import render

REPLACES = [("superseded", _("It replaces it")), ("amended", _("It amends it, and both hold"))]


class DecisionForm(forms.Form):
    """A decision that no motion in Quorate made."""

    body = forms.ModelChoiceField(label=_("Body"), queryset=Body.objects.none(), to_field_name="slug")
    title = forms.CharField(label=_("What was decided"), max_length=200)
    text = forms.CharField(
        label=_("In full"), required=False, max_length=100_000, widget=forms.Textarea(attrs={"rows": 6})
    )
    adopted = DayField(label=_("Adopted on"), required=True)
    start = DayField(label=_("In force from"), help_text=_("Blank: from the day it was adopted."))
    until = DayField(label=_("Expires on"), help_text=_("Where it says so itself."))
    source = forms.CharField(
        label=_("Known from"), max_length=300, help_text=_("The minutes or the document that say so.")
    )
    reconstructed = forms.BooleanField(
        label=_("The time is reconstructed"),
        help_text=_("From minutes or memory, and not written down when it happened."),
        required=False,
        initial=True,
    )
    clauses = forms.CharField(
        label=_("Clauses"),
        help_text=_("Of policies that rest on it, as policy#anchor, with commas between."),
        required=False,
        max_length=2000,
    )
    replaces = forms.ModelChoiceField(
        label=_("About an earlier decision"), queryset=DecisionRecord.objects.none(), required=False
    )
    replaced_as = forms.ChoiceField(label=_("What it does to that one"), choices=REPLACES, required=False)

    def __init__(self, data: Any, bodies: Sequence[Body], earlier: Sequence[DecisionRecord], **more: Any) -> None:
        super().__init__(data, **more)
        for name, rows in (("body", bodies), ("replaces", earlier)):
            choice = self.fields[name]
            assert isinstance(choice, forms.ModelChoiceField)  # declared above
            choice.queryset = (Body if name == "body" else DecisionRecord).objects.filter(pk__in=[r.pk for r in rows])
        self.fields["replaces"].label_from_instance = (  # type: ignore[attr-defined]  # a ModelChoiceField
            lambda row: f"{row.body.name} {row.label}: {row.title}"
        )


class ExpiryForm(forms.Form):
    """When a decision expires."""

    until = DayField(label=_("It expires on"), required=True)
    reason = forms.CharField(label=_("Why"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Enter a decision, perhaps one that amends or replaces another (``?replaces=ID``)."""
    actor = actor_from(request)
    bodies = recording(actor)
    if not bodies:
        raise Refused(gettext("you may not enter decisions of a body"))
    earlier = list(in_force_of(actor, bodies))
    asked = request.GET.get("replaces", "")
    about = decision_by_id(actor, UUID(asked)) if is_uuid(asked) else None
    initial = {"replaces": about, "body": about.body.slug} if about is not None else {}
    form = DecisionForm(request.POST or None, bodies, earlier, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, about, 422 if form.is_bound else 200)
    said = form.cleaned_data
    try:
        record = actions.record_decision(
            actor=actor,
            body=said["body"],
            title=said["title"],
            text=said["text"],
            source=said["source"],
            adopted_at=moment(said["adopted"]),
            effective_from=moment(said["start"]),
            effective_until=moment(said["until"]),
            reconstructed=said["reconstructed"],
            clauses=[each.strip() for each in said["clauses"].split(",") if each.strip()],
            replaces=said["replaces"],
            replaced_as=said["replaced_as"] or "superseded",
        )
    except UserError as error:
        blame(form, error)
        return _page(request, form, about, error.status)
    messages.success(request, gettext("The decision is in the register as %s.") % record.label)
    return redirect("decisions:decision-of", record.body.slug, record.label)


@login_required
def expire(request: HttpRequest, body: str, label: str) -> HttpResponse:
    """Say when a decision expires."""
    actor = actor_from(request)
    found = decision_by_key(actor, body, label)
    authorise(actor, "decision.end", found)
    form = ExpiryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        until = moment(form.cleaned_data["until"])
        assert until is not None  # the field is required
        try:
            actions.limit_decision(actor=actor, record=found, until=until, reason=form.cleaned_data["reason"])
        except UserError as error:
            blame(form, error)
        else:
            messages.success(request, gettext("It is written down when the decision expires."))
            return redirect("decisions:decision-of", found.body.slug, found.label)
    context = {"form": form, "record": found}
    return render(request, "decisions/expire.html", context, status=422 if form.is_bound else 200)


def recording(actor: Actor) -> list[Body]:
    """The bodies whose decisions an actor may enter."""
    return [body for body in Body.objects.order_by("name") if may(actor, "decision.record", body)]


def may_change(actor: Actor, found: DecisionRecord) -> bool:
    """Whether an actor may enter another decision in place of one that is in force."""
    running = found.periods.filter(until=None, state__in=IN_FORCE).exists()
    return running and may(actor, "decision.record", found.body)


def _page(request: HttpRequest, form: DecisionForm, about: DecisionRecord | None, status: int) -> HttpResponse:
    return render(request, "decisions/new_decision.html", {"form": form, "about": about}, status=status)
