"""What services report, written in batches: each batch is one transaction, and writing it twice changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from graph.contacts import Contact
from graph.holdings import GoneReport, HoldingReport, Outcome, Register, apply, closed_id, record_id, register_id
from graph.reach_keys import decision_key, holding_key
from graph.reports import ContactLine, DecisionLine, DisclosureLine, GoneLine, HoldingLine, Line, TrustLine
from graph.store.contacts import record_contacts
from graph.store.database import Database, Transaction
from graph.store.subject_locks import lock_subjects
from graph.store.times import find_text, find_time, from_text, to_text

BATCH_LINES = 1000

Row = dict[str, Any]


@dataclass(slots=True)
class Counts:
    """How many reports changed the graph, said nothing new, or were older than what is known."""

    changed: int = 0
    unchanged: int = 0
    older: int = 0

    def add(self, outcome: Outcome, number: int = 1) -> None:
        match outcome:
            case Outcome.CHANGED:
                self.changed += number
            case Outcome.UNCHANGED:
                self.unchanged += number
            case Outcome.OLDER:
                self.older += number


# ---- holdings --------------------------------------------------------------------------------------------------------

FIND_REGISTERS = """
UNWIND $ids AS id
MATCH (h:Holding {id: id})
RETURN properties(h) AS properties
"""
CREATE_HOLDINGS = """
UNWIND $rows AS row
MATCH (s:Subject {id: row.subject})
CREATE (s)-[:HAS_HOLDING]->(h:Holding)
SET h = row.properties
"""
UPDATE_HOLDINGS = """
UNWIND $rows AS row
MATCH (h:Holding {id: row.properties.id})
SET h = row.properties
"""


async def _record_holdings(
    transaction: Transaction, reports: Sequence[HoldingReport | GoneReport], counts: Counts
) -> None:
    if not reports:
        return
    known = await _find_registers(transaction, {register_id(report): report.subject for report in reports})
    registers = dict(known)
    closed: dict[str, Register] = {}
    for report in reports:
        id = register_id(report)
        step = apply(registers.get(id, Register()), report)
        registers[id] = step.register
        counts.add(step.outcome)
        if step.closed is not None:
            closed[closed_id(step.closed)] = step.closed
    known |= await _find_registers(transaction, {id: each.subject for id, each in closed.items()})
    rows = [
        register_row(id, register, is_closed=id in closed)
        for id, register in {**registers, **closed}.items()
        if known.get(id) != register
    ]
    created = [row for row in rows if row["properties"]["id"] not in known]
    updated = [row for row in rows if row["properties"]["id"] in known]
    if created:
        await transaction.run(CREATE_HOLDINGS, rows=created)
    if updated:
        await transaction.run(UPDATE_HOLDINGS, rows=updated)


async def _find_registers(transaction: Transaction, subjects: Mapping[str, str]) -> dict[str, Register]:
    """What is known of the registers with these ids, each given with its subject."""
    if not subjects:
        return {}
    rows = [record["properties"] for record in await transaction.run(FIND_REGISTERS, ids=list(subjects))]
    return {row["id"]: _register(subjects[row["id"]], row) for row in rows}


def holding_report(line: HoldingLine | GoneLine) -> HoldingReport | GoneReport:
    if isinstance(line, GoneLine):
        return GoneReport(line.subject, line.service, line.category, line.at, line.reported_at or line.at)
    known_at = line.reported_at or max(line.since, line.last_seen or line.since)
    return HoldingReport(
        line.subject,
        line.service,
        line.category,
        line.since,
        line.last_seen,
        line.until,
        line.source,
        line.records,
        known_at,
    )


def register_row(id: str, register: Register, *, is_closed: bool = False) -> Row:
    """`until` is the end with both sides taken together, which is what readers ask; `held_until` and `gone_*` keep the
    two sides apart for the next report. `is_closed`: a period before the one that the register is about now."""
    held, gone = register.held, register.gone
    about = held or gone
    assert about is not None, "a register has one side at least"
    properties: Row = {"id": id, "service": about.service, "category": about.category}
    if held is not None:
        properties |= {
            "since": to_text(held.since),
            "last_seen": find_text(held.last_seen),
            "held_until": find_text(held.until),
            "until": find_text(register.until),
            "source": held.source,
            "records": held.records,
            "reported_at": to_text(held.reported_at),
            "reach_key": None if is_closed else holding_key(about.service, about.category, about.subject),
        }
    if gone is not None:
        properties |= {"gone_at": to_text(gone.at), "gone_reported_at": to_text(gone.reported_at)}
    return {
        "subject": about.subject,
        "properties": {name: each for name, each in properties.items() if each is not None},
    }


def _register(subject: str, row: Mapping[str, Any]) -> Register:
    service, category = row["service"], row["category"]
    held = gone = None
    if "since" in row:
        held = HoldingReport(
            subject,
            service,
            category,
            from_text(row["since"]),
            find_time(row.get("last_seen")),
            find_time(row.get("held_until")),
            row.get("source"),
            row.get("records"),
            from_text(row["reported_at"]),
        )
    if "gone_at" in row:
        gone = GoneReport(subject, service, category, from_text(row["gone_at"]), from_text(row["gone_reported_at"]))
    return Register(held, gone)


# ---- decisions and disclosures: once written, they stay --------------------------------------------------------------

FIND_DECISIONS = """
UNWIND $ids AS id
MATCH (d:Decision {id: id})
RETURN d.id AS id
"""
CREATE_DECISIONS = """
UNWIND $rows AS row
MATCH (s:Subject {id: row.subject})
CREATE (s)-[:DECIDED]->(d:Decision)
SET d = row.properties
"""
FIND_DISCLOSURES = """
UNWIND $ids AS id
MATCH (d:DisclosureRecord {id: id})
RETURN d.id AS id
"""
CREATE_DISCLOSURES = """
UNWIND $rows AS row
MATCH (s:Subject {id: row.subject})
CREATE (s)-[:WAS_DISCLOSED]->(d:DisclosureRecord)
SET d = row.properties
"""


async def _record_once(
    transaction: Transaction, find: LiteralString, create: LiteralString, rows: Sequence[Row], counts: Counts
) -> None:
    by_id = {row["properties"]["id"]: row for row in rows}
    if not by_id:
        return
    known = {record["id"] for record in await transaction.run(find, ids=list(by_id))}
    new = [row for id, row in by_id.items() if id not in known]
    if new:
        await transaction.run(create, rows=new)
    counts.add(Outcome.CHANGED, len(new))
    counts.add(Outcome.UNCHANGED, len(rows) - len(new))


def _decision_row(line: DecisionLine, told_at: datetime | None) -> Row:
    row = decision_row(line.subject, line.purpose, line.decision.value, to_text(line.at), line.service)
    if told_at is not None and told_at < line.at:
        # By the reporter's clock it is still to come: it must not undo what the person decides until then.
        row["properties"]["decided_at"] = to_text(told_at)
    return row


def decision_row(subject: str, purpose: str, kind: str, at: str, service: str | None = None) -> Row:
    """A decision as `CREATE_DECISIONS` takes it: known by its content, and by who tells of it, so that nobody's report
    ever stands for another's or for the person's own word."""
    id = record_id("decision", subject, purpose, kind, at, *_teller(service))
    properties = {
        "id": id,
        "purpose": purpose,
        "kind": kind,
        "decided_at": at,
        "service": service,
        "reach_key": decision_key(purpose, subject),
    }
    return {
        "subject": subject,
        "properties": {name: each for name, each in properties.items() if each is not None},
    }


def _teller(service: str | None) -> tuple[str, ...]:
    return () if service is None else (service,)


def _disclosure_row(line: DisclosureLine) -> Row:
    at, categories = to_text(line.at), sorted(set(line.categories))
    purpose, case = line.purpose or "", line.case or ""
    id = record_id("disclosure", line.subject, line.service, line.recipient, purpose, case, at, *categories)
    properties = {
        "id": id,
        "service": line.service,
        "recipient": line.recipient,
        "categories": categories,
        "purpose": line.purpose,
        "case": line.case,
        "disclosed_at": at,
    }
    return {
        "subject": line.subject,
        "properties": {name: each for name, each in properties.items() if each is not None},
    }


# ---- trusts ----------------------------------------------------------------------------------------------------------

FIND_TRUSTS = """
UNWIND $ids AS id
MATCH (t:Trust {id: id})
RETURN properties(t) AS properties
"""
CREATE_TRUSTS = """
UNWIND $rows AS row
MATCH (s:Subject {id: row.subject})
MATCH (towards:Subject {id: row.towards})
CREATE (s)-[:TRUSTS]->(t:Trust)-[:TOWARDS]->(towards)
SET t = row.properties
"""
UPDATE_TRUSTS = """
UNWIND $rows AS row
MATCH (t:Trust {id: row.properties.id})
SET t = row.properties
"""


async def _record_trusts(transaction: Transaction, rows: Sequence[Row], counts: Counts) -> None:
    if not rows:
        return
    found = await transaction.run(FIND_TRUSTS, ids=list({row["properties"]["id"] for row in rows}))
    known: dict[str, Row] = {record["properties"]["id"]: record["properties"] for record in found}
    created: dict[str, Row] = {}
    updated: dict[str, Row] = {}
    for row in rows:
        properties = row["properties"]
        id = properties["id"]
        before = known.get(id)
        if before is not None and properties["reported_at"] < before["reported_at"]:
            counts.add(Outcome.OLDER)
            continue
        if before == properties:
            counts.add(Outcome.UNCHANGED)
            continue
        counts.add(Outcome.CHANGED)
        known[id] = properties
        (created if before is None or id in created else updated)[id] = row
    if created:
        await transaction.run(CREATE_TRUSTS, rows=list(created.values()))
    if updated:
        await transaction.run(UPDATE_TRUSTS, rows=list(updated.values()))


def _trust_row(line: TrustLine) -> Row:
    since = to_text(line.since)
    properties = {
        "id": record_id("trust", line.subject, line.towards, since, *_teller(line.service)),
        "service": line.service,
        "categories": sorted(set(line.categories)),
        "since": since,
        "until": find_text(line.until),
        "reported_at": to_text(line.reported_at or line.since),
    }
    return {
        "subject": line.subject,
        "towards": line.towards,
        "properties": {name: each for name, each in properties.items() if each is not None},
    }


# ---- a batch ---------------------------------------------------------------------------------------------------------


async def record_reports(
    database: Database, lines: Sequence[Line | Contact], *, told_at: datetime | None = None
) -> Counts:
    """Writes reports that have passed the door, in their order, all or none; at most `BATCH_LINES`. A ContactLine comes
    as the Contact in which its address is sealed.

    `told_at`: when they arrived. No decision counts from later than that; None: from whenever it says.
    Raises GraphUnavailable: then nothing of the batch may be written, or all of it, and it can be sent again.
    """
    holdings = [holding_report(line) for line in lines if isinstance(line, HoldingLine | GoneLine)]
    decisions = [_decision_row(line, told_at) for line in lines if isinstance(line, DecisionLine)]
    disclosures = [_disclosure_row(line) for line in lines if isinstance(line, DisclosureLine)]
    trusts = [_trust_row(line) for line in lines if isinstance(line, TrustLine)]
    contacts = [line for line in lines if isinstance(line, Contact)]
    assert not any(isinstance(line, ContactLine) for line in lines), "an address is sealed before it comes here"
    subjects = sorted({line.subject for line in lines} | {row["towards"] for row in trusts})

    async def work(transaction: Transaction) -> Counts:
        counts = Counts()
        await lock_subjects(transaction, subjects)
        await _record_holdings(transaction, holdings, counts)
        await _record_once(transaction, FIND_DECISIONS, CREATE_DECISIONS, decisions, counts)
        await _record_once(transaction, FIND_DISCLOSURES, CREATE_DISCLOSURES, disclosures, counts)
        await _record_trusts(transaction, trusts, counts)
        for outcome in await record_contacts(transaction, contacts):
            counts.add(outcome)
        return counts

    return await database.write(work)
