"""A service with a graph of its own for each file of tests: nothing here is wiped by others or kept for them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.ground import Ground, ServerGround, closing_ground
from tests.graphs import given_address
from tests.neo4j.server import neo4j_server
from tests.ports import free_port


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """On an embedded engine, or, where the run is on a graph that was named, on a Neo4j server to be killed."""
    folder = tmp_path_factory.mktemp("ground") / "data"
    if given_address() is None:
        with closing_ground(Ground(folder)) as ground:
            yield ground
        return
    with neo4j_server(port=free_port()) as server, closing_ground(ServerGround(folder, server)) as ground:
        yield ground
