"""Whom a touch affects, as read from the graph: exactly those, in order, however the windows fall."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, LiteralString

import pytest
from neo4j import Record

from graph.changes import EVERYONE, NOBODY, Change, ElementAdded, Impact, Place, Touch
from graph.errors import ReachTooWide
from graph.model import Channel, SubjectRecord
from graph.reach import Affected
from graph.store import reach
from graph.store.database import Database
from graph.store.reach import AffectedReader, Windows, count_reach, list_affected, spots_of
from graph.store.reports import record_reports
from graph.store.subjects import load_subject
from tests.builders import A_DAY, a_service
from tests.moves import ODD_IDS, lines

SERVICES = ("shop", "shop-2", "support")
CATEGORIES = ("email", "email-2", "phone")
PURPOSES = ("delivery", "delivery-2")
NOW = A_DAY + timedelta(days=100)
PEOPLE = (*ODD_IDS, *(f"person-{number:02}" for number in range(40)), "person", "person-", "person-1")


def held(
    subject: str, service: str = "shop", category: str = "email", since: int = 0, **over: object
) -> dict[str, Any]:
    return {"subject": subject, "service": service, "category": category, "since": day(since), **over}


def gone(subject: str, service: str, category: str, at: int) -> dict[str, Any]:
    return {"type": "gone", "subject": subject, "service": service, "category": category, "at": day(at)}


def decided(subject: str, purpose: str = "delivery", at: int = 0, decision: str = "CONSENT") -> dict[str, Any]:
    return {"type": "decision", "subject": subject, "purpose": purpose, "decision": decision, "at": day(at)}


def day(number: int) -> str:
    return (A_DAY + timedelta(days=number)).isoformat()


def some_reports(random: Random) -> list[dict[str, Any]]:
    """Of everything that a person's rows can be: held, ended, ended and begun again, to end, gone before it was known,
    decided once and often; and people of whom there is only a decision, or a trust."""
    found = []
    for subject in PEOPLE:
        for service in SERVICES:
            for category in CATEGORIES:
                match random.randrange(12):
                    case 0:
                        found += [held(subject, service, category)]
                    case 1:
                        found += [held(subject, service, category, until=day(50))]
                    case 2:
                        found += [held(subject, service, category, until=day(50)), held(subject, service, category, 60)]
                    case 3:
                        found += [held(subject, service, category, until=day(500))]
                    case 4:
                        found += [gone(subject, service, category, 20)]
                    case 5:
                        found += [held(subject, service, category), gone(subject, service, category, 30)]
        for purpose in PURPOSES:
            for at in range(random.choice((0, 0, 0, 1, 3))):
                found += [decided(subject, purpose, at, ("CONSENT", "WITHDRAWAL")[at % 2])]
    return found


def some_touch(random: Random) -> Touch:
    places = {
        Place(random.choice((*SERVICES, "sho", "nobody's")), random.choice((*CATEGORIES, "emai", None)))
        for _ in range(random.choice((0, 1, 1, 2, 5)))
    }
    purposes = {random.choice((*PURPOSES, "deliver")) for _ in range(random.choice((0, 0, 1, 2)))}
    return Touch(random.random() < 0.15, frozenset(places), frozenset(purposes))


async def records(database: Database) -> list[SubjectRecord]:
    return [(await load_subject(database, id, NOW))[1] for id in sorted(PEOPLE)]


def expected(people: Iterable[SubjectRecord], touch: Touch, at: datetime) -> list[Affected]:
    """By what each person is told of themself."""
    found = []
    for person in people:
        now = [each for each in person.holdings if each.is_held_at(at)]
        places = {Place(each.service, each.category) for each in now if touch.holds(each.service, each.category)}
        purposes = {each.purpose for each in person.decisions} & touch.purposes
        if places or purposes or (touch.everyone and (now or person.decisions)):
            found.append(Affected(person.id, frozenset(places), frozenset(purposes)))
    return found


async def all_of(database: Database, touch: Touch, limit: int, at: datetime = NOW) -> list[Affected]:
    found: list[Affected] = []
    after = ""
    while True:
        page = await list_affected(database, touch, at=at, after=after, limit=limit)
        assert len(page) <= limit
        found += page
        if len(page) < limit:
            return found
        after = page[-1].subject


def a_change(key: str, touch: Touch, impact: Impact = Impact.DIRECT) -> Change:
    return Change(key, ElementAdded(a_service()), impact, "a-rule", touch)


# ---- who -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(2))
async def test_they_are_those_of_whom_something_is_held_there(database: Database, seed: int) -> None:
    random = Random(seed)  # noqa: S311
    await record_reports(database, lines(*some_reports(random)))
    people = await records(database)
    everyone = expected(people, Touch(everyone=True), NOW)
    assert 20 < len(everyone) < len(people)
    for touch in [NOBODY, EVERYONE, *(some_touch(random) for _ in range(20))]:
        whom = expected(people, touch, NOW)
        assert await all_of(database, touch, random.choice((1, 2, 7, 1000))) == whom, touch
        reader = await AffectedReader.open(database, touch, at=NOW, rows_a_part=random.choice((2, 3, 10)))
        read: list[Affected] = []
        while page := await reader.read(random.choice((1, 4, 50))):
            read += page
        assert read == whom, touch
        after = random.choice(people).id
        beyond = await list_affected(database, touch, at=NOW, after=after, limit=1000)
        assert beyond == [each for each in whom if each.subject > after]
        counted = await count_reach(database, (a_change("it", touch),), number=2, base=1, at=NOW)
        assert (counted.subjects, counted.changes[0].subjects) == (len(whom), len(whom))
        assert len(counted.sample) == min(10, len(whom))


async def test_what_ends_later_counts_until_then(database: Database) -> None:
    await record_reports(database, lines(held("ann", until=day(10)), held("ben")))
    touch = Touch(places=frozenset({Place("shop", "email")}))
    for at, who in ((9, ["ann", "ben"]), (10, ["ben"]), (11, ["ben"])):
        page = await list_affected(database, touch, at=A_DAY + timedelta(days=at), limit=5)
        assert [each.subject for each in page] == who
        assert [each.subject for each in await all_of(database, EVERYONE, 5, A_DAY + timedelta(days=at))] == who


async def test_who_only_decided_about_something_is_among_everyone(database: Database) -> None:
    """Of a right that is gone, or of another controller, they are told as well."""
    await record_reports(database, lines(held("ann"), decided("ben", PURPOSES[0], 3), held("cid", until=day(5))))
    found = await all_of(database, EVERYONE, 5)
    assert found == [Affected(each, frozenset(), frozenset()) for each in ("ann", "ben")]


async def test_a_place_with_any_category_is_each_of_those_held(database: Database) -> None:
    await record_reports(
        database,
        lines(
            held("ann"), held("ann", category="phone"), held("ben", "shop-2"), held("eve", category="a", until=day(1))
        ),
    )
    touch = Touch(places=frozenset({Place("shop"), Place("shop", "email"), Place("support")}))
    places = Place("shop", "a"), Place("shop", "email"), Place("shop", "phone")
    assert await spots_of(database, touch) == places
    assert await list_affected(database, touch, at=NOW, limit=5) == [
        Affected("ann", frozenset(places[1:]), frozenset())
    ]


async def test_what_is_reported_between_two_pages_counts_for_those_to_come(database: Database) -> None:
    await record_reports(database, lines(*(held(f"p{number}") for number in range(0, 10, 2))))
    touch = Touch(places=frozenset({Place("shop", "email")}))
    reader = await AffectedReader.open(database, touch, at=NOW, rows_a_part=2)
    first = await reader.read(1)
    await record_reports(database, lines(held("p1"), held("p7")))
    rest = await reader.read(10)
    assert [each.subject for each in (*first, *rest)] == ["p0", "p2", "p4", "p6", "p7", "p8"]
    assert await reader.read(10) == []


# ---- counting --------------------------------------------------------------------------------------------------------


async def test_each_change_counts_its_own(database: Database) -> None:
    await record_reports(
        database, lines(held("ann"), held("ben"), held("ben", category="phone"), decided("eve"), held("joe", "support"))
    )
    email, phone = Place("shop", "email"), Place("shop", "phone")
    changes = (
        a_change("email", Touch(places=frozenset({email}))),
        a_change("phone", Touch(places=frozenset({phone}), purposes=frozenset({"delivery"}))),
        a_change("all", EVERYONE, Impact.NONE),
    )
    asked: list[Sequence[str]] = []

    async def channels_of_page(subjects: Sequence[str]) -> Mapping[str, tuple[Channel, ...]]:
        asked.append(tuple(subjects))
        return {each: (Channel.EMAIL, Channel.ACCOUNT_AREA) if each == "ann" else (Channel.EMAIL,) for each in subjects}

    told: list[str] = []
    found = await count_reach(
        database, changes, number=7, base=4, at=NOW, channels_of_page=channels_of_page, on_subjects=told.extend
    )
    assert (found.number, found.base, found.at, found.subjects) == (7, 4, NOW, 3)
    assert [(each.subjects, each.places, each.purposes) for each in found.changes] == [
        (2, ((email, 2),), ()),
        (2, ((phone, 1),), (("delivery", 1),)),
        (0, (), ()),
    ]
    assert found.channels == {Channel.EMAIL: 3, Channel.ACCOUNT_AREA: 1, Channel.SOFTWARE_PRODUCT: 0}
    assert asked == [("ann", "ben", "eve")]
    assert told == ["ann", "ben", "eve"]
    assert found.sample == ("ann", "ben", "eve")


async def test_of_nobody_nothing_is_asked(database: Database) -> None:
    ran: list[str] = []
    database.observers.append(ran.append)
    found = await count_reach(database, (a_change("typo", EVERYONE, Impact.NONE),), number=2, base=1, at=NOW)
    assert (found.subjects, found.changes[0].subjects, found.sample, found.channels) == (0, 0, (), None)
    assert await list_affected(database, NOBODY, at=NOW, limit=5) == []
    assert ran == []


async def test_ids_are_told_in_order_and_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "ROWS_A_PART_AT_LEAST", 5)
    monkeypatch.setattr(reach, "ROWS_A_WINDOW", 5)
    await record_reports(database, lines(*(held(id, category=each) for id in PEOPLE for each in ("email", "phone"))))
    told: list[str] = []
    touch = Touch(places=frozenset({Place("shop")}))
    await count_reach(database, (a_change("a", touch),), number=2, base=1, at=NOW, on_subjects=told.extend)
    assert told == sorted(PEOPLE)


async def test_too_many_are_refused_and_never_cut(database: Database) -> None:
    await record_reports(database, lines(*(held(f"p{number}") for number in range(30))))
    change = a_change("a", Touch(places=frozenset({Place("shop", "email")})))
    whole = await count_reach(database, (change,), number=2, base=1, at=NOW, rows_at_most=30)
    assert whole.subjects == 30
    with pytest.raises(ReachTooWide, match=r"^The changes of revision 2 reach more people than .*`vitrine reach 2`"):
        await count_reach(database, (change,), number=2, base=1, at=NOW, rows_at_most=29)


# ---- what it costs ---------------------------------------------------------------------------------------------------


async def cost(database: Database, touch: Touch) -> tuple[list[str], int, list[str]]:
    """Who is affected, how many rows were read for that, and by which statements."""
    ran: list[str] = []
    database.observers.append(ran.append)
    spots = await spots_of(database, touch)
    windows = Windows(database, spots, at=NOW, rows_a_part=4)
    found: list[str] = []
    while window := await windows.next():
        found += [subject for subject, _ in window]
    database.observers.clear()
    return found, windows.rows, ran


async def test_it_costs_the_same_however_many_are_not_affected(database: Database) -> None:
    touch = Touch(
        places=frozenset({Place("shop", "email"), Place("shop", "none"), Place("support")}),
        purposes=frozenset({"delivery"}),
    )
    affected = [
        *(held(f"p{number:03}") for number in range(100, 120)),
        held("p300", "support", "phone"),
        decided("p400"),
    ]
    await record_reports(database, lines(*affected))
    alone = await cost(database, touch)
    assert len(alone[0]) == 22
    others = [f"p{number:03}" for number in range(500)]
    await record_reports(database, lines(*(held(id, "shop", "phone") for id in others)))
    await record_reports(database, lines(*(held(id, "shop-2", "email") for id in others)))
    await record_reports(database, lines(*(decided(id, "delivery-2") for id in others)))
    assert await cost(database, touch) == alone
    # Every part of a range brings somebody, or is the last look into it.
    assert len(alone[2]) < 30


async def test_a_place_where_nobody_is_costs_nothing_more_than_a_look(database: Database) -> None:
    await record_reports(database, lines(*(held(f"p{number:03}") for number in range(200))))
    nowhere = frozenset(Place("shop", f"category-{number}") for number in range(20))
    found, rows, ran = await cost(database, Touch(places=frozenset({Place("shop", "email")})))
    assert len(found) == 200
    with_nowhere, same_rows, more = await cost(database, Touch(places=nowhere | {Place("shop", "email")}))
    assert (with_nowhere, same_rows) == (found, rows)
    assert len(more) - len(ran) <= 2 * len(nowhere)


class AnyOrder:
    """A graph that gives any of the rows that were asked for, where there are more than its limit: it has no index, or
    one that is not ready. Statements run as they are, with a limit that does not count."""

    def __init__(self, database: Database, random: Random) -> None:
        self._database = database
        self._random = random

    async def read(self, statement: LiteralString, **parameters: Any) -> Sequence[Record | Mapping[str, Any]]:
        if "found" not in statement or "collect" not in statement:
            return await self._database.read(statement, **parameters)
        (record,) = await self._database.read(statement, **{**parameters, "limit": 1_000_000})
        found = self._random.sample(record["found"], min(parameters["limit"], len(record["found"])))
        return [{"found": found, "ended": [each for each in record.get("ended") or [] if each in found]}]


@pytest.mark.parametrize("seed", range(2))
async def test_nobody_is_missed_where_the_engine_keeps_no_order(database: Database, seed: int) -> None:
    random = Random(seed)  # noqa: S311
    await record_reports(database, lines(*some_reports(random)))
    people = await records(database)
    anyhow: Any = AnyOrder(database, random)
    for touch in [EVERYONE, *(some_touch(random) for _ in range(15))]:
        reader = await AffectedReader.open(anyhow, touch, at=NOW, rows_a_part=random.choice((2, 5)))
        assert await reader.read(1000) == expected(people, touch, NOW), touch


# ---- faults ----------------------------------------------------------------------------------------------------------


class CutOff(Exception):
    pass


async def test_a_reader_that_was_cut_off_goes_on(database: Database) -> None:
    random = Random(2)  # noqa: S311
    await record_reports(database, lines(*some_reports(random)))
    touch = Touch(places=frozenset(Place(service) for service in SERVICES), purposes=frozenset(PURPOSES))
    whole = await all_of(database, touch, 1000)
    cuts = 0

    def fail(statement: str) -> None:
        nonlocal cuts
        if random.random() < 0.05:
            cuts += 1
            raise CutOff

    reader = await AffectedReader.open(database, touch, at=NOW, rows_a_part=3)
    database.observers.append(fail)
    read: list[Affected] = []
    while len(read) < len(whole):
        try:
            read += await reader.read(2)
        except CutOff:
            await asyncio.sleep(0)
    database.observers.clear()
    assert read == whole
    assert await reader.read(1) == []
    assert cuts > 5
