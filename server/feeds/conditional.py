"""Answers that are public and that many ask for again: whoever has one is told that it is still the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

from server.gate.refusals import method_not_allowed

#: For how long an answer may be kept without asking.
FRESH_SECONDS = 300
#: What an address names by its content is kept for as long as browsers keep anything.
FOR_EVER = "public, max-age=31536000, immutable"


def require_reading(request: Request) -> None:
    """Raises Refusal METHOD_NOT_ALLOWED."""
    if request.method not in ("GET", "HEAD"):
        raise method_not_allowed("GET, HEAD", "Read this by GET or HEAD")


def conditional_response(
    request: Request,
    content: bytes,
    media_type: str,
    modified_at: datetime | None,
    *,
    kept: str = f"public, max-age={FRESH_SECONDS}",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The content; its head alone for HEAD; or 304 where the request says that it has it. `modified_at`: None where no
    time tells whether it changed. `kept`: for how long it may be. `headers`: more that go with it."""
    headers = {
        **(headers or {}),
        "ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        "Cache-Control": kept,
    }
    if modified_at is not None:
        modified_at = modified_at.replace(microsecond=0)
        headers["Last-Modified"] = format_datetime(modified_at, usegmt=True)
    if _has(request, headers["ETag"], modified_at):
        return Response(None, 304, headers)
    if request.method == "HEAD":
        return Response(None, 200, headers | {"Content-Length": str(len(content))}, media_type)
    return Response(content, 200, headers, media_type)


def has_tag(request: Request, tag: str) -> bool:
    """Whether the one who asks says that they have what has this tag."""
    given = [each.strip().removeprefix("W/") for each in ",".join(request.headers.getlist("if-none-match")).split(",")]
    return tag in given or given == ["*"]


def _has(request: Request, tag: str, modified_at: datetime | None) -> bool:
    """Whether the one who asks has the same already. What is said of tags counts, and of times only without (RFC 9110,
    section 13.2.2)."""
    if "if-none-match" in request.headers:
        return has_tag(request, tag)
    if modified_at is None:
        return False
    try:
        # The very time that was told: what is taken back, or comes into force, leaves a time that is no later.
        return parsedate_to_datetime(request.headers.get("if-modified-since", "")) == modified_at
    except (ValueError, TypeError, OverflowError):
        return False
