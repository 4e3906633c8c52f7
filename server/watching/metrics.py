"""The figures of one application, in Prometheus's text format. Their meanings stand in docs/operator.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache

from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_COUNTS = (0, 1, 2, 3, 4, 6, 8, 12, 16, 32, 64, 128)
_LAGS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)

#: How many children of one metric are found without asking the library, which takes a lock and twice the time.
_CHILDREN_KEPT = 4096


class Metrics:
    """One registry, and what is counted in it. Every method costs some microseconds and waits for nothing."""

    def __init__(self) -> None:
        # A second series for each one, with the time of its birth, which nobody asks for.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        requests = Counter(
            "vitrine_requests",
            "Requests answered, by endpoint, HTTP status and the code of the first error.",
            ("endpoint", "status", "code"),
            registry=self.registry,
        )
        latency = Histogram(
            "vitrine_request_seconds",
            "From the whole head of a request to the last piece of its answer that is handed to the system.",
            ("endpoint", "operation"),
            registry=self.registry,
            buckets=_SECONDS,
        )
        statements = Histogram(
            "vitrine_request_statements",
            "Statements run for a request, each try counted.",
            ("endpoint",),
            registry=self.registry,
            buckets=_COUNTS,
        )
        statement_latency = Histogram(
            "vitrine_statement_seconds",
            "One try of a statement, with the wait for a connection.",
            ("statement",),
            registry=self.registry,
            buckets=_SECONDS,
        )
        failures = Counter(
            "vitrine_statement_failures",
            "Tries of a statement that failed, also those that were tried again.",
            ("statement", "failure"),
            registry=self.registry,
        )
        errors = Counter(
            "vitrine_graph_errors",
            "Reads and writes that failed for good, by the engine's code and by the code that was told.",
            ("failure", "code"),
            registry=self.registry,
        )
        lines = Counter(
            "vitrine_import_lines",
            "Reported lines by outcome: changed, unchanged, older, or the code of the rejection.",
            ("outcome",),
            registry=self.registry,
        )
        notices = Counter("vitrine_notices", "Notices written by this process.", registry=self.registry)
        tries = Counter(
            "vitrine_deliveries",
            "Tries to hand a notice over, by channel and how they ended: sent, retry, refused (for good), or unknown.",
            ("channel", "outcome"),
            registry=self.registry,
        )
        self._refused = Counter(
            "vitrine_connections_refused",
            "Connections ended before or without an answer of the application, by the code that was told.",
            ("code",),
            registry=self.registry,
        )
        self._lag = Histogram(
            "vitrine_event_loop_lag_seconds",
            "By how much a task was woken too late.",
            registry=self.registry,
            buckets=_LAGS,
        )
        self._requests = lru_cache(_CHILDREN_KEPT)(requests.labels)
        self._latency = lru_cache(_CHILDREN_KEPT)(latency.labels)
        self._statements = lru_cache(_CHILDREN_KEPT)(statements.labels)
        self._statement_latency = lru_cache(_CHILDREN_KEPT)(statement_latency.labels)
        self._failures = failures
        self._errors = errors
        self._lines = lru_cache(_CHILDREN_KEPT)(lines.labels)
        self._notices = notices
        self._tries = tries
        self._lanes: Callable[[], Mapping[str, str]] = dict
        self.registry.register(_Read(self._read_lanes, lambda: 0))
        for outcome in ("changed", "unchanged", "older"):
            self._lines(outcome)  # a rate needs a zero to begin from

    def request_ended(
        self, *, endpoint: str, operation: str, status: str, code: str, seconds: float | None, statements: int
    ) -> None:
        """`seconds`: None for a stream, which is counted, and no more."""
        self._requests(endpoint, status, code).inc()
        if seconds is not None:
            self._latency(endpoint, operation).observe(seconds)
            self._statements(endpoint).observe(statements)

    def statement_ran(self, name: str, seconds: float, failure: str | None) -> None:
        self._statement_latency(name).observe(seconds)
        if failure is not None:
            self._failures.labels(name, failure).inc()

    def graph_failed(self, failure: str, told_as: str) -> None:
        self._errors.labels(failure, told_as).inc()

    def lines_taken(self, outcome: str, count: int) -> None:
        if count:
            self._lines(outcome).inc(count)

    def notices_written(self, count: int) -> None:
        self._notices.inc(count)

    def delivery_tried(self, channel: str, outcome: str) -> None:
        self._tries.labels(channel, outcome).inc()

    def show_lanes(self, away: Callable[[], Mapping[str, str]]) -> None:
        """Of the senders, instead of those shown before: why nothing can be sent just now, "" where it can."""
        self._lanes = away

    def connection_refused(self, code: str) -> None:
        self._refused.labels(code).inc()

    def event_loop_lagged(self, seconds: float) -> None:
        self._lag.observe(seconds)

    def gauge(self, name: str, meaning: str, read: Callable[[], float | None]) -> None:
        """A figure that is read at each scrape; None leaves it out. `read` waits for nothing."""
        self.registry.register(_Read(lambda: GaugeMetricFamily(name, meaning, value=read()), read))

    def counter(self, name: str, meaning: str, read: Callable[[], float | None]) -> None:
        """As `gauge`, for a figure that only rises. `name` without its `_total`."""
        self.registry.register(_Read(lambda: CounterMetricFamily(name, meaning, value=read()), read))

    def _read_lanes(self) -> Metric:
        lanes = GaugeMetricFamily(
            "vitrine_notify_lane_up", "Whether a sender can send, by channel or product.", labels=("lane",)
        )
        for lane, reason in self._lanes().items():
            lanes.add_metric((lane,), 0.0 if reason else 1.0)
        return lanes

    def render(self) -> bytes:
        return generate_latest(self.registry)


class _Read(Collector):
    def __init__(self, make: Callable[[], Metric], read: Callable[[], float | None]) -> None:
        self._make = make
        self._read = read

    def collect(self) -> Iterator[Metric]:
        if self._read() is not None:
            yield self._make()

    def describe(self) -> Iterable[Metric]:
        return ()
