"""Operations that were found good once: whoever asks for one again has it run without that being looked at again.

Strawberry asks its extensions at each request, also where they answer from what they keep, and that costs about as much
as all that comes after it but the graph.
"""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, cast

from graphql import DocumentNode, ExecutionResult, GraphQLSchema
from graphql.execution import Executor
from strawberry.execution import optimized_is_awaitable
from strawberry.types.graphql import OperationType


def key_of(document: str | None, name: str | None, context: Any) -> Hashable:
    """All that an operation is judged by: its document's text, its name, and by which rules."""
    return document, name, context.may_introspect


@dataclass(frozen=True, slots=True)
class KnownOperation:
    """One operation of a document that breaks no rule. `name`: as the client says it; None for the only one there."""

    document: DocumentNode
    name: str | None
    kind: OperationType

    async def run(
        self,
        executor: type[Executor[None]],
        schema: GraphQLSchema,
        *,
        root_value: object,
        context_value: object,
        variables: dict[str, Any] | None,
        extensions: dict[str, Any] | None,
    ) -> ExecutionResult:
        """What graphql-core makes of it. The variables are those of one request, and checked each time."""
        built = executor.build(
            schema,
            self.document,
            root_value,
            context_value,
            variables,
            self.name,
            is_awaitable=cast(Any, optimized_is_awaitable),
            operation_extensions=extensions,
        )
        if isinstance(built, list):
            return ExecutionResult(None, errors=built)
        result = built.execute_operation()
        if inspect.isawaitable(result):
            result = await result
        assert isinstance(result, ExecutionResult), "nothing is delivered in parts"
        return result


class KnownOperations:
    """The `at_most` that were used last."""

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._known: OrderedDict[Hashable, KnownOperation] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def find(self, key: Hashable) -> KnownOperation | None:
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
        return known

    def keep(self, key: Hashable, operation: KnownOperation) -> None:
        self._known[key] = operation
        if len(self._known) > self._at_most:
            self._known.popitem(last=False)
