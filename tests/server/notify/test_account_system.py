"""The account system, asked for addresses: real servers, what they are told, and what each of their answers means."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from graph.email_address import read_address
from server.notify import account_system
from server.notify.account_system import ANSWER_BYTES_AT_MOST, SUBJECTS_AT_MOST, AccountSystem
from server.notify.post import ChannelAway
from tests.logs import logged_to
from tests.server.notify.back_ends import (
    BackEnd,
    Behave,
    Received,
    an_authority,
    answers,
    back_end,
    breaks_off,
    never_answers,
    never_ends,
    stalls,
    talks_nonsense,
    the_authority,
)

ANN = "ann.smith@people.example"
TOKEN = "a-token-for-the-account-system"


def tells(addresses: Callable[[list[str]], object]) -> Behave:
    async def behave(received: Received, writer: asyncio.StreamWriter) -> None:
        body = json.dumps({"addresses": addresses(json.loads(received.body)["subjects"])}).encode()
        await answers(200, "Content-Type: application/json", body=body)(received, writer)

    return behave


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[BackEnd]:
    async with back_end(answers(500), the_authority().serves(tmp_path, "127.0.0.1")) as server:
        yield server


@pytest.fixture
async def asked(there: BackEnd) -> AsyncIterator[AccountSystem]:
    system = AccountSystem(there.url("127.0.0.1", "/addresses"), TOKEN, the_authority().trusted())
    yield system
    await system.close()


async def why_away(system: AccountSystem) -> str:
    with pytest.raises(ChannelAway) as raised:
        await system.find_addresses(["ann"])
    return str(raised.value)


async def test_many_are_asked_about_in_one_request(there: BackEnd, asked: AccountSystem) -> None:
    there.behave = tells(lambda ids: {id: f"{id}@people.example" for id in ids if id != "nobody"} | {"cid": None})
    assert await asked.find_addresses(["ann", "ben", "nobody", "cid"]) == {
        "ann": read_address("ann@people.example"),
        "ben": read_address("ben@people.example"),
    }
    [received] = there.received
    assert received.line == "POST /addresses HTTP/1.1"
    assert json.loads(received.body) == {"subjects": ["ann", "ben", "nobody", "cid"]}
    assert received.headers["authorization"] == f"Bearer {TOKEN}"
    assert received.headers["content-type"] == "application/json"
    assert received.headers["host"] == f"127.0.0.1:{there.port}"


async def test_very_many_are_asked_about_in_several(there: BackEnd, asked: AccountSystem) -> None:
    there.behave = tells(lambda ids: {id: f"{id}@people.example" for id in ids})
    people = [f"p{number}" for number in range(2 * SUBJECTS_AT_MOST + 1)]
    assert list(await asked.find_addresses(people)) == people
    assert [len(json.loads(each.body)["subjects"]) for each in there.received] == [SUBJECTS_AT_MOST] * 2 + [1]


async def test_without_a_token_none_is_sent(there: BackEnd) -> None:
    there.behave = tells(lambda ids: {})
    system = AccountSystem(there.url("127.0.0.1"), None, the_authority().trusted())
    assert await system.find_addresses(["ann"]) == {}
    await system.close()
    assert "authorization" not in there.received[0].headers


async def test_what_is_no_address_is_told_apart_from_none(there: BackEnd, asked: AccountSystem) -> None:
    told: dict[str, object] = {
        "a": f"{ANN}\r\nBcc: eve@people.example",
        "b": f"Ann <{ANN}>",
        "c": 7,
        "d": [ANN],
        "e": "",
        "f": None,
        "g": "Ann.Smith@PEOPLE.example",
    }
    there.behave = tells(lambda ids: told)
    found = await asked.find_addresses([*told, "h"])
    assert found == {**dict.fromkeys("abcde"), "g": read_address("Ann.Smith@people.example")}


async def test_of_those_who_were_not_asked_about_nothing_is_taken(there: BackEnd, asked: AccountSystem) -> None:
    there.behave = tells(lambda ids: {"ann": ANN, "ben": "ben@people.example"})
    assert set(await asked.find_addresses(["ann"])) == {"ann"}


@pytest.mark.parametrize(
    ("behave", "reason"),
    [
        (answers(404), "answers HTTP 404"),
        (answers(401), "answers HTTP 401"),
        (answers(429, "Retry-After: 5"), "answers HTTP 429"),
        (answers(500), "answers HTTP 500"),
        (answers(204), "answers HTTP 204"),
        (answers(307, "Location: https://127.0.0.1/elsewhere"), "answers HTTP 307"),
        (breaks_off, "cannot be reached"),
        (talks_nonsense, "cannot be reached"),
        (answers(200, body=b" " * (ANSWER_BYTES_AT_MOST + 1)), "answers more than 262,144 bytes"),
        (never_ends, "answers more than 262,144 bytes"),
    ],
)
async def test_any_other_answer_is_for_nobody(
    there: BackEnd, asked: AccountSystem, behave: Behave, reason: str
) -> None:
    there.behave = behave
    assert await why_away(asked) == f"the account system {reason}"
    assert len(there.received) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"ann@people.example",
        b"[]",
        b"{}",
        b'{"addresses": []}',
        b'{"addresses": null}',
        b'{"ann": "ann@people.example"}',
        b"[" * 100_000,
        b'{"addresses": {"ann": "\xff"}}',
    ],
)
async def test_an_answer_in_another_form_is_for_nobody(there: BackEnd, asked: AccountSystem, body: bytes) -> None:
    there.behave = answers(200, body=body)
    assert await why_away(asked) == 'the account system\'s answer is no JSON object {"addresses": {…}}'


@pytest.mark.parametrize("behave", [never_answers, stalls])
async def test_who_does_not_answer_is_not_waited_for(
    there: BackEnd, asked: AccountSystem, behave: Behave, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_system, "ANSWER_SECONDS", 0.3)
    there.behave = behave
    assert await why_away(asked) == "the account system does not answer in time"


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
async def test_nobody_is_asked_whose_certificate_does_not_verify(there: BackEnd, name: str) -> None:
    authority = the_authority() if name == "localhost" else an_authority("Another")
    system = AccountSystem(there.url(name), TOKEN, authority.trusted())
    assert await why_away(system) == "the account system has a certificate that does not verify"
    await system.close()
    assert there.received == []


async def test_who_is_not_there_cannot_be_reached(there: BackEnd) -> None:
    system = AccountSystem("http://127.0.0.1:1/addresses", None, the_authority().trusted())
    assert await why_away(system) == "the account system cannot be reached"
    await system.close()


async def test_it_can_be_checked_about_nobody(there: BackEnd, asked: AccountSystem) -> None:
    there.behave = tells(lambda ids: {})
    await asked.check()
    assert json.loads(there.received[0].body) == {"subjects": []}


async def test_nothing_that_it_tells_is_logged(there: BackEnd, asked: AccountSystem) -> None:
    stream = io.StringIO()
    with logged_to(stream, "debug"):
        for addresses in ({"ann": ANN}, {"ann": f"<{ANN}>"}):
            there.behave = tells(lambda ids, addresses=addresses: addresses)  # type: ignore[misc]
            await asked.find_addresses(["ann"])
        there.behave = answers(200, body=ANN.encode())
        await why_away(asked)
    assert "smith" not in stream.getvalue()
    assert TOKEN not in stream.getvalue()
