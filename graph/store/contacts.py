"""How subjects are reached: what the account system reports, and what they choose for themselves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from graph.contacts import Contact
from graph.model import Channel
from graph.store.database import Database, Transaction
from graph.store.reports import LOCK_SUBJECTS
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


async def record_contacts(transaction: Transaction, reports: Sequence[Contact]) -> list[Contact]:
    """Writes what the account system reports, whose subjects the transaction has locked; returns those that changed
    the graph. A report replaces what an older one said, but for the channels where it names none."""
    known = {
        row["id"]: contact_of(row)
        for row in (
            record["properties"]
            for record in await transaction.run(LIST_CONTACTS, ids=[report.subject for report in reports])
        )
    }
    changed: dict[str, Contact] = {}
    for report in reports:
        before = changed.get(report.subject) or known.get(report.subject)
        after = _merged(before, report)
        if after != before:
            changed[report.subject] = after
    await _write(transaction, known, changed)
    return list(changed.values())


def _merged(before: Contact | None, report: Contact) -> Contact:
    if before is None:
        return report
    if before.reported_at is not None and report.reported_at is not None and report.reported_at < before.reported_at:
        return before
    channels = before.channels if report.channels is None else report.channels
    return Contact(report.subject, report.locale, channels, report.address, report.reported_at)


async def choose_channels(
    database: Database, subject: str, channels: frozenset[Channel] | None, locale: str | None
) -> Contact:
    """Writes what a subject chooses for themself; `channels` None: what there is. A `locale` of None leaves theirs."""

    async def work(transaction: Transaction) -> Contact:
        await transaction.run(LOCK_SUBJECTS, subjects=[subject])
        found = [record["properties"] for record in await transaction.run(LIST_CONTACTS, ids=[subject])]
        known = {row["id"]: contact_of(row) for row in found}
        before = known.get(subject, Contact(subject))
        after = Contact(subject, locale or before.locale, channels, before.address, before.reported_at)
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
