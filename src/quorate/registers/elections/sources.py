"""Rights that follow from a part in an election: elector, nominee, holder of a token."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from quorate.access.actors import Actor
from quorate.access.policy import SOURCES, Reason
from quorate.kernel.i18n import gettext
from quorate.registers.elections.models import Election, Nomination
from quorate.registers.elections.queries import entry_of, may_nominate


class Parts:
    """An elector votes; who will be one nominates; a nominee answers; a token drops a ballot for whoever holds it."""

    def reasons(self, actor: Actor, permission: str, obj: Any, at: datetime) -> Iterable[Reason]:
        if permission == "election.answer" and isinstance(obj, Nomination) and obj.person_id == actor.person_id:
            yield Reason(gettext("you were nominated"), "nominee")
        if not isinstance(obj, Election):
            return
        if permission == "ballot.drop" and obj.level == Election.Level.C:
            yield Reason(
                gettext("whoever holds a token that was signed may use it"), "token", obj.opens_at, obj.closes_at
            )
        if permission == "election.cosign" and (actor.kind, actor.id) == ("system", "system:registrar"):
            yield Reason(gettext("the command of the second registrar; its key says whether it is"), "registrar")
        if permission == "receipt.check" and obj.body.public:
            yield Reason(gettext("the log of a public body’s election is public"), "public")
        if actor.person_id is None:
            return
        if permission == "ballot.cast" and entry_of(obj, actor.person_id) is not None:
            yield Reason(gettext("you are on the roll"), "roll", obj.opens_at, obj.closes_at)
        if permission == "election.nominate" and may_nominate(obj, actor.person_id):
            yield Reason(gettext("you will be on the roll"), "roll", None, obj.nominations_until)
        if permission == "election.enrol":
            yield Reason(gettext("everybody in the directory may ask"), "person")

    def could(self, permission: str, obj: Any, at: datetime) -> Iterable[str]:
        if permission == "election.answer":
            yield gettext("whoever was nominated")
        if permission in ("ballot.cast", "election.nominate") and isinstance(obj, Election):
            yield gettext("whoever is on the roll of this election")
        if permission == "ballot.drop":
            yield gettext("whoever holds a token of an open election")
        if permission == "election.enrol":
            yield gettext("a person of the directory")
        if permission == "election.cosign":
            yield gettext("whoever holds the second registrar’s key, by its command")
        if permission == "receipt.check":
            yield gettext("anybody, in an election of a public body")


SOURCES.register("elections", Parts())
