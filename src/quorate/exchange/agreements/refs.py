"""How agreements appear in the ledger's sentences, and how their rights are looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from quorate.access.actors import Actor
from quorate.access.objects import OBJECTS
from quorate.exchange.agreements.models import Agreement, Template
from quorate.exchange.agreements.queries import find
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.kernel.ids import is_uuid
from quorate.ledger.refs import RefKind, register


def _titles(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Agreement.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "template__title")
    return {str(pk): gettext("the agreement “%s”") % title for pk, title in rows}


def _templates(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Template.objects.filter(pk__in=[UUID(text) for text in ids])
    return {str(row.pk): str(row) for row in rows}


def _find(actor: Actor, key: str) -> Agreement:
    if not is_uuid(key):
        raise NotFound(gettext("there is no such agreement"))
    return find(actor, UUID(key))


register(RefKind("agreement", _titles, lambda ref: f"/agreements/{ref}/"))
register(RefKind("agreement-template", _templates))
OBJECTS.register("agreement", _find)
