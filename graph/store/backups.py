"""Backups: everything in the graph read while others write, as `graph.backup_file` keeps it.

Nothing in the graph is ever deleted, but a report may write what was known of a person into a row that is new, and over
the row that it stood in. No engine keeps a reader from seeing the second and not the first. So:

- people are read in pages by id, each page as a writer, with the locks of its people: of each person all that hangs on
  them is in the file as it was at one moment, after the backup began. Trusts are read in the same way, by their own id;
- of the telling of people the file has what was written up to one page, which is fixed before anything else is read,
  and what was not settled as in doubt: nobody knows what was sent between a backup and its restore;
- revisions come after people, so that whatever a person's rows name is in the newest revision of the file;
- what may change in revisions, and the ledger, is read while the ledger is locked, when nobody drafts, publishes or
  withdraws; the rest of them, which never changes, after that;
- a writer's turn comes first, so that no member of a cluster answers with less than was there when the backup began.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from graph.backup_file import BackupWriter, Footer, Header
from graph.backup_order import (
    ADJUSTMENT,
    CONTACT,
    DELIVERY,
    FAN_OUT,
    HEADS,
    LEDGER,
    NOTICE,
    OVERRULE,
    REVISION,
    SUBJECT,
    TRUST,
    Known,
    Node,
    Record,
    Relationship,
    head_place,
    row_place,
)
from graph.errors import Conflict, GraphFault, NotFound
from graph.reach_keys import without_key
from graph.store.backup_telling import LIST_ALL_FAN_OUTS, Telling, as_of, ledgers_of, load_telling, with_deliveries
from graph.store.database import Database, Transaction
from graph.store.fan_outs import fan_out_of, fan_out_row
from graph.store.map_elements import LIST_NODES
from graph.store.map_statements import NODES, RELATIONSHIPS
from graph.store.migrations import FOLDER, LIST_APPLIED, read_migrations

#: What hangs on a subject, and by which relationship.
ROWS = {
    "Holding": "HAS_HOLDING",
    "Decision": "DECIDED",
    "DisclosureRecord": "WAS_DISCLOSED",
    "AccessRecord": "WAS_ACCESSED",
    CONTACT: "REACHED_BY",
    NOTICE: "WAS_TOLD",
}
KNOWN = Known(frozenset({*ROWS, DELIVERY}), frozenset(NODES), frozenset(RELATIONSHIPS))
LABELS = {SUBJECT, TRUST, LEDGER, REVISION, *HEADS, "Migration", *KNOWN.rows, *NODES}
TYPES = {
    *("HAS", "ADJUSTED", "OVERRULED", "NOTIFIED_BY", "TRUSTS", "TOWARDS", "SENT_AS"),
    *ROWS.values(),
    *(type for _, type, _ in RELATIONSHIPS),
}

#: The ledger that is there from when a restore begins until it has ended.
RESTORE = "RESTORE"

# So few that whoever writes waits for milliseconds.
SUBJECTS_A_PAGE = 100
ROWS_A_PAGE = 1_000

OnProgress = Callable[[int], None]
Page = Sequence[Record]
Row = dict[str, Any]


async def back_up(
    database: Database, stream: BinaryIO, *, at: datetime, on_progress: OnProgress, rows_a_page: int = ROWS_A_PAGE
) -> Footer:
    """Writes the whole graph into `stream`, and tells the number of records so far after each page.

    Raises Conflict while a restore has not ended; NotFound for an empty graph; GraphFault for a graph with something
    that this version does not know, or of which not everything is found; GraphUnavailable; OSError. Then what was
    written is no backup.
    """
    held = await _check(database)
    footer = await _write(database, stream, await _header(database, at), on_progress, rows_a_page)
    found = _nodes(footer)
    if found < held:
        # Were something deleted meanwhile, the next try would find as many as there are.
        raise GraphFault(
            f"The graph held {held:,} nodes when the backup began, and {found:,} were found: try again, and if it is "
            "so again, an index is damaged or something else writes to this graph"
        )
    return footer


async def is_content(database: Database, header: Header, footer: Footer) -> bool:
    """Whether a backup of the graph would be the very file with this beginning and end."""
    try:
        same = await _check(database) == _nodes(footer)
        return same and await _write(database, None, header, lambda _: None, ROWS_A_PAGE) == footer
    except (GraphFault, NotFound):  # of which there is no backup
        return False


async def _write(
    database: Database, stream: BinaryIO | None, header: Header, on_progress: OnProgress, rows_a_page: int
) -> Footer:
    writer = BackupWriter(stream, header, KNOWN)
    pages = _pages(database, rows_a_page)
    page = await _next(pages)
    while page is not None:
        # The engine reads a page while the one before is written.
        coming = asyncio.create_task(_next(pages))
        try:
            await asyncio.to_thread(writer.write, page)
        finally:
            page = await coming
        on_progress(writer.count)
    return writer.finish()


async def _next(pages: AsyncIterator[Page]) -> Page | None:
    return await anext(pages, None)


def _nodes(footer: Footer) -> int:
    return sum(footer.counts.get(label, 0) for label in LABELS)


# ---- before ----------------------------------------------------------------------------------------------------------

LIST_LABELS = """
CALL db.labels() YIELD label
RETURN label AS name
"""
LIST_TYPES = """
CALL db.relationshipTypes() YIELD relationshipType
RETURN relationshipType AS name
"""
FIND_NODE = """
MATCH (n)
WHERE labels(n)[0] IN $names
RETURN labels(n)[0] AS name
LIMIT 1
"""
FIND_RELATIONSHIP = """
MATCH ()-[link]->()
WHERE type(link) IN $names
RETURN type(link) AS name
LIMIT 1
"""
COUNT_NODES = """
MATCH (n)
RETURN count(n) AS nodes
"""
COUNT_MIGRATIONS = """
MATCH (n:Migration)
RETURN count(n) AS nodes
"""
FIND_RESTORE = """
MATCH (l:Ledger {id: $id})
RETURN l.checksum AS checksum
"""


async def find_restore(database: Database) -> str | None:
    """The checksum of the file whose restore into this graph has begun and not ended; None for none.

    Asked where writes are: what is read after it is no older, on whichever member of a cluster.
    """

    async def work(transaction: Transaction) -> str | None:
        found = await transaction.run(FIND_RESTORE, id=RESTORE)
        return found[0]["checksum"] if found else None

    return await database.write(work)


async def _check(database: Database) -> int:
    """The number of nodes that are to be found, after everything that stands against a backup."""
    if await find_restore(database) is not None:
        raise _restoring()
    for listed, find, known in ((LIST_LABELS, FIND_NODE, LABELS), (LIST_TYPES, FIND_RELATIONSHIP, TYPES)):
        names = sorted({record["name"] for record in await database.read(listed)} - known)
        # An engine lists what it once had, too: only then is the whole graph looked through.
        if names and (found := await database.read(find, names=names)):
            raise GraphFault(
                f"The graph holds {found[0]['name']}, which this version does not know and would leave out: back it up "
                "with the version that wrote it"
            )
    (nodes,), (migrations,) = await database.read(COUNT_NODES), await database.read(COUNT_MIGRATIONS)
    count: int = nodes["nodes"] - migrations["nodes"]
    if not count:
        raise NotFound("The graph is empty, there is nothing to back up: is it the one that you mean?")
    return count


def _restoring() -> Conflict:
    return Conflict("A restore into this graph has not ended: run it again to its end first")


async def _header(database: Database, at: datetime) -> Header:
    applied = {record["name"]: record["checksum"] for record in await database.read(LIST_APPLIED)}
    unknown = sorted(applied.keys() - {each.name for each in read_migrations(FOLDER, embedded=True)})
    if unknown:
        raise GraphFault(
            f"The graph has the migration {unknown[-1]}, which this version does not know: back it up with the version "
            "that applied it"
        )
    engine = "embedded" if await database.is_embedded() else "neo4j"
    return Header(at, engine, dict(sorted(applied.items())))


# ---- people ----------------------------------------------------------------------------------------------------------


async def _pages(database: Database, rows_a_page: int) -> AsyncIterator[Page]:
    telling = await load_telling(database)
    async for subjects in _subjects(database, telling, rows_a_page):
        yield subjects
    async for trusts in _trusts(database):
        yield trusts
    snapshot = await _snapshot(database, telling)
    yield [Node(LEDGER, ledger) for ledger in snapshot.ledgers]
    for revision in snapshot.revisions:
        yield await _revision(database, revision, snapshot.heads.get(revision["number"], []))


LIST_SUBJECTS = """
MATCH (s:Subject)
WHERE s.id > $after
RETURN properties(s) AS properties
ORDER BY s.id
LIMIT $limit
"""
# As LOCK_SUBJECTS, but leaves everything as it is.
LOCK_KNOWN_SUBJECTS = """
UNWIND $ids AS id
MATCH (s:Subject {id: id})
SET s.locked = s.locked
"""
# As one record: to carry a record a row takes three times as long.
LIST_ROWS = """
UNWIND $ids AS id
MATCH (s:Subject {id: id})-[:HAS_HOLDING|DECIDED|WAS_DISCLOSED|WAS_ACCESSED|REACHED_BY|WAS_TOLD]->(n)
WITH s, n
LIMIT $limit
RETURN collect([s.id, labels(n)[0], properties(n)]) AS rows
"""
# Without an order, as LIST_SUBJECT_ROWS: `_together` sorts.
LIST_ROWS_OF_ONE = """
MATCH (s:Subject {id: $id})-[:HAS_HOLDING|DECIDED|WAS_DISCLOSED|WAS_ACCESSED|REACHED_BY|WAS_TOLD]->(n)
RETURN s.id AS subject, labels(n)[0] AS label, properties(n) AS properties
"""


async def _subjects(database: Database, telling: Telling, rows_a_page: int) -> AsyncIterator[Sequence[Node]]:
    """Subjects, each followed by what hangs on it."""
    after, limit = "", SUBJECTS_A_PAGE
    while people := await _people(database, telling, after, limit, rows_a_page):
        yield [node for nodes in people for node in nodes]
        after = people[-1][0].properties["id"]
        # Where people have many rows, few of them fill a page, and so may the next.
        limit = min(2 * len(people), SUBJECTS_A_PAGE)


async def _people(database: Database, telling: Telling, after: str, limit: int, rows_a_page: int) -> list[list[Node]]:
    """The next subjects, at most `limit`, each with what hangs on it; together no more rows than a page holds, but for
    one person, who is never divided."""

    async def work(transaction: Transaction) -> list[list[Node]]:
        found = await transaction.run(LIST_SUBJECTS, after=after, limit=limit)
        subjects = [record["properties"] for record in found]
        await _lock(transaction, {each["id"] for each in subjects})
        while subjects:
            ids = [each["id"] for each in subjects]
            (record,) = await transaction.run(LIST_ROWS, ids=ids, limit=rows_a_page)
            if len(record["rows"]) < rows_a_page:
                return _together(subjects, await with_deliveries(transaction, telling, record["rows"]))
            if len(subjects) == 1:
                rows = await _rows_of_one(transaction, ids[0])
                return _together(subjects, await with_deliveries(transaction, telling, rows))
            subjects = subjects[: len(subjects) // 2]
        return []

    return await database.write(work)


async def _lock(transaction: Transaction, ids: set[str]) -> None:
    """Until the transaction ends nobody reports about these people."""
    # In the order of those who report, or each would wait for the other.
    await transaction.run(LOCK_KNOWN_SUBJECTS, ids=sorted(ids))


def _together(subjects: Sequence[Row], rows: Sequence[Sequence[Any]]) -> list[list[Node]]:
    by_subject: dict[str, list[Node]] = {each["id"]: [Node(SUBJECT, each)] for each in subjects}
    for subject, label, properties in sorted(rows, key=lambda row: row_place(row[1], row[2]["id"])):
        by_subject[subject].append(Node(label, without_key(label, properties), subject))
    return list(by_subject.values())


async def _rows_of_one(transaction: Transaction, id: str) -> list[Sequence[Any]]:
    found = await transaction.run(LIST_ROWS_OF_ONE, id=id)
    return [(record["subject"], record["label"], record["properties"]) for record in found]


LIST_TRUST_IDS = """
MATCH (t:Trust)
WHERE t.id > $after
RETURN t.id AS id
ORDER BY t.id
LIMIT $limit
"""
LIST_TRUSTING = """
UNWIND $ids AS id
MATCH (t:Trust {id: id})
MATCH (s:Subject)-[:TRUSTS]->(t)
RETURN s.id AS id
"""
LIST_TRUSTS = """
UNWIND $ids AS id
MATCH (t:Trust {id: id})
MATCH (s:Subject)-[:TRUSTS]->(t)-[:TOWARDS]->(other:Subject)
RETURN properties(t) AS properties, s.id AS subject, other.id AS towards
"""


async def _trusts(database: Database) -> AsyncIterator[Sequence[Node]]:
    after = ""
    while True:
        ids, trusts = await _trusts_after(database, after)
        yield trusts
        if len(ids) < SUBJECTS_A_PAGE:
            return
        after = ids[-1]


async def _trusts_after(database: Database, after: str) -> tuple[list[str], list[Node]]:
    """The next ids of trusts, and what is found by them."""

    async def work(transaction: Transaction) -> tuple[list[str], list[Node]]:
        ids = [record["id"] for record in await transaction.run(LIST_TRUST_IDS, after=after, limit=SUBJECTS_A_PAGE)]
        await _lock(transaction, {record["id"] for record in await transaction.run(LIST_TRUSTING, ids=ids)})
        trusts = [
            Node(TRUST, record["properties"], record["subject"], record["towards"])
            for record in await transaction.run(LIST_TRUSTS, ids=ids)
        ]
        return ids, sorted(trusts, key=lambda trust: str(trust.properties["id"]))

    return await database.write(work)


# ---- revisions -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """Ledgers, and of each revision its number and what may change in it, as they were at one moment; `heads`: the
    adjustments of its impact, the overrules of its findings and its fan-outs, by its number."""

    ledgers: list[Row]
    revisions: list[Row]
    heads: Mapping[int, list[Node]]


# As LOCK_LEDGER, but leaves a graph without a ledger as it is.
LOCK_LEDGER_IF_ANY = """
MATCH (l:Ledger {id: "REVISIONS"})
SET l.locked = true
RETURN l.id AS id
"""
LIST_LEDGERS = """
MATCH (l:Ledger)
RETURN properties(l) AS properties
"""
LIST_STATES = """
MATCH (r:Revision)
RETURN r.number AS number, r.state AS state, r.base AS base, r.published_at AS published_at,
       r.effective_at AS effective_at, r.short_notice_reason AS short_notice_reason
