"""`me`: what is held about the person of the token, why, how long, and who receives it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from tests.server.api import Api

CLAUSES = "clauses { key number text }"
ROWS = """
holdings(first: 200) {
  totalCount
  nodes {
    service { key } category { key ancestors { key } } source { key } since lastSeen until records
    clauses { key }
    purposes { purpose { key } legalBasis status isActive decision { kind decidedAt } clauses { key } }
    recipients {
      recipient { key name isNamed kind function } countries { key adequacy } case { key number } status isActive
      isIdentifiable path { text hops { key } countries { key } } purpose { key } clauses { key }
    }
    retention { rule { key } endsAt exceptions { key name } purposes { key } clauses { key } }
  }
}
"""
STATUSES = (
    "holdings(first: 200) { nodes { serviceKey categoryKey purposes { purpose { key } status }"
    " recipients { disclosure { key } status } } }"
)


def keys(elements: Iterable[dict[str, Any]]) -> list[str]:
    return [each["key"] for each in elements]


def held(me: Any) -> list[str]:
    """Such as "websites/cookies", in the order of the answer."""
    return [f"{each['serviceKey']}/{each['categoryKey']}" for each in me["holdings"]["nodes"]]


def row_of(me: Any, service: str, category: str) -> Any:
    (row,) = [
        each
        for each in me["holdings"]["nodes"]
        if (each["service"]["key"], each["category"]["key"]) == (service, category)
    ]
    return row


def statuses(me: Any, category: str, purpose: str) -> list[str]:
    """The statuses of one purpose in the rows of one category of the account area."""
    return [
        each["status"]
        for row in me["holdings"]["nodes"]
        if (row["serviceKey"], row["categoryKey"]) == ("account-area", category)
        for each in row["purposes"]
        if each["purpose"]["key"] == purpose
    ]


def disclosure_statuses(me: Any, disclosure: str) -> dict[str, str]:
    """The status of one disclosure for each category that it covers."""
    return {
        row["categoryKey"]: each["status"]
        for row in me["holdings"]["nodes"]
        for each in row["recipients"]
        if each["disclosure"]["key"] == disclosure
    }


class TestRows:
    async def test_a_visitor_sees_what_a_website_keeps_of_them_and_who_gets_it(self, reader: Api) -> None:
        me = await reader.me("example-visitor", f"key asOf revision {{ number effectiveAt }} {ROWS}")
        assert (me["key"], me["asOf"]) == ("example-visitor", "2026-10-06T12:00:00Z")
        assert me["revision"] == {"number": 1, "effectiveAt": "2018-11-12T00:00:00Z"}
        assert me["holdings"]["totalCount"] == 9
        assert [each["category"]["key"] for each in me["holdings"]["nodes"]] == [
            "access-date",
            "access-time",
            "activity-duration",
            "activity-order",
            "browser",
            "cookies",
            "device-type",
            "ip-address",
            "operating-system",
        ]
        cookies = row_of(me, "websites", "cookies")
        assert {name: cookies[name] for name in ("since", "lastSeen", "until", "records")} == {
            "since": "2026-08-30T18:21:05Z",
            "lastSeen": "2026-10-03T07:45:12Z",
            "until": None,
            "records": 6,
        }
        assert cookies["source"] == {"key": "automatic-logging"}
        assert keys(cookies["category"]["ancestors"]) == ["supplementary-data"]
        assert keys(cookies["clauses"]) == [
            "sources.supplementary.collection",
            "sources.cookies.use",
            "purposes.improvement",
            "sources.usage-data.collection",
            "purposes.law",
            "sources.cookies.details",
            "scope.services",
            "scope.websites",
        ]
        assert [
            (each["purpose"]["key"], each["legalBasis"], each["status"], each["decision"])
            for each in cookies["purposes"]
        ] == [
            ("improvement", "LEGITIMATE_INTERESTS", "ACTIVE", None),
            ("law", "LEGITIMATE_INTERESTS", "ACTIVE", None),
        ]
        assert keys(cookies["purposes"][0]["clauses"]) == [
            "sources.supplementary.collection",
            "sources.cookies.use",
            "purposes.improvement",
            "purposes.list",
            "sources.usage-data.collection",
            "purposes.legal-basis",
        ]
        assert cookies["recipients"][0] == {
            "recipient": {
                "key": "google",
                "name": "Google Inc.",
                "isNamed": True,
                "kind": "PROCESSOR",
                "function": "Web analytics",
            },
            "countries": [{"key": "US", "adequacy": "NONE"}],
            "case": {"key": "additional-services", "number": "1"},
            "status": "ACTIVE",
            "isActive": True,
            "isIdentifiable": True,
            "path": {
                "text": "Websites → Cookies and technologies that do the same → Google Inc. → United States of America",
                "hops": [
                    {"key": "websites"},
                    {"key": "cookies"},
                    {"key": "google-web-analytics"},
                    {"key": "google"},
                ],
                "countries": [{"key": "US"}],
            },
            "purpose": {"key": "improvement"},
            "clauses": [
                {"key": "processors.google"},
                {"key": "disclosure.case-1.providers"},
                {"key": "processors.limited-kit"},
                {"key": "disclosure.cases"},
                {"key": "disclosure.limits"},
                {"key": "disclosure.case-1"},
                {"key": "disclosure.case-1.instructions"},
                {"key": "disclosure.case-1.details"},
                {"key": "processors.disclosed-here"},
            ],
        }
        assert [
            (each["recipient"]["key"], keys(each["countries"]), each["status"]) for each in cookies["recipients"]
        ] == [
            ("google", ["US"], "ACTIVE"),
            ("yandex", ["RU"], "ACTIVE"),
            ("website-monitoring-providers", [], "ACTIVE"),
            ("subcontractors", [], "ACTIVE"),
            ("competent-bodies", [], "ON_EVENT"),
            ("reorganisation-successors", [], "ON_EVENT"),
        ]
        assert cookies["retention"] == [
            {
                "rule": {"key": "goals"},
                "endsAt": None,
                "exceptions": [
                    {"key": "legitimate-business-interest", "name": "Protecting a legitimate business interest"},
                    {"key": "obligations", "name": "Meeting or enforcing obligations"},
                    {"key": "disputes", "name": "Settling disputes"},
                ],
                "purposes": [{"key": "improvement"}, {"key": "law"}],
                "clauses": [
                    {"key": "retention.period"},
                    {"key": "retention.end"},
                    {"key": "retention.end.goals-reached"},
                    {"key": "retention.end.no-need"},
                    {"key": "retention.end.demand"},
                    {"key": "principles.storage-limitation"},
                ],
            }
        ]

    async def test_a_buyer_sees_every_service_each_with_its_own_source(self, reader: Api) -> None:
        me = await reader.me("example-buyer", ROWS)
        assert [
            f"{each['service']['key']}/{each['category']['key']} {each['source']['key']} {each['since'][:10]}"
            for each in me["holdings"]["nodes"]
        ] == [
            "account-area/address data-subject 2019-03-01",
            "account-area/billing-details data-subject 2019-03-01",
            "account-area/email data-subject 2019-03-01",
            "account-area/family-name data-subject 2019-03-01",
            "account-area/first-name data-subject 2019-03-01",
            "account-area/server-ip data-subject 2019-03-01",
            "ispmanager/access-time automatic-logging 2026-02-11",
            "ispmanager/error-logs automatic-logging 2020-01-15",
            "ispmanager/ip-address automatic-logging 2026-02-11",
            "ispmanager/license-id license-checks 2019-03-01",
            "ispmanager/operating-system automatic-logging 2020-01-15",
            "ispmanager/server-ip license-checks 2019-03-01",
            "ispmanager/usage-quantities automatic-logging 2020-01-15",
        ]
        # What the policy says of software products holds for ISPmanager, which is one of them.
        license_id = row_of(me, "ispmanager", "license-id")
        assert [each["purpose"]["key"] for each in license_id["purposes"]] == ["protection", "law"]
        assert license_id["recipients"][0]["path"]["text"] == (
            "ISPmanager → License ID → Licensors. The policy names none of them."
        )
        statistics = row_of(me, "ispmanager", "error-logs")["recipients"][-1]
        assert (statistics["recipient"]["key"], statistics["isIdentifiable"]) == ("statistics-recipients", False)

    async def test_a_past_customer_sees_what_was_kept_and_not_what_is_gone(self, reader: Api) -> None:
        me = await reader.me("example-past-customer", ROWS)
        assert [
            (each["category"]["key"], each["since"], each["until"], each["records"]) for each in me["holdings"]["nodes"]
        ] == [
            ("billing-details", "2019-01-14T12:04:00Z", None, 4),
            ("family-name", "2019-01-14T12:00:00Z", None, 1),
            ("first-name", "2019-01-14T12:00:00Z", None, 1),
        ]
        billing = row_of(me, "account-area", "billing-details")
        assert keys(billing["retention"][0]["exceptions"]) == [
            "legitimate-business-interest",
            "obligations",
            "disputes",
        ]

    async def test_every_row_cites_its_clauses_with_number_and_text(self, reader: Api) -> None:
        me = await reader.me(
            "example-disclosed",
            f"""holdings(category: ["public-posts"]) {{ nodes {{
                {CLAUSES} purposes {{ purpose {{ key }} {CLAUSES} }} recipients {{ recipient {{ key }} {CLAUSES} }}
                retention {{ {CLAUSES} exceptions {{ {CLAUSES} }} }} }} }}
                neverHeld {{ key {CLAUSES} }} rights {{ {CLAUSES} }}""",
        )
        (posts,) = me["holdings"]["nodes"]
        assert posts["purposes"][1] == {
            "purpose": {"key": "law"},
            "clauses": [
                {
                    "key": "public-sections.no-moderation",
                    "number": "8.2",
                    "text": "What is entered there is not moderated by ISPsystem, and ISPsystem is not liable when "
                    "data is revealed publicly.",
                },
                {
                    "key": "purposes.law",
                    "number": "10.3",
                    "text": "**Law.** Meeting the requirements of laws, for instance tax laws.",
                },
                {"key": "purposes.list", "number": "10.1", "text": "ISPsystem uses personal data for these goals:"},
                {
                    "key": "sources.personal.use.taxes",
                    "number": "6.2.13",
                    "text": "meet its tax obligations;",
                },
                {
                    "key": "purposes.legal-basis",
                    "number": "10.10",
                    "text": "For processing under points 1 to 8, ISPsystem relies on having a relevant legitimate "
                    "interest. Marketing and advertising messages are the exception.",
                },
            ],
        }
        exceptions = [each for row in posts["retention"] for each in row["exceptions"]]
        cited = [posts, *posts["purposes"], *posts["recipients"], *posts["retention"], *exceptions]
        cited += [*me["neverHeld"], *me["rights"]]
        assert len(cited) == 1 + 2 + 2 + 1 + 3 + 12 + 8
        assert all(clause["number"] and clause["text"] for row in cited for clause in row["clauses"])
        assert all(row["clauses"] for row in cited), "this policy states all of it"

    async def test_what_was_decided_trusted_and_disclosed_cites_its_clauses(self, reader: Api) -> None:
        me = await reader.me(
            "example-truster",
            f"trusts {{ nodes {{ {CLAUSES} }} }} recipients {{ nodes {{ key {CLAUSES}"
            f" disclosed {{ nodes {{ {CLAUSES} }} }} }} }}",
        )
        assert [keys(each["clauses"]) for each in me["trusts"]["nodes"]] == [
            ["disclosure.cases", "disclosure.limits", "disclosure.case-2"]
        ]
        (trusted,) = [each for each in me["recipients"]["nodes"] if each["key"] == "trusted-subjects"]
        assert [keys(each["clauses"]) for each in trusted["disclosed"]["nodes"]] == [
            ["disclosure.cases", "disclosure.limits", "disclosure.case-2"]
        ]
        assert all(each["clauses"] for each in me["recipients"]["nodes"])
        unsubscribed = await reader.me(
            "example-unsubscribed", f"decisions {{ nodes {{ kind {CLAUSES} purpose {{ {CLAUSES} }} }} }}"
        )
        decisions = unsubscribed["decisions"]["nodes"]
        assert [each["kind"] for each in decisions] == ["CONSENT", "WITHDRAWAL"]
        assert all(each["clauses"] == each["purpose"]["clauses"] != [] for each in decisions)

    async def test_each_recipient_has_the_services_categories_and_purposes_of_what_it_may_receive(
        self, reader: Api
    ) -> None:
        me = await reader.me(
            "example-disclosed",
            "recipients { nodes { key recipient { clauses { key } } services { key } categories { key }"
            " purposes { key } clauses { key } mayReceive(first: 200) { nodes { holding { serviceKey categoryKey }"
            " purpose { key } disclosure { clauses { key } } } } } }",
        )
        kinds = ("services", "categories", "purposes")
        lists = " ".join(f"{kind}(first: 200) {{ nodes {{ key }} }}" for kind in kinds)
        data_map = await reader.data(f"{{ dataMap {{ {lists} }} }}")
        order = {kind: keys(elements["nodes"]) for kind, elements in data_map["dataMap"].items()}
        for each in me["recipients"]["nodes"]:
            ways = each["mayReceive"]["nodes"]
            reached = {
                "services": {way["holding"]["serviceKey"] for way in ways},
                "categories": {way["holding"]["categoryKey"] for way in ways},
                "purposes": {way["purpose"]["key"] for way in ways},
            }
            for kind, expected in reached.items():
                assert keys(each[kind]) == [key for key in order[kind] if key in expected]
            of_disclosures = [key for way in ways for key in keys(way["disclosure"]["clauses"])]
            assert keys(each["clauses"]) == list(dict.fromkeys([*keys(each["recipient"]["clauses"]), *of_disclosures]))
        google = next(each for each in me["recipients"]["nodes"] if each["key"] == "google")
        assert [keys(google[kind]) for kind in kinds] == [
            ["websites"],
            ["ip-address", "access-time", "activity-order", "cookies"],
            ["improvement"],
        ]

    async def test_somebody_of_whom_nothing_is_known_gets_empty_lists(self, reader: Api) -> None:
        me = await reader.me(
            "nobody-we-know",
            f"key {ROWS} recipients {{ totalCount nodes {{ key }} }} decisions {{ nodes {{ kind }} }}"
            " trusts { nodes { towards } } accessedBy { nodes { by } }",
        )
        assert me == {
            "key": "nobody-we-know",
            "holdings": {"totalCount": 0, "nodes": []},
            "recipients": {"totalCount": 0, "nodes": []},
            "decisions": {"nodes": []},
            "trusts": {"nodes": []},
            "accessedBy": {"nodes": []},
        }


class TestDecisionsAndTrusts:
    @pytest.mark.parametrize(
        ("subject", "purpose", "status", "disclosed"),
        [
            ("example-subscriber", "marketing-messages", "ACTIVE", "ACTIVE"),
            ("example-unsubscribed", "marketing-messages", "WITHDRAWN", "PURPOSE_INACTIVE"),
            ("example-objector", "marketing-messages", "OBJECTED", "PURPOSE_INACTIVE"),
            ("example-dns-only", "marketing-messages", "NO_CONSENT", "PURPOSE_INACTIVE"),
        ],
    )
    async def test_marketing_stands_as_the_person_decided(
        self, reader: Api, subject: str, purpose: str, status: str, disclosed: str
    ) -> None:
        me = await reader.me(subject, STATUSES)
        assert statuses(me, "email", purpose) == [status]
        assert set(disclosure_statuses(me, "email-sending-marketing-messages").values()) == {disclosed}
        # What the service needs is told in system messages, whatever the person decided about marketing.
        assert statuses(me, "email", "system-messages") == ["ACTIVE"]
        assert set(disclosure_statuses(me, "email-sending-system-messages").values()) == {"ACTIVE"}

    async def test_a_restriction_stops_its_purpose_until_it_is_lifted(self, reader: Api) -> None:
        me = await reader.me("example-restricted", f"{ROWS} decisions {{ nodes {{ kind purposeKey decidedAt }} }}")
        assert [
            (each["purpose"]["key"], each["status"], each["isActive"], each["decision"])
            for each in row_of(me, "account-area", "billing-details")["purposes"]
        ] == [
            ("agreements", "ACTIVE", True, None),
            ("law", "ACTIVE", True, None),
            (
                "payments-and-accounts",
                "RESTRICTED",
                False,
                {"kind": "RESTRICTION", "decidedAt": "2026-09-21T13:40:00Z"},
            ),
            ("protection", "ACTIVE", True, None),
            ("interaction", "ACTIVE", True, None),
        ]
        assert [(each["kind"], each["purposeKey"], each["decidedAt"]) for each in me["decisions"]["nodes"]] == [
            ("RESTRICTION", "interaction", "2024-07-03T09:00:00Z"),
            ("LIFTING", "interaction", "2024-08-15T09:00:00Z"),
            ("RESTRICTION", "payments-and-accounts", "2026-09-21T13:40:00Z"),
        ]

    @pytest.mark.parametrize("subject", ["example-objector", "example-restricted"])
    async def test_what_comes_by_an_event_is_told_whatever_the_person_decided(self, reader: Api, subject: str) -> None:
        """`rights.restrict.claims`: what protects against complaints and lawsuits can go on."""
        me = await reader.me(
            subject, "holdings(first: 200) { nodes { recipients { case { condition } status recipient { key } } } }"
        )
        rows = [each for row in me["holdings"]["nodes"] for each in row["recipients"]]
        on_event = [each for each in rows if each["case"]["condition"] == "EVENT"]
        assert {each["status"] for each in on_event} == {"ON_EVENT"}
        assert {each["recipient"]["key"] for each in on_event} >= {"competent-bodies", "reorganisation-successors"}

    async def test_a_trusted_person_may_see_what_was_granted_and_no_more(self, reader: Api) -> None:
        me = await reader.me(
            "example-truster",
            f"{STATUSES} trusts {{ totalCount nodes {{ towards since until categoryKeys categories {{ name }} }} }}",
        )
        assert me["trusts"] == {
            "totalCount": 1,
            "nodes": [
                {
                    "towards": "example-trusted",
                    "since": "2023-01-10T10:00:00Z",
                    "until": None,
                    "categoryKeys": ["billing-details"],
                    "categories": [{"name": "Billing details"}],
                }
            ],
        }
        assert disclosure_statuses(me, "trusted-subjects-account") == {
            "billing-details": "ACTIVE",
            "email": "NO_TRUST",
            "family-name": "NO_TRUST",
            "first-name": "NO_TRUST",
            "server-ip": "NO_TRUST",
        }

    async def test_being_trusted_shows_nothing_of_the_other(self, reader: Api) -> None:
        me = await reader.me(
            "example-trusted", "holdings { nodes { serviceKey categoryKey } } trusts { nodes { towards } }"
        )
        assert held(me) == ["account-area/email", "account-area/family-name", "account-area/first-name"]
        assert me["trusts"]["nodes"] == []


class TestNeverHeld:
    async def test_each_promise_is_told_with_its_clauses(self, reader: Api) -> None:
        me = await reader.me("example-visitor", "neverHeld { key kind minimumAge categories { key } clauses { key } }")
        assert [(each["key"], each["kind"]) for each in me["neverHeld"]] == [
            ("bank-cards", "CATEGORY"),
            ("biometric-data", "CATEGORY"),
            ("political-beliefs", "CATEGORY"),
            ("religious-beliefs", "CATEGORY"),
            ("previous-convictions", "CATEGORY"),
            ("health", "CATEGORY"),
            ("similar-information", "CATEGORY"),
            ("minors", "AGE"),
            ("other-software", "SCOPE"),
            ("third-party-services", "SCOPE"),
            ("companies-using-products", "SCOPE"),
            ("public-sections", "SCOPE"),
        ]
        by_key = {each["key"]: each for each in me["neverHeld"]}
        assert keys(by_key["bank-cards"]["categories"]) == ["bank-card-data"]
        assert keys(by_key["bank-cards"]["clauses"]) == ["sources.personal.no-bank-cards"]
        assert by_key["minors"]["minimumAge"] == 18
        assert keys(by_key["minors"]["clauses"]) == ["age.minimum", "age.report"]
