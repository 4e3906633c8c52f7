"""One subject's rows: all of them, in one statement, and never anybody else's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, LiteralString

import pytest

from graph.decisions import Stand, Wish, stand_of
from graph.errors import NotFound
from graph.holdings import record_id
from graph.model import AccessRecord, DecisionKind, RevisionContent, SubjectRecord
from graph.reports import DecisionLine, DisclosureLine, GoneLine, HoldingLine, Line, TrustLine
from graph.store.database import Database
from graph.store.publishing import publish_revision
from graph.store.reports import record_reports
from graph.store.revisions import draft_revision
from graph.store.subjects import decide_as_wished, load_subject, load_subject_as_staff, record_decision
from tests.builders import A_DAY, a_decision, a_holding, a_policy, a_revision_content, a_trust
from tests.graphs import dump, run

NOW = A_DAY + timedelta(days=30)


def day(number: int) -> datetime:
    return A_DAY + timedelta(days=number)


async def in_force(database: Database, content: RevisionContent | None = None) -> None:
    content = content or a_revision_content()
    draft = await draft_revision(database, content, at=A_DAY)
    await publish_revision(database, draft.number, expected=draft.base, effective_at=day(draft.number - 1), at=A_DAY)


def lines_of(subject: str, towards: str) -> list[Line]:
    """One of everything that is known of people."""
    return [
        HoldingLine(subject=subject, service="billing", category="email", since=A_DAY, source="the-person", records=1),
        DecisionLine(type="decision", subject=subject, purpose="delivery", decision=DecisionKind.CONSENT, at=A_DAY),
        TrustLine(type="trust", subject=subject, towards=towards, categories=["email"], since=A_DAY),
        DisclosureLine(
            type="disclosure",
            subject=subject,
            service="billing",
            recipient="mailer",
            categories=["email"],
            purpose="delivery",
            case="providers",
            at=A_DAY,
        ),
    ]


def access(number: int = 1, at: datetime = NOW) -> AccessRecord:
    return AccessRecord(f"access-{number}", "staff-1", at)


@contextmanager
def counted(database: Database) -> Iterator[list[LiteralString]]:
    """The statements that run meanwhile."""
    statements: list[LiteralString] = []
    database.observers.append(statements.append)
    try:
        yield statements
    finally:
        database.observers.remove(statements.append)


@pytest.fixture
async def crowded(database: Database) -> Database:
    """A graph full of three people, of each of whom everything is known, and who all trust each other in a ring."""
    await in_force(database)
    people = ("ann", "ben", "cyd")
    for place, person in enumerate(people):
        await record_reports(database, lines_of(person, people[place - 1]))
        await load_subject_as_staff(database, person, NOW, access=AccessRecord(f"access-{person}", "staff-1", NOW))
    return database


class TestOneStatement:
    async def test_everything_that_is_known_comes_in_one_statement(self, crowded: Database) -> None:
        with counted(crowded) as statements:
            number, record = await load_subject(crowded, "ann", NOW)
        assert len(statements) == 1
        assert number == 1
        [holding], [decision], [trust] = record.holdings, record.decisions, record.trusts
        [disclosed], [accessed] = record.disclosures, record.accesses
        assert holding == a_holding(holding.id)
        assert decision == a_decision(decision.id)
        assert trust == a_trust(trust.id, towards="cyd")
        assert (disclosed.recipient, disclosed.categories, disclosed.disclosed_at) == ("mailer", ("email",), A_DAY)
        assert accessed == AccessRecord("access-ann", "staff-1", NOW)

    async def test_who_is_unknown_costs_one_statement_too(self, crowded: Database) -> None:
        with counted(crowded) as statements:
            await load_subject(crowded, "nobody", NOW)
        assert len(statements) == 1

    async def test_rows_are_ordered_by_time_and_id(self, database: Database) -> None:
        lines: list[Line] = [
            HoldingLine(subject="ann", service="billing", category=f"c{number}", since=day(number % 3))
            for number in range(9)
        ]
        lines += [
            DecisionLine(type="decision", subject="ann", purpose="p", decision=kind, at=day(number))
            for number, kind in ((2, DecisionKind.CONSENT), (1, DecisionKind.WITHDRAWAL), (1, DecisionKind.OBJECTION))
        ]
        await record_reports(database, lines)
        _, record = await load_subject(database, "ann", NOW)
        assert [(each.since, each.id) for each in record.holdings] == sorted(
            (day(number % 3), record_id("ann", "billing", f"c{number}")) for number in range(9)
        )
        assert [each.decided_at for each in record.decisions] == [day(1), day(1), day(2)]
        assert record.decisions[0].id < record.decisions[1].id

    async def test_a_tombstone_is_no_holding(self, database: Database) -> None:
        await record_reports(
            database, [GoneLine(type="gone", subject="ann", service="billing", category="email", at=A_DAY)]
        )
        assert (await load_subject(database, "ann", NOW))[1] == SubjectRecord("ann")

    async def test_the_revision_in_force_is_the_one_of_that_time(self, database: Database) -> None:
        assert (await load_subject(database, "ann", NOW))[0] is None
        await in_force(database)
        await draft_revision(database, a_revision_content(policy=a_policy("other", "statement")), at=A_DAY)
        assert (await load_subject(database, "ann", A_DAY - timedelta(microseconds=1)))[0] is None
        assert (await load_subject(database, "ann", A_DAY))[0] == 1
        await publish_revision(database, 2, expected=1, effective_at=day(9), at=A_DAY)
        assert (await load_subject(database, "ann", day(9) - timedelta(microseconds=1)))[0] == 1
        assert (await load_subject(database, "ann", day(9)))[0] == 2


class TestManyRows:
    """A subject with more rows than fit one statement."""

    # Two however many there are: each further one would go through all rows again.
    @pytest.mark.parametrize(("rows", "count"), [(2, 1), (3, 2), (4, 2), (30, 2)])
    async def test_nothing_is_lost_or_doubled_at_the_edge_of_a_statement(
        self, database: Database, rows: int, count: int
    ) -> None:
        await record_reports(database, [*lines_of("ben", "ann"), *_holdings("ann", rows - 1), _trust("ann", "ben")])
        whole = await load_subject(database, "ann", NOW)
        with counted(database) as statements:
            more = await load_subject(database, "ann", NOW, limit=3)
        assert more == whole
        assert len(more[1].holdings) == rows - 1
        assert [each.towards for each in more[1].trusts] == ["ben"]
        assert len(statements) == count

    async def test_staff_see_all_of_them_too(self, database: Database) -> None:
        await record_reports(database, _holdings("ann", 7))
        _, record = await load_subject_as_staff(database, "ann", NOW, access=access(), limit=3)
        assert len(record.holdings) == 7
        assert record.accesses == (access(),)


def _holdings(subject: str, count: int) -> list[HoldingLine]:
    return [
        HoldingLine(subject=subject, service="billing", category=f"c{number}", since=A_DAY) for number in range(count)
    ]


def _trust(subject: str, towards: str) -> TrustLine:
    return TrustLine(type="trust", subject=subject, towards=towards, categories=["email"], since=A_DAY)


class TestNobodyElse:
    """In a pattern comprehension the embedded engine takes a variable that is null for any node: a statement written
    with one would show everybody to whoever is unknown."""

    # What would match all, many or others in a careless statement.
    STRANGERS = ("nobody", "", "*", "ANN", "ann ", "an", "%", "null", "ann' OR 1=1 //", "0")

    async def test_who_is_unknown_is_shown_nothing(self, crowded: Database) -> None:
        for stranger in self.STRANGERS:
            assert await load_subject(crowded, stranger, NOW) == (1, SubjectRecord(stranger))

    async def test_nor_where_there_are_many_rows(self, crowded: Database) -> None:
        for stranger in self.STRANGERS:
            assert await load_subject(crowded, stranger, NOW, limit=1) == (1, SubjectRecord(stranger))

    async def test_nor_before_the_first_revision(self, crowded: Database) -> None:
        before = A_DAY - timedelta(days=1)
        assert await load_subject(crowded, "nobody", before) == (None, SubjectRecord("nobody"))

    async def test_staff_who_ask_for_somebody_unknown_are_told_so_and_leave_nothing(self, crowded: Database) -> None:
        before = await dump(crowded)
        for stranger in self.STRANGERS:
            with pytest.raises(NotFound) as missing:
                await load_subject_as_staff(crowded, stranger, NOW, access=access())
            assert missing.value.ids == {"subject": stranger}
        assert await dump(crowded) == before

    async def test_who_is_known_without_rows_is_shown_nothing(self, crowded: Database) -> None:
        await run(crowded, 'CREATE (:Subject {id: "new"})')
        assert await load_subject(crowded, "new", NOW) == (1, SubjectRecord("new"))
        assert await load_subject(crowded, "new", NOW, limit=1) == (1, SubjectRecord("new"))

    async def test_staff_who_ask_for_somebody_without_rows_see_that_they_asked_and_no_more(
        self, crowded: Database
    ) -> None:
        await run(crowded, 'CREATE (:Subject {id: "new"})')
        _, record = await load_subject_as_staff(crowded, "new", NOW, access=access())
        assert record == SubjectRecord("new", accesses=(access(),))

    async def test_being_trusted_shows_nothing_of_who_trusts(self, database: Database) -> None:
        await in_force(database)
        await record_reports(database, lines_of("ann", "friend"))
        assert await load_subject(database, "friend", NOW) == (1, SubjectRecord("friend"))
        assert await load_subject(database, "friend", NOW, limit=1) == (1, SubjectRecord("friend"))

    async def test_everybody_sees_their_own_rows_only(self, crowded: Database) -> None:
        own: list[set[str]] = []
        for person in ("ann", "ben", "cyd"):
            for limit in (1, 100):
                _, record = await load_subject(crowded, person, NOW, limit=limit)
                rows: tuple[Any, ...] = (
                    *record.holdings,
                    *record.decisions,
                    *record.trusts,
                    *record.disclosures,
                    *record.accesses,
                )
                assert len(rows) == 5
            own.append({each.id for each in rows})
        assert len(set.union(*own)) == 15

    async def test_a_decision_of_somebody_new_touches_nobody_else(self, crowded: Database) -> None:
        before = {person: await load_subject(crowded, person, NOW) for person in ("ann", "ben", "cyd")}
        await record_decision(crowded, "new", "delivery", DecisionKind.OBJECTION, NOW)
        assert {person: await load_subject(crowded, person, NOW) for person in before} == before

    async def test_reports_about_somebody_new_touch_nobody_else(self, crowded: Database) -> None:
        before = {person: await load_subject(crowded, person, NOW) for person in ("ann", "ben", "cyd")}
        await record_reports(crowded, [*lines_of("new", "ann"), _trust("newer", "newest")])
        assert {person: await load_subject(crowded, person, NOW) for person in before} == before

    async def test_an_empty_batch_touches_nobody(self, crowded: Database) -> None:
        before = await dump(crowded)
        await record_reports(crowded, [])
        assert await dump(crowded) == before


class TestStaffAccess:
    async def test_the_person_sees_who_asked_and_when(self, database: Database) -> None:
        await record_reports(database, _holdings("ann", 1))
        await load_subject_as_staff(database, "ann", NOW, access=access(2, NOW + timedelta(hours=1)))
        _, asked = await load_subject_as_staff(database, "ann", NOW, access=access(1))
        _, own = await load_subject(database, "ann", NOW)
        assert own.accesses == (access(1), access(2, NOW + timedelta(hours=1)))
        assert asked == own

    async def test_an_access_that_is_recorded_twice_is_there_once(self, database: Database) -> None:
        await record_reports(database, _holdings("ann", 1))
        for _ in range(2):
            await load_subject_as_staff(database, "ann", NOW, access=access())
        assert (await load_subject(database, "ann", NOW))[1].accesses == (access(),)

    async def test_no_answer_no_record(self, database: Database) -> None:
        """The read fails after the record was written: neither remains."""
        await record_reports(database, _holdings("ann", 1))
        before = await dump(database)
        # A row that cannot be read, such as one of a newer version of the program.
        await run(database, 'MATCH (s:Subject {id: "ann"}) CREATE (s)-[:DECIDED]->(:Decision {id: "odd", kind: "NEW"})')
        with pytest.raises(KeyError):
            await load_subject_as_staff(database, "ann", NOW, access=access())
        await run(database, 'MATCH (d:Decision {id: "odd"}) DETACH DELETE d')
        assert await dump(database) == before


class TestOwnDecisions:
    async def test_a_decision_is_there_at_once_and_only_once(self, database: Database) -> None:
        for _ in range(2):
            decided = await record_decision(database, "ann", "delivery", DecisionKind.CONSENT, NOW)
        _, record = await load_subject(database, "ann", NOW)
        assert record == SubjectRecord("ann", decisions=(decided,))
        assert (decided.purpose, decided.kind, decided.decided_at) == ("delivery", DecisionKind.CONSENT, NOW)

    async def test_sent_again_after_a_lost_answer_it_is_the_one_that_stands(self, database: Database) -> None:
        decided = await record_decision(database, "ann", "delivery", DecisionKind.CONSENT, NOW)
        other = await record_decision(database, "ann", "support", DecisionKind.WITHDRAWAL, NOW + timedelta(seconds=1))
        before = await dump(database)
        again = await record_decision(database, "ann", "delivery", DecisionKind.CONSENT, NOW + timedelta(seconds=9))
        assert again == decided
        assert await dump(database) == before
        assert (await load_subject(database, "ann", NOW))[1].decisions == (decided, other)

    async def test_a_mind_that_was_changed_twice_is_three_decisions(self, database: Database) -> None:
        decided = [
            await record_decision(database, "ann", "delivery", kind, NOW + timedelta(seconds=second))
            for second, kind in enumerate((DecisionKind.CONSENT, DecisionKind.WITHDRAWAL, DecisionKind.CONSENT))
        ]
        assert (await load_subject(database, "ann", NOW))[1].decisions == tuple(decided)

    async def test_sent_twice_at_once_it_is_there_once(self, database: Database) -> None:
        sent = [
            record_decision(database, "ann", "delivery", DecisionKind.CONSENT, NOW + timedelta(seconds=second))
            for second in range(2)
        ]
        one, two = await asyncio.gather(*sent)
        assert one == two
        assert (await load_subject(database, "ann", NOW))[1].decisions == (one,)

    async def test_the_same_decision_reported_by_a_service_stands_beside_it(self, database: Database) -> None:
        decided = await record_decision(database, "ann", "delivery", DecisionKind.CONSENT, NOW)
        line = DecisionLine(
            type="decision", subject="ann", purpose="delivery", decision=DecisionKind.CONSENT, at=NOW, service="billing"
        )
        for expected in ((1, 0), (0, 1)):
            counts = await record_reports(database, [line])
            assert (counts.changed, counts.unchanged) == expected
        found = (await load_subject(database, "ann", NOW))[1].decisions
        assert decided in found
        assert {each.service for each in found} == {None, "billing"}

    async def test_a_decision_told_of_before_its_time_counts_from_when_it_was_told(self, database: Database) -> None:
        line = DecisionLine(
            type="decision", subject="ann", purpose="delivery", decision=DecisionKind.CONSENT, at=NOW, service="billing"
        )
        told_at = NOW - timedelta(minutes=2)
        await record_reports(database, [line], told_at=told_at)
        assert (await record_reports(database, [line], told_at=NOW)).unchanged == 1
        (found,) = (await load_subject(database, "ann", NOW))[1].decisions
        assert found.decided_at == told_at

    async def test_what_a_person_decides_last_counts_whichever_clock_is_ahead(self, database: Database) -> None:
        ahead = NOW + timedelta(seconds=1)
        await record_decision(database, "ann", "delivery", DecisionKind.CONSENT, ahead)
        withdrawn = await record_decision(database, "ann", "delivery", DecisionKind.WITHDRAWAL, NOW)
        assert withdrawn.decided_at == ahead + timedelta(microseconds=1)
        assert (await load_subject(database, "ann", NOW))[1].decisions[-1] == withdrawn


class TestWishes:
    async def decided(self, database: Database) -> list[tuple[DecisionKind, int]]:
        """Kind and microseconds after NOW of all of ann's decisions."""
        found = (await load_subject(database, "ann", NOW + timedelta(days=1)))[1].decisions
        return [(each.kind, (each.decided_at - NOW) // timedelta(microseconds=1)) for each in found]

    async def test_all_that_leads_there_is_written_at_once_one_after_the_other(self, database: Database) -> None:
        for kind in (DecisionKind.OBJECTION, DecisionKind.RESTRICTION):
            await record_decision(database, "ann", "delivery", kind, NOW)
        written = await decide_as_wished(database, "ann", "delivery", Wish(restricts=False), NOW)
        found = (await load_subject(database, "ann", NOW + timedelta(days=1)))[1].decisions
        assert written == found[2:]
        assert await self.decided(database) == [
            (DecisionKind.OBJECTION, 0),
            (DecisionKind.RESTRICTION, 1),
            (DecisionKind.LIFTING, 2),
            (DecisionKind.OBJECTION, 3),
        ]

    async def test_what_stands_already_is_not_written_again(self, database: Database) -> None:
        wish = Wish(consents=True, objects=False)
        assert len(await decide_as_wished(database, "ann", "delivery", wish, NOW)) == 1
        before = await dump(database)
        assert await decide_as_wished(database, "ann", "delivery", wish, NOW) == ()
        assert await dump(database) == before

    async def test_two_wishes_at_once_both_hold(self, database: Database) -> None:
        await decide_as_wished(database, "ann", "delivery", Wish(restricts=True), NOW)
        await asyncio.gather(
            decide_as_wished(database, "ann", "delivery", Wish(objects=True), NOW),
            decide_as_wished(database, "ann", "delivery", Wish(restricts=False), NOW),
        )
        kinds = [kind for kind, _ in await self.decided(database)]
        assert stand_of(kinds) == Stand(objects=True)

    async def test_decisions_about_other_purposes_and_of_others_do_not_count(self, database: Database) -> None:
        await record_decision(database, "ann", "support", DecisionKind.OBJECTION, NOW)
        await record_decision(database, "bob", "delivery", DecisionKind.OBJECTION, NOW)
        assert await decide_as_wished(database, "ann", "delivery", Wish(objects=False), NOW) == ()
