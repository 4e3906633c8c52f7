"""What one operation may ask for, and that what was found out about it is kept."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from graphql import DocumentNode, GraphQLError, GraphQLSchema, get_introspection_query, parse, validate

from graph import model
from graph.clauses import MAX_BYTES
from graph.store.publishing import publish_revision
from graph.store.revisions import draft_revision
from server.schema import build_schema, validation
from server.schema.elements import MapView
from server.schema.limits import (
    ALIAS_CHARACTERS_AT_MOST,
    ALIASES_AT_MOST,
    COST_AT_MOST,
    MUTATION_COST_AT_MOST,
    QUERY_BYTES_AT_MOST,
    LimitsRule,
)
from server.schema.validation import ERRORS_AT_MOST, problems_of
from tests.builders import a_policy, a_revision_content
from tests.server.api import TODAY, Api

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

    def test_few_comparisons_are_made_at_once(self) -> None:
        one = "compare(from: 1, to: 2) { isChanged }"
        assert said(f"{{ {' '.join(f'a{n}: {one}' for n in range(9))} }}") == []
        assert said(f"{{ {' '.join(f'a{n}: {one}' for n in range(10))} }}") == over(10 * 200_002)
        assert said("{ revisions(first: 9) { nodes { changes { isChanged } } } }") == []
        assert said("{ revisions { nodes { number changes { isChanged } } } }") == over(1 + 50 * 200_004)

    def test_fragments_cost_what_is_in_them(self) -> None:
        document = "{ policy { ...A } } fragment A on Policy { clauses(first: 200) { nodes { ...B } } }"
        spread = "fragment B on Clause { states { ... { clauses { states { clauses { key } } } } } }"
        assert said(f"{document} {spread}") == over(3_630_402)

    def test_of_fragments_on_other_types_the_dearest_counts(self) -> None:
        tail = "clauses { states { clauses { key } } }"
        kinds = " ".join(f"... on {kind} {{ {tail} }}" for kind in ("Service", "Purpose", "Recipient"))
        assert said(f"{{ policy {{ clauses(first: 200) {{ nodes {{ states {{ {kinds} }} }} }} }} }}") == over(3_630_402)

    def test_a_fragment_that_grows_is_measured_once(self) -> None:
        names = [f"f{number}" for number in range(40)]
        chain = "".join(f"fragment {name} on Clause {{ ...{below} ...{below} }} " for name, below in pairwise(names))
        (message,) = said(f"{{ policy {{ tree {{ ...f0 }} }} }} {chain} fragment f39 on Clause {{ key }}")
        assert message == over(2 + 10 * 2**39)[0]

    def test_a_fragment_in_itself_ends(self) -> None:
        assert said("{ policy { tree { ...A } } } fragment A on Clause { key parts { ...A } }") == []

    def test_a_long_chain_of_fragments_is_too_deep(self) -> None:
        chain = "".join(f"fragment f{number} on Query {{ ...f{number + 1} }} " for number in range(90))
        assert said(f"{{ ...f0 }} {chain} fragment f90 on Query {{ __typename }}") == [
            "The operation is more than 20 fields deep: ask for less at once"
        ]

    def test_aliases_in_fragments_count_where_they_are_spread(self) -> None:
        spread = "".join(f"a{number}: me {{ ...A }} " for number in range(20))
        assert said(f"{{ {spread} }} fragment A on Subject {{ k: key }}") == [
            "The operation has 40 aliases, and may have 30: ask for less at once"
        ]


class TestLength:
    async def test_an_alias_that_every_row_would_repeat_is_short(self, reader: Api) -> None:
        alias = "a" * ALIAS_CHARACTERS_AT_MOST
        assert await reader.data(f"{{ {alias}: __typename }}") == {alias: "Query"}
        answer = await reader.ask(f"{{ {alias}a: __typename }}")
        assert answer.codes == ["INVALID_DOCUMENT"]
        assert answer.messages == [
            "The name of a field or an alias is 101 characters long, and may be 100: choose a shorter one"
        ]

    async def test_a_text_that_is_too_long_is_not_read(self, reader: Api) -> None:
        comment = "{ __typename } #"
        exact = comment + "x" * (QUERY_BYTES_AT_MOST - len(comment))
        assert await reader.data(exact) == {"__typename": "Query"}
        answer = await reader.ask(exact[:-1] + "é")
        assert answer.codes == ["INVALID_DOCUMENT"]
        assert answer.messages == [
            "The operation's text is 65537 bytes long, and may be 65536: send what is long in `variables`"
        ]


class TestRepetition:
    """The standard's rules compare each two fields of one name, which took a second for a document of 3,600 bytes."""

    @pytest.mark.parametrize(
        ("document", "pairs"),
        [
            ("{ " + "me { key } " * 142 + "}", 2 * 10011),
            ("{ me { " + "...F " * 142 + "} } fragment F on Subject { key }", 10011),
            ("{ " + "a: __typename " * 142 + "}", 10011),
            ("{ " + "... { me { key } } " * 142 + "}", 2 * 10011),
        ],
    )
    def test_the_same_field_over_and_over(self, document: str, pairs: int) -> None:
        assert said(document) == [
            f"The document has the same fields too often: {pairs} pairs of one name, and may have 10000: "
            "ask for each field once"
        ]

    def test_as_often_as_documents_need(self) -> None:
        assert said("{ " + "__typename " * 141 + "}") == []
        assert said("{ " + "__typename " * 142 + "}") != []

    async def test_no_other_rule_looks_at_it(self, reader: Api) -> None:
        answer = await reader.ask("{ " + "nothing " * 142 + "}")
        assert len(answer.messages) == 1


