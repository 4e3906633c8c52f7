"""Backups: everything in the graph read while others write, as `graph.backup_file` keeps it.

Nothing in the graph is ever deleted, and what is immutable is most of it. So:

- people and what hangs on them are read in pages by id: all that was written before the backup began is in it, and of
  what is written meanwhile some;
- revisions come after them, so that whatever a person's rows name is in the newest revision of the file;
- the states of all revisions and the ledger are read while the ledger is locked, when nobody drafts, publishes or
  withdraws; their elements, which never change, after that.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from graph.backup_file import (
    LEDGER,
    REVISION,
    SUBJECT,
    TRUST,
    BackupWriter,
    Footer,
    Header,
    Known,
    Node,
    Record,
    Relationship,
)
from graph.errors import Conflict, GraphFault, NotFound
from graph.store.database import Database, Transaction
from graph.store.map_elements import LIST_NODES
from graph.store.map_statements import NODES, RELATIONSHIPS
from graph.store.migrations import FOLDER, LIST_APPLIED, read_migrations
from graph.store.revisions import LOAD_MARKDOWN

#: What hangs on a subject, and by which relationship.
ROWS = {
    "Holding": "HAS_HOLDING",
    "Decision": "DECIDED",
    "DisclosureRecord": "WAS_DISCLOSED",
    "AccessRecord": "WAS_ACCESSED",
}
KNOWN = Known(frozenset(ROWS), frozenset(NODES), frozenset(RELATIONSHIPS))
LABELS = {SUBJECT, TRUST, LEDGER, REVISION, "Migration", *ROWS, *NODES}
TYPES = {"HAS", "TRUSTS", "TOWARDS", *ROWS.values(), *(type for _, type, _ in RELATIONSHIPS)}

#: The ledger that is there from when a restore begins until it has ended.
RESTORE = "RESTORE"

SUBJECTS_A_PAGE = 500
ROWS_A_PAGE = 20_000
REVISIONS_A_PAGE = 20

OnProgress = Callable[[int], None]
Page = Sequence[Record]


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
    same = await _check(database) == _nodes(footer)
    return same and await _write(database, None, header, lambda _: None, ROWS_A_PAGE) == footer


async def _write(
    database: Database, stream: BinaryIO | None, header: Header, on_progress: OnProgress, rows_a_page: int
) -> Footer:
    writer = BackupWriter(stream, header)
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
    """The checksum of the file whose restore into this graph has begun and not ended; None for none."""
    found = await database.read(FIND_RESTORE, id=RESTORE)
    return found[0]["checksum"] if found else None


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
    async for subjects in _subjects(database, rows_a_page):
        yield subjects
    async for trusts in _trusts(database):
        yield trusts
    snapshot = await _snapshot(database)
    yield [Node(LEDGER, ledger) for ledger in snapshot.ledgers]
    for revision in snapshot.revisions:
        yield await _revision(database, revision)


LIST_SUBJECTS = """
MATCH (s:Subject)
WHERE s.id > $after
RETURN properties(s) AS properties
ORDER BY s.id
LIMIT $limit
"""
# As one record: to carry a record a row takes three times as long.
LIST_ROWS = """
UNWIND $ids AS id
MATCH (s:Subject {id: id})-[:HAS_HOLDING|DECIDED|WAS_DISCLOSED|WAS_ACCESSED]->(n)
WITH s, n
LIMIT $limit
RETURN collect([s.id, labels(n)[0], properties(n)]) AS rows
"""
LIST_ROWS_OF_ONE = """
MATCH (s:Subject {id: $id})-[:HAS_HOLDING|DECIDED|WAS_DISCLOSED|WAS_ACCESSED]->(n)
WHERE n.id > $after
RETURN labels(n)[0] AS label, properties(n) AS properties
ORDER BY properties.id
LIMIT $limit
"""


async def _subjects(database: Database, rows_a_page: int) -> AsyncIterator[Sequence[Node]]:
    """Subjects, each followed by what hangs on it; a page may hold a part of one with many rows."""
    after = ""
    while True:
        found = await database.read(LIST_SUBJECTS, after=after, limit=SUBJECTS_A_PAGE)
        subjects = [record["properties"] for record in found]
        async for page in _with_rows(database, subjects, rows_a_page):
            yield page
        if len(subjects) < SUBJECTS_A_PAGE:
            return
        after = subjects[-1]["id"]


async def _with_rows(
    database: Database, subjects: Sequence[dict[str, Any]], rows_a_page: int
) -> AsyncIterator[Sequence[Node]]:
    (record,) = await database.read(LIST_ROWS, ids=[each["id"] for each in subjects], limit=rows_a_page)
    rows = record["rows"]
    if len(rows) < rows_a_page:
        yield _together(subjects, rows)
    elif len(subjects) > 1:
        half = len(subjects) // 2
        for part in (subjects[:half], subjects[half:]):
            async for page in _with_rows(database, part, rows_a_page):
                yield page
    else:
        yield _together(subjects, [])
        async for page in _rows_of_one(database, subjects[0]["id"], rows_a_page):
            yield page


def _together(subjects: Sequence[dict[str, Any]], rows: Sequence[tuple[str, str, dict[str, Any]]]) -> list[Node]:
    by_subject: dict[str, list[Node]] = {each["id"]: [Node(SUBJECT, each)] for each in subjects}
    for subject, label, properties in sorted(rows, key=lambda row: (row[1], row[2]["id"])):
        by_subject[subject].append(Node(label, properties, subject))
    return [node for nodes in by_subject.values() for node in nodes]


async def _rows_of_one(database: Database, id: str, limit: int) -> AsyncIterator[Sequence[Node]]:
    after = ""
    while True:
        page = await database.read(LIST_ROWS_OF_ONE, id=id, after=after, limit=limit)
        yield [Node(record["label"], record["properties"], id) for record in page]
        if len(page) < limit:
            return
        after = page[-1]["properties"]["id"]


LIST_TRUST_IDS = """
MATCH (t:Trust)
WHERE t.id > $after
RETURN t.id AS id
ORDER BY t.id
LIMIT $limit
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
        found = await database.read(LIST_TRUST_IDS, after=after, limit=SUBJECTS_A_PAGE)
        ids = [record["id"] for record in found]
        yield [
            Node(TRUST, record["properties"], record["subject"], record["towards"])
            for record in sorted(await database.read(LIST_TRUSTS, ids=ids), key=lambda each: each["properties"]["id"])
        ]
        if len(ids) < SUBJECTS_A_PAGE:
            return
        after = ids[-1]


