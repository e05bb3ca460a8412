"""Making a draft: choose a template, fill its values, choose wordings; and looking at a template."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from quorate.access.identity import actor_from
from quorate.access.policy import authorise
from quorate.exchange.agreements import actions
from quorate.exchange.agreements.models import Agreement
from quorate.exchange.agreements.queries import find, template_by_key, templates
from quorate.exchange.agreements.web.forms import VALUE, DraftForm, draft_form, initial
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.toolkit.forms import blame
from quorate.toolkit.pages import render


@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """The templates that an agreement can be made from."""
    authorise(actor_from(request), "agreement.prepare")
    return render(request, "agreements/choose.html", {"templates": list(templates())})


@login_required
def template(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """A template as it stands: each clause with all its wordings."""
    authorise(actor_from(request), "agreement.prepare")
    found = template_by_key(slug, version)
    return render(request, "agreements/template.html", {"template": found, "source": found.source})


@login_required
def new(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """Make a draft."""
    actor = actor_from(request)
    authorise(actor, "agreement.prepare")
    chosen = template_by_key(slug, version)
    form = draft_form(chosen, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.prepare(
                actor=actor,
                template=chosen,
                organisation=form.cleaned_data["organisation"],
                signatory=form.cleaned_data["signatory"],
                values=form.values,
                variants=form.variants,
            )
            return redirect("agreements:agreement", key=made.pk)
        except UserError as error:
            _blame(form, error)
    status = 422 if request.method == "POST" else 200
    return render(request, "agreements/form.html", {"form": form, "template": chosen}, status=status)


@login_required
def edit(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change a draft."""
    actor = actor_from(request)
    found = find(actor, key)
    authorise(actor, "agreement.prepare", found)
    if found.state != Agreement.State.DRAFT:
        mend = gettext("withdraw it and prepare another")
        raise Conflict(gettext("what was sent does not change"), where="agreement", mend=mend)
    form = draft_form(found.template, request.POST or None, initial=initial(found))
    form.fields["organisation"].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            actions.revise(
                actor=actor,
                agreement=found,
                values=form.values,
                variants=form.variants,
                signatory=form.cleaned_data["signatory"],
            )
            return redirect("agreements:agreement", key=found.pk)
        except UserError as error:
            _blame(form, error)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "template": found.template, "agreement": found}
    return render(request, "agreements/form.html", context, status=status)


def _blame(form: DraftForm, error: UserError) -> None:
    """An action names a value as the template does; the form's fields have a prefix."""
    if VALUE + error.where in form.fields:
        form.add_error(VALUE + error.where, f"{error.what} ({error.mend})" if error.mend else str(error.what))
    else:
        blame(form, error)
