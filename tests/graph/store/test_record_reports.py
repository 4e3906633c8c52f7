"""Reports in the graph: written once however often they are sent, in whatever order, whoever else writes."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from random import Random

import pytest

from graph.holdings import record_id
from graph.model import DecisionKind, DisclosureRecord, Holding, SubjectRecord, Trust
from graph.reports import DecisionLine, DisclosureLine, GoneLine, HoldingLine, Line, TrustLine
from graph.store.database import Database
from graph.store.reports import BATCH_LINES, Counts, record_reports
from graph.store.subjects import load_subject
from tests.builders import A_DAY
from tests.graphs import dump, wipe

FAR = A_DAY + timedelta(days=3000)


def day(number: float) -> datetime:
    return A_DAY + timedelta(days=number)


def held(since: float, until: float | None = None, *, at: float | None = None, **over: object) -> HoldingLine:
    return HoldingLine.model_validate(
        {
            "subject": "ann",
            "service": "billing",
            "category": "email",
            "since": day(since),
            "until": None if until is None else day(until),
            "reported_at": None if at is None else day(at),
            **over,
        }
    )


def gone(at: float, *, known: float | None = None) -> GoneLine:
    return GoneLine(
        type="gone",
        subject="ann",
        service="billing",
        category="email",
        at=day(at),
        reported_at=None if known is None else day(known),
    )


def trust(categories: list[str], until: float | None = None, *, at: float | None = None) -> TrustLine:
    return TrustLine(
        type="trust",
        subject="ann",
        towards="ben",
        categories=categories,
        since=day(0),
        until=None if until is None else day(until),
        reported_at=None if at is None else day(at),
    )


def decision(kind: DecisionKind, at: float) -> DecisionLine:
    return DecisionLine(type="decision", subject="ann", purpose="delivery", decision=kind, at=day(at))


def disclosure(categories: list[str], at: float, **over: str) -> DisclosureLine:
    return DisclosureLine.model_validate(
        {
            "type": "disclosure",
            "subject": "ann",
            "service": "billing",
            "recipient": "mailer",
            "categories": categories,
            "at": day(at),
            **over,
        }
    )


async def ann(database: Database) -> SubjectRecord:
    return (await load_subject(database, "ann", FAR))[1]


async def periods(database: Database) -> list[tuple[datetime, datetime | None]]:
    return [(each.since, each.until) for each in (await ann(database)).holdings]


class TestHoldings:
    async def test_every_field_is_kept(self, database: Database) -> None:
        line = held(0, 9, at=4, last_seen=day(3), source="the-person", records=2**31 - 1)
        assert await record_reports(database, [line]) == Counts(changed=1)
        expected = Holding(
            record_id("ann", "billing", "email"),
            "billing",
            "email",
            day(0),
            day(3),
            day(9),
            "the-person",
            2**31 - 1,
            day(4),
        )
        assert await ann(database) == SubjectRecord("ann", holdings=(expected,))

    async def test_fields_that_are_not_said_are_not_known(self, database: Database) -> None:
        await record_reports(database, [held(0, 9, last_seen=day(1), source="the-person", records=1)])
        await record_reports(database, [held(0, at=5)])
        [holding] = (await ann(database)).holdings
        assert (holding.last_seen, holding.until, holding.source, holding.records) == (None, None, None, None)

    @pytest.mark.parametrize(
        ("line", "known_at"),
        [(held(1), 1), (held(1, last_seen=day(4)), 4), (held(1, 8, last_seen=day(4), at=6), 6)],
        ids=["since", "last seen", "reported"],
    )
    async def test_when_it_was_known(self, database: Database, line: HoldingLine, known_at: int) -> None:
        await record_reports(database, [line])
        assert (await ann(database)).holdings[0].reported_at == day(known_at)

    async def test_a_microsecond_in_another_zone_is_kept(self, database: Database) -> None:
        since = datetime.fromisoformat("2026-01-02T02:59:59.000001+03:00")
        await record_reports(database, [held(0).model_copy(update={"since": since})])
        [holding] = (await ann(database)).holdings
        assert holding.since.isoformat() == "2026-01-01T23:59:59.000001+00:00"

    async def test_older_lines_do_not_undo_newer_ones(self, database: Database) -> None:
        await record_reports(database, [held(0, at=9, records=9)])
        before = await dump(database)
        assert await record_reports(database, [held(0, at=8, records=8), gone(8)]) == Counts(older=2)
        assert await dump(database) == before

    async def test_gone_ends_it_and_a_later_one_begins_again(self, database: Database) -> None:
        assert await record_reports(database, [held(0)]) == Counts(changed=1)
        assert await record_reports(database, [gone(3)]) == Counts(changed=1)
        assert await periods(database) == [(day(0), day(3))]
        assert await record_reports(database, [held(5)]) == Counts(changed=1)
        assert await periods(database) == [(day(0), day(3)), (day(5), None)]
        assert await record_reports(database, [gone(6), held(7, 8, at=7), held(9)]) == Counts(changed=3)
        assert await periods(database) == [(day(0), day(3)), (day(5), day(6)), (day(7), day(8)), (day(9), None)]

    async def test_gone_before_it_was_ever_reported(self, database: Database) -> None:
        assert await record_reports(database, [gone(3)]) == Counts(changed=1)
        assert await periods(database) == []
        assert await record_reports(database, [held(0)]) == Counts(changed=1)
        assert await periods(database) == [(day(0), day(3))]

    async def test_a_correction_is_no_new_period(self, database: Database) -> None:
        await record_reports(database, [held(0, 5, at=1), held(1, 5, at=2)])
        assert await periods(database) == [(day(1), day(5))]

    async def test_categories_services_and_subjects_are_kept_apart(self, database: Database) -> None:
        lines = [
            held(0, subject=subject, service=service, category=category)
            for subject in ("ann", "ben")
            for service in ("a", "b")
            for category in ("x", "y")
        ]
        assert await record_reports(database, lines) == Counts(changed=8)
        assert await record_reports(database, [held(1, subject="ann", service="a", category="x")]) == Counts(changed=1)
        assert [(each.service, each.category) for each in (await ann(database)).holdings] != []
        assert {(each.service, each.category): each.since for each in (await ann(database)).holdings} == {
            ("a", "x"): day(1),
            ("a", "y"): day(0),
            ("b", "x"): day(0),
            ("b", "y"): day(0),
        }


class TestTheRest:
    async def test_decisions_are_all_kept(self, database: Database) -> None:
        lines = [decision(kind, number) for number, kind in enumerate(DecisionKind)]
        assert await record_reports(database, lines) == Counts(changed=5)
        assert await record_reports(database, [*lines, lines[0]]) == Counts(unchanged=6)
        assert [(each.kind, each.decided_at) for each in (await ann(database)).decisions] == [
            (kind, day(number)) for number, kind in enumerate(DecisionKind)
        ]

    async def test_disclosures_are_all_kept(self, database: Database) -> None:
        lines = [disclosure(["b", "a", "b"], 1), disclosure(["a"], 1, purpose="delivery", case="providers")]
        assert await record_reports(database, lines) == Counts(changed=2)
        assert await record_reports(database, [disclosure(["a", "b"], 1)]) == Counts(unchanged=1)
        found = {each.id: each for each in (await ann(database)).disclosures}
        assert {each.categories: each for each in found.values()} == {
            categories: DisclosureRecord(id, "billing", categories, "mailer", purpose, case, day(1))
            for id, categories, purpose, case in (
                (_id_of(found, ("a", "b")), ("a", "b"), None, None),
                (_id_of(found, ("a",)), ("a",), "delivery", "providers"),
            )
        }

    async def test_the_newest_line_of_a_trust_counts(self, database: Database) -> None:
        assert await record_reports(database, [trust(["a"])]) == Counts(changed=1)
        assert await record_reports(database, [trust(["b", "a"], at=2)]) == Counts(changed=1)
        assert await record_reports(database, [trust(["a"], at=1)]) == Counts(older=1)
        assert await record_reports(database, [trust(["a", "b"], at=2)]) == Counts(unchanged=1)
        assert await record_reports(database, [trust(["a", "b"], 7, at=3), trust(["c"], 5, at=4)]) == Counts(changed=2)
        [found] = (await ann(database)).trusts
        assert found == Trust(found.id, "ben", ("c",), day(0), day(5))

    async def test_a_trust_that_is_new_and_replaced_in_one_batch(self, database: Database) -> None:
        await record_reports(database, [trust(["a"]), trust(["b"], at=1)])
        assert [each.categories for each in (await ann(database)).trusts] == [("b",)]

    async def test_one_may_trust_oneself_and_each_other(self, database: Database) -> None:
        lines = [
            TrustLine(type="trust", subject=subject, towards=towards, categories=["a"], since=day(0))
            for subject, towards in (("ann", "ann"), ("ann", "ben"), ("ben", "ann"))
        ]
        await record_reports(database, lines)
        assert sorted(each.towards for each in (await ann(database)).trusts) == ["ann", "ben"]


def _id_of(found: dict[str, DisclosureRecord], categories: tuple[str, ...]) -> str:
    [id] = [each.id for each in found.values() if each.categories == categories]
    return id


def everything(dice: Random, count: int) -> list[Line]:
    """Reports of all kinds about three people, with repetitions, contradictions and all orders of time."""
    lines: list[Line] = []
    for _ in range(count):
        subject = dice.choice(("ann", "ben", "cyd"))
        at = day(dice.randrange(40))
        match dice.randrange(6):
            case 0 | 1:
                since = dice.randrange(40)
                until, known = (dice.choice((None, since + dice.randrange(5))) for _ in range(2))
                category, records = dice.choice("ab"), dice.randrange(3)
                lines.append(held(since, until, at=known, subject=subject, category=category, records=records))
            case 2:
                lines.append(
                    GoneLine(type="gone", subject=subject, service="billing", category=dice.choice("ab"), at=at)
                )
            case 3:
                kind = dice.choice(list(DecisionKind))
                lines.append(DecisionLine(type="decision", subject=subject, purpose="p", decision=kind, at=at))
            case 4:
                towards, categories = dice.choice(("ann", "dan")), dice.sample("abc", dice.randint(1, 3))
                lines.append(
                    TrustLine(
                        type="trust",
                        subject=subject,
                        towards=towards,
                        categories=categories,
                        since=day(dice.randrange(2)),
                        reported_at=at,
                    )
                )
            case _:
                lines.append(disclosure(dice.sample("abc", 2), dice.randrange(3)))
    return lines


class TestOverAndOver:
    """Invariant 10."""

    @pytest.mark.parametrize("seed", range(6))
    async def test_the_same_lines_twice_leave_the_same_graph(self, database: Database, seed: int) -> None:
        dice = Random(seed)  # noqa: S311
        lines = everything(dice, 120)
        for line in lines:
            await record_reports(database, [line])
        before = await dump(database)
        await record_reports(database, lines)
        assert await dump(database) == before

    async def test_one_batch_is_as_good_as_many(self, database: Database) -> None:
        lines = everything(Random(7), 200)  # noqa: S311
        counts = await record_reports(database, lines)
        at_once = await dump(database)
        await wipe(database)
        one_by_one = Counts()
        for line in lines:
            each = await record_reports(database, [line])
            one_by_one = Counts(
                one_by_one.changed + each.changed,
                one_by_one.unchanged + each.unchanged,
                one_by_one.older + each.older,
            )
        assert await dump(database) == at_once
        assert one_by_one.changed == counts.changed
        assert one_by_one.older == counts.older

    async def test_a_batch_is_written_whole_or_not_at_all(self, database: Database) -> None:
        await record_reports(database, [held(0)])
        before = await dump(database)
        unwritable = held(1, subject="ben").model_copy(update={"records": 2**70})
        with pytest.raises(Exception):  # noqa: B017
            await record_reports(database, [held(1), decision(DecisionKind.CONSENT, 1), unwritable])
        assert await dump(database) == before

    async def test_five_thousand_lines(self, database: Database) -> None:
        lines = [
            held(number % 7, subject=f"subject-{number % 500}", category=f"category-{number // 500}")
            for number in range(5000)
        ]
        for start in range(0, len(lines), BATCH_LINES):
            assert await record_reports(database, lines[start : start + BATCH_LINES]) == Counts(changed=1000)
        assert len((await load_subject(database, "subject-499", FAR))[1].holdings) == 10
        before = await dump(database)
        assert len(before.nodes) == 5500
        assert len(before.relationships) == 5000
        for start in range(0, len(lines), BATCH_LINES):
            assert await record_reports(database, lines[start : start + BATCH_LINES]) == Counts(unchanged=1000)
        assert await dump(database) == before


class TestAtOnce:
    async def test_two_batches_about_the_same_people(self, database: Database) -> None:
        people = [f"subject-{number}" for number in range(40)]
        older = [held(0, subject=each, at=1, records=1) for each in people]
        newer = [held(0, subject=each, at=2, records=2) for each in reversed(people)]
        trusts = [
            TrustLine(type="trust", subject=each, towards=people[-1 - place], categories=["a"], since=day(0))
            for place, each in enumerate(people)
        ]
        await asyncio.gather(
            *(record_reports(database, [*batch, *trusts]) for _ in range(3) for batch in (older, newer))
        )
        found = [(await load_subject(database, each, FAR))[1] for each in people]
        assert [[holding.records for holding in each.holdings] for each in found] == [[2]] * 40
        assert [[trust.towards for trust in each.trusts] for each in found] == [[each] for each in reversed(people)]
        written = await dump(database)
        assert len(written.nodes) == 40 * 3
        assert len(written.relationships) == 40 * 3

    async def test_new_people_are_there_once(self, database: Database) -> None:
        await asyncio.gather(*(record_reports(database, [held(0, service=f"service-{n}")]) for n in range(8)))
        assert len((await ann(database)).holdings) == 8
        assert len((await dump(database)).nodes) == 9
