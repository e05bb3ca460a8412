"""A page of an older deploy that asks for a fragment is told to reload, so that old and new never mix.

A page names its deploy in ``<meta name="quorate-deploy">``; the script sends it along as ``X-Quorate-Deploy``. A
reading request of an older page is answered with ``HX-Refresh``. A writing one is carried out first, because its
form holds somebody's work; only when it succeeded is the page told to reload, so an error still shows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from quorate import __version__

HEADER = "X-Quorate-Deploy"


@cache
def deploy_id() -> str:
    """What this process runs: a digest of the version, the templates and the static files it shows."""
    fixed = getattr(settings, "QUORATE_DEPLOY", "")
    if fixed:
        return str(fixed)
    digest = hashlib.sha256(__version__.encode())
    root = Path(__file__).resolve().parent.parent
    for path in sorted(root.rglob("*")):
        if path.suffix in (".html", ".css", ".js") and path.is_file():
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


class StalePageMiddleware:
    """Answers the fragments of older pages with "reload"."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        sent = request.headers.get(HEADER, "")
        stale = request.headers.get("HX-Request") == "true" and sent not in ("", deploy_id())
        if not stale:
            return self.get_response(request)
        if request.method in ("GET", "HEAD"):
            return _reload()
        response = self.get_response(request)
        if response.status_code < 300 and "HX-Redirect" not in response:
            return _reload()
        return response


def _reload() -> HttpResponse:
    response = HttpResponse()
    response["HX-Refresh"] = "true"
    response["Cache-Control"] = "no-store"
    return response
