"""How often strangers may try: signing in by address and by account, and forms of the public site by address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from quorate.access.identity import actor_from
from quorate.access.ratelimit import Limit, TooOften, spend
from quorate.surfaces.web.errors import for_error

#: Everything below the addresses of signing in.
SIGN_IN = Limit("sign-in", 30, 300)
#: One address of e-mail, whoever tries: codes are short.
SIGN_IN_NAME = Limit("sign-in-name", 10, 900)
#: Forms of the public site, by people who are not signed in.
PUBLIC = Limit("public-form", 20, 600)


class LimitMiddleware:
    """Counts what is sent and answers 429 with words when it was too often."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Before the page is asked. A ballot box says that it counts no tries: the count would tell when who came."""
        if request.method != "POST" or not settings.LIMITS or getattr(view, "counts_no_tries", False):
            return None
        try:
            _spend(request)
        except TooOften as error:
            answer = for_error(request, error)
            answer["Retry-After"] = str(error.wait)
            return answer
        return None


def _spend(request: HttpRequest) -> None:
    address = str(request.META.get("REMOTE_ADDR", ""))
    if request.path.startswith("/sign-in/"):
        spend(SIGN_IN, address)
        name = request.POST.get("email") or request.POST.get("login") or ""
        if name:
            spend(SIGN_IN_NAME, name.strip().lower())
    elif not request.path.startswith("/api/") and not actor_from(request).known:
        spend(PUBLIC, address)
