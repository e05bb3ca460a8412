"""Writes about the landscape: every edit changes the file's text, and the rows follow the file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.kernel.errors import Conflict
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.registers.portfolio.actions.shelf import locked, store
from quorate.registers.portfolio.landscape import edits
from quorate.registers.portfolio.landscape.document import ItemPath, LandscapeFile
from quorate.registers.portfolio.landscape.positions import Json
from quorate.registers.portfolio.models import Landscape, LandscapeItem, Project
from quorate.registers.portfolio.queries import path_of, place_of, places, primary_repository, refs_of, version_of
from quorate.registers.portfolio.rules import LEFT, UNLISTED, maturity_of
from quorate.toolkit.foundation import day

FALLBACK = ("New projects", "General")


@action("landscape.edit", kinds=("landscape.item-changed", "landscape.item-moved"))
def edit_landscape_item(
    *,
    actor: Actor,
    item: LandscapeItem,
    changes: Mapping[str, Json],
    place: tuple[str, str] | None = None,
    version: str = "",
) -> LandscapeItem:
    """Set fields of an item (None removes one, ``extra.x`` reaches into ``extra``) and perhaps its place.

    Only the lines of the item change in the file. Appends ``landscape.item-changed`` and, when it moved,
    ``landscape.item-moved``; nothing when nothing differs. ``Conflict`` when ``version`` is given and the item
    changed since (see :func:`version_of`).
    """
    authority = authorise(actor, "landscape.edit", item)
    landscape, file = locked()
    item.refresh_from_db()
    if version and version != version_of(item):
        raise Conflict(
            gettext("somebody else changed %s meanwhile") % item.name,
            mend=gettext("look at the item as it is now and make your change again"),
        )
    return change(actor, landscape, file, item, changes, place, authority)


@action("landscape.edit", kinds=("landscape.item-added",))
def add_landscape_item(
    *, actor: Actor, place: tuple[str, str], fields: Mapping[str, Json], project: Project | None = None
) -> LandscapeItem:
    """Put an item on the landscape, in the dialect of the file. Appends ``landscape.item-added``.

    ``Conflict`` when the name is taken at this place.
    """
    authority = authorise(actor, "landscape.edit")
    landscape, file = locked()
    return add(actor, landscape, file, place, fields, project, authority)


@action("landscape.edit", kinds=("landscape.item-removed",))
def remove_landscape_item(*, actor: Actor, item: LandscapeItem) -> None:
    """Take an item off the landscape. Appends ``landscape.item-removed``. Its project's record stays."""
    authority = authorise(actor, "landscape.edit", item)
    landscape, file = locked()
    fresh = edits.remove_item(file, path_of(item))
    refs = refs_of(item)
    data = {"item": item.name, "place": place_of(item)}
    store(landscape, fresh)
    append(
        "landscape.item-removed",
        actor=actor,
        refs=refs,
        data={**data, "digest": landscape.digest},
        authority=authority,
    )


def change(
    actor: Actor,
    landscape: Landscape,
    file: LandscapeFile,
    item: LandscapeItem,
    changes: Mapping[str, Json],
    place: tuple[str, str] | None,
    authority: list[str],
) -> LandscapeItem:
    """Edit an item of a locked landscape on an authority that was established before."""
    path = path_of(item)
    before = file.item(path)
    fresh = edits.edit_item(file, path, changes)
    path = ItemPath(path.category, path.subcategory, str(changes.get("name") or path.name))
    fields = {
        key: [before.fields.get(key), fresh.item(path).fields.get(key)]
        for key in {*before.fields, *fresh.item(path).fields}
        if before.fields.get(key) != fresh.item(path).fields.get(key)
    }
    old_place = place_of(item)
    if place is not None and place != (path.category, path.subcategory):
        fresh = edits.move_item(fresh, path, *place)
        path = ItemPath(*place, path.name)
    if fresh is file:
        return item
    item.category, item.subcategory, item.name = path.category, path.subcategory, path.name
    item.save(update_fields=["category", "subcategory", "name"])
    store(landscape, fresh)
    item.refresh_from_db()
    told = {"item": item.name, "place": place_of(item), "digest": landscape.digest}
    if fields:
        append(
            "landscape.item-changed",
            actor=actor,
            refs=refs_of(item),
            data={**told, "names": sorted(fields), "changes": _told(fields)},
            authority=authority,
        )
    if old_place != place_of(item):
        append(
            "landscape.item-moved",
            actor=actor,
            refs=refs_of(item),
            data={**told, "before": old_place},
            authority=authority,
        )
    return item


