"""`vitrine paths` and `vitrine impact`: for people, as JSON, and by their exit codes for a company's CI."""

from __future__ import annotations

import pytest

from graph.data_map import DataMap
from graph.engines.address import GraphAddress
from graph.model import Adequacy
from graph.paths import PathQuestion
from graph.store.database import Database
from graph.store.explore import FoundPaths, find_paths
from graph.store.reports import record_reports
from graph.store.revisions import draft_revision
from server.cli import paths
from tests.builders import (
    A_DAY,
    a_country,
    a_disclosure,
    a_map,
    a_policy,
    a_processing,
    a_recipient,
    a_revision_content,
    a_service,
)
from tests.moves import lines
from tests.server.command_line import settings_of
from tests.server.terminal import Terminal

# What billing and the shop have of the person goes to a mailer in Cyprus, who engages a host in the US; what the shop
# has, without a name, to the public, too.
CONTENT = a_revision_content(
    policy=a_policy("statement", "host"),
    elements=a_map(
        services=(a_service(), a_service("shop")),
        countries=(a_country(), a_country("US", adequacy=Adequacy.ADEQUATE)),
        recipients=(
            a_recipient(engages=("host",)),
            a_recipient("host", countries=("US",), clauses=("host",)),
            a_recipient("public", countries=()),
        ),
        processings=(a_processing(), a_processing("shop-email", service="shop")),
        disclosures=(
            a_disclosure(services=("billing", "shop")),
            a_disclosure("statistics", services=("shop",), recipient="public", identifiable=False),
        ),
    ),
)


@pytest.fixture
async def drafted(
    database: Database, address: GraphAddress, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> Terminal:
    await draft_revision(database, CONTENT, at=A_DAY)
    report = {"service": "shop", "category": "email", "since": "2026-01-01T00:00:00Z"}
    await record_reports(database, lines(*({"subject": subject} | report for subject in ("ann", "ben"))))
    for name, value in settings_of(address).items():
        monkeypatch.setenv(name, value)
    return terminal


def test_people_read_once_what_paths_have_in_common(drafted: Terminal) -> None:
    assert drafted.run("paths", "1", "--from", "service/shop") == 0
    assert (
        drafted.out
        == """\
3 paths from service/shop to anywhere in revision 1

service/shop
├── data-category/email  by email-to-mailer
│   └── recipient/mailer  by email-to-mailer
│       ├── country/CY
│       └── recipient/host
│           └── country/US
└── data-category/email  by statistics
    └── recipient/public  by statistics  anonymous
"""
    )
    assert drafted.err == ""


def test_programs_read_paths(drafted: Terminal) -> None:
    asked = ("--from", "service/billing", "--from", "service/shop", "--to", "recipient/host")
    assert drafted.run("paths", "1", *asked, "--json") == 0
    assert drafted.json() == {
        "revision": 1,
        "from": ["service/billing", "service/shop"],
        "to": ["recipient/host"],
        "is_complete": True,
        "paths": [
            {
                "hops": [
                    {"element": service, "by": []},
                    {"element": "data-category/email", "by": ["disclosure/email-to-mailer"]},
                    {"element": "recipient/mailer", "by": ["disclosure/email-to-mailer"]},
                    {"element": "recipient/host", "by": []},
                ],
                "is_identifiable": True,
            }
            for service in ("service/billing", "service/shop")
        ],
    }


def test_a_path_that_is_not_to_be_has_an_exit_code(drafted: Terminal) -> None:
    assert drafted.run("paths", "1", "--from", "service/shop", "--to", "country/US", "--forbid") == 10
    assert drafted.run("paths", "1", "--from", "recipient/public", "--to", "country/US", "--forbid") == 0
    assert drafted.out == "No path leads from recipient/public to country/US in revision 1\n"


def test_paths_that_are_cut_are_told_to_be(drafted: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    async def found(database: Database, data_map: DataMap, question: PathQuestion) -> FoundPaths:
        return await find_paths(database, data_map, question, ways_at_most=2)

    monkeypatch.setattr(paths, "find_paths", found)
    assert drafted.run("paths", "1", "--from", "service/shop", "--json") == 0
    assert drafted.json()["is_complete"] is False
    assert drafted.err.startswith("There are more: only 20,000 ways were looked at. Name more closely")


def test_people_read_what_falls_what_lies_then_and_whom_it_is_about(drafted: Terminal) -> None:
    assert drafted.run("impact", "1", "recipient/mailer") == 0
    assert [" ".join(line.split()) for line in drafted.out.splitlines()] == [
        "If recipient/mailer goes from revision 1:",
        "",
        "People: 2",
        "",
        "Falls as well: 3 elements",
        "Element Because of",
        "country/US recipient/host",
        "recipient/host recipient/mailer",
        "disclosure/email-to-mailer recipient/mailer",
        "",
        "Would state what is no more: 2 clauses",
        "Clause States Text",
        "statement country/US, recipient/mailer, disclosure/email-to-mailer What statement says.",
        "host recipient/host What host says.",
        "",
        "The checks would find:",
        "No findings",
    ]


def test_programs_read_impact_and_its_exit_code(drafted: Terminal) -> None:
    asked = ("impact", "1", "recipient/host", "processing/shop-email", "--json")
    assert drafted.run(*asked) == 0
    told = drafted.json()
    assert [(each["kind"], each["key"]) for each in told.pop("findings")] == [
        ("VIOLATION", "disclosed-but-not-processed/disclosure/email-to-mailer"),
        ("VIOLATION", "disclosed-but-not-processed/disclosure/statistics"),
        ("GAP", "unused-service/service/shop"),
    ]
    assert told == {
        "revision": 1,
        "of": ["recipient/host", "processing/shop-email"],
        "falls": [{"element": "country/US", "because": ["recipient/host"]}],
        "broken_promises": [
            {"clause": "statement", "states": ["country/US", "processing/shop-email"]},
            {"clause": "host", "states": ["recipient/host"]},
        ],
        "people": {"count": 2, "is_complete": True},
    }
    assert drafted.run(*asked, "--fail-on", "GAP") == 20
    assert drafted.run("impact", "1", "recipient/mailer", "--fail-on", "GAP") == 0


def test_what_is_not_there_or_no_element_is_told(drafted: Terminal) -> None:
    for arguments, said in (
        (
            ("impact", "1", "recipient"),
            "'recipient' names no element: write its kind and its key, such as service/shop",
        ),
        (("paths", "1", "--to", "person/ann"), "'person/ann' names no element: "),
        (("impact", "1", "recipient/maile"), "Revision 1 has no recipient 'maile': did you mean 'mailer'?\n"),
        (("paths", "1", "--to", "right/access"), "`to` has a RIGHT, where no path ends: "),
        (("impact", "7", "recipient/mailer"), "There is no revision 7: "),
    ):
        assert drafted.run(*arguments) == 1
        assert (drafted.out, drafted.err[: len(said)]) == ("", said)
