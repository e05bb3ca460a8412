"""The work side of elections: the list, the record of one with the next step, and the officers' acts."""

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

from quorate.access.identity import actor_from
from quorate.access.policy import authorise, may
from quorate.decisions.balloting.bundle import SMALL
from quorate.decisions.counting import preset
from quorate.directory.web.forms import moment
from quorate.kernel import clock
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import _, gettext
from quorate.registers.elections import actions, queries
from quorate.registers.elections.models import Election, Nomination, RollRequest
from quorate.registers.elections.web.forms import (
    AnswerForm,
    AskForm,
    LeftForm,
    NominateForm,
    NoticeForm,
    PublishForm,
    ReasonForm,
    SeatForm,
    initial,
)
from quorate.registers.elections.web.public import PublicElections
from quorate.registers.elections.web.shown import LEVELS, constraint_words, standing_now, state_of
from quorate.terms.models import Body
from quorate.terms.reach import may_somewhere
from quorate.toolkit.columns import Column
from quorate.toolkit.forms import blame
from quorate.toolkit.history import history
from quorate.toolkit.pages import render
from quorate.toolkit.parts import pill


class ElectionTable(PublicElections):
    """All elections that the reader may see."""

    columns: ClassVar[Sequence[Column]] = (
        Column(
            "title",
            _("Election"),
            sort="title",
            primary=True,
            value=lambda row: row.title,
            url=lambda row: reverse("elections:election", args=[row.slug]),
        ),
        *PublicElections.columns[1:-1],
        Column("state", _("State"), sort="state", value=lambda row: row.state, cell=lambda row: pill(*state_of(row))),
    )


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """The list of elections."""
    actor = actor_from(request)
    table = ElectionTable(request, queries.visible(actor), actor=actor)
    return table.respond("elections/elections.html", {"may_announce": may_somewhere(actor, "election.manage")})


@login_required
def by_id(request: HttpRequest, election_id: UUID) -> HttpResponse:
    """From an id, which entries of the ledger carry, to the page."""
    found = queries.visible(actor_from(request)).filter(pk=election_id).first()
    if found is None:
        raise NotFound(gettext("there is no such election"))
    return redirect("elections:election", slug=found.slug)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Announce an election."""
    actor = actor_from(request)
    form = NoticeForm(request.POST or None)
    mine = [body for body in Body.objects.filter(closed_at=None) if may(actor, "election.manage", body)]
    if not mine:
        authorise(actor, "election.manage")
    choice = form.fields["body"]
    assert isinstance(choice, forms.ModelChoiceField)
    choice.queryset = Body.objects.filter(pk__in=[body.pk for body in mine]).order_by("name")
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.announce(actor=actor, body=form.cleaned_data["body"], facts=form.facts())
            return redirect("elections:election", slug=made.slug)
        except UserError as error:
            blame(form, error)
    status = 422 if request.method == "POST" else 200
    return render(request, "elections/form.html", {"form": form, "title": _("Announce an election")}, status=status)


@login_required
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Correct a notice."""
    found = find(request, slug)
    actor = actor_from(request)
    authorise(actor, "election.manage", found.body)
    form = NoticeForm(request.POST or None, initial=initial(found))
    form.fields["body"].disabled = form.fields["slug"].disabled = True
    form.initial["body"] = found.body
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_notice(actor=actor, election=found, facts=form.facts())
            return redirect("elections:election", slug=found.slug)
        except UserError as error:
            blame(form, error)
    status = 422 if request.method == "POST" else 200
    return render(request, "elections/form.html", {"form": form, "title": found.title}, status=status)


@login_required
def record(request: HttpRequest, slug: str) -> HttpResponse:
    """One election, with what its reader may do next."""
    return record_page(request, find(request, slug))


@login_required
@require_POST
def open_now(request: HttpRequest, slug: str) -> HttpResponse:
    """Open voting."""
    return _act(request, slug, lambda found: actions.open_election(actor=actor_from(request), election=found))


@login_required
@require_POST
def close_now(request: HttpRequest, slug: str) -> HttpResponse:
    """Close voting."""
    return _act(request, slug, lambda found: actions.close_election(actor=actor_from(request), election=found))


@login_required
@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Count and publish."""
    value = request.POST.get("public_value", "")[:200]
    return _act(
        request,
        slug,
        lambda found: actions.count_and_publish(actor=actor_from(request), election=found, public_value=value),
    )


@login_required
@require_POST
def cancel(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the election up."""
    reason = request.POST.get("reason", "")[:2000]
    return _act(request, slug, lambda found: actions.cancel(actor=actor_from(request), election=found, reason=reason))


