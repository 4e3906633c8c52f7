"""The issuer's keys: fetched once and shared, found again after a rotation, and kept while the issuer is away."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from structlog.testing import capture_logs

from graph.errors import IssuerUnavailable, Unauthenticated
from server.issuer_keys import KeySet
from server.tokens import TokenVerifier
from tests.server import issuers
from tests.server.issuers import (
    BAD_SIGNATURE,
    EC_384_KEY,
    EC_KEY,
    ED_KEY,
    NOW,
    OTHER_RSA_KEY,
    RSA_KEY,
    SHORT_RSA_KEY,
    SUBJECT,
    UNKNOWN_KEY,
    Clocks,
    Issuer,
    claims,
    issuer_served,
    public,
    refusal_of,
    token,
    verifier_for,
)

issuer, clocks, verifier = issuers.issuer, issuers.clocks, issuers.verifier

Result = TypeVar("Result")


def at_once(work: Coroutine[Any, Any, Result]) -> Result:
    """What `work` returns without waiting for anything: neither a thread nor the network."""
    try:
        work.send(None)
    except StopIteration as end:
        result: Result = end.value
        return result
    work.close()
    raise AssertionError("it waited")


async def until_asked(issuer: Issuer, times: int) -> None:
    def asked() -> bool:
        with issuer.asked:
            return issuer.asked.wait_for(lambda: issuer.requests >= times, 10)

    assert await asyncio.to_thread(asked)


async def unavailability_of(verifier: TokenVerifier, text: str) -> None:
    with pytest.raises(IssuerUnavailable) as failure:
        await verifier.verify(text)
    assert failure.value.code == "ISSUER_UNAVAILABLE"
    assert failure.value.message == "the token issuer's keys cannot be fetched; ask again later"


# ---- fetched and shared ----------------------------------------------------------------------------------------------


async def test_keys_are_fetched_once_and_a_known_token_waits_for_nothing(
    issuer: Issuer, verifier: TokenVerifier
) -> None:
    await verifier.verify(token())
    assert at_once(verifier.verify(token())).id == SUBJECT
    assert at_once(verifier.verify(token(claims(sub="other")))).id == "other"
    assert at_once(verifier.verify(token(key=EC_KEY, alg="ES256", kid="ec-1"))).id == SUBJECT
    assert issuer.requests == 1


async def test_a_malformed_token_asks_the_issuer_nothing(issuer: Issuer, verifier: TokenVerifier) -> None:
    for text in ("garbage", token(alg="none"), token(typ="logout+jwt"), token(crit=["b64"])):
        with pytest.raises(Unauthenticated):
            at_once(verifier.verify(text))
    assert issuer.requests == 0


async def test_keys_are_fetched_again_after_their_lifetime(
    issuer: Issuer, verifier: TokenVerifier, clocks: Clocks
) -> None:
    text = token(claims(exp=NOW + 10_000))
    await verifier.verify(text)
    clocks.move(299.5)
    await verifier.verify(text)
    assert issuer.requests == 1
    clocks.move(0.5)
    await verifier.verify(text)
    assert issuer.requests == 2


# ---- rotation --------------------------------------------------------------------------------------------------------


async def test_a_new_key_is_found_as_soon_as_a_token_names_it(
    issuer: Issuer, verifier: TokenVerifier, clocks: Clocks
) -> None:
    await verifier.verify(token())
    issuer.keys = [public(RSA_KEY, "rsa-1"), public(OTHER_RSA_KEY, "rsa-2")]
    clocks.move(10)
    assert (await verifier.verify(token(key=OTHER_RSA_KEY, kid="rsa-2"))).id == SUBJECT
    assert (await verifier.verify(token())).id == SUBJECT
    assert issuer.requests == 2


async def test_a_withdrawn_key_refuses_tokens_that_were_accepted_before(
    issuer: Issuer, verifier: TokenVerifier, clocks: Clocks
) -> None:
    assert (await verifier.verify(token())).id == SUBJECT
    issuer.keys = [public(OTHER_RSA_KEY, "rsa-2")]
    clocks.move(10)
    assert (await verifier.verify(token(key=OTHER_RSA_KEY, kid="rsa-2"))).id == SUBJECT
    clocks.move(10)
    assert await refusal_of(verifier, token()) == UNKNOWN_KEY


async def test_a_key_replaced_under_its_id_refuses_tokens_that_were_accepted_before(
    issuer: Issuer, verifier: TokenVerifier, clocks: Clocks
) -> None:
    text = token(claims(exp=NOW + 1000))
    assert (await verifier.verify(text)).id == SUBJECT
    issuer.keys = [public(OTHER_RSA_KEY, "rsa-1")]
    clocks.move(300)
    assert await refusal_of(verifier, text) == BAD_SIGNATURE


async def test_an_issuer_that_withdraws_every_key_is_believed(
    issuer: Issuer, verifier: TokenVerifier, clocks: Clocks
) -> None:
    text = token(claims(exp=NOW + 1000))
    await verifier.verify(text)
    issuer.keys = []
    clocks.move(300)
    with capture_logs() as logs:
        assert await refusal_of(verifier, text) == UNKNOWN_KEY
    assert [line["event"] for line in logs] == ["issuer keys are of no use"]


# ---- throttling ------------------------------------------------------------------------------------------------------


async def test_invented_key_ids_cannot_hammer_the_issuer(
    issuer: Issuer, verifier: TokenVerifier, clocks: Clocks
) -> None:
    await verifier.verify(token())
    clocks.move(10)
    for number in range(50):
        assert await refusal_of(verifier, token(kid=f"invented-{number}")) == UNKNOWN_KEY
    assert issuer.requests == 2
    clocks.move(9.5)
    await refusal_of(verifier, token(kid="invented-50"))
    assert issuer.requests == 2
    clocks.move(0.5)
    await refusal_of(verifier, token(kid="invented-51"))
    assert issuer.requests == 3


async def test_requests_at_once_share_one_fetch(issuer: Issuer, verifier: TokenVerifier, clocks: Clocks) -> None:
    issuer.open.clear()
    texts = [token(claims(sub=f"subject-{number}")) for number in range(20)]
    waiting = [asyncio.create_task(verifier.verify(text)) for text in texts]
    await until_asked(issuer, 1)
    issuer.open.set()
    assert [viewer.id for viewer in await asyncio.gather(*waiting)] == [f"subject-{number}" for number in range(20)]
    assert issuer.requests == 1

    issuer.keys = [public(OTHER_RSA_KEY, "rsa-2")]
    clocks.move(10)
    issuer.open.clear()
    rotated = [token(claims(sub=f"s-{number}"), key=OTHER_RSA_KEY, kid="rsa-2") for number in range(20)]
    waiting = [asyncio.create_task(verifier.verify(text)) for text in rotated]
    await until_asked(issuer, 2)
    assert at_once(verifier.verify(texts[0])).id == "subject-0"  # a key that is there does not wait for another
    issuer.open.set()
    assert [viewer.id for viewer in await asyncio.gather(*waiting)] == [f"s-{number}" for number in range(20)]
    assert issuer.requests == 2


async def test_a_request_that_goes_away_does_not_take_the_fetch_with_it(
    issuer: Issuer, verifier: TokenVerifier
) -> None:
    issuer.open.clear()
    first, second = (asyncio.create_task(verifier.verify(token())) for _ in range(2))
    await until_asked(issuer, 1)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    issuer.open.set()
    assert (await second).id == SUBJECT
    assert issuer.requests == 1


# ---- the issuer away -------------------------------------------------------------------------------------------------


async def test_without_keys_an_issuer_that_is_away_is_said_to_be_and_asked_again_after_a_second(
    issuer: Issuer, verifier: TokenVerifier, clocks: Clocks
) -> None:
    issuer.fail()
    with capture_logs() as logs:
        await unavailability_of(verifier, token())
    assert logs == [
        {
            "event": "issuer keys not fetched",
            "log_level": "warning",
            "url": issuer.url,
            "reason": "HTTPError: HTTP Error 503: Service Unavailable",
        }
    ]
    issuer.recover()
    clocks.move(0.5)
    await unavailability_of(verifier, token())
    assert issuer.requests == 1
    clocks.move(0.5)
    assert (await verifier.verify(token())).id == SUBJECT
    assert issuer.requests == 2


async def test_an_issuer_that_nobody_listens_for_is_unavailable(clocks: Clocks) -> None:
    with issuer_served() as issuer:
        verifier = verifier_for(issuer, clocks)
    await unavailability_of(verifier, token())


async def test_old_keys_serve_while_the_issuer_is_away_until_their_maximum_age(
    issuer: Issuer, verifier: TokenVerifier, clocks: Clocks
) -> None:
    text = token(claims(exp=NOW + 100_000))
    await verifier.verify(text)
    issuer.fail()
    clocks.move(300)
    assert (await verifier.verify(text)).id == SUBJECT
    assert issuer.requests == 2

    clocks.move(10)
    assert at_once(verifier.verify(text)).id == SUBJECT  # it is asked again, but nobody waits for it now
    await until_asked(issuer, 3)

    clocks.move(4 * 3600 - 311)
    assert (await verifier.verify(text)).id == SUBJECT
    clocks.move(1)
    await unavailability_of(verifier, text)

    issuer.recover()
    clocks.move(1)
    assert (await verifier.verify(text)).id == SUBJECT


async def test_a_key_id_that_nobody_can_look_up_is_not_called_wrong(
    issuer: Issuer, verifier: TokenVerifier, clocks: Clocks
) -> None:
    await verifier.verify(token())
    issuer.keys = [public(OTHER_RSA_KEY, "rsa-2")]
    issuer.fail()
    clocks.move(10)
    await unavailability_of(verifier, token(key=OTHER_RSA_KEY, kid="rsa-2"))
    issuer.recover()
    clocks.move(10)
    assert (await verifier.verify(token(key=OTHER_RSA_KEY, kid="rsa-2"))).id == SUBJECT


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (500, b"{}", "HTTPError: HTTP Error 500: Internal Server Error"),
        (200, b"<html>", "JSONDecodeError: Expecting value: line 1 column 1 (char 0)"),
        (200, b'{"keys": [', "JSONDecodeError: Expecting value: line 1 column 11 (char 10)"),
        (200, b"[]", "ValueError: the document is no JSON object with a list of keys"),
        (200, b'{"keys": {}}', "ValueError: the document is no JSON object with a list of keys"),
        (200, b'{"keys": []}' + b" " * 262_144, "ValueError: the document is longer than 262144 bytes"),
    ],
)
async def test_an_answer_that_is_no_key_set_leaves_the_old_keys(
    issuer: Issuer, verifier: TokenVerifier, clocks: Clocks, status: int, body: bytes, reason: str
) -> None:
    text = token(claims(exp=NOW + 1000))
    await verifier.verify(text)
    issuer.status, issuer.body = status, body
    clocks.move(300)
    with capture_logs() as logs:
        assert (await verifier.verify(text)).id == SUBJECT
    assert [(line["event"], line["reason"]) for line in logs] == [("issuer keys not fetched", reason)]


async def test_a_redirect_is_not_followed(issuer: Issuer, verifier: TokenVerifier) -> None:
    with issuer_served() as elsewhere:
        issuer.status, issuer.location = 302, elsewhere.url
        await unavailability_of(verifier, token())
        assert elsewhere.requests == 0


async def test_an_issuer_that_never_answers_is_given_up_on(issuer: Issuer, clocks: Clocks) -> None:
    issuer.open.clear()
    await unavailability_of(verifier_for(issuer, clocks, fetch_timeout_seconds=0.2), token())


async def test_an_issuer_that_answers_byte_by_byte_is_given_up_on(issuer: Issuer, clocks: Clocks) -> None:
    issuer.trickle = True
    await unavailability_of(verifier_for(issuer, clocks, fetch_timeout_seconds=0.2), token())


async def test_keys_on_loopback_are_not_fetched_through_a_proxy(
    issuer: Issuer, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    with issuer_served() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        assert (await verifier.verify(token())).id == SUBJECT
        assert (issuer.requests, proxy.requests) == (1, 0)


# ---- the set ---------------------------------------------------------------------------------------------------------


def key_set(*members: object) -> KeySet:
    return KeySet({"keys": list(members)}, ("RS256", "ES256"))


@pytest.mark.parametrize(
    "member",
    [
        public(RSA_KEY, "k", use="enc"),
        public(RSA_KEY, "k", alg="RS512"),
        public(RSA_KEY, "k", key_ops=["encrypt"]),
        public(RSA_KEY, "k", n=7),
        public(RSA_KEY, "k", n="é"),
        public(RSA_KEY, "k", n="AQAB"),
        public(RSA_KEY, "k", e="AA"),
        {**public(RSA_KEY, "k"), "kid": 7},
        public(SHORT_RSA_KEY, "k"),
        public(EC_384_KEY, "k"),
        public(EC_384_KEY, "k", crv="P-256"),
        public(EC_KEY, "k", y="AAAA"),
        public(ED_KEY, "k"),
        {"kty": "oct", "kid": "k", "k": "c2VjcmV0"},
        {"kty": "RSA", "kid": "k"},
        {},
        "key",
        None,
    ],
)
def test_keys_that_cannot_sign_access_tokens_are_left_out_and_harm_no_other(member: object) -> None:
    keys = key_set(member, public(RSA_KEY, "rsa-1"))
    assert len(keys) == 1
    assert keys.find("k", "RS256") is None
    assert keys.find("k", "ES256") is None
    assert keys.find("rsa-1", "RS256") is not None


def test_a_private_key_published_by_mistake_is_used_as_a_public_one() -> None:
    jwk = RSAAlgorithm.to_jwk(RSA_KEY, as_dict=True) | {"kid": "k", "key_ops": ["sign", "verify"]}
    found = key_set(jwk).find("k", "RS256")
    assert found is not None
    assert isinstance(found.key, rsa.RSAPublicKey)
