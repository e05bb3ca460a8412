"""Related groups: the organisations under common control, taken both ways and through any number of steps."""

from __future__ import annotations

from collections.abc import Iterable

from quorate.registers.membership.rules.members import Company, Member, key_of


class Groups:
    """Which group an organisation is in. Names stand for themselves; one that nobody links is a group alone."""

    def __init__(self, members: Iterable[Member], companies: Iterable[Company] = ()) -> None:
        self._root: dict[str, str] = {}
        self.headcounts: dict[str, int | None] = {}
        self.consolidated: dict[str, int] = {}
        self.names: dict[str, str] = {}
        for member in members:
            self._take(member.organisation, member.related, member.headcount)
            if member.consolidated is not None:
                self.consolidated[member.key] = member.consolidated
        for company in companies:
            self._take(company.name, company.related, company.headcount)
        self._groups: dict[str, list[str]] = {}
        for key in sorted(self._root):
            self._groups.setdefault(self._find(key), []).append(key)

    def _take(self, name: str, related: Iterable[str], headcount: int | None) -> None:
        key = key_of(name)
        self.names.setdefault(key, name)
        self._root.setdefault(key, key)
        if headcount is not None or key not in self.headcounts:
            self.headcounts[key] = headcount
        for other in related:
            self.names.setdefault(key_of(other), other)
            self._join(key, key_of(other))

    def _find(self, key: str) -> str:
        while self._root.setdefault(key, key) != key:
            self._root[key] = self._root[self._root[key]]
            key = self._root[key]
        return key

    def _join(self, one: str, other: str) -> None:
        first, second = sorted((self._find(one), self._find(other)))
        self._root[second] = first

    def of(self, name: str) -> str:
        """The id of a group: the first of its keys."""
        return self._groups[self._find(key_of(name))][0] if key_of(name) in self._root else key_of(name)

    def within(self, name: str) -> list[str]:
        """The keys of the group of an organisation, itself included."""
        return self._groups.get(self._find(key_of(name)), [key_of(name)])

    def heads(self, name: str) -> tuple[int, list[str]]:
        """(known heads of the group, names of those whose number is not known).

        What an organisation declared for its whole group stands for itself alone.
        """
        if (declared := self.consolidated.get(key_of(name))) is not None:
            return declared, []
        known, missing = 0, []
        for key in self.within(name):
            heads = self.headcounts.get(key)
            if heads is None:
                missing.append(self.names.get(key, key))
            else:
                known += heads
        return known, missing
