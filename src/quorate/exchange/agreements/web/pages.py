"""The list of agreements, one agreement with its words and signatures, and each next step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from quorate.access.identity import actor_from
from quorate.access.policy import may
from quorate.exchange.agreements import actions, queries
from quorate.exchange.agreements.actions.signing import STATEMENT
from quorate.exchange.agreements.models import Agreement
from quorate.exchange.agreements.web.forms import PaperForm, ReasonForm, SendForm, SignForm
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import _, gettext
from quorate.toolkit import printing
from quorate.toolkit.columns import Choice, Column, Empty
from quorate.toolkit.files import path_of
from quorate.toolkit.forms import blame
from quorate.toolkit.history import history
from quorate.toolkit.pages import render
from quorate.toolkit.parts import pill
from quorate.toolkit.tables import Table
from quorate.toolkit.times import when

TONES = {
    "draft": "neutral",
    "sent": "soon",
    "signed": "info",
    "in-force": "good",
    "declined": "late",
    "withdrawn": "done",
    "ended": "done",
}


def _day(at: datetime | None) -> SafeString:
    """A day, or nothing: what did not happen yet is not unknown."""
    return when(at, style="day") if at is not None else SafeString("")


class AgreementTable(Table[Agreement]):
    """The agreements that the reader may see."""

    name = "agreements"
    caption = _("Agreements")
    columns: ClassVar[Sequence[Column]] = (
        Column(
            "title",
            _("Agreement"),
            sort="template__title",
            primary=True,
            value=str,
            url=lambda row: reverse("agreements:agreement", args=[row.pk]),
        ),
        Column("organisation", _("With"), sort="organisation__name", value=lambda row: row.organisation.name),
        Column("version", _("Version"), value=lambda row: row.template.version),
        Column(
            "state",
            _("State"),
            sort="state",
            value=lambda row: row.get_state_display(),
            cell=lambda row: pill(row.get_state_display(), tone=TONES[row.state]),
        ),
        Column(
            "sent",
            _("Sent"),
            sort="sent_at",
            kind="day",
            value=lambda row: row.sent_at,
            cell=lambda row: _day(row.sent_at),
        ),
        Column(
            "due",
            _("Sign by"),
            sort="due_at",
            kind="day",
            value=lambda row: row.due_at,
            cell=lambda row: _day(row.due_at),
            low=True,
        ),
        Column(
            "in_force",
            _("In force"),
            sort="in_force_at",
            kind="day",
            value=lambda row: row.in_force_at,
            cell=lambda row: _day(row.in_force_at),
        ),
    )
    filters = (
        Choice(
            "state",
            _("State"),
            options=lambda table: list(Agreement.State.choices),
            apply=lambda rows, value: rows.filter(state=value),
        ),
    )
    search = ("organisation__name", "template__title")
    order = "-prepared_at"
    empty = Empty(_("No agreements yet"), _("Prepare one from a template; it is signed here or on paper."))


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """The list."""
    actor = actor_from(request)
    table = AgreementTable(request, queries.visible(actor), actor=actor)
    return table.respond("agreements/agreements.html", {"may_prepare": may(actor, "agreement.prepare")})


@login_required
def record(request: HttpRequest, key: UUID) -> HttpResponse:
    """One agreement."""
    return _page(request, queries.find(actor_from(request), key))


@login_required
def pdf(request: HttpRequest, key: UUID) -> HttpResponse:
    """The words and the signatures as PDF, the same bytes until somebody signs."""
    found = queries.find(actor_from(request), key)
    if not printing.AVAILABLE:
        raise NotFound(gettext("this installation makes no PDF"), mend=gettext("install the extra pdf"))
    words = found.words
    answer = HttpResponse(printing.pdf(queries.printed(found), words.title), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{words.template}-{found.pk}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@login_required
def paper(request: HttpRequest, key: UUID, side: str) -> HttpResponseBase:
    """A signed paper, always as a download and never as a page of ours."""
    found = queries.find(actor_from(request), key)
    signature = queries.signature_of(found, side)
    if signature is None or not signature.file:
        raise NotFound(gettext("there is no paper of this side"))
    answer = FileResponse(
        path_of(queries.SHELF, signature.file).open("rb"),
        as_attachment=True,
        filename=f"{found.words.template}-{side}.pdf",
        content_type="application/pdf",
    )
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "private, no-store"
    return answer


@login_required
@require_POST
def send(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send it to its signatory."""

    def act(found: Agreement, given: dict[str, Any]) -> None:
        due = given["due_at"]
        due = due.replace(tzinfo=UTC) if due is not None and due.tzinfo is None else due
        actions.send(actor=actor_from(request), agreement=found, due_at=due)

    return _act(request, key, ("send_form", SendForm(request.POST)), act, gettext("It is sent."))


