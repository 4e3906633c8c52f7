"""The account system, asked over HTTP for the addresses of people when they are needed. Nothing that it tells is kept.

    POST VITRINE_ACCOUNT_URL        {"subjects": ["u-1001", "u-1002"]}
    200                             {"addresses": {"u-1001": "ann@company.example"}}

Whoever is left out, or has null, has no address.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Sequence
from urllib.parse import urlsplit

import httpcore2

from graph.email_address import EmailAddress, read_address
from graph.errors import InvalidSettings
from server.notify.post import ChannelAway
from server.settings import Settings

#: People that are asked about at once.
SUBJECTS_AT_MOST = 100
ANSWER_BYTES_AT_MOST = 262_144
ANSWER_SECONDS = 10.0
CONNECTIONS_AT_MOST = 4
#: Shorter than any server keeps a connection open that says nothing.
KEEP_ALIVE_SECONDS = 1.0


class AccountSystem:
    """Safe for many at once."""

    def __init__(self, url: str, token: str | None, tls: ssl.SSLContext) -> None:
        self._url = url
        self._token = token
        # It follows no redirect, and knows of no proxy: an answer that points elsewhere is a failure.
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls, max_connections=CONNECTIONS_AT_MOST, keepalive_expiry=KEEP_ALIVE_SECONDS
        )

    @classmethod
    def of(cls, settings: Settings) -> AccountSystem | None:
        """None where none is set. Raises InvalidSettings."""
        if settings.account_url is None:
            return None
        try:
            tls = ssl.create_default_context(cafile=settings.account_ca_file)
        except ssl.SSLError as error:
            raise InvalidSettings(f"VITRINE_ACCOUNT_CA_FILE: {settings.account_ca_file} is no PEM file") from error
        return cls(settings.account_url, settings.account_token, tls)

    async def find_addresses(self, subjects: Sequence[str]) -> dict[str, EmailAddress | None]:
        """The addresses of these subjects, by their ids; None for one that is no address. Those without one are left
        out. Raises ChannelAway, for whatever is wrong with the answer as a whole."""
        found: dict[str, EmailAddress | None] = {}
        for first in range(0, len(subjects), SUBJECTS_AT_MOST):
            found |= await self._ask(subjects[first : first + SUBJECTS_AT_MOST])
        return found

    async def check(self) -> None:
        """Asks about nobody. Raises ChannelAway."""
        await self._ask([])

    async def close(self) -> None:
        await self._pool.aclose()

    async def _ask(self, subjects: Sequence[str]) -> dict[str, EmailAddress | None]:
        told = _addresses_in(await self._answer(json.dumps({"subjects": list(subjects)}).encode()))
        asked = frozenset(subjects)
        # What was not asked for is nobody's business.
        return {subject: _address(text) for subject, text in told.items() if subject in asked and text is not None}

    async def _answer(self, body: bytes) -> bytes:
        headers = {
            "Host": urlsplit(self._url).netloc,
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": "Vitrine",
        }
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        answer = bytearray()
        try:
            async with (
                asyncio.timeout(ANSWER_SECONDS),
                self._pool.stream("POST", self._url, headers=list(headers.items()), content=body) as response,
            ):
                if response.status != 200:
                    raise ChannelAway(f"the account system answers HTTP {response.status}")
                async for chunk in response.aiter_stream():
                    answer += chunk
                    if len(answer) > ANSWER_BYTES_AT_MOST:
                        raise ChannelAway(f"the account system answers more than {ANSWER_BYTES_AT_MOST:,} bytes")
        except (TimeoutError, httpcore2.TimeoutException) as error:
            raise ChannelAway("the account system does not answer in time") from error
        except (OSError, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            is_tls = isinstance(error.__cause__ or error.__context__, ssl.SSLError)
            reason = "has a certificate that does not verify" if is_tls else "cannot be reached"
            raise ChannelAway(f"the account system {reason}") from error
        return bytes(answer)


def _addresses_in(answer: bytes) -> dict[str, object]:
    try:
        document = json.loads(answer)
    except (ValueError, RecursionError):
        document = None
    addresses = document.get("addresses") if isinstance(document, dict) else None
    if not isinstance(addresses, dict):
        raise ChannelAway('the account system\'s answer is no JSON object {"addresses": {…}}')
    return addresses


def _address(text: object) -> EmailAddress | None:
    try:
        return read_address(text) if isinstance(text, str) else None
    except ValueError:
        return None
