"""The service as an ASGI application: its routes, and what they need."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, ExceptionHandler

from graph.errors import Unauthenticated
from graph.store.comparisons import Comparisons
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from server.contact_door import ContactDoor
from server.development import JWKS_PATH, DevelopmentIssuer
from server.endpoint import Endpoint, Handler, Requests, failure
from server.event_stream import EventStreams
from server.feeds.notices import NoticesFeed
from server.feeds.reach_ids import ReachIds
from server.feeds.records import Records
from server.feeds.revisions import RevisionsFeed
from server.gate.addresses import Addresses
from server.gate.admission import Admission
from server.gate.direct import Direct
from server.gate.headers import CORRELATION_HEADER, CommonHeaders, Cors
from server.gate.persisted_documents import document_problems, load_persisted_documents
from server.gate.rates import Rate
from server.gate.refusals import Refusal, RefusalCode, method_not_allowed, response_of
from server.gate.shares import SharedAdmission
from server.graphql import GraphQLEndpoint
from server.holdings_endpoint import INGEST_WAITING_AT_MOST, HoldingsEndpoint
from server.new_documents import NewDocuments
from server.notify.board import NoticeBoard
from server.notify.items import Items
from server.pages.library import Library, Press
from server.pages.policies import PolicyPages
from server.pages.policy_changes import PolicyChanges
from server.pages.styles import Styles
from server.pages.writing import Pages
from server.schema import build_schema
from server.settings import Settings
from server.sign_in.assembly import sessions_of, way_of
from server.sign_in.doors import Doors
from server.sign_in.sessions import Takes
from server.tokens import TokenVerifier
from server.watching.endpoints import Endpoints
from server.watching.event_loop import lag_measured
from server.watching.gauges import register_gauges
from server.watching.metrics import Metrics
from server.watching.metrics_endpoint import MetricsEndpoint
from server.watching.operation_names import OperationNames
from server.watching.readiness import Readiness, liveness
from server.watching.requests import Watch, WatchedRequests
from server.watching.revision_in_force import RevisionInForce
from server.watching.tracing import Tracing
from server.web_files import DOCUMENTS, WebFiles


def create_app(
    settings: Settings,
    database: Database,
    *,
    verifier: TokenVerifier,
    issuer: DevelopmentIssuer | None,
    clock: Callable[[], datetime],
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
    tracing: Tracing | None = None,
    metrics: Metrics | None = None,
    streams: EventStreams | None = None,
) -> ASGIApp:
    """Wires the routes; opens nothing. `issuer`: in development mode, whose keys are published. `tracing`: closed by
    whoever opened it. `metrics`: where others count too. `streams`: for whoever ends them before the service stops.

    Raises InvalidSettings for persisted documents that could not be run, and templates or products that cannot be used.
    """
    data_maps = DataMaps(database, clock=clock, size=settings.revisions_in_memory)
    comparisons = Comparisons(data_maps)
    board = NoticeBoard.of(settings, database, comparisons)
    schema = build_schema()
    documents = load_persisted_documents(
        settings.persisted_documents,
        lambda text: document_problems(schema.problems_of(text)),
        of_pages=settings.web_dir / DOCUMENTS,
    )
    sessions = sessions_of(settings, verifier, issuer)
    requests = Requests(
        verifier,
        sessions,
        new_id,
        Addresses(settings.trusted_proxies),
        address_rate=Rate("address", settings.address_requests_a_minute),
        holder_rate=Rate("holder of tokens", settings.holder_requests_a_minute),
    )
    operations = Admission(
        "operations",
        running=settings.graphql_concurrency,
        waiting=settings.graphql_waiting,
        seconds=settings.waiting_seconds,
    )
    imports = SharedAdmission(
        "imports",
        running=settings.ingest_concurrency,
        waiting=INGEST_WAITING_AT_MOST,
        seconds=settings.waiting_seconds,
    )

    metrics = metrics or Metrics()
    streams = EventStreams.of(settings) if streams is None else streams  # one without any open is false
    revision = RevisionInForce(database, clock)
    readiness = Readiness(
        database,
        verifier,
        revision,
        checks_issuer=issuer is None,
        full=lambda: operations.waiting >= settings.graphql_waiting > 0,
    )

    async def keys(request: Request) -> Response:
        assert issuer is not None, "the route is there in development mode only"
        return JSONResponse(issuer.jwks())

    graphql = GraphQLEndpoint(
        requests,
        database,
        data_maps,
        clock,
        comparisons=comparisons,
        board=board,
        streams=streams,
        schema=schema,
        documents=documents,
        new_documents=NewDocuments(schema.read, seconds=settings.waiting_seconds),
        admission=operations,
        request_seconds=settings.request_seconds,
        waiting_seconds=settings.waiting_seconds,
        bytes_at_most=settings.request_bytes,
        values_at_most=settings.public_values,
        notice_days=settings.notice_days,
        is_development=settings.is_development,
    )
    holdings = HoldingsEndpoint(
        requests,
        database,
        data_maps,
        clock,
        contacts=ContactDoor.of(settings),
        admission=imports,
        idle_seconds=settings.ingest_idle_seconds,
    )
    seconds = settings.request_seconds
    items = Items(database, board.letters)
    notices = NoticesFeed(
        requests,
        database,
        items,
        clock,
        sent_to=board.ways.products - board.ways.fetching,
        admission=operations,
        request_seconds=seconds,
    )
    revisions = RevisionsFeed(requests, database, settings.links, admission=operations, request_seconds=seconds)
    reach_ids = ReachIds(
        requests,
        database,
        comparisons,
        clock,
        streams=streams,
        admission=operations,
        request_seconds=seconds,
    )
    pages, library = Pages(settings.links), Library(database)
    policies = PolicyPages(requests, pages, library, Press(), data_maps, admission=operations, request_seconds=seconds)
    policy_changes = PolicyChanges(
        requests, pages, library, Press(), data_maps, comparisons, admission=operations, request_seconds=seconds
    )
    records = Records(requests, pages, Press(), data_maps, admission=operations, request_seconds=seconds)
    doors = Doors(sessions, way_of(settings, sessions, issuer, database, clock, pages), pages, mode=settings.mode)
    files = WebFiles(settings.web_dir, pages)
    graphiql = files.page("graphiql")

    def endpoint(handler: Handler, sessions: Takes = Takes.NOTHING) -> Endpoint:
        return Endpoint(requests, handler, seconds, sessions, pages.errors_as)

    routes = [
        Route("/", endpoint(doors.home)),
        Route("/map", endpoint(files.page("map"))),
        Route("/map/{path:path}", endpoint(files.page("map"))),
        Route("/me", endpoint(files.page("me"))),
        Route("/me/{path:path}", endpoint(files.page("me"))),
        Route("/graphiql", endpoint(graphiql if settings.is_development else doors.for_staff(graphiql), Takes.TO_SHOW)),
        Route("/assets/{name}", endpoint(files.asset)),
        Route("/sign-in", endpoint(doors.sign_in)),
        Route("/signed-in", endpoint(doors.signed_in)),
        Route("/sign-out", endpoint(doors.sign_out)),
        Route("/session", endpoint(doors.session)),
        Route("/graphql", graphql),
        Route("/ingest/holdings", holdings),
        Route("/feed/notices", notices),
        Route("/feed/revisions.atom", revisions),
        Route("/reach/{number}/ids", reach_ids),
        Route("/records/{number}.{form}", records),
        Route("/styles/{name}", Styles(requests, request_seconds=seconds)),
        Route("/policy", policies),
        Route("/policy/{number}", policies),
        Route("/policy/{number}/changes", policy_changes),
        Route("/readyz", readiness.answer),
        Route("/livez", liveness),
    ]
    if settings.is_development or settings.metrics_token is not None:
        routes.append(Route("/metrics", MetricsEndpoint(metrics, revision, settings.metrics_token).answer))
    if issuer is not None:
        routes.append(Route(JWKS_PATH, keys))

    async def refuse(request: Request, error: Exception) -> Response:
        """What no route takes."""
        correlation_id = requests.correlation_id(request.scope)
        assert isinstance(error, HTTPException)
        if error.status_code == 405:
            # The framework has them in no order.
            allowed = ", ".join(sorted((error.headers or {}).get("Allow", "").split(", ")))
            refusal = method_not_allowed(allowed, f"This address takes {allowed}")
        else:
            refusal = Refusal(RefusalCode.NO_SUCH_ADDRESS, "There is nothing at this address: see the documentation")
        return _named(response_of(refusal, correlation_id, pages.errors_as(request)), correlation_id)

    async def fail(request: Request, error: Exception) -> Response:
        correlation_id = requests.correlation_id(request.scope)
        return _named(failure(error, correlation_id, pages.errors_as(request)), correlation_id)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with lag_measured(metrics.event_loop_lagged):
            yield
        await board.tail.close()

    handlers: dict[Any, ExceptionHandler] = {HTTPException: refuse, Unauthenticated: fail, Exception: fail}
    starlette = Starlette(routes=routes, exception_handlers=handlers, lifespan=lifespan)
    # A redirect would lead to the host that the request names, whichever that is.
    starlette.router.redirect_slashes = False
    app: ASGIApp = Direct(starlette, {"/graphql": graphql})
    if settings.cors_origins:
        app = Cors(app, settings.cors_origins)
    watch = Watch(
        metrics,
        tracing,
        OperationNames(documents.operation_names if documents.is_closed else None),
        Endpoints(route.path for route in routes),
        settings.slow_operation_seconds,
    )
    register_gauges(
        metrics,
        watch=watch,
        database=database,
        revision=revision,
        operations=operations,
        imports=imports,
        streams=streams,
    )
    headed = CommonHeaders(app, requests.correlation_id, is_production=not settings.is_development)
    return WatchedRequests(headed, watch)


def _named(response: Response, correlation_id: str) -> Response:
    response.headers[CORRELATION_HEADER] = correlation_id
    return response
