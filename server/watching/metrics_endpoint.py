"""`GET /metrics`: the figures, for whoever may read them."""

from __future__ import annotations

import asyncio
import hmac

from starlette.requests import Request
from starlette.responses import Response

from graph.errors import Unauthenticated
from server.watching.metrics import CONTENT_TYPE, Metrics
from server.watching.revision_in_force import RevisionInForce


class MetricsEndpoint:
    """`token`: what the header `Authorization: Bearer` must hold; None lets everybody read."""

    def __init__(self, metrics: Metrics, revision: RevisionInForce, token: str | None) -> None:
        self._metrics = metrics
        self._revision = revision
        self._token = None if token is None else token.encode()

    async def answer(self, request: Request) -> Response:
        """Raises Unauthenticated."""
        if not self._may_read(request):
            raise Unauthenticated("the figures are for whoever sends Authorization: Bearer and VITRINE_METRICS_TOKEN")
        await self._revision.refresh()
        # Some thousand series take as long to write as several requests to answer.
        return Response(await asyncio.to_thread(self._metrics.render), media_type=CONTENT_TYPE)

    def _may_read(self, request: Request) -> bool:
        if self._token is None:
            return True
        scheme, _, sent = request.headers.get("authorization", "").partition(" ")
        # As long for every wrong token, whatever its first letters are.
        return scheme.lower() == "bearer" and hmac.compare_digest(sent.strip().encode("latin-1"), self._token)
