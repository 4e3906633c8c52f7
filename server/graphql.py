"""`/graphql`: GraphQL over HTTP, by POST, and for queries and subscriptions by GET; over SSE for who accepts that."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from graph.store.comparisons import Comparisons
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from graph.store.publishing import NoticePeriod
from server.context import Context
from server.endpoint import Exchange, Requests
from server.errors import INTERNAL, RETRY_AFTER_SECONDS, is_unavailable, report
from server.event_stream import EventStream, EventStreams, abandon, event_response, following
from server.gate.admission import Admission
from server.gate.media_types import EVENT_STREAM, GRAPHQL_RESPONSE, JSON, Accepted, check_content, read_accept
from server.gate.persisted_documents import PersistedDocuments
from server.gate.rates import INVALID_COST
from server.gate.refusals import Refusal, RefusalCode, method_not_allowed
from server.gate.shares import SharedAdmission
from server.new_documents import NewDocuments
from server.notify.board import NoticeBoard
from server.operation import VALUES_AT_MOST, Operation, read_address_of_get, read_body_of_post
from server.records.document import Document
from server.schema import Schema
from server.schema.limits import OperationTooLarge
from server.sign_in.sessions import Takes
from server.viewer import Scope as CredentialScope
from server.watching.operation_names import name_in
from server.watching.requests import note_operation, note_stream
from server.workshop import Workshop

#: Records of processing activities that are kept for whoever reads one page by page: the controller's and that of its
#: processors, of one revision. Room for several people, each of whom compares two.
RECORDS_AT_MOST = 8
#: The body of a request of people and of nobody: an operation at its longest, and as much again for variables.
SMALL_BODY_BYTES_AT_MOST = 131_072
#: In the JSON of staff and services: as many as the largest report of holdings has, and some more. A million take
#: seconds to read and to check.
LARGE_VALUES_AT_MOST = 15_000
#: Bodies that are larger than small ones, and there at once, of one holder one less.
LARGE_BODIES_AT_MOST = 4
#: Who wait for that, of one holder and of all: nothing of theirs is read meanwhile.
LARGE_BODIES_WAITING_AT_MOST = 16

_METHODS = "GET, POST"
_OF_METHOD = {
    "GET": frozenset({OperationType.QUERY}),
    "POST": frozenset({OperationType.QUERY, OperationType.MUTATION}),
}
_LARGE_BODIES = frozenset({CredentialScope.STAFF, CredentialScope.SERVICE})


class GraphQLEndpoint:
    """Runs one operation a request, against the schema, for the viewer."""

    def __init__(
        self,
        requests: Requests,
        database: Database,
        data_maps: DataMaps,
        clock: Callable[[], datetime],
        *,
        comparisons: Comparisons,
        board: NoticeBoard,
        streams: EventStreams,
        schema: Schema,
        documents: PersistedDocuments,
        new_documents: NewDocuments,
        admission: Admission,
        request_seconds: float,
        waiting_seconds: float,
        bytes_at_most: int,
        values_at_most: int,
        notice_days: int,
        is_development: bool,
    ) -> None:
        """`bytes_at_most`: of the bodies of staff and services; those of others are small. `values_at_most`: in the
        answer to a query of whoever is not staff. `notice_days`: as `Settings.notice_days`."""
        self._requests = requests
        self._database = database
        self._data_maps = data_maps
        self._comparisons = comparisons
        self._board = board
        self._records = Workshop[Document](RECORDS_AT_MOST, lambda _: 1, in_places=True)
        self._streams = streams
        self._clock = clock
        self._schema = schema
        self._documents = documents
        self._new_documents = new_documents
        self._names = documents.names_by_text
        self._admission = admission
        self._request_seconds = request_seconds
        self._bytes_at_most = bytes_at_most
        self._large_bodies = SharedAdmission(
            "large requests",
            running=LARGE_BODIES_AT_MOST,
            waiting=LARGE_BODIES_WAITING_AT_MOST,
            seconds=waiting_seconds,
        )
        self._values_at_most = values_at_most
        self._notice = NoticePeriod(notice_days, comparisons)
        self._is_development = is_development

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._requests.answer(
            scope, receive, send, self._answer, seconds=self._request_seconds, sessions=Takes.OF_OUR_PAGES
        )

    async def _answer(self, exchange: Exchange) -> Response:
        accepted = read_accept(exchange.request.headers)
        async with self._room_for_body(exchange) as bytes_at_most:
            return await self._answer_operation(exchange, accepted, await self._read(exchange, bytes_at_most))

    async def _answer_operation(self, exchange: Exchange, accepted: Accepted, operation: Operation) -> Response:
        document = self._documents.find(operation, exchange.viewer)
        viewer = exchange.viewer
        name = operation.name or self._names.get(document) or name_in(document)
        note_operation(name, document, anonymous=viewer.is_anonymous)
        context = Context(
            viewer=viewer,
            database=self._database,
            data_maps=self._data_maps,
            comparisons=self._comparisons,
            board=self._board,
            records=self._records,
            now=self._clock(),
            correlation_id=exchange.correlation_id,
            new_id=self._requests.new_id,
            notice=self._notice,
            may_introspect=viewer.is_staff or self._is_development,
            values_at_most=None if viewer.is_staff else self._values_at_most,
        )
        if not self._schema.knows(document, operation.name, context):
            await self._learn(exchange, document, context)
        try:
            # Reading is outside: who sends slowly, or what is new, takes nobody's place.
            async with self._admission:
                result = await self._run(exchange.request.method, document, operation, context)
        except InvalidOperationTypeError as error:
            if error.operation_type is not OperationType.SUBSCRIPTION:
                raise method_not_allowed("POST", "GET runs no mutations: send this operation by POST") from error
            if not accepted.takes_events:
                raise Refusal(
                    RefusalCode.NOT_ACCEPTABLE, f"A subscription is answered as events: accept {EVENT_STREAM}"
                ) from error
            return await self._stream(exchange, document, operation, context)
        return _response(result, accepted.media_type, exchange.correlation_id)

    @contextlib.asynccontextmanager
    async def _room_for_body(self, exchange: Exchange) -> AsyncIterator[int]:
        """How many bytes the body may have. A large one is in memory until it is answered. Raises Refusal
        OVERLOADED."""
        announced = exchange.request.headers.get("content-length", "")
        is_small = announced.isdecimal() and int(announced[:20]) <= SMALL_BODY_BYTES_AT_MOST
        viewer = exchange.viewer
        if is_small or exchange.request.method != "POST" or viewer.id is None or not viewer.scopes & _LARGE_BODIES:
            yield SMALL_BODY_BYTES_AT_MOST
            return
        async with self._large_bodies.of(viewer.id):
            yield self._bytes_at_most

    async def _read(self, exchange: Exchange, bytes_at_most: int) -> Operation:
        request = exchange.request
        if request.method == "GET":
            return read_address_of_get(request.scope["query_string"])
        if request.method != "POST":
            raise method_not_allowed(_METHODS, "Send operations by POST, or queries by GET")
        check_content(request.headers, {JSON}, f"Send operations as {JSON}")
        values_at_most = LARGE_VALUES_AT_MOST if exchange.viewer.scopes & _LARGE_BODIES else VALUES_AT_MOST
        return read_body_of_post(await exchange.read_body(bytes_at_most), values_at_most)

    async def _learn(self, exchange: Exchange, document: str, context: Context) -> None:
        """Reads a document that is not known. Raises Refusal OVERLOADED."""
        address = self._requests.addresses.of(exchange.request.scope)
        context.reading = await self._new_documents.read(document, context.may_introspect, address)
        if context.reading.problems and context.viewer.is_anonymous:
            # Others have a rate of their own, and may share the address of a front end.
            self._requests.address_rate.charge(address, INVALID_COST - 1)

    async def _run(self, method: str, document: str, operation: Operation, context: Context) -> ExecutionResult:
        try:
            return await self._schema.execute(
                document,
                variable_values=operation.variables,
                context_value=context,
                operation_name=operation.name,
                allowed_operation_types=_OF_METHOD[method],
                operation_extensions=operation.extensions,
            )
        except CannotGetOperationTypeError as error:
            return PreExecutionError(data=None, errors=[GraphQLError(_why_none_was_chosen(error))])

    async def _stream(self, exchange: Exchange, document: str, operation: Operation, context: Context) -> Response:
        """A subscription, once it listens, or why it does not."""
        seconds = await self._requests.seconds_left(exchange, self._streams.seconds_at_most)
        listening = asyncio.Event()
        context.opened = listening.set
        with contextlib.ExitStack() as resources:
            resources.enter_context(self._streams.place(exchange.viewer.id))
            # What waits for events waits in none of the places for operations.
            async with self._admission:
                results = await self._schema.subscribe(
                    document,
                    variable_values=operation.variables,
                    context_value=context,
                    operation_name=operation.name,
                    operation_extensions=operation.extensions,
                )
                coming = asyncio.create_task(following(results))
                resources.callback(coming.cancel)
                opening = asyncio.create_task(listening.wait())
                try:
                    await asyncio.wait({coming, opening}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    await abandon(opening)
            if not listening.is_set():
                result = coming.result()
                assert result is not None, "a subscription that does not begin says why"
                return _response(result, EVENT_STREAM, exchange.correlation_id)
            note_stream()
            return EventStream(
                self._streams,
                results,
                coming,
                lambda result: _as_json(_answered(result, exchange.correlation_id).body),
                seconds=seconds,
                resources=resources.pop_all(),
            )


def _why_none_was_chosen(error: CannotGetOperationTypeError) -> str:
    if error.operation_name is None:
        return "The document has no operation to run: send a query or a mutation"
    return error.as_http_error_reason()


def _as_json(body: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(body)
    except TypeError:
        # Half a character that a client sent, or a number of more than 64 bits, quoted in an error.
        return json.dumps(body, separators=(",", ":")).encode()


def _of_the_whole(error: GraphQLError) -> GraphQLError:
    return GraphQLError(error.message, original_error=error.original_error, extensions=error.extensions)


@dataclass(frozen=True, slots=True)
class _Answered:
    """What came of an operation, as the body of an answer says it. `codes`: of its errors. `was_run`: whether it got as
    far as its fields; `is_away`: whether nothing could be answered, because the graph is away or
    there is no room."""

    body: dict[str, Any]
    codes: frozenset[str]
    was_run: bool
    is_away: bool


def _answered(result: ExecutionResult, correlation_id: str) -> _Answered:
    body: dict[str, Any] = {}
    errors = report(result.errors or [], correlation_id)
    if too_large := next((error for error in errors if isinstance(error.original_error, OperationTooLarge)), None):
        # What was made of it until then is no answer.
        result, errors = ExecutionResult(data=None, errors=None), [_of_the_whole(too_large)]
    was_run = result.data is not None or any(error.path for error in errors)
    # What would say so field by field is left out, since such an answer has no data.
    is_away = any(map(is_unavailable, errors)) and not any((result.data or {}).values())
    if was_run and not is_away:
        body["data"] = result.data
    if errors:
        body["errors"] = [error.formatted for error in errors]
    if result.extensions:
        body["extensions"] = result.extensions
    codes = frozenset(error.extensions["code"] for error in errors if error.extensions)
    return _Answered(body, codes, was_run, is_away)


def _response(result: ExecutionResult, media_type: str, correlation_id: str) -> Response:
    """By GraphQL over HTTP: an operation that was not run has no data, and with the media type of its own the status
    400; one that was run has the status 200, whatever became of its fields, but for a graph that is away or no room. As
    events, all of it is told in one, but for what is to be asked again."""
    answered = _answered(result, correlation_id)
    content = _as_json(answered.body)
    if answered.is_away:
        status = 503
    elif not answered.was_run and INTERNAL in answered.codes:
        status = 500
    elif media_type == EVENT_STREAM:
        return event_response(content)
    else:
        status = 400 if not answered.was_run and media_type == GRAPHQL_RESPONSE else 200
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if answered.is_away else {}
    form = JSON if media_type == EVENT_STREAM else media_type
    charset = "; charset=utf-8" if form == GRAPHQL_RESPONSE else ""
    return Response(content, status, headers, form + charset)
