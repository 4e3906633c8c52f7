"""Whose address counts, behind any number of proxies."""

from __future__ import annotations

import io
import json

import pytest

from server.gate.addresses import Addresses
from tests.server.test_errors import logs as logs


def address(trusted_proxies: int, *forwarded: str, peer: str | None = "192.0.2.1") -> str:
    headers = [(b"x-forwarded-for", each.encode("latin-1")) for each in forwarded]
    client = None if peer is None else (peer, 1234)
    return Addresses(trusted_proxies).of({"client": client, "headers": [(b"host", b"x"), *headers]})


@pytest.mark.parametrize(
    ("trusted_proxies", "forwarded", "found"),
    [
        (0, [], "192.0.2.1"),
        (0, ["198.51.100.7"], "192.0.2.1"),
        (1, ["198.51.100.7"], "198.51.100.7"),
        (1, ["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
        (1, ["203.0.113.9", "198.51.100.7"], "198.51.100.7"),
        (2, ["203.0.113.9, 198.51.100.7"], "203.0.113.9"),
        (2, ["203.0.113.9", "198.51.100.7"], "203.0.113.9"),
        (2, ["10.9.9.9, 203.0.113.9, 198.51.100.7"], "203.0.113.9"),
        # One who came around the proxies, or says what is no address.
        (1, [], "192.0.2.1"),
        (2, ["198.51.100.7"], "192.0.2.1"),
        (1, ["unknown"], "192.0.2.1"),
        (1, [""], "192.0.2.1"),
        (1, ["\xff"], "192.0.2.1"),
        (1, ["1" * 100_000], "192.0.2.1"),
        # As some proxies write them.
        (1, ["198.51.100.7:4711"], "198.51.100.7"),
        (1, ["[2001:db8:1:2:3::4]:4711"], "2001:db8:1:2::"),
        (1, ["2001:db8:1:2:ffff::4"], "2001:db8:1:2::"),
        (1, ["::ffff:198.51.100.7"], "198.51.100.7"),
    ],
)
def test_the_hop_that_the_first_trusted_proxy_saw(trusted_proxies: int, forwarded: list[str], found: str) -> None:
    assert address(trusted_proxies, *forwarded) == found


def test_a_network_of_the_new_kind_is_one_address() -> None:
    assert address(0, peer="2001:db8:1:2:3:4:5:6") == address(0, peer="2001:db8:1:2::1")
    assert address(0, peer="2001:db8:1:2::1") != address(0, peer="2001:db8:1:3::1")


def test_where_nobody_connects_from_there_is_one_address() -> None:
    assert address(0, peer=None) == ""


def test_a_proxy_that_is_not_trusted_is_logged_once(logs: io.StringIO) -> None:
    addresses = Addresses(0)
    for _ in range(3):
        addresses.of({"client": ("192.0.2.1", 1), "headers": [(b"x-forwarded-for", b"198.51.100.7")]})
    (line,) = (json.loads(line) for line in logs.getvalue().splitlines())
    assert line["event"].endswith("set VITRINE_TRUSTED_PROXIES")
    assert "198.51.100.7" not in str(line)
