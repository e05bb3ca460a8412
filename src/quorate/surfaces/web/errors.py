"""Errors as pages with words: what happened, what was expected, how to go on. Never a stack trace."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from quorate.access.identity import actor_from
from quorate.kernel.errors import NotFound, Refused, UserError
from quorate.kernel.i18n import gettext
from quorate.toolkit import pages


def page(request: HttpRequest, status: int, title: str, what: str, mend: str = "") -> HttpResponse:
    """The page for an error, in the frame that the address belongs to."""
    public = request.path.startswith("/p/") or not actor_from(request).known
    context = {
        "frame": "toolkit/public_base.html" if public else "toolkit/base.html",
        "status": status,
        "heading": title,
        "what": what,
        "mend": mend,
        "sign_in": status == 403 and not actor_from(request).known,
    }
    return HttpResponse(render_to_string("web/error.html", context, request), status=status)


def titles() -> dict[int, str]:
    """What each kind of error is called."""
    return {
        400: gettext("This request could not be read"),
        403: gettext("You may not do this"),
        404: gettext("There is nothing here"),
        409: gettext("Somebody was faster"),
        422: gettext("This could not be done"),
    }


def for_error(request: HttpRequest, error: UserError) -> HttpResponse:
    """The answer to an error of a user: a notice for htmx, a page otherwise."""
    title = titles().get(error.status, titles()[422])
    what = error.what[:1].upper() + error.what[1:]
    if request.headers.get("HX-Request") == "true":
        html = render_to_string("web/error_notice.html", {"heading": title, "what": what, "mend": error.mend}, request)
        answer = pages.fragment(html, status=422)
        answer["HX-Retarget"] = "#flash"
        answer["HX-Reswap"] = "innerHTML show:window:top"
        return answer
    return page(request, error.status, title, what, error.mend)


class UserErrorMiddleware:
    """Turns the errors that users cause into answers with words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Words for a ``UserError``; anything else is a defect and goes on its way."""
        if isinstance(error, UserError) and not request.path.startswith("/api/"):
            return for_error(request, error)
        return None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return page(request, 400, titles()[400], gettext("The address or the form was damaged on its way."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    if isinstance(exception, Refused):
        return for_error(request, exception)
    return page(request, 403, titles()[403], gettext("Your roles do not allow this page."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    if isinstance(exception, NotFound):
        return for_error(request, exception)
    what = gettext("No page has this address, or it is not for you to see.")
    return page(request, 404, titles()[404], what, gettext("Search for what you were looking for, or start again."))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: asks nothing of the database, because it may be what failed."""
    return HttpResponse(render_to_string("web/500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token has expired: say so, and that going back keeps what was typed."""
    what = gettext("The form was open for too long, or you signed in or out in another tab.")
    mend = gettext("Go back, reload the page and send it again; your browser keeps what you typed.")
    return page(request, 403, gettext("This form has expired"), what, mend)


__all__ = ["UserErrorMiddleware", "bad_request", "csrf_failure", "forbidden", "not_found", "server_error"]
