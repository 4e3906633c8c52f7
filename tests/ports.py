"""Ports for servers that are started again, or later, at an address that is known before."""

from __future__ import annotations

import contextlib
import secrets
import socket

# Below the ports that the kernel gives to clients: one that tries a dead server again may never take its port.
PORTS = range(20_000, 32_000)

_claims: list[socket.socket] = []


def free_port() -> int:
    """One that nobody listens on, and that no other run of tests on this machine gets while this one lasts."""
    for port in secrets.SystemRandom().sample(PORTS, len(PORTS)):
        with contextlib.ExitStack() as taken, contextlib.suppress(OSError):
            claim = taken.enter_context(socket.socket(socket.AF_UNIX))
            # Linux forgets an abstract name with the process that bound it.
            claim.bind(f"\0vitrine-tests-port-{port}")
            taken.enter_context(socket.create_server(("127.0.0.1", port))).close()
            taken.pop_all()
            _claims.append(claim)
            return port
    raise AssertionError("no port is free")
