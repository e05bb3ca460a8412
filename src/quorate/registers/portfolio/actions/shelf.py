"""The stored landscape: its file under a lock, and the rows that are read from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import PurePath
from uuid import UUID

from django.db.models import F

from quorate.kernel import clock
from quorate.registers.portfolio.landscape import checks
from quorate.registers.portfolio.landscape.document import Item, ItemPath, LandscapeFile
from quorate.registers.portfolio.models import Landscape, LandscapeItem
from quorate.registers.portfolio.queries import path_of, statuses_at
from quorate.registers.portfolio.rules import status_of_maturity

EMPTY = b"categories: []\n"
#: Which project and which organisation an item is.
Links = Mapping[ItemPath, tuple[UUID | None, UUID | None]]
COLUMNS = [
    "position", "category", "subcategory", "name", "kind", "status", "fields", "words", "categories",
    "project", "organisation",
]  # fmt: skip


def locked() -> tuple[Landscape, LandscapeFile]:
    """The landscape, locked until the end of the transaction, and its file; made empty when there is none."""
    landscape = Landscape.objects.select_for_update().first()
    if landscape is None:
        file = checks.read(EMPTY)
        landscape = Landscape(source=EMPTY, dialect=file.dialect, digest=file.digest)
        landscape.save(force_insert=True)
        return landscape, file
    return landscape, checks.read(bytes(landscape.source), landscape.name)


def store(landscape: Landscape, file: LandscapeFile, links: Links | None = None) -> None:
    """Make the stored landscape this file: its bytes, and one row for each item.

    Rows keep their ids while an item keeps its path, its name, or the record it is of. ``links`` says which project and
    organisation an item is; others keep what they had.
    """
    landscape.source = file.to_bytes()
    landscape.dialect = file.dialect
    landscape.digest = file.digest
    landscape.name = PurePath(file.name).name
    landscape.warnings = [{**asdict(warning), "where": PurePath(warning.where).name} for warning in file.warnings]
    landscape.changed_at = clock.now()
    landscape.save()
    rows = {path_of(row): row for row in landscape.items.all()}
    wanted = {item.path for item in file.items}
    leaving = {path: row for path, row in rows.items() if path not in wanted}
    by_name = {path.name: row for path, row in leaving.items()}
    by_link = {(row.project_id, row.organisation_id): row for row in leaving.values()}
    by_link.pop((None, None), None)
    statuses = {project: each.status for project, each in statuses_at().items()}
    new: list[LandscapeItem] = []
    changed: list[LandscapeItem] = []
    shifted: dict[int, list[UUID]] = {}
    for item in file.items:
        link = links.get(item.path) if links else None
        row = rows.get(item.path)
        for candidate in () if row else (by_name.get(item.name), by_link.get(link) if link else None):
            if candidate is not None and path_of(candidate) in leaving:
                row = candidate
                break
        fresh = row is None
        row = row or LandscapeItem(landscape=landscape)
        leaving.pop(path_of(row), None)
        shift = 0 if fresh else item.position - row.position
        if _fill(row, item, link, statuses) or fresh:
            (new if fresh else changed).append(row)
        elif shift:
            shifted.setdefault(shift, []).append(row.pk)
    LandscapeItem.objects.filter(pk__in=[row.pk for row in leaving.values()]).delete()
    for shift, keys in shifted.items():
        # an item that comes or goes moves all below it: one statement for them, not one value for each
        LandscapeItem.objects.filter(pk__in=keys).update(position=F("position") + shift)
    LandscapeItem.objects.bulk_update(changed, COLUMNS, batch_size=100)
    LandscapeItem.objects.bulk_create(new, batch_size=100)


def _fill(
    row: LandscapeItem, item: Item, link: tuple[UUID | None, UUID | None] | None, statuses: Mapping[UUID, str]
) -> bool:
    """Sets a row's columns from an item; whether any but its position changed."""
    before = _columns(row)
    row.position = item.position
    row.category, row.subcategory, row.name = item.path.category, item.path.subcategory, item.name
    row.kind = item.kind
    row.fields = item.fields
    row.words = words_of(item)
    row.categories = "\n".join(["", *dict.fromkeys(category for category, _ in item.places()), ""])
    if link is not None:
        row.project_id, row.organisation_id = link
    own = statuses.get(row.project_id) if row.project_id else None
    row.status = own if own is not None else status_shown(item)
    return before != _columns(row)


def _columns(row: LandscapeItem) -> list[object]:
    own = [getattr(row, column) for column in COLUMNS if column not in ("position", "project", "organisation")]
    return [*own, row.project_id, row.organisation_id]


def status_shown(item: Item) -> str:
    """What the file alone says of an item's state: a project's status, a member's tier."""
    if item.kind == "member":
        return item.path.subcategory[:60]
    return status_of_maturity(item.fields.get("project")) if item.kind == "project" else ""


def words_of(item: Item) -> str:
    """What a search looks at: names, description, places and addresses, lowered."""
    parts = [item.title, item.text("description"), *(f"{a} {b}" for a, b in item.places()), item.text("repo_url")]
    return "\n".join(filter(None, parts)).casefold()
