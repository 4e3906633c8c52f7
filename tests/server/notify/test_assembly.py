"""The job as the settings put it together: what it sends by, what it counts, and how it runs inside the service."""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest

from graph.store.database import Database
from graph.store.delivery_status import load_notify_status
from server.mail_settings import MailTls
from server.notify import inside
from server.notify.assembly import Assembly, assemble
from server.notify.inside import notifying
from server.notify.ways import Ways
from server.sealing import AddressKeys
from server.settings import Settings
from server.watching.metrics import Metrics
from tests.graph.store.telling import a_fan_out
from tests.graphs import run
from tests.logs import logged_to
from tests.server.api import EXAMPLE_REVISION, Api
from tests.server.notify.back_ends import answers, back_end
from tests.server.notify.mail_servers import MailHost, mail_host
from tests.server.telling import ADDRESS_KEY, TO_COME, write_notices
from tests.server.watching.scrape import Scrape

MAILED = ("example-buyer", "example-multi-product", "example-visitor")
BEGIN = """
MATCH (d:Delivery {channel: "EMAIL", subject: $subject})
SET d.state = "SENDING", d.claim = "ENDED"
"""


@pytest.fixture
async def host() -> AsyncIterator[MailHost]:
    async with mail_host() as host:
        yield host


@pytest.fixture
async def published(api: Api) -> int:
    """A revision of which nobody is told yet; some of those whom it touches can be reached by mail."""
    keys = AddressKeys.read(ADDRESS_KEY)
    rows = [{"id": subject, "address": keys.seal(subject, f"{subject}@people.example")} for subject in MAILED]
    await run(api.database, "UNWIND $rows AS row CREATE (c:Contact) SET c = row", rows=rows)
    return await api.publish(EXAMPLE_REVISION, TO_COME)


def mailing(host: MailHost, **over: Any) -> Settings:
    own: dict[str, Any] = {"mail_host": "127.0.0.1", "mail_port": host.port, "mail_tls": MailTls.OFF}
    own |= {"mail_from": "privacy@company.example", "address_keys": ADDRESS_KEY}
    return Settings(**(own | over))


def scraped(metrics: Metrics) -> Scrape:
    return Scrape(generate_latest(metrics.registry).decode())


async def counts(database: Database, number: int) -> dict[str, int]:
    status = await load_notify_status(database, number)
    return {f"{channel} {state}": count for (channel, state), count in status.counts.items()}


# ---- put together ----------------------------------------------------------------------------------------------------


async def test_there_is_a_lane_for_each_way_that_is_set_up(api: Api, host: MailHost, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("whsec_" + base64.b64encode(bytes(32)).decode())
    products = tmp_path / "products.yaml"
    products.write_text(
        "websites:\n  webhook: http://127.0.0.1:1/\n  secret_file: secret\nbillmanager:\n  feed: true\n"
    )

    def lanes(settings: Settings) -> dict[str, str]:
        return assemble(settings, api.database, clock=api.clock).job.away

    assert lanes(Settings()) == {}
    assert lanes(mailing(host, products=products)) == {"EMAIL": "", "SOFTWARE_PRODUCT/websites": ""}


async def test_it_writes_sends_and_counts(published: int, api: Api, host: MailHost, tmp_path: Path) -> None:
    host.judge_recipient = lambda to: "550 nobody" if to.startswith("example-buyer") else None
    (tmp_path / "secret").write_text("whsec_" + base64.b64encode(bytes(32)).decode())
    products = tmp_path / "products.yaml"
    metrics = Metrics()
    async with back_end(answers(204), None) as product:
        webhook = product.url("127.0.0.1", scheme="http")
        products.write_text(f"websites:\n  webhook: {webhook}\n  secret_file: secret\n")
        assembly = assemble(mailing(host, products=products), api.database, clock=api.clock, metrics=metrics)
        await assembly.job.run(until_settled=True)

    assert sorted(mail.to for mail in host.mails) == [f"{subject}@people.example" for subject in MAILED[1:]]
    told = len(product.received)
    assert told > 0
    assert assembly.worked_on == {published}
    assert await counts(api.database, published) == {
        "EMAIL SENT": 2,
        "EMAIL FAILED": 1,
        "ACCOUNT_AREA SENT": 7,
        "SOFTWARE_PRODUCT SENT": told,
    }
    said = scraped(metrics)
    assert said("vitrine_notices_total") == 7
    assert said("vitrine_deliveries_total", channel="EMAIL", outcome="sent") == 2
    assert said("vitrine_deliveries_total", channel="EMAIL", outcome="refused") == 1
    assert said("vitrine_deliveries_total", channel="SOFTWARE_PRODUCT", outcome="sent") == told
    assert said("vitrine_notify_lane_up", lane="EMAIL") == 1
    assert said("vitrine_notify_lane_up", lane="SOFTWARE_PRODUCT/websites") == 1


async def test_a_way_that_is_closed_is_told(published: int, api: Api, host: MailHost) -> None:
    metrics = Metrics()
    await write_notices(api.database, api.clock, Ways(mails=True))
    assembly = assemble(mailing(host, mail_tls=MailTls.REQUIRED), api.database, clock=api.clock, metrics=metrics)
    running = asyncio.create_task(assembly.job.run())
    while not assembly.job.away["EMAIL"]:  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0.01)

    assert assembly.job.away == {"EMAIL": "the mail server offers no encryption (STARTTLS)"}
    assert scraped(metrics)("vitrine_notify_lane_up", lane="EMAIL") == 0
    assembly.job.stop()
    await running
    assert await counts(api.database, published) == {"EMAIL PENDING": 3, "ACCOUNT_AREA SENT": 7}


