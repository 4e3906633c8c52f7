"""Wrong times: of the past that is asked about, and of what is to come into force."""

from __future__ import annotations

from tests.bad_input.rows import Row
from tests.bad_input.wire import BUYER, STAFF, asked

ME = "query ($at: DateTime) { me(asOf: $at) { key } }"
POLICY = "query ($at: DateTime, $number: Int) { policy(asOf: $at, number: $number) { revision { number } } }"
FORM = "A DateTime is a date, T, a time and its zone, as in RFC 3339: 2018-11-12T00:00:00Z"


def unread(name: str, value: object) -> Row:
    return Row(name, asked(ME, {"at": value}, BUYER), 400, "INVALID_DOCUMENT", FORM)


def written(name: str, value: str) -> Row:
    return Row(name, asked(f"{{ me(asOf: {value}) {{ key }} }}", who=BUYER), 400, "INVALID_DOCUMENT", FORM)


FORMS = (
    unread("empty", ""),
    unread("words", "yesterday"),
    unread("a day", "2020-01-01"),
    unread("without a zone", "2020-01-01T00:00:00"),
    unread("without seconds", "2020-01-01T00:00Z"),
    unread("a space for the T", "2020-01-01 00:00:00Z"),
    unread("a small t and z", "2020-01-01t00:00:00z"),
    unread("a space before it", " 2020-01-01T00:00:00Z"),
    unread("a line break after it", "2020-01-01T00:00:00Z\n"),
    unread("NUL after it", "2020-01-01T00:00:00Z\0"),
    unread("seconds since 1970", 1_577_836_800),
    unread("a fraction", 1_577_836_800.5),
    unread("a truth", True),
    unread("a list", ["2020-01-01T00:00:00Z"]),
    unread("an object", {"year": 2020}),
    unread("a month 13", "2020-13-01T00:00:00Z"),
    unread("29 February of another year", "2019-02-29T00:00:00Z"),
    unread("a minute 60", "2020-01-01T00:60:00Z"),
    unread("a leap second", "2016-12-31T23:59:60Z"),
    unread("a zone of 24 hours", "2020-01-01T00:00:00+24:00"),
    unread("a zone of 99 minutes", "2020-01-01T00:00:00+01:99"),
    unread("a named zone", "2020-01-01T00:00:00[Europe/Nicosia]"),
    unread("year 0", "0000-01-01T00:00:00Z"),
    unread("year 1", "0001-01-01T00:00:00+14:00"),
    unread("year 10000", "10000-01-01T00:00:00Z"),
    unread("the end of year 9999", "9999-12-31T23:59:59-14:00"),
    unread("a duration", "P1Y"),
    unread("an interval", "2020-01-01T00:00:00Z/P1D"),
    unread("other digits", "２０２０-01-01T00:00:00Z"),
    unread("a minus that is none", "2020−01−01T00:00:00Z"),
    unread("100,000 digits of a second", "2020-01-01T00:00:00." + "0" * 100_000 + "X"),
    written("a number in the document", "20200101"),
    written("an enum in the document", "NOW"),
    written("an object in the document", "{year: 2020}"),
)

PLACES = (
    Row(
        "to come",
        asked(ME, {"at": "2999-12-31T00:00:00Z"}, BUYER),
        200,
        "INVALID_TIME",
        "`asOf` 2999-12-31 00:00 UTC lies in the future: what will be held then is not known; leave `asOf` out for now",
    ),
    Row(
        "a minute to come",
        asked(ME, {"at": "2026-10-06T12:01:00Z"}, BUYER),
        200,
        "INVALID_TIME",
        "2026-10-06 12:01 UTC",
    ),
    Row(
        "to come by its zone",
        asked(ME, {"at": "2026-10-06T12:00:00-00:01"}, BUYER),
        200,
        "INVALID_TIME",
        "`asOf` 2026-10-06 12:01 UTC lies in the future",
    ),
    Row(
        "before the first revision",
        asked(ME, {"at": "2018-11-11T23:59:59Z"}, BUYER),
        200,
        "NO_REVISION_IN_FORCE",
        "No policy was in force on 2018-11-11: the first came into force on 2018-11-12",
    ),
    Row(
        "before the first revision, of the policy",
        asked(POLICY, {"at": "1900-01-01T00:00:00Z"}),
        200,
        "NO_REVISION_IN_FORCE",
        "1900-01-01",
    ),
    Row(
        "the year 2",
        asked(POLICY, {"at": "0002-01-01T00:00:00Z"}),
        200,
        "NO_REVISION_IN_FORCE",
        "No policy was in force on 0002-01-01",
    ),
    Row("to come, of the policy", asked(POLICY, {"at": "2026-10-06T12:00:01Z"}), 200, "INVALID_TIME", "in the future"),
    Row(
        "a time and a number",
        asked(POLICY, {"at": "2020-01-01T00:00:00Z", "number": 1}),
        200,
        "INVALID_INPUT",
        "Give `asOf` or `number`, not both: each of them names a revision",
    ),
    Row("revision 0", asked(POLICY, {"number": 0}), 200, "NOT_FOUND", "There is no revision 0: the list of revisions"),
    Row("a negative revision", asked(POLICY, {"number": -7}), 200, "NOT_FOUND", "There is no revision -7"),
    Row(
        "a revision that is not there", asked(POLICY, {"number": 2**31 - 1}), 200, "NOT_FOUND", "no revision 2147483647"
    ),
    Row("a draft", asked(POLICY, {"number": 3}), 200, "NOT_FOUND", "There is no revision 3"),
    Row("a draft, to a person", asked(POLICY, {"number": 3}, BUYER), 200, "NOT_FOUND", "There is no revision 3"),
    Row(
        "no revision for staff either", asked(POLICY, {"number": 4}, STAFF), 200, "NOT_FOUND", "There is no revision 4"
    ),
    Row("a revision as a text", asked(POLICY, {"number": "1"}), 400, "INVALID_DOCUMENT", "non-integer value"),
    Row("a revision as a fraction", asked(POLICY, {"number": 1.5}), 400, "INVALID_DOCUMENT", "non-integer value"),
    Row(
        "a revision of 33 bits", asked(POLICY, {"number": 2**32}), 400, "INVALID_DOCUMENT", "non 32-bit signed integer"
    ),
)
