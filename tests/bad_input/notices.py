"""Wrong ids, cursors, languages and channels where people deal with what they are told; and subscriptions in vain."""

from __future__ import annotations

import base64
import json

from tests.bad_input.ids import encoded, global_id
from tests.bad_input.mutations import FAILURE, forbidden, refused
from tests.bad_input.pages import NO_CURSOR, RANGE
from tests.bad_input.reports import MARK, SINCE
from tests.bad_input.rows import Row, Where
from tests.bad_input.wire import (
    BUYER,
    JOB,
    JSON,
    NOBODY,
    REQUESTS,
    STAFF,
    VISITOR,
    asked,
    authorised,
    reported,
    request,
)

NOTICES = """query ($first: Int! = 2, $after: String, $unread: Boolean, $locale: String) { me {
  notices(first: $first, after: $after, unread: $unread, locale: $locale) { totalCount nodes { title } } } }"""
MARK_READ = f"mutation ($input: MarkNoticesReadInput!) {{ markNoticesRead(input: $input) {{ {FAILURE} }} }}"
CHOOSE = f"mutation ($input: SetNoticeChannelsInput!) {{ setNoticeChannels(input: $input) {{ {FAILURE} }} }}"
LISTEN = "subscription ($locale: String) { noticeAdded(locale: $locale) { id } }"

EVENTS = "text/event-stream"
NO_LOCALE = "`locale` is not a language tag (BCP 47): give one such as de or pt-BR"
NOT_YOURS = "Some of these are no notices of yours: name those that `me { notices }` tells"
AS_EVENTS = "A subscription is answered as events: accept text/event-stream"
THE_ACCOUNT_AREA = "choose one of ACCOUNT_AREA, or null for whatever is available"
#: None of them is a tag, though people write some of them.
LOCALES = {
    "empty": "",
    "a space": " de",
    "a line break": "de\n",
    "NUL": "de\0",
    "an underscore": "de_AT",
    "words": "no language",
    "one letter": "d",
    "digits": "123",
    "marked up": "<b>de</b>",
    "a path": "../../en",
    "other letters": "рус",
    "a part of 35 letters": "de-" + "abcde" * 7,
    "50 KB": "de-" * 17_000,
}


def read(name: str, message: str, who: str | None = BUYER, **variables: object) -> Row:
    return Row(name, asked(NOTICES, variables, who), 200, "INVALID_INPUT", message)


def taken(name: str, of: str, who: str | None = BUYER, **variables: object) -> Row:
    """A cursor that the service gave, for another list."""

    def sent(given: object) -> bytes:
        assert isinstance(given, dict)
        return asked(NOTICES, {"after": given[of], **variables}, who)

    return Row(name, sent, 200, "INVALID_INPUT", NO_CURSOR)


def elsewhere(name: str, *place: object) -> Row:
    """A cursor of the buyer's notices, with another place in it."""

    def sent(given: object) -> bytes:
        assert isinstance(given, dict)
        cursor = given["cursor of the buyer's notices"]
        kind = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))[:2]
        return asked(NOTICES, {"after": encoded(json.dumps([*kind, *place]))}, BUYER)

    return Row(name, sent, 200, "INVALID_INPUT", NO_CURSOR)


def unread(name: str, *ids: object) -> Row:
    """Ids that are none of a notice of the buyer's."""
    return Row(name, asked(MARK_READ, {"input": {"ids": list(ids)}}, BUYER), 200, "NOT_FOUND", NOT_YOURS)


def chosen(name: str, input: object, code: str, message: str) -> Row:
    return Row(name, asked(CHOOSE, {"input": input}, BUYER), 200, code, message)


def listened(
    name: str,
    status: int,
    code: str,
    message: str,
    who: str | None = BUYER,
    *,
    accept: str | None = EVENTS,
    method: str = "POST",
    document: str = LISTEN,
    where: Where = Where.USUAL,
    **variables: object,
) -> Row:
    body = json.dumps({"query": document, "variables": variables}).encode()
    accepted = [] if accept is None else [("Accept", accept)]
    headers = [("Content-Type", JSON), *accepted, *authorised(who)]
    return Row(name, request(method, "/graphql", headers, body), status, code, message, where=where)


def contact(name: str, message: str, code: str = "MALFORMED", /, **over: object) -> Row:
    line = {"type": "contact", "subject": MARK, "email": "x@example.com", "reported_at": SINCE, **over}
    kept = {field: value for field, value in line.items() if value is not ...}
    return Row(name, reported(json.dumps(kept).encode()), 200, code, message)


