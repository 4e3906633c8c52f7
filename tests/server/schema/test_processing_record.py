"""`processingRecord` of a map: the record of processing activities (GDPR Art. 30), for staff, page by page."""

from __future__ import annotations

from typing import Any

import pytest

from graph.store.revisions import draft_revision
from seed.folder import read_revision
from server.records import scribe
from tests.server.api import EXAMPLE_REVISION, Api

RECORD = """query ($number: Int, $of: RecordOf!, $first: Int! = 200, $after: String) { dataMap(number: $number) {
  processingRecord(of: $of) {
    of title
    head { column { name title point } cell { said unstated } }
    activities {
      title isCited columns { name point isJoined }
      rows(first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor }
        nodes { number cells { said unstated } clauses { key } }
      }
    }
    measures { title rows(first: 1) { totalCount nodes { cells { said } clauses { key } } } }
    missing { title isCited rows(first: 1) { totalCount nodes { number cells { said unstated } clauses { key } } } }
  }
} }"""


async def record(api: Api, of: str, **variables: Any) -> Any:
    return (await api.data(RECORD, {"of": of, **variables}, api.staff()))["dataMap"]["processingRecord"]


def cells_of(table: dict[str, Any], row: dict[str, Any]) -> dict[str, list[str]]:
    """Lines by columns; what is not stated with a question mark."""
    return {
        column["name"]: [*cell["said"], *(f"{each}?" for each in cell["unstated"])]
        for column, cell in zip(table["columns"], row["cells"], strict=True)
    }


async def test_the_controllers_record_of_the_seed(reader: Api) -> None:
    found = await record(reader, "CONTROLLER")
    assert (found["of"], found["title"]) == ("CONTROLLER", "Record of processing activities of the controller")
    assert [each["column"]["name"] for each in found["head"]] == ["state", "completeness", "controller", "measures"]
    assert found["head"][1]["cell"]["said"] == [
        "Rows: 95, all that the data map has",
        "Not stated, though Art. 30 asks for it: 12, each said where it is missing",
    ]
    activities = found["activities"]
    assert (activities["title"], activities["isCited"]) == ("Processing activities", True)
    rows = activities["rows"]["nodes"]
    assert (len(rows), activities["rows"]["totalCount"]) == (95, 95)
    assert [each["number"] for each in rows] == list(range(1, 96))
    row = next(each for each in rows if "Processing websites-log-data-improvement" in str(each["cells"]))
    assert cells_of(activities, row) == {
        "service": ["Websites"],
        "purpose": [
            "Improving and supporting the services",
            "Improving, supporting and modernising the services: to avoid and remove errors, to "
            "provide security, to solve technical problems, and to analyse and monitor use.",
        ],
        "legal_basis": ["Legitimate interests, Art. 6(1)(f)"],
        "element": ["Processing websites-log-data-improvement"],
        "subjects": ["the categories of data subjects?"],
        "data": [
            "Log data: IP address, Browser specifications, Date of activity, Time of activity, "
            "Duration of activities, Order of activities"
        ],
        "source": ["Automatic logging (recorded automatically)"],
        "recipients": [
            "(1) Google Inc. (processor, Web analytics): Log data. Case 1: To providers of additional services",
            '(2) OOO "Yandex" (processor, Web analytics): Log data. Case 1: To providers of additional services',
            "(3) Processor, not named (Monitoring of activity on the websites): Log data. Case 1: To "
            "providers of additional services",
            "(4) Processor, not named (Services for meeting obligations towards users and realising "
            "reasonable legal interests): Log data. Case 1: To providers of additional services",
            "(5) Successor, not named (Succeeding ISPsystem): Log data. Case 6: When ISPsystem is "
            "reorganised and when contracts are carried out",
        ],
        "transfers": [
            "(1) Google Inc.: United States of America, no adequacy decision. Safeguards: Protection "
            "no lower than this policy's; Use on instructions only; Strictly limited set of data; "
            "Confidential transfer",
            '(2) OOO "Yandex": Russia, no adequacy decision. Safeguards: Protection no lower than '
            "this policy's; Use on instructions only; Strictly limited set of data; Confidential "
            "transfer",
            "the country of (3), (4)?",
        ],
        "erasure": [
            "As long as the goals of collection require. Erased or depersonalised when they have "
            "been reached, when there is no need any more to reach them, or when relevant demands "
            "are received.",
            "In the end erased or depersonalised",
            "Kept longer for: Protecting a legitimate business interest; Meeting or enforcing "
            "obligations; Settling disputes",
            "a time limit in figures: there is a criterion only?",
        ],
    }
    assert [each["key"] for each in row["clauses"]] == [
        "sources.supplementary.collection",
        "sources.log-data.recording",
        "sources.log-data.occasions",
        "purposes.improvement",
        "purposes.list",
        "sources.usage-data.collection",
        "purposes.legal-basis",
        "processors.google",
        "disclosure.case-1.providers",
        "processors.limited-kit",
        "processors.disclosed-here",
        "processors.yandex",
        "disclosure.case-1",
        "processors.engagement",
        "disclosure.case-6",
        "disclosure.case-6.successor",
        "disclosure.limits",
        "transfers.processors-abroad",
        "transfers.protection",
        "disclosure.case-1.instructions",
        "processors.confidentiality",
        "retention.period",
        "retention.end",
        "retention.end.goals-reached",
        "retention.end.no-need",
        "retention.end.demand",
        "principles.storage-limitation",
    ]
    assert found["measures"]["rows"]["totalCount"] == 14
    missing = found["missing"]
    assert (missing["title"], missing["isCited"], missing["rows"]["totalCount"]) == ("Not stated", False, 12)


