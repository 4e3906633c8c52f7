"""The settings of the gates reach the running service."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from graph.engines.address import GraphAddress
from graph.store.database import Database
from tests.journeys.vitrine import Vitrine

PATIENCE_SECONDS = 60
ORIGIN = "https://account.example"


def test_a_service_with_every_gate(address: GraphAddress, database: Database, tmp_path: Path) -> None:
    manifest = tmp_path / "persisted-documents.json"
    manifest.write_text(json.dumps({"me": "query Me { me { key } }"}))
    settings = {
        "VITRINE_HEAD_SECONDS": "0.5",
        "VITRINE_CORS_ORIGINS": ORIGIN,
        "VITRINE_TRUSTED_PROXIES": "1",
        "VITRINE_ADDRESS_REQUESTS_A_MINUTE": "2",
        "VITRINE_PERSISTED_DOCUMENTS": str(manifest),
    }
    with Vitrine(address, tmp_path).served(**settings) as service:
        place = urlsplit(str(service.client.base_url))
        with socket.create_connection((place.hostname or "", place.port or 0), PATIENCE_SECONDS) as client:
            client.sendall(b"POST /graphql HTTP/1.1\r\nHost: x\r\n")
            with client.makefile("rb") as answer:
                assert answer.readline() == b"HTTP/1.1 408 Request Timeout\r\n"
                assert b'"code":"TOO_SLOW"' in answer.read()
        found = []
        for body in ({"query": "{ __typename }"}, {"documentId": "me"}, {"documentId": "me"}):
            headers = {"Origin": ORIGIN, "X-Forwarded-For": "203.0.113.9"} | service.credential(subject="example-buyer")
            response = service.client.post("/graphql", json=body, headers=headers)
            assert response.headers["access-control-allow-origin"] == ORIGIN
            errors = response.json().get("errors", [])
            found.append((response.status_code, [error["extensions"]["code"] for error in errors]))
        assert found == [(403, ["DOCUMENT_NOT_ALLOWED"]), (200, []), (429, ["RATE_LIMITED"])]


def test_documents_that_cannot_be_run_are_told_and_nothing_is_served(
    address: GraphAddress, database: Database, tmp_path: Path
) -> None:
    manifest = tmp_path / "persisted-documents.json"
    manifest.write_text(json.dumps({"a": "{ nothing }", "b": "query {"}))
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", "run"],
        cwd=tmp_path,
        env=os.environ | Vitrine(address, tmp_path).environment | {"VITRINE_PERSISTED_DOCUMENTS": str(manifest)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 2
    assert [line for line in done.stderr.splitlines() if not line.startswith("{")] == [
        f"VITRINE_PERSISTED_DOCUMENTS: {manifest}: a: line 1: Cannot query field 'nothing' on type 'Query'.",
        f"VITRINE_PERSISTED_DOCUMENTS: {manifest}: b: line 1: Syntax Error: Expected Name, found <EOF>.",
    ]
    assert "Vitrine serves" not in done.stdout
