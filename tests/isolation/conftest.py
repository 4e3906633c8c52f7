"""The applications for all cases of a test, over a graph with the company's revisions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
from graphql import DocumentNode, GraphQLError, GraphQLSchema
from starlette.types import ASGIApp

from graph.store.database import Database
from server.app import create_app
from server.development import DevelopmentIssuer, development_rules
from server.notify import board
from server.notify.tail import NoticeTail
from server.schema import validation
from server.schema.validation import problems_of
from server.settings import Settings
from server.tokens import TokenVerifier
from tests.clock import Clock
from tests.isolation.people import NOW, World, settle
from tests.isolation.trial import Trial
from tests.server import conftest as server
from tests.server.telling import ADDRESS_KEY

issuer = server.issuer
jwks_url = server.jwks_url


class Problems:
    """What is wrong with a document is the same in both worlds, where it is looked for a third of the time."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, Any], list[GraphQLError]] = {}

    def __call__(self, schema: GraphQLSchema, document: DocumentNode, rules: Any) -> list[GraphQLError]:
        assert document.loc is not None
        key = (document.loc.source.body, rules)
        if key not in self._found:
            self._found[key] = problems_of(schema, document, rules)
        return self._found[key]


@pytest.fixture(scope="module")
async def company(migrated: Database, issuer: DevelopmentIssuer, jwks_url: str) -> AsyncIterator[Trial]:
    """The company's revisions and the applications, which the tests of a module share."""

    def app() -> ASGIApp:
        # Rates are shared on purpose, by whoever comes from one address: here they would end every case early.
        settings = Settings(
            holder_requests_a_minute=0,
            address_requests_a_minute=0,
            # No attacker speaks for it, and there is a key: whoever reports contacts is told that they may not.
            contact_service="account",
            address_keys=ADDRESS_KEY,
        )
        verifier = TokenVerifier(development_rules(jwks_url))
        return create_app(settings, migrated, verifier=verifier, issuer=issuer, clock=Clock(NOW))

    with pytest.MonkeyPatch.context() as patch:
        # Whoever listens hears soon.
        patch.setattr(board, "NoticeTail", partial(NoticeTail, look_seconds=0.01))
        patch.setattr(validation, "problems_of", Problems())
        company = Trial(app(), app(), database=migrated, issuer=issuer, jwks_url=jwks_url)
        await company.begin()
        yield company


@pytest.fixture
async def trial(company: Trial) -> AsyncIterator[Trial]:
    """Nobody is known yet."""
    await settle(company.database, World())
    with company.watching():
        yield company
