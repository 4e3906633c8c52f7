"""`vitrine notify` as processes: people are told, staff see how far that is, and say what becomes of the rest."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graph.engines.address import GraphAddress
from server.notify.ways import Ways
from server.sealing import AddressKeys
from tests.clock import Clock
from tests.graphs import run
from tests.patience import PATIENCE_SECONDS
from tests.server.api import EXAMPLE_REVISION, SEED, Api
from tests.server.command_line import PROGRAM, ROOT, environment, on_a_terminal, settings_of, vitrine
from tests.server.notify.mail_servers import MailHost, mail_host
from tests.server.products import open_company, products_file, publish_for_everybody
from tests.server.telling import ADDRESS_KEY, TO_COME, write_notices

#: Of the seven whom the example revision touches, those who can be reached by mail.
MAILED = ("example-buyer", "example-multi-product", "example-visitor")
TOLD = {"ACCOUNT_AREA": {"SENT": 7}, "EMAIL": {"SENT": 3}}
BEGIN = """
MATCH (d:Delivery {channel: "EMAIL", subject: $subject})
SET d.state = "SENDING", d.claim = "ENDED"
"""


@pytest.fixture
async def host() -> AsyncIterator[MailHost]:
    async with mail_host() as host:
        yield host


@pytest.fixture
def settings(address: GraphAddress, host: MailHost) -> dict[str, str]:
    return {
        **settings_of(address),
        "VITRINE_MAIL_HOST": "127.0.0.1",
        "VITRINE_MAIL_PORT": str(host.port),
        "VITRINE_MAIL_TLS": "off",
        "VITRINE_MAIL_FROM": "privacy@ispsystem.example",
        "VITRINE_ADDRESS_KEYS": ADDRESS_KEY,
    }


@pytest.fixture
async def published(api: Api) -> Api:
    """Revision 2 is published, and nobody is told of it yet."""
    await give_addresses(api, *MAILED)
    assert await api.publish(EXAMPLE_REVISION, TO_COME) == 2
    return api


async def give_addresses(api: Api, *subjects: str) -> None:
    keys = AddressKeys.read(ADDRESS_KEY)
    rows = [{"id": subject, "address": keys.seal(subject, f"{subject}@people.example")} for subject in subjects]
    await run(api.database, "UNWIND $rows AS row CREATE (c:Contact) SET c = row", rows=rows)


async def notify(settings: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run to its end, while the mail server of the test answers."""
    done = await asyncio.to_thread(vitrine, "notify", *arguments, settings=settings)
    assert "Traceback" not in done.stderr
    return done


async def report(settings: dict[str, str], *arguments: str) -> tuple[int, Any]:
    done = await notify(settings, *arguments, "--json")
    return done.returncode, json.loads(done.stdout)


async def run_job(settings: dict[str, str]) -> tuple[int, Any]:
    """The exit code of the job, and what it says of the only revision."""
    code, said = await report(settings, "run")
    [revision] = said["revisions"]
    assert revision["revision"] == 2
    return code, revision


# ---- the job ---------------------------------------------------------------------------------------------------------


async def test_it_tells_everybody_and_says_so(published: Api, settings: dict[str, str], host: MailHost) -> None:
    code, revision = await run_job(settings)

    assert (code, revision["written"], revision["settled"]) == (0, True, True)
    assert (revision["deliveries"], revision["failures"]) == (TOLD, [])
    [fan_out] = revision["fan_outs"]
    assert (fan_out["kind"], fan_out["state"], fan_out["notices"], fan_out["deliveries"]) == ("REVISION", "DONE", 7, 10)
    assert sorted(mail.to for mail in host.mails) == [f"{subject}@people.example" for subject in MAILED]

    again = await notify(settings, "run")
    assert again.returncode == 0
    assert again.stdout.startswith("Revision 2: 7 notices, all written\n")
    assert len(host.mails) == 3


