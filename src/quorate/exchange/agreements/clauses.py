"""What an agreement says: clauses with variants, values put in as words, and the digest of the whole. No database.

A template is Markdown. Every heading with an anchor begins a clause; a second heading with ``{#anchor/variant}`` begins
another wording of the same clause::

    ## Marks {#marks}
    The foundation may show the logo of {{ organisation }}.

    ## Marks {#marks/no-logo}
    The foundation names {{ organisation }} and shows no logo.

``{{ name }}`` is where a value goes. A value is always words: whatever somebody types, it is never markup.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt

from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext

#: The form of the document that is digested; a change of it is a change of what a digest means.
FORM = "quorate-agreement/1"
LONGEST_VALUE = 500
STANDARD = "standard"
#: What stands where an optional value was left out.
NOTHING = "—"

_CLAUSE = re.compile(r"^(#{1,6})\s+(.+?)\s*\{#([a-z0-9][a-z0-9-]*)(?:/([a-z0-9][a-z0-9-]*))?\}\s*$")
_PLACE = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
#: Stands where a value would while the places of a template are checked.
_STAND_IN = "quorateplace"
_PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable(["table", "strikethrough"])
#: Characters that turn the direction of what follows: in an agreement they can make one text look like another.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class Place:
    """A value that a template asks for."""

    name: str
    label: str
    required: bool = True


@dataclass(frozen=True)
class Clause:
    """One wording of a clause: its anchor, the name of the variant (``standard`` for the first), heading and Markdown."""

    anchor: str
    variant: str
    title: str
    level: int
    text: str


@dataclass(frozen=True)
class Source:
    """A template taken apart: what stands before the first clause, and each clause with its wordings in order."""

    preamble: str
    clauses: tuple[tuple[Clause, ...], ...]
    places: tuple[Place, ...] = ()

    def wordings(self, anchor: str) -> tuple[Clause, ...]:
        """The wordings of a clause, the standard one first; none when there is no such clause."""
        return next((each for each in self.clauses if each[0].anchor == anchor), ())

    @property
    def used(self) -> frozenset[str]:
        """The names of values that any wording asks for."""
        texts = [self.preamble, *(wording.title + wording.text for each in self.clauses for wording in each)]
        return frozenset(name for text in texts for name in _PLACE.findall(text))


@dataclass(frozen=True)
class Document:
    """An agreement word for word, as both sides sign it.

    ``clauses`` hold the wording chosen for each clause, still with its places; ``values`` what goes into them. Nothing
    else decides what a reader sees, so :attr:`digest` stands for all of it.
    """

    title: str
    template: str
    version: str
    language: str
    preamble: str
    clauses: tuple[Clause, ...]
    values: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The canonical form, as JSON values."""
        return {
            "form": FORM,
            "title": self.title,
            "template": self.template,
            "version": self.version,
            "language": self.language,
            "preamble": self.preamble,
            "clauses": [
                {"anchor": one.anchor, "variant": one.variant, "title": one.title, "level": one.level, "text": one.text}
                for one in self.clauses
            ],
            "values": dict(sorted(self.values.items())),
        }

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Document:
        """The document of a canonical form. ``UserError`` for a form that this version does not know."""
        if data.get("form") != FORM:
            raise UserError(gettext("this is no agreement of the form %s") % FORM, where="document")
        clauses = tuple(Clause(**one) for one in data["clauses"])
        return Document(
            data["title"],
            data["template"],
            data["version"],
            data["language"],
            data["preamble"],
            clauses,
            dict(data["values"]),
        )

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of the canonical form: JSON with sorted keys, no spaces, UTF-8."""
        text = json.dumps(self.as_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def departures(self) -> tuple[Clause, ...]:
        """The clauses that are not in their standard wording."""
        return tuple(clause for clause in self.clauses if clause.variant != STANDARD)

    def markdown(self) -> str:
        """The text with its values, as Markdown in which no value can be anything but words."""
        parts = [_filled(self.preamble, self.values)] if self.preamble else []
        for clause in self.clauses:
            heading = f"{'#' * clause.level} {_filled(clause.title, self.values)}"
            parts += [heading, _filled(clause.text, self.values)] if clause.text else [heading]
        return "\n\n".join(parts) + "\n"


def parse(text: str, places: Iterable[Place] = ()) -> Source:
    """A template's Markdown taken apart.

    ``UserError`` names the line of a clause that comes twice, of a variant before its clause, of a place that nobody
    declared, and says when there is no clause at all.
    """
    declared = tuple(places)
    names = {place.name for place in declared}
    preamble: list[str] = []
    found: dict[str, list[tuple[Clause, list[str]]]] = {}
    current = preamble
    fence = ""
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        for name in _PLACE.findall(line):
            if name not in names:
                mend = gettext("declare it under fields, or correct the name")
                raise UserError(gettext("nobody declared the value %s") % name, where=f"line {number}", mend=mend)
        fence = _fence(line, fence)
        head = None if fence else _CLAUSE.match(line)
        if head is None:
            current.append(line)
            continue
        anchor, variant = head[3], head[4] or STANDARD
        known = [clause.variant for clause, _lines in found.get(anchor, [])]
        if variant in known:
            raise UserError(gettext("this clause stands here twice"), where=f"line {number}")
        if variant != STANDARD and not known:
            what = gettext("a variant stands before its clause")
            raise UserError(what, where=f"line {number}", mend=f"{{#{anchor}}}")
        current = []
        found.setdefault(anchor, []).append((Clause(anchor, variant, head[2], len(head[1]), ""), current))
    if not found:
        what = gettext("there is no clause")
        raise UserError(what, where="text", mend=gettext("end a heading with {#its-anchor}"))
    clauses = tuple(
        tuple(Clause(c.anchor, c.variant, c.title, c.level, "\n".join(lines).strip("\n")) for c, lines in wordings)
        for wordings in found.values()
    )
    source = Source("\n".join(preamble).strip("\n"), clauses, declared)
    _check_places("", source.preamble)
    for clause in (wording for wordings in clauses for wording in wordings):
        _check_places(clause.anchor, clause.title)
        _check_places(clause.anchor, clause.text)
    return source


def compose(
    source: Source,
    *,
    title: str,
    template: str,
    version: str,
    language: str,
    values: Mapping[str, str],
    variants: Mapping[str, str] | None = None,
) -> Document:
    """The document with these values and, for the clauses named in ``variants``, these wordings.

    ``UserError`` for a value that is missing, unknown, too long or deceitful, and for a wording that does not exist.
    """
    chosen = dict(variants or {})
    for anchor, variant in chosen.items():
        if variant not in [wording.variant for wording in source.wordings(anchor)]:
            known = ", ".join(w.variant for w in source.wordings(anchor)) or ", ".join(
                c[0].anchor for c in source.clauses
            )
            raise UserError(
                gettext("there is no such wording: %s") % f"{anchor}/{variant}", where="variants", mend=known
            )
    names = {place.name for place in source.places}
    for name in values:
        if name not in names:
            raise UserError(gettext("there is no such value: %s") % name, where=name, mend=", ".join(sorted(names)))
    filled = {place.name: checked(place, values.get(place.name, "")) for place in source.places}
    clauses = tuple(
        next(w for w in wordings if w.variant == chosen.get(wordings[0].anchor, STANDARD))
        for wordings in source.clauses
    )
    return Document(title, template, version, language, source.preamble, clauses, filled)


def checked(place: Place, value: str) -> str:
    """A value as it goes into the text: one line, nothing that hides or turns. ``UserError`` at the value's name."""
    for letter in value:
        if letter in _TURNING or (unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn") and letter not in "\t\r\n"):
            what = gettext("%s holds a character that cannot be seen") % place.label
            raise UserError(what, where=place.name, mend=f"U+{ord(letter):04X}")
    text = " ".join(value.split())
    if place.required and not text:
        raise UserError(gettext("%s is missing") % place.label, where=place.name)
    if len(text) > LONGEST_VALUE:
        raise UserError(gettext("keep it below %(n)d characters") % {"n": LONGEST_VALUE}, where=place.name)
    return unicodedata.normalize("NFC", text)


def as_words(value: str) -> str:
    """Markdown that shows exactly this text: every mark that Markdown could read is escaped (CommonMark 2.4)."""
    return _PUNCTUATION.sub(r"\\\1", value)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: as_words(values.get(place[1], "")) or NOTHING, text)


def _check_places(anchor: str, text: str) -> None:
    """Refuse a place in code, in an address or in a title: what stands there is not read as words."""
    wanted = len(_PLACE.findall(text))
    if not wanted:
        return
    tokens = _PARSER.parse(_PLACE.sub(_STAND_IN, text))
    inline = (child for token in tokens for child in token.children or [])
    if sum(child.content.count(_STAND_IN) for child in inline if child.type == "text") != wanted:
        what = gettext("a value can only stand among words, not in code, an address or a picture")
        raise UserError(what, where=f"#{anchor}" if anchor else "text")


def _fence(line: str, fence: str) -> str:
    """The mark of the code block that a line is in after it, or ``""``."""
    mark = re.match(r" {0,3}(`{3,}|~{3,})", line)
    if mark is None:
        return fence
    if not fence:
        return mark[1]
    return "" if mark[1].startswith(fence) and not line.strip(" `~") else fence
