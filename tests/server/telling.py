"""People who have been told of a revision, as the notification job tells them."""

from __future__ import annotations

from datetime import datetime

from graph.store.comparisons import Comparisons
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from server.notify.fan_out import FanOutJob
from server.notify.ways import Ways
from tests.clock import Clock
from tests.server.api import EXAMPLE_REVISION, Api

#: Long enough after the day of the tests that people are told in time.
TO_COME = datetime.fromisoformat("2026-12-01T00:00:00Z")


async def tell(api: Api, ways: Ways | None = None) -> int:
    """Publishes the example revision, which is to come into force, and writes its notices. Its number."""
    number = await api.publish(EXAMPLE_REVISION, TO_COME)
    await write_notices(api.database, api.clock, ways)
    return number


async def write_notices(database: Database, clock: Clock, ways: Ways | None = None) -> None:
    comparisons = Comparisons(DataMaps(database, clock=clock))
    await FanOutJob(database, comparisons, ways or Ways(), clock=clock).write_all()
