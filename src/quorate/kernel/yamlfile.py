"""YAML read safely, with the line of every value kept, so that an error can name the place to mend."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from quorate.kernel.errors import UserError

Key = str | int


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

    Raises ``UserError`` with ``file:line`` when the text is not YAML, repeats a key or is not UTF-8.
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
        tree = reader.load(text)
    except DuplicateKeyError as error:
        raise _located(error, label, "remove one of the two") from error
    except MarkedYAMLError as error:
        raise _located(error, label, "mend the indentation or the quotes at this line") from error
    except (YAMLError, ValueError) as error:
        raise UserError(f"is not YAML: {error}".splitlines()[0], where=label) from error
    lines: dict[tuple[Key, ...], int] = {}
    return YamlDoc(_plain(tree, (), lines, 1), label, lines)


def _located(error: MarkedYAMLError, label: str, mend: str) -> UserError:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark is not None else 1
    problem = (error.problem or error.context or "is not YAML").splitlines()[0]
    return UserError(problem, where=f"{label}:{line}", mend=mend)


def _plain(node: Any, path: tuple[Key, ...], lines: dict[tuple[Key, ...], int], line: int) -> Any:
    lines[path] = line
    if isinstance(node, CommentedMap):
        result: dict[Any, Any] = {}
        for key, value in node.items():
            try:
                at = node.lc.key(key)[0] + 1
            except (KeyError, TypeError, AttributeError):
                at = line
            result[key] = _plain(value, (*path, key), lines, at)
        return result
    if isinstance(node, CommentedSeq):
        items = []
        for index, value in enumerate(node):
            try:
                at = node.lc.item(index)[0] + 1
            except (KeyError, TypeError, AttributeError, IndexError):
                at = line
            items.append(_plain(value, (*path, index), lines, at))
        return items
    if isinstance(node, str):
        return str(node)
    if isinstance(node, bool) or node is None:
        return node
    if isinstance(node, int):
        return int(node)
    if isinstance(node, float):
        return float(node)
    return node
