"""Whoever writes personal data wherever a client can write something finds none of it in the logs."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import jwt

from server.development import open_development_issuer
from server.schema.ids import GlobalId
from server.settings import ROOT
from tests.patience import PATIENCE_SECONDS
from tests.server.command_line import Service, until, vitrine
from tests.server.telling import ADDRESS_KEY

INGEST = "/ingest/holdings"
NDJSON = "application/x-ndjson"
EXAMPLE_REVISION = ROOT / "seed/ispsystem/example-revision"
ENGINE_BACK = "The embedded engine is back"
CORRELATION_ID = "0123456789abcdef0123456789abcdef"


@dataclass
class Marks:
    """Texts that stand for a person's data: each is made for one place, and names it."""

    made: list[str] = field(default_factory=list)

    def __call__(self, place: str) -> str:
        mark = f"zqx{place}{len(self.made)}"
        self.made.append(mark)
        return mark


class Client:
    """Sends marks everywhere, to a service that runs."""

    def __init__(self, service: Service, marks: Marks) -> None:
        self.service = service
        self.mark = marks
        self.issuer = open_development_issuer(service.folder)
        self.http = httpx2.Client(base_url=service.url, trust_env=False, timeout=PATIENCE_SECONDS)
        self.codes: set[str] = set()

    def ask(self, document: str, variables: object = None, token: str | None = None, **more: Any) -> Any:
        headers = more.pop("headers", {}) | ({} if token is None else {"Authorization": f"Bearer {token}"})
        body = {"query": document, "variables": variables, **more}
        return self._noted(self.http.post("/graphql", json=body, headers=headers))

    def post(self, path: str, content: bytes, token: str | None = None, **headers: str) -> Any:
        given = {name.replace("_", "-"): text for name, text in headers.items()}
        given |= {} if token is None else {"Authorization": f"Bearer {token}"}
        return self._noted(self.http.post(path, content=content, headers=given))

    def raw(self, data: bytes) -> None:
        """Bytes as they are, of which the end need not be one; what comes back is read as far as it comes."""
        url = urlsplit(self.service.url)
        address = url.hostname or "", url.port or 0
        with (
            socket.create_connection(address, timeout=PATIENCE_SECONDS) as connection,
            contextlib.suppress(ConnectionError),  # what is too much is cut off
        ):
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65_536):
                pass

    def _noted(self, response: httpx2.Response) -> Any:
        lines = [json.loads(line) for line in response.text.splitlines() if line.startswith("{")]
        for line in lines:
            self.codes |= {error["extensions"]["code"] for error in line.get("errors") or []}
            self.codes |= {line["code"]} if "code" in line else set()
        return lines[0] if lines else None


def test_nothing_of_a_person_is_logged(tmp_path: Path) -> None:
    marks = Marks()
    settings = {
        "VITRINE_LOG_LEVEL": "debug",
        "VITRINE_SLOW_OPERATION_SECONDS": "0",
        "VITRINE_CONTACT_SERVICE": "account-area",
        "VITRINE_ADDRESS_KEYS": ADDRESS_KEY,
    }
    with Service(tmp_path / "data", **settings) as service:
        client = Client(service.until_ready(), marks)
        a_service_reports_and_makes_mistakes(client)
        a_person_asks_and_decides(client)
        the_account_area_says_how_people_are_reached(client)
        a_person_is_told_of_a_revision(client)
        staff_look_at_the_person_and_draft(client)
        somebody_sends_bad_tokens(client)
        somebody_sends_bad_documents(client)
        somebody_writes_into_addresses_and_headers(client)
        somebody_reads_pages_and_feeds(client)
        somebody_signs_in(client)
        somebody_speaks_bad_http(client)
        the_engine_is_away_meanwhile(client)
        figures = client.http.get("/metrics").text
        client.http.close()
        assert service.stop() == 0
    every_kind_of_error_came(client)
    logged = the_log_is_json_with_fixed_messages(service)
    the_engine_has_logged(service)
    logs = [text.lower() for text in all_logs(service)]
    found = [mark for mark in marks.made for text in logs if mark in text]
    assert (len(marks.made) > 120, found) == (True, [])
    assert [mark for mark in marks.made if mark in figures and "operation" not in mark] == []
    assert {"Answered", "Slow operation", "The client went away"} <= {entry["event"] for entry in logged}


