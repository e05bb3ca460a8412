"""Who an account is, and the rights that people have in their own record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from quorate.access.actors import Actor, person
from quorate.access.identity import resolve_with
from quorate.access.models import Account
from quorate.access.policy import SOURCES, Reason
from quorate.directory.models import Person
from quorate.kernel.i18n import gettext


def _person_behind(account: Account) -> Actor | None:
    found = Person.objects.filter(account=account, erased_at=None).only("id", "name", "merged_into").first()
    if found is None:
        return None
    return person(found.merged_into_id or found.id, found.name, account_id=account.id)


class Self:
    """Everybody may read, edit and forget their own record."""

    OWN = frozenset({"person.read", "person.contact", "person.edit", "person.consent", "person.erase"})

    def reasons(self, actor: Actor, permission: str, obj: Any, at: datetime) -> Iterable[Reason]:
        if permission in self.OWN and isinstance(obj, Person) and actor.person_id == obj.id:
            yield Reason(gettext("this record is about you"), "self")

    def could(self, permission: str, obj: Any, at: datetime) -> Iterable[str]:
        if permission in self.OWN and isinstance(obj, Person):
            yield gettext("the person themselves")


resolve_with(_person_behind)
SOURCES.register("self", Self())
