"""Which access tokens are accepted: real keys, real signatures, and an issuer's key set served over HTTP."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import string
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import Unauthenticated
from server import tokens
from server.tokens import TokenVerifier, bearer_token, credential_in, viewer_of
from server.viewer import ANONYMOUS, Scope, Viewer
from tests.server import issuers
from tests.server.issuers import (
    AUDIENCE,
    BAD_SIGNATURE,
    EC_KEY,
    ED_KEY,
    ISSUER,
    NOW,
    OTHER_RSA_KEY,
    RSA_KEY,
    SUBJECT,
    UNKNOWN_KEY,
    Clocks,
    Issuer,
    PrivateKey,
    base64url,
    claims,
    issuer_served,
    public,
    refusal_of,
    token,
    verifier_for,
)

issuer, clocks, verifier = issuers.issuer, issuers.clocks, issuers.verifier


# ---- tokens that are accepted ----------------------------------------------------------------------------------------


async def test_a_subject_token_gives_the_subject(verifier: TokenVerifier) -> None:
    viewer = await verifier.verify(token())
    assert viewer == Viewer(SUBJECT, frozenset({Scope.SUBJECT}))
    assert viewer.require_subject() == SUBJECT


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(token(typ="JWT"), id="typ JWT"),
        pytest.param(token(typ="AT+JWT"), id="typ in capitals"),
        pytest.param(token(typ="application/at+jwt"), id="typ as a media type"),
        pytest.param(token(typ=...), id="typ absent"),
        pytest.param(token(key=EC_KEY, alg="ES256", kid="ec-1"), id="ES256"),
        pytest.param(token(kid=...), id="no kid, one RSA key"),
        pytest.param(token(claims(aud=["other", AUDIENCE])), id="one of many audiences"),
        pytest.param(token(claims(nbf=..., iat=...)), id="neither nbf nor iat"),
        pytest.param(token(claims(exp=NOW + 0.5)), id="time with a fraction"),
        pytest.param(token(claims(scope=["vitrine.subject"])), id="scope as a list"),
        pytest.param(token(claims(scope=..., scp=["vitrine.subject"])), id="scp as a list"),
        pytest.param(token(claims(scope=..., scp="a vitrine.subject")), id="scp as a text"),
        pytest.param(token(claims(scope="openid", scp=["vitrine.subject"])), id="scope and scp"),
        pytest.param(token(claims(vitrine_service="billing")), id="service claim without the scope"),
    ],
)
async def test_what_issuers_write_differently_is_the_same_subject(verifier: TokenVerifier, text: str) -> None:
    assert await verifier.verify(text) == Viewer(SUBJECT, frozenset({Scope.SUBJECT}))


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (claims(scope="vitrine.staff"), Viewer(SUBJECT, frozenset({Scope.STAFF}))),
        (claims(scope="vitrine.job"), Viewer(SUBJECT, frozenset({Scope.JOB}))),
        (claims(scope="vitrine.staff vitrine.subject"), Viewer(SUBJECT, frozenset({Scope.STAFF, Scope.SUBJECT}))),
        (
            claims(scope="vitrine.service", vitrine_service="billing"),
            Viewer(SUBJECT, frozenset({Scope.SERVICE}), "billing"),
        ),
        (claims(scope="openid vitrine.subjects vitrine.SUBJECT"), Viewer(SUBJECT)),
        (claims(scope=...), Viewer(SUBJECT)),
    ],
)
async def test_scopes_are_matched_exactly(verifier: TokenVerifier, payload: dict[str, Any], expected: Viewer) -> None:
    assert await verifier.verify(token(payload)) == expected


async def test_the_settings_name_the_claims_and_the_scope_prefix(issuer: Issuer, clocks: Clocks) -> None:
    verifier = verifier_for(
        issuer, clocks, subject_claim="https://example/account", service_claim="svc", scope_prefix="api://vitrine/"
    )
    account = {"https://example/account": "account-7"}

    person = await verifier.verify(token(claims(scope="api://vitrine/vitrine.subject", **account)))
    assert person.require_subject() == "account-7"

    unprefixed = await verifier.verify(token(claims(scope="vitrine.subject", **account)))
    assert unprefixed == Viewer("account-7")

    system = await verifier.verify(token(claims(scope="api://vitrine/vitrine.service", svc="billing")))
    assert (system.id, system.require_service()) == (SUBJECT, "billing")

    message = await refusal_of(verifier, token(claims(scope="api://vitrine/vitrine.subject")))
    assert message == "the access token does not name its holder (https://example/account)"


@pytest.mark.parametrize(("algorithm", "key"), [("EdDSA", ED_KEY), ("PS256", RSA_KEY), ("RS256", RSA_KEY)])
async def test_other_algorithms_are_accepted_where_allowed(
    issuer: Issuer, clocks: Clocks, algorithm: str, key: PrivateKey
) -> None:
    issuer.keys = [public(key, "k")]
    text = token(key=key, alg=algorithm, kid="k")
    assert (await verifier_for(issuer, clocks, algorithms=(algorithm,)).verify(text)).id == SUBJECT
    message = await refusal_of(verifier_for(issuer, clocks, algorithms=("ES256",)), text)
    assert message == "the access token's signature algorithm is not accepted: ES256 would be"


@pytest.mark.parametrize(
    ("payload", "last_accepted"),
    [(claims(exp=NOW + 10), NOW + 39), (claims(exp=NOW - 29), NOW)],
)
async def test_a_token_is_accepted_until_its_end_and_the_clock_skew(
    verifier: TokenVerifier, clocks: Clocks, payload: dict[str, Any], last_accepted: int
) -> None:
    clocks.wall = last_accepted
    assert (await verifier.verify(token(payload))).id == SUBJECT
    clocks.wall = last_accepted + 1
    assert await refusal_of(verifier, token(payload)) == "the access token has expired (exp): get a new one"


@pytest.mark.parametrize("name", ["nbf", "iat"])
async def test_a_token_is_accepted_from_its_start_less_the_clock_skew(
    verifier: TokenVerifier, clocks: Clocks, name: str
) -> None:
    text = token(claims(**{name: NOW + 100}))
    clocks.wall = NOW + 69
    assert await refusal_of(verifier, text) == f"the access token is not valid yet ({name})"
    clocks.wall = NOW + 70
    assert (await verifier.verify(text)).id == SUBJECT


# ---- tokens that are refused -----------------------------------------------------------------------------------------

MALFORMED = "the access token is not a signed JWT: send it exactly as the issuer gave it"
BAD_ALGORITHM = "the access token's signature algorithm is not accepted: RS256, ES256 would be"
BAD_TYPE = "the token is of another type (typ): send an access token, at+jwt or JWT"
BAD_AUDIENCE = f"the access token is for another audience (aud) than {AUDIENCE}"
BAD_ID = "the id in the credential is malformed: an id has 1 to 128 characters, no whitespace"
BAD_SERVICE = "the service key in the credential is malformed: a key has 1 to 128 characters, no whitespace"
NO_SERVICE = "a credential with the scope vitrine.service names one service, any other none"
CRITICAL = "the access token demands the understanding of header extensions (crit); none is known"


def hmac_with_the_public_key(data: bytes) -> bytes:
    pem = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return hmac.digest(pem, data, hashlib.sha256)


def unreadable_time(name: str) -> str:
    return f"a time of the access token ({name}) is not in seconds since 1970"


def with_header(data: bytes) -> str:
    _, payload, signature = token().split(".")
    return f"{base64url(data)}.{payload}.{signature}"


GOOD_SIGNATURE_OF_OTHER_CLAIMS = ".".join((*token(claims(sub="other")).split(".")[:2], token().split(".")[2]))

BAD_TOKENS: dict[str, tuple[str, str]] = {
    "empty": ("", MALFORMED),
    "garbage": ("garbage", MALFORMED),
    "three dots": ("...", MALFORMED),
    "two parts": (token().rpartition(".")[0], MALFORMED),
    "no signature": (token().rpartition(".")[0] + ".", MALFORMED),
    "five parts, as if encrypted": (token() + ".AAAA.AAAA", MALFORMED),
    "padding": (token() + "==", MALFORMED),
    "a line break": (token() + "\n", MALFORMED),
    "not ASCII": (token() + "é", MALFORMED),
    "header not base64": (token().replace(token().partition(".")[0], "A"), MALFORMED),
    "header not JSON": (with_header(b"alg"), MALFORMED),
    "header not UTF-8": (with_header(b"\xff\xfe\xff"), MALFORMED),
    "header a list": (with_header(b"[]"), MALFORMED),
    "header too deep": (with_header(b"[" * 5000), MALFORMED),
    "payload not JSON": (token(b"sub"), MALFORMED),
    "payload a list": (token([]), MALFORMED),
    "payload too deep": (token(b"[" * 5000), MALFORMED),
    "payload a number of 5000 digits": (token(b'{"exp":' + b"9" * 5000 + b"}"), MALFORMED),
    "too long": (token(claims(pad="x" * 8192)), "the access token is longer than 8192 characters"),
    "alg none": (token(alg="none", sign=lambda _: b"\0"), BAD_ALGORITHM),
    "alg None": (token(alg="None", sign=lambda _: b"\0"), BAD_ALGORITHM),
    "alg absent": (token(alg=...), BAD_ALGORITHM),
    "alg a list": (token(alg=["RS256"]), BAD_ALGORITHM),
    "alg null": (token(alg=None), BAD_ALGORITHM),
    "alg in small letters": (token(alg="rs256"), BAD_ALGORITHM),
    "alg not in the list": (token(alg="PS256"), BAD_ALGORITHM),
    "HS256 with the public key as secret": (token(alg="HS256", sign=hmac_with_the_public_key), BAD_ALGORITHM),
    "RS256 said, HS256 with the public key": (token(sign=hmac_with_the_public_key), BAD_SIGNATURE),
    "another key under the same kid": (token(key=OTHER_RSA_KEY), BAD_SIGNATURE),
    "another key without kid": (token(key=OTHER_RSA_KEY, kid=...), BAD_SIGNATURE),
    "the signature of other claims": (GOOD_SIGNATURE_OF_OTHER_CLAIMS, BAD_SIGNATURE),
    "an ES256 signature of zeros": (token(alg="ES256", kid="ec-1", sign=lambda _: bytes(64)), BAD_SIGNATURE),
    "an ES256 signature cut": (token(alg="ES256", kid="ec-1", sign=lambda _: b"\1" * 63), BAD_SIGNATURE),
    "an RS256 signature of one byte": (token(sign=lambda _: b"\1"), BAD_SIGNATURE),
    "unknown kid": (token(kid="rsa-2"), UNKNOWN_KEY),
    "the kid of a key for another algorithm": (token(kid="ec-1"), UNKNOWN_KEY),
    "kid a number": (token(kid=1), MALFORMED),
    "kid a path": (token(kid="../../etc/passwd"), UNKNOWN_KEY),
    "its own key in jwk": (
        token(key=OTHER_RSA_KEY, kid="mine", jwk=public(OTHER_RSA_KEY, "mine")),
        UNKNOWN_KEY,
    ),
    "crit": (token(crit=["exp"], exp=NOW), CRITICAL),
    "crit with b64": (token(crit=["b64"], b64=False), CRITICAL),
    "crit empty": (token(crit=[]), CRITICAL),
    "b64 without crit": (token(b64=False), MALFORMED),
    "typ of a logout token": (token(typ="logout+jwt"), BAD_TYPE),
    "typ of a DPoP proof": (token(typ="dpop+jwt"), BAD_TYPE),
    "typ a number": (token(typ=1), BAD_TYPE),
    "typ null": (token(typ=None), BAD_TYPE),
    "issuer absent": (token(claims(iss=...)), f"the access token is of another issuer (iss) than {ISSUER}"),
    "another issuer": (token(claims(iss=ISSUER + "/")), f"the access token is of another issuer (iss) than {ISSUER}"),
    "issuer a list": (token(claims(iss=[ISSUER])), f"the access token is of another issuer (iss) than {ISSUER}"),
    "audience absent": (token(claims(aud=...)), BAD_AUDIENCE),
    "another audience": (token(claims(aud="https://other.example")), BAD_AUDIENCE),
    "an ID token, for a client": (token(claims(aud="account-area", nonce="n"), typ="JWT"), BAD_AUDIENCE),
    "other audiences": (token(claims(aud=["https://other.example", "account-area"])), BAD_AUDIENCE),
    "audience in a text with others": (token(claims(aud=f"{AUDIENCE} other")), BAD_AUDIENCE),
    "audience an object": (token(claims(aud={AUDIENCE: 1})), BAD_AUDIENCE),
    "no audiences": (token(claims(aud=[])), BAD_AUDIENCE),
    "end absent": (token(claims(exp=...)), "the access token has no end (exp)"),
    "end null": (token(claims(exp=None)), "the access token has no end (exp)"),
    "expired": (token(claims(exp=NOW - 30)), "the access token has expired (exp): get a new one"),
    "end a text": (token(claims(exp=str(NOW + 300))), unreadable_time("exp")),
    "end a truth": (token(claims(exp=True)), unreadable_time("exp")),
    "end in milliseconds": (token(claims(exp=(NOW + 300) * 1000)), unreadable_time("exp")),
    "end never": (token(claims(exp=float("inf"))), unreadable_time("exp")),
    "end not a number": (token(claims(exp=float("nan"))), unreadable_time("exp")),
    "end before 1970": (token(claims(exp=-1)), unreadable_time("exp")),
    "not yet valid": (token(claims(nbf=NOW + 31)), "the access token is not valid yet (nbf)"),
    "start a text": (token(claims(nbf="0")), unreadable_time("nbf")),
    "issued in the future": (token(claims(iat=NOW + 31)), "the access token is not valid yet (iat)"),
    "issued a list": (token(claims(iat=[NOW])), unreadable_time("iat")),
    "no holder": (token(claims(sub=...)), "the access token does not name its holder (sub)"),
    "holder null": (token(claims(sub=None)), "the access token does not name its holder (sub)"),
    "holder a number": (token(claims(sub=7)), BAD_ID),
    "holder false": (token(claims(sub=False)), BAD_ID),
    "holder empty": (token(claims(sub="")), BAD_ID),
    "holder with a line break": (token(claims(sub="a\nb")), BAD_ID),
    "holder half a character": (token(claims(sub="\ud800")), BAD_ID),
    "holder too long": (token(claims(sub="x" * 129)), BAD_ID),
    "a service without its key": (token(claims(scope="vitrine.service")), NO_SERVICE),
    "a service without its key, also a subject": (token(claims(scope="vitrine.service vitrine.subject")), NO_SERVICE),
    "a service with an empty key": (token(claims(scope="vitrine.service", vitrine_service="")), BAD_SERVICE),
    "a service with two keys": (token(claims(scope="vitrine.service", vitrine_service=["a", "b"])), BAD_SERVICE),
    "scope a number": (
        token(claims(scope=7)),
        "the scopes of the access token (scope) are neither a text nor a list of texts",
    ),
    "scp a list with a number": (
        token(claims(scp=["vitrine.subject", 7])),
        "the scopes of the access token (scp) are neither a text nor a list of texts",
    ),
}


@pytest.mark.parametrize("name", BAD_TOKENS)
async def test_a_bad_token_is_refused_and_not_repeated(verifier: TokenVerifier, name: str) -> None:
    text, expected = BAD_TOKENS[name]
    assert await refusal_of(verifier, text) == expected


async def test_a_token_without_kid_is_refused_where_there_are_two_keys(issuer: Issuer, verifier: TokenVerifier) -> None:
    issuer.keys = [public(RSA_KEY, "rsa-1"), public(OTHER_RSA_KEY, "rsa-2")]
    message = await refusal_of(verifier, token(kid=...))
    assert message == "the access token does not say which key signed it (kid), and there is no only one"


async def test_keys_come_from_the_issuer_whatever_the_header_points_to(issuer: Issuer, verifier: TokenVerifier) -> None:
    with issuer_served() as elsewhere:
        elsewhere.keys = [public(OTHER_RSA_KEY, "rsa-9")]
        pointers: dict[str, Any] = {
            "jku": elsewhere.url,
            "x5u": elsewhere.url,
            "x5c": ["AAAA"],
            "jwk": public(OTHER_RSA_KEY, "rsa-9"),
        }
        assert await refusal_of(verifier, token(key=OTHER_RSA_KEY, kid="rsa-9", **pointers)) == UNKNOWN_KEY
        assert await refusal_of(verifier, token(key=OTHER_RSA_KEY, kid="rsa-1", **pointers)) == BAD_SIGNATURE
        assert (await verifier.verify(token(**pointers))).id == SUBJECT
        assert elsewhere.requests == 0


VALID = {"RS256": token(), "ES256": token(key=EC_KEY, alg="ES256", kid="ec-1")}
ALPHABET = string.ascii_letters + string.digits + "-_"


@pytest.fixture(scope="module")
def module_issuer() -> Iterator[Issuer]:
    with issuer_served() as issuer:
        yield issuer


@settings(max_examples=300, deadline=None)
@given(algorithm=st.sampled_from(sorted(VALID)), data=st.data())
def test_a_token_with_any_one_character_changed_is_refused(
    module_issuer: Issuer, algorithm: str, data: st.DataObject
) -> None:
    valid = VALID[algorithm]
    position = data.draw(st.integers(0, len(valid) - 1))
    character = data.draw(st.sampled_from(ALPHABET + "=. +/\n").filter(lambda other: other != valid[position]))
    changed = valid[:position] + character + valid[position + 1 :]

    async def check() -> None:
        verifier = verifier_for(module_issuer, Clocks())
        assert (await verifier.verify(valid)).id == SUBJECT
        with pytest.raises(Unauthenticated):
            await verifier.verify(changed)

    asyncio.run(check())


@pytest.mark.parametrize("algorithm", sorted(VALID))
async def test_every_part_has_one_spelling(verifier: TokenVerifier, algorithm: str) -> None:
    """The last character of a part may carry bits that decode to nothing: all but one spelling of them is refused."""
    valid = VALID[algorithm]
    assert (await verifier.verify(valid)).id == SUBJECT
    parts = valid.split(".")
    for index, part in enumerate(parts):
        for ending in [*(other for other in ALPHABET if other != part[-1]), part[-1] + "=", part[-1] + "=="]:
            changed = ".".join([*parts[:index], part[:-1] + ending, *parts[index + 1 :]])
            with pytest.raises(Unauthenticated):
                await verifier.verify(changed)


# ---- tokens that are known -------------------------------------------------------------------------------------------


async def test_a_known_token_still_ends_with_its_time(verifier: TokenVerifier, clocks: Clocks) -> None:
    text = token(claims(exp=NOW + 10))
    assert (await verifier.verify(text)).id == SUBJECT
    clocks.move(39)
    assert (await verifier.verify(text)).id == SUBJECT
    clocks.move(1)
    assert await refusal_of(verifier, text) == "the access token has expired (exp): get a new one"


async def test_a_known_token_ends_with_its_time_where_only_the_wall_clock_moves(
    verifier: TokenVerifier, clocks: Clocks
) -> None:
    assert (await verifier.verify(token())).id == SUBJECT
    clocks.wall += 330
    assert await refusal_of(verifier, token()) == "the access token has expired (exp): get a new one"


async def test_a_token_is_known_for_a_minute_at_most(verifier: TokenVerifier, clocks: Clocks) -> None:
    text = token(claims(nbf=NOW))
    await verifier.verify(text)
    clocks.wall -= 1000
    clocks.steady += 59
    assert (await verifier.verify(text)).id == SUBJECT
    clocks.steady += 1
    assert await refusal_of(verifier, text) == "the access token is not valid yet (nbf)"


async def test_the_number_of_known_tokens_is_bounded(
    verifier: TokenVerifier, clocks: Clocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "VERIFIED_TOKENS", 2)
    texts = [token(claims(sub=f"subject-{number}", nbf=NOW)) for number in range(3)]
    for text in texts:
        await verifier.verify(text)
    clocks.wall -= 1000  # a token that is known is not read again, so its start does not count
    assert (await verifier.verify(texts[1])).id == "subject-1"
    assert (await verifier.verify(texts[2])).id == "subject-2"
    assert await refusal_of(verifier, texts[0]) == "the access token is not valid yet (nbf)"


# ---- the header ------------------------------------------------------------------------------------------------------

BAD_HEADER = "the Authorization header must be there once and hold: Bearer, a space, the access token"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], None),
        ([(b"host", b"x"), (b"cookie", b"authorization=Bearer a")], None),
        ([(b"authorization", b"Bearer a.b.c")], "a.b.c"),
        ([(b"Authorization", b"bEARER   a.b.c ")], "a.b.c"),
    ],
)
def test_the_token_is_read_from_the_header(headers: list[tuple[bytes, bytes]], expected: str | None) -> None:
    assert bearer_token(headers) == expected


@pytest.mark.parametrize(
    "values",
    [
        [b""],
        [b"Bearer"],
        [b"Bearer "],
        [b"a.b.c"],
        [b"Basic dTpw"],
        [b"Bearer\ta.b.c"],
        [b"Bearera.b.c"],
        [b"Bearer a.b.c", b"Bearer a.b.c"],
        [b"Bearer a.b.c", b""],
    ],
)
def test_any_other_header_is_refused(values: list[bytes]) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        bearer_token([(b"authorization", value) for value in values])
    assert refusal.value.message == BAD_HEADER


async def test_a_request_without_a_credential_is_nobodys_and_asks_the_issuer_nothing(
    issuer: Issuer, verifier: TokenVerifier
) -> None:
    assert await viewer_of(credential_in([(b"host", b"x")]), verifier) is ANONYMOUS
    assert issuer.requests == 0


async def test_a_request_is_that_of_its_tokens_holder(verifier: TokenVerifier) -> None:
    credential = credential_in([(b"authorization", f"Bearer {token()}".encode())])
    assert (await viewer_of(credential, verifier)).id == SUBJECT


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"Bearer a, Bearer b", MALFORMED),
        (b"Bearer \xff", MALFORMED),
        (b"Bearer " + b"a" * 8193, "the access token is longer than 8192 characters"),
    ],
)
async def test_a_request_with_a_bad_credential_is_refused(verifier: TokenVerifier, value: bytes, expected: str) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        await viewer_of(credential_in([(b"authorization", value)]), verifier)
    assert refusal.value.message == expected
