"""Backups and restores: a graph moved to another engine, or to another data folder, and back, is the same graph."""

from __future__ import annotations

import gzip
import io
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from graph.backup_file import BackupWriter, Header
from graph.backup_order import DELIVERY, Node
from graph.errors import GraphFault, GraphUnavailable, NotFound, NothingChanged
from graph.map_file import map_hash
from graph.model import RevisionContent, RevisionState
from graph.reports import Line
from graph.store import restores
from graph.store.backups import (
    KNOWN,
    LABELS,
    LIST_LEDGERS,
    LIST_ROWS,
    LIST_ROWS_OF_ONE,
    LIST_STATES,
    LIST_TRUSTS,
    LOAD_REVISION,
    TYPES,
)
from graph.store.database import Database
from graph.store.migrations import FOLDER, read_migrations
from graph.store.publishing import publish_revision, withdraw_revision
from graph.store.reports import record_reports
from graph.store.revisions import draft_revision, list_revisions, load_data_map, load_revision
from graph.store.subjects import load_subject
from tests.builders import A_DAY, a_map, a_revision_content, a_service
from tests.cypher_reader import labels, parts, queries, read, variable
from tests.graph.test_cypher_shapes import project_statements
from tests.graph.test_oracle import cases
from tests.graphs import dump, run, wipe
from tests.moves import (
    ODD_IDS,
    ODD_PROPERTIES,
    TODAY,
    backed_up,
    backed_up_beside,
    done_now,
    emptied,
    fill,
    fill_little,
    lines,
    restored,
    tell_nobody,
    verified,
    without_beginning,
)
from tests.strategies import of_thirty
from tests.strategies_subjects import Reported

A_TIME = "2020-01-01T00:00:00Z"

ADD_STRANGER = """
CREATE (n:Stranger {id: "S"})
"""
ADD_STRANGE_RELATIONSHIP = """
MATCH (s:Subject {id: $id})
CREATE (s)-[:KNOWS]->(s)
"""
ADD_STRANGE_LINK = """
MATCH (s:Service {revision: $number, key: $key})
CREATE (s)-[:EXCLUDES {position: 0}]->(s)
"""
ADD_MIGRATION = """
MERGE (m:Migration {name: $name})
SET m.checksum = $name
"""
DELETE_MIGRATION = """
MATCH (m:Migration {name: $name})
DELETE m
"""
FIND_ODD_PROPERTIES = """
MATCH (h:Holding)
WHERE h.odd_text IS NOT NULL
RETURN properties(h) AS properties
"""


def lines_of(content: bytes) -> list[bytes]:
    return gzip.decompress(content).splitlines(keepends=True)


# ---- the same graph --------------------------------------------------------------------------------------------------


async def test_a_graph_that_moves_there_and_back_is_the_same_graph(here: Database, there: Database) -> None:
    await fill(here)
    before = await dump(here)
    content = await backed_up(here)

    assert await restored(there, content) == 0
    assert await dump(there) == before
    (odd,) = await there.read(FIND_ODD_PROPERTIES)
    for name, value in ODD_PROPERTIES.items():
        found = odd["properties"][name]
        assert (name, type(found), found) == (name, type(value), value)

    await wipe(here)
    moved = await backed_up(there)
    assert await restored(here, moved) == 0
    assert await dump(here) == before
    assert sorted(without_beginning(lines_of(moved))) == sorted(without_beginning(lines_of(content)))
    # What is restored is a graph to go on with, not only to look at.
    draft = await draft_revision(here, a_revision_content(), at=TODAY)
    assert (draft.number, draft.base) == (8, 5)


@of_thirty(8)
@given(case=cases())
async def test_generated_graphs_move_unchanged(
    second: Database, migrated: Database, case: tuple[RevisionContent, RevisionContent, Reported]
) -> None:
    first, then, reported = case
    await wipe(second)
    async with emptied(migrated):
        for number, content in enumerate((first, then), 1):
            await draft_revision(migrated, content, at=A_DAY)
            try:
                effective_at = A_DAY + timedelta(days=number)
                await publish_revision(
                    migrated, number, expected=number - 1, effective_at=effective_at, at=A_DAY, rules=()
                )
                await tell_nobody(migrated, number)
            except NothingChanged:
                assert (number, then.elements) == (2, first.elements)
        await record_reports(migrated, lines(*reported.lines))
        await restored(second, await backed_up(migrated))
        assert await dump(second) == await dump(migrated)
        for number in (1, 2):
            moved, original = await load_data_map(second, number), await load_data_map(migrated, number)
            assert (moved.revision, moved.policy, moved.elements) == (
                original.revision,
                original.policy,
                original.elements,
            )


