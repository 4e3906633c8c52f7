"""Selections that are compiled once and then projected: the same answers as graphql-core's, for a fraction of its work.

graphql-core walks a selection anew for every object of every list. Below the root nearly every field here is a plain
attribute, or a method of its object and of arguments, so that a selection of such fields can be turned into functions
once, for all requests with the same document. Nothing else is vouched for: an object whose selection has a directive,
an abstract type, a resolver that is asynchronous or asks for more than that, is left to graphql-core, which comes back
here for the objects below it.

What follows from the map and from what holds of many people alike, such as who receives a kind of data of those who
decided nothing, is projected once for all of them (`SHARED_BY`): the fields of one object that follow from the same
thing together, so that one look is enough for all of them.

What cannot be projected after all (a null where none may be, a resolver that raises) is told by no error of this
module's: graphql-core does the same object again, with all that is still to come of the operation, and says what it
always says. So resolvers below the root must be pure; they are, for they read what is in memory.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Iterator, Sequence
from operator import attrgetter
from typing import Any, cast

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    InlineFragmentNode,
    OperationType,
    SelectionSetNode,
    Undefined,
    is_leaf_type,
    is_object_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList
from graphql.execution.values import VariableValues, get_argument_values
from graphql.language import Node, Visitor, visit
from graphql.pyutils import AwaitableOrValue, Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import convert_arguments
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from server.schema.limits import OperationTooLarge
from server.schema.shared_parts import PERSONAL, SHARED_BY, Part, SharedParts

#: Compiled selections that are kept, for as long as the documents that they are of.
SELECTIONS_KEPT = 512

#: A text counts as so many values as it has of these, begun or whole; a short one as one.
CHARACTERS_A_VALUE = 256

#: More values than any answer has. Not infinity, of which no part can be told.
_UNLIMITED = 1 << 62

#: Fields that one selection may come to with its fragments; a larger one is rare, and dear to compile.
_FIELDS_COMPILED = 1_000

Project = Callable[[Any], Any]
"""The part of the answer for one value."""

_Member = tuple[str, Project, Project]
"""One field of an answer: its name, how to get its value, and what becomes of that."""

_DEFINITION = GraphQLCoreConverter.DEFINITION_BACKREF


class _Unvouched(Exception):
    """This is for graphql-core."""


class _TooMany(Exception):
    """The answer has more values than it may have."""


class _Meter:
    """Of the projection at hand: how many values it may still come to, and the variables of its operation. Projections
    run one after the other."""

    left: int = 0
    variables: VariableValues


_meter = _Meter()


class Projector(Executor[None]):
    """graphql-core's executor, without incremental delivery, that projects what it can.

    One class for each schema: it keeps the compiled selections, and parts of answers that people share.
    """

    selections: dict[tuple[object, ...], tuple[FieldDetailsList, Project | None]]
    shared: SharedParts

    build_resolve_info = StrawberryGraphQLCoreExecutionContext.build_resolve_info

    def __init__(self, *arguments: Any, operation_extensions: dict[str, Any] | None = None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.operation_extensions = operation_extensions
        # A middleware sees every field; one that is projected would pass it by.
        self._projects = self.middleware_manager is None or not self.middleware_manager.middlewares
        # How many values (objects, fields of objects, and what long texts count for beyond their field) the answer may
        # still have; below zero nothing more is made. What a mutation did is told in any case; of a subscription, each
        # event is an answer.
        bounded = self.operation.operation is not OperationType.MUTATION
        at_most: int | None = getattr(self.context_value, "values_at_most", None) if bounded else None
        self._left: int = _UNLIMITED if at_most is None else at_most
        self._at_most = at_most

    def complete_object_value(
        self,
        return_type: GraphQLObjectType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: None,
    ) -> AwaitableOrValue[dict[str, Any]]:
        if self._left < 0:
            raise self._too_large()
        if self._projects:
            project = self._find(return_type, field_details_list)
            if project is not None:
                _meter.left = self._left
                _meter.variables = self.variable_values
                try:
                    projected: dict[str, Any] = project(result)
                except _TooMany:
                    self._left = _meter.left
                    raise self._too_large() from None
                except Exception:
                    # Whatever it is, it comes again below, with its place; projecting what stands around it again and
                    # again until then would cost more than it saves.
                    self._projects = False
                else:
                    self._left = _meter.left
                    return projected
        answer = super().complete_object_value(return_type, field_details_list, info, path, result, position_context)
        if isinstance(answer, dict):
            return self._counted(answer)
        return self._counted_later(answer)

    def complete_leaf_value(self, return_type: GraphQLLeafType, result: Any) -> Any:  # type: ignore[override]
        value = super().complete_leaf_value(return_type, result)
        if value.__class__ is str and len(value) > CHARACTERS_A_VALUE:
            self._count(_weight(value))
        return value

    def _count(self, values: int) -> None:
        self._left -= values
        if self._left < 0:
            raise self._too_large()

    def _counted(self, answer: dict[str, Any]) -> dict[str, Any]:
        self._count(1 + len(answer))
        return answer

    async def _counted_later(self, answer: Awaitable[dict[str, Any]]) -> dict[str, Any]:
        return self._counted(await answer)

    def _too_large(self) -> OperationTooLarge:
        return OperationTooLarge(
            f"The answer has more than {self._at_most} values: ask for fewer rows with `first`, or for less of each"
        )

    def _find(self, type: GraphQLObjectType, fields: FieldDetailsList) -> Project | None:
        # Nodes are those of the parser's cache, the same for every request with the same text.
        key = (type, *(id(each.node) for each in fields))
        kept = self.selections.get(key)
        if kept is None:
            try:
                project: Project | None = _Compiler(self).selection(type, fields)
            except _Unvouched:
                project = None
            if len(self.selections) >= SELECTIONS_KEPT:
                del self.selections[next(iter(self.selections))]
            # With the nodes, so that none of them is freed and its number given to another.
            kept = self.selections[key] = (fields, project)
        return kept[1]


def projector() -> type[Projector]:
    """An executor class for one schema."""
    return type("Projector", (Projector,), {"selections": {}, "shared": SharedParts()})


class _Compiler:
    """Raises _Unvouched from every method for what is not to be projected."""

    def __init__(self, executor: Projector) -> None:
        self._executor = executor
        self._fields = 0
        # Whether what was compiled so far tells of one person.
        self._is_personal = False

    def selection(self, type: GraphQLObjectType, fields: FieldDetailsList) -> Project:
        for each in fields:
            if each.fragment_variable_values is not None or each.defer_usage is not None:
                raise _Unvouched
            self._refuse_directives(each.node)
        definition: StrawberryObjectDefinition | None = type.extensions.get(_DEFINITION)
        if definition is None:
            raise _Unvouched  # a type of introspection
        origin = (definition.concrete_of or definition).origin
        self._is_personal |= not getattr(origin, "is_of_map", False)
        constants: dict[str, Any] = {}
        parts: list[_Member] = []
        shared: dict[Callable[[Any], Hashable | None], list[_Member]] = {}
        for name, details in self._executor.collect_subfields(type, fields).grouped_field_set.items():
            self._fields += 1
            if self._fields > _FIELDS_COMPILED:
                raise _Unvouched
            # Everything has its place from the beginning, whatever order it is filled in.
            constants[name] = None
            if details[0].node.name.value == "__typename":
                constants[name] = type.name
                continue
            field = type.fields[details[0].node.name.value]
            get, complete, shared_by = self._field(field, details)
            (parts if shared_by is None else shared.setdefault(shared_by, [])).append((name, get, complete))

        weight = 1 + len(constants)
        fills = [self._shared(shared_by, members) for shared_by, members in shared.items()]

        def project(value: Any) -> dict[str, Any]:
            if not isinstance(value, origin):
                raise _Unvouched
            _meter.left -= weight
            if _meter.left < 0:
                raise _TooMany
            answer = constants.copy()
            for name, get, complete in parts:
                answer[name] = complete(get(value))
            for fill in fills:
                fill(answer, value)
            return answer

        return project

    def _field(
        self, field: GraphQLField, details: FieldDetailsList
    ) -> tuple[Project, Project, Callable[[Any], Hashable | None] | None]:
        """How to get the field's value from its object, what becomes of the value, and what it is shared by, if it
        is."""
        get, is_fixed = self._getter(field, details[0].node)
        metadata = field.extensions[_DEFINITION].metadata
        above, self._is_personal = self._is_personal, metadata.items() >= PERSONAL.items() or not is_fixed
        complete = self._value(field.type, details)
        shared_by = None if self._is_personal else metadata.get(SHARED_BY)
        self._is_personal |= above
        return get, complete, shared_by

    def _getter(self, field: GraphQLField, node: FieldNode) -> tuple[Project, bool]:
        """How to get the field's value from its object, and whether that is the same whatever the variables are."""
        definition = field.extensions.get(_DEFINITION)
        if not isinstance(definition, StrawberryField) or definition.extensions:
            raise _Unvouched
        resolver = definition.base_resolver
        if resolver is None:
            return attrgetter(definition.python_name), True
        if (
            definition.is_async
            or resolver.self_parameter is None
            or len(resolver.signature.parameters) != 1 + len(definition.arguments)
        ):
            raise _Unvouched
        resolve = cast(Callable[..., Any], resolver.wrapped_func)
        if not field.args:
            return resolve, True
        schema = self._executor.schema._strawberry_schema  # type: ignore[attr-defined]
        registry, config = schema.schema_converter.scalar_registry, schema.config

        def arguments(variables: VariableValues | None) -> dict[str, Any]:
            given = get_argument_values(field, node, variables)
            return convert_arguments(given, definition.arguments, registry, config)

        if any(_has_variable(each) for each in node.arguments or ()):
            return lambda value: resolve(value, **arguments(_meter.variables)), False
        try:
            fixed = arguments(None)
        except Exception as error:
            raise _Unvouched from error
        return lambda value: resolve(value, **fixed), True

    def _shared(
        self, shared_by: Callable[[Any], Hashable | None], members: Sequence[_Member]
    ) -> Callable[[dict[str, Any], Any], None]:
        """Puts into an answer the fields of one object that are shared by the same thing."""
        shared, fields = self._executor.shared, object()

        def fill(answer: dict[str, Any], value: Any) -> None:
            by = shared_by(value)
            part = None if by is None else shared.find((fields, by))
            if part is None:
                before = _meter.left
                content = {name: complete(get(value)) for name, get, complete in members}
                if by is not None:
                    shared.keep((fields, by), Part(before - _meter.left, content))
                answer.update(content)
                return
            _meter.left -= part.values
            if _meter.left < 0:
                raise _TooMany
            answer.update(part.content)

        return fill

    def _value(self, type: GraphQLOutputType, fields: FieldDetailsList) -> Project:
        if isinstance(type, GraphQLNonNull):
            return self._present(type.of_type, fields)
        present = self._present(type, fields)
        return lambda value: None if value is None else present(value)

    def _present(self, type: GraphQLOutputType, fields: FieldDetailsList) -> Project:
        """For a type that is not null: a null is unvouched, as are all values of a kind that is not expected."""
        if isinstance(type, GraphQLList):
            return _list(self._value(type.of_type, fields))
        if is_leaf_type(type):
            return _leaf(type)
        if is_object_type(type):
            return self.selection(type, fields)
        raise _Unvouched

    def _refuse_directives(self, node: FieldNode) -> None:
        """A directive may depend on a variable, and what is compiled serves whatever their values."""
        seen: set[str] = set()
        open_sets = [node.selection_set] if node.selection_set else []
        while open_sets:
            for each in open_sets.pop().selections:
                if each.directives:
                    raise _Unvouched
                open_sets.extend(self._below(each, seen))

    def _below(self, selection: object, seen: set[str]) -> Iterator[SelectionSetNode]:
        """The selection sets that belong to the same object."""
        if isinstance(selection, InlineFragmentNode):
            yield selection.selection_set
        elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in seen:
            seen.add(selection.name.value)
            definition = self._executor.fragments[selection.name.value].definition
            if definition.directives:
                raise _Unvouched
            yield definition.selection_set


