"""One request as those who watch see it: around all that answers it, so that what is refused early is seen as well."""

from __future__ import annotations

import time
from contextvars import ContextVar
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph.store.watcher import watched_by
from server.watching.endpoints import OTHER, Endpoints
from server.watching.metrics import Metrics
from server.watching.operation_names import OperationNames
from server.watching.slow_operations import log_slow_operation
from server.watching.statement_names import statement_name
from server.watching.tracing import Trace, Tracing

#: The one endpoint whose requests are operations, with a name and a document.
OPERATIONS = "/graphql"
#: The status of an answer that was not begun, because the client went away.
NO_STATUS = "none"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_CORRELATION_HEADER = b"x-request-id"


@dataclass(slots=True)
class RequestRecord:
    """What is known of a request so far. A watcher of the graph for as long as it runs."""

    metrics: Metrics
    trace: Trace | None
    endpoint: str
    operation: str | None = None
    document: str | None = None
    anonymous: bool = True
    code: str = ""
    status: int | None = None
    correlation_id: str = ""
    is_stream: bool = False
    #: By text: how often each ran, and how many seconds it took in all. As many as the store has statements at most.
    statements: dict[str, tuple[int, float]] = field(default_factory=dict)

    def statement_ran(self, statement: str, seconds: float, failure: str | None) -> None:
        times, took = self.statements.get(statement, (0, 0.0))
        self.statements[statement] = times + 1, took + seconds
        name = statement_name(statement)
        self.metrics.statement_ran(name, seconds, failure)
        if self.trace is not None:
            self.trace.statement_ran(name, seconds, failure)

    def graph_failed(self, failure: str, told_as: str) -> None:
        self.metrics.graph_failed(failure, told_as)


_RECORD: ContextVar[RequestRecord | None] = ContextVar("request_record", default=None)


def endpoint_at_hand() -> str:
    """What the address of the request at hand is called: nothing of the client's."""
    return OTHER if (record := _RECORD.get()) is None else record.endpoint


def note_operation(name: str | None, document: str | None, *, anonymous: bool) -> None:
    """Which operation the request at hand runs: the name that the client gives it, and the whole text; and whether
    nobody in particular asks."""
    if (record := _RECORD.get()) is not None:
        record.operation, record.document, record.anonymous = name, document, anonymous


def note_code(code: str) -> None:
    """An error's code in the answer to the request at hand. The first one counts."""
    if (record := _RECORD.get()) is not None and not record.code:
        record.code = code


def note_stream() -> None:
    """The answer to the request at hand comes bit by bit, for as long as its client likes: how long that takes, and
    what is asked of the graph meanwhile, says nothing of how fast requests are answered."""
    if (record := _RECORD.get()) is not None:
        record.is_stream = True


def note_lines(outcome: str, count: int) -> None:
    """Reported lines that the request at hand brought: see `Metrics.lines_taken`."""
    if (record := _RECORD.get()) is not None:
        record.metrics.lines_taken(outcome, count)


@dataclass(slots=True)
class Watch:
    """Who is told of the requests to one application.

    `endpoints`: how addresses are named. `slow_seconds`: from which duration on an operation is logged.
    `in_flight`: the requests that are being answered.
    """

    metrics: Metrics
    tracing: Tracing | None
    names: OperationNames
    endpoints: Endpoints
    slow_seconds: float
    in_flight: int = 0


class WatchedRequests:
    """An ASGI application, and every request to it counted, timed and traced."""

    def __init__(self, app: ASGIApp, watch: Watch) -> None:
        self._app = app
        self._watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        watch = self._watch
        endpoint = watch.endpoints.name(scope["path"])
        trace = None
        if watch.tracing is not None:
            method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
            trace = watch.tracing.begin(method, endpoint, scope["headers"])
        record = RequestRecord(watch.metrics, trace, endpoint)

        async def send_noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                record.status = message["status"]
                for name, value in message.get("headers", ()):
                    if name == _CORRELATION_HEADER:
                        record.correlation_id = value.decode("latin-1")
            await send(message)

        token = _RECORD.set(record)
        watch.in_flight += 1
        try:
            with watched_by(record):
                await self._app(scope, receive, send_noted)
        except Exception:
            # Whoever stands around this one answers so.
            record.status = record.status or 500
            raise
        finally:
            watch.in_flight -= 1
            _RECORD.reset(token)
            self._ended(record, time.perf_counter() - began)

    def _ended(self, record: RequestRecord, seconds: float) -> None:
        status = NO_STATUS if record.status is None else str(record.status)
        operation = ""
        if record.endpoint == OPERATIONS:
            well = not record.code and record.status == 200
            operation = self._watch.names.label(record.operation, went_well=well, anonymous=record.anonymous)
        self._watch.metrics.request_ended(
            endpoint=record.endpoint,
            operation=operation,
            status=status,
            code=record.code,
            seconds=None if record.is_stream else seconds,
            statements=sum(times for times, _ in record.statements.values()),
        )
        if record.trace is not None:
            record.trace.end(
                operation=operation, status=record.status, code=record.code, correlation_id=record.correlation_id
            )
        if record.endpoint == OPERATIONS and seconds >= self._watch.slow_seconds and not record.is_stream:
            log_slow_operation(
                operation=self._watch.names.of_ours(record.operation),
                document=record.document,
                seconds=seconds,
                statements=record.statements,
                status=status,
                correlation_id=record.correlation_id,
            )