class TestWrongNames:
    """Each is compared with all that it could have been meant to be, which took seconds for a document of 8 KB."""

    @pytest.mark.parametrize(
        "document",
        [
            "{ " + " ".join(f"... on Abcdefghijklmnopqrstuvwx{n:03d} {{ __typename }}" for n in range(130)) + " }",
            "query($v: Abcdefghijklmnopqrstuvwx000, $w: Abc001) { a: node(id: $v) b: node(id: $w) }",
            "".join(f"fragment f{n} on Abcdefghijklmnopqrstuvwx{n:03d} {{ id }} " for n in range(130))
            + "{ __typename }",
        ],
    )
    async def test_of_types_the_first_ends_it(self, reader: Api, document: str) -> None:
        assert (await reader.ask(document)).messages == ["Unknown type 'Abcdefghijklmnopqrstuvwx000'."]

    @pytest.mark.parametrize(
        "document",
        [
            "{ " + " ".join(f"polic{n}" for n in range(1_900)) + " }",
            "{ policy { " + " ".join(f"... on Policy {{ numbe{n} }}" for n in range(130)) + " } }",
            "{ dataMap(" + " ".join(f"numbe{n}: 1" for n in range(400)) + ") { __typename } }",
            "{ dataMap " + " ".join(f"@includ{n}" for n in range(400)) + " { __typename } }",
        ],
    )
    async def test_of_others_the_first_few_are_told(self, reader: Api, document: str) -> None:
        answer = await reader.ask(document)
        assert len(answer.messages) == ERRORS_AT_MOST + 1
        assert answer.messages[-1] == "Too many validation errors, error limit reached. Validation aborted."

    async def test_what_was_meant_is_told(self, reader: Api) -> None:
        answer = await reader.ask("{ polcy { markdown } policy { ... on Polcy { markdown } } }")
        assert answer.messages == [
            "Cannot query field 'polcy' on type 'Query'. Did you mean 'policy'?",
            "Unknown type 'Polcy'. Did you mean 'Policy'?",
        ]


class TestMutations:
    async def test_what_they_answer_costs_less_at_most(self, reader: Api) -> None:
        states = "clauses { states { clauses { states { clauses { key } } } } }"
        document = (
            'mutation { recordDecision(input: {purpose: "law", kind: RESTRICTION}) '
            f"{{ ... on RecordDecisionSuccess {{ decision {{ {states} }} }} }} }}"
        )
        (message,) = said(document)
        assert message.endswith(f"and may be {MUTATION_COST_AT_MOST}: {ADVICE}")


