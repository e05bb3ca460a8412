"""Entries in sentences: the same words on every page, in the reader's language, with names resolved now."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cache
from string import Formatter
from uuid import UUID

from django.utils import formats, timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from quorate.kernel.i18n import get_language, gettext
from quorate.ledger.kinds import KINDS
from quorate.ledger.models import Entry, PrivateValue
from quorate.ledger.refs import REF_KINDS

_FORMATTER = Formatter()
_INSTANT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One entry in words. ``html`` is safe; ``private`` holds the private values the reader may see."""

    seq: int
    uid: UUID
    kind: str
    at: datetime
    recorded_at: datetime
    actor: str
    html: SafeString
    private: Mapping[str, object]
    reconstructed: bool
    gesture: UUID | None

    @property
    def text(self) -> str:
        """The sentence without markup."""
        return _plain(self.html)


@dataclass(frozen=True)
class Names:
    """Names of everything a batch of entries refers to: one query for each kind of thing."""

    labels: Mapping[tuple[str, str], str]
    public: bool = False

    @classmethod
    def of(
        cls, entries: Iterable[Entry], *, public: bool = False, known: Mapping[tuple[str, str], str] | None = None
    ) -> Names:
        """Resolve the names; with ``public`` only those that everybody may see. ``known`` ones are not looked up."""
        given = dict(known or {})
        wanted: dict[str, set[str]] = {}
        for entry in entries:
            for kind, ref, *_role in entry.refs:
                wanted.setdefault(kind, set()).add(ref)
            prefix, _, ref = entry.actor.partition(":")
            if prefix == "person":
                wanted.setdefault("person", set()).add(ref)
        labels = dict(given)
        for kind, named in wanted.items():
            declared = REF_KINDS.find(kind)
            refs = {ref for ref in named if (kind, ref) not in given}
            if declared is None or not refs:
                continue
            resolve = declared.public_label if public and declared.public_label else declared.label
            labels |= {(kind, ref): name for ref, name in resolve(sorted(refs)).items()}
        return cls(labels, public)

    def link(self, kind: str, ref: str) -> SafeString:
        """The thing's name, linked when its kind has pages; words for what has no name any more."""
        name = self.labels.get((kind, ref))
        if name is None:
            return format_html("{}", gettext("somebody") if kind == "person" else gettext("something removed"))
        declared = REF_KINDS.find(kind)
        address = declared and (declared.public_url if self.public else declared.url)
        if not address:
            return format_html("{}", name)
        return format_html('<a href="{}">{}</a>', address(ref), name)

    def actor(self, actor: str, *, links: bool = True) -> SafeString:
        """Who acted, in words."""
        prefix, _, ref = actor.partition(":")
        if prefix == "person":
            if links:
                return self.link("person", ref)
            return format_html("{}", self.labels.get(("person", ref)) or gettext("somebody"))
        if prefix == "system":
            return format_html("{}", gettext("Quorate (%s)") % ref)
        return format_html("{}", gettext("a visitor") if prefix == "visitor" else gettext("somebody"))


def sentences(
    entries: Sequence[Entry],
    *,
    private: bool = False,
    public: bool = False,
    links: bool = True,
    also: Collection[str] = (),
    wording: Callable[[Entry], str] | None = None,
    known: Mapping[tuple[str, str], str] | None = None,
) -> list[Sentence]:
    """Entries in words, in the order given. ``private``: the reader may see what people typed.

    ``public``: the reader is anybody, so only kinds declared public, and those in ``also`` that the caller knows this
    reader may be told, are told, and only public names are used. ``wording`` gives an entry's sentence where it has
    one of its own; empty: its kind's. ``known`` holds names that the caller has at hand. Queries: one for each kind
    of thing referred to, and one for private values if asked.
    """
    told = [entry for entry in entries if not public or entry.kind in also or _is_public(entry.kind)]
    names = Names.of(told, public=public, known=known)
    values: dict[int, dict[str, object]] = {}
    if private and not public:
        rows = PrivateValue.objects.filter(entry__in=told).values_list("entry_id", "field", "value")
        for seq, field, value in rows:
            values.setdefault(seq, {})[field] = value
    return [
        _sentence(entry, names, values.get(entry.seq, {}), links, wording(entry) if wording is not None else "")
        for entry in told
    ]


def _is_public(kind: str) -> bool:
    declared = KINDS.find(kind)
    return declared is not None and declared.public


def _sentence(entry: Entry, names: Names, private: Mapping[str, object], links: bool, own: str = "") -> Sentence:
    declared = KINDS.find(entry.kind)
    template = own or (str(declared.sentence) if declared is not None else entry.kind)
    parts: dict[str, SafeString] = {"actor": names.actor(entry.actor, links=links)}
    for kind, ref, role in entry.refs:
        name = (
            names.link(kind, ref) if links else format_html("{}", names.labels.get((kind, ref), gettext("something")))
        )
        parts[role] = format_html("{}, {}", parts[role], name) if role in parts else name
    for field, value in [*entry.data.items(), *private.items()]:
        parts.setdefault(field, format_html("{}", _in_words(value)))
    return Sentence(
        seq=entry.seq,
        uid=entry.uid,
        kind=entry.kind,
        at=entry.at,
        recorded_at=entry.recorded_at,
        actor=_plain(parts["actor"]),
        html=_fill(template, parts),
        private=private,
        reconstructed=entry.reconstructed,
        gesture=entry.gesture,
    )


def _in_words(value: object) -> str:
    if value is None:
        return gettext("nothing")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, (list, tuple)):
        return ", ".join(_in_words(item) for item in value)
    if isinstance(value, str) and _INSTANT.match(value):
        return _when(value)
    return str(value)


def _when(text: str) -> str:
    """An instant in the reader's zone; one at midnight UTC is a day."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        return text
    if at.astimezone(UTC).time() == time.min:
        return str(formats.date_format(at.astimezone(UTC), "j M Y"))
    return str(formats.date_format(timezone.localtime(at), "j M Y, H:i"))


def _fill(template: str, parts: Mapping[str, SafeString]) -> SafeString:
    """The template with its placeholders filled; a placeholder with nothing to fill it is an ellipsis."""
    filled: list[str] = []
    for literal, field, _spec, _conversion in _FORMATTER.parse(template):
        filled.append(conditional_escape(literal))
        if field is not None:
            filled.append(parts.get(field, SafeString("…")))
    first = next((at for at, part in enumerate(filled) if part), None)
    if first is not None and (first == 0 or filled[first] in _nobody(get_language())):
        filled[first] = f"{filled[first][:1].upper()}{filled[first][1:]}"
    return mark_safe("".join(filled))  # noqa: S308  # every part was escaped above


@cache
def _nobody(_language: str | None) -> tuple[str, ...]:
    """What stands where a name could, and takes a capital at the start of a sentence. A name is written as it is."""
    return (gettext("a visitor"), gettext("somebody"), gettext("something"), gettext("something removed"))


def _plain(html: str) -> str:
    """Safe HTML made of text and links, as text."""
    text: list[str] = []
    inside = False
    for letter in html:
        if letter == "<":
            inside = True
        elif letter == ">":
            inside = False
        elif not inside:
            text.append(letter)
    joined = "".join(text)
    for entity, plain in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&")):
        joined = joined.replace(entity, plain)
    return joined
