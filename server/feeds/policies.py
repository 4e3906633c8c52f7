"""`GET /policy` and `GET /policy/N`: the text that notices and feeds link to, readable without anything else."""

from __future__ import annotations

import asyncio
import html
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from graph.data_map import DataMap
from graph.errors import NotFound
from graph.model import Revision, RevisionState
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from graph.store.revisions import HIGHEST_NUMBER, load_number_in_force, load_revision
from server.endpoint import Exchange, Requests
from server.feeds.atom import MEDIA_TYPE, PATH
from server.feeds.conditional import conditional_response, require_reading
from server.feeds.parameters import read_parameters
from server.gate.admission import Admission
from server.gate.refusals import Refusal, RefusalCode
from server.policy_html import policy_html

PAGES_KEPT = 8


class PolicyPages:
    """The policy in force, or that of a published revision. Of drafts, and of what was withdrawn, nobody is told that
    they are there."""

    def __init__(
        self,
        requests: Requests,
        database: Database,
        data_maps: DataMaps,
        clock: Callable[[], datetime],
        *,
        admission: Admission,
        request_seconds: float,
    ) -> None:
        self._requests = requests
        self._database = database
        self._data_maps = data_maps
        self._clock = clock
        self._admission = admission
        self._request_seconds = request_seconds
        # Published text never changes; whether it still is published is asked each time.
        self._pages: OrderedDict[int, bytes] = OrderedDict()
        self._rendering = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._requests.answer(scope, receive, send, self._answer, seconds=self._request_seconds)

    async def _answer(self, exchange: Exchange) -> Response:
        request = exchange.request
        require_reading(request)
        read_parameters(request.scope["query_string"], ())
        async with self._admission:
            given = request.path_params.get("number")
            revision = await self._find(given)
            content = await self._page(revision.number)
        published_at, effective_at = revision.published_at, revision.effective_at
        assert published_at is not None
        assert effective_at is not None
        # What is in force changes when a revision comes into force, however long ago that was published.
        modified_at = max(published_at, effective_at) if given is None else published_at
        return conditional_response(request, content, "text/html", modified_at)

    async def _find(self, given: str | None) -> Revision:
        """Raises Refusal NO_SUCH_ADDRESS, NoRevisionInForce."""
        if given is None:
            return await load_revision(self._database, await load_number_in_force(self._database, self._clock()))
        if given.isascii() and given.isdecimal() and len(given) <= len(str(HIGHEST_NUMBER)):
            try:
                revision = await load_revision(self._database, int(given))
            except NotFound:
                pass
            else:
                if revision.state is RevisionState.PUBLISHED:
                    return revision
        raise Refusal(RefusalCode.NO_SUCH_ADDRESS, "No policy was published under this number: /policy is in force")

    async def _page(self, number: int) -> bytes:
        page = self._pages.get(number)
        if page is None:
            # One at a time: a long text takes seconds, and many may ask for it at once.
            async with self._rendering:
                page = self._pages.get(number) or await self._render(number)
        return page

    async def _render(self, number: int) -> bytes:
        data_map = await self._data_maps.load(number)
        page = await asyncio.to_thread(_rendered, data_map)
        self._pages[number] = page
        if len(self._pages) > PAGES_KEPT:
            self._pages.popitem(last=False)
        return page


def _rendered(data_map: DataMap) -> bytes:
    revision, name = data_map.revision, html.escape(data_map.elements.controller.name)
    assert revision.effective_at is not None
    return (
        f'<!doctype html>\n<html lang="{html.escape(revision.language)}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{name}: revision {revision.number}</title>\n"
        f'<link rel="alternate" type="{MEDIA_TYPE}" href="{PATH}">\n</head>\n<body>\n'
        f'<p lang="en">{name}. Revision {revision.number}, in force from {revision.effective_at:%Y-%m-%d}.</p>\n'
        f"<main>\n{policy_html(data_map.policy)}\n</main>\n</body>\n</html>\n"
    ).encode()
