"""The rights that come with having an account: over that account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from quorate.access.actors import Actor
from quorate.access.models import Account
from quorate.access.policy import SOURCES, Reason
from quorate.kernel.i18n import gettext


class OwnAccount:
    """Everybody keeps their own tokens and webhooks."""

    OWN = frozenset({"token.manage", "webhook.manage"})

    def reasons(self, actor: Actor, permission: str, obj: Any, at: datetime) -> Iterable[Reason]:
        if permission in self.OWN and isinstance(obj, Account) and actor.account_id == obj.id:
            yield Reason(gettext("it is your own account"), "own-account")

    def could(self, permission: str, obj: Any, at: datetime) -> Iterable[str]:
        if permission in self.OWN:
            yield gettext("the owner of the account")


SOURCES.register("account", OwnAccount())
