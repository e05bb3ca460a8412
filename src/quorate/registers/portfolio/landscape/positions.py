"""YAML text with the place of every value, so that one value can be replaced without touching the rest.

A parsed tree loses quotes, spacing and comments; a round-trip dump restores most of them but not all
(`key: null` becomes `key:`, trailing blanks go, long lines fold). Here the text stays the source and the
tree only says where things are. Offsets are characters of the text given, lines start at 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext

_TAG = "tag:yaml.org,2002:"
#: A file whose aliases would expand to more values than this is refused.
MAX_NODES = 500_000

Json = bool | int | float | str | list["Json"] | dict[str, "Json"] | None


@dataclass(slots=True)
class Node:
    """One value: `start` to `end` is its text without trailing blanks and comments."""

    kind: Literal["map", "seq", "scalar"]
    start: int
    end: int
    line: int
    column: int
    flow: bool = False
    alias: bool = False
    value: bool | int | float | str | None = None
    entries: list[Entry] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)

    def entry(self, key: str) -> Entry | None:
        """The entry of a mapping with this key, or None."""
        return next((entry for entry in self.entries if entry.key == key), None)

    def get(self, key: str) -> Node | None:
        """The value under a key of a mapping, or None."""
        entry = self.entry(key)
        return entry.node if entry else None

    @property
    def is_null(self) -> bool:
        """True for an empty value, `null` and `~`."""
        return self.kind == "scalar" and self.value is None


@dataclass(slots=True)
class Entry:
    """One key of a mapping: `start` is the key's first character, `after` the one behind its colon."""

    key: str
    start: int
    after: int
    line: int
    node: Node


def compose(text: str, name: str) -> Node | None:
    """The tree of one YAML document, or None when it is empty.

    Raises UserError with `name:line` for anything that is not YAML, for two documents in one file, for
    keys that are not plain text, for keys written twice and for aliases that contain themselves.
    """
    try:
        root = YAML(typ="safe", pure=True).compose(text)
        return None if root is None else _Positions(text, name).node(root, floor=0)
    except MarkedYAMLError as error:
        raise _syntax_error(error, text, name) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise UserError(
            gettext("the file holds a character that YAML does not allow (U+%04X)") % error.character,
            where=f"{name}:{line}",
            mend=gettext("delete the character; it is often an invisible one that came with a paste"),
        ) from None
    except RecursionError:
        raise UserError(
            gettext("values are nested too deeply"), where=name, mend=gettext("check the brackets")
        ) from None
    except (YAMLError, ValueError) as error:
        raise UserError(str(error), where=name, mend=gettext("check the file with a YAML editor")) from None


def plain(node: Node) -> Json:
    """The value as plain data. Dates stay the text they were written as; aliases are expanded."""
    if node.kind == "map":
        return {entry.key: plain(entry.node) for entry in node.entries}
    if node.kind == "seq":
        return [plain(item) for item in node.items]
    return node.value


def line_of(text: str, offset: int) -> int:
    """The line, from 1, on which a character stands."""
    return text.count("\n", 0, offset) + 1


def line_start(text: str, offset: int) -> int:
    """The offset of the first character of the line in which `offset` lies."""
    return text.rfind("\n", 0, offset) + 1


def line_end(text: str, offset: int) -> int:
    """The offset behind the line break that ends the line in which `offset` lies."""
    found = text.find("\n", offset)
    return len(text) if found < 0 else found + 1


def rest_of_line(text: str, offset: int) -> str:
    """What stands between `offset` and the end of its line, without the line break."""
    return text[offset : line_end(text, offset)].rstrip("\r\n")


_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_ALIAS = re.compile(r"\s*(\*[^\s,\]}]+)")


