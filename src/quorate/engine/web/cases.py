"""A case's page for those who work on it: what it is, what it waits for, and every step they may take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from quorate.access.identity import actor_from
from quorate.engine import actions, queries
from quorate.engine.models import Case, Review
from quorate.engine.queries import CaseView
from quorate.engine.web import inputs
from quorate.engine.web.application import ApplicationForm, field_name
from quorate.engine.web.gestures import GESTURES, Gesture, applicant_is_unknown
from quorate.kernel.errors import Conflict, NotFound, Refused, UserError
from quorate.kernel.i18n import gettext
from quorate.toolkit.components import Step
from quorate.toolkit.forms import blame
from quorate.toolkit.history import lines_of
from quorate.toolkit.pages import render


class Recent(TypedDict, total=False):
    """How many entries of the history and how many comments are shown."""

    newest: int
    said: int


#: How much of a case's history and discussion its page shows at first; a page of years is asked for by who wants it.
RECENT: Recent = {"newest": 25, "said": 20}

#: A form of the page that was sent and refused, by the name of its gesture and what it was about.
Bound = Mapping[tuple[str, str], forms.Form]


@login_required
@require_GET
def case(request: HttpRequest, key: str) -> HttpResponse:
    """One case."""
    return page(request, queries.case_named(actor_from(request), key))


def page(
    request: HttpRequest, found: Case, bound: Bound | None = None, *, trouble: UserError | None = None
) -> HttpResponse:
    """The page of a case, with a refused form in its place if there is one, and why it was refused."""
    actor = actor_from(request)
    view = queries.case_view(actor, found, **recent(request))
    held = bound or {}

    def form(gesture: str, about: object = "") -> forms.Form:
        return held.get((gesture, str(about))) or GESTURES[gesture].make(view, str(about), None, None)

    may = view.may
    context = {
        "view": view,
        "case": found,
        "line": view.line,
        "moves": [(move, form("move", move.name)) for move in view.moves],
        "comment_form": form("comment") if may.comment else None,
        "reviewers_form": form("reviewers") if may.assign_reviewers else None,
        "checks": [
            (check, check.criterion in may.attest, check.criterion in may.waive)
            for check in (view.checks.points if view.checks else ())
        ],
        "obligations": [(item, form("fulfil", item.id) if item.may_fulfil else None) for item in view.obligations],
        "steps": track(view),
        "history": lines_of(view.history[::-1]),
        "may_invite": may.assign and applicant_is_unknown(view),
        "trouble": trouble,
    }
    status = 200 if not held else (trouble.status if trouble is not None else 422)
    return render(request, "engine/case.html", context, status=status)


def recent(request: HttpRequest) -> Recent:
    """How much of what grows the reader asked for: with ``?history=all`` as much as is ever shown at once."""
    return {} if request.GET.get("history") == "all" else RECENT


def track(view: CaseView) -> list[Step]:
    """The way of a case as the page draws it."""
    return [Step(step.label, step.state, step.note) for step in view.steps]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, key: str, gesture: str, about: str = "") -> HttpResponse:
    """Do one thing on a case. Refused, the form comes back with the words and what was typed.

    What is done from a page of its own (an attestation, a waiver) is asked for there; the rest on the case's page.
    """
    actor = actor_from(request)
    found = queries.case_named(actor, key)
    declared = GESTURES.get(gesture)
    if declared is None or (request.method != "POST" and not declared.title):
        raise NotFound(gettext("there is no such step"))
    view = queries.case_view(actor, found)
    if not declared.offered(view, about):
        return kept(request, view, _not_offered(view))
    if request.method != "POST":
        return _gesture_page(request, view, declared, about, declared.make(view, about, None, None))
    form = declared.make(view, about, request.POST, request.FILES if declared.files else None)
    trouble: UserError | None = None
    if form.is_valid():
        try:
            messages.success(request, declared.do(actor, found, about, form))
        except UserError as error:
            trouble = error
            blame(form, error)
            found.refresh_from_db()
        else:
            return redirect("engine:case", key=found.key)
    if declared.title:
        return _gesture_page(request, view, declared, about, form, status=trouble.status if trouble else 422)
    return page(request, found, {(gesture, about): form}, trouble=trouble)


def _not_offered(view: CaseView) -> UserError:
    """Why somebody cannot do what they asked for: they have no part in the case, or it went on without them."""
    if not view.sight.involved:
        return Refused(gettext("only those who take part in the case can do this"))
    return Conflict(gettext("this is not open to you now; perhaps it was done already, or the case went on"))


def kept(request: HttpRequest, view: CaseView, error: UserError) -> HttpResponse:
    """What somebody wrote in a form whose case went on meanwhile: why it was not taken, and the text to take along."""
    texts = [text for name in request.POST for text in request.POST.getlist(name) if name != "csrfmiddlewaretoken"]
    context = {"view": view, "line": view.line, "error": error, "texts": [text for text in texts if " " in text]}
    return render(request, "engine/kept.html", context, status=error.status)


def _gesture_page(
    request: HttpRequest, view: CaseView, declared: Gesture, about: str, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    points = view.checks.points if view.checks else []
    check = next((each for each in points if each.criterion == about), None)
    context = {"view": view, "line": view.line, "gesture": declared, "check": check, "form": form}
    return render(request, "engine/gesture.html", context, status=status)


@login_required
def review(request: HttpRequest, key: str) -> HttpResponse:
    """Write a review: the rubric beside the answers and what the checks found."""
    actor = actor_from(request)
    found = queries.case_named(actor, key)
    view = queries.case_view(actor, found)
    board = next((each for each in view.reviews if each.mine is not None and each.mine.state == "open"), None)
    if board is None or board.mine is None:
        words = gettext("nobody asked you to review this, or your review is in")
        if request.method == "POST":
            return kept(request, view, Conflict(words))
        raise NotFound(words)
    mine = Review.objects.get(pk=board.mine.id)
    declared = view.definition.review_in(mine.stage)
    declaration = declared is not None and declared.recusal.declaration
    if request.method == "POST":
        draft = not request.POST.get("submit")
        form = inputs.ReviewForm(request.POST, rubric=board.rubric, declaration=declaration, draft=draft)
        if form.is_valid():
            write = actions.submit_review if request.POST.get("submit") else actions.write_review
            try:
                write(actor=actor, review=mine, **form.words())
            except UserError as error:
                blame(form, error)
                return _review_page(request, view, board, form, status=error.status)
            done = gettext("Your review is in.") if request.POST.get("submit") else gettext("Kept as a draft.")
            messages.success(request, done)
            return redirect("engine:case" if request.POST.get("submit") else "engine:review", key=found.key)
        return _review_page(request, view, board, form, status=422)
    initial = {f"mark-{name}": mark for name, mark in mine.scores.items()}
    initial |= {"recommendation": mine.recommendation, "comment": mine.comment, "declared": mine.declared}
    form = inputs.ReviewForm(initial=initial, rubric=board.rubric, declaration=declaration)
    return _review_page(request, view, board, form)


@login_required
def amend(request: HttpRequest, key: str) -> HttpResponse:
    """Amend the answers of an application on the form it was filed with."""
    actor = actor_from(request)
    found = queries.case_named(actor, key)
    view = queries.case_view(actor, found)
    if not view.may.amend or view.definition.form is None:
        raise Refused(gettext("the answers cannot be amended now"), where="case.amend")
    if request.method == "POST":
        form = ApplicationForm(view.definition, request.POST)
        if form.is_valid():
            try:
                revision = form.cleaned_data["key"]
                actions.amend_answers(
                    actor=actor,
                    case=found,
                    answers=form.answers(),
                    title=form.cleaned_data.get("title"),
                    revision=int(revision) if revision.isdecimal() else 0,
                )
            except UserError as error:
                form.refuse(error)
                return _amend_page(request, view, form, status=error.status)
            messages.success(request, gettext("The answers are amended; what they were stays in the record."))
            return redirect("engine:case", key=found.key)
        return _amend_page(request, view, form, status=422)
    initial: dict[str, Any] = {field_name(answer.id): answer.value for answer in view.answers}
    initial |= {"key": view.line.revision, "title": found.title}
    return _amend_page(request, view, ApplicationForm(view.definition, initial=initial))


def _amend_page(request: HttpRequest, view: CaseView, form: ApplicationForm, *, status: int = 200) -> HttpResponse:
    return render(request, "engine/amend.html", {"view": view, "line": view.line, "form": form}, status=status)


def _review_page(
    request: HttpRequest, view: CaseView, board: Any, form: inputs.ReviewForm, *, status: int = 200
) -> HttpResponse:
    context = {"view": view, "line": view.line, "board": board, "form": form}
    return render(request, "engine/review.html", context, status=status)


@require_GET
def attachment(request: HttpRequest, attachment_id: UUID) -> HttpResponseBase:
    """A file on a case, always as a download and never as a page of ours."""
    found = queries.attachment_for(actor_from(request), attachment_id)
    response = FileResponse(
        queries.attachment_bytes(found), as_attachment=True, filename=found.name, content_type=found.content_type
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
