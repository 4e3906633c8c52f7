"""Connections to products, to nobody but them: the addresses of a name are found once, judged, and connected to as they
are, so that no answer of another moment leads elsewhere. TLS still asks for the certificate of the name."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeAlias

import httpcore2

from server.notify.networks import Reach

#: Of those that a name has, how many are tried: they share the time to connect.
ADDRESSES_AT_MOST = 4

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host. Raises OSError."""


class AddressRefused(httpcore2.ConnectError):
    """A name leads, among others perhaps, to where no request may go."""


async def resolve(host: str, port: int) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # One that is there for IPv4 and for IPv6 alike is named once.
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Outbound(httpcore2.AsyncNetworkBackend):
    """What the HTTP client connects with."""

    def __init__(self, reach: Reach, resolve: Resolve = resolve) -> None:
        self._reach = reach
        self._resolve = resolve
        self._backend = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as the client calls it
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Raises AddressRefused, and httpcore2.ConnectError and ConnectTimeout as the client knows them."""
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._resolve(host, port)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout("the name was not resolved in time") from error
        except OSError as error:
            raise httpcore2.ConnectError("the name was not resolved") from error
        # One that leads astray is reason enough: who answers for the name may give the addresses in any order.
        if not all(map(self._reach.allows, addresses)):
            raise AddressRefused("the name leads to an address that is not public")
        addresses = addresses[:ADDRESSES_AT_MOST]
        failure: Exception = httpcore2.ConnectError("the name has no address")
        for address in addresses:
            try:
                return await self._backend.connect_tcp(
                    address, port, None if timeout is None else timeout / len(addresses), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure
