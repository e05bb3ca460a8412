"""Bearer tokens of the API: from the secret that a request shows to the actor it acts as."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from quorate.access.actors import Actor
from quorate.access.identity import actor_of
from quorate.access.models import ApiToken
from quorate.kernel import clock

#: How stale ``last_used_at`` may be: not every request writes to the database.
USED_EVERY = timedelta(minutes=5)


def bearer_actor(secret: str) -> Actor | None:
    """The actor behind a valid token of an active account, limited to the token's scopes; else ``None``."""
    moment = clock.now()
    token = (
        ApiToken.objects.select_related("account")
        .filter(Q(expires_at=None) | Q(expires_at__gt=moment), hash=ApiToken.hash_of(secret), revoked_at=None)
        .first()
    )
    if token is None or not token.account.is_active:
        return None
    if token.last_used_at is None or moment - token.last_used_at > USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=moment)
    return actor_of(token.account, scopes=frozenset(str(scope) for scope in token.scopes))
