"""Two accounts, their tokens, and clients that send them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from quorate.access.models import Account, ApiToken

Caller = Callable[..., Client]


def token_for(account: Account, *scopes: str) -> str:
    """A token of an account; without scopes for everything."""
    secret = ApiToken.new_secret()
    ApiToken.objects.create(account=account, name="tests", hash=ApiToken.hash_of(secret), scopes=scopes or ["all"])
    return secret


@pytest.fixture
def ada(db: None) -> Account:
    return Account.objects.create_user("ada@example.org")


@pytest.fixture
def operator(db: None) -> Account:
    return Account.objects.create_user("desk@example.org", is_operator=True)


@pytest.fixture
def as_account() -> Caller:
    def caller(account: Account, *scopes: str) -> Client:
        return Client(headers={"Authorization": f"Bearer {token_for(account, *scopes)}"})

    return caller
