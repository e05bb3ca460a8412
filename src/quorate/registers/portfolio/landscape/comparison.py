"""What differs between two landscapes: for previews of an import and for drift of a mirror."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from quorate.registers.portfolio.landscape.document import Item, ItemPath, LandscapeFile
from quorate.registers.portfolio.landscape.positions import Json


@dataclass(frozen=True, slots=True)
class Difference:
    """One item that was added, removed, moved or changed; `fields` maps a key to (before, after)."""

    change: Literal["added", "removed", "moved", "changed"]
    path: ItemPath
    before: ItemPath | None = None
    fields: dict[str, tuple[Json, Json]] = field(default_factory=dict)


def compare(old: LandscapeFile, new: LandscapeFile) -> list[Difference]:
    """Differences item by item, in the order of the new file, removals last.

    An item that is gone from one place and new in another under one name counts as moved.
    """
    before = {item.path: item for item in old.items}
    after = {item.path: item for item in new.items}
    gone = {item.name: item for path, item in before.items() if path not in after}
    found: list[Difference] = []
    for path, item in after.items():
        known = before.get(path) or gone.pop(item.name, None)
        if known is None:
            found.append(Difference("added", path))
            continue
        fields = changed_fields(known, item)
        if known.path != path:
            found.append(Difference("moved", path, known.path, fields))
        elif fields:
            found.append(Difference("changed", path, path, fields))
    found.extend(Difference("removed", item.path, item.path) for item in gone.values())
    return found


def changed_fields(old: Item, new: Item) -> dict[str, tuple[Json, Json]]:
    """Keys whose values differ, with both; a key that is absent counts as null."""
    keys = dict.fromkeys([*old.fields, *new.fields])
    pairs = {key: (old.fields.get(key), new.fields.get(key)) for key in keys}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}
