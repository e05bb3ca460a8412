"""Public pages: bodies with their rosters as of a day, and policies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from quorate.kernel import clock
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import _, gettext
from quorate.terms import clauses
from quorate.terms.groups import state_of, with_state
from quorate.terms.models import Stage
from quorate.terms.queries import bodies_with_counts, body_by_key, policies_in_force, policy_versions, roster
from quorate.terms.web.bodies import BodyTable, RosterTable
from quorate.terms.web.charters import charter_page, standing_of
from quorate.toolkit.asof import as_of
from quorate.toolkit.columns import Column
from quorate.toolkit.history import history
from quorate.toolkit.pages import public_render
from quorate.toolkit.panels import Asked, panels_of


class PublicBodies(BodyTable):
    """The bodies whose rosters are public."""

    columns: ClassVar[Sequence[Column]] = (
        Column(
            "name",
            _("Body"),
            sort="name",
            primary=True,
            url=lambda row: reverse("terms:public-body", args=[row.slug]),
            sub=lambda row: row.purpose,
        ),
        Column("kind", _("Kind"), sort="kind", value=lambda row: row.get_kind_display()),
        Column("seats", _("Seats"), kind="number", sort="seats_now", value="seats_now"),
        Column("vacant", _("Vacant"), kind="number", value=lambda row: row.seats_now - row.held),
        Column("state", _("State"), value=lambda row: Stage.State(row.stage or "active").label),
    )


def bodies(request: HttpRequest) -> HttpResponse:
    """Every public body."""
    asked = as_of(request)
    gone = request.GET.get("state") == "closed"
    rows = bodies_with_counts(asked.at, gone=gone).filter(public=True).select_related("parent")
    rows = with_state(rows, asked.at)
    return PublicBodies(request, rows).respond("terms/public_bodies.html", {"as_of": asked}, public=True)


def body(request: HttpRequest, key: str) -> HttpResponse:
    """One public body and who sits in it on a day."""
    found = body_by_key(key)
    if not found.public:
        raise NotFound(gettext("there is no such body"))
    if key != found.slug:
        return redirect("terms:public-body", found.slug)
    asked = as_of(request)
    places = roster(found, asked.at)
    if request.GET.get("format"):
        return RosterTable(request, places).respond("terms/public_body.html", public=True)
    context = {
        "body": found,
        "as_of": asked,
        "places": places,
        "voting": sum(1 for place in places if place.seat.voting),
        "below": found.children.filter(closed_at=None, public=True).order_by("name"),
        "panels": panels_of("body", Asked(request, found, asked.at, public=True)),
        "history": history("body", str(found.id), public=True),
        "public": True,
        **standing_of(found, places, asked.at),
        "state": Stage.State(state_of(found, asked.at)),
        "reports": list(found.reports.filter(reported_at__lte=asked.at)[:12]),
    }
    return public_render(request, "terms/public_body.html", context)


def charter(request: HttpRequest, key: str, version: str) -> HttpResponse:
    """One version of the charter of a public body."""
    found = body_by_key(key)
    row = found.charters.filter(version=version).first() if found.public else None
    if row is None:
        raise NotFound(gettext("there is no such version of this charter"))
    return public_render(request, "terms/public_charter.html", charter_page(found, row) | {"public": True})


def policies(request: HttpRequest) -> HttpResponse:
    """The policies in force."""
    return public_render(request, "terms/policies.html", {"policies": policies_in_force()})


def policy(request: HttpRequest, slug: str) -> HttpResponse:
    """One policy: the latest version, or the one asked for."""
    versions = policy_versions(slug)
    wanted = request.GET.get("version", "")
    found = next((row for row in versions if row.version == wanted), None) if wanted else versions[0]
    if found is None:
        raise NotFound(gettext("there is no such version of this policy"))
    context = {
        "text": clauses.html(found.text),
        "policy": found,
        "versions": versions,
        "latest": versions[0],
        "panels": panels_of("policy", Asked(request, found, clock.now(), public=True)),
    }
    return public_render(request, "terms/policy.html", context)