# ---- revisions -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """Ledgers, and revisions without their text, which is long: as they were at one moment."""

    ledgers: list[dict[str, Any]]
    revisions: list[dict[str, Any]]


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
LIST_REVISION_NODES = """
MATCH (r:Revision)
WHERE r.number > $after
RETURN properties(r) AS properties
ORDER BY r.number
LIMIT $limit
"""


async def _snapshot(database: Database) -> _Snapshot:
    async def work(transaction: Transaction) -> _Snapshot:
        await transaction.run(LOCK_LEDGER_IF_ANY)
        ledgers = [record["properties"] for record in await transaction.run(LIST_LEDGERS)]
        revisions: list[dict[str, Any]] = []
        after = 0
        while True:
            page = await transaction.run(LIST_REVISION_NODES, after=after, limit=REVISIONS_A_PAGE)
            revisions += [{**record["properties"], "markdown": None} for record in page]
            if len(page) < REVISIONS_A_PAGE:
                return _Snapshot(sorted(ledgers, key=lambda ledger: str(ledger["id"])), revisions)
            after = revisions[-1]["number"]

    snapshot = await database.write(work)
    if any(ledger["id"] == RESTORE for ledger in snapshot.ledgers):
        raise _restoring()
    return snapshot


LIST_LINKS = """
MATCH (r:Revision {number: $number})-[:HAS]->(a)-[link]->(b)
RETURN type(link) AS type, labels(a)[0] AS start_label, a.key AS start, labels(b)[0] AS end_label, b.key AS end,
       properties(link) AS properties
"""


async def _revision(database: Database, revision: dict[str, Any]) -> list[Node | Relationship]:
    """A revision, its elements and their relationships."""
    number = revision["number"]
    (record,) = await database.read(LOAD_MARKDOWN, number=number)
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
        Node(REVISION, {**revision, "markdown": record["markdown"]}),
        *sorted(nodes, key=lambda node: (node.label, str(node.properties["key"]))),
        *sorted(links, key=lambda link: (link.type, link.start, link.position, link.end)),
    ]
