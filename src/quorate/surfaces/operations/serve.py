"""One process that serves and works: the web server in the main thread's care, the outbox in a thread of its own.

Why one process and this server: ``docs/adr/0007-waitress-serves-and-the-worker-runs-beside-it.md``. A kill at any point loses nothing,
because a promised side effect is a row until it is done.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import waitress
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from quorate.kernel.discovery import later
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.worker import Worker

log = logging.getLogger("quorate.serve")
#: Its libraries are heavy, and of all commands only those that serve or work trace anything.
tracing = later("quorate.surfaces.operations.tracing")

#: How long a stop waits for the requests and the message that are under way, in seconds.
PATIENCE = 20
#: The largest body that is read at all; attachments are the largest thing that is sent.
LARGEST_BODY = 64 << 20


def serve(*, bind: str, port: int, with_worker: bool, announce: Callable[[], None]) -> None:
    """Serve until told to stop (SIGTERM, SIGINT); then finish what is under way."""
    tracing.start()
    application = get_wsgi_application()
    options: dict[str, Any] = {}
    if settings.TRUSTED_PROXY:
        options = {
            "trusted_proxy": settings.TRUSTED_PROXY,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
        }
    try:
        server = waitress.create_server(
            application,
            host=bind,
            port=port,
            threads=settings.THREADS,
            ident="quorate",
            max_request_body_size=LARGEST_BODY,
            channel_timeout=60,
            clear_untrusted_proxy_headers=True,
            **options,
        )
    except OSError as error:
        raise UserError(
            error.strerror or str(error), where=f"{bind}:{port}", mend=gettext("choose another PORT")
        ) from error
    stop = threading.Event()
    working = threading.Thread(target=_work, args=(stop,), name="worker") if with_worker else None
    _stop_on_signals(stop)
    if working is not None:
        working.start()
    announce()
    try:
        server.run()
    finally:
        stop.set()
        server.close()
        if working is not None:
            working.join(PATIENCE + 5)
    log.info("stopped")


def work() -> None:
    """Work the outbox and the periodic jobs until told to stop."""
    tracing.start()
    stop = threading.Event()
    _stop_on_signals(stop, interrupt=False)
    _work(stop)
    log.info("stopped")


def _work(stop: threading.Event) -> None:
    """A worker that falls over, because the database went away, gets up again."""
    while not stop.is_set():
        try:
            Worker().run(stop, grace=PATIENCE)
        except Exception:
            log.exception("the worker fell over; it starts again in 5 seconds")
            close_old_connections()
            stop.wait(5)


def _stop_on_signals(stop: threading.Event, *, interrupt: bool = True) -> None:
    """First signal: stop in good order. Second one: at once."""

    def asked(number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        log.info("stopping (%s)", signal.Signals(number).name)
        stop.set()
        if interrupt:
            raise SystemExit(0)

    signal.signal(signal.SIGTERM, asked)
    signal.signal(signal.SIGINT, asked)
