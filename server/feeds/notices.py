"""`GET /feed/notices`: the notices of one product, for its back end to fetch."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from graph.errors import InvalidInput
from graph.store.database import Database
from graph.store.feed import START, FeedPlace, acknowledge, find_written_at, take_feed_page
from graph.store.times import to_text
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
        sent_to: Collection[str],
        admission: Admission,
        request_seconds: float,
    ) -> None:
        """`sent_to`: the products that are sent to: what waits for any other waits to be fetched."""
        self._requests = requests
        self._database = database
        self._items = items
        self._clock = clock
        self._sent_to = sent_to
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
        cursor = given.get("after")
        async with self._admission:
            return await self._page(product, cursor, limit)

    async def _page(self, product: str, cursor: str | None, limit: int) -> Response:
        after = START if cursor is None else await self._place(product, cursor)
        if after != START:
            await acknowledge(self._database, product, after, at=self._clock())
        is_fetched = product not in self._sent_to
        page = await take_feed_page(self._database, product, after, limit, is_fetched=is_fetched)
        items = await self._items.of(page.deliveries) if page.deliveries else {}
        body = {
            "items": [items[delivery.id] for delivery in page.deliveries if delivery.id in items],
            "next": cursor if page.end == after else await self._cursor(product, page.end),
            "more": not page.is_last,
        }
        return Response(orjson.dumps(body), media_type=JSON)

    async def _cursor(self, product: str, place: FeedPlace) -> str:
        written_at = await find_written_at(self._database, product, place)
        assert written_at is not None, "it has just been read there"
        return write_cursor(_kind(product), (place.page, place.id, to_text(written_at)))

    async def _place(self, product: str, cursor: str) -> FeedPlace:
        """Raises InvalidInput, also for a cursor of another graph: whatever it skips here was never read."""
        try:
            match read_cursor(_kind(product), cursor):
                case (int(page), str(id), str(written)) if page > 0 and id:
                    place = FeedPlace(page, id)
                    written_at = await find_written_at(self._database, product, place)
                    if written_at is not None and to_text(written_at) == written:
                        return place
        except InvalidInput:
            pass
        raise InvalidInput(_NO_CURSOR)


def _kind(product: str) -> str:
    return f"notices for {product}"
