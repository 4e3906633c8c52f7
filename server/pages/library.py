"""Which revisions there are to read, and the pages of them that were written already."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime

from graph.errors import NoRevisionInForce, NotFound
from graph.model import Revision, RevisionState
from graph.store.database import Database
from graph.store.reach import find_base
from graph.store.revisions import list_revisions, load_number_in_force, load_revision
from server.gate.refusals import Refusal, RefusalCode
from server.pages.shelf import REVISIONS_AT_MOST, Shelf, is_published
from server.viewer import Viewer

#: Of pages that are kept: what has not been asked for the longest goes first.
PAGE_BYTES_AT_MOST = 32_000_000

_PUBLISHED = frozenset({RevisionState.PUBLISHED})


class Library:
    """Of drafts, and of what was withdrawn, nobody but staff is told that they are there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load_shelf(self, at: datetime) -> Shelf:
        """What is published now, and what of it is in force at a time."""
        found = await list_revisions(self._database, states=_PUBLISHED, limit=REVISIONS_AT_MOST + 1)
        shelf = Shelf(tuple(found[:REVISIONS_AT_MOST]), len(found) > REVISIONS_AT_MOST, 0)
        try:
            return shelf.with_in_force(await self.load_number_in_force(shelf, at))
        except NoRevisionInForce:
            return shelf

    async def load_number_in_force(self, shelf: Shelf, at: datetime) -> int:
        """Raises NoRevisionInForce."""
        return shelf.in_force_at(at) or await load_number_in_force(self._database, at)

    async def load(self, number: int, shelf: Shelf, viewer: Viewer) -> Revision:
        """Raises Refusal NO_SUCH_ADDRESS, IssuerUnavailable."""
        revision = shelf.find(number) or await self._find(number)
        if revision is not None and (is_published(revision) or viewer.is_staff):
            return revision
        viewer.require_told()  # whether there is one or not: a draft is not given away
        raise Refusal(RefusalCode.NO_SUCH_ADDRESS, "No policy was published under this number: /policy is in force")

    async def find_before(self, revision: Revision, shelf: Shelf, viewer: Viewer) -> Revision | None:
        """The one that its changes are told against. None for the first."""
        base = await find_base(self._database, revision)
        return None if base is None else await self.load(base, shelf, viewer)

    async def _find(self, number: int) -> Revision | None:
        try:
            return await load_revision(self._database, number)
        except NotFound:
            return None


class Press:
    """Writes one page at a time, for a long text takes seconds, and keeps `PAGE_BYTES_AT_MOST` of those it wrote: also
    one for which nobody waits any more, so that it is there for who asks again."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, bytes] = OrderedDict()
        self._bytes = 0
        self._turn = asyncio.Lock()
        self._writing: asyncio.Task[bytes] | None = None

    async def page(self, key: Hashable | None, prepare: Callable[[], Awaitable[Callable[[], bytes]]]) -> bytes:
        """The page that is kept under a key, which says all that it depends on; or else what `prepare` leads to: it
        runs here, and what it returns in a thread. `key`: None for what is not to be kept."""
        page = self._find(key)
        if page is None:
            async with self._turn:
                if self._writing is not None:
                    # Whoever had the turn may be gone: what they began cannot be stopped, and nothing runs beside it.
                    await asyncio.wait([self._writing])
                # Many may ask for it at once.
                page = self._find(key)
                if page is None:
                    self._writing = asyncio.create_task(self._write(key, await prepare()))
                    page = await asyncio.shield(self._writing)
        return page

    async def _write(self, key: Hashable | None, write: Callable[[], bytes]) -> bytes:
        page = await asyncio.to_thread(write)
        self._keep(key, page)
        return page

    def _find(self, key: Hashable | None) -> bytes | None:
        page = self._pages.get(key)
        if page is not None:
            self._pages.move_to_end(key)
        return page

    def _keep(self, key: Hashable | None, page: bytes) -> None:
        if key is None:
            return
        self._pages[key] = page
        self._bytes += len(page)
        while self._bytes > PAGE_BYTES_AT_MOST:
            _, oldest = self._pages.popitem(last=False)
            self._bytes -= len(oldest)
