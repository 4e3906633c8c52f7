"""Validation of documents: by which rules, how far, and once for each.

An invalid document costs its sender nothing and is cached for nobody else, so that what is looked for in it is bounded:
each error is told with its place and, where a name is wrong, with the names that are like it, and both take long.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NoReturn

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    KnownTypeNamesRule,
    SelectionSetNode,
    ValidationRule,
    specified_rules,
    validate,
)
from graphql.validation.validate import ValidationAbortedError
from strawberry.extensions import SchemaExtension

from server.schema.known_operations import KnownOperation, KnownOperations, key_of
from server.schema.limits import LimitsRule

DOCUMENTS_KEPT = 256
#: Whoever made more mistakes mends these first.
ERRORS_AT_MOST = 20
INTROSPECTION_NOT_ALLOWED = "INTROSPECTION_NOT_ALLOWED"


class IntrospectionRule(ValidationRule):
    """Reports each field that asks for the schema, once; `__typename` is none."""

    def enter_field(self, node: FieldNode, *_: object) -> None:
        if node.name.value in ("__schema", "__type"):
            self.report_error(
                GraphQLError(
                    f"`{node.name.value}` is for staff: schema.graphql has the schema",
                    [node],
                    extensions={"code": INTROSPECTION_NOT_ALLOWED},
                )
            )


class SelectionRule(ValidationRule):
    """Reports each selection of nothing, such as `{ }`: the parser takes it, against the grammar of GraphQL."""

    def enter_selection_set(self, node: SelectionSetNode, *_: object) -> None:
        if not node.selections:
            self.report_error(GraphQLError("A selection is empty: name a field in it", [node]))


class TypeNamesRule(KnownTypeNamesRule):
    """Ends the validation at the first type that is not known: it is compared with all there are, which takes some ten
    milliseconds."""

    def report_error(self, error: GraphQLError) -> NoReturn:
        raise ValidationAbortedError(error.message, error.nodes)


#: One tuple of classes for all requests of a kind: the cache of validated documents is keyed by it. The limits come
#: first, because what is over them would keep other rules busy for long.
STAFF_RULES: tuple[type[ASTValidationRule], ...] = (
    LimitsRule,
    SelectionRule,
    *(TypeNamesRule if rule is KnownTypeNamesRule else rule for rule in specified_rules),
)
PUBLIC_RULES: tuple[type[ASTValidationRule], ...] = (*STAFF_RULES, IntrospectionRule)


class Validation(SchemaExtension):
    """Keeps from running what breaks a rule, and remembers what breaks none. In the place of strawberry's validation,
    which tells of 100 errors."""

    def __init__(self, known: KnownOperations) -> None:
        super().__init__()
        self._known = known

    def on_validate(self) -> Iterator[None]:
        execution = self.execution_context
        assert execution.graphql_document is not None
        rules = STAFF_RULES if execution.context.may_introspect else PUBLIC_RULES
        execution.pre_execution_errors = problems_of(execution.schema._schema, execution.graphql_document, rules)
        if not execution.pre_execution_errors:
            name = execution._provided_operation_name
            known = KnownOperation(execution.graphql_document, name, execution.operation_type)
            self._known.keep(key_of(execution.query, name, execution.context), known)
        yield


@lru_cache(DOCUMENTS_KEPT)
def problems_of(
    schema: GraphQLSchema, document: DocumentNode, rules: tuple[type[ASTValidationRule], ...]
) -> list[GraphQLError]:
    """What is wrong with a document: none, or the first `ERRORS_AT_MOST` and one that says so. Not to be changed."""
    return validate(schema, document, rules, max_errors=ERRORS_AT_MOST)
