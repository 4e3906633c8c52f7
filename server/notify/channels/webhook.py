"""Webhooks, by Standard Webhooks 1.0: signed, one request a delivery, to one product.

What an answer means is the contract of docs/products.md: 2xx is taken, anything else is not, and is sent again with the
same `webhook-id`. Where no answer came at all nobody knows, and nothing is guessed: the delivery is then in doubt.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpcore2
import orjson
from standardwebhooks import Webhook

from graph.deliveries import BackOff, Outcome, Refused, Sent
from graph.errors import InvalidSettings
from graph.model import Channel
from graph.notices import Delivery, public_id
from server.notify.items import Items
from server.notify.networks import LOOPBACK, Reach
from server.notify.outbound import AddressRefused, Outbound
from server.notify.post import ChannelAway
from server.notify.products import Product, Products
from server.notify.sender import Pace
from server.settings import Settings

ANSWER_BYTES_AT_MOST = 65_536
#: An idle connection is closed by many servers after a few seconds: one that is used again just then would leave a
#: delivery in doubt.
KEEP_ALIVE_SECONDS = 1.0

#: What says nothing of one delivery: the product is away, or has enough for now.
_AWAY = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds a product may take, to take a connection and then to answer; and how many more are spent on the
    rest of an answer that has begun. Together less than a lease."""

    connect_seconds: float = 5.0
    answer_seconds: float = 20.0
    rest_seconds: float = 1.0

    @property
    def seconds(self) -> float:
        """For the name, the connection, its encryption, and the answer."""
        return 3 * self.connect_seconds + self.answer_seconds


PATIENCE = Patience()
#: Of a sender to one product. One that takes requests and never answers leaves a delivery in doubt at each trial, so
#: these become rare.
PRODUCT_PACE = Pace(at_once=8, away_seconds=600.0)
#: Two to three days, as Standard Webhooks has it: a product team may need a weekend to mend what refuses.
PRODUCT_BACK_OFF = BackOff(attempts_at_most=20)


@dataclass(frozen=True, slots=True)
class Parcel:
    """`id`: the same however often it is sent."""

    id: str
    body: str


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    retry_after: str


def webhook_posts(
    settings: Settings, products: Products, items: Items, *, clock: Callable[[], datetime]
) -> dict[str, WebhookPost]:
    """The way to each product that is sent to, by its service. Each wants a sender of its own, at `PRODUCT_PACE` and
    with `PRODUCT_BACK_OFF`.

    Raises InvalidSettings.
    """
    networks = (*settings.webhook_networks, *(LOOPBACK if settings.is_development else ()))
    outbound = Outbound(Reach.into(networks))
    try:
        tls = ssl.create_default_context(cafile=settings.webhook_ca_file)
    except ssl.SSLError as error:
        raise InvalidSettings(f"VITRINE_WEBHOOK_CA_FILE: {settings.webhook_ca_file} is no PEM file") from error
    return {
        service: WebhookPost(product, items, backend=outbound, tls=tls, clock=clock, at_once=PRODUCT_PACE.at_once)
        for service, product in products.items()
        if product.webhook is not None
    }


