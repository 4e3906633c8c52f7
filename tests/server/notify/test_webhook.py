"""Webhooks, sent to real servers: what they say, who can read them, where they go, and what each ending means."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpcore2
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from graph.deliveries import BackOff, Refused, Sent
from graph.model import Channel
from graph.notices import Delivery, DeliveryState, NoticeKind
from graph.store.database import Database
from graph.store.deliveries import Queue
from graph.store.delivery_status import NotifyStatus, load_notify_status
from graph.store.fan_outs import Told
from server.notify.channels.webhook import ANSWER_BYTES_AT_MOST, Parcel, Patience, WebhookPost
from server.notify.items import Items
from server.notify.letter import Letter
from server.notify.networks import LOOPBACK, Reach
from server.notify.outbound import AddressRefused, Outbound, Resolve
from server.notify.post import ChannelAway
from server.notify.products import Product
from server.notify.sender import Pace, Sender
from tests.graph.store.telling import tell, told
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
from tests.server.notify.test_products import NEW, OLD

HOST = "billing.example"
LINKS = "https://privacy.example"
HASTY = Patience(connect_seconds=5.0, answer_seconds=0.3, rest_seconds=0.2)
PATIENT = Patience(connect_seconds=5.0, answer_seconds=30.0, rest_seconds=5.0)
LOCAL = Reach.into(LOOPBACK)


class Written:
    """Letters made by hand."""

    async def write(self, deliveries: Sequence[Delivery]) -> Mapping[str, Letter]:
        return {
            each.id: Letter(
                "Title", f"Text for {each.subject} — «ä»", "<p>", "en", {"url": f"{LINKS}/notices/{each.subject}"}
            )
            for each in deliveries
        }


def now() -> datetime:
    return datetime.now(UTC)


async def here(host: str, port: int) -> list[str]:
    """Where every name leads to in most of these tests."""
    return ["127.0.0.1"]


def a_post(
    database: Database | None,
    url: str,
    *,
    reach: Reach = LOCAL,
    resolve: Resolve = here,
    tls: ssl.SSLContext | None = None,
    secrets: tuple[str, ...] = (NEW,),
    patience: Patience = PATIENT,
    at_once: int = 4,
) -> WebhookPost:
    items = Items(database, Written())  # type: ignore[arg-type] # where nothing is prepared it is not asked
    return WebhookPost(
        Product("billing", url, secrets),
        items,
        backend=Outbound(reach, resolve),
        tls=tls or the_authority().trusted(),
        clock=now,
        at_once=at_once,
        patience=patience,
    )


@pytest.fixture
def tls(tmp_path: Path) -> ssl.SSLContext:
    return the_authority().serves(tmp_path, HOST)


@contextlib.asynccontextmanager
async def closing(post: WebhookPost) -> AsyncIterator[WebhookPost]:
    try:
        yield post
    finally:
        await post.close()


PARCEL = Parcel("0123456789abcdef0123456789abcdef", '{"type":"notice.created"}')


# ---- what it says ----------------------------------------------------------------------------------------------------


async def test_a_notice_is_told_in_a_body_that_the_product_can_verify(database: Database, tls: ssl.SSLContext) -> None:
    await tell(database, [told("ann", Channel.SOFTWARE_PRODUCT, product="billing")])
    delivery = Delivery("ann", 2, NoticeKind.REVISION, Channel.SOFTWARE_PRODUCT, DeliveryState.SENDING, "billing")
    async with (
        back_end(answers(204), tls) as server,
        closing(a_post(database, server.url(HOST, "/hooks?a=1"), secrets=(NEW, OLD))) as post,
    ):
        parcels = await post.prepare([delivery])
        parcel = parcels[delivery.id]
        assert isinstance(parcel, Parcel)
        assert await post.hand_over(parcel) == Sent()

    (received,) = server.received
    assert received.line == "POST /hooks?a=1 HTTP/1.1"
    assert received.headers["host"] == f"{HOST}:{server.port}"
    assert received.headers["content-type"] == "application/json"
    id = received.headers["webhook-id"]
    assert json.loads(received.body) == {
        "id": id,
        "type": "notice.created",
        "version": 1,
        "timestamp": "2026-12-01T09:00:00.000000Z",
        "data": {
            "subject": "ann",
            "product": "billing",
            "revision": 2,
            "kind": "REVISION",
            "locale": "en",
            "title": "Title",
            "text": "Text for ann — «ä»",
            "url": "https://privacy.example/notices/ann",
            "content": {"url": "https://privacy.example/notices/ann"},
        },
    }
    # By the public library, with either secret; the id is the delivery's, from which nobody learns the subject's.
    for secret in (NEW, OLD):
        Webhook(secret).verify(received.body, dict(received.headers))
    assert len(id) == 32
    assert "ann" not in id


async def test_it_is_signed_anew_each_time_and_keeps_its_id(tls: ssl.SSLContext) -> None:
    async with back_end(answers(500), tls) as server, closing(a_post(None, server.url(HOST))) as post:
        for _ in range(2):
            assert await post.hand_over(PARCEL) == Refused("HTTP 500", is_final=False)

    assert [each.headers["webhook-id"] for each in server.received] == [PARCEL.id] * 2
    first = server.received[0]
    assert abs(int(first.headers["webhook-timestamp"]) - now().timestamp()) < 60
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(first.body, dict(first.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(first.body + b" ", dict(first.headers))


async def test_of_a_notice_that_is_gone_nothing_is_made_up(database: Database) -> None:
    await tell(database, [told("ann", Channel.SOFTWARE_PRODUCT, product="billing")])
    there = Delivery("ann", 2, NoticeKind.REVISION, Channel.SOFTWARE_PRODUCT, DeliveryState.PENDING, "billing")
    gone = Delivery("ann", 2, NoticeKind.WITHDRAWAL, Channel.SOFTWARE_PRODUCT, DeliveryState.PENDING, "billing")
    async with closing(a_post(database, "https://billing.example/")) as post:
        assert (await post.prepare([there, gone])).keys() == {there.id}


# ---- what an answer means --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_what_was_taken_is_sent(tls: ssl.SSLContext, status: int) -> None:
    async with (
        back_end(answers(status, body=b"" if status == 204 else b"ok"), tls) as server,
        closing(a_post(None, server.url(HOST))) as post,
    ):
        assert await post.hand_over(PARCEL) == Sent()


REFUSALS = {
    301: Refused("HTTP 301: a redirect is not followed; mend the webhook's address", is_final=False),
    307: Refused("HTTP 307: a redirect is not followed; mend the webhook's address", is_final=False),
    400: Refused("HTTP 400", is_final=False),
    403: Refused("HTTP 403", is_final=False),
    404: Refused("HTTP 404", is_final=False),
    408: Refused("HTTP 408", is_final=False),
    410: Refused("HTTP 410: the product takes no more notices", is_final=True),
    422: Refused("HTTP 422", is_final=False),
    500: Refused("HTTP 500", is_final=False),
    501: Refused("HTTP 501", is_final=False),
}


@pytest.mark.parametrize("status", REFUSALS)
async def test_what_was_refused_is_tried_again_unless_the_product_wants_none(tls: ssl.SSLContext, status: int) -> None:
    async with (
        back_end(answers(status, "Location: https://127.0.0.1:1/"), tls) as server,
        closing(a_post(None, server.url(HOST))) as post,
    ):
        assert await post.hand_over(PARCEL) == REFUSALS[status]
    # Nobody was led elsewhere, or asked twice.
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("status", "headers", "reason", "seconds"),
    [
        (401, [], "the product refuses the signature (HTTP 401): compare the secrets", 0.0),
        (429, ["Retry-After: 7"], "the product answers HTTP 429", 7.0),
        (503, ["Retry-After: 0"], "the product answers HTTP 503", 0.0),
        (503, [], "the product answers HTTP 503", 0.0),
        (502, ["retry-after:  120 "], "the product answers HTTP 502", 120.0),
        (504, ["Retry-After: soon"], "the product answers HTTP 504", 0.0),
        (504, ["Retry-After: -5"], "the product answers HTTP 504", 0.0),
        (504, ["Retry-After: Mon, 99 Jan 99999999999 00:00:00 GMT"], "the product answers HTTP 504", 0.0),
        (503, ["Retry-After: Wed, 01 Jan 2020 00:00:00 GMT"], "the product answers HTTP 503", 0.0),
    ],
)
async def test_a_product_that_has_enough_is_left_alone(
    tls: ssl.SSLContext, status: int, headers: list[str], reason: str, seconds: float
) -> None:
    async with back_end(answers(status, *headers), tls) as server, closing(a_post(None, server.url(HOST))) as post:
        with pytest.raises(ChannelAway) as away:
            await post.hand_over(PARCEL)

    assert (str(away.value), away.value.seconds) == (reason, seconds)


async def test_until_when_it_wants_to_be_left_alone_may_be_a_date(tls: ssl.SSLContext) -> None:
    until = now() + timedelta(hours=1)
    header = f"Retry-After: {until:%a, %d %b %Y %H:%M:%S} GMT"
    async with back_end(answers(503, header), tls) as server, closing(a_post(None, server.url(HOST))) as post:
        with pytest.raises(ChannelAway) as away:
            await post.hand_over(PARCEL)

    assert 3_500 < away.value.seconds <= 3_600


# ---- where nobody knows ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("behave", [breaks_off, never_answers, talks_nonsense])
async def test_a_request_without_an_answer_is_in_doubt(tls: ssl.SSLContext, behave: Behave) -> None:
    async with back_end(behave, tls) as server, closing(a_post(None, server.url(HOST), patience=HASTY)) as post:
        with pytest.raises((httpcore2.ReadTimeout, httpcore2.ReadError, httpcore2.RemoteProtocolError)):
            await post.hand_over(PARCEL)

    assert len(server.received) == 1


@pytest.mark.parametrize("behave", [never_ends, stalls])
async def test_an_answer_counts_from_its_first_line_on(tls: ssl.SSLContext, behave: Behave) -> None:
    patience = Patience(5.0, 30.0, 0.2)
    async with back_end(behave, tls) as server, closing(a_post(None, server.url(HOST), patience=patience)) as post:
        assert await post.hand_over(PARCEL) == Sent()
        # What was not read to its end is not read on.
        assert await post.hand_over(PARCEL) == Sent()

    assert [each.connection for each in server.received] == [1, 2]


async def test_of_an_answer_no_more_is_read_than_is_needed(tls: ssl.SSLContext) -> None:
    long = b"x" * (ANSWER_BYTES_AT_MOST * 4)
    async with back_end(answers(200, body=long), tls) as server, closing(a_post(None, server.url(HOST))) as post:
        assert await post.hand_over(PARCEL) == Sent()
        server.behave = answers(200, body=b"x" * 1_000)
        for _ in range(3):
            assert await post.hand_over(PARCEL) == Sent()

    # The first connection was cut, the next one used again.
    assert [each.connection for each in server.received] == [1, 2, 2, 2]


# ---- where it does not come to a request -----------------------------------------------------------------------------


async def test_a_product_that_takes_no_connection_was_sent_nothing() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        async with closing(a_post(None, f"https://{HOST}:{taken.getsockname()[1]}/")) as post:
            with pytest.raises(ChannelAway, match=r"^the product takes no connection$"):
                await post.hand_over(PARCEL)


async def test_one_that_takes_it_and_encrypts_nothing_in_time_was_sent_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        patience = Patience(connect_seconds=0.3)
        url = f"https://{HOST}:{silent.getsockname()[1]}/"
        async with closing(a_post(None, url, patience=patience)) as post:
            with pytest.raises(ChannelAway, match=r"^the product takes no connection in time$"):
                await post.hand_over(PARCEL)


async def test_a_name_that_nobody_knows_leads_nowhere() -> None:
    async def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async def slow(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        raise AssertionError

    async def nothing(host: str, port: int) -> list[str]:
        return []

    for resolve, reason in ((unknown, ""), (slow, " in time"), (nothing, "")):
        post = a_post(None, f"https://{HOST}/", resolve=resolve, patience=Patience(connect_seconds=0.2))
        async with closing(post):
            with pytest.raises(ChannelAway, match=rf"^the product takes no connection{reason}$"):
                await post.hand_over(PARCEL)


async def test_a_certificate_of_somebody_else_is_not_trusted(tmp_path: Path) -> None:
    cases = {
        "another authority": an_authority("Somebody else").serves(tmp_path, HOST),
        "another name": the_authority().serves(tmp_path, "other.example"),
        "the address instead of the name": the_authority().serves(tmp_path, "127.0.0.1"),
    }
    for case, context in cases.items():
        async with back_end(answers(200), context) as server, closing(a_post(None, server.url(HOST))) as post:
            with pytest.raises(ChannelAway, match=r"^its certificate is not to be trusted$"):
                await post.hand_over(PARCEL)
        assert server.received == [], case


async def test_the_certificate_of_an_address_will_do_for_that_address(tmp_path: Path) -> None:
    context = the_authority().serves(tmp_path, "127.0.0.1")
    async with back_end(answers(200), context) as server, closing(a_post(None, server.url("127.0.0.1"))) as post:
        assert await post.hand_over(PARCEL) == Sent()


async def test_plain_http_goes_to_this_machine() -> None:
    async with (
        back_end(answers(200), None) as server,
        closing(a_post(None, server.url("localhost", scheme="http"))) as post,
    ):
        assert await post.hand_over(PARCEL) == Sent()


# ---- where it goes ---------------------------------------------------------------------------------------------------


class Rebinding:
    """A name server that answers differently each time it is asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self._answers.pop(0)


