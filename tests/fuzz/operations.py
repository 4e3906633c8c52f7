"""Operations that Schemathesis makes up from the schema, sent to a service that runs, as each kind of client.

Of the texts, ids, numbers and times in them some are such as the service gives out, so that operations get past the
door; the others are anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests
import schemathesis
from graphql import FieldNode, OperationDefinitionNode, get_introspection_query, parse
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.graphql import nodes

from tests.bad_input.wire import BUYER, GRAPHQL_RESPONSE, JOB, NOBODY, REQUESTS, STAFF
from tests.fuzz.answers import answer_is_well_formed

#: Who asks.
CLIENTS: Mapping[str, str | None] = {
    "nobody": NOBODY,
    "a person": BUYER,
    "staff": STAFF,
    "a service": REQUESTS,
    "a job": JOB,
}
#: Longer than any answer takes that the service does not give up itself, which is an answer that fails.
PATIENCE_SECONDS = 120.0

_PAGE = "edges { cursor } nodes { __typename id }"
#: What is asked beforehand, for ids, keys and cursors.
_QUESTIONS: tuple[tuple[str | None, str], ...] = (
    (
        NOBODY,
        f"""{{ dataMap {{
            services(first: 5) {{ {_PAGE} nodes {{ key }} }} categories(first: 5) {{ {_PAGE} nodes {{ key }} }}
            purposes(first: 5) {{ {_PAGE} nodes {{ key }} }} recipients(first: 5) {{ {_PAGE} nodes {{ key }} }}
            sources(first: 5) {{ {_PAGE} nodes {{ key }} }}
        }} policy {{ clauses(first: 5) {{ {_PAGE} nodes {{ key }} }} }} }}""",
    ),
    (
        BUYER,
        f"""{{ me {{ id key holdings(first: 5) {{ {_PAGE} }} recipients(first: 5) {{ edges {{ cursor }} }}
            decisions(first: 5) {{ {_PAGE} }} }} }}""",
    ),
    (STAFF, "{ revisions(first: 5) { edges { cursor } nodes { id } } }"),
)
_SEED = datetime(2018, 11, 12)  # noqa: DTZ001 (hypothesis takes bounds without a zone)
_TODAY = datetime(2026, 10, 6)  # noqa: DTZ001


@dataclass(frozen=True, slots=True)
class Target:
    """A service that runs. `url`: of its GraphQL. `schema`: what it tells staff of it."""

    url: str
    session: requests.Session
    schema: schemathesis.BaseSchema


def open_target(port: int) -> Target:
    """The service on a port of loopback."""
    session = requests.Session()
    session.trust_env = False  # no proxy of the machine's
    url = f"http://127.0.0.1:{port}/graphql"

    def answer(document: str, who: str | None) -> Any:
        response = session.post(url, json={"query": document}, headers=_headers(who), timeout=PATIENCE_SECONDS)
        body = response.json()
        assert "errors" not in body, body
        return body["data"]

    _make_values_up([answer(document, who) for who, document in _QUESTIONS])
    # Its own settings, not those of a file that lies somewhere above.
    schema = schemathesis.graphql.from_dict(answer(get_introspection_query(), STAFF), config=schemathesis.Config())
    return Target(url, session, schema)


def attempt(target: Target, client: str, *, times: int, beginning: int) -> Counter[str]:
    """Sends so many operations for each field of queries and mutations, as one of `CLIENTS`: about three of four are
    valid. They are the same ones for the same `beginning`, `times` and answers to what is asked beforehand. Returns how
    many began with each field.

    Raises what Schemathesis does for an answer that is not as it should be, with the shortest operation that has such.
    """
    sent: Counter[str] = Counter()
    for fields in target.schema.values():
        for field in fields.values():
            _attempt(target, field, CLIENTS[client], times, beginning, sent)
    return sent


def _attempt(
    target: Target,
    field: schemathesis.APIOperation[Any, Any, Any, Any],
    who: str | None,
    times: int,
    beginning: int,
    sent: Counter[str],
) -> None:
    valid, broken = field.as_strategy(), field.as_strategy(schemathesis.GenerationMode.NEGATIVE)

    @seed(beginning)
    @settings(
        max_examples=times,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 3).flatmap(lambda number: valid if number else broken))
    def every_answer_is_well_formed(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(
            base_url=target.url,
            session=target.session,
            headers=_headers(who),
            checks=[answer_is_well_formed],
            timeout=PATIENCE_SECONDS,
        )
        sent.update(_asked_for(case))

    every_answer_is_well_formed()


def _asked_for(case: schemathesis.Case[Any]) -> set[str]:
    """The fields that an operation begins with."""
    assert isinstance(case.body, str)
    return {
        field.name.value
        for operation in parse(case.body).definitions
        if isinstance(operation, OperationDefinitionNode)
        for field in operation.selection_set.selections
        if isinstance(field, FieldNode)
    }


def _headers(who: str | None) -> dict[str, str]:
    return {"Accept": GRAPHQL_RESPONSE} | ({} if who is None else {"Authorization": f"Bearer {who}"})


def _make_values_up(answers: list[object]) -> None:
    """Tells Schemathesis how to make up scalars, from answers of the service."""
    found: dict[str, set[str]] = {"id": set(), "key": set(), "cursor": set()}
    for name, value in _named(answers):
        if name in found:
            found[name].add(value)
    ids, keys, cursors = (st.sampled_from(sorted(values)) for values in found.values())
    anything = st.text(max_size=30)
    times = st.datetimes(_SEED, _TODAY, timezones=st.just(UTC)).map(datetime.isoformat)
    schemathesis.graphql.scalar("ID", (ids | ids | keys | anything).map(nodes.String))
    schemathesis.graphql.scalar("String", (keys | keys | cursors | anything).map(nodes.String))
    schemathesis.graphql.scalar("DateTime", (times | times | times | anything).map(nodes.String))
    small = st.integers(0, 5)
    schemathesis.graphql.scalar("Int", (small | small | small | st.integers(-(2**31), 2**31 - 1)).map(nodes.Int))


def _named(value: object) -> Iterator[tuple[str, str]]:
    """Every text in an answer with its name."""
    if isinstance(value, dict):
        for name, each in value.items():
            if isinstance(each, str):
                yield name, each
            yield from _named(each)
    elif isinstance(value, list):
        for each in value:
            yield from _named(each)
