"""Signing in with a browser: by code, by password, by passkey; every page of it judged by axe."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core import mail as sent
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.browser.conftest import Site

from quorate.access.models import Account
from quorate.ledger.worker import drain

Look = Callable[[Page, str], None]


@pytest.fixture
def ada(transactional_db: None) -> Account:
    return Account.objects.create_user("ada@example.org", "a long password, truly")


def code_sent() -> str:
    drain()
    found = re.search(r"^[A-Z0-9]{4}-?[A-Z0-9]{2,4}$", str(sent.outbox[-1].body), re.MULTILINE)
    assert found
    return found[0]


def virtual_key(page: Page) -> None:
    """A passkey of the browser's own, that always agrees."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_by_code(site: Site, ada: Account, looks_right: Look) -> None:
    page = site.visitor()
    page.goto("/sign-in/login/?next=/settings/")
    looks_right(page, "sign-in")
    page.get_by_label("E-mail address").first.fill("ada@example.org")
    page.get_by_role("button", name="Send me a code").click()
    looks_right(page, "sign-in-code")
    page.locator("input[name=code]").fill("WRONG")
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator(".error").first).to_be_visible()
    looks_right(page, "sign-in-code-wrong")
    page.locator("input[name=code]").fill(code_sent())
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()


def test_by_password_and_out_again(site: Site, ada: Account, looks_right: Look) -> None:
    page = site.visitor()
    page.goto("/sign-in/login/")
    page.get_by_text("Use a password").click()
    page.locator("input[name=login]").fill("ada@example.org")
    page.locator("input[name=password]").fill("a long password, truly")
    page.get_by_role("button", name="Sign in", exact=True).click()
    if "confirm-email" in page.url:
        page.locator("input[name=code]").fill(code_sent())
        page.get_by_role("button", name="Confirm").click()
    page.goto("/sign-in/logout/")
    looks_right(page, "sign-out")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/settings/")
    expect(page).to_have_url(re.compile(r"/sign-in/login/"))


def test_by_passkey(site: Site, ada: Account, looks_right: Look) -> None:
    """Sign in by a code, add a passkey, sign out, sign in by the passkey alone."""
    ada.set_unusable_password()
    ada.save()
    page = site.visitor()
    virtual_key(page)
    page.goto("/sign-in/login/?next=/sign-in/2fa/webauthn/add/")
    page.get_by_label("E-mail address").first.fill("ada@example.org")
    page.get_by_role("button", name="Send me a code").click()
    page.locator("input[name=code]").fill(code_sent())
    page.get_by_role("button", name="Confirm").click()
    looks_right(page, "passkey-add")
    page.locator("input[name=name]").fill("Laptop")
    if page.locator("input[name=passwordless]").count():
        page.locator("input[name=passwordless]").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(re.compile(r"/sign-in/2fa/(?!webauthn/add/)"))
    page.goto(reverse("mfa_list_webauthn"))
    expect(page.get_by_text("Laptop")).to_be_visible()
    looks_right(page, "passkeys")
    page.goto("/sign-in/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/sign-in/login/?next=/settings/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()


def test_pages_of_signing_in(site: Site, ada: Account, looks_right: Look) -> None:
    page = site.visitor()
    for name in ("account_signup", "account_request_login_code", "account_reset_password"):
        page.goto(reverse(name))
        looks_right(page, name)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_an_account(site: Site, ada: Account, looks_right: Look, scheme: str) -> None:
    page = site.as_account(ada, color_scheme=scheme)
    names = [
        "account_email",
        "account_change_password",
        "mfa_index",
        "socialaccount_connections",
        "usersessions_list",
        "accounts:tokens",
        "accounts:why",
    ]
    for name in names:
        page.goto(reverse(name))
        looks_right(page, f"{name.replace(':', '-')}-{scheme}")
    page.goto(f"{reverse('accounts:why')}?permission=ledger.read")
    looks_right(page, f"accounts-why-one-{scheme}")


def test_a_token_is_made_in_the_browser(site: Site, ada: Account, looks_right: Look) -> None:
    page = site.as_account(ada)
    page.goto(reverse("accounts:tokens"))
    page.get_by_role("textbox", name="Name").fill("Build robot")
    page.get_by_label("read what you may see").check()
    page.get_by_role("button", name="Make the token").click()
    expect(page.locator("#secret")).to_contain_text("quo_")
    looks_right(page, "token-made")


def test_the_api_is_shown(site: Site, looks_right: Look, db: None) -> None:
    page = site.visitor()
    page.goto("/api/docs/")
    looks_right(page, "api")
    page.get_by_role("link", name="/api/v1/me", exact=True).click()
    looks_right(page, "api-subject")
    expect(page.get_by_text("curl https://HOST/api/v1/me ").first).to_be_visible()


def test_on_a_phone(site: Site, ada: Account, looks_right: Look) -> None:
    page = site.as_account(ada, viewport={"width": 390, "height": 844})
    for name in ("accounts:tokens", "account_email", "usersessions_list"):
        page.goto(reverse(name))
        looks_right(page, f"{name.replace(':', '-')}-phone")
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
        assert not wide, f"{name} is wider than a phone"
    other = site.visitor(viewport={"width": 390, "height": 844})
    other.goto("/sign-in/login/")
    looks_right(other, "sign-in-phone")
