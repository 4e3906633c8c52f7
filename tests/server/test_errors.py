"""How the service says that something is wrong: a stable code, a place, an id, and nothing of its own inside."""

from __future__ import annotations

import io
import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any, LiteralString

import pytest

from graph.store.subjects import FIND_SUBJECT
from server.graphql import SMALL_BODY_BYTES_AT_MOST
from server.schema.limits import ALIASES_AT_MOST, DEPTH_AT_MOST, TOKENS_AT_MOST
from tests.logs import logged_to
from tests.server.api import Api

ME = "{ me { key } }"
GIVEN_ID = re.compile(r"[0-9a-f]{32}")
SENT_ID = "0123456789abcdef0123456789abcdef"
SECRET = "Anna Karenina, anna@example.com"


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """What is logged meanwhile, as the running service logs it."""
    stream = io.StringIO()
    with logged_to(stream):
        yield stream


def logged(logs: io.StringIO, event: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in logs.getvalue().splitlines()]
    return [line for line in lines if line["event"] == event]


def failing(statement: LiteralString) -> None:
    if statement == FIND_SUBJECT:
        raise RuntimeError(f"no room for {SECRET}")


class TestCodes:
    @pytest.mark.parametrize(
        ("document", "said"),
        [
            ("{ me { key }", "Syntax Error"),
            ("{ me { surname } }", "Cannot query field 'surname' on type 'Subject'"),
            ("query ($a: Int!) { me { key } }", "is never used"),
            ('{ me(asOf: "yesterday") { key } }', "A DateTime is a date, T, a time and its zone"),
            ("{ policy(number: 99999999999) { html } }", "Int cannot represent non 32-bit signed integer value"),
        ],
    )
    async def test_a_document_that_is_wrong(self, reader: Api, document: str, said: str) -> None:
        answer = await reader.ask(document, token=reader.subject("example-buyer"))
        assert set(answer.codes) == {"INVALID_DOCUMENT"}
        assert said in " ".join(answer.messages)
        assert answer.data is None

    @pytest.mark.parametrize(
        "variables",
        [
            {},
            {"id": None},
            {"id": [1]},
            {"id": {"a": 1}},
            {"id": 1.5},
        ],
    )
    async def test_variables_of_the_wrong_type(self, reader: Api, variables: dict[str, object]) -> None:
        answer = await reader.ask("query ($id: ID!) { node(id: $id) { id } }", variables)
        assert (answer.data, answer.codes) == (None, ["INVALID_DOCUMENT"])
        assert "$id" in answer.messages[0]

    async def test_a_document_that_asks_too_much(self, reader: Api) -> None:
        deep = "{ policy { tree " + "{ parts " * (DEPTH_AT_MOST - 1) + "{ key }" + " }" * (DEPTH_AT_MOST - 1) + " } }"
        wide = "{ " + " ".join(f"a{number}: __typename" for number in range(ALIASES_AT_MOST + 1)) + " }"
        long = "{ policy { " + "html " * TOKENS_AT_MOST + "} }"
        for document, message in (
            (deep, "The operation is more than 20 fields deep: ask for less at once"),
            (wide, "The operation has 31 aliases, and may have 30: ask for less at once"),
            (long, "Syntax Error: Document contains more than 2000 tokens. Parsing aborted."),
        ):
            answer = await reader.ask(document, headers={"X-Request-Id": SENT_ID})
            assert (answer.data, answer.messages) == (None, [message])
            assert answer.errors[0]["extensions"] == {"code": "INVALID_DOCUMENT", "correlationId": SENT_ID}

    async def test_a_document_at_the_limits(self, reader: Api) -> None:
        deep = '{ policy { clause(key: "x") ' + "{ partOf " * (DEPTH_AT_MOST - 2) + "{ key }" + " }" * DEPTH_AT_MOST
        wide = "{ " + " ".join(f"a{number}: __typename" for number in range(ALIASES_AT_MOST)) + " }"
        assert (await reader.ask(deep)).codes == ["NOT_FOUND"]
        assert len(await reader.data(wide)) == ALIASES_AT_MOST

    async def test_one_field_fails_and_the_others_are_there(self, reader: Api) -> None:
        answer = await reader.ask(
            '{ policy { revision { number } no: clause(key: "no-such") { key } } me { key } }',
            token=reader.staff(),
        )
        assert answer.status == 200
        assert answer.data == {"policy": {"revision": {"number": 1}, "no": None}, "me": None}
        assert {tuple(error["path"]): error["extensions"]["code"] for error in answer.errors} == {
            ("policy", "no"): "NOT_FOUND",
            ("me",): "FORBIDDEN",
        }

    async def test_every_error_names_the_request(self, reader: Api) -> None:
        for document in (ME, "{ nothing }", "{"):
            answer = await reader.ask(document, headers={"X-Request-Id": SENT_ID})
            assert [error["extensions"]["correlationId"] for error in answer.errors] == [SENT_ID]
            assert answer.headers["x-request-id"] == SENT_ID


