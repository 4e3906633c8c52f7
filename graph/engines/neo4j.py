"""Connecting the driver to a graph: a Neo4j server or cluster, or the embedded engine once it runs."""

from __future__ import annotations

from typing import Any

from neo4j import AsyncDriver, AsyncGraphDatabase, NotificationMinimumSeverity, TrustCustomCAs

from graph.engines.address import GraphAddress

USER_AGENT = "vitrine"
CHECK = "RETURN 1 AS one"


def connect(address: GraphAddress, *, pool_size: int, timeout_seconds: float, retry_seconds: float) -> AsyncDriver:
    """A driver for the address; nothing is opened before the first statement.

    `pool_size`: connections at most, to each server. `timeout_seconds` bounds opening a connection and waiting for a
    free one, `retry_seconds` the retries of one transaction. Close it, or use it as a context manager.
    """
    options: dict[str, Any] = {}
    url = address.url
    if address.ca_file is not None:
        # The driver takes its own authorities only beside a scheme that does not already choose them.
        url = url.replace("+s://", "://").replace("+ssc://", "://")
        options = {"encrypted": True, "trusted_certificates": TrustCustomCAs(str(address.ca_file))}
    return AsyncGraphDatabase.driver(
        url,
        auth=(address.user, address.password),
        max_connection_pool_size=pool_size,
        connection_timeout=timeout_seconds,
        connection_acquisition_timeout=timeout_seconds,
        max_transaction_retry_time=retry_seconds,
        notifications_min_severity=NotificationMinimumSeverity.OFF,
        telemetry_disabled=True,
        user_agent=USER_AGENT,
        **options,
    )
