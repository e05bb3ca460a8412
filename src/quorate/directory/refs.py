"""How people and organisations appear in the ledger's sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from quorate.directory.models import Organisation
from quorate.directory.queries import names_of, public_names_of
from quorate.ledger.refs import RefKind, register


def _organisations(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Organisation.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "name")
    return {str(pk): name for pk, name in rows}


register(RefKind("person", names_of, lambda ref: f"/people/{ref}/", public_names_of))
register(RefKind("organisation", _organisations, lambda ref: f"/organisations/{ref}/"))
