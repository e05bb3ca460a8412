"""References from entries to things: a kind and an opaque id, resolved to a name and a link when shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from quorate.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class Ref:
    """One thing an entry speaks of. ``role`` is the name under which the sentence uses it (default: the kind)."""

    kind: str
    id: str
    role: str = ""

    def __post_init__(self) -> None:
        if not self.role:
            object.__setattr__(self, "role", self.kind)

    def as_list(self) -> list[str]:
        """The JSON form kept in the entry: ``[kind, id, role]``."""
        return [self.kind, self.id, self.role]


@dataclass(frozen=True)
class RefKind:
    """How references of one kind are shown: ``label`` maps many ids to names at once, ``url`` links one.

    ``public_label`` gives only the names that anybody may see; without it all names of the kind are public. On public
    pages names link by ``public_url``, or not at all.
    """

    name: str
    label: Callable[[Sequence[str]], Mapping[str, str]]
    url: Callable[[str], str] | None = None
    public_label: Callable[[Sequence[str]], Mapping[str, str]] | None = None
    public_url: Callable[[str], str] | None = None


REF_KINDS: Registry[RefKind] = Registry("kind of reference")


def register(kind: RefKind) -> RefKind:
    """Declare how references of a kind are shown."""
    return REF_KINDS.register(kind.name, kind)
