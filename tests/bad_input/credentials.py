"""Wrong credentials: headers that hold no token, and tokens that are not to be believed."""

from __future__ import annotations

import json

from tests.bad_input.rows import Row
from tests.bad_input.wire import BUYER, GRAPHQL_RESPONSE, JSON, NDJSON, request
from tests.server.issuers import EC_KEY, OTHER_RSA_KEY, base64url, claims, public, token
from tests.server.test_tokens import BAD_TOKENS, MALFORMED

ME = json.dumps({"query": "{ me { key } }"}).encode()
HEADER = "the Authorization header must be there once and hold: Bearer, a space, the access token"
UNKNOWN_KEY = "the access token is signed with a key that the issuer does not publish"
NEEDED = "this needs an access token with the scope vitrine.subject: send Authorization: Bearer …"
BAD_TYPE = "the token is of another type (typ): send an access token, at+jwt or JWT"
#: What an HTTP header cannot hold is refused before anybody reads the token: see `http`.
UNSENDABLE = {"a line break", "empty"}


def sent(*authorizations: str | bytes, target: str = "/graphql", body: bytes = ME, media_type: str = JSON) -> bytes:
    headers = [
        ("Content-Type", media_type),
        ("Accept", GRAPHQL_RESPONSE),
        *(("Authorization", each) for each in authorizations),
    ]
    return request(target=target, headers=headers, body=body)


def refused(name: str, message: str, *authorizations: str | bytes) -> Row:
    return Row(name, sent(*authorizations), 401, "UNAUTHENTICATED", message)


