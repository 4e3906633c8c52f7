"""People for all benches, loaded as a bench loads them."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bench import mail, telling
from bench.data import Graph, load
from graph.engines.address import GraphAddress
from graph.store.database import Database
from tests.graphs import wipe
from tests.server.command_line import settings_of

# So many that one in a hundred is one.
SUBJECTS = 100


@pytest.fixture(scope="module")
async def named(migrated: Database, address: GraphAddress, tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The graph of this run, as one that settings name, with the people in it: so no command starts an engine."""
    scratch = tmp_path_factory.mktemp("bench")
    await wipe(migrated)
    graph = Graph(scratch / "data", settings_of(address))
    await asyncio.to_thread(load, graph, SUBJECTS, scratch)
    return graph


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="module")
def at_once() -> Iterator[None]:
    """What a bench would start a process for is done by this one, which has loaded all that it needs."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (mail, telling):
            patch.setattr(module, "worker", _here)
        yield


def _here(module: str, job: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = asyncio.run(importlib.import_module(module).run(job))
    return found