async def test_no_request_goes_to_an_address_that_is_not_public(tls: ssl.SSLContext) -> None:
    async with back_end(answers(200), tls) as server:
        post = a_post(None, server.url(HOST), reach=Reach())
        async with closing(post):
            with pytest.raises(ChannelAway, match=r"not public: VITRINE_WEBHOOK_NETWORKS names those that may be$"):
                await post.hand_over(PARCEL)

    assert server.connections == 0


@pytest.mark.parametrize("addresses", [["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"], ["::1", "2a00::1"]])
async def test_a_name_that_leads_astray_among_others_is_not_followed(tls: ssl.SSLContext, addresses: list[str]) -> None:
    async with back_end(answers(200), tls) as server:
        post = a_post(None, server.url(HOST), reach=Reach(), resolve=Rebinding(addresses))
        async with closing(post):
            with pytest.raises(ChannelAway, match="not public"):
                await post.hand_over(PARCEL)

    assert server.connections == 0


async def test_what_is_judged_is_what_is_connected_to(tls: ssl.SSLContext) -> None:
    """A name that leads to a good place when it is judged, and to a bad one when it is asked for again."""
    names = Rebinding(["127.0.0.1"], ["127.0.0.2"])
    async with back_end(answers(200), tls) as good, back_end(answers(200), tls, "127.0.0.2") as bad:
        backend = Outbound(Reach.into(["127.0.0.1/32"]), names)
        stream = await backend.connect_tcp(HOST, good.port, timeout=5.0)
        assert stream.get_extra_info("server_addr") == ("127.0.0.1", good.port)
        await stream.aclose()
        assert names.asked == 1
        with pytest.raises(AddressRefused):
            await backend.connect_tcp(HOST, bad.port, timeout=5.0)

    assert bad.connections == 0