HEADERS = (
    refused("a token without Bearer", HEADER, BUYER),
    refused("Bearer alone", HEADER, "Bearer"),
    refused("Bearer and a space", HEADER, "Bearer "),
    refused("Basic", HEADER, "Basic YW5uYTpzZWNyZXQ="),
    refused("Basic with the token", HEADER, f"Basic {BUYER}"),
    refused("Digest", HEADER, 'Digest username="anna", response="0"'),
    refused("Negotiate", HEADER, "Negotiate YII="),
    refused("DPoP", HEADER, f"DPoP {BUYER}"),
    refused("Bearer with a colon", HEADER, f"Bearer: {BUYER}"),
    refused("Bearer and a tab", HEADER, f"Bearer\t{BUYER}"),
    refused("Bearer twice", MALFORMED, f"Bearer Bearer {BUYER}"),
    refused("two tokens in one header", MALFORMED, f"Bearer {BUYER}, Bearer {BUYER}"),
    refused("two tokens with a space", MALFORMED, f"Bearer {BUYER} {BUYER}"),
    refused("two headers", HEADER, f"Bearer {BUYER}", f"Bearer {BUYER}"),
    refused("a good header and a bad one", HEADER, f"Bearer {BUYER}", "Basic YW5uYTpzZWNyZXQ="),
    refused("quotes", MALFORMED, f'Bearer "{BUYER}"'),
    refused("parameters", MALFORMED, f"Bearer {BUYER}; charset=utf-8"),
    refused("a full stop at the end", MALFORMED, f"Bearer {BUYER}."),
    refused("bytes that are no text", MALFORMED, b"Bearer \xff\xfe\xfd"),
    refused("other letters", MALFORMED, "Bearer токен"),
    refused("percent-encoded", MALFORMED, f"Bearer {BUYER.replace('.', '%2E')}"),
    refused("8 KB and one", "the access token is longer than 8192 characters", "Bearer " + "x" * 8_193),
    refused("40 KB", "the access token is longer than 8192 characters", "Bearer " + "x" * 40_000),
    refused("8 KB of full stops", MALFORMED, "Bearer " + "." * 8_192),
    refused("a token in a token", MALFORMED, f"Bearer {token(BUYER.encode(), cty='JWT')}"),
    refused(
        "an encrypted token", MALFORMED, "Bearer " + ".".join([base64url(b'{"alg":"dir","enc":"A256GCM"}'), "", *"AAA"])
    ),
    refused("an unsigned token", MALFORMED, f"Bearer {BUYER.rpartition('.')[0]}."),
    refused("JSON serialisation", MALFORMED, 'Bearer {"payload":"x","signatures":[]}'),
    refused("an id instead of a token", MALFORMED, "Bearer example-buyer"),
    refused("jku", UNKNOWN_KEY, f"Bearer {token(key=OTHER_RSA_KEY, kid='x', jku='http://127.0.0.1:9/keys')}"),
    refused("x5u", UNKNOWN_KEY, f"Bearer {token(key=OTHER_RSA_KEY, kid='x', x5u='https://attacker.example/c.pem')}"),
    refused("x5c", UNKNOWN_KEY, f"Bearer {token(key=OTHER_RSA_KEY, kid='x', x5c=['AAAA'])}"),
    refused(
        "jwk with the kid of the good key",
        "the access token's signature does not verify",
        f"Bearer {token(key=OTHER_RSA_KEY, jwk=public(OTHER_RSA_KEY, 'rsa-1'))}",
    ),
    refused("a kid with SQL in it", UNKNOWN_KEY, f"""Bearer {token(kid="x' UNION SELECT 'key")}"""),
    refused("a kid with NUL", UNKNOWN_KEY, f"Bearer {token(kid=chr(0))}"),
    refused("a kid of 4,000 characters", UNKNOWN_KEY, f"Bearer {token(kid='k' * 4000)}"),
    refused("an empty kid", UNKNOWN_KEY, f"Bearer {token(kid='')}"),
    refused("compressed", MALFORMED, f"Bearer {token(b'x' + bytes(40), zip='DEF')}"),
    refused(
        "an ES256 signature in DER",
        "the access token's signature does not verify",
        f"Bearer {token(alg='ES256', kid='ec-1', sign=lambda _: bytes.fromhex('3006020101020101'))}",
    ),
    refused("ES256 said of an RSA key", UNKNOWN_KEY, f"Bearer {token(alg='ES256', key=EC_KEY)}"),
    refused("a refresh token", BAD_TYPE, f"Bearer {token(typ='refresh+jwt')}"),
    Row(
        "no scope at all",
        sent(f"Bearer {token(claims(scope=...))}"),
        200,
        "FORBIDDEN",
        "this needs the scope vitrine.subject, which the access token does not have",
    ),
    Row(
        "a scope of another prefix",
        sent(f"Bearer {token(claims(scope='api/vitrine.subject'))}"),
        200,
        "FORBIDDEN",
        "vitrine.subject",
    ),
    Row(
        "a scope in capitals",
        sent(f"Bearer {token(claims(scope='VITRINE.SUBJECT'))}"),
        200,
        "FORBIDDEN",
        "vitrine.subject",
    ),
    Row(
        "scopes with commas",
        sent(f"Bearer {token(claims(scope='a,vitrine.subject'))}"),
        200,
        "FORBIDDEN",
        "vitrine.subject",
    ),
    Row(
        "a wildcard for the scope",
        sent(f"Bearer {token(claims(scope='vitrine.*'))}"),
        200,
        "FORBIDDEN",
        "vitrine.subject",
    ),
    Row("the token in the address", sent(target=f"/graphql?access_token={BUYER}"), 200, "UNAUTHENTICATED", NEEDED),
    Row(
        "the token in the body",
        sent(body=json.dumps({"query": "{ me { key } }", "access_token": BUYER}).encode()),
        200,
        "UNAUTHENTICATED",
        NEEDED,
    ),
    Row(
        "the token in a cookie",
        request(headers=[("Content-Type", JSON), ("Accept", GRAPHQL_RESPONSE), ("Cookie", f"token={BUYER}")], body=ME),
        200,
        "UNAUTHENTICATED",
        NEEDED,
    ),
    Row(
        "the token in the header of proxies",
        request(
            headers=[("Content-Type", JSON), ("Accept", GRAPHQL_RESPONSE), ("Proxy-Authorization", f"Bearer {BUYER}")],
            body=ME,
        ),
        200,
        "UNAUTHENTICATED",
        NEEDED,
    ),
    Row(
        "none, where reports are sent",
        sent(target="/ingest/holdings", media_type=NDJSON, body=b"{}\n"),
        401,
        "UNAUTHENTICATED",
        "this needs an access token with the scope vitrine.service",
    ),
    Row(
        "a person's, where reports are sent",
        sent(f"Bearer {BUYER}", target="/ingest/holdings", media_type=NDJSON, body=b"{}\n"),
        403,
        "FORBIDDEN",
        "this needs the scope vitrine.service, which the access token does not have",
    ),
    Row(
        "a bad one, where reports are sent",
        sent("Bearer x", target="/ingest/holdings", media_type=NDJSON, body=b"{}\n"),
        401,
        "UNAUTHENTICATED",
        MALFORMED,
    ),
    Row(
        "a bad one, where none is needed",
        request(
            headers=[("Content-Type", JSON), ("Authorization", "Bearer x")],
            body=json.dumps({"query": "{ policy { html } }"}).encode(),
        ),
        401,
        "UNAUTHENTICATED",
        MALFORMED,
    ),
)

#: The table of the tokens' own test, over the wire.
TOKENS = tuple(
    refused(name, message, f"Bearer {text}") for name, (text, message) in BAD_TOKENS.items() if name not in UNSENDABLE
)
