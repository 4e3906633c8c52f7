"""How much one operation may ask for: the length, tokens, depth, aliases and cost of a document.

The cost is an estimate made before anything is resolved: one for each field, and what `DEAR_FIELDS` adds, times the
rows of the lists that it stands in. A page counts as many rows as its `first` says, or as `PAGE_MAXIMUM` where a
variable says it; any other list as many as `LIST_ROWS` says. It depends on the document alone, so that it is computed
once for each. What an answer really comes to is counted as it is made (`server.schema.projection`), for queries of
whoever is not staff.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeGuard

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLError,
    GraphQLField,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
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
from graphql.validation.validate import ValidationAbortedError
from strawberry.extensions import SchemaExtension

from graph.errors import InvalidInput
from server.schema.connections import PAGE_DEFAULT, PAGE_MAXIMUM

QUERY_BYTES_AT_MOST = 65_536
TOKENS_AT_MOST = 2_000
DEPTH_AT_MOST = 20
ALIASES_AT_MOST = 30
#: An alias stands in the answer with every row.
ALIAS_CHARACTERS_AT_MOST = 100
COST_AT_MOST = 2_000_000
#: Lower, because what a mutation did cannot be undone when its answer proves too large.
MUTATION_COST_AT_MOST = 20_000
#: Of one event of a subscription: many people may get one at the same time.
SUBSCRIPTION_COST_AT_MOST = 20_000
#: Fields or fragments of one name, each with each: the standard's rules compare them.
PAIRS_AT_MOST = 10_000

_COST_AT_MOST: Mapping[OperationType, int] = MappingProxyType(
    {
        OperationType.QUERY: COST_AT_MOST,
        OperationType.MUTATION: MUTATION_COST_AT_MOST,
        OperationType.SUBSCRIPTION: SUBSCRIPTION_COST_AT_MOST,
    }
)
_WITH_SELECTIONS = (OperationDefinitionNode, FragmentDefinitionNode)

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


#: What a field costs beside what is asked of its object, by type and name: two texts of a megabyte take seconds to
#: compare, and to load, and so do questions about a map of thousands of elements.
DEAR_FIELDS: Mapping[tuple[str, str], int] = MappingProxyType(
    dict.fromkeys(
        (
            ("Query", "compare"),
            ("Revision", "changes"),
            ("DataMap", "outline"),
            ("DataMap", "paths"),
            ("DataMap", "impact"),
            ("DataMap", "processingRecord"),
        ),
        200_000,
    )
)


class OperationTooLarge(InvalidInput):
    """The answer to a query has more values, objects and fields of objects, than one answer may have."""

    code = "OPERATION_TOO_LARGE"


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

    def enter_document(self, document: DocumentNode, *_: object) -> None:
        """Raises ValidationAbortedError, which ends the validation by all rules."""
        names = Counter(_names(document))
        longest = max(map(len, names), default=0)
        if longest > ALIAS_CHARACTERS_AT_MOST:
            raise ValidationAbortedError(
                f"The name of a field or an alias is {longest} characters long, and may be {ALIAS_CHARACTERS_AT_MOST}: "
                "choose a shorter one"
            )
        pairs = sum(times * (times - 1) // 2 for times in names.values())
        if pairs > PAIRS_AT_MOST:
            raise ValidationAbortedError(
                f"The document has the same fields too often: {pairs} pairs of one name, and may have {PAIRS_AT_MOST}: "
                "ask for each field once"
            )
        for each in document.definitions:
            if isinstance(each, OperationDefinitionNode):
                self._check(each)

    def _check(self, operation: OperationDefinitionNode) -> None:
        root = self._schema.get_root_type(operation.operation)
        if root is None:
            return  # another rule reports it
        cost_at_most = _COST_AT_MOST[operation.operation]
        size = self._selection(operation.selection_set, root, 0)
        if size.depth > DEPTH_AT_MOST:
            message = f"The operation is more than {DEPTH_AT_MOST} fields deep: ask for less at once"
        elif size.aliases > ALIASES_AT_MOST:
            message = f"The operation has {size.aliases} aliases, and may have {ALIASES_AT_MOST}: ask for less at once"
        elif size.cost > cost_at_most:
            message = (
                f"The operation's cost is {size.cost}, and may be {cost_at_most}: nest fewer lists, or ask for "
                "fewer rows with `first`"
            )
        else:
            return
        raise ValidationAbortedError(message, [operation])

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
        own = 1 + DEAR_FIELDS.get((parent.name, node.name.value), 0)
        return Size(1 + below.depth, aliases + below.aliases, own + _rows(node, definition) * below.cost)

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
    """Refuses what does not say which of several operations to run."""

    def on_parse(self) -> Iterator[None]:
        execution = self.execution_context
        yield
        # Strawberry would take the first one.
        if execution.graphql_document is not None and execution._provided_operation_name is None:
            definitions = execution.graphql_document.definitions
            if sum(isinstance(each, OperationDefinitionNode) for each in definitions) > 1:
                raise GraphQLError("The document has more than one operation: name the one to run, as `operationName`")


def check_length(document: str) -> None:
    """Raises GraphQLError for a text that is not to be parsed."""
    length = len(document.encode(errors="replace"))
    if length > QUERY_BYTES_AT_MOST:
        raise GraphQLError(
            f"The operation's text is {length} bytes long, and may be {QUERY_BYTES_AT_MOST}: send what is long in "
            "`variables`"
        )


def _names(document: DocumentNode) -> Iterator[str]:
    """Of every field as it is answered, and of every fragment that is spread the same."""
    open_sets = [each.selection_set for each in document.definitions if isinstance(each, _WITH_SELECTIONS)]
    while open_sets:
        for each in open_sets.pop().selections:
            if isinstance(each, FragmentSpreadNode):
                yield "..."
                continue
            if isinstance(each, FieldNode):
                yield (each.alias or each.name).value
            if isinstance(each, FieldNode | InlineFragmentNode) and each.selection_set is not None:
                open_sets.append(each.selection_set)


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
