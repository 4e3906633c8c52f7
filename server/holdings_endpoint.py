"""`POST /ingest/holdings`: NDJSON reports of one service, of any length."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from datetime import datetime
from time import monotonic
from typing import IO

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from graph.errors import Unauthenticated
from graph.reports import Rejection
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from server.contact_door import ContactDoor
from server.endpoint import Exchange, Requests
from server.gate.bodies import stream_body
from server.gate.media_types import check_content
from server.gate.refusals import method_not_allowed
from server.gate.shares import SharedAdmission
from server.ingest import ingest
from server.watching.import_lines import NotedLines

MEDIA_TYPE = "application/x-ndjson"
MEDIA_TYPES = frozenset({MEDIA_TYPE, "application/ndjson", "application/jsonl"})
SPOOL_BYTES = 1_000_000
#: Of the rejected lines that an answer lists, the first ones; the summary counts them all.
REJECTION_BYTES_AT_MOST = 10_000_000
CHUNK_BYTES = 65_536
INGEST_WAITING_AT_MOST = 16


class HoldingsEndpoint:
    """Answers with NDJSON: a line `{"line", "code", "reason", "clauses"}` for each rejected line, and last the summary,
    which says how many rejected lines are `unlisted` where there are too many.

    The answer begins when the request has ended, because many clients read only then; until then rejected lines wait
    in a temporary file, so that memory stays bounded whatever the length.
    """

    def __init__(
        self,
        requests: Requests,
        database: Database,
        data_maps: DataMaps,
        clock: Callable[[], datetime],
        *,
        contacts: ContactDoor,
        admission: SharedAdmission,
        idle_seconds: float,
    ) -> None:
        """`contacts`: who may tell how people are reached. `admission`: shared by services. `idle_seconds`: see
        `stream_body`; a client that sends may send until its token ends."""
        self._requests = requests
        self._database = database
        self._data_maps = data_maps
        self._clock = clock
        self._contacts = contacts
        self._admission = admission
        self._idle_seconds = idle_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._requests.answer(scope, receive, send, self._ingest, seconds=None)

    async def _ingest(self, exchange: Exchange) -> Response:
        if exchange.request.method != "POST":
            raise method_not_allowed("POST", "Send reports by POST")
        service = exchange.viewer.require_service()
        check_content(exchange.request.headers, MEDIA_TYPES, f"Send reports as {MEDIA_TYPE}: one JSON object a line")
        async with self._admission.of(service):
            return await self._record(exchange, service)

    async def _while_allowed(self, exchange: Exchange) -> AsyncIterator[bytes]:
        """The body as it comes. Raises what `stream_body` does, and Unauthenticated once the token has ended."""
        ends_at = monotonic() + await self._requests.seconds_left(exchange)
        async for chunk in stream_body(exchange.receive, self._idle_seconds):
            if monotonic() >= ends_at:
                raise Unauthenticated(
                    "the token ended before the lines did: send the whole again with a new one, "
                    "what was written before stays as it is"
                )
            yield chunk

    async def _record(self, exchange: Exchange, service: str) -> Response:
        # Closed by the response that streams it, or here where there is none.
        rejections = tempfile.SpooledTemporaryFile(SPOOL_BYTES)  # noqa: SIM115
        unlisted = 0

        def reject(rejection: Rejection) -> None:
            nonlocal unlisted
            # A line of two bytes is rejected in a hundred.
            if rejections.tell() < REJECTION_BYTES_AT_MOST:
                rejections.write(json.dumps(asdict(rejection)).encode() + b"\n")
            else:
                unlisted += 1

        try:
            summary = await ingest(
                self._while_allowed(exchange),
                database=self._database,
                load_data_map=lambda: self._data_maps.load_in_force(self._clock()),
                clock=self._clock,
                service=service,
                contacts=self._contacts,
                on_rejection=reject,
                on_progress=NotedLines(),
            )
            told = summary.as_json() | ({"unlisted": unlisted} if unlisted else {})
            rejections.write(json.dumps({"summary": told}).encode() + b"\n")
            rejections.seek(0)
        except BaseException:
            rejections.close()
            raise
        return StreamingResponse(_chunks(rejections), media_type=MEDIA_TYPE)


async def _chunks(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
