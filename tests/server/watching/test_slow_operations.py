"""The log line of a slow operation: which document, which statements, how long, and nothing of a person's."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.logs import logged_to
from tests.server.api import Api

SUBJECT = "example-visitor"
DOCUMENT = 'query Held($first: Int) { me { holdings(first: $first, service: ["mark-literal"]) { totalCount } } }'
SENT_ID = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    with logged_to(stream, "warning"):
        yield stream


def slow(lines: io.StringIO) -> list[dict[str, Any]]:
    entries = [json.loads(line) for line in lines.getvalue().splitlines()]
    return [entry for entry in entries if entry["event"] == "Slow operation"]


async def ask(api: Api, **body: object) -> None:
    headers = {"Authorization": f"Bearer {api.subject(SUBJECT)}", "X-Request-Id": SENT_ID}
    response = await api.client.post("/graphql", json=body, headers=headers)
    assert response.status_code == 200, response.text


async def test_an_operation_over_the_threshold_is_logged(reader: Api, lines: io.StringIO) -> None:
    api = reader.with_settings(slow_operation_seconds=0.0)
    async with api.client:
        await api.data("{ policy { revision { number } } }")
        lines.seek(0)
        lines.truncate()
        await ask(api, query=DOCUMENT, variables={"first": 7}, operationName="Held")
    (line,) = slow(lines)
    (statement,) = line.pop("statements")
    assert (statement["statement"], statement["times"]) == ("subjects.FIND_SUBJECT", 1)
    assert 0 < statement["milliseconds"] <= line.pop("milliseconds")
    assert line.pop("timestamp")
    assert line == {
        "event": "Slow operation",
        "level": "warning",
        "logger": "server.watching.slow_operations",
        "operation": None,  # the client chose it: it could be anything
        "document_sha256": hashlib.sha256(DOCUMENT.encode()).hexdigest(),
        "status": "200",
        "correlation_id": SENT_ID,
    }
    for secret in ("mark-literal", "Held", SUBJECT, "first"):
        assert secret not in lines.getvalue()


async def test_a_name_of_the_manifest_is_logged(reader: Api, lines: io.StringIO, tmp_path: Path) -> None:
    digest = hashlib.sha256(DOCUMENT.encode()).hexdigest()
    manifest = tmp_path / "persisted-documents.json"
    manifest.write_text(json.dumps({digest: DOCUMENT}))
    api = reader.with_settings(slow_operation_seconds=0.0, persisted_documents=manifest)
    async with api.client:
        await ask(api, documentId=f"sha256:{digest}")
        await api.data("query OfStaff { __typename }", token=api.staff())
    assert [(line["operation"], line["document_sha256"] == digest) for line in slow(lines)] == [
        ("Held", True),
        (None, False),
    ]


async def test_a_quick_one_is_not(reader: Api, lines: io.StringIO) -> None:
    api = reader.with_settings(slow_operation_seconds=3600.0)
    async with api.client:
        await ask(api, query=DOCUMENT)
        await api.client.get("/livez")
    assert lines.getvalue() == ""


async def test_what_is_no_operation_is_not(reader: Api, lines: io.StringIO) -> None:
    api = reader.with_settings(slow_operation_seconds=0.0)
    async with api.client:
        await api.client.get("/readyz")
        await api.report([], api.service("websites"))
        await api.client.get("/metrics")
    assert slow(lines) == []


async def test_a_request_that_never_became_an_operation_has_no_document(reader: Api, lines: io.StringIO) -> None:
    api = reader.with_settings(slow_operation_seconds=0.0)
    async with api.client:
        await api.client.post("/graphql", json=[])
    (line,) = slow(lines)
    assert (line["document_sha256"], line["statements"], line["status"]) == (None, [], "400")
