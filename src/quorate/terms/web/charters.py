"""Pages of charters, and what a body's page says of how it stands by its charter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from quorate.access.identity import actor_from
from quorate.access.policy import authorise
from quorate.directory.web.forms import moment
from quorate.kernel import clock
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.terms import actions, clauses, numbers, standing
from quorate.terms.models import Body, Charter
from quorate.terms.queries import Place, body_by_key, charters_of
from quorate.terms.rules import CharterFacts
from quorate.terms.web.charter_form import CharterForm
from quorate.toolkit.forms import blame
from quorate.toolkit.pages import render


def standing_of(body: Body, places: Sequence[Place], at: datetime) -> dict[str, Any]:
    """What the page of a body shows of its charter and of how it stands by it. At most eight queries."""
    versions = charters_of(body)
    charter = next((row for row in versions if row.start <= at and (row.until is None or row.until > at)), None)
    said = standing.numbers_of(charter)
    voting = sum(1 for place in places if place.seat.voting)
    return {
        "charter": charter,
        "charters": versions,
        "numbers": said,
        "caps": [(cap, cap.limit(voting)) for cap in said.caps],
        "quorum_by_rule": said.quorum_by_rule(voting),
        "quorum_warning": numbers.disagreement(said, voting),
        "vacancies": [found for found in standing.vacancies(places, said) if found.place.seat.voting],
        "endings": standing.endings(places, said.end_at_once),
        "lone": standing.without_alternate(places),
        "concentration": standing.concentration(standing.holdings_of(places), voting, said.caps, at),
        "presiding": standing.presiding(body, at, charter=charter),
        "classes": standing.classes(places),
    }


def charter_page(body: Body, charter: Charter) -> dict[str, Any]:
    """What the page of a version shows."""
    said = standing.numbers_of(charter)
    versions = charters_of(body)
    return {"body": body, "charter": charter, "charters": versions, "numbers": said, "text": clauses.html(charter.text)}


@login_required
def record(request: HttpRequest, key: str, version: str) -> HttpResponse:
    """One version of a charter: its text, its numbers, the decision that adopted it."""
    body = body_by_key(key)
    charter = body.charters.filter(version=version).first()
    if charter is None:
        raise NotFound(gettext("there is no such version of this charter"))
    return render(request, "terms/charter.html", charter_page(body, charter))


@login_required
def new(request: HttpRequest, key: str) -> HttpResponse:
    """Put a version of a charter in force."""
    body = body_by_key(key)
    actor = actor_from(request)
    authorise(actor, "body.edit", body)
    form = CharterForm(request.POST or None, initial={"start": clock.today().isoformat()})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        start = moment(said["start"])
        assert start is not None
        texts = {name: said[name] for name in ("mandate", "text", "link", "adopted_by")}
        facts = CharterFacts(start, **texts, numbers=form.numbers())
        try:
            actions.adopt_charter(actor=actor, body=body, version=said["version"], facts=facts)
        except UserError as error:
            blame(form, error)
        else:
            return redirect("terms:body", body.slug)
    context = {"form": form, "body": body}
    return render(request, "terms/charter_form.html", context, status=422 if form.is_bound else 200)
