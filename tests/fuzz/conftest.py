"""The running service that operations are sent to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from graph.store.database import Database
from tests.bad_input.serving import fill, serving
from tests.fuzz.operations import Target, open_target
from tests.server.issuers import issuer_served


@pytest.fixture(scope="package")
async def target(migrated: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Target]:
    with issuer_served() as issuer:
        await fill(migrated, issuer, tmp_path_factory.mktemp("fuzz"))
        async with serving(migrated, issuer) as port:
            target = await asyncio.to_thread(open_target, port)
            with target.session:
                yield target
