"""`GET /policy/N/changes`: what a revision says otherwise than the one before it, or than another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from graph.data_map import DataMap
from graph.model import Revision
from graph.store.comparisons import Comparison, Comparisons
from graph.store.data_maps import DataMaps
from graph.store.revisions import HIGHEST_NUMBER
from server.endpoint import Exchange
from server.feeds.conditional import require_reading
from server.feeds.parameters import read_number, read_parameters, revision_number
from server.pages.changes_told import changes_told
from server.pages.differences import STRETCHES_AT_MOST, text_differences
from server.pages.frame import frame_values
from server.pages.library import Library, Press
from server.pages.shelf import Shelf, is_published
from server.pages.shown import Shown
from server.pages.writing import Pages


@dataclass(frozen=True, slots=True)
class PolicyChanges(Shown):
    library: Library
    press: Press
    data_maps: DataMaps
    comparisons: Comparisons

    async def _answer(self, exchange: Exchange) -> Response:
        request = exchange.request
        require_reading(request)
        given = read_parameters(request.scope["query_string"], ("from",))
        async with self.admission:
            shelf = await self.library.load_shelf(self.data_maps.clock())
            new = await self.library.load(revision_number(request.path_params["number"]), shelf, exchange.viewer)
            if "from" in given:
                number = read_number(given, "from", 0, HIGHEST_NUMBER)
                old: Revision | None = await self.library.load(number, shelf, exchange.viewer)
            else:
                old = await self.library.find_before(new, shelf, exchange.viewer)
        is_public = all(map(is_published, filter(None, (old, new))))

        async def prepare() -> Callable[[], bytes]:
            async with self.admission:
                after = await self.data_maps.load(new.number)
                compared = None
                if old is not None:
                    compared = await self.comparisons.of(await self.data_maps.load(old.number), after)
            return lambda: changes_page(self.pages, after, new, shelf, old, compared)

        page = await self.press.make((new.number, old and old.number, shelf) if is_public else None, prepare)
        return self.pages.answer(request, page, shelf.modified_at if is_public else None)


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
