"""How people and organisations appear in the ledger's sentences, and how pages about rights find them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from quorate.access.actors import Actor
from quorate.access.objects import OBJECTS
from quorate.access.policy import may
from quorate.directory.models import Organisation, Person
from quorate.directory.queries import names_of, organisation_by_key, person_by_key, public_names_of
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.ledger.refs import RefKind, register


def _organisations(ids: Sequence[str]) -> Mapping[str, str]:
    rows = Organisation.objects.filter(pk__in=[UUID(text) for text in ids]).values_list("pk", "name")
    return {str(pk): name for pk, name in rows}


def _find_person(actor: Actor, key: str) -> Person:
    person = person_by_key(key)
    if not person.public and not may(actor, "person.read", person):
        raise NotFound(gettext("there is no such person"))
    return person


OBJECTS.register("person", _find_person)
OBJECTS.register("organisation", lambda _actor, key: organisation_by_key(key))
register(RefKind("person", names_of, lambda ref: f"/people/{ref}/", public_names_of, lambda ref: f"/p/people/{ref}/"))
register(
    RefKind(
        "organisation",
        _organisations,
        lambda ref: f"/organisations/{ref}/",
        public_url=lambda ref: f"/p/organisations/{ref}/",
    )
)
