"""Which revisions there are to read, and the pages of them that were written already."""

from __future__ import annotations

from datetime import datetime

from graph.errors import NoRevisionInForce, NotFound
from graph.model import Revision, RevisionState
from graph.store.database import Database
from graph.store.reach import find_base
from graph.store.revisions import list_revisions, load_number_in_force, load_revision
from server.gate.refusals import Refusal, RefusalCode
from server.pages.shelf import REVISIONS_AT_MOST, Shelf, is_published
from server.viewer import Viewer
from server.workshop import Workshop

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


class Press(Workshop[bytes]):
    """Writes pages, of which one with a long text takes seconds, and keeps `PAGE_BYTES_AT_MOST` of them."""

    def __init__(self) -> None:
        super().__init__(PAGE_BYTES_AT_MOST, len)
