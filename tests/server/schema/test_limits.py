"""What one operation may ask for, and that what was found out about it is kept."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from graphql import get_introspection_query, parse, validate
from strawberry.extensions.validation_cache import _get_validate_cache

from server.schema import DOCUMENTS_KEPT, build_schema
from server.schema.limits import ALIASES_AT_MOST, COST_AT_MOST, QUERY_BYTES_AT_MOST, LimitsRule
from tests.server.api import Api

SCHEMA = build_schema()._schema
ADVICE = "nest fewer lists, or ask for fewer rows with `first`"
STALLING = "{ policy { clauses(first:200) { nodes { states { clauses { states { clauses { key }}}}}}}}"
LARGE = """{ me { holdings(first: 50) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node {
  id since lastSeen until records service { key name } category { key name kind } source { name }
  purposes { status legalBasis purpose { key name } processing { key } decision { kind } clauses { key number text } }
  recipients { status recipient { key name kind function } purpose { key } case { number name }
    path { text hops { __typename key clauses { key } } countries { name } }
    countries { key name adequacy } clauses { key number text } }
  retention { endsAt rule { key criterion period { months } } purposes { key } exceptions { name } clauses { key } }
  clauses { key number text } } } } } }"""


def said(document: str) -> list[str]:
    return [error.message for error in validate(SCHEMA, parse(document), [LimitsRule])]


def over(cost: int) -> list[str]:
    return [f"The operation's cost is {cost}, and may be {COST_AT_MOST}: {ADVICE}"]


class TestCost:
    async def test_what_would_hold_everybody_up_is_refused(self, reader: Api) -> None:
        answer = await reader.ask(STALLING)
        assert (answer.data, answer.codes, answer.messages) == (None, ["INVALID_DOCUMENT"], over(3_630_402))
        assert answer.errors[0]["extensions"]["correlationId"] == answer.headers["x-request-id"]

    async def test_a_large_answer_is_given(self, reader: Api) -> None:
        data = await reader.data(LARGE, token=reader.subject("example-buyer"))
        assert data["me"]["holdings"]["totalCount"] == 13

    async def test_tools_can_read_the_schema(self, reader: Api) -> None:
        data = await reader.data(get_introspection_query())
        assert data["__schema"]["queryType"] == {"name": "Query", "kind": "OBJECT"}

    def test_but_not_many_times_at_once(self) -> None:
        body = "types { fields { args { type { name } } type { name } } }"
        many = " ".join(f"a{number}: __schema {{ {body} }}" for number in range(ALIASES_AT_MOST))
        (message,) = said(f"{{ {many} {STALLING[2:-1]} }}")
        assert message == over(ALIASES_AT_MOST * (2 + 150 * (1 + 10 * (1 + 2 * 2 + 2))) + 3_630_402)[0]

    @pytest.mark.parametrize(
        ("first", "rows"),
        [("", 50), ("(first: 3)", 3), ("(first: 200)", 200), ("(first: 999999999999)", 200), ("(first: $n)", 200)],
    )
    def test_a_page_costs_its_rows(self, first: str, rows: int) -> None:
        inner = "states { clauses { states { clauses { states { key } } } } }"
        cost = 1 + 30 * (1 + 4 * (1 + 30 * (1 + 4 * (1 + 30))))
        variable = "($n: Int! = 1)" if "$" in first else ""
        document = f"query {variable} {{ policy {{ clauses{first} {{ nodes {{ {inner} }} }} }} }}"
        assert said(document) == (over(2 + rows * (1 + cost)) if 2 + rows * (1 + cost) > COST_AT_MOST else [])

    def test_fragments_cost_what_is_in_them(self) -> None:
        document = "{ policy { ...A } } fragment A on Policy { clauses(first: 200) { nodes { ...B } } }"
        spread = "fragment B on Clause { states { ... { clauses { states { clauses { key } } } } } }"
        assert said(f"{document} {spread}") == over(3_630_402)

    def test_of_fragments_on_other_types_the_dearest_counts(self) -> None:
        tail = "clauses { states { clauses { key } } }"
        kinds = " ".join(f"... on {kind} {{ {tail} }}" for kind in ("Service", "Purpose", "Recipient"))
        assert said(f"{{ policy {{ clauses(first: 200) {{ nodes {{ states {{ {kinds} }} }} }} }} }}") == over(3_630_402)

    def test_a_fragment_that_grows_is_measured_once(self) -> None:
        names = [f"f{number}" for number in range(60)]
        chain = "".join(f"fragment {name} on Clause {{ ...{below} ...{below} }} " for name, below in pairwise(names))
        (message,) = said(f"{{ policy {{ tree {{ ...f0 }} }} }} {chain} fragment f59 on Clause {{ key }}")
        assert message == over(2 + 10 * 2**59)[0]

    def test_a_fragment_in_itself_ends(self) -> None:
        assert said("{ policy { tree { ...A } } } fragment A on Clause { key parts { ...A } }") == []

    def test_a_long_chain_of_fragments_is_too_deep(self) -> None:
        chain = "".join(f"fragment f{number} on Query {{ ...f{number + 1} }} " for number in range(100))
        assert said(f"{{ ...f0 }} {chain} fragment f100 on Query {{ __typename }}") == [
            "The operation is more than 20 fields deep: ask for less at once"
        ]

    def test_aliases_in_fragments_count_where_they_are_spread(self) -> None:
        spread = "".join(f"a{number}: me {{ ...A }} " for number in range(20))
        assert said(f"{{ {spread} }} fragment A on Subject {{ k: key }}") == [
            "The operation has 40 aliases, and may have 30: ask for less at once"
        ]


class TestLength:
    async def test_a_text_that_is_too_long_is_not_read(self, reader: Api) -> None:
        comment = "{ __typename } #"
        exact = comment + "x" * (QUERY_BYTES_AT_MOST - len(comment))
        assert await reader.data(exact) == {"__typename": "Query"}
        answer = await reader.ask(exact[:-1] + "é")
        assert answer.codes == ["INVALID_DOCUMENT"]
        assert answer.messages == [
            "The operation's text is 65537 bytes long, and may be 65536: send what is long in `variables`"
        ]

    async def test_half_characters_are_no_failure(self, reader: Api) -> None:
        document = '{"query": "{ __typename } #\\ud800"}'
        response = await reader.client.post("/graphql", content=document, headers={"Content-Type": "application/json"})
        assert response.status_code == 200
        assert "INTERNAL" not in response.text


class TestKept:
    async def test_a_document_is_validated_once(self, reader: Api) -> None:
        cache = _get_validate_cache(DOCUMENTS_KEPT)
        document = f"{{ __typename }} # {time.monotonic_ns()}"
        before = cache.cache_info()  # type: ignore[attr-defined]
        for _ in range(3):
            await reader.data(document)
        after = cache.cache_info()  # type: ignore[attr-defined]
        assert (after.misses - before.misses, after.hits - before.hits) == (1, 2)

    async def test_a_refusal_too(self, reader: Api) -> None:
        answers = [await reader.ask(STALLING, headers={"X-Request-Id": f"id-{number}"}) for number in range(2)]
        assert [answer.errors[0]["extensions"]["correlationId"] for answer in answers] == ["id-0", "id-1"]