def a_service_reports_and_makes_mistakes(client: Client) -> None:
    mark = client.mark
    token = client.issuer.mint(service="websites")
    good = {"service": "websites", "category": "cookies", "since": "2026-01-01T00:00:00Z"}
    lines: list[object] = [
        {**good, "subject": mark("subject")},
        {**good, "subject": mark("subject") + " with blanks"},
        {**good, "subject": mark("subject") * 40},
        {**good, "subject": "s", "category": mark("category")},
        {**good, "subject": "s", "service": mark("service")},
        {**good, "subject": "s", "source": mark("source")},
        {**good, "subject": "s", "since": mark("since")},
        {**good, "subject": "s", mark("field"): mark("value")},
        {**good, "subject": "s", "type": mark("type")},
        {**good, "subject": mark("subject"), "category": "bank-card-data"},
        [mark("list")],
    ]
    body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    body += b'{"subject": "' + mark("brokenline").encode() + b"\n"
    body += b'{"subject": "\xff' + mark("notutf8").encode() + b'"}\n'
    body += b'{"subject": "' + mark("longline").encode() * 20_000 + b'"}\n'
    other = client.issuer.mint(service=mark("tokenservice"))
    client.post(INGEST, body, token, Content_Type=NDJSON)
    client.post(INGEST, body, token, Content_Type=f"text/{mark('mediatype')}")
    client.post(INGEST, gzip.compress(body), token, Content_Type=NDJSON, Content_Encoding="gzip")
    client.post(INGEST, body, other, Content_Type=NDJSON)
    document = "mutation ($input: [HoldingReport!]!) { reportHoldings(input: $input) { __typename } }"
    report = {"subject": mark("subject"), "category": mark("category"), "since": "2026-01-01T00:00:00Z"}
    client.ask(document, {"input": [report]}, token)
    client.ask(document, {"input": [{**report, mark("inputfield"): 1}]}, token)


def a_person_asks_and_decides(client: Client) -> None:
    mark = client.mark
    token = client.issuer.mint(subject=mark("holder"))
    client.ask("{ me { key holdings { totalCount } } }", token=token)
    client.ask(f'{{ me {{ holdings(category: ["{mark("literal")}"]) {{ totalCount }} }} }}', token=token)
    client.ask(f'{{ me {{ holdings(after: "{mark("cursor")}") {{ totalCount }} }} }}', token=token)
    client.ask(f'{{ me(asOf: "{mark("time")}") {{ key }} }}', token=token)
    client.ask(f'{{ node(id: "{mark("nodeid")}") {{ __typename }} }}', token=token)
    decide = (
        "mutation ($purpose: String!) { recordDecision(input: {purpose: $purpose, kind: WITHDRAWAL}) { __typename } }"
    )
    client.ask(decide, {"purpose": "marketing-messages"}, token)
    client.ask(decide, {"purpose": mark("purpose")}, token)


def the_account_area_says_how_people_are_reached(client: Client) -> None:
    mark = client.mark
    contact = {"type": "contact", "subject": mark("subject"), "reported_at": "2026-01-01T00:00:00Z"}
    email = f"{mark('email')}@{mark('host')}.example"
    lines: list[object] = [
        {**contact, "email": email, "locale": locale(mark)},
        {**contact, "email": f"{mark('name')} <{email}>"},
        {**contact, "email": mark("noemail")},
        {**contact, "email": email, "locale": mark("nolocale")},
        {**contact, "channels": [mark("channel")]},
        {**contact, "phone": mark("value")},
        {**contact, "subject": f"{mark('subject')} {email}"},
    ]
    body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    for service in ("account-area", "websites"):
        client.post(INGEST, body, client.issuer.mint(service=service), Content_Type=NDJSON)


def locale(mark: Marks) -> str:
    """A language that is one: with a private part, which has eight letters at most."""
    return f"de-x-{mark('l')}"


