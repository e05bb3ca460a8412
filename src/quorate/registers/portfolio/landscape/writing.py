"""Writing a landscape data file from items, for exports of a part of one."""

from __future__ import annotations

from collections.abc import Iterable

from quorate.registers.portfolio.landscape import scalars
from quorate.registers.portfolio.landscape.document import Dialect, ItemPath
from quorate.registers.portfolio.landscape.positions import Json
from quorate.registers.portfolio.landscape.scalars import Style


def write(items: Iterable[tuple[ItemPath, dict[str, Json]]], dialect: Dialect) -> str:
    """The text of a file with these items, grouped by their places in the order in which they come."""
    marked = dialect == "landscape"
    groups: dict[str, dict[str, list[dict[str, Json]]]] = {}
    for path, fields in items:
        entry: dict[str, Json] = {"item": None, **fields} if marked else dict(fields)
        groups.setdefault(path.category, {}).setdefault(path.subcategory, []).append(entry)
    categories: list[Json] = [
        {
            **({"category": None} if marked else {}),
            "name": category,
            "subcategories": [
                {**({"subcategory": None} if marked else {}), "name": name, "items": list(entries)}
                for name, entries in subcategories.items()
            ],
        }
        for category, subcategories in groups.items()
    ]
    return scalars.pair(dialect, categories, 0, Style()) + "\n"