class TestCorrelation:
    @pytest.mark.parametrize("sent", [SENT_ID, SENT_ID.upper(), "3f1d7c5e-0000-4000-8000-00000000000a"])
    async def test_a_clients_id_is_echoed(self, reader: Api, sent: str) -> None:
        answer = await reader.ask("{ __typename }", headers={"X-Request-Id": sent})
        assert answer.headers["x-request-id"] == sent

    @pytest.mark.parametrize(
        "sent",
        ["", "abc-123", "anna.meier", "4" * 16, "a" * 31, "a" * 33, "g" * 32, "a" * 32 + "\t"],
    )
    async def test_any_other_is_replaced(self, reader: Api, sent: str) -> None:
        answer = await reader.ask("{ __typename }", headers={"X-Request-Id": sent})
        assert GIVEN_ID.fullmatch(answer.headers["x-request-id"])

    async def test_two_requests_have_two_ids(self, reader: Api) -> None:
        answers = [await reader.ask("{ __typename }") for _ in range(2)]
        assert len({answer.headers["x-request-id"] for answer in answers}) == 2

    async def test_no_answer_is_kept_on_the_way(self, reader: Api) -> None:
        for answer in (await reader.ask(ME), await reader.ask(ME, token="x")):
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-content-type-options"] == "nosniff"


class TestUnexpected:
    async def test_it_is_masked_and_logged_by_id_without_personal_data(self, reader: Api, logs: io.StringIO) -> None:
        await reader.me("example-buyer", "key")
        reader.database.observers.append(failing)
        answer = await reader.ask(
            "query ($a: DateTime) { me(asOf: $a) { key } }", {"a": None}, reader.subject("example-buyer")
        )
        id = answer.headers["x-request-id"]
        assert GIVEN_ID.fullmatch(id)
        assert answer.body == {
            "data": {"me": None},
            "errors": [
                {
                    "message": f"Something went wrong on our side. Name this id when you report it: {id}",
                    "locations": answer.errors[0]["locations"],
                    "path": ["me"],
                    "extensions": {"code": "INTERNAL", "correlationId": id},
                }
            ],
        }
        (line,) = logged(logs, "Unexpected error")
        assert line["correlation_id"] == id
        assert line["error"][0]["type"] == "builtins.RuntimeError"
        assert line["error"][0]["at"][-1].endswith(" failing")
        for told in ("Karenina", "anna@", "example-buyer", "asOf"):
            assert told not in logs.getvalue()

    async def test_outside_graphql_too(self, api: Api, logs: io.StringIO) -> None:
        def fail(statement: LiteralString) -> None:
            raise RuntimeError(SECRET)

        api.database.observers.append(fail)
        response = await api.report(b"\n", api.service("websites"))
        api.database.observers.clear()
        assert response.status_code == 500
        (error,) = response.json()["errors"]
        id = response.headers["x-request-id"]
        assert error["extensions"] == {"code": "INTERNAL", "correlationId": id}
        assert SECRET not in response.text
        (line,) = logged(logs, "Unexpected error")
        assert line["correlation_id"] == id
        assert "Karenina" not in logs.getvalue()

    async def test_what_is_asked_and_by_whom_is_not_logged(self, api: Api, logs: io.StringIO) -> None:
        token = api.subject("example-buyer")
        await api.me("example-buyer", "holdings { nodes { id } }")
        await api.ask("{ nonsense }", {"email": SECRET}, token)
        await api.ask(ME, token=f"{token}x")
        await api.data('{ subject(id: "example-truster") { key } }', token=api.staff("staff-9"))
        await api.report(b'{"subject": "example-objector", "surname": "Karenina"}\n', api.service("websites"))
        assert len(logged(logs, "Answered")) == 5
        told = logs.getvalue()
        for each in ("example-buyer", "example-truster", "example-objector", "Karenina", token[:20], "nonsense"):
            assert each not in told


