"""Records that may be one: same name when accents, case and legal forms do not count, or the same home on the web."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Generic, TypeVar

from quorate.directory.models import Organisation, Person
from quorate.directory.queries import living_organisations, living_people
from quorate.directory.rules import host_of, plain_name
from quorate.kernel.i18n import gettext

M = TypeVar("M", Person, Organisation)
#: Hosts that many share: the same host says nothing there.
SHARED_HOSTS = frozenset({"github.com", "gitlab.com", "linkedin.com", "huggingface.co", "sites.google.com"})


@dataclass(frozen=True)
class Pair(Generic[M]):
    """Two records that may be one: the older first, and why one thinks so."""

    kept: M
    absorbed: M
    why: str


def people_twice() -> list[Pair[Person]]:
    """People whose names agree without accents, case, middle initials and order. One query."""
    rows = list(living_people().order_by("created_at", "pk"))
    return _pairs(rows, lambda row: [(_person_key(row.name), gettext("the same name"))])


def organisations_twice() -> list[Pair[Organisation]]:
    """Organisations that share a name, an alias or the host of their homepage. Two queries."""
    rows = list(living_organisations().prefetch_related("aliases").order_by("created_at", "pk"))

    def keys(row: Organisation) -> Iterable[tuple[str, str]]:
        for name in {row.name, *(alias.name for alias in row.aliases.all())}:
            yield f"name:{plain_name(name)}", gettext("the name “%s”") % name
        host = host_of(row.homepage)
        if host and host not in SHARED_HOSTS:
            yield f"host:{host}", gettext("the same homepage, %s") % host

    return _pairs(rows, keys)


def _person_key(name: str) -> str:
    words = [word for word in plain_name(name).split() if len(word) > 1]
    return " ".join(sorted(words)) or name


def _pairs(rows: list[M], keys: Callable[[M], Iterable[tuple[str, str]]]) -> list[Pair[M]]:
    by_key: dict[str, list[tuple[int, str]]] = {}
    for n, row in enumerate(rows):
        for key, why in keys(row):
            by_key.setdefault(key, []).append((n, why))
    found: dict[tuple[int, int], str] = {}
    for members in by_key.values():
        for (one, _), (other, why) in combinations(members[:20], 2):
            if one != other:
                found.setdefault((min(one, other), max(one, other)), why)
    return [Pair(rows[one], rows[other], why) for (one, other), why in sorted(found.items())]