async def test_a_person_with_more_rows_than_a_page_is_whole(here: Database, there: Database) -> None:
    report = {"subject": "ann", "service": "shop", "since": A_TIME}
    others = [{**report, "subject": id, "category": "email"} for id in ("aaa", "zzz")]
    await record_reports(here, lines(*({**report, "category": f"c{n}"} for n in range(65)), *others))
    ran: list[str] = []
    here.observers.append(ran.append)
    content = await backed_up(here, rows_a_page=10)
    # All three, then the first, then the two others, then each of these, and the one in the middle once more: each
    # further statement would go through all rows again.
    assert [each for each in ran if each in (LIST_ROWS, LIST_ROWS_OF_ONE)] == [
        *[LIST_ROWS] * 4,
        LIST_ROWS_OF_ONE,
        LIST_ROWS,
    ]
    await restored(there, content)
    assert await dump(there) == await dump(here)


async def test_people_over_many_pages_are_all_there(here: Database, there: Database) -> None:
    ids = [*ODD_IDS, *(f"person-{number}" for number in range(1200))]
    report = {"service": "shop", "category": "email", "since": A_TIME}
    await record_reports(here, lines(*({**report, "subject": id} for id in ids)))
    trust = {"type": "trust", "categories": ["email"], "since": A_TIME}
    await record_reports(here, lines(*({**trust, "subject": id, "towards": ids[0]} for id in ids[1:])))
    content = await backed_up(here)
    assert verified(content).footer.counts == {"Holding": 1214, "Subject": 1214, "Trust": 1213}
    told: list[int] = []
    await restored(there, content, told)
    assert told == [2000, 3641]
    assert await dump(there) == await dump(here)


async def test_the_file_of_one_graph_is_always_the_same(here: Database) -> None:
    await fill_little(here)
    assert await backed_up(here) == await backed_up(here)


async def test_the_file_says_what_it_was_made_from(here: Database) -> None:
    await record_reports(here, lines({"subject": "ann", "service": "s", "category": "c", "since": A_TIME}))
    header = verified(await backed_up(here)).header
    embedded = await here.is_embedded()
    assert (header.created_at, header.engine) == (TODAY, "embedded" if embedded else "neo4j")
    applied = read_migrations(FOLDER, embedded=embedded)
    assert header.migrations == {each.name: each.checksum for each in applied}


# ---- while others write ----------------------------------------------------------------------------------------------


def begun(turn: int, people: Sequence[str], *categories: str) -> list[Line]:
    """Reports that a holding began in a certain year; each ends what was told of the year before."""
    since = f"{2000 + turn}-01-01T00:00:00Z"
    about = {"service": "billing", "since": since, "until": f"{2000 + turn}-06-01T00:00:00Z", "reported_at": since}
    return lines(*({**about, "subject": each, "category": category} for each in people for category in categories))


def years(content: bytes) -> dict[str, dict[str, list[int]]]:
    """Of each person, in which years the holdings of each category began, by a backup."""
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for line in map(json.loads, lines_of(content)):
        if line.get("node") == "Holding":
            properties = line["properties"]
            found[line["subject"]][properties["category"]].append(int(properties["since"][:4]))
    return {id: {category: sorted(each) for category, each in of.items()} for id, of in found.items()}


async def test_what_is_closed_between_two_pages_is_in_the_backup(here: Database) -> None:
    """What was known of a holding when the backup began is written into another row, which may have its place before
    the page that is read next, and overwritten where it was."""
    categories = [f"c{number}" for number in range(25)]
    await record_reports(here, begun(1, ["aaa", "ann", "zzz"], *categories))

    async def begin_again(other: Database, turn: int) -> None:
        await record_reports(other, begun(turn + 1, ["aaa", "ann", "zzz"], *categories))

    found = years(await backed_up_beside(here, begin_again, times=2))
    assert found == {
        "aaa": {each: [2001] for each in categories},
        # The second page was read before the first turn came.
        "ann": {each: [2001] for each in categories},
        "zzz": {each: [2001, 2002] for each in categories},
    }


PEOPLE = [f"person-{number:02}" for number in range(12)]


