"""The graph away while many ask and report: for a moment in CI, for a minute by `make test-faults`."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from graph.engines.address import GraphAddress
from graph.store.database import Database
from server.development import DevelopmentIssuer, open_development_issuer
from tests.faults.scale import kills
from tests.proxy import Proxy, port_of
from tests.server.command_line import Service, settings_of

READERS = 48
WRITERS = 12
ANSWERS = 150
# A service that answered everything meanwhile takes 15 MB more than before; one that kept it would take hundreds.
GROWTH_MB_AT_MOST = 64

LIST_SUBJECTS = """
MATCH (s:Subject)-[:HAS_HOLDING]->(:Holding)
RETURN s.id AS id
"""


class Load:
    """Clients that ask and report without a pause, and what they were told."""

    def __init__(self, client: httpx2.AsyncClient, issuer: DevelopmentIssuer) -> None:
        self._client = client
        self._subject = {"Authorization": f"Bearer {issuer.mint(subject='person-0')}"}
        self._service = {"Authorization": f"Bearer {issuer.mint(service='billmanager')}"}
        self._numbers = itertools.count(1)
        self._progress = asyncio.Condition()
        self.told: Counter[str] = Counter()
        #: Whose reports a summary came for.
        self.acknowledged: set[str] = set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        clients = [*(self._read() for _ in range(READERS)), *(self._write() for _ in range(WRITERS))]
        tasks = [asyncio.create_task(each) for each in clients]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert [each for each in ends if not isinstance(each, asyncio.CancelledError)] == []

    async def more(self, kind: str, number: int) -> None:
        """Waits for so many more answers of a kind."""
        until = self.told[kind] + number
        async with self._progress:
            await self._progress.wait_for(lambda: self.told[kind] >= until)

    async def another(self) -> None:
        """Waits for one more answer of any kind."""
        async with self._progress:
            await self._progress.wait()

    async def _read(self) -> None:
        body = {"query": "{ me { holdings { totalCount } } }"}
        while True:
            response = await self._client.post("/graphql", json=body, headers=self._subject)
            await self._note("answered", response)

    async def _write(self) -> None:
        headers = {**self._service, "Content-Type": "application/x-ndjson"}
        while True:
            person = f"person-{next(self._numbers)}"
            line = {"subject": person, "service": "billmanager", "category": "license-id", "since": "2026-01-01T00:00Z"}
            response = await self._client.post("/ingest/holdings", content=json.dumps(line), headers=headers)
            if response.status_code == 200:
                assert json.loads(response.text)["summary"]["changed"] == 1, response.text
                self.acknowledged.add(person)
            await self._note("reported", response)

    async def _note(self, kind: str, response: httpx2.Response) -> None:
        if response.status_code != 200:
            assert response.status_code == 503, response.text
            assert int(response.headers["retry-after"]) > 0
            (error,) = response.json()["errors"]
            kind = error["extensions"]["code"]
        async with self._progress:
            self.told[kind] += 1
            self._progress.notify_all()


def memory_mb(pid: int, field: str) -> float:
    """`VmRSS`: now; `VmHWM`: the most there ever was."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) / 1024


async def readiness(client: httpx2.AsyncClient) -> int:
    return (await client.get("/readyz")).status_code


async def test_the_service_says_so_and_goes_on_when_the_graph_is_back(
    address: GraphAddress, database: Database, tmp_path: Path
) -> None:
    async with contextlib.AsyncExitStack() as stack:
        proxy = await stack.enter_async_context(Proxy(port_of(address)))
        settings = {
            **settings_of(proxy.address(address)),
            "VITRINE_LOG_LEVEL": "error",
            "VITRINE_GRAPH_RETRY_SECONDS": "1",
            "VITRINE_HOLDER_REQUESTS_A_MINUTE": "0",
            "VITRINE_ADDRESS_REQUESTS_A_MINUTE": "0",
            "VITRINE_INGEST_CONCURRENCY": str(WRITERS),
        }
        service = stack.enter_context(Service(tmp_path, **settings))
        await asyncio.to_thread(service.until_ready)
        limits = httpx2.Limits(max_connections=None)
        client = await stack.enter_async_context(
            httpx2.AsyncClient(base_url=service.url, trust_env=False, timeout=60, limits=limits)
        )
        load = Load(client, open_development_issuer(tmp_path))
        async with load.running():
            await load.more("answered", ANSWERS)
            await load.more("reported", 10)
            before = memory_mb(service.process.pid, "VmRSS")
            proxy.target = None
            await proxy.cut()
            away_until = asyncio.get_running_loop().time() + kills(2, 60)
            while asyncio.get_running_loop().time() < away_until:
                await load.more("GRAPH_UNAVAILABLE", 50)
                assert await readiness(client) == 503
                assert (await client.get("/livez")).status_code == 200
            proxy.target = port_of(address)
            while await readiness(client) != 200:
                await load.another()
            # Whoever asked before may still be told that it is away.
            await load.more("answered", ANSWERS)
            told = load.told["GRAPH_UNAVAILABLE"]
            await load.more("answered", ANSWERS)
            await load.more("reported", 10)
            assert load.told["GRAPH_UNAVAILABLE"] == told
        grown = memory_mb(service.process.pid, "VmHWM") - before
        # The proxy runs here: were this to wait, what the service asks of the graph meanwhile would have no answer.
        assert await asyncio.to_thread(service.stop) == 0, service.stderr
    print(f"{dict(load.told)}; memory {before:.0f} MB before, at most {grown:.0f} MB more")  # noqa: T201
    assert grown < GROWTH_MB_AT_MOST
    found = {record["id"] for record in await database.read(LIST_SUBJECTS)}
    assert load.acknowledged <= found


pytestmark = pytest.mark.graph
