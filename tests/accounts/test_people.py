"""A verified address finds its person; a second factor guards; a provider vouches; haste is slowed down."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.socialaccount.adapter import get_adapter as social_adapter
from allauth.socialaccount.models import SocialAccount
from django.core import mail as sent
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings
from tests.cast import Cast, cast

from quorate.access.models import Account
from quorate.access.ratelimit import forget
from quorate.directory.models import Person
from quorate.ledger.feed import entries
from quorate.ledger.worker import drain
from quorate.surfaces.accounts.adapter import find_person

__all__ = ["cast"]
pytestmark = pytest.mark.django_db


def sign_in_by_code(client: Client, email: str) -> None:
    client.post(reverse("account_request_login_code"), {"email": email})
    drain()
    code = re.search(r"^[A-Z0-9]{4}-?[A-Z0-9]{2,4}$", str(sent.outbox[-1].body), re.MULTILINE)
    assert code
    client.post(reverse("account_confirm_login_code"), {"code": code[0]})


@pytest.fixture
def nell(cast: Cast) -> Person:
    """Somebody in the directory who has no way to sign in yet."""
    person = Person.objects.create(slug="nell", name="Nell Unsigned")
    person.contacts.create(kind="email", value="Nell@people.example", primary=True)
    return person


def test_a_verified_address_finds_its_person(client: Client, nell: Person) -> None:
    client.post(reverse("account_signup"), {"email": "nell@people.example"})
    nell.refresh_from_db()
    assert nell.account is None, "not before the address is verified"
    drain()
    code = re.search(r"^[A-Z0-9]{4}-?[A-Z0-9]{2,4}$", str(sent.outbox[-1].body), re.MULTILINE)
    assert code
    client.post(reverse("account_email_verification_sent"), {"code": code[0]})
    nell.refresh_from_db()
    assert nell.account is not None
    assert nell.account.email == "nell@people.example"
    entry = entries(kinds=["person.account-linked"], about=("person", str(nell.id))).get()
    assert entry.actor == "system:sign-in"


def test_an_account_that_was_opened_for_somebody_finds_its_person_too(client: Client, nell: Person) -> None:
    Account.objects.create_user("nell@people.example")
    sign_in_by_code(client, "nell@people.example")
    nell.refresh_from_db()
    assert nell.account is not None
    assert EmailAddress.objects.get().verified


def test_who_signs_in_otherwise_is_not_taken_over(cast: Cast) -> None:
    """An address that is also listed with somebody else's record opens nothing."""
    cast.mara.contacts.create(kind="email", value="shared@people.example")
    stranger = Account.objects.create_user("shared@people.example")
    EmailAddress.objects.create(user=stranger, email="shared@people.example", verified=True, primary=True)
    assert find_person(stranger) is None
    cast.mara.refresh_from_db()
    assert cast.mara.account_id != stranger.pk


def test_an_unverified_address_finds_nobody(nell: Person) -> None:
    account = Account.objects.create_user("nell@people.example")
    EmailAddress.objects.create(user=account, email="nell@people.example", verified=False, primary=True)
    assert find_person(account) is None


def test_a_second_factor_is_asked_for(client: Client) -> None:
    account = Account.objects.create_user("ada@example.org")
    secret = "JBSWY3DPEHPK3PXP"  # the secret of a test
    TOTP.activate(account, secret)
    sign_in_by_code(client, "ada@example.org")
    assert "_auth_user_id" not in client.session
    counter = next(iter(yield_hotp_counters_from_time()))
    client.post(reverse("mfa_authenticate"), {"code": format_hotp_value(hotp_value(secret, counter))})
    assert client.session["_auth_user_id"] == str(account.pk)
    assert Authenticator.objects.filter(user=account).exists()


def test_a_provider_that_vouches_for_an_address_does_not_take_an_account(settings: Settings) -> None:
    """Signing in through a provider never opens an account that was opened otherwise: it must be connected first."""
    assert settings.SOCIALACCOUNT_EMAIL_AUTHENTICATION is False
    assert social_adapter().is_open_for_signup(None, None)
    assert not SocialAccount.objects.exists()


def test_haste_is_slowed_down(client: Client, settings: Settings) -> None:
    settings.LIMITS = True
    forget()
    data: dict[str, Any] = {"email": "ada@example.org"}
    found = [client.post(reverse("account_request_login_code"), data).status_code for _ in range(11)]
    assert found[-1] == 429
    assert 429 not in found[:10]
    other = client.post(reverse("account_request_login_code"), {"email": "eve@example.org"})
    assert other.status_code == 302, "somebody else is not made to wait"
    refused = client.post(reverse("account_request_login_code"), data)
    assert int(refused["Retry-After"]) > 0
    assert "tried too often" in refused.content.decode()
    forget()