READING = (
    read("no rows", f"`first` is 0: {RANGE}", first=0),
    read("201 rows", f"`first` is 201: {RANGE}", first=201),
    read("a cursor that is none", NO_CURSOR, after="!!!"),
    read("a cursor without its list", NO_CURSOR, after=encoded('["after","notices",1,2,3]')),
    read("a global id as cursor", NO_CURSOR, after=global_id("Notice", "2/REVISION/example-buyer")),
    taken("a cursor of holdings", "cursor of holdings"),
    taken("a cursor of somebody else's notices", "cursor of the visitor's notices"),
    taken("a cursor of all for those that are unread", "cursor of the buyer's notices", unread=True),
    elsewhere("a cursor with a place of texts", "a", "b", "c"),
    *(read(f"a language: {name}", NO_LOCALE, locale=locale) for name, locale in LOCALES.items()),
    Row("a language that is a number", asked(NOTICES, {"locale": 1}, BUYER), 400, "INVALID_DOCUMENT", "String cannot"),
    Row("unread as a text", asked(NOTICES, {"unread": "yes"}, BUYER), 400, "INVALID_DOCUMENT", "Boolean cannot"),
    Row("by nobody", asked(NOTICES), 200, "UNAUTHENTICATED", "the scope vitrine.subject"),
)

MARKING = (
    forbidden("by nobody", MARK_READ, {"ids": []}, NOBODY, "vitrine.subject"),
    forbidden("by staff", MARK_READ, {"ids": []}, STAFF, "vitrine.subject"),
    forbidden("by a service", MARK_READ, {"ids": []}, REQUESTS, "vitrine.subject"),
    forbidden("by a job", MARK_READ, {"ids": []}, JOB, "vitrine.subject"),
    Row(
        "somebody else's",
        lambda given: asked(MARK_READ, {"input": {"ids": [given["notice of the visitor"]]}}, BUYER),
        200,
        "NOT_FOUND",
        NOT_YOURS,
    ),
    Row(
        "one's own and somebody else's",
        lambda given: asked(
            MARK_READ,
            {"input": {"ids": [given["notice of the buyer"], given["notice of the visitor"]]}},
            BUYER,
        ),
        200,
        "NOT_FOUND",
        NOT_YOURS,
    ),
    unread("of a revision that there is not", global_id("Notice", "9/REVISION/example-buyer")),
    unread("of another kind", global_id("Notice", "2/WITHDRAWAL/example-buyer")),
    unread("as an id of the store", "2/REVISION/example-buyer"),
    unread("of another type", global_id("Holding", "2/REVISION/example-buyer")),
    unread("with a part more", global_id("Notice", "2/REVISION/example-buyer", 1)),
    unread("empty", ""),
    unread("NUL", "\0"),
    unread("not base64", "!!!"),
    unread("a number", 7),
    unread("100 KB", "W" * 100_000),
    Row(
        "201 of them",
        asked(MARK_READ, {"input": {"ids": ["x"] * 201}}, BUYER),
        200,
        "TOO_MANY_NOTICES",
        "201 notices are more than 200: send them in parts",
    ),
    refused("none", MARK_READ, {}, "to include required field 'ids'", BUYER),
    refused("null", MARK_READ, {"ids": None}, "Expected value of non-null type '[ID!]!' not to be null", BUYER),
    refused("null among them", MARK_READ, {"ids": [None]}, "not to be null", BUYER),
    refused("an object", MARK_READ, {"ids": [{"id": "x"}]}, "ID cannot represent", BUYER),
    refused("whose they are", MARK_READ, {"ids": [], "subject": "x"}, "not to include unknown field 'subject'", BUYER),
)

