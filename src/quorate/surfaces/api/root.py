"""The root of the API: mounts the operations of every package at ``/api/v1/`` and adds what all of them share.

A package brings operations by a module ``api.py`` with ``router = Router(tags=[…])``; the base that it builds on is
``quorate.toolkit.rest``. This module adds to every operation, so that none can forget it: authentication by token
or session, limits on how often, one answer per ``Idempotency-Key``, entity tags, and problems as
``application/problem+json``. An operation that returns and one that raises pass through the same envelope.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from quorate import __version__
from quorate.kernel import discovery
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.surfaces.api import problems
from quorate.surfaces.api.contract import complete
from quorate.surfaces.api.envelope import envelope
from quorate.toolkit.rest import MEMBERS, NotModified

DESCRIPTION = """Everything that the pages do can be done here, by the same actions and under the same rights.

Send a token as `Authorization: Bearer …`; make one in the settings and give it only the scopes it needs. Lists come
in pages: follow `next` as `cursor`. Creating with an `Idempotency-Key` is safe to repeat. Answers carry an `ETag`:
send it back as `If-None-Match` to be spared what you have, and as `If-Match` to change only what you have read.
"""


class Api(NinjaAPI):
    """Ninja's API with our names for operations, our envelope and our contract."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._documents: dict[str, OpenAPISchema] = {}

    def get_openapi_operation_id(self, operation: Operation) -> str:
        package = discovery.package_of(operation.view_func.__module__) or "quorate.api"
        return f"{package.rpartition('.')[2]}.{operation.view_func.__name__}"

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        """The contract. Made once for each prefix: it does not change while the process runs."""
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        if prefix not in self._documents:
            self._documents[prefix] = complete(super().get_openapi_schema(path_prefix=prefix))
        return self._documents[prefix]

    def create_response(self, request: HttpRequest, data: Any, **more: Any) -> HttpResponse:
        response = super().create_response(request, data, **more)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    def _get_urls(self) -> list[Any]:
        patterns = super()._get_urls()
        for pattern in patterns:
            if isinstance(pattern, URLPattern) and pattern.name not in ("openapi-json", "api-root"):
                pattern.callback = envelope(pattern.callback)
        return patterns


def assemble() -> Api:
    """The API with the routers of all packages."""
    api = Api(
        title="Quorate",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,
        auth=list(MEMBERS),
        urls_namespace="api",
    )
    handlers: dict[type[Exception], Callable[..., HttpResponse]] = {
        UserError: problems.from_user_error,
        AuthenticationError: problems.from_authentication,
        Throttled: problems.from_throttled,
        ValidationError: problems.from_validation,
        HttpError: problems.from_http_error,
        Http404: problems.from_404,
        RequestDataTooBig: problems.from_too_big,
        SuspiciousOperation: problems.from_suspicious,
        NotModified: lambda _request, _error: HttpResponse(status=304),
        Exception: problems.from_defect,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)
    for module in discovery.load("api"):
        if hasattr(module, "router"):
            api.add_router("", module.router)
    return api


api = assemble()


@csrf_exempt
def nothing_here(_request: HttpRequest, rest: str = "") -> HttpResponseBase:
    """Whatever no operation answers."""
    return problems.problem(404, gettext("there is no such operation"), where=f"/api/{rest}", mend="/api/docs")


#: Also what a line break in the address hides from an ordinary pattern.
catch_all = re_path(r"^(?P<rest>[\s\S]*)$", nothing_here)
