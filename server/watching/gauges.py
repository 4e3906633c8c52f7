"""Figures that are kept elsewhere, and read at each scrape."""

from __future__ import annotations

from graph.model import Revision
from graph.store.database import Database
from server.event_stream import EventStreams
from server.gate.admission import Admission
from server.gate.shares import SharedAdmission
from server.watching.metrics import Metrics
from server.watching.requests import Watch
from server.watching.revision_in_force import RevisionInForce


def register_gauges(
    metrics: Metrics,
    *,
    watch: Watch,
    database: Database,
    revision: RevisionInForce,
    operations: Admission,
    imports: SharedAdmission,
    streams: EventStreams,
) -> None:
    metrics.gauge(
        "vitrine_requests_in_flight",
        "Requests being answered, but streams.",
        lambda: max(watch.in_flight - len(streams), 0),
    )
    metrics.gauge("vitrine_streams", "Streams that are open.", lambda: len(streams))
    metrics.gauge("vitrine_operations_waiting", "GraphQL operations that wait for room.", lambda: operations.waiting)
    metrics.gauge("vitrine_imports_waiting", "Imports that wait for room.", lambda: imports.waiting)
    metrics.gauge(
        "vitrine_graph_sessions",
        "Sessions on the graph: each has a connection of the pool, or waits for one.",
        lambda: database.open_sessions,
    )
    metrics.gauge("vitrine_graph_pool_limit", "Connections at most, to each server.", lambda: database.pool_size)
    metrics.counter("vitrine_engine_restarts", "Restarts of the embedded engine.", lambda: database.moves)
    metrics.gauge(
        "vitrine_revision_in_force", "Number of the revision in force; 0 for none.", lambda: _number(revision.current)
    )
    metrics.gauge(
        "vitrine_revision_in_force_since_seconds",
        "When it came into force, in seconds since 1970.",
        lambda: _since(revision.current),
    )


def _number(revision: Revision | None) -> int:
    return 0 if revision is None else revision.number


def _since(revision: Revision | None) -> float | None:
    return None if revision is None or revision.effective_at is None else revision.effective_at.timestamp()
