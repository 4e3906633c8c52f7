"""Wrong arguments of each mutation: nothing is written by any of them."""

from __future__ import annotations

from tests.bad_input.ids import LONG
from tests.bad_input.rows import Row
from tests.bad_input.wire import BUYER, JOB, NOBODY, REQUESTS, STAFF, asked
from tests.builders import A_MAP_TEXT, a_policy

FAILURE = "__typename ... on Failure { code message }"
DECIDE = f"mutation ($input: RecordDecisionInput!) {{ recordDecision(input: $input) {{ {FAILURE} }} }}"
WISH = f"mutation ($input: SetStandInput!) {{ setStand(input: $input) {{ {FAILURE} }} }}"
REPORT = (
    "mutation ($input: [HoldingReport!]!) { reportHoldings(input: $input) { "
    f"{FAILURE} ... on ReportHoldingsSuccess {{ rejected {{ code reason }} }} }} }}"
)
DRAFT = (
    "mutation ($input: DraftRevisionInput!) { draftRevision(input: $input) { "
    f"{FAILURE} ... on InvalidRevision {{ problems {{ file line message hint }} }} }} }}"
)
PUBLISH = f"mutation ($input: PublishRevisionInput!) {{ publishRevision(input: $input) {{ {FAILURE} }} }}"
WITHDRAW = f"mutation ($input: WithdrawRevisionInput!) {{ withdrawRevision(input: $input) {{ {FAILURE} }} }}"
OVERRULE = f"mutation ($input: OverruleFindingInput!) {{ overruleFinding(input: $input) {{ {FAILURE} }} }}"

GOOD_DECISION = {"purpose": "marketing-messages", "kind": "CONSENT"}
GOOD_WISH = {"purpose": "marketing-messages", "consents": True}
GOOD_REPORT = {"subject": "anna-karenina", "category": "email", "since": "2026-09-01T00:00:00Z"}
NOW = "2026-10-06T12:00:00Z"


def refused(name: str, document: str, input: object, message: str, who: str | None) -> Row:
    return Row(name, asked(document, {"input": input}, who), 400, "INVALID_DOCUMENT", message)


def forbidden(name: str, document: str, input: object, who: str | None, scope: str) -> Row:
    code = "UNAUTHENTICATED" if who is None else "FORBIDDEN"
    return Row(name, asked(document, {"input": input}, who), 200, code, f"the scope {scope}")


def decided(name: str, input: object, code: str, message: str, document: str = DECIDE) -> Row:
    return Row(name, asked(document, {"input": input}, BUYER), 200, code, message)


def reported(name: str, code: str, message: str, **over: object) -> Row:
    line = {key: value for key, value in (GOOD_REPORT | over).items() if value is not ...}
    return Row(name, asked(REPORT, {"input": [line]}, REQUESTS), 200, code, message)


def drafted(name: str, policy: str, map: str, message: str) -> Row:
    """`message`: of one of the problems."""
    sent = asked(DRAFT, {"input": {"policy": policy, "map": map}}, STAFF)
    return Row(name, sent, 200, "INVALID_REVISION", message)


def published(
    name: str,
    code: str,
    message: str,
    number: int = 3,
    expected: int = 2,
    at: str = NOW,
    reason: str | None = None,
) -> Row:
    input = {"number": number, "expectedNumber": expected, "effectiveAt": at, "reason": reason}
    return Row(name, asked(PUBLISH, {"input": input}, STAFF), 200, code, message)


def withdrawn(name: str, number: int, code: str, message: str) -> Row:
    return Row(name, asked(WITHDRAW, {"input": {"number": number}}, STAFF), 200, code, message)


def overruled(
    name: str,
    code: str,
    message: str,
    finding: str = "unnamed-recipient/recipient/affiliates",
    number: int = 3,
    reason: str = "It ends.",
) -> Row:
    """Of a draft without violations, in which that is a gap."""
    input = {"number": number, "finding": finding, "reason": reason}
    return Row(name, asked(OVERRULE, {"input": input}, STAFF), 200, code, message)


