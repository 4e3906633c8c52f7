"""People who have been told of a revision, as the notification job tells them."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

from graph.store.comparisons import Comparisons
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from server.notify.fan_out import FanOutJob
from server.notify.ways import Ways
from server.sealing import KEY_BYTES
from tests.builders import A_DAY, a_controller, a_map, a_revision_content
from tests.clock import Clock
from tests.server.api import EXAMPLE_REVISION, Api, read_ndjson

#: A key that seals addresses, and one that seals what it does not open.
ADDRESS_KEY = base64.b64encode(bytes(range(KEY_BYTES))).decode()
OTHER_ADDRESS_KEY = base64.b64encode(bytes(range(KEY_BYTES, 0, -1))).decode()
#: With mail, and `billing` that reports how people are reached.
MAILING = {
    "mail_host": "127.0.0.1",
    "mail_from": "privacy@example.com",
    "contact_service": "billing",
    "address_keys": ADDRESS_KEY,
}
#: Long enough after the day of the tests that people are told in time.
TO_COME = datetime.fromisoformat("2026-12-01T00:00:00Z")


async def tell(api: Api, ways: Ways | None = None) -> int:
    """Publishes the example revision, which is to come into force, and writes its notices. Its number."""
    number = await api.publish(EXAMPLE_REVISION, TO_COME)
    await write_notices(api.database, api.clock, ways)
    return number


async def open_account(api: Api, *subjects: str) -> None:
    """Publishes a small company's first policy, in force since A_DAY, by which `billing` holds an email address of each
    of these people."""
    await api.publish_content(a_revision_content(), A_DAY)
    held = {"service": "billing", "category": "email", "since": "2026-02-01T00:00:00Z"}
    lines = [{"type": "holding", "subject": subject, **held} for subject in subjects]
    [last] = read_ndjson(await api.report(lines, api.service("billing")))
    assert last["summary"]["changed"] == len(subjects)


async def report_contact(api: Api, subject: str, **contact: object) -> None:
    """How a person is reached, as `billing` says it of old; `api` has the settings `MAILING`."""
    line = {"type": "contact", "subject": subject, "reported_at": "2026-02-01T00:00:00Z", **contact}
    [last] = read_ndjson(await api.report([line], api.service("billing")))
    assert last["summary"]["changed"] == 1


async def tell_everybody(api: Api, ways: Ways | None = None) -> int:
    """A minute later: publishes a revision that is about everybody alike, in force at once, and writes its notices. Its
    number."""
    now = api.clock.advance(timedelta(minutes=1))
    controller = a_controller(email=f"privacy-{now:%Y%m%d%H%M%S}@example.com")
    number = await api.publish_content(a_revision_content(elements=a_map(controller=controller)), now)
    await write_notices(api.database, api.clock, ways)
    return number


async def write_notices(database: Database, clock: Clock, ways: Ways | None = None) -> None:
    comparisons = Comparisons(DataMaps(database, clock=clock))
    await FanOutJob(database, comparisons, ways or Ways(), clock=clock).write_all()
