"""`GET /records/{number}.{form}`: the record of processing activities of a revision, for staff, as a file."""

from __future__ import annotations

import asyncio
import json

import httpx2
import pytest

from graph.data_map import DataMap
from graph.errors import RecordTooLarge
from graph.store.revisions import draft_revision, load_data_map
from seed.folder import read_revision
from server.feeds import records
from server.records.document import RecordOf
from server.records.forms import RecordForm, write_record
from server.records.page import page_policy
from tests.server.api import EXAMPLE_REVISION, Api

MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}


async def get(api: Api, address: str, token: str | None) -> httpx2.Response:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return await api.client.get(f"/records/{address}", headers=headers)


def told(response: httpx2.Response) -> tuple[int, str, str]:
    (error,) = response.json()["errors"]
    return response.status_code, error["extensions"]["code"], error["message"]


@pytest.mark.parametrize("form", RecordForm)
@pytest.mark.parametrize("of", RecordOf)
async def test_staff_have_the_record_of_a_revision_as_a_file(reader: Api, of: RecordOf, form: RecordForm) -> None:
    response = await get(reader, f"1.{form}?of={of}", reader.staff())
    assert response.status_code == 200
    document, content = write_record(await load_data_map(reader.database, 1), of, form, reader.settings.links)
    assert (len(document.rows.rows), response.content) == (95 if of is RecordOf.CONTROLLER else 10, content)
    assert response.headers["content-type"] == MEDIA_TYPES[form]
    how = "inline" if form is RecordForm.HTML else "attachment"
    name = f"article-30-record-of-{of}-revision-1.{form}"
    assert response.headers["content-disposition"] == f'{how}; filename="{name}"'
    assert response.headers["cache-control"] == "no-store"
    allowed = page_policy() if form is RecordForm.HTML else "default-src 'none'; frame-ancestors 'none'"
    assert response.headers["content-security-policy"] == allowed


async def test_it_is_the_controllers_where_nothing_is_said(reader: Api) -> None:
    named, unnamed = [await get(reader, f"1.csv{query}", reader.staff()) for query in ("?of=controller", "")]
    assert named.content == unnamed.content


async def test_a_draft_has_one_that_says_so(api: Api) -> None:
    await draft_revision(api.database, read_revision(EXAMPLE_REVISION), at=api.clock())
    response = await get(api, "2.json?of=processors", api.staff())
    assert response.headers["content-disposition"].endswith(
        'filename="article-30-record-of-processors-revision-2-draft.json"'
    )
    found = response.json()
    assert found["revision"] == {"number": 2, "state": "DRAFT", "published_at": None, "effective_at": None}
    assert "Example Analytics" in json.dumps([row["processor"] for row in found["rows"]])
    # Nobody can read its clauses yet.
    assert {each["address"] for each in found["clauses"]} == {None}


async def test_others_are_refused_whatever_there_is(reader: Api) -> None:
    needed = "this needs an access token with the scope vitrine.staff: send Authorization: Bearer …"
    lacking = "this needs the scope vitrine.staff, which the access token does not have"
    for token in (reader.subject("example-buyer"), reader.service("websites"), reader.job()):
        for address in ("1.xlsx", "77.xlsx"):
            assert told(await get(reader, address, token)) == (403, "FORBIDDEN", lacking)
    assert told(await get(reader, "1.xlsx", None)) == (401, "UNAUTHENTICATED", needed)
    missing = "There is no revision 77: the list of revisions shows those there are"
    assert told(await get(reader, "77.xlsx", reader.staff())) == (404, "NOT_FOUND", missing)


async def test_whoever_follows_a_link_is_told_on_a_page(reader: Api) -> None:
    response = await reader.client.get("/records/1.html", headers={"Accept": "text/html"})
    assert (response.status_code, response.headers["content-type"]) == (401, "text/html; charset=utf-8")
    assert 'href="/sign-in?to=/records/1.html"' in response.text


async def test_what_would_be_too_long_is_refused(reader: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise RecordTooLarge("The record would be too long", number=1)

    monkeypatch.setattr(records, "write_record", refuse)
    api = reader.with_settings()  # without those that were written before
    async with api.client:
        refused = await get(api, "1.csv", api.staff())
    assert told(refused) == (400, "RECORD_TOO_LARGE", "The record would be too long")


async def test_one_is_written_at_a_time_and_others_are_answered_meanwhile(
    reader: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, written = asyncio.get_running_loop(), asyncio.Semaphore(0)
    begun: asyncio.Queue[None] = asyncio.Queue()

    def write(data_map: DataMap, of: RecordOf, form: RecordForm, links: str) -> object:
        loop.call_soon_threadsafe(begun.put_nowait, None)
        asyncio.run_coroutine_threadsafe(written.acquire(), loop).result()
        return write_record(data_map, of, form, links)

    monkeypatch.setattr(records, "write_record", write)
    reader = reader.with_settings()  # without those that were written before
    asking = [asyncio.create_task(get(reader, f"1.csv?of={of}", reader.staff())) for of in RecordOf]
    await begun.get()
    assert (await reader.client.get("/policy/1")).status_code == 200
    assert begun.empty()
    written.release()
    await begun.get()
    written.release()
    assert [(await each).status_code for each in asking] == [200, 200]