DECISIONS = (
    forbidden("by nobody", DECIDE, GOOD_DECISION, NOBODY, "vitrine.subject"),
    forbidden("by staff", DECIDE, GOOD_DECISION, STAFF, "vitrine.subject"),
    forbidden("by a service", DECIDE, GOOD_DECISION, REQUESTS, "vitrine.subject"),
    forbidden("by a job", DECIDE, GOOD_DECISION, JOB, "vitrine.subject"),
    decided("an unknown purpose", GOOD_DECISION | {"purpose": "elephants"}, "NOT_FOUND", "has no purpose 'elephants'"),
    decided("an empty purpose", GOOD_DECISION | {"purpose": ""}, "NOT_FOUND", "has no purpose ''"),
    decided("a purpose of 500 characters", GOOD_DECISION | {"purpose": LONG}, "NOT_FOUND", f"'{'x' * 200}'…"),
    decided("a purpose with NUL", GOOD_DECISION | {"purpose": "law\0"}, "NOT_FOUND", r"has no purpose 'law\x00'"),
    decided("a category for the purpose", GOOD_DECISION | {"purpose": "email"}, "NOT_FOUND", "has no purpose 'email'"),
    decided("consent where none is asked", GOOD_DECISION | {"purpose": "law"}, "DECISION_NOT_APPLICABLE", "law"),
    decided(
        "withdrawal where none is asked", {"purpose": "law", "kind": "WITHDRAWAL"}, "DECISION_NOT_APPLICABLE", "law"
    ),
    refused("no input", DECIDE, None, "Expected value of non-null type 'RecordDecisionInput!' not to be null.", BUYER),
    refused("an empty input", DECIDE, {}, "to include required field 'purpose'", BUYER),
    refused(
        "a list", DECIDE, [GOOD_DECISION] * 2, "Expected value of type 'RecordDecisionInput' to be an object", BUYER
    ),
    refused("no kind", DECIDE, {"purpose": "law"}, "to include required field 'kind'", BUYER),
    refused("an unknown kind", DECIDE, GOOD_DECISION | {"kind": "MAYBE"}, "Value 'MAYBE' does not exist in", BUYER),
    refused("a kind in small letters", DECIDE, GOOD_DECISION | {"kind": "consent"}, "Did you mean", BUYER),
    refused("a kind that is a number", DECIDE, GOOD_DECISION | {"kind": 1}, "cannot represent non-string value", BUYER),
    refused(
        "somebody else's",
        DECIDE,
        GOOD_DECISION | {"subject": "example-visitor"},
        "not to include unknown field 'subject'",
        BUYER,
    ),
    refused(
        "at a time of one's own",
        DECIDE,
        GOOD_DECISION | {"decidedAt": NOW},
        "not to include unknown field 'decidedAt'",
        BUYER,
    ),
)

WISHES = (
    forbidden("by nobody", WISH, GOOD_WISH, NOBODY, "vitrine.subject"),
    forbidden("by staff", WISH, GOOD_WISH, STAFF, "vitrine.subject"),
    forbidden("by a service", WISH, GOOD_WISH, REQUESTS, "vitrine.subject"),
    decided("an unknown purpose", GOOD_WISH | {"purpose": "elephants"}, "NOT_FOUND", "no purpose 'elephants'", WISH),
    decided("a purpose of 500 characters", GOOD_WISH | {"purpose": LONG}, "NOT_FOUND", f"'{'x' * 200}'…", WISH),
    decided(
        "no consent where none is asked",
        {"purpose": "law", "consents": False, "restricts": True},
        "DECISION_NOT_APPLICABLE",
        "'law' does not rest on consent",
        WISH,
    ),
    refused("an empty wish", WISH, {}, "to include required field 'purpose'", BUYER),
    refused("a text for yes", WISH, GOOD_WISH | {"consents": "yes"}, "Boolean cannot represent a non boolean", BUYER),
    refused("somebody else's", WISH, GOOD_WISH | {"subject": "example-visitor"}, "unknown field 'subject'", BUYER),
)

