"""Logs are JSON, a line each, and hold nothing that an error happened to say."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from graph.errors import Conflict
from server.logs import configure_logs


class Logs(io.StringIO):
    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def logs() -> Iterator[Logs]:
    """What is logged from level "info" on."""
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", "uvicorn", "neo4j")}
    handlers = root.handlers
    stream = Logs()
    configure_logs("info", stream)
    yield stream
    structlog.reset_defaults()
    root.handlers = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_both_libraries_write_the_same_lines(logs: Logs) -> None:
    structlog.get_logger("server.a").info("keys fetched", url="urn:x")
    logging.getLogger("graph.b").info("serves: pid %d", 7)
    logging.getLogger("graph.b").debug("not at this level")
    first, second = logs.entries()
    assert first.pop("timestamp").endswith("Z")
    assert second.pop("timestamp").endswith("Z")
    assert first == {"event": "keys fetched", "url": "urn:x", "level": "info", "logger": "server.a"}
    assert second == {"event": "serves: pid 7", "level": "info", "logger": "graph.b"}


def test_an_error_is_logged_by_type_and_place_and_not_by_what_it_says(logs: Logs) -> None:
    try:
        try:
            raise ValueError("anna@example.com")
        except ValueError as error:
            raise Conflict("Somebody else was first", number=3) from error
    except Conflict:
        logging.getLogger("a").exception("failed")
        structlog.get_logger("b").exception("failed")
    for entry in logs.entries():
        conflict, cause = entry["error"]
        assert conflict.pop("at")[0].endswith(" test_an_error_is_logged_by_type_and_place_and_not_by_what_it_says")
        assert conflict == {
            "type": "graph.errors.Conflict",
            "code": "CONFLICT",
            "message": "Somebody else was first",
            "number": 3,
        }
        assert set(cause) == {"type", "at"}
    assert "anna" not in logs.getvalue()


def test_libraries_that_repeat_what_is_told_elsewhere_are_quiet(logs: Logs) -> None:
    logging.getLogger("neo4j.pool").error("Transaction failed with the server's own text")
    logging.getLogger("uvicorn.error").info("Uvicorn running")
    logging.getLogger("uvicorn.error").error("Exception in ASGI application")
    assert [entry["event"] for entry in logs.entries()] == ["Exception in ASGI application"]
