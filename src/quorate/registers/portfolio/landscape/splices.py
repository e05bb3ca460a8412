"""Splices: which characters of a landscape data file to replace, and by what.

They are worked out from the places of values, so that a changed value takes its old one's place, a new key
goes where the file's other items have it, and comments stay with what they stand beside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from quorate.registers.portfolio.landscape import positions, scalars
from quorate.registers.portfolio.landscape.document import LandscapeFile
from quorate.registers.portfolio.landscape.positions import Entry, Json, Node

#: Where a key goes when no other item of the file shows where it belongs.
ORDER = (
    "item", "name", "description", "homepage_url", "logo", "project", "joined", "repo_url", "branch",
    "license", "additional_repos", "second_path", "crunchbase", "twitter", "organization", "url_for_bestpractices",
    "enduser", "extra",
)  # fmt: skip


class Splice(NamedTuple):
    """Replace `text[start:end]`."""

    start: int
    end: int
    text: str


class Habits:
    """Which key stands before which in the items of a file."""

    def __init__(self) -> None:
        self.followed: dict[str, Counter[str]] = {}

    def note(self, keys: Sequence[str]) -> None:
        for previous, key in pairwise(keys):
            self.followed.setdefault(key, Counter())[previous] += 1

    def rank(self, key: str) -> int:
        """Where a key comes among new ones."""
        return ORDER.index(key) if key in ORDER else len(ORDER)

    def before(self, key: str, present: Sequence[str]) -> str | None:
        """The present key behind which a new one goes, or None for the end."""
        if key == ORDER[-1]:
            return None
        for previous, _count in self.followed.get(key, Counter()).most_common():
            if previous in present:
                return previous
        if key not in ORDER:
            return None
        earlier = [other for other in present if other in ORDER and ORDER.index(other) < ORDER.index(key)]
        return max(earlier, key=present.index, default=None)


def habits_of(file: LandscapeFile) -> Habits:
    """The order of keys in the items of a file, and in their `extra`."""
    habits = Habits()
    for _category, _subcategory, group in file.groups():
        items = group.get("items")
        for node in items.items if items else ():
            habits.note([entry.key for entry in node.entries])
            extra = node.get("extra")
            if extra is not None:
                habits.note([entry.key for entry in extra.entries])
    return habits


def mapping(
    file: LandscapeFile, node: Node, before: dict[str, Any], after: dict[str, Any], habits: Habits
) -> list[Splice]:
    """Splices that turn one mapping into another: changed values in place, new keys where they belong."""
    if node.flow:
        return [Splice(node.start, node.end, scalars.inline(after, flow=True))]
    splices = []
    kept = [entry for entry in node.entries if entry.key in after]
    head = node.entries[0]
    # A key that stands behind its dash cannot go by lines: the first key that stays takes its place.
    behind_dash = bool(file.text[positions.line_start(file.text, head.start) : head.start].strip())
    if head is not kept[0] and behind_dash:
        splices.append(Splice(head.start, kept[0].start, ""))
    for entry in node.entries:
        if entry.key not in after:
            if not behind_dash or entry.start > kept[0].start:
                splices.append(_removal(file, entry))
        elif after[entry.key] != before[entry.key]:
            old, new = before[entry.key], after[entry.key]
            shared = isinstance(old, dict) and isinstance(new, dict) and not old.keys().isdisjoint(new)
            if shared and not entry.node.alias:
                splices += mapping(file, entry.node, old, new, habits)
            else:
                splices.append(_replacement(file, node, entry, new))
    return splices + _additions(file, node, before, after, habits)


def _replacement(file: LandscapeFile, node: Node, entry: Entry, value: Json) -> Splice:
    text, value_node = file.text, entry.node
    end = max(value_node.end, entry.after)
    rest = positions.rest_of_line(text, end)
    if not rest.strip():
        end += len(rest)
    fresh = scalars.block(value, indent=node.column, style=file.style, literal=not rest.strip())
    same_line = "\n" not in text[entry.after : value_node.start]
    if value_node.start > entry.after and fresh.startswith(" ") and same_line:
        return Splice(value_node.start, end, fresh[1:])
    return Splice(entry.after, end, fresh)


def _removal(file: LandscapeFile, entry: Entry) -> Splice:
    end = positions.line_end(file.text, max(entry.node.end, entry.after))
    return Splice(positions.line_start(file.text, entry.start), end, "")


def _additions(
    file: LandscapeFile,
    node: Node,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    habits: Habits,
) -> list[Splice]:
    """Splices that write new keys, each behind the one that usually stands before it."""
    order = [entry.key for entry in node.entries if entry.key in after]
    known = set(order)
    for key in sorted((key for key in after if key not in before), key=habits.rank):
        anchor = habits.before(key, order)
        spot = order.index(anchor) + 1 if anchor else len(order)
        while spot < len(order) and order[spot] not in known:
            spot += 1
        order.insert(spot, key)
    fresh: dict[str, str] = {}
    anchor = order[0]
    for key in order:
        if key in known:
            anchor = key
            continue
        fresh[anchor] = fresh.get(anchor, "") + (
            " " * node.column + scalars.pair(key, after[key], node.column, file.style) + "\n"
        )
    splices = []
    for key, lines in fresh.items():
        entry = node.entry(key)
        assert entry is not None
        end = positions.line_end(file.text, max(entry.node.end, entry.after))
        if not file.text[:end].endswith("\n"):
            lines = "\n" + lines.removesuffix("\n")
        splices.append(Splice(end, end, lines))
    return splices


def insertion(file: LandscapeFile, parent: Node, key: str, at: int, fields: dict[str, Json] | str) -> list[Splice]:
    """Splices that put an element into a sequence of a mapping, at an index; text goes in as it is."""
    entry = parent.entry(key)
    assert entry is not None
    sequence = entry.node
    if sequence.flow and sequence.items and not isinstance(fields, str):
        fresh = scalars.inline(fields, flow=True)
        if at < len(sequence.items):
            return [Splice(sequence.items[at].start, sequence.items[at].start, fresh + ", ")]
        return [Splice(sequence.items[-1].end, sequence.items[-1].end, ", " + fresh)]
    column = parent.column + file.style.dash if sequence.flow or not sequence.items else sequence.column
    fresh = fields if isinstance(fields, str) else element(fields, column, file)
    if sequence.flow or not sequence.items:
        end = max(sequence.end, entry.after)
        return [Splice(entry.after, end, "\n" + fresh.removesuffix("\n"))]
    if at < len(sequence.items):
        start = element_region(file, sequence, at)[0]
        return [Splice(start, start, fresh)]
    end = element_region(file, sequence, len(sequence.items) - 1)[1]
    if not file.text[:end].endswith("\n"):
        fresh = "\n" + fresh.removesuffix("\n")
    return [Splice(end, end, fresh)]


def extraction(file: LandscapeFile, parent: Node, key: str, index: int) -> Splice:
    """The splice that takes an element out of a sequence of a mapping; the last one leaves `[]`."""
    entry = parent.entry(key)
    assert entry is not None
    start, end = element_region(file, entry.node, index)
    if len(entry.node.items) == 1:
        if entry.node.flow:
            return Splice(entry.node.start, entry.node.end, "[]")
        return Splice(entry.after, end, " []\n")
    return Splice(start, end, "")


def movable(file: LandscapeFile, source: Node, index: int, target: Node) -> str | None:
    """The lines of an item if they may stand in another subcategory as they are, else None."""
    items, others = source.get("items"), target.get("items")
    if items is None or others is None or items.flow or others.flow or not others.items:
        return None
    if items.column != others.column:
        return None
    start, end = element_region(file, items, index)
    lines = file.text[start:end].replace("\r\n", "\n")
    return lines if lines.endswith("\n") else lines + "\n"


def element(fields: dict[str, Json], column: int, file: LandscapeFile) -> str:
    """A new element of a block sequence whose dashes stand at `column`, with its line break."""
    inner = column + 2
    pairs = [scalars.pair(key, value, inner, file.style) for key, value in fields.items()]
    return " " * column + "- " + ("\n" + " " * inner).join(pairs) + "\n"


def element_region(file: LandscapeFile, sequence: Node, index: int) -> tuple[int, int]:
    """The lines of an element, with comment lines directly above its dash and deeper ones below its end."""
    text, node = file.text, sequence.items[index]
    if sequence.flow:
        if len(sequence.items) == 1:
            return node.start, node.end
        if index + 1 < len(sequence.items):
            return node.start, sequence.items[index + 1].start
        return sequence.items[index - 1].end, node.end
    floor = sequence.items[index - 1].end if index else sequence.start
    start = positions.line_start(text, node.start)
    while start > floor and not _is_dash_line(text, start, sequence.column):
        start = positions.line_start(text, start - 1)
    while index and start > floor:
        above = positions.line_start(text, start - 1)
        line = text[above:start]
        comment = line.lstrip()
        if above <= floor or not comment.startswith("#") or len(line) - len(comment) > sequence.column:
            break
        start = above
    end = positions.line_end(text, node.end)
    while end < len(text):
        line = text[end : positions.line_end(text, end)]
        comment = line.lstrip()
        if not comment.startswith("#") or len(line) - len(comment) <= sequence.column:
            break
        end = positions.line_end(text, end)
    return start, end


def _is_dash_line(text: str, start: int, column: int) -> bool:
    dash = start + column
    return text[start:dash].strip() == "" and text[dash : dash + 1] == "-"
