"""aiosmtplib alone sending what the job sends of a revision, over as many connections.

The job on standard input, the figures printed. Messages are written between the batches, and their writing does not
count; nor does the opening of connections.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Iterator
from typing import Any

import uvloop
from aiosmtplib import SMTP

from bench.mail_job import now
from graph.email_address import read_mailbox
from graph.engines.address import GraphAddress
from graph.model import Channel
from graph.notices import Delivery, NoticeKind, delivery_id
from graph.store.comparisons import Comparisons
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from graph.store.deliveries import delivery_of
from server.logs import configure_logs
from server.notify.board import NoticeBoard
from server.notify.channels.email import EmailPost, Parcel, email_post
from server.settings import LogLevel, Settings

BATCH = 1000

LIST_DELIVERIES = """
MATCH (d:Delivery)
WHERE d.id > $after AND d.id < $end
WITH d ORDER BY d.id LIMIT $limit
RETURN properties(d) AS properties
"""


async def batch_of(database: Database, revision: int, after: str) -> list[Delivery]:
    prefix = delivery_id(revision, NoticeKind.REVISION, Channel.EMAIL, "")
    found = await database.read(LIST_DELIVERIES, after=after or prefix, end=prefix[:-1] + "0", limit=BATCH)
    return [delivery_of(record["properties"]) for record in found]


async def run(job: dict[str, Any]) -> dict[str, Any]:
    """`job`: address, settings (of mail), and revision."""
    settings = Settings.from_environment(job["settings"])
    assert settings.mail_from is not None
    sender = read_mailbox(settings.mail_from).address.wire
    spent, used, sent, size = 0.0, 0.0, 0, 0
    connections = [
        SMTP(hostname=settings.mail_host, port=settings.mail_port, start_tls=False)
        for _ in range(settings.mail_connections)
    ]
    for connection in connections:
        await connection.connect()
    async with Database(GraphAddress(**job["address"]), statement_seconds=300.0) as database:
        post = _post(settings, database)
        after = ""
        while deliveries := await batch_of(database, job["revision"], after):
            after = deliveries[-1].id
            parcels = [each for each in (await post.prepare(deliveries)).values() if isinstance(each, Parcel)]
            began, cpu = time.perf_counter(), time.process_time()
            waiting = iter(parcels)
            await asyncio.gather(*(_send(connection, sender, waiting) for connection in connections))
            spent += time.perf_counter() - began
            used += time.process_time() - cpu
            sent += len(parcels)
            size += sum(len(each.message) for each in parcels)
        await post.close()
    for connection in connections:
        await connection.quit()
    return {
        "sent": sent,
        "seconds": round(spent, 2),
        "rate": round(sent / spent),
        "cpu_ms_a_message": round(used / sent * 1000, 2),
        "largest_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "bytes": round(size / sent),
    }


def _post(settings: Settings, database: Database) -> EmailPost:
    comparisons = Comparisons(DataMaps(database, clock=now))
    post = email_post(settings, database, NoticeBoard.of(settings, database, comparisons).letters, clock=now)
    assert post is not None
    return post


async def _send(connection: SMTP, sender: str, parcels: Iterator[Parcel]) -> None:
    for parcel in parcels:
        await connection.sendmail(sender, [parcel.to.wire], parcel.message)


if __name__ == "__main__":
    configure_logs(LogLevel.WARNING)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        json.dump(runner.run(run(json.load(sys.stdin))), sys.stdout)
