"""With a manifest of documents people run nothing else; without one, nobody names any."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any

import httpx2
import pytest

from graph.errors import InvalidSettings
from server.gate.persisted_documents import document_problems, load_persisted_documents
from server.gate.refusals import Refusal, RefusalCode
from server.operation import Operation
from server.schema import build_schema
from server.viewer import Scope, Viewer
from tests.server.api import Api
from tests.server.watching.scrape import scrape

ME = "query Me {\n  me {\n    key\n  }\n}"
DECIDE = (
    "mutation Decide($purpose: String!) {\n  recordDecision(input: {purpose: $purpose, kind: RESTRICTION}) "
    "{\n    __typename\n  }\n}"
)
OTHER = "{ __typename }"
ME_HASH, DECIDE_HASH = (sha256(text.encode()).hexdigest() for text in (ME, DECIDE))
#: As graphql-codegen hashed by default before its client preset 6, and does on demand.
SHORT_HASH = sha1(ME.encode(), usedforsecurity=False).hexdigest()
UNKNOWN = "0" * 64


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    file = tmp_path / "persisted-documents.json"
    file.write_text(json.dumps({ME_HASH: ME, DECIDE_HASH: DECIDE, SHORT_HASH: ME}))
    return file


@pytest.fixture
async def locked(reader: Api, manifest: Path) -> AsyncIterator[Api]:
    """The service with the manifest."""
    api = reader.with_settings(persisted_documents=manifest)
    async with api.client:
        yield api


#: As graphql-codegen wrote it for four documents and `schema.graphql`: @graphql-codegen/cli 7.4.3 and
#: @graphql-codegen/client-preset 6.2.0, with `preset: "client"` and `presetConfig: { persistedDocuments: true }`. With
#: `hashAlgorithm: "sha256"` it is the same file.
GENERATED = Path(__file__).parent / "persisted-documents.json"


async def post(api: Api, token: str | None, **body: Any) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return await api.client.post("/graphql", json=body, headers=headers)


def code(response: httpx2.Response) -> str:
    found: str = response.json()["errors"][0]["extensions"]["code"]
    return found


def apollo(hash: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": hash}}


class TestWithAManifest:
    @pytest.mark.parametrize(
        "body",
        [
            {"documentId": ME_HASH},
            {"documentId": f"sha256:{ME_HASH}"},
            {"documentId": SHORT_HASH},
            {"documentId": ME_HASH, "operationName": "Me", "variables": {}},
            {"extensions": apollo(ME_HASH)},
            # As clients send it that register their documents.
            {"query": ME, "extensions": apollo(ME_HASH)},
            # What was built in counts, not what is said.
            {"query": OTHER, "documentId": ME_HASH},
        ],
    )
    async def test_a_person_runs_what_is_in_it(self, locked: Api, body: dict[str, Any]) -> None:
        response = await post(locked, locked.subject("example-buyer"), **body)
        assert (response.status_code, response.json()) == (200, {"data": {"me": {"key": "example-buyer"}}})

    @pytest.mark.parametrize(
        ("body", "status", "expected"),
        [
            ({"query": OTHER}, 403, "DOCUMENT_NOT_ALLOWED"),
            ({"query": ME}, 403, "DOCUMENT_NOT_ALLOWED"),
            ({"query": "{ __schema { types { name } } }"}, 403, "DOCUMENT_NOT_ALLOWED"),
            ({"query": "{"}, 403, "DOCUMENT_NOT_ALLOWED"),
            ({"documentId": UNKNOWN}, 400, "PERSISTED_QUERY_NOT_FOUND"),
            ({"documentId": f"md5:{ME_HASH}"}, 400, "PERSISTED_QUERY_NOT_FOUND"),
            ({"query": OTHER, "extensions": apollo(UNKNOWN)}, 400, "PERSISTED_QUERY_NOT_FOUND"),
        ],
    )
    async def test_and_nothing_else(self, locked: Api, body: dict[str, Any], status: int, expected: str) -> None:
        for token in (None, locked.subject("example-buyer")):
            response = await post(locked, token, **body)
            assert (response.status_code, code(response)) == (status, expected)

    async def test_staff_and_machines_run_what_they_like(self, locked: Api) -> None:
        for token in (locked.staff(), locked.service("websites"), locked.job()):
            assert (await post(locked, token, query=OTHER)).json() == {"data": {"__typename": "Query"}}
            assert code(await post(locked, token, documentId=UNKNOWN)) == "PERSISTED_QUERY_NOT_FOUND"
            assert code(await post(locked, token, documentId=ME_HASH)) == "FORBIDDEN"

    async def test_by_address_too(self, locked: Api) -> None:
        headers = {"Authorization": f"Bearer {locked.subject('example-buyer')}"}
        for parameters in (
            {"documentId": f"sha256:{ME_HASH}"},
            {"extensions": json.dumps(apollo(ME_HASH))},
        ):
            response = await locked.client.get("/graphql", params=parameters, headers=headers)
            assert response.json() == {"data": {"me": {"key": "example-buyer"}}}
        response = await locked.client.get("/graphql", params={"query": OTHER}, headers=headers)
        assert code(response) == "DOCUMENT_NOT_ALLOWED"
        response = await locked.client.get("/graphql", params={"documentId": DECIDE_HASH}, headers=headers)
        assert (response.status_code, response.headers["allow"]) == (405, "POST")


async def test_what_graphql_codegen_writes_is_run_by_its_hash(reader: Api) -> None:
    """Its hashes have their prefix, as in the code that it writes, and fragments come before operations."""
    api = reader.with_settings(persisted_documents=GENERATED)
    page, read, heard = json.loads(GENERATED.read_text())
    token = api.subject("example-buyer")
    async with api.client:
        for id in (page, page.removeprefix("sha256:")):
            response = await post(api, token, documentId=id, variables={"few": 1})
            assert (response.status_code, response.json()) == (
                200,
                {
                    "data": {
                        "me": {
                            "key": "example-buyer",
                            "unreadNotices": 0,
                            "holdings": {"nodes": [{"categoryKey": "address"}]},
                        }
                    }
                },
            )
        response = await post(api, token, documentId=read, variables={"ids": ["none"]})
        assert response.json() == {"data": {"markNoticesRead": {"code": "NOT_FOUND"}}}
        assert code(await post(api, token, documentId=heard)) == "NOT_ACCEPTABLE"
        said = await scrape(api.client)
    assert said("vitrine_request_seconds_count", endpoint="/graphql", operation="AccountPage") == 2


def test_a_person_with_a_machines_scope_is_a_person(manifest: Path) -> None:
    documents = load_persisted_documents(manifest, lambda _: [])
    asked = Operation(document=OTHER, document_id=None, name=None, variables=None, extensions=None)
    both = Viewer("example-buyer", frozenset({Scope.SUBJECT, Scope.JOB}))
    with pytest.raises(Refusal) as raised:
        documents.find(asked, both)
    assert raised.value.code is RefusalCode.DOCUMENT_NOT_ALLOWED
    assert documents.find(asked, Viewer("job-1", frozenset({Scope.JOB}))) == OTHER


class TestWithoutAManifest:
    async def test_an_id_alone_is_told_so(self, reader: Api) -> None:
        for body in ({"documentId": ME_HASH}, {"extensions": apollo(ME_HASH)}):
            response = await post(reader, reader.subject("example-buyer"), **body)
            assert (response.status_code, code(response)) == (400, "PERSISTED_QUERY_NOT_SUPPORTED")

    async def test_a_text_that_comes_with_it_is_run(self, reader: Api) -> None:
        response = await post(reader, None, query=OTHER, extensions=apollo(UNKNOWN))
        assert response.json() == {"data": {"__typename": "Query"}}


def problems(file: Path) -> list[str]:
    schema = build_schema()
    with pytest.raises(InvalidSettings) as raised:
        load_persisted_documents(file, lambda text: document_problems(schema.problems_of(text)))
    prefix = f"VITRINE_PERSISTED_DOCUMENTS: {file}: "
    lines = raised.value.message.splitlines()
    assert all(line.startswith(prefix) for line in lines)
    return [line.removeprefix(prefix) for line in lines]


class TestManifests:
    def test_all_problems_at_once(self, tmp_path: Path) -> None:
        file = tmp_path / "manifest.json"
        file.write_text(
            json.dumps(
                {
                    "a": ME,
                    "b": "query {",
                    "c": "{\n  nothing\n}",
                    "d": "{ __schema { queryType { name } } }",
                    "e": 5,
                    "not a hash": ME,
                    "sha256:a": DECIDE,
                    "f": "{ " + " ".join(f"a{number}: __typename" for number in range(31)) + " }",
                    "g": "{ " + "a " * 40_000 + "}",
                }
            )
        )
        found = problems(file)
        assert found == [
            "e: is not a text: it is the document as clients would send it",
            "'not a hash' is no hash: it has 1 to 128 letters, digits, dashes, dots or underscores",
            "sha256:a: stands there twice, with different texts",
            "b: line 1: Syntax Error: Expected Name, found <EOF>.",
            "c: line 2: Cannot query field 'nothing' on type 'Query'.",
            "d: line 1: `__schema` is for staff: schema.graphql has the schema",
            "f: line 1: The operation has 31 aliases, and may have 30: ask for less at once",
            "g: The operation's text is 80003 bytes long, and may be 65536: send what is long in `variables`",
        ]

    @pytest.mark.parametrize(
        ("content", "problem"),
        [
            (b"{", "is not JSON"),
            (b"\xff", "is not JSON"),
            (b"[]", "has no documents"),
            (b"{}", "has no documents"),
        ],
    )
    def test_a_file_that_is_none(self, tmp_path: Path, content: bytes, problem: str) -> None:
        file = tmp_path / "manifest.json"
        file.write_bytes(content)
        (found,) = problems(file)
        assert found.startswith(problem)

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        assert problems(tmp_path / "none.json") == [
            "cannot be read (No such file or directory): name the persisted-documents.json of the front end's build"
        ]

    def test_the_names_of_its_operations_are_known(self, manifest: Path) -> None:
        assert load_persisted_documents(manifest, lambda _: []).operation_names == {"Me", "Decide"}