@login_required
@require_POST
def seat(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the named seats to those elected."""
    form = SeatForm(request.POST)

    def act(found: Election) -> None:
        authorise(actor_from(request), "election.manage", found.body)
        if not form.is_valid():
            raise UserError(gettext("say from which day they serve"))
        start, until = moment(form.cleaned_data["start"]), moment(form.cleaned_data["until"])
        assert start is not None  # the form requires it
        actions.seat_elected(actor=actor_from(request), election=found, start=start, until=until)
        messages.success(request, gettext("Those elected have their seats."))

    return _act(request, slug, act)


@login_required
@require_POST
def left(request: HttpRequest, slug: str) -> HttpResponse:
    """Count again for a vacancy."""
    gone = request.POST.get("left", "")[:80]

    def act(found: Election) -> None:
        filled = actions.count_back(actor=actor_from(request), election=found, left=gone)
        messages.success(request, gettext("The seat goes to: %s") % (filled or gettext("nobody")))

    return _act(request, slug, act)


@login_required
@require_POST
def strike(request: HttpRequest, slug: str, nomination_id: UUID) -> HttpResponse:
    """Withdraw after voting opened: one's own candidature, or, as an officer, that of somebody who no longer can stand."""
    found = find(request, slug)
    nomination = Nomination.objects.select_related("election__body").filter(pk=nomination_id, election=found).first()
    if nomination is None:
        raise NotFound(gettext("there is no such nomination"))
    reason, actor = request.POST.get("reason", "")[:2000], actor_from(request)
    if nomination.person_id == actor.person_id:
        return _act(request, slug, lambda _found: actions.withdraw(actor=actor, nomination=nomination, reason=reason))
    return _act(
        request, slug, lambda _found: actions.strike_candidate(actor=actor, nomination=nomination, reason=reason)
    )


@login_required
@require_POST
def decide(request: HttpRequest, slug: str, request_id: UUID) -> HttpResponse:
    """Grant or refuse a request about the roll."""
    asked = RollRequest.objects.filter(pk=request_id, election__slug=slug).first()
    if asked is None:
        raise NotFound(gettext("there is no such request"))
    granted = request.POST.get("decision") == "grant"
    reason = request.POST.get("reason", "")[:2000]
    return _act(
        request,
        slug,
        lambda _found: actions.decide_request(actor=actor_from(request), request=asked, granted=granted, reason=reason),
    )


def find(request: HttpRequest, slug: str) -> Election:
    """The election, if the reader may see it."""
    found = queries.visible(actor_from(request)).filter(slug=slug).first()
    if found is None:
        raise NotFound(gettext("there is no such election"))
    return found


def record_page(
    request: HttpRequest,
    found: Election,
    *,
    nominate_form: forms.Form | None = None,
    answer_form: forms.Form | None = None,
    ask_form: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    """The record of an election."""
    actor = actor_from(request)
    label, tone = state_of(found)
    voted, electors = queries.turnout(found)
    rows = list(queries.nominations(found))
    own = next((row for row in rows if row.person_id == actor.person_id), None) if actor.person_id else None
    entry = queries.entry_of(found, actor.person_id)
    manages = may(actor, "election.manage", found.body)
    nominating = found.nominating()
    may_nominate = nominating and may(actor, "election.nominate", found)
    asked = RollRequest.objects.filter(election=found, person_id=actor.person_id).first() if actor.person_id else None
    outside = (
        found.state == Election.State.ANNOUNCED
        and actor.person_id is not None
        and asked is None
        and not queries.may_nominate(found, actor.person_id)
    )
    if own is not None and answer_form is None:
        answer_form = AnswerForm(initial={"statement": own.statement})
    context: dict[str, Any] = {
        "election": found,
        "state_label": label,
        "state_tone": tone,
        "rule": preset(found.rule),
        "secrecy": LEVELS[found.level],
        "nominations": rows,
        "own": own if nominating else None,
        "mine": own,
        "answer_form": answer_form,
        "nominate_form": (nominate_form or NominateForm()) if may_nominate else None,
        "may_endorse": may_nominate,
        "accepted": Nomination.State.ACCEPTED,
        "ask_form": (ask_form or AskForm()) if outside else None,
        "asked": asked,
        "entry": entry,
        "voting": found.voting(),
        "voted": voted,
        "electors": electors,
        "small": found.secret and 0 < electors < SMALL,
        "manages": manages,
        "may_open": manages and found.state == "announced" and found.opens_at <= clock.now() < found.closes_at,
        "may_close": manages and found.state == "open" and clock.now() >= found.closes_at,
        "publish_form": PublishForm() if manages and found.state == "closed" else None,
        "cancel_form": ReasonForm() if manages and found.state not in ("published", "cancelled") else None,
        "seat_form": SeatForm() if manages and found.state == "published" and found.seat_slugs else None,
        "left_form": _left_form(found) if manages else None,
        "withdraw_form": ReasonForm() if _may_leave(found, own) else None,
        "strikable": _strikable(found, rows) if manages else [],
        "constraints": constraint_words(found),
        "requests": RollRequest.objects.filter(election=found).select_related("person") if manages else [],
        "reason_form": ReasonForm(),
        "history": history("election", str(found.pk), private=True),
    }
    return render(request, "elections/election.html", context, status=status)


def _may_leave(found: Election, own: Nomination | None) -> bool:
    """Whether the reader stands in a vote that has opened and was not counted."""
    return own is not None and own.slug in {row["id"] for row in standing_now(found)}


def _strikable(found: Election, rows: Sequence[Nomination]) -> list[Nomination]:
    still = {row["id"] for row in standing_now(found)}
    return [row for row in rows if row.slug in still]


def _left_form(found: Election) -> LeftForm | None:
    """Those who hold a seat of a published election, to say who left."""
    if found.bundle is None or found.bundle["ballots"] is None:
        return None
    names = {item["id"]: item["name"] for item in found.bundle["manifest"]["candidates"]}
    gone = {item["left"] for item in found.countbacks}
    held = [*found.bundle["result"]["elected"], *(item["filled"] for item in found.countbacks if item["filled"])]
    return LeftForm(serving=[(name, names[name]) for name in held if name not in gone])


def _act(request: HttpRequest, slug: str, act: Any) -> HttpResponse:
    """Do it and go back to the record; what cannot be done is said there."""
    found = find(request, slug)
    try:
        act(found)
    except UserError as error:
        if error.status == 403:
            raise
        messages.error(request, f"{error.what} {error.mend}".strip())
    return redirect("elections:election", slug=found.slug)
