"""Where only persisted documents are run: documents that are none of them, and ids of none.

What answers a good id beside a wrong text is the good document: here that is one for people, asked for by others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import md5, sha256
from urllib.parse import urlencode

from tests.bad_input.rows import Row, Where
from tests.bad_input.wire import BUYER, GRAPHQL_RESPONSE, JOB, NOBODY, REQUESTS, STAFF, authorised, posted, request

ME = "query Me { me { key } }"
RESTRICT = 'mutation Restrict { recordDecision(input: {purpose: "law", kind: RESTRICTION}) { __typename } }'
#: Not in the manifest, and answered to everybody where anything is run.
OTHER = "{ policy { html } }"
ME_HASH, RESTRICT_HASH, OTHER_HASH = (sha256(text.encode()).hexdigest() for text in (ME, RESTRICT, OTHER))
#: As graphql-codegen writes it.
MANIFEST: Mapping[str, str] = {ME_HASH: ME, RESTRICT_HASH: RESTRICT}

NOT_FOUND = "No persisted document has this id: build the manifest that VITRINE_PERSISTED_DOCUMENTS names anew"
NOT_ALLOWED = "Only persisted documents are run here: send the id of one as `documentId`, and no `query`"
NEEDS_SUBJECT = "this needs an access token with the scope vitrine.subject"
NO_HASH = "`extensions.persistedQuery` has no `sha256Hash`"


def post(name: str, body: object, status: int, code: str, message: str, who: str | None = BUYER) -> Row:
    return Row(name, posted(json.dumps(body).encode(), who), status, code, message, where=Where.LOCKED)


def unknown(name: str, id: str, who: str | None = BUYER, **more: object) -> Row:
    return post(name, {"documentId": id, **more}, 400, "PERSISTED_QUERY_NOT_FOUND", NOT_FOUND, who)


def text(name: str, query: str, who: str | None = BUYER, **more: object) -> Row:
    return post(name, {"query": query, **more}, 403, "DOCUMENT_NOT_ALLOWED", NOT_ALLOWED, who)


def malformed(name: str, message: str, **body: object) -> Row:
    return post(name, body, 400, "INVALID_REQUEST", message)


def get(name: str, parameters: Mapping[str, object], status: int, code: str, message: str, who: str | None) -> Row:
    target = "/graphql?" + urlencode(parameters)
    headers = [("Accept", GRAPHQL_RESPONSE), *authorised(who)]
    return Row(name, request("GET", target, headers, length=None), status, code, message, where=Where.LOCKED)


def apollo(hash: object) -> dict[str, object]:
    """The place of a hash in the requests of Apollo Client and urql."""
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash}}}


IDS = (
    unknown("an unknown hash", "0" * 64),
    unknown("an unknown hash with its prefix", "sha256:" + "0" * 64),
    unknown("an unknown hash, of nobody", "0" * 64, NOBODY),
    unknown("an unknown hash, of staff", "0" * 64, STAFF),
    unknown("an unknown hash, of a service", "0" * 64, REQUESTS),
    unknown("the hash of a text that is not in the manifest", OTHER_HASH),
    unknown("that hash, and the text", OTHER_HASH, query=OTHER),
    unknown("an unknown hash, and a text of the manifest", "0" * 64, query=ME),
    unknown("a good hash of another kind", md5(ME.encode(), usedforsecurity=False).hexdigest()),
    unknown("a good hash with another prefix", f"md5:{ME_HASH}"),
    unknown("the prefix alone", "sha256:"),
    unknown("the prefix twice", f"sha256:sha256:{ME_HASH}"),
    unknown("a good hash in capitals", ME_HASH.upper()),
    unknown("a good hash without its end", ME_HASH[:-1]),
    unknown("a good hash and a space", f"{ME_HASH} "),
    unknown("a good hash and NUL", f"{ME_HASH}\0"),
    unknown("a good hash and a line break", f"{ME_HASH}\n"),
    unknown("two good hashes", f"{ME_HASH},{RESTRICT_HASH}"),
    unknown("a path", "../../etc/passwd"),
    unknown("a name of an attribute", "__class__"),
    unknown("100 KB", "a" * 100_000),
    unknown("other digits", "٠" * 64),
    unknown("the name of an operation", "Me"),
    post(
        "an unknown hash where clients put it", apollo("0" * 64), 400, "PERSISTED_QUERY_NOT_FOUND", NOT_FOUND, NOBODY
    ),
    post(
        "an unknown hash where clients put it, and the text, to register it",
        {"query": OTHER, **apollo(OTHER_HASH)},
        400,
        "PERSISTED_QUERY_NOT_FOUND",
        NOT_FOUND,
    ),
    malformed("a hash that is null", NO_HASH, **apollo(None)),
    malformed("an empty hash", NO_HASH, **apollo("")),
    malformed("a hash that is a list", NO_HASH, **apollo([ME_HASH])),
    malformed("a hash that is an object", NO_HASH, **apollo({"$ne": ""})),
    malformed("a hash that is true", NO_HASH, **apollo(True)),
    malformed("an id that is a number", "`documentId` is not a text", documentId=7),
    malformed("an id that is an object", "`documentId` is not a text", documentId={"sha256": ME_HASH}),
    malformed("an empty id", "There is no operation to run", documentId=""),
    post("an operation that the document has not", {"documentId": ME_HASH, "operationName": "You"}, 400,
         "INVALID_DOCUMENT", 'Unknown operation named "You".'),
    post("another text beside a good hash", {"documentId": ME_HASH, "query": OTHER}, 200,
         "UNAUTHENTICATED", NEEDS_SUBJECT, NOBODY),
    post("a broken text beside a good hash", {"documentId": ME_HASH, "query": "{"}, 200,
         "UNAUTHENTICATED", NEEDS_SUBJECT, NOBODY),
    post("another text beside a good hash, where clients put it", {"query": OTHER, **apollo(ME_HASH)}, 200,
         "UNAUTHENTICATED", NEEDS_SUBJECT, NOBODY),
    post("another text beside a good hash, of staff", {"documentId": ME_HASH, "query": OTHER}, 200,
         "FORBIDDEN", "this needs the scope vitrine.subject", STAFF),
    post("two good hashes that differ", {"documentId": ME_HASH, **apollo(RESTRICT_HASH)}, 200,
         "UNAUTHENTICATED", NEEDS_SUBJECT, NOBODY),
)  # fmt: skip

TEXTS = (
    text("a text", OTHER),
    text("a text of nobody", OTHER, NOBODY),
    text("a text that is in the manifest", ME),
    text("a text that is in the manifest, but for a space", f"{ME} "),
    text("a mutation", RESTRICT),
    text("a broken text", "{"),
    text("a text that is too long", "{ me { key } } #" + "x" * 66_000),
    text("introspection", "{ __schema { types { name } } }"),
    text("__typename", "{ __typename }"),
    text("a text with an id that is null", OTHER, documentId=None),
    text("a text with an empty id", OTHER, documentId=""),
    text("a text with a hash somewhere else", OTHER, extensions={"sha256Hash": ME_HASH}),
    text("a text with the name of a document", OTHER, operationName="Me"),
    post(
        "a batch with a hash in it",
        [{"documentId": ME_HASH}, {"query": OTHER}],
        400,
        "BATCHING_NOT_SUPPORTED",
        "Operations are not taken in batches",
    ),
    get("a text by GET", {"query": OTHER}, 403, "DOCUMENT_NOT_ALLOWED", NOT_ALLOWED, BUYER),
    get("__typename by GET, of nobody", {"query": "{__typename}"}, 403, "DOCUMENT_NOT_ALLOWED", NOT_ALLOWED, NOBODY),
    get("an unknown hash by GET", {"documentId": "0" * 64}, 400, "PERSISTED_QUERY_NOT_FOUND", NOT_FOUND, BUYER),
    get(
        "an unknown hash by GET, where clients put it",
        {"extensions": json.dumps(apollo("0" * 64)["extensions"])},
        400,
        "PERSISTED_QUERY_NOT_FOUND",
        NOT_FOUND,
        NOBODY,
    ),
    get(
        "a hash by GET, and a text",
        {"documentId": ME_HASH, "query": OTHER},
        200,
        "UNAUTHENTICATED",
        NEEDS_SUBJECT,
        NOBODY,
    ),
    get("a hash by GET, of the job", {"documentId": ME_HASH}, 200, "FORBIDDEN", "this needs the scope", JOB),
    get("a hash as extensions", {"extensions": ME_HASH}, 400, "NOT_JSON", "`extensions` in the address", BUYER),
    get(
        "the hash of a mutation by GET",
        {"documentId": RESTRICT_HASH},
        405,
        "METHOD_NOT_ALLOWED",
        "GET runs no mutations: send this operation by POST",
        BUYER,
    ),
)