CHANNELS = (
    forbidden("by nobody", CHOOSE, {}, NOBODY, "vitrine.subject"),
    forbidden("by staff", CHOOSE, {}, STAFF, "vitrine.subject"),
    forbidden("by a service", CHOOSE, {}, REQUESTS, "vitrine.subject"),
    forbidden("by a job", CHOOSE, {}, JOB, "vitrine.subject"),
    chosen("none", {"channels": []}, "NO_CHANNEL_CHOSEN", THE_ACCOUNT_AREA),
    chosen("one that is not there", {"channels": ["EMAIL"]}, "CHANNEL_NOT_AVAILABLE", THE_ACCOUNT_AREA),
    chosen(
        "one that is there and one that is not",
        {"channels": ["ACCOUNT_AREA", "SOFTWARE_PRODUCT"]},
        "CHANNEL_NOT_AVAILABLE",
        "SOFTWARE_PRODUCT is not available to you just now",
    ),
    *(
        chosen(f"a language: {name}", {"locale": locale}, "INVALID_INPUT", NO_LOCALE)
        for name, locale in LOCALES.items()
    ),
    refused("one that there is not", CHOOSE, {"channels": ["PIGEON"]}, "Value 'PIGEON' does not exist in", BUYER),
    refused("in small letters", CHOOSE, {"channels": ["email"]}, "Did you mean", BUYER),
    refused("null among them", CHOOSE, {"channels": [None]}, "not to be null", BUYER),
    refused("a language that is a list", CHOOSE, {"locale": ["de"]}, "String cannot represent", BUYER),
    refused("somebody else's", CHOOSE, {"subject": "example-visitor"}, "unknown field 'subject'", BUYER),
    refused("an address", CHOOSE, {"email": "x@example.com"}, "not to include unknown field 'email'", BUYER),
)

LISTENING = (
    listened("as JSON", 406, "NOT_ACCEPTABLE", AS_EVENTS, accept=JSON),
    listened("as anything", 406, "NOT_ACCEPTABLE", AS_EVENTS, accept="*/*"),
    listened("as any text", 406, "NOT_ACCEPTABLE", "text/event-stream", accept="text/*"),
    listened("as whatever comes", 406, "NOT_ACCEPTABLE", AS_EVENTS, accept=None),
    listened("as events not wanted", 406, "NOT_ACCEPTABLE", AS_EVENTS, accept=f"{EVENTS};q=0, {JSON}"),
    listened("by PUT", 405, "METHOD_NOT_ALLOWED", "Send operations by POST", method="PUT"),
    listened("by nobody", 200, "UNAUTHENTICATED", "the scope vitrine.subject", NOBODY),
    listened("by staff", 200, "FORBIDDEN", "the scope vitrine.subject", STAFF),
    listened("by a service", 200, "FORBIDDEN", "the scope vitrine.subject", REQUESTS),
    *(
        listened(f"in a language: {name}", 200, "INVALID_INPUT", NO_LOCALE, locale=each)
        for name, each in LOCALES.items()
    ),
    listened("of nothing", 200, "INVALID_DOCUMENT", "Cannot query field", document="subscription { elephant { id } }"),
    listened(
        "of two at once",
        200,
        "INVALID_DOCUMENT",
        "must select only one top level field",
        document="subscription { a: noticeAdded { id } b: noticeAdded { id } }",
    ),
    listened(
        "without a name among others",
        200,
        "INVALID_DOCUMENT",
        "The document has more than one operation",
        document="subscription A { noticeAdded { id } } query B { policy { html } }",
    ),
    listened("of a text that is not persisted", 403, "DOCUMENT_NOT_ALLOWED", "Only persisted", where=Where.LOCKED),
    Row(
        "by GET, as JSON",
        request(
            "GET",
            "/graphql?query=subscription%7BnoticeAdded%7Bid%7D%7D",
            [("Accept", JSON), *authorised(VISITOR)],
            length=None,
        ),
        406,
        "NOT_ACCEPTABLE",
        AS_EVENTS,
    ),
)

CONTACTS = (
    contact("by a service that may not", "this credential is not the one that reports contacts", "OTHER_SERVICE"),
    contact("no address", "'email' is not an email address, without a name", email=""),
    contact("a name for the address", "'email' is not an email address, without a name", email="Ann"),
    contact("a name before the address", "'email' is not an email address", email="Ann <ann@example.com>"),
    contact("two addresses", "'email' is not an email address", email="a@example.com, b@example.com"),
    contact(
        "a line break in the address", "'email' is not an email address", email="a@example.com\r\nBcc: b@c.example"
    ),
    contact("an address that is a number", "'email'", email=7),
    *(
        contact(f"a language: {name}", "'locale' is not a language tag (BCP 47), such as 'de' or 'pt-BR'", locale=each)
        for name, each in LOCALES.items()
    ),
    contact("no channels", "'channels'", channels=[]),
    contact("a channel that there is not", "'channels.0'", channels=["PIGEON"]),
    contact("not when", "'reported_at' is missing", reported_at=...),
    contact("a name", "a field that no line has: 'name'", name="Ann"),
    contact("a service", "a field that no line has: 'service'", service="requests"),
)
