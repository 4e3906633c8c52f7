"""`GET /feed/notices`: the notices of one product, for its back end to fetch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from graph.errors import InvalidInput
from graph.store.database import Database
from graph.store.feed import START, FeedPlace, acknowledge, is_written, take_feed_page
from server.endpoint import Exchange, Requests
from server.feeds.parameters import read_number, read_parameters
from server.gate.admission import Admission
from server.gate.media_types import JSON
from server.gate.refusals import method_not_allowed
from server.notify.items import Items
from server.schema.ids import read_cursor, write_cursor

ITEMS_DEFAULT = 50
ITEMS_AT_MOST = 200

_NO_CURSOR = "This is not a cursor of your feed: give a `next` that it returned, or none to begin at its beginning"


class NoticesFeed:
    """Answers with `{"items", "next", "more"}`: the oldest items after the cursor `after`, at most `limit`; the cursor
    of what comes after them, null while there was never anything; and whether something does come now.

    To ask with a cursor is to say that everything up to it was read. The same cursor leads to the same items, ever.
    """

    def __init__(
        self,
        requests: Requests,
        database: Database,
        items: Items,
        clock: Callable[[], datetime],
        *,
        admission: Admission,
        request_seconds: float,
    ) -> None:
        self._requests = requests
        self._database = database
        self._items = items
        self._clock = clock
        self._admission = admission
        self._request_seconds = request_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._requests.answer(scope, receive, send, self._answer, seconds=self._request_seconds)

    async def _answer(self, exchange: Exchange) -> Response:
        # Not by HEAD: whoever asks with a cursor says something.
        if exchange.request.method != "GET":
            raise method_not_allowed("GET", "Read the feed by GET")
        product = exchange.viewer.require_service()
        given = read_parameters(exchange.request.scope["query_string"], ("after", "limit"))
        limit = read_number(given, "limit", ITEMS_DEFAULT, ITEMS_AT_MOST)
        after = _read_place(product, given["after"]) if "after" in given else START
        async with self._admission:
            return await self._page(product, after, limit)

    async def _page(self, product: str, after: FeedPlace, limit: int) -> Response:
        if after != START:
            # One of a later page than there is comes from another graph, such as the one before a restore.
            if not await is_written(self._database, after):
                raise InvalidInput(_NO_CURSOR)
            await acknowledge(self._database, product, after, at=self._clock())
        page = await take_feed_page(self._database, product, after, limit)
        items = await self._items.of(page.deliveries) if page.deliveries else {}
        body = {
            "items": [items[delivery.id] for delivery in page.deliveries],
            "next": None if page.end == START else _write_place(product, page.end),
            "more": not page.is_last,
        }
        return Response(orjson.dumps(body), media_type=JSON)


def _write_place(product: str, place: FeedPlace) -> str:
    return write_cursor(_kind(product), (place.page, place.id))


def _read_place(product: str, cursor: str) -> FeedPlace:
    """Raises InvalidInput."""
    try:
        match read_cursor(_kind(product), cursor):
            case (int(page), str(id)) if page > 0 and id:
                return FeedPlace(page, id)
    except InvalidInput:
        pass
    raise InvalidInput(_NO_CURSOR)


def _kind(product: str) -> str:
    return f"notices for {product}"
