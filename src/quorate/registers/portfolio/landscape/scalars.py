"""Values written as YAML that every parser reads back the same.

Parsers of the 1.1 and of the 1.2 kind disagree on what `yes`, `012`, `1:30` or `2026-04-07` is, so text
that either would take for something else is quoted. No line is folded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from quorate.registers.portfolio.landscape.positions import Json

_OTHER_TYPE = re.compile(
    r"""
    ~ | [Nn]ull | NULL | [Tt]rue | TRUE | [Ff]alse | FALSE | [Yy]es | YES | [Nn]o | NO | [Oo]n | ON
    | [Oo]ff | OFF | [yYnN] | = | <<
    | [-+]?0[bB][01_]+ | [-+]?0[xX][0-9a-fA-F_]+ | [-+]?0[oO]?[0-7_]+
    | [-+]?(?:[0-9][0-9_]*)?\.?[0-9_]*(?:[eE][-+]?[0-9]+)?
    | [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?
    | [-+]?\.(?:inf|Inf|INF) | \.(?:nan|NaN|NAN)
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*
    """,
    re.VERBOSE,
)
#: Markers of the older dialect, which stand without a value.
_BARE = frozenset({"category", "subcategory", "item"})
_PLAIN_START = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`]")
_UNPRINTABLE = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Style:
    """How a file indents: blanks before a dash under its key, and blanks before a nested key."""

    dash: int = 2
    nested: int = 2


def text(value: str, *, flow: bool = False) -> str:
    """One line of YAML for a text: plain where that is safe, else in quotes."""
    if "\n" in value or "\t" in value or _UNPRINTABLE.search(value):
        return _double(value)
    plain = (
        value != ""
        and value == value.strip()
        and _PLAIN_START.match(value) is not None
        and ": " not in value
        and " #" not in value
        and not value.endswith(":")
        and not value.startswith("...")
        and not _OTHER_TYPE.fullmatch(value)
        and not (flow and re.search(r"[,\[\]{}?:]", value))
    )
    return value if plain else "'" + value.replace("'", "''") + "'"


def block(value: Json, *, indent: int, style: Style, literal: bool = True) -> str:
    """What follows `key:` for a value under a key at column `indent`; begins with a blank or a line break.

    `literal=False` keeps texts of several lines on one line, for places where a comment follows.
    """
    if isinstance(value, dict) and value:
        inner = indent + style.nested
        return "".join("\n" + " " * inner + pair(key, item, inner, style) for key, item in value.items())
    if isinstance(value, list) and value:
        dash = indent + style.dash
        return "".join("\n" + " " * dash + "-" + _element(item, dash, style) for item in value)
    if isinstance(value, str) and literal and _fits_literal(value):
        lines = value.removesuffix("\n").split("\n")
        margin = " " * (indent + style.nested)
        header = " |\n" if value.endswith("\n") else " |-\n"
        return header + "\n".join(margin + line if line else "" for line in lines)
    return " " + inline(value)


def pair(key: str, value: Json, indent: int, style: Style) -> str:
    """`key: value` for a key that stands at column `indent`; the first line comes without indentation."""
    if value is None and key in _BARE:
        return key + ":"
    return text(key) + ":" + block(value, indent=indent, style=style)


def inline(value: Json, *, flow: bool = False) -> str:
    """A value on one line."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return text(value, flow=flow)
    if isinstance(value, list):
        return "[" + ", ".join(inline(item, flow=True) for item in value) + "]"
    if isinstance(value, dict):
        pairs = (f"{text(key, flow=True)}: {inline(item, flow=True)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    return repr(value)


def _element(value: Json, dash: int, style: Style) -> str:
    """What follows a dash at column `dash`."""
    if isinstance(value, dict) and value:
        inner = dash + 2
        lines = [pair(key, item, inner, style) for key, item in value.items()]
        return " " + ("\n" + " " * inner).join(lines)
    if isinstance(value, list):
        return " " + inline(value)
    return block(value, indent=dash, style=style)


def _fits_literal(value: str) -> bool:
    """True for a text of several lines that a literal block keeps exactly."""
    body = value.removesuffix("\n")
    if "\n" not in body or body.endswith("\n") or _UNPRINTABLE.search(value):
        return False
    lines = body.split("\n")
    blank_but_not_empty = any(line and not line.strip() for line in lines)
    return not blank_but_not_empty and lines[0] != "" and not lines[0][0].isspace() and "\t" not in value


def _double(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + _UNPRINTABLE.sub(_escape, escaped) + '"'


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
