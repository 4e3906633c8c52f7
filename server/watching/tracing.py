"""Traces for OpenTelemetry, which is installed where somebody wants them (requirements-tracing.txt).

A span for each request, and below it one for each statement, by its name. Neither holds a parameter, a text of a
document, or an id but the request's own.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping

from graph.errors import InvalidSettings

try:
    from opentelemetry.context import Context
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, set_span_in_context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
except ModuleNotFoundError as error:
    if error.name is None or not error.name.startswith("opentelemetry"):
        raise
    INSTALLED = False
else:
    INSTALLED = True

WAY_OUT = "install requirements-tracing.txt, or set VITRINE_TRACES to off"
_PROPAGATED = (b"traceparent", b"tracestate")


class Trace:
    """The span of one request."""

    __slots__ = ("_context", "_span", "_tracer")

    def __init__(self, tracer: Tracer, span: Span, parent: Context) -> None:
        self._tracer = tracer
        self._span = span
        self._context = set_span_in_context(span, parent)

    def statement_ran(self, name: str, seconds: float, failure: str | None) -> None:
        """A statement that has ended just now."""
        ended = time.time_ns()
        span = self._tracer.start_span(
            name,
            self._context,
            SpanKind.CLIENT,
            {"db.system.name": "neo4j", "db.query.summary": name},
            start_time=ended - int(seconds * 1e9),
        )
        if failure is not None:
            span.set_attribute("error.type", failure)
            span.set_status(Status(StatusCode.ERROR))
        span.end(ended)

    def end(self, *, operation: str, status: int | None, code: str, correlation_id: str) -> None:
        """`operation`, `code` and `correlation_id` may be empty; `status` is None where no answer was begun."""
        texts = {
            "graphql.operation.name": operation,
            "error.type": code,
            "vitrine.correlation_id": correlation_id,
        }
        self._span.set_attributes({name: text for name, text in texts.items() if text})
        if status is not None:
            self._span.set_attribute("http.response.status_code", status)
        if status is None or status >= 500:
            self._span.set_status(Status(StatusCode.ERROR))
        self._span.end()


class Tracing:
    """Begins a trace for each request, as part of the caller's where its headers say so (W3C Trace Context)."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("vitrine")
        self._propagator = TraceContextTextMapPropagator()

    def begin(self, method: str, endpoint: str, headers: Iterable[tuple[bytes, bytes]]) -> Trace:
        carrier = {name.decode(): value.decode("latin-1") for name, value in headers if name in _PROPAGATED}
        parent = self._propagator.extract(carrier, Context())
        span = self._tracer.start_span(
            f"{method} {endpoint}",
            parent,
            SpanKind.SERVER,
            {"http.request.method": method, "http.route": endpoint},
        )
        return Trace(self._tracer, span, parent)

    def close(self) -> None:
        """Sends what is left, for a few seconds at most."""
        self._provider.shutdown()


def open_tracing(processor: SpanProcessor | None = None, environment: Mapping[str, str] = os.environ) -> Tracing:
    """Traces that go to `processor`; without one, over OTLP to where the standard variables `OTEL_…` say.

    Raises InvalidSettings where OpenTelemetry is not installed.
    """
    if not INSTALLED:
        raise InvalidSettings(f"VITRINE_TRACES: OpenTelemetry is not installed: {WAY_OUT}")
    named = "OTEL_SERVICE_NAME" in environment or "service.name" in environment.get("OTEL_RESOURCE_ATTRIBUTES", "")
    provider = TracerProvider(resource=Resource.create({} if named else {SERVICE_NAME: "vitrine"}))
    provider.add_span_processor(processor or BatchSpanProcessor(OTLPSpanExporter()))
    return Tracing(provider)
