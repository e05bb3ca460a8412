"""What the lint finds, and what it may ask about the foundation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from quorate.engine.definition.codec import Path
from quorate.engine.definition.values import Role


@dataclass(frozen=True)
class Finding:
    """One thing the lint found: where in the file, what, and how to mend it."""

    path: Path
    what: str
    mend: str = ""
    is_error: bool = True


Findings = Iterator[Finding]


class World(Protocol):
    """What the lint may ask about the foundation in which a program shall run. ``None`` means: cannot be told."""

    def holders(self, role: Role) -> int | None:
        """How many people hold an office (seat, chair or body) today; ``None`` when there is no such office."""

    def seats(self, role: Role) -> int | None:
        """How many voting seats an electorate has; ``None`` when there is no such body."""

    def largest_group(self, role: Role) -> int:
        """Most seats of an electorate held from one employer: the worst that one recusal rule can take away."""

    def has_program(self, slug: str) -> bool | None:
        """Whether there is such a program."""

    def has_probe(self, name: str) -> bool | None:
        """Whether a probe of this name is registered."""

    def has_grant(self, kind: str) -> bool | None:
        """Whether a grant handler of this kind is registered."""

    def has_clause(self, policy: str, anchor: str) -> bool | None:
        """Whether the policy is in the library and has this anchor."""

    def clause_words(self, policy: str, anchor: str) -> str:
        """The words of a clause as it stands; empty when it cannot be found."""


def warning(path: Path, what: str, mend: str = "") -> Finding:
    """A finding that does not stop publication."""
    return Finding(path, what, mend, is_error=False)
