"""Signing in through a provider of OpenID Connect: a real browser, a real redirect, a provider of the test's own."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.conf import settings as base_settings
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings
from tests.browser.conftest import Site

from quorate.access.models import Account

Look = Callable[[Page, str], None]
CLAIMS = {"sub": "248289761001", "email": "nell@people.example", "email_verified": True, "name": "Nell Unsigned"}


class Provider(BaseHTTPRequestHandler):
    """The least that a provider must do; it agrees to everything at once."""

    asked: list[dict[str, list[str]]] = []  # shared by the handlers of one server on purpose

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def answer(self, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:  # the name that the base class calls
        url = f"http://127.0.0.1:{self.server.server_address[1]}"
        parts = urlsplit(self.path)
        if parts.path == "/.well-known/openid-configuration":
            self.answer(
                {
                    "issuer": url,
                    "authorization_endpoint": f"{url}/authorize",
                    "token_endpoint": f"{url}/token",
                    "userinfo_endpoint": f"{url}/userinfo",
                    "jwks_uri": f"{url}/jwks",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            )
        elif parts.path == "/authorize":
            found = parse_qs(parts.query)
            self.asked.append(found)
            target = found["redirect_uri"][0] + "?" + urlencode({"code": "a-code", "state": found["state"][0]})
            self.send_response(302)
            self.send_header("Location", target)
            self.end_headers()
        else:
            self.answer(CLAIMS)

    def do_POST(self) -> None:  # the name that the base class calls
        url = f"http://127.0.0.1:{self.server.server_address[1]}"
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.asked.append(sent)
        now = int(time.time())
        claims = CLAIMS | {"iss": url, "aud": "tests", "iat": now, "exp": now + 60}
        parts = [
            base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=")
            for one in ({"alg": "RS256"}, claims)
        ]
        token = ".".join([*parts, "c2lnbmF0dXJl"])
        self.answer({"access_token": "a-token", "token_type": "Bearer", "id_token": token, "expires_in": 60})


@pytest.fixture
def provider(settings: Settings) -> Iterator[list[dict[str, list[str]]]]:
    """A provider at work, known to the product under the name Example Inc."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found: dict[str, Any] = json.loads(json.dumps(base_settings.SOCIALACCOUNT_PROVIDERS))
    found["openid_connect"]["APPS"][0]["settings"]["server_url"] = f"http://127.0.0.1:{server.server_address[1]}"
    settings.SOCIALACCOUNT_PROVIDERS = found
    Provider.asked.clear()
    yield Provider.asked
    server.shutdown()
    server.server_close()


def test_a_provider_vouches(site: Site, provider: list[dict[str, list[str]]], looks_right: Look) -> None:
    page = site.visitor()
    page.goto("/sign-in/login/?next=/settings/")
    page.get_by_role("link", name="Continue with Example Inc.").click()
    looks_right(page, "provider")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    account = Account.objects.get()
    assert account.email == "nell@people.example"
    assert SocialAccount.objects.get().uid == CLAIMS["sub"]
    authorise, token = provider
    assert authorise["client_id"] == ["tests"]
    assert "code_challenge" in authorise, "with PKCE"
    assert "code_verifier" in token


def test_a_provider_takes_over_no_account(site: Site, provider: list[dict[str, list[str]]]) -> None:
    """Whoever has an account under the same address signs in as before, and may connect the provider then."""
    account = Account.objects.create_user("nell@people.example", "a long password, truly")
    page = site.visitor()
    page.goto("/sign-in/login/")
    page.get_by_role("link", name="Continue with Example Inc.").click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(re.compile(r"/sign-in/"))
    assert not SocialAccount.objects.filter(user=account).exists()
    page.goto("/settings/")
    expect(page).to_have_url(re.compile(r"/sign-in/"))
