"""`noticeAdded`: a person hears what they are told as it is written, over a real socket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graph.engines.address import GraphAddress
from graph.store.database import Database
from server.app import create_app
from server.development import development_rules, open_development_issuer
from server.event_stream import EventStreams
from server.schema.ids import GlobalId
from server.settings import Settings
from server.tokens import Credential, TokenVerifier
from tests.server import test_availability as availability
from tests.server.api import Api
from tests.server.command_line import Service, settings_of
from tests.server.gate.served import served, until
from tests.server.streams import COMPLETE, Event, Stream, subscribed
from tests.server.telling import MAILING, open_account, report_contact, tell_everybody

cable = availability.cable

TOLD = "subscription { noticeAdded { revisionNumber } }"
ME = "query Me { me { unreadNotices } }"
NOT_ACCEPTABLE = "A subscription is answered as events: accept text/event-stream"


@pytest.fixture
async def account(empty: Api) -> Api:
    """A small company with ann and ben."""
    await open_account(empty, "ann", "ben")
    return empty


@contextlib.asynccontextmanager
async def serving(api: Api, **settings: Any) -> AsyncIterator[tuple[str, EventStreams]]:
    """The address of the application on a socket, with other settings, and its open streams."""
    chosen = Settings(**({"address_requests_a_minute": 0, "holder_requests_a_minute": 0} | settings))
    streams = EventStreams.of(chosen)
    app = create_app(chosen, api.database, verifier=api.verifier, issuer=api.issuer, clock=api.clock, streams=streams)
    async with served(app) as service:
        yield f"http://127.0.0.1:{service.port}", streams
        streams.end()


@pytest.fixture
async def url(account: Api) -> AsyncIterator[str]:
    async with serving(account) as (url, _):
        yield url


async def numbers(stream: Stream, count: int) -> list[int]:
    return [(await stream.told())["data"]["noticeAdded"]["revisionNumber"] for _ in range(count)]


async def only_event(stream: Stream) -> tuple[Any, list[str], str]:
    """The data, codes and first message of an answer that is one event and the end."""
    assert (stream.status, stream.response.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    first, *rest = await stream.rest()
    assert (first.name, rest) == ("next", [COMPLETE])
    errors = first.data.get("errors", [])
    return first.data.get("data"), [each["extensions"]["code"] for each in errors], errors[0]["message"]


class TestListening:
    async def test_a_person_hears_what_they_are_told_from_then_on_and_nobody_else_does(
        self, account: Api, url: str
    ) -> None:
        await tell_everybody(account)
        document = """subscription ($locale: String) { noticeAdded(locale: $locale) {
          id kind revisionNumber createdAt readAt isInForce locale title items { key } controller { email } } }"""
        async with (
            subscribed(url, document, account.subject("ann"), variables={"locale": "de"}) as ann,
            subscribed(url, TOLD, account.subject("cid")) as cid,
        ):
            await tell_everybody(account)
            async with subscribed(url, TOLD, account.subject("ben")) as ben:
                await tell_everybody(account)
                first, second = [(await ann.told())["data"]["noticeAdded"] for _ in range(2)]
                assert await numbers(ben, 1) == [4]
        assert first | {"title": ""} == {
            "id": str(GlobalId("Notice", ("3/REVISION/ann",))),
            "kind": "REVISION",
            "revisionNumber": 3,
            "createdAt": "2026-10-06T12:02:00Z",
            "readAt": None,
            "isInForce": True,
            "locale": "de",
            "title": "",
            "items": [{"key": "CONTROLLER_CHANGED/acme"}],
            "controller": {"email": "privacy-20261006120200@example.com"},
        }
        assert "Datenschutz" in first["title"]
        assert second["revisionNumber"] == 4
        # Of cid nothing is known, and nothing came.
        assert cid.response.is_closed

    async def test_it_is_in_the_persons_own_language(self, account: Api, url: str) -> None:
        await report_contact(account.with_settings(**MAILING), "ann", locale="ru-RU")
        document = "subscription { noticeAdded { locale } }"
        async with subscribed(url, document, account.subject("ann")) as stream:
            await tell_everybody(account)
            assert await stream.told() == {"data": {"noticeAdded": {"locale": "ru"}}}

    async def test_it_is_heard_by_get_too(self, account: Api, url: str) -> None:
        async with subscribed(url, TOLD, account.subject("ann"), method="GET") as stream:
            await tell_everybody(account)
            assert await numbers(stream, 1) == [2]

    async def test_while_the_graph_is_away_nothing_comes_and_nothing_is_lost(
        self, account: Api, cable: availability.Cable, address: GraphAddress
    ) -> None:
        through = replace(address, url=f"bolt://127.0.0.1:{cable.port}")
        async with Database(through, timeout_seconds=2, statement_seconds=5, retry_seconds=0) as database:
            away = Api(database, account.issuer, account.jwks_url, account.clock)
            async with serving(away) as (url, _), subscribed(url, TOLD, account.subject("ann")) as stream:
                await cable.cut()
                await tell_everybody(account)
                async with subscribed(url, TOLD, account.subject("ann")) as refused:
                    assert (await refused.refusal())[:2] == (503, "GRAPH_UNAVAILABLE")
                    assert refused.response.headers["retry-after"] == "5"
                await cable.mend()
                assert await numbers(stream, 1) == [2]
                await tell_everybody(account)
                assert await numbers(stream, 1) == [3]


class TestForm:
    async def test_without_the_header_it_is_not_acceptable(self, account: Api, url: str) -> None:
        for accept in ("application/json", "application/graphql-response+json", None):
            for method in ("POST", "GET"):
                async with subscribed(url, TOLD, account.subject("ann"), accept=accept, method=method) as stream:
                    assert await stream.refusal() == (406, "NOT_ACCEPTABLE", NOT_ACCEPTABLE)

    async def test_a_query_is_answered_by_one_event_where_events_are_wanted_most(self, account: Api, url: str) -> None:
        await tell_everybody(account)
        async with subscribed(url, ME, account.subject("ann")) as stream:
            assert await stream.rest() == [Event("next", {"data": {"me": {"unreadNotices": 1}}}), COMPLETE]
        async with subscribed(url, ME, account.subject("ann"), accept="text/event-stream, application/json") as stream:
            assert json.loads(await stream.response.aread()) == {"data": {"me": {"unreadNotices": 1}}}

    async def test_a_mutation_by_get_is_refused_all_the_same(self, account: Api, url: str) -> None:
        document = "mutation { markNoticesRead(input: {ids: []}) { __typename } }"
        async with subscribed(url, document, account.subject("ann"), method="GET") as stream:
            assert (await stream.refusal())[:2] == (405, "METHOD_NOT_ALLOWED")


class TestRefusal:
    async def test_it_is_for_the_person_alone(self, account: Api, url: str) -> None:
        scope = "this needs the scope vitrine.subject, which the access token does not have"
        for token in (account.staff(), account.service("billing"), account.job()):
            async with subscribed(url, TOLD, token) as stream:
                assert await only_event(stream) == (None, ["FORBIDDEN"], scope)
        async with subscribed(url, TOLD) as stream:
            assert (await only_event(stream))[1] == ["UNAUTHENTICATED"]
        async with subscribed(url, TOLD, "no-token") as stream:
            assert (await stream.refusal())[:2] == (401, "UNAUTHENTICATED")

    async def test_what_is_no_language_is_refused(self, account: Api, url: str) -> None:
        document = 'subscription { noticeAdded(locale: "no language") { id } }'
        async with subscribed(url, document, account.subject("ann")) as stream:
            assert await only_event(stream) == (
                None,
                ["INVALID_INPUT"],
                "`locale` is not a language tag (BCP 47): give one such as de or pt-BR",
            )

    @pytest.mark.parametrize(
        ("document", "message"),
        [
            ("subscription { a: noticeAdded { id } b: noticeAdded { id } }", "must select only one top level field"),
            ("subscription { noticeAdded { nothing } }", "Cannot query field 'nothing' on type 'Notice'."),
            (
                "subscription { noticeAdded { items { details { holdings { services { a: key b: key c: key key } "
                "categories { a: key b: key c: key d: key key } } } } } }",
                "The operation's cost is ",
            ),
            (
                "subscription { noticeAdded { " + " ".join(f"a{n}: id" for n in range(31)) + " } }",
                "The operation has 31 aliases, and may have 30: ask for less at once",
            ),
        ],
    )
    async def test_the_limits_of_operations_hold(self, account: Api, url: str, document: str, message: str) -> None:
        async with subscribed(url, document, account.subject("ann")) as stream:
            data, codes, said = await only_event(stream)
        assert (data, codes) == (None, ["INVALID_DOCUMENT"])
        assert message in said

    async def test_an_event_that_is_too_large_says_so_and_the_next_one_comes(self, account: Api) -> None:
        large = "subscription { noticeAdded { revisionNumber text html items { key kind actions } } }"
        async with (
            serving(account, public_values=3) as (url, _),
            subscribed(url, large, account.subject("ann")) as stream,
        ):
            for _ in range(2):
                await tell_everybody(account)
                event = await stream.told()
                assert event.get("data") is None
                assert [each["extensions"]["code"] for each in event["errors"]] == ["OPERATION_TOO_LARGE"]

    async def test_where_only_persisted_documents_run_no_other_subscription_does(
        self, account: Api, tmp_path: Path
    ) -> None:
        manifest = tmp_path / "persisted-documents.json"
        manifest.write_text(json.dumps({"told": TOLD}))
        async with serving(account, persisted_documents=manifest) as (url, _):
            async with subscribed(url, TOLD, account.subject("ann")) as stream:
                assert (await stream.refusal())[:2] == (403, "DOCUMENT_NOT_ALLOWED")
            for method in ("POST", "GET"):
                body = {"documentId": "told"}
                async with subscribed(url, "", account.subject("ann"), body=body, method=method) as stream:
                    number = await tell_everybody(account)
                    assert await numbers(stream, 1) == [number]


class TestBounds:
    async def test_one_holder_has_so_many_and_gets_a_place_back_by_closing(self, account: Api) -> None:
        async with serving(account, holder_streams=1) as (url, streams):
            async with subscribed(url, TOLD, account.subject("ann")) as first:
                async with subscribed(url, TOLD, account.subject("ann")) as second:
                    assert await second.refusal() == (
                        429,
                        "TOO_MANY_STREAMS",
                        "You have 1 streams open, which is all you may have: end one of them first",
                    )
                    assert second.response.headers["retry-after"] == "1"
                async with subscribed(url, TOLD, account.subject("ben")):
                    assert (first.status, len(streams)) == (200, 2)
            await until(lambda: len(streams) == 0)
            async with subscribed(url, TOLD, account.subject("ann")) as again:
                await tell_everybody(account)
                assert await numbers(again, 1) == [2]

    async def test_all_together_have_so_many(self, account: Api) -> None:
        async with serving(account, streams=1) as (url, _), subscribed(url, TOLD, account.subject("ann")):
            async with subscribed(url, TOLD, account.subject("ben")) as stream:
                assert (await stream.refusal())[:2] == (503, "OVERLOADED")
                assert stream.response.headers["retry-after"] == "1"
            # What is answered at once takes none of the places.
            async with subscribed(url, ME, account.subject("ben")) as stream:
                assert len(await stream.rest()) == 2

    async def test_a_subscription_that_is_refused_gives_its_place_back(self, account: Api) -> None:
        async with serving(account, streams=1) as (url, streams):
            for token in (None, account.staff(), account.subject("ann")):
                async with subscribed(url, "subscription { noticeAdded { nothing } }", token) as stream:
                    assert len(await stream.rest()) == 2
                await until(lambda: len(streams) == 0)

    async def test_it_ends_after_its_time(self, account: Api) -> None:
        async with serving(account, stream_seconds=0.1) as (url, streams):
            async with subscribed(url, TOLD, account.subject("ann")) as stream:
                assert await stream.rest() == [COMPLETE]
            await until(lambda: len(streams) == 0)

    async def test_it_ends_when_the_token_does(self, account: Api) -> None:
        token = account.subject("ann")
        rules = development_rules(account.jwks_url)
        now = [time.time() + await TokenVerifier(rules).seconds_left(Credential(token)) - 0.2]
        short = TokenVerifier(rules, now=lambda: now[0])
        app = create_app(Settings(), account.database, verifier=short, issuer=account.issuer, clock=account.clock)
        async with served(app) as service:
            url = f"http://127.0.0.1:{service.port}"
            async with subscribed(url, TOLD, token) as stream:
                assert await stream.rest() == [COMPLETE]
            now[0] += 1.0
            async with subscribed(url, TOLD, token) as stream:
                assert (await stream.refusal())[:2] == (401, "UNAUTHENTICATED")

    async def test_the_service_stops_in_order(self, empty: Api, address: GraphAddress, tmp_path: Path) -> None:
        await open_account(empty, "ann")
        with Service(tmp_path, **settings_of(address), VITRINE_NOTIFY="off") as service:
            service.until_ready()
            token = open_development_issuer(tmp_path).mint(subject="ann")
            async with subscribed(service.url, TOLD, token) as stream:
                await tell_everybody(empty)
                assert await numbers(stream, 1) == [2]
                service.send(signal.SIGTERM)
                assert await stream.rest() == [COMPLETE]
            assert await asyncio.to_thread(service.wait) == 0
