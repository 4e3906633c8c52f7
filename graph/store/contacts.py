"""How subjects are reached: what the account system reports, and what they choose for themselves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from operator import itemgetter
from typing import Any

from graph.contacts import Contact
from graph.holdings import Outcome
from graph.model import Channel
from graph.store.database import Database, Transaction
from graph.store.subject_locks import lock_subjects
from graph.store.times import find_text, find_time, to_text

Row = dict[str, Any]

LIST_CONTACTS = """
UNWIND $ids AS id
MATCH (c:Contact {id: id})
RETURN properties(c) AS properties
"""


async def list_contacts(database: Database, subjects: Collection[str]) -> dict[str, Contact]:
    """What is known of how to reach these subjects, by their ids; those of whom nothing is known are left out."""
    records = await database.read(LIST_CONTACTS, ids=list(subjects))
    return {row["id"]: contact_of(row) for row in (record["properties"] for record in records)}


LIST_SERVICES = """
UNWIND $ids AS id
MATCH (s:Subject {id: id})-[:HAS_HOLDING]->(h:Holding)
WHERE h.service IN $services AND (h.until IS NULL OR h.until > $at)
RETURN id, h.service AS service, max(h.last_seen) AS last_seen
"""


async def list_services_used(
    database: Database, subjects: Collection[str], services: Collection[str], at: datetime
) -> dict[str, list[str]]:
    """Which of `services` hold anything about each subject at a time, the one that saw them last first; subjects of
    whom none does are left out."""
    if not services:
        return {}
    records = await database.read(LIST_SERVICES, ids=list(subjects), services=sorted(services), at=to_text(at))
    found: dict[str, list[tuple[str, str]]] = {}
    for record in records:
        found.setdefault(record["id"], []).append((record["last_seen"] or "", record["service"]))
    return {
        subject: [service for _, service in sorted(sorted(used, key=itemgetter(1)), key=itemgetter(0), reverse=True)]
        for subject, used in found.items()
    }


COUNT_SEALED = """
MATCH (c:Contact)
WHERE c.address IS NOT NULL
WITH split(c.address, ".")[0] AS key
RETURN key, count(*) AS count
"""


async def count_sealed_addresses(database: Database) -> dict[str, int]:
    """How many email addresses are kept, by the id of the key that sealed them. Looks at all of them."""
    return {record["key"]: record["count"] for record in await database.read(COUNT_SEALED)}


# ---- writing ---------------------------------------------------------------------------------------------------------

CREATE_CONTACTS = """
UNWIND $rows AS row
MATCH (s:Subject {id: row.id})
CREATE (s)-[:REACHED_BY]->(c:Contact)
SET c = row
"""
UPDATE_CONTACTS = """
UNWIND $rows AS row
MATCH (c:Contact {id: row.id})
SET c = row
"""


async def record_contacts(transaction: Transaction, reports: Sequence[Contact]) -> list[Outcome]:
    """Writes what the account system reports, whose subjects the transaction has locked; returns what became of each
    report. A later one replaces what an older one said, but for language and channels where it names none: those the
    subject may have chosen."""
    if not reports:
        return []
    known = {
        row["id"]: contact_of(row)
        for row in (
            record["properties"]
            for record in await transaction.run(LIST_CONTACTS, ids=[report.subject for report in reports])
        )
    }
    after = dict(known)
    outcomes = []
    for report in reports:
        before = after.get(report.subject, Contact(report.subject))
        if _is_older(report, before):
            outcomes.append(Outcome.OLDER)
            continue
        merged = replace(report, locale=report.locale or before.locale, channels=report.channels or before.channels)
        after[report.subject] = merged
        outcomes.append(Outcome.UNCHANGED if merged == before else Outcome.CHANGED)
    await _write(transaction, known, {id: each for id, each in after.items() if each != known.get(id)})
    return outcomes


def _is_older(report: Contact, before: Contact) -> bool:
    return before.reported_at is not None and report.reported_at is not None and report.reported_at < before.reported_at


async def choose_channels(
    database: Database,
    subject: str,
    channels: frozenset[Channel] | None,
    locale: str | None,
    *,
    keeps_channels: bool = False,
) -> Contact:
    """Writes what a subject chooses for themself; `channels` None: what there is. A `locale` of None leaves theirs, and
    `keeps_channels` their channels."""

    async def work(transaction: Transaction) -> Contact:
        await lock_subjects(transaction, [subject])
        found = [record["properties"] for record in await transaction.run(LIST_CONTACTS, ids=[subject])]
        known = {row["id"]: contact_of(row) for row in found}
        before = known.get(subject, Contact(subject))
        chosen = before.channels if keeps_channels else channels
        after = replace(before, locale=locale or before.locale, channels=chosen)
        await _write(transaction, known, {subject: after} if after != before else {})
        return after

    return await database.write(work)


async def _write(transaction: Transaction, known: Mapping[str, Contact], changed: Mapping[str, Contact]) -> None:
    created = [contact_row(each) for id, each in changed.items() if id not in known]
    updated = [contact_row(each) for id, each in changed.items() if id in known]
    if created:
        await transaction.run(CREATE_CONTACTS, rows=created)
    if updated:
        await transaction.run(UPDATE_CONTACTS, rows=updated)


def contact_row(contact: Contact) -> Row:
    properties: Row = {
        "id": contact.subject,
        "locale": contact.locale,
        "channels": None if contact.channels is None else sorted(channel.value for channel in contact.channels),
        "address": contact.address,
        "reported_at": find_text(contact.reported_at),
    }
    return {name: value for name, value in properties.items() if value is not None}


def contact_of(row: Mapping[str, Any]) -> Contact:
    channels = row.get("channels")
    return Contact(
        subject=row["id"],
        locale=row.get("locale"),
        channels=None if channels is None else frozenset(Channel(channel) for channel in channels),
        address=row.get("address"),
        reported_at=find_time(row.get("reported_at")),
    )
