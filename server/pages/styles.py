"""`GET /styles/NAME`: the one stylesheet of all pages that are written here."""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from server.endpoint import Exchange, Requests
from server.feeds.conditional import FOR_EVER, conditional_response, require_reading
from server.feeds.parameters import read_parameters
from server.gate.refusals import Refusal, RefusalCode
from server.pages.writing import STYLESHEET


class Styles:
    def __init__(self, requests: Requests, *, request_seconds: float) -> None:
        self._requests = requests
        self._request_seconds = request_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._requests.answer(scope, receive, send, self._answer, seconds=self._request_seconds)

    async def _answer(self, exchange: Exchange) -> Response:
        request = exchange.request
        require_reading(request)
        read_parameters(request.scope["query_string"], ())
        if request.path_params["name"] != STYLESHEET.name:
            raise Refusal(RefusalCode.NO_SUCH_ADDRESS, "There is no such stylesheet: a page names the one it has")
        return conditional_response(request, STYLESHEET.content, "text/css", None, kept=FOR_EVER)
