"""Everybody whom a revision touches is told once, whatever is killed while they are: senders, the engine, the service.

`make test-faults` tells 2,000 people and kills 60 times; FAULTS_SEED, which is printed, chooses the same moments again.
"""

from __future__ import annotations

import asyncio
import json
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.model import Channel
from graph.notices import DeliveryState, NoticeKind, delivery_id, public_id
from graph.store.database import Database
from graph.store.deliveries import delivery_of
from server.settings import ROOT
from tests.faults.ground import Ground, ServerGround, closing_ground, free_port
from tests.faults.post_office import PostOffice
from tests.faults.scale import dice, kills
from tests.graphs import given_address
from tests.neo4j.server import neo4j_server
from tests.server.command_line import PATIENCE_SECONDS, PROGRAM, environment, vitrine

pytestmark = pytest.mark.graph

EXAMPLE = ROOT / "seed/ispsystem/example-revision"
SENDERS = 3
TOUCHED = kills(240, 2_000)
UNTOUCHED = kills(60, 500)
KILLS = kills(8, 60)
LEASE_SECONDS = 5
# So that there is time to kill: each sender takes some ten seconds for its share, or a minute.
A_SECOND = kills(8, 12)
KEY = "A" * 86 + "=="


def settings_for(port: int) -> dict[str, str]:
    return {
        "VITRINE_NOTIFY": "off",
        "VITRINE_NOTIFY_LEASE_SECONDS": str(LEASE_SECONDS),
        "VITRINE_MAIL_HOST": "127.0.0.1",
        "VITRINE_MAIL_PORT": str(port),
        "VITRINE_MAIL_TLS": "off",
        "VITRINE_MAIL_FROM": "privacy@ispsystem.example",
        "VITRINE_MAIL_PER_SECOND": str(A_SECOND),
        "VITRINE_MAIL_DOMAIN_PER_SECOND": "0",
        "VITRINE_ADDRESS_KEYS": KEY,
    }


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    with PostOffice(free_port()) as office:
        yield office


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, office: PostOffice) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("telling") / "data"
    settings = settings_for(office.port)
    if given_address() is None:
        with closing_ground(Ground(folder, **settings)) as ground:
            yield ground
        return
    with neo4j_server(port=free_port()) as server, closing_ground(ServerGround(folder, server, **settings)) as ground:
        yield ground


class Sender:
    """`vitrine notify run` in a process of its own, begun again until it ends by itself."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._process = self._started()
        self.ends: Counter[int] = Counter()

    def kill(self) -> bool:
        if self._process.poll() is not None:
            return False
        self._process.kill()
        self._end()
        return True

    def revive(self) -> None:
        if self._process.poll() is not None:
            self._end()
            self._process = self._started()

    def wait(self) -> int:
        self._process.communicate(timeout=PATIENCE_SECONDS)
        return self._process.returncode

    def _end(self) -> None:
        _, complaint = self._process.communicate(timeout=PATIENCE_SECONDS)
        code = self._process.returncode
        # 1: not all is settled; 3: the graph went away as it began.
        assert code in (0, 1, 3, -signal.SIGKILL), complaint
        self.ends[code] += 1

    def _started(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*PROGRAM, "notify", "run", "--json"],
            cwd=ROOT,
            env=environment(self._ground.settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def lines() -> str:
    """Those who are touched have an email address somewhere; the others cookies on the websites, and mail all the
    same."""
    told = []
    for number in range(TOUCHED + UNTOUCHED):
        subject = f"person-{number:05}"
        touched = number < TOUCHED
        service, category = ("billmanager", "email") if touched else ("websites", "cookies")
        told.append({"subject": subject, "service": service, "category": category, "since": "2026-01-05T08:00:00Z"})
        told.append({"type": "contact", "subject": subject, "email": f"{subject}@example.org", "locale": "en"})
    return "".join(json.dumps(each) + "\n" for each in told)


def command(ground: Ground, *arguments: str | Path, stdin: str = "", code: int = 0) -> str:
    done = vitrine(*arguments, settings=ground.settings, stdin=stdin)
    assert done.returncode == code, (done.stdout, done.stderr)
    return done.stdout


def kill_something(ground: Ground, senders: list[Sender], chance: random.Random) -> str:
    """What was hit, or "" where it had ended."""
    what = chance.choice(["sender", "sender", "sender", "engine", "engine", "service"])
    if what == "sender":
        hit = chance.choice(senders).kill()
    elif what == "engine":
        hit = ground.kill_engine()
    else:
        hit = ground.kill_service()
    return what if hit else ""


def tell(ground: Ground, chance: random.Random) -> tuple[int, Counter[str]]:
    """Publishes, and kills until enough was hit, then lets the telling come to its end. The revision's number, and what
    was hit."""
    command(ground, "holdings", "import", "-", stdin=lines())
    number = json.loads(command(ground, "revision", "draft", EXAMPLE, "--json"))["number"]
    command(ground, "revision", "publish", str(number), "--effective", "2027-06-01", "--expect", "1")
    senders = [Sender(ground) for _ in range(SENDERS)]
    hits: Counter[str] = Counter()
    while hits.total() < KILLS:
        time.sleep(chance.uniform(0.1, 2.0))
        hit = kill_something(ground, senders, chance)
        if hit:
            hits[hit] += 1
        ground.revive()
        for sender in senders:
            sender.revive()
    for sender in senders:
        assert sender.wait() in (0, 1)
    # What the killed had claimed is free, or known to be in doubt, once their leases have run out.
    vitrine("notify", "run", "--json", settings=ground.settings)
    return number, hits


async def test_everybody_is_told_once_whatever_is_killed(ground: Ground, office: PostOffice) -> None:
    number, hits = await asyncio.to_thread(tell, ground, dice("telling"))

    async with Database(ground.address()) as database:
        records = await database.read("MATCH (d:Delivery) RETURN properties(d) AS properties")
        deliveries = {each.id: each for each in (delivery_of(record["properties"]) for record in records)}
        notices = await database.read("MATCH (n:Notice) RETURN n.subject AS subject")
    touched = [f"person-{place:05}" for place in range(TOUCHED)]
    assert sorted(record["subject"] for record in notices) == touched
    assert len(records) == len(deliveries)
    assert sorted(deliveries) == sorted(
        delivery_id(number, NoticeKind.REVISION, channel, subject)
        for channel in (Channel.EMAIL, Channel.ACCOUNT_AREA)
        for subject in touched
    )
    states = Counter(each.state for each in deliveries.values() if each.channel is Channel.EMAIL)
    assert set(states) <= {DeliveryState.SENT, DeliveryState.UNKNOWN}, states
    by_state: dict[DeliveryState, Counter[int]] = {state: Counter() for state in DeliveryState}
    for each in deliveries.values():
        if each.channel is Channel.EMAIL:
            taken = sum(count for name, count in office.taken.items() if public_id(each.id) in name)
            by_state[each.state][taken] += 1
    # What is said to be sent was taken once; of what is in doubt nobody can know, and it was never sent again.
    assert by_state[DeliveryState.SENT] == Counter({1: states[DeliveryState.SENT]})
    assert set(by_state[DeliveryState.UNKNOWN]) <= {0, 1}
    assert set(office.addressed) <= {f"{subject}@example.org" for subject in touched}
    assert hits["sender"] and hits["engine"] and hits["service"], hits
    print(f"{hits}, {states}, in doubt and taken: {by_state[DeliveryState.UNKNOWN]}")  # noqa: T201
