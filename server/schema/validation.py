"""Parsing and validation of documents: by which rules, how far, and once for each that is good.

An invalid document is kept for nobody, so that what is looked for in it is bounded: each error is told with its place
and, where a name is wrong, with the names that are like it, and both take long.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    parse,
    specified_rules,
    validate,
)
from graphql.validation.validate import ValidationAbortedError
from strawberry.extensions import SchemaExtension

from server.new_documents import Reading
from server.schema.known_operations import KnownOperation, KnownOperations, key_of
from server.schema.limits import TOKENS_AT_MOST, LimitsRule, check_length

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


#: The limits come first, because what is over them would keep other rules busy for long.
STAFF_RULES: tuple[type[ASTValidationRule], ...] = (
    LimitsRule,
    SelectionRule,
    *(TypeNamesRule if rule is KnownTypeNamesRule else rule for rule in specified_rules),
)
PUBLIC_RULES: tuple[type[ASTValidationRule], ...] = (*STAFF_RULES, IntrospectionRule)


class Validation(SchemaExtension):
    """Keeps from running what breaks a rule, and remembers what breaks none. In the place of strawberry's parsing and
    validation, which takes any number of tokens and tells of 100 errors."""

    def __init__(self, known: KnownOperations) -> None:
        super().__init__()
        self._known = known

    def on_parse(self) -> Iterator[None]:
        execution = self.execution_context
        key = key_of(execution.query, execution._provided_operation_name, execution.context)
        known = self._known.find(key)
        if known is not None:
            reading = Reading(known.document)
        else:
            context = execution.context
            # What was known when the request came may be forgotten by now.
            reading = context.reading or read(execution.schema._schema, execution.query or "", context.may_introspect)
        if reading.document is None:
            raise reading.problems[0]
        execution.graphql_document = reading.document
        self._reading = reading
        yield

    def on_validate(self) -> Iterator[None]:
        execution = self.execution_context
        document = execution.graphql_document
        assert document is not None
        execution.pre_execution_errors = self._reading.problems
        if not execution.pre_execution_errors:
            name = execution._provided_operation_name
            known = KnownOperation(document, name, execution.operation_type)
            self._known.keep(key_of(execution.query, name, execution.context), known)
        yield


def read(schema: GraphQLSchema, text: str, may_introspect: bool) -> Reading:
    """Parses a document, and looks for what is wrong with it. Safe in a thread: it shares nothing but the schema."""
    try:
        check_length(text)
        document = parse(text, max_tokens=TOKENS_AT_MOST)
    except GraphQLError as error:
        return Reading(None, [error])
    return Reading(document, problems_of(schema, document, STAFF_RULES if may_introspect else PUBLIC_RULES))


def problems_of(
    schema: GraphQLSchema, document: DocumentNode, rules: tuple[type[ASTValidationRule], ...]
) -> list[GraphQLError]:
    """What is wrong with a document: none, or the first `ERRORS_AT_MOST` and one that says so."""
    return validate(schema, document, rules, max_errors=ERRORS_AT_MOST)
