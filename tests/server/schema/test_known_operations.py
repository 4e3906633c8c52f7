"""An operation that was found good is run again without being looked at again, and is judged no milder for that."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import parse
from strawberry.types.graphql import OperationType

from server.schema.known_operations import KnownOperation, KnownOperations
from tests.server.api import Api


def an_operation(name: str) -> KnownOperation:
    return KnownOperation(parse(f"query {name} {{ __typename }}"), name, OperationType.QUERY)


def test_those_used_last_are_kept() -> None:
    known = KnownOperations(at_most=2)
    known.keep("a", an_operation("A"))
    known.keep("b", an_operation("B"))
    assert known.find("a") is not None
    known.keep("c", an_operation("C"))
    assert {key for key in "abc" if known.find(key)} == {"a", "c"}


async def test_get_runs_no_mutation_that_post_has_run(reader: Api) -> None:
    document = "mutation { __typename }"
    assert await reader.data(document) == {"__typename": "Mutation"}
    response = await reader.client.get("/graphql", params={"query": document})
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


async def test_variables_are_checked_each_time(reader: Api) -> None:
    document = "query ($first: Int!) { revisions(first: $first) { totalCount } }"
    right, wrong = {"first": 1}, {"first": "one"}
    assert await reader.data(document, right) == {"revisions": {"totalCount": 1}}
    for variables in (wrong, {}, wrong):
        answer = await reader.ask(document, variables)
        assert (answer.data, answer.codes) == (None, ["INVALID_DOCUMENT"])
    assert await reader.data(document, right) == {"revisions": {"totalCount": 1}}


@pytest.mark.parametrize(
    ("name", "answered"), [("One", {"one": "Query"}), ("Two", {"two": "Query"}), ("Three", None), (None, None)]
)
async def test_of_several_operations_the_one_that_is_named(reader: Api, name: str | None, answered: Any) -> None:
    document = "query One { one: __typename } query Two { two: __typename }"
    for _ in range(2):
        response = await reader.client.post("/graphql", json={"query": document, "operationName": name})
        assert response.json().get("data") == answered


async def test_an_error_is_told_the_same_the_second_time(reader: Api) -> None:
    answers = [
        await reader.ask("{ me { key } revision(number: 404) { number } }", headers={"X-Request-Id": "0" * 32})
        for _ in range(2)
    ]
    assert answers[0].body == answers[1].body
    assert answers[0].codes == ["UNAUTHENTICATED", "NOT_FOUND"]
