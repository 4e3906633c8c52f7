"""The lists of `me`: filters, pages, and the view from the recipients' side."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.schema.connections import PAGE_MAXIMUM
from tests.server.api import Api

FILTERED = """
query ($service: [String!], $category: [String!], $recipient: [String!]) {
  me { holdings(first: 200, service: $service, category: $category, recipient: $recipient) {
    totalCount nodes { serviceKey categoryKey } } }
}
"""
PAGE = """
query ($first: Int!, $after: String) {
  me { holdings(first: $first, after: $after) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { id serviceKey categoryKey } } } }
}
"""
#: Every list of `me`, with what a row of it may select.
LISTS = {
    "holdings": "id",
    "recipients": "key",
    "decisions": "id",
    "trusts": "id",
    "accessedBy": "id",
}


async def filtered(api: Api, subject: str, **filters: list[str]) -> list[str]:
    page = (await api.data(FILTERED, filters, api.subject(subject)))["me"]["holdings"]
    assert page["totalCount"] == len(page["nodes"])
    return [f"{each['serviceKey']}/{each['categoryKey']}" for each in page["nodes"]]


async def pages(api: Api, subject: str, first: int) -> AsyncIterator[Any]:
    """Each page of the holdings, asked for by the end of the one before."""
    after = None
    while True:
        data = await api.data(PAGE, {"first": first, "after": after}, api.subject(subject))
        yield data["me"]["holdings"]
        if not data["me"]["holdings"]["pageInfo"]["hasNextPage"]:
            return
        after = data["me"]["holdings"]["pageInfo"]["endCursor"]


class TestFilters:
    async def test_by_service(self, reader: Api) -> None:
        assert await filtered(reader, "example-multi-product", service=["vmmanager"]) == [
            "vmmanager/error-logs",
            "vmmanager/license-id",
            "vmmanager/server-ip",
        ]

    async def test_by_a_service_that_others_are_part_of(self, reader: Api) -> None:
        assert await filtered(reader, "example-multi-product", service=["software-products", "related-services"]) == [
            "billmanager/interface-interaction",
            "billmanager/license-id",
            "billmanager/server-ip",
            "billmanager/usage-quantities",
            "ssl-certificates/address",
            "ssl-certificates/email",
            "ssl-certificates/family-name",
            "ssl-certificates/first-name",
            "vmmanager/error-logs",
            "vmmanager/license-id",
            "vmmanager/server-ip",
        ]

    async def test_by_a_category_that_others_are_part_of(self, reader: Api) -> None:
        assert await filtered(reader, "example-buyer", category=["supplementary-data"]) == [
            "account-area/server-ip",
            "ispmanager/access-time",
            "ispmanager/error-logs",
            "ispmanager/ip-address",
            "ispmanager/license-id",
            "ispmanager/operating-system",
            "ispmanager/server-ip",
            "ispmanager/usage-quantities",
        ]
        assert await filtered(reader, "example-buyer", category=["usage-data"]) == [
            "ispmanager/error-logs",
            "ispmanager/operating-system",
            "ispmanager/usage-quantities",
        ]

    async def test_by_recipient(self, reader: Api) -> None:
        assert await filtered(reader, "example-disclosed", recipient=["google"]) == [
            "websites/access-time",
            "websites/activity-order",
            "websites/cookies",
            "websites/ip-address",
        ]

    async def test_filters_narrow_each_other(self, reader: Api) -> None:
        found = await filtered(
            reader,
            "example-multi-product",
            service=["software-products"],
            category=["server-ip"],
            recipient=["licensors"],
        )
        assert found == ["billmanager/server-ip", "vmmanager/server-ip"]

    @pytest.mark.parametrize("name", ["service", "category", "recipient"])
    async def test_an_unknown_key_or_none_at_all_matches_nothing(self, reader: Api, name: str) -> None:
        assert await filtered(reader, "example-buyer", **{name: ["no-such-key"]}) == []
        assert await filtered(reader, "example-buyer", **{name: []}) == []


class TestPages:
    @pytest.mark.parametrize("first", [1, 4, 200])
    async def test_every_row_comes_once_in_one_order(self, reader: Api, first: int) -> None:
        whole = (await reader.data(PAGE, {"first": 200}, reader.subject("example-multi-product")))["me"]["holdings"]
        found = [page async for page in pages(reader, "example-multi-product", first)]
        assert [edge for page in found for edge in page["edges"]] == whole["edges"]
        assert len(whole["edges"]) == whole["totalCount"] == 21
        assert [len(page["edges"]) for page in found[:-1]] == [first] * (len(found) - 1)
        assert [page["pageInfo"]["hasPreviousPage"] for page in found] == [False] + [True] * (len(found) - 1)
        for page in found:
            assert page["totalCount"] == 21
            assert page["pageInfo"]["startCursor"] == page["edges"][0]["cursor"]
            assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]

    async def test_rows_that_go_between_two_pages_shift_nothing(self, api: Api) -> None:
        before = [edge async for page in pages(api, "example-multi-product", 200) for edge in page["edges"]]
        rows = [f"{edge['node']['serviceKey']}/{edge['node']['categoryKey']}" for edge in before]
        assert rows[2:7] == [
            "account-area/billing-details",
            "account-area/browser",
            "account-area/email",
            "account-area/family-name",
            "account-area/first-name",
        ]
        seen: list[str] = []
        async for page in pages(api, "example-multi-product", 4):
            seen += [f"{edge['node']['serviceKey']}/{edge['node']['categoryKey']}" for edge in page["edges"]]
            if len(seen) == 4:
                # One that was seen, the one that the cursor names, and one that is still to come.
                gone = ["activity-order", "browser", "first-name"]
                await api.report(
                    [
                        {
                            "type": "gone",
                            "subject": "example-multi-product",
                            "service": "account-area",
                            "category": category,
                            "at": "2026-10-06T11:00:00Z",
                        }
                        for category in gone
                    ],
                    api.service("account-area"),
                )
        assert seen == [row for row in rows if row != "account-area/first-name"]

    @pytest.mark.parametrize("name", sorted(LISTS))
    @pytest.mark.parametrize("first", [0, -1, PAGE_MAXIMUM + 1])
    async def test_a_page_has_a_maximum(self, reader: Api, name: str, first: int) -> None:
        document = f"{{ me {{ {name}(first: {first}) {{ nodes {{ {LISTS[name]} }} }} }} }}"
        answer = await reader.ask(document, token=reader.subject("example-buyer"))
        assert (answer.codes, answer.errors[0]["path"]) == (["INVALID_INPUT"], ["me", name])
        assert answer.messages == [f"`first` is {first}: ask for 1 to 200 rows, and read on with `after`"]

    @pytest.mark.parametrize(
        "cursor",
        [
            "",
            "x",
            "bm90IGpzb24",
            "WyJhZnRlciIsInRydXN0cyIsIjIwMjMiLCJ4Il0",  # of another list
            "WyJhZnRlciIsImhvbGRpbmdzIiwxLDIsM10",  # numbers where there are texts
            "WyJhZnRlciIsImhvbGRpbmdzIl0",
            "A" * 2000,
            "é",
        ],
    )
    async def test_what_is_no_cursor_of_the_list_is_refused(self, reader: Api, cursor: str) -> None:
        answer = await reader.ask(PAGE, {"first": 1, "after": cursor}, reader.subject("example-buyer"))
        assert answer.codes == ["INVALID_INPUT"]
        assert answer.messages == ["This is not a cursor of this list: give an `endCursor` that it returned, or none"]


class TestRecipients:
    @pytest.mark.parametrize(
        "subject", ["example-visitor", "example-buyer", "example-multi-product", "example-truster", "example-requester"]
    )
    async def test_the_view_from_the_recipients_agrees_with_the_rows(self, reader: Api, subject: str) -> None:
        path = "status path { text } purpose { key } case { key }"
        me = await reader.me(
            subject,
            f"""holdings(first: 200) {{ nodes {{ id recipients {{ recipient {{ key }} {path} }} }} }}
            recipients(first: 200) {{ nodes {{ key isActive recipient {{ key }}
              mayReceive(first: 200) {{ totalCount nodes {{ holding {{ id }} {path} }} }} }} }}""",
        )

        def told(recipient: str, holding: str, each: Any) -> tuple[str, ...]:
            return (
                recipient,
                holding,
                each["status"],
                each["path"]["text"],
                each["purpose"]["key"],
                each["case"]["key"],
            )

        by_row = Counter(
            told(each["recipient"]["key"], row["id"], each)
            for row in me["holdings"]["nodes"]
            for each in row["recipients"]
        )
        by_recipient = Counter(
            told(recipient["key"], each["holding"]["id"], each)
            for recipient in me["recipients"]["nodes"]
            for each in recipient["mayReceive"]["nodes"]
        )
        assert by_row == by_recipient
        assert by_row.total() > 0
        for recipient in me["recipients"]["nodes"]:
            assert recipient["recipient"]["key"] == recipient["key"]
            assert recipient["mayReceive"]["totalCount"] == len(recipient["mayReceive"]["nodes"])
            active = any(each["status"] == "ACTIVE" for each in recipient["mayReceive"]["nodes"])
            assert recipient["isActive"] is active

    async def test_recipients_without_a_name_are_there_and_marked(self, reader: Api) -> None:
        me = await reader.me("example-visitor", "recipients { nodes { recipient { key name isNamed description } } }")
        named = {each["recipient"]["key"]: each["recipient"]["isNamed"] for each in me["recipients"]["nodes"]}
        assert named == {
            "google": True,
            "yandex": True,
            "website-monitoring-providers": False,
            "subcontractors": False,
            "competent-bodies": False,
            "parties-in-protection": False,
            "reorganisation-successors": False,
            "statistics-recipients": False,
        }
        assert me["recipients"]["nodes"][2]["recipient"] == {
            "key": "website-monitoring-providers",
            "name": None,
            "isNamed": False,
            "description": "Services that monitor activity on the websites, other than the two that the policy names.",
        }

    async def test_what_was_disclosed_stands_apart_from_what_may_be(self, reader: Api) -> None:
        me = await reader.me(
            "example-disclosed",
            """recipients { nodes { key isActive mayReceive { totalCount } disclosed { totalCount nodes {
               disclosedAt serviceKey categoryKeys categories { key } purpose { key } case { key } } } } }""",
        )
        by_key = {each["key"]: each for each in me["recipients"]["nodes"]}
        assert by_key["google"]["mayReceive"]["totalCount"] == 4
        assert by_key["google"]["disclosed"] == {
            "totalCount": 1,
            "nodes": [
                {
                    "disclosedAt": "2026-09-12T08:58:01Z",
                    "serviceKey": "websites",
                    "categoryKeys": ["access-time", "cookies", "ip-address"],
                    "categories": [{"key": "access-time"}, {"key": "cookies"}, {"key": "ip-address"}],
                    "purpose": {"key": "improvement"},
                    "case": {"key": "additional-services"},
                }
            ],
        }
        # A request of an authority was met once; that it may come again does not make it ordinary.
        assert by_key["competent-bodies"]["isActive"] is False
        assert by_key["competent-bodies"]["disclosed"]["nodes"][0]["disclosedAt"] == "2025-02-18T10:00:00Z"
        assert {key for key, each in by_key.items() if each["disclosed"]["totalCount"]} == {
            "google",
            "yandex",
            "competent-bodies",
        }

    async def test_a_disclosure_counts_from_the_day_it_happened(self, reader: Api) -> None:
        selection = "recipients { nodes { key disclosed { totalCount } } }"
        me = await reader.me("example-disclosed", selection, "2025-02-18T10:00:00Z")
        assert {each["key"]: each["disclosed"]["totalCount"] for each in me["recipients"]["nodes"]} == {
            "competent-bodies": 1,
            "subcontractors": 0,
            "trusted-subjects": 0,
            "affiliates": 0,
            "contract-acquirers": 0,
            "email-sending-providers": 0,
            "parties-in-protection": 0,
            "reorganisation-successors": 0,
            "recipients-with-consent": 0,
        }
