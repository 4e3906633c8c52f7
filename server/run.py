"""The life of the service's process: port, engine, schema, seed, serving, and all of it back in the other order."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, NoReturn, TypeVar

import uvicorn

from graph.engines.address import GraphAddress
from graph.engines.embedded import EmbeddedEngine
from graph.engines.keeper import BackOff, keep
from graph.errors import GraphUnavailable, VitrineError
from graph.store.database import Database
from graph.store.migrations import migrate
from server.app import create_app
from server.development import JWKS_PATH, DevelopmentIssuer, development_rules, open_development_issuer
from server.event_stream import EventStreams
from server.gate.connections import Server, Terms, allow_open_files, connection_class
from server.gate.headers import security_headers
from server.gate.places import Places
from server.gate.unsent import ADDRESS_UNSENT_BYTES_AT_MOST, Unsent
from server.greeting import curl_line, revision_line, until_ready
from server.listener import BACKLOG, listen, url_of
from server.notify.assembly import assemble
from server.notify.inside import notifying
from server.settings import Notify, Settings, Traces
from server.tokens import TokenVerifier
from server.watching.metrics import Metrics
from server.watching.tracing import Tracing, open_tracing

# Longer than the 60 seconds after which most balancers close an idle connection: the one who sends closes it.
KEEP_ALIVE_SECONDS = 65
GRACE_SECONDS = 10
# How long after a lost connection the engine's end may come to be known.
ENGINE_END_SECONDS = 2.0
RESTARTING = "The graph is away: the engine ended, restarting; try again later"

Seed = Callable[[Database, Settings, datetime], Coroutine[Any, Any, str | None]]
"""Puts the first revision into a graph that has none; says in a line what it did, None for nothing."""

T = TypeVar("T")


class _Stopped(Exception):
    """The process was asked to stop while it was starting."""


class _Server(Server):
    """Leaves the signals alone: the whole life, not the HTTP server's alone, ends by them."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Ends:
    """The two ways in which a life ends from outside: a signal, or, until the service is ready, the end of the embedded
    engine. From then on an engine that ends is started again."""

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self.again = asyncio.Event()
        self._stopped = asyncio.create_task(self.stop.wait())
        self._engine: EmbeddedEngine | None = None
        self._engine_ended: asyncio.Task[int] | None = None
        self._keeping: asyncio.Task[NoReturn] | None = None
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._on_signal)

    def watch(self, engine: EmbeddedEngine) -> None:
        self._engine = engine
        self._engine_ended = asyncio.create_task(engine.wait())

    def keep(self, settings: Settings, database: Database, say: Callable[[str], None]) -> None:
        """From here on an embedded engine that ends is started again."""
        engine = self._engine
        if engine is None:
            return
        self._unwatch()

        async def away() -> None:
            await database.leave(RESTARTING)
            tell("The embedded engine has ended, and is started again")

        def back(address: GraphAddress) -> None:
            database.move(address)
            tell("The embedded engine is back")

        def tell(line: str) -> None:
            # Whoever read the first lines may have gone since.
            with contextlib.suppress(OSError):
                say(line)

        longest = settings.engine_restart_seconds
        back_off = BackOff(first_seconds=min(BackOff().first_seconds, longest), longest_seconds=longest)
        self._keeping = asyncio.create_task(keep(engine, back_off, away=away, back=back))

    async def unwatch(self) -> None:
        """From here on the engine ends because it is told to, and is not started again."""
        self._unwatch()
        keeping, self._keeping = self._keeping, None
        if keeping is not None:
            keeping.cancel()
            await asyncio.wait({keeping})

    def close(self) -> None:
        self._unwatch()
        self._stopped.cancel()

    def _unwatch(self) -> None:
        if self._engine_ended is not None:
            self._engine_ended.cancel()
        self._engine = self._engine_ended = None

    async def before(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`, if it comes before an end; else raises _Stopped or EngineFailure.

        Work that fails because the engine has ended fails for that reason.
        """
        task = asyncio.create_task(work)
        try:
            await asyncio.wait({task, *self._tasks()}, return_when=asyncio.FIRST_COMPLETED)
            if task.done() and isinstance(task.exception(), GraphUnavailable) and self._engine_ended is not None:
                await asyncio.wait({self._engine_ended}, timeout=ENGINE_END_SECONDS)
            self.check()
            return await task
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task})

    def check(self) -> None:
        """Raises _Stopped or EngineFailure where the end has come, and what ended the keeping of the engine."""
        if self._keeping is not None and self._keeping.done():
            self._keeping.result()
        if self._engine is not None and self._engine_ended is not None and self._engine_ended.done():
            raise self._engine.ended(self._engine_ended.result())
        if self.stop.is_set():
            raise _Stopped

    def _tasks(self) -> set[asyncio.Task[Any]]:
        return {self._stopped} | {each for each in (self._engine_ended, self._keeping) if each is not None}

    def _on_signal(self) -> None:
        (self.again if self.stop.is_set() else self.stop).set()


async def run(settings: Settings, *, seed: Seed, say: Callable[[str], None], clock: Callable[[], datetime]) -> None:
    """Serve until SIGINT or SIGTERM, then return; a second one cuts off the requests that are still running.

    `say` is given the lines for people. Raises VitrineError where the service cannot start, EngineFailure where the
    embedded engine ends before it is ready; everything that was started has ended then. An engine that ends later is
    started again.
    """
    ends = _Ends()
    try:
        with contextlib.closing(listen(settings.host, settings.port)) as listener, _traced(settings) as tracing:
            async with _graph(settings, ends) as address, _database(settings, address) as database:
                await _serve(settings, listener, database, ends, tracing=tracing, seed=seed, say=say, clock=clock)
    except _Stopped:
        pass
    finally:
        ends.close()


@contextlib.contextmanager
def _traced(settings: Settings) -> Iterator[Tracing | None]:
    """Traces, where they are asked for. Raises InvalidSettings where they cannot be had."""
    if settings.traces is Traces.OFF:
        yield None
        return
    with contextlib.closing(open_tracing()) as tracing:
        yield tracing


@contextlib.asynccontextmanager
async def _graph(settings: Settings, ends: _Ends) -> AsyncIterator[GraphAddress]:
    """The graph that the settings name, or an engine of this process's own for as long as it is needed."""
    named = settings.graph_address()
    if named is not None:
        yield named
        return
    engine = EmbeddedEngine(
        settings.data_dir,
        heap_mb=settings.engine_heap_mb,
        start_timeout_seconds=settings.engine_start_seconds,
        # Who develops starts it often, and asks it little.
        brief=settings.is_development,
    )
    try:
        address = await ends.before(engine.start())
        ends.watch(engine)
        yield address
    finally:
        await ends.unwatch()
        await engine.stop()


def _database(settings: Settings, address: GraphAddress) -> Database:
    return Database(
        address,
        pool_size=settings.graph_pool_size,
        timeout_seconds=settings.graph_connect_seconds,
        statement_seconds=settings.graph_statement_seconds,
        retry_seconds=settings.graph_retry_seconds,
    )


async def _serve(
    settings: Settings,
    listener: socket.socket,
    database: Database,
    ends: _Ends,
    *,
    tracing: Tracing | None,
    seed: Seed,
    say: Callable[[str], None],
    clock: Callable[[], datetime],
) -> None:
    try:
        await ends.before(migrate(database))
    except GraphUnavailable as error:
        if settings.graph_url is None:
            raise
        raise GraphUnavailable(
            f"The graph at {settings.graph_url} does not answer: start it, or correct VITRINE_GRAPH_URL"
        ) from error
    seeded = await ends.before(seed(database, settings, clock()))
    if seeded is not None:
        say(seeded)
    url = url_of(listener, settings.host)
    settings = replace(settings, public_url=settings.public_url or url)
    issuer, verifier = _identity(settings, url)
    metrics = Metrics()
    streams = EventStreams.of(settings)
    terms = terms_of(settings, metrics)
    app = create_app(
        settings,
        database,
        verifier=verifier,
        issuer=issuer,
        clock=clock,
        tracing=tracing,
        metrics=metrics,
        streams=streams,
    )
    allow_open_files(settings.connections)
    server = _Server(
        uvicorn.Config(
            app,
            http=connection_class(terms),
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            # Whom to believe about the client's address is for `server.gate.addresses`.
            proxy_headers=False,
            backlog=BACKLOG,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    serving = asyncio.create_task(_serving(server, listener))
    force = asyncio.create_task(_force(server, ends.again))
    try:
        await ends.before(_first(serving, until_ready(url)))
        # What is there now stays: the collector need not look at it during requests.
        gc.collect()
        gc.freeze()
        # An answer makes a thousand objects and leaves none: to look for circles after each 700 is a tenth of its time.
        # Trees of GraphQL documents are circles, which grow old while they are kept: looked through seldom, the oldest
        # took hundreds of megabytes of what was forgotten. There are few of them, now that all else is frozen.
        gc.set_threshold(20_000, 5, 2)
        say(f"Vitrine serves {url}")
        say(await ends.before(revision_line(database, clock())))
        if issuer is not None:
            unknown = "" if settings.loads_examples else ", with a subject that this graph may not know"
            say(f"Try it{unknown}:\n\n{curl_line(url, issuer, settings.example_subject)}\n")
        ends.keep(settings, database, say)
        async with _telling(settings, database, clock, metrics):
            try:
                await ends.before(_shielded(serving))
            finally:
                # The telling, which may take longer to end, ends meanwhile.
                _stop_serving(server, streams)
    finally:
        _stop_serving(server, streams)
        await asyncio.wait({serving})
        force.cancel()
        # Before the database closes, to which it would tell of a new engine.
        await ends.unwatch()


def _telling(
    settings: Settings, database: Database, clock: Callable[[], datetime], metrics: Metrics
) -> contextlib.AbstractAsyncContextManager[None]:
    """The telling of people, where the service is to do it itself."""
    if settings.notify is Notify.OFF:
        return contextlib.nullcontext()
    return notifying(lambda: assemble(settings, database, clock=clock, metrics=metrics))


def terms_of(settings: Settings, metrics: Metrics) -> Terms:
    """What all connections of the service have in common; they are counted in `metrics`."""
    # All connections that come through proxies come from theirs; in development all come from this machine, the
    # service's own question for its issuer's keys too.
    is_one_address = settings.trusted_proxies or settings.is_development
    of_an_address = 0 if is_one_address else settings.address_connections
    places = Places(settings.connections, of_an_address=of_an_address)
    unsent = Unsent(of_an_address=0 if is_one_address else ADDRESS_UNSENT_BYTES_AT_MOST)
    metrics.gauge("vitrine_connections", "Connections of clients that are open.", lambda: len(places))
    return Terms(
        places=places,
        unsent=unsent,
        head_seconds=settings.head_seconds,
        headers=security_headers(is_production=not settings.is_development),
        on_refusal=metrics.connection_refused,
    )


def _identity(settings: Settings, url: str) -> tuple[DevelopmentIssuer | None, TokenVerifier]:
    if settings.is_development:
        return open_development_issuer(settings.data_dir), TokenVerifier(development_rules(url + JWKS_PATH))
    return None, TokenVerifier(settings.token_rules())


async def _serving(server: uvicorn.Server, listener: socket.socket) -> None:
    try:
        await server.serve(sockets=[listener])
    except SystemExit as error:
        raise VitrineError("the service did not start: its log says why") from error


async def _first(serving: asyncio.Task[None], ready: Coroutine[Any, Any, None]) -> None:
    """Waits until the service is ready. Raises what ended it before that."""
    task = asyncio.create_task(ready)
    try:
        await asyncio.wait({serving, task}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()
    finally:
        task.cancel()


def _stop_serving(server: uvicorn.Server, streams: EventStreams) -> None:
    # They would never end by themselves, and the server waits for what is being answered.
    streams.end()
    server.should_exit = True


async def _shielded(serving: asyncio.Task[None]) -> None:
    # The stop asks the server to end in order; it is never cancelled.
    await asyncio.shield(serving)


async def _force(server: uvicorn.Server, again: asyncio.Event) -> None:
    await again.wait()
    server.force_exit = True
