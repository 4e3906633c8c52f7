"""Traces: a span for each request, and below it one for each statement, with names and codes and nothing else."""

from __future__ import annotations

import asyncio
import gzip
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from graph.engines.address import GraphAddress
from graph.errors import InvalidSettings
from graph.store.database import Database
from server.app import create_app
from server.development import open_development_issuer
from server.watching import tracing
from server.watching.tracing import Tracing, open_tracing
from tests.server.api import Api
from tests.server.command_line import ROOT, Service, said_to_people

SUBJECT = "example-visitor"
CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
UNSAMPLED = CALLER[:-2] + "00"
SENT_ID = "0123456789abcdef0123456789abcdef"


class Traced:
    """An application over the shared graph, and the spans that it has ended."""

    def __init__(self, api: Api, database: Database) -> None:
        self.api = api
        self._exporter = InMemorySpanExporter()
        self.tracing: Tracing = open_tracing(SimpleSpanProcessor(self._exporter))
        app = create_app(
            api.settings, database, verifier=api.verifier, issuer=api.issuer, clock=api.clock, tracing=self.tracing
        )
        self.client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://vitrine.test")

    async def ask(self, document: str, token: str | None = None, **headers: str) -> httpx2.Response:
        given = {} if token is None else {"Authorization": f"Bearer {token}"}
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return await self.client.post("/graphql", json={"query": document}, headers=given | named)

    @property
    def spans(self) -> Sequence[ReadableSpan]:
        """In the order in which they ended: a request after its statements."""
        return self._exporter.get_finished_spans()

    def forget(self) -> None:
        self._exporter.clear()


@pytest.fixture
async def traced(reader: Api) -> AsyncIterator[Traced]:
    traced = Traced(reader, reader.database)
    async with traced.client:
        await traced.ask("{ policy { revision { number } } }")  # has the revision loaded
        traced.forget()
        yield traced
    traced.tracing.close()


async def test_a_request_and_its_statement(traced: Traced) -> None:
    token = traced.api.subject(SUBJECT)
    await traced.ask("query Held { me { holdings { totalCount } } }", token, X_Request_Id=SENT_ID)
    statement, request = traced.spans
    assert (request.name, request.kind, request.parent) == ("POST /graphql", SpanKind.SERVER, None)
    assert dict(request.attributes or {}) == {
        "http.request.method": "POST",
        "http.route": "/graphql",
        "http.response.status_code": 200,
        "graphql.operation.name": "Held",
        "vitrine.correlation_id": SENT_ID,
    }
    assert (statement.name, statement.kind) == ("subjects.FIND_SUBJECT", SpanKind.CLIENT)
    assert dict(statement.attributes or {}) == {
        "db.system.name": "neo4j",
        "db.query.summary": "subjects.FIND_SUBJECT",
    }
    assert statement.parent == request.context
    assert request.start_time is not None and statement.start_time is not None
    assert request.end_time is not None and statement.end_time is not None
    assert request.start_time <= statement.start_time <= statement.end_time <= request.end_time
    assert request.resource.attributes["service.name"] == "vitrine"


async def test_many_at_once_keep_their_statements_apart(traced: Traced) -> None:
    tokens = [traced.api.subject(f"person-{number}") for number in range(10)]
    await asyncio.gather(*(traced.ask("{ me { key } }", token) for token in tokens))
    requests = [span for span in traced.spans if span.kind is SpanKind.SERVER]
    statements = [span for span in traced.spans if span.kind is SpanKind.CLIENT]
    assert len(requests) == len(statements) == 10
    assert {span.parent.span_id for span in statements if span.parent} == {_span_id(span) for span in requests}


async def test_a_callers_trace_goes_on(traced: Traced) -> None:
    await traced.ask("{ __typename }", traceparent=CALLER)
    (request,) = traced.spans
    assert request.context is not None and request.parent is not None
    assert f"{request.context.trace_id:x}" == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert f"{request.parent.span_id:016x}" == "00f067aa0ba902b7"


async def test_what_a_caller_does_not_sample_is_not_sent(traced: Traced) -> None:
    await traced.ask("{ me { key } }", traced.api.subject(SUBJECT), traceparent=UNSAMPLED)
    assert traced.spans == ()


@pytest.mark.parametrize("traceparent", ["anna", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "\xff"])
async def test_a_traceparent_that_is_none_begins_a_trace_of_its_own(traced: Traced, traceparent: str) -> None:
    headers = [(b"traceparent", traceparent.encode("latin-1"))]
    await traced.client.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
    (request,) = traced.spans
    assert request.parent is None


async def test_what_goes_wrong_is_told_by_its_code(traced: Traced) -> None:
    await traced.ask("{ me { key } }")
    await traced.ask("{ me { key } }", "no token")

    def fail(statement: str) -> None:
        raise ValueError("anna@example.com")

    traced.api.database.observers.append(fail)
    await traced.client.post("/graphql", json={"query": "{ policy { html } revisions { totalCount } }"})
    traced.api.database.observers.clear()
    told = [((span.attributes or {})["error.type"], span.status.status_code) for span in traced.spans]
    assert told == [
        ("UNAUTHENTICATED", StatusCode.UNSET),
        ("UNAUTHENTICATED", StatusCode.UNSET),
        ("INTERNAL", StatusCode.UNSET),  # a field of an operation that was run
    ]
    assert "anna" not in _shown(traced.spans)


