"""The name of the request that runs, for the log; apart because the log is set up before anything else is."""

from __future__ import annotations

from contextvars import ContextVar

request: ContextVar[str] = ContextVar("request", default="")


def request_id() -> str:
    """The name of the request that runs here, or an empty string."""
    return request.get()
