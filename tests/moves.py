"""Moving a graph: one with something of everything in it, its backup as bytes, and the restore of that."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from graph.backup_file import BackupReader
from graph.changes import Impact, ImpactAdjustment
from graph.contacts import Contact
from graph.engines.address import GraphAddress
from graph.model import AccessRecord, Channel, DecisionKind, FindingOverrule
from graph.notices import Delivery, DeliveryState
from graph.reports import Line, Rejection, read_line
from graph.store.adjustments import record_adjustment
from graph.store.backups import KNOWN, back_up
from graph.store.contacts import record_contacts
from graph.store.database import Database, Transaction
from graph.store.deliveries import change_deliveries
from graph.store.fan_outs import find_fan_outs, write_page
from graph.store.notices import list_notices, mark_read
from graph.store.overrules import record_overrule
from graph.store.publishing import publish_revision, withdraw_revision
from graph.store.reports import record_reports
from graph.store.restores import Verified, restore, verify
from graph.store.revisions import draft_revision
from graph.store.subjects import load_subject_as_staff, record_decision
from seed.folder import read_revision
from server.notify.ways import Ways
from server.settings import ROOT
from tests.builders import a_map, a_revision_content, a_service
from tests.clock import Clock
from tests.graphs import MARK, run, wipe
from tests.server.telling import write_notices

SEED = ROOT / "seed/ispsystem/2018-11-12"
EXAMPLE_REVISION = ROOT / "seed/ispsystem/example-revision"
EXAMPLES = ROOT / "seed/examples.ndjson"
IN_FORCE = datetime(2018, 11, 12, tzinfo=UTC)
#: The day after the example subjects' last reports, when the second revision has been in force for four months.
TODAY = datetime(2026, 10, 6, 12, tzinfo=UTC)
SECOND_IN_FORCE = datetime(2026, 6, 1, tzinfo=UTC)

#: Ids that two orders of text put differently, and that JSON, CSV and Cypher would each like to change.
ODD_IDS = ("A", "a", "Z", "é", "\uffe6", "\U0001f600", "\U00010400", '"', "\\", "$id", "0", "-1", "null", "x" * 128)

UNMARK = """
MATCH (n:GraphOfTests)
DELETE n
"""
ADD_ODD_PROPERTIES = """
MATCH (h:Holding {id: $id})
SET h += $properties
"""
FIND_A_HOLDING = """
MATCH (s:Subject {id: $subject})-[:HAS_HOLDING]->(h:Holding)
RETURN h.id AS id
ORDER BY h.id
LIMIT 1
"""
#: Of every kind that a property may be, each at the edge of what it can hold.
ODD_PROPERTIES: Mapping[str, object] = {
    "odd_float": 1.0,
    "odd_small": 5e-324,
    "odd_large": -1.7976931348623157e308,
    "odd_sum": 0.1 + 0.2,
    "odd_integer": 2**63 - 1,
    "odd_negative": -(2**63),
    "odd_boolean": False,
    "odd_text": "\x00\x1f\u2028\ufeff\U0001f600 \\ud800 \r\n\t'\"{}[]",
    "odd_texts": ["", "a"],
    "odd_numbers": [1, 2**53 + 1],
    "odd_booleans": [True, False],
}


LIST_OPEN_DELIVERIES = """
MATCH (d:Delivery)
WHERE d.state = "PENDING"
RETURN d.id AS id
ORDER BY d.id
LIMIT $limit
"""


@asynccontextmanager
async def emptied(database: Database) -> AsyncIterator[None]:
    """A graph of the tests without their own mark, which would be content like any other."""
    await wipe(database)
    await run(database, UNMARK)
    try:
        yield
    finally:
        database.observers.clear()
        await wipe(database)
        await run(database, MARK)


async def fill(database: Database) -> None:
    """Two revisions that were in force, one scheduled, two withdrawn, two drafts, with changes that were judged
    otherwise than the rules say, and findings that were overruled; the example people and odd ones, of whom
    everything is known that can be; and accesses by staff."""
    for number, (folder, effective_at) in enumerate(((SEED, IN_FORCE), (EXAMPLE_REVISION, SECOND_IN_FORCE)), 1):
        await draft_revision(database, read_revision(folder), at=IN_FORCE)
        await publish_revision(database, number, expected=number - 1, effective_at=effective_at, at=IN_FORCE)
    for number in range(3, 8):
        await draft_revision(database, a_revision_content(summary=f"Attempt {number}"), at=TODAY)
    await withdraw_revision(database, 3, at=TODAY)
    await publish_revision(database, 4, expected=2, effective_at=TODAY + timedelta(days=30), at=TODAY)
    await withdraw_revision(database, 4, at=TODAY)
    lowered = ImpactAdjustment("right/access/removed", Impact.INDIRECT, "It stands in the law.", "staff-1", TODAY)
    raised = ImpactAdjustment("clause/statement/reworded", Impact.DIRECT, None, None, TODAY)
    await record_adjustment(database, 5, 2, lowered)
    await record_adjustment(database, 5, 2, raised)
    for key, by in (("marketing-without-consent/purpose/news", None), ("undisclosed-recipient/recipient/host", "ann")):
        await record_overrule(database, 5, FindingOverrule(key, "It ends\nthis year.", by, TODAY))
    await publish_revision(
        database, 5, expected=2, effective_at=TODAY + timedelta(days=60), at=TODAY, reason="The old host closes."
    )
    await record_adjustment(database, 6, 5, raised)

    await record_reports(database, lines(*(json.loads(line) for line in EXAMPLES.read_text("utf-8").splitlines())))
    await record_reports(database, lines(*(report for id in ODD_IDS for report in _reports_about(id))))
    for number, id in enumerate(("example-multi-product", *ODD_IDS)):
        access = AccessRecord(f"access-{number}", "staff-1", TODAY)
        await load_subject_as_staff(database, id, TODAY, access=access)
    await record_decision(database, "example-buyer", "marketing-messages", DecisionKind.CONSENT, TODAY)
    await _tell(database)
    (holding,) = await run(database, FIND_A_HOLDING, subject="\U0001f600")
    await run(database, ADD_ODD_PROPERTIES, id=holding["id"], properties=dict(ODD_PROPERTIES))


async def _tell(database: Database) -> None:
    """Contacts, and of each published revision that is told of all notices and deliveries, each of these settled, or in
    doubt; some notices are read, and one revision was withdrawn in the middle."""
    contacts = [
        Contact("example-buyer", "de-AT", frozenset({Channel.EMAIL}), "key.sealed", TODAY),
        Contact("example-visitor", None, None, None, TODAY),
    ]

    async def report(transaction: Transaction) -> None:
        await record_contacts(transaction, contacts)

    await database.write(report)
    ways = Ways(mails=True, asks_for_addresses=True, products=frozenset({"websites"}), fetching=frozenset({"websites"}))
    await write_notices(database, Clock(TODAY), ways)
    for number, state in enumerate((DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNKNOWN)):
        ids = [
            str(record["id"]) for record in await run(database, LIST_OPEN_DELIVERIES, limit=2 if number < 2 else 1000)
        ]
        await change_deliveries(database, ids, _ended_as(state))
    notice, *_ = await list_notices(database, "example-visitor")
    await mark_read(database, "example-visitor", [notice.id], TODAY)


def _ended_as(state: DeliveryState) -> Callable[[Delivery], Delivery]:
    reason = None if state is DeliveryState.SENT else "550 to RCPT TO"
    return lambda delivery: replace(delivery, state=state, attempts=1, due_at=None, reason=reason)


async def fill_little(database: Database, *, is_told: bool = True) -> None:
    """A revision in force, one scheduled and one withdrawn, each of them small, a draft, and three people. `is_told`:
    it is over with telling people of the second, of whom none was; else that has yet to begin."""
    for number in range(1, 5):
        await draft_revision(
            database,
            a_revision_content(
                summary=f"Attempt {number}", elements=a_map(services=(a_service(name=f"Shop {number}"),))
            ),
            at=IN_FORCE,
        )
    await publish_revision(database, 1, expected=0, effective_at=IN_FORCE, at=IN_FORCE)
    await publish_revision(database, 2, expected=1, effective_at=TODAY + timedelta(days=30), at=TODAY)
    await withdraw_revision(database, 3, at=TODAY)
    if is_told:
        await tell_nobody(database, 2)
    await record_reports(database, lines(*(report for id in ODD_IDS[:3] for report in _reports_about(id))))


async def tell_nobody(database: Database, number: int) -> None:
    """It is over with telling people of a revision, of whom none was."""
    for fan_out in (await find_fan_outs(database, number)).values():
        await write_page(database, fan_out, (), cursor="", is_last=True, at=TODAY)


def _reports_about(id: str) -> list[dict[str, Any]]:
    """A period that ended, one that goes on, what is gone before it was known to be there, and the rest."""
    about = {"subject": id, "service": "account-area", "category": "email"}
    return [
        {**about, "since": "2019-01-01T00:00:00Z", "until": "2019-06-01T00:00:00Z"},
        {
            **about,
            "since": "2020-01-01T00:00:00Z",
            "source": "data-subject",
            "records": 2,
            "last_seen": "2026-01-01T00:00:00Z",
        },
        {"type": "gone", **about, "category": "phone", "at": "2021-01-01T00:00:00Z"},
        {
            "type": "decision",
            "subject": id,
            "purpose": "marketing-messages",
            "decision": "CONSENT",
            "at": "2022-01-01T00:00:00Z",
        },
        {
            "type": "trust",
            "subject": id,
            "towards": f"friend-of-{id}"[:128],
            "categories": ["email"],
            "since": "2022-02-02T00:00:00Z",
        },
        {
            "type": "disclosure",
            "subject": id,
            "service": "account-area",
            "recipient": "trusted-subjects",
            "categories": ["email"],
            "at": "2023-01-01T00:00:00Z",
        },
    ]


def lines(*reports: Mapping[str, Any]) -> list[Line]:
    """Reports as the store takes them; they need not fit a map."""
    found = []
    for number, report in enumerate(reports, 1):
        line = read_line(json.dumps(report).encode(), number)
        assert not isinstance(line, Rejection), (report, line)
        found.append(line)
    return found


async def backed_up(database: Database, **options: int) -> bytes:
    stream = io.BytesIO()
    await back_up(database, stream, at=TODAY, on_progress=_ignore, **options)
    return stream.getvalue()


def done_now(address: GraphAddress, work: Callable[[Database], Awaitable[object]]) -> None:
    """Does something to the graph as another process would, to its end or for a second, while this one stands still."""

    async def do() -> None:
        async with Database(address, statement_seconds=1, retry_seconds=0) as other:
            await work(other)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, do()).result()


async def backed_up_beside(
    database: Database, work: Callable[[Database, int], Awaitable[object]], *, times: int
) -> bytes:
    """The backup of a graph, in pages of ten rows, to which something is done after each page, `times` at most."""
    stream = io.BytesIO()
    turns = iter(range(1, times + 1))

    def meanwhile(_: int) -> None:
        if turn := next(turns, 0):
            done_now(database.address, lambda other: work(other, turn))

    await back_up(database, stream, at=TODAY, on_progress=meanwhile, rows_a_page=10)
    assert next(turns, None) is None, "there were fewer pages"
    return stream.getvalue()


def verified(content: bytes) -> Verified:
    return verify(io.BytesIO(content), "b.gz", on_progress=_ignore)


async def restored(database: Database, content: bytes, told: list[int] | None = None) -> int:
    """How many records were there before."""

    def reader() -> BackupReader:
        return BackupReader(io.BytesIO(content), "b.gz", KNOWN)

    on_progress = _ignore if told is None else told.append
    return await restore(database, reader, verified(content), on_progress=on_progress)


def _ignore(count: int) -> None:
    pass


def without_beginning(lines: Sequence[bytes]) -> list[bytes]:
    """What a backup says of the graph alone: not when and of which engine it was made."""
    return list(lines[1:-1])
