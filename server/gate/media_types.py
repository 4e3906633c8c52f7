"""In which form an answer is wanted, and in which form a body came."""

from __future__ import annotations

import re
from collections.abc import Set
from functools import lru_cache

from starlette.datastructures import Headers

from server.gate.refusals import Refusal, RefusalCode

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"

#: A longer header is of nobody who means well, and is not read.
HEADER_CHARACTERS_AT_MOST = 1_000

_PARAMETER = re.compile(r';\s*([!#$%&\'*+.^_`|~0-9a-z-]+)\s*=\s*("[^"]*"|[^\s;"]*)\s*')
_QUALITY = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


@lru_cache(maxsize=64)
def read_media_type(text: str) -> tuple[str, dict[str, str]]:
    """A media type and its parameters, names and values in lower case."""
    media_type, _, rest = text.lower().partition(";")
    parameters = {name: value.strip('"') for name, value in _PARAMETER.findall(";" + rest)}
    return media_type.strip(), parameters


def wanted_media_type(headers: Headers) -> str:
    """`GRAPHQL_RESPONSE` or `JSON`, by the header `Accept`: what is wanted most, the first where both are wanted the
    same, the second where anything will do. Raises Refusal NOT_ACCEPTABLE."""
    accept = ", ".join(headers.getlist("accept"))
    found = _wanted(accept) if len(accept) <= HEADER_CHARACTERS_AT_MOST else None
    if found is None:
        raise Refusal(
            RefusalCode.NOT_ACCEPTABLE, f"Answers come as {GRAPHQL_RESPONSE} or {JSON}: accept one of them, or */*"
        )
    return found


@lru_cache(maxsize=64)
def _wanted(accept: str) -> str | None:
    if not accept.strip():
        return JSON
    qualities: dict[str, float] = {}
    for each in accept.split(","):
        media_type, parameters = read_media_type(each)
        quality = parameters.get("q", "1")
        if _QUALITY.fullmatch(quality) and parameters.get("charset", "utf-8") in ("utf-8", "utf8"):
            qualities[media_type] = max(qualities.get(media_type, 0.0), float(quality))

    def quality_of(media_type: str) -> tuple[float, bool]:
        """How much it is wanted, and whether it was named."""
        for range in (media_type, "application/*", "*/*"):
            if range in qualities:
                return qualities[range], range == media_type
        return 0.0, False

    response, json = quality_of(GRAPHQL_RESPONSE), quality_of(JSON)
    if max(response, json)[0] == 0.0:
        return None
    return GRAPHQL_RESPONSE if response >= json and (response[1] or not json[0]) else JSON


def check_content(headers: Headers, media_types: Set[str], way_out: str) -> None:
    """Whether a body is of one of these media types, in UTF-8 and not compressed.

    Raises Refusal UNSUPPORTED_MEDIA_TYPE, UNSUPPORTED_CHARSET, UNSUPPORTED_ENCODING.
    """
    # Nothing is decompressed, so no small body can become a large one.
    encodings = {each.strip().lower() for each in ",".join(headers.getlist("content-encoding")).split(",")}
    if not encodings <= {"identity", ""}:
        raise Refusal(
            RefusalCode.UNSUPPORTED_ENCODING,
            "The body is compressed, or encoded in another way: send it as it is, without Content-Encoding",
            {"Accept-Encoding": "identity"},
        )
    given = ", ".join(headers.getlist("content-type"))
    media_type, parameters = read_media_type(given) if len(given) <= HEADER_CHARACTERS_AT_MOST else ("", {})
    if media_type not in media_types:
        raise Refusal(RefusalCode.UNSUPPORTED_MEDIA_TYPE, way_out)
    if parameters.get("charset", "utf-8") not in ("utf-8", "utf8"):
        raise Refusal(RefusalCode.UNSUPPORTED_CHARSET, "The body is said to be in another charset: send it in UTF-8")
