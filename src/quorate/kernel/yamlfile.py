"""YAML read safely, with the line of every value kept, so that an error can name the place to mend."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

from quorate.kernel.errors import UserError

Key = str | int

#: How many values aliases may repeat in one file, and how deep values may stand in one another. What people write needs
#: a fraction; a few hundred bytes of aliases of aliases could else fill the memory.
MOST_REPEATED = 20_000
DEEPEST = 100


@dataclass(frozen=True)
class YamlDoc:
    """Plain data (dicts, lists, scalars) plus the 1-based line on which each value stands."""

    data: Any
    name: str
    lines: dict[tuple[Key, ...], int] = field(repr=False)

    def line_of(self, path: tuple[Key, ...]) -> int:
        """The line of the value at ``path``, or of its nearest ancestor; 1 when nothing is known."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def where(self, *path: Key) -> str:
        """``file:line`` of the value at ``path``."""
        return f"{self.name}:{self.line_of(path)}"

    def error(self, what: object, *path: Key, mend: object = "") -> UserError:
        """An error that stands at the value at ``path``."""
        return UserError(what, where=self.where(*path), mend=mend)


def load(source: Path | str, *, name: str | None = None) -> YamlDoc:
    """Read a YAML file (a ``Path``) or text (a ``str``).

    Raises ``UserError`` with ``file:line`` when the text is not YAML, repeats a key, is not UTF-8, stands too deep or
    repeats too much by aliases.
    """
    label = name or (str(source) if isinstance(source, Path) else "text")
    if isinstance(source, Path):
        try:
            text = source.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise UserError("the file is not UTF-8", where=label, mend="save it as UTF-8") from error
        except OSError as error:
            raise UserError(error.strerror or "cannot be read", where=label) from error
    else:
        text = source
    reader = YAML(typ="rt", pure=True)
    reader.version = (1, 2)
    try:
        _check_shape(text, label)
        tree = reader.load(text)
    except DuplicateKeyError as error:
        raise _located(error, label, "remove one of the two") from error
    except MarkedYAMLError as error:
        raise _located(error, label, "mend the indentation or the quotes at this line") from error
    except TypeError as error:
        # The reader keeps lists and maps as keys, which nothing can look up.
        raise UserError("a key is a list or a map", where=label, mend="write a word before each colon") from error
    except (YAMLError, ValueError) as error:
        raise UserError(f"is not YAML: {error}".splitlines()[0], where=label) from error
    plain = _Plain(label)
    return YamlDoc(plain.value(tree, (), 1, repeated=False), label, plain.lines)


def _located(error: MarkedYAMLError, label: str, mend: str) -> UserError:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark is not None else 1
    problem = (error.problem or error.context or "is not YAML").splitlines()[0]
    return UserError(problem, where=f"{label}:{line}", mend=mend)


def _check_shape(text: str, label: str) -> None:
    """Refuse what would cost the reader much or be read as something else, before it is read.

    Depth costs the reader its square; an alias inside what it names would quietly become nothing. Small files
    give no cause to look.
    """
    if not (_may_be_deep(text) or ("&" in text and "*" in text)):
        return
    around: list[str | None] = []
    for event in YAML(typ="rt", pure=True).parse(text):
        line = event.start_mark.line + 1
        if isinstance(event, CollectionStartEvent):
            around.append(event.anchor)
            if len(around) > DEEPEST:
                raise _too_deep(label, line)
        elif isinstance(event, CollectionEndEvent):
            around.pop()
        elif isinstance(event, AliasEvent) and event.anchor in around:
            where = f"{label}:{line}"
            raise UserError("an alias stands inside what it names", where=where, mend="write out what is meant")


def _may_be_deep(text: str) -> bool:
    """A quick look that never misses depth: many brackets, or much that indents a line."""
    brackets = text.count("[") + text.count("{")
    return brackets > DEEPEST or any(len(line) - len(line.lstrip(" -?:\t")) > DEEPEST for line in text.splitlines())


def _too_deep(label: str, line: int) -> UserError:
    return UserError(
        f"values stand in one another more than {DEEPEST} deep", where=f"{label}:{line}", mend="write it flatter"
    )


class _Plain:
    """Turns a tree of the reader into plain data, each alias written out, and notes the line of every value."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.lines: dict[tuple[Key, ...], int] = {}
        self.seen: set[int] = set()
        self.repeats = 0

    def value(self, node: Any, path: tuple[Key, ...], line: int, *, repeated: bool) -> Any:
        """The node at ``path`` as plain data; ``repeated``: it stands below an alias."""
        self.lines[path] = line
        if repeated:
            self.repeats += 1
            if self.repeats > MOST_REPEATED:
                raise UserError(
                    f"aliases repeat more than {MOST_REPEATED} values",
                    where=f"{self.label}:{line}",
                    mend="write out what is meant instead of aliases of aliases",
                )
        if not isinstance(node, (CommentedMap, CommentedSeq)):
            return _scalar(node)
        repeated = repeated or id(node) in self.seen
        self.seen.add(id(node))
        if isinstance(node, CommentedMap):
            return {
                key: self.value(item, (*path, key), _line_of(node, key, line), repeated=repeated)
                for key, item in node.items()
            }
        return [
            self.value(item, (*path, index), _line_of(node, index, line), repeated=repeated)
            for index, item in enumerate(node)
        ]


def _line_of(node: CommentedMap | CommentedSeq, key: Any, line: int) -> int:
    """The line of a value in its collection; that of the collection when it is not known (merged keys)."""
    try:
        place = node.lc.key(key) if isinstance(node, CommentedMap) else node.lc.item(key)
        return int(place[0]) + 1
    except (KeyError, TypeError, AttributeError, IndexError):
        return line


def _scalar(node: Any) -> Any:
    if isinstance(node, bool) or node is None:
        return node
    for plain in (str, int, float):
        if isinstance(node, plain):
            return plain(node)
    return node
