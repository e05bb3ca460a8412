"""Conversion between the two dialects of the landscape data file: only markers and the top key change."""

from __future__ import annotations

from typing import Any

from quorate.registers.portfolio.landscape import positions
from quorate.registers.portfolio.landscape.document import MARKERS, Dialect, LandscapeFile, is_marked
from quorate.registers.portfolio.landscape.edits import apply
from quorate.registers.portfolio.landscape.positions import Node
from quorate.registers.portfolio.landscape.splices import Splice


def convert(file: LandscapeFile, dialect: Dialect) -> LandscapeFile:
    """The file in a dialect: `landscape` with null markers, or `categories` with plain entries.

    Returns the same object when it is in that dialect already. Order, comments and quotes stay.
    """
    marked = dialect == "landscape"
    changes: list[Splice] = []
    top = file.root.entry(file.dialect)
    assert top is not None
    if file.dialect != dialect:
        changes.append(Splice(top.start, top.start + len(top.key), dialect))
    for kind, node in file.entries():
        if marked and not is_marked(node, kind):
            changes.append(_mark(node, kind))
        elif not marked and is_marked(node, kind):
            changes.append(_unmark(file, node, kind))
    if not changes:
        return file
    before = file.dialect

    def expected(root: Any) -> None:
        root[dialect] = root.pop(before)
        for category in root[dialect] or ():
            _set(category, "category", marked)
            for subcategory in category["subcategories"] or ():
                _set(subcategory, "subcategory", marked)
                for item in subcategory["items"] or ():
                    _set(item, "item", marked)

    return apply(file, changes, expected)


def _set(entry: dict[str, Any], kind: str, marked: bool) -> None:
    if marked:
        entry[kind] = None
    else:
        entry.pop(MARKERS[kind], None)


def _mark(node: Node, kind: str) -> Splice:
    gap = f"{kind}: null, " if node.flow else f"{kind}:\n" + " " * node.column
    start = node.entries[0].start
    return Splice(start, start, gap)


def _unmark(file: LandscapeFile, node: Node, kind: str) -> Splice:
    """Takes a marker out; a comment behind it stays, behind the dash."""
    marker = node.entry(kind)
    assert marker is not None
    index = node.entries.index(marker)
    end = max(marker.node.end, marker.after)
    if index + 1 < len(node.entries):
        following = node.entries[index + 1].start
        between = file.text[end:following]
        if "#" not in between or node.flow:
            return Splice(marker.start, following, "")
        return Splice(marker.start, end + len(between) - len(between.lstrip(" ")), "")
    start = positions.line_start(file.text, marker.start)
    return Splice(start, positions.line_end(file.text, end), "")
