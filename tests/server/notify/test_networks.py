"""Where a webhook may go, for every way to write an address, and every kind of address that there is."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from server.notify.networks import LOOPBACK, Reach, is_public
from server.notify.outbound import resolve

#: What an attacker would have a name resolve to.
HOSTILE = {
    "this machine": ["127.0.0.1", "127.255.255.254", "::1"],
    "any of its own": ["0.0.0.0", "0.1.2.3", "::"],  # noqa: S104 - nobody listens
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12:3456::1"],
    "of a provider's customers": ["100.64.0.1", "100.127.255.255", "100.100.100.200"],
    "of the link": ["169.254.0.1", "169.254.169.254", "fe80::1", "fe80::1%eth0", "febf::1"],
    "a cloud's inner services": ["168.63.129.16", "192.0.0.192", "fd00:ec2::254"],
    "of protocols": ["192.0.0.1", "192.0.0.9", "192.0.0.170", "2001::1", "2001:10::1", "2001:20::1", "2001:1ff::1"],
    "of documents": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    "of measurements": ["198.18.0.1", "198.19.255.255"],
    "of many": ["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1", "255.255.255.255"],
    "reserved": ["240.0.0.1", "254.1.1.1", "4000::1", "8000::1", "5f00::1", "100::1", "fec0::1"],
    "6to4": ["192.88.99.1", "2002:7f00:1::", "2002:a00:1::1", "2002:808:808::1"],
    "Teredo": ["2001:0:7f00:1::1"],
    "IPv4 as IPv6": ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "::10.0.0.1"],
    "IPv4 through NAT64": ["64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b::169.254.169.254", "64:ff9b:1::808:808"],
    "no address": ["", "localhost", "127.0.0.1.example", "1.2.3", "::g", "8.8.8.8:80", "[2a00::1]", "8.8.8.8/32"],
}
PUBLIC = ["8.8.8.8", "1.1.1.1", "100.63.255.255", "172.32.0.1", "2a00:1450::1", "2606:4700::1111"]
PUBLIC_IN_DISGUISE = ["::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]


@pytest.mark.parametrize("text", [text for texts in HOSTILE.values() for text in texts])
def test_nothing_goes_to_what_is_not_public(text: str) -> None:
    assert not Reach().allows(text)


@pytest.mark.parametrize("text", [*PUBLIC, *PUBLIC_IN_DISGUISE])
def test_what_is_public_can_be_reached(text: str) -> None:
    assert Reach().allows(text)
    assert is_public(ip_address(text))


# Each is one way to write 127.0.0.1 or another address of this machine that some part of a system understands.
NOTATIONS = [
    "127.1",
    "127.0.1",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f000001",
    "2130706433",
    "017700000001",
    "0",
    "localhost",
]


@pytest.mark.parametrize("host", NOTATIONS)
async def test_it_is_the_address_that_is_judged_however_it_is_written(host: str) -> None:
    addresses = await resolve(host, 443)

    assert addresses
    assert not any(map(Reach().allows, addresses))


def test_networks_that_are_named_can_be_reached_and_no_others() -> None:
    reach = Reach.into(["10.20.0.0/16", "fd00:1::/64"])

    allowed = ["10.20.0.1", "::ffff:10.20.0.1", "64:ff9b::10.20.0.1", "fd00:1::5", "8.8.8.8"]
    assert [text for text in allowed if not reach.allows(text)] == []
    refused = ["10.21.0.1", "127.0.0.1", "fd00:1:0:1::5", "169.254.169.254", "::ffff:10.21.0.1"]
    assert [text for text in refused if reach.allows(text)] == []


def test_loopback_is_both_of_its_networks() -> None:
    reach = Reach.into(LOOPBACK)

    assert [text for text in ("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1") if not reach.allows(text)] == []
    assert not reach.allows("10.0.0.1")
