"""Each web request has a name and leaves one line in the log: what was asked, the answer, how long it took."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from quorate.surfaces.operations import current, metrics

log = logging.getLogger("quorate.request")

HEADER = "X-Request-ID"
_NAME = re.compile(r"^[A-Za-z0-9_-]{8,64}$")


class RequestMiddleware:
    """Names the request, times it and logs it by its route: addresses may hold what nobody should read in a log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get(HEADER, "")
        name = given if _NAME.match(given) else secrets.token_hex(8)
        token = current.request.set(name)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            seconds = time.perf_counter() - started
            route = route_of(request)
            if route not in QUIET:
                log.info(
                    "%s %s %s",
                    request.method,
                    f"/{route}" if route is not None else "(no such page)",
                    response.status_code,
                    extra={"ms": round(seconds * 1000, 1)},
                )
            metrics.observe(request.method or "", route or "", response.status_code, seconds)
            response[HEADER] = name
            return response
        finally:
            current.request.reset(token)


#: Asked every few seconds by machines; a line for each would bury the rest.
QUIET = frozenset({"healthz", "readyz", "metrics"})


def route_of(request: HttpRequest) -> str | None:
    """The pattern of the address, such as ``cases/<int:number>/``; ``None`` when no page has it."""
    match = request.resolver_match
    return match.route if match is not None else None
