"""The graph that a command works on: the one that the settings name, or the data folder's embedded one."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any, TypeVar

from graph.engines.address import GraphAddress
from graph.engines.embedded import attach, open_engine
from graph.engines.folder import DataFolder
from graph.errors import GraphUnavailable, InvalidSettings
from graph.store.database import Database
from graph.store.migrations import migrate
from server.logs import configure_logs
from server.settings import LogLevel, Settings

T = TypeVar("T")


def now() -> datetime:
    return datetime.now(UTC)


def read_settings() -> Settings:
    """Raises InvalidSettings."""
    return Settings.from_environment(os.environ)


def with_database(
    work: Callable[[Database], Coroutine[Any, Any, T]],
    *,
    migrated: bool = True,
    existing: bool = False,
    served: bool = False,
) -> T:
    """The result of `work` on the graph, after its schema was brought up to date if it is to be `migrated`.

    The embedded engine is the running service's, or one that is started for the time of this; `existing`
    refuses a data folder without a graph, such as one whose name is mistyped, where else a new graph would be made;
    `served` refuses one whose service does not run, for work that takes long: meanwhile no service could begin.
    Raises VitrineError.
    """
    settings = read_settings()
    # What happens is said to whoever typed the command; logs are the service's.
    configure_logs(LogLevel.ERROR)

    async def run() -> T:
        async with (
            _address(settings, existing, served) as address,
            Database(
                address,
                pool_size=settings.graph_pool_size,
                timeout_seconds=settings.graph_connect_seconds,
                statement_seconds=settings.graph_statement_seconds,
                retry_seconds=settings.graph_retry_seconds,
            ) as database,
        ):
            if migrated:
                await migrate(database)
            return await work(database)

    return asyncio.run(run())


@contextlib.asynccontextmanager
async def _address(settings: Settings, existing: bool, served: bool) -> AsyncIterator[GraphAddress]:
    named = settings.graph_address()
    if named is not None:
        yield named
        return
    if existing and not DataFolder(settings.data_dir).holds_graph():
        raise InvalidSettings(
            f"there is no graph in the data folder {settings.data_dir}: correct VITRINE_DATA_DIR, or start the service "
            "with it once"
        )
    if served:
        address = attach(settings.data_dir)
        if address is None:
            raise GraphUnavailable(
                f"no service runs on the data folder {settings.data_dir}, and its graph runs with that alone: start it "
                "with `vitrine run`"
            )
        yield address
        return
    async with open_engine(
        settings.data_dir, heap_mb=settings.engine_heap_mb, start_timeout_seconds=settings.engine_start_seconds
    ) as address:
        yield address
