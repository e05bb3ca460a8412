"""Writes plain data as YAML that people like to read: block style, small maps on one line, days unquoted."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_WIDTH = 110
#: What means something to YAML at the start of a value. The writer quotes most of them by itself, but leaves some bare
#: inside a map on one line, where they cannot be read back.
_INDICATORS = frozenset("?:-<>|&*!%@`=~")


def dump(data: Any, *, spaced: bool = False) -> str:
    """The YAML text of JSON values. ``spaced`` sets a blank line between the items of a list of maps."""
    writer = YAML(typ="rt", pure=True)
    writer.width = _WIDTH
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.representer.add_representer(type(None), _null)
    if isinstance(data, Mapping):
        return _written(writer, _tree(data, 0))
    parts = [_item(writer, _tree(item, 1)) for item in data]
    return ("\n" if spaced else "").join(parts) or "[]\n"


def _null(representer: Any, _value: None) -> Any:
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")


def _written(writer: YAML, tree: Any) -> str:
    out = io.StringIO()
    writer.dump(tree, out)
    return out.getvalue()


def _item(writer: YAML, tree: Any) -> str:
    """One item of a list at the top of a file, led by a dash."""
    lines = _written(writer, tree).rstrip("\n").split("\n")
    led = [("- " if n == 0 else "  ") + line if line else "" for n, line in enumerate(lines)]
    return "\n".join(led) + "\n"


def _tree(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        found = CommentedMap((key, _tree(item, depth + 1)) for key, item in value.items())
        if depth and _small(value):
            found.fa.set_flow_style()
        return found
    if isinstance(value, Sequence) and not isinstance(value, str):
        listed = CommentedSeq(_tree(item, depth + 1) for item in value)
        if not any(isinstance(item, (Mapping, list, tuple)) for item in value) and len(str(value)) < _WIDTH - 30:
            listed.fa.set_flow_style()
        return listed
    if isinstance(value, str) and _DAY.match(value):
        return date.fromisoformat(value)
    if isinstance(value, str) and "\n" in value:
        return LiteralScalarString(value)
    if isinstance(value, str) and value[:1] in _INDICATORS:
        return DoubleQuotedScalarString(value)
    return value


def _small(value: Mapping[str, Any]) -> bool:
    """Whether a map reads well on one line: scalars only, and short."""
    plain = all(not isinstance(item, (Mapping, list, tuple)) and "\n" not in str(item) for item in value.values())
    return plain and len(str(dict(value))) < _WIDTH
