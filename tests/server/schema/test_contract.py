"""The contract: `schema.graphql` is the code's schema, and says what it needs to whoever reads it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_introspection_type,
    is_non_null_type,
    is_specified_scalar_type,
    is_type_sub_type_of,
    print_ast,
    validate_schema,
)

from server.schema.connections import PAGE_DEFAULT, PAGE_MAXIMUM
from server.settings import ROOT
from tests.server.api import Api

CONTRACT = ROOT / "schema.graphql"
CAMEL = re.compile(r"[a-z][a-zA-Z0-9]*")
PASCAL = re.compile(r"[A-Z][a-zA-Z0-9]*")
UPPER = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")


@pytest.fixture(scope="module")
def contract() -> GraphQLSchema:
    return build_schema(CONTRACT.read_text("utf-8"))


def types(schema: GraphQLSchema) -> Iterator[GraphQLNamedType]:
    """Those of the contract's own."""
    for type in schema.type_map.values():
        if not is_introspection_type(type) and not is_specified_scalar_type(type):
            yield type


def fields(schema: GraphQLSchema) -> Iterator[tuple[str, GraphQLField]]:
    """Each field of an object or interface, with its place such as `Query.me`."""
    for type in types(schema):
        if isinstance(type, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in type.fields.items():
                yield f"{type.name}.{name}", field


def arguments(schema: GraphQLSchema) -> Iterator[tuple[str, GraphQLArgument]]:
    for place, field in fields(schema):
        for name, argument in field.args.items():
            yield f"{place}({name})", argument


def described(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """Everything that is to have a description, with it."""
    for type in types(schema):
        yield type.name, type.description
        if isinstance(type, GraphQLEnumType):
            yield from ((f"{type.name}.{name}", value.description) for name, value in type.values.items())
        if isinstance(type, GraphQLInputObjectType):
            yield from ((f"{type.name}.{name}", field.description) for name, field in type.fields.items())
    yield from ((place, field.description) for place, field in fields(schema))
    yield from ((place, argument.description) for place, argument in arguments(schema))


def test_the_file_is_what_the_code_has() -> None:
    written = subprocess.run(
        [sys.executable, "-m", "server.cli", "schema"], cwd=ROOT, capture_output=True, check=True, timeout=60
    )
    assert CONTRACT.read_bytes() == written.stdout, "`make schema` writes it anew"


def test_make_schema_writes_the_file() -> None:
    planned = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "schema"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    assert planned.stdout.splitlines()[-2:] == [
        "./vitrine schema > schema.graphql.new",
        "mv schema.graphql.new schema.graphql",
    ]


def test_it_is_a_valid_schema(contract: GraphQLSchema) -> None:
    assert validate_schema(contract) == []


def test_everything_is_described(contract: GraphQLSchema) -> None:
    assert [place for place, description in described(contract) if not (description or "").strip()] == []


def test_a_description_is_a_sentence(contract: GraphQLSchema) -> None:
    wrong = [place for place, text in described(contract) if text and not re.fullmatch(r"[A-Z`(].*[.`]", text, re.S)]
    assert wrong == []


def test_names_are_those_of_graphql(contract: GraphQLSchema) -> None:
    wrong = [type.name for type in types(contract) if not PASCAL.fullmatch(type.name)]
    wrong += [place for place, _ in fields(contract) if not CAMEL.fullmatch(place.partition(".")[2])]
    wrong += [place for place, _ in arguments(contract) if not CAMEL.fullmatch(place.split("(")[1].rstrip(")"))]
    for type in types(contract):
        if isinstance(type, GraphQLInputObjectType):
            wrong += [f"{type.name}.{name}" for name in type.fields if not CAMEL.fullmatch(name)]
        if isinstance(type, GraphQLEnumType):
            wrong += [f"{type.name}.{name}" for name in type.values if not UPPER.fullmatch(name)]
    assert wrong == []


def test_nothing_counts_rows_by_offset(contract: GraphQLSchema) -> None:
    names = [place for place, _ in (*fields(contract), *arguments(contract))]
    assert [name for name in names if re.search(r"offset|skip|page(Number|Size|Index)", name, re.I)] == []


def test_every_list_in_pages_has_a_default_and_says_its_maximum(contract: GraphQLSchema) -> None:
    connections = {
        place: field for place, field in fields(contract) if get_named_type(field.type).name.endswith("Connection")
    }
    assert len(connections) == 30
    for place, field in connections.items():
        assert {"first", "after"} <= field.args.keys(), place
        first = field.args["first"]
        assert first.ast_node is not None
        assert print_ast(first.ast_node).endswith(f"first: Int! = {PAGE_DEFAULT}"), place
        assert str(PAGE_MAXIMUM) in (first.description or ""), place


def test_connections_are_relays(contract: GraphQLSchema) -> None:
    for type in types(contract):
        if type.name.endswith("Connection"):
            assert isinstance(type, GraphQLObjectType)
            assert str(type.fields["pageInfo"].type) == "PageInfo!"
            edge = get_named_type(type.fields["edges"].type)
            assert isinstance(edge, GraphQLObjectType)
            assert str(edge.fields["cursor"].type) == "String!"
            assert str(type.fields["nodes"].type) == f"[{edge.fields['node'].type}]!"
    page_info = contract.type_map["PageInfo"]
    assert isinstance(page_info, GraphQLObjectType)
    assert {name: str(field.type) for name, field in page_info.fields.items()} == {
        "hasNextPage": "Boolean!",
        "hasPreviousPage": "Boolean!",
        "startCursor": "String",
        "endCursor": "String",
    }


def test_what_has_an_id_is_a_node(contract: GraphQLSchema) -> None:
    node = contract.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    for type in types(contract):
        if isinstance(type, GraphQLObjectType) and "id" in type.fields:
            assert node in type.interfaces, type.name
            assert str(type.fields["id"].type) == "ID!"


def test_every_row_of_an_answer_can_cite_its_clauses(contract: GraphQLSchema) -> None:
    rows = ("Holding", "HeldPurpose", "HeldRecipient", "HeldRetention", "RetentionException", "Exclusion", "Right")
    for name in rows:
        row = contract.type_map[name]
        assert isinstance(row, GraphQLObjectType)
        assert str(row.fields["clauses"].type) == "[Clause!]!", name


def test_mutations_take_one_input_and_tell_of_failures_as_members(contract: GraphQLSchema) -> None:
    assert contract.mutation_type is not None
    failure = contract.type_map["Failure"]
    assert isinstance(failure, GraphQLInterfaceType)
    for name, field in contract.mutation_type.fields.items():
        assert list(field.args) == ["input"], name
        assert is_non_null_type(field.type), name
        payload = get_nullable_type(field.type)
        assert isinstance(payload, GraphQLUnionType), name
        assert payload.name == f"{name[0].upper()}{name[1:]}Payload"
        success, *failures = payload.types
        assert success.name == f"{name[0].upper()}{name[1:]}Success"
        assert failures, name
        assert all(is_type_sub_type_of(contract, each, failure) for each in failures), name


def test_nothing_of_a_person_is_asked_for_by_an_id_but_by_staff(contract: GraphQLSchema) -> None:
    """Whose data is shown is the credential's to say: only `subject`, which leaves a record, takes an id."""
    ids = [place for place, argument in arguments(contract) if get_named_type(argument.type).name == "ID"]
    assert sorted(ids) == ["Query.node(id)", "Query.subject(id)"]


async def test_the_service_answers_by_the_contract(reader: Api, contract: GraphQLSchema) -> None:
    data = await reader.data("{ __schema { types { name } queryType { name } mutationType { name } } }")
    named = {each["name"] for each in data["__schema"]["types"]}
    assert {type.name for type in types(contract)} <= named
    assert (data["__schema"]["queryType"], data["__schema"]["mutationType"]) == (
        {"name": "Query"},
        {"name": "Mutation"},
    )
