"""Restores: a backup written into an empty graph, in batches that are each done once whatever is cut off.

The ledger `RESTORE` is there from the first batch to the end. It names the file, and says how many of its records are
written, in the transaction that writes them. Until the end no revision is in force: each is written as withdrawn, and
the last transaction gives all of them their state at once, so nobody is ever answered from a graph that is half there.
Until then the ledger of revisions names a last one that nothing is, so that nobody drafts or publishes meanwhile.

A file is read twice, and what was checked is what is written: a batch that does not have the checksum that it had the
first time is not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, BinaryIO, LiteralString

from graph.backup_file import BackupReader, Footer, Header
from graph.backup_order import (
    ADJUSTMENT,
    CONTACT,
    DELIVERY,
    FAN_OUT,
    LEDGER,
    NOTICE,
    OVERRULE,
    REVISION,
    REVISIONS,
    SUBJECT,
    TRUST,
    Node,
    Record,
)
from graph.errors import Conflict, InvalidInput
from graph.model import RevisionState
from graph.notices import NoticeKind, notice_id
from graph.reach_keys import with_key
from graph.store.adjustments import CREATE_ADJUSTMENTS
from graph.store.backups import KNOWN, RESTORE, OnProgress, find_restore, is_content
from graph.store.database import Database, Transaction
from graph.store.map_statements import NODES, RELATIONSHIPS
from graph.store.migrations import FOLDER, Migration, migrate, read_migrations
from graph.store.overrules import CREATE_OVERRULES
from graph.store.reports import CREATE_DECISIONS, CREATE_DISCLOSURES, CREATE_HOLDINGS
from graph.store.revisions import LOCK_LEDGER

# What is written in one transaction, and sent in few messages, of which engines take no more than some megabytes.
RECORDS_A_BATCH = 2000
BYTES_A_BATCH = 4_194_304
#: What a revision gets at the end. Its times are held back too: a process keeps in memory what was in force once.
HELD_BACK = ("state", "published_at", "effective_at")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verified:
    """A file that was read to its end and found whole.

    `name`: what it is called in messages. `ledgers`: by their ids. `states`: what `HELD_BACK` names, by revision.
    `fan_outs`: all of them, which are held back as well. `digests`: of the file up to the end of each batch.
    """

    name: str
    header: Header
    footer: Footer
    ledgers: Mapping[str, Row]
    states: Mapping[int, Row]
    fan_outs: tuple[Row, ...]
    digests: tuple[bytes, ...]

    @property
    def records(self) -> int:
        return sum(self.footer.counts.values())


def verify(stream: BinaryIO, name: str, *, on_progress: OnProgress, folder: Path = FOLDER) -> Verified:
    """Reads a backup to its end, and tells the number of records so far. `name`: what it is called in messages.

    Raises InvalidInput unless it is whole and this version can restore it.
    """
    reader = BackupReader(stream, name, KNOWN)
    _require_schema(reader.header, name, folder)
    ledgers: dict[str, Row] = {}
    states: dict[int, Row] = {}
    fan_outs: list[Row] = []
    digests: list[bytes] = []
    count = 0
    for batch in _batches(reader):
        for record in batch.records:
            if isinstance(record, Node) and record.label == LEDGER:
                ledgers[record.properties["id"]] = record.properties
            if isinstance(record, Node) and record.label == FAN_OUT:
                fan_outs.append(record.properties)
            if isinstance(record, Node) and record.label == REVISION:
                given = {each: record.properties[each] for each in HELD_BACK if each in record.properties}
                states[record.properties["number"]] = given
        digests.append(batch.digest)
        count += len(batch.records)
        on_progress(count)
    return Verified(name, reader.header, reader.footer, ledgers, states, tuple(fan_outs), tuple(digests))


@dataclass(frozen=True, slots=True)
class _Batch:
    """`digest`: of the file up to its end."""

    records: list[Record]
    digest: bytes


def _batches(reader: BackupReader) -> Iterator[_Batch]:
    """The same ones each time that a file is read."""
    records: list[Record] = []
    size = 0
    for record in reader.records():
        records.append(record)
        size += reader.line_bytes
        if len(records) == RECORDS_A_BATCH or size >= BYTES_A_BATCH:
            yield _Batch(records, reader.digest())
            records, size = [], 0
    if records:
        yield _Batch(records, reader.digest())


def _require_schema(header: Header, name: str, folder: Path) -> None:
    """Of an older schema the file may be where nothing but constraints and indexes came since; of a newer never."""
    known = {each.name: each for each in read_migrations(folder, embedded=True)}
    for migration, checksum in header.migrations.items():
        if migration not in known or known[migration].checksum != checksum:
            raise InvalidInput(
                f"{name}: has the migration {migration}, which this version does not: restore it with the version that "
                "made it, or a newer one"
            )
    for each in known.values():
        if each.name not in header.migrations and _changes_data(each):
            raise InvalidInput(
                f"{name}: is older than the migration {each.name}, which changes what is in the graph: restore it with "
                "the version that made it, and upgrade that"
            )


def _changes_data(migration: Migration) -> bool:
    starts = [statement.split(maxsplit=2)[:2] for statement in migration.statements]
    return not all(verb in ("CREATE", "DROP") and what in ("CONSTRAINT", "INDEX") for verb, what in starts)


# ---- the whole of it -------------------------------------------------------------------------------------------------


async def restore(
    database: Database, reader: Callable[[], BackupReader], verified: Verified, *, on_progress: OnProgress
) -> int:
    """Writes a verified file into a graph that holds nothing but migrations, or goes on where the restore of the same
    file was cut off. Returns how many records were there already; all of them where nothing was left to do.

    `reader`: opens the file again. Raises Conflict for any other graph, which is left as it is; GraphUnavailable, and
    InvalidInput for a file that is not what it was: then the same may be done again, with a good copy of the file.
    """
    if not await _may_begin(database, verified):
        return verified.records
    await migrate(database)
    position = before = await _begin(database, verified)
    again = reader()
    end = 0
    for batch, digest in zip_longest(_batches(again), verified.digests):
        if batch is None or batch.digest != digest:
            raise _changed(verified)
        start, end = end, end + len(batch.records)
        if end > position:
            await _write(database, verified, position, batch.records[position - start :])
            position = end
            on_progress(position)
    if again.footer != verified.footer:
        raise _changed(verified)
    await _finish(database, verified)
    return before


def _changed(verified: Verified) -> InvalidInput:
    return InvalidInput(
        f"{verified.name} is not what it was when it was checked: somebody writes to it, or the disk fails. What is "
        "written of it so far is right: restore it again, from a good copy"
    )


def _require_same(checksum: str, verified: Verified) -> None:
    if checksum != verified.footer.sha256:
        raise Conflict(
            f"The restore of another file into this graph has not ended, that with the SHA-256 {checksum}: restore "
            "that one to its end, or take an empty graph; nothing was touched"
        )


def _not_empty(label: str) -> Conflict:
    return Conflict(
        f"The graph is not empty: it holds a {label}; nothing was touched. Restore into an empty one, before the "
        "service starts on it for the first time and seeds it: name another data folder in VITRINE_DATA_DIR, or an "
        "empty database in VITRINE_GRAPH_DATABASE"
    )


FIND_NODE_BUT = """
MATCH (n)
WHERE NOT labels(n)[0] IN $names
RETURN labels(n)[0] AS name
LIMIT 1
"""


async def _may_begin(database: Database, verified: Verified) -> bool:
    """Before migrations touch the graph. False where it is what the file holds, and only the last answer was lost."""
    begun = await find_restore(database)
    if begun is not None:
        _require_same(begun, verified)
    elif found := await database.read(FIND_NODE_BUT, names=["Migration"]):
        if await is_content(database, verified.header, verified.footer):
            return False
        raise _not_empty(found[0]["name"])
    return True


LOCK_RESTORE = """
MERGE (l:Ledger {id: "RESTORE"})
ON CREATE SET l.checksum = $checksum
SET l.locked = true
RETURN l.checksum AS checksum, l.position AS position
"""
HOLD_LEDGER = """
MATCH (l:Ledger {id: "REVISIONS"})
SET l.last_number = $number
"""
MOVE_RESTORE = """
MATCH (l:Ledger {id: "RESTORE"})
SET l.position = $position
"""


async def _begin(database: Database, verified: Verified) -> int:
    """The number of records that are written already."""

    async def work(transaction: Transaction) -> int:
        (begun,) = await transaction.run(LOCK_RESTORE, checksum=verified.footer.sha256)
        _require_same(begun["checksum"], verified)
        if begun["position"] is not None:
            position: int = begun["position"]
            return position
        # Locked before it is looked at: a service that starts now seeds the graph before this, or not at all.
        (ledger,) = await transaction.run(LOCK_LEDGER)
        if ledger["last_number"]:
            raise _not_empty(REVISION)
        if found := await transaction.run(FIND_NODE_BUT, names=["Migration", LEDGER]):
            raise _not_empty(found[0]["name"])
        await transaction.run(HOLD_LEDGER, number=max(verified.states, default=0) + 1)
        await transaction.run(MOVE_RESTORE, position=0)
        return 0

    return await database.write(work)


# ---- a batch ---------------------------------------------------------------------------------------------------------

FIND_POSITION = """
MATCH (l:Ledger {id: "RESTORE"})
SET l.locked = true
RETURN l.checksum AS checksum, l.position AS position
"""


async def _write(database: Database, verified: Verified, position: int, batch: Sequence[Record]) -> None:
    statements = list(_statements(batch))

    async def work(transaction: Transaction) -> bool:
        found = await transaction.run(FIND_POSITION)
        if not found or found[0]["checksum"] != verified.footer.sha256:
            return False
        # A try before this one, or another process at the same, may have done it already.
        if found[0]["position"] == position:
            for statement, parameters in statements:
                await transaction.run(statement, **parameters)
            await transaction.run(MOVE_RESTORE, position=position + len(batch))
        return True

    try:
        goes_on = await database.write(work)
    except Conflict as error:
        raise Conflict(
            f"The graph has something already that comes after record {position:,} of {verified.name}: somebody writes "
            "to it meanwhile, or the file holds it twice. Restore into another empty graph, to which nobody writes"
        ) from error
    if not goes_on:
        raise Conflict("Another process has ended the restore of this graph: look at it before you begin again")


CREATE_SUBJECTS = """
UNWIND $rows AS row
CREATE (s:Subject)
SET s = row
"""
CREATE_ACCESSES = """
UNWIND $rows AS row
MATCH (s:Subject {id: row.subject})
CREATE (s)-[:WAS_ACCESSED]->(a:AccessRecord)
SET a = row.properties
"""
# Of the two a trust is between, the backup may have gone by before one was there.
MEET_SUBJECTS = """
UNWIND $ids AS id
MERGE (s:Subject {id: id})
ON CREATE SET s.locked = true
"""
CREATE_TRUSTS_BETWEEN = """
UNWIND $rows AS row
MATCH (s:Subject {id: row.subject})
MATCH (other:Subject {id: row.towards})
CREATE (s)-[:TRUSTS]->(t:Trust)-[:TOWARDS]->(other)
SET t = row.properties
"""
CREATE_REVISIONS = """
UNWIND $rows AS row
CREATE (r:Revision)
SET r = row
"""
CREATE_CONTACTS_OF = """
UNWIND $rows AS row
MATCH (s:Subject {id: row.subject})
CREATE (s)-[:REACHED_BY]->(c:Contact)
SET c = row.properties
"""
CREATE_NOTICES_OF = """
UNWIND $rows AS row
MATCH (s:Subject {id: row.subject})
CREATE (s)-[:WAS_TOLD]->(n:Notice)
SET n = row.properties
"""
CREATE_DELIVERIES_OF = """
UNWIND $rows AS row
MATCH (n:Notice {id: row.notice})
CREATE (n)-[:SENT_AS]->(d:Delivery)
SET d = row.properties
"""
CREATE_ROWS: Mapping[str, LiteralString] = {
    "Holding": CREATE_HOLDINGS,
    "Decision": CREATE_DECISIONS,
    "DisclosureRecord": CREATE_DISCLOSURES,
    "AccessRecord": CREATE_ACCESSES,
    CONTACT: CREATE_CONTACTS_OF,
    NOTICE: CREATE_NOTICES_OF,
    DELIVERY: CREATE_DELIVERIES_OF,
}


def _statements(batch: Sequence[Record]) -> Iterator[tuple[LiteralString, dict[str, Any]]]:
    """What writes a batch, each after what it needs."""
    nodes: dict[str, list[Row]] = defaultdict(list)
    elements: dict[tuple[int, str], list[Row]] = defaultdict(list)
    links: dict[tuple[int, tuple[str, str, str]], list[Row]] = defaultdict(list)
    for each in batch:
        if not isinstance(each, Node):
            row: Row = {"start": each.start[1], "end": each.end[1], "position": each.position}
            links[each.revision, (each.start[0], each.type, each.end[0])].append(row)
        elif each.label in NODES:
            elements[each.properties["revision"], each.label].append(each.properties)
        elif each.label == REVISION:
            kept = {name: value for name, value in each.properties.items() if name not in HELD_BACK}
            nodes[REVISION].append({**kept, "state": RevisionState.WITHDRAWN.value})
        elif each.subject is None:
            nodes[each.label].append(each.properties)
        else:
            properties = with_key(each.label, each.subject, each.properties)
            row = {"subject": each.subject, "towards": each.towards, "properties": properties}
            if each.label == DELIVERY:
                row["notice"] = _notice_of(each)
            nodes[each.label].append(row)
    if SUBJECT in nodes:
        yield CREATE_SUBJECTS, {"rows": nodes[SUBJECT]}
    for label, statement in CREATE_ROWS.items():
        if label in nodes:
            yield statement, {"rows": nodes[label]}
    if TRUST in nodes:
        yield MEET_SUBJECTS, {"ids": sorted({each[end] for each in nodes[TRUST] for end in ("subject", "towards")})}
        yield CREATE_TRUSTS_BETWEEN, {"rows": nodes[TRUST]}
    if REVISION in nodes:
        yield CREATE_REVISIONS, {"rows": nodes[REVISION]}
    if ADJUSTMENT in nodes:
        yield CREATE_ADJUSTMENTS, {"rows": nodes[ADJUSTMENT]}
    if OVERRULE in nodes:
        yield CREATE_OVERRULES, {"rows": nodes[OVERRULE]}
    for (number, label), rows in elements.items():
        yield NODES[label], {"revision": number, "rows": rows}
    for (number, place), rows in links.items():
        yield RELATIONSHIPS[place], {"revision": number, "rows": rows}


def _notice_of(delivery: Node) -> str:
    assert delivery.subject is not None, "a delivery hangs on a notice of somebody"
    return notice_id(delivery.properties["revision"], NoticeKind(delivery.properties["kind"]), delivery.subject)


# ---- the end ---------------------------------------------------------------------------------------------------------

GIVE_STATES = """
UNWIND $rows AS row
MATCH (r:Revision {number: row.number})
SET r += row.properties
"""
WRITE_LEDGERS = """
UNWIND $rows AS row
MERGE (l:Ledger {id: row.id})
SET l = row
"""
CREATE_FAN_OUTS = """
UNWIND $rows AS row
MATCH (r:Revision {number: row.revision})
CREATE (r)-[:NOTIFIED_BY]->(f:FanOut)
SET f = row
"""
DELETE_LEDGERS = """
MATCH (l:Ledger)
WHERE l.id IN $ids
DELETE l
"""


async def _finish(database: Database, verified: Verified) -> None:
    rows = [{"number": number, "properties": properties} for number, properties in verified.states.items()]
    # A graph without any revision has no ledger of them, and this one got one for its lock.
    ids = [RESTORE] if REVISIONS in verified.ledgers else [RESTORE, REVISIONS]

    async def work(transaction: Transaction) -> None:
        found = await transaction.run(FIND_POSITION)
        if found and found[0]["checksum"] == verified.footer.sha256:
            await transaction.run(GIVE_STATES, rows=rows)
            # Only now, or the telling of people would go on from a graph that is half there.
            await transaction.run(CREATE_FAN_OUTS, rows=list(verified.fan_outs))
            await transaction.run(WRITE_LEDGERS, rows=list(verified.ledgers.values()))
            await transaction.run(DELETE_LEDGERS, ids=ids)

    await database.write(work)
