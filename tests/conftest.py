"""What any test may ask for: a real graph, wiped for each, and a clock.

Without settings the graph is an embedded engine in a temporary folder. With VITRINE_GRAPH_URL it is that one, and
`-m graph` chooses the tests that use it (`make test-neo4j`).
"""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator
from typing import NoReturn

import pytest
import structlog
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

from graph.engines.address import GraphAddress
from graph.engines.embedded import EmbeddedEngine
from graph.store.database import Database
from graph.store.migrations import migrate
from tests.clock import Clock
from tests.graphs import NotAGraphOfTests, claim, given_address, wipe
from tests.patience import PATIENCE_SECONDS

PROCESSES_AT_MOST = 8
BROWSER = "tests/browser/"

# Generated cases are the same in every run; `--hypothesis-profile=long` looks for new ones. On a graph that was named,
# where the embedded engine was asked the same, the first of them tell whether it answers as that does.
settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=30 if given_address() is None else 8,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("long", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci")


def _silent(*_: object) -> NoReturn:
    raise structlog.DropEvent


# What is logged is for the tests that read it: drawing an error with the values of its frames, as structlog would,
# takes longer than most tests.
structlog.configure(processors=[_silent])


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "graph: uses the graph, and so must pass on every engine (set by itself)")


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores, each with an engine, for which it waits a third of the time; on a graph that was
    named this process alone, for tests that shared a graph would wipe each other's."""
    return 0 if given_address() is not None else min(len(os.sched_getaffinity(0)) + 1, PROCESSES_AT_MOST)


def pytest_xdist_make_scheduler(config: pytest.Config) -> object:
    """Gives whole files to each process, and all tests of the pages to one, for they share a service and a browser."""
    scheduler = LoadFileScheduling(config)
    file_of = scheduler._split_scope
    scheduler._split_scope = lambda id: BROWSER if id.startswith(BROWSER) else file_of(id)
    return scheduler


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "address" in getattr(item, "fixturenames", ()):
            item.add_marker("graph")


def pytest_collection_finish() -> None:
    """Modules and tests stay until the end: to look them through for garbage over and over took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
async def address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[GraphAddress]:
    """The graph of this run: the one that the environment names, else an engine of the run's own."""
    given = given_address()
    if given is not None:
        yield given
        return
    async with EmbeddedEngine(
        tmp_path_factory.mktemp("graph"), brief=True, start_timeout_seconds=PATIENCE_SECONDS
    ) as own:
        yield own


@pytest.fixture(scope="session")
async def migrated(address: GraphAddress) -> AsyncIterator[Database]:
    """The graph of this run with every migration, and with what the test before left in it.

    Ends the run where the graph is somebody's: nothing in it is touched.
    """
    async with Database(address, statement_seconds=PATIENCE_SECONDS) as database:
        try:
            await claim(database)
        except NotAGraphOfTests as refusal:
            pytest.exit(str(refusal), returncode=pytest.ExitCode.USAGE_ERROR)
        await migrate(database)
        yield database


@pytest.fixture
async def database(migrated: Database) -> Database:
    """The graph of this run with nothing in it but what migrations made."""
    migrated.observers.clear()
    await wipe(migrated)
    return migrated


@pytest.fixture
def clock() -> Clock:
    """Stands at noon of 1 June 2026 until it is set."""
    return Clock()
