"""Pages of organisations for those signed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from quorate.access.identity import actor_from
from quorate.access.policy import authorise, may
from quorate.directory import actions
from quorate.directory.models import Control, Organisation
from quorate.directory.queries import (
    control_of,
    facts_of_organisation,
    organisation_by_key,
    organisations_with_counts,
    people_at,
)
from quorate.directory.rules import Name, OrganisationFacts, Parent
from quorate.directory.web.forms import AliasForm, ControlForm, EndControlForm, OrganisationForm, moment
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import _, gettext
from quorate.toolkit.asof import as_of
from quorate.toolkit.columns import Choice, Column, Empty, Flag
from quorate.toolkit.forms import blame
from quorate.toolkit.history import history
from quorate.toolkit.pages import render
from quorate.toolkit.panels import Asked, panels_of
from quorate.toolkit.tables import Table


class OrganisationTable(Table[Organisation]):
    """Every organisation in the directory."""

    name = "organisations"
    caption = _("Organisations")
    columns: ClassVar[Sequence[Column]] = (
        Column(
            "name",
            _("Name"),
            kind="organisation",
            sort="name",
            primary=True,
            url=lambda row: reverse("directory:organisation", args=[row.slug]),
        ),
        Column("parent", _("Controlled by"), sort="parent"),
        Column("people", _("People"), kind="number", sort="people"),
        Column("homepage", _("Homepage"), low=True),
        Column("slug", _("Address"), show=False),
    )
    filters: ClassVar[Sequence[Choice | Flag]] = (
        Flag("group", _("Part of a group"), apply=lambda rows, _table: rows.filter(parent__isnull=False)),
    )
    search = ("name", "homepage", "parent")
    order = "name"
    empty = Empty(_("No organisations yet"), _("They come with the foundation's files, or by hand."))


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """Every organisation."""
    actor = actor_from(request)
    asked = as_of(request)
    context = {
        "as_of": asked,
        "may_add": may(actor, "organisation.edit"),
        "may_merge": may(actor, "organisation.merge"),
    }
    rows = organisations_with_counts(asked.at)
    return OrganisationTable(request, rows, actor=actor).respond("directory/organisations.html", context)


@login_required
def record(request: HttpRequest, key: str) -> HttpResponse:
    """One organisation: names, control, people, what it does here, what happened."""
    organisation = organisation_by_key(key)
    if key != organisation.slug:
        return redirect("directory:organisation", organisation.slug)
    return _page(request, organisation)


def _page(
    request: HttpRequest, organisation: Organisation, forms: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    actor = actor_from(request)
    asked = as_of(request)
    may_edit = may(actor, "organisation.edit", organisation)
    above, below = control_of(organisation)
    context: dict[str, Any] = {
        "organisation": organisation,
        "as_of": asked,
        "aliases": organisation.aliases.order_by("start", "name"),
        "external_ids": organisation.external_ids.order_by("scheme", "value"),
        "above": above,
        "below": below,
        "people": people_at(organisation, asked.at, public=not may(actor, "person.read")),
        "panels": panels_of("organisation", Asked(request, organisation, asked.at, public=False)),
        "may_edit": may_edit,
        "alias_form": AliasForm(prefix="alias") if may_edit else None,
        "control_form": ControlForm(prefix="control") if may_edit else None,
        "history": history("organisation", str(organisation.id), private=may_edit, public=not actor.known),
    }
    return render(request, "directory/organisation.html", {**context, **(forms or {})}, status=status)


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Add an organisation."""
    actor = actor_from(request)
    authorise(actor, "organisation.edit")
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = actions.add_organisation(actor=actor, facts=OrganisationFacts(**form.cleaned_data))
        except UserError as error:
            blame(form, error)
        else:
            return redirect("directory:organisation", added.slug)
    status = 422 if form.is_bound else 200
    return render(request, "directory/organisation_form.html", {"form": form, "organisation": None}, status=status)


@login_required
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change an organisation's record."""
    organisation = organisation_by_key(key)
    actor = actor_from(request)
    authorise(actor, "organisation.edit", organisation)
    facts = facts_of_organisation(organisation)
    initial = {
        "name": facts.name,
        "homepage": facts.homepage,
        "country": facts.country,
        "external_ids": "\n".join(f"{scheme}: {value}" for scheme, value in facts.external_ids),
    }
    form = OrganisationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _saved(request, organisation, form, form.cleaned_data):
        return redirect("directory:organisation", organisation.slug)
    status = 422 if form.is_bound else 200
    context = {"form": form, "organisation": organisation}
    return render(request, "directory/organisation_form.html", context, status=status)


def _saved(request: HttpRequest, organisation: Organisation, form: Any, changes: dict[str, Any]) -> bool:
    facts = replace(facts_of_organisation(organisation), **changes)
    try:
        actions.change_organisation(actor=actor_from(request), organisation=organisation, facts=facts)
    except UserError as error:
        blame(form, error)
        return False
    return True


@login_required
@require_POST
def alias(request: HttpRequest, key: str) -> HttpResponse:
    """Add another name, or take one away (``remove``)."""
    organisation = organisation_by_key(key)
    authorise(actor_from(request), "organisation.edit", organisation)
    facts = facts_of_organisation(organisation)
    gone = request.POST.get("remove", "")
    if gone:
        kept = tuple(name for name in facts.aliases if name.name != gone)
        actions.change_organisation(
            actor=actor_from(request), organisation=organisation, facts=replace(facts, aliases=kept)
        )
        return redirect("directory:organisation", organisation.slug)
    form = AliasForm(request.POST, prefix="alias")
    if form.is_valid():
        said = form.cleaned_data
        more = Name(said["name"].strip(), moment(said["start"]), moment(said["until"]))
        if _saved(request, organisation, form, {"aliases": (*facts.aliases, more)}):
            return redirect("directory:organisation", organisation.slug)
    return _page(request, organisation, {"alias_form": form}, status=422)


@login_required
@require_POST
def control(request: HttpRequest, key: str) -> HttpResponse:
    """Record who controls it."""
    organisation = organisation_by_key(key)
    authorise(actor_from(request), "organisation.edit", organisation)
    facts = facts_of_organisation(organisation)
    form = ControlForm(request.POST, prefix="control")
    if form.is_valid():
        said = form.cleaned_data
        link = Parent(said["parent"].id, moment(said["start"]), moment(said["until"]), said["source"])
        if _saved(request, organisation, form, {"controlled_by": (*facts.controlled_by, link)}):
            return redirect("directory:organisation", organisation.slug)
    return _page(request, organisation, {"control_form": form}, status=422)


@login_required
@require_POST
def end_control(request: HttpRequest, key: str) -> HttpResponse:
    """Record that control ended."""
    organisation = organisation_by_key(key)
    actor = actor_from(request)
    authorise(actor, "organisation.edit", organisation)
    form = EndControlForm(request.POST)
    if not form.is_valid():
        raise UserError(gettext("give the day on which it ended"), where="until")
    row = Control.objects.filter(pk=form.cleaned_data["control"], child=organisation).first()
    if row is None:
        raise NotFound(gettext("there is no such record"))
    facts = facts_of_organisation(organisation)
    before = Parent(row.parent_id, row.start, row.until, row.source)
    after = replace(before, until=moment(form.cleaned_data["until"]))
    links = tuple(after if item == before else item for item in facts.controlled_by)
    actions.change_organisation(actor=actor, organisation=organisation, facts=replace(facts, controlled_by=links))
    return redirect("directory:organisation", organisation.slug)