class TestHttp:
    async def test_what_is_no_json(self, reader: Api) -> None:
        for body, code in (
            (b"{", "NOT_JSON"),
            (b"", "NOT_JSON"),
            (b"[" * 999, "NOT_JSON"),
            (b"\xff\xfe", "NOT_JSON"),
            (b"[]", "BATCHING_NOT_SUPPORTED"),
            (b'"x"', "INVALID_REQUEST"),
            (b"{}", "INVALID_REQUEST"),
        ):
            response = await reader.client.post("/graphql", content=body, headers={"Content-Type": "application/json"})
            assert response.status_code == 400, body
            (error,) = response.json()["errors"]
            assert error["extensions"] == {"code": code, "correlationId": response.headers["x-request-id"]}

    async def test_another_media_type(self, reader: Api) -> None:
        for media_type in ("text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
            response = await reader.client.post("/graphql", content=b"{}", headers={"Content-Type": media_type})
            assert response.status_code == 415
            assert response.json()["errors"][0]["extensions"]["code"] == "UNSUPPORTED_MEDIA_TYPE"

    @pytest.mark.parametrize("holder", [None, "subject", "staff", "service", "job"])
    async def test_too_large(self, reader: Api, holder: str | None) -> None:
        tokens = {
            None: None,
            "subject": reader.subject("example-buyer"),
            "staff": reader.staff(),
            "service": reader.service("websites"),
            "job": reader.job(),
        }
        token = tokens[holder]
        is_small = holder not in ("staff", "service")
        limit = SMALL_BODY_BYTES_AT_MOST if is_small else reader.settings.request_bytes
        document = json.dumps({"query": "{ __typename }"}).encode()
        exact = document + b" " * (limit - len(document))

        async def unannounced(body: bytes) -> AsyncIterator[bytes]:
            for at in range(0, len(body), 65_536):
                yield body[at : at + 65_536]

        json_type = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        for content in (exact + b" ", unannounced(exact + b" ")):
            response = await reader.client.post("/graphql", content=content, headers=json_type)
            assert response.status_code == 413
            (error,) = response.json()["errors"]
            assert error["message"] == f"The body is larger than {limit} bytes: send less at once"
            assert error["extensions"]["code"] == "BODY_TOO_LARGE"
        for content in (exact, unannounced(exact)):
            response = await reader.client.post("/graphql", content=content, headers=json_type)
            assert response.json() == {"data": {"__typename": "Query"}}

    @pytest.mark.parametrize(
        "credential", ["Bearer x", "Bearer a.b.c", "Bearer ", "Basic YTpi", "Bearer " + "x" * 9000]
    )
    async def test_a_bad_token_is_refused_even_where_none_is_needed(self, reader: Api, credential: str) -> None:
        for path, body in (("/graphql", {"query": "{ policy { html } }"}), ("/ingest/holdings", {})):
            response = await reader.client.post(path, json=body, headers={"Authorization": credential})
            assert response.status_code == 401
            assert response.headers["www-authenticate"].startswith("Bearer")
            assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"

    @pytest.mark.parametrize("path", ["/no-such-page", "/graphql/", "/graphql/x", "/%00", "/ingest"])
    async def test_what_there_is_not(self, reader: Api, path: str) -> None:
        response = await reader.client.get(path, headers={"X-Request-Id": SENT_ID})
        assert response.status_code == 404
        assert response.headers["x-request-id"] == SENT_ID
        assert response.json()["errors"] == [
            {
                "message": "There is nothing at this address: see the documentation",
                "extensions": {"code": "NO_SUCH_ADDRESS", "correlationId": SENT_ID},
            }
        ]

    @pytest.mark.parametrize(
        ("path", "methods", "allowed"),
        [
            ("/graphql", ("PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"), "GET, POST"),
            ("/ingest/holdings", ("GET", "PUT", "OPTIONS"), "POST"),
            ("/livez", ("POST", "OPTIONS"), "GET, HEAD"),
            ("/readyz", ("POST", "DELETE"), "GET, HEAD"),
            ("/metrics", ("POST", "OPTIONS"), "GET, HEAD"),
        ],
    )
    async def test_other_methods(self, reader: Api, path: str, methods: tuple[str, ...], allowed: str) -> None:
        for method in methods:
            response = await reader.client.request(method, path)
            assert response.status_code == 405
            assert sorted(response.headers["allow"].split(", ")) == allowed.split(", ")
            if method != "HEAD":
                assert response.json()["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"
