"""Too much at once: too many requests in a minute, and more than run at the same time."""

from __future__ import annotations

import json
from urllib.parse import quote

from tests.bad_input.reports import GOOD
from tests.bad_input.rows import Row, Where
from tests.bad_input.wire import BUYER, GRAPHQL_RESPONSE, JSON, NDJSON, REQUESTS, STAFF, authorised, request
from tests.server.issuers import SUBJECT, claims, token

TYPENAME = b'{"data":{"__typename":"Query"}}'
QUERY = json.dumps({"query": "{ __typename }"}).encode()
DECIDE = json.dumps(
    {"query": 'mutation { recordDecision(input: {purpose: "law", kind: RESTRICTION}) { __typename } }'}
).encode()
OF_HOLDER = "Too many requests from this holder of tokens: send this again after "
OF_ADDRESS = "Too many requests from this address: send this again after "
BAD = "x.y.z"


def person(number: int, **over: object) -> str:
    """The token of a person who has sent nothing yet."""
    return token(claims(sub=f"rated-{number}", scope="vitrine.subject", **over))


def service(number: int) -> str:
    return token(claims(sub=f"rated-{number}", scope="vitrine.service", vitrine_service="requests"))


def sent(
    who: str | None, address: str, body: bytes = QUERY, *, target: str = "/graphql", by: str = "POST", last: bool = True
) -> bytes:
    """A request that comes from an address. `last`: on its connection."""
    headers = [
        ("X-Forwarded-For", address),
        ("Content-Type", NDJSON if target == "/ingest/holdings" else JSON),
        ("Accept", GRAPHQL_RESPONSE),
        *authorised(who),
    ]
    return request(by, target, headers, body, close=last)


def allowed(times: int, who: str | None, address: str) -> tuple[tuple[bytes, bytes], ...]:
    return ((sent(who, address, last=False), TYPENAME),) * times


def refused(times: int, address: str) -> tuple[tuple[bytes, bytes], ...]:
    """Requests with a credential that does not verify, each of which counts as ten."""
    return ((sent(BAD, address, last=False), b'"code":"UNAUTHENTICATED"'),) * times


def limited(name: str, first: tuple[tuple[bytes, bytes], ...], then: bytes, message: str) -> Row:
    return Row(name, then, 429, "RATE_LIMITED", message, where=Where.RATED, first=first)


RATES = (
    limited("a third request of a person", allowed(2, person(1), "10.0.0.1"), sent(person(1), "10.0.0.1"), OF_HOLDER),
    limited("from another address", allowed(2, person(2), "10.0.0.2"), sent(person(2), "10.0.0.3"), OF_HOLDER),
    limited(
        "with another token",
        allowed(2, person(3), "10.0.0.4"),
        sent(person(3, jti="another"), "10.0.0.4"),
        OF_HOLDER,
    ),
    limited(
        "with a token for more",
        allowed(2, token(claims(sub="rated-9", scope="vitrine.job vitrine.subject")), "10.0.0.9"),
        sent(person(9), "10.0.0.9"),
        OF_HOLDER,
    ),
    limited(
        "by GET",
        allowed(2, person(4), "10.0.0.5"),
        sent(person(4), "10.0.0.5", b"", target="/graphql?query=" + quote("{__typename}"), by="GET"),
        OF_HOLDER,
    ),
    limited(
        "a third one that is wrong", allowed(2, person(5), "10.0.0.6"), sent(person(5), "10.0.0.6", b"{"), OF_HOLDER
    ),
    limited(
        "a third one that would write",
        allowed(2, person(6), "10.0.0.7"),
        sent(person(6), "10.0.0.7", DECIDE),
        OF_HOLDER,
    ),
    limited(
        "reports",
        allowed(2, service(7), "10.0.0.8"),
        sent(service(7), "10.0.0.8", GOOD, target="/ingest/holdings"),
        OF_HOLDER,
    ),
    limited("the 21st of an address", allowed(20, None, "10.0.1.1"), sent(None, "10.0.1.1"), OF_ADDRESS),
    limited(
        "of an address that others are said to stand before",
        tuple(pair for n in range(20) for pair in allowed(1, None, f"192.0.2.{n}, 10.0.1.2")),
        sent(None, "198.51.100.1, 10.0.1.2"),
        OF_ADDRESS,
    ),
    limited(
        "of one network of IPv6",
        tuple(pair for n in range(20) for pair in allowed(1, None, f"2001:db8::{n:x}")),
        sent(None, "[2001:db8::ffff:1]:443"),
        OF_ADDRESS,
    ),
    limited(
        "an IPv4 address in IPv6",
        allowed(20, None, "10.0.1.3"),
        sent(None, "::ffff:10.0.1.3"),
        OF_ADDRESS,
    ),
    limited("after two wrong tokens", refused(2, "10.0.1.4"), sent(None, "10.0.1.4"), OF_ADDRESS),
    limited("a third wrong token", refused(2, "10.0.1.5"), sent(BAD, "10.0.1.5"), OF_ADDRESS),
    limited("a good token after two wrong ones", refused(2, "10.0.1.6"), sent(STAFF, "10.0.1.6"), OF_ADDRESS),
    limited(
        "reports after two wrong tokens",
        refused(2, "10.0.1.7"),
        sent(service(8), "10.0.1.7", GOOD, target="/ingest/holdings"),
        OF_ADDRESS,
    ),
)


def crowded(name: str, who: str | None, body: bytes = QUERY, *, target: str = "/graphql", by: str = "POST") -> Row:
    what = "imports of yours" if target == "/ingest/holdings" else "operations"
    message = f"Too many {what} run just now: send this again after 1 s"
    return Row(name, sent(who, "10.0.2.1", body, target=target, by=by), 503, "OVERLOADED", message, where=Where.CROWDED)


OVERLOADS = (
    crowded("an operation of nobody", None),
    crowded("of a person", BUYER),
    crowded("of staff", STAFF),
    crowded("of a service", REQUESTS),
    crowded("of whoever may do nothing", token(claims(sub=SUBJECT, scope="openid"))),
    crowded("by GET", None, b"", target="/graphql?query=" + quote("{__typename}"), by="GET"),
    crowded("a document that is wrong", None, json.dumps({"query": "{"}).encode()),
    crowded("a mutation", BUYER, DECIDE),
    crowded("reports of nothing", REQUESTS, b"", target="/ingest/holdings"),
    crowded("good reports", REQUESTS, GOOD, target="/ingest/holdings"),
    # What is wrong without anything being run is said as ever.
    Row("a body that is wrong", sent(BUYER, "10.0.2.1", b"{"), 400, "NOT_JSON", "is not JSON", where=Where.CROWDED),
    Row(
        "a token that is wrong",
        sent(BAD, "10.0.2.1"),
        401,
        "UNAUTHENTICATED",
        "the access token is not a signed JWT",
        where=Where.CROWDED,
    ),
    Row(
        "reports of a person",
        sent(BUYER, "10.0.2.1", GOOD, target="/ingest/holdings"),
        403,
        "FORBIDDEN",
        "this needs the scope vitrine.service",
        where=Where.CROWDED,
    ),
)
