"""The search palette's sources: each package finds its own things, and only what the actor may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from quorate.access.actors import Actor
from quorate.kernel.registry import Registry

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found."""

    title: Text
    url: str
    note: Text = ""


#: ``find(actor, text, limit)``; at most ``limit`` hits, best first, in one or two queries.
Find = Callable[[Actor, str, int], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class SearchSource:
    """A kind of thing that can be found."""

    kind: str
    title: Text
    find: Find
    order: int = 50


SEARCH_SOURCES: Registry[SearchSource] = Registry("source of search results")


def search_source(kind: str, title: Text, *, order: int = 50) -> Callable[[Find], Find]:
    """Declare a function as the finder of a kind of thing."""

    def declare(find: Find) -> Find:
        SEARCH_SOURCES.register(kind, SearchSource(kind, title, find, order))
        return find

    return declare


def find(actor: Actor, text: str, limit: int = 6) -> list[tuple[SearchSource, list[Hit]]]:
    """What every source finds, grouped, empty groups left out."""
    words = text.strip()[:200]
    if not words:
        return []
    groups = []
    for source in sorted(SEARCH_SOURCES, key=lambda each: (each.order, each.kind)):
        hits = list(source.find(actor, words, limit))[:limit]
        if hits:
            groups.append((source, hits))
    return groups
