"""How a page comes to be: from a template that extends `frame.html`, with one stylesheet from the same origin."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jinja2
from starlette.requests import Request
from starlette.responses import Response

from graph.errors import InvalidInput
from server.feeds.conditional import conditional_response
from server.gate.headers import PAGE_SECURITY
from server.gate.media_types import HTML, wants_page
from server.gate.refusals import ErrorForm, as_data
from server.sign_in.places import HOME, read_place

_HERE = Path(__file__).parent


class Stylesheet:
    """`name` has a hash of the content in it, so that whoever has it can keep it for ever."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.name = f"pages.{hashlib.sha256(content).hexdigest()[:16]}.css"


STYLESHEET = Stylesheet((_HERE / "pages.css").read_bytes())


class Pages:
    """Writes pages from the templates beside this module, all of them escaped: a value that is HTML already comes as
    `markupsafe.Markup`. Every template is given `base`, what addresses on this origin begin with, and `stylesheet`."""

    def __init__(self, links: str) -> None:
        """`links`: where people reach the service; its path counts, behind a proxy that adds one."""
        self.links = links
        self.base = urlsplit(links).path.rstrip("/")

    @cached_property
    def _templates(self) -> jinja2.Environment:
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        environment.globals = {"base": self.base, "stylesheet": f"{self.base}/styles/{STYLESHEET.name}"}
        return environment

    def write(self, template: str, /, **values: object) -> bytes:
        return self._templates.get_template(template).render(values).encode("utf-8", "replace")

    def respond(
        self, template: str, /, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: object
    ) -> Response:
        """A page that nobody keeps."""
        return Response(self.write(template, **values), status, {**PAGE_SECURITY, **(headers or {})}, HTML)

    def answer(self, request: Request, page: bytes, modified_at: datetime | None) -> Response:
        """A page that is for everybody and may be kept for a while; `modified_at` None: one that nobody keeps."""
        if modified_at is None:
            return conditional_response(request, page, HTML, None, kept="no-store", headers=PAGE_SECURITY)
        return conditional_response(request, page, HTML, modified_at, headers=PAGE_SECURITY)

    def errors_as(self, request: Request) -> ErrorForm:
        """A page for whoever looks at it, JSON for programs."""
        return partial(self._error, _place_of(request)) if wants_page(request.headers) else as_data

    def _error(self, to: str, content: Mapping[str, Any], status: int, headers: Mapping[str, str]) -> Response:
        (error,) = content["errors"]
        return self.respond("error.html", status=status, headers=headers, code=status, error=error, to=to)


def _place_of(request: Request) -> str:
    """Where signing in may lead back to."""
    query = request.scope["query_string"].decode("latin-1")
    try:
        return read_place(f"{request.scope['path']}?{query}" if query else request.scope["path"])
    except InvalidInput:
        return HOME