async def test_what_is_in_doubt_is_told_until_staff_say_what_becomes_of_it(
    published: Api, settings: dict[str, str], host: MailHost
) -> None:
    # A sender that has begun with one, and ends.
    await write_notices(published.database, Clock(datetime.now(UTC)), Ways(mails=True))
    await run(published.database, BEGIN, subject="example-buyer")

    code, revision = await run_job(settings)
    assert (code, revision["settled"]) == (1, False)
    assert revision["deliveries"]["EMAIL"] == {"SENT": 2, "UNKNOWN": 1}
    # Also where this run did nothing.
    assert (await run_job(settings))[0] == 1
    assert await report(settings, "retry", "2") == (0, {"changed": 0})
    assert await report(settings, "retry", "2", "--state", "UNKNOWN") == (0, {"changed": 1})
    code, revision = await run_job(settings)
    assert (code, revision["deliveries"]) == (0, TOLD)
    assert len(host.mails) == 3


async def test_an_older_revision_that_is_not_settled_is_told_beside_the_newest(
    published: Api, settings: dict[str, str], host: MailHost
) -> None:
    await write_notices(published.database, Clock(datetime.now(UTC)), Ways(mails=True))
    await run(published.database, BEGIN, subject="example-buyer")
    assert (await run_job(settings))[0] == 1
    assert await published.publish(SEED, TO_COME + timedelta(days=1)) == 3

    async def run_again() -> tuple[int, dict[int, bool]]:
        code, said = await report(settings, "run")
        return code, {each["revision"]: each["settled"] for each in said["revisions"]}

    assert await run_again() == (1, {2: False, 3: True})
    # Also where this run did nothing.
    assert await run_again() == (1, {2: False, 3: True})
    await notify(settings, "retry", "2", "--state", "UNKNOWN")
    assert await run_again() == (0, {2: True, 3: True})
    assert await run_again() == (0, {3: True})


async def test_what_failed_is_sent_again_or_given_up(published: Api, settings: dict[str, str], host: MailHost) -> None:
    host.judge_recipient = lambda to: None if to.startswith("example-buyer") else "550 5.1.1 nobody is here"
    code, revision = await run_job(settings)
    reason = "550 5.1.1 to RCPT TO"
    assert (code, revision["deliveries"]["EMAIL"]) == (0, {"SENT": 1, "FAILED": 2})
    assert revision["failures"] == [{"channel": "EMAIL", "state": "FAILED", "reason": reason, "count": 2}]

    host.judge_recipient = lambda to: None
    other = await notify(settings, "retry", "2", "--reason", "another")
    assert (other.returncode, other.stdout) == (0, "0 deliveries are sent again\n")
    again = await notify(settings, "retry", "2", "--channel", "EMAIL", "--state", "FAILED", "--reason", reason)
    assert (again.returncode, again.stdout) == (0, "2 deliveries are sent again\n")
    up = await notify(settings, "give-up", "2", "--state", "PENDING", "--because", "They wrote a letter")
    assert (up.returncode, up.stdout) == (0, "2 deliveries are given up\n")
    status = await notify(settings, "status", "2")
    assert status.returncode == 0
    assert status.stdout.splitlines()[-1].split() == ["EMAIL", "FAILED", "They", "wrote", "a", "letter", "2"]
    assert len(host.mails) == 1


async def test_stopped_by_a_signal_it_ends_in_order(published: Api, settings: dict[str, str], host: MailHost) -> None:
    job = started(settings, "run", "--forever", "--json")
    while len(host.mails) < 3:  # noqa: ASYNC110 - the server tells nobody
        await asyncio.sleep(0.05)

    job.send_signal(signal.SIGTERM)
    out, _ = await asyncio.to_thread(job.communicate, timeout=PATIENCE_SECONDS)

    assert job.returncode == 0
    [revision] = json.loads(out)["revisions"]
    assert revision["deliveries"] == TOLD


async def test_on_a_terminal_it_shows_how_far_it_is(published: Api, settings: dict[str, str], host: MailHost) -> None:
    slow = {**settings, "VITRINE_MAIL_PER_SECOND": "0.3", "VITRINE_MAIL_CONNECTIONS": "1"}
    seen = await asyncio.to_thread(on_a_terminal, "notify", "run", settings=slow)
    assert "deliveries/s" in seen
    assert seen.count("Revision 2: 7 notices, all written") > 1


# ---- the status ------------------------------------------------------------------------------------------------------


