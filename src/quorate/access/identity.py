"""From a request's account to an actor. The directory says who the account belongs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.http import HttpRequest

from quorate.access.actors import VISITOR, Actor
from quorate.access.models import Account

#: Set by the directory: gives the person behind an account, as an actor.
Resolver = Callable[[Account], Actor | None]
_resolver: Resolver | None = None


def resolve_with(resolver: Resolver) -> None:
    """Let the directory say which person an account belongs to."""
    global _resolver
    _resolver = resolver


def actor_of(account: Account, *, scopes: frozenset[str] | None = None) -> Actor:
    """The actor that an account acts as."""
    found = _resolver(account) if _resolver is not None else None
    if found is None:
        found = Actor("account", f"account:{account.id}", account.email, account_id=account.id)
    return replace(found, operator=account.is_operator, scopes=scopes)


def actor_from(request: HttpRequest) -> Actor:
    """The actor of a web request; resolved once per request."""
    cached = getattr(request, "_quorate_actor", None)
    if isinstance(cached, Actor):
        return cached
    user = getattr(request, "user", None)
    actor = actor_of(user) if isinstance(user, Account) and user.is_active else VISITOR
    request._quorate_actor = actor  # type: ignore[attr-defined]  # a cache that lives as long as the request
    return actor
