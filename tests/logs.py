"""What the service logs, read by a test."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from server.logs import configure_logs

_CONFIGURED = ("", "uvicorn", "neo4j", "httpcore2")


@contextmanager
def logged_to(stream: io.StringIO, level: str = "info") -> Iterator[None]:
    """Meanwhile the logs go to `stream`, as those of the running service do."""
    root = logging.getLogger()
    handlers, configured = root.handlers, structlog.get_config()
    levels = {name: logging.getLogger(name).level for name in _CONFIGURED}
    configure_logs(level, stream)
    try:
        yield
    finally:
        structlog.configure(**configured)
        root.handlers = handlers
        for name, before in levels.items():
            logging.getLogger(name).setLevel(before)