REPORTS = (
    forbidden("by nobody", REPORT, [GOOD_REPORT], NOBODY, "vitrine.service"),
    forbidden("by a person", REPORT, [GOOD_REPORT], BUYER, "vitrine.service"),
    forbidden("by staff", REPORT, [GOOD_REPORT], STAFF, "vitrine.service"),
    Row(
        "1,001 reports",
        asked(REPORT, {"input": [GOOD_REPORT] * 1001}, REQUESTS),
        200,
        "TOO_MANY_REPORTS",
        "1001 reports are more than 1000: send them in parts",
    ),
    refused(
        "null among reports",
        REPORT,
        [None],
        "at [0]: Expected value of non-null type 'HoldingReport!' not to be null.",
        REQUESTS,
    ),
    refused(
        "a field that is not there",
        REPORT,
        [GOOD_REPORT | {"surname": "x"}],
        "not to include unknown field 'surname'",
        REQUESTS,
    ),
    refused(
        "another service",
        REPORT,
        [GOOD_REPORT | {"service": "account-area"}],
        "not to include unknown field 'service'",
        REQUESTS,
    ),
    refused(
        "since a day",
        REPORT,
        [GOOD_REPORT | {"since": "2026-09-01"}],
        "A DateTime is a date, T, a time and its zone",
        REQUESTS,
    ),
    refused(
        "records in words",
        REPORT,
        [GOOD_REPORT | {"records": "many"}],
        "Int cannot represent non-integer value",
        REQUESTS,
    ),
    refused(
        "records of 33 bits", REPORT, [GOOD_REPORT | {"records": 2**31}], "non 32-bit signed integer value", REQUESTS
    ),
    refused(
        "a minor in numbers",
        REPORT,
        [GOOD_REPORT | {"isMinor": 1}],
        "Boolean cannot represent a non boolean value",
        REQUESTS,
    ),
    reported("an empty person", "MALFORMED", "'subject' is not 1 to 128 characters", subject=""),
    reported("a person with a space", "MALFORMED", "'subject' is not 1 to 128 characters", subject="a b"),
    reported("an empty category", "MALFORMED", "'category': String should have at least 1 character", category=""),
    reported("an unknown category", "UNKNOWN_CATEGORY", "revision 2 has no such category", category="elephant"),
    reported(
        "a forbidden category", "EXCLUDED_CATEGORY", "promises never to process 'health-data'", category="health-data"
    ),
    reported("an unknown source", "UNKNOWN_SOURCE", "revision 2 has no such source", source="elephant"),
    reported("neither since nor gone", "MALFORMED", "'since' is missing", since=...),
    reported(
        "since and gone", "MALFORMED", "'goneAt' says that it is gone: leave out 'since', or 'goneAt'", goneAt=NOW
    ),
    reported("since the future", "FUTURE_DATE", "'since' lies in the future", since="2027-01-01T00:00:00Z"),
    reported("since year 2", "WRONG_DATE", "'since' lies before 1970", since="0002-01-01T00:00:00Z"),
    reported("minus one record", "MALFORMED", "'records': Input should be greater than or equal to 0", records=-1),
    reported("a minor", "MINOR", "the policy promises to process no data of people under 18", isMinor=True),
    reported("64 KB", "TOO_LONG", "the line has more than 65536 bytes", source="s" * 66_000),
)

POLICY = a_policy().markdown

