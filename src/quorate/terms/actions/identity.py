"""Writes about what the foundation says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.toolkit.identity import identity
from quorate.toolkit.models import Identity

FIELDS = frozenset(
    {"slug", "name", "short_name", "tagline", "domain", "homepage", "languages", "time_zone", "mail_from"}
    | {"accent", "about", "synthetic"}
)


@action("foundation.apply", kinds=("foundation.changed",))
def change_identity(*, actor: Actor, fields: Mapping[str, Any]) -> Identity:
    """Set the foundation's name, address, colours and words. Appends ``foundation.changed`` when any differs."""
    authority = authorise(actor, "foundation.apply")
    row = identity()
    changes = {
        name: [None if row._state.adding else getattr(row, name), value]
        for name, value in fields.items()
        if row._state.adding or getattr(row, name) != value
    }
    unknown = sorted(set(fields) - set(FIELDS))
    if unknown:
        raise UserError(gettext("a foundation has no “%s”") % unknown[0], where=unknown[0])
    if not changes:
        return row
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    append(
        "foundation.changed",
        actor=actor,
        data={"fields": sorted(changes), "changes": changes},
        authority=authority,
    )
    return row
