"""`GET /readyz`: whether this process can answer, and what each part of that is about. `GET /livez`: that it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from enum import StrEnum

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from graph.errors import GraphFault, GraphUnavailable, IssuerUnavailable, VitrineError
from graph.store.database import Database
from graph.store.migrations import compare_schema
from server.tokens import TokenVerifier
from server.watching.revision_in_force import RevisionInForce

log = structlog.get_logger(__name__)

# Whoever asks for readiness gives up long before a statement's own limit.
READINESS_SECONDS = 2.0
#: Anybody may ask, as often as they like.
KEPT_SECONDS = 1.0


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    """Somebody should look at it; requests are answered."""

    FAILED = "failed"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Check:
    """One part of readiness. `reason` is empty where nothing is to be said; it names no secret and no person."""

    name: str
    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    checks: tuple[Check, ...]
    failures: tuple[VitrineError, ...]


class Readiness:
    """Looks for all who ask at the same time once, and keeps what it found for `KEPT_SECONDS`.

    `checks_issuer`: whether tokens are another's, whose keys must have been fetched once. `full`: whether requests
    are being refused for want of room, which passes and makes nothing unready: to take a process out of the balancer
    for that would only move its requests to the others."""

    def __init__(
        self,
        database: Database,
        verifier: TokenVerifier,
        revision: RevisionInForce,
        *,
        checks_issuer: bool,
        full: Callable[[], bool],
    ) -> None:
        self._database = database
        self._verifier = verifier
        self._revision = revision
        self._checks_issuer = checks_issuer
        self._full = full
        self._is_migrated = False
        self._looking: asyncio.Task[_Found] | None = None
        self._kept_until = 0.0

    async def answer(self, request: Request) -> Response:
        """200, or 503 with the code and the reason of the first check that failed; with all checks in either case.
        Takes `READINESS_SECONDS` and a little at most, and three statements, of which one is run once."""
        found = await self._find()
        if found.failures:
            first = found.failures[0]
            body = {"status": "unavailable", "code": first.code, "reason": first.message}
        else:
            body = {"status": "ready"}
        full = Check("load", State.WARNING, "Requests are refused: more run and wait than there is room for")
        checks = [*found.checks, full if self._full() else Check("load", State.OK)]
        shown = [asdict(check) for check in checks]
        headers = {"Cache-Control": "no-store"}
        return JSONResponse({**body, "checks": shown}, 503 if found.failures else 200, headers)

    async def _find(self) -> _Found:
        if self._looking is None or (self._looking.done() and self._now() >= self._kept_until):
            self._looking = asyncio.create_task(self._look())
        # Shielded: one asker going away must not take it from the others.
        return await asyncio.shield(self._looking)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _look(self) -> _Found:
        failures: list[VitrineError] = []

        async def tried(name: str, check: Callable[[], Awaitable[Check]]) -> Check:
            try:
                async with asyncio.timeout_at(deadline):
                    return await check()
            except TimeoutError:
                log.warning("A check of readiness took too long", check=name, seconds=READINESS_SECONDS)
                error: VitrineError = GraphUnavailable(
                    f"The {name} did not answer within {READINESS_SECONDS:g} s: try again later"
                )
                if name == "issuer":
                    error = IssuerUnavailable(error.message)
            except VitrineError as failure:
                error = failure
            failures.append(error)
            return Check(name, State.FAILED, error.message)

        deadline = self._now() + READINESS_SECONDS
        async with asyncio.TaskGroup() as group:
            issuer = group.create_task(tried("issuer", self._issuer)) if self._checks_issuer else None
            graph = await tried("graph", self._graph)
            if graph.state is State.OK:
                checks = [graph, await tried("schema", self._schema), await tried("revision", self._of_revision)]
            else:
                checks = [
                    graph,
                    *(Check(name, State.NOT_CHECKED, "The graph is away") for name in ("schema", "revision")),
                ]
        if issuer is not None:
            checks.append(issuer.result())
        self._kept_until = self._now() + KEPT_SECONDS
        return _Found(tuple(checks), tuple(failures))

    async def _graph(self) -> Check:
        await self._database.check()
        return Check("graph", State.OK)

    async def _schema(self) -> Check:
        if not self._is_migrated:
            schema = await compare_schema(self._database)
            if schema.missing or schema.edited:
                behind = ", ".join((*schema.missing, *schema.edited))
                raise GraphFault(f"The graph's schema is not this version's ({behind}): start the service again")
            if schema.unknown:
                ahead = ", ".join(schema.unknown)
                return Check("schema", State.WARNING, f"A newer version has changed the graph's schema: {ahead}")
            self._is_migrated = True
        return Check("schema", State.OK)

    async def _of_revision(self) -> Check:
        await self._revision.refresh()
        revision = self._revision.current
        if revision is not None:
            return Check("revision", State.OK, f"Revision {revision.number} is in force")
        # Ready all the same: staff publish the first one through this process.
        return Check("revision", State.WARNING, self._revision.absence or "Which revision is in force is not known yet")

    async def _issuer(self) -> Check:
        usable = await self._verifier.reach_issuer()
        if usable is None:
            raise IssuerUnavailable("The token issuer's keys were never fetched: reach VITRINE_OIDC_JWKS_URL")
        if not usable:
            raise IssuerUnavailable("None of the token issuer's keys is of use: see VITRINE_OIDC_ALGORITHMS")
        return Check("issuer", State.OK)


async def liveness(request: Request) -> Response:
    return JSONResponse({"status": "alive"})
