"""The GraphQL schema: the types and fields of the contract, one file for each noun."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from server.new_documents import Reading
from server.schema import enums as enums  # describes the enumerations, before any type uses them
from server.schema.change_mutations import ChangeMutations
from server.schema.changes import CHANGE_TYPES
from server.schema.delivery_mutations import DeliveryMutations
from server.schema.finding_mutations import FindingMutations
from server.schema.known_operations import KnownOperations, key_of
from server.schema.limits import Limits
from server.schema.mutations import Mutation
from server.schema.notice_mutations import NoticeMutations
from server.schema.projection import Projector, projector
from server.schema.promises import Controller, Exclusion, Measure, Right
from server.schema.queries import Query
from server.schema.subscriptions import Subscription
from server.schema.validation import DOCUMENTS_KEPT, Validation, read

_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-5][0-9])"
)


def _read_time(value: object) -> datetime:
    """A time with its zone, in UTC. Raises GraphQLError otherwise: without a zone it is another time to everybody."""
    time: datetime | None = None
    # Python reads more: weeks, days of the year, no dashes, a space for the T.
    if isinstance(value, str) and _RFC_3339.fullmatch(value):
        try:
            time = datetime.fromisoformat(value)
        except ValueError:
            time = None
    if time is None or not 1 < time.year < 9999:
        raise GraphQLError("A DateTime is a date, T, a time and its zone, as in RFC 3339: 2018-11-12T00:00:00Z")
    return time.astimezone(UTC)


def _write_time(time: datetime) -> str:
    if time.tzinfo is not UTC:
        time = time.astimezone(UTC)
    return f"{time.isoformat()[:-6]}Z"


_TIME = strawberry.scalar(
    name="DateTime",
    description="A time with its zone, ISO 8601, such as 2018-11-12T00:00:00Z.",
    specified_by_url="https://scalars.graphql.org/andimarek/date-time",
    serialize=_write_time,
    parse_value=_read_time,
)


@strawberry.type(name="Mutation", description="What can be written.")
class Mutations(Mutation, ChangeMutations, FindingMutations, NoticeMutations, DeliveryMutations):
    pass


class Schema(strawberry.Schema):
    def __init__(self, *, executor: type[Projector], known: KnownOperations, **parts: Any) -> None:
        """`known`: to which the validation adds what it finds good."""
        super().__init__(execution_context_class=executor, **parts)
        self._executor = executor
        self._known = known

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """As strawberry does it, which is passed by for an operation that was found good before."""
        known = self._known.find(key_of(query, operation_name, context_value))
        if known is None or allowed_operation_types is None or known.kind not in allowed_operation_types:
            return await super().execute(
                query,
                variable_values,
                context_value,
                root_value,
                operation_name,
                allowed_operation_types,
                operation_extensions,
            )
        try:
            result = await known.run(
                self._executor,
                self._schema,
                root_value=root_value,
                context_value=context_value,
                variables=variable_values,
                extensions=operation_extensions,
            )
        except Exception as error:
            failure = error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
            return PreExecutionError(data=None, errors=[failure])
        return ExecutionResult(data=result.data, errors=result.errors)

    def problems_of(self, document: str) -> Sequence[GraphQLError]:
        """What keeps a document from being run by whoever is not staff: none, or all that is found."""
        return self.read(document, False).problems

    def read(self, document: str, may_introspect: bool) -> Reading:
        """What is found in a document, for whoever may ask for the schema or may not."""
        return read(self._schema, document, may_introspect)

    def knows(self, document: str, operation_name: str | None, context: Any) -> bool:
        """Whether an operation was found good before."""
        return self._known.find(key_of(document, operation_name, context)) is not None

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Logs nothing: strawberry would quote the document, and whatever a failure says. See `server.errors`."""


def build_schema() -> Schema:
    """The whole schema. `str(build_schema())` is what `schema.graphql` holds."""
    known = KnownOperations(DOCUMENTS_KEPT)
    return Schema(
        query=Query,
        mutation=Mutations,
        subscription=Subscription,
        types=[Controller, Exclusion, Measure, Right, *CHANGE_TYPES],
        config=StrawberryConfig(scalar_map={datetime: _TIME}),
        executor=projector(),
        known=known,
        extensions=[
            Limits,
            lambda: Validation(known),
        ],
    )
