"""Notices as their subjects see them: the newest first, and which were read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from graph.contacts import Contact
from graph.notices import Notice, newest_first
from graph.store.contacts import contact_of
from graph.store.database import Database, Transaction
from graph.store.fan_outs import notice_of
from graph.store.times import to_text

# The subject's own, by the one pattern that names them: a few for each revision.
LIST_NOTICES = """
MATCH (s:Subject {id: $subject})-[:WAS_TOLD]->(n:Notice)
RETURN properties(n) AS properties
ORDER BY properties.page DESC, properties.id
"""


async def list_notices(database: Database, subject: str) -> list[Notice]:
    """All that a subject was told, the newest first: at most two for each revision."""
    records = await database.read(LIST_NOTICES, subject=subject)
    return [notice_of(record["properties"]) for record in records]


@dataclass(frozen=True, slots=True)
class Mailbox:
    """All that a subject was told, the newest first, and what is known of how they are reached."""

    notices: tuple[Notice, ...] = ()
    contact: Contact | None = None


LIST_MAILBOXES = """
UNWIND $subjects AS subject
MATCH (s:Subject {id: subject})
OPTIONAL MATCH (s)-[:REACHED_BY]->(c:Contact)
OPTIONAL MATCH (s)-[:WAS_TOLD]->(n:Notice)
RETURN subject, properties(c) AS contact, properties(n) AS notice
"""


async def list_mailboxes(database: Database, subjects: Collection[str]) -> dict[str, Mailbox]:
    """The mailbox of each of these subjects, by their ids: empty for those of whom nothing is known."""
    records = await database.read(LIST_MAILBOXES, subjects=list(subjects))
    contacts: dict[str, Contact] = {}
    told: dict[str, list[Notice]] = {subject: [] for subject in subjects}
    for record in records:
        if record["contact"] is not None:
            contacts[record["subject"]] = contact_of(record["contact"])
        if record["notice"] is not None:
            told[record["subject"]].append(notice_of(record["notice"]))
    return {
        subject: Mailbox(tuple(sorted(notices, key=newest_first)), contacts.get(subject))
        for subject, notices in told.items()
    }


LIST_NOTICES_BY_ID = """
UNWIND $ids AS id
MATCH (n:Notice {id: id})
RETURN properties(n) AS properties
"""


async def list_notices_by_id(database: Database, ids: Sequence[str]) -> dict[str, Notice]:
    """Those that there are, by id."""
    records = await database.read(LIST_NOTICES_BY_ID, ids=list(ids))
    notices = [notice_of(record["properties"]) for record in records]
    return {notice.id: notice for notice in notices}


LIST_NEW_NOTICES = """
UNWIND $subjects AS subject
MATCH (s:Subject {id: subject})-[:WAS_TOLD]->(n:Notice)
WHERE n.page > $after AND n.page <= $up_to
RETURN n.page AS page, properties(n) AS properties
ORDER BY page, properties.id
"""


async def list_new_notices(
    database: Database, subjects: Sequence[str], *, after: int, up_to: int
) -> list[tuple[int, Notice]]:
    """What these subjects were told in pages after one, up to another, the oldest first: each with its page."""
    records = await database.read(LIST_NEW_NOTICES, subjects=list(subjects), after=after, up_to=up_to)
    return [(record["page"], notice_of(record["properties"])) for record in records]


# By the subject, and not by the ids alone: nobody marks another's.
READ_NOTICES = """
MATCH (s:Subject {id: $subject})-[:WAS_TOLD]->(n:Notice)
WHERE n.id IN $ids
SET n.read_at = coalesce(n.read_at, $at)
RETURN properties(n) AS properties
ORDER BY properties.page DESC, properties.id
"""


async def mark_read(database: Database, subject: str, ids: Sequence[str], at: datetime) -> list[Notice]:
    """Marks those of these notices that are the subject's own as read, unless they were already, and returns them."""

    async def work(transaction: Transaction) -> list[Notice]:
        records = await transaction.run(READ_NOTICES, subject=subject, ids=list(ids), at=to_text(at))
        return [notice_of(record["properties"]) for record in records]

    return await database.write(work)