def add(
    actor: Actor,
    landscape: Landscape,
    file: LandscapeFile,
    place: tuple[str, str],
    fields: Mapping[str, Json],
    project: Project | None,
    authority: list[str],
) -> LandscapeItem:
    """Add an item to a locked landscape on an authority that was established before."""
    fresh = edits.add_item(file, *place, fields)
    name = str(fields["name"])
    links = {ItemPath(*place, name): (project.pk if project else None, None)}
    store(landscape, fresh, links)
    item = landscape.items.get(category=place[0], subcategory=place[1], name=name)
    append(
        "landscape.item-added",
        actor=actor,
        refs=refs_of(item),
        data={"item": name, "place": place_of(item), "fields": _told(fields), "digest": landscape.digest},
        authority=authority,
    )
    return item


def reflect(
    actor: Actor,
    project: Project,
    status: str,
    at: datetime | None,
    authority: list[str],
    *,
    category: str = "",
    put: bool = True,
) -> None:
    """Make the landscape show a project's status; put the project there when it is not and belongs there."""
    items = list(LandscapeItem.objects.filter(project=project).order_by("position"))
    if not items and (not put or status in UNLISTED or status in LEFT):
        return
    landscape, file = locked()
    if not items:
        _add_project(actor, landscape, file, project, status, at, category, authority)
        return
    for item in items:
        changes: dict[str, Json] = {"project": maturity_of(status)}
        if status in LEFT:
            changes["extra.archived"] = day(at)
        elif file.item(path_of(item)).detail("archived"):
            changes["extra.archived"] = None
        change(actor, landscape, file, item, changes, None, authority)
        landscape, file = locked()


def _add_project(
    actor: Actor,
    landscape: Landscape,
    file: LandscapeFile,
    project: Project,
    status: str,
    at: datetime | None,
    category: str,
    authority: list[str],
) -> None:
    repository = primary_repository(project.pk)
    fields: dict[str, Json] = {
        "name": project.name,
        "description": project.summary or None,
        "homepage_url": project.homepage or (repository.shown if repository else None),
        "project": maturity_of(status),
        "repo_url": repository.shown if repository else None,
        "extra": {"accepted": day(at)} if at is not None else None,
    }
    place = place_for(category or project.category)
    taken = any(item.path == ItemPath(*place, project.name) for item in file.items)
    if taken:
        return
    add(actor, landscape, file, place, fields, project, authority)


def place_for(text: str) -> tuple[str, str]:
    """The place on the landscape that a text means: ``category / subcategory``, or one of the two by its name."""
    category, slash, subcategory = (part.strip() for part in text.partition(" / "))
    if slash and category and subcategory:
        return category, subcategory
    known = places()
    word = text.strip().casefold()
    matching = [place for place in known if place[1].casefold() == word]
    if len(matching) == 1:
        return matching[0]
    inside = [place for place in known if place[0].casefold() == word]
    if inside:
        return next((place for place in inside if place[1].casefold() == "general"), inside[0])
    return (text.strip(), FALLBACK[1]) if word else FALLBACK


def _told(fields: Mapping[str, Json] | Mapping[str, list[Json]]) -> dict[str, object]:
    """Field values for the ledger, whose JSON has no fractions."""
    return json.loads(json.dumps(fields), parse_float=str)  # type: ignore[no-any-return]  # JSON of a mapping is one
