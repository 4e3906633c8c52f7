"""The service on a socket, in production mode, over a graph with two published revisions and a draft."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from graph.store.database import Database
from graph.store.revisions import draft_revision
from server.app import create_app
from server.development import open_development_issuer
from server.settings import Mode, Settings
from server.tokens import TokenVerifier
from tests.clock import Clock
from tests.graphs import wipe
from tests.server.api import EXAMPLE_REVISION, SEED, TODAY, Api, revision_in
from tests.server.gate.served import served
from tests.server.issuers import NOW, Issuer, rules_for
from tests.server.telling import write_notices

#: One address asks for everything.
SETTINGS: Mapping[str, Any] = {
    "mode": Mode.PRODUCTION,
    "address_requests_a_minute": 0,
    "holder_requests_a_minute": 0,
}
SECOND_IN_FORCE = datetime.fromisoformat("2026-10-01T00:00:00Z")


async def fill(database: Database, issuer: Issuer, folder: Path) -> None:
    """Two revisions in force one after the other, the example subjects, who are told of the second, and a draft that is
    like the first; nothing else. `folder`: for the keys of an issuer that the service does not know: only its way of
    seeding is used."""
    database.observers.clear()
    await wipe(database)
    api = Api(database, open_development_issuer(folder), issuer.url, Clock(TODAY))
    await api.seed()
    await api.publish(EXAMPLE_REVISION, SECOND_IN_FORCE)
    await write_notices(database, api.clock)
    await draft_revision(database, revision_in(SEED), at=TODAY)


@contextlib.asynccontextmanager
async def serving(database: Database, issuer: Issuer, **settings: Any) -> AsyncIterator[int]:
    """The port on which it listens. `settings`: where they are to be others than `SETTINGS`."""
    chosen = Settings(**(dict(SETTINGS) | settings))
    verifier = TokenVerifier(rules_for(issuer.url), now=lambda: float(NOW))
    app = create_app(chosen, database, verifier=verifier, issuer=None, clock=Clock(TODAY))
    async with served(app, connections=chosen.connections, head_seconds=chosen.head_seconds) as service:
        yield service.port
