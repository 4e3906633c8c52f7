"""How people are reached, in the graph: what the account system reports, and what they choose, in whatever order."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations

from graph.contacts import Contact
from graph.model import Channel
from graph.reports import HoldingLine
from graph.store.contacts import choose_channels, list_contacts
from graph.store.database import Database
from graph.store.reports import BATCH_LINES, Counts, record_reports
from tests.builders import A_DAY
from tests.graphs import dump, run, wipe

EMAIL, AREA = Channel.EMAIL, Channel.ACCOUNT_AREA

COUNT_CONTACTS = """
MATCH (s:Subject)-[:REACHED_BY]->(c:Contact)
RETURN s.id AS subject, c.id AS id, count(*) AS times
ORDER BY subject
"""


def day(number: int) -> datetime:
    return A_DAY + timedelta(days=number)


def ann(at: int, address: str | None = "sealed", locale: str | None = None, *channels: Channel) -> Contact:
    return Contact("ann", locale, frozenset(channels) or None, address, day(at))


async def kept(database: Database) -> Contact | None:
    return (await list_contacts(database, ["ann", "ben"])).get("ann")


class TestReports:
    async def test_every_field_is_kept(self, database: Database) -> None:
        assert await record_reports(database, [ann(1, "sealed", "de-AT", EMAIL, AREA)]) == Counts(changed=1)
        assert await kept(database) == Contact("ann", "de-AT", frozenset({EMAIL, AREA}), "sealed", day(1))

    async def test_a_later_one_replaces_and_an_older_one_changes_nothing(self, database: Database) -> None:
        await record_reports(database, [ann(2, "second", "de", EMAIL)])
        before = await dump(database)
        assert await record_reports(database, [ann(1, "first", "en", AREA)]) == Counts(older=1)
        assert await dump(database) == before
        assert await record_reports(database, [ann(3, "third", "ru", AREA)]) == Counts(changed=1)
        assert await kept(database) == ann(3, "third", "ru", AREA)

    async def test_the_same_again_changes_nothing(self, database: Database) -> None:
        reports = [ann(1, "first", "en"), ann(2, "second", "de", EMAIL), Contact("ben", None, None, "his", day(1))]
        assert await record_reports(database, reports) == Counts(changed=3)
        before = await dump(database)
        assert await record_reports(database, reports) == Counts(unchanged=2, older=1)
        assert await dump(database) == before

    async def test_in_any_order_the_newest_address_stands(self, database: Database) -> None:
        for reports in permutations([ann(1, "first"), ann(2, None), ann(3, "third")]):
            for batches in ([reports], [[each] for each in reports]):
                await wipe(database)
                for batch in batches:
                    await record_reports(database, batch)
                assert await kept(database) == ann(3, "third")

    async def test_without_an_address_none_is_kept(self, database: Database) -> None:
        await record_reports(database, [ann(1, "first", "de")])
        assert await record_reports(database, [ann(2, None)]) == Counts(changed=1)
        assert await kept(database) == ann(2, None, "de")

    async def test_language_and_channels_stay_where_they_are_not_said(self, database: Database) -> None:
        await choose_channels(database, "ann", frozenset({AREA}), "ru")
        await record_reports(database, [ann(1)])
        assert await kept(database) == ann(1, "sealed", "ru", AREA)
        await record_reports(database, [ann(2, "sealed", "de")])
        assert await kept(database) == ann(2, "sealed", "de", AREA)
        await record_reports(database, [ann(3, "sealed", None, EMAIL)])
        assert await kept(database) == ann(3, "sealed", "de", EMAIL)

    async def test_stand_among_others_in_one_batch(self, database: Database) -> None:
        held = HoldingLine(subject="ann", service="billing", category="email", since=day(0))
        assert await record_reports(database, [ann(1, "first"), held, ann(2, "second")]) == Counts(changed=3)
        assert await kept(database) == ann(2, "second")
        assert await run(database, COUNT_CONTACTS) == [{"subject": "ann", "id": "ann", "times": 1}]

    async def test_a_whole_batch_costs_as_few_statements_as_one(self, database: Database) -> None:
        people = [Contact(f"p{number:04}", "de", None, "sealed", day(1)) for number in range(BATCH_LINES)]
        asked: list[str] = []
        for batch in (people[:1], people):
            asked.clear()
            database.observers.append(asked.append)
            await record_reports(database, batch)
            database.observers.clear()
            assert len(asked) <= 4
        assert await list_contacts(database, [each.subject for each in people]) == {
            each.subject: each for each in people
        }


class TestChoices:
    async def test_are_kept_with_what_was_reported(self, database: Database) -> None:
        await record_reports(database, [ann(1, "sealed", "de")])
        assert await choose_channels(database, "ann", frozenset({AREA}), None) == ann(1, "sealed", "de", AREA)
        assert await choose_channels(database, "ann", None, "en") == ann(1, "sealed", "en")
        assert await kept(database) == ann(1, "sealed", "en")

    async def test_make_a_person_known_who_was_not(self, database: Database) -> None:
        assert await choose_channels(database, "ann", frozenset({AREA}), "en") == Contact(
            "ann", "en", frozenset({AREA})
        )
        assert await run(database, COUNT_CONTACTS) == [{"subject": "ann", "id": "ann", "times": 1}]