async def test_the_processors_record_of_the_seed(reader: Api) -> None:
    found = await record(reader, "PROCESSORS")
    assert found["title"] == "Record of processing activities of processors"
    assert found["head"][2] == {
        "column": {"name": "controller", "title": "Controller and contact details", "point": "30(2)(a)"},
        "cell": {
            "said": [
                "ISPsystem LTD, registration HE379354",
                "Tepeleniou 13, Tepelenio Court, 2nd floor, 8010 Paphos, Cyprus",
                "privacy@ispsystem.com, https://www.ispsystem.com",
                "Established in Cyprus, in the EEA: needs no representative (Art. 27)",
            ],
            "unstated": ["the data protection officer, if there is one"],
        },
    }
    activities = found["activities"]
    assert activities["columns"][:3] == [
        {"name": "processor", "point": "30(2)(a)", "isJoined": False},
        {"name": "engaged_by", "point": None, "isJoined": True},
        {"name": "element", "point": None, "isJoined": True},
    ]
    assert activities["rows"]["totalCount"] == 10
    google = activities["rows"]["nodes"][0]
    safeguards = (
        "Protection no lower than this policy's; Use on instructions only; Strictly limited set of data; "
        "Confidential transfer"
    )
    assert cells_of(activities, google) == {
        "processor": [
            "Google Inc.",
            "Processor",
            "its contact details, its representative and its data protection officer?",
        ],
        "engaged_by": ["ISPsystem LTD (the controller)"],
        "element": ["Recipient google", "Disclosure google-web-analytics"],
        "processing": [
            "Web analytics",
            "For: Improving and supporting the services",
            "Case 1: To providers of additional services",
        ],
        "services": ["Websites"],
        "data": [
            "Log data: IP address, Browser specifications, Date of activity, Time of activity, Duration of activities, "
            "Order of activities",
            "Usage data: Device type, Operating system version, Error logs, Quantity parameters of use, Ways of "
            "interacting with an interface",
            "Cookies and technologies that do the same",
        ],
        "transfers": [f"United States of America, no adequacy decision. Safeguards: {safeguards}"],
        "measures": [f"By its safeguards: {safeguards}", "its security measures?"],
    }
    assert [each["key"] for each in google["clauses"]] == [
        "processors.google",
        "disclosure.case-1.providers",
        "processors.limited-kit",
        "processors.disclosed-here",
        "purposes.list",
        "purposes.improvement",
        "sources.usage-data.collection",
        "purposes.legal-basis",
        "transfers.processors-abroad",
        "transfers.protection",
        "disclosure.case-1.instructions",
        "processors.confidentiality",
    ]
    assert found["measures"] is None
    assert found["missing"]["rows"] == {
        "totalCount": 21,
        "nodes": [
            {
                "number": 1,
                "cells": [
                    {"said": [said], "unstated": []}
                    for said in (
                        "Art. 30(2)(a)",
                        "the data protection officer, if there is one",
                        "Controller ispsystem",
                        "All",
                        "The map has no field for it: add it to the record by hand",
                    )
                ],
                "clauses": [],
            }
        ],
    }


async def test_pages_are_the_whole_record_and_a_cursor_is_good_for_its_own_alone(reader: Api) -> None:
    numbers: list[int] = []
    rows: Any = {"pageInfo": {"endCursor": None, "hasNextPage": True}}
    while rows["pageInfo"]["hasNextPage"]:
        given = {"first": 40, "after": rows["pageInfo"]["endCursor"]}
        rows = (await record(reader, "CONTROLLER", **given))["activities"]["rows"]
        numbers += [each["number"] for each in rows["nodes"]]
    assert numbers == list(range(1, 96))

    given = {"of": "PROCESSORS", "after": rows["pageInfo"]["endCursor"]}
    assert (await reader.ask(RECORD, given, reader.staff())).codes == ["INVALID_INPUT"]


async def test_a_draft_has_one_too(api: Api) -> None:
    await draft_revision(api.database, read_revision(EXAMPLE_REVISION), at=api.clock())
    found = await record(api, "PROCESSORS", number=2)
    assert found["head"][0]["cell"]["said"][1] == "A draft of 2026-10-06 (UTC): not published, and not in force"
    assert "Example Analytics" in str(found["activities"]["rows"]["nodes"])


async def test_one_that_would_be_too_long_is_refused(reader: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scribe, "CHARACTERS_AT_MOST", 1_000)
    api = reader.with_settings()  # without those that were written before
    async with api.client:
        answer = await api.ask(RECORD, {"of": "PROCESSORS"}, api.staff())
    assert (answer.data, answer.codes) == ({"dataMap": {"processingRecord": None}}, ["RECORD_TOO_LARGE"])


@pytest.mark.parametrize("kind", ["nobody", "subject", "service", "job"])
async def test_it_is_for_staff(reader: Api, kind: str) -> None:
    who = {
        "nobody": None,
        "subject": reader.subject("a"),
        "service": reader.service("billmanager"),
        "job": reader.job(),
    }
    document = "{ dataMap { revision { number } processingRecord { activities { rows { totalCount } } } } }"
    answer = await reader.ask(document, token=who[kind])
    assert answer.data == {"dataMap": {"revision": {"number": 1}, "processingRecord": None}}
    assert answer.codes == ["UNAUTHENTICATED" if kind == "nobody" else "FORBIDDEN"]
