"""Figures for Prometheus, when its client is installed (extra ``metrics``) and a token guards them.

Without the extra every call here costs nothing and ``/metrics`` does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

try:
    import prometheus_client as client
    from prometheus_client.core import GaugeMetricFamily
except ImportError:  # The extra is not installed: there is nothing to measure with.
    client = None  # type: ignore[assignment]  # asked before each use

from quorate.surfaces.operations import state

AVAILABLE = client is not None

if AVAILABLE:
    _requests = client.Histogram(
        "quorate_request_seconds",
        "Time to answer a web request, by route.",
        ["method", "route", "status"],
        buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    )


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    if AVAILABLE:
        _requests.labels(method, route, f"{status // 100}xx").observe(seconds)


class _Installation:
    """Read from the database when asked: the outbox, the worker, the ledger."""

    def collect(self) -> Iterator[Any]:
        for name, meaning, value in state.figures():
            yield GaugeMetricFamily(f"quorate_{name}", meaning, value=value)


def exposition() -> tuple[bytes, str]:
    """The figures in the text format, and its content type."""
    registry = client.CollectorRegistry()
    registry.register(_Installation())
    return client.generate_latest() + client.generate_latest(registry), client.CONTENT_TYPE_LATEST