async def test_each_address_of_a_name_is_tried_in_turn(tls: ssl.SSLContext) -> None:
    names = Rebinding(["127.0.0.3", "127.0.0.2", "127.0.0.1"])
    async with back_end(answers(200), tls) as server, closing(a_post(None, server.url(HOST), resolve=names)) as post:
        assert await post.hand_over(PARCEL) == Sent()


async def test_settings_of_a_proxy_are_not_heeded(tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with back_end(answers(200), tls) as server, closing(a_post(None, server.url(HOST))) as post:
        assert await post.hand_over(PARCEL) == Sent()


# ---- with a sender ---------------------------------------------------------------------------------------------------

SOON = Pace(at_once=4, lease=timedelta(seconds=30), look_seconds=0.05, away_seconds=0.05)
AT_ONCE = BackOff(first=timedelta(milliseconds=10), longest=timedelta(milliseconds=10), attempts_at_most=3)


def a_sender(database: Database, post: WebhookPost, product: str, pace: Pace = SOON) -> Sender[Parcel]:
    words = (f"{product}-{number}" for number in range(100_000))
    return Sender(database, post, product=product, clock=now, new_id=lambda: next(words), pace=pace, back_off=AT_ONCE)


def due(subject: str, product: str) -> Told:
    return told(subject, Channel.SOFTWARE_PRODUCT, product=product, at=now() - timedelta(minutes=1))


def states(status: NotifyStatus) -> dict[str, int]:
    return {state.value: count for (_, state), count in status.counts.items()}


def subjects(server: BackEnd) -> list[str]:
    return sorted(json.loads(each.body)["data"]["subject"] for each in server.received)


async def test_a_product_is_told_of_its_own_people_and_no_more_at_once_than_it_can_take(
    database: Database, tls: ssl.SSLContext
) -> None:
    people = [f"p{number:02}" for number in range(30)]
    await tell(
        database,
        [due(each, product="billing" if each < "p20" else "websites") for each in people],
    )
    async with back_end(answers(200), tls) as server:
        await a_sender(database, a_post(database, server.url(HOST)), "billing").run(until_settled=lambda: True)

    assert subjects(server) == people[:20]
    assert server.most_under_way <= SOON.at_once
    assert server.connections <= SOON.at_once
    assert states(await load_notify_status(database, 2)) == {"SENT": 20, "PENDING": 10}


async def test_a_product_that_is_away_holds_up_no_other_and_costs_no_attempt(
    database: Database, tls: ssl.SSLContext
) -> None:
    people = [f"p{number:02}" for number in range(20)]
    await tell(
        database,
        [due(each, product="billing" if each < "p10" else "websites") for each in people],
    )
    back = asyncio.Event()
    ups = answers(200)

    async def away(received: Received, writer: asyncio.StreamWriter) -> None:
        await (ups if back.is_set() else answers(503))(received, writer)

    async with back_end(away, tls) as down, back_end(answers(200), tls) as up:
        waiting = a_sender(database, a_post(database, down.url(HOST)), "billing")
        going = a_sender(database, a_post(database, up.url(HOST)), "websites")
        running = asyncio.create_task(waiting.run(until_settled=lambda: True))
        await going.run(until_settled=lambda: True)
        assert subjects(up) == people[10:]
        assert waiting.lane == "SOFTWARE_PRODUCT/billing"
        assert going.away == ""
        back.set()
        await running

    assert states(await load_notify_status(database, 2)) == {"SENT": 20}


async def test_while_a_product_is_away_it_is_tried_with_one_delivery_at_a_time(
    database: Database, tls: ssl.SSLContext
) -> None:
    await tell(database, [due(f"p{number:03}", product="billing") for number in range(100)])
    tried = asyncio.Event()

    async def away(received: Received, writer: asyncio.StreamWriter) -> None:
        await answers(503)(received, writer)
        if len(server.received) >= SOON.at_once + 5:
            tried.set()

    async with back_end(away, tls) as server:
        sender = a_sender(database, a_post(database, server.url(HOST)), "billing")
        running = asyncio.create_task(sender.run())
        await tried.wait()
        assert sender.away == "the product answers HTTP 503"
        sender.stop()
        await running

    # Not one of the hundred has lost an attempt by it, or moved to another state.
    assert len(server.received) < 20
    assert states(await load_notify_status(database, 2)) == {"PENDING": 100}
    assert (await load_notify_status(database, 2)).failures == ()


async def test_what_is_in_doubt_is_not_sent_again_and_holds_the_others_back(
    database: Database, tls: ssl.SSLContext
) -> None:
    await tell(database, [due(f"p{number:02}", product="billing") for number in range(20)])
    broken = 0

    async def breaks_twice(received: Received, writer: asyncio.StreamWriter) -> None:
        nonlocal broken
        broken += 1
        await (breaks_off if broken <= 2 else answers(200))(received, writer)

    pace = Pace(at_once=1, lease=timedelta(milliseconds=1500), look_seconds=0.05, away_seconds=0.05)
    async with back_end(breaks_twice, tls) as server:
        sender = a_sender(database, a_post(database, server.url(HOST), at_once=1), "billing", pace)
        await sender.run(until_settled=lambda: True)

    # Two were in doubt, and then all others went.
    assert len(subjects(server)) == len(set(subjects(server))) == 20
    assert states(await load_notify_status(database, 2)) == {"SENT": 18, "UNKNOWN": 2}
    assert await Queue(database, Channel.SOFTWARE_PRODUCT, "billing").is_empty()
