"""What staff ask of a map: all of it for a picture, one element, paths, and what follows if something goes."""

from __future__ import annotations

from typing import Any

import pytest

from graph.data_map import DataMap
from graph.paths import PathQuestion
from graph.store.database import Database
from graph.store.explore import FoundPaths, find_paths
from server.schema import falls
from server.schema.outline import OutlineFact, outline
from tests.builders import (
    a_category,
    a_disclosure,
    a_map,
    a_policy,
    a_processing,
    a_recipient,
    a_revision,
    a_service,
)
from tests.server.api import Api

OUTLINE = """{ dataMap { outline {
  isComplete
  elements { kind key name isNamed detail partOf engages countries isStated violations gaps }
  facts { kind key services categories source purpose recipient legalBasis case isIdentifiable isStated }
} } }"""
ELEMENT = """query ($of: ElementInput!) { dataMap { element(of: $of) {
  element { __typename key } since { number } people { count isComplete } findings { key }
} } }"""
PATHS = """query ($from: [ElementInput!], $to: [ElementInput!], $first: Int! = 50, $after: String) { dataMap {
  paths(from: $from, to: $to, first: $first, after: $after) {
    totalCount isComplete pageInfo { hasNextPage endCursor }
    nodes { isIdentifiable hops { element { key } by { key } } }
  }
} }"""
IMPACT = """query ($of: [ElementInput!]!) { dataMap { impact(of: $of) {
  of { key }
  falls { element { __typename key } because { key } }
  brokenPromises { clause { key } states { key } }
  findings { key }
  people { count isComplete }
  isComplete
} } }"""


async def asked(api: Api, document: str, **variables: Any) -> Any:
    return (await api.data(document, variables, api.staff()))["dataMap"]


def named(kind: str, key: str) -> dict[str, str]:
    return {"kind": kind, "key": key}


def keys(elements: list[dict[str, str]]) -> str:
    return " ".join(each["key"] for each in elements)


def told(path: dict[str, Any]) -> str:
    """A path in a line, with what makes each of its steps."""
    return " > ".join(
        each["element"]["key"] + (f" ({keys(each['by'])})" if each["by"] else "") for each in path["hops"]
    )


async def test_an_outline_is_the_whole_map_by_places_in_one_list(reader: Api) -> None:
    found = (await asked(reader, OUTLINE))["outline"]
    elements, facts = found["elements"], found["facts"]
    kinds = [each["kind"] for each in elements]
    assert list(dict.fromkeys(kinds)) == ["SOURCE", "SERVICE", "DATA_CATEGORY", "PURPOSE", "RECIPIENT", "COUNTRY"]
    assert (len(elements), len(facts), found["isComplete"]) == (92, 132, True)

    def at(*places: int) -> list[str]:
        return [elements[place]["key"] for place in places]

    by_key = {(each["kind"], each["key"]): each for each in elements}
    google = by_key["RECIPIENT", "google"]
    assert at(*google.pop("countries")) == ["US"]
    assert google == {
        "kind": "RECIPIENT",
        "key": "google",
        "name": "Google Inc.",
        "isNamed": True,
        "detail": "PROCESSOR",
        "partOf": None,
        "engages": [],
        "isStated": True,
        "violations": 0,
        "gaps": 0,
    }
    affiliates = by_key["RECIPIENT", "affiliates"]
    assert (affiliates["isNamed"], affiliates["gaps"]) == (False, 2)
    assert affiliates["name"] == "Affiliated persons of ISPsystem. The policy names none."
    assert at(by_key["SERVICE", "billmanager"]["partOf"]) == ["software-products"]
    details = [
        ("PURPOSE", "marketing-messages"),
        ("COUNTRY", "US"),
        ("DATA_CATEGORY", "email"),
        ("SERVICE", "websites"),
    ]
    assert [by_key[each]["detail"] for each in details] == ["CONSENT", "NONE", "PERSONAL", ""]

    statistics = next(each for each in facts if each["key"] == "statistics")
    assert at(*statistics["services"]) == ["software-products", "account-area", "websites", "related-services"]
    assert at(*statistics["categories"]) == ["log-data", "usage-data"]
    assert at(statistics["recipient"]) == ["statistics-recipients"]
    assert (statistics["kind"], statistics["case"], statistics["source"]) == ("DISCLOSURE", "depersonalised-data", None)
    assert statistics["isIdentifiable"] is False
    processing = facts[0]
    assert (processing["kind"], processing["legalBasis"], processing["case"]) == (
        "PROCESSING",
        "LEGITIMATE_INTERESTS",
        None,
    )
    assert at(processing["source"]) == ["data-subject"]


