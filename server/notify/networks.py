"""Which addresses a webhook may be sent to: those of the internet, and those of networks that the operator names.

Whoever chooses a name, or answers for it, chooses where a request goes. Without these fences that could be the machine
itself, a neighbour that trusts this one, or a cloud's service that hands out credentials.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Self, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

LOOPBACK = ("127.0.0.0/8", "::1/128")

# Of IANA's registries of special-purpose addresses, whatever the Python at hand knows of them: a later version knows
# more, and none of them counts all of these.
_SPECIAL: tuple[Network, ...] = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            # Public by its number, and yet the inner service of one cloud's machines.
            "168.63.129.16/32",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20",
        ),
    )
)
# Everything else of IPv6 is special in one way or another, or not given out.
_GLOBAL_UNICAST = ip_network("2000::/3")
# An IPv4 address in it is where the packets go in the end.
_NAT64 = ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Reach:
    """Where requests may go: to public addresses, and into `networks`."""

    networks: tuple[Network, ...] = ()

    @classmethod
    def into(cls, networks: Iterable[str]) -> Self:
        """Raises ValueError for what is no network."""
        return cls(tuple(map(ip_network, networks)))

    def allows(self, text: str) -> bool:
        """Whether a request may go to this address; not to what is none."""
        try:
            address = _destination(ip_address(text))
        except ValueError:
            return False
        return is_public(address) or any(address in network for network in self.networks)


def is_public(address: Address) -> bool:
    """Whether this is the address of one machine on the internet."""
    address = _destination(address)
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return address.is_global and not any(address in network for network in _SPECIAL)


def _destination(address: Address) -> Address:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address
