"""`dataMap`: what the policy's clauses state, as data; public but for what is meant for staff."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from graph.checks import findings
from graph.model import MapElement
from graph.store.publishing import publish_revision
from graph.store.revisions import draft_revision
from tests.builders import (
    a_category,
    a_disclosure,
    a_map,
    a_processing,
    a_purpose,
    a_recipient,
    a_revision_content,
    a_service,
)
from tests.server.api import SEED, Api, revision_in

#: Every list of the map, and how many elements the seed has of it.
LISTS = {
    "services": 19,
    "categories": 38,
    "sources": 5,
    "purposes": 9,
    "recipients": 18,
    "countries": 3,
    "safeguards": 4,
    "processings": 95,
    "disclosures": 37,
    "disclosureCases": 8,
    "retentionRules": 2,
    "exclusions": 12,
    "rights": 8,
    "measures": 14,
}
INTERNAL = """
{ dataMap {
  services { nodes { key owner note } } categories { nodes { key note } } purposes { nodes { key note } }
  recipients { nodes { key note } } processings(first: 200) { nodes { key note } } disclosures { nodes { key note } }
} }
"""


class TestLists:
    async def test_the_map_is_public_and_whole(self, reader: Api) -> None:
        lists = " ".join(f"{name}(first: 200) {{ totalCount nodes {{ key clauses {{ key }} }} }}" for name in LISTS)
        data = (
            await reader.data(
                f"{{ dataMap {{ revision {{ number }} controller {{ key clauses {{ key }} }} {lists} }} }}"
            )
        )["dataMap"]
        elements = revision_in(SEED).elements
        assert {name: data[name]["totalCount"] for name in LISTS} == LISTS
        stored: dict[str, Sequence[MapElement]] = {
            "services": elements.services,
            "categories": elements.data_categories,
            "sources": elements.sources,
            "purposes": elements.purposes,
            "recipients": elements.recipients,
            "countries": elements.countries,
            "safeguards": elements.safeguards,
            "processings": elements.processings,
            "disclosures": elements.disclosures,
            "disclosureCases": elements.disclosure_cases,
            "retentionRules": elements.retention_rules,
            "exclusions": elements.exclusions,
            "rights": elements.rights,
            "measures": elements.measures,
        }
        for name, expected in stored.items():
            assert data[name]["nodes"] == [
                {"key": each.key, "clauses": [{"key": key} for key in each.clauses]} for each in expected
            ]

    async def test_the_controller(self, reader: Api) -> None:
        data = await reader.data(
            """{ dataMap { controller {
            name registration address country email website answersWithin noticeChannels } } }"""
        )
        assert data["dataMap"]["controller"] == {
            "name": "ISPsystem LTD",
            "registration": "HE379354",
            "address": "Tepeleniou 13, Tepelenio Court, 2nd floor, 8010 Paphos, Cyprus",
            "country": "CY",
            "email": "privacy@ispsystem.com",
            "website": "https://www.ispsystem.com",
            "answersWithin": "strives to answer as swiftly as it can, and in no more than one month",
            "noticeChannels": ["EMAIL", "ACCOUNT_AREA", "SOFTWARE_PRODUCT"],
        }

    async def test_elements_lead_to_each_other(self, reader: Api) -> None:
        data = await reader.data(
            """{ dataMap { disclosures(first: 1) { nodes {
              key services { key } categories { key }
              recipient { key countries { key } engages { key } safeguards { key } }
              purpose { key legalBasis isDirectMarketing } case { key number condition } isIdentifiable } }
            processings(first: 1) { nodes {
              key service { key } categories { key } source { key kind } purpose { key } legalBasis
              retention { key period { months } outcome exceptions { key } } } } } }"""
        )
        assert data["dataMap"]["disclosures"]["nodes"] == [
            {
                "key": "google-web-analytics",
                "services": [{"key": "websites"}],
                "categories": [{"key": "log-data"}, {"key": "usage-data"}, {"key": "cookies"}],
                "recipient": {
                    "key": "google",
                    "countries": [{"key": "US"}],
                    "engages": [],
                    "safeguards": [
                        {"key": "protection-no-lower"},
                        {"key": "on-instructions-only"},
                        {"key": "limited-kit"},
                        {"key": "confidential-transfer"},
                    ],
                },
                "purpose": {"key": "improvement", "legalBasis": "LEGITIMATE_INTERESTS", "isDirectMarketing": False},
                "case": {"key": "additional-services", "number": "1", "condition": "NONE"},
                "isIdentifiable": True,
            }
        ]
        assert data["dataMap"]["processings"]["nodes"] == [
            {
                "key": "software-products-personal-data-agreements",
                "service": {"key": "software-products"},
                "categories": [{"key": "personal-data"}],
                "source": {"key": "data-subject", "kind": "DATA_SUBJECT"},
                "purpose": {"key": "agreements"},
                "legalBasis": "LEGITIMATE_INTERESTS",
                "retention": {
                    "key": "goals",
                    "period": None,
                    "outcome": "ERASE_OR_DEPERSONALISE",
                    "exceptions": [
                        {"key": "legitimate-business-interest"},
                        {"key": "obligations"},
                        {"key": "disputes"},
                    ],
                },
            }
        ]

    @pytest.mark.parametrize("name", sorted(LISTS))
    async def test_pages_give_every_element_once(self, reader: Api, name: str) -> None:
        document = f"""query ($after: String) {{ dataMap {{ {name}(first: 20, after: $after) {{
            pageInfo {{ hasNextPage endCursor }} nodes {{ key }} }} }} }}"""
        found: list[str] = []
        after = None
        while True:
            page = (await reader.data(document, {"after": after}))["dataMap"][name]
            found += [each["key"] for each in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        assert len(found) == len(set(found)) == LISTS[name]

    @pytest.mark.parametrize("name", [*sorted(LISTS), "findings"])
    @pytest.mark.parametrize("first", [0, 201])
    async def test_a_page_has_a_maximum(self, reader: Api, name: str, first: int) -> None:
        answer = await reader.ask(f"{{ dataMap {{ {name}(first: {first}) {{ totalCount }} }} }}", token=reader.staff())
        assert (answer.codes, answer.errors[0]["path"]) == (["INVALID_INPUT"], ["dataMap", name])


class TestForStaff:
    async def test_findings_are_what_the_checks_report(self, reader: Api) -> None:
        content = revision_in(SEED)
        data = await reader.data(
            """{ dataMap { findings(first: 200) { totalCount nodes {
            kind rule message element { key } clauses { key } } } } }""",
            token=reader.staff(),
        )
        expected = findings(content.elements, content.policy)
        assert data["dataMap"]["findings"]["totalCount"] == len(expected)
        assert [(each["kind"], each["rule"], each["message"]) for each in data["dataMap"]["findings"]["nodes"]] == [
            (each.kind.value, each.rule, each.message) for each in expected
        ]
        affiliates = [each for each in data["dataMap"]["findings"]["nodes"] if each["element"] == {"key": "affiliates"}]
        assert {each["kind"] for each in affiliates} == {"GAP"}

    async def test_notes_are_for_staff(self, reader: Api) -> None:
        for token in (None, reader.subject("example-buyer"), reader.service("websites"), reader.job()):
            data = (await reader.data(INTERNAL, token=token))["dataMap"]
            assert {each["note"] for page in data.values() for each in page["nodes"]} == {None}
        data = (await reader.data(INTERNAL, token=reader.staff()))["dataMap"]
        noted = {name: sum(each["note"] is not None for each in page["nodes"]) for name, page in data.items()}
        assert all(noted.values()), noted
        by_key = {each["key"]: each["note"] for each in data["recipients"]["nodes"]}
        assert by_key["affiliates"] == (
            'The policy says that the section "Processors" describes them. It describes none.'
        )

    async def test_owners_and_notes_are_nowhere_else_either(self, api: Api) -> None:
        secret = {"note": "Ask Anna"}
        content = a_revision_content(
            elements=a_map(
                services=(a_service(owner="Team Billing", **secret),),
                data_categories=(a_category(**secret),),
                purposes=(a_purpose(**secret),),
                recipients=(a_recipient(**secret),),
                processings=(a_processing(**secret),),
                disclosures=(a_disclosure(**secret),),
            )
        )
        draft = await draft_revision(api.database, content, at=api.clock())
        await publish_revision(
            api.database, draft.number, expected=draft.base, effective_at=api.clock(), at=api.clock()
        )
        line = {"subject": "example-buyer", "service": "billing", "category": "email", "since": "2026-01-01T00:00:00Z"}
        await api.report([line], api.service("billing"))
        row = """holdings(service: ["billing"]) { nodes { service { owner note } category { note }
            purposes { purpose { note } processing { note service { owner } } }
            recipients { recipient { note } disclosure { note services { owner } } purpose { note } path { hops {
              ... on Service { owner serviceNote: note } ... on Recipient { note } } } } } }"""
        public = f"""{{ dataMap {{ services {{ nodes {{ owner note }} }} }}
            policy {{ clause(key: "statement") {{ states {{ ... on Service {{ owner note }} }} }} }}
            me {{ {row} }} }}"""
        answer = await api.ask(public, token=api.subject("example-buyer"))
        assert answer.errors == []
        assert answer.data["me"]["holdings"]["nodes"][0]["service"] == {"owner": None, "note": None}
        assert "Anna" not in str(answer.body) and "Team" not in str(answer.body)
        staff = f'{{ subject(id: "example-buyer") {{ {row} }} dataMap {{ services {{ nodes {{ owner note }} }} }} }}'
        seen = await api.data(staff, token=api.staff())
        assert seen["dataMap"]["services"]["nodes"] == [{"owner": "Team Billing", "note": "Ask Anna"}]
        assert seen["subject"]["holdings"]["nodes"][0]["service"] == {"owner": "Team Billing", "note": "Ask Anna"}
