"""Gives the holdings and decisions of an older graph the keys by which those whom a change touches are found."""

from __future__ import annotations

from graph.reach_keys import key_of
from graph.store.database import Database, Transaction

# As few that whoever writes meanwhile waits for less than a second.
SUBJECTS_A_PAGE = 200

LIST_SUBJECT_IDS = """
MATCH (s:Subject)
WHERE s.id > $after
RETURN s.id AS id
ORDER BY s.id
LIMIT $limit
"""
LIST_WITHOUT_KEY = """
UNWIND $ids AS id
MATCH (s:Subject {id: id})-[:HAS_HOLDING|DECIDED]->(n)
WHERE n.reach_key IS NULL
RETURN collect([s.id, labels(n)[0], n.id, n.service, n.category, n.since, n.purpose]) AS rows
"""
GIVE_HOLDINGS_KEYS = """
UNWIND $rows AS row
MATCH (h:Holding {id: row.id})
SET h.reach_key = row.key
"""
GIVE_DECISIONS_KEYS = """
UNWIND $rows AS row
MATCH (d:Decision {id: row.id})
SET d.reach_key = row.key
"""


async def fill_reach_keys(database: Database) -> None:
    """Goes through everybody by id, one transaction a page. What a key is made of never changes, so it does not matter
    who writes it, or how often."""
    after = ""
    while True:
        ids = [record["id"] for record in await database.read(LIST_SUBJECT_IDS, after=after, limit=SUBJECTS_A_PAGE)]
        if not ids:
            return
        await _fill(database, ids)
        after = ids[-1]


async def _fill(database: Database, subjects: list[str]) -> None:
    (record,) = await database.read(LIST_WITHOUT_KEY, ids=subjects)
    given: dict[str, list[dict[str, str]]] = {"Holding": [], "Decision": []}
    for subject, label, id, service, category, since, purpose in record["rows"]:
        properties = {"id": id, "service": service, "category": category, "purpose": purpose}
        if since is not None:
            properties["since"] = since
        key = key_of(label, subject, properties)
        if key is not None:
            given[label].append({"id": id, "key": key})

    async def work(transaction: Transaction) -> None:
        if given["Holding"]:
            await transaction.run(GIVE_HOLDINGS_KEYS, rows=given["Holding"])
        if given["Decision"]:
            await transaction.run(GIVE_DECISIONS_KEYS, rows=given["Decision"])

    if any(given.values()):
        await database.write(work)
