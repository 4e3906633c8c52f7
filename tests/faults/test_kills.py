"""Engine, service and command killed at random moments of importing and publishing, as kill -9 does.

`make test-faults` does so 60 times on each engine; FAULTS_SEED, which is printed, chooses the same moments again.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graph.model import RevisionState
from graph.store.database import Database
from graph.store.revisions import list_revisions, load_number_in_force
from server.settings import ROOT
from tests.faults.doings import Doing, Importing, Intent, Publishing, PublishingByCommand, Reporting, Running
from tests.faults.ground import Ground, wait_until
from tests.faults.scale import LONG, dice, kills
from tests.faults.states import (
    BATCHES,
    LINES_EACH,
    batches,
    content_of,
    looked_at,
    settled,
    strays,
    wipe_people,
    write_file,
)
from tests.graphs import Dump, dump, dump_revision

pytestmark = pytest.mark.graph

SEED = ROOT / "seed/ispsystem/2018-11-12"
EXAMPLE = ROOT / "seed/ispsystem/example-revision"
FIRST_DAY = datetime(2019, 1, 1, tzinfo=UTC)
# Python and its libraries take the first part of a command's time.
COMMAND_BEGINS = 0.3
# Later than this it has mostly ended by itself.
COMMAND_ENDS = 0.9
#: Of each of three victims, in each of two tests: 60 in a long run on an engine.
KILLS_EACH = kills(1, 10)


class Killer:
    """Kills in turn what a doing depends on, at a moment within the time that it takes undisturbed."""

    def __init__(self, ground: Ground, chance: random.Random) -> None:
        self._ground = ground
        self._chance = chance
        self._seconds: dict[str, float] = {}
        self._cut_off = 0
        self._killed: Counter[str] = Counter()
        self.tally: Counter[str] = Counter()

    async def measure(self, way: str, doing: Doing) -> None:
        """Does it undisturbed."""
        began = time.monotonic()
        doing.run()
        self._seconds[way] = time.monotonic() - began

    def turns(self) -> Iterator[tuple[str, str]]:
        """Ways and victims in an order of chance, until each victim was killed KILLS_EACH times. One that had ended by
        itself was not."""
        ways: dict[str, list[str]] = {}
        for way, victim in self._ground.pairs:
            ways.setdefault(victim, []).append(way)
        while any(self._killed[victim] < KILLS_EACH for victim in ways):
            assert self.tally.total() < 12 * KILLS_EACH, self.tally
            # All of them are drawn whoever is left, so that the same seed draws the same.
            for victim in self._chance.sample(list(ways), len(ways)):
                way = self._chance.choice(ways[victim])
                if self._killed[victim] < KILLS_EACH:
                    yield way, victim

    def disturb(self, way: str, victim: str, doing: Doing) -> None:
        """Does it, killing the `victim` meanwhile; returns when all that was killed serves again."""
        begins = COMMAND_BEGINS if way == "command" else 0.0
        ends = COMMAND_ENDS if victim == "command" else 1.1
        moment = time.monotonic() + self._seconds[way] * self._chance.uniform(begins, ends)
        running = Running(doing)
        wait_until(moment)
        kill = {"engine": self._ground.kill_engine, "service": self._ground.kill_service, "command": doing.kill}[victim]
        killed = kill()
        # Only a command may have ended by itself before: what serves was awaited.
        assert killed or victim == "command", f"no {victim} to kill"
        running.join()
        self._ground.revive()
        self._killed[victim] += killed
        self._cut_off += killed and not running.is_whole
        end = "done" if running.is_whole else "cut off"
        self.tally[f"{victim} {'killed' if killed else 'had ended'}, {way} {end}"] += 1
        print(f"{self.tally.total()}: {victim}, {way} {end}", flush=True)  # noqa: T201

    def check(self) -> None:
        """That each was killed as often as it is to be, and in a run that is long enough to tell, at something."""
        assert self._killed == dict.fromkeys(("engine", "service", "command"), KILLS_EACH), self.tally
        if LONG:
            assert self._cut_off >= self.tally.total() / 3, self.tally


def reporting(ground: Ground, way: str, file: Path, chance: random.Random) -> Reporting | Importing:
    if way == "http":
        return Reporting(ground, batches(), in_one=chance.random() < 0.3)
    return Importing(ground, file, BATCHES, LINES_EACH)


async def test_an_import_is_kept_in_whole_batches_and_completed_by_the_same_again(
    ground: Ground, tmp_path: Path
) -> None:
    chance = dice("import")
    killer = Killer(ground, chance)
    file = write_file(tmp_path)
    # What the graph holds after each batch of an import that nobody disturbs.
    states: list[Dump] = []
    async with looked_at(ground) as database:
        await wipe_people(database)
        states.append(await dump(database))
        for batch in batches():
            Reporting(ground, [batch], in_one=False).run()
            states.append(await dump(database))
        assert len(set(states)) == BATCHES + 1
        for way in ("http", "command"):
            await wipe_people(database)
            await killer.measure(way, reporting(ground, way, file, chance))
            assert await dump(database) == states[-1]
    found: Counter[int] = Counter()
    for way, victim in killer.turns():
        async with looked_at(ground) as database:
            await wipe_people(database)
        doing = reporting(ground, way, file, chance)
        killer.disturb(way, victim, doing)
        async with looked_at(ground) as database:
            state = await settled(database)
            assert state in states, f"{victim} killed: a batch is there in part, or more than was sent"
            assert states.index(state) >= doing.acknowledged
            found[states.index(state)] += 1
            reporting(ground, chance.choice(("http", "command")), file, chance).run()
            assert await dump(database) == states[-1]
    killer.check()
    print(f"{ground.name}: {dict(killer.tally)}; batches found after a kill: {dict(sorted(found.items()))}")  # noqa: T201


async def test_a_revision_is_drafted_and_published_wholly_or_not_and_tried_again(ground: Ground) -> None:
    chance = dice("publish")
    killer = Killer(ground, chance)
    contents: dict[Path, Dump] = {}
    published: dict[int, Dump] = {}
    days = iter(range(10_000))

    def next_intent(after: int) -> Intent:
        day = next(days)
        at = FIRST_DAY + timedelta(days=day)
        return Intent((EXAMPLE, SEED)[day % 2], after, at.isoformat())

    last = 1
    for way in ("http", "command"):
        intent = next_intent(last)
        await killer.measure(way, _publishing(way)(ground, intent))
        assert intent.drafted is not None
        last = intent.drafted
        async with looked_at(ground) as database:
            contents[intent.folder] = await content_of(database, last)
            published[last] = await dump_revision(database, last)
    found: Counter[str] = Counter()
    for way, victim in killer.turns():
        intent = next_intent(last)
        killer.disturb(way, victim, _publishing(way)(ground, intent))
        async with looked_at(ground) as database:
            state = await _state(database, intent, contents[intent.folder], last)
            found[state] += 1
            # Whoever got no answer asks the same again.
            await _publish_again(ground, intent, chance)
            assert intent.drafted is not None
            last = intent.drafted
            at = datetime.fromisoformat(intent.effective_at)
            assert await load_number_in_force(database, at) == last
            assert await content_of(database, last) == contents[intent.folder]
            published[last] = await dump_revision(database, last)
    async with looked_at(ground) as database:
        for number, whole in published.items():
            assert await dump_revision(database, number) == whole, f"revision {number} was changed"
    killer.check()
    print(f"{ground.name}: {dict(killer.tally)}; found after a kill: {dict(found)}")  # noqa: T201


def _publishing(way: str) -> Callable[[Ground, Intent], Publishing | PublishingByCommand]:
    return Publishing if way == "http" else PublishingByCommand


async def _state(database: Database, intent: Intent, content: Dump, last: int) -> str:
    """How far it came, which is at least as far as was acknowledged."""
    assert await strays(database) == 0, "elements of half a revision"
    newest = await list_revisions(database, states=frozenset(RevisionState), limit=3)
    newer = [each for each in newest if each.number > last]
    assert len(newer) <= 1
    if not newer:
        assert intent.drafted is None
        return "nothing"
    (revision,) = newer
    assert intent.drafted in (None, revision.number)
    assert await content_of(database, revision.number) == content, "half a revision"
    if revision.state is RevisionState.DRAFT:
        assert not intent.published
        return "draft"
    assert revision.effective_at is not None
    assert (revision.state, revision.effective_at.isoformat()) == (RevisionState.PUBLISHED, intent.effective_at)
    return "published"


async def _publish_again(ground: Ground, intent: Intent, chance: random.Random) -> None:
    again = _publishing(chance.choice(("http", "command")))(ground, intent)
    await asyncio.to_thread(again.run)
