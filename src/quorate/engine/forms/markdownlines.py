"""Just enough Markdown to tell a heading from the same words in code or in an HTML comment."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

_HEADING = re.compile(r" {0,3}###(?!#)[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
#: Fences beyond these are read as text, so that no text however made takes long.
MOST_FENCES = 1000


@dataclass(frozen=True)
class Heading:
    """A third-level heading: 0-based line, its words, and whether it stands inside a code fence.

    ``unbalanced``: after it, up to the next heading, fences pair up, so the fence around it was never closed by its
    author: GitHub put the heading there, not the person who wrote the code.
    """

    line: int
    text: str
    fenced: bool = False
    unbalanced: bool = False


def headings(lines: Sequence[str]) -> list[Heading]:
    """The third-level headings, those in code marked; those in closed HTML comments left out."""
    hidden = _commented(lines)
    fences = _fences(lines)
    spans = _spans(fences, len(lines))
    at = [n for n, line in enumerate(lines) if n not in hidden and _HEADING.match(line)]
    found: list[Heading] = []
    for place, n in enumerate(at):
        match = _HEADING.match(lines[n])
        if match is None or not match.group(1):
            continue
        fenced = any(start < n < end for start, end in spans)
        stop = at[place + 1] if place + 1 < len(at) else len(lines)
        after = sum(n < line < stop for line, _mark, _info in fences)
        found.append(Heading(n, match.group(1).strip(), fenced, fenced and after % 2 == 0))
    return found


def without_comments(text: str) -> str:
    """The text without closed HTML comments, except inside code fences."""
    if "<!--" not in text:
        return text
    lines = text.split("\n")
    spans = _spans(_fences(lines), len(lines))
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))

    def keep(match: re.Match[str]) -> str:
        line = bisect_right(starts, match.start()) - 1
        return match.group() if any(start <= line <= end for start, end in spans) else ""

    return _COMMENT.sub(keep, text)


def _fences(lines: Sequence[str]) -> list[tuple[int, str, str]]:
    """Lines that could open or close a fence: line, mark, what follows the mark."""
    found = []
    for n, line in enumerate(lines):
        match = _FENCE.match(line)
        if match and not (match.group(1)[0] == "`" and "`" in match.group(2)):
            found.append((n, match.group(1), match.group(2).strip()))
    return found[:MOST_FENCES]


def _spans(fences: Sequence[tuple[int, str, str]], total: int) -> list[tuple[int, int]]:
    """First and last line of each fenced block. A block that is never closed does not count."""
    spans: list[tuple[int, int]] = []
    place = 0
    while place < len(fences):
        line, mark, _info = fences[place]
        for later in range(place + 1, len(fences)):
            end, closing, info = fences[later]
            if closing[0] == mark[0] and len(closing) >= len(mark) and not info:
                spans.append((line, end))
                place = later
                break
        place += 1
    return [(start, min(end, total)) for start, end in spans]


def _commented(lines: Sequence[str]) -> set[int]:
    """Lines that begin inside a closed HTML comment."""
    text = "\n".join(lines)
    if "<!--" not in text:
        return set()
    hidden: set[int] = set()
    for match in _COMMENT.finditer(text):
        first = text.count("\n", 0, match.start())
        last = text.count("\n", 0, match.end())
        hidden |= set(range(first + 1, last + 1))
    return hidden
