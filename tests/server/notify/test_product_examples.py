"""The programs in docs/products.md, run as they stand there against a running service."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from server.notify.assembly import assemble
from tests.patience import PATIENCE_SECONDS
from tests.ports import free_port
from tests.server.api import Api
from tests.server.gate.served import served, until
from tests.server.products import SECRET, open_company, products_file, publish_for_everybody, states, tell_by_products
from tests.test_docs import blocks

TITLE = "Our privacy policy changes on"


def program(word: str) -> str:
    """The one in the document that has this word."""
    (found,) = [body for name, body in blocks("python") if name == "docs/products.md" and word in body]
    return found


@contextlib.asynccontextmanager
async def running(text: str, folder: Path, **variables: str) -> AsyncIterator[Process]:
    """A program in a process of its own, which knows these variables."""
    (folder / "program.py").write_text(text)
    process = await asyncio.create_subprocess_exec(
        sys.executable, folder / "program.py", env={"PATH": os.environ["PATH"], **variables}, stdout=PIPE, stderr=STDOUT
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def listening(port: int) -> None:
    while True:
        with contextlib.suppress(ConnectionRefusedError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.05)


async def test_the_receiver_takes_what_the_service_sends(empty: Api, tmp_path: Path) -> None:
    port = free_port()
    file = products_file(tmp_path, websites=f"http://127.0.0.1:{port}/hooks/vitrine")
    api = empty.with_settings(products=file)
    api.clock.now = datetime.now(UTC)
    await open_company(api)
    await publish_for_everybody(api)
    receiver = program("BaseHTTPRequestHandler")
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        running(receiver, tmp_path, WEBHOOK_SECRET=SECRET, PORT=str(port)) as process,
    ):
        await listening(port)
        await assemble(api.settings, api.database, clock=api.clock).job.run(until_settled=True)
        assert process.stdout is not None
        said = b""
        while said.count(TITLE.encode()) < 3:
            said += await process.stdout.readline()

    assert {f"{each} {TITLE}" in said.decode() for each in ("ann", "bob", "cyd")} == {True}
    assert await states(api) == dict.fromkeys(("ann", "bob", "cyd"), "SENT")


async def test_the_receiver_refuses_what_another_has_signed(empty: Api, tmp_path: Path) -> None:
    port = free_port()
    file = products_file(tmp_path, websites=f"http://127.0.0.1:{port}/hooks/vitrine")
    api = empty.with_settings(products=file)
    api.clock.now = datetime.now(UTC)
    await open_company(api)
    await publish_for_everybody(api)
    job = assemble(api.settings, api.database, clock=api.clock).job
    other = "whsec_" + "QW5vdGhlciBzZWNyZXQsIGFsc28gb2YgMzIgYnl0ZXM="
    receiver = program("BaseHTTPRequestHandler")
    async with asyncio.timeout(PATIENCE_SECONDS), running(receiver, tmp_path, WEBHOOK_SECRET=other, PORT=str(port)):
        await listening(port)
        sending = asyncio.create_task(job.run(until_settled=True))
        await until(lambda: any(job.away.values()))
        job.stop()
        await sending

    assert job.away == {
        "SOFTWARE_PRODUCT/websites": "the product refuses the signature (HTTP 401): compare the secrets"
    }
    assert await states(api) == dict.fromkeys(("ann", "bob", "cyd"), "PENDING")


async def test_the_poller_reads_all_and_acknowledges_it_when_it_comes_again(empty: Api, tmp_path: Path) -> None:
    api = empty.with_settings(products=products_file(tmp_path, "websites"))
    await tell_by_products(api)
    poller = program("urlopen")
    printed: list[list[str]] = []
    then: list[dict[str, str]] = []
    async with asyncio.timeout(PATIENCE_SECONDS), served(api.app) as service:
        for _ in range(2):
            variables = {
                "VITRINE": f"http://127.0.0.1:{service.port}",
                "SERVICE_TOKEN": api.service("websites"),
                "CURSOR_FILE": str(tmp_path / "cursor"),
            }
            async with running(poller, tmp_path, **variables) as process:
                output, _ = await process.communicate()
            assert process.returncode == 0, output.decode()
            printed.append([line.partition(f" {TITLE}")[0] for line in output.decode().splitlines()])
            then.append(await states(api))

    assert printed == [["ann", "bob", "cyd"], []]
    assert then == [dict.fromkeys(printed[0], state) for state in ("SENDING", "SENT")]
