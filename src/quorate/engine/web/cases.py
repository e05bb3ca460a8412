"""A case's page for those who work on it: what it is, what it waits for, and every step they may take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from quorate.access.actors import Actor
from quorate.access.identity import actor_from
from quorate.directory.models import Person
from quorate.engine import actions, queries
from quorate.engine.models import Case, Obligation, Review
from quorate.engine.queries import CaseView, MoveView
from quorate.engine.web import inputs
from quorate.engine.web.application import ApplicationForm, field_name
from quorate.kernel.errors import NotFound, Refused, UserError
from quorate.kernel.i18n import _, gettext
from quorate.terms.queries import holders
from quorate.toolkit.components import Step
from quorate.toolkit.forms import blame
from quorate.toolkit.history import lines_of
from quorate.toolkit.pages import render

#: A form of the page that was sent and refused, by the name of its gesture and what it was about.
Bound = Mapping[tuple[str, str], forms.Form]


@dataclass(frozen=True)
class Gesture:
    """One thing that can be done on the page: its form, made bound or not, and what it does."""

    make: Callable[[CaseView, str, Any, Any], forms.Form]
    do: Callable[[Actor, Case, str, Any], str]
    files: bool = field(default=False)
    #: The words of its own page and button; without them it is done on the case's page.
    title: object = ""
    button: object = ""


@login_required
@require_GET
def case(request: HttpRequest, key: str) -> HttpResponse:
    """One case."""
    return page(request, queries.case_named(actor_from(request), key))


def page(request: HttpRequest, found: Case, bound: Bound | None = None, *, status: int = 200) -> HttpResponse:
    """The page of a case, with a refused form in its place if there is one."""
    actor = actor_from(request)
    view = queries.case_view(actor, found)
    held = bound or {}

    def form(gesture: str, about: str = "") -> forms.Form:
        return held.get((gesture, about)) or GESTURES[gesture].make(view, about, None, None)

    context = {
        "view": view,
        "case": found,
        "line": view.line,
        "moves": [(move, form("move", move.name)) for move in view.moves],
        "comment_form": form("comment") if view.may.comment else None,
        "reviewers_form": form("reviewers") if view.may.assign_reviewers else None,
        "checks": [
            (
                check,
                check.criterion in view.may.attest,
                check.criterion in view.may.waive,
            )
            for check in (view.checks.points if view.checks else ())
        ],
        "obligations": [(item, form("fulfil", str(item.id)) if item.may_fulfil else None) for item in view.obligations],
        "steps": track(view),
        "history": lines_of(view.history[::-1]),
        "open_gesture": next(iter(held), ("", ""))[0],
    }
    return render(request, "engine/case.html", context, status=status)


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
    if request.method != "POST":
        return _gesture_page(request, view, declared, about, declared.make(view, about, None, None))
    form = declared.make(view, about, request.POST, request.FILES if declared.files else None)
    status = 422
    if form.is_valid():
        try:
            messages.success(request, declared.do(actor, found, about, form))
        except UserError as error:
            blame(form, error)
            found.refresh_from_db()
            status = error.status
        else:
            return redirect("engine:case", key=found.key)
    if declared.title:
        return _gesture_page(request, view, declared, about, form, status=status)
    return page(request, found, {(gesture, about): form}, status=status)


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
        raise NotFound(gettext("nobody asked you to review this, or your review is in"))
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
                actions.amend_answers(
                    actor=actor, case=found, answers=form.answers(), revision=int(form.cleaned_data["key"])
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


# --- gestures -----------------------------------------------------------------------------------------------------


def _move_of(view: CaseView, name: str) -> MoveView:
    found = next((move for move in view.moves if move.name == name), None)
    if found is None:
        raise NotFound(gettext("this step is not open to you now"))
    return found


def _move(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.move(
        actor=actor,
        case=case,
        transition=about,
        reason=form.cleaned_data.get("reason", ""),
        revision=form.cleaned_data.get("revision"),
    )
    return gettext("Done. The case moved on.")


def _comment(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.comment(actor=actor, case=case, **form.cleaned_data)
    return gettext("Your comment is on the record.")


def _attach(actor: Actor, case: Case, about: str, form: Any) -> str:
    file = form.cleaned_data["file"]
    actions.attach(actor=actor, case=case, name=file.name, content=file.read(), audience=form.cleaned_data["audience"])
    return gettext("The file is attached.")


def _assign(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.assign(actor=actor, case=case, person=form.chosen)
    return str(gettext("%s owns the next step now.") % form.chosen.name)


def _reviewers(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.assign_reviewers(actor=actor, case=case, people=form.chosen)
    return gettext("The reviewers were asked.")


def _draw(actor: Actor, case: Case, about: str, form: Any) -> str:
    drawn = actions.draw_reviewers(actor=actor, case=case)
    return gettext("Drawn: %s.") % ", ".join(review.person.name for review in drawn)


def _volunteer(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.volunteer(actor=actor, case=case)
    return gettext("You review this case now.")


def _recuse(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.declare_recusal(actor=actor, case=case, detail=form.cleaned_data["detail"])
    return gettext("You stand aside from this case.")


def _delegate(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.delegate(actor=actor, case=case, to=form.chosen, until=inputs.end_of(form.cleaned_data["until"]))
    return str(gettext("%s may act in your place.") % form.chosen.name)


def _check(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.request_checks(actor=actor, case=case)
    return gettext("The checks run in the background; the results appear here.")


def _attest(actor: Actor, case: Case, about: str, form: Any) -> str:
    data = form.cleaned_data
    actions.attest(
        actor=actor,
        case=case,
        criterion=about,
        found=data["found"],
        evidence=data["evidence"],
        as_of=inputs.start_of(data["as_of"]),
    )
    return gettext("The attestation is on the record.")


def _waive(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.waive(actor=actor, case=case, criterion=about, reason=form.cleaned_data["reason"])
    return gettext("The criterion passes as it is; your reason is on the record.")


def _fulfil(actor: Actor, case: Case, about: str, form: Any) -> str:
    item = _obligation(case, about)
    actions.fulfil_obligation(actor=actor, obligation=item, evidence=form.cleaned_data.get("evidence", ""))
    return gettext("Noted as done.")


def _confirm(actor: Actor, case: Case, about: str, form: Any) -> str:
    actions.confirm_obligation(actor=actor, obligation=_obligation(case, about))
    return gettext("Confirmed.")


def _waive_obligation(actor: Actor, case: Case, about: str, form: Any) -> str:
    item = _obligation(case, about)
    actions.waive_obligation(actor=actor, obligation=item, reason=form.cleaned_data["reason"])
    return gettext("Waived; your reason is on the record.")


def _obligation(case: Case, about: str) -> Obligation:
    found = Obligation.objects.filter(case=case, pk=about).first()
    if found is None:
        raise NotFound(gettext("there is no such obligation"))
    return found


def _plain(view: CaseView, about: str, data: Any, files: Any) -> forms.Form:
    return inputs.QuietForm(data)


def _obligation_form(view: CaseView, about: str, data: Any, files: Any) -> forms.Form:
    item = next((item for item in view.obligations if str(item.id) == about), None)
    if item is None:
        raise NotFound(gettext("there is no such obligation"))
    return inputs.EvidenceForm(data, kind=item.evidence_kind, prefix=f"fulfil-{about}")


def _attest_form(view: CaseView, about: str, data: Any, files: Any) -> forms.Form:
    declared = next((check for check in view.definition.checks if check.criterion == about), None)
    if declared is None:
        raise NotFound(gettext("there is no such criterion"))
    return inputs.AttestForm(data, check=declared, prefix=f"attest-{about}")


def _candidates(view: CaseView) -> list[Person]:
    """Who can be made owner of the present stage: the holders of its role, else of the steward's."""
    office = str(view.stage.owner or view.definition.steward)
    if not office.startswith(("seat:", "body:", "chair:")):
        office = str(view.definition.steward)
    return holders(office)


