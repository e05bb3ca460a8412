"""Which entries of two lists are one organisation: evidence for and against, weighed, and never more than is sure.

A pair counts as one only when the evidence passes ``SURE`` and nobody else comes near; below it, down to ``ASK``, a
person is asked. Values that several entries of one list share (a parent's homepage, a stock logo) are no evidence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any
from urllib.parse import urlsplit

from quorate.directory.rules import host_of, plain_name
from quorate.kernel.i18n import gettext
from quorate.registers.membership.rules.members import key_of

SURE = 0.9
ASK = 0.35
#: A second candidate this near makes both a question.
NEAR = 0.2
#: Identifiers that no two organisations share.
STABLE = ("id", "slug", "lei", "ror", "sfdc", "wikidata")
#: Identifiers that whoever edits a list may set wrongly, or set to a parent's.
PUBLIC = {"crunchbase": 0.6, "linkedin": 0.6, "twitter": 0.35, "logo": 0.35}
AGAINST = {"crunchbase": 0.4, "linkedin": 0.3}
#: Words that many names add and drop.
GENERIC = frozenset(
    {
        "computing",
        "corp",
        "group",
        "holding",
        "holdings",
        "international",
        "lab",
        "labs",
        "limited",
        "platforms",
        "services",
        "software",
        "solutions",
        "systems",
        "technologies",
        "technology",
    }
)
SHARED_HOSTS = frozenset({"github.com", "gitlab.com", "huggingface.co", "linkedin.com", "x.com", "twitter.com"})
_TWO_PART = frozenset({"ac", "co", "com", "edu", "gov", "net", "or", "org"})


_ALSO = re.compile(r"\s+(?:aka|a/k/a|a\.k\.a\.|formerly|f/k/a|dba|d/b/a)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """An organisation as one list knows it. ``ids`` maps a scheme to its value, small letters."""

    name: str
    tiers: tuple[str, ...] = ()
    homepage: str = ""
    aliases: tuple[str, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)
    where: str = ""

    @property
    def key(self) -> str:
        return key_of(self.name)

    @property
    def host(self) -> str:
        """The host of the homepage; empty when it is a page of somebody else's site."""
        host = host_of(self.homepage).casefold()
        return "" if not host or host in SHARED_HOSTS or urlsplit(self.homepage).path not in ("", "/") else host


@dataclass(frozen=True)
class Pair:
    """Two entries that are, or may be, one organisation."""

    before: Entry
    after: Entry
    confidence: float
    why: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "before": self.before.name,
            "after": self.after.name,
            "confidence": round(self.confidence, 2),
            "why": list(self.why),
        }


@dataclass(frozen=True)
class Comparison:
    """Two lists compared. Every entry of both stands in exactly one of the parts, ``ask`` may name one more than once."""

    same: tuple[Pair, ...]
    renamed: tuple[Pair, ...]
    joined: tuple[Entry, ...]
    left: tuple[Entry, ...]
    ask: tuple[Pair, ...]

    @property
    def moved(self) -> list[Pair]:
        """Those whose tier changed."""
        return [pair for pair in (*self.same, *self.renamed) if set(pair.before.tiers) != set(pair.after.tiers)]

    def as_dict(self) -> dict[str, Any]:
        """The document of the fixed contract, with more keys beside."""
        return {
            "same": [pair.after.name for pair in self.same],
            "renamed": [pair.as_dict() for pair in self.renamed],
            "joined": [entry.name for entry in self.joined],
            "left": [entry.name for entry in self.left],
            "ask": [pair.as_dict() for pair in self.ask],
            "tiers": [
                {"organisation": pair.after.name, "before": list(pair.before.tiers), "after": list(pair.after.tiers)}
                for pair in self.moved
            ],
        }


@dataclass(frozen=True)
class Answer:
    """What a person said of two entries: they are one, or (``after`` empty) the first one left."""

    before: str
    after: str = ""


