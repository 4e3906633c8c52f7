"""What is projected is what graphql-core would have answered: the same data in the same order, and the same errors."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import product
from operator import attrgetter
from typing import Any, ClassVar

import pytest
import strawberry
from graphql import ExecutionResult, GraphQLSchema, OverlappingFieldsCanBeMergedRule, execute, parse, validate
from graphql.execution import Executor
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

import server.schema
from graph.answer import SubjectAnswer
from graph.data_map import DataMap
from graph.model import Decision, DecisionKind, MapElements, SubjectRecord
from server.schema.projection import SELECTIONS_KEPT, Projector, projector
from server.schema.revisions import DataMap as ShownMap
from server.schema.revisions import view_of
from server.schema.shared_parts import SHARED_BY
from server.schema.subjects import Subject
from server.viewer import ANONYMOUS, Scope, Viewer
from tests.builders import A_DAY, a_decision, a_disclosure_record, a_holding, a_map, a_policy, a_revision, a_trust
from tests.server.schema.operations import operations
from tests.strategies import valid_maps

STAFF = Viewer("staff-1", frozenset({Scope.STAFF}))


@dataclass
class Asking:
    """All of a request's context that a resolver below the root may ask for."""

    viewer: Viewer = ANONYMOUS
    values_at_most: int | None = None


@strawberry.type
class Root:
    """The types of the contract, under fields that are given what the contract's own load from the graph."""

    @strawberry.field
    def person(self, info: strawberry.Info[Any, Any]) -> Subject | None:
        return Subject.of(info.root_value)

    @strawberry.field
    def map(self, info: strawberry.Info[Any, Any]) -> ShownMap:
        return ShownMap(view=view_of(info.root_value.data_map))


def a_schema(query: type) -> GraphQLSchema:
    schema = strawberry.Schema(query, config=StrawberryConfig(scalar_map={datetime: server.schema._TIME}))
    return schema._schema


CONTRACT = a_schema(Root)


@st.composite
def crowds(draw: st.DrawFn) -> list[SubjectAnswer]:
    """People under one map, with holdings, decisions, trusts and disclosures, some of which the map does not know."""
    content = draw(valid_maps())
    data_map = DataMap(a_revision(), content.policy, content.elements)
    return [SubjectAnswer(draw(_records(content.elements)), data_map, A_DAY) for _ in range(draw(st.integers(1, 3)))]


@st.composite
def _records(draw: st.DrawFn, elements: MapElements) -> SubjectRecord:
    def key(some: tuple[Any, ...]) -> st.SearchStrategy[str]:
        return st.sampled_from([*(each.key for each in some), "gone-from-the-map"])

    def many(make: Any) -> tuple[Any, ...]:
        return tuple(make(f"row-{number}") for number in range(draw(st.integers(0, 3))))

    category, purpose = key(elements.data_categories), key(elements.purposes)
    return SubjectRecord(
        id="subject-1",
        holdings=many(
            lambda id: a_holding(id, service=draw(key(elements.services)), category=draw(category), source=None)
        ),
        decisions=many(lambda id: a_decision(id, purpose=draw(purpose), kind=draw(st.sampled_from(DecisionKind)))),
        trusts=many(lambda id: a_trust(id, categories=(draw(category),))),
        disclosures=many(lambda id: a_disclosure_record(id, recipient=draw(key(elements.recipients)))),
    )


async def run(
    schema: GraphQLSchema,
    document: Any,
    executor: type[Executor[Any]],
    *,
    root: object = None,
    variables: Mapping[str, Any] | None = None,
    context: object = None,
) -> tuple[str, list[Any]]:
    """Data as text, so that its order counts, and the errors."""
    given = dict(variables or {})
    result = execute(schema, document, root, context or Asking(), given, executor_class=executor)
    told = await result if inspect.isawaitable(result) else result
    assert isinstance(told, ExecutionResult)
    return json.dumps(told.data), [each.formatted for each in told.errors or ()]