async def test_what_is_found_in_doubt_is_worked_on_and_counted(published: int, api: Api, host: MailHost) -> None:
    await write_notices(api.database, api.clock, Ways(mails=True))
    await run(api.database, BEGIN, subject="example-buyer")
    metrics = Metrics()
    assembly = assemble(mailing(host), api.database, clock=api.clock, metrics=metrics)
    await assembly.job.run(until_settled=True)

    assert assembly.worked_on == {published}
    assert scraped(metrics)("vitrine_deliveries_total", channel="EMAIL", outcome="unknown") == 1
    assert await counts(api.database, published) == {"EMAIL SENT": 2, "EMAIL UNKNOWN": 1, "ACCOUNT_AREA SENT": 7}


# ---- inside the service ----------------------------------------------------------------------------------------------


async def settled(database: Database, number: int) -> None:
    """Returns once nothing is left to do."""
    while not (await load_notify_status(database, number)).is_settled:  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0.02)


async def test_inside_it_runs_for_as_long_as_the_service(published: int, api: Api, host: MailHost) -> None:
    async with notifying(lambda: assemble(mailing(host), api.database, clock=api.clock)):
        await settled(api.database, published)
    assert len(host.mails) == 3
    assert host.open == 0


async def test_it_ends_what_it_has_begun_and_gives_the_rest_back(published: int, api: Api, host: MailHost) -> None:
    taken = asyncio.Event()

    def judge(to: str) -> None:
        taken.set()

    host.judge_message = judge
    settings = mailing(host, mail_connections=1, mail_per_second=0.5)
    async with notifying(lambda: assemble(settings, api.database, clock=api.clock)):
        await taken.wait()

    sent = len(host.mails)
    assert sent < 3
    assert await counts(api.database, published) == {
        "EMAIL PENDING": 3 - sent,
        "EMAIL SENT": sent,
        "ACCOUNT_AREA SENT": 7,
    }


async def test_a_job_that_fails_is_begun_again(
    published: int, api: Api, host: MailHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inside, "FIRST_PAUSE_SECONDS", 0.05)
    # Of this one there is nothing to be read, and it is before the other.
    await a_fan_out(api.database, revision=77)
    await run(api.database, "MATCH (f:FanOut {revision: 77}) SET f.begun_at = '2020-01-01T00:00:00.000000Z'")
    begun: list[Assembly] = []

    def begin() -> Assembly:
        begun.append(assemble(mailing(host), api.database, clock=api.clock))
        return begun[-1]

    said = io.StringIO()
    with logged_to(said):
        async with notifying(begin):
            while len(begun) < 3:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.02)
            assert host.mails == []
            await run(api.database, "MATCH (f:FanOut {revision: 77}) DETACH DELETE f")
            await settled(api.database, published)

    assert len(host.mails) == 3
    assert said.getvalue().count("The telling of people has failed, and begins again") == len(begun) - 1


async def test_what_cannot_be_put_together_is_raised_at_once(api: Api) -> None:
    def fail() -> Assembly:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        async with notifying(fail):
            raise AssertionError("it was begun")