def a_person_is_told_of_a_revision(client: Client) -> None:
    mark = client.mark
    subject = mark("told")
    token = client.issuer.mint(subject=subject)
    line = {"subject": subject, "service": "websites", "category": "cookies", "since": "2026-01-01T00:00:00Z"}
    client.post(INGEST, json.dumps(line).encode(), client.issuer.mint(service="websites"), Content_Type=NDJSON)
    choose = "mutation ($input: SetNoticeChannelsInput!) { setNoticeChannels(input: $input) { __typename } }"
    chosen = {"locale": locale(mark)}
    assert client.ask(choose, {"input": chosen}, token)["data"] == {
        "setNoticeChannels": {"__typename": "SetNoticeChannelsSuccess"}
    }
    client.ask(choose, {"input": {"locale": mark("nolocale")}}, token)
    client.ask(choose, {"input": {"channels": [mark("channel")]}}, token)
    listen = "subscription {operation} {{ {alias}: noticeAdded(locale: {locale}) {{ id title }} }}"
    stream = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
    alias = mark("alias")
    document = listen.format(operation=mark("operation"), alias=alias, locale=json.dumps(locale(mark)))
    with client.http.stream("POST", "/graphql", json={"query": document}, headers=stream) as answer:
        publish_the_example_revision(client.service)
        told = next(line for line in answer.iter_lines() if line.startswith("data: "))
    notice = json.loads(told.removeprefix("data: "))["data"][alias]
    document = listen.format(operation=mark("operation"), alias=mark("alias"), locale=json.dumps(mark("nolocale")))
    client.ask(document, headers=stream)
    read = """mutation ($ids: [ID!]!) { markNoticesRead(input: { ids: $ids }) {
      ... on MarkNoticesReadSuccess { notices { id } } ... on NoticeNotFound { ids } } }"""
    assert client.ask(read, {"ids": [notice["id"]]}, token)["data"] == {
        "markNoticesRead": {"notices": [{"id": notice["id"]}]}
    }
    strange = [mark("noticeid"), str(GlobalId("Notice", (mark("noticeid"),)))]
    assert client.ask(read, {"ids": strange}, token)["data"] == {"markNoticesRead": {"ids": strange}}


def publish_the_example_revision(service: Service) -> None:
    effective = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
    for step in (["draft", str(EXAMPLE_REVISION)], ["publish", "2", "--effective", effective]):
        done = vitrine("revision", *step, settings=service.settings)
        assert done.returncode == 0, done.stderr


def staff_look_at_the_person_and_draft(client: Client) -> None:
    mark = client.mark
    token = client.issuer.mint(staff=mark("staff"))
    person = client.issuer.mint(subject="example-buyer")
    look = "query ($id: ID!) { subject(id: $id) { key holdings { totalCount } } }"
    for id in ("example-buyer", mark("lookedfor"), mark("lookedfor") * 40, "\0" + mark("lookedfor")):
        client.ask(look, {"id": id}, token)
    client.ask(look, {"id": mark("lookedfor")}, person)
    client.ask(f'{{ subject(id: "{mark("literal")}") {{ key }} }}', token=token)
    client.ask("query ($n: Int) { dataMap(number: $n) { key } }", {"n": mark("number")}, token)
    draft = "mutation ($input: DraftRevisionInput!) { draftRevision(input: $input) { __typename } }"
    client.ask(draft, {"input": {"policy": f"# {mark('policy')} {{#a}}", "map": f"{mark('map')}: 1"}}, token)
    client.ask(draft, {"input": {mark("inputfield"): 1}}, token)


def somebody_sends_bad_tokens(client: Client) -> None:
    mark = client.mark
    ask = "{ me { key } }"
    for credential in (mark("token"), f"{mark('token')}.{mark('token')}.{mark('token')}"):
        client.ask(ask, token=credential)
    client.ask(ask, headers={"Authorization": f"Basic {mark('basic')}"})
    good = {"iss": "urn:vitrine:development", "aud": "vitrine", "exp": 4_000_000_000, "scope": "vitrine.subject"}
    for claims, header in (
        ({**good, "sub": mark("claim")}, {"kid": mark("kid")}),
        ({**good, "sub": mark("claim")}, None),
        ({**good, "sub": mark("claim"), "iss": mark("issuer")}, client_header(client)),
        ({**good, "sub": mark("claim"), "aud": mark("audience")}, client_header(client)),
        ({**good, "sub": mark("claim") + " blank"}, client_header(client)),
        ({**good, "sub": mark("claim"), "exp": 1}, client_header(client)),
        ({**good, "sub": mark("claim"), "scope": mark("scope")}, client_header(client)),
    ):
        client.ask(ask, token=jwt.encode(claims, client.issuer.key, "RS256", headers=header))


def client_header(client: Client) -> dict[str, str]:
    kid: str = client.issuer.jwks()["keys"][0]["kid"]
    return {"kid": kid}


