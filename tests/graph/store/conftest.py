"""Two graphs beside each other, for what moves between them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from graph.engines.embedded import EmbeddedEngine
from graph.store.database import Database
from tests.graphs import wipe
from tests.moves import emptied


@pytest.fixture
async def here(database: Database) -> AsyncIterator[Database]:
    """The graph of this run, with nothing in it but migrations."""
    async with emptied(database):
        yield database


@pytest.fixture(scope="module")
async def second(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    async with EmbeddedEngine(tmp_path_factory.mktemp("second"), brief=True) as address, Database(address) as database:
        yield database


@pytest.fixture
async def there(second: Database) -> Database:
    """An embedded engine beside the graph of this run, with nothing in it but migrations at most."""
    second.observers.clear()
    await wipe(second)
    return second
