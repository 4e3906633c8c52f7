"""A revision of which people are being told, for the tests of notices and deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from graph.changes import Place
from graph.model import Channel
from graph.notices import FanOut, Notice, NoticeKind
from graph.store.database import Database, Transaction
from graph.store.fan_outs import Told, create_fan_out, find_fan_outs, write_page
from tests.graphs import run

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


async def a_fan_out(database: Database, revision: int = 2) -> FanOut:
    """Pending, of a revision of which there is nothing else."""
    await run(database, "CREATE (r:Revision {number: $number, state: 'PUBLISHED'})", number=revision)

    async def work(transaction: Transaction) -> None:
        await create_fan_out(transaction, revision, NoticeKind.REVISION, NOW)

    await database.write(work)
    return (await find_fan_outs(database, revision))[NoticeKind.REVISION]


async def subjects(database: Database, ids: Sequence[str]) -> None:
    await run(database, "UNWIND $ids AS id CREATE (s:Subject {id: id})", ids=list(ids))


def told(
    subject: str,
    *channels: Channel,
    revision: int = 2,
    at: datetime = NOW,
    product: str | None = None,
    is_fetched: bool = False,
) -> Told:
    notice = Notice(subject, revision, NoticeKind.REVISION, at, (Place("billing", "email"),), ("delivery",))
    return Told(notice, channels or (Channel.EMAIL, Channel.ACCOUNT_AREA), product, is_fetched)


async def tell(database: Database, people: Sequence[Told], revision: int = 2) -> FanOut:
    """All of these people, in one page of a fan-out that is then done."""
    await subjects(database, [each.notice.subject for each in people])
    fan_out = await a_fan_out(database, revision)
    return await write_page(
        database, fan_out, people, cursor=people[-1].notice.subject, is_last=True, at=people[-1].notice.created_at
    )
