"""Where the landscape is worked on: the list, an item's form, and the import of a file with its preview."""

from __future__ import annotations

import base64
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from quorate.access.identity import actor_from
from quorate.access.policy import authorise
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import _, gettext
from quorate.registers.portfolio import actions, queries
from quorate.registers.portfolio.models import LandscapeItem
from quorate.registers.portfolio.web.inputs import ImportForm, ItemForm
from quorate.registers.portfolio.web.landscape import LandscapeTable, rows_at
from quorate.toolkit.columns import RowAction
from quorate.toolkit.forms import blame
from quorate.toolkit.pages import render


class WorkTable(LandscapeTable):
    """The landscape for those who edit it."""

    rows_template = "toolkit/components/table_rows.html"
    size = 50

    def action(self, row: LandscapeItem) -> RowAction | None:
        """Edit the row's item."""
        return RowAction(_("Edit"), reverse("portfolio:item", args=[row.pk]))


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The landscape as a list to work on, with what is odd about its file."""
    actor = actor_from(request)
    authorise(actor, "landscape.edit")
    landscape = queries.landscape()
    made = WorkTable(request, rows_at(None), actor=actor)
    return made.respond("portfolio/landscape.html", {"landscape": landscape})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_item(request: HttpRequest, item: UUID) -> HttpResponse:
    """One item: change its fields or its place. Only its lines of the file change."""
    actor = actor_from(request)
    found = queries.item_by(str(item))
    authorise(actor, "landscape.edit", found)
    if request.method != "POST":
        return _item_page(request, ItemForm.of(found), found)
    form = ItemForm(request.POST)
    if not form.is_valid():
        return _item_page(request, form, found, status=422)
    try:
        row = actions.edit_landscape_item(
            actor=actor,
            item=found,
            changes=form.changes(),
            place=form.place,
            version=form.cleaned_data["version"],
        )
    except UserError as error:
        blame(form, error)
        return _item_page(request, form, found, status=error.status)
    messages.success(request, gettext("%s is changed on the landscape.") % row.name)
    return redirect("portfolio:item", row.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_item(request: HttpRequest) -> HttpResponse:
    """A new item of the landscape."""
    actor = actor_from(request)
    authorise(actor, "landscape.edit")
    if request.method != "POST":
        return _item_page(request, ItemForm(), None)
    form = ItemForm(request.POST)
    if not form.is_valid():
        return _item_page(request, form, None, status=422)
    try:
        row = actions.add_landscape_item(actor=actor, place=form.place, fields=form.changes())
    except UserError as error:
        blame(form, error)
        return _item_page(request, form, None, status=error.status)
    messages.success(request, gettext("%s is on the landscape.") % row.name)
    return redirect("portfolio:item", row.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_item(request: HttpRequest, item: UUID) -> HttpResponse:
    """Ask whether an item should leave the landscape, and take it off."""
    actor = actor_from(request)
    found = queries.item_by(str(item))
    authorise(actor, "landscape.edit", found)
    if request.method != "POST":
        return render(request, "portfolio/remove_item.html", {"item": found})
    actions.remove_landscape_item(actor=actor, item=found)
    messages.success(request, gettext("%s is off the landscape. Its record stays.") % found.name)
    return redirect("portfolio:landscape")


def _item_page(request: HttpRequest, form: ItemForm, item: LandscapeItem | None, *, status: int = 200) -> HttpResponse:
    return render(request, "portfolio/item.html", {"form": form, "item": item}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_file(request: HttpRequest) -> HttpResponse:
    """Look at what a landscape file would change, then take it in."""
    actor = actor_from(request)
    authorise(actor, "landscape.edit")
    if request.method != "POST":
        return render(request, "portfolio/import.html", {"form": ImportForm()})
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "portfolio/import.html", {"form": form}, status=422)
    said = form.cleaned_data
    name = said["name"] or "landscape.yml"
    try:
        data = base64.b64decode(said["data"]) if said["text"] else said["data"]
        if said["confirm"]:
            report = actions.import_landscape(actor=actor, data=data, name=name)
            words = gettext("%(items)d items: %(created)d new, %(changed)d changed, %(unchanged)d unchanged.")
            messages.success(request, words % report.as_dict())
            return redirect("portfolio:landscape")
        preview = queries.preview(data, name)
    except UserError as error:
        blame(form, error)
        return render(request, "portfolio/import.html", {"form": form}, status=error.status)
    except ValueError:
        form.add_error("file", gettext("Choose the file again."))
        return render(request, "portfolio/import.html", {"form": form}, status=422)
    context = {"form": form, "preview": preview, "text": base64.b64encode(data).decode(), "name": name}
    return render(request, "portfolio/import.html", context)
