"""Wrong ids: global ones, those of people, and keys."""

from __future__ import annotations

import base64
import json

from tests.bad_input.rows import Row
from tests.bad_input.wire import BUYER, JOB, NOBODY, REQUESTS, STAFF, VISITOR, asked

NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
SUBJECT = "query ($id: ID!, $at: DateTime) { subject(id: $id, asOf: $at) { key } }"
CLAUSE = "query ($key: String!) { policy { clause(key: $key) { key } } }"

NO_ID = "This is not an id of this service: give one that it returned"
NOTHING = "There is nothing with this id"
NO_PERSON = "`id` is not the id of a person: give the one that the account system uses"
LONG = "x" * 500


def encoded(text: str | bytes) -> str:
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def global_id(*parts: object) -> str:
    return encoded(json.dumps(parts))


def invalid(name: str, id: object) -> Row:
    return Row(name, asked(NODE, {"id": id}), 200, "INVALID_INPUT", NO_ID)


def missing(name: str, id: str, message: str, who: str | None = NOBODY) -> Row:
    return Row(name, asked(NODE, {"id": id}, who), 200, "NOT_FOUND", message)


def others(name: str, of: str, who: str | None) -> Row:
    """The id of somebody's row, asked for by somebody else: as if it were not there."""
    return Row(name, lambda given: asked(NODE, {"id": given[of]}, who), 200, "NOT_FOUND", NOTHING)


def document(name: str, text: str, message: str) -> Row:
    return Row(name, asked(text), 400, "INVALID_DOCUMENT", message)


def person(name: str, id: str) -> Row:
    return Row(name, asked(SUBJECT, {"id": id}, STAFF), 200, "INVALID_INPUT", NO_PERSON)


