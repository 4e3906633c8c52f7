"""From which address a request comes, where proxies stand before the service."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

import structlog
from starlette.types import Scope

log = structlog.get_logger(__name__)

_PORT = re.compile(r"(?P<v4>[0-9.]+):[0-9]+|\[(?P<v6>[0-9A-Fa-f:.]+)\](:[0-9]+)?")
_LONGEST = 64  # an IPv6 address with brackets and port, with room


class Addresses:
    """`trusted_proxies`: how many proxies of the operator's own each request comes through. Each of them adds the
    address that it was asked from to the end of `X-Forwarded-For`; what stands further left was sent by the client,
    and may be anything."""

    def __init__(self, trusted_proxies: int) -> None:
        self._trusted_proxies = trusted_proxies
        self._warned = False

    def of(self, scope: Scope) -> str:
        """The network that a request is counted for: an IPv4 address, or the 64 bits that an IPv6 network is given
        out with. The peer's where the header does not say; empty where there is none."""
        peer = scope["client"][0] if scope["client"] else ""
        forwarded = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        if not forwarded:
            return network_of(peer)
        if not self._trusted_proxies:
            self._warn()
            return network_of(peer)
        hops = b",".join(forwarded).decode("latin-1").split(",")
        if len(hops) < self._trusted_proxies:
            return network_of(peer)
        return _network(hops[-self._trusted_proxies].strip()) or network_of(peer)

    def _warn(self) -> None:
        if not self._warned:
            self._warned = True
            log.warning(
                "Requests come through a proxy that is not trusted, and share its rate limit: "
                "set VITRINE_TRUSTED_PROXIES"
            )


def network_of(peer: str) -> str:
    """What a peer is counted as: see `Addresses.of`."""
    return _network(peer) or peer


def _network(text: str) -> str | None:
    return _read(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _read(text: str) -> str | None:
    if match := _PORT.fullmatch(text):
        text = match["v4"] or match["v6"]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Address(int(address) >> 64 << 64))