"""
LIST_ADJUSTED = """
MATCH (r:Revision)-[:ADJUSTED]->(a:ImpactAdjustment)
RETURN properties(a) AS properties
"""
LIST_OVERRULED = """
MATCH (r:Revision)-[:OVERRULED]->(o:FindingOverrule)
RETURN properties(o) AS properties
"""


async def _snapshot(database: Database, telling: Telling) -> _Snapshot:
    async def work(transaction: Transaction) -> _Snapshot:
        await transaction.run(LOCK_LEDGER_IF_ANY)
        ledgers = [record["properties"] for record in await transaction.run(LIST_LEDGERS)]
        revisions = [dict(record) for record in await transaction.run(LIST_STATES)]
        heads = [Node(ADJUSTMENT, record["properties"]) for record in await transaction.run(LIST_ADJUSTED)]
        heads += [Node(OVERRULE, record["properties"]) for record in await transaction.run(LIST_OVERRULED)]
        for record in await transaction.run(LIST_ALL_FAN_OUTS):
            row = record["properties"]
            heads.append(Node(FAN_OUT, fan_out_row(as_of(telling.fan_outs.get(row["id"]), fan_out_of(row)))))
        return _Snapshot(ledgers_of(ledgers, telling), sorted(revisions, key=_number), _by_revision(heads))

    snapshot = await database.write(work)
    if any(ledger["id"] == RESTORE for ledger in snapshot.ledgers):
        raise _restoring()
    return snapshot


def _by_revision(heads: Sequence[Node]) -> dict[int, list[Node]]:
    found: dict[int, list[Node]] = {}
    for node in sorted(heads, key=lambda node: head_place(node.label, str(node.properties["id"]))):
        found.setdefault(node.properties["revision"], []).append(node)
    return found


def _number(revision: Row) -> int:
    return int(revision["number"])


LOAD_REVISION = """
MATCH (r:Revision {number: $number})
RETURN properties(r) AS properties
"""
LIST_LINKS = """
MATCH (r:Revision {number: $number})-[:HAS]->(a)-[link]->(b)
RETURN type(link) AS type, labels(a)[0] AS start_label, a.key AS start, labels(b)[0] AS end_label, b.key AS end,
       properties(link) AS properties
"""


async def _revision(database: Database, then: Row, heads: Sequence[Node]) -> list[Record]:
    """A revision as it was at the moment of the snapshot, with what belonged to it then, its elements and their
    relationships."""
    number = then["number"]
    (record,) = await database.read(LOAD_REVISION, number=number)
    revision = {name: value for name, value in {**record["properties"], **then}.items() if value is not None}
    nodes = [Node(record["label"], record["properties"]) for record in await database.read(LIST_NODES, number=number)]
    links = []
    for link in await database.read(LIST_LINKS, number=number):
        place = link["start_label"], link["type"], link["end_label"]
        if place not in RELATIONSHIPS or link["properties"].keys() != {"position"}:
            raise GraphFault(
                f"Revision {number} has {' '.join(place)}, which this version does not know and would leave out: back "
                "the graph up with the version that wrote it"
            )
        start, end = (link["start_label"], link["start"]), (link["end_label"], link["end"])
        links.append(Relationship(link["type"], number, start, end, link["properties"]["position"]))
    return [
        Node(REVISION, revision),
        *heads,
        *sorted(nodes, key=lambda node: (node.label, str(node.properties["key"]))),
        *sorted(links, key=lambda link: (link.type, link.start, link.position, link.end)),
    ]
