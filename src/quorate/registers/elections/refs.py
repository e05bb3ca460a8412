"""How elections appear in the ledger's sentences, and how their rights are looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from quorate.access.actors import Actor
from quorate.access.objects import OBJECTS
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.ledger.refs import RefKind, register
from quorate.registers.elections.models import Election
from quorate.registers.elections.queries import visible


def _titles(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Election.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "title")
    return {str(pk): title for pk, title in rows}


def _find(actor: Actor, key: str) -> Election:
    found = visible(actor).filter(slug=key).first()
    if found is None:
        raise NotFound(gettext("there is no such election"))
    return found


register(RefKind("election", _titles, lambda ref: f"/elections/by-id/{ref}/"))
OBJECTS.register("election", _find)
