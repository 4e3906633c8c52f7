"""Lines of reports: what is read, what the door lets in, and what each refusal says, never repeating what was sent."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.data_map import DataMap
from graph.json_text import values_in
from graph.model import CaseCondition, Channel, DecisionKind, ExclusionKind, LegalBasis
from graph.reports import (
    LINE_BYTES_AT_MOST,
    LINE_VALUES_AT_MOST,
    ContactLine,
    ContactRule,
    DecisionLine,
    DisclosureLine,
    GoneLine,
    HoldingLine,
    Line,
    Rejection,
    RejectionCode,
    TrustLine,
    read_line,
    reject,
)
from graph.store.times import to_text
from tests.builders import (
    A_DAY,
    a_case,
    a_category,
    a_map,
    a_policy,
    a_purpose,
    a_revision,
    a_service,
    an_exclusion,
)

NOW = A_DAY + timedelta(days=30)
DAY = "2026-01-01T00:00:00Z"
SECRET = "Ann-Smith-4111111111111111"
ADDRESS = "ann.smith@company.example"


def holding(**over: Any) -> dict[str, Any]:
    return {"subject": "ann", "service": "billing", "category": "email", "since": DAY, **over}


def gone(**over: Any) -> dict[str, Any]:
    return {"type": "gone", "subject": "ann", "service": "billing", "category": "email", "at": DAY, **over}


def decision(**over: Any) -> dict[str, Any]:
    line = {"type": "decision", "subject": "ann", "purpose": "delivery", "decision": "OBJECTION", "at": DAY}
    return {**line, **over}


def trust(**over: Any) -> dict[str, Any]:
    return {"type": "trust", "subject": "ann", "towards": "ben", "categories": ["email"], "since": DAY, **over}


def disclosure(**over: Any) -> dict[str, Any]:
    line = {"type": "disclosure", "subject": "ann", "service": "billing", "recipient": "mailer"}
    return {**line, "categories": ["email"], "at": DAY, **over}


def contact(**over: Any) -> dict[str, Any]:
    return {"type": "contact", "subject": "ann", "email": ADDRESS, "reported_at": DAY, **over}


def without(line: dict[str, Any], field: str) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name != field}


@pytest.fixture(scope="module")
def door() -> DataMap:
    """A map with promises: no cards nor their parts, nobody under 18. It has a special category that none names."""
    elements = a_map(
        services=(a_service(), a_service("shop")),
        data_categories=(
            a_category(),
            a_category("cards"),
            a_category("card-number", part_of="cards"),
            a_category("health", special=True),
            a_category("blood-type", part_of="health"),
        ),
        purposes=(a_purpose(), a_purpose("contract", legal_basis=LegalBasis.CONTRACT)),
        disclosure_cases=(a_case(), a_case("asked", condition=CaseCondition.CONSENT)),
        exclusions=(
            an_exclusion("no-cards", kind=ExclusionKind.CATEGORY, minimum_age=None, categories=("cards",)),
            an_exclusion("minors", clauses=("age", "statement")),
            an_exclusion("elsewhere", kind=ExclusionKind.SCOPE, minimum_age=None),
        ),
    )
    return DataMap(a_revision(4), a_policy("statement", "age"), elements)


# ---- what is read ----------------------------------------------------------------------------------------------------


class TestGoodLines:
    def test_a_holding_needs_no_type(self) -> None:
        line = read_line(json.dumps(holding()).encode(), 1)
        assert line == HoldingLine(subject="ann", service="billing", category="email", since=A_DAY)
        assert read_line(json.dumps(holding(type="holding")).encode(), 1) == line

    @pytest.mark.parametrize(
        ("line", "kind"),
        [
            (holding(last_seen=DAY, until=DAY, source="the-person", records=0, reported_at=DAY), HoldingLine),
            (holding(last_seen=None, until=None, source=None, records=None, reported_at=None), HoldingLine),
            (gone(reported_at=DAY), GoneLine),
            (decision(service="billing"), DecisionLine),
            (trust(until=DAY, reported_at=DAY, service="shop"), TrustLine),
            (trust(since="2031-01-01T00:00:00Z"), TrustLine),
            (disclosure(purpose="delivery", case="providers"), DisclosureLine),
            (contact(locale="de", channels=["EMAIL", "ACCOUNT_AREA"]), ContactLine),
            (contact(email=None, locale=None, channels=None), ContactLine),
        ],
    )
    def test_each_kind_is_read_and_let_in(self, door: DataMap, line: dict[str, Any], kind: type) -> None:
        read = read_line(json.dumps(line).encode(), 1)
        assert not isinstance(read, Rejection)
        assert type(read) is kind
        assert reject(read, 1, door, NOW, None, ContactRule(can_seal=True)) is None

    def test_a_contact_is_read_in_one_form(self) -> None:
        line = contact(email="Ann@Exämple.ORG", locale="PT-latn-br", channels=["SOFTWARE_PRODUCT"])
        assert read_line(json.dumps(line).encode(), 1) == ContactLine(
            type="contact",
            subject="ann",
            email="Ann@exämple.org",
            locale="pt-Latn-BR",
            channels=[Channel.SOFTWARE_PRODUCT],
            reported_at=A_DAY,
        )

    @pytest.mark.parametrize(
        ("locale", "kept"),
        [
            ("de", "de"),
            ("DE-at", "de-AT"),
            ("zh-hant-TW", "zh-Hant-TW"),
            ("es-419", "es-419"),
            ("sl-ROZAJ-biske", "sl-rozaj-biske"),
            ("de-CH-1901", "de-CH-1901"),
            ("en-US-u-islamcal", "en-US-u-islamcal"),
            ("de-x-Company", "de-x-company"),
        ],
    )
    def test_a_language_tag_is_read_in_one_form(self, locale: str, kept: str) -> None:
        line = read_line(json.dumps(contact(locale=locale)).encode(), 1)
        assert isinstance(line, ContactLine)
        assert line.locale == kept

    @pytest.mark.parametrize(
        "text",
        ["2026-01-01T03:00:00+03:00", "2025-12-31T19:00:00-05:00", "2026-01-01T00:00:00.000000Z", "2026-01-01 00:00Z"],
    )
    def test_a_time_in_any_zone_is_the_same_time(self, text: str) -> None:
        line = read_line(json.dumps(holding(since=text)).encode(), 1)
        assert isinstance(line, HoldingLine)
        assert line.since == A_DAY
        assert to_text(line.since) == "2026-01-01T00:00:00.000000Z"

    @pytest.mark.parametrize("subject", ["a", "!", "~" * 128, "auth0|5f7c8ec7", "Zoë", "名" * 128])
    def test_ids_as_token_issuers_make_them(self, subject: str) -> None:
        line = read_line(json.dumps(holding(subject=subject)).encode(), 1)
        assert isinstance(line, HoldingLine)
        assert line.subject == subject

    def test_the_longest_line(self) -> None:
        line = json.dumps(holding()).encode()
        assert isinstance(read_line(line + b" " * (LINE_BYTES_AT_MOST - len(line)), 1), HoldingLine)


# ---- what is refused -------------------------------------------------------------------------------------------------

NOT_JSON = "not JSON: one object a line"
NO_OBJECT = "not a JSON object"
NO_TYPE = "'type' is none of holding, gone, decision, trust, disclosure, contact"
NO_ID = "is not 1 to 128 characters without spaces, controls or invisible ones"
NO_TIME = "Input should be a valid datetime"
NO_ADDRESS = "'email' is not an email address, without a name"
NO_LOCALE = "'locale' is not a language tag (BCP 47), such as 'de' or 'pt-BR'"
CHANNELS = "'EMAIL', 'ACCOUNT_AREA' or 'SOFTWARE_PRODUCT'"
KINDS = "'CONSENT', 'WITHDRAWAL', 'OBJECTION', 'RESTRICTION' or 'LIFTING'"

# Lines that cannot be read: what was sent, and the reason that is given.
UNREADABLE: list[tuple[str | dict[str, Any], str]] = [
    ("", NOT_JSON),
    ("{", NOT_JSON),
    (f"{SECRET}", NOT_JSON),
    (f'{{"subject": "{SECRET}"', NOT_JSON),
    (f'{{"subject": "{SECRET}"}} {{}}', NOT_JSON),
    ("{'subject': 'ann'}", NOT_JSON),
    ('{"subject": "\\ud800"}', NOT_JSON),
    ("[" * 900, NOT_JSON),
    ("\ufeff{}", NOT_JSON),
    ("[]", NO_OBJECT),
    ("null", NO_OBJECT),
    ("17", NO_OBJECT),
    (f'"{SECRET}"', NO_OBJECT),
    (f'["{SECRET}"]', NO_OBJECT),
    ("{}", "'subject' is missing; 'service' is missing; 'category' is missing; 'since' is missing"),
    ({"type": "gone"}, "'subject' is missing; 'service' is missing; 'category' is missing; 'at' is missing"),
    ({"type": "decision"}, "'subject' is missing; 'purpose' is missing; 'decision' is missing; 'at' is missing"),
    ({"type": "trust"}, "'subject' is missing; 'towards' is missing; 'categories' is missing; 'since' is missing"),
    (
        {"type": "disclosure"},
        "'subject' is missing; 'service' is missing; 'recipient' is missing; 'categories' is missing; 'at' is missing",
    ),
    (holding(type=SECRET), NO_TYPE),
    (holding(type="HOLDING"), NO_TYPE),
    (holding(type=None), NO_TYPE),
    (holding(type=7), NO_TYPE),
    (holding(type=[]), NO_TYPE),
    (holding(type={}), NO_TYPE),
    (holding(value=SECRET), "a field that no line has: 'value'"),
    (holding(**{f"{SECRET} is a name": 1}), "a field that no line has"),
    (gone(records=1), "a field that no line has: 'records'"),
    (decision(category="email"), "a field that no line has: 'category'"),
    (holding(subject=""), f"'subject' {NO_ID}"),
    (holding(subject="Ann Smith"), f"'subject' {NO_ID}"),
    (holding(subject="ann\u200b"), f"'subject' {NO_ID}"),
    (holding(subject="ann\n"), f"'subject' {NO_ID}"),
    (holding(subject="a" * 129), f"'subject' {NO_ID}"),
    (holding(subject=7), "'subject': Input should be a valid string"),
    (holding(subject=None), "'subject': Input should be a valid string"),
    (trust(towards=f"{SECRET} {SECRET}"), f"'towards' {NO_ID}"),
    (holding(service=""), "'service': String should have at least 1 character"),
    (holding(service="s" * 201), "'service': String should have at most 200 characters"),
    (holding(category=[SECRET]), "'category': Input should be a valid string"),
    (holding(source={}), "'source': Input should be a valid string"),
    (without(holding(), "since"), "'since' is missing"),
    (holding(since=None), f"'since': {NO_TIME}"),
    (holding(since=1767225600), f"'since': {NO_TIME}"),
    (holding(since=SECRET), f"'since': {NO_TIME}, invalid character in year"),
    (holding(since="2026-01-01"), f"'since': {NO_TIME}, invalid datetime separator, expected `T`, `t`, `_` or space"),
    (holding(since="2026-01-01T00:00:00"), "'since' needs a time zone, such as a Z at its end"),
    (holding(since="2026-02-30T00:00:00Z"), f"'since': {NO_TIME}, day value is outside expected range"),
    (holding(until="2026-01-01T24:00:00Z"), f"'until': {NO_TIME}, hour value is outside expected range of 0-23"),
    (holding(last_seen=""), f"'last_seen': {NO_TIME}, input is too short"),
    (holding(reported_at=True), f"'reported_at': {NO_TIME}"),
    (holding(records=-1), "'records': Input should be greater than or equal to 0"),
    (holding(records=2**31), "'records': Input should be less than or equal to 2147483647"),
    (holding(records=1.5), "'records': Input should be a valid integer"),
    (holding(records="1"), "'records': Input should be a valid integer"),
    (holding(records=True), "'records': Input should be a valid integer"),
    (holding(minor="no"), "'minor': Input should be a valid boolean"),
    (holding(minor=0), "'minor': Input should be a valid boolean"),
    (holding(minor=None), "'minor': Input should be a valid boolean"),
    (decision(decision=SECRET), f"'decision': Input should be {KINDS}"),
    (decision(decision="consent"), f"'decision': Input should be {KINDS}"),
    (trust(categories=[]), "'categories': List should have at least 1 item after validation, not 0"),
    (trust(categories=SECRET), "'categories': Input should be a valid array"),
    (
        disclosure(categories=["email", "", 5]),
        "'categories.1': String should have at least 1 character; 'categories.2': Input should be a valid string",
    ),
    (
        disclosure(categories=["c"] * 501),
        "'categories': List should have at most 500 items after validation, not 501",
    ),
    ({"type": "contact"}, "'subject' is missing; 'reported_at' is missing"),
    (contact(name=SECRET), "a field that no line has: 'name'"),
    (contact(service="billing"), "a field that no line has: 'service'"),
    *((contact(email=each), NO_ADDRESS) for each in ("", SECRET, f"{SECRET}@company", f"{SECRET} <ann@b.example>")),
    *((contact(email=each), NO_ADDRESS) for each in (f"{ADDRESS}\r\nBcc: x@y.example", f"{ADDRESS}, x@y.example")),
    (contact(email=7), "'email': Input should be a valid string"),
    (contact(email=[ADDRESS]), "'email': Input should be a valid string"),
    *((contact(locale=each), NO_LOCALE) for each in ("", "d", "de_AT", "de-", "-de", "de\n", SECRET, "de-x", "../en")),
    (contact(locale="de" + "-aaaaa" * 11), NO_LOCALE),
    (contact(locale=0), "'locale': Input should be a valid string"),
    (contact(channels=[]), "'channels': List should have at least 1 item after validation, not 0"),
    (contact(channels="EMAIL"), "'channels': Input should be a valid array"),
    (contact(channels=["email"]), f"'channels.0': Input should be {CHANNELS}"),
    (contact(channels=["EMAIL", SECRET]), f"'channels.1': Input should be {CHANNELS}"),
    (contact(channels=["EMAIL"] * 4), "'channels': List should have at most 3 items after validation, not 4"),
    (contact(reported_at=None), f"'reported_at': {NO_TIME}"),
    (
        holding(since=SECRET, records=SECRET, secret=SECRET),
        f"'since': {NO_TIME}, invalid character in year; 'records': Input should be a valid integer; "
        "a field that no line has: 'secret'",
    ),
]

UNKNOWN = [
    (holding(service=SECRET), RejectionCode.UNKNOWN_SERVICE, "revision 4 has no such service"),
    (
        holding(service="biling"),
        RejectionCode.UNKNOWN_SERVICE,
        "revision 4 has no such service: did you mean 'billing'?",
    ),
    (holding(category=SECRET), RejectionCode.UNKNOWN_CATEGORY, "revision 4 has no such category"),
    (
        holding(category="Email"),
        RejectionCode.UNKNOWN_CATEGORY,
        "revision 4 has no such category: did you mean 'email'?",
    ),
    (gone(category="emails"), RejectionCode.UNKNOWN_CATEGORY, "revision 4 has no such category: did you mean 'email'?"),
    (trust(categories=["email", SECRET]), RejectionCode.UNKNOWN_CATEGORY, "revision 4 has no such category"),
    (disclosure(categories=[SECRET]), RejectionCode.UNKNOWN_CATEGORY, "revision 4 has no such category"),
    (holding(source=SECRET), RejectionCode.UNKNOWN_SOURCE, "revision 4 has no such source"),
    (decision(purpose=SECRET), RejectionCode.UNKNOWN_PURPOSE, "revision 4 has no such purpose"),
    (disclosure(purpose=SECRET), RejectionCode.UNKNOWN_PURPOSE, "revision 4 has no such purpose"),
    (disclosure(recipient=SECRET), RejectionCode.UNKNOWN_RECIPIENT, "revision 4 has no such recipient"),
    (disclosure(case=SECRET), RejectionCode.UNKNOWN_CASE, "revision 4 has no such case"),
    (decision(service=SECRET), RejectionCode.UNKNOWN_SERVICE, "revision 4 has no such service"),
]

FUTURE, WRONG = RejectionCode.FUTURE_DATE, RejectionCode.WRONG_DATE
BAD_DATES = [
    (holding(since="2026-01-31T00:05:00.000001Z"), FUTURE, "'since' lies in the future"),
    (holding(last_seen="2026-02-01T00:00:00Z"), FUTURE, "'last_seen' lies in the future"),
    (holding(reported_at="2027-01-01T00:00:00Z"), FUTURE, "'reported_at' lies in the future"),
    (gone(at="2026-02-01T00:00:00Z"), FUTURE, "'at' lies in the future"),
    (decision(at="2026-02-01T00:00:00Z"), FUTURE, "'at' lies in the future"),
    (disclosure(at="9999-12-31T23:59:59-14:00"), FUTURE, "'at' lies in the future"),
    (contact(email=None, reported_at="2026-01-31T00:05:00.000001Z"), FUTURE, "'reported_at' lies in the future"),
    (contact(email=None, reported_at="1969-12-31T23:59:59Z"), WRONG, "'reported_at' lies before 1970"),
    (trust(reported_at="2026-02-01T00:00:00Z"), FUTURE, "'reported_at' lies in the future"),
    (holding(since="1969-12-31T23:59:59.999999Z"), WRONG, "'since' lies before 1970"),
    (holding(since="1970-01-01T00:00:00+00:01"), WRONG, "'since' lies before 1970"),
    (gone(at="0001-01-01T00:00:00+14:00"), WRONG, "'at' lies before 1970"),
    (trust(since="0001-01-01T00:00:00+14:00"), WRONG, "'since' lies before 1970"),
    (trust(since="1969-12-31T00:00:00Z"), WRONG, "'since' lies before 1970"),
    (trust(since="9000-01-01T00:00:00.000001Z"), WRONG, "'since' lies after the year 9000"),
    (holding(until="9999-12-31T23:59:59-14:00"), WRONG, "'until' lies after the year 9000"),
    (holding(until="2025-12-31T23:59:59.999999Z"), WRONG, "'until' lies before 'since'"),
    (holding(until="0001-01-01T00:00:00+14:00"), WRONG, "'until' lies before 'since'"),
    (holding(last_seen="2025-12-31T00:00:00Z"), WRONG, "'last_seen' lies before 'since'"),
    (trust(until="2025-12-31T00:00:00Z"), WRONG, "'until' lies before 'since'"),
]

CARDS, SPECIAL = "the policy promises never to process", "is a special category (GDPR Art. 9 or 10)"
PROMISED = [
    (holding(category="cards"), f"{CARDS} 'cards'", ("statement",)),
    (holding(category="card-number"), f"{CARDS} 'card-number'", ("statement",)),
    (trust(categories=["email", "cards"]), f"{CARDS} 'cards'", ("statement",)),
    (disclosure(categories=["card-number"]), f"{CARDS} 'card-number'", ("statement",)),
    (holding(category="health"), f"'health' {SPECIAL}", ()),
    (holding(category="blood-type"), f"'blood-type' {SPECIAL}", ()),
]


def refusal(line: dict[str, Any], door: DataMap, service: str | None = None) -> Rejection | None:
    read = read_line(json.dumps(line).encode(), 12)
    assert not isinstance(read, Rejection)
    return reject(read, 12, door, NOW, service)


class TestBadLines:
    def test_the_table_is_as_long_as_it_should_be(self) -> None:
        assert len(UNREADABLE) + len(UNKNOWN) + len(BAD_DATES) + len(PROMISED) >= 60

    @pytest.mark.parametrize(("line", "reason"), UNREADABLE)
    def test_that_cannot_be_read(self, line: str | dict[str, Any], reason: str) -> None:
        text = line if isinstance(line, str) else json.dumps(line)
        assert read_line(text.encode(), 12) == Rejection(12, RejectionCode.MALFORMED, reason)

    @pytest.mark.parametrize("line", [b"\xff", b'{"subject": "\xff"}', b"\x00", b'{"subject": "\x00"}'])
    def test_that_are_no_text(self, line: bytes) -> None:
        assert read_line(line, 1) == Rejection(1, RejectionCode.MALFORMED, NOT_JSON)

    def test_that_are_too_long(self) -> None:
        line = json.dumps(holding()).encode()
        long = line + b" " * (LINE_BYTES_AT_MOST + 1 - len(line))
        assert read_line(long, 3) == Rejection(3, RejectionCode.TOO_LONG, "the line has more than 65536 bytes")

    def test_that_have_more_values_than_anybody_tells(self) -> None:
        """Each could be a mistake: 6,000 took as long as 5,000 good lines."""
        found = Rejection(3, RejectionCode.TOO_LONG, "the line has more than 1000 values")
        usual = values_in(json.dumps(disclosure(categories=[])).encode())
        most = LINE_VALUES_AT_MOST - usual + 1
        for categories, taken in (([1] * most, False), ([1] * (most + 1), True), ([[]] * 5_000, True)):
            assert (read_line(json.dumps(disclosure(categories=categories)).encode(), 3) == found) is taken
        wordy = json.dumps(disclosure(categories=["a, [b], {c}"] * 400)).encode()
        assert isinstance(read_line(wordy, 3), DisclosureLine)

    @pytest.mark.parametrize(("line", "code", "reason"), UNKNOWN)
    def test_with_a_key_that_the_revision_does_not_know(
        self, door: DataMap, line: dict[str, Any], code: RejectionCode, reason: str
    ) -> None:
        assert refusal(line, door) == Rejection(12, code, reason)

    @pytest.mark.parametrize(("line", "code", "reason"), BAD_DATES)
    def test_with_a_date_that_cannot_be(
        self, door: DataMap, line: dict[str, Any], code: RejectionCode, reason: str
    ) -> None:
        assert refusal(line, door) == Rejection(12, code, reason)

    @pytest.mark.parametrize(("line", "reason", "clauses"), PROMISED)
    def test_with_what_is_promised_never_to_be(
        self, door: DataMap, line: dict[str, Any], reason: str, clauses: tuple[str, ...]
    ) -> None:
        """Invariant 7."""
        assert refusal(line, door) == Rejection(12, RejectionCode.EXCLUDED_CATEGORY, reason, clauses)

    def test_about_a_minor(self, door: DataMap) -> None:
        """Invariant 7."""
        reason = "the policy promises to process no data of people under 18"
        assert refusal(holding(minor=True), door) == Rejection(12, RejectionCode.MINOR, reason, ("age", "statement"))
        assert refusal(holding(minor=False), door) is None

    def test_of_which_several_things_are_wrong_say_the_first(self, door: DataMap) -> None:
        wrong = holding(service="shop", category="cards", since="2030-01-01T00:00:00Z", minor=True)
        codes = []
        for mended in ({}, {"service": "billing"}, {"category": "email"}, {"minor": False}, {"since": DAY}):
            wrong |= mended
            refused = refusal(wrong, door, "billing")
            codes.append(refused and refused.code)
        assert codes == [
            RejectionCode.OTHER_SERVICE,
            RejectionCode.EXCLUDED_CATEGORY,
            RejectionCode.MINOR,
            RejectionCode.FUTURE_DATE,
            None,
        ]

    def test_never_come_back_in_the_reason(self, door: DataMap) -> None:
        for line, _ in UNREADABLE:
            text = line if isinstance(line, str) else json.dumps(line)
            read = read_line(text.encode(), 1)
            assert isinstance(read, Rejection)
            assert SECRET not in read.reason
            assert "Smith" not in read.reason
        for line, *_ in UNKNOWN:
            refused = refusal(line, door)
            assert refused is not None
            assert SECRET not in refused.reason


class TestTheDoor:
    @pytest.mark.parametrize(
        "line", [holding(), gone(), disclosure(), decision(service="billing"), trust(service="billing")]
    )
    def test_a_service_reports_for_itself_only(self, door: DataMap, line: dict[str, Any]) -> None:
        assert refusal(line, door, "billing") is None
        assert refusal(line, door, "shop") == Rejection(
            12, RejectionCode.OTHER_SERVICE, "this credential reports for the service 'shop' only"
        )

    @pytest.mark.parametrize("line", [contact(), contact(email=None)])
    def test_one_service_reports_contacts_and_the_command_line(self, door: DataMap, line: dict[str, Any]) -> None:
        read = read_line(json.dumps(line).encode(), 12)
        assert not isinstance(read, Rejection)
        refused = Rejection(12, RejectionCode.OTHER_SERVICE, "this credential is not the one that reports contacts")
        named, none = ContactRule("billing", can_seal=True), ContactRule(can_seal=True)
        assert [reject(read, 12, door, NOW, by, named) for by in (None, "billing", "shop")] == [None, None, refused]
        assert [reject(read, 12, door, NOW, by, none) for by in (None, "billing", "shop")] == [None, refused, refused]

    def test_without_a_key_no_address_is_taken(self, door: DataMap) -> None:
        reason = "'email' cannot be kept: there is no key to seal addresses with"
        assert refusal(contact(), door) == Rejection(12, RejectionCode.NO_ADDRESS_KEY, reason)
        assert refusal(contact(email=None, locale="de"), door) is None

    @pytest.mark.parametrize("category", ["cards", "card-number", "health", "blood-type"])
    def test_that_something_is_gone_breaks_no_promise(self, door: DataMap, category: str) -> None:
        assert refusal(gone(category=category), door) is None

    def test_a_clock_may_be_five_minutes_fast(self, door: DataMap) -> None:
        assert refusal(holding(since="2026-01-31T00:05:00Z"), door) is None

    def test_an_end_may_lie_in_the_future(self, door: DataMap) -> None:
        assert refusal(holding(until="9000-01-01T00:00:00Z"), door) is None
        assert refusal(trust(until="9000-01-01T00:00:00Z"), door) is None

    def test_a_minor_where_no_age_is_promised(self) -> None:
        door = DataMap(a_revision(), a_policy(), a_map())
        assert refusal(holding(minor=True), door) is None

    @pytest.mark.parametrize(
        ("purpose", "kind", "reason"),
        [
            (
                "delivery",
                "CONSENT",
                "the purpose 'delivery' does not rest on consent: there is none to give or to withdraw",
            ),
            (
                "contract",
                "WITHDRAWAL",
                "the purpose 'contract' does not rest on consent: there is none to give or to withdraw",
            ),
            ("contract", "OBJECTION", "the purpose 'contract' does not rest on an interest that can be objected to"),
        ],
    )
    def test_a_decision_that_the_purpose_does_not_allow(
        self, door: DataMap, purpose: str, kind: str, reason: str
    ) -> None:
        refused = refusal(decision(purpose=purpose, decision=kind), door)
        assert refused == Rejection(12, RejectionCode.DECISION_NOT_APPLICABLE, reason)

    @pytest.mark.parametrize("kind", [DecisionKind.RESTRICTION, DecisionKind.LIFTING])
    def test_restriction_is_open_to_all(self, door: DataMap, kind: DecisionKind) -> None:
        assert refusal(decision(purpose="contract", decision=kind), door) is None


# ---- whatever is sent ------------------------------------------------------------------------------------------------

_plain: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from((DAY, "email")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_FIELDS = sorted(
    {*HoldingLine.model_fields, *TrustLine.model_fields, *DisclosureLine.model_fields, *ContactLine.model_fields}
    | {"decision", "at"}
)
_LINES = (holding(), gone(), decision(), trust(), disclosure(), contact())
_addresses = st.from_regex(r"[ -~]{0,9}@[a-zü.@\-\r\n]{0,9}\.example", fullmatch=True)
_times = st.datetimes(timezones=st.timezones() | st.just(UTC)).map(datetime.isoformat)


class TestWhateverIsSent:
    @given(text=st.binary(max_size=200))
    def test_bytes_never_raise(self, text: bytes) -> None:
        assert isinstance(read_line(text, 1), Rejection)

    @given(line=_plain)
    def test_json_never_raises(self, line: Any) -> None:
        read_line(json.dumps(line).encode(), 1)

    @given(
        line=st.sampled_from(_LINES),
        over=st.dictionaries(
            st.sampled_from(_FIELDS),
            _plain | _times | _addresses | st.sampled_from(("email", "billing", "EMAIL", "de")),
        ),
    )
    def test_a_line_is_refused_or_can_be_written(
        self, door: DataMap, line: dict[str, Any], over: dict[str, Any]
    ) -> None:
        read = read_line(json.dumps({**line, **over}).encode(), 1)
        if not isinstance(read, Rejection) and reject(read, 1, door, NOW, None, ContactRule(can_seal=True)) is None:
            for time in _times_of(read):
                assert len(to_text(time)) == len("2026-01-01T00:00:00.000000Z")

    @given(email=_plain | _addresses, locale=_plain | st.from_regex(r"[a-zA-Z]{1,4}(-[a-zA-Z0-9]{0,9}){0,4}"))
    def test_an_address_or_a_language_is_one_line_or_refused(self, email: Any, locale: Any) -> None:
        read = read_line(json.dumps(contact(email=email, locale=locale)).encode(), 1)
        if isinstance(read, ContactLine):
            assert read.email is None or (read.email.isprintable() and read.email.count("@") == 1)
            assert read.locale is None or read.locale.replace("-", "").isalnum()
            again = contact(email=read.email, locale=read.locale)
            assert read_line(json.dumps(again).encode(), 1) == read

    @given(line=st.sampled_from(_LINES), cut=st.integers(0, 120), junk=st.binary(max_size=4))
    def test_a_damaged_line_never_raises(self, door: DataMap, line: dict[str, Any], cut: int, junk: bytes) -> None:
        text = json.dumps(line).encode()
        read = read_line(text[:cut] + junk + text[cut + 1 :], 1)
        if not isinstance(read, Rejection):
            reject(read, 1, door, NOW, "billing")


def _times_of(line: Line) -> list[datetime]:
    return [value for value in dict(line).values() if isinstance(value, datetime)]
