"""Documents that were not asked for before: how many are looked at, who waits, who is told to come again, and what is
kept. Known ones are answered meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from server.gate.rates import INVALID_COST
from server.gate.refusals import Refusal, RefusalCode
from server.new_documents import READING_AT_MOST, UNREAD_AT_MOST, NewDocuments, Reading
from server.schema import Schema
from tests.server.api import Api
from tests.server.threads import Slow, give_way

HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"


def invalid(number: int) -> str:
    return f"{{ nothing{number} }}"


class TestReading:
    async def test_an_address_has_not_all_the_threads_and_waits_in_a_queue_of_its_own(self) -> None:
        slow = Slow()
        seen: list[str] = []

        def read(text: str, _: bool) -> Reading:
            seen.append(text)
            if text != "of another":
                slow()
            return Reading(None)

        documents = NewDocuments(read, seconds=60)
        asked = [
            asyncio.create_task(documents.read(str(each), False, HERE))
            for each in range(READING_AT_MOST - 1 + UNREAD_AT_MOST)
        ]
        await slow.until_begun()
        await give_way()
        with pytest.raises(Refusal) as refused:
            await documents.read("one too many", False, HERE)
        assert (refused.value.code, refused.value.headers) == (RefusalCode.OVERLOADED, {"Retry-After": "1"})
        await documents.read("of another", False, ELSEWHERE)
        assert seen == ["0", "of another"]
        slow.end()
        await asyncio.gather(*asked)
        assert not slow.beside
        assert len(seen) == len(asked) + 1

    async def test_many_who_ask_for_one_at_once_wait_for_one_reading(self) -> None:
        slow = Slow()

        def read(_: str, may_introspect: bool) -> Reading:
            slow()
            return Reading(None)

        documents = NewDocuments(read, seconds=60)
        asked = [asyncio.create_task(documents.read("one", False, HERE)) for _ in range(3 * UNREAD_AT_MOST)]
        await slow.until_begun()
        asked.pop().cancel()
        slow.end()
        assert len(set(map(id, await asyncio.gather(*asked)))) == 1
        assert slow.begun == 1
        await give_way()
        await documents.read("one", False, HERE)
        assert slow.begun == 2


class TestService:
    async def test_a_flood_of_invalid_ones_leaves_the_known_ones_answered(
        self, reader: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        slow, read = Slow(), Schema.read

        def slowly(self: Schema, document: str, may_introspect: bool) -> Reading:
            if "nothing" in document:
                slow()
            return read(self, document, may_introspect)

        monkeypatch.setattr(Schema, "read", slowly)
        api = reader.with_settings(waiting_seconds=60)
        known = "{ __typename }"
        async with api.client:
            await api.data(known)
            flood = [asyncio.create_task(api.ask(invalid(each))) for each in range(UNREAD_AT_MOST + 11)]
            await slow.until_begun()
            over, _ = await asyncio.wait(flood, return_when=asyncio.FIRST_COMPLETED)
            assert await api.data(known) == {"__typename": "Query"}
            slow.end()
            answers = await asyncio.gather(*flood)
        refused = [each for each in answers if each.status == 503]
        assert over
        assert len(refused) == 10
        assert {(*each.codes, each.headers["retry-after"]) for each in refused} == {("OVERLOADED", "1")}
        assert {(each.status, *each.codes) for each in answers if each not in refused} == {(200, "INVALID_DOCUMENT")}

    async def test_what_is_good_is_kept_and_what_is_not_is_looked_at_each_time(
        self, reader: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looked_at, read = [], Schema.read

        def counted(self: Schema, document: str, may_introspect: bool) -> Reading:
            looked_at.append(document)
            return read(self, document, may_introspect)

        monkeypatch.setattr(Schema, "read", counted)
        api = reader.with_settings()
        asked = ["{ kept: __typename }", "{ nothing }", "{ not closed"]
        async with api.client:
            looked_at.clear()
            for _ in range(3):
                for document in asked:
                    await api.ask(document)
        assert [looked_at.count(each) for each in asked] == [1, 3, 3]

    async def test_an_invalid_one_of_nobody_counts_more(self, reader: Api) -> None:
        api = reader.with_settings(address_requests_a_minute=2 * INVALID_COST)
        async with api.client:
            statuses = [(await api.ask(each)).status for each in ("{ nothing }", "{ not closed", "{ __typename }")]
            assert statuses == [200, 200, 429]

    async def test_one_of_somebody_counts_once(self, reader: Api) -> None:
        api = reader.with_settings(address_requests_a_minute=3)
        async with api.client:
            token = api.subject("example-visitor")
            assert [(await api.ask(invalid(each), token=token)).status for each in range(4)] == [200, 200, 200, 429]
