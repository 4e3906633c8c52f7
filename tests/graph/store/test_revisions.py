"""Revisions in the graph: what comes back is what was drafted, and what is published stays as it is."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given

import graph
from graph.clauses import policy_hash
from graph.errors import Conflict, InvalidTime, NoRevisionInForce, NotFound, NothingChanged
from graph.map_file.form import map_hash
from graph.model import AccessRecord, DecisionKind, MapElements, Revision, RevisionContent, RevisionState
from graph.reports import DecisionLine, HoldingLine
from graph.store.data_maps import DataMaps
from graph.store.database import Database, Transaction
from graph.store.publishing import WITHDRAWAL_MARGIN, publish_revision, withdraw_revision
from graph.store.reports import record_reports
from graph.store.revisions import (
    LOCK_LEDGER,
    draft_revision,
    list_revisions,
    load_data_map,
    load_number_in_force,
    load_revision,
)
from graph.store.subjects import load_subject_as_staff, record_decision
from tests.builders import (
    A_DAY,
    a_category,
    a_map,
    a_policy,
    a_processing,
    a_recipient,
    a_retention_rule,
    a_revision_content,
    a_service,
)
from tests.clock import Clock
from tests.graphs import Dump, dump, dump_revision, to_json, wipe
from tests.strategies import of_thirty, valid_maps

A_MOMENT = timedelta(microseconds=1)
ALL_STATES = frozenset(RevisionState)

# A publisher in a process of its own, which says that it is ready and then waits to be told to go.
PUBLISHER = """
import asyncio, sys
from datetime import datetime
from graph.errors import Conflict
from graph.store.database import Database
from graph.store.publishing import publish_revision
from tests.graphs import from_json

