"""Attempts: one request each, made to get at what belongs to somebody else, and the world's answer to it.

The requests go to the application by ASGI, in this process: what HTTP itself may tell is the matter of other tests.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from graphql import GraphQLSchema
from starlette.types import ASGIApp, Message

from server.development import AUDIENCE, ISSUER, DevelopmentIssuer
from server.schema.ids import GlobalId, write_cursor
from server.schema.queries import OWN_TYPES
from server.viewer import Scope
from tests.builders import A_DAY
from tests.isolation.documents import WEIGHTS, WEIGHTS_OF_SERVICE, WEIGHTS_OF_STAFF, Pools, Writer
from tests.isolation.maps import CASES, CATEGORIES, CLAUSES, PURPOSES, RECIPIENTS, SERVICES
from tests.isolation.people import NOW, PEOPLE, STRANGER, Attacker, Case
from tests.patience import PATIENCE_SECONDS

#: So many documents serve a case, no more than one of them for so many attempts, with other arguments and tokens each
#: time.
DOCUMENTS = 40
ATTEMPTS_A_DOCUMENT = 5
_FOREIGN_KEY: Final = rsa.generate_private_key(65537, 2048)
#: Whose names they are is of no matter; that there are such is for staff.
STAFF = ("an-inspector", "ann")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request. `token`: what kind of credential it carries, in words."""

    method: str
    path: str
    query: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    token: str = ""

    def __str__(self) -> str:
        said = shortened(f"{self.query.decode()} {self.body.decode(errors='replace')}", 2_000)
        return f"{self.method} {self.path} as {self.token}: {said}"


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers`: without those that say which request it was. `statements`: what was asked of the graph for it."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    statements: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        return shortened(self.told())

    def told(self) -> str:
        """All of it in words, however long; of statements their beginnings."""
        headers = [f"{name.decode()}: {value.decode()}" for name, value in self.headers]
        asked = [" ".join(statement.split()[:4]) for statement in self.statements]
        return f"{self.status} {self.body.decode(errors='replace')} {asked} {headers}"


def shortened(text: str, characters: int = 600) -> str:
    return text if len(text) <= characters else f"{text[:characters]} … ({len(text)} characters)"


async def ask(app: ASGIApp, attempt: Attempt, opened: asyncio.Event | None = None) -> Answer:
    """`opened`: set once an answer that comes as events has begun, whose first event is waited for then. Otherwise
    whoever asks has gone away by that time."""
    sent: list[Message] = []
    told = asyncio.Event()
    body = [{"type": "http.request", "body": attempt.body, "more_body": False}]

    async def receive() -> Message:
        if body:
            return body.pop()
        if opened is not None:
            opened.set()
            async with asyncio.timeout(PATIENCE_SECONDS):
                await told.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)
        if message.get("body"):
            told.set()

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": attempt.method,
        "scheme": "http",
        "path": attempt.path,
        "raw_path": attempt.path.encode(),
        "root_path": "",
        "query_string": attempt.query,
        "headers": [(b"host", b"vitrine.test"), *attempt.headers],
        "client": ("127.0.0.1", 1),
        "server": ("vitrine.test", 80),
        "state": {},
    }
    try:
        await app(scope, receive, send)
    finally:
        # It may be over before.
        if opened is not None:
            opened.set()
    start = next(message for message in sent if message["type"] == "http.response.start")
    content = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    headers = tuple(sorted((name, value) for name, value in start["headers"] if name.lower() != b"date"))
    return Answer(start["status"], headers, content)


# ---- credentials -----------------------------------------------------------------------------------------------------


def claims(holder: str, *scopes: Scope, **over: Any) -> dict[str, Any]:
    now = int(time.time())
    good = {"iss": ISSUER, "aud": AUDIENCE, "sub": holder, "iat": now, "exp": now + 3600}
    return {**good, "scope": " ".join(scopes), **over}


def credentials(issuer: DevelopmentIssuer, case: Case) -> list[tuple[str, str | None]]:
    """What the attacker of a case can send, the good ones more often: each with its name."""

    def signed(content: Mapping[str, Any]) -> str:
        return jwt.encode(dict(content), issuer.key, "RS256", headers={"kid": issuer.kid, "typ": "at+jwt"})

    person, service = case.person, {"vitrine_service": case.service}
    own = {
        Attacker.PERSON: [
            ("the person", signed(claims(person, Scope.SUBJECT))),
            ("the person, as a job too", signed(claims(person, Scope.SUBJECT, Scope.JOB))),
        ],
        Attacker.SERVICE: [("the service", signed(claims(case.service, Scope.SERVICE, **service)))],
        Attacker.STAFF: [(f"staff {name}", signed(claims(name, Scope.STAFF))) for name in STAFF],
        Attacker.NOBODY: [("a job", signed(claims("job-1", Scope.JOB)))],
    }[case.attacker]
    expired = int(time.time()) - 3600
    of_another = {"exp": expired} | {"iat": expired - 60}
    broken: list[tuple[str, str | None]] = [
        ("nobody", None),
        ("the person, without a scope", signed(claims(person))),
        ("the person, with the scopes of another service", signed(claims(person, scope="vitrine.subjects openid"))),
        ("the person, as a job", signed(claims(person, Scope.JOB))),
        ("the person, too late", signed(claims(person, Scope.SUBJECT, **of_another))),
        ("the person, for another audience", signed(claims(person, Scope.SUBJECT, aud="account-area"))),
        ("the person, of another issuer", signed(claims(person, Scope.SUBJECT, iss="https://login.example"))),
        (
            "staff, by a key of one's own",
            jwt.encode(claims("x", Scope.STAFF), _FOREIGN_KEY, "RS256", headers={"kid": issuer.kid, "typ": "at+jwt"}),
        ),
        ("a service without a name", signed(claims(person, Scope.SERVICE))),
        ("no token at all", "not-a-token"),
    ]
    return [*own * (30 // len(own)), *broken]


# ---- requests --------------------------------------------------------------------------------------------------------


def pools(people: Sequence[str], found_ids: Iterable[str], found_cursors: Iterable[str]) -> Pools:
    """What arguments are drawn from: ids and cursors of others' answers, made up ones, and people's own ids."""
    made_up = [str(GlobalId(type, (part,))) for type in sorted(OWN_TYPES) for part in (*PEOPLE, f"look-{PEOPLE[0]}-0")]
    notices = [str(GlobalId("Notice", (f"2/REVISION/{person}",))) for person in PEOPLE]
    made_up += notices
    public = [str(GlobalId("Revision", (number,))) for number in (1, 2, 3, 4)]
    public += [
        str(GlobalId(type, (number, key)))
        for number in (1, 3)
        for type, keys in (("Service", SERVICES), ("Purpose", PURPOSES), ("Clause", CLAUSES), ("Disclosure", ("x",)))
        for key in keys
    ]
    broken = ["", "ann", "WyJTdWJqZWN0Il0", "WyJIb2xkaW5nIiwxXQ", str(GlobalId("Subject", (1, "ann")))]
    kinds = ("holdings", "decisions", "trusts", "accesses", "recipients-2", "revisions", "mayReceive-mailer", "notices")
    cursors = [
        write_cursor(kind, place) for kind in kinds for place in ((), ("shop", "email", ""), ("2026",), (3,), (1, "x"))
    ]
    times = [(A_DAY + timedelta(days=day)).isoformat() for day in (-1, 0, 5, 9, 10, 15, 20)]
    return Pools(
        people=people,
        ids=[*found_ids, *found_ids, *found_ids, *made_up, *public, *broken, *PEOPLE, STRANGER],
        cursors=[*found_cursors, *found_cursors, *found_cursors, *cursors, *made_up[:5], "", "x"],
        keys=[*SERVICES, *CATEGORIES, *PURPOSES, *RECIPIENTS, *CASES, *CLAUSES, *PEOPLE[:4], STRANGER],
        named={
            "service": SERVICES,
            "category": CATEGORIES,
            "purpose": PURPOSES,
            "recipient": RECIPIENTS,
            "ids": notices,
            "locale": ("de", "ru-RU", "en", "no language"),
        },
        times=[
            *times[2:],
            *times[2:],
            *times,
            NOW.isoformat(),
            (NOW + timedelta(days=1)).isoformat(),
            "2026-01-01",
            "now",
        ],
    )


def found_in(answers: Iterable[Answer]) -> tuple[list[str], list[str]]:
    """The global ids and the cursors in answers."""
    ids: dict[str, None] = {}
    cursors: dict[str, None] = {}

    def look(value: Any) -> None:
        if isinstance(value, list):
            for each in value:
                look(each)
        elif isinstance(value, dict):
            for name, each in value.items():
                if isinstance(each, str) and name == "id":
                    ids[each] = None
                elif isinstance(each, str) and name.lower().endswith("cursor"):
                    cursors[each] = None
                else:
                    look(each)

    for answer in answers:
        look(json.loads(answer.body))
    return list(ids), list(cursors)


def graphql_request(
    token: str | None, body: Any, *, named: str = "", request: str = "a" * 32, events: bool = False
) -> Attempt:
    """`events`: whether the answer may come as events; of a subscription that begins, its beginning is the answer."""
    accepted = ((b"accept", b"text/event-stream, application/json;q=0.9"),) if events else ()
    headers = (*accepted, *_headers(token, b"application/json", request))
    return Attempt("POST", "/graphql", b"", headers, json.dumps(body).encode(), named)


def _headers(token: str | None, media_type: bytes, request: str) -> tuple[tuple[bytes, bytes], ...]:
    credential = [] if token is None else [(b"authorization", f"Bearer {token}".encode("latin-1", "replace"))]
    return (*credential, (b"content-type", media_type), (b"x-request-id", request.encode()))


def _without_body(token: str | None, request: str) -> tuple[tuple[bytes, bytes], ...]:
    return tuple(each for each in _headers(token, b"", request) if each[0] != b"content-type")


def attempts(
    schema: GraphQLSchema,
    issuer: DevelopmentIssuer,
    case: Case,
    found: tuple[Sequence[str], Sequence[str]],
    number: int,
) -> list[Attempt]:
    """The attempts of a case, always the same for the same case."""
    chance = random.Random(case.seed)  # noqa: S311 (it is to be the same every time)
    people = list(dict.fromkeys(line["subject"] for line in case.first.lines))
    drawn = pools([*people, case.person], *found)
    weights = {Attacker.STAFF: WEIGHTS_OF_STAFF, Attacker.SERVICE: WEIGHTS_OF_SERVICE}.get(case.attacker, WEIGHTS)
    writer = Writer(schema, drawn, chance, weights)
    documents = [writer.write() for _ in range(min(DOCUMENTS, number // ATTEMPTS_A_DOCUMENT))]
    tokens = credentials(issuer, case)
    made = []
    for index in range(number):
        named, token = chance.choice(tokens)
        request = f"{index:032x}"
        if case.attacker is Attacker.SERVICE and chance.random() < 0.35:
            content = b"".join(_line(case, drawn, chance) for _ in range(chance.randint(1, 6)))
            headers = _headers(token, b"application/x-ndjson", request)
            made.append(Attempt("POST", "/ingest/holdings", b"", headers, content, named))
            continue
        document = chance.choice(documents)
        body: dict[str, Any] = {"query": document.text, "variables": document.values()}
        name = chance.choice((*document.names, "", None, "Other"))
        if len(document.names) > 1 or chance.random() < 0.1:
            body["operationName"] = name
        way = chance.random()
        if way < 0.03:
            given = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
            made.append(
                Attempt("GET", "/graphql", urlencode(given).encode(), _without_body(token, request), b"", named)
            )
        elif way < 0.05:
            made.append(graphql_request(token, [body, body], named=named, request=request))
        elif way < 0.07:
            body["extensions"] = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
            made.append(graphql_request(token, body, named=named, request=request))
        elif way < 0.08:
            body["variables"] = {**body["variables"], "id": PEOPLE[0], "subject": PEOPLE[0], "viewer": {"id": "ann"}}
            made.append(graphql_request(token, body, named=named, request=request))
        elif way < 0.1:
            made.append(Attempt("GET", "/feed/notices", b"", _without_body(token, request), b"", named))
        else:
            made.append(
                graphql_request(token, body, named=named, request=request, events="subscription" in document.text)
            )
    return made


def _line(case: Case, drawn: Pools, chance: random.Random) -> bytes:
    """A line of a report: about anybody, in the name of any service, now and then broken."""
    category = chance.choice((*CATEGORIES, "unknown"))
    if case.first.lines and chance.random() < 0.4:
        # As somebody reported it who is not asked, but for one thing.
        told = dict(chance.choice(case.first.lines))
        changed = {"service": case.service, "categories": [category], "records": 7, "until": NOW.isoformat()}
        name = chance.choice([each for each in changed if each in told or each == "until"])
        return json.dumps({**told, name: changed[name]}).encode() + b"\n"
    day = chance.choice(drawn.times[:-2]).replace("+00:00", f".{chance.randint(0, 3)}Z")
    line: dict[str, Any] = {
        "type": chance.choice(("holding", "gone", "decision", "trust", "disclosure") * 2 + ("contact",)),
        "subject": chance.choice((*PEOPLE, case.person, case.person)),
        "service": chance.choice((case.service, case.service, *SERVICES, "unknown")),
    }
    match line["type"]:
        case "holding":
            line |= {"category": category, "since": day, "records": chance.randint(0, 99)}
        case "gone":
            line |= {"category": category, "at": day}
        case "decision":
            decision = chance.choice(("CONSENT", "WITHDRAWAL", "OBJECTION", "RESTRICTION", "LIFTING"))
            line |= {"purpose": chance.choice(PURPOSES), "decision": decision, "at": day}
        case "trust":
            line |= {"towards": chance.choice(PEOPLE), "categories": [category], "since": day}
        case "contact":
            line.pop("service")
            line |= {"email": "x@example.com", "locale": "de", "channels": ["EMAIL"], "reported_at": day}
        case _:
            line |= {"recipient": chance.choice(RECIPIENTS), "categories": [category], "at": day}
    for name in ("service", "reported_at", "until", "surplus"):
        if chance.random() < 0.1:
            line[name] = day
    if chance.random() < 0.2:
        line.pop(chance.choice(list(line)))
    return json.dumps(line).encode() + b"\n"
