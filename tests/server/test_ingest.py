"""A stream of reports, and the map that each of its lines is held against."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

import server.ingest
from graph.store.data_maps import DataMaps
from graph.store.reports import BATCH_LINES
from server.ingest import ingest
from tests.graphs import run
from tests.server.api import EXAMPLE_REVISION, Api, ndjson, read_ndjson

COUNT_SUBJECT = """
MATCH (s:Subject {id: $subject})
RETURN count(s) AS subjects
"""
SINCE = "2026-10-01T00:00:00Z"


def letter(number: int) -> dict[str, object]:
    """A disclosure to a recipient whom only the example revision knows."""
    return {
        "type": "disclosure",
        "subject": f"person-{number}",
        "service": "websites",
        "recipient": "example-analytics",
        "categories": ["email"],
        "at": SINCE,
    }


def held(number: int) -> dict[str, object]:
    return {"subject": f"person-{number}", "service": "websites", "category": "email", "since": SINCE}


class TestLongStreams:
    async def test_a_revision_that_comes_into_force_meanwhile_holds_from_the_next_batch(self, api: Api) -> None:
        async def stream() -> AsyncIterator[bytes]:
            yield ndjson(letter(number) for number in range(BATCH_LINES // 2))
            await api.publish(EXAMPLE_REVISION, api.clock())
            yield ndjson(letter(number) for number in range(BATCH_LINES // 2, BATCH_LINES + 5))

        *rejected, last = read_ndjson(await api.report(stream(), api.service("websites")))
        assert {(each["code"], each["reason"].partition(":")[0]) for each in rejected} == {
            ("UNKNOWN_RECIPIENT", "revision 1 has no such recipient")
        }
        assert [each["line"] for each in rejected] == list(range(1, BATCH_LINES + 1))
        assert (last["summary"]["changed"], last["summary"]["rejected"]) == (5, BATCH_LINES)

    async def test_the_map_is_asked_for_once_for_each_batch(self, api: Api) -> None:
        asked: list[str] = []
        await api.report(b"", api.service("websites"))
        api.database.observers.append(lambda statement: asked.append(statement))
        for lines, times in ((0, 1), (1, 1), (BATCH_LINES, 1), (BATCH_LINES + 1, 2), (3 * BATCH_LINES, 3)):
            asked.clear()
            await api.report([{**letter(1), "subject": ""}] * lines, api.service("websites"))
            assert len(asked) == times

    async def test_others_have_their_turn_however_long_a_line_takes(
        self, api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(server.ingest, "SECONDS_A_TURN", 0)
        turns = 0

        async def count() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += 1

        async def stream() -> AsyncIterator[bytes]:
            yield ndjson({**held(1), "category": "none"} for _ in range(100))

        seen: list[int] = []
        counting = asyncio.create_task(count())
        await ingest(
            stream(),
            database=api.database,
            load_data_map=lambda: DataMaps(api.database, clock=api.clock).load_in_force(api.clock()),
            clock=api.clock,
            service=None,
            on_rejection=lambda _: seen.append(turns),
        )
        counting.cancel()
        assert len(set(seen)) == 100

    async def test_of_a_stream_that_breaks_off_the_batch_on_its_way_is_written_and_told_of(self, api: Api) -> None:
        async def stream() -> AsyncIterator[bytes]:
            yield ndjson(held(number) for number in range(BATCH_LINES + 5))
            raise ConnectionError("the client is gone")

        told: list[tuple[int, int]] = []
        with pytest.raises(ConnectionError):
            await ingest(
                stream(),
                database=api.database,
                load_data_map=lambda: DataMaps(api.database, clock=api.clock).load_in_force(api.clock()),
                clock=api.clock,
                service=None,
                on_progress=lambda summary: told.append((summary.lines, summary.changed)),
            )
        assert told == [(BATCH_LINES, BATCH_LINES)]
        for number, people in ((BATCH_LINES - 1, 1), (BATCH_LINES, 0)):
            found = await run(api.database, COUNT_SUBJECT, subject=f"person-{number}")
            assert found == [{"subjects": people}]


class TestWhoReports:
    async def test_a_token_for_a_service_that_the_map_does_not_know_tells_of_nobody(self, api: Api) -> None:
        told = {"type": "decision", "subject": "person-1", "purpose": "law", "decision": "RESTRICTION", "at": SINCE}
        trust = {"type": "trust", "subject": "person-1", "towards": "person-2", "categories": ["email"], "since": SINCE}
        *rejected, _ = read_ndjson(await api.report([told, trust], api.service("forums")))
        assert [each["code"] for each in rejected] == ["UNKNOWN_SERVICE", "UNKNOWN_SERVICE"]
        assert await run(api.database, COUNT_SUBJECT, subject="person-1") == [{"subjects": 0}]
