"""`GET /policy` and `GET /policy/N`: the text that notices and feeds link to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from starlette.responses import Response

from graph.data_map import DataMap
from graph.errors import InvalidInput, quoted
from graph.model import Revision
from graph.store.data_maps import DataMaps
from server.endpoint import Exchange
from server.feeds.conditional import require_reading
from server.feeds.parameters import read_parameters, revision_number
from server.pages.frame import frame_values
from server.pages.library import Library, Press
from server.pages.policy_text import policy_text
from server.pages.shelf import Shelf, is_published
from server.pages.shown import Shown
from server.pages.writing import Pages

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PolicyPages(Shown):
    """The policy in force, that of a revision, or, by `?on=2019-01-01`, the way to the one in force on a day."""

    library: Library
    press: Press
    data_maps: DataMaps

    async def _answer(self, exchange: Exchange) -> Response:
        request = exchange.request
        require_reading(request)
        given = read_parameters(request.scope["query_string"], () if "number" in request.path_params else ("on",))
        now = self.data_maps.clock()
        async with self.admission:
            shelf = await self.library.load_shelf(now)
            if "on" in given:
                found = await self.library.load_number_in_force(shelf, _end_of(given["on"], now))
                return Response(None, 303, {"Location": f"{self.pages.base}/policy/{found}"})
            revision = await self._revision(exchange, shelf, now)

        async def prepare() -> Callable[[], bytes]:
            async with self.admission:
                data_map = await self.data_maps.load(revision.number)
            return lambda: policy_page(self.pages, data_map, revision, shelf)

        page = await self.press.make((revision.number, shelf) if is_published(revision) else None, prepare)
        return self.pages.answer(request, page, shelf.modified_at if is_published(revision) else None)

    async def _revision(self, exchange: Exchange, shelf: Shelf, now: datetime) -> Revision:
        given = exchange.request.path_params.get("number")
        in_force = self.library.load_number_in_force
        number = await in_force(shelf, now) if given is None else revision_number(given)
        return await self.library.load(number, shelf, exchange.viewer)


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
