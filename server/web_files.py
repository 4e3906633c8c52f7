"""The built pages: the files of one folder, as the build of `server/web` leaves them.

    map.html  me.html  graphiql.html    the pages, asked for anew each time
    assets/NAME-HASH.EXTENSION          what they load: another content has another name, so browsers keep it
    persisted-documents.json            their operations, for `server.gate.persisted_documents`

Nothing else that lies there is served.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from server.endpoint import Exchange, Handler
from server.feeds.conditional import FOR_EVER, has_tag, require_reading
from server.gate.headers import BUILT_PAGE_SECURITY, EDITOR_SECURITY
from server.gate.refusals import Refusal, RefusalCode
from server.pages.writing import Pages

DOCUMENTS = "persisted-documents.json"
#: Less is not worth compressing.
COMPRESSED_BYTES_AT_LEAST = 1_024

MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
    ".wasm": "application/wasm",
}
_COMPRESSIBLE = frozenset({".html", ".js", ".css", ".json", ".map", ".svg", ".ttf", ".wasm"})
# One name: no folder, so no way out of one.
_ASSET = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}")


@dataclass(frozen=True, slots=True)
class _File:
    """`stamp`: by which it is seen that the file is another one."""

    stamp: tuple[int, int]
    content: bytes
    compressed: bytes | None
    tag: str


class WebFiles:
    """The files below `folder`, which may be built anew while they are served, or not be there at all."""

    def __init__(self, folder: Path, written: Pages) -> None:
        self._folder = folder
        self._written = written
        self._files: dict[str, _File] = {}

    def page(self, name: str) -> Handler:
        """One of the pages, whatever view of it the address names."""
        security = EDITOR_SECURITY if name == "graphiql" else BUILT_PAGE_SECURITY
        headers = {**security, "Cache-Control": "no-cache"}

        async def answer(exchange: Exchange) -> Response:
            require_reading(exchange.request)
            file = await asyncio.to_thread(self._find, f"{name}.html")
            if file is None:
                return self._written.respond("not_built.html", status=503)
            return _response(exchange.request, file, ".html", headers)

        return answer

    async def asset(self, exchange: Exchange) -> Response:
        """Raises Refusal METHOD_NOT_ALLOWED and NO_SUCH_ADDRESS."""
        require_reading(exchange.request)
        name = exchange.request.path_params["name"]
        extension = Path(name).suffix
        file = None
        if _ASSET.fullmatch(name) and extension in MEDIA_TYPES:
            file = await asyncio.to_thread(self._find, f"assets/{name}")
        if file is None:
            raise Refusal(RefusalCode.NO_SUCH_ADDRESS, "There is no such file of a page: load the page anew")
        return _response(exchange.request, file, extension, {"Cache-Control": FOR_EVER})

    def _find(self, name: str) -> _File | None:
        path = self._folder / name
        try:
            status = path.stat()
            stamp = status.st_mtime_ns, status.st_size
            file = self._files.get(name)
            if file is None or file.stamp != stamp:
                file = self._files[name] = _read(path, stamp)
        except OSError:
            return None
        return file


def _read(path: Path, stamp: tuple[int, int]) -> _File:
    content = path.read_bytes()
    compressed = None
    if path.suffix in _COMPRESSIBLE and len(content) >= COMPRESSED_BYTES_AT_LEAST:
        compressed = gzip.compress(content, mtime=0)
    return _File(stamp, content, compressed, hashlib.sha256(content).hexdigest()[:32])


def _response(request: Request, file: _File, extension: str, given: Mapping[str, str]) -> Response:
    headers = dict(given)
    content, tag = file.content, file.tag
    if file.compressed is not None:
        headers["Vary"] = "Accept-Encoding"
        if _takes_gzip(request):
            content, tag = file.compressed, f"{tag}-gzip"
            headers["Content-Encoding"] = "gzip"
    headers["ETag"] = f'"{tag}"'
    if has_tag(request, headers["ETag"]):
        headers.pop("Content-Encoding", None)
        return Response(None, 304, headers)
    if request.method == "HEAD":
        headers["Content-Length"] = str(len(content))
        content = b""
    return Response(content, 200, headers, MEDIA_TYPES[extension])


def _takes_gzip(request: Request) -> bool:
    for each in request.headers.get("accept-encoding", "").split(","):
        coding, _, parameters = each.partition(";")
        if coding.strip().lower() == "gzip":
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", parameters)
    return False
