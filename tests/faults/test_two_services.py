"""Two service processes on one graph, as behind a balancer."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from graph.engines.address import GraphAddress
from graph.model import RevisionState
from graph.store.database import Database
from graph.store.revisions import list_revisions
from server.development import open_development_issuer
from tests.faults.doings import DRAFT, PUBLISH
from tests.graphs import wipe
from tests.server.api import EXAMPLE_REVISION
from tests.server.command_line import Service, settings_of

RACES = 5


class Member:
    """One of the two processes, asked over HTTP by one who signs tokens for it."""

    def __init__(self, client: httpx2.Client, folder: Path) -> None:
        self._issuer = open_development_issuer(folder)
        self._client = client

    def ask(
        self, document: str, variables: object = None, *, subject: str | None = None, staff: str | None = None
    ) -> Any:
        headers = {}
        if subject is not None or staff is not None:
            headers = {"Authorization": f"Bearer {self._issuer.mint(subject=subject, staff=staff)}"}
        body = {"query": document, "variables": variables}
        answer = self._client.post("/graphql", json=body, headers=headers).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def draft(self, summary: str) -> int:
        policy = (EXAMPLE_REVISION / "policy.md").read_text() + f"\n{summary}\n"
        data_map = (EXAMPLE_REVISION / "map.yaml").read_text()
        drafted = self.ask(DRAFT, {"policy": policy, "map": data_map}, staff="staff-1")["draftRevision"]
        number: int = drafted["revision"]["number"]
        return number

    def publish(self, number: int, *, expected: int, at: datetime) -> dict[str, Any]:
        variables = {"number": number, "expected": expected, "at": at.isoformat()}
        done: dict[str, Any] = self.ask(PUBLISH, variables, staff="staff-1")["publishRevision"]
        return done

    def decide(self, subject: str, kind: str) -> None:
        document = (
            f'mutation {{ recordDecision(input: {{purpose: "marketing-messages", kind: {kind}}}) {{ __typename }} }}'
        )
        done = self.ask(document, subject=subject)
        assert done["recordDecision"]["__typename"] == "RecordDecisionSuccess"

    def decisions(self, subject: str) -> list[str]:
        """Their kinds, in the order of time."""
        asked = self.ask("{ me { decisions { nodes { kind } } } }", subject=subject)
        return [each["kind"] for each in asked["me"]["decisions"]["nodes"]]

    def number_in_force(self) -> int:
        number: int = self.ask("{ policy { revision { number } } }")["policy"]["revision"]["number"]
        return number


@pytest.fixture(scope="module")
async def members(
    address: GraphAddress, migrated: Database, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[list[Member]]:
    """Each has keys of its own. The first seeds the graph."""
    await wipe(migrated)
    folder = tmp_path_factory.mktemp("members")
    settings = {
        **settings_of(address),
        "VITRINE_HOLDER_REQUESTS_A_MINUTE": "0",
        "VITRINE_ADDRESS_REQUESTS_A_MINUTE": "0",
    }
    with contextlib.ExitStack() as stack:
        found: list[Member] = []
        for name in ("one", "other"):
            service = stack.enter_context(Service(folder / name, **settings))
            url = service.until_ready().url
            client = stack.enter_context(httpx2.Client(base_url=url, trust_env=False, timeout=60))
            found.append(Member(client, folder / name))
        yield found


async def test_what_one_wrote_is_read_there_and_by_the_other_at_the_next_request(members: list[Member]) -> None:
    one, other = members
    kinds: list[str] = []
    for number in range(20):
        kind = ("CONSENT", "WITHDRAWAL")[number % 2]
        one.decide("ann", kind)
        kinds.append(kind)
        assert one.decisions("ann") == kinds
        assert other.decisions("ann") == kinds
        one, other = other, one


async def test_of_two_publishers_one_wins_and_the_other_keeps_the_draft(
    members: list[Member], migrated: Database
) -> None:
    last = members[0].number_in_force()
    with ThreadPoolExecutor(2) as both:
        for race in range(RACES):
            drafts = [member.draft(f"Race {race}, entrant {place}.") for place, member in enumerate(members)]
            at = datetime(2020, 1, 1 + race, tzinfo=UTC)
            runs = [
                both.submit(member.publish, number, expected=last, at=at)
                for member, number in zip(members, drafts, strict=True)
            ]
            ends = [run.result() for run in runs]
            assert sorted(end["__typename"] for end in ends) == ["PublishRevisionSuccess", "RevisionConflict"]
            (winner,) = [end["revision"]["number"] for end in ends if "revision" in end]
            (loser,) = set(drafts) - {winner}
            (refused,) = [end for end in ends if "message" in end]
            assert refused["code"] == "CONFLICT"
            assert f"Revision {winner} was published meanwhile, where {last} was expected" in refused["message"]
            newest = {
                each.number: each for each in await list_revisions(migrated, states=frozenset(RevisionState), limit=4)
            }
            assert (newest[winner].state, newest[winner].base) == (RevisionState.PUBLISHED, last)
            assert newest[loser].state is RevisionState.DRAFT
            last = winner
            assert [member.number_in_force() for member in members] == [winner, winner]


async def test_both_change_to_a_scheduled_revision_at_its_moment(members: list[Member]) -> None:
    last = members[0].number_in_force()
    began = datetime.now(UTC)
    number = members[0].draft("Scheduled.")
    drafted = datetime.now(UTC)
    # Publishing takes a tenth of drafting: it is over long before, on a slow machine too.
    moment = drafted + timedelta(seconds=2) + 2 * (drafted - began)
    done = members[1].publish(number, expected=last, at=moment)
    assert done["__typename"] == "PublishRevisionSuccess", done

    def watch(member: Member) -> list[tuple[datetime, int, datetime]]:
        """Asks until a while after the change; for each answer when it was asked, what it said, and when it came."""
        seen = []
        changed = 0
        while changed < 20:
            asked = datetime.now(UTC)
            said = member.number_in_force()
            seen.append((asked, said, datetime.now(UTC)))
            changed += asked > moment
            time.sleep(0.001)
        return seen

    answers = await asyncio.gather(*(asyncio.to_thread(watch, member) for member in members))
    for seen in answers:
        early = [said for asked, said, came in seen if came < moment]
        late = [said for asked, said, came in seen if asked >= moment]
        assert early
        assert set(early) == {last}
        assert set(late) == {number}


pytestmark = pytest.mark.graph
