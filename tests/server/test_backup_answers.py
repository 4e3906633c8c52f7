"""What everybody is answered from a graph that was moved is what they were answered before, all of it."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from graphql import (
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from graph.engines.embedded import EmbeddedEngine
from graph.store.database import Database
from server.development import DevelopmentIssuer
from server.schema.ids import read_global_id
from server.schema.queries import OWN_TYPES
from server.settings import ROOT
from tests.clock import Clock
from tests.graphs import given_address, wipe
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
#: One that was in force, the one that is, two withdrawn, one scheduled, two drafts, and none.
NUMBERS = range(1, 9)
#: Of a revision, for which others would get an error. To count whom it reaches is dear: it is asked of one at a time.
FOR_STAFF = ("reach", "notification", "shortNoticeReason")
REFUSALS = frozenset({"NO_REVISION_IN_FORCE", "NOT_FOUND", "FORBIDDEN", "UNAUTHENTICATED"})

Given: TypeAlias = Mapping[str, object]
_BY_TIME: Sequence[Given] = [{"asOf": time} for time in TIMES]
_BY_NUMBER: Sequence[Given] = [{"number": number} for number in NUMBERS]
#: What each root is asked with; `node` for what the others showed.
GIVEN: Mapping[str, Sequence[Given]] = {
    "me": _BY_TIME,
    "subject": [{"id": person} for person in PEOPLE],
    "policy": [*_BY_TIME, *_BY_NUMBER],
    "dataMap": [_BY_TIME[1], *_BY_NUMBER],
    "revisions": [{"first": 200}],
    "revision": _BY_NUMBER,
    "compare": [{"from": old, "to": new} for old, new in ((1, 2), (2, 1), (2, 5), (5, 6))],
}
PUBLIC = tuple(root for root in GIVEN if root not in ("me", "subject"))
#: What is no GraphQL, by who may read it.
PAGES = ("/policy", "/policy/1", "/policy/2/changes", "/feed/revisions.atom")
PAGES_OF_STAFF = ("/policy/7", "/records/2.csv", "/records/2.html")
#: How many fields of an answer stand in each other.
DEPTHS = {"me": 3, "subject": 2, "policy": 2, "dataMap": 2, "revisions": 1, "revision": 2, "compare": 2, "node": 2}
#: Of the lists right below a root that are longer than a page is by itself. Changes are still more.
ROWS = dict.fromkeys(("policy", "dataMap", "compare"), "(first: 200)")

#: By who asked what, and with what.
Answers: TypeAlias = dict[tuple[str, str, str], Any]


@functools.cache
def schema() -> GraphQLSchema:
    return build_schema((ROOT / "schema.graphql").read_text("utf-8"))


def selection(type: GraphQLNamedType, depth: int, but_for: Iterable[str] = FOR_STAFF) -> str:
    """Everything of a type that can be asked without saying more, `depth` fields down."""
    assert isinstance(type, GraphQLObjectType | GraphQLInterfaceType)
    parts = [part for name in type.fields if name not in but_for and (part := _field(type, name, depth))]
    if isinstance(type, GraphQLInterfaceType) and type.name == "Change":
        parts += [
            f"... on {each.name} {selection(each, depth, type.fields)}" for each in schema().get_possible_types(type)
        ]
    return f"{{ __typename {' '.join(parts)} }}"


def _field(type: GraphQLObjectType | GraphQLInterfaceType, name: str, depth: int, rows: str = "") -> str:
    field = type.fields[name]
    if any(is_required_argument(each) for each in field.args.values()) or name in ("edges", "pageInfo"):
        return ""
    inner = get_named_type(field.type)
    if is_leaf_type(inner):
        return name
    if not depth or isinstance(inner, GraphQLUnionType):
        return ""
    # The nodes of a list are no deeper than the list.
    first = rows if "first" in field.args else ""
    return f"{name}{first} {selection(inner, depth if inner.name.endswith('Connection') else depth - 1)}"


def questions(root: str, given: Given, *, by_staff: bool) -> Iterator[str]:
    """All of a root's answer; of the person's own in three questions, for in one it would be too much."""
    query = schema().query_type
    assert query is not None
    type = get_named_type(query.fields[root].type)
    assert isinstance(type, GraphQLObjectType)
    # Whoever is looked at sees that, and by an id of chance.
    left_out = ("accessedBy",) if root == "subject" else () if by_staff else FOR_STAFF
    parts = [_field(type, name, DEPTHS[root], ROWS.get(root, "")) for name in type.fields if name not in left_out]
    declared = ", ".join(f"${name}: {query.fields[root].args[name].type}" for name in given)
    passed = ", ".join(f"{name}: ${name}" for name in given)
    number = 3 if root == "me" else 1
    for some in (parts[start::number] for start in range(number)):
        yield f"query ({declared}) {{ {root}({passed}) {{ __typename {' '.join(some)} }} }}"


def question_about(type: str) -> str:
    shown = selection(schema().type_map[type], DEPTHS["node"])
    return f"query ($id: ID!) {{ node(id: $id) {{ ... on {type} {shown} }} }}"


def ids_in(value: Any) -> Iterator[str]:
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from ids_in(each)
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        yield value["id"]


async def answers(api: Api) -> Answers:
    found: Answers = {}

    async def ask(name: str, token: str | None, roots: Iterable[str]) -> None:
        ids: dict[str, str] = {}
        for root in roots:
            for given in GIVEN[root]:
                for question in questions(root, given, by_staff=name == "staff"):
                    ids |= {read_global_id(id).type: id for id in ids_in(await put(name, token, question, given))}
        # One of each type; of a person of what is theirs, for they are shown what is public too.
        for type, id in ids.items():
            if name not in PEOPLE or type in OWN_TYPES:
                await put(name, token, question_about(type), {"id": id})

    async def put(name: str, token: str | None, question: str, given: Given) -> Any:
        answer = await api.ask(question, given, token)
        assert answer.status == 200
        assert set(answer.codes) <= REFUSALS, answer.body
        found[name, question, str(given)] = answer.data, answer.messages
        return answer.data

    async def read(name: str, token: str | None, paths: Iterable[str]) -> None:
        for path in paths:
            response = await api.client.get(path, headers={"Authorization": f"Bearer {token}"} if token else {})
            assert response.status_code == 200, path
            found[name, path, ""] = ({"text": response.text}, response.headers.get("etag"))

    for person in PEOPLE:
        await ask(person, api.subject(person), ("me",))
    await ask("somebody without a token", None, PUBLIC)
    await read("somebody without a token", None, PAGES)
    await read("staff", api.staff(), PAGES_OF_STAFF)
    # Last, for people see who has looked.
    await ask("staff", api.staff(), (*PUBLIC, "subject"))
    return found


def test_every_root_is_asked() -> None:
    query = schema().query_type
    assert query is not None
    assert {*GIVEN, "node"} == {*query.fields}


async def test_everybody_is_answered_as_before(
    database: Database, issuer: DevelopmentIssuer, jwks_url: str, tmp_path: Path
) -> None:
    """From an embedded engine to the graph of this run; and back, where that is on another engine."""

    async def asked(graph: Database) -> Answers:
        api = Api(graph, issuer, jwks_url, Clock(TODAY))
        async with api.client:
            return await answers(api)

    async def check(graph: Database) -> None:
        found = await asked(graph)
        # Not the answers, of which to say how they differ takes minutes.
        assert [each for each in expected if found.get(each) != expected[each]] == []

    async with emptied(database), EmbeddedEngine(tmp_path, brief=True) as address, Database(address) as embedded:
        await fill(embedded)
        # Before anybody looks, of which a record is left.
        content = await backed_up(embedded)
        expected = await asked(embedded)
        told = {question for (_, question, _), (data, _) in expected.items() if data and all(data.values())}
        assert told == {question for _, question, _ in expected}, "what nobody was ever told"
        await restored(database, content)
        content = await backed_up(database)
        await check(database)
        if given_address() is not None:
            await wipe(embedded)
            await restored(embedded, content)
            await check(embedded)
