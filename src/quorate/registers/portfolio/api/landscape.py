"""The landscape over the API: the file, its items, and imports."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status

from quorate.access.identity import actor_from
from quorate.access.policy import authorise
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.registers.portfolio import actions, queries
from quorate.registers.portfolio.api.schemas import (
    ImportIn,
    ImportOut,
    ItemChange,
    ItemIn,
    ItemOut,
    LandscapeOut,
    PreviewOut,
    Short,
)
from quorate.registers.portfolio.models import LandscapeItem
from quorate.toolkit.rest import PUBLIC, Page, Paging, page, precondition

router = Router(tags=["Landscape"])


@router.get("/landscape", response=LandscapeOut, auth=PUBLIC)
def get_landscape(request: HttpRequest) -> dict[str, Any]:
    """Show which landscape data file is kept, and what is odd about it."""
    found = queries.landscape()
    if found is None:
        raise NotFound(gettext("there is no landscape yet"), mend=gettext("import a landscape file first"))
    precondition(request, found.digest)
    return {
        "name": found.name,
        "dialect": found.dialect,
        "digest": found.digest,
        "changed_at": found.changed_at,
        "items": found.items.count(),
        "warnings": found.warnings,
    }


@router.get("/landscape/file", auth=PUBLIC, response={200: str})
def get_landscape_file(request: HttpRequest, dialect: Literal["", "landscape", "categories"] = "") -> HttpResponse:
    """Give the landscape data file: the bytes that are kept, or converted to the other dialect."""
    data = queries.landscape_bytes(dialect or None)
    return HttpResponse(data, content_type="application/yaml; charset=utf-8")


@router.post("/landscape/import", response=ImportOut)
def import_landscape(request: HttpRequest, body: ImportIn) -> dict[str, object]:
    """Make this file the landscape, with a record for each project and member in it."""
    report = actions.import_landscape(actor=actor_from(request), data=body.text.encode(), name=_name(body))
    return report.as_dict()


@router.post("/landscape/preview", response=PreviewOut)
def preview_landscape(request: HttpRequest, body: ImportIn) -> dict[str, Any]:
    """Say what an import of this file would change; nothing is stored."""
    authorise(actor_from(request), "landscape.edit")
    return queries.preview(body.text.encode(), _name(body))


@router.get("/landscape/items", response=Page[ItemOut], auth=PUBLIC)
def list_items(
    request: HttpRequest,
    paging: Query[Paging],
    q: Short = "",
    kind: Literal["", "project", "member", "product"] = "",
    category: Short = "",
    status: Short = "",
) -> dict[str, Any]:
    """List the items of the landscape in the order of the file."""
    rows = queries.landscape_items()
    if kind:
        rows = rows.filter(kind=kind)
    if category:
        rows = rows.filter(categories__contains=f"\n{category}\n")
    if status:
        rows = rows.filter(status=status)
    for word in q.casefold().split()[:8]:
        rows = rows.filter(words__contains=word)
    return page(rows, paging, order=("position", "id"), show=_item)


@router.get("/landscape/items/{uuid:item}", response=ItemOut, auth=PUBLIC)
def get_item(request: HttpRequest, item: UUID) -> dict[str, Any]:
    """Show one item of the landscape."""
    found = queries.item_by(str(item))
    precondition(request, queries.version_of(found))
    return _item(found)


@router.post("/landscape/items", response={201: ItemOut})
def add_item(request: HttpRequest, body: ItemIn) -> Status[dict[str, Any]]:
    """Put an item on the landscape."""
    said = body.model_dump(exclude_none=True)
    place = (said.pop("category"), said.pop("subcategory"))
    fields = {key: value for key, value in said.items() if value != ""}
    row = actions.add_landscape_item(actor=actor_from(request), place=place, fields=fields)
    return Status(201, _item(row))


@router.patch("/landscape/items/{uuid:item}", response=ItemOut)
def change_item(request: HttpRequest, item: UUID, body: ItemChange) -> dict[str, Any]:
    """Change an item; only its lines of the file change."""
    found = queries.item_by(str(item))
    precondition(request, queries.version_of(found))
    said = body.model_dump(exclude_unset=True, exclude_none=True)
    place = (said.pop("category", found.category), said.pop("subcategory", found.subcategory))
    changes = {key: value or None for key, value in said.items()}
    row = actions.edit_landscape_item(
        actor=actor_from(request), item=found, changes=changes, place=place, version=queries.version_of(found)
    )
    return _item(row)


@router.delete("/landscape/items/{uuid:item}", response={204: None})
def remove_item(request: HttpRequest, item: UUID) -> Status[None]:
    """Take an item off the landscape; its project's record stays."""
    found = queries.item_by(str(item))
    precondition(request, queries.version_of(found))
    actions.remove_landscape_item(actor=actor_from(request), item=found)
    return Status(204, None)


def _name(body: ImportIn) -> str:
    return body.name.replace("\n", " ") or "landscape.yml"


def _item(row: LandscapeItem) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "kind": row.kind,
        "status": row.status,
        "category": row.category,
        "subcategory": row.subcategory,
        "project": row.project.slug if row.project else None,
        "organisation": row.organisation.slug if row.organisation else None,
        "fields": row.fields,
    }
