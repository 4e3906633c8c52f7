"""The port: free, or already this service's."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator

from graph.errors import InvalidSettings
from server.listener import listen
from server.watching.diagnosis.finding import Finding, failure, ok, split_message

_CHECK = "port"
_ANSWER_SECONDS = 2.0


def examine_port(host: str, port: int) -> Iterator[Finding]:
    """`port` 0: any free one."""
    if port and _is_served(host, port):
        yield ok(_CHECK, f"{port} is served by Vitrine")
        return
    try:
        listen(host, port).close()
    except InvalidSettings as error:
        yield failure(_CHECK, *split_message(error.message))
    else:
        yield ok(_CHECK, f"{port} is free" if port else "any free one")


def _is_served(host: str, port: int) -> bool:
    where = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - looked for, not listened on
    connection = http.client.HTTPConnection(where, port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", "/livez")
        answer = connection.getresponse()
        return answer.status == 200 and json.loads(answer.read(1000)) == {"status": "alive"}
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()