@given(data=st.data(), people=crowds(), viewer=st.sampled_from((ANONYMOUS, STAFF)))
@settings(max_examples=150)
async def test_any_operation_is_answered_as_graphql_core_answers_it(
    data: st.DataObject, people: list[SubjectAnswer], viewer: Viewer
) -> None:
    document = parse(data.draw(operations(CONTRACT)))
    assume(not validate(CONTRACT, document, [OverlappingFieldsCanBeMergedRule]))
    executor = projector()
    for answer, variables in product(people, ({}, {"yes": False, "few": 1}, {})):
        asked: dict[str, Any] = {"root": answer, "variables": variables, "context": Asking(viewer)}
        expected = await run(CONTRACT, document, StrawberryGraphQLCoreExecutionContext, **asked)
        assert await run(CONTRACT, document, executor, **asked) == expected
    projected = [kept[1] is not None for kept in executor.selections.values()]
    event(f"projected: {'all' if all(projected) else 'some' if any(projected) else 'none'}")


# ---- what people share -----------------------------------------------------------------------------------------------

HELD = """{ person { holdings(first: 9) { nodes {
    purposes { status purpose { key } %s } recipients { status recipient { key } %s }
} } } }"""


COMPANY = DataMap(a_revision(), a_policy(), a_map())


def somebody(id: str, *decisions: Decision) -> SubjectAnswer:
    record = SubjectRecord(id, (a_holding(f"{id}-1"), a_holding(f"{id}-2")), decisions, (), ())
    return SubjectAnswer(record, COMPANY, A_DAY)


@pytest.mark.parametrize(
    ("personal", "parts"),
    [
        # Anna's and Bert's lists are the same; Cleo's and Dora's objections make other ones.
        (("", ""), 2),
        (("clauses { key }", "path { text } countries { key }"), 2),
        # A decision or a holding is somebody's: nothing of it is kept, but what stands beside it is.
        (("decision { id }", ""), 2),
        (("", "holding { id }"), 2),
        (("", "path { text } holding { recipients { status } }"), 4),
        (("decision { id }", "holding { id }"), 0),
    ],
)
async def test_a_list_is_shared_by_those_for_whom_the_same_holds(personal: tuple[str, str], parts: int) -> None:
    document, executor = parse(HELD % personal), projector()
    cleos, doras = (a_decision(id, purpose="delivery", kind=DecisionKind.OBJECTION) for id in ("first", "second"))
    people = somebody("anna"), somebody("bert"), somebody("cleo", cleos), somebody("dora", doras), somebody("anna")
    for answer in people:
        expected = await run(CONTRACT, document, StrawberryGraphQLCoreExecutionContext, root=answer)
        assert await run(CONTRACT, document, executor, root=answer) == expected
    assert len(executor.shared) == parts


# ---- what is not vouched for -----------------------------------------------------------------------------------------


class Colour(StrEnum):
    RED = "red"


@strawberry.interface
class Thing:
    name: str


@strawberry.type
class Part(Thing):
    is_of_map: ClassVar[bool] = True
    colour: Colour = Colour.RED
    weight: int = 1

    @strawberry.field
    def price(self) -> int:
        if self.name == "broken":
            raise ValueError("no price")
        return 2


BY_NAME = {SHARED_BY: attrgetter("name")}


@strawberry.type
class Shelf:
    is_of_map: ClassVar[bool] = True
    tried: ClassVar[int] = 0
    name: str

    @strawberry.field
    def parts(self) -> list[Part]:
        return [Part(name="first"), Part(name="broken"), Part(name="last")]

    @strawberry.field
    def sound(self) -> list[Part]:
        return [Part(name="first")]

    @strawberry.field
    def maybe(self) -> list[Part | None]:
        return [Part(name="broken"), None, Part(name="last")]

    @strawberry.field
    def missing(self) -> Part:
        return None  # type: ignore[return-value]

    @strawberry.field
    def wrong(self) -> Part:
        return Shelf(name="no part")  # type: ignore[return-value]

    @strawberry.field
    def things(self) -> list[Thing]:
        return [Part(name="first")]

    @strawberry.field
    async def later(self) -> Part:
        return Part(name="later")

    @strawberry.field
    def some(self, count: int = 1) -> list[Part]:
        if count < 0:
            raise ValueError("fewer than none")
        return [Part(name="first")] * count

    @strawberry.field(metadata=BY_NAME)  # type: ignore[untyped-decorator]  # of strawberry, called with arguments
    def inner(self) -> Shelf:
        return self

    @strawberry.field
    def breaks(self) -> Part | None:
        Shelf.tried += 1
        raise ValueError("broken")

    @strawberry.field
    def asker(self, info: strawberry.Info[Any, Any]) -> Part:
        return Part(name=info.field_name)


@strawberry.type
class Store:
    @strawberry.field
    def shelf(self) -> Shelf | None:
        return Shelf(name="top")


