"""The same attempts in two worlds, and whatever tells the one from the other.

What an attacker receives may depend on what is theirs and on what is public, and on nothing else. So in two worlds that
differ in other people's data alone, every answer must be the same to the byte, and must have asked the graph the same:
an extra statement is time that can be measured.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema
from starlette.types import ASGIApp

from graph.notices import Notice, NoticeKind
from graph.store.database import Database
from graph.store.fan_outs import FIND_LAST_PAGE
from graph.store.notices import LIST_MAILBOXES
from server.development import DevelopmentIssuer
from server.event_stream import abandon
from server.settings import ROOT
from tests.graphs import Dump, dump, wipe
from tests.isolation.attempts import Answer, Attempt, ask, attempts, found_in, graphql_request, shortened
from tests.isolation.maps import SECRET, publish
from tests.isolation.people import NOW, PEOPLE, Attacker, Case, World, mark, settle, tell

#: Where a field fails, graphql cancels the fields beside it, and the driver drops the socket of a connection that one
#: of them was just opening. It is closed as it is dropped.
SOCKETS_ARE_DROPPED = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
#: Every so many attempts, other people ask the same just before, and at the same time.
NEIGHBOURS_EVERY = 8
#: So many of the subscriptions that begin in a case are begun once more, and kept open until their first event.
HEARD_AT_MOST = 5
LISTEN = "subscription { noticeAdded { id } }"
#: What a person can be shown of their own that has an id or a cursor.
HARVEST = """{ me {
  id revision { id }
  holdings(first: 200) { edges { cursor node { id } } }
  recipients(first: 200) { edges { cursor node {
    mayReceive(first: 200) { edges { cursor } } disclosed(first: 200) { edges { cursor node { id } } } } } }
  decisions(first: 200) { edges { cursor node { id } } }
  trusts(first: 200) { edges { cursor node { id } } }
  accessedBy(first: 200) { edges { cursor node { id } } }
  notices(first: 200) { edges { cursor node { id title } } } unread: notices(unread: true) { edges { cursor } }
} }"""


#: What the request that is being answered has asked of the graph so far.
_asking: ContextVar[list[str]] = ContextVar("asking")

_PUBLIC = (1, 2)
_WARM = (
    *(f"m{number}: dataMap(number: {number}) {{ __typename }}" for number in _PUBLIC),
    *(f"c{old}{new}: compare(from: {old}, to: {new}) {{ __typename }}" for old in _PUBLIC for new in _PUBLIC),
)


@dataclass(frozen=True, slots=True)
class Leak:
    """What one attempt gave away, in words, and what it was."""

    what: str
    attempt: Attempt
    first: Answer
    second: Answer | None = None

    def __str__(self) -> str:
        """Short: answers from shortly before the place where they differ."""
        told = [answer.told() for answer in (self.first, self.second) if answer is not None]
        alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[-1], zip(*told, strict=False)))
        start = max(0, alike - 200) if len(told) > 1 else 0
        answers = (f"answer from {start}: {shortened(each[start:])}" for each in told)
        return "\n".join((shortened(self.what, 2_000), f"attempt: {self.attempt}", *answers))


@dataclass(frozen=True, slots=True)
class Run:
    """What a world answered, and what it held of others before and after."""

    answers: Sequence[Answer]
    before: Dump
    after: Dump


class Trial:
    """Runs cases on one graph, by an application for each of the two worlds: what one of them remembers of the people
    whom it has served, the other has never seen."""

    def __init__(
        self, first: ASGIApp, second: ASGIApp, *, database: Database, issuer: DevelopmentIssuer, jwks_url: str
    ) -> None:
        self.apps = (first, second)
        self.database = database
        self.issuer = issuer
        self.jwks_url = jwks_url
        self.schema: GraphQLSchema = build_schema((ROOT / "schema.graphql").read_text("utf-8"))
        self._tokens = {person: issuer.mint(subject=person) for person in PEOPLE}

    async def begin(self) -> None:
        """Wipes the graph and publishes the company's revisions, which every case shares."""
        self.database.observers.clear()
        await wipe(self.database)
        await publish(self.database)
        told = Notice(PEOPLE[0], 2, NoticeKind.REVISION, NOW)
        await settle(self.database, World(told=(told,)))
        for app in self.apps:
            # So that who loads a public revision, compares two, or is told of one, first makes no difference.
            warm = {"query": f"{{ {' '.join(_WARM)} }}"}
            assert b'"errors"' not in (await ask(app, graphql_request(None, warm))).body
            assert b'"title"' in (await ask(app, self.harvest(PEOPLE[0]))).body

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Meanwhile, what is asked of the graph is noted, and nobody else looks on."""
        self.database.observers[:] = [lambda statement: _asking.get([]).append(statement)]
        yield
        self.database.observers.clear()

    async def leaks(self, case: Case, number: int) -> list[Leak]:
        """What `number` attempts of a case give away."""
        await settle(self.database, case.first)
        known = {line["subject"] for line in case.first.lines}
        # Others first, so that what an application may remember of them is there when the attacker comes.
        people = sorted(known, key=lambda person: (person == case.person, person))
        harvested = [await ask(self.apps[0], self.harvest(person)) for person in people]
        made = attempts(self.schema, self.issuer, case, found_in(harvested), number)
        first = await self._run(self.apps[0], case, made)
        begun = _begun(made, first.answers)[:HEARD_AT_MOST] if case.attacker is Attacker.PERSON else []
        others = [person for person in people if person != case.person]
        heard = [await self._hear(self.apps[0], each, case.person, others, is_alone=False) for each in begun]
        await settle(self.database, case.second)
        for person in people:
            await ask(self.apps[1], self.harvest(person))
        second = await self._run(self.apps[1], case, made)
        heard_alone = [await self._hear(self.apps[1], each, case.person, others, is_alone=True) for each in begun]
        found = list(_told_apart(made, first.answers, second.answers))
        found += _marked(case, made, first.answers)
        found += _told_apart(begun, heard, heard_alone)
        found += _marked(case, begun, heard)
        assert found or all(b"event: next" in each.body for each in heard), "who is told something hears nothing"
        changed = foreign_rows(case, first.before) ^ foreign_rows(case, first.after)
        if changed:
            found.append(
                Leak("\n".join(("somebody else's rows were changed:", *sorted(changed))), made[0], first.answers[0])
            )
        return found

    async def _run(self, app: ASGIApp, case: Case, made: Sequence[Attempt]) -> Run:
        before = await dump(self.database)
        neighbours = [self._tokens[person] for person in PEOPLE if person != case.person]
        answers = []
        for index, attempt in enumerate(made):
            if index % NEIGHBOURS_EVERY or b"mutation" in attempt.body:
                answer = await self.ask(app, attempt)
            else:
                same = replace(attempt, headers=_with(attempt, neighbours[index % len(neighbours)]))
                await ask(app, same)
                _, answer = await asyncio.gather(ask(app, same), ask(app, attempt))
            answers.append(answer)
        return Run(answers, before, await dump(self.database))

    async def _hear(
        self, app: ASGIApp, attempt: Attempt, person: str, others: Sequence[str], *, is_alone: bool
    ) -> Answer:
        """The answer with its first event, once the person is told something; the others just before, unless the person
        `is_alone` in that. One of these listens too."""
        beside, opened = asyncio.Event(), asyncio.Event()
        neighbour = asyncio.create_task(ask(app, self._listening(others[0]), beside))
        await beside.wait()
        asking = asyncio.create_task(self.ask(app, attempt, opened))
        await opened.wait()
        await tell(self.database, person, () if is_alone else others)
        answer = await asking
        await abandon(neighbour)
        return answer

    async def ask(self, app: ASGIApp, attempt: Attempt, opened: asyncio.Event | None = None) -> Answer:
        """The answer, with what it asked of the graph. `opened`: as of `ask`."""
        asked: list[str] = []
        # What another left to be asked when it failed may be asked meanwhile, and is that other's.
        token = _asking.set(asked)
        try:
            answer = await ask(app, attempt, opened)
        finally:
            _asking.reset(token)
        # Who listens asks for the last page once; whoever looks for new ones meanwhile does so in a rhythm of its own.
        pages = [each for each in asked if each == FIND_LAST_PAGE][:1]
        return replace(answer, statements=(*(each for each in asked if each != FIND_LAST_PAGE), *pages))

    def harvest(self, person: str) -> Attempt:
        return graphql_request(self._tokens[person], {"query": HARVEST})

    def _listening(self, person: str) -> Attempt:
        return graphql_request(self._tokens[person], {"query": LISTEN}, events=True)


def _with(attempt: Attempt, token: str) -> tuple[tuple[bytes, bytes], ...]:
    kept = [(name, value) for name, value in attempt.headers if name not in (b"authorization", b"x-request-id")]
    return (*kept, (b"authorization", f"Bearer {token}".encode()), (b"x-request-id", b"f" * 32))


def _begun(made: Sequence[Attempt], answers: Sequence[Answer]) -> list[Attempt]:
    """Those that are answered by events, of which none had come before whoever asked went away."""
    return [each for each, answer in zip(made, answers, strict=True) if answer.status == 200 and not answer.body]


def _told_apart(made: Sequence[Attempt], first: Sequence[Answer], second: Sequence[Answer]) -> Iterator[Leak]:
    for attempt, one, other in zip(made, first, second, strict=True):
        if (one.status, one.headers, _in_order(one.body)) != (other.status, other.headers, _in_order(other.body)):
            yield Leak("the answers differ", attempt, one, other)
        elif _statements(one) != _statements(other):
            yield Leak("what was asked of the graph differs", attempt, one, other)


def _statements(answer: Answer) -> list[str]:
    """Where a field fails, those beside it are cancelled: whether before they ask for the mailbox is chance."""
    failed = b'"errors"' in answer.body
    return sorted(each for each in answer.statements if not failed or each != LIST_MAILBOXES)


def _in_order(body: bytes) -> bytes:
    """The body as it is, but for the order of errors: fields that stand side by side fail in the order in which the
    graph happens to answer, and so do their statements come."""
    if b'"errors"' not in body:
        return body
    # As events, it is one line among others.
    before, first, after = body.partition(b'{"') if body.startswith(b"event: ") else (b"", b"", body)
    result, end, rest = (first + after).partition(b"\n")
    content = json.loads(result)
    content["errors"].sort(key=json.dumps)
    return before + json.dumps(content).encode() + end + rest


def _marked(case: Case, made: Sequence[Attempt], answers: Sequence[Answer]) -> Iterator[Leak]:
    own = case.person if case.attacker is Attacker.PERSON else None
    marks = [mark(person).encode() for person in PEOPLE if person != own] + [SECRET.encode()]
    for attempt, answer in zip(made, answers, strict=True):
        if any(each in answer.body for each in marks):
            yield Leak("it holds what is marked as another's", attempt, answer)


def foreign_rows(case: Case, held: Dump) -> set[str]:
    """The nodes and relationships that are not the attacker's own, without the bare people."""
    own_ids = set()
    for text in held.relationships:
        link = json.loads(text)
        if link["from_labels"] == ["Subject"] and link["from_properties"]["id"] == case.person:
            own_ids.add(link["to_properties"].get("id"))

    def is_own(labels: list[str], properties: dict[str, Any]) -> bool:
        if case.attacker is Attacker.SERVICE:
            return properties.get("service") == case.service and labels != ["Service"]
        return case.attacker is Attacker.PERSON and labels != ["Subject"] and properties.get("id") in own_ids

    rows = set()
    for text in held.nodes:
        node = json.loads(text)
        if node["labels"] != ["Subject"] and not is_own(node["labels"], node["properties"]):
            rows.add(text)
    for text in held.relationships:
        link = json.loads(text)
        ends = ((link[f"{end}_labels"], link[f"{end}_properties"]) for end in ("from", "to"))
        if not any(is_own(*end) for end in ends):
            rows.add(text)
    return rows
