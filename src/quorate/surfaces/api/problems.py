"""How the API says no: ``application/problem+json`` (RFC 9457), with where it went wrong and how to mend it."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Schema
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from pydantic import Field

from quorate.kernel.commands import to_json
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"


class Problem(Schema):
    """What went wrong. ``where`` is a field, a parameter or a permission; ``mend`` says what to do about it."""

    type: str = Field(default="about:blank", description="The kind of problem.")
    title: str = Field(description="The name of the HTTP status.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What went wrong, in a sentence.")
    where: str = Field(default="", description="The field, parameter or permission it is about.")
    mend: str = Field(default="", description="How to mend it.")
    problems: list[dict[str, Any]] = Field(default=[], description="The single problems when there are several.")


def problem(
    status: int, detail: str, *, where: str = "", mend: str = "", problems: list[dict[str, Any]] | None = None
) -> HttpResponse:
    """An answer that says no."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "where": where,
        "mend": mend,
        "problems": problems or [],
    }
    response = HttpResponse(to_json(body), status=status, content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def from_user_error(_request: HttpRequest, error: UserError) -> HttpResponse:
    """The user's error, with its own status."""
    several = [found.as_dict() for found in error.problems]
    return problem(error.status, error.what, where=error.where, mend=error.mend, problems=several)


def from_authentication(_request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Nobody known is calling."""
    plain = str(error) if str(error) != "Unauthorized" else gettext("this needs a token or a session")
    return problem(401, plain, mend=gettext("send Authorization: Bearer with a token from the settings"))


def from_throttled(_request: HttpRequest, error: Throttled) -> HttpResponse:
    """Too many requests; says when to come back."""
    response = problem(429, gettext("too many requests"), mend=gettext("wait for the seconds in Retry-After"))
    if error.wait is not None:
        response["Retry-After"] = str(error.wait)
    return response


def from_validation(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The request does not fit the schema."""
    found = [
        {"where": _place(item.get("loc", ())), "what": str(item.get("msg", "")), "mend": ""} for item in error.errors
    ]
    first = found[0] if found else {"where": "", "what": gettext("the request does not fit the schema")}
    return problem(422, first["what"], where=first["where"], problems=found)


def _place(location: Any) -> str:
    """``("body", "body", "title")`` as ``title``: the parameter's own name says nothing to a client."""
    parts = [str(part) for part in location]
    return ".".join(parts[2:] if len(parts) > 2 and parts[0] == "body" else parts[1:] or parts)


def from_http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the framework refused, such as a body that is not JSON."""
    return problem(error.status_code, str(error))


def from_404(_request: HttpRequest, _error: Http404) -> HttpResponse:
    """There is no such thing."""
    return problem(404, gettext("there is no such thing"))


def from_too_big(_request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    """The body is larger than is taken."""
    return problem(413, gettext("the request is too large"))


def from_suspicious(_request: HttpRequest, _error: SuspiciousOperation) -> HttpResponse:
    """The request is malformed in a way that only an attack or a broken client brings about."""
    return problem(400, gettext("the request is malformed"))


def from_defect(request: HttpRequest, error: Exception) -> HttpResponse:
    """A defect of ours: logged with its trace, told without it."""
    log.exception("defect in the API: %s %s", request.method, request.path, exc_info=error)
    return problem(500, gettext("this is a defect on our side; it has been logged"))
