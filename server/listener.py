"""The socket that the service listens on, taken before anything else is started."""

from __future__ import annotations

import errno
import os
import socket

from graph.errors import InvalidSettings

BACKLOG = 2048


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on `host` and `port` (0: any free one); whoever connects waits until somebody accepts.

    Raises InvalidSettings where the port is taken or the host is not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise _no_address(host, error) from error
    listener = socket.socket(family, kind, protocol)
    try:
        # Connections that a service before this one closed must not keep the port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # At once, not when the service is ready: with the option above, only a port that is listened on is taken.
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise InvalidSettings(f"port {port} is taken: stop what uses it, or set VITRINE_PORT") from error
        if error.errno == errno.EACCES:
            raise InvalidSettings(
                f"port {port} is not for this user: set VITRINE_PORT to one from 1024 to 65535"
            ) from error
        raise _no_address(host, error) from error
    listener.setblocking(False)
    return listener


def _no_address(host: str, error: OSError) -> InvalidSettings:
    # Some of the system's own texts end with what was tried; the number's text does not.
    reason = error.strerror if isinstance(error, socket.gaierror) or not error.errno else os.strerror(error.errno)
    return InvalidSettings(f"cannot listen on the host {host!r} ({reason}): set VITRINE_HOST to one of this machine's")


def url_of(listener: socket.socket, host: str) -> str:
    """Where the service is reached, such as `http://127.0.0.1:8000`."""
    port = listener.getsockname()[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
