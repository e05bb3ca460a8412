"""Links that sign somebody in: made by whoever runs the installation, for one account, once, for a short time.

The address of the account is the only proof in the ordinary way in; this is the way for the first person, for whoever
lost every other way, and for the example. A link is signed, names its account and its end, and is spent by its first
use, because it also names the account's last sign-in. In an installation of the example (``$QUORATE_HOME/demo``) links
may be made that can be used again; such a link is worth nothing anywhere else.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from quorate.access.models import Account
from quorate.kernel import clock
from quorate.kernel.errors import Refused
from quorate.kernel.i18n import gettext

SALT = "quorate.sign-in-link"
MINUTES = 15


@dataclass(frozen=True)
class Link:
    """What a link says: whom it signs in, and whether it may be used again."""

    account: Account
    again: bool


def link_for(account: Account, *, minutes: int = MINUTES, again: bool = False, then: str = "") -> str:
    """The whole address of a link. ``again`` needs an installation of the example; ``then`` is a path to go on to."""
    if again and not settings.DEMO:
        raise Refused(gettext("only the example has links that can be used again"), mend=gettext("leave it out"))
    end = int(clock.now().timestamp()) + minutes * 60
    body = {"a": account.id.hex, "e": end, "s": "" if again else _state(account)}
    path = reverse("accounts:link", args=[signing.dumps(body, salt=SALT)])
    return f"{settings.PUBLIC_URL}{path}" + (f"?{urlencode({'next': then})}" if then else "")


def read(token: str) -> Link:
    """What a link says, if it still holds; else ``Refused``."""
    try:
        body: dict[str, Any] = signing.loads(token, salt=SALT)
        account = Account.objects.get(pk=UUID(hex=body["a"]), is_active=True)
        state, end = body["s"], body["e"]
    except (signing.BadSignature, Account.DoesNotExist, KeyError, ValueError, TypeError):
        raise _worthless() from None
    again = state == ""
    if end < clock.now().timestamp() or (again and not settings.DEMO) or (not again and state != _state(account)):
        raise _worthless()
    return Link(account, again)


def _worthless() -> Refused:
    return Refused(
        gettext("this link no longer signs anybody in"), mend=gettext("ask for a new one, or sign in by a code")
    )


def _state(account: Account) -> str:
    """Changes with every sign-in, so that a link is spent by its first use."""
    seen = account.last_login.isoformat() if account.last_login is not None else "never"
    return hashlib.sha256(f"{account.id}|{seen}|{account.password}".encode()).hexdigest()[:16]
