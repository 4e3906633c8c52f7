"""A browser before the application with the seed and the example people, in either mode."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from starlette.types import ASGIApp

from tests.server.api import Api
from tests.server.sign_in.browser import Browser
from tests.server.sign_in.provider import Provider, provider_served
from tests.server.sign_in.serving import PUBLIC, production_app


@pytest.fixture
async def browser(reader: Api) -> AsyncIterator[Browser]:
    """In development mode."""
    browser = Browser(reader.app)
    async with browser.http:
        yield browser


@pytest.fixture(scope="session")
def one_provider() -> Iterator[Provider]:
    with provider_served() as provider:
        provider.redirect_uri = f"{PUBLIC}/signed-in"
        yield provider


@pytest.fixture
def provider(one_provider: Provider) -> Provider:
    """As if it had just been started."""
    one_provider.forget()
    return one_provider


@pytest.fixture(scope="session")
def one_app(library: Api, one_provider: Provider) -> ASGIApp:
    return production_app(library, one_provider)


@pytest.fixture
async def visitor(reader: Api, provider: Provider, one_app: ASGIApp) -> AsyncIterator[Browser]:
    """In production mode. What the provider says of itself, and its keys, the application may know from before."""
    visitor = Browser(one_app, PUBLIC)
    async with visitor.http:
        yield visitor


@pytest.fixture
async def newcomer(reader: Api, provider: Provider) -> AsyncIterator[Browser]:
    """In production mode, before an application that knows nothing of the provider yet."""
    newcomer = Browser(production_app(reader, provider), PUBLIC)
    async with newcomer.http:
        yield newcomer