@login_required
@require_POST
def sign(request: HttpRequest, key: UUID) -> HttpResponse:
    """Sign for the other side by a click."""

    def act(found: Agreement, given: dict[str, Any]) -> None:
        digest, name, title = _signed(given)
        actions.sign(actor=actor_from(request), agreement=found, digest=digest, name=name, title=title)

    return _act(request, key, ("sign_form", SignForm(request.POST)), act, gettext("You signed."))


@login_required
@require_POST
def put_paper(request: HttpRequest, key: UUID) -> HttpResponse:
    """Put the other side's signed paper here."""

    def act(found: Agreement, given: dict[str, Any]) -> None:
        digest, name, title = _signed(given)
        content = given["paper"].read()
        actions.sign(actor=actor_from(request), agreement=found, digest=digest, name=name, title=title, paper=content)

    form = PaperForm(request.POST, request.FILES)
    return _act(request, key, ("paper_form", form), act, gettext("The signed paper is here."))


@login_required
@require_POST
def countersign(request: HttpRequest, key: UUID) -> HttpResponse:
    """Sign for the foundation."""

    def act(found: Agreement, given: dict[str, Any]) -> None:
        digest, name, title = _signed(given)
        actions.countersign(actor=actor_from(request), agreement=found, digest=digest, name=name, title=title)

    return _act(request, key, ("sign_form", SignForm(request.POST)), act, gettext("The agreement is in force."))


@login_required
@require_POST
def decline(request: HttpRequest, key: UUID) -> HttpResponse:
    """Decline it."""

    def act(found: Agreement, given: dict[str, Any]) -> None:
        actions.decline(actor=actor_from(request), agreement=found, reason=given["reason"])

    return _act(request, key, ("reason_form", ReasonForm(request.POST)), act, gettext("You declined."))


@login_required
@require_POST
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take it back."""

    def act(found: Agreement, given: dict[str, Any]) -> None:
        actions.withdraw(actor=actor_from(request), agreement=found, reason=given["reason"])

    return _act(request, key, ("reason_form", ReasonForm(request.POST)), act, gettext("It is withdrawn."))


@login_required
@require_POST
def end(request: HttpRequest, key: UUID) -> HttpResponse:
    """Record that it ended."""

    def act(found: Agreement, given: dict[str, Any]) -> None:
        actions.end_agreement(actor=actor_from(request), agreement=found, reason=given["reason"])

    return _act(request, key, ("reason_form", ReasonForm(request.POST)), act, gettext("It ended."))


def _signed(given: dict[str, Any]) -> tuple[str, str, str]:
    return given["digest"], given["name"], given["title"]


def _act(
    request: HttpRequest,
    key: UUID,
    form: tuple[str, forms.Form],
    act: Callable[[Agreement, dict[str, Any]], None],
    done: str,
) -> HttpResponse:
    """Do one step of an agreement and come back to its page; what is wrong stands in the form again."""
    found = queries.find(actor_from(request), key)
    name, given = form
    if not given.is_valid():
        return _page(request, found, {name: given}, status=422)
    try:
        act(found, given.cleaned_data)
    except UserError as error:
        blame(given, error)
        return _page(request, queries.find(actor_from(request), key), {name: given}, status=error.status)
    messages.success(request, done)
    return redirect("agreements:agreement", key=key)


def _page(
    request: HttpRequest, found: Agreement, given: dict[str, forms.Form] | None = None, *, status: int = 200
) -> HttpResponse:
    actor = actor_from(request)
    words = found.words
    state = Agreement.State
    prepares = may(actor, "agreement.prepare", found)
    signs = found.state == state.SENT and may(actor, "agreement.sign", found)
    countersigns = found.state == state.SIGNED and may(actor, "agreement.countersign", found)
    blank = {"digest": found.digest}
    shown: dict[str, forms.Form] = {}
    if prepares and found.state == state.DRAFT:
        shown["send_form"] = SendForm()
    if signs or countersigns:
        shown["sign_form"] = SignForm(initial={**blank, "name": actor.label})
    if found.state == state.SENT and (signs or prepares):
        shown["paper_form"] = PaperForm(initial={**blank, "name": found.signatory.name})
    context = {
        "agreement": found,
        "words": words,
        "source": found.template.source,
        "tone": TONES[found.state],
        "standing": queries.standing(found),
        "overdue": queries.overdue(found),
        "signatures": list(found.signatures.all()),
        "statement": STATEMENT,
        "may_edit": prepares and found.state == state.DRAFT,
        "may_withdraw": prepares and found.state in (state.DRAFT, state.SENT, state.SIGNED),
        "may_decline": signs,
        "countersigns": countersigns,
        "may_end": found.state == state.IN_FORCE and may(actor, "agreement.end", found),
        "prints": printing.AVAILABLE,
        "reason_form": ReasonForm(),
        "history": history("agreement", str(found.pk), private=True),
        **shown,
        **(given or {}),
    }
    return render(request, "agreements/agreement.html", context, status=status)