SHAPES = (
    invalid("empty", ""),
    invalid("spaces", "   "),
    invalid("a line break", "WyJTZXJ2aWNlIiwxLCJpc3BtYW5hZ2VyIl0\n"),
    invalid("NUL", "\0"),
    invalid("control characters", "\x01\x1b[31m\x7f"),
    invalid("not base64", "!!!"),
    invalid("the other alphabet of base64", encoded('["Service",1,"??>"]').replace("_", "/").replace("-", "+") + "+/"),
    invalid("one character of base64", "W"),
    invalid("padding in the middle", "WyJT=WyJT"),
    invalid("too much padding", encoded('["Service",1,"x"]') + "===="),
    invalid("base64 of base64", encoded(encoded('["Service",1,"ispmanager"]'))),
    invalid("cut", global_id("Service", 1, "ispmanager")[:-5]),
    invalid("a letter changed", "X" + global_id("Service", 1, "ispmanager")[1:]),
    invalid("two in one", global_id("Service", 1, "ispmanager") + global_id("Service", 1, "websites")),
    invalid("not UTF-8", encoded(b"\xff\xfe[]")),
    invalid("UTF-16", encoded('["Service",1,"ispmanager"]'.encode("utf-16"))),
    invalid("not JSON", encoded("Service:1:ispmanager")),
    invalid("a pickle", encoded(b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x07Service\x94.")),
    invalid("an object", encoded('{"type":"Service","key":"ispmanager"}')),
    invalid("a number in base64", encoded("1")),
    invalid("a text in base64", encoded('"Service"')),
    invalid("null in base64", encoded("null")),
    invalid("an empty list", encoded("[]")),
    invalid("a type alone", global_id("Service")),
    invalid("a number for the type", global_id(1, "Service", "ispmanager")),
    invalid("null for the key", global_id("Service", 1, None)),
    invalid("a truth for the revision", global_id("Service", True, "ispmanager")),
    invalid("a fraction for the revision", global_id("Service", 1.0, "ispmanager")),
    invalid("not a number", encoded('["Service",NaN,"ispmanager"]')),
    invalid("infinity", encoded('["Revision",-Infinity]')),
    invalid("a number of 65 bits", global_id("Revision", 2**63)),
    invalid("a number of 5,000 digits", encoded('["Revision",' + "9" * 5000 + "]")),
    invalid("lists in each other", global_id("Service", [1], "ispmanager")),
    invalid("nested 4,000 deep", encoded("[" * 4000)),
    invalid("half a character", encoded('["Service",1,"\\ud800"]')),
    invalid("half a character, raw", encoded('["Service",1,"\ud800"]')),
    invalid("10,000 characters", "W" * 10_000),
    invalid("other letters", "идентификатор"),
    invalid("digits of another script", "٤٢"),
    invalid("an emoji", "🪪"),
    invalid("right to left", "\u202egnisrever"),
    invalid("a number that looks like an id", 42),
    invalid("a UUID", "3f1d7c5e-0000-4000-8000-000000000001"),
    invalid("a path", "../../etc/passwd"),
    invalid("an address", "https://vitrine.test/graphql"),
    invalid("Cypher", "1' OR 1=1 //"),
    invalid("a cursor", encoded('["after","holdings","x","y","z"]')),
    invalid("the revision as a text", global_id("Service", "1", "ispmanager")),
    invalid("a person's own type with a number", global_id("Holding", 7)),
    invalid("two keys", global_id("Service", 1, "ispmanager", "websites")),
    invalid("a person's id in two parts", global_id("Subject", "example", "buyer")),
    invalid("a revision with a key", global_id("Revision", "1", "x")),
    document(
        "a fraction in the document",
        "{ node(id: 1.5) { id } }",
        "ID cannot represent a non-string and non-integer value: 1.5",
    ),
    document(
        "a truth in the document",
        "{ node(id: true) { id } }",
        "ID cannot represent a non-string and non-integer value: true",
    ),
    document(
        "null in the document", "{ node(id: null) { id } }", "Expected value of non-null type 'ID!' not to be None."
    ),
    document(
        "a list in the document",
        '{ node(id: ["a", "b"]) { id } }',
        'ID cannot represent a non-string and non-integer value: ["a", "b"]',
    ),
    document(
        "an enum in the document",
        "{ node(id: SERVICE) { id } }",
        "ID cannot represent a non-string and non-integer value: SERVICE",
    ),
    document("none in the document", "{ node { id } }", "Argument 'Query.node(id:)' of type 'ID!' is required"),
)

ABSENT = (
    missing(
        "a type that there is not", global_id("Elephant", 1, "ispmanager"), "no 'ispmanager' of the type 'Elephant'"
    ),
    missing("a type in small letters", global_id("service", 1, "ispmanager"), "no 'ispmanager' of the type 'service'"),
    missing("an internal type", global_id("__Schema", 1, "x"), "Revision 1 has no 'x' of the type '__Schema'"),
    missing("an attribute of Python", global_id("__class__", 1, "x"), "Revision 1 has no 'x' of the type '__class__'"),
    missing("the key of another type", global_id("Purpose", 1, "ispmanager"), "no 'ispmanager' of the type 'Purpose'"),
    missing("an empty key", global_id("Service", 1, ""), "Revision 1 has no '' of the type 'Service'"),
    missing(
        "an unknown key", global_id("Service", 1, "elephant"), "Revision 1 has no 'elephant' of the type 'Service'"
    ),
    missing("a key in capitals", global_id("Service", 1, "ISPMANAGER"), "no 'ISPMANAGER' of the type 'Service'"),
    missing("a key with Cypher in it", global_id("Service", 1, "x'}) DETACH DELETE n //"), "of the type 'Service'"),
    missing("a key of 500 characters", global_id("Service", 1, LONG), f"Revision 1 has no '{'x' * 200}'… of the type"),
    missing("a type of 500 characters", global_id(LONG, 1, "x"), f"of the type '{'x' * 200}'…"),
    missing("a key of revision 2 in 1", global_id("Recipient", 1, "example-mailer-of-two"), "Revision 1 has no"),
    missing("revision 0", global_id("Revision", 0), "There is no revision 0"),
    missing("a negative revision", global_id("Revision", -1), "There is no revision -1"),
    missing("the largest revision", global_id("Revision", 2**63 - 1), "There is no revision 9223372036854775807"),
    missing("something of revision 0", global_id("Service", 0, "ispmanager"), "There is no revision 0"),
    missing("something of a revision to come", global_id("Service", 99, "ispmanager"), "There is no revision 99"),
    missing("a draft", global_id("Revision", 3), "There is no revision 3"),
    missing("a draft, to a person", global_id("Revision", 3), "There is no revision 3", BUYER),
    missing("something of a draft", global_id("Service", 3, "ispmanager"), "There is no revision 3"),
    missing(
        "something of a draft, to a service", global_id("Service", 3, "ispmanager"), "There is no revision 3", REQUESTS
    ),
    missing("an invented holding", global_id("Holding", "invented"), NOTHING, BUYER),
    missing("a holding with the key of an element", global_id("Holding", "ispmanager"), NOTHING, BUYER),
    missing("an invented person", global_id("Subject", "somebody-else"), NOTHING, BUYER),
    missing("somebody else", global_id("Subject", "example-visitor"), NOTHING, BUYER),
    missing("the id in capitals", global_id("Subject", "EXAMPLE-BUYER"), NOTHING, BUYER),
    missing("a person, to staff", global_id("Subject", "example-buyer"), NOTHING, STAFF),
    missing("an id of 5,000 characters", global_id("Holding", "x" * 5000), NOTHING, BUYER),
    missing("an id with NUL", global_id("Holding", "\0"), NOTHING, BUYER),
    others("somebody's holding, to another", "holding of the buyer", VISITOR),
    others("somebody's holding, to nobody", "holding of the buyer", NOBODY),
    others("somebody's holding, to a job", "holding of the buyer", JOB),
    others("somebody's notice, to another", "notice of the visitor", BUYER),
    others("somebody's notice, to staff", "notice of the visitor", STAFF),
    missing("an invented notice", global_id("Notice", "9/REVISION/example-buyer"), NOTHING, BUYER),
    others("somebody's decision, to another", "decision of the unsubscribed", BUYER),
    others("somebody's trust, to another", "trust of the truster", BUYER),
    others("somebody's disclosure, to a service", "disclosure to the disclosed", REQUESTS),
)

PEOPLE = (
    person("empty", ""),
    person("a space", "example buyer"),
    person("a space at the end", "example-buyer "),
    person("a line break", "example-buyer\n"),
    person("NUL", "example\0buyer"),
    person("an escape sequence", "\x1b[31mexample-buyer"),
    person("129 characters", "x" * 129),
    person("an invisible character", "example\u200bbuyer"),
    person("right to left", "\u202ereyub-elpmaxe"),
    person("a character of private use", "\ue000"),
    person("a soft hyphen", "example\u00adbuyer"),
    person("a character that there is not yet", "\U000e0fff"),
    Row("nobody", asked(SUBJECT, {"id": "nobody-knows"}, STAFF), 200, "NOT_FOUND", "The graph knows no subject"),
    Row(
        "a global id",
        asked(SUBJECT, {"id": global_id("Subject", "example-buyer")}, STAFF),
        200,
        "NOT_FOUND",
        "The graph knows no subject with this id",
    ),
    Row("Cypher", asked(SUBJECT, {"id": "x'})//"}, STAFF), 200, "NOT_FOUND", "The graph knows no subject with this id"),
    Row(
        "asked by nobody",
        asked(SUBJECT, {"id": "example-buyer"}),
        200,
        "UNAUTHENTICATED",
        "this needs an access token with the scope vitrine.staff: send Authorization: Bearer …",
    ),
    Row(
        "asked by the person",
        asked(SUBJECT, {"id": "example-buyer"}, BUYER),
        200,
        "FORBIDDEN",
        "this needs the scope vitrine.staff, which the access token does not have",
    ),
    Row("asked by a service", asked(SUBJECT, {"id": "example-buyer"}, REQUESTS), 200, "FORBIDDEN", "vitrine.staff"),
    Row("wrong, asked by the person", asked(SUBJECT, {"id": "\0"}, BUYER), 200, "FORBIDDEN", "vitrine.staff"),
    Row(
        "at a time to come",
        asked(SUBJECT, {"id": "example-buyer", "at": "2999-01-01T00:00:00Z"}, STAFF),
        200,
        "INVALID_TIME",
        "`asOf` 2999-01-01 00:00 UTC lies in the future",
    ),
    Row(
        "before the first revision",
        asked(SUBJECT, {"id": "nobody-knows", "at": "2001-01-01T00:00:00Z"}, STAFF),
        200,
        "NOT_FOUND",
        "The graph knows no subject with this id",
    ),
)

KEYS = (
    Row("an unknown clause", asked(CLAUSE, {"key": "elephant"}), 200, "NOT_FOUND", "has no clause 'elephant'"),
    Row("an empty clause", asked(CLAUSE, {"key": ""}), 200, "NOT_FOUND", "has no clause ''"),
    Row("a clause of 100 KB", asked(CLAUSE, {"key": "k" * 100_000}), 200, "NOT_FOUND", f"has no clause '{'k' * 200}'…"),
    Row("a clause with a line break", asked(CLAUSE, {"key": "a\r\nb"}), 200, "NOT_FOUND", r"has no clause 'a\r\nb'"),
    Row("a clause with an escape sequence", asked(CLAUSE, {"key": "\x1b[2J"}), 200, "NOT_FOUND", r"'\x1b[2J'"),
    Row("a clause that is marked up", asked(CLAUSE, {"key": "<script>"}), 200, "NOT_FOUND", "has no clause '<script>'"),
    Row("the number of a clause", asked(CLAUSE, {"key": "1.1"}), 200, "NOT_FOUND", "has no clause '1.1'"),
    Row(
        "a clause that is a number",
        asked(CLAUSE, {"key": 11}),
        400,
        "INVALID_DOCUMENT",
        "Variable '$key' has invalid value: String cannot represent a non string value",
    ),
    Row(
        "no clause",
        asked(CLAUSE, {"key": None}),
        400,
        "INVALID_DOCUMENT",
        "Expected value of non-null type 'String!' not to be null.",
    ),
)
