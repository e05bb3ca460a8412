"""What every answer carries against abuse, and that no address is open that should not be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from quorate.access.models import Account

pytestmark = pytest.mark.django_db

#: Addresses outside ``/p/`` that anybody may read, each with the reason.
OPEN = {
    "healthz": "asked by machines; says nothing",
    "readyz": "asked by machines; says yes or no",
    "brand.css": "the foundation's colours",
    "sign-in/login/": "the way in",
    "sign-in/signup/": "the way in",
    "sign-in/login/code/": "the way in",
    "sign-in/password/reset/": "the way in",
    "sign-in/password/reset/done/": "the way in",
    "sign-in/password/reset/key/done/": "the way in",
    "sign-in/inactive/": "says that an account is closed",
    "sign-in/3rdparty/login/cancelled/": "the way in",
    "sign-in/3rdparty/login/error/": "the way in",
    "sign-in/github/login/": "asks whether to go on to the provider",
    "sign-in/2fa/webauthn/login/": "hands out a challenge to sign in with",
    "api/v1/openapi.json": "the contract of the API",
    "api/docs/": "the contract of the API",
    "search/": "searches what is public",
}
SAMPLES = {"uuid": "01900000-0000-7000-8000-000000000000", "int": "1", "slug": "x", "str": "x", "path": "x"}


def routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    """The route of every page, as Django writes it."""
    for entry in patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, route)
        elif isinstance(entry, URLPattern):
            yield route


def address(route: str) -> str | None:
    """A route with something in the place of each variable; ``None`` for patterns that cannot be filled."""
    if re.search(r"[\\^$(]", route):
        return None
    return re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES.get(found[1] or "str", SAMPLES["uuid"]), route)


def leads_out(answer: HttpResponse) -> bool:
    """Whether a redirect, if it is one, leads a stranger to a place for strangers."""
    target = answer.headers.get("Location")
    return target is None or target == "/" or target.startswith(("/sign-in/", "/p/", "/api/docs/"))


ROUTES = sorted(
    route
    for route in set(routes(get_resolver().url_patterns))
    if not route.startswith(("p/", "dev/", "api/v1/")) and address(route) is not None
)
INNER = [route for route in ROUTES if not route.startswith("sign-in/") and route != "preferences/"]


@pytest.mark.parametrize("route", ROUTES)
def test_a_stranger_is_let_in_only_where_it_is_said(client: Client, route: str) -> None:
    """Outside the public site a visitor is asked to sign in, refused, or told that there is nothing."""
    path = address(route)
    answer = client.get(f"/{path}")
    assert answer.status_code < 500
    if route in OPEN:
        assert answer.status_code in (200, 302, 401, 405)
    else:
        assert answer.status_code in (301, 302, 401, 403, 404, 405), f"/{path} answered {answer.status_code}"
        assert leads_out(answer)


@pytest.mark.parametrize("route", INNER)
def test_a_stranger_changes_nothing(client: Client, route: str) -> None:
    """The same for sending a form: nothing outside the public site and the way in takes it."""
    path = address(route)
    answer = client.post(f"/{path}", {})
    assert answer.status_code in (301, 302, 400, 401, 403, 404, 405), f"/{path} answered {answer.status_code}"
    assert leads_out(answer)


def test_the_list_of_open_addresses_is_not_longer_than_the_site() -> None:
    assert set(OPEN) - set(ROUTES) - {"api/v1/openapi.json"} == set()


PAGES = ["/p/", "/sign-in/login/", "/api/docs/", "/no/such/page/", "/api/v1/me", "/api/nothing", "/healthz"]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_is_guarded(client: Client, path: str) -> None:
    answer = client.get(path)
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["form-action"].startswith("'self'")
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/p/", "/sign-in/login/", "/sign-in/signup/", "/api/docs/"])
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(client: Client, path: str) -> None:
    text = client.get(path).content.decode()
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert not re.search(r"\sstyle\s*=", text)
    assert "<style" not in text
    for script in re.findall(r"<script[^>]*>", text):
        assert 'src="/static/' in script or 'type="application/json"' in script
    for link in re.findall(r'(?:src|href)="(https?:)?//', text):
        raise AssertionError(f"{path} loads from elsewhere: {link}")


def test_one_page_alone_leads_forms_away(client: Client) -> None:
    """To who vouches for people, by https, after the page has asked."""
    policy = client.get("/sign-in/github/login/")["Content-Security-Policy"]
    assert "form-action 'self' https:;" in policy + ";"
    assert "https:" not in client.get("/sign-in/login/")["Content-Security-Policy"]


HOSTILE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "http:///evil.example",
    "javascript:alert(1)",
    "https:evil.example",
    "\thttps://evil.example/",
]


@pytest.mark.parametrize("target", HOSTILE)
def test_nobody_is_sent_elsewhere_after_signing_in(client: Client, target: str) -> None:
    Account.objects.create_user("ada@example.org", "a long password, truly")
    page = client.post(
        reverse("account_login"), {"login": "ada@example.org", "password": "a long password, truly", "next": target}
    )
    assert "evil" not in page.headers.get("Location", "")
    assert "alert" not in page.headers.get("Location", "")


@pytest.mark.parametrize("target", HOSTILE)
@pytest.mark.parametrize("name", ["accounts:why", "web:preferences"])
def test_nobody_is_sent_elsewhere_by_a_page(client: Client, target: str, name: str) -> None:
    client.force_login(Account.objects.create_user("ada@example.org"))
    page = (
        client.post(reverse(name), {"next": target})
        if name == "web:preferences"
        else client.get(reverse(name), {"permission": "ledger.read", "next": target})
    )
    assert "evil" not in page.headers.get("Location", "")
    assert f'href="{target}"' not in page.content.decode()


def test_a_session_is_kept_from_scripts_and_other_sites(client: Client) -> None:
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
    assert not settings.SECURE_SSL_REDIRECT
