"""What everybody is answered from a graph that was moved is what they were answered before, all of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    is_required_argument,
)

from graph.engines.embedded import EmbeddedEngine
from graph.store.database import Database
from server.development import DevelopmentIssuer
from server.settings import ROOT
from tests.clock import Clock
from tests.moves import ODD_IDS, TODAY, backed_up, emptied, fill, restored
from tests.server.api import Api

PEOPLE = (
    "example-multi-product",
    "example-truster",
    "example-past-customer",
    "example-disclosed",
    ODD_IDS[5],
    "nobody",
)
#: When the second revision is in force, when the first was, and before it.
TIMES = (None, "2019-02-01T00:00:00Z", "2018-11-11T23:59:59Z")
DEPTH = 3
#: Of a revision, for which a person would get an error.
FOR_STAFF = ("reach", "notification", "shortNoticeReason")


def selection(type: object, depth: int) -> str:
    """Everything of a type that can be asked without saying more, `depth` fields down."""
    assert isinstance(type, GraphQLObjectType | GraphQLInterfaceType)
    fields = [part for name, field in type.fields.items() if (part := _field(name, field, depth))]
    return f"{{ __typename {' '.join(fields)} }}"


def _field(name: str, field: GraphQLField, depth: int) -> str:
    if any(is_required_argument(each) for each in field.args.values()) or name in ("edges", "pageInfo", *FOR_STAFF):
        return ""
    inner = get_named_type(field.type)
    if isinstance(inner, GraphQLScalarType | GraphQLEnumType):
        return name
    if not depth or isinstance(inner, GraphQLUnionType):
        return ""
    # The nodes of a list are no deeper than the list.
    return f"{name} {selection(inner, depth if inner.name.endswith('Connection') else depth - 1)}"


def questions(schema: GraphQLSchema) -> Iterator[str]:
    """One for each field of a person's answer, for all of them at once would cost too much."""
    me = schema.type_map["Subject"]
    assert isinstance(me, GraphQLObjectType)
    for name, field in me.fields.items():
        yield f"query ($asOf: DateTime) {{ me(asOf: $asOf) {{ {_field(name, field, DEPTH)} }} }}"


async def answers(api: Api) -> dict[tuple[str, str | None, str], Any]:
    schema = build_schema((ROOT / "schema.graphql").read_text("utf-8"))
    found = {}
    for question in questions(schema):
        for person in PEOPLE:
            for time in TIMES:
                answer = await api.ask(question, {"asOf": time}, api.subject(person))
                assert answer.status == 200
                assert set(answer.codes) <= {"NO_REVISION_IN_FORCE"}, answer.body
                found[person, time, question] = answer.data, answer.messages
    return found


async def test_everybody_is_answered_as_before(
    database: Database, issuer: DevelopmentIssuer, jwks_url: str, tmp_path: Path
) -> None:
    """From the graph of this run to an embedded engine; that it comes back unchanged is another test's."""

    async def asked(graph: Database) -> dict[tuple[str, str | None, str], Any]:
        api = Api(graph, issuer, jwks_url, Clock(TODAY))
        async with api.client:
            return await answers(api)

    async with emptied(database), EmbeddedEngine(tmp_path) as address, Database(address) as other:
        await fill(database)
        expected = await asked(database)
        told = [data for data, _ in expected.values() if data is not None and data["me"] is not None]
        assert len(told) > len(expected) // 2
        await restored(other, await backed_up(database))
        assert await asked(other) == expected
