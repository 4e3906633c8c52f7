"""Everybody whom a revision touches is told once, whatever is killed while they are: senders, the engine, the service.

`make test-faults` tells 2,000 people and kills 60 times; FAULTS_SEED, which is printed, chooses the same moments again.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from graph.model import Channel
from graph.notices import Delivery, DeliveryState, NoticeKind, delivery_id, public_id
from graph.store.database import Database
from graph.store.deliveries import delivery_of
from server.settings import ROOT
from tests.faults.ground import Ground, ServerGround, closing_ground
from tests.faults.post_office import PostOffice
from tests.faults.scale import dice, kills
from tests.graphs import given_address
from tests.neo4j.server import neo4j_server
from tests.patience import PATIENCE_SECONDS
from tests.ports import free_port
from tests.server.command_line import PROGRAM, environment, until, vitrine
from tests.server.notify.back_ends import BackEnd, Received, answers, back_end
from tests.server.telling import ADDRESS_KEY

pytestmark = pytest.mark.graph

EXAMPLE = ROOT / "seed/ispsystem/example-revision"
SENDERS = 3
TOUCHED = kills(100, 2_000)
UNTOUCHED = kills(40, 500)
# While what they are told is written down, and while it is sent.
EARLY_KILLS = kills(1, 15)
KILLS = kills(3, 60)
LEASE_SECONDS = 5
# So that there is time to kill: messages that each sender hands over in a second, and that the product takes.
MAILS_A_SECOND = kills(2, 3)
WEBHOOKS_A_SECOND = kills(6, 9)
KINDS = ("sender", "engine", "service")
WEIGHTS = (3, 2, 1)
AT = "2026-01-05T08:00:00Z"
TURN = asyncio.Lock()
END_SECONDS = 600
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
IN_FORCE = "2099-06-01"
# Whoever is touched holds something there.
PRODUCT = "websites"
#: How a command ends that found the graph away as it began.
UNAVAILABLE = 3


async def takes_it(received: Received, writer: asyncio.StreamWriter) -> None:
    """One after the other, so that there is time to kill whoever waits for the answer."""
    async with TURN:
        await asyncio.sleep(1 / WEBHOOKS_A_SECOND)
    await answers(204)(received, writer)


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    with PostOffice(free_port()) as office:
        yield office


@pytest.fixture(scope="module")
async def product() -> AsyncIterator[BackEnd]:
    async with back_end(takes_it, None) as product:
        yield product


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, office: PostOffice, product: BackEnd) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("telling")
    settings = {
        "VITRINE_NOTIFY_LEASE_SECONDS": str(LEASE_SECONDS),
        "VITRINE_MAIL_HOST": "127.0.0.1",
        "VITRINE_MAIL_PORT": str(office.port),
        "VITRINE_MAIL_TLS": "off",
        "VITRINE_MAIL_FROM": "privacy@ispsystem.example",
        "VITRINE_MAIL_PER_SECOND": str(MAILS_A_SECOND),
        "VITRINE_MAIL_DOMAIN_PER_SECOND": "0",
        "VITRINE_ADDRESS_KEYS": ADDRESS_KEY,
        "VITRINE_PRODUCTS": str(folder / "products.yaml"),
        "VITRINE_SEED_EXAMPLES": str(folder / "nobody.ndjson"),
    }
    (folder / "nobody.ndjson").touch()
    (folder / "secret").write_text(SECRET)
    webhook = product.url("127.0.0.1", scheme="http")
    (folder / "products.yaml").write_text(f"{PRODUCT}:\n  webhook: {webhook}\n  secret_file: secret\n")
    if given_address() is None:
        with closing_ground(Ground(folder / "data", **settings)) as ground:
            yield ground
        return
    with (
        neo4j_server(port=free_port()) as server,
        closing_ground(ServerGround(folder / "data", server, **settings)) as ground,
    ):
        yield ground


class Sender:
    """`vitrine notify run` in a process of its own, begun again until it ends by itself."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._process = self._started()

    def kill(self) -> bool:
        if self._process.poll() is not None:
            return False
        self._process.kill()
        self._end()
        return True

    def close(self) -> None:
        """Leaves no process behind."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate(timeout=PATIENCE_SECONDS)

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def revive(self) -> None:
        if self.has_ended():
            self._end()
            self._process = self._started()

    def run_to_the_end(self) -> None:
        while True:
            self._process.wait(END_SECONDS)
            if self._process.returncode != UNAVAILABLE:
                return self._end()
            self.revive()

    def _end(self) -> None:
        _, complaint = self._process.communicate(timeout=PATIENCE_SECONDS)
        code = self._process.returncode
        # 1: not all is settled.
        assert code in (0, 1, UNAVAILABLE, -signal.SIGKILL), (code, complaint)

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
    """Those who are touched have cookies on the websites, the others an email address elsewhere. All can be reached by
    mail."""
    told = []
    for number in range(TOUCHED + UNTOUCHED):
        subject = f"person-{number:05}"
        touched = number < TOUCHED
        service, category = (PRODUCT, "cookies") if touched else ("billmanager", "email")
        told.append({"subject": subject, "service": service, "category": category, "since": AT})
        mail = {"email": f"{subject}@example.org", "locale": "en", "reported_at": AT}
        told.append({"type": "contact", "subject": subject, **mail})
    return "".join(json.dumps(each) + "\n" for each in told)


def command(ground: Ground, *arguments: str | Path, stdin: str = "") -> str:
    done = vitrine(*arguments, settings=ground.settings, stdin=stdin)
    assert done.returncode == 0, (done.stdout, done.stderr)
    return done.stdout


@dataclass(frozen=True, slots=True)
class Course:
    """`hits`: what was killed. `report`: what the last sender said."""

    number: int
    hits: Counter[str]
    report: Any


def tell(ground: Ground, taken: Callable[[], int], chance: random.Random) -> Course:
    """Publishes, and kills until enough was hit, then lets the telling come to its end. `taken`: how many were, by mail
    and by webhook. The service is a sender like the others."""
    command(ground, "holdings", "import", "-", stdin=lines())
    number = json.loads(command(ground, "revision", "draft", EXAMPLE, "--json"))["number"]
    command(ground, "revision", "publish", str(number), "--effective", IN_FORCE, "--expect", "1")
    with contextlib.ExitStack() as stack:
        senders = [stack.enter_context(contextlib.closing(Sender(ground))) for _ in range(SENDERS)]
        hits = kill_at_once(ground, senders, chance) + kill_meanwhile(ground, senders, taken, chance)
        for sender in senders:
            sender.run_to_the_end()
    # What the killed had claimed is free, or known to be in doubt, once their leases have run out.
    last = vitrine("notify", "run", "--json", settings=ground.settings)
    assert last.returncode in (0, 1), last.stderr
    return Course(number, hits, json.loads(last.stdout)["revisions"][0])


def kill_at_once(ground: Ground, senders: list[Sender], chance: random.Random) -> Counter[str]:
    """One after the other, without waiting for anything to be sent: notices are written then. What that was."""
    hits: Counter[str] = Counter()
    for what in chance.choices(KINDS, WEIGHTS, k=EARLY_KILLS):
        time.sleep(chance.uniform(0.0, 0.5))
        hits[what] += kill(what, ground, senders, chance)
        revive(ground, senders)
    return hits


def revive(ground: Ground, senders: list[Sender]) -> None:
    ground.revive()
    for sender in senders:
        sender.revive()


def kill_meanwhile(
    ground: Ground, senders: list[Sender], taken: Callable[[], int], chance: random.Random
) -> Counter[str]:
    """One after the other, each while something is being sent, until enough was hit or everybody is told. What that
    was."""
    hits: Counter[str] = Counter()
    # Each kind first, whatever the dice say.
    plan = [*chance.choices(KINDS, WEIGHTS, k=KILLS - len(KINDS)), *chance.sample(KINDS, len(KINDS))]
    while plan and taken() < 2 * TOUCHED:
        wait_for_more(taken, senders)
        time.sleep(chance.uniform(0.0, 0.5))
        if kill(plan[-1], ground, senders, chance):
            hits[plan.pop()] += 1
        revive(ground, senders)
    return hits


def wait_for_more(taken: Callable[[], int], senders: Sequence[Sender]) -> None:
    """Returns once more is taken; or a sender has ended, because nothing is left or the graph was away as it began."""
    before = taken()
    until(lambda: taken() > before or any(sender.has_ended() for sender in senders))


def kill(what: str, ground: Ground, senders: list[Sender], chance: random.Random) -> bool:
    """Whether it lived until then."""
    match what:
        case "sender":
            return chance.choice(senders).kill()
        case "engine":
            return ground.kill_engine()
        case _:
            return ground.kill_service()


async def test_everybody_is_told_once_whatever_is_killed(ground: Ground, office: PostOffice, product: BackEnd) -> None:
    begun_at = time.monotonic()
    course = await asyncio.to_thread(
        tell, ground, lambda: office.taken.total() + len(product.received), dice("telling")
    )

    async with Database(ground.address()) as database:
        records = await database.read("MATCH (d:Delivery) RETURN properties(d) AS properties")
        deliveries = {each.id: each for each in (delivery_of(record["properties"]) for record in records)}
        notices = await database.read("MATCH (n:Notice) RETURN n.subject AS subject")
    touched = [f"person-{place:05}" for place in range(TOUCHED)]
    assert sorted(record["subject"] for record in notices) == touched
    assert len(records) == len(deliveries)
    assert sorted(deliveries) == sorted(
        delivery_id(course.number, NoticeKind.REVISION, channel, subject) for channel in Channel for subject in touched
    )
    webhooks = Counter(each.headers["webhook-id"] for each in product.received)
    of_mail = times_taken(deliveries.values(), Channel.EMAIL, lambda id: office.taken[id])
    of_product = times_taken(deliveries.values(), Channel.SOFTWARE_PRODUCT, lambda id: webhooks[id])
    of_account = {each.state for each in deliveries.values() if each.channel is Channel.ACCOUNT_AREA}
    assert of_account == {DeliveryState.SENT}
    for states in (of_mail, of_product):
        # What is said to be sent was taken once; of what is in doubt nobody can know, and it was never sent again.
        assert states.keys() <= {DeliveryState.SENT, DeliveryState.UNKNOWN}, states
        assert states[DeliveryState.SENT].keys() == {1}, states
        assert states[DeliveryState.UNKNOWN].keys() <= {0, 1}, states
    assert course.hits.keys() == set(KINDS)
    assert course.hits.total() >= KILLS
    assert office.addressed.keys() <= {f"{subject}@example.org" for subject in touched}
    assert {json.loads(each.body)["data"]["subject"] for each in product.received} <= set(touched)
    unknown = of_mail[DeliveryState.UNKNOWN].total() + of_product[DeliveryState.UNKNOWN].total()
    assert (course.report["written"], course.report["settled"]) == (True, not unknown)
    assert sum(states.get("UNKNOWN", 0) for states in course.report["deliveries"].values()) == unknown
    seconds = time.monotonic() - begun_at
    print(f"{TOUCHED} people, {dict(course.hits)}, {seconds:.0f} s; taken once or not, by state:")  # noqa: T201
    print(f"mail {dict(of_mail)}; webhooks {dict(of_product)}")  # noqa: T201


def times_taken(
    deliveries: Iterable[Delivery], channel: Channel, taken: Callable[[str], int]
) -> dict[DeliveryState, Counter[int]]:
    """How many deliveries of a channel were taken how often, by their state."""
    found: dict[DeliveryState, Counter[int]] = {DeliveryState.SENT: Counter(), DeliveryState.UNKNOWN: Counter()}
    for each in deliveries:
        if each.channel is channel:
            found.setdefault(each.state, Counter())[taken(public_id(each.id))] += 1
    return found
