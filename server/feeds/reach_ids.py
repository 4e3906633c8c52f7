"""`GET /reach/{number}/ids`: the ids of all whom a revision's changes touch, for staff, as a file, bit by bit."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from graph.errors import GraphUnavailable
from graph.model import AccessRecord
from graph.store.comparisons import Comparisons
from graph.store.database import Database
from graph.store.reach import AffectedReader
from graph.store.subjects import record_accesses
from server.endpoint import Exchange, Requests
from server.event_stream import EventStreams, abandon, until_gone
from server.feeds.parameters import read_parameters, revision_number
from server.gate.admission import Admission
from server.gate.refusals import method_not_allowed
from server.notify.prospect import open_affected, turn_to_look
from server.sign_in.sessions import Takes
from server.watching.requests import note_stream

IDS_A_PAGE = 500

log = structlog.get_logger(__name__)

Page = Sequence[str]


class ReachIds:
    """Answers with a line for each, ascending, as `vitrine reach N --ids` writes them. Each of them sees that they were
    shown, as of the sample over GraphQL: the record is there before the id is sent.

    It is open as a subscription is, and counts as one. Where it has to end before all are sent it is broken off, so
    that no client takes it for whole.
    """

    def __init__(
        self,
        requests: Requests,
        database: Database,
        comparisons: Comparisons,
        clock: Callable[[], datetime],
        *,
        streams: EventStreams,
        admission: Admission,
        request_seconds: float,
    ) -> None:
        self._requests = requests
        self._database = database
        self._comparisons = comparisons
        self._clock = clock
        self._streams = streams
        self._admission = admission
        self._request_seconds = request_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._requests.answer(
            scope, receive, send, self._answer, seconds=self._request_seconds, sessions=Takes.OF_OUR_PAGES
        )

    async def _answer(self, exchange: Exchange) -> Response:
        request = exchange.request
        # Not by HEAD: who asks leaves a record.
        if request.method != "GET":
            raise method_not_allowed("GET", "Read the ids by GET")
        by = exchange.viewer.require_staff()
        read_parameters(request.scope["query_string"], ())
        number = revision_number(request.path_params["number"])
        with contextlib.ExitStack() as resources:
            resources.enter_context(self._streams.place(by))
            seconds = await self._requests.seconds_left(exchange, self._streams.seconds_at_most)
            # What is sent bit by bit is sent in none of the places for operations.
            async with self._admission, turn_to_look(self._database).in_place():
                reader = await open_affected(self._database, self._comparisons, number, at=self._clock())
            first = await self._page(reader, by)
            note_stream()
            return IdsFile(
                f"reach-{number}-ids.txt",
                first,
                lambda: self._page(reader, by),
                streams=self._streams,
                seconds=seconds,
                resources=resources.pop_all(),
            )

    async def _page(self, reader: AffectedReader, by: str) -> Page:
        """The next ones, who then have their record; none where nobody is left. Raises GraphUnavailable."""
        async with turn_to_look(self._database):
            page = [each.subject for each in await reader.read(IDS_A_PAGE)]
        if page:
            now = self._clock()
            accesses = {each: AccessRecord(self._requests.new_id(), by, now) for each in page}
            await record_accesses(self._database, accesses)
        return page


class IdsFile(Response):
    """The `first` page, and those that come `after`, until one is empty. None is asked for once the client has gone
    away, the streams are to end, or its `seconds` are over; `resources` are let go then."""

    def __init__(
        self,
        name: str,
        first: Page,
        after: Callable[[], Awaitable[Page]],
        *,
        streams: EventStreams,
        seconds: float,
        resources: contextlib.ExitStack,
    ) -> None:
        self.status_code = 200
        self.media_type = "text/plain"
        self.background = None
        self.init_headers({"Content-Disposition": f'attachment; filename="{name}"'})
        self._first = first
        self._after = after
        self._streams = streams
        self._seconds = seconds
        self._resources = resources

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._resources:
            sending = asyncio.create_task(self._send(send))
            gone = asyncio.create_task(until_gone(receive))
            ended = asyncio.create_task(self._streams.ended())
            try:
                await asyncio.wait(
                    {sending, gone, ended},
                    timeout=self._seconds,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if sending.done():
                    sending.result()
                elif not gone.done():
                    _tell("the service stops" if ended.done() else "its time is over")
            except GraphUnavailable:
                _tell("the graph is away")
            finally:
                await abandon(sending, gone, ended)

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        page = self._first
        while page:
            lines = "".join(f"{each}\n" for each in page)
            await send({"type": "http.response.body", "body": lines.encode(), "more_body": True})
            page = await self._after()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _tell(reason: str) -> None:
    log.warning("A list of ids was broken off", because=reason)
