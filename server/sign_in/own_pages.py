"""Which requests this service's own pages send, as browsers tell: a cookie comes with those of other pages too."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from server.token_rules import is_loopback
from server.viewer import Viewer

#: Sent by the scripts of our pages with `1`. Pages of another origin cannot: a browser would ask first, and be refused.
PAGE_HEADER = "X-Vitrine-Page"
#: Whose page it is: their id, percent-encoded. A browser has one session for all its tabs, which may be another's now.
VIEWER_HEADER = "X-Vitrine-Viewer"
_READING = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class OwnPages:
    """`origins`: where people reach the service. `on_loopback`: whether pages of any port of this machine are ours:
    those of a build that is being worked on come from another."""

    origins: Set[str]
    on_loopback: bool

    def asked(self, scope: Scope) -> bool:
        """Whether a script of our pages sent a request; or somebody opened its address, on one of our pages or by hand,
        which is a GET."""
        headers = Headers(scope=scope)
        if self._is_foreign(headers):
            return False
        if headers.get(PAGE_HEADER) == "1":
            return True
        return (
            scope["method"] in _READING
            and headers.get("sec-fetch-mode") == "navigate"
            and headers.get("sec-fetch-site") in ("same-origin", "none")
        )

    def is_of_another(self, scope: Scope, viewer: Viewer) -> bool:
        """Whether a page that sent a request says that it is somebody else's."""
        return any(unquote(named) != viewer.id for named in Headers(scope=scope).getlist(VIEWER_HEADER))

    def sent_form(self, scope: Scope) -> bool:
        """Whether a form on one of our pages, or a script of theirs, sent a request. Browsers say so by
        `Sec-Fetch-Site`, older ones by `Origin`."""
        headers = Headers(scope=scope)
        if self._is_foreign(headers):
            return False
        site = headers.get("sec-fetch-site")
        return headers.get(PAGE_HEADER) == "1" or site == "same-origin" or (site is None and "origin" in headers)

    def _is_foreign(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is not None and not self._is_own(origin):
            return True
        return headers.get("sec-fetch-site", "none") not in ("same-origin", "none")

    def _is_own(self, origin: str) -> bool:
        if origin in self.origins:
            return True
        # Not the host that is asked, whichever it is: a name of somebody else's may be made to lead here.
        return self.on_loopback and origin.startswith("http://") and is_loopback(_host(origin))


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).hostname or ""
    except ValueError:
        return ""


def origin_of(address: str) -> str:
    """Scheme, host and port of an address, as browsers write them."""
    url = urlsplit(address)
    default = {"http": 80, "https": 443}[url.scheme]
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname
    return f"{url.scheme}://{host}" + ("" if url.port in (None, default) else f":{url.port}")
