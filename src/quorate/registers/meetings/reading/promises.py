"""What the prose of minutes promises: votes still to be sent out, and things that somebody said they would do.

Only proposals: a sentence is found by its words and shown with its line; a person confirms it or not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from quorate.registers.meetings.reading.document import Document
from quorate.registers.meetings.reading.zones import sentences

_TO_COME = re.compile(r"\b(?:will|to|shall|would)\s+(?:\w+\s+){0,2}(?:send|sent|call|open|hold|held|put)\b", re.I)
_VOTE = re.compile(r"\b(?:vote|votes|ballot)\b", re.I)
_PROMISES = (
    re.compile(r"\bagreed to\b|\bvolunteered\b|\boffered to\b|\bcommitted to\b|\bwas asked to\b|\bundertook\b", re.I),
    re.compile(r"\b(?:will|is going to)\s+(?:send|be sent|follow up|circulate|draft|prepare|write|contact|share|"
               r"schedule|report back|open|set up|bring|draw up)\b", re.I),
    re.compile(r"\bproposed\s+(?:holding|to hold|a\s+\w+\s+session|scheduling|setting up)\b", re.I),
    re.compile(r"\baction(?:\s+item)?\s*:|\bTODO\b|\btook (?:an|the) action\b", re.I),
)  # fmt: skip
_NAME = re.compile(r"\b(?:[A-Z][\w’'-]+\s+){0,2}[A-Z][\w’'-]+\b")


@dataclass(frozen=True, slots=True)
class Promise:
    """A sentence that promises something: its line, its section, its words, and who is named before the promise."""

    line: int
    section: str
    text: str
    who: tuple[str, ...]
    vote: bool


def promises(document: Document) -> list[Promise]:
    """Every sentence that reads like a promise, in order."""
    names = _names(document)
    found: list[Promise] = []
    for passage in document.sections:
        for prose in passage.lines:
            for sentence in sentences(prose.text):
                vote = _VOTE.search(sentence) is not None and _TO_COME.search(sentence) is not None
                marks = [match.start() for pattern in _PROMISES if (match := pattern.search(sentence))]
                if not vote and not marks:
                    continue
                before = sentence[: min(marks)] if marks else sentence
                vote = vote and re.search(r"\b(?:send|sent)\b", sentence, re.I) is not None
                found.append(Promise(prose.line, passage.title, sentence, _who(before, names), vote))
    return found


def _names(document: Document) -> dict[str, str]:
    """Full names and, where only one person has it, the last name of everybody on a list."""
    names: dict[str, str] = {}
    last: dict[str, set[str]] = {}
    for attendee in document.people():
        names[attendee.name] = attendee.name
        last.setdefault(attendee.name.split()[-1], set()).add(attendee.name)
    return names | {name: next(iter(whose)) for name, whose in last.items() if len(whose) == 1}


def _who(text: str, names: dict[str, str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for match in _NAME.finditer(text):
        words = match[0].split()
        for size in range(len(words), 0, -1):
            whole = next((" ".join(words[i : i + size]) for i in range(len(words) - size + 1)
                          if " ".join(words[i : i + size]) in names), None)  # fmt: skip
            if whole:
                found[names[whole]] = None
                break
    return tuple(found)


def two_spellings(document: Document) -> list[tuple[int, str, str]]:
    """Full names in the prose that nobody on the lists has, but for the first name: line, as written, as listed."""
    listed = {attendee.name for attendee in document.people()}
    last: dict[str, set[str]] = {}
    for name in listed:
        last.setdefault(name.split()[-1], set()).add(name)
    found: dict[tuple[str, str], int] = {}
    for passage in document.sections:
        for prose in passage.lines:
            for match in re.finditer(r"\b([A-Z][a-z]+|[A-Z]\.)\s+([A-Z][a-z’']+(?:-[A-Z][a-z]+)*)\b", prose.text):
                whose = last.get(match[2], set())
                if len(whose) == 1:
                    name = next(iter(whose))
                    if match[0] not in name and name.split()[0] != match[1] and match[1][0] == name[0]:
                        found.setdefault((match[0], name), prose.line)
    return [(line, written, name) for (written, name), line in found.items()]