async def test_a_backup_while_others_write_is_whole(
    here: Database, there: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No half revision, nothing that leads nowhere, every line that was acknowledged before it began, and some that
    came meanwhile."""
    monkeypatch.setattr("graph.store.backups.SUBJECTS_A_PAGE", 4)
    trusts = [
        {"type": "trust", "subject": each, "towards": PEOPLE[0], "categories": ["email"], "since": A_TIME}
        for each in PEOPLE[1:]
    ]

    async def write(other: Database, turn: int) -> None:
        services = tuple(a_service(key) for key in ("billing", *(f"new-{number}" for number in range(turn + 1))))
        content = a_revision_content(elements=a_map(services=services))
        draft = await draft_revision(other, content, at=TODAY)
        last = max(draft.number - 2, 0)
        effective_at = TODAY + timedelta(days=draft.number)
        await publish_revision(other, draft.number, expected=last, effective_at=effective_at, at=TODAY)
        never = await draft_revision(other, content, at=TODAY)
        await withdraw_revision(other, never.number, at=TODAY)
        named = {"subject": PEOPLE[-1], "service": f"new-{turn}", "category": "email", "since": A_TIME}
        ended = [{**each, "until": TODAY.isoformat(), "reported_at": f"202{turn}-01-01T00:00:00Z"} for each in trusts]
        await record_reports(other, [*begun(turn + 1, PEOPLE, "email"), *lines(named, *ended)])

    await record_reports(here, [*begun(1, PEOPLE, "email"), *lines(*trusts)])
    await write(here, 0)
    content = await backed_up_beside(here, write, times=6)

    found = years(content)
    assert sorted(found) == PEOPLE
    assert [found[each]["email"][0] for each in PEOPLE] == [2001] * len(PEOPLE)
    assert (2002 in found[PEOPLE[0]]["email"], 2002 in found[PEOPLE[-1]]["email"]) == (False, True)
    await restored(there, content)
    revisions = await list_revisions(there, states=frozenset(RevisionState), limit=1000)
    assert len(revisions) > 4
    for revision in revisions:
        data_map = await load_data_map(there, revision.number)
        assert map_hash(data_map.elements) == revision.map_hash
    published = [each.number for each in revisions if each.state is RevisionState.PUBLISHED]
    newest = await load_data_map(there, max(published))
    for id in PEOPLE:
        _, record = await load_subject(there, id, TODAY)
        assert {each.service for each in record.holdings} <= {each.key for each in newest.elements.services}
    (ledger,) = await there.read(LIST_LEDGERS)
    assert ledger["properties"]["last_published"] == max(published)
    assert ledger["properties"]["last_number"] == revisions[0].number


@pytest.mark.parametrize(
    ("statement", "work"),
    [
        (LIST_ROWS, lambda other: record_reports(other, begun(1, ["A"], "email"))),
        (LIST_TRUSTS, lambda other: record_reports(other, begun(1, ["A"], "email"))),
        (LIST_STATES, lambda other: draft_revision(other, a_revision_content(), at=TODAY)),
    ],
    ids=["people", "trusts", "revisions"],
)
async def test_nobody_changes_what_is_being_read(
    here: Database, statement: str, work: Callable[[Database], Awaitable[object]]
) -> None:
    await fill_little(here)
    before = await dump(here)
    refused: list[str] = []

    def try_it(next: str) -> None:
        if next == statement and not refused:
            with pytest.raises(GraphUnavailable) as refusal:
                done_now(here.address, work)
            refused.append(refusal.value.code)

    here.observers.append(try_it)
    await backed_up(here)
    assert refused == ["GRAPH_UNAVAILABLE"]
    # Locks are all that a backup writes.
    assert await dump(here) == before


async def test_while_long_texts_are_read_anybody_writes(here: Database) -> None:
    """The revision is in the file as it was when all of them were looked at."""
    await fill_little(here)

    def publish(other: Database) -> Awaitable[object]:
        effective_at = TODAY + timedelta(days=60)
        return publish_revision(other, 4, expected=2, effective_at=effective_at, at=TODAY, reason="In a hurry.")

    ran: list[str] = []

    def act(next: str) -> None:
        if next == LOAD_REVISION and next not in ran:
            done_now(here.address, publish)
        ran.append(next)

    here.observers.append(act)
    content = await backed_up(here)
    assert (await load_revision(here, 4)).state is RevisionState.PUBLISHED
    revisions = [line["properties"] for line in map(json.loads, lines_of(content)) if line.get("node") == "Revision"]
    assert [(each["number"], each["state"], "effective_at" in each) for each in revisions] == [
        (1, "PUBLISHED", True),
        (2, "PUBLISHED", True),
        (3, "WITHDRAWN", False),
        (4, "DRAFT", False),
    ]
    assert "short_notice_reason" not in revisions[-1]


async def test_a_writer_comes_first(here: Database, there: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A member of a cluster may lag behind, but never behind what the same process wrote before."""
    calls: list[tuple[Database, str]] = []
    for name in ("read", "write"):
        method = getattr(Database, name)

        def told(self: Database, *given: object, method: Any = method, name: str = name, **named: object) -> Any:
            calls.append((self, name))
            return method(self, *given, **named)

        monkeypatch.setattr(Database, name, told)
    await fill_little(here)
    calls.clear()
    content = await backed_up(here)
    assert calls[0] == (here, "write")
    calls.clear()
    await restored(there, content)
    assert calls[0] == (there, "write")


async def test_who_is_trusted_only_since_the_backup_went_by_is_there(there: Database) -> None:
    stream = io.BytesIO()
    writer = BackupWriter(stream, Header(TODAY, "neo4j", {}), KNOWN)
    writer.write([Node("Subject", {"id": "ann", "locked": True})])
    writer.write(
        [Node("Trust", {"id": "t1", "categories": ["c"], "since": "2020", "reported_at": "2020"}, "eve", "ben")]
    )
    writer.finish()
    await restored(there, stream.getvalue())
    nodes = [json.loads(line)["properties"]["id"] for line in (await dump(there)).nodes]
    assert sorted(nodes) == ["ann", "ben", "eve", "t1"]
    assert len((await dump(there)).relationships) == 2


# ---- what no backup is made of ---------------------------------------------------------------------------------------


async def test_an_empty_graph_is_not_backed_up(here: Database) -> None:
    with pytest.raises(NotFound, match=r"^The graph is empty, there is nothing to back up: "):
        await backed_up(here)


@pytest.mark.parametrize(
    ("statement", "parameters", "name"),
    [
        (ADD_STRANGER, {}, "Stranger"),
        (ADD_STRANGE_RELATIONSHIP, {"id": "A"}, "KNOWS"),
        (ADD_STRANGE_LINK, {"number": 1, "key": "billing"}, "Service EXCLUDES Service"),
    ],
)
async def test_a_graph_with_something_unknown_is_not_backed_up(
    here: Database, statement: str, parameters: dict[str, object], name: str
) -> None:
    await fill_little(here)
    await run(here, statement, **parameters)
    with pytest.raises(GraphFault, match=f"{name}.* would leave out"):
        await backed_up(here)


async def test_a_graph_of_a_newer_schema_is_not_backed_up(here: Database) -> None:
    await fill_little(here)
    await run(here, ADD_MIGRATION, name="9999_future.cypher")
    try:
        with pytest.raises(GraphFault, match=r"^The graph has the migration 9999_future.cypher, which this version"):
            await backed_up(here)
    finally:
        await run(here, DELETE_MIGRATION, name="9999_future.cypher")


async def test_a_backup_that_misses_something_is_not_taken_for_one(
    here: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill_little(here)
    monkeypatch.setattr("graph.store.backups.LIST_TRUST_IDS", "MATCH (t:Trust) RETURN t.id AS id LIMIT 1")
    with pytest.raises(GraphFault, match=r"^The graph held \d+ nodes when the backup began, and \d+ were found"):
        await backed_up(here)


def test_every_label_and_type_of_the_project_is_known() -> None:
    """Whoever adds one adds it to the backup too, or nobody would miss it until it is needed."""
    used_labels: set[str] = set()
    used_types: set[str] = set()
    between: set[tuple[str, str, str]] = set()
    for statement in project_statements():
        if not statement.file.startswith("graph/"):
            continue
        clauses = [clause for query in queries(read(statement.text)) for clause in query]
        found = [part for clause in clauses for part in parts(clause)]
        of = {
            variable(node): [each.text for each in labels(node)]
            for part in found
            for node in part.nodes
            if labels(node)
        }
        for clause in clauses:
            for part in parts(clause):
                ends = [[each.text for each in labels(node)] or of.get(variable(node), []) for node in part.nodes]
                used_labels.update(each for names in ends for each in names)
                used_types.update(kind for link in part.relationships for kind in link.types)
                if clause.keyword in ("CREATE", "MERGE"):
                    for link, start, end in zip(part.relationships, ends, ends[1:], strict=False):
                        between.update((a, kind, b) for a in start for kind in link.types for b in end)
    assert used_labels == LABELS
    assert used_types == TYPES
    of_subjects = {("Subject", kind, label) for label, kind in restored_rows().items() if label != DELIVERY}
    of_notices = {("Notice", restored_rows()[DELIVERY], DELIVERY)}
    of_trusts = {("Subject", "TRUSTS", "Trust"), ("Trust", "TOWARDS", "Subject")}
    of_revisions = {("Revision", "HAS", label) for label in KNOWN.elements} | {
        ("Revision", "ADJUSTED", "ImpactAdjustment"),
        ("Revision", "OVERRULED", "FindingOverrule"),
        ("Revision", "NOTIFIED_BY", "FanOut"),
    }
    assert between == of_subjects | of_notices | of_trusts | of_revisions | KNOWN.relationships


def restored_rows() -> dict[str, str]:
    assert restores.CREATE_ROWS.keys() == KNOWN.rows
    return {
        label: next(kind for kind in TYPES if f"[:{kind}]->" in statement and f":{label})" in statement)
        for label, statement in restores.CREATE_ROWS.items()
    }