async def main():
    number, at = int(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
    async with Database(from_json(sys.stdin.readline())) as database:
        await database.check()
        print("ready", flush=True)
        sys.stdin.readline()
        try:
            await publish_revision(database, number, expected=0, effective_at=at, at=at)
            print("won", flush=True)
        except Conflict as conflict:
            print(conflict.code, conflict.ids["actual"], flush=True)

asyncio.run(main())
"""


def content(*clauses: str) -> RevisionContent:
    """The builders' content with another text: one paragraph for each name, beside the one that the map cites."""
    return a_revision_content(policy=a_policy("statement", *clauses))


async def published(database: Database, *clauses: str, effective_at: datetime) -> Revision:
    """A revision drafted and published at once."""
    draft = await draft_revision(database, content(*clauses), at=A_DAY)
    return await publish_revision(database, draft.number, expected=draft.base, effective_at=effective_at, at=A_DAY)


class TestDrafts:
    async def test_a_draft_is_numbered_dated_and_hashed(self, database: Database) -> None:
        drafted = content("a")
        revision = await draft_revision(database, drafted, at=A_DAY + A_MOMENT)
        assert revision == Revision(
            number=1,
            state=RevisionState.DRAFT,
            base=0,
            language="en",
            summary="The first policy.",
            text_hash=policy_hash(drafted.policy.markdown),
            map_hash=map_hash(drafted.elements),
            drafted_at=A_DAY + A_MOMENT,
        )
        assert await load_revision(database, 1) == revision

    async def test_numbers_are_given_once_and_the_base_is_what_was_published_last(self, database: Database) -> None:
        await draft_revision(database, content("a"), at=A_DAY)
        await withdraw_revision(database, 1, at=A_DAY)
        await published(database, "b", effective_at=A_DAY)
        third = await draft_revision(database, content("c"), at=A_DAY)
        assert (third.number, third.base) == (3, 2)

    async def test_drafts_made_at_once_are_all_there_and_whole(self, database: Database) -> None:
        contents = [content(f"text-{number}") for number in range(4)]
        drafts = await asyncio.gather(*(draft_revision(database, each, at=A_DAY) for each in contents))
        assert sorted(each.number for each in drafts) == [1, 2, 3, 4]
        for draft, drafted in zip(drafts, contents, strict=True):
            loaded = await load_data_map(database, draft.number)
            assert (loaded.policy, loaded.elements) == (drafted.policy, drafted.elements)

    async def test_a_draft_that_fails_half_way_leaves_nothing(self, database: Database) -> None:
        await draft_revision(database, content("a"), at=A_DAY)
        before = await dump(database)
        twice = a_map(services=(a_service(), a_service()))
        with pytest.raises(Conflict):
            await draft_revision(database, a_revision_content(elements=twice), at=A_DAY)
        assert await dump(database) == before
        assert (await draft_revision(database, content("b"), at=A_DAY)).number == 2

    async def test_drafting_again_after_a_lost_answer_returns_the_draft(self, database: Database) -> None:
        first = await draft_revision(database, content("a"), at=A_DAY)
        before = await dump(database)
        assert await draft_revision(database, content("a"), at=A_DAY + timedelta(days=1)) == first
        assert await dump(database) == before

    @pytest.mark.parametrize(
        "other",
        [
            content("b"),
            replace(content("a"), elements=a_map(services=(a_service(), a_service("shop")))),
            replace(content("a"), language="de"),
            replace(content("a"), summary="Another one."),
        ],
        ids=["text", "map", "language", "summary"],
    )
    async def test_another_draft_is_another(self, database: Database, other: RevisionContent) -> None:
        await draft_revision(database, content("a"), at=A_DAY)
        assert (await draft_revision(database, other, at=A_DAY)).number == 2

    async def test_what_is_no_draft_any_more_is_drafted_anew(self, database: Database) -> None:
        await draft_revision(database, content("a"), at=A_DAY)
        await withdraw_revision(database, 1, at=A_DAY)
        assert (await draft_revision(database, content("a"), at=A_DAY)).number == 2
        await publish_revision(database, 2, expected=0, effective_at=A_DAY, at=A_DAY)
        third = await draft_revision(database, content("a"), at=A_DAY)
        assert (third.number, third.base, third.state) == (3, 2, RevisionState.DRAFT)

    async def test_what_builds_on_another_base_is_another_draft(self, database: Database) -> None:
        await draft_revision(database, content("a"), at=A_DAY)
        await draft_revision(database, content("b"), at=A_DAY)
        await publish_revision(database, 1, expected=0, effective_at=A_DAY, at=A_DAY)
        again = await draft_revision(database, content("b"), at=A_DAY)
        assert (again.number, again.base) == (3, 1)

    async def test_what_is_not_there_is_not_found(self, database: Database) -> None:
        for load in (load_revision, load_data_map):
            with pytest.raises(NotFound) as missing:
                await load(database, 7)
            assert missing.value.message == "There is no revision 7: the list of revisions shows those there are"
            assert missing.value.ids == {"number": 7}


class TestWhatComesBack:
    @given(drafted=valid_maps())
    @of_thirty(15)
    async def test_is_what_was_drafted(self, migrated: Database, drafted: RevisionContent) -> None:
        await wipe(migrated)
        revision = await draft_revision(migrated, drafted, at=A_DAY)
        loaded = await load_data_map(migrated, revision.number)
        assert loaded.revision == revision
        assert loaded.policy == drafted.policy
        assert loaded.elements == drafted.elements

    async def test_more_than_fits_one_statement(self, database: Database) -> None:
        keys = tuple(f"category-{number}" for number in range(1100))
        elements = a_map(
            data_categories=(*(a_category(key, part_of="email") for key in keys), a_category("email")),
            processings=(a_processing(categories=keys),),
        )
        drafted = a_revision_content(policy=a_policy("statement", *keys), elements=elements)
        await draft_revision(database, drafted, at=A_DAY)
        loaded = await load_data_map(database, 1)
        assert loaded.policy == drafted.policy
        assert loaded.elements == elements

    async def test_another_revision_with_the_same_keys_is_told_apart(self, database: Database) -> None:
        first = a_map()
        second = a_map(services=(a_service(name="Another"), a_service("shop", part_of="billing")), processings=())
        for elements in (first, second, first):
            await draft_revision(database, a_revision_content(elements=elements), at=A_DAY)
        assert [(await load_data_map(database, number)).elements for number in (1, 2, 3)] == [first, second, first]

    async def test_no_relationship_crosses_revisions_and_no_node_lies_outside(self, database: Database) -> None:
        """Invariant 2."""
        rich = a_map(
            services=(a_service(), a_service("shop", part_of="billing")),
            recipients=(a_recipient(engages=("host",)), a_recipient("host")),
            retention_rules=(a_retention_rule(),),
        )
        for elements in (a_map(), rich, a_map(), rich):
            await draft_revision(database, a_revision_content(elements=elements), at=A_DAY)
        await published(database, "x", effective_at=A_DAY)

        nodes = await database.read(
            "MATCH (n) WHERE n.revision IS NOT NULL RETURN labels(n)[0] AS label, n.revision AS revision, n.key AS key"
        )
        reached = await database.read(
            "MATCH (r:Revision)-[:HAS]->(n)"
            " RETURN r.number AS number, labels(n)[0] AS label, n.revision AS revision, n.key AS key"
        )
        ends = await database.read(
            "MATCH (a)-[link]->(b) WHERE NOT a:Revision"
            " RETURN type(link) AS type, a.revision AS start, b.revision AS end"
        )
        assert len(nodes) == 5 * 12 + 2 * 2 + 5 + 1
        assert len(reached) == len(nodes)
        assert {tuple(each.values()) for each in nodes} == {tuple(each.values())[1:] for each in reached}
        assert [each for each in reached if each["number"] != each["revision"]] == []
        assert ends != []
        assert [each for each in ends if each["start"] is None or each["start"] != each["end"]] == []


class TestPublishing:
    async def test_a_published_revision_is_in_force_from_its_time_on(self, database: Database) -> None:
        await draft_revision(database, content("a"), at=A_DAY)
        effective_at, at = A_DAY + timedelta(days=2), A_DAY + timedelta(days=1)
        revision = await publish_revision(database, 1, expected=0, effective_at=effective_at, at=at)
        assert (revision.state, revision.base) == (RevisionState.PUBLISHED, 0)
        assert (revision.drafted_at, revision.published_at, revision.effective_at) == (A_DAY, at, effective_at)
        assert await load_revision(database, 1) == revision

    async def test_revisions_come_into_force_by_themselves_as_time_passes(
        self, database: Database, clock: Clock
    ) -> None:
        first, second = clock() + timedelta(hours=1), clock() + timedelta(hours=2)
        await published(database, "a", effective_at=first)
        await published(database, "b", effective_at=second)
        await draft_revision(database, content("c"), at=clock())
        with pytest.raises(NoRevisionInForce) as before:
            await load_number_in_force(database, clock())
        assert before.value.message == ("No policy was in force on 2026-06-01: the first came into force on 2026-06-01")
        seen = []
        for clock.now in (first, second - A_MOMENT, second, datetime(9998, 1, 1, tzinfo=UTC)):
            seen.append(await load_number_in_force(database, clock()))
        assert seen == [1, 1, 2, 2]
        with pytest.raises(NoRevisionInForce):
            await load_number_in_force(database, first - A_MOMENT)

    async def test_nothing_published_is_nothing_in_force(self, database: Database) -> None:
        for _ in range(2):
            with pytest.raises(NoRevisionInForce) as missing:
                await load_number_in_force(database, A_DAY)
            assert missing.value.message == "No revision has been published yet"
            await draft_revision(database, content("a"), at=A_DAY)

    async def test_a_time_in_another_zone_is_the_same_time(self, database: Database) -> None:
        moscow = (A_DAY + timedelta(days=1)).astimezone(timezone(timedelta(hours=3)))
        await published(database, "a", effective_at=moscow)
        assert (await load_revision(database, 1)).effective_at == moscow
        assert await load_number_in_force(database, moscow) == 1
        with pytest.raises(NoRevisionInForce):
            await load_number_in_force(database, moscow - A_MOMENT)

    async def test_publishing_again_after_a_lost_answer_returns_what_was_published(self, database: Database) -> None:
        first = await published(database, "a", effective_at=A_DAY)
        before = await dump_revision(database, 1)
        later = A_DAY + timedelta(days=3)
        again = await publish_revision(database, 1, expected=0, effective_at=A_DAY, at=later)
        assert again == first
        await published(database, "b", effective_at=later)
        assert await publish_revision(database, 1, expected=0, effective_at=A_DAY, at=later) == first
        assert await dump_revision(database, 1) == before

    @pytest.mark.parametrize("expected", [0, 2, 7])
    async def test_another_one_was_published_meanwhile(self, database: Database, expected: int) -> None:
        await published(database, "a", effective_at=A_DAY)
        await draft_revision(database, content("b"), at=A_DAY)
        before = await dump_revision(database, 2)
        with pytest.raises(Conflict) as conflict:
            await publish_revision(
                database, 2, expected=expected, effective_at=A_DAY + timedelta(days=1), at=A_DAY + timedelta(days=1)
            )
        assert type(conflict.value) is Conflict
        assert conflict.value.ids == {"number": 2, "expected": expected, "actual": 1}
        assert await dump_revision(database, 2) == before

    async def test_a_draft_older_than_what_is_published(self, database: Database) -> None:
        await draft_revision(database, content("a"), at=A_DAY)
        await published(database, "b", effective_at=A_DAY)
        before = await dump_revision(database, 1)
        with pytest.raises(Conflict) as conflict:
            await publish_revision(database, 1, expected=2, effective_at=A_DAY + timedelta(days=1), at=A_DAY)
        assert conflict.value.ids == {"number": 1, "actual": 2}
        assert await dump_revision(database, 1) == before

    async def test_what_is_no_draft_any_more(self, database: Database) -> None:
        await published(database, "a", effective_at=A_DAY)
        await draft_revision(database, content("b"), at=A_DAY)
        await withdraw_revision(database, 2, at=A_DAY)
        for number, state in ((1, "published"), (2, "withdrawn")):
            with pytest.raises(Conflict) as conflict:
                await publish_revision(database, number, expected=1, effective_at=A_DAY + A_MOMENT, at=A_DAY)
            assert conflict.value.message == f"Revision {number} is {state} already: only a draft can be published"

    async def test_nothing_changed(self, database: Database) -> None:
        """Invariant 9; presentation and the summary are no change of what is said."""
        two = a_map(services=(a_service(), a_service("shop")))
        turned = a_map(services=(a_service("shop"), a_service()))
        for number, elements in enumerate((two, two, turned), 1):
            await draft_revision(database, a_revision_content(elements=elements, summary=f"{number}"), at=A_DAY)
        await publish_revision(database, 1, expected=0, effective_at=A_DAY, at=A_DAY)
        for number in (2, 3):
            before = await dump_revision(database, number)
            with pytest.raises(NothingChanged) as same:
                await publish_revision(database, number, expected=1, effective_at=A_DAY + timedelta(days=1), at=A_DAY)
            assert same.value.ids == {"number": number, "same_as": 1}
            assert await dump_revision(database, number) == before

    async def test_it_comes_into_force_after_the_one_before(self, database: Database) -> None:
        await published(database, "a", effective_at=A_DAY)
        await draft_revision(database, content("b"), at=A_DAY)
        before = await dump_revision(database, 2)
        for effective_at in (A_DAY, A_DAY - A_MOMENT, A_DAY - timedelta(days=400)):
            with pytest.raises(InvalidTime) as refused:
                await publish_revision(database, 2, expected=1, effective_at=effective_at, at=A_DAY)
            assert refused.value.ids == {"number": 2, "last": 1}
        assert await dump_revision(database, 2) == before
        await publish_revision(database, 2, expected=1, effective_at=A_DAY + A_MOMENT, at=A_DAY)
        assert await load_number_in_force(database, A_DAY) == 1
        assert await load_number_in_force(database, A_DAY + A_MOMENT) == 2

    async def test_what_is_not_there_cannot_be_published_or_withdrawn(self, database: Database) -> None:
        before = await dump(database)
        with pytest.raises(NotFound):
            await publish_revision(database, 1, expected=0, effective_at=A_DAY, at=A_DAY)
        with pytest.raises(NotFound):
            await withdraw_revision(database, 1, at=A_DAY)
        assert await dump(database) == before


class TestTwoPublishers:
    """Invariant 1: one wins, the other gets a conflict, and nothing of its draft is lost."""

    async def test_in_one_process(self, database: Database) -> None:
        drafts = await _drafts(database, 3)
        outcomes = await asyncio.gather(
            *(publish_revision(database, number, expected=0, effective_at=A_DAY, at=A_DAY) for number in drafts),
            return_exceptions=True,
        )
        winners = [outcome.number for outcome in outcomes if isinstance(outcome, Revision)]
        losers = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
        assert (len(winners), len(losers)) == (1, 2)
        assert [loser.ids["actual"] for loser in losers] == winners * 2
        await _assert_only_this_one(database, winners[0], drafts)

    async def test_in_two_processes(self, database: Database) -> None:
        drafts = await _drafts(database, 2)
        processes = await asyncio.gather(*(_publisher(database, number) for number in drafts))
        for process in processes:
            assert process.stdin is not None
            process.stdin.write(b"go\n")
        answers = [(await process.communicate())[0].decode() for process in processes]
        assert sorted(answer.split()[0] for answer in answers) == ["CONFLICT", "won"]
        winner = answers.index("won\n") + 1
        assert f"CONFLICT {winner}\n" in answers
        await _assert_only_this_one(database, winner, drafts)


async def _drafts(database: Database, count: int) -> dict[int, Dump]:
    for number in range(1, count + 1):
        await draft_revision(database, content(f"text-{number}"), at=A_DAY)
    return {number: await dump_revision(database, number) for number in range(1, count + 1)}


async def _assert_only_this_one(database: Database, winner: int, drafts: dict[int, Dump]) -> None:
    assert await load_number_in_force(database, A_DAY) == winner
    states = {each.number: each.state for each in await list_revisions(database, states=ALL_STATES, limit=9)}
    assert states == {number: RevisionState.PUBLISHED if number == winner else RevisionState.DRAFT for number in drafts}
    for number, before in drafts.items():
        if number != winner:
            assert await dump_revision(database, number) == before


async def _publisher(database: Database, number: int) -> Process:
    """A process that is ready to publish."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PUBLISHER, str(number), A_DAY.isoformat()),
        cwd=Path(graph.__file__).parents[1],
        stdin=PIPE,
        stdout=PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{to_json(database.address)}\n".encode())
    assert await process.stdout.readline() == b"ready\n"
    return process


class TestWithdrawing:
    async def test_a_revision_that_is_not_in_force_yet(self, database: Database) -> None:
        soon = A_DAY + timedelta(days=5)
        await published(database, "a", effective_at=A_DAY)
        await published(database, "b", effective_at=soon)
        withdrawn = await withdraw_revision(database, 2, at=soon - WITHDRAWAL_MARGIN - A_MOMENT)
        assert (withdrawn.state, withdrawn.effective_at) == (RevisionState.WITHDRAWN, soon)
        assert await load_number_in_force(database, soon) == 1
        # The next one follows revision 1 again, and may come into force before the withdrawn one would have.
        third = await published(database, "c", effective_at=soon - timedelta(days=1))
        assert (third.number, third.base) == (3, 1)

    async def test_one_that_is_in_force_stays(self, database: Database) -> None:
        revision = await published(database, "a", effective_at=A_DAY)
        for at in (A_DAY, A_DAY + timedelta(days=1)):
            with pytest.raises(Conflict) as conflict:
                await withdraw_revision(database, 1, at=at)
            assert conflict.value.message == ("Revision 1 has been in force since 2026-01-01: publish another instead")
        assert await load_revision(database, 1) == revision

    async def test_one_that_is_about_to_be_in_force_stays(self, database: Database) -> None:
        """The clock of another process may be ahead of this one's, and answers may have named it there."""
        revision = await published(database, "a", effective_at=A_DAY)
        for before in (WITHDRAWAL_MARGIN, A_MOMENT):
            with pytest.raises(Conflict) as conflict:
                await withdraw_revision(database, 1, at=A_DAY - before)
            assert conflict.value.message == (
                "Revision 1 comes into force on 2026-01-01 00:00 UTC, which is too soon to withdraw it: that is "
                "possible until 60 seconds before; publish another instead"
            )
            assert conflict.value.ids == {"number": 1}
        assert await load_revision(database, 1) == revision

    async def test_one_that_comes_into_force_while_the_withdrawal_waits_for_its_turn_stays(
        self, database: Database, clock: Clock
    ) -> None:
        revision = await published(database, "a", effective_at=clock() + timedelta(days=1))
        async with _another_writer(database):
            withdrawing = asyncio.create_task(withdraw_revision(database, 1, at=clock))
            await asyncio.sleep(0.05)
            clock.advance(timedelta(days=1))
        with pytest.raises(Conflict):
            await withdrawing
        assert await load_revision(database, 1) == revision

    async def test_what_waits_for_its_turn_is_published_when_it_has_it(self, database: Database, clock: Clock) -> None:
        await draft_revision(database, content("a"), at=clock())
        async with _another_writer(database):
            publishing = asyncio.create_task(publish_revision(database, 1, expected=0, effective_at=clock(), at=clock))
            await asyncio.sleep(0.05)
            clock.advance(timedelta(seconds=20))
        assert (await publishing).published_at == clock()

    async def test_the_only_one(self, database: Database) -> None:
        await published(database, "a", effective_at=A_DAY)
        await withdraw_revision(database, 1, at=A_DAY - timedelta(days=1))
        with pytest.raises(NoRevisionInForce):
            await load_number_in_force(database, A_DAY)
        assert (await published(database, "a", effective_at=A_DAY)).base == 0

    async def test_twice_is_once(self, database: Database) -> None:
        await published(database, "a", effective_at=A_DAY)
        withdrawn = await withdraw_revision(database, 1, at=A_DAY - timedelta(days=1))
        assert await withdraw_revision(database, 1, at=A_DAY + timedelta(days=9)) == withdrawn


@asynccontextmanager
async def _another_writer(database: Database) -> AsyncIterator[None]:
    """Somebody who has the ledger meanwhile."""
    began, done = asyncio.Event(), asyncio.Event()

    async def work(transaction: Transaction) -> None:
        await transaction.run(LOCK_LEDGER)
        began.set()
        await done.wait()

    writing = asyncio.create_task(database.write(work))
    await began.wait()
    yield
    done.set()
    await writing


class TestLists:
    async def test_newest_first_of_the_states_asked_for_and_page_by_page(self, database: Database) -> None:
        for number in range(1, 6):
            await published(database, f"text-{number}", effective_at=A_DAY + timedelta(days=number))
        await withdraw_revision(database, 5, at=A_DAY)
        await draft_revision(database, content("a"), at=A_DAY)

        async def numbers(states: frozenset[RevisionState], limit: int = 9, before: int = 99) -> list[int]:
            return [each.number for each in await list_revisions(database, states=states, limit=limit, before=before)]

        assert await numbers(ALL_STATES) == [6, 5, 4, 3, 2, 1]
        assert await numbers(frozenset({RevisionState.PUBLISHED})) == [4, 3, 2, 1]
        assert await numbers(frozenset({RevisionState.PUBLISHED}), limit=2) == [4, 3]
        assert await numbers(frozenset({RevisionState.PUBLISHED}), limit=2, before=3) == [2, 1]
        assert await numbers(frozenset({RevisionState.DRAFT, RevisionState.WITHDRAWN})) == [6, 5]
        assert await numbers(frozenset()) == []
        [newest] = await list_revisions(database, states=ALL_STATES, limit=1)
        assert newest == await load_revision(database, 6)


class TestAPublishedRevisionNeverChanges:
    async def test_whatever_else_the_store_does(self, database: Database) -> None:
        """Invariant 1."""
        whole = replace(content("a"), elements=_told_elsewhere(a_map()))
        await draft_revision(database, whole, at=A_DAY)
        await publish_revision(database, 1, expected=0, effective_at=A_DAY, at=A_DAY)
        before = await dump_revision(database, 1)
        known = await load_data_map(database, 1)

        later = A_DAY + timedelta(days=1)
        await published(database, "b", effective_at=later)
        await published(database, "c", effective_at=later + timedelta(days=1))
        await withdraw_revision(database, 3, at=later)
        await draft_revision(database, whole, at=later)
        with pytest.raises(Conflict):
            await publish_revision(database, 1, expected=2, effective_at=later + timedelta(days=3), at=later)
        with pytest.raises(Conflict):
            await withdraw_revision(database, 1, at=later)
        await publish_revision(database, 1, expected=0, effective_at=A_DAY, at=later)
        await record_reports(
            database,
            [
                HoldingLine(subject="ann", service="billing", category="email", since=A_DAY),
                DecisionLine(
                    type="decision", subject="ann", purpose="delivery", decision=DecisionKind.OBJECTION, at=later
                ),
            ],
        )
        await record_decision(database, "ann", "delivery", DecisionKind.CONSENT, later)
        await load_subject_as_staff(database, "ann", later, access=AccessRecord("access-1", "staff-1", later))
        await DataMaps(database, clock=lambda: later).load(1)

        assert await dump_revision(database, 1) == before
        assert (await load_data_map(database, 1)).elements == known.elements


def _told_elsewhere(elements: MapElements) -> MapElements:
    return replace(elements, recipients=(a_recipient(engages=("host",)), a_recipient("host")))