def somebody_sends_bad_documents(client: Client) -> None:
    mark = client.mark
    for document in (
        f"{{ {mark('unknownfield')} }}",
        f"{{ me {{ {mark('unknownfield')} }} }}",
        f'{{ policy(number: "{mark("wrongtype")}") {{ html }} }}',
        f'{{ policy {{ clause(key: "{mark("clause")}") {{ key }} }} }}',
        f"{{ {mark('alias')}: policy {{ html }} }}",
        f"query {mark('operation')} {{ policy {{ html }} }}",
        f"query {mark('operation')} {{ nothing }}",
        f"query A {{ ...{mark('spread')} }}",
        f"fragment {mark('fragment')} on Query {{ __typename }} {{ __typename }}",
        f"{{ __typename @{mark('directive')} }}",
        f"# {mark('comment')}\n{{ __typename }}",
        f'{{ policy {{ clause(key: "{mark("unclosed")}) }} }}',
        f'"""{mark("description")}""" {{',
        f"subscription {mark('operation')} {{ __typename }}",
    ):
        client.ask(document)
    client.ask("query ($a: Int!) { policy(number: $a) { html } }", {"a": {mark("variable"): mark("variable")}})
    client.ask("query ($a: Int!) { policy(number: $a) { html } }", {mark("variablename"): 1})
    client.ask("query A { __typename } query B { __typename }", operationName=mark("operation"))
    client.ask("{ __typename }", extensions={"persistedQuery": {"version": 1, "sha256Hash": mark("hash")}})
    client.post("/graphql", json.dumps({"documentId": mark("documentid")}).encode(), Content_Type="application/json")
    client.post("/graphql", f"[{mark('notjson')}".encode(), Content_Type="application/json")
    client.post("/graphql", f'[{{"query": "{{ {mark("batch")} }}"}}]'.encode(), Content_Type="application/json")
    client.post("/graphql", f'{{"query": 1, "{mark("member")}": 1}}'.encode(), Content_Type="application/json")
    client.post("/graphql", f"{mark('body')} ".encode() * 1_000_000, Content_Type="application/json")
    client.http.get("/graphql", params={"query": f'{{ node(id: "{mark("get")}") {{ id }} }}', mark("parameter"): "1"})
    client.http.get(
        "/graphql", params={"query": f'mutation {{ withdrawRevision(input: {{a: "{mark("get")}"}}) {{ a }} }}'}
    )


def somebody_writes_into_addresses_and_headers(client: Client) -> None:
    mark = client.mark
    for path in ("/", "/graphql/", "/readyz?", "/livez?a="):
        client.http.get(path + mark("path"))
    names = ("X-Request-Id", "User-Agent", "Referer", "Cookie", "Origin", "X-Forwarded-For", "Forwarded", "Accept")
    for name in (*names, "traceparent", "tracestate", "Content-Type", "Accept-Language", "X-Anything"):
        headers = {name: f"{mark('header')}"}
        client.ask("{ __typename }", headers=headers)
        client.http.get("/nowhere", headers=headers)
    client.ask("{ __typename }", headers={mark("headername"): "1"})
    client.ask("{ me { key } }", headers={"X-Request-Id": CORRELATION_ID})


def somebody_reads_pages_and_feeds(client: Client) -> None:
    mark = client.mark
    product = {"Authorization": f"Bearer {client.issuer.mint(service='websites')}"}
    for path in ("/policy/", "/policy/%0a", "/policy/2?", "/policy?", "/policy/2/", "/policy?on=", "/styles/"):
        client.http.get(path + mark("path"))
        client.http.get(path + mark("path"), headers={"Accept": "text/html"})
    client.http.get(f"/policy/2/changes?from={mark('parameter')}")
    staff = {"Authorization": f"Bearer {client.issuer.mint(staff=mark('staff'))}"}
    client.http.get(f"/reach/{mark('path')}/ids", headers=staff)
    for parameter in ("?after=", "?cursor=", "?limit=", "?", "/"):
        client.http.get(f"/feed/notices{parameter}{mark('parameter')}", headers=product)
    for parameter in ("?before=", "?", "/"):
        client.http.get(f"/feed/revisions.atom{parameter}{mark('parameter')}")
    for path in ("/policy/1", "/policy/1/changes", "/feed/revisions.atom"):
        for header in ("If-None-Match", "If-Modified-Since"):
            assert client.http.get(path, headers={header: mark("header")}).status_code == 200


