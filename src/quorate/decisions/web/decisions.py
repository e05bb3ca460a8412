"""The register of decisions: the list as of a day, and each decision with how it came and went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from quorate.access.actors import VISITOR, Actor
from quorate.access.identity import actor_from
from quorate.access.policy import may
from quorate.decisions import actions
from quorate.decisions.models import DecisionRecord
from quorate.decisions.queries import visible as motions_seen
from quorate.decisions.register import IN_FORCE, as_of, decision_by_id, decision_by_key, decisions_visible
from quorate.decisions.web.entering import may_change, recording
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import _, gettext
from quorate.terms.models import Body
from quorate.toolkit.asof import AsOf
from quorate.toolkit.asof import as_of as asked_of
from quorate.toolkit.columns import Choice, Column, Empty
from quorate.toolkit.forms import blame
from quorate.toolkit.history import history
from quorate.toolkit.pages import public_render, render
from quorate.toolkit.parts import pill
from quorate.toolkit.tables import Table

#: A decision's state in words, and its tone.
STATES = {
    "adopted": (_("In force"), "good"),
    "amended": (_("In force, amended"), "info"),
    "superseded": (_("Superseded"), "done"),
    "expired": (_("Expired"), "done"),
    "repealed": (_("Repealed"), "late"),
    "pending": (_("Not yet in force"), "soon"),
}


def _narrowed(rows: Any, value: str) -> Any:
    return rows.filter(stands__in=IN_FORCE) if value == "in-force" else rows.filter(stands=value)


def _columns(route: str) -> Sequence[Column]:
    """The columns, with links to pages of a route."""
    return (
        Column("number", _("No."), sort="year", value=lambda row: row.label),
        Column(
            "title",
            _("Decision"),
            sort="title",
            primary=True,
            value=lambda row: row.title,
            url=lambda row: reverse(route, args=[row.body.slug, row.label]),
        ),
        Column("body", _("Body"), sort="body__name", value=lambda row: row.body.name),
        Column("adopted", _("Adopted"), sort="adopted_at", kind="day", value=lambda row: row.adopted_at),
        Column("from", _("In force from"), sort="effective_from", kind="day", value=lambda row: row.effective_from),
        Column("state", _("State"), value=lambda row: row.stands, cell=lambda row: pill(*STATES[row.stands])),
    )


class DecisionTable(Table[DecisionRecord]):
    """The decisions that the reader may see, each with its state on the day asked for."""

    name = "decisions"
    caption = _("Decisions")
    columns: ClassVar[Sequence[Column]] = _columns("decisions:decision-of")
    filters = (
        Choice(
            "state",
            _("State"),
            options=lambda table: [("in-force", _("In force or amended")), *((k, v[0]) for k, v in STATES.items())],
            apply=_narrowed,
        ),
        Choice(
            "body",
            _("Body"),
            options=lambda table: list(
                Body.objects.filter(pk__in=DecisionRecord.objects.values("body_id"), public=True)
                .order_by("name")
                .values_list("slug", "name")
            ),
            apply=lambda rows, value: rows.filter(body__slug=value),
        ),
    )
    search = ("title", "text", "body__name")
    order = "-adopted_at"
    empty = Empty(_("No decisions yet"), _("A decision is entered when a motion passes."))


class PublicDecisions(DecisionTable):
    """The public ones, with links to public pages."""

    columns: ClassVar[Sequence[Column]] = _columns("decisions:public-decision-of")


class RepealForm(forms.Form):
    """Why a decision ends."""

    reason = forms.CharField(label=_("Why it is repealed"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """The register as the signed-in reader may see it."""
    asked = asked_of(request)
    actor = actor_from(request)
    rows = as_of(decisions_visible(actor), asked.at)
    context = {"as_of": asked, "may_record": bool(recording(actor))}
    return DecisionTable(request, rows, actor=actor).respond("decisions/decisions.html", context)


def public_listed(request: HttpRequest) -> HttpResponse:
    """The public register."""
    asked = asked_of(request)
    rows = as_of(decisions_visible(VISITOR), asked.at)
    return PublicDecisions(request, rows).respond("decisions/public_decisions.html", {"as_of": asked}, public=True)


@login_required
def record(request: HttpRequest, body: str, label: str) -> HttpResponse:
    """One decision."""
    return _page(request, decision_by_key(actor_from(request), body, label))


def public_record(request: HttpRequest, body: str, label: str) -> HttpResponse:
    """One public decision."""
    found = decision_by_key(VISITOR, body, label)
    return public_render(request, "decisions/public_decision.html", _context(VISITOR, found, asked_of(request)))


@login_required
def by_id(request: HttpRequest, key: UUID) -> HttpResponse:
    """The readable address of a decision."""
    found = decision_by_id(actor_from(request), key)
    return redirect("decisions:decision-of", found.body.slug, found.label)


def public_by_id(request: HttpRequest, key: UUID) -> HttpResponse:
    """The readable address of a public decision."""
    found = decision_by_id(VISITOR, key)
    return redirect("decisions:public-decision-of", found.body.slug, found.label)


@login_required
@require_POST
def repeal(request: HttpRequest, body: str, label: str) -> HttpResponse:
    """Repeal a decision, with a reason."""
    actor = actor_from(request)
    found = decision_by_key(actor, body, label)
    form = RepealForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        actions.repeal_decision(actor=actor, record=found, reason=form.cleaned_data["reason"])
    except UserError as error:
        blame(form, error)
        return _page(request, found, form, status=error.status)
    messages.success(request, gettext("The decision is repealed."))
    return redirect("decisions:decision-of", found.body.slug, found.label)


def _page(
    request: HttpRequest, found: DecisionRecord, form: RepealForm | None = None, *, status: int = 200
) -> HttpResponse:
    actor = actor_from(request)
    context = _context(actor, found, asked_of(request))
    running = context["periods"] and context["periods"][-1].state in IN_FORCE
    if running and may(actor, "decision.end", found):
        context["form"] = form or RepealForm()
    context["may_change"] = may_change(actor, found)
    return render(request, "decisions/decision.html", context, status=status)


def _context(actor: Actor, found: DecisionRecord, asked: AsOf) -> dict[str, Any]:
    public = actor is VISITOR
    periods = list(found.periods.all())
    at = next((p for p in periods if p.start <= asked.at and (p.until is None or p.until > asked.at)), None)
    label, tone = STATES[at.state if at is not None else "pending"]
    visible = decisions_visible(actor)
    return {
        "record": found,
        "as_of": asked,
        "state_label": label,
        "state_tone": tone,
        "since": at.start if at is not None else None,
        "periods": periods,
        "spans": [(STATES[period.state][0], period) for period in periods],
        "replaces": visible.filter(pk=found.replaces_id).first() if found.replaces_id else None,
        "replaced_by": list(visible.filter(replaces=found)),
        "clauses": [(clause, *clause.partition("#")[::2]) for clause in found.clauses],
        "motion": motions_seen(actor).filter(pk=found.motion_id).first() if found.motion_id and not public else None,
        "voted_parts": _voted_parts(found),
        "voted": found.motion.evaluation if found.motion is not None and found.motion.public else None,
        "history": history("decision", str(found.id), public=public, private=not public),
        "public": public,
    }


def _voted_parts(found: DecisionRecord) -> list[tuple[str, Any]]:
    """The parts of a decision that several bodies made together, each under the name of its body."""
    if found.motion is None or not found.motion.public or not found.motion.evaluation.get("all"):
        return []
    slugs = found.motion.evaluation.get("bodies", [])
    names = dict(Body.objects.filter(slug__in=slugs).values_list("slug", "name"))
    return [(names.get(slug, slug), part) for slug, part in zip(slugs, found.motion.evaluation["all"], strict=False)]
