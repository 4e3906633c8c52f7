"""`vitrine revision publish` at short notice, as a process."""

from __future__ import annotations

import json

import pytest

from graph.engines.address import GraphAddress
from graph.store.database import Database
from graph.store.publishing import publish_revision
from graph.store.revisions import draft_revision
from seed.folder import read_revision
from tests.moves import EXAMPLE_REVISION, IN_FORCE, SEED, TODAY
from tests.server.command_line import settings_of, vitrine

AT_ONCE = ("revision", "publish", "2", "--effective", "2026-10-06")


@pytest.fixture
async def settings(database: Database, address: GraphAddress) -> dict[str, str]:
    """Of a graph with the first policy in force, and the made-up revision as a draft."""
    await draft_revision(database, read_revision(SEED), at=IN_FORCE)
    await publish_revision(database, 1, expected=0, effective_at=IN_FORCE, at=IN_FORCE)
    await draft_revision(database, read_revision(EXAMPLE_REVISION), at=TODAY)
    return settings_of(address)


def test_it_takes_a_reason_which_is_shown(settings: dict[str, str]) -> None:
    refused = vitrine(*AT_ONCE, settings=settings)
    assert (refused.returncode, refused.stdout) == (1, "")
    (line,) = refused.stderr.splitlines()
    assert line.startswith("Revision 2 would come into force 0 days after its publication, where 30 days are asked for")

    published = vitrine(*AT_ONCE, "--because", "The old analytics end.", settings=settings)
    assert (published.stdout, published.stderr) == ("Published revision 2, in force from 2026-10-06\n", "")
    shown = vitrine("revision", "show", "2", settings=settings).stdout.splitlines()
    assert "at short notice because: The old analytics end." in shown
    listed = json.loads(vitrine("revision", "list", "--json", settings=settings).stdout)["revisions"]
    assert [(each["number"], each["short_notice_reason"]) for each in listed] == [
        (2, "The old analytics end."),
        (1, None),
    ]


def test_a_setting_says_how_much_there_must_be(settings: dict[str, str]) -> None:
    published = vitrine(*AT_ONCE, settings={**settings, "VITRINE_NOTICE_DAYS": "0"})
    assert published.stdout == "Published revision 2, in force from 2026-10-06\n"
