"""Who acts. There is no ambient user: every action is told its actor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

ActorKind = Literal["person", "account", "visitor", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that acts.

    ``id`` is opaque and goes into the ledger: ``person:<uuid>``, ``account:<uuid>`` (signed in, not yet known to
    the directory), ``system:<name>`` or ``visitor``. ``label`` is for showing only. ``scopes`` limits an actor
    that came by API token (``None``: not limited).
    """

    kind: ActorKind
    id: str
    label: str = ""
    account_id: UUID | None = None
    person_id: UUID | None = None
    operator: bool = False
    scopes: frozenset[str] | None = None

    @property
    def known(self) -> bool:
        """Whether somebody signed in stands behind it."""
        return self.kind in ("person", "account")


VISITOR = Actor("visitor", "visitor", "a visitor")


def system(name: str) -> Actor:
    """A named system actor, for jobs and commands."""
    return Actor("system", f"system:{name}", name)


def person(person_id: UUID, label: str = "", *, account_id: UUID | None = None) -> Actor:
    """A person of the directory."""
    return Actor("person", f"person:{person_id}", label, account_id=account_id, person_id=person_id)
