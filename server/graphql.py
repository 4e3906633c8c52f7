"""`/graphql`: strawberry's HTTP view, with this service's context and errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import cross_web
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse
from strawberry.types import ExecutionResult

from graph.store.data_maps import DataMaps
from graph.store.database import Database
from server.context import Context
from server.endpoint import Requests, limited
from server.errors import RETRY_AFTER_SECONDS, is_unavailable, report
from server.schema import build_schema
from server.viewer import Viewer


class GraphQLEndpoint:
    """POST only: a query in an address would stand in logs on the way."""

    def __init__(
        self,
        requests: Requests,
        database: Database,
        data_maps: DataMaps,
        clock: Callable[[], datetime],
        bytes_at_most: int,
    ) -> None:
        self._requests = requests
        self._database = database
        self._data_maps = data_maps
        self._clock = clock
        self._bytes_at_most = bytes_at_most
        self._view = _View(build_schema(), graphql_ide=None, allow_queries_via_get=False, subscription_protocols=())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(request: Request, viewer: Viewer, correlation_id: str) -> Response:
            if request.method != "POST":
                raise HTTPException(405, "Send GraphQL operations by POST", headers={"Allow": "POST"})
            request = Request(scope, limited(receive, request, self._bytes_at_most))
            request.state.context = Context(
                viewer=viewer,
                database=self._database,
                data_maps=self._data_maps,
                now=self._clock(),
                correlation_id=correlation_id,
                new_id=self._requests.new_id,
            )
            try:
                return await self._view.run(request)
            except cross_web.HTTPException as error:
                raise HTTPException(error.status_code, error.reason) from error

        await self._requests.answer(scope, receive, send, answer)


class _View(GraphQL[Context, None]):
    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        context: Context = request.state.context
        assert isinstance(response, Response), "there are no web sockets here"
        context.response = response
        return context

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """Here and not in an extension of the schema, which does not see every error of a document."""
        context: Context = request.state.context
        if result.errors:
            result.errors = report(result.errors, context.correlation_id)
            if any(map(is_unavailable, result.errors)) and context.response is not None:
                context.response.status_code = 503
                context.response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return await super().process_result(request, result)

    def decode_json(self, data: str | bytes) -> object:
        try:
            decoded: object = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise cross_web.HTTPException(400, "The body of the request is not JSON") from error
        if not isinstance(decoded, dict):
            raise cross_web.HTTPException(400, "Send one GraphQL operation, as a JSON object")
        return decoded