class _Positions:
    """Turns the parser's nodes into ours and works out where each really ends."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.seen: dict[int, Node] = {}
        self.open: set[int] = set()
        self.count = 0

    def node(self, raw: Any, *, floor: int) -> Node:
        """`floor` is the offset behind the colon or dash that introduces the value."""
        known = self.seen.get(id(raw))
        if id(raw) in self.open:
            raise self._error(gettext("a value contains itself"), raw, gettext("write the value out"))
        self.count += 1
        if known is not None:
            self._weigh(known, raw)
            return self._alias(known, floor)
        self.open.add(id(raw))
        if isinstance(raw, MappingNode):
            node = self._mapping(raw, floor)
        elif isinstance(raw, SequenceNode):
            node = self._sequence(raw)
        else:
            node = self._scalar(raw, floor)
        self.open.discard(id(raw))
        self.seen[id(raw)] = node
        return node

    def _weigh(self, node: Node, raw: Any) -> None:
        """Counts what an alias stands for, so that nested aliases cannot fill the memory."""
        pending = [node]
        while pending:
            current = pending.pop()
            self.count += 1
            pending.extend(current.items)
            pending.extend(entry.node for entry in current.entries)
            if self.count > MAX_NODES:
                raise self._error(gettext("aliases repeat too much"), raw, gettext("write the values out"))

    def _alias(self, known: Node, floor: int) -> Node:
        match = _ALIAS.match(self.text, floor)
        start, end = match.span(1) if match else (known.start, known.end)
        line = line_of(self.text, start)
        column = start - line_start(self.text, start)
        return Node(known.kind, start, end, line, column, known.flow, True, known.value, known.entries, known.items)

    def _mapping(self, raw: Any, floor: int) -> Node:
        flow = bool(raw.flow_style)
        node = self._empty("map", raw, flow)
        keys: dict[str, int] = {}
        for raw_key, raw_value in raw.value:
            if not isinstance(raw_key, ScalarNode):
                raise self._error(gettext("a key must be plain text"), raw_key, gettext("write `key: value`"))
            key = str(raw_key.value)
            self._storable(key, raw_key)
            if key in keys:
                raise self._error(
                    gettext("“%(key)s” is written twice, first on line %(line)d") % {"key": key, "line": keys[key]},
                    raw_key,
                    gettext("keep one of the two"),
                )
            keys[key] = raw_key.start_mark.line + 1
            after = self.text.find(":", raw_key.end_mark.index) + 1 or raw_key.end_mark.index
            value = self.node(raw_value, floor=after)
            node.entries.append(Entry(key, raw_key.start_mark.index, after, raw_key.start_mark.line + 1, value))
        if not flow:
            node.end = node.entries[-1].node.end if node.entries else floor
        return node

    def _sequence(self, raw: Any) -> Node:
        flow = bool(raw.flow_style)
        node = self._empty("seq", raw, flow)
        last = raw.start_mark.index
        for raw_item in raw.value:
            dash = last if flow else self.text.find("-", self._skip_comments(last)) + 1
            item = self.node(raw_item, floor=dash)
            node.items.append(item)
            last = item.end
        if not flow:
            node.end = last
        return node

    def _skip_comments(self, offset: int) -> int:
        """The offset of the next character that is neither blank nor in a comment."""
        text = self.text
        while offset < len(text):
            if text[offset] == "#" and (offset == 0 or text[offset - 1].isspace()):
                offset = line_end(text, offset)
            elif text[offset].isspace():
                offset += 1
            else:
                break
        return offset

    def _scalar(self, raw: Any, floor: int) -> Node:
        node = self._empty("scalar", raw, False)
        node.value = self._value(raw)
        if raw.style in ("|", ">"):
            node.end = node.start + len(self.text[node.start : node.end].rstrip())
        if node.end == node.start:
            node.start = node.end = floor
            node.line = line_of(self.text, floor)
            node.column = floor - line_start(self.text, floor)
        return node

    def _empty(self, kind: Literal["map", "seq", "scalar"], raw: Any, flow: bool) -> Node:
        start = raw.start_mark
        return Node(kind, start.index, raw.end_mark.index, start.line + 1, start.column, flow)

    def _value(self, raw: Any) -> bool | int | float | str | None:
        text = str(raw.value)
        self._storable(text, raw)
        if raw.tag == _TAG + "null":
            return None
        if raw.tag == _TAG + "bool":
            return text.lower() in ("true", "yes", "on", "y")
        if raw.tag == _TAG + "int" and _INTEGER.match(text):
            return int(text)
        if raw.tag == _TAG + "float":
            try:
                number = float(text)
            except ValueError:
                return text
            return number if number - number == 0 else text
        return text

    def _storable(self, text: str, raw: Any) -> None:
        """Refuses what an escape such as `"\\0"` can bring in and no database keeps."""
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise self._error(
                gettext("the text holds a character that cannot be kept"), raw, gettext("remove the escape from it")
            )

    def _error(self, what: str, raw: Any, mend: str) -> UserError:
        return UserError(what, where=f"{self.name}:{raw.start_mark.line + 1}", mend=mend)


def _syntax_error(error: MarkedYAMLError, text: str, name: str) -> UserError:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    written = rest_of_line(text, line_start(text, min(mark.index, len(text)))) if mark else ""
    problem = (error.problem or error.context or str(error)).strip()
    mend = gettext("check the spelling and the indentation of this line and the one above it")
    if "\t" in written[: len(written) - len(written.lstrip())] or "'\\t'" in problem:
        mend = gettext("indent with spaces; YAML does not allow tabs there")
    elif "mapping values are not allowed" in problem:
        mend = gettext("put the text in quotes: it holds a colon followed by a space, or the indentation is off")
    elif "stream end" in problem or "end of stream" in problem:
        mend = gettext("close the bracket or the quote that was opened")
    elif "another document" in problem:
        mend = gettext("keep one document in the file: remove the `---` line")
    elif "alias" in problem:
        mend = gettext("write the value out instead of `*name`, or put it in quotes")
    elif "block end" in problem or "expected <" in problem:
        mend = gettext("indent this line like the lines it belongs with")
    return UserError(
        gettext("this is not valid YAML: %(problem)s") % {"problem": problem},
        where=f"{name}:{line}",
        mend=mend,
    )
