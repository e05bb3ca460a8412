"""Edits of a landscape data file that change only the lines they are about.

An edit is a list of splices of the text. After every edit the new text is read again and compared with what
the edit was meant to bring about; a file whose YAML is too unusual for that is refused, never spoilt.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from quorate.kernel.errors import Conflict, NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.registers.portfolio.landscape import checks, positions, splices
from quorate.registers.portfolio.landscape.document import (
    ItemPath,
    LandscapeFile,
    is_marked,
    name_of,
    remember,
)
from quorate.registers.portfolio.landscape.patching import patched
from quorate.registers.portfolio.landscape.positions import Json, Node


def edit_item(file: LandscapeFile, path: ItemPath, changes: Mapping[str, Json]) -> LandscapeFile:
    """The file with fields of one item set; None removes a field. `extra.accepted` reaches into `extra`.

    Returns the same object when nothing differs. Renames through `name`. NotFound for an unknown item.
    """
    node = _item_node(file, path)
    current = positions.plain(node)
    assert isinstance(current, dict)
    wanted = copy.deepcopy(current)
    for key, value in changes.items():
        _assign(wanted, key.split("."), value)
    if wanted == current:
        return file
    if not wanted.get("name"):
        raise UserError(gettext("an item needs a name"), where="name", mend=gettext("write its name"))
    if wanted["name"] != path.name:
        _refuse_present(file, ItemPath(path.category, path.subcategory, str(wanted["name"])))
    _refuse_alias(file, node)
    changed = splices.mapping(file, node, current, wanted, splices.habits_of(file))

    def expected(root: Any) -> None:
        target = _plain_item(root, file, path)
        target.clear()
        target.update(wanted)

    return apply(file, changed, expected)


def add_item(
    file: LandscapeFile, category: str, subcategory: str, fields: Mapping[str, Json], *, at: int | None = None
) -> LandscapeFile:
    """The file with a new item, written in the dialect of its neighbours.

    It goes to position `at` of the subcategory; without one, in alphabetical place where the others are in
    that order, else last. A missing category or subcategory is made. Conflict when the name is taken there.
    """
    body: dict[str, Json] = {key: value for key, value in fields.items() if value is not None}
    name = body.get("name")
    if not isinstance(name, str) or not name:
        raise UserError(gettext("an item needs a name"), where="name", mend=gettext("write its name"))
    _refuse_present(file, ItemPath(category, subcategory, name))
    group = _group(file, category, subcategory)
    if group is None:
        return _add_group(file, category, subcategory, body)
    items = group.get("items")
    assert items is not None
    spot = _alphabetical(group, name) if at is None else at
    marked = is_marked(items.items[0], "item") if items.items else file.marked
    full: dict[str, Json] = {"item": None, **body} if marked else dict(body)

    def expected(root: Any) -> None:
        target = _plain_group(root, file, category, subcategory)
        target["items"] = [*(target["items"] or []), copy.deepcopy(full)]
        target["items"].insert(spot, target["items"].pop())

    return apply(file, splices.insertion(file, group, "items", spot, full), expected)


def remove_item(file: LandscapeFile, path: ItemPath) -> LandscapeFile:
    """The file without an item, with the comment lines directly above it. NotFound when there is none."""
    group, index = _place(file, path)

    def expected(root: Any) -> None:
        del _plain_group(root, file, path.category, path.subcategory)["items"][index]

    return apply(file, [splices.extraction(file, group, "items", index)], expected)


def move_item(
    file: LandscapeFile, path: ItemPath, category: str, subcategory: str, *, at: int | None = None
) -> LandscapeFile:
    """The file with an item listed elsewhere, its lines as they were where the indentation allows it."""
    if (category, subcategory) == (path.category, path.subcategory):
        if at is None:
            return file
        fields = dict(file.item(path).fields)
        return add_item(remove_item(file, path), category, subcategory, fields, at=at)
    _refuse_present(file, ItemPath(category, subcategory, path.name))
    source, index = _place(file, path)
    target = _group(file, category, subcategory)
    lines = splices.movable(file, source, index, target) if target is not None else None
    if target is None or lines is None:
        fields = dict(file.item(path).fields)
        return add_item(remove_item(file, path), category, subcategory, fields, at=at)
    spot = _alphabetical(target, path.name) if at is None else at

    def expected(root: Any) -> None:
        moved = _plain_group(root, file, path.category, path.subcategory)["items"].pop(index)
        _plain_group(root, file, category, subcategory)["items"].insert(spot, moved)

    edits = [
        splices.extraction(file, source, "items", index),
        *splices.insertion(file, target, "items", spot, lines),
    ]
    return apply(file, edits, expected)


def apply(
    file: LandscapeFile, changes: Sequence[splices.Splice], expected: Callable[[Any], None] | None
) -> LandscapeFile:
    """The file after some splices, read again. `expected` changes the old plain data as the edit should have.

    UserError when the new text does not say what was meant, or is not a landscape any more.
    """
    text = file.text
    for splice in sorted(changes, reverse=True):
        fresh = splice.text if file.newline == "\n" else splice.text.replace("\n", file.newline)
        text = text[: splice.start] + fresh + text[splice.end :]
    root = patched(file, changes, text)
    if root is not None:
        remember(text, root)
    data = text if not file.bom else "\ufeff" + text
    after = checks.read(data, file.name)
    if expected is not None:
        plain = copy.deepcopy(file.plain())
        expected(plain)
        if plain != after.plain():
            line = positions.line_of(file.text, min(splice.start for splice in changes))
            raise UserError(
                gettext("this part of the file cannot be edited in place"),
                where=f"{file.name}:{line}",
                mend=gettext("change it by hand, without anchors and flow brackets, and import the file again"),
            )
    return after


def _add_group(file: LandscapeFile, category: str, subcategory: str, fields: dict[str, Json]) -> LandscapeFile:
    """The file with a new subcategory, in a new category if need be, that holds one item."""
    marked = file.marked
    item: dict[str, Json] = {"item": None, **fields} if marked else dict(fields)
    group: dict[str, Json] = {"subcategory": None} if marked else {}
    group |= {"name": subcategory, "items": [item]}
    parent = next((node for node in file.categories.items if name_of(node) == category), None)
    if parent is not None:
        owner, key, fresh = parent, "subcategories", group
        known = parent.get("subcategories")
        at = len(known.items) if known else 0
    else:
        whole: dict[str, Json] = {"category": None} if marked else {}
        owner, key, fresh = file.root, file.dialect, whole | {"name": category, "subcategories": [group]}
        at = len(file.categories.items)

    def expected(root: Any) -> None:
        target = root if parent is None else _plain_category(root, file, category)
        target[key] = [*(target[key] or []), copy.deepcopy(fresh)]

    return apply(file, splices.insertion(file, owner, key, at, fresh), expected)


def _group(file: LandscapeFile, category: str, subcategory: str) -> Node | None:
    found = (node for cat, sub, node in file.groups() if (cat, sub) == (category, subcategory))
    return next(found, None)


def _place(file: LandscapeFile, path: ItemPath) -> tuple[Node, int]:
    """The subcategory of an item and its index there."""
    _item_node(file, path)
    group = _group(file, path.category, path.subcategory)
    items = group.get("items") if group else None
    assert group is not None
    assert items is not None
    return group, [name_of(node) for node in items.items].index(path.name)


def _alphabetical(group: Node, name: str) -> int:
    """Where a new name goes: in its place if the others are in order, else at the end."""
    items = group.get("items")
    names = [name_of(node) for node in items.items] if items else []
    ordered = len(names) > 1 and names == sorted(names, key=str.casefold)
    return sum(other.casefold() < name.casefold() for other in names) if ordered else len(names)


def _item_node(file: LandscapeFile, path: ItemPath) -> Node:
    group = _group(file, path.category, path.subcategory)
    items = group.get("items") if group else None
    for node in items.items if items else ():
        if name_of(node) == path.name:
            return node
    raise NotFound(gettext("the landscape has no item “%s”") % path, where=file.name)


def _refuse_present(file: LandscapeFile, path: ItemPath) -> None:
    if any(item.path == path for item in file.items):
        raise Conflict(
            gettext("“%s” is on the landscape already") % path,
            where="name",
            mend=gettext("edit that item, or choose another name or place"),
        )


def _refuse_alias(file: LandscapeFile, node: Node) -> None:
    if node.alias:
        raise UserError(
            gettext("this item is a YAML alias of another"),
            where=f"{file.name}:{node.line}",
            mend=gettext("write the item out in the file and import it again"),
        )


def _assign(fields: dict[str, Any], keys: Sequence[str], value: Json) -> None:
    """Sets or, for None, removes a field; a mapping left empty goes too. A null that is there may stay."""
    key, rest = keys[0], keys[1:]
    if rest:
        inner = fields.get(key)
        inner = inner if isinstance(inner, dict) else {}
        _assign(inner, rest, value)
        if inner:
            fields[key] = inner
        else:
            fields.pop(key, None)
    elif value is not None:
        fields[key] = value
    elif fields.get(key) is not None:
        del fields[key]


def _plain_category(root: Any, file: LandscapeFile, category: str) -> Any:
    return next(found for found in root[file.dialect] if found["name"] == category)


def _plain_group(root: Any, file: LandscapeFile, category: str, subcategory: str) -> Any:
    for found in root[file.dialect]:
        for group in (found["subcategories"] or []) if found["name"] == category else ():
            if group["name"] == subcategory:
                return group
    raise KeyError(subcategory)


def _plain_item(root: Any, file: LandscapeFile, path: ItemPath) -> Any:
    items = _plain_group(root, file, path.category, path.subcategory)["items"]
    return next(item for item in items if item["name"] == path.name)
