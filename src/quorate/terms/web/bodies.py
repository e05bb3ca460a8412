"""Pages of bodies for those signed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from quorate.access.identity import actor_from
from quorate.access.policy import authorise, may
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import _, gettext
from quorate.terms import actions
from quorate.terms.groups import with_state
from quorate.terms.models import Body, Stage
from quorate.terms.queries import Place, bodies_with_counts, body_by_key, body_facts, roster
from quorate.terms.rules import BodyFacts
from quorate.terms.web.charters import standing_of
from quorate.terms.web.forms import BodyForm, NewBodyForm
from quorate.terms.web.groups import life_of
from quorate.toolkit.asof import as_of
from quorate.toolkit.columns import Choice, Column, Empty, Flag
from quorate.toolkit.forms import blame
from quorate.toolkit.history import history
from quorate.toolkit.pages import render
from quorate.toolkit.panels import Asked, panels_of
from quorate.toolkit.tables import Table


class BodyTable(Table[Body]):
    """The bodies of the foundation."""

    name = "bodies"
    caption = _("Bodies")
    columns: ClassVar[Sequence[Column]] = (
        Column(
            "name",
            _("Body"),
            sort="name",
            primary=True,
            url=lambda row: reverse("terms:body", args=[row.slug]),
        ),
        Column("kind", _("Kind"), sort="kind", value=lambda row: row.get_kind_display()),
        Column("parent", _("Below"), sort="parent__name", value=lambda row: row.parent.name if row.parent else ""),
        Column("seats", _("Seats"), kind="number", sort="seats_now", value="seats_now"),
        Column("vacant", _("Vacant"), kind="number", value=lambda row: row.seats_now - row.held),
        Column("state", _("State"), value=lambda row: Stage.State(row.stage or "active").label),
        Column("slug", _("Address"), show=False),
    )
    filters: ClassVar[Sequence[Choice | Flag]] = (
        Choice("kind", _("Kind"), options=Body.Kind.choices, apply=lambda rows, value: rows.filter(kind=value)),
        Choice(
            "state",
            _("State"),
            options=Stage.State.choices,
            apply=lambda rows, value: (
                rows.filter(stage=value) if value != "active" else rows.filter(Q(stage=value) | Q(stage=None))
            ),
        ),
    )
    search = ("name", "purpose")
    order = "name"
    empty = Empty(_("No bodies yet"), _("They come with the foundation's files, or by hand."))


class RosterTable(Table[Place]):
    """The seats of a body on a day, with who held them."""

    name = "roster"
    caption = _("Roster")
    size = 200
    columns: ClassVar[Sequence[Column]] = (
        Column("seat", _("Seat"), value=lambda place: place.seat.title, primary=True),
        Column(
            "organisation",
            _("Of"),
            value=lambda place: place.seat.organisation.name if place.seat.organisation else place.seat.project,
            low=True,
        ),
        Column(
            "holder", _("Held by"), value=lambda place: place.representative.person.name if place.representative else ""
        ),
        Column("since", _("Since"), value=lambda place: place.representative.start if place.representative else None),
        Column("alternate", _("Alternate"), value=lambda place: place.alternate.person.name if place.alternate else ""),
        Column("vacant_since", _("Vacant since"), value=lambda place: place.vacant_since),
        Column("voting", _("Vote"), value=lambda place: place.seat.voting),
        Column("slug", _("Address"), value=lambda place: place.seat.slug, show=False),
    )
    empty = Empty(_("No seats"), _("Add the seats of this body."))


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """Every body that reader may know of."""
    actor = actor_from(request)
    asked = as_of(request)
    gone = request.GET.get("state") in ("closed", "declined")
    rows = with_state(bodies_with_counts(asked.at, gone=gone).select_related("parent"), asked.at)
    context = {"as_of": asked, "may_add": may(actor, "body.edit")}
    return BodyTable(request, rows, actor=actor).respond("terms/bodies.html", context)


@login_required
def record(request: HttpRequest, key: str) -> HttpResponse:
    """One body: its roster as of a day, vacancies, what happened."""
    body = body_by_key(key)
    if key != body.slug:
        return redirect("terms:body", body.slug)
    actor = actor_from(request)
    asked = as_of(request)
    places = roster(body, asked.at)
    if request.GET.get("format"):
        return RosterTable(request, places, actor=actor).respond("terms/body.html")
    context: dict[str, Any] = {
        "body": body,
        "as_of": asked,
        "places": places,
        "vacant": [place for place in places if place.representative is None],
        "voting": sum(1 for place in places if place.seat.voting),
        "below": body.children.filter(closed_at=None).order_by("name"),
        "policies": body.policies.order_by("title", "-adopted"),
        "panels": panels_of("body", Asked(request, body, asked.at, public=False)),
        "may_edit": may(actor, "body.edit", body),
        "may_appoint": may(actor, "term.appoint", body),
        "history": history("body", str(body.id)),
        **standing_of(body, places, asked.at),
    }
    context |= life_of(actor, body, context["numbers"], asked.at)
    return render(request, "terms/body.html", context)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Set up a body."""
    actor = actor_from(request)
    authorise(actor, "body.edit")
    form = NewBodyForm(request.POST or None, initial={"public": True})
    if request.method == "POST" and form.is_valid():
        try:
            slug = form.cleaned_data.pop("slug")
            added = actions.set_up_body(actor=actor, slug=slug, facts=_facts(form))
        except UserError as error:
            blame(form, error)
        else:
            return redirect("terms:body", added.slug)
    return render(request, "terms/body_form.html", {"form": form, "body": None}, status=422 if form.is_bound else 200)


@login_required
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change what is kept of a body."""
    body = body_by_key(key)
    actor = actor_from(request)
    authorise(actor, "body.edit", body)
    facts = body_facts(body)
    names = ("name", "kind", "purpose", "charter_url", "public", "permissions")
    initial = {name: getattr(facts, name) for name in names} | {"parent": body.parent and body.parent.slug}
    form = BodyForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_body(actor=actor, body=body, facts=_facts(form, facts))
        except UserError as error:
            blame(form, error)
        else:
            return redirect("terms:body", body.slug)
    return render(request, "terms/body_form.html", {"form": form, "body": body}, status=422 if form.is_bound else 200)


def _facts(form: BodyForm, before: BodyFacts | None = None) -> BodyFacts:
    said = form.cleaned_data
    return BodyFacts(
        said["name"],
        said["kind"],
        said["parent"].id if said["parent"] else None,
        said["purpose"],
        said["charter_url"],
        said["public"],
        tuple(sorted(said["permissions"])),
        before.established_at if before else None,
        before.closed_at if before else None,
    )


@login_required
def close(request: HttpRequest, key: str) -> HttpResponse:
    """Close a body: a page that says what ends with it, then the act."""
    body = body_by_key(key)
    actor = actor_from(request)
    authorise(actor, "body.edit", body)
    if request.method == "POST":
        actions.remove_body(actor=actor, body=body)
        messages.success(request, gettext("The body is closed."))
        return redirect("terms:bodies")
    return render(request, "terms/close.html", {"body": body, "seat": None, "places": roster(body)})