async def test_the_status_before_and_while_it_is_done(published: Api, settings: dict[str, str], host: MailHost) -> None:
    before = await notify(settings, "status", "2")
    assert before.returncode == 1
    assert before.stdout.splitlines()[0] == "Revision 2: 0 notices, being written"

    watching = asyncio.create_task(notify(settings, "status", "2", "--watch"))
    await run_job(settings)
    watched = await watching

    assert watched.returncode == 0
    lines = [line.split() for line in watched.stdout.splitlines()]
    assert lines[0] == ["Revision", "2:", "7", "notices,", "all", "written"]
    assert lines[1] == ["Channel", "SENT"]
    assert [(line[0], line[-1]) for line in lines[2:]] == [("EMAIL", "3"), ("ACCOUNT_AREA", "7")]


async def test_watching_waits_for_senders_and_for_no_product_that_never_asks(
    empty: Api, settings: dict[str, str], host: MailHost, tmp_path: Path
) -> None:
    await open_company(empty)
    await give_addresses(empty, "ann")
    number = str(await publish_for_everybody(empty))
    settings["VITRINE_PRODUCTS"] = str(products_file(tmp_path, "websites", "panel"))

    watching = asyncio.create_task(notify(settings, "status", number, "--watch", "--json"))
    ran = await notify(settings, "run")
    watched = await watching

    left = "Revision 2 is not settled: 4 to be fetched by products\n"
    assert [(done.returncode, done.stderr) for done in (ran, watched)] == [(1, left), (1, left)]
    [revision] = json.loads(watched.stdout)["revisions"]
    assert revision["deliveries"]["SOFTWARE_PRODUCT"] == {"PENDING": 4}
    await run(empty.database, "MATCH (d:Delivery {channel: 'EMAIL'}) SET d.state = 'UNKNOWN'")
    doubted = await notify(settings, "status", number, "--watch")
    assert doubted.stderr == "Revision 2 is not settled: 4 to be fetched by products; 1 in doubt\n"


async def test_of_the_first_policy_nobody_was_told(api: Api, settings: dict[str, str]) -> None:
    none = await notify(settings, "status", "1")
    said = "Nobody was told of revision 1: it was never published, or as the first\n"
    assert (none.returncode, none.stdout, none.stderr) == (1, "", said)
    nothing = await notify(settings, "run")
    assert (nothing.returncode, nothing.stdout) == (0, "Nobody was ever told of a revision\n")


# ---- what is refused -------------------------------------------------------------------------------------------------


async def test_what_staff_cannot_ask_for_is_refused(published: Api, settings: dict[str, str]) -> None:
    sent = await notify(settings, "retry", "2", "--state", "SENT")
    assert (sent.returncode, sent.stdout) == (1, "")
    assert sent.stderr == "What is SENT is not sent again: name one of FAILED, RETRY, UNKNOWN\n"
    silent = await notify(settings, "give-up", "2", "--because", " ")
    assert (silent.returncode, silent.stderr) == (1, "Say why: it is kept with each of them\n")
    assert (await notify(settings, "give-up", "2")).returncode == 2


def test_a_graph_that_is_away_ends_with_3() -> None:
    nowhere = {"VITRINE_GRAPH_URL": "bolt://127.0.0.1:9", "VITRINE_GRAPH_PASSWORD": "x"}
    away = vitrine("notify", "run", settings={**nowhere, "VITRINE_GRAPH_RETRY_SECONDS": "0"})
    assert (away.returncode, away.stdout, away.stderr) == (3, "", "The graph does not answer: try again later\n")


@pytest.mark.parametrize("arguments", [("run",), ("run", "--forever"), ("status", "2", "--watch")])
def test_it_keeps_no_data_folder_from_a_service(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """One that ran the engine itself would run it for as long as anything is to be tried again."""
    (tmp_path / "engine/databases").mkdir(parents=True)
    refused = vitrine("notify", *arguments, settings={"VITRINE_DATA_DIR": str(tmp_path)})
    said = (
        f"no service runs on the data folder {tmp_path}, and its graph runs with that alone: start it with "
        "`vitrine run`\n"
    )
    assert (refused.returncode, refused.stdout, refused.stderr) == (3, "", said)


# ---- processes -------------------------------------------------------------------------------------------------------


def started(settings: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PROGRAM, "notify", *arguments],
        cwd=ROOT,
        env=environment(settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
