"""The one page whose form may lead away: the browser follows its answer to whoever vouches for people.

Browsers hold a form's redirects against the policy of the page that the form is on. So the page that asks "continue
with …?" may lead to any place by https, and to a provider that was configured without it; no other page may.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from csp.constants import SELF
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

LEADING_AWAY = frozenset({"github_login", "openid_connect_login"})


def origins() -> list[str]:
    """Where the form may lead."""
    apps: list[dict[str, Any]] = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    plain = [urlsplit(str(app["settings"]["server_url"])) for app in apps]
    return ["https:", *(f"http://{url.netloc}" for url in plain if url.scheme == "http")]


class ProviderMiddleware:
    """Widens the policy of that page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.resolver_match is not None and request.resolver_match.url_name in LEADING_AWAY:
            response._csp_replace = {"form-action": [SELF, *origins()]}  # type: ignore[attr-defined]  # read by django-csp
        return response
