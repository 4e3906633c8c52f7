"""The service as its clients meet it: the whole application, asked over HTTP."""

from __future__ import annotations

import functools
import json
from collections.abc import AsyncIterable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
from starlette.types import ASGIApp

from graph.data_map import DataMap
from graph.model import RevisionContent
from graph.store.database import Database
from graph.store.publishing import publish_revision
from graph.store.revisions import draft_revision, load_revision
from seed.folder import read_revision
from server.app import create_app
from server.development import DevelopmentIssuer, development_rules
from server.ingest import ingest
from server.settings import ROOT, Settings
from server.tokens import TokenVerifier
from tests.clock import Clock

SEED = ROOT / "seed/ispsystem/2018-11-12"
EXAMPLE_REVISION = ROOT / "seed/ispsystem/example-revision"
EXAMPLES = ROOT / "seed/examples.ndjson"
IN_FORCE = datetime.fromisoformat("2018-11-12T00:00:00Z")
#: The day after the example subjects' last reports.
TODAY = datetime.fromisoformat("2026-10-06T12:00:00Z")
NDJSON = "application/x-ndjson"


@functools.cache
def revision_in(folder: Path) -> RevisionContent:
    """The revision in one of the seed's folders, read once for hundreds of tests."""
    return read_revision(folder)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from `/graphql`."""

    status: int
    headers: httpx2.Headers
    body: dict[str, Any]

    @property
    def data(self) -> Any:
        return self.body.get("data")

    @property
    def errors(self) -> list[dict[str, Any]]:
        return self.body.get("errors") or []

    @property
    def codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.errors]

    @property
    def messages(self) -> list[str]:
        return [error["message"] for error in self.errors]


class Api:
    """The application over one graph, with a clock that the test sets. `new_ids`: the ids that were given out."""

    def __init__(
        self, database: Database, issuer: DevelopmentIssuer, jwks_url: str, clock: Clock, **settings: Any
    ) -> None:
        self.database = database
        self.clock = clock
        self.issuer = issuer
        self.jwks_url = jwks_url
        self.verifier = TokenVerifier(development_rules(jwks_url))
        # One address asks for all tests; whether this checkout has its pages built, none sees.
        usual: dict[str, Any] = {
            "address_requests_a_minute": 0,
            "holder_requests_a_minute": 0,
            "web_dir": ROOT / "no pages",
        }
        self.settings = Settings(**(usual | settings))
        self.app: ASGIApp = create_app(self.settings, database, verifier=self.verifier, issuer=issuer, clock=clock)
        self.client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(self.app), base_url="http://vitrine.test", timeout=60
        )

    def with_settings(self, **settings: Any) -> Api:
        """Another application over the same graph."""
        return Api(self.database, self.issuer, self.jwks_url, self.clock, **settings)

    # ---- who asks ----------------------------------------------------------------------------------------------------

    def subject(self, id: str) -> str:
        return self.issuer.mint(subject=id)

    def staff(self, id: str = "staff-1") -> str:
        return self.issuer.mint(staff=id)

    def service(self, key: str) -> str:
        return self.issuer.mint(service=key)

    def job(self) -> str:
        return self.issuer.mint(job="job-1")

    # ---- what is asked -----------------------------------------------------------------------------------------------

    async def ask(
        self,
        document: str,
        variables: Mapping[str, Any] | None = None,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One GraphQL operation, whatever comes of it."""
        response = await self.client.post(
            "/graphql",
            json={"query": document, "variables": variables or {}},
            headers={**_credential(token), **(headers or {})},
        )
        return Answer(response.status_code, response.headers, response.json())

    async def data(self, document: str, variables: Mapping[str, Any] | None = None, token: str | None = None) -> Any:
        """The data of an operation that goes well."""
        answer = await self.ask(document, variables, token)
        assert (answer.status, answer.errors) == (200, []), answer.body
        return answer.data

    async def me(self, subject: str, selection: str, as_of: str | None = None) -> Any:
        """What a person sees of themself."""
        document = f"query ($asOf: DateTime) {{ me(asOf: $asOf) {{ {selection} }} }}"
        return (await self.data(document, {"asOf": as_of}, self.subject(subject)))["me"]

    async def report(
        self,
        content: bytes | Iterable[Mapping[str, object]] | AsyncIterable[bytes],
        token: str | None,
        media_type: str = NDJSON,
    ) -> httpx2.Response:
        """Sends NDJSON reports: lines, or bytes as they are."""
        body = content if isinstance(content, bytes | AsyncIterable) else ndjson(content)
        return await self.client.post(
            "/ingest/holdings", content=body, headers={**_credential(token), "Content-Type": media_type}
        )

    # ---- what there is to ask about ----------------------------------------------------------------------------------

    async def publish(self, folder: Path, effective_at: datetime) -> int:
        """Drafts and publishes the revision in a folder. Its number."""
        return await self.publish_content(revision_in(folder), effective_at)

    async def publish_content(self, content: RevisionContent, effective_at: datetime) -> int:
        """Drafts and publishes a revision. Its number."""
        draft = await draft_revision(self.database, content, at=self.clock())
        await publish_revision(
            self.database, draft.number, expected=draft.base, effective_at=effective_at, at=self.clock()
        )
        return draft.number

    async def seed(self) -> None:
        """Publishes the first policy, in force since its day, and loads the example subjects."""
        revision = await load_revision(self.database, await self.publish(SEED, IN_FORCE))
        data_map = DataMap(revision, revision_in(SEED).policy, revision_in(SEED).elements)

        async def published() -> DataMap:
            return data_map

        async def examples() -> AsyncIterable[bytes]:
            yield EXAMPLES.read_bytes()

        summary = await ingest(
            aiter(examples()),
            database=self.database,
            load_data_map=published,
            clock=self.clock,
            service=None,
        )
        assert summary.rejected.total() == 0, "the examples fit the seed"


def ndjson(lines: Iterable[Mapping[str, object]]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def read_ndjson(response: httpx2.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in response.text.splitlines()]


def _credential(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}
