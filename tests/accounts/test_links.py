"""Links that sign in: signed, for one account, once, for a time; again only in an installation of the example."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from quorate.access.models import Account
from quorate.kernel import clock
from quorate.kernel.errors import Refused
from quorate.ledger.feed import entries
from quorate.surfaces.accounts.links import link_for
from quorate.surfaces.cli.main import run

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return Account.objects.create_user("ada@example.org")


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def who(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_a_link_asks_first_and_signs_in_once(account: Account) -> None:
    path = path_of(link_for(account, then="/settings/"))
    client = Client()
    page = client.get(path)
    assert page.status_code == 200
    assert who(client) is None, "programs that read mail follow links"
    done = client.post(path)
    assert (done.status_code, done["Location"]) == (302, "/settings/")
    assert who(client) == str(account.pk)
    assert Client().post(path).status_code == 403, "spent"


def test_a_link_ends(account: Account) -> None:
    path = path_of(link_for(account, minutes=5))
    with clock.travel(by=timedelta(minutes=5, seconds=1)):
        assert Client().post(path).status_code == 403
    assert Client().post(path).status_code == 302


def test_a_link_that_was_changed_is_worthless(account: Account) -> None:
    path = path_of(link_for(account))
    assert Client().post(path.replace("/link/", "/link/x")).status_code == 403
    assert Client().get("/sign-in/link/nonsense/").status_code == 403


def test_a_closed_account_is_not_signed_in(account: Account) -> None:
    path = path_of(link_for(account))
    Account.objects.update(is_active=False)
    assert Client().post(path).status_code == 403


def test_a_link_leads_nowhere_else(account: Account) -> None:
    path = path_of(link_for(account, then="https://evil.example/"))
    assert Client().post(path)["Location"] == "/"


def test_a_reusable_link_needs_the_example(account: Account, settings: Settings) -> None:
    with pytest.raises(Refused):
        link_for(account, again=True)
    settings.DEMO = True
    path = path_of(link_for(account, again=True))
    for _ in range(2):
        client = Client()
        assert client.get(path).status_code == 302, "the example signs in at once"
        assert who(client) == str(account.pk)
    settings.DEMO = False
    assert Client().get(path).status_code == 403, "worth nothing anywhere else"


def test_a_link_changes_who_is_signed_in(account: Account, settings: Settings) -> None:
    settings.DEMO = True
    client = Client()
    client.force_login(Account.objects.create_user("eve@example.org"))
    client.get(path_of(link_for(account, again=True)))
    assert who(client) == str(account.pk)


def test_the_command_records_that_it_made_one(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sign-in-link", "ADA@example.org", "--minutes", "5"]) == 0
    path = path_of(capsys.readouterr().out.strip())
    assert Client().post(path).status_code == 302
    entry = entries(kinds=["account.link-issued"]).get()
    assert (entry.actor, entry.data) == ("system:cli", {"minutes": 5})
    assert path.split("/")[-2] not in str(entry.data), "the link itself is nowhere"
    assert run(["sign-in-link", "nobody@example.org"]) == 2
