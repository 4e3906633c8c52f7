"""`GET /reach/{number}/ids`: the exact set of those whom a revision touches, for staff, who are seen to have had it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest

from graph.errors import GraphUnavailable
from graph.store.revisions import draft_revision
from graph.store.subjects import record_accesses
from server.event_stream import EventStreams
from server.feeds import reach_ids
from server.notify.prospect import turn_to_look
from server.tokens import TokenVerifier
from tests.graphs import run
from tests.server.api import EXAMPLE_REVISION, Api, revision_in
from tests.server.gate.served import until
from tests.server.schema.test_subscriptions import serving

SAMPLE = "{ revision(number: 2) { reach { sample } } }"
LIST_ACCESSES = """
MATCH (s:Subject)-[:WAS_ACCESSED]->(a:AccessRecord)
RETURN s.id AS person, a.by AS by
"""


@pytest.fixture
async def drafted(api: Api) -> Api:
    """Seven people are touched by the draft, which are as many as the sample over GraphQL shows."""
    await draft_revision(api.database, revision_in(EXAMPLE_REVISION), at=api.clock())
    return api


@contextlib.asynccontextmanager
async def client_of(api: Api, **settings: Any) -> AsyncIterator[tuple[httpx2.AsyncClient, EventStreams]]:
    """Over a real connection."""
    async with (
        serving(api, **settings) as (url, streams),
        httpx2.AsyncClient(base_url=url, trust_env=False, timeout=60) as client,
    ):
        yield client, streams


async def get(client: httpx2.AsyncClient, token: str | None, number: int = 2) -> httpx2.Response:
    return await client.get(f"/reach/{number}/ids", headers=credential(token))


def credential(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def told(response: httpx2.Response) -> tuple[int, str, str]:
    (error,) = response.json()["errors"]
    return response.status_code, error["extensions"]["code"], error["message"]


async def looks(api: Api) -> list[tuple[str, str]]:
    """Who was looked at, and by whom; once for each time."""
    return sorted((str(row["person"]), str(row["by"])) for row in await run(api.database, LIST_ACCESSES))


async def touched(api: Api) -> list[str]:
    """Looks at them as staff-0."""
    sample: list[str] = (await api.data(SAMPLE, token=api.staff("staff-0")))["revision"]["reach"]["sample"]
    assert len(sample) == 7
    return sample


@pytest.mark.parametrize("page", [500, 7, 3, 1])
async def test_staff_have_the_ids_of_all_as_a_file(drafted: Api, page: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach_ids, "IDS_A_PAGE", page)
    everybody = await touched(drafted)
    async with client_of(drafted) as (client, streams):
        response = await get(client, drafted.staff())
        assert response.status_code == 200
        assert response.text == "".join(f"{each}\n" for each in everybody)
        assert response.headers["content-type"] == "text/plain; charset=utf-8"
        assert response.headers["content-disposition"] == 'attachment; filename="reach-2-ids.txt"'
        assert response.headers["cache-control"] == "no-store"
        await until(lambda: not streams)


async def test_each_of_them_sees_who_had_it(drafted: Api) -> None:
    everybody = await touched(drafted)
    async with client_of(drafted) as (client, _):
        await get(client, drafted.staff("staff-7"))
    assert await looks(drafted) == sorted((each, by) for each in everybody for by in ("staff-0", "staff-7"))
    looked = {"by": "staff-7", "accessedAt": drafted.clock().isoformat().replace("+00:00", "Z")}
    person = await drafted.me(everybody[0], "accessedBy { nodes { by accessedAt } }")
    assert looked in person["accessedBy"]["nodes"]


async def test_the_first_revision_touches_nobody(drafted: Api) -> None:
    async with client_of(drafted) as (client, _):
        response = await get(client, drafted.staff(), 1)
    assert (response.status_code, response.text) == (200, "")
    assert await looks(drafted) == []


async def test_others_are_refused_and_nobody_is_looked_at(drafted: Api) -> None:
    needed = "this needs an access token with the scope vitrine.staff: send Authorization: Bearer …"
    lacking = "this needs the scope vitrine.staff, which the access token does not have"
    async with client_of(drafted) as (client, _):
        for token in (drafted.subject("example-buyer"), drafted.service("websites"), drafted.job()):
            # Whatever is asked for: nobody learns which drafts there are.
            for number in (2, 77):
                assert told(await get(client, token, number)) == (403, "FORBIDDEN", lacking)
        assert told(await get(client, None)) == (401, "UNAUTHENTICATED", needed)
        missing = "There is no revision 77: the list of revisions shows those there are"
        assert told(await get(client, drafted.staff(), 77)) == (404, "NOT_FOUND", missing)
    assert await looks(drafted) == []


# ---- what ends it ----------------------------------------------------------------------------------------------------


async def blocked(*_: object) -> None:
    await asyncio.Event().wait()


async def fails(*_: object) -> None:
    raise GraphUnavailable("The graph does not answer: try again later")


def after_a_page(monkeypatch: pytest.MonkeyPatch, then: Callable[..., Any]) -> None:
    """Pages have three ids; the records of the second one are not written, but `then` is asked instead."""
    pages = 0

    async def record(*arguments: Any) -> None:
        nonlocal pages
        pages += 1
        await (record_accesses if pages % 2 else then)(*arguments)

    monkeypatch.setattr(reach_ids, "IDS_A_PAGE", 3)
    monkeypatch.setattr(reach_ids, "record_accesses", record)


async def read_until_broken(client: httpx2.AsyncClient, token: str) -> list[str]:
    """The ids that came before the answer was broken off."""
    came = b""
    with pytest.raises(httpx2.RemoteProtocolError):
        async with client.stream("GET", "/reach/2/ids", headers=credential(token)) as response:
            assert response.status_code == 200
            async for piece in response.aiter_bytes():
                came += piece
    return came.decode().splitlines()


async def test_it_is_broken_off_where_the_graph_goes_away(drafted: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    after_a_page(monkeypatch, fails)
    async with client_of(drafted) as (client, streams):
        came = await read_until_broken(client, drafted.staff())
        assert not streams
    # Nobody's id was sent of whom there is no record.
    assert (len(came), await looks(drafted)) == (3, [(each, "staff-1") for each in came])


async def test_before_anything_is_sent_it_says_that_the_graph_is_away(
    drafted: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach_ids, "record_accesses", fails)
    async with client_of(drafted) as (client, streams):
        response = await get(client, drafted.staff())
        assert told(response)[:2] == (503, "GRAPH_UNAVAILABLE")
        assert not streams


async def test_it_is_broken_off_when_its_time_is_over(drafted: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    after_a_page(monkeypatch, blocked)
    async with client_of(drafted, stream_seconds=0.1) as (client, _):
        assert len(await read_until_broken(client, drafted.staff())) == 3


async def test_it_is_broken_off_when_its_token_ends(drafted: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async def soon(*_: object) -> float:
        return 0.1

    after_a_page(monkeypatch, blocked)
    monkeypatch.setattr(TokenVerifier, "seconds_left", soon)
    async with client_of(drafted) as (client, _):
        assert len(await read_until_broken(client, drafted.staff())) == 3


async def test_it_is_broken_off_when_the_service_stops(drafted: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    after_a_page(monkeypatch, blocked)
    async with client_of(drafted) as (client, streams):
        reading = asyncio.create_task(read_until_broken(client, drafted.staff()))
        await until(lambda: len(streams) == 1)
        streams.end()
        assert len(await reading) in (0, 3)


async def test_a_client_that_goes_away_ends_it_and_makes_room(drafted: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    after_a_page(monkeypatch, blocked)
    async with client_of(drafted, holder_streams=1) as (client, streams):
        async with client.stream("GET", "/reach/2/ids", headers=credential(drafted.staff())) as response:
            assert len((await anext(response.aiter_bytes())).splitlines()) == 3
            assert told(await get(client, drafted.staff()))[:2] == (429, "TOO_MANY_STREAMS")
        await until(lambda: not streams)


async def test_one_looks_at_a_time(drafted: Api) -> None:
    """As a count over GraphQL does, which has the same turn."""
    turn = turn_to_look(drafted.database)
    had: list[bool] = []
    drafted.database.observers.append(lambda statement: had.append(turn.locked()) if "reach_key" in statement else None)
    async with client_of(drafted) as (client, _):
        assert (await get(client, drafted.staff())).status_code == 200
    await drafted.data("{ revision(number: 2) { reach { subjects } } }", token=drafted.staff())
    assert len(had) > 2
    assert all(had)