def compare(old: Sequence[Entry], new: Sequence[Entry], answers: Iterable[Answer] = ()) -> Comparison:
    """Tell renamed organisations from those that came and went. The order of the lists does not matter."""
    before, after = _sorted(old), _sorted(new)
    same: list[Pair] = []
    renamed: list[Pair] = []
    by_key = {entry.key: entry for entry in after}
    for entry in list(before):
        other = by_key.get(entry.key)
        if other is not None and not _contradicted(entry, other):
            same.append(Pair(entry, other, 1.0, (gettext("the same name"),)))
            before.remove(entry)
            after.remove(other)
    gone: set[str] = set()
    for answer in answers:
        one = next((entry for entry in before if entry.key == key_of(answer.before)), None)
        two = next((entry for entry in after if entry.key == key_of(answer.after)), None)
        if one is not None and two is not None:
            renamed.append(Pair(one, two, 1.0, (gettext("answered"),)))
            before.remove(one)
            after.remove(two)
        elif one is not None and not answer.after:
            gone.add(one.key)
    evidence = _Evidence(old, new)
    pairs = [evidence.weigh(one, two) for one in before if one.key not in gone for two in after]
    likely = sorted((p for p in pairs if p.confidence >= ASK), key=lambda p: (-p.confidence, p.before.key, p.after.key))
    sure = [p for p in likely if p.confidence >= SURE and not _rivals(p, likely)]
    renamed += sure
    taken = {p.before.key for p in sure}, {p.after.key for p in sure}
    ask = [p for p in likely if p.before.key not in taken[0] and p.after.key not in taken[1]]
    asked = {p.before.key for p in ask}, {p.after.key for p in ask}
    return Comparison(
        tuple(same),
        tuple(sorted(renamed, key=lambda p: p.before.key)),
        tuple(entry for entry in after if entry.key not in taken[1] | asked[1]),
        tuple(entry for entry in before if entry.key not in taken[0] | asked[0]),
        tuple(ask),
    )


def _sorted(entries: Sequence[Entry]) -> list[Entry]:
    """One entry for each name, with all its tiers."""
    found: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda e: (e.key, e.tiers, e.homepage)):
        known = found.get(entry.key)
        if known is None:
            found[entry.key] = entry
            continue
        found[entry.key] = Entry(
            known.name,
            tuple(sorted({*known.tiers, *entry.tiers})),
            known.homepage or entry.homepage,
            tuple(sorted({*known.aliases, *entry.aliases})),
            {**entry.ids, **known.ids},
            known.where,
        )
    return list(found.values())


def _contradicted(one: Entry, other: Entry) -> bool:
    """Whether two entries of one name are two organisations for sure: a stable identifier differs."""
    return any(one.ids.get(scheme, "") != other.ids.get(scheme, "") for scheme in STABLE if _both(one, other, scheme))


def _both(one: Entry, other: Entry, scheme: str) -> bool:
    return bool(one.ids.get(scheme) and other.ids.get(scheme))


def _rivals(pair: Pair, likely: Sequence[Pair]) -> bool:
    """Whether another pair with one of the two comes near."""
    return any(
        other is not pair
        and (other.before.key == pair.before.key or other.after.key == pair.after.key)
        and other.confidence > pair.confidence - NEAR
        for other in likely
    )


