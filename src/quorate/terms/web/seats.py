"""Pages of seats: who holds them, appointing, alternates, ending."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from quorate.access.identity import actor_from
from quorate.access.policy import authorise, may
from quorate.directory.web.forms import moment
from quorate.kernel import clock
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.terms import actions
from quorate.terms.models import Seat, Term
from quorate.terms.queries import body_by_key, roster, seat_by_key, seat_facts, terms_in
from quorate.terms.rules import SeatFacts, TermFacts
from quorate.terms.standing import cap_findings
from quorate.terms.web.forms import AlternateForm, AppointForm, EndForm, NewSeatForm, SeatForm
from quorate.toolkit.asof import as_of
from quorate.toolkit.forms import blame
from quorate.toolkit.history import history
from quorate.toolkit.pages import render


def _find(key: str, seat: str) -> Seat:
    return seat_by_key(body_by_key(key), seat)


@login_required
def record(request: HttpRequest, key: str, seat: str) -> HttpResponse:
    """One seat: who holds it, who held it, what its holder may do."""
    return _page(request, _find(key, seat))


def _page(request: HttpRequest, seat: Seat, forms: dict[str, Any] | None = None, *, status: int = 200) -> HttpResponse:
    actor = actor_from(request)
    asked = as_of(request)
    terms = terms_in(seat)
    running = [term for term in terms if term.start <= asked.at and (term.until is None or term.until > asked.at)]
    may_appoint = may(actor, "term.appoint", seat)
    may_alternate = may(actor, "term.alternate", seat)
    holder = next((term for term in running if term.role == Term.Role.REPRESENTATIVE), None)
    today = clock.today().isoformat()
    ended = [term.until for term in terms if term.until and term.role == Term.Role.REPRESENTATIVE]
    context: dict[str, Any] = {
        "seat": seat,
        "as_of": asked,
        "terms": terms,
        "holder": holder,
        "vacant_since": None if holder else max([at for at in ended if at <= asked.at], default=seat.start),
        "alternate": next((term for term in running if term.role == Term.Role.ALTERNATE), None),
        "running": {term.id for term in running},
        "may_edit": may(actor, "body.edit", seat),
        "may_appoint": may_appoint,
        "appoint_form": AppointForm(initial={"start": today, "succeed": True}) if may_appoint else None,
        "alternate_form": AlternateForm(prefix="alternate") if may_alternate else None,
        "history": history("seat", str(seat.id)),
    }
    context.update(forms or {})
    # an empty seat asks to be filled; what was refused stays open to be mended
    context["appoint_open"] = holder is None or (may_appoint and context["appoint_form"].is_bound)
    return render(request, "terms/seat.html", context, status=status)


@login_required
@require_POST
def appoint(request: HttpRequest, key: str, seat: str) -> HttpResponse:
    """Give the seat to a person."""
    found = _find(key, seat)
    actor = actor_from(request)
    authorise(actor, "term.appoint", found)
    form = AppointForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        start = moment(said["start"])
        assert start is not None
        facts = TermFacts(start, moment(said["until"]), said["appointed_by"], note=said["note"], how=said["how"])
        try:
            warnings = [words for cap, words in cap_findings(found, said["person"], facts) if not cap.hard]
            actions.appoint(actor=actor, seat=found, person=said["person"], facts=facts, succeed=said["succeed"])
        except UserError as error:
            blame(form, error)
        else:
            for words in warnings:
                messages.warning(request, words)
            return redirect("terms:seat", found.body.slug, found.slug)
    return _page(request, found, {"appoint_form": form}, status=422)


@login_required
@require_POST
def alternate(request: HttpRequest, key: str, seat: str) -> HttpResponse:
    """Name the alternate; whoever holds the seat may."""
    found = _find(key, seat)
    actor = actor_from(request)
    authorise(actor, "term.alternate", found)
    form = AlternateForm(request.POST, prefix="alternate")
    if form.is_valid():
        said = form.cleaned_data
        try:
            actions.name_alternate(actor=actor, seat=found, person=said["person"], until=moment(said["until"]))
        except UserError as error:
            blame(form, error)
        else:
            return redirect("terms:seat", found.body.slug, found.slug)
    return _page(request, found, {"alternate_form": form}, status=422)


@login_required
@require_POST
def end(request: HttpRequest, key: str, seat: str) -> HttpResponse:
    """End a term of the seat."""
    found = _find(key, seat)
    actor = actor_from(request)
    authorise(actor, "term.appoint", found)
    form = EndForm(request.POST)
    if not form.is_valid():
        raise UserError(gettext("say which term ends, and when"), where="until")
    term = found.terms.filter(pk=form.cleaned_data["term"]).first()
    if term is None:
        raise NotFound(gettext("there is no such term"))
    until = moment(form.cleaned_data["until"])
    actions.end_term(actor=actor, term=term, until=until, ended_by=form.cleaned_data["ended_by"])
    messages.success(request, gettext("The term ends."))
    return redirect("terms:seat", found.body.slug, found.slug)


@login_required
def new(request: HttpRequest, key: str) -> HttpResponse:
    """Add a seat to a body."""
    body = body_by_key(key)
    actor = actor_from(request)
    authorise(actor, "body.edit", body)
    form = NewSeatForm(request.POST or None, initial={"voting": True})
    if request.method == "POST" and form.is_valid():
        try:
            facts = _facts(form, SeatFacts("?", position=len(roster(body)) + 1))
            added = actions.add_seat(actor=actor, body=body, slug=form.cleaned_data["slug"], facts=facts)
        except UserError as error:
            blame(form, error)
        else:
            return redirect("terms:seat", body.slug, added.slug)
    context = {"form": form, "body": body, "seat": None}
    return render(request, "terms/seat_form.html", context, status=422 if form.is_bound else 200)


@login_required
def edit(request: HttpRequest, key: str, seat: str) -> HttpResponse:
    """Change what is kept of a seat."""
    found = _find(key, seat)
    actor = actor_from(request)
    authorise(actor, "body.edit", found)
    facts = seat_facts(found)
    names = ["title", "seat_class", "voting", "chair", "organisation", "project", "permissions"]
    names += ["office", "of_holders", "basis"]
    initial = {name: getattr(facts, name) for name in names} | {"start": facts.start and facts.start.date()}
    form = SeatForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_seat(actor=actor, seat=found, facts=_facts(form, facts))
        except UserError as error:
            blame(form, error)
        else:
            return redirect("terms:seat", found.body.slug, found.slug)
    context = {"form": form, "body": found.body, "seat": found}
    return render(request, "terms/seat_form.html", context, status=422 if form.is_bound else 200)


def _facts(form: SeatForm, before: SeatFacts) -> SeatFacts:
    said = form.cleaned_data
    return SeatFacts(
        said["title"],
        said["seat_class"],
        said["voting"],
        said["chair"],
        tuple(sorted(said["permissions"])),
        said["organisation"].id if said["organisation"] else None,
        said["project"],
        before.position,
        moment(said["start"]),
        before.until,
        said["office"],
        said["of_holders"],
        said["basis"],
    )


@login_required
def close(request: HttpRequest, key: str, seat: str) -> HttpResponse:
    """Close a seat: a page that says what ends with it, then the act."""
    found = _find(key, seat)
    actor = actor_from(request)
    authorise(actor, "body.edit", found)
    if request.method == "POST":
        actions.close_seat(actor=actor, seat=found)
        messages.success(request, gettext("The seat is closed."))
        return redirect("terms:body", found.body.slug)
    places = [place for place in roster(found.body) if place.seat.id == found.id]
    return render(request, "terms/close.html", {"body": found.body, "seat": found, "places": places})
