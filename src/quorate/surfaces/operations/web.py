"""Addresses for machines: is it alive, is it ready, its figures."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from quorate.ledger.standing import Standing, standing
from quorate.surfaces.operations import metrics
from quorate.surfaces.operations.state import OUTBOX_LATE_AFTER, WORKER_SILENT_AFTER, age

app_name = "operations"


@never_cache
@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing of the database, so that a slow one does not get us restarted."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """Whether requests should be sent here: yes or no for each condition, no figures, for anyone may ask."""
    checks = {"database": False, "migrations": False, "worker": False, "outbox": False}
    try:
        executor = MigrationExecutor(connection)
        checks["database"] = True
        checks["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        if checks["migrations"]:
            now = standing()
            checks |= {name: ask(now) for name, ask in CONDITIONS.items()}
    except DatabaseError:
        pass  # What could not be asked stays "no".
    serving = checks["database"] and checks["migrations"]
    return JsonResponse({"ok": all(checks.values()), "checks": checks}, status=200 if serving else 503)


def worker_is_there(now: Standing) -> bool:
    """A worker was seen lately."""
    silent = age(now.worker_seen)
    return silent is not None and silent < WORKER_SILENT_AFTER


def outbox_moves(now: Standing) -> bool:
    """No message has been due for long."""
    return (age(now.oldest_due) or 0) < OUTBOX_LATE_AFTER


CONDITIONS: dict[str, Callable[[Standing], bool]] = {"worker": worker_is_there, "outbox": outbox_moves}


@never_cache
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, to who shows the token; without a token set there is no such page."""
    wanted = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not (metrics.AVAILABLE and wanted) or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise Http404
    text, content_type = metrics.exposition()
    return HttpResponse(text, content_type=content_type)


urlpatterns = [
    path("healthz", live, name="live"),
    path("readyz", ready, name="ready"),
    path("metrics", figures, name="metrics"),
]