DRAFTS = (
    forbidden("by nobody", DRAFT, {"policy": POLICY, "map": A_MAP_TEXT}, NOBODY, "vitrine.staff"),
    forbidden("by a person", DRAFT, {"policy": POLICY, "map": A_MAP_TEXT}, BUYER, "vitrine.staff"),
    forbidden("by a service", DRAFT, {"policy": POLICY, "map": A_MAP_TEXT}, REQUESTS, "vitrine.staff"),
    refused(
        "a list for the policy", DRAFT, {"policy": [POLICY], "map": ""}, "String cannot represent a non string", STAFF
    ),
    refused("no map", DRAFT, {"policy": POLICY}, "to include required field 'map'", STAFF),
    drafted("nothing", "", "", "the file is empty"),
    drafted("an empty policy", "", A_MAP_TEXT, "problem"),
    drafted("an empty map", POLICY, "", "the file is empty"),
    drafted("the two exchanged", A_MAP_TEXT, POLICY, "problem"),
    drafted("a map in JSON that is no map", POLICY, '["a"]', "the file is not a mapping"),
    drafted("a map that cites nothing", POLICY, A_MAP_TEXT.replace("[statement]", "[elephant]"), "elephant"),
    drafted("a map with Python in it", POLICY, "a: !!python/object/apply:os.system ['id']\n", "the tag"),
    drafted(
        "a map of laughs",
        POLICY,
        "a: &a [x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(50)),
        "the anchor &a",
    ),
    drafted(
        "a map nested 100,000 deep", POLICY, A_MAP_TEXT + "rights: " + "[" * 100_000, "nested deeper than 8 levels"
    ),
    drafted("a map with NUL", POLICY, A_MAP_TEXT.replace("Acme Ltd", "Acme\0Ltd"), "the control character U+0000"),
    drafted("a map with tabs", POLICY, A_MAP_TEXT.replace("  name", "\tname"), "a tab stands where YAML wants spaces"),
    drafted(
        "a map of 1 MB", POLICY, A_MAP_TEXT + "#" * 1_048_576, "the file is 1,050,077 bytes long, of at most 1,048,576"
    ),
    drafted("a map in CR line ends", POLICY, A_MAP_TEXT.replace("\n", "\r") + ":", "problem"),
    drafted("a map with a country that there is not", POLICY, A_MAP_TEXT.replace("CY", "XQ"), "XQ"),
    drafted(
        "a map with an unknown purpose", POLICY, A_MAP_TEXT.replace("purpose: delivery", "purpose: nothing"), "nothing"
    ),
    drafted(
        "a map in a circle",
        POLICY,
        A_MAP_TEXT.replace("    name: Billing", "    name: Billing\n    part_of: billing"),
        "billing",
    ),
    drafted("a policy of 1 MB", POLICY + "x" * 1_000_000, A_MAP_TEXT, "1,000,0"),
    drafted("a policy nested 500 deep", POLICY + "> " * 500 + "x", A_MAP_TEXT, "nest"),
    drafted("a policy with NUL", POLICY + "\0", A_MAP_TEXT, "U+0000"),
    drafted("a policy with a key twice", POLICY + "\nAgain. {#statement}\n", A_MAP_TEXT, "statement"),
    drafted("a policy with a bad key", POLICY + "\nAgain. {#A B}\n", A_MAP_TEXT, "problem"),
)

