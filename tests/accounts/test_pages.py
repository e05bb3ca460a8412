"""Signing in and the pages of one's own account."""

from __future__ import annotations

import re

import pytest
from django.core import mail as sent
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from quorate.access.models import Account, ApiToken
from quorate.ledger.worker import drain

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return Account.objects.create_user("ada@example.org", "a long password, truly")


@pytest.fixture
def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


ENTRANCE = ["account_login", "account_request_login_code", "account_signup", "account_reset_password"]
OWN = [
    "account_email",
    "account_change_password",
    "account_logout",
    "mfa_index",
    "socialaccount_connections",
    "usersessions_list",
    "accounts:tokens",
    "accounts:why",
    "mfa_list_webauthn",
]


@pytest.mark.parametrize("name", ENTRANCE)
def test_a_page_of_signing_in_wears_our_frame(client: Client, name: str) -> None:
    page = client.get(reverse(name))
    text = page.content.decode()
    assert page.status_code == 200
    assert 'class="public-head"' in text
    assert text.count("<h1>") == 1
    assert "Menu:" not in text


@pytest.mark.parametrize("name", OWN)
def test_a_page_of_the_account_wears_our_frame(signed_in: Client, name: str) -> None:
    page = signed_in.get(reverse(name), follow=True)
    text = page.content.decode()
    assert page.status_code == 200
    assert 'class="rail"' in text
    assert text.count("<h1>") == 1


def code_in(letter: sent.EmailMessage) -> str:
    found = re.search(r"^[A-Z0-9]{4}-?[A-Z0-9]{2,4}$", str(letter.body), re.MULTILINE)
    assert found, letter.body
    return found[0]


def test_signing_in_by_a_code_goes_through_the_outbox(client: Client, account: Account) -> None:
    client.post(reverse("account_request_login_code"), {"email": "ADA@example.org"})
    assert sent.outbox == []
    drain()
    (letter,) = sent.outbox
    assert letter.to == ["ada@example.org"]
    assert code_in(letter) not in letter.subject
    answer = client.post(reverse("account_confirm_login_code"), {"code": code_in(letter)})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(account.pk)


def test_a_stranger_learns_nothing_about_who_has_an_account(client: Client, account: Account) -> None:
    known = client.post(reverse("account_request_login_code"), {"email": "ada@example.org"}, follow=True)
    other = Client().post(reverse("account_request_login_code"), {"email": "eve@example.org"}, follow=True)
    assert known.status_code == other.status_code == 200
    assert known.redirect_chain == other.redirect_chain


def test_opening_an_account_by_an_address_alone(client: Client) -> None:
    client.post(reverse("account_signup"), {"email": "new@example.org"})
    drain()
    (letter,) = sent.outbox
    client.post(reverse("account_email_verification_sent"), {"code": code_in(letter)})
    assert client.session["_auth_user_id"] == str(Account.objects.get(email="new@example.org").pk)


def test_a_closed_installation_opens_no_accounts(client: Client, settings: Settings) -> None:
    settings.SIGN_UP_OPEN = False
    client.post(reverse("account_signup"), {"email": "new@example.org"})
    assert not Account.objects.filter(email="new@example.org").exists()


def test_a_token_is_shown_once(signed_in: Client) -> None:
    page = signed_in.post(reverse("accounts:tokens"), {"name": "Build robot", "reach": "read", "days": "90"})
    secret = re.search(r"quo_[\w-]+", page.content.decode())
    assert secret
    assert ApiToken.objects.get().hash == ApiToken.hash_of(secret[0])
    assert secret[0] not in signed_in.get(reverse("accounts:tokens")).content.decode()


def test_a_revoked_token_is_worthless(signed_in: Client) -> None:
    page = signed_in.post(reverse("accounts:tokens"), {"name": "Build robot", "reach": "all", "days": "0"})
    secret = re.search(r"quo_[\w-]+", page.content.decode())
    assert secret
    token = ApiToken.objects.get()
    headers = {"Authorization": f"Bearer {secret[0]}"}
    assert Client().get("/api/v1/me", headers=headers).status_code == 200
    signed_in.post(reverse("accounts:revoke-token", args=[token.id]))
    assert Client().get("/api/v1/me", headers=headers).status_code == 401


def test_nobody_revokes_a_token_of_another(signed_in: Client) -> None:
    other = Account.objects.create_user("eve@example.org")
    token = ApiToken.objects.create(account=other, name="x", hash="x" * 64, scopes=["all"])
    assert signed_in.post(reverse("accounts:revoke-token", args=[token.id])).status_code == 404


def test_a_token_needs_a_scope(signed_in: Client) -> None:
    page = signed_in.post(reverse("accounts:tokens"), {"name": "Robot", "reach": "some", "days": "30"})
    assert page.status_code == 422
    assert "choose at least one scope" in page.content.decode()


def test_the_page_of_rights_says_who_could(signed_in: Client) -> None:
    page = signed_in.get(reverse("accounts:why"), {"permission": "ledger.read"})
    assert "you may not" in page.content.decode()
    assert signed_in.get(reverse("accounts:why"), {"permission": "nonsense"}).status_code == 404
    assert signed_in.get(reverse("accounts:why"), {"permission": "ledger.read", "object": "case:1"}).status_code == 404


def test_an_operator_is_told_so(account: Account) -> None:
    account.is_operator = True
    account.save()
    client = Client()
    client.force_login(account)
    page = client.get(reverse("accounts:why"), {"permission": "ledger.read"})
    assert "you operate this installation" in page.content.decode()
