"""Broken NDJSON, and lines that say what cannot be. Nothing of a line is ever repeated: it may be personal."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tests.bad_input.rows import Row
from tests.bad_input.wire import NDJSON, REQUESTS, chunked, reported, request

#: Stands for personal data that got into a line by accident. The runner looks for it in answers and logs.
MARK = "anna-karenina"

SINCE = "2026-09-01T00:00:00Z"
NOT_JSON = "not JSON: one object a line"
NO_TYPE = "'type' is none of holding, gone, decision, trust, disclosure, contact"
NO_ID = "is not 1 to 128 characters without spaces, controls or invisible ones"
UNKNOWN_FIELD = "a field that no line has"
NO_OBJECT = "not a JSON object"


def holding(**over: object) -> dict[str, object]:
    """A good line, but for what is changed; `...` leaves a field out."""
    good = {"subject": MARK, "service": "requests", "category": "email", "since": SINCE}
    return _with(good, over)


def decision(**over: object) -> dict[str, object]:
    good = {"type": "decision", "subject": MARK, "purpose": "marketing-messages", "decision": "CONSENT", "at": SINCE}
    return _with(good, over)


def trust(**over: object) -> dict[str, object]:
    good = {"type": "trust", "subject": MARK, "towards": "somebody", "categories": ["email"], "since": SINCE}
    return _with(good, over)


def disclosure(**over: object) -> dict[str, object]:
    good = {"type": "disclosure", "subject": MARK, "service": "requests", "recipient": "subcontractors",
            "categories": ["email"], "at": SINCE}  # fmt: skip
    return _with(good, over)


def gone(**over: object) -> dict[str, object]:
    good = {"type": "gone", "subject": MARK, "service": "requests", "category": "email", "at": SINCE}
    return _with(good, over)


def _with(good: Mapping[str, object], over: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in {**good, **over}.items() if value is not ...}


UNKNOWN_FIELDS = b"{%s}\n" % b",".join(b'"f%d":1' % number for number in range(6_000))


def many_values(name: str, lines: bytes) -> Row:
    return Row(name, reported(lines), 200, "TOO_LONG", "the line has more than 1000 values")


def malformed(name: str, body: bytes, message: str = NOT_JSON) -> Row:
    return Row(name, reported(body), 200, "MALFORMED", message)


def field(name: str, line: dict[str, object], message: str) -> Row:
    return malformed(name, json.dumps(line).encode() + b"\n", message)


def said(name: str, line: dict[str, object], code: str, message: str) -> Row:
    return Row(name, reported(json.dumps(line).encode()), 200, code, message)


GOOD = json.dumps(holding()).encode()

LINES = (
    malformed("cut", GOOD[:-20] + b"\n"),
    malformed("cut at the end of the stream", GOOD[:-1]),
    malformed("cut in a character", GOOD[:-1] + b', "a": "\xc3\n'),
    malformed("cut in an escape", GOOD[:-2] + b"\\u00\n"),
    malformed("CR for the line's end", GOOD + b"\r" + GOOD + b"\r"),
    malformed("two objects", GOOD + GOOD + b"\n"),
    malformed("two objects with a comma", GOOD + b"," + GOOD + b"\n"),
    malformed("text after the object", GOOD + b" and so on\n"),
    malformed("a comma after the object", GOOD + b",\n"),
    malformed("a comma in the object", GOOD[:-1] + b",}\n"),
    malformed("a comment", b"// " + MARK.encode() + b"\n"),
    malformed("a byte order mark on the second line", b"\n\xef\xbb\xbf" + GOOD + b"\n"),
    malformed("two byte order marks", b"\xef\xbb\xbf\xef\xbb\xbf" + GOOD),
    malformed("a byte order mark inside", GOOD[:10] + b"\xef\xbb\xbf" + GOOD[10:]),
    malformed("NUL before it", b"\0" + GOOD),
    malformed("NUL in a text, raw", GOOD.replace(b"anna", b"an\0na")),
    malformed("a control character in a text, raw", GOOD.replace(b"anna", b"an\x1fna")),
    malformed("UTF-16", GOOD.decode().encode("utf-16")),
    malformed("UTF-32", GOOD.decode().encode("utf-32-be")),
    malformed("Latin-1", GOOD.replace(b"anna", b"\xe9")),
    malformed("an overlong form", GOOD.replace(b"anna", b"\xc0\xaf")),
    malformed("a surrogate as bytes", GOOD.replace(b"anna", b"\xed\xa0\x80")),
    malformed("half a surrogate pair", GOOD.replace(b"anna", b"\\ud800")),
    malformed("the other half alone", GOOD.replace(b"anna", b"\\udc00\\ud800")),
    malformed("single quotes", GOOD.replace(b'"', b"'")),
    malformed("names without quotes", GOOD.replace(b'"subject"', b"subject")),
    malformed("not a number", json.dumps(holding(records=float("nan"))).encode(), "'records': Input should be a valid"),
    malformed(
        "an XML document", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>\n'
    ),
    malformed("YAML", b"subject: anna-karenina\n"),
    malformed("CSV", b"anna-karenina,requests,email,2026-09-01T00:00:00Z\n"),
    malformed("nested 900 deep", b"[" * 900 + b"\n"),
    malformed("an array in a text", b'"[' + b"[" * 60_000 + b"\n"),
    malformed("a list of lines", b"[" + GOOD + b"]\n", NO_OBJECT),
    malformed("a text", b'"anna-karenina"\n', NO_OBJECT),
    malformed("a number", b"42\n", NO_OBJECT),
    malformed("null", b"null\n", NO_OBJECT),
    malformed("a truth", b"true\n", NO_OBJECT),
    malformed(
        "an object with nothing in it", b"{}\n", "'subject' is missing; 'service' is missing; 'category' is missing"
    ),
    malformed("objects in each other", b'{"subject": ' * 900 + b"1" + b"}" * 900 + b"\n"),
    malformed("a field twice", GOOD[:-1] + b', "subject": "somebody-else"}\n', "'subject' is there twice"),
    Row(
        "65,537 bytes",
        reported(GOOD[:-1] + b" " * (65_537 - len(GOOD)) + b"}\n"),
        200,
        "TOO_LONG",
        "the line has more than 65536 bytes",
    ),
    many_values("nested 20,000 deep", b"[" * 20_000 + b"\n"),
    many_values("6,000 fields that are none", UNKNOWN_FIELDS),
    many_values("10,000 lists as categories", json.dumps(disclosure(categories=[[]] * 10_000)).encode()),
    Row("3 MB without an end", reported(b"a" * 3_000_000), 200, "TOO_LONG", "the line has more than 65536 bytes"),
    Row("3 MB of opening brackets", reported(b"[" * 3_000_000), 200, "TOO_LONG", "the line has more than 65536 bytes"),
    Row(
        "70 KB in a good line",
        reported(json.dumps(holding(source="s" * 70_000)).encode()),
        200,
        "TOO_LONG",
        "65536 bytes",
    ),
)

MEGABYTE = 1_048_576
#: 12,000 lines with twenty mistakes each.
MISTAKES = (json.dumps(disclosure(categories=[1] * 20)).encode() + b"\n") * 12_000
FLOODS = (
    Row("a million blank lines", reported(b"\n" * MEGABYTE), 200),
    Row("lines of spaces", reported((b" " * 60_000 + b"\r\n") * 20), 200),
    Row("lines of more than a line may have, all blank", reported((b"\t" * 70_000 + b"\n") * 20), 200),
    malformed("a million blank lines, and one that is not", b"\n" * MEGABYTE + b"x"),
    malformed("30,000 bad lines", b"x\n" * 30_000),
    malformed("5,000 good lines, all broken in the same way", (GOOD[:-1] + b"\n") * 5_000),
    many_values("100 lines of 6,000 fields that are none", UNKNOWN_FIELDS * 100),
    Row("100 lines that are too long", reported((b"x" * 70_000 + b"\n") * 100), 200, "TOO_LONG", "65536 bytes"),
    Row(
        "3,000 lines of another service",
        reported((json.dumps(holding(service="websites")).encode() + b"\n") * 3_000),
        200,
        "OTHER_SERVICE",
        "reports for the service 'requests' only",
    ),
    Row(
        "bad lines in 10,000 chunks",
        request(
            "POST",
            "/ingest/holdings",
            [("Content-Type", NDJSON), ("Authorization", f"Bearer {REQUESTS}"), ("Transfer-Encoding", "chunked")],
            chunked(b"x\n" * 5_000, 1),
            length=None,
        ),
        200,
        "MALFORMED",
        NOT_JSON,
    ),
)

FIELDS = (
    field("no subject", holding(subject=...), "'subject' is missing"),
    field("a subject that is null", holding(subject=None), "'subject': Input should be a valid string"),
    field("a subject that is a number", holding(subject=7), "'subject': Input should be a valid string"),
    field("a subject that is a list", holding(subject=[MARK]), "'subject': Input should be a valid string"),
    field("an empty subject", holding(subject=""), f"'subject' {NO_ID}"),
    field("a subject with a space", holding(subject="anna karenina"), f"'subject' {NO_ID}"),
    field("a subject with a line break", holding(subject=f"{MARK}\n"), f"'subject' {NO_ID}"),
    field("a subject with NUL", holding(subject=f"{MARK}\0"), f"'subject' {NO_ID}"),
    field("a subject with an invisible character", holding(subject=f"{MARK}\u200d"), f"'subject' {NO_ID}"),
    field("a subject of 129 characters", holding(subject="x" * 129), f"'subject' {NO_ID}"),
    field("an empty service", holding(service=""), "'service': String should have at least 1 character"),
    field("a category of 201 characters", holding(category="c" * 201), "'category': String should have at most 200"),
    field("a category that is a list", holding(category=["email"]), "'category': Input should be a valid string"),
    field("a field that no line has", holding(surname=MARK), f"{UNKNOWN_FIELD}: 'surname'"),
    field("a field of another kind of line", holding(towards=MARK), f"{UNKNOWN_FIELD}: 'towards'"),
    field("a field that is no name", holding(**{MARK: 1}), UNKNOWN_FIELD),
    field("a field with a long name", holding(**{"n" * 5_000: 1}), f"{UNKNOWN_FIELD}: '{'n' * 200}'…"),
    field("60 fields that no line has", holding(**{f"n{each}": 1 for each in range(60)}), "; and 40 more"),
    field("a field in capitals", holding(Subject=MARK), f"{UNKNOWN_FIELD}: 'Subject'"),
    field("an unknown type", holding(type="holdings"), NO_TYPE),
    field("an empty type", holding(type=""), NO_TYPE),
    field("a type that is null", holding(type=None), NO_TYPE),
    field("a type that is a number", holding(type=1), NO_TYPE),
    field("a type that is a list", holding(type=["holding"]), NO_TYPE),
    field("a type that is an object", holding(type={"$ne": 1}), NO_TYPE),
    field("a minor in words", holding(minor="yes"), "'minor': Input should be a valid boolean"),
    field("a minor in numbers", holding(minor=1), "'minor': Input should be a valid boolean"),
    field("minus one record", holding(records=-1), "'records': Input should be greater than or equal to 0"),
    field(
        "2,147,483,648 records", holding(records=2**31), "'records': Input should be less than or equal to 2147483647"
    ),
    field("records of 400 digits", holding(records=10**400), "'records': "),
    field("records of 5,000 digits", holding(records=int("9" * 4_000)), "'records': "),
    field("half a record", holding(records=1.5), "'records': Input should be a valid integer"),
    field("1.0 records", holding(records=1.0), "'records': Input should be a valid integer"),
    field("records in words", holding(records="12"), "'records': Input should be a valid integer"),
    field("records that are true", holding(records=True), "'records': Input should be a valid integer"),
    malformed("records of 1e999", json.dumps(holding(records=0)).replace(": 0", ": 1e999").encode(), "'records': "),
    field("an unknown decision", decision(decision="MAYBE"), "'decision': Input should be 'CONSENT'"),
    field("a decision in small letters", decision(decision="consent"), "'decision': Input should be 'CONSENT'"),
    field("no categories", disclosure(categories=[]), "'categories': List should have at least 1 item"),
    field("501 categories", disclosure(categories=["email"] * 501), "'categories': List should have at most 500 items"),
    field("categories that are a text", trust(categories="email"), "'categories': Input should be a valid array"),
    field(
        "a category that is null", trust(categories=["email", None]), "'categories.1': Input should be a valid string"
    ),
    field("towards a number", trust(towards=1), "'towards': Input should be a valid string"),
    field("gone, and since", gone(since=SINCE), f"{UNKNOWN_FIELD}: 'since'"),
    field("gone, never", gone(at=None), "'at': Input should be a valid datetime"),
)


def since(name: str, value: object, message: str) -> Row:
    return field(name, holding(since=value), message)


NO_ZONE = "'since' needs a time zone, such as a Z at its end"
NO_TIME = "'since': Input should be a valid datetime"

TIMES = (
    since("without a zone", "2026-09-01T00:00:00", NO_ZONE),
    since("a day", "2026-09-01", "'since'"),
    since("the day last", "01.09.2026", NO_TIME),
    since("in words", "yesterday", NO_TIME),
    since("empty", "", NO_TIME),
    since("null", None, NO_TIME),
    since("seconds since 1970", 1_788_220_800, "'since'"),
    since("seconds since 1970 as a text", "1788220800", "'since': a time is a date, T, a time of day and its zone"),
    since("milliseconds since 1970", 1_788_220_800_000, "'since'"),
    since("a truth", True, NO_TIME),
    since("a list", [2026, 9, 1], NO_TIME),
    since("a month 13", "2026-13-01T00:00:00Z", NO_TIME),
    since("a day 31 of September", "2026-09-31T00:00:00Z", NO_TIME),
    since("29 February of another year", "2026-02-29T00:00:00Z", NO_TIME),
    since("an hour 25", "2026-09-01T25:00:00Z", NO_TIME),
    since("a second 60", "2026-09-01T00:00:60Z", NO_TIME),
    since("a zone of a day", "2026-09-01T00:00:00+24:00", NO_TIME),
    since("a named zone", "2026-09-01T00:00:00 Europe/Nicosia", NO_TIME),
    since("year 0", "0000-01-01T00:00:00Z", NO_TIME),
    since("a year of five digits", "12026-09-01T00:00:00Z", "'since'"),
    since("a negative year", "-2026-09-01T00:00:00Z", NO_TIME),
    since("other digits", "٢٠٢٦-09-01T00:00:00Z", NO_TIME),
    since("a line break after it", f"{SINCE}\n", NO_TIME),
    since("a week", "2026-W36-2T00:00:00Z", NO_TIME),
    said("before 1970", holding(since="1969-12-31T23:59:59Z"), "WRONG_DATE", "'since' lies before 1970"),
    said("before year 1 in UTC", holding(since="0001-01-01T00:00:00+14:00"), "WRONG_DATE", "'since' lies before 1970"),
    said("in the future", holding(since="2027-01-01T00:00:00Z"), "FUTURE_DATE", "'since' lies in the future"),
    said(
        "after year 9999 in UTC",
        holding(since="9999-12-31T23:59:59-14:00"),
        "FUTURE_DATE",
        "'since' lies in the future",
    ),
    said(
        "last seen before it began",
        holding(last_seen="2026-08-01T00:00:00Z"),
        "WRONG_DATE",
        "'last_seen' lies before 'since'",
    ),
    said("ended before it began", holding(until="2026-08-31T23:59:59Z"), "WRONG_DATE", "'until' lies before 'since'"),
    said(
        "until after year 9000", holding(until="9000-01-01T00:00:01Z"), "WRONG_DATE", "'until' lies after the year 9000"
    ),
    said(
        "known in the future",
        holding(reported_at="2026-10-07T00:00:00Z"),
        "FUTURE_DATE",
        "'reported_at' lies in the future",
    ),
    said("known before 1970", gone(reported_at="1900-01-01T00:00:00Z"), "WRONG_DATE", "'reported_at' lies before 1970"),
)

DOOR = (
    said("an unknown service", holding(service="elephant"), "OTHER_SERVICE", "reports for the service 'requests' only"),
    said(
        "another service", holding(service="account-area"), "OTHER_SERVICE", "reports for the service 'requests' only"
    ),
    said("the service in capitals", holding(service="REQUESTS"), "OTHER_SERVICE", "'requests' only"),
    said(
        "an unknown category", holding(category="anna-karenina"), "UNKNOWN_CATEGORY", "revision 2 has no such category"
    ),
    said("a misspelt category", holding(category="emial"), "UNKNOWN_CATEGORY", "did you mean 'email'?"),
    said("a category with NUL", holding(category="email\0"), "UNKNOWN_CATEGORY", "revision 2 has no such category"),
    said("an unknown source", holding(source="anna-karenina"), "UNKNOWN_SOURCE", "revision 2 has no such source"),
    said("an unknown purpose", decision(purpose="anna-karenina"), "UNKNOWN_PURPOSE", "revision 2 has no such purpose"),
    said("an unknown recipient", disclosure(recipient="anna-karenina"), "UNKNOWN_RECIPIENT", "has no such recipient"),
    said("an unknown case", disclosure(case="anna-karenina"), "UNKNOWN_CASE", "revision 2 has no such case"),
    said(
        "one unknown category of two", disclosure(categories=["email", "anna-karenina"]), "UNKNOWN_CATEGORY", "category"
    ),
    said(
        "health",
        holding(category="health-data"),
        "EXCLUDED_CATEGORY",
        "the policy promises never to process 'health-data'",
    ),
    said("a bank card", trust(categories=["email", "bank-card-data"]), "EXCLUDED_CATEGORY", "'bank-card-data'"),
    said("a minor", holding(minor=True), "MINOR", "the policy promises to process no data of people under 18"),
    said("trust in oneself", trust(towards=MARK), "SELF_TRUST", "'towards' is the subject"),
    said("consent where none is asked", decision(purpose="law"), "DECISION_NOT_APPLICABLE", "law"),
)