async def test_each_try_of_a_statement_that_fails_is_seen(reader: Api, address: GraphAddress) -> None:
    async with Database(replace(address, url="bolt://127.0.0.1:9"), retry_seconds=0) as away:
        traced = Traced(reader, away)
        async with traced.client:
            response = await traced.ask("{ me { key } }", reader.subject(SUBJECT))
        traced.tracing.close()
    assert response.status_code == 503
    *tries, request = traced.spans
    assert [(span.name, (span.attributes or {})["error.type"], span.status.status_code) for span in tries] == [
        ("subjects.FIND_SUBJECT", "ServiceUnavailable", StatusCode.ERROR)
    ] * 3
    assert (request.attributes or {})["error.type"] == "GRAPH_UNAVAILABLE"
    assert request.status.status_code is StatusCode.ERROR


async def test_nothing_that_a_client_sends_is_in_a_span(api: Api) -> None:
    traced = Traced(api, api.database)
    marks = ["mark-id", "mark_name", "mark-path", "mark-header", "mark-token", "mark-variable", "mark-query"]
    token = traced.api.staff("mark-staff")
    subject = 'query mark_name($id: ID!) { subject(id: $id) { key } a: subject(id: "mark-id") { key } }'
    body = {"query": subject, "variables": {"id": "mark-variable"}, "operationName": "no_mark_name"}
    headers = {"X-Request-Id": "mark-header", "traceparent": "mark-header", "tracestate": "mark=header"}
    for each in (body, {**body, "operationName": "mark_name"}):
        await traced.client.post("/graphql?mark-query", json=each, headers={"Authorization": f"Bearer {token}"})
    await traced.ask("{ me { key } }", "mark-token", **{name.replace("-", "_"): text for name, text in headers.items()})
    await traced.client.get("/mark-path?mark-query")
    assert len(traced.spans) > 4
    shown = _shown(traced.spans)
    assert [mark for mark in (*marks, "mark-staff") if mark in shown] == []


def test_without_the_library_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "INSTALLED", False)
    with pytest.raises(InvalidSettings) as raised:
        open_tracing()
    assert raised.value.message == (
        "VITRINE_TRACES: OpenTelemetry is not installed: install requirements-tracing.txt, or set VITRINE_TRACES to off"
    )


def test_the_service_runs_without_the_library_and_refuses_to_trace(tmp_path: Path) -> None:
    """As where it was never installed: nothing of it can be imported."""
    blocked = tmp_path / "blocked" / "opentelemetry"
    blocked.mkdir(parents=True)
    (blocked / "__init__.py").write_text("raise ModuleNotFoundError('none here', name='opentelemetry')")
    path = f"{blocked.parent}:{ROOT}"
    program = "from server.watching import tracing; import server.app; print(tracing.INSTALLED)"
    found = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": path},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout == "False\n"
    with Service(tmp_path / "data", VITRINE_TRACES="otlp", PYTHONPATH=path) as service:
        assert service.wait() == 2
    (line,) = said_to_people(service.stderr)
    assert line.startswith("VITRINE_TRACES: OpenTelemetry is not installed: ")


def test_the_service_sends_its_spans_to_a_collector(tmp_path: Path) -> None:
    bodies: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            bodies.append(gzip.decompress(body) if self.headers["content-encoding"] == "gzip" else body)
            assert self.path == "/v1/traces"
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        settings = {
            "VITRINE_TRACES": "otlp",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{server.server_address[1]}",
        }
        with Service(tmp_path / "data", **settings) as service:
            service.until_ready()
            token = open_development_issuer(service.folder).mint(subject="mark-subject")
            response = httpx2.post(
                f"{service.url}/graphql",
                json={"query": "query Held { me { key } }"},
                headers={"Authorization": f"Bearer {token}"},
                trust_env=False,
            )
            assert response.json() == {"data": {"me": {"key": "mark-subject"}}}
            assert service.stop() == 0
        server.shutdown()
        thread.join()
    sent = b"".join(bodies)
    assert [
        name for name in (b"POST /graphql", b"subjects.FIND_SUBJECT", b"Held", b"vitrine") if name not in sent
    ] == []
    assert b"mark-subject" not in sent
    assert said_to_people(service.stderr) == []


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({}, "vitrine"),
        ({"OTEL_SERVICE_NAME": "privacy"}, "privacy"),
        ({"OTEL_RESOURCE_ATTRIBUTES": "service.name=privacy"}, "privacy"),
    ],
)
def test_the_name_of_the_service_can_be_chosen(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], name: str
) -> None:
    for variable, text in environment.items():
        monkeypatch.setenv(variable, text)
    exporter = InMemorySpanExporter()
    opened = open_tracing(SimpleSpanProcessor(exporter))
    opened.begin("GET", "/livez", []).end(operation="", status=200, code="", correlation_id="")
    (span,) = exporter.get_finished_spans()
    assert span.resource.attributes["service.name"] == name
    opened.close()


def _span_id(span: ReadableSpan) -> int:
    assert span.context is not None
    id: int = span.context.span_id
    return id


def _shown(spans: Sequence[ReadableSpan]) -> str:
    to_json: Callable[[ReadableSpan], str] = ReadableSpan.to_json
    return "\n".join(map(to_json, spans))
