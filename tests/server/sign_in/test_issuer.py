"""What the issuer says of itself is asked for once by all who wait, and an issuer that fails holds nobody up twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from structlog.testing import capture_logs

from server.sign_in import issuer as module
from server.sign_in.failure import SignInFailed
from server.sign_in.issuer import ENDPOINTS_SECONDS, RETRY_SECONDS, Client, Endpoints, Issuer, Secrets
from server.tokens import TokenVerifier
from tests.server.sign_in.provider import Provider
from tests.server.sign_in.serving import production

SECRETS = Secrets("state", "nonce", "v" * 43)
NOWHERE = Provider("http://127.0.0.1:9")


class Asked:
    """An issuer whose answers come when the test says so. `time`: in seconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.time = 1000.0
        self.count = 0
        self.answer: Callable[[], str] = lambda: "first"
        self.answers = asyncio.Event()
        self.answers.set()
        client = Client("vitrine-pages", "secret", "openid", {}, "https://privacy.example/signed-in")
        verifier = TokenVerifier(production(NOWHERE).token_rules())
        self.issuer = Issuer(client, verifier, monotonic=lambda: self.time)
        monkeypatch.setattr(module, "fetch_endpoints", self._fetch)

    async def _fetch(self, name: str) -> Endpoints:
        self.count += 1
        await self.answers.wait()
        host = f"https://{self.answer()}.example"
        return Endpoints(f"{host}/authorize", f"{host}/token", "client_secret_basic", names_itself=False)

    def fails(self) -> None:
        def fail() -> str:
            raise TimeoutError

        self.answer = fail

    async def host(self) -> str | None:
        """To where somebody who signs in is sent."""
        return urlsplit(await self.issuer.address(SECRETS)).hostname


@pytest.fixture
async def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(monkeypatch)


async def until_it_rests() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_all_who_wait_share_one_request_though_one_of_them_goes(asked: Asked) -> None:
    asked.answers.clear()
    waiting = [asyncio.create_task(asked.host()) for _ in range(5)]
    await until_it_rests()
    waiting.pop(0).cancel()
    await until_it_rests()
    asked.answers.set()
    assert (await asyncio.gather(*waiting), asked.count) == (["first.example"] * 4, 1)


async def test_a_failure_is_told_to_all_and_remembered_for_some_seconds(asked: Asked) -> None:
    asked.fails()
    failed = await asyncio.gather(*(asked.host() for _ in range(3)), return_exceptions=True)
    assert [(type(each), getattr(each, "status", None)) for each in failed] == [(SignInFailed, 503)] * 3
    asked.time += RETRY_SECONDS - 0.1
    with pytest.raises(SignInFailed):
        await asked.host()
    assert asked.count == 1
    asked.time += 0.1
    asked.answer = lambda: "first"
    assert (await asked.host(), asked.count) == ("first.example", 2)


async def test_what_is_known_goes_on_to_serve_while_the_issuer_fails(asked: Asked) -> None:
    assert await asked.host() == "first.example"
    asked.time += ENDPOINTS_SECONDS
    asked.fails()
    with capture_logs() as logs:
        assert [await asked.host() for _ in range(3)] == ["first.example"] * 3
    assert (asked.count, [each["event"] for each in logs]) == (2, ["The issuer was not asked anew"])
    # Nobody waits for an issuer that failed.
    asked.time += RETRY_SECONDS
    asked.answers.clear()
    asked.answer = lambda: "second"
    assert (await asked.host(), await asked.host(), asked.count) == ("first.example", "first.example", 2)
    await until_it_rests()
    assert asked.count == 3
    asked.answers.set()
    await until_it_rests()
    assert (await asked.host(), asked.count) == ("second.example", 3)
