"""Accounts, tokens and limits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from quorate.access.actions import create_account, create_token, revoke_token, set_active, set_operator
from quorate.access.actors import system
from quorate.access.identity import actor_of
from quorate.access.jobs import answers, sessions, windows
from quorate.access.models import Account, Answer, Window
from quorate.access.ratelimit import Limit, TooOften, forget, spend
from quorate.access.tokens import bearer_actor
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, Refused, UserError
from quorate.ledger.feed import entries

pytestmark = pytest.mark.django_db
DESK = system("desk")


def test_an_address_is_one_address_whatever_its_case() -> None:
    account = create_account(actor=DESK, email=" Ada@Example.ORG ")
    assert account.email == "ada@example.org"
    with pytest.raises(Conflict):
        create_account(actor=DESK, email="ADA@example.org")
    with pytest.raises(UserError):
        create_account(actor=DESK, email="no address")
    (entry,) = entries(kinds=["account.created"])
    assert "example.org" not in str(entry.data) + str(entry.refs), "the address stands beside the entry"


def test_nobody_makes_themselves_an_operator() -> None:
    account = create_account(actor=DESK, email="ada@example.org")
    with pytest.raises(Refused):
        set_operator(actor=actor_of(account), account=account, operator=True)
    set_operator(actor=DESK, account=account, operator=True)
    set_operator(actor=DESK, account=account, operator=True)
    assert entries(kinds=["account.operator-granted"]).count() == 1


def test_closing_an_account_ends_its_tokens() -> None:
    account = create_account(actor=DESK, email="ada@example.org")
    _token, secret = create_token(actor=actor_of(account), account=account, name="robot", scopes=["read"])
    assert bearer_actor(secret) is not None
    set_active(actor=DESK, account=account, active=False)
    assert bearer_actor(secret) is None
    set_active(actor=DESK, account=account, active=True)
    assert bearer_actor(secret) is None, "what was ended stays ended"


def test_tokens_are_kept_as_hashes_and_made_by_their_owner() -> None:
    ada = create_account(actor=DESK, email="ada@example.org")
    eve = create_account(actor=DESK, email="eve@example.org")
    token, secret = create_token(actor=actor_of(ada), account=ada, name=" my  robot ", scopes=["read", "read"])
    assert secret.startswith("quo_")
    assert secret not in str(vars(token))
    assert (token.name, token.scopes) == ("my robot", ["read"])
    with pytest.raises(Refused):
        create_token(actor=actor_of(eve), account=ada, name="x", scopes=["read"])
    with pytest.raises(Refused):
        revoke_token(actor=actor_of(eve), token=token)
    revoke_token(actor=actor_of(ada), token=token)
    revoke_token(actor=actor_of(ada), token=token)
    assert entries(kinds=["token.revoked"]).count() == 1


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [("", ["read"], 1), ("x" * 81, ["read"], 1), ("x", [], 1), ("x", ["nonsense"], 1), ("x", ["read"], -1)],
)
def test_a_token_has_a_form(name: str, scopes: list[str], days: int) -> None:
    ada = create_account(actor=DESK, email="ada@example.org")
    until = clock.now() + timedelta(days=days)
    with pytest.raises(UserError):
        create_token(actor=actor_of(ada), account=ada, name=name, scopes=scopes, expires_at=until)


def test_a_limit_counts_by_whom_and_by_window() -> None:
    forget()
    limit = Limit("trial", 2, 60)
    with clock.travel(to=clock.now().replace(second=30, microsecond=0)):
        spend(limit, "ada")
        spend(limit, "ada")
        with pytest.raises(TooOften) as too_often:
            spend(limit, "ada")
        spend(limit, "eve")
        assert too_often.value.wait == 30
        with clock.travel(by=timedelta(seconds=30)):
            spend(limit, "ada")
    forget()


def test_windows_that_are_over_are_removed() -> None:
    Window.objects.create(key="old", count=1, ends_at=clock.now() - timedelta(seconds=1))
    Window.objects.create(key="new", count=1, ends_at=clock.now() + timedelta(hours=1))
    windows()
    assert [window.key for window in Window.objects.all()] == ["new"]


def test_answers_and_sessions_that_are_over_are_removed() -> None:
    Answer.objects.create(actor="a", key="old", request="x", created_at=clock.now() - timedelta(days=8))
    Answer.objects.create(actor="a", key="new", request="x", created_at=clock.now() - timedelta(days=6))
    store = SessionStore()
    store["x"] = 1
    store.set_expiry(-1)
    store.save()
    answers()
    sessions()
    assert [answer.key for answer in Answer.objects.all()] == ["new"]
    assert not Session.objects.exists()


def test_who_is_counted_is_not_kept() -> None:
    forget()
    spend(Limit("trial", 2, 60), "ada@example.org")
    assert not [window for window in Window.objects.all() if "ada" in window.key]
    assert Account.objects.count() == 0
    forget()
