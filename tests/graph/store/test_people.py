"""How many people something is held of: each once, by what each is told, and with an end to what is read."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from graph.changes import EVERYONE, NOBODY, Place, Touch
from graph.people import PeopleCount
from graph.store import people, reach
from graph.store.database import Database
from graph.store.people import count_people, count_people_of_each
from graph.store.reports import record_reports
from tests.builders import A_DAY
from tests.graph.store.test_reach import NOW, day, held, records, some_reports, some_touch
from tests.moves import lines

EMAIL = Touch(places=frozenset({Place("shop", "email")}))
PHONE = Touch(places=frozenset({Place("shop", "phone")}))


async def test_they_are_those_of_whom_something_is_held_there(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(0)  # noqa: S311
    await record_reports(database, lines(*some_reports(random)))
    told = [[each for each in person.holdings if each.is_held_at(NOW)] for person in await records(database)]
    touches = [NOBODY, EVERYONE, *(some_touch(random) for _ in range(30))]
    numbers = [
        sum(any(touch.everyone or touch.holds(each.service, each.category) for each in person) for person in told)
        for touch in touches
    ]
    assert len(set(numbers)) > 10
    for one_by_one in (0, 16):
        monkeypatch.setattr(people, "_ONE_BY_ONE", one_by_one)
        counts = await count_people_of_each(database, touches, at=NOW)
        assert counts == [PeopleCount(number, is_complete=True) for number in numbers]


async def test_who_only_decided_has_no_holding(database: Database) -> None:
    decision = {"type": "decision", "subject": "ben", "purpose": "delivery", "decision": "CONSENT", "at": day(0)}
    await record_reports(database, lines(held("ann"), decision))
    for touch in (EVERYONE, EMAIL | Touch(purposes=frozenset({"delivery"}))):
        assert await count_people(database, touch, at=NOW) == PeopleCount(1, is_complete=True)


async def test_what_ends_counts_until_then(database: Database) -> None:
    await record_reports(database, lines(held("ann", until=day(10)), held("ben")))
    for at, number in ((9, 2), (10, 1)):
        count = await count_people(database, EMAIL, at=A_DAY + timedelta(days=at))
        assert count == PeopleCount(number, is_complete=True)


async def test_a_count_that_was_cut_says_so_and_the_narrow_ones_are_whole(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "ROWS_A_WINDOW", 20)
    monkeypatch.setattr(reach, "ROWS_A_PART_AT_LEAST", 5)
    many = [held(f"p{number:03}", category=each) for number in range(200) for each in ("email", "phone", "fax")]
    await record_reports(database, lines(*many, held("p100", "support"), held("p150", "support")))
    support = Touch(places=frozenset({Place("support")}))
    counts = await count_people_of_each(database, [EVERYONE, support, EVERYONE], at=NOW, holdings_at_most=400)
    assert counts[1] == PeopleCount(2, is_complete=True)
    assert counts[0] == counts[2]
    assert not counts[0].is_complete
    assert 20 <= counts[0].count < 200
    cut = await count_people(database, EVERYONE, at=NOW, holdings_at_most=400)
    assert not cut.is_complete
    assert counts[0].count < cut.count < 200


async def test_people_are_looked_for_at_so_many_places(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await record_reports(database, lines(*(held(f"p{number}", category=f"c{number}") for number in range(6))))
    await record_reports(database, lines(held("joe", "support")))
    shop, joes = Touch(places=frozenset({Place("shop")})), Touch(places=frozenset({Place("support", "email")}))
    seven = Touch(places=frozenset(Place("shop", f"c{number}") for number in range(7)))
    monkeypatch.setattr(people, "PLACES_AT_MOST", 6)
    for one_by_one in (0, 16):
        monkeypatch.setattr(people, "_ONE_BY_ONE", one_by_one)
        assert await count_people(database, shop, at=NOW) == PeopleCount(6, is_complete=True)
        assert await count_people(database, EVERYONE, at=NOW) == PeopleCount(6, is_complete=False)
        assert await count_people(database, shop | joes, at=NOW) == PeopleCount(6, is_complete=False)
        assert (await count_people(database, seven, at=NOW)).count == 6
    monkeypatch.setattr(people, "_ONE_BY_ONE", 0)
    monkeypatch.setattr(people, "TOUCHED_AT_MOST", 7)
    assert await count_people(database, seven, at=NOW) == PeopleCount(6, is_complete=True)
    monkeypatch.setattr(people, "TOUCHED_AT_MOST", 6)
    assert await count_people(database, seven, at=NOW) == PeopleCount(6, is_complete=False)
    both = await count_people_of_each(database, [EVERYONE, joes], at=NOW)
    assert both[1] == PeopleCount(1, is_complete=True)
    assert not both[0].is_complete


async def test_it_costs_the_same_however_many_are_elsewhere(database: Database) -> None:
    ran: list[str] = []
    await record_reports(database, lines(*(held(f"p{number:03}") for number in range(50))))
    database.observers.append(ran.append)
    assert await count_people_of_each(database, [EMAIL, PHONE, EMAIL], at=NOW) == [
        PeopleCount(50, is_complete=True),
        PeopleCount(0, is_complete=True),
        PeopleCount(50, is_complete=True),
    ]
    alone = len(ran)
    assert alone == 2
    database.observers.clear()
    await record_reports(database, lines(*(held(f"p{number:03}", "shop-2") for number in range(300))))
    database.observers.append(ran.append)
    await count_people_of_each(database, [EMAIL, PHONE, EMAIL], at=NOW)
    assert len(ran) == 2 * alone
