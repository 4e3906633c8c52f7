"""Which form of answer is chosen, and which form of body is taken."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from server.gate.media_types import EVENT_STREAM, GRAPHQL_RESPONSE, JSON, check_content, read_accept
from server.gate.refusals import Refusal, RefusalCode

APOLLO = "application/graphql-response+json, application/json;q=0.9"
URQL = "application/graphql-response+json, application/graphql+json, application/json, text/event-stream"


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("APPLICATION/JSON; charset=UTF-8", JSON),
        ("application/graphql-response+json", GRAPHQL_RESPONSE),
        ("application/graphql-response+json; charset=utf-8", GRAPHQL_RESPONSE),
        (APOLLO, GRAPHQL_RESPONSE),
        (URQL, GRAPHQL_RESPONSE),
        ("application/json, application/graphql-response+json", GRAPHQL_RESPONSE),
        ("application/json, application/graphql-response+json;q=0.9", JSON),
        ("application/json;q=0, application/*", GRAPHQL_RESPONSE),
        ("application/graphql-response+json;q=0, */*", JSON),
        ("text/html, */*;q=0.1", JSON),
        ("application/json;q=0.001", JSON),
        ("text/event-stream", EVENT_STREAM),
        ("text/event-stream, */*;q=0.9", EVENT_STREAM),
        ("application/json;q=0.9, text/event-stream", EVENT_STREAM),
        ("text/event-stream, application/json", JSON),
        ("text/*, application/json;q=0.1", JSON),
    ],
)
def test_the_form_that_is_wanted_most(accept: str | None, wanted: str) -> None:
    assert read_accept(Headers({} if accept is None else {"accept": accept})).media_type == wanted


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "application/json;q=0",
        "application/json; charset=utf-16",
        "application/json;q=2",
        "*/*;q=0",
        "a,b,c",
        "text/*",
        "text/event-stream;q=0",
        ";;;",
        "application/json, " * 1000,
    ],
)
def test_none_that_is_to_be_had(accept: str) -> None:
    with pytest.raises(Refusal) as raised:
        read_accept(Headers({"accept": accept}))
    assert raised.value.code is RefusalCode.NOT_ACCEPTABLE


@pytest.mark.parametrize(
    ("accept", "takes_events"),
    [
        ("text/event-stream", True),
        (URQL, True),
        ("application/json, text/event-stream;q=0.1", True),
        ("application/json, text/event-stream;q=0", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_events_are_for_who_names_them(accept: str, takes_events: bool) -> None:
    assert read_accept(Headers({"accept": accept})).takes_events is takes_events


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"', "application/json;x=y"],
)
def test_json_in_utf_8(content_type: str) -> None:
    check_content(Headers({"content-type": content_type, "content-encoding": "identity"}), {JSON}, "")


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, RefusalCode.UNSUPPORTED_MEDIA_TYPE),
        ({"content-type": ""}, RefusalCode.UNSUPPORTED_MEDIA_TYPE),
        ({"content-type": "text/plain"}, RefusalCode.UNSUPPORTED_MEDIA_TYPE),
        ({"content-type": "application/jsonx"}, RefusalCode.UNSUPPORTED_MEDIA_TYPE),
        ({"content-type": "application/json" + ";a=b" * 1000}, RefusalCode.UNSUPPORTED_MEDIA_TYPE),
        ({"content-type": "application/json; charset=utf-16"}, RefusalCode.UNSUPPORTED_CHARSET),
        ({"content-type": "application/json; charset=latin1"}, RefusalCode.UNSUPPORTED_CHARSET),
        ({"content-type": "application/json", "content-encoding": "gzip"}, RefusalCode.UNSUPPORTED_ENCODING),
        ({"content-type": "application/json", "content-encoding": "br"}, RefusalCode.UNSUPPORTED_ENCODING),
    ],
)
def test_any_other_body(headers: dict[str, str], code: RefusalCode) -> None:
    with pytest.raises(Refusal) as raised:
        check_content(Headers(headers), {JSON}, "Send operations as application/json")
    assert raised.value.code is code
    assert raised.value.code.status == 415
