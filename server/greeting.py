"""What is said to people when the service is ready: where it is, what is in force, and one line to try it with."""

from __future__ import annotations

import asyncio
import json
import shlex
from datetime import datetime
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

from graph.errors import NoRevisionInForce
from graph.store.database import Database
from graph.store.revisions import load_number_in_force, load_revision
from server.development import DevelopmentIssuer

# Not whether it is ready, which the issuer of tokens has a part in: people may read where it is until then.
LIVE_PATH = "/livez"
GRAPHQL_PATH = "/graphql"
POLL_SECONDS = 0.05
ANSWER_SECONDS = 10.0

EXAMPLE_QUERY = (
    "{ me { holdings(first: 3) { edges { node { category { name } service { name }"
    " recipients { recipient { name function } } } } } } }"
)


async def until_ready(url: str) -> None:
    """Return when the service at `url` says over its socket that it serves."""
    while not await asyncio.to_thread(_is_alive, url + LIVE_PATH):  # noqa: ASYNC110 - asked over the network
        await asyncio.sleep(POLL_SECONDS)


def _is_alive(url: str) -> bool:
    request = Request(url)  # noqa: S310 - an address of this service
    try:
        # A proxy's loopback is not this machine's.
        with build_opener(ProxyHandler({})).open(request, timeout=ANSWER_SECONDS) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


async def revision_line(database: Database, at: datetime) -> str:
    """Which revision is in force."""
    try:
        number = await load_number_in_force(database, at)
    except NoRevisionInForce as error:
        return f"No revision is in force: {error}"
    revision = await load_revision(database, number)
    return f"Revision {number} is in force since {revision.effective_at:%Y-%m-%d}: {revision.summary}"


def curl_line(url: str, issuer: DevelopmentIssuer, subject: str) -> str:
    """A command line, for any shell, that asks what is held about a subject."""
    token = issuer.mint(subject=subject)
    words = ["curl", "-s", url + GRAPHQL_PATH, "-H", "Content-Type: application/json"]
    words += ["-H", f"Authorization: Bearer {token}", "-d", json.dumps({"query": EXAMPLE_QUERY})]
    return shlex.join(words)
