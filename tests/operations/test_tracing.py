"""Traces: nothing without being asked, and never the query of an address."""

from __future__ import annotations

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from quorate.surfaces.operations import tracing


def test_nothing_is_traced_unless_an_address_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    monkeypatch.setattr(tracing, "OTLPSpanExporter", lambda: pytest.fail("something would be sent"))
    assert tracing.start() is False


def test_without_the_extra_it_is_said(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setattr(tracing, "trace", None)
    assert tracing.start() is False
    assert "not installed" in caplog.text


def test_the_query_of_an_address_is_left_out() -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with provider.get_tracer("tests").start_as_current_span("GET") as span:
        span.set_attributes(
            {
                "http.url": "https://q.example/why?object=case:1",
                "http.target": "/why?object=case:1",
                "url.full": "https://q.example/why?object=case:1",
                "url.query": "object=case:1",
                "http.method": "GET",
            }
        )
        tracing.without_query(span, None)
    (done,) = exporter.get_finished_spans()
    assert dict(done.attributes or {}) == {
        "http.url": "https://q.example/why",
        "http.target": "/why",
        "url.full": "https://q.example/why",
        "url.query": "",
        "http.method": "GET",
    }
    tracing.without_query(None, None)
