"""What happens around every operation: limits, one answer per idempotency key, entity tags, refused methods."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags
from ninja.errors import AuthenticationError

from quorate.access.actors import VISITOR, Actor
from quorate.access.identity import actor_from
from quorate.access.models import Answer
from quorate.access.ratelimit import Limit, TooOften, spend
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.surfaces.api.problems import from_authentication, from_user_error, problem
from quorate.toolkit.rest import Token, etag_of

View = Callable[..., HttpResponseBase]

KEY = re.compile(r"^[!-~]{1,120}$")
REFUSED = Limit("api-refused", 30, 60)
"""Wrong tokens from one address in a minute: nobody guesses 256 bits, but nobody needs to try."""

_token = Token()


def envelope(view: View) -> View:
    """Wrap one path of the API."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        query = request.META.get("QUERY_STRING", "")
        if "\0" in request.path or "\0" in query or "%00" in query:
            return problem(400, gettext("the address must not hold the NUL character"))
        try:
            caller = caller_of(request)
            _count(request, caller)
        except AuthenticationError as error:
            return _refused(request, error)
        except UserError as error:
            return _too_often(request, error)

        def answer() -> HttpResponseBase:
            return view(request, *args, **kwargs)

        key = request.headers.get("Idempotency-Key")
        if request.method == "POST" and key is not None:
            return _once(request, caller, key, answer)
        response = answer()
        if response.status_code == 405:
            return _not_allowed(request, response)
        return _tagged(request, response)

    wrapped.csrf_exempt = True  # type: ignore[attr-defined]  # sessions are checked by their own authentication
    return wrapped


def caller_of(request: HttpRequest) -> Actor:
    """Who calls, by token or session, else the visitor; a wrong token raises ``AuthenticationError``."""
    by_token = _token(request)
    if by_token is not None:
        return by_token
    actor = actor_from(request)
    return actor if actor.known else VISITOR


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _count(request: HttpRequest, caller: Actor) -> None:
    who = caller.id if caller.known else _address(request)
    spend(Limit("api", settings.API_PER_MINUTE, 60), who)


def _refused(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    try:
        spend(REFUSED, _address(request))
    except UserError as too_often:
        return _too_often(request, too_often)
    return from_authentication(request, error)


def _too_often(request: HttpRequest, error: UserError) -> HttpResponse:
    response = from_user_error(request, error)
    if isinstance(error, TooOften):
        response["Retry-After"] = str(error.wait)
    return response


def _once(request: HttpRequest, caller: Actor, key: str, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Answer the first request with a key, and give every repeat the same answer without doing anything.

    The answer is kept in the transaction of what the request did. A request that is refused keeps nothing, so it
    may be mended and sent again with the same key. Two at once: the second waits for the first.
    """
    if not KEY.match(key):
        return problem(422, gettext("1 to 120 visible ASCII characters are expected"), where="Idempotency-Key")
    owner = caller.id if caller.known else f"visitor:{hashlib.sha256(_address(request).encode()).hexdigest()[:16]}"
    digest = _fingerprint(request)
    with transaction.atomic():
        try:
            with transaction.atomic():
                kept = Answer.objects.create(actor=owner, key=key, request=digest)
        except IntegrityError:
            return _again(Answer.objects.get(actor=owner, key=key), digest)
        response = answer()
        if response.status_code >= 300 or not isinstance(response, HttpResponse):
            transaction.set_rollback(True)
        elif response.get("Cache-Control") == "no-store":
            kept.delete()
        else:
            kept.status = response.status_code
            kept.content_type = response["Content-Type"]
            kept.body = response.content.decode()
            kept.save()
    return _not_allowed(request, response) if response.status_code == 405 else response


def _fingerprint(request: HttpRequest) -> str:
    """What tells one request from another; an upload is told by its length, because its body is a stream."""
    upload = request.content_type == "multipart/form-data"
    body = request.headers.get("Content-Length", "").encode() if upload else request.body
    return hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + body).hexdigest()


def _again(kept: Answer, digest: str) -> HttpResponse:
    if kept.request != digest:
        return problem(
            422,
            gettext("this key was used for another request"),
            where="Idempotency-Key",
            mend=gettext("choose a new key for each thing to create"),
        )
    response = HttpResponse(kept.body, status=kept.status, content_type=kept.content_type)
    response["Idempotency-Replayed"] = "true"
    response["Cache-Control"] = "private, no-cache"
    return response


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
            spared = HttpResponse(status=304)
            spared["ETag"] = response["ETag"]
            return spared
    elif response.status_code == 304 and stated:
        response["ETag"] = stated
    return response
