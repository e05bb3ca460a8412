"""The tree of a text after an edit, without parsing the whole of it again.

An edit of one item changes the lines of one element of one list. Those lines alone are parsed; what stands before
keeps its nodes, what stands behind is moved. Parsing 2,000 items takes two seconds, moving them a hundredth.
Whatever is not that simple gives None, and the caller parses the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quorate.kernel.errors import UserError
from quorate.registers.portfolio.landscape import positions
from quorate.registers.portfolio.landscape.document import LandscapeFile
from quorate.registers.portfolio.landscape.positions import Entry, Node
from quorate.registers.portfolio.landscape.splices import Splice, element_region


def patched(file: LandscapeFile, changes: Sequence[Splice], text: str) -> Node | None:
    """The tree of `text`, which is the file's after `changes`; None when only a whole parse can tell."""
    low, high = min(change.start for change in changes), max(change.end for change in changes)
    found = _element(file, low, high)
    if found is None or any(node.alias for node in _walk(file.root)):
        return None
    sequence, index, start, end = found
    grown = len(text) - len(file.text)
    lines = text[start : end + grown]
    if lines and not lines.endswith("\n") and end != len(file.text):
        return None
    try:
        fresh = positions.compose(lines, file.name)
    except UserError:
        return None
    if fresh is None:
        # The first element tells where its list begins, and the last one leaves `[]`.
        if index == 0 or len(sequence.items) == 1:
            return None
        elements: list[Node] = []
    elif fresh.kind != "seq" or fresh.flow or fresh.column != sequence.column:
        return None
    else:
        above = file.text.count("\n", 0, start)
        elements = [_moved(node, start, above) for node in fresh.items]
    moved = lines.count("\n") - file.text.count("\n", start, end)
    return _Patch(sequence, index, elements, start, end, grown, moved).node(file.root)


def _element(file: LandscapeFile, low: int, high: int) -> tuple[Node, int, int, int] | None:
    """The list of items and the element whose lines hold everything from `low` to `high`, with those lines."""
    for _category, _subcategory, group in file.groups():
        sequence = group.get("items")
        if sequence is None or sequence.flow or not sequence.items or sequence.alias:
            continue
        if low < positions.line_start(file.text, sequence.start) or low > positions.line_end(file.text, sequence.end):
            continue
        for index in range(len(sequence.items)):
            start, end = element_region(file, sequence, index)
            if start <= low and high <= end:
                return sequence, index, start, end
    return None


def _walk(node: Node) -> Iterator[Node]:
    pending = [node]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(current.items)
        pending.extend(entry.node for entry in current.entries)


def _moved(node: Node, by: int, lines: int) -> Node:
    """A node that stands further on."""
    return Node(
        node.kind,
        node.start + by,
        node.end + by,
        node.line + lines,
        node.column,
        node.flow,
        node.alias,
        node.value,
        [
            Entry(each.key, each.start + by, each.after + by, each.line + lines, _moved(each.node, by, lines))
            for each in node.entries
        ],
        [_moved(item, by, lines) for item in node.items],
    )


class _Patch:
    """Rebuilds the tree around one element; what ends before it is shared with the old tree."""

    def __init__(
        self, sequence: Node, index: int, elements: list[Node], start: int, end: int, grown: int, moved: int
    ) -> None:
        self.sequence = sequence
        self.index = index
        self.elements = elements
        self.start = start
        self.end = end
        self.grown = grown
        self.moved = moved

    def node(self, node: Node) -> Node:
        """The node as it stands now."""
        if node is self.sequence:
            return self.target(node)
        if node.start >= self.end:
            return _moved(node, self.grown, self.moved)
        if node.end <= self.start:
            return node
        entries = [self.entry(each) for each in node.entries]
        items = [self.node(item) for item in node.items]
        last = max((max(each.after, each.node.end) for each in entries[-1:]), default=0)
        end = max([last, *(item.end for item in items[-1:])])
        return Node(
            node.kind, node.start, end, node.line, node.column, node.flow, node.alias, node.value, entries, items
        )

    def entry(self, entry: Entry) -> Entry:
        """The entry as it stands now."""
        if entry.start >= self.end:
            by, lines = self.grown, self.moved
        else:
            by, lines = 0, 0
        return Entry(entry.key, entry.start + by, entry.after + by, entry.line + lines, self.node(entry.node))

    def target(self, node: Node) -> Node:
        """The list with its element replaced."""
        rest = node.items[self.index + 1 :]
        items = [
            *node.items[: self.index],
            *self.elements,
            *(_moved(item, self.grown, self.moved) for item in rest),
        ]
        return Node(
            node.kind, node.start, items[-1].end, node.line, node.column, node.flow, node.alias, None, [], items
        )
