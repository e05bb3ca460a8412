"""Pages that find records which may be one, show what a merge would do, and take merges back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from quorate.access.identity import actor_from
from quorate.access.policy import authorise
from quorate.directory import actions
from quorate.directory.actions.merging import references_to
from quorate.directory.duplicates import organisations_twice, people_twice
from quorate.directory.models import Merge, Organisation, Person
from quorate.directory.queries import merges, organisation_by_key, person_by_key
from quorate.directory.web.forms import PairForm
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.toolkit.pages import render


@login_required
def people(request: HttpRequest) -> HttpResponse:
    """People who may stand twice."""
    authorise(actor_from(request), "person.merge")
    context = {"kind": "person", "pairs": people_twice(), "merges": _named("person")}
    return render(request, "directory/duplicates.html", context)


@login_required
def organisations(request: HttpRequest) -> HttpResponse:
    """Organisations that may stand twice."""
    authorise(actor_from(request), "organisation.merge")
    context = {"kind": "organisation", "pairs": organisations_twice(), "merges": _named("organisation")}
    return render(request, "directory/duplicates.html", context)


def _named(kind: str) -> list[dict[str, object]]:
    """The latest merges with the names of both sides. Two queries."""
    rows = list(merges(kind)[:50])
    ids = {pk for row in rows for pk in (row.kept, row.absorbed)}
    model = Person if kind == "person" else Organisation
    found = {row.pk: row for row in model._default_manager.filter(pk__in=ids)}
    return [{"merge": row, "kept": found.get(row.kept), "absorbed": found.get(row.absorbed)} for row in rows]


@login_required
def merge_people(request: HttpRequest) -> HttpResponse:
    """Preview (GET) and do (POST) a merge of two people."""
    kept, absorbed = (person_by_key(key) for key in _pair(request))
    actor = actor_from(request)
    authorise(actor, "person.merge", kept)
    if request.method == "POST":
        actions.merge_people(actor=actor, kept=kept, absorbed=absorbed)
        messages.success(request, gettext("The two records are one. It can be taken back below."))
        return redirect("directory:people-duplicates")
    return _preview(request, "person", kept, absorbed)


@login_required
def merge_organisations(request: HttpRequest) -> HttpResponse:
    """Preview (GET) and do (POST) a merge of two organisations."""
    kept, absorbed = (organisation_by_key(key) for key in _pair(request))
    actor = actor_from(request)
    authorise(actor, "organisation.merge", kept)
    if request.method == "POST":
        actions.merge_organisations(actor=actor, kept=kept, absorbed=absorbed)
        messages.success(request, gettext("The two records are one. It can be taken back below."))
        return redirect("directory:organisations-duplicates")
    return _preview(request, "organisation", kept, absorbed)


def _pair(request: HttpRequest) -> tuple[str, str]:
    form = PairForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        raise UserError(gettext("name the two records"), where="kept, absorbed")
    return form.cleaned_data["kept"], form.cleaned_data["absorbed"]


def _preview(
    request: HttpRequest, kind: str, kept: Person | Organisation, absorbed: Person | Organisation
) -> HttpResponse:
    """What would move, by kind of record; one count for each relation, whatever there is."""
    moving = []
    for field in references_to(type(kept)):
        count = field.model._base_manager.filter(**{field.name: absorbed.pk}).count()
        if count:
            moving.append({"what": field.model._meta.verbose_name_plural, "count": count})
    context = {"kind": kind, "kept": kept, "absorbed": absorbed, "moving": moving}
    return render(request, "directory/merge.html", context)


@login_required
@require_POST
def undo(request: HttpRequest, merge_id: UUID) -> HttpResponse:
    """Take a merge back."""
    merge = get_object_or_404(Merge, pk=merge_id)
    actions.separate(actor=actor_from(request), merge=merge)
    messages.success(request, gettext("The two records stand apart again."))
    plural = "people" if merge.kind == Merge.Kind.PERSON else "organisations"
    return redirect(f"directory:{plural}-duplicates")
