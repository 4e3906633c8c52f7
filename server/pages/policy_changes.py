"""`GET /policy/N/changes`: what a revision says otherwise than the one before it, or than another."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from graph.data_map import DataMap
from graph.model import Revision
from graph.store.comparisons import Comparison, Comparisons
from graph.store.data_maps import DataMaps
from graph.store.revisions import HIGHEST_NUMBER
from server.endpoint import Exchange, Requests
from server.feeds.conditional import require_reading
from server.feeds.parameters import read_number, read_parameters, revision_number
from server.gate.admission import Admission
from server.pages.changes_told import changes_told
from server.pages.differences import STRETCHES_AT_MOST, text_differences
from server.pages.frame import frame_values
from server.pages.library import Library, Press
from server.pages.shelf import Shelf, is_published
from server.pages.writing import Pages
from server.sign_in.sessions import Takes


class PolicyChanges:
    def __init__(
        self,
        requests: Requests,
        pages: Pages,
        library: Library,
        press: Press,
        data_maps: DataMaps,
        comparisons: Comparisons,
        *,
        admission: Admission,
        request_seconds: float,
    ) -> None:
        self._requests = requests
        self._pages = pages
        self._library = library
        self._press = press
        self._data_maps = data_maps
        self._comparisons = comparisons
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
        given = read_parameters(request.scope["query_string"], ("from",))
        async with self._admission:
            shelf = await self._library.load_shelf(self._data_maps.clock())
            new = await self._library.load(revision_number(request.path_params["number"]), shelf, exchange.viewer)
            if "from" in given:
                number = read_number(given, "from", 0, HIGHEST_NUMBER)
                old: Revision | None = await self._library.load(number, shelf, exchange.viewer)
            else:
                old = await self._library.find_before(new, shelf, exchange.viewer)
        is_public = all(map(is_published, filter(None, (old, new))))

        async def prepare() -> Callable[[], bytes]:
            async with self._admission:
                after = await self._data_maps.load(new.number)
                compared = None
                if old is not None:
                    compared = await self._comparisons.of(await self._data_maps.load(old.number), after)
            return lambda: changes_page(self._pages, after, new, shelf, old, compared)

        # Outside of the admission: whoever waits for their turn there takes no room from what runs.
        page = await self._press.page((new.number, old and old.number, shelf) if is_public else None, prepare)
        return self._pages.answer(request, page, shelf.modified_at if is_public else None)


def changes_page(
    pages: Pages, data_map: DataMap, revision: Revision, shelf: Shelf, old: Revision | None, compared: Comparison | None
) -> bytes:
    """`old`, `compared`: None for the first revision, of which there is nothing to tell."""
    return pages.write(
        "changes.html",
        **frame_values(data_map, revision, shelf, pages.links),
        old=old,
        others=[each for each in shelf.revisions if each.number != revision.number],
        by_impact=changes_told(compared) if compared else (),
        text=text_differences(compared) if compared and compared.changes else None,
        stretches_at_most=STRETCHES_AT_MOST,
    )
