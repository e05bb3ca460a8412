"""Rights that follow from an agreement: who is named to sign it reads it, signs or declines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from quorate.access.actors import Actor
from quorate.access.policy import SOURCES, Reason
from quorate.exchange.agreements.models import Agreement
from quorate.kernel.i18n import gettext

SIGNATORY = ("agreement.read", "agreement.sign")


class Signatories:
    """The person whom an agreement names for the other side, once it was sent."""

    def reasons(self, actor: Actor, permission: str, obj: Any, at: datetime) -> Iterable[Reason]:
        if permission not in SIGNATORY or not isinstance(obj, Agreement) or actor.person_id is None:
            return
        if obj.sent_at is not None and obj.signatory_id == actor.person_id:
            yield Reason(gettext("you are named to sign this agreement"), "signatory", obj.sent_at)

    def could(self, permission: str, obj: Any, at: datetime) -> Iterable[str]:
        if permission in SIGNATORY and isinstance(obj, Agreement):
            yield gettext("whoever is named to sign it")


SOURCES.register("signatories", Signatories())
