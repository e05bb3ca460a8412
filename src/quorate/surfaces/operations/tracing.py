"""Traces by OpenTelemetry, when its packages are installed (extra ``tracing``) and an address to send them is set.

Nothing is sent anywhere unless ``OTEL_EXPORTER_OTLP_ENDPOINT`` says where. Queries of addresses are left out.
"""

from __future__ import annotations

import logging
import os
from typing import Any

try:
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.django import DjangoInstrumentor
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
except ImportError:  # The extra is not installed: nothing is traced.
    trace = None  # type: ignore[assignment]  # asked before each use

from quorate import __version__

log = logging.getLogger("quorate.tracing")

#: Attributes that may hold the query of an address, by both generations of the conventions.
WITH_QUERY = ("http.url", "http.target", "url.full", "url.query")


def start() -> bool:
    """Begin tracing if it was asked for; says whether it did."""
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return False
    if trace is None:
        log.warning("OTEL_EXPORTER_OTLP_ENDPOINT is set, but the extra `tracing` is not installed")
        return False
    service = os.environ.get("OTEL_SERVICE_NAME", "quorate")
    provider = TracerProvider(resource=Resource.create({"service.name": service, "service.version": __version__}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    DjangoInstrumentor().instrument(request_hook=without_query)
    return True


def without_query(span: Any, _request: Any) -> None:
    """Cut the query off every attribute that may hold one."""
    if span is None or not span.is_recording():
        return
    for name in WITH_QUERY:
        value = (span.attributes or {}).get(name)
        if isinstance(value, str):
            span.set_attribute(name, "" if name == "url.query" else value.partition("?")[0])
