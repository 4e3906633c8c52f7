"""The settings of the gates reach the running service."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock
from urllib.parse import urlsplit

import pytest

from graph.engines.address import GraphAddress
from graph.store.database import Database
from server.gate.headers import security_headers
from server.gate.unsent import ADDRESS_UNSENT_BYTES_AT_MOST
from server.run import terms_of
from server.settings import Mode, Settings
from server.watching.metrics import Metrics
from tests.journeys.vitrine import Vitrine
from tests.patience import PATIENCE_SECONDS
from tests.server.watching.scrape import Scrape

ORIGIN = "https://account.example"


def test_a_service_with_every_gate(address: GraphAddress, database: Database, tmp_path: Path) -> None:
    manifest = tmp_path / "persisted-documents.json"
    manifest.write_text(json.dumps({"me": "query Me { me { key } }"}))
    settings = {
        "VITRINE_HEAD_SECONDS": "0.5",
        "VITRINE_CORS_ORIGINS": ORIGIN,
        "VITRINE_TRUSTED_PROXIES": "1",
        # Not counted behind a proxy.
        "VITRINE_ADDRESS_CONNECTIONS": "1",
        "VITRINE_ADDRESS_REQUESTS_A_MINUTE": "2",
        "VITRINE_PERSISTED_DOCUMENTS": str(manifest),
    }
    with Vitrine(address, tmp_path).served(**settings) as service:
        place = urlsplit(str(service.client.base_url))
        with contextlib.ExitStack() as stack:
            there = place.hostname or "", place.port or 0
            clients = [stack.enter_context(socket.create_connection(there, PATIENCE_SECONDS)) for _ in range(2)]
            for client in clients:
                client.sendall(b"POST /graphql HTTP/1.1\r\nHost: x\r\n")
            for client in clients:
                with client.makefile("rb") as answer:
                    assert answer.readline() == b"HTTP/1.1 408 Request Timeout\r\n"
                    assert b'"code":"TOO_SLOW"' in answer.read()
        said = Scrape(service.client.get("/metrics").text)
        assert said("vitrine_connections_refused_total", code="TOO_SLOW") == 2
        assert (said("vitrine_connections") or 0) >= 1
        found = []
        for body in ({"query": "{ __typename }"}, {"documentId": "me"}, {"documentId": "me"}):
            headers = {"Origin": ORIGIN, "X-Forwarded-For": "203.0.113.9"} | service.credential(subject="example-buyer")
            response = service.client.post("/graphql", json=body, headers=headers)
            assert response.headers["access-control-allow-origin"] == ORIGIN
            errors = response.json().get("errors", [])
            found.append((response.status_code, [error["extensions"]["code"] for error in errors]))
        assert found == [(403, ["DOCUMENT_NOT_ALLOWED"]), (200, []), (429, ["RATE_LIMITED"])]


def test_what_the_connection_says_has_the_headers_of_every_answer() -> None:
    for mode in Mode:
        terms = terms_of(Settings(mode=mode), Metrics())
        assert terms.headers == security_headers(is_production=mode is Mode.PRODUCTION)


@pytest.mark.parametrize(
    ("mode", "proxies", "excess"), [(Mode.PRODUCTION, 0, 1), (Mode.PRODUCTION, 1, 0), (Mode.DEVELOPMENT, 0, 0)]
)
def test_an_address_is_bounded_where_it_is_one_clients(mode: Mode, proxies: int, excess: int) -> None:
    """In development the service itself is among those of this machine, behind proxies everybody is."""
    terms = terms_of(Settings(mode=mode, trusted_proxies=proxies, address_connections=1), Metrics())
    takers = [Mock(stalled_since=0.0), Mock(stalled_since=0.0)]
    for taker in takers:
        terms.unsent.begin(taker, "127.0.0.1", ADDRESS_UNSENT_BYTES_AT_MOST, now=0.0)
    assert [taker.cut_off.call_count for taker in takers] == [0, excess]
    places = terms.places
    guests = [Mock(has_unsent=True), Mock(has_unsent=True)]
    for guest in guests:
        places.enter(guest, "127.0.0.1")
    assert max(0, places.excess(guests[1])) == excess


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
