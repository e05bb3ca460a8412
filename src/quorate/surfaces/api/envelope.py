"""What happens around every operation: limits, one answer per idempotency key, entity tags, refused methods."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags

from quorate.kernel.i18n import gettext
from quorate.surfaces.api.problems import problem
from quorate.toolkit.rest import etag_of

View = Callable[..., HttpResponseBase]


def envelope(view: View) -> View:
    """Wrap one path of the API."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if (
            "\0" in request.path
            or "\0" in request.META.get("QUERY_STRING", "")
            or "%00" in request.META.get("QUERY_STRING", "")
        ):
            return problem(400, gettext("the address must not hold the NUL character"))
        response = view(request, *args, **kwargs)
        if response.status_code == 405:
            return _not_allowed(request, response)
        return _tagged(request, response)

    wrapped.csrf_exempt = True  # type: ignore[attr-defined]  # sessions are checked by their own authentication
    return wrapped


def _not_allowed(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    answer = problem(405, gettext("this address does not take %s") % request.method)
    answer["Allow"] = response["Allow"]
    return answer


def _tagged(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Give an answer to a reader its ETag, and spare them the body that they have."""
    if request.method not in ("GET", "HEAD") or not isinstance(response, HttpResponse):
        return response
    stated = getattr(request, "_quorate_etag", "")
    if response.status_code == 200:
        response["ETag"] = stated or etag_of(response.content.decode("utf-8", "replace"))
        response["Vary"] = "Authorization, Cookie, Accept-Language"
        given = [tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))]
        if response["ETag"] in given or "*" in given:
            answer = HttpResponse(status=304)
            answer["ETag"] = response["ETag"]
            return answer
    elif response.status_code == 304 and stated:
        response["ETag"] = stated
    return response