class TestValues:
    """Counted as the answer is made, whichever way it is: objects, their fields, and long texts by their length."""

    TEXTS = "{ policy { revision { number } markdown html again: html } }"
    CLAUSES = "{ policy { clauses(first: 200) { nodes { text html } } } }"
    PROJECTED = "{ me { holdings(first: 200) { nodes { id recipients { recipient { name } } } } } }"
    WALKED = "{ me { holdings(first: 200) { nodes { id clauses { states { key } } } } } }"

    @pytest.mark.parametrize("document", [PROJECTED, WALKED, TEXTS, CLAUSES])
    async def test_an_answer_has_so_many_and_no_more(self, reader: Api, document: str) -> None:
        token = reader.subject("example-buyer")
        whole = await reader.data(document, token=token)
        values = _values(whole) - 2  # the root and its field are none
        for limit in (values, values - 1):
            api = reader.with_settings(public_values=limit)
            async with api.client:
                answer = await api.ask(document, token=token)
                if limit == values:
                    assert answer.body == {"data": whole}
                    continue
                assert "data" not in answer.body
                (error,) = answer.errors
                assert error["extensions"]["code"] == "OPERATION_TOO_LARGE"
                assert error["message"] == (
                    f"The answer has more than {limit} values: ask for fewer rows with `first`, or for less of each"
                )
                assert "path" not in error

    async def test_the_longest_policy_is_read_whole_and_not_many_times_at_once(self, empty: Api) -> None:
        paragraph = ("word " * 4_000)[:19_900]
        markdown = "# Policy {#policy}\n" + "".join(f"\n{paragraph}\n" for _ in range(50))
        assert MAX_BYTES * 0.99 < len(markdown) <= MAX_BYTES
        content = a_revision_content(policy=replace(a_policy(), markdown=markdown))
        draft = await draft_revision(empty.database, content, at=TODAY)
        await publish_revision(empty.database, draft.number, expected=0, effective_at=TODAY, at=TODAY)
        policy = (await empty.data("{ policy { markdown html } }"))["policy"]
        assert policy["markdown"] == markdown
        assert policy["html"].count("<p>") == 50
        answer = await empty.ask("{ policy { " + " ".join(f"m{n}: markdown h{n}: html" for n in range(14)) + " } }")
        assert answer.codes == ["OPERATION_TOO_LARGE"]

    async def test_what_is_too_large_is_made_no_further(self, reader: Api, monkeypatch: pytest.MonkeyPatch) -> None:
        made: list[str] = []
        whole = MapView.clause_html

        def counted(view: MapView, clause: model.Clause) -> str:
            made.append(clause.key)
            return whole(view, clause)

        monkeypatch.setattr(MapView, "clause_html", counted)
        api = reader.with_settings(public_values=300)
        async with api.client:
            again = " ".join(f"a{n}: policy {{ clauses(first: 200) {{ nodes {{ key html }} }} }}" for n in range(29))
            assert (await api.ask(f"{{ {again} }}")).codes == ["OPERATION_TOO_LARGE"]
        assert len(made) <= 100

    async def test_staff_have_no_such_limit(self, reader: Api) -> None:
        api = reader.with_settings(public_values=100)
        async with api.client:
            document = "{ dataMap { disclosures(first: 200) { nodes { categories { clauses { key } } } } } }"
            assert (await api.ask(document)).codes == ["OPERATION_TOO_LARGE"]
            assert (await api.ask(document, token=api.staff())).codes == []

    async def test_what_a_mutation_did_is_told(self, api: Api) -> None:
        narrow = api.with_settings(public_values=1)
        async with narrow.client:
            answer = await narrow.ask(
                'mutation { recordDecision(input: {purpose: "marketing-messages", kind: WITHDRAWAL}) '
                "{ ... on RecordDecisionSuccess { decision { kind purpose { key clauses { key } } } } } }",
                token=narrow.subject("example-multi-product"),
            )
        assert answer.errors == []
        assert answer.data["recordDecision"]["decision"]["kind"] == "WITHDRAWAL"


def _values(value: object) -> int:
    """How many objects, fields of objects, and further 256 characters of texts there are in a JSON value."""
    if isinstance(value, str):
        return max(len(value) - 1, 0) // 256
    if isinstance(value, dict):
        return 1 + len(value) + sum(map(_values, value.values()))
    return sum(map(_values, value)) if isinstance(value, list) else 0


class TestKept:
    async def test_a_document_is_validated_once(self, reader: Api, monkeypatch: pytest.MonkeyPatch) -> None:
        document = f"{{ __typename }} # {time.monotonic_ns()}"
        validated: list[DocumentNode] = []

        def counted(schema: GraphQLSchema, parsed: DocumentNode, rules: Any) -> list[GraphQLError]:
            validated.append(parsed)
            return problems_of(schema, parsed, rules)

        monkeypatch.setattr(validation, "problems_of", counted)
        for _ in range(3):
            await reader.data(document)
        assert len(validated) == 1

    async def test_a_refusal_too(self, reader: Api) -> None:
        ids = ["0" * 32, "1" * 32]
        answers = [await reader.ask(STALLING, headers={"X-Request-Id": id}) for id in ids]
        assert [answer.errors[0]["extensions"]["correlationId"] for answer in answers] == ids