def test_an_outline_that_is_cut_says_so_and_refers_to_nothing_that_it_left_out() -> None:
    data_map = DataMap(
        a_revision(),
        a_policy(),
        a_map(
            services=(a_service(), a_service("shop", part_of="billing")),
            data_categories=(a_category(special=True), a_category("phone")),
            recipients=(a_recipient(engages=("host",)), a_recipient("host")),
            processings=(a_processing(), a_processing("phone", service="shop", categories=("email", "phone"))),
            disclosures=(a_disclosure(clauses=()),),
        ),
    )

    def drawn(elements: int = 100, memberships: int = 100) -> tuple[int, list[OutlineFact], bool]:
        found = outline(data_map, (), elements, memberships)
        return len(found.elements), found.facts, found.is_complete

    count, facts, is_complete = drawn()
    assert (count, is_complete) == (9, True)
    assert [(each.key, each.is_stated) for each in facts] == [
        ("billing-email", True),
        ("phone", True),
        ("email-to-mailer", False),
    ]
    assert [each.detail for each in outline(data_map, ()).elements][3:5] == ["SPECIAL", "PERSONAL"]
    # The host, in Cyprus: the last of eight.
    assert [each.key for each in outline(data_map, (), 8).elements if each.countries] == []
    assert drawn(elements=7) == (7, facts, False)
    assert outline(data_map, (), 7).elements[6].engages == []
    assert drawn(elements=5) == (5, [], False)
    assert drawn(memberships=9) == (9, facts[:2], False)


async def test_an_element_tells_since_when_it_is_there_whom_it_is_about_and_what_is_found(reader: Api) -> None:
    assert (await asked(reader, ELEMENT, of=named("RECIPIENT", "affiliates")))["element"] == {
        "element": {"__typename": "Recipient", "key": "affiliates"},
        "since": {"number": 1},
        "people": {"count": 14, "isComplete": True},
        "findings": [
            {"key": "recipient-without-country/recipient/affiliates"},
            {"key": "unnamed-recipient/recipient/affiliates"},
        ],
    }
    # A right is everybody's.
    right = (await asked(reader, ELEMENT, of=named("RIGHT", "access")))["element"]
    assert (right["people"]["count"], right["findings"]) == (16, [])


async def test_what_is_not_there_is_told_with_what_was_probably_meant(reader: Api) -> None:
    answer = await reader.ask(ELEMENT, {"of": named("RECIPIENT", "googel")}, reader.staff())
    assert answer.codes == ["NOT_FOUND"]
    assert answer.messages == ["Revision 1 has no recipient 'googel': did you mean 'google'?"]


async def test_paths_lead_hop_by_hop_from_a_source_to_a_country(reader: Api) -> None:
    found = (await asked(reader, PATHS, to=[named("COUNTRY", "RU")]))["paths"]
    law, research = "websites-usage-data-law", "websites-usage-data-research"
    log = " ".join(f"websites-log-data-{purpose}" for purpose in ("improvement", "law", "protection", "research"))
    usage = f"websites-usage-data-improvement {law} {research}"
    cookies = f"websites-cookies-improvement {law}"
    assert [told(each) for each in found["nodes"]] == [
        f"automatic-logging > websites ({by}) > {category} ({by}) > yandex (yandex-web-analytics) > RU"
        for category, by in (("log-data", log), ("usage-data", usage), ("cookies", cookies))
    ]
    assert (found["totalCount"], found["isComplete"]) == (3, True)


async def test_paths_begin_and_end_where_they_were_asked_to(reader: Api) -> None:
    begins, ends = [named("SERVICE", "dnsmanager")], [named("RECIPIENT", "statistics-recipients")]
    found = (await asked(reader, PATHS, **{"from": begins}, to=ends))["paths"]
    assert [told(each) for each in found["nodes"]] == [
        f"dnsmanager > {category} (statistics) > statistics-recipients (statistics)"
        for category in ("log-data", "usage-data")
    ]
    assert [each["isIdentifiable"] for each in found["nodes"]] == [False, False]


async def test_paths_come_in_pages(reader: Api) -> None:
    question = {"from": [named("DATA_CATEGORY", "cookies")]}
    whole = (await asked(reader, PATHS, **question))["paths"]
    assert [each["hops"][1]["element"]["key"] for each in whole["nodes"]][:3] == [
        "google",
        "yandex",
        "website-monitoring-providers",
    ]
    assert len(whole["nodes"]) == whole["totalCount"] == 6
    pages: list[Any] = []
    after = None
    while len(pages) < 6:
        page = (await asked(reader, PATHS, **question, first=4, after=after))["paths"]
        pages += page["nodes"]
        after = page["pageInfo"]["endCursor"]
    assert (pages, page["pageInfo"]["hasNextPage"]) == (whole["nodes"], False)
    # A cursor is one of its question.
    other = {"from": [named("DATA_CATEGORY", "log-data")], "after": after}
    assert (await reader.ask(PATHS, other, reader.staff())).codes == ["INVALID_INPUT"]