class _Evidence:
    """Weighs pairs. Knows which values stand for more than one entry of a list, and so tell nothing."""

    def __init__(self, old: Sequence[Entry], new: Sequence[Entry]) -> None:
        self.common: set[tuple[str, str]] = set()
        for entries in (old, new):
            seen = Counter(
                pair
                for entry in _sorted(entries)
                for pair in {*entry.ids.items(), ("host", entry.host), ("domain", domain_of(entry.host))}
                if pair[1]
            )
            self.common |= {pair for pair, n in seen.items() if n > 1}

    def weigh(self, one: Entry, other: Entry) -> Pair:
        """The confidence that two entries are one organisation, with its reasons."""
        score, why = 0.0, list[str]()
        for scheme in STABLE:
            if _both(one, other, scheme):
                if one.ids[scheme] != other.ids[scheme]:
                    return Pair(one, other, 0.0, (gettext("%s differs") % scheme,))
                if (scheme, one.ids[scheme]) not in self.common:
                    return Pair(one, other, 0.99, (gettext("%(scheme)s is %(value)s in both") % {
                        "scheme": scheme, "value": one.ids[scheme]},))  # fmt: skip
        names, words = likeness(one, other)
        score += names
        if words:
            why.append(words)
        for scheme, weight in PUBLIC.items():
            if not _both(one, other, scheme):
                continue
            if one.ids[scheme] == other.ids[scheme]:
                if (scheme, one.ids[scheme]) not in self.common:
                    score += weight
                    why.append(gettext("the same %(scheme)s, %(value)s") % {"scheme": scheme, "value": one.ids[scheme]})
            elif scheme in AGAINST:
                score -= AGAINST[scheme]
                why.append(gettext("%s differs") % scheme)
        found, words = self.homes(one, other)
        score += found
        if words:
            why.append(words)
        return Pair(one, other, max(0.0, min(0.99, score)), tuple(why))

    def homes(self, one: Entry, other: Entry) -> tuple[float, str]:
        """What the homepages say."""
        if not one.host or not other.host:
            return 0.0, ""
        if one.host == other.host:
            return (
                (0.0, "") if ("host", one.host) in self.common else (0.45, gettext("the same homepage, %s") % one.host)
            )
        domain = domain_of(one.host)
        if domain == domain_of(other.host):
            return (0.0, "") if ("domain", domain) in self.common else (0.2, gettext("the same domain, %s") % domain)
        return -0.25, gettext("homepages differ")


def domain_of(host: str) -> str:
    """The part of a host that somebody registered."""
    labels = host.split(".")
    if len(labels) < 3:
        return host
    keep = 3 if labels[-2] in _TWO_PART and len(labels[-1]) == 2 else 2
    return ".".join(labels[-keep:])


def likeness(one: Entry, other: Entry) -> tuple[float, str]:
    """How much names and aliases say that two entries are one, and in which words."""
    best, words = 0.0, ""
    for a in names_of(one):
        for b in names_of(other):
            found, said = _alike(a, b)
            if found > best:
                best, words = found, said % {"one": a, "other": b}
    return best, words


def names_of(entry: Entry) -> list[str]:
    """The name, what stands in its brackets, the name without them, both sides of “aka”, and the aliases."""
    inside = re.findall(r"\(([^()]{2,})\)", entry.name)
    outside = re.sub(r"\s*\([^()]*\)", "", entry.name).strip()
    sides = _ALSO.split(outside)
    return list(dict.fromkeys(text for text in (entry.name, outside, *sides, *inside, *entry.aliases) if text))


def _alike(a: str, b: str) -> tuple[float, str]:
    one, other = plain_name(a), plain_name(b)
    if not one or not other:
        return 0.0, ""
    if one == other:
        return 0.97, gettext("“%(one)s” and “%(other)s” are one name")
    core, against = _core(one), _core(other)
    if core == against:
        return 0.6, gettext("“%(one)s” and “%(other)s” differ in a general word")
    if _initials(one, other) or _initials(other, one):
        return 0.45, gettext("“%(one)s” may be short for “%(other)s”")
    joined, apart = "".join(core), "".join(against)
    shorter = min(len(joined), len(apart))
    if joined == apart and shorter >= 4:
        return 0.8, gettext("“%(one)s” and “%(other)s” differ in blanks")
    if shorter >= 6 and SequenceMatcher(None, joined, apart).ratio() >= 0.85 and len(core) == len(against):
        return 0.5, gettext("“%(one)s” and “%(other)s” are nearly one spelling")
    if core and against and (set(core) < set(against) or set(against) < set(core)) and core[:1] == against[:1]:
        return 0.4, gettext("“%(one)s” is part of “%(other)s”, or the other way")
    return 0.0, ""


def _core(name: str) -> list[str]:
    """The words of a compared name that are its own."""
    words = name.split()
    return [word for word in words if word not in GENERIC] or words


def _initials(short: str, long: str) -> bool:
    """Whether a word is made of the first letters of a name of several."""
    words = long.split()
    letters = "".join(word[0] for word in words)
    own = "".join(word[0] for word in words if word not in ("of", "and", "for", "the", "de", "in"))
    return len(short) >= 3 and " " not in short and len(words) >= 3 and short in (letters, own)
