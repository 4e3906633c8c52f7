"""In which form an answer is wanted, and in which form a body came."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from functools import lru_cache

from starlette.datastructures import Headers

from server.gate.refusals import Refusal, RefusalCode

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"
HTML = "text/html"

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


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a client takes. `media_type`: what it wants most for an answer that comes at once, the first where two are
    wanted the same, JSON where anything will do: `GRAPHQL_RESPONSE`, `JSON` or `EVENT_STREAM`. `takes_events`: whether
    it names `EVENT_STREAM` at all, as for an answer that comes bit by bit."""

    media_type: str
    takes_events: bool


def read_accept(headers: Headers) -> Accepted:
    """By the header `Accept`. Raises Refusal NOT_ACCEPTABLE."""
    accept = ", ".join(headers.getlist("accept"))
    found = _accepted(accept) if len(accept) <= HEADER_CHARACTERS_AT_MOST else None
    if found is None:
        raise Refusal(
            RefusalCode.NOT_ACCEPTABLE,
            f"Answers come as {GRAPHQL_RESPONSE}, {JSON} or {EVENT_STREAM}: accept one of them, or */*",
        )
    return found


@lru_cache(maxsize=64)
def _accepted(accept: str) -> Accepted | None:
    if not accept.strip():
        return Accepted(JSON, takes_events=False)
    qualities = _qualities(accept)

    def quality_of(media_type: str) -> tuple[float, bool]:
        """How much it is wanted, and whether it was named."""
        for range in (media_type, "application/*", "*/*"):
            if range in qualities:
                return qualities[range], range == media_type
        return 0.0, False

    # No range counts for events: who did not name them would not know what to do with them.
    events = qualities.get(EVENT_STREAM, 0.0)
    response, json = quality_of(GRAPHQL_RESPONSE), quality_of(JSON)
    if events > max(response, json)[0]:
        return Accepted(EVENT_STREAM, takes_events=True)
    if max(response, json)[0] == 0.0:
        return None
    wanted = GRAPHQL_RESPONSE if response >= json and (response[1] or not json[0]) else JSON
    return Accepted(wanted, takes_events=events > 0.0)


def _qualities(accept: str) -> dict[str, float]:
    """How much each media type and range is wanted that is named."""
    qualities: dict[str, float] = {}
    for each in accept.split(","):
        media_type, parameters = read_media_type(each)
        quality = parameters.get("q", "1")
        if _QUALITY.fullmatch(quality) and parameters.get("charset", "utf-8") in ("utf-8", "utf8"):
            qualities[media_type] = max(qualities.get(media_type, 0.0), float(quality))
    return qualities


def wants_page(headers: Headers) -> bool:
    """Whether somebody looks at the answer, as far as `Accept` tells: browsers name HTML, programs rarely do."""
    accept = ", ".join(headers.getlist("accept"))
    if len(accept) > HEADER_CHARACTERS_AT_MOST:
        return False
    qualities = _qualities(accept)
    return qualities.get(HTML, 0.0) > qualities.get(JSON, 0.0)


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
