"""The graph as the rest of the store sees it: reads, write transactions, and errors in the project's terms."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import TracebackType
from typing import Any, LiteralString, Self, TypeVar

from neo4j import (
    READ_ACCESS,
    WRITE_ACCESS,
    AsyncManagedTransaction,
    AsyncSession,
    Query,
    Record,
    unit_of_work,
)
from neo4j.exceptions import (
    AuthError,
    ClientError,
    ConfigurationError,
    ConstraintError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)

from graph.engines.address import GraphAddress
from graph.engines.neo4j import CHECK, connect
from graph.errors import Conflict, GraphFault, GraphUnavailable, VitrineError
from graph.store.link import Link
from graph.store.watcher import Watched, tell_of_failure
from graph.store.write_lock import WriteLock

log = logging.getLogger(__name__)

T = TypeVar("T")

READ_TRIES = 3
SCHEMA_TRIES = 10
PAUSE_SECONDS = 0.05
GRACE_SECONDS = 1.0
TIMEOUT_CODES = frozenset(
    {
        "Neo.ClientError.Transaction.TransactionTimedOut",
        "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration",
        "Neo.TransientError.Transaction.LockAcquisitionTimeout",
        "Neo.ClientError.Transaction.LockClientStopped",
    }
)
# What the embedded engine says of a commit that it could not write, such as on a full disk.
NOT_KEPT_CODE = "Neo.ClientError.Transaction.TransactionNotFound"


class Transaction:
    """A write transaction that is under way. A function given to `Database.write` may run more than once: it only
    reads and writes through this, and nothing else happens inside it."""

    def __init__(self, transaction: AsyncManagedTransaction, database: Database) -> None:
        self._transaction = transaction
        self._database = database

    async def run(self, statement: LiteralString, **parameters: Any) -> list[Record]:
        """All records of a statement. Sees what this transaction wrote before."""
        self._database.observe(statement)
        with Watched(statement):
            result = await self._transaction.run(statement, parameters)
            return [record async for record in result]


class Database:
    """One graph through one driver. Safe for concurrent use: every call has a session of its own.

    Reads see this process's earlier writes on every member of a cluster (bookmarks). Where the engine has no locks of
    its own worth the name (the embedded one), writers take turns, across processes too.
    """

    def __init__(
        self,
        address: GraphAddress,
        *,
        pool_size: int = 100,
        timeout_seconds: float = 5.0,
        statement_seconds: float = 30.0,
        retry_seconds: float = 15.0,
    ) -> None:
        """`timeout_seconds`: to get a connection. `statement_seconds`: for one statement or write transaction.
        `retry_seconds`: for all tries of one write transaction. Raises GraphFault for an address that is none."""
        self.address = address
        self.observers: list[Callable[[LiteralString], None]] = []
        self.pool_size = pool_size
        #: How many sessions are open now: each has one of the pool's connections, or waits for one.
        self.open_sessions = 0
        #: How often the graph has come back at an address: an embedded engine was started again.
        self.moves = 0
        self._timeout_seconds = timeout_seconds
        self._statement_seconds = statement_seconds
        self._retry_seconds = retry_seconds
        self._link: Link | None = self._connect(address)
        self._away_for = ""
        self._write_lock = WriteLock(address.write_lock, timeout_seconds=statement_seconds)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            await link.driver.close()
        self._write_lock.close()

    async def leave(self, reason: str) -> None:
        """The graph is known to have gone: from now on every call, and what is under way, raises GraphUnavailable with
        `reason`, until `move`. A write that is under way may be written or not. Returns when nothing is under way."""
        self._away_for = reason
        link, self._link = self._link, None
        if link is not None:
            await link.end(reason)

    def move(self, address: GraphAddress) -> None:
        """The same graph is back at this address. Only after `leave`. Raises GraphFault for an address that is none."""
        assert self._link is None, "the graph is where it was"
        assert address.write_lock == self.address.write_lock, "this is another graph"
        self._link = self._connect(address)
        self.address = address
        self.moves += 1

    def observe(self, statement: LiteralString) -> None:
        """Tells every observer that a statement is about to run."""
        for observer in self.observers:
            observer(statement)

    async def is_embedded(self) -> bool:
        """Whether this is the embedded engine, which is told by what it calls itself.

        Raises GraphUnavailable or GraphFault.
        """
        return "ArcadeDB" in await self.engine()

    async def engine(self) -> str:
        """What the engine calls itself, such as `Neo4j/5.26.0`. Raises GraphUnavailable or GraphFault."""
        with _translated():
            link = self._reach()
            async with link.limit(self._in_seconds):
                info = await link.driver.get_server_info()
            agent: str = info.agent
            return agent

    async def check(self) -> None:
        """Returns if the graph answers a statement now. Raises GraphUnavailable or GraphFault."""
        with _translated():
            await self._read_once(CHECK, {})

    async def read(self, statement: LiteralString, **parameters: Any) -> list[Record]:
        """All records of one read statement; tried again after a passing fault.

        Auto-commit, because a read in a managed transaction costs the engine half as much again.
        """
        with _translated():
            return await _again(lambda: self._read_once(statement, parameters), READ_TRIES)

    async def write(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Runs `work` in one transaction, again after a passing fault, and returns what it returned.

        Raises Conflict where a unique key is taken, twice in a row: a race for it is over by the second try. After
        GraphUnavailable it may be written or not.
        """

        @unit_of_work(timeout=self._statement_seconds)
        async def managed(transaction: AsyncManagedTransaction) -> T:
            async with asyncio.timeout(self._in_seconds):
                return await work(Transaction(transaction, self))

        with _translated():
            async with self._write_lock.held():
                link = self._reach()
                async with link.limit(self._all_in_seconds), self._session(link, WRITE_ACCESS) as session:
                    try:
                        return await session.execute_write(managed)
                    except ConstraintError:
                        return await session.execute_write(managed)

    async def run_schema(self, statement: LiteralString) -> None:
        """Runs one schema statement, which engines do not run beside others in a transaction. It must be one that may
        run twice: it is tried again after a passing fault, such as another process at the same."""

        async def once() -> None:
            self.observe(statement)
            with Watched(statement):
                async with self._session(link, WRITE_ACCESS) as session:
                    result = await session.run(statement)
                    await result.consume()

        with _translated():
            async with self._write_lock.held():
                link = self._reach()
                async with link.limit(self._all_in_seconds):
                    await _again(once, SCHEMA_TRIES)

    async def _read_once(self, statement: LiteralString, parameters: dict[str, Any]) -> list[Record]:
        link = self._reach()
        self.observe(statement)
        with Watched(statement):
            async with link.limit(self._in_seconds), self._session(link, READ_ACCESS) as session:
                result = await session.run(Query(statement, timeout=self._statement_seconds), parameters)
                return [record async for record in result]

    def _connect(self, address: GraphAddress) -> Link:
        with _translated():
            driver = connect(
                address,
                pool_size=self.pool_size,
                timeout_seconds=self._timeout_seconds,
                retry_seconds=self._retry_seconds,
            )
        return Link(address, driver)

    def _reach(self) -> Link:
        if self._link is None:
            raise GraphUnavailable(self._away_for)
        return self._link

    @asynccontextmanager
    async def _session(self, link: Link, access: str) -> AsyncIterator[AsyncSession]:
        self.open_sessions += 1
        try:
            async with link.session(access) as session:
                yield session
        finally:
            self.open_sessions -= 1

    @property
    def _in_seconds(self) -> float:
        # The embedded engine does not heed the time limit that the driver sends with a statement.
        return self._statement_seconds + GRACE_SECONDS

    @property
    def _all_in_seconds(self) -> float:
        # Beginning and committing have no limit of their own: a graph that hangs there must not keep the turn to write.
        return self._statement_seconds + self._retry_seconds + GRACE_SECONDS


