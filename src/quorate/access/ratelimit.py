"""How often something may be tried: fixed windows, counted where all processes that serve can see them.

SQLite is served by one process, so counting is in its memory and costs nothing. On PostgreSQL one statement counts
in a table, whatever the number of processes. A limit guards against haste and guessing, not against a flood: that
is the business of the proxy in front.
"""

from __future__ import annotations

import hashlib
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from quorate.access.identity import actor_from
from quorate.access.models import Window
from quorate.kernel import clock
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext, ngettext


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``times`` in ``seconds``, by ``name`` and whoever is counted."""

    name: str
    times: int
    seconds: int


class TooOften(UserError):
    """Tried too often; ``wait`` says in how many seconds it may be tried again."""

    status = 429

    def __init__(self, wait: int) -> None:
        self.wait = wait
        mend = ngettext("try again in %d second", "try again in %d seconds", wait) % wait
        super().__init__(gettext("this was tried too often"), mend=mend)


_lock = threading.Lock()
_counts: dict[str, tuple[int, float]] = {}


def spend(limit: Limit, who: str) -> None:
    """Count one try of ``who`` (an address, an account, a token); raises ``TooOften`` when there were too many."""
    now = clock.now().timestamp()
    ends = (int(now // limit.seconds) + 1) * limit.seconds
    # The hash keeps addresses out of the table and its key short.
    digest = hashlib.sha256(who.encode()).hexdigest()[:32]
    key = f"{limit.name}:{digest}:{ends}"
    count = _in_table(key, ends) if connection.vendor == "postgresql" else _in_memory(key, ends, now)
    if count > limit.times:
        raise TooOften(max(1, math.ceil(ends - now)))


def _in_memory(key: str, ends: float, now: float) -> int:
    with _lock:
        if len(_counts) > 50_000:
            for old in [old for old, (_count, end) in _counts.items() if end < now]:
                del _counts[old]
        count = _counts.get(key, (0, ends))[0] + 1
        _counts[key] = (count, ends)
        return count


def _in_table(key: str, ends: float) -> int:
    table = Window._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (key, count, ends_at) VALUES (%s, 1, %s)"  # noqa: S608  # the name of our own table
            f" ON CONFLICT (key) DO UPDATE SET count = {table}.count + 1 RETURNING count",
            [key, datetime.fromtimestamp(ends, UTC)],
        )
        return int(cursor.fetchone()[0])


V = TypeVar("V", bound=Callable[..., HttpResponseBase])


def limited(name: str, *, posts: int, seconds: int) -> Callable[[V], V]:
    """Let a page be sent to (POST) so often in a stretch of time, by one account or one address of the network."""
    limit = Limit(name, posts, seconds)

    def decorate(view: V) -> V:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST" and settings.LIMITS:
                actor = actor_from(request)
                spend(limit, actor.id if actor.known else str(request.META.get("REMOTE_ADDR", "")))
            return view(request, *args, **kwargs)

        return cast(V, counted)

    return decorate


def forget() -> None:
    """Begin to count anew; for tests."""
    with _lock:
        _counts.clear()
    Window.objects.all().delete()