def _has_variable(node: Node) -> bool:
    search = _VariableSearch()
    visit(node, search)
    return search.has_found


class _VariableSearch(Visitor):
    has_found = False

    def enter_variable(self, *_: object) -> None:
        self.has_found = True


def _list(item: Project) -> Project:
    def project(value: Any) -> list[Any]:
        if not isinstance(value, list | tuple):
            raise _Unvouched
        return [item(each) for each in value]

    return project


def _weight(text: str) -> int:
    """What a long text counts for beside the one for its field."""
    return (len(text) - 1) // CHARACTERS_A_VALUE


def _leaf(leaf: GraphQLLeafType) -> Project:
    coerce = leaf.coerce_output_value
    # What graphql-core would give out as it is, or look for from the first member on.
    exact: type[Any] | None = {"String": str, "ID": str, "Boolean": bool}.get(leaf.name)
    members: Any = getattr(leaf, "wrapped_cls", None) if isinstance(leaf, GraphQLEnumType) else None
    names = {each: coerce(each) for each in members or ()}

    def project(value: Any) -> Any:
        kind = value.__class__
        if kind is exact:
            if kind is str and len(value) > CHARACTERS_A_VALUE:
                _meter.left -= _weight(value)
                if _meter.left < 0:
                    raise _TooMany
            return value
        if kind is members:
            return names[value]
        coerced = coerce(value)
        if coerced is None or coerced is Undefined:
            raise _Unvouched
        return coerced

    return project