async def _again(once: Callable[[], Awaitable[T]], tries: int) -> T:
    """What `once` returns; after a passing fault it is tried again, `tries` times in all."""
    attempt = 1
    while True:
        try:
            return await once()
        except (Neo4jError, DriverError) as error:
            if attempt == tries or not error.is_retryable():
                raise
        await asyncio.sleep(PAUSE_SECONDS * attempt)
        attempt += 1


@contextmanager
def _translated() -> Iterator[None]:
    """The driver's errors as the project's. Each is written down by its type and code, and so is what is told without
    asking the driver: that the graph has gone, or that no turn to write came."""
    try:
        yield
    except (TimeoutError, Neo4jError, DriverError) as error:
        translation = _translation(error)
        _write_down(error, translation.code)
        raise translation from error
    except GraphUnavailable as error:
        _write_down(error, error.code)
        raise


def _write_down(error: Exception, told_as: str) -> None:
    code = error.code if isinstance(error, Neo4jError) else None
    tell_of_failure(error, told_as)
    log.warning("graph error: %s, code %s, told as %s", type(error).__name__, code, told_as)


def _translation(error: TimeoutError | Neo4jError | DriverError) -> VitrineError:
    """Branches on types and codes, never on texts: engines differ in those."""
    match error:
        case TimeoutError():
            return GraphUnavailable("The graph took too long to answer: try again later")
        case AuthError():
            return GraphFault("The graph refuses the credentials: check VITRINE_GRAPH_USER and VITRINE_GRAPH_PASSWORD")
        case ConstraintError():
            return Conflict("Somebody else wrote the same thing at the same time: read it again and retry")
        case ConfigurationError():
            return GraphFault(f"The driver cannot use these settings for the graph: {error}")
        case ServiceUnavailable() | SessionExpired():
            return GraphUnavailable("The graph does not answer: try again later")
        case ClientError() if error.code in TIMEOUT_CODES:
            return GraphUnavailable("The graph took too long to answer: try again later")
        case ClientError() if error.code == NOT_KEPT_CODE:
            return GraphUnavailable("The graph could not keep what was written: try again later")
        case ClientError():
            return GraphFault(f"The graph refused a statement with {error.code}")
        case Neo4jError() if error.is_retryable():
            return GraphUnavailable("The graph is busy: try again later")
        case Neo4jError():
            return GraphFault(f"The graph failed with {error.code}")
        case _:
            # What is left are exhausted pools and broken connections: the graph is there for nobody just now.
            return GraphUnavailable("No connection to the graph is to be had: try again later")
