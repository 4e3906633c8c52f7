"""Requests that are refused before anything of the domain is asked: each with its HTTP status and its stable code."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from server.watching.requests import note_code


class RefusalCode(StrEnum):
    """Why a request was refused. Clients branch on these; docs/account-area.md says what to do about each."""

    INVALID_REQUEST = "INVALID_REQUEST"
    NOT_JSON = "NOT_JSON"
    BATCHING_NOT_SUPPORTED = "BATCHING_NOT_SUPPORTED"
    PERSISTED_QUERY_NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    ORIGIN_NOT_ALLOWED = "ORIGIN_NOT_ALLOWED"
    DOCUMENT_NOT_ALLOWED = "DOCUMENT_NOT_ALLOWED"
    NO_SUCH_ADDRESS = "NO_SUCH_ADDRESS"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    NOT_ACCEPTABLE = "NOT_ACCEPTABLE"
    TOO_SLOW = "TOO_SLOW"
    OTHER_VIEWER = "OTHER_VIEWER"
    BODY_TOO_LARGE = "BODY_TOO_LARGE"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    UNSUPPORTED_ENCODING = "UNSUPPORTED_ENCODING"
    UNSUPPORTED_CHARSET = "UNSUPPORTED_CHARSET"
    RATE_LIMITED = "RATE_LIMITED"
    TOO_MANY_STREAMS = "TOO_MANY_STREAMS"
    HEADERS_TOO_LARGE = "HEADERS_TOO_LARGE"
    OVERLOADED = "OVERLOADED"
    TIMED_OUT = "TIMED_OUT"

    @property
    def status(self) -> int:
        return _STATUS[self]


_STATUS: Mapping[RefusalCode, int] = {
    RefusalCode.INVALID_REQUEST: 400,
    RefusalCode.NOT_JSON: 400,
    RefusalCode.BATCHING_NOT_SUPPORTED: 400,
    RefusalCode.PERSISTED_QUERY_NOT_SUPPORTED: 400,
    RefusalCode.PERSISTED_QUERY_NOT_FOUND: 400,
    RefusalCode.ORIGIN_NOT_ALLOWED: 403,
    RefusalCode.DOCUMENT_NOT_ALLOWED: 403,
    RefusalCode.NO_SUCH_ADDRESS: 404,
    RefusalCode.METHOD_NOT_ALLOWED: 405,
    RefusalCode.NOT_ACCEPTABLE: 406,
    RefusalCode.TOO_SLOW: 408,
    RefusalCode.OTHER_VIEWER: 409,
    RefusalCode.BODY_TOO_LARGE: 413,
    RefusalCode.UNSUPPORTED_MEDIA_TYPE: 415,
    RefusalCode.UNSUPPORTED_ENCODING: 415,
    RefusalCode.UNSUPPORTED_CHARSET: 415,
    RefusalCode.RATE_LIMITED: 429,
    RefusalCode.TOO_MANY_STREAMS: 429,
    RefusalCode.HEADERS_TOO_LARGE: 431,
    RefusalCode.OVERLOADED: 503,
    RefusalCode.TIMED_OUT: 503,
}


class Refusal(Exception):
    """`message` says what is wrong and the way out; `headers` go with the answer."""

    def __init__(self, code: RefusalCode, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def method_not_allowed(allowed: str, message: str) -> Refusal:
    """`allowed`: the methods that would do, such as `GET, POST`."""
    return Refusal(RefusalCode.METHOD_NOT_ALLOWED, message, {"Allow": allowed})


#: How an error is written: its body as JSON has it, its status, and its headers -> the answer.
ErrorForm: TypeAlias = Callable[[Mapping[str, Any], int, Mapping[str, str]], Response]
#: Which form somebody wants who sends this.
ErrorForms: TypeAlias = Callable[[Request], ErrorForm]


def as_data(content: Mapping[str, Any], status: int, headers: Mapping[str, str]) -> Response:
    return JSONResponse(content, status, headers)


def response_of(refusal: Refusal, correlation_id: str, form: ErrorForm = as_data) -> Response:
    note_code(refusal.code.value)
    return form(_body(refusal, correlation_id), refusal.code.status, refusal.headers)


def bytes_of(refusal: Refusal, correlation_id: str) -> bytes:
    """The body of the same answer, for where there is no application yet to send it."""
    return json.dumps(_body(refusal, correlation_id), separators=(",", ":")).encode()


def _body(refusal: Refusal, correlation_id: str) -> dict[str, object]:
    extensions = {"code": refusal.code.value, "correlationId": correlation_id}
    return {"errors": [{"message": refusal.message, "extensions": extensions}]}