PUBLISHING = (
    forbidden("by a person", PUBLISH, {"number": 3, "expectedNumber": 2, "effectiveAt": NOW}, BUYER, "vitrine.staff"),
    forbidden("by nobody", WITHDRAW, {"number": 3}, NOBODY, "vitrine.staff"),
    forbidden("taking back, by a service", WITHDRAW, {"number": 3}, REQUESTS, "vitrine.staff"),
    published("revision 0", "NOT_FOUND", "There is no revision 0", number=0),
    published("a negative revision", "NOT_FOUND", "There is no revision -1", number=-1),
    published("a revision that is not there", "NOT_FOUND", "There is no revision 2147483647", number=2**31 - 1),
    published("what is published", "CONFLICT", "", number=2),
    published("after another than the last", "CONFLICT", "", expected=1),
    published("after none", "CONFLICT", "", expected=0),
    published("after itself", "CONFLICT", "", expected=3),
    published("after a negative one", "CONFLICT", "", expected=-1),
    published("before the last is in force", "INVALID_TIME", "", at="2019-01-01T00:00:00Z"),
    published("at the second of the last", "INVALID_TIME", "", at="2026-10-01T00:00:00Z"),
    published("in the year 2", "INVALID_TIME", "", at="0002-01-01T00:00:00Z"),
    published("for a reason too long", "INVALID_INPUT", "has 2001 characters, and may have 2000", reason="x" * 2001),
    published("for a reason of control characters", "INVALID_INPUT", "characters that are no text", reason="a\0b"),
    refused(
        "in the year 10000",
        PUBLISH,
        {"number": 3, "expectedNumber": 2, "effectiveAt": "10000-01-01T00:00:00Z"},
        "A DateTime is a date, T, a time and its zone",
        STAFF,
    ),
    refused(
        "without a zone",
        PUBLISH,
        {"number": 3, "expectedNumber": 2, "effectiveAt": "2026-10-06T12:00:00"},
        "A DateTime is a date, T, a time and its zone",
        STAFF,
    ),
    refused(
        "without saying after which",
        PUBLISH,
        {"number": 3, "effectiveAt": NOW},
        "to include required field 'expectedNumber'",
        STAFF,
    ),
    refused(
        "a number as a text",
        PUBLISH,
        {"number": "3", "expectedNumber": 2, "effectiveAt": NOW},
        "non-integer value",
        STAFF,
    ),
    withdrawn("revision 0, taken back", 0, "NOT_FOUND", "There is no revision 0"),
    withdrawn("what is in force, taken back", 2, "CONFLICT", ""),
    withdrawn("what was in force, taken back", 1, "CONFLICT", ""),
    refused("a fraction, taken back", WITHDRAW, {"number": 3.5}, "Int cannot represent non-integer value", STAFF),
)

GOOD_OVERRULE = {"number": 3, "finding": "unnamed-recipient/recipient/affiliates", "reason": "It ends."}
OVERRULING = (
    forbidden("by nobody", OVERRULE, GOOD_OVERRULE, NOBODY, "vitrine.staff"),
    forbidden("by a person", OVERRULE, GOOD_OVERRULE, BUYER, "vitrine.staff"),
    forbidden("by a service", OVERRULE, GOOD_OVERRULE, REQUESTS, "vitrine.staff"),
    forbidden("by a job", OVERRULE, GOOD_OVERRULE, JOB, "vitrine.staff"),
    overruled("a gap", "INVALID_INPUT", "is a gap, which keeps nothing from being published: leave it"),
    overruled("of a revision that is not there", "NOT_FOUND", "There is no revision 9", number=9),
    overruled("of revision 0", "NOT_FOUND", "There is no revision 0", number=0),
    overruled("what is not found", "NOT_FOUND", "There is no finding 'elephant': the nearest are", finding="elephant"),
    overruled("an empty finding", "NOT_FOUND", "There is no finding ''", finding=""),
    overruled("a finding of 500 characters", "NOT_FOUND", f"'{'x' * 200}'…", finding=LONG),
    overruled("a finding with NUL", "NOT_FOUND", r"There is no finding 'a\x00'", finding="a\0"),
    overruled("an element for the finding", "NOT_FOUND", "There is no finding 'affiliates'", finding="affiliates"),
    refused("no reason", OVERRULE, GOOD_OVERRULE | {"reason": None}, "not to be null", STAFF),
    refused(
        "a rule beside the finding",
        OVERRULE,
        GOOD_OVERRULE | {"rule": "unnamed-recipient"},
        "not to include unknown field 'rule'",
        STAFF,
    ),
    refused("a list of findings", OVERRULE, GOOD_OVERRULE | {"finding": ["a"]}, "String cannot represent", STAFF),
)
