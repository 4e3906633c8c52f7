"""`POST /ingest/holdings`: NDJSON reports of one service, of any length."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from datetime import datetime
from typing import IO

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from graph.reports import Rejection
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from server.endpoint import Requests
from server.ingest import ingest
from server.viewer import Viewer

MEDIA_TYPE = "application/x-ndjson"
MEDIA_TYPES = frozenset({MEDIA_TYPE, "application/ndjson", "application/jsonl"})
SPOOL_BYTES = 1_000_000
CHUNK_BYTES = 65_536


class HoldingsEndpoint:
    """Answers with NDJSON: a line `{"line", "code", "reason", "clauses"}` for each rejected line, and last the summary.

    The answer begins when the request has ended, because many clients read only then; until then rejected lines wait
    in a temporary file, so that memory stays bounded whatever the length.
    """

    def __init__(
        self, requests: Requests, database: Database, data_maps: DataMaps, clock: Callable[[], datetime]
    ) -> None:
        self._requests = requests
        self._database = database
        self._data_maps = data_maps
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._requests.answer(scope, receive, send, self._ingest)

    async def _ingest(self, request: Request, viewer: Viewer, correlation_id: str) -> Response:
        if request.method != "POST":
            raise HTTPException(405, "Send reports by POST", headers={"Allow": "POST"})
        service = viewer.require_service()
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type not in MEDIA_TYPES:
            raise HTTPException(415, f"Send reports as {MEDIA_TYPE}: one JSON object a line")
        # Closed by the response that streams it, or here where there is none.
        rejections = tempfile.SpooledTemporaryFile(SPOOL_BYTES)  # noqa: SIM115

        def reject(rejection: Rejection) -> None:
            rejections.write(json.dumps(asdict(rejection)).encode() + b"\n")

        try:
            summary = await ingest(
                request.stream(),
                database=self._database,
                load_data_map=lambda: self._data_maps.load_in_force(self._clock()),
                clock=self._clock,
                service=service,
                on_rejection=reject,
            )
            rejections.write(json.dumps({"summary": summary.as_json()}).encode() + b"\n")
            rejections.seek(0)
        except BaseException:
            rejections.close()
            raise
        return StreamingResponse(_chunks(rejections), media_type=MEDIA_TYPE)


async def _chunks(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
