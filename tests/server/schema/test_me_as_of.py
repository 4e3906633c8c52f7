"""`me(asOf:)`: another day's answer; and what one answer costs the graph."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from graph.store.subjects import FIND_SUBJECT
from server.schema.ids import GlobalId
from tests.graphs import run
from tests.server.api import EXAMPLE_REVISION, Api

HELD = "holdings(first: 200) { nodes { serviceKey categoryKey } }"
MARKETING = (
    'holdings(service: ["account-area"], category: ["email"]) { nodes { purposes { purpose { key } status } } }'
    " decisions { totalCount }"
)
RENAME_HOLDINGS = """
MATCH (s:Subject {id: $subject})-[:HAS_HOLDING]->(h:Holding)
SET h.service = $service
"""
IN_FORCE_NEXT = datetime.fromisoformat("2026-11-01T00:00:00Z")


def held(me: Any) -> list[str]:
    """Such as "websites/cookies", in the order of the answer."""
    return [f"{each['serviceKey']}/{each['categoryKey']}" for each in me["holdings"]["nodes"]]


def marketing(me: Any) -> tuple[str, int]:
    """The status of marketing by email, and how many decisions there are."""
    (row,) = me["holdings"]["nodes"]
    (status,) = [each["status"] for each in row["purposes"] if each["purpose"]["key"] == "marketing-messages"]
    return status, me["decisions"]["totalCount"]


class TestAsOf:
    async def test_a_past_day_has_its_own_holdings(self, reader: Api) -> None:
        then = held(await reader.me("example-multi-product", HELD, "2023-01-01T00:00:00Z"))
        assert then == [
            *(
                f"account-area/{each}"
                for each in (
                    "address",
                    "billing-details",
                    "email",
                    "family-name",
                    "first-name",
                    "further-information",
                    "phone",
                )
            ),
            *(
                f"billmanager/{each}"
                for each in ("interface-interaction", "license-id", "server-ip", "usage-quantities")
            ),
            *(f"dcimanager/{each}" for each in ("license-id", "server-ip")),
            *(f"vmmanager/{each}" for each in ("error-logs", "license-id", "server-ip")),
        ]
        now = held(await reader.me("example-multi-product", HELD))
        assert not [each for each in now if each.startswith("dcimanager/")]

    async def test_a_day_ends_what_is_held_at_its_very_start(self, reader: Api) -> None:
        before = held(await reader.me("example-past-customer", HELD, "2023-07-31T23:59:59.999999Z"))
        after = held(await reader.me("example-past-customer", HELD, "2023-08-01T00:00:00Z"))
        assert sorted(set(before) - set(after)) == ["account-area/address", "account-area/email", "account-area/phone"]

    async def test_a_past_day_has_its_own_decisions_and_trusts(self, reader: Api) -> None:
        assert marketing(await reader.me("example-unsubscribed", MARKETING, "2025-03-11T18:47:54Z")) == ("ACTIVE", 1)
        assert marketing(await reader.me("example-unsubscribed", MARKETING, "2025-03-11T18:47:55Z")) == ("WITHDRAWN", 2)
        truster = await reader.me("example-truster", "trusts { nodes { towards until } }", "2022-05-01T00:00:00Z")
        assert truster["trusts"]["nodes"] == [{"towards": "example-buyer", "until": "2022-09-01T00:00:00Z"}]

    async def test_a_past_day_has_the_revision_of_that_day(self, api: Api) -> None:
        assert await api.publish(EXAMPLE_REVISION, IN_FORCE_NEXT) == 2
        selection = """revision { number } holdings(category: ["ip-address"]) { nodes {
            retention { rule { key } endsAt clauses { key } } } } recipients { nodes { key } }"""
        today = await api.me("example-restricted", selection)
        api.clock.now = datetime.fromisoformat("2026-12-24T00:00:00Z")
        later = await api.me("example-restricted", selection)
        earlier = await api.me("example-restricted", selection, "2026-10-06T12:00:00Z")
        assert earlier == today
        assert (today["revision"], later["revision"]) == ({"number": 1}, {"number": 2})
        (before,) = today["holdings"]["nodes"][0]["retention"]
        (after,) = later["holdings"]["nodes"][0]["retention"]
        # Twelve months from when it was first held, since the policy gives a length.
        assert (before["endsAt"], after["endsAt"]) == (None, "2027-01-04T12:00:00Z")
        assert {"key": "retention.log-data"} in after["clauses"]
        # Its log data is none of the websites': the new recipient is not theirs.
        assert later["recipients"] == today["recipients"]
        visitor = [
            await api.me("example-visitor", "recipients { nodes { key } }", day)
            for day in ("2026-10-06T12:00:00Z", None)
        ]
        before_and_after = [{each["key"] for each in found["recipients"]["nodes"]} for found in visitor]
        assert before_and_after[1] - before_and_after[0] == {"example-analytics"}

    async def test_a_holding_that_the_revision_does_not_know_is_shown_all_the_same(self, api: Api) -> None:
        """Its service and category are null with their keys beside them, and it says that no clause states it."""
        await run(api.database, RENAME_HOLDINGS, subject="example-visitor", service="forgotten")
        me = await api.me(
            "example-visitor",
            """holdings(category: ["cookies"]) { totalCount } all: holdings(first: 1) { totalCount nodes {
               serviceKey categoryKey service { key } category { key } purposes { status } recipients { status }
               retention { endsAt } clauses { key } } }""",
        )
        assert me["all"]["totalCount"] == 9
        assert me["all"]["nodes"] == [
            {
                "serviceKey": "forgotten",
                "categoryKey": "access-date",
                "service": None,
                "category": {"key": "access-date"},
                "purposes": [],
                "recipients": [],
                "retention": [],
                "clauses": [{"key": "sources.log-data.date"}],
            }
        ]
        assert me["holdings"]["totalCount"] == 1

    async def test_before_the_first_revision_there_is_no_answer_and_a_reason(self, reader: Api) -> None:
        document = '{ me(asOf: "2018-11-11T23:59:59Z") { key } }'
        answer = await reader.ask(document, token=reader.subject("example-buyer"))
        assert (answer.status, answer.data, answer.codes) == (200, {"me": None}, ["NO_REVISION_IN_FORCE"])
        assert answer.messages == ["No policy was in force on 2018-11-11: the first came into force on 2018-11-12"]
        assert answer.errors[0]["path"] == ["me"]

    async def test_a_time_to_come_is_refused(self, reader: Api) -> None:
        document = '{ me(asOf: "2026-10-06T12:00:01Z") { key } }'
        answer = await reader.ask(document, token=reader.subject("example-buyer"))
        assert (answer.data, answer.codes) == ({"me": None}, ["INVALID_TIME"])
        assert answer.messages == [
            "`asOf` 2026-10-06 12:00 UTC lies in the future: what will be held then is not known; leave `asOf` out for "
            "now"
        ]


class TestOneStatement:
    async def test_the_biggest_query_is_one_statement(self, reader: Api) -> None:
        element = "id key clauses { key number text html partOf { key } }"
        recipient = f"""{element} name kind function description isNamed note
            countries {{ {element} name adequacy }} engages {{ {element} }} safeguards {{ {element} name }}"""
        category = f"{element} name kind isSpecial description partOf {{ key }} ancestors {{ {element} name }} note"
        held_recipient = f"""status isActive isIdentifiable recipient {{ {recipient} }} case {{ {element} name number }}
            purpose {{ {element} }} disclosure {{ {element} services {{ {element} }} categories {{ {element} }} }}
            path {{ text countries {{ {element} }} hops {{ __typename {element} }} }} clauses {{ key text }}"""
        document = f"""
        {{ me {{
          id key asOf revision {{ number state summary effectiveAt textHash mapHash }}
          holdings(first: 200) {{ totalCount pageInfo {{ endCursor }} edges {{ cursor node {{
            id since lastSeen until records service {{ {element} owner note partOf {{ key }} }}
            category {{ {category} }} source {{ {element} name kind }} clauses {{ key text }}
            purposes {{ status isActive legalBasis purpose {{ {element} }} decision {{ id kind purpose {{ key }} }}
              processing {{ {element} service {{ key }} retention {{ key }} }} clauses {{ key text }} }}
            retention {{ endsAt rule {{ {element} criterion period {{ months }} }}
              exceptions {{ key clauses {{ key }} }} purposes {{ key }} clauses {{ key text }} }}
            recipients {{ {held_recipient} }}
          }} }} }}
          some: holdings(first: 1, service: ["account-area"], category: ["personal-data"], recipient: ["google"]) {{
            totalCount nodes {{ id }} }}
          recipients(first: 200) {{ totalCount nodes {{ key isActive recipient {{ {recipient} }}
            mayReceive(first: 200) {{ totalCount nodes {{ status holding {{ id }} path {{ text }} }} }}
            disclosed {{ totalCount nodes {{ id disclosedAt purpose {{ key }} case {{ key }} }} }} }} }}
          neverHeld {{ {element} categories {{ {element} }} }} rights {{ {element} name how }}
          decisions {{ nodes {{ id kind decidedAt purpose {{ {element} }} }} }}
          trusts {{ nodes {{ id towards categories {{ key }} }} }} accessedBy {{ nodes {{ id by accessedAt }} }}
        }} }}"""
        token = reader.subject("example-disclosed")
        await reader.data(document, token=token)  # the revision is loaded once and kept
        statements: list[str] = []
        reader.database.observers.append(statements.append)
        data = await reader.data(document, token=token)
        assert statements == [FIND_SUBJECT]
        assert data["me"]["holdings"]["totalCount"] == 7
        assert data["me"]["id"] == str(GlobalId("Subject", ("example-disclosed",)))

    async def test_a_past_day_is_one_statement_too(self, reader: Api) -> None:
        await reader.me("example-buyer", HELD)
        statements: list[str] = []
        reader.database.observers.append(statements.append)
        await reader.me("example-buyer", MARKETING, "2020-02-02T00:00:00Z")
        assert statements == [FIND_SUBJECT]
