"""Logs: one JSON object a line on standard error, of ids and fixed messages.

Whoever logs a value must know that it is no personal data. What an unexpected error says may be anything, so only its
type and where it happened are logged, with the message of those of the project's own errors that no client has a part
in. What other libraries log is logged without the values that they put into it.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import traceback
import warnings
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.types import EventDict, WrappedLogger

from graph.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated, VitrineError

MAXIMUM_FRAMES = 30

#: Errors whose messages and ids may repeat what a client sent.
_OF_CLIENTS = (InvalidInput, NotFound, Conflict, Unauthenticated, Forbidden)
_OURS = ("graph", "server", "seed")

log = structlog.get_logger(__name__)

_encode = json.JSONEncoder(ensure_ascii=False, default=repr).encode


class _Lines:
    """Writes the lines of one logger, among those of the standard library's. What cannot be written is lost, as there:
    nobody's request fails for it."""

    def __init__(self, name: str, handler: logging.StreamHandler[TextIO]) -> None:
        self.name = name
        self._handler = handler

    def msg(self, line: str) -> None:
        self._handler.acquire()
        try:
            self._handler.stream.write(f"{line}\n")
            self._handler.flush()
        except (OSError, ValueError):
            pass
        finally:
            self._handler.release()

    debug = info = warning = error = critical = msg


def configure_logs(level: str, stream: TextIO = sys.stderr) -> None:
    """Send what structlog and the standard library log, from `level` on, to `stream`. May be called again."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _describe_error,
    ]
    handler = logging.StreamHandler(stream)
    structlog.configure(
        processors=[*shared, _as_line],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Past the standard library's, which takes as long again for each line.
        logger_factory=lambda name: _Lines(name, handler),
        cache_logger_on_first_use=False,
    )
    # Told by no line of ours, and found out for each.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_without_values, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _as_line,
            ],
            keep_exc_info=False,
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # Its lines on starting and stopping are said to people by the command line.
    for name in ("uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
        logger.setLevel(logging.NOTSET)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    # What the driver meets is raised to whoever asked, with a code; its own lines repeat that for every connection, and
    # quote the server's texts.
    logging.getLogger("neo4j").setLevel(logging.CRITICAL)
    # What it says of each step has values in it already, such as the headers of answers.
    logging.getLogger("httpcore2").setLevel(logging.INFO)


def log_stray_errors() -> None:
    """From now on in this process, what Python itself would print is logged: errors that nobody caught, in whatever
    thread, and warnings. It would print what they say."""
    # Nor does the logging library print the values of a line that it cannot write.
    logging.raiseExceptions = False

    def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.critical("Uncaught error", exc_info=error)

    def uncaught_in_thread(stray: threading.ExceptHookArgs) -> None:
        log.error("Uncaught error in a thread", exc_info=stray.exc_value)

    def unraisable(stray: sys.UnraisableHookArgs) -> None:
        log.error("Error that could not be raised", exc_info=stray.exc_value)

    def show_warning(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        log.warning("Warning of Python's", category=category.__name__, at=f"{filename}:{lineno}")

    sys.excepthook = uncaught
    threading.excepthook = uncaught_in_thread
    sys.unraisablehook = unraisable
    warnings.showwarning = show_warning


def _as_line(logger: WrappedLogger, method: str, event: EventDict) -> str:
    return _encode(event)


def _without_values(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """The line of another library: its text as it stands in the source, and of that the first line. Below it asyncio
    shows tasks with the errors that ended them."""
    record: logging.LogRecord = event["_record"]
    if record.name.partition(".")[0] not in _OURS:
        event["event"] = str(record.msg).partition("\n")[0]
    return event


def _describe_error(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["error"] = [_described(each) for each in _chain(error)]
    return event


def _chain(error: BaseException) -> list[BaseException]:
    """The error, then what it came from, each once."""
    found: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in found:
        found.append(following)
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)
    return found


def _described(error: BaseException) -> dict[str, Any]:
    described: dict[str, Any] = {"type": f"{type(error).__module__}.{type(error).__qualname__}"}
    if isinstance(error, VitrineError):
        described["code"] = error.code
        if not isinstance(error, _OF_CLIENTS):
            described |= {"message": error.message, **error.ids}
    described["at"] = _frames(error.__traceback__)
    return described


def _frames(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-MAXIMUM_FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
