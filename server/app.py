"""The service as an ASGI application: its routes, and what they need."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from datetime import datetime

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from graph.errors import GraphUnavailable, VitrineError
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from server.development import JWKS_PATH, DevelopmentIssuer
from server.endpoint import Requests
from server.graphql import GraphQLEndpoint
from server.holdings_endpoint import HoldingsEndpoint
from server.settings import Settings
from server.tokens import TokenVerifier

log = structlog.get_logger(__name__)

# Whoever asks for readiness gives up long before a statement's own limit.
READINESS_SECONDS = 2.0


def create_app(
    settings: Settings,
    database: Database,
    *,
    verifier: TokenVerifier,
    issuer: DevelopmentIssuer | None,
    clock: Callable[[], datetime],
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
) -> Starlette:
    """Wires the routes; opens nothing. `issuer`: in development mode, whose keys are published."""
    data_maps = DataMaps(database, clock=clock, size=settings.revisions_in_memory)
    requests = Requests(verifier, new_id)

    async def readiness(request: Request) -> Response:
        """200 while the graph answers, 503 with the reason while it does not."""
        try:
            await _check(database)
        except VitrineError as error:
            return JSONResponse({"status": "unavailable", "code": error.code, "reason": error.message}, 503)
        return JSONResponse({"status": "ready"})

    async def liveness(request: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def keys(request: Request) -> Response:
        assert issuer is not None, "the route is there in development mode only"
        return JSONResponse(issuer.jwks())

    routes = [
        Route("/graphql", GraphQLEndpoint(requests, database, data_maps, clock, settings.request_bytes)),
        Route("/ingest/holdings", HoldingsEndpoint(requests, database, data_maps, clock)),
        Route("/readyz", readiness),
        Route("/livez", liveness),
    ]
    if issuer is not None:
        routes.append(Route(JWKS_PATH, keys))
    return Starlette(routes=routes)


async def _check(database: Database) -> None:
    """Raises GraphUnavailable or GraphFault, within `READINESS_SECONDS`."""
    try:
        async with asyncio.timeout(READINESS_SECONDS):
            await database.check()
    except TimeoutError as error:
        log.warning("The graph does not answer in time", seconds=READINESS_SECONDS)
        raise GraphUnavailable(f"The graph did not answer within {READINESS_SECONDS:g} s: try again later") from error
