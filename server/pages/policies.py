"""`GET /policy` and `GET /policy/N`: the text that notices and feeds link to."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from graph.data_map import DataMap
from graph.errors import InvalidInput, quoted
from graph.model import Revision
from graph.store.data_maps import DataMaps
from server.endpoint import Exchange, Requests
from server.feeds.conditional import require_reading
from server.feeds.parameters import read_parameters, revision_number
from server.gate.admission import Admission
from server.pages.frame import frame_values
from server.pages.library import Library, Press
from server.pages.policy_text import policy_text
from server.pages.shelf import Shelf, is_published
from server.pages.writing import Pages
from server.sign_in.sessions import Takes

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class PolicyPages:
    """The policy in force, that of a revision, or, by `?on=2019-01-01`, the way to the one in force on a day."""

    def __init__(
        self,
        requests: Requests,
        pages: Pages,
        library: Library,
        press: Press,
        data_maps: DataMaps,
        *,
        admission: Admission,
        request_seconds: float,
    ) -> None:
        self._requests = requests
        self._pages = pages
        self._library = library
        self._press = press
        self._data_maps = data_maps
        self._admission = admission
        self._request_seconds = request_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._requests.answer(
            scope,
            receive,
            send,
            self._answer,
            seconds=self._request_seconds,
            sessions=Takes.TO_SHOW,
            errors_as=self._pages.errors_as,
        )

    async def _answer(self, exchange: Exchange) -> Response:
        request = exchange.request
        require_reading(request)
        given = read_parameters(request.scope["query_string"], () if "number" in request.path_params else ("on",))
        now = self._data_maps.clock()
        async with self._admission:
            shelf = await self._library.load_shelf(now)
            if "on" in given:
                found = await self._library.load_number_in_force(shelf, _end_of(given["on"], now))
                return Response(None, 303, {"Location": f"{self._pages.base}/policy/{found}"})
            revision = await self._revision(exchange, shelf, now)

        async def prepare() -> Callable[[], bytes]:
            async with self._admission:
                data_map = await self._data_maps.load(revision.number)
            return lambda: policy_page(self._pages, data_map, revision, shelf)

        # Outside of the admission: whoever waits for their turn there takes no room from what runs.
        page = await self._press.page((revision.number, shelf) if is_published(revision) else None, prepare)
        return self._pages.answer(request, page, shelf.modified_at if is_published(revision) else None)

    async def _revision(self, exchange: Exchange, shelf: Shelf, now: datetime) -> Revision:
        given = exchange.request.path_params.get("number")
        in_force = self._library.load_number_in_force
        number = await in_force(shelf, now) if given is None else revision_number(given)
        return await self._library.load(number, shelf, exchange.viewer)


def policy_page(pages: Pages, data_map: DataMap, revision: Revision, shelf: Shelf) -> bytes:
    text = policy_text(data_map, f"{pages.base}/policy/{revision.number}")
    newer = shelf.find_next(revision.number)
    return pages.write(
        "policy.html",
        **frame_values(data_map, revision, shelf, pages.links),
        text=text,
        before=shelf.find_before(revision.number) or shelf.has_older,
        to_come=newer if revision.number == shelf.in_force else None,
    )


def _end_of(day: str, now: datetime) -> datetime:
    """The last moment of a day in UTC, of today the present one. Raises InvalidInput."""
    try:
        found = date.fromisoformat(day) if _DAY.fullmatch(day) else None
    except ValueError:
        found = None
    if found is None:
        raise InvalidInput(f"`on` is {quoted(day)}: give a day, such as 2019-01-01")
    return now if found == now.date() else datetime.combine(found, time.max, UTC)