STORE = a_schema(Store)


@pytest.mark.parametrize(
    ("selection", "projected"),
    [
        ("name", [True]),
        ("name __typename sound { name colour weight price }", [True]),
        ("b: name a: name sound { b: weight a: weight }", [True]),
        ("sound { name } ...More", [True]),
        ("sound { name } ... on Shelf { sound { weight } }", [True]),
        ("some { name } all: some(count: 3) { name }", [True]),
        ("some(count: $few) { name }", [True]),
        # Compiled, and then not projected: an error is told by graphql-core, which does the rest too.
        ("name parts { name price }", [True]),
        ("name maybe { name price }", [True]),
        ("name missing { name }", [True]),
        ("name wrong { name }", [True]),
        ("some(count: -1) { name } sound { name }", [True]),
        ("some(count: $less) { name } sound { name }", [True]),
        # Left to graphql-core, with what is below it projected where that can be.
        ("name things { name }", [False, True]),
        ("later { name }", [False, True]),
        ("asker { name }", [False, True]),
        ("name @include(if: $yes)", [False]),
        ("sound @skip(if: $yes) { name }", [False, True]),
        ("sound { name @skip(if: $yes) }", [False, False]),
        ("... @include(if: $yes) { name }", [False]),
        ("...More @skip(if: $yes)", [False, True]),
    ],
)
async def test_what_cannot_be_vouched_for_is_left_to_graphql_core(selection: str, projected: list[bool]) -> None:
    fragment = " fragment More on Shelf { sound { price } }" if "...More" in selection else ""
    document = parse(
        f"query ($yes: Boolean = true, $few: Int! = 2, $less: Int! = -1) {{ shelf {{ {selection} }} }}{fragment}"
    )
    for variables in ({"yes": True}, {"yes": False, "few": 3}):
        executor = projector()
        expected = await run(STORE, document, StrawberryGraphQLCoreExecutionContext, variables=variables)
        for _ in range(2):
            assert await run(STORE, document, executor, variables=variables) == expected
    assert [kept[1] is not None for kept in executor.selections.values()] == projected


@pytest.mark.parametrize(("argument", "parts"), [("$few", 0), ("2", 1)])
async def test_what_depends_on_variables_is_shared_with_no_other_request(argument: str, parts: int) -> None:
    executor = projector()
    inner = f"inner {{ some(count: {argument}) {{ name }} }}"
    document = parse(f"query ($few: Int! = 1) {{ shelf {{ some(count: $few) {{ name }} {inner} }} }}")
    for few in (1, 3, 0):
        expected = await run(STORE, document, StrawberryGraphQLCoreExecutionContext, variables={"few": few})
        assert await run(STORE, document, executor, variables={"few": few}) == expected
    assert [kept[1] is not None for kept in executor.selections.values()] == [True]
    assert len(executor.shared) == parts


async def test_what_fails_is_projected_once_however_deep_it_lies() -> None:
    Shelf.tried = 0
    document = parse("{ shelf { inner { inner { inner { breaks { name } } } } } }")
    await run(STORE, document, projector())
    # Once as it is projected, and once by graphql-core.
    assert Shelf.tried == 2


async def test_a_selection_is_compiled_once_for_all_requests_with_its_document() -> None:
    executor = projector()
    document = parse("{ shelf { name sound { name } } }")
    await run(STORE, document, executor)
    (kept,) = executor.selections.values()
    await run(STORE, document, executor)
    assert len(executor.selections) == 1
    assert next(iter(executor.selections.values())) is kept


async def test_of_many_documents_the_newest_are_kept() -> None:
    executor = projector()
    for number in range(SELECTIONS_KEPT + 3):
        await run(STORE, parse(f"{{ shelf {{ n{number}: name }} }}"), executor)
    assert len(executor.selections) == SELECTIONS_KEPT


async def test_a_middleware_sees_every_field() -> None:
    seen: list[str] = []

    def middleware(following: Any, source: Any, info: Any, **arguments: Any) -> Any:
        seen.append(info.field_name)
        return following(source, info, **arguments)

    document = parse("{ shelf { sound { name } } }")
    executor: type[Projector] = projector()
    result = execute(STORE, document, None, Asking(), middleware=[middleware], executor_class=executor)
    assert isinstance(result, ExecutionResult)
    assert result.data == {"shelf": {"sound": [{"name": "first"}]}}
    assert seen == ["shelf", "sound", "name"]