async def test_who_reads_on_does_not_walk_again(reader: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    walked: list[PathQuestion] = []

    async def walk(database: Database, data_map: DataMap, question: PathQuestion) -> FoundPaths:
        walked.append(question)
        return await find_paths(database, data_map, question)

    monkeypatch.setattr("server.schema.paths.find_paths", walk)
    question = {"from": [named("DATA_CATEGORY", "cookies")]}
    other = {"to": [named("COUNTRY", "RU")]}
    whole = (await asked(reader, PATHS, **question))["paths"]

    async def pages(first: int, after: str | None = None) -> list[Any]:
        page = (await asked(reader, PATHS, **question, first=first, after=after))["paths"]
        nodes: list[Any] = page["nodes"]
        more = page["pageInfo"]["hasNextPage"]
        return nodes + (await pages(first, page["pageInfo"]["endCursor"]) if more else [])

    walked.clear()
    assert await pages(2) == whole["nodes"]
    assert len(walked) == 1
    # Nor is another question answered with what was kept of this one, which is found anew where it was given up.
    begun = (await asked(reader, PATHS, **question, first=2))["paths"]
    assert (await asked(reader, PATHS, **other, first=1))["paths"]["pageInfo"]["hasNextPage"]
    assert await pages(2, begun["pageInfo"]["endCursor"]) == whole["nodes"][2:]
    assert len(walked) == 4


async def test_impact_tells_what_falls_what_lies_then_and_whom_it_is_about(reader: Api) -> None:
    assert (await asked(reader, IMPACT, of=[named("RECIPIENT", "google")]))["impact"] == {
        "of": [{"key": "google"}],
        "falls": [
            {"element": {"__typename": "Country", "key": "US"}, "because": [{"key": "google"}]},
            {"element": {"__typename": "Disclosure", "key": "google-web-analytics"}, "because": [{"key": "google"}]},
        ],
        "brokenPromises": [
            {"clause": {"key": "disclosure.case-1.providers"}, "states": [{"key": "google-web-analytics"}]},
            {"clause": {"key": "processors.limited-kit"}, "states": [{"key": "google-web-analytics"}]},
            {"clause": {"key": "processors.disclosed-here"}, "states": [{"key": "google"}]},
            {
                "clause": {"key": "processors.google"},
                "states": [{"key": "US"}, {"key": "google"}, {"key": "google-web-analytics"}],
            },
        ],
        "findings": [{"key": "recipient-not-in-map/clause/processors.google"}],
        "people": {"count": 3, "isComplete": True},
        "isComplete": True,
    }


async def test_impact_of_a_purpose(reader: Api) -> None:
    found = (await asked(reader, IMPACT, of=[named("PURPOSE", "marketing-messages")]))["impact"]
    assert {each["element"]["key"]: keys(each["because"]) for each in found["falls"]} == {
        **{
            f"{service}-marketing-messages": "marketing-messages"
            for service in ("software-products", "account-area", "websites", "related-services", "requests")
        },
        "email-sending-marketing-messages": "marketing-messages",
    }
    assert [each["key"] for each in found["findings"]] == [
        "clause-without-element/clause/purposes.messages.marketing",
        "dead-promise/right/withdraw-consent",
    ]
    assert found["people"] == {"count": 13, "isComplete": True}


async def test_impact_that_is_cut_says_so(reader: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(falls, "ROWS_AT_MOST", 3)
    found = (await asked(reader, IMPACT, of=[named("PURPOSE", "marketing-messages")]))["impact"]
    assert (len(found["falls"]), len(found["brokenPromises"]), found["isComplete"]) == (3, 3, False)
    monkeypatch.undo()
    monkeypatch.setattr(falls, "REASONS_AT_MOST", 1)
    found = (await asked(reader, IMPACT, of=[named("SERVICE", "websites")]))["impact"]
    assert (max(len(each["because"]) for each in found["falls"]), found["isComplete"]) == (1, False)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("paths(from: [{kind: RIGHT, key: \"access\"}]) { totalCount }", "where no path begins"),
        ("impact(of: []) { isComplete }", "`of` has 0 elements: name 1 to 200"),
        ("impact(of: [{kind: COUNTRY, key: \"CY\"}]) { isComplete }", "the controller is there"),
    ],
)  # fmt: skip
async def test_what_cannot_be_asked_is_told(reader: Api, field: str, said: str) -> None:
    answer = await reader.ask(f"{{ dataMap {{ {field} }} }}", token=reader.staff())
    assert answer.codes == ["INVALID_INPUT"]
    assert said in answer.messages[0]


@pytest.mark.parametrize("kind", ["nobody", "subject", "service", "job"])
async def test_all_of_it_is_for_staff(reader: Api, kind: str) -> None:
    who = {
        "nobody": None,
        "subject": reader.subject("a"),
        "service": reader.service("billmanager"),
        "job": reader.job(),
    }
    google = '{kind: RECIPIENT, key: "google"}'
    document = f"""{{ dataMap {{
      revision {{ number }} outline {{ isComplete }} element(of: {google}) {{ since {{ number }} }}
      paths(from: [{google}]) {{ totalCount }} impact(of: [{google}]) {{ isComplete }}
    }} }}"""
    answer = await reader.ask(document, token=who[kind])
    nothing = dict.fromkeys(("outline", "element", "paths", "impact"))
    assert answer.data == {"dataMap": {"revision": {"number": 1}, **nothing}}
    assert answer.codes == ["UNAUTHENTICATED" if kind == "nobody" else "FORBIDDEN"] * 4
