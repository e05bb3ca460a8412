"""The public side: what a program asks, how to apply, who waits, and what became of a case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from quorate.access.actors import VISITOR
from quorate.access.identity import actor_from
from quorate.access.ratelimit import Limit, spend
from quorate.engine import actions, queries
from quorate.engine.definition import Program as Definition
from quorate.engine.models import Program
from quorate.engine.versions import current, program_named
from quorate.engine.web.application import ApplicationForm
from quorate.engine.web.cases import recent, track
from quorate.engine.web.lists import CaseTable, QueueTable
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import _
from quorate.toolkit.columns import Choice, Column, Empty, Flag
from quorate.toolkit.history import lines_of
from quorate.toolkit.pages import public, public_render, render

#: How many applications one address, or one account, may send.
APPLICATIONS = Limit("application", 20, 3600)


class PublicQueue(QueueTable):
    """The queue as anybody sees it."""

    name = "public-queue"
    empty = Empty(_("Nobody waits"), _("An application filed now would be first."))

    def action(self, row: object) -> None:
        """Nothing is done from here."""


class PublicCases(CaseTable):
    """A program's cases as anybody sees them."""

    name = "public-cases"
    columns: ClassVar[Sequence[Column]] = tuple(
        column for column in CaseTable.columns if column.key not in ("owner", "program")
    )
    filters: ClassVar[Sequence[Choice | Flag]] = tuple(each for each in CaseTable.filters if each.key == "state")

    def action(self, row: object) -> None:
        """Nothing is done from here."""


@require_GET
def programs(request: HttpRequest) -> HttpResponse:
    """The programs that anybody may know of."""
    return public_render(request, "engine/public_programs.html", {"programs": queries.programs(VISITOR)})


@require_GET
def program(request: HttpRequest, slug: str) -> HttpResponse:
    """What the program asks, how it goes, and who waits."""
    found = program_named(slug)
    context = {"program": queries.program_view(VISITOR, found), "open": _is_open(found, current(found))}
    return public_render(request, "engine/public_program.html", context)


@require_GET
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    """The queue with places and ages."""
    found = program_named(slug)
    table = PublicQueue(request, queries.queued(VISITOR, found), actor=VISITOR)
    return table.respond("engine/public_queue.html", {"program": queries.program_view(VISITOR, found)}, public=True)


@require_GET
def cases(request: HttpRequest, slug: str) -> HttpResponse:
    """All public cases of a program."""
    found = program_named(slug)
    rows = queries.visible(VISITOR).filter(program=found)
    view = queries.program_view(VISITOR, found)
    return PublicCases(request, rows, actor=VISITOR).respond("engine/public_cases.html", {"program": view}, public=True)


@require_GET
def case(request: HttpRequest, key: str) -> HttpResponse:
    """A case as anybody may see it at its stage."""
    view = queries.case_view(VISITOR, queries.case_named(VISITOR, key), **recent(request))
    context = {
        "view": view,
        "line": view.line,
        "steps": track(view),
        "history": lines_of(view.history[::-1], public=True),
    }
    return public_render(request, "engine/public_case.html", context)


@require_GET
def issue_form(request: HttpRequest, slug: str) -> HttpResponse:
    """The application form as the GitHub issue form that it is."""
    definition = current(program_named(slug))
    if not definition.intake.form:
        raise Http404
    text = definition.text_of(definition.intake.form)
    return public(request, HttpResponse(text, content_type="text/yaml; charset=utf-8"))


def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """Apply on the program's own form, signed in or not."""
    actor = actor_from(request)
    found = program_named(slug)
    definition = current(found)
    if definition.form is None:
        raise Http404
    asks_contact = not actor.known and not _has_contact(definition)
    opened, words = _is_open(found, definition), ""
    form = ApplicationForm(definition, request.POST or None, asks_contact=asks_contact, initial={"key": uuid4().hex})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                if settings.LIMITS:
                    spend(APPLICATIONS, str(actor.account_id or request.META.get("REMOTE_ADDR", "")))
                filed = actions.file_case(
                    actor=actor,
                    program=found,
                    answers=form.answers(),
                    title=form.cleaned_data.get("title", ""),
                    contact_email=form.cleaned_data.get("email", ""),
                    idempotency_key=form.cleaned_data["key"],
                )
            except UserError as error:
                form.refuse(error)
                status = error.status
            else:
                if actor.known:
                    return redirect("engine:case", key=filed.case.key)
                return redirect(reverse("engine:filed", args=[filed.case.key]))
    context = {"definition": definition, "program": found, "form": form, "open": opened, "closed_words": words}
    return render(request, "engine/apply.html", context, status=status)


@require_GET
def filed(request: HttpRequest, key: str) -> HttpResponse:
    """What happens next, for a visitor who just applied."""
    return render(request, "engine/filed.html", {"key": key})


def claim(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """Take over a case that was filed without signing in, by the link in the letter."""
    actor = actor_from(request)
    if not actor.known:
        return redirect(f"{reverse('account_login')}?next={request.path}")
    error = ""
    if request.method == "POST":
        try:
            taken = actions.claim_case(actor=actor, case=queries.case_to_claim(key), token=token)
        except UserError as refused:
            error = refused.line
        else:
            return redirect("engine:case", key=taken.key)
    return render(request, "engine/claim.html", {"key": key, "error": error}, status=422 if error else 200)


def _is_open(program: Program, definition: Definition) -> bool:
    return definition.form is not None and queries.intake_open(program, definition)


def _has_contact(definition: Definition) -> bool:
    return any(field.name == "contact" for field in definition.intake.fields)
