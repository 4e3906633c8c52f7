"""How a page comes to be: from a template that extends `frame.html`, with one stylesheet from the same origin."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import jinja2
from starlette.responses import Response

from server.gate.headers import PAGE_SECURITY

HTML = "text/html"
_HERE = Path(__file__).parent


class Stylesheet:
    """`name` has a hash of the content in it: it can be kept for ever."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.tag = hashlib.sha256(content).hexdigest()[:16]
        self.name = f"pages.{self.tag}.css"


STYLESHEET = Stylesheet((_HERE / "pages.css").read_bytes())


class Pages:
    """Writes pages from the templates beside this module, all of them escaped: a value that is HTML already comes as
    `markupsafe.Markup`. Every template is given `base`, what addresses on this origin begin with, and `stylesheet`."""

    def __init__(self, links: str) -> None:
        """`links`: where people reach the service; its path counts, behind a proxy that adds one."""
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