def somebody_signs_in(client: Client) -> None:
    mark = client.mark
    ours = {"Origin": client.service.url, "Sec-Fetch-Site": "same-origin"}
    page = {**ours, "X-Vitrine-Page": "1"}
    for path in ("/sign-in?to=/map/", "/sign-in?to=//", "/sign-in?", "/map/", "/me/", "/assets/", "/graphiql?"):
        client.http.get(path + mark("path"))
    client.http.get("/signed-in", params={"code": mark("code"), "state": mark("state"), "error": mark("error")})
    for form in (
        {"subject": mark("signedin"), "to": f"/me/{mark('to')}"},
        {"subject": mark("signedin") + " blank"},
        {"staff": mark("staff"), mark("field"): mark("value")},
    ):
        client.http.post("/sign-in", data=form, headers=ours)
        client.http.get("/session", headers=page)
        client.ask("{ me { key } }", headers=page)
        client.http.post("/sign-in", data=form, headers={"Origin": f"https://{mark('origin')}.example"})
    client.http.post("/sign-out", headers=page)
    for cookie in (mark("cookie"), f"{mark('keyid')}.{mark('sealed')}"):
        client.ask("{ me { key } }", headers={**page, "Cookie": f"vitrine_session={cookie}; {mark('cookiename')}=1"})


def somebody_speaks_bad_http(client: Client) -> None:
    mark = client.mark
    post = "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    for data in (
        f"{mark('method').upper()} / HTTP/1.1\r\nHost: a\r\n\r\n",
        f"{mark('method').upper()} /graphql HTTP/1.1\r\nHost: a\r\n\r\n",
        f"{mark('method')}\r\n\r\n",
        f"GET /{mark('path')} HTTP/9.9\r\n\r\n",
        f"GET / HTTP/1.1\r\n{mark('brokenheader')}\r\n\r\n",
        f"GET /{mark('long') * 20_000} HTTP/1.1\r\nHost: a\r\n\r\n",
        f"{post}Content-Length: {mark('length')}\r\n\r\n",
        f"{post}Content-Length: 999\r\n\r\n{mark('half')}",
        f"{post}Transfer-Encoding: chunked\r\n\r\n{mark('chunk')}\r\n",
    ):
        client.raw(data.encode())


def the_engine_is_away_meanwhile(client: Client) -> None:
    mark = client.mark
    token = client.issuer.mint(subject=mark("holder"))
    line = {"subject": mark("subject"), "service": "websites", "category": "cookies", "since": "2026-01-01T00:00:00Z"}
    os.kill(client.service.engine_pid(), signal.SIGKILL)
    while "GRAPH_UNAVAILABLE" not in client.codes:
        client.ask(f'{{ me {{ holdings(category: ["{mark("literal")}"]) {{ totalCount }} }} }}', token=token)
        reporter = client.issuer.mint(service="websites")
        client.post(INGEST, json.dumps(line).encode(), reporter, Content_Type=NDJSON)
        client.http.get("/readyz")
    client.service.until_said(ENGINE_BACK)
    # The first to come may find a connection that is not made yet.
    until(lambda: "data" in client.ask("{ me { key } }", token=token))


# ---- what is there then ----------------------------------------------------------------------------------------------


def every_kind_of_error_came(client: Client) -> None:
    expected = {
        "UNAUTHENTICATED",
        "FORBIDDEN",
        "NOT_FOUND",
        "INVALID_INPUT",
        "INVALID_DOCUMENT",
        "GRAPH_UNAVAILABLE",
        "NOT_JSON",
        "EXCLUDED_CATEGORY",
        "MALFORMED",
        "UNSUPPORTED_MEDIA_TYPE",
        "UNSUPPORTED_ENCODING",
        "BODY_TOO_LARGE",
    }
    assert expected - client.codes == set()


def the_log_is_json_with_fixed_messages(service: Service) -> list[dict[str, Any]]:
    entries = [json.loads(line) for line in service.stderr.splitlines()]
    events = {entry["event"] for entry in entries if entry["logger"].startswith("server.")}
    assert len(events) < 20, "a message that is another one each time holds a value"
    ids = {entry.get("correlation_id") for entry in entries}
    assert CORRELATION_ID in ids
    return entries


def the_engine_has_logged(service: Service) -> None:
    folder = service.folder / "engine" / "log"
    assert {path.name for path in folder.iterdir()} >= {"engine.log", "engine.log.1"}


def all_logs(service: Service) -> Iterator[str]:
    """What the service has said and logged, and every file that the engine has."""
    yield "\n".join(service.said)
    yield service.stderr
    for path in (service.folder / "engine").rglob("*"):
        if path.is_file() and "databases" not in path.parts:
            yield path.read_text("utf-8", errors="replace")
