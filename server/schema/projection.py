"""Selections that are compiled once and then projected: the same answers as graphql-core's, for a fraction of its work.

graphql-core walks a selection anew for every object of every list. Below the root nearly every field here is a plain
attribute or a method without arguments, so that a selection of such fields can be turned into functions once, for all
requests with the same document. Nothing else is vouched for: an object whose selection has arguments, a directive, an
abstract type, a resolver that is asynchronous or asks for more than its object, is left to graphql-core, which comes
back here for the objects below it.

A list that follows from the map and from what holds of many people alike, such as who receives a kind of data of those
who decided nothing, is projected once for all of them (`SHARED_BY`).

What cannot be projected after all (a null where none may be, a resolver that raises) is told by no error of this
module's: graphql-core does the same object again, and says what it always says. So resolvers below the root must be
pure; they are, for they read what is in memory.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Iterator
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
from graphql.pyutils import AwaitableOrValue, Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter
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

_DEFINITION = GraphQLCoreConverter.DEFINITION_BACKREF


class _Unvouched(Exception):
    """This is for graphql-core."""


class _TooMany(Exception):
    """The answer has more values than it may have."""


class _Meter:
    """How many values the projection at hand may still come to. Projections run one after the other."""

    left: int = 0


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
                try:
                    projected: dict[str, Any] = project(result)
                except _TooMany:
                    self._left = _meter.left
                    raise self._too_large() from None
                except Exception:  # noqa: S110 (whatever it is, it comes again below, with its place)
                    pass
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
        parts: list[tuple[str, Project, Project]] = []
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
            parts.append((name, *self._field(field, details)))

        weight = 1 + len(constants)

        def project(value: Any) -> dict[str, Any]:
            if not isinstance(value, origin):
                raise _Unvouched
            _meter.left -= weight
            if _meter.left < 0:
                raise _TooMany
            answer = constants.copy()
            for name, get, complete in parts:
                answer[name] = complete(get(value))
            return answer

        return project

    def _field(self, field: GraphQLField, details: FieldDetailsList) -> tuple[Project, Project]:
        """How to get the field's value from its object, and what becomes of the value."""
        get = _getter(field)
        metadata = field.extensions[_DEFINITION].metadata
        above, self._is_personal = self._is_personal, metadata.items() >= PERSONAL.items()
        complete = self._value(field.type, details)
        shared_by = None if self._is_personal else metadata.get(SHARED_BY)
        self._is_personal |= above
        return (get, complete) if shared_by is None else (_itself, self._shared(shared_by, get, complete))

    def _shared(self, shared_by: Callable[[Any], Hashable | None], get: Project, complete: Project) -> Project:
        shared, field = self._executor.shared, object()

        def project(value: Any) -> Any:
            by = shared_by(value)
            if by is None:
                return complete(get(value))
            part = shared.find((field, by))
            if part is None:
                before = _meter.left
                content = complete(get(value))
                shared.keep((field, by), Part(before - _meter.left, content))
                return content
            _meter.left -= part.values
            if _meter.left < 0:
                raise _TooMany
            return part.content

        return project

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


def _getter(field: GraphQLField) -> Project:
    definition = field.extensions.get(_DEFINITION)
    if not isinstance(definition, StrawberryField) or field.args or definition.extensions:
        raise _Unvouched
    resolver = definition.base_resolver
    if resolver is None:
        return attrgetter(definition.python_name)
    if definition.is_async or resolver.self_parameter is None or len(resolver.signature.parameters) != 1:
        raise _Unvouched
    return cast(Project, resolver.wrapped_func)


def _itself(value: Any) -> Any:
    return value


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