def _possible_reviewers(view: CaseView) -> list[Person]:
    declared = view.definition.review_in(view.stage.name)
    if declared is None:
        return []
    out = {item.name for item in view.recusals}
    busy = {each.person for board in view.reviews for each in board.all if each.state != "released"}
    return [person for person in holders(str(declared.from_)) if person.name not in out | busy]


def _delegates(view: CaseView) -> list[Person]:
    if view.definition.delegation is None:
        return []
    offices = [str(role) for role in view.definition.delegation.to]
    return list({person.id: person for office in offices for person in holders(office)}.values())


GESTURES: Mapping[str, Gesture] = {
    "move": Gesture(
        lambda view, about, data, files: inputs.MoveForm(
            data, prefix=about, reason=_move_of(view, about).reason, initial={"revision": view.line.revision}
        ),
        _move,
    ),
    "comment": Gesture(
        lambda view, about, data, files: inputs.CommentForm(data, audiences=view.may.comment, prefix="comment"),
        _comment,
    ),
    "attach": Gesture(
        lambda view, about, data, files: inputs.AttachForm(data, files, audiences=view.may.attach, prefix="attach"),
        _attach,
        files=True,
        title=_("Attach a file"),
        button=_("Attach"),
    ),
    "assign": Gesture(
        lambda view, about, data, files: inputs.PersonForm(data, people=_candidates(view), prefix="assign"),
        _assign,
        title=_("Hand the next step to a person"),
        button=_("Hand over"),
    ),
    "reviewers": Gesture(
        lambda view, about, data, files: inputs.ReviewersForm(
            data, people=_possible_reviewers(view), prefix="reviewers"
        ),
        _reviewers,
    ),
    "draw": Gesture(_plain, _draw),
    "volunteer": Gesture(_plain, _volunteer),
    "recuse": Gesture(
        lambda view, about, data, files: inputs.DetailForm(data, prefix="recuse"),
        _recuse,
        title=_("Stand aside from this case"),
        button=_("Stand aside"),
    ),
    "delegate": Gesture(
        lambda view, about, data, files: inputs.DelegateForm(data, people=_delegates(view), prefix="delegate"),
        _delegate,
        title=_("Let somebody act in my place"),
        button=_("Delegate"),
    ),
    "check": Gesture(_plain, _check),
    "attest": Gesture(_attest_form, _attest, title=_("Attest with evidence"), button=_("Attest")),
    "waive": Gesture(
        lambda view, about, data, files: inputs.ReasonForm(data, prefix=f"waive-{about}"),
        _waive,
        title=_("Let it pass as it is"),
        button=_("Let it pass"),
    ),
    "fulfil": Gesture(_obligation_form, _fulfil),
    "confirm": Gesture(_plain, _confirm),
    "waive-obligation": Gesture(
        lambda view, about, data, files: inputs.ReasonForm(data, prefix=f"drop-{about}"), _waive_obligation
    ),
}
