"""How much one operation may ask for: the length, tokens, depth, aliases and cost of a document.

The cost is an estimate made before anything is resolved: one for each field, times the rows of the lists that it stands
in. A page counts as many rows as its `first` says, or as `PAGE_MAXIMUM` where a variable says it; any other list
as many as `LIST_ROWS` says. It depends on the document alone, so that it is computed once for each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeGuard

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLError,
    GraphQLField,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_composite_type,
    is_list_type,
    is_object_type,
)
from strawberry.extensions import SchemaExtension

from server.schema.connections import PAGE_DEFAULT, PAGE_MAXIMUM

QUERY_BYTES_AT_MOST = 65_536
TOKENS_AT_MOST = 2_000
DEPTH_AT_MOST = 20
ALIASES_AT_MOST = 30
COST_AT_MOST = 2_000_000

#: How many selection sets may stand in each other, through fields and fragments, before they are not followed further.
_NESTING_AT_MOST = 4 * DEPTH_AT_MOST

_ROWS = 10
#: What a list without pages is taken to have, by the name of its field, where that is not `_ROWS`: the means of the
#: first policy's map, rounded up. `states` is that of a clause which many elements cite, for whoever comes to a clause
#: from its elements comes to such clauses most.
LIST_ROWS: Mapping[str, int] = MappingProxyType(
    {
        "ancestors": 2,
        "categories": 5,
        "clauses": 4,
        "countries": 3,
        "engages": 3,
        "exceptions": 2,
        "hops": 4,
        "purposes": 5,
        "recipients": 8,
        "retention": 4,
        "safeguards": 2,
        "services": 4,
        "states": 30,
        # Introspection.
        "args": 2,
        "enumValues": 5,
        "inputFields": 2,
        "interfaces": 2,
        "possibleTypes": 2,
        "types": 150,
    }
)


@dataclass(frozen=True, slots=True)
class Size:
    """What a selection comes to, with its fragments: fields with selections in each other, aliases, and cost."""

    depth: int = 0
    aliases: int = 0
    cost: int = 0

    def beside(self, other: Size) -> Size:
        return Size(max(self.depth, other.depth), self.aliases + other.aliases, self.cost + other.cost)


class LimitsRule(ValidationRule):
    """Reports the first limit that an operation passes. Fragments are measured once, however often they are spread."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._schema = context.schema
        self._fragments = {
            each.name.value: each for each in context.document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self._measured: dict[str, Size] = {}
        for each in context.document.definitions:
            if isinstance(each, OperationDefinitionNode):
                self._check(each)

    def _check(self, operation: OperationDefinitionNode) -> None:
        root = self._schema.get_root_type(operation.operation)
        if root is None:
            return  # another rule reports it
        size = self._selection(operation.selection_set, root, 0)
        if size.depth > DEPTH_AT_MOST:
            message = f"The operation is more than {DEPTH_AT_MOST} fields deep: ask for less at once"
        elif size.aliases > ALIASES_AT_MOST:
            message = f"The operation has {size.aliases} aliases, and may have {ALIASES_AT_MOST}: ask for less at once"
        elif size.cost > COST_AT_MOST:
            message = (
                f"The operation's cost is {size.cost}, and may be {COST_AT_MOST}: nest fewer lists, or ask for fewer "
                "rows with `first`"
            )
        else:
            return
        self.report_error(GraphQLError(message, [operation]))

    def _selection(self, selections: SelectionSetNode, parent: GraphQLCompositeType, nesting: int) -> Size:
        if nesting > _NESTING_AT_MOST:
            return Size(depth=DEPTH_AT_MOST + 1)
        size = Size()
        apart: dict[str, Size] = {}  # by object type: of one object at most one of these is asked
        for each in selections.selections:
            if isinstance(each, FieldNode):
                size = size.beside(self._field(each, parent, nesting))
                continue
            on, part = self._fragment(each, parent, nesting)
            if is_abstract_type(parent) and is_object_type(on):
                apart[on.name] = apart.get(on.name, Size()).beside(part)
            else:
                size = size.beside(part)
        dearest = max((part.cost for part in apart.values()), default=0)
        for part in apart.values():
            size = size.beside(Size(part.depth, part.aliases))
        return size.beside(Size(cost=dearest))

    def _field(self, node: FieldNode, parent: GraphQLCompositeType, nesting: int) -> Size:
        aliases = int(node.alias is not None)
        definition = self._schema.get_field(parent, node.name.value)
        inner = get_named_type(definition.type) if definition is not None else None
        if definition is None or node.selection_set is None or not _has_fields(inner):
            return Size(aliases=aliases, cost=1)
        below = self._selection(node.selection_set, inner, nesting + 1)
        return Size(1 + below.depth, aliases + below.aliases, 1 + _rows(node, definition) * below.cost)

    def _fragment(self, node: object, parent: GraphQLCompositeType, nesting: int) -> tuple[GraphQLCompositeType, Size]:
        """What a fragment is on, and its size. One that is not there, or spread in itself, is for other rules."""
        if isinstance(node, FragmentSpreadNode):
            name = node.name.value
            fragment = self._fragments.get(name)
            on = self._schema.get_type(fragment.type_condition.name.value) if fragment else None
            if fragment is None or not _has_fields(on):
                return parent, Size()
            if name not in self._measured:
                self._measured[name] = Size()  # while it is measured: what spreads it again is a cycle
                self._measured[name] = self._selection(fragment.selection_set, on, nesting + 1)
            return on, self._measured[name]
        assert isinstance(node, InlineFragmentNode)
        condition = node.type_condition
        on = self._schema.get_type(condition.name.value) if condition else parent
        if not _has_fields(on):
            return parent, Size()
        return on, self._selection(node.selection_set, on, nesting + 1)


class Limits(SchemaExtension):
    """Refuses what is too long before it is parsed, and what asks too much before it is run.

    The rule is one class for all requests: the cache of validated documents is keyed by it.
    """

    def on_operation(self) -> Iterator[None]:
        self.execution_context.parse_options["max_tokens"] = TOKENS_AT_MOST
        self.execution_context.validation_rules = (*self.execution_context.validation_rules, LimitsRule)
        yield

    def on_parse(self) -> Iterator[None]:
        length = len((self.execution_context.query or "").encode(errors="replace"))
        if length > QUERY_BYTES_AT_MOST:
            raise GraphQLError(
                f"The operation's text is {length} bytes long, and may be {QUERY_BYTES_AT_MOST}: send what is long in "
                "`variables`"
            )
        yield


def _rows(node: FieldNode, definition: GraphQLField) -> int:
    """How many times what is below a field may be asked."""
    if "first" in definition.args:
        given = next((each.value for each in node.arguments or () if each.name.value == "first"), None)
        if given is None:
            return PAGE_DEFAULT
        # A document is measured once, for every value of its variables.
        return min(int(given.value), PAGE_MAXIMUM) if _is_count(given) else PAGE_MAXIMUM
    nullable = get_nullable_type(definition.type)
    if not is_list_type(nullable) or node.name.value in ("nodes", "edges"):
        return 1  # the rows of a page are counted where its `first` stands
    return LIST_ROWS.get(node.name.value, _ROWS)


def _is_count(value: object) -> TypeGuard[IntValueNode]:
    return isinstance(value, IntValueNode) and value.value.isdecimal() and len(value.value) < 10


def _has_fields(type: object) -> TypeGuard[GraphQLCompositeType]:
    return is_composite_type(type)
