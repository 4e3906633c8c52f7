"""Logs are JSON, a line each, and hold nothing that an error or a library happened to say."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from graph.errors import Conflict, GraphFault, InvalidInput, VitrineError
from server.logs import log_stray_errors
from tests.logs import logged_to

MARK = "anna@example.com"


class Logs(io.StringIO):
    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]

    def events(self) -> list[tuple[str, str]]:
        return [(entry["logger"], entry["event"]) for entry in self.entries()]


@pytest.fixture
def logs() -> Iterator[Logs]:
    """What is logged from level "info" on."""
    # What other tests left is told of now, and not in the middle of this one.
    gc.collect()
    stream = Logs()
    with logged_to(stream):
        yield stream


@pytest.fixture
def stray(logs: Logs, monkeypatch: pytest.MonkeyPatch) -> Logs:
    """What Python would print, logged instead."""
    for where, name in (
        (sys, "excepthook"),
        (sys, "unraisablehook"),
        (threading, "excepthook"),
        (warnings, "showwarning"),
        (logging, "raiseExceptions"),
    ):
        monkeypatch.setattr(where, name, getattr(where, name))
    log_stray_errors()
    return logs


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
            raise ValueError(MARK)
        except ValueError as error:
            raise GraphFault("The graph failed with Neo.X", number=3) from error
    except GraphFault:
        logging.getLogger("a").exception("failed")
        structlog.get_logger("b").exception("failed")
    for entry in logs.entries():
        fault, cause = entry["error"]
        assert fault.pop("at")[0].endswith(" test_an_error_is_logged_by_type_and_place_and_not_by_what_it_says")
        assert fault == {
            "type": "graph.errors.GraphFault",
            "code": "GRAPH_FAULT",
            "message": "The graph failed with Neo.X",
            "number": 3,
        }
        assert set(cause) == {"type", "at"}
    assert MARK not in logs.getvalue()


@pytest.mark.parametrize("error", [InvalidInput(f"no purpose {MARK!r}", key=MARK), Conflict(MARK)])
def test_what_an_error_repeats_of_a_clients_is_not_logged(logs: Logs, error: VitrineError) -> None:
    try:
        raise RuntimeError from error
    except RuntimeError:
        structlog.get_logger("b").exception("failed")
    (entry,) = logs.entries()
    assert entry["error"][1] == {"type": f"graph.errors.{type(error).__name__}", "code": error.code, "at": []}
    assert MARK not in logs.getvalue()


def test_libraries_that_repeat_what_is_told_elsewhere_are_quiet(logs: Logs) -> None:
    logging.getLogger("neo4j.pool").error("Transaction failed with the server's own text")
    logging.getLogger("uvicorn.error").info("Uvicorn running")
    logging.getLogger("uvicorn.error").error("Exception in ASGI application")
    assert [entry["event"] for entry in logs.entries()] == ["Exception in ASGI application"]


def test_the_values_in_a_librarys_line_are_left_out(logs: Logs) -> None:
    logging.getLogger("some.library").warning("%s was refused", MARK)
    assert logs.events() == [("some.library", "%s was refused")]
    assert MARK not in logs.getvalue()


def test_a_task_that_nobody_waits_for_does_not_show_its_error(logs: Logs) -> None:
    async def fail() -> None:
        raise ValueError(MARK)

    async def start() -> None:
        task = asyncio.create_task(fail())
        await asyncio.wait({task})

    with asyncio.Runner() as runner:
        runner.run(start())
    gc.collect()
    (entry,) = logs.entries()
    assert (entry["logger"], entry["event"]) == ("asyncio", "Task exception was never retrieved")
    assert entry["error"][0]["type"] == "builtins.ValueError"
    assert MARK not in logs.getvalue()


def test_an_error_that_nobody_catches_is_logged_and_not_printed(stray: Logs, capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise ValueError(MARK)

    class Unlucky:
        def __del__(self) -> None:
            fail()

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    unlucky = Unlucky()
    del unlucky
    gc.collect()
    try:
        fail()
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    assert [event for _, event in stray.events()] == [
        "Uncaught error in a thread",
        "Error that could not be raised",
        "Uncaught error",
    ]
    assert {entry["error"][0]["type"] for entry in stray.entries()} == {"builtins.ValueError"}
    assert MARK not in stray.getvalue()
    assert capfd.readouterr() == ("", "")


def test_a_warning_is_logged_by_its_kind_and_place(stray: Logs, capfd: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(MARK, UserWarning, stacklevel=1)
    (entry,) = stray.entries()
    assert (entry["event"], entry["category"]) == ("Warning of Python's", "UserWarning")
    assert entry["at"].startswith(__file__)
    assert MARK not in stray.getvalue()
    assert capfd.readouterr() == ("", "")


def test_a_line_that_cannot_be_written_is_not_printed(stray: Logs, capfd: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("graph.b").warning("%d", MARK)
    assert stray.getvalue() == ""
    assert capfd.readouterr() == ("", "")
