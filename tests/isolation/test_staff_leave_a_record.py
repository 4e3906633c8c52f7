"""Whoever of the staff is shown a person's rows has left a record with that person, whatever becomes of the answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from graphql import GraphQLObjectType, GraphQLSchema, GraphQLUnionType, get_named_type, is_abstract_type
from hypothesis import Phase, given, settings
from starlette.types import ASGIApp

from graph.answer import SubjectAnswer
from graph.errors import GraphUnavailable
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from graph.store.subjects import FIND_SUBJECT, RECORD_ACCESS
from server.app import create_app
from server.development import development_rules
from server.schema import queries
from server.schema.queries import OWN_TYPES
from server.settings import Settings
from server.tokens import TokenVerifier
from tests.builders import A_DAY
from tests.clock import Clock
from tests.isolation.attempts import STAFF, Answer, Attempt, ask, attempts, found_in, graphql_request
from tests.isolation.people import NOW, PEOPLE, Attacker, Case, World, cases, mark, settle
from tests.isolation.trial import SOCKETS_ARE_DROPPED, Trial

pytestmark = SOCKETS_ARE_DROPPED

LIST_ACCESSES = """
MATCH (s:Subject)-[:WAS_ACCESSED]->(a:AccessRecord)
RETURN s.id AS person, a.by AS by
"""
ANN = "ann"
#: Something of each kind is known of her.
HERS = World(
    tuple(
        {"subject": ANN, **line, name: f"2026-01-02T00:00:00{mark(ANN)}"}
        for name, line in (
            ("since", {"type": "holding", "service": "shop", "category": "email"}),
            ("at", {"type": "decision", "purpose": "news", "decision": "CONSENT"}),
            ("since", {"type": "trust", "towards": "an", "categories": ["log"]}),
            ("at", {"type": "disclosure", "service": "shop", "recipient": "mailer", "categories": ["email"]}),
        )
    )
)
DOCUMENT = """query ($asOf: DateTime) { subject(id: "ann", asOf: $asOf) {
  holdings { nodes { id since } } decisions { nodes { id decidedAt } } trusts { nodes { id since } }
  recipients { nodes { disclosed { nodes { id disclosedAt } } } } accessedBy { nodes { id by } }
} }"""


async def looks(database: Database) -> list[tuple[str, str]]:
    """Who was looked at, and by whom; once for each time."""
    return sorted((row["person"], row["by"]) for row in await database.read(LIST_ACCESSES))


def the_look(trial: Trial, **variables: str) -> Attempt:
    token = trial.issuer.mint(staff="inspector")
    return graphql_request(token, {"query": DOCUMENT, "variables": variables})


# ---- every way -------------------------------------------------------------------------------------------------------


def test_every_root_that_leads_to_a_persons_rows_is_known(trial_schema: GraphQLSchema) -> None:
    found = {
        f"{root.name}.{name}"
        for root in (trial_schema.query_type, trial_schema.mutation_type, trial_schema.subscription_type)
        if root is not None
        for name, field in root.fields.items()
        if OWN_TYPES & _reached(trial_schema, get_named_type(field.type).name)
    }
    # To staff, `node` finds nothing of people, `subject` leaves a record, and all others are forbidden.
    assert found == {
        "Query.me",
        "Query.subject",
        "Query.node",
        "Mutation.recordDecision",
        "Mutation.setStand",
        "Mutation.markNoticesRead",
        "Subscription.noticeAdded",
    }


def _reached(schema: GraphQLSchema, name: str) -> set[str]:
    """The names of the types that can be come to from one."""
    reached: set[str] = set()
    ahead = [name]
    while ahead:
        name = ahead.pop()
        if name in reached:
            continue
        reached.add(name)
        type = schema.type_map[name]
        if is_abstract_type(type):
            ahead += [each.name for each in schema.get_possible_types(type)]
        if isinstance(type, GraphQLObjectType):
            ahead += [get_named_type(field.type).name for field in type.fields.values()]
        assert not isinstance(type, GraphQLUnionType) or type.types
    return reached


@pytest.fixture
def trial_schema(trial: Trial) -> GraphQLSchema:
    return trial.schema


async def test_staff_are_shown_nobody_without_a_record(trial: Trial) -> None:
    """Whatever operation is made from the schema: who is seen in its answer has a record of that member of staff."""
    loop = asyncio.get_running_loop()
    seen = 0

    async def run(case: Case) -> None:
        nonlocal seen
        await settle(trial.database, case.first)
        people = dict.fromkeys(line["subject"] for line in case.first.lines)
        own = [await ask(trial.apps[0], trial.harvest(person)) for person in people]
        for attempt in attempts(trial.schema, trial.issuer, case, found_in(own), 100):
            answer = await ask(trial.apps[0], attempt)
            shown = [person for person in PEOPLE if mark(person).encode() in answer.body]
            if shown:
                by = attempt.token.removeprefix("staff ")
                assert by in STAFF, f"{attempt}\n{answer}"
                assert {(person, by) for person in shown} <= set(await looks(trial.database)), f"{attempt}\n{answer}"
                seen += 1

    @settings(max_examples=6, phases=[Phase.generate])
    @given(case=cases([Attacker.STAFF]))
    def attempt(case: Case) -> None:
        asyncio.run_coroutine_threadsafe(run(case), loop).result()

    await asyncio.to_thread(attempt)
    assert seen > 20, "too few of the attempts showed anybody"


# ---- answers that fail -----------------------------------------------------------------------------------------------


class Broken(Exception):
    """Something that nobody expected."""


def shows_nothing(answer: Answer) -> bool:
    return mark(ANN).encode() not in answer.body


async def statements_of(trial: Trial) -> list[str]:
    """What a look asks of the graph when the application has nothing in memory."""
    answer = await trial.ask(fresh(trial), the_look(trial))
    assert not shows_nothing(answer)
    return list(answer.statements)


def fresh(trial: Trial, **limits: float) -> ASGIApp:
    """An application that has loaded nothing yet."""
    verifier = TokenVerifier(development_rules(trial.jwks_url))
    settings = Settings(**limits)  # type: ignore[arg-type] # by name
    return create_app(settings, trial.database, verifier=verifier, issuer=trial.issuer, clock=Clock(NOW))


@pytest.mark.parametrize("failure", [GraphUnavailable("The graph does not answer: try again later"), Broken("x")])
async def test_where_any_statement_fails_there_is_a_record_or_nothing_was_shown(
    trial: Trial, failure: Exception
) -> None:
    await settle(trial.database, HERS)
    statements = await statements_of(trial)
    assert statements[:2] == [RECORD_ACCESS, FIND_SUBJECT]
    assert len(statements) > 2, "the map is loaded after the record is written"
    for place in (0, 1, 2, len(statements) - 1):
        await settle(trial.database, HERS)
        fail = _at(place, lambda: _raise(failure))
        trial.database.observers.append(fail)
        answer = await ask(fresh(trial), the_look(trial))
        trial.database.observers.remove(fail)
        assert shows_nothing(answer)
        assert json.loads(answer.body)["errors"]
        # The record and the rows are read in one transaction; what fails later finds it written.
        assert await looks(trial.database) == ([] if place < 2 else [(ANN, "inspector")])


@pytest.mark.parametrize("place", [0, 1, 2, 3])
async def test_who_goes_away_at_any_time_has_left_a_record_or_seen_nothing(trial: Trial, place: int) -> None:
    await settle(trial.database, HERS)
    looking = asyncio.create_task(ask(fresh(trial), the_look(trial)))
    cancel = _at(place, looking.cancel)
    trial.database.observers.append(cancel)
    with pytest.raises(asyncio.CancelledError):
        await looking
    trial.database.observers.remove(cancel)
    assert await looks(trial.database) == ([] if place < 2 else [(ANN, "inspector")])


async def test_an_answer_that_takes_too_long_has_left_its_record(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    await settle(trial.database, HERS)
    never = asyncio.Event()

    async def load(self: DataMaps, number: int) -> None:
        await never.wait()

    app = fresh(trial, request_seconds=2.0)
    # What only the first request of all takes time for is done before.
    await ask(app, graphql_request(None, {"query": "{ __typename }"}))
    monkeypatch.setattr(DataMaps, "load", load)
    answer = await ask(app, the_look(trial))
    assert shows_nothing(answer)
    assert json.loads(answer.body)["errors"]
    assert await looks(trial.database) == [(ANN, "inspector")]


async def test_an_answer_that_cannot_be_made_has_left_its_record(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    await settle(trial.database, HERS)

    def broken(*_: object) -> SubjectAnswer:
        raise Broken

    monkeypatch.setattr(queries, "SubjectAnswer", broken)
    answer = await ask(trial.apps[0], the_look(trial))
    assert json.loads(answer.body)["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert await looks(trial.database) == [(ANN, "inspector")]


async def test_a_look_at_a_time_before_the_first_policy_is_a_look(trial: Trial) -> None:
    """There is no answer then; that somebody tried is for the person to know all the same."""
    await settle(trial.database, HERS)
    answer = await ask(trial.apps[0], the_look(trial, asOf=(A_DAY - timedelta(days=1)).isoformat()))
    assert json.loads(answer.body)["errors"][0]["extensions"]["code"] == "NO_REVISION_IN_FORCE"
    assert await looks(trial.database) == [(ANN, "inspector")]


async def test_each_look_of_one_operation_is_recorded(trial: Trial) -> None:
    await settle(trial.database, HERS)
    asked = {"a": ANN, "b": ANN, "c": "an", "d": "x"}
    document = "{ " + " ".join(f'{alias}: subject(id: "{id}") {{ key }}' for alias, id in asked.items()) + " }"
    answer = await ask(trial.apps[0], graphql_request(trial.issuer.mint(staff="inspector"), {"query": document}))
    assert json.loads(answer.body)["data"] == {"a": {"key": ANN}, "b": {"key": ANN}, "c": {"key": "an"}, "d": None}
    # Of "an" it is known that she is trusted; of "x" nothing, so that there is nobody to tell.
    assert await looks(trial.database) == [("an", "inspector"), (ANN, "inspector"), (ANN, "inspector")]


def _at(place: int, act: Callable[[], object]) -> Callable[[str], None]:
    """Acts when the statement of that place is about to run."""
    run: list[str] = []

    def observe(statement: str) -> None:
        run.append(statement)
        if len(run) == place + 1:
            act()

    return observe


def _raise(failure: Exception) -> Sequence[object]:
    raise failure