class WebhookPost:
    """The way to one product. `at_once`: how many requests it gets at a time."""

    channel = Channel.SOFTWARE_PRODUCT

    def __init__(
        self,
        product: Product,
        items: Items,
        *,
        backend: httpcore2.AsyncNetworkBackend,
        tls: ssl.SSLContext,
        clock: Callable[[], datetime],
        at_once: int,
        patience: Patience = PATIENCE,
    ) -> None:
        """`backend`: what makes the connections: see `Outbound`. `tls`: whose certificates are trusted."""
        assert product.webhook is not None, "who fetches is sent nothing"
        self._url = product.webhook
        self._host = urlsplit(product.webhook).netloc
        self._signers = [Webhook(secret) for secret in product.secrets]
        self._items = items
        self._clock = clock
        self._patience = patience
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=at_once,
            keepalive_expiry=KEEP_ALIVE_SECONDS,
            network_backend=backend,
        )

    async def prepare(self, deliveries: Sequence[Delivery]) -> Mapping[str, Parcel | Refused]:
        items = await self._items.of(deliveries)
        return {id: Parcel(public_id(id), orjson.dumps(item).decode()) for id, item in items.items()}

    async def wait(self, parcel: Parcel) -> None:
        """A product limits the rate by its answers, and by how many requests it gets at once."""

    async def hand_over(self, parcel: Parcel) -> Outcome:
        answer: _Answer | None = None
        is_begun = False

        async def trace(event: str, info: Mapping[str, Any]) -> None:
            nonlocal is_begun
            is_begun = is_begun or event == "http11.send_request_headers.started"

        patience = self._patience
        timeouts = {"connect": patience.connect_seconds, "read": patience.answer_seconds}
        try:
            async with (
                asyncio.timeout(patience.seconds) as limit,
                self._pool.stream(
                    "POST",
                    self._url,
                    headers=self._headers(parcel),
                    content=parcel.body.encode(),
                    extensions={"timeout": timeouts, "trace": trace},
                ) as response,
            ):
                answer = _answer_of(response)
                limit.reschedule(asyncio.get_running_loop().time() + patience.rest_seconds)
                await _drop(response)
        except Exception as error:
            # What comes after the head of an answer says no more.
            if answer is None:
                if is_begun:
                    raise
                raise ChannelAway(_why(error)) from error
        assert answer is not None
        return self._outcome(answer)

    async def close(self) -> None:
        await self._pool.aclose()

    def _headers(self, parcel: Parcel) -> Mapping[bytes | str, bytes | str]:
        now = self._clock()
        return {
            "Host": self._host,
            "Content-Type": "application/json",
            "User-Agent": "Vitrine",
            "Accept": "*/*",
            "webhook-id": parcel.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signer.sign(parcel.id, now, parcel.body) for signer in self._signers),
        }

    def _outcome(self, answer: _Answer) -> Outcome:
        """Raises ChannelAway."""
        status = answer.status
        if 200 <= status < 300:
            return Sent()
        if status in _AWAY:
            raise ChannelAway(f"the product answers HTTP {status}", _seconds(answer.retry_after, self._clock()))
        match status:
            case HTTPStatus.UNAUTHORIZED:
                raise ChannelAway("the product refuses the signature (HTTP 401): compare the secrets")
            case HTTPStatus.GONE:
                return Refused("HTTP 410: the product takes no more notices", is_final=True)
            case _ if 300 <= status < 400:
                return Refused(f"HTTP {status}: a redirect is not followed; mend the webhook's address", is_final=False)
            case _:
                return Refused(f"HTTP {status}", is_final=False)


def _answer_of(response: httpcore2.Response) -> _Answer:
    headers = {name.lower(): value for name, value in response.headers}
    return _Answer(response.status, headers.get(b"retry-after", b"").decode("latin-1"))


async def _drop(response: httpcore2.Response) -> None:
    """Reads the rest of an answer, which says nothing to us, so that its connection can be used again; one that goes on
    too long is cut off."""
    size = 0
    async with contextlib.aclosing(response.aiter_stream()) as chunks:
        async for chunk in chunks:
            size += len(chunk)
            if size > ANSWER_BYTES_AT_MOST:
                return


def _seconds(retry_after: str, now: datetime) -> float:
    """What `Retry-After` asks for, in seconds; 0 where it says nothing that can be read."""
    text = retry_after.strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0.0
    return max((until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds(), 0.0)


def _why(error: Exception) -> str:
    """Why nothing was handed over, in words for staff: nothing of the network's own texts, which name addresses."""
    cause = error.__cause__ or error.__context__
    match error:
        case AddressRefused():
            return "its name leads to an address that is not public: VITRINE_WEBHOOK_NETWORKS names those that may be"
        case _ if isinstance(cause, ssl.SSLError) or isinstance(error, ssl.SSLError):
            return "its certificate is not to be trusted"
        case httpcore2.ConnectTimeout() | httpcore2.PoolTimeout() | TimeoutError():
            return "the product takes no connection in time"
        case _:
            return "the product takes no connection"
