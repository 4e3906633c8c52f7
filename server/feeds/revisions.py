"""`GET /feed/revisions.atom`: what was published, for everybody."""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from graph.errors import NotFound
from graph.model import Revision, RevisionState
from graph.store.database import Database
from graph.store.feed import load_controller_name
from graph.store.revisions import HIGHEST_NUMBER, list_revisions, load_revision
from server.endpoint import Exchange, Requests
from server.feeds.atom import MEDIA_TYPE, RevisionsPage, atom_document
from server.feeds.conditional import conditional_response, require_reading
from server.feeds.parameters import read_number, read_parameters
from server.gate.admission import Admission

ENTRIES_AT_MOST = 50
_PUBLISHED = frozenset({RevisionState.PUBLISHED})
_NOBODY = "This company"


class RevisionsFeed:
    """The published revisions, also those that are to come, the newest first; a page holds `ENTRIES_AT_MOST`, and links
    to the next. One that is withdrawn is no longer among them: nobody is shown that it was there."""

    def __init__(
        self, requests: Requests, database: Database, links: str, *, admission: Admission, request_seconds: float
    ) -> None:
        """`links`: what links begin with."""
        self._requests = requests
        self._database = database
        self._links = links
        self._admission = admission
        self._request_seconds = request_seconds
        # What never changes is asked for once.
        self._first: Revision | None = None
        self._authors: dict[int, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._requests.answer(scope, receive, send, self._answer, seconds=self._request_seconds)

    async def _answer(self, exchange: Exchange) -> Response:
        request = exchange.request
        require_reading(request)
        given = read_parameters(request.scope["query_string"], ("before",))
        before = read_number(given, "before", HIGHEST_NUMBER, HIGHEST_NUMBER)
        async with self._admission:
            page = await self._page(before if given else None)
        return conditional_response(request, atom_document(page), MEDIA_TYPE, page.updated_at)

    async def _page(self, before: int | None) -> RevisionsPage:
        found = await list_revisions(
            self._database, states=_PUBLISHED, limit=ENTRIES_AT_MOST + 1, before=before or HIGHEST_NUMBER
        )
        author = await self._author_of(found[0].number) if found else _NOBODY
        if self._first is None:
            self._first = await self._find_first()
        return RevisionsPage(
            found[:ENTRIES_AT_MOST], self._first, author, self._links, before, len(found) > ENTRIES_AT_MOST
        )

    async def _author_of(self, number: int) -> str:
        if number not in self._authors:
            # Of the one revision that most ask for: the newest.
            self._authors = {number: await load_controller_name(self._database, number)}
        return self._authors[number]

    async def _find_first(self) -> Revision | None:
        try:
            return await load_revision(self._database, 1)
        except NotFound:
            return None
