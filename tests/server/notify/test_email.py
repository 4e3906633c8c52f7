"""The way out by email: whose address is known and how, what is written to whom, and what is never sent."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from graph.deliveries import Refused, Sent
from graph.email_address import read_mailbox
from graph.model import Channel
from graph.notices import Delivery, public_id
from graph.store.database import Database
from graph.store.delivery_status import load_notify_status
from server.mail_settings import MailTls
from server.notify.account_system import AccountSystem
from server.notify.channels.email import (
    NO_ADDRESS,
    NOT_AN_ADDRESS,
    NOT_OPENED,
    NOT_WRITTEN,
    EmailPost,
    Parcel,
    email_pace,
    email_post,
)
from server.notify.letter import Letter
from server.notify.mail_connection import MailServer
from server.notify.mail_connections import MailConnections
from server.notify.mail_message import MailSender
from server.notify.post import ChannelAway
from server.notify.rates import Rates
from server.notify.sender import Pace, Sender
from server.sealing import AddressKeys
from server.settings import Settings
from tests.graph.store.telling import tell, told
from tests.graphs import run
from tests.logs import logged_to
from tests.server.notify.back_ends import BackEnd, Received, answers, back_end, the_authority
from tests.server.notify.mail_servers import MailHost, mail_host
from tests.server.telling import ADDRESS_KEY, OTHER_ADDRESS_KEY

KEYS = AddressKeys.read(ADDRESS_KEY)
LETTER = Letter("What changes", "It changes.", "<p>It changes.</p>", "en", {})


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Writer:
    """Writes the same to all but those named here: to them another, or None."""

    others: Mapping[str, Letter | None] = field(default_factory=dict)

    async def write(self, deliveries: Sequence[Delivery]) -> Mapping[str, Letter]:
        letters = {each.id: self.others.get(each.subject, LETTER) for each in deliveries}
        return {id: letter for id, letter in letters.items() if letter is not None}


@pytest.fixture
async def host() -> AsyncIterator[MailHost]:
    async with mail_host() as host:
        yield host


def a_post(
    database: Database,
    host: MailHost,
    writer: Writer | None = None,
    keys: AddressKeys | None = KEYS,
    account_system: AccountSystem | None = None,
) -> EmailPost:
    return EmailPost(
        database,
        writer or Writer(),
        MailSender(read_mailbox("Privacy <privacy@company.example>")),
        MailConnections(MailServer("127.0.0.1", host.port, MailTls.OFF), 2),
        Rates(0, 0),
        keys=keys,
        account_system=account_system,
        clock=now,
    )


async def kept(database: Database, *subjects: str, keys: AddressKeys = KEYS, text: str | None = None) -> None:
    """Of each of these people an address is kept; `text` instead of one."""
    rows = [{"id": subject, "address": keys.seal(subject, text or f"{subject}@people.example")} for subject in subjects]
    await run(database, "UNWIND $rows AS row CREATE (c:Contact) SET c = row", rows=rows)


async def prepared(post: EmailPost, *subjects: str) -> dict[str, Parcel | Refused]:
    """What is prepared for each of these people."""
    deliveries = [each for subject in subjects for each in told(subject, Channel.EMAIL).deliveries()]
    parcels = await post.prepare(deliveries)
    await post.close()
    return {each.subject: parcels[each.id] for each in deliveries if each.id in parcels}


def address(parcel: Parcel | Refused) -> str:
    assert isinstance(parcel, Parcel), parcel
    return parcel.to.wire


async def test_an_address_that_is_kept_is_opened_and_written_to(database: Database, host: MailHost) -> None:
    await kept(database, "ann")
    post = a_post(database, host)
    [delivery] = told("ann", Channel.EMAIL).deliveries()

    parcel = (await post.prepare([delivery]))[delivery.id]
    assert isinstance(parcel, Parcel)
    await post.wait(parcel)
    assert await post.hand_over(parcel) == Sent()
    await post.close()

    [mail] = host.mails
    assert (mail.sender, mail.to) == ("privacy@company.example", "ann@people.example")
    assert mail.message["Message-ID"] == f"<{public_id(delivery.id)}@company.example>"
    assert mail.message["Subject"] == "What changes"
    assert "people.example" not in repr(parcel)


async def test_whoever_has_no_address_is_refused_for_good(database: Database, host: MailHost) -> None:
    await kept(database, "ann")
    await kept(database, "ben", text="no address at all")
    await run(database, "CREATE (:Contact {id: 'cid', locale: 'en'})")

    found = await prepared(a_post(database, host), "ann", "ben", "cid", "dan")

    assert address(found.pop("ann")) == "ann@people.example"
    assert found == {"ben": NOT_AN_ADDRESS, "cid": NO_ADDRESS, "dan": NO_ADDRESS}
    assert NOT_AN_ADDRESS.is_final
    assert NO_ADDRESS.is_final


async def test_any_of_the_keys_opens_what_it_sealed(database: Database, host: MailHost) -> None:
    await kept(database, "ann")
    await kept(database, "ben", keys=AddressKeys.read(OTHER_ADDRESS_KEY))

    both = a_post(database, host, keys=AddressKeys.read(f"{OTHER_ADDRESS_KEY} {ADDRESS_KEY}"))
    found = await prepared(both, "ann", "ben")

    assert {subject: address(parcel) for subject, parcel in found.items()} == {
        "ann": "ann@people.example",
        "ben": "ben@people.example",
    }


@pytest.mark.parametrize("keys", [None, AddressKeys.read(OTHER_ADDRESS_KEY)], ids=["no key", "another key"])
async def test_without_its_key_an_address_waits_for_it(
    database: Database, host: MailHost, keys: AddressKeys | None
) -> None:
    await kept(database, "ann")
    await tell(database, [told("ann", Channel.EMAIL, at=now())])
    sender: Sender[Parcel] = Sender(
        database,
        a_post(database, host, keys=keys),
        clock=now,
        new_id=lambda: "mine",
        on_end=lambda delivery, outcome: sender.stop(),
    )

    await sender.run()

    status = await load_notify_status(database, 2)
    assert [(each.state.value, each.reason) for each in status.failures] == [("RETRY", NOT_OPENED.reason)]
    assert host.mails == []


# ---- the account system ----------------------------------------------------------------------------------------------


@pytest.fixture
async def there(tmp_path: Any) -> AsyncIterator[BackEnd]:
    """Knows Ben, and of Cid what is no address."""

    async def behave(received: Received, writer: asyncio.StreamWriter) -> None:
        body = {"addresses": {"ben": "ben@account.example", "cid": "not one", "dan": None}}
        await answers(200, body=json.dumps(body).encode())(received, writer)

    async with back_end(behave, the_authority().serves(tmp_path, "127.0.0.1")) as server:
        yield server


async def test_who_is_not_kept_or_not_opened_is_asked_for(database: Database, host: MailHost, there: BackEnd) -> None:
    await kept(database, "ann")
    await kept(database, "ben", keys=AddressKeys.read(OTHER_ADDRESS_KEY))
    account_system = AccountSystem(there.url("127.0.0.1"), None, the_authority().trusted())

    found = await prepared(a_post(database, host, account_system=account_system), "ann", "ben", "cid", "dan")

    assert (address(found["ann"]), address(found["ben"])) == ("ann@people.example", "ben@account.example")
    assert (found["cid"], found["dan"]) == (NOT_AN_ADDRESS, NO_ADDRESS)
    [received] = there.received
    assert json.loads(received.body) == {"subjects": ["ben", "cid", "dan"]}


async def test_while_the_account_system_is_away_nobody_is_refused(
    database: Database, host: MailHost, there: BackEnd
) -> None:
    there.behave = answers(503)
    account_system = AccountSystem(there.url("127.0.0.1"), None, the_authority().trusted())

    with pytest.raises(ChannelAway, match="the account system answers HTTP 503"):
        await prepared(a_post(database, host, account_system=account_system), "ann")


# ---- letters ---------------------------------------------------------------------------------------------------------


async def test_a_letter_of_which_no_message_can_be_made_keeps_no_other(database: Database, host: MailHost) -> None:
    await kept(database, "ann", "ben")
    broken = replace(LETTER, text=cast(str, None))

    said = io.StringIO()
    with logged_to(said):
        found = await prepared(a_post(database, host, Writer({"ann": broken})), "ann", "ben")

    assert found["ann"] == NOT_WRITTEN
    assert not NOT_WRITTEN.is_final
    assert address(found["ben"]) == "ben@people.example"
    assert "ann@" not in said.getvalue()


async def test_a_delivery_without_a_letter_is_tried_again_later(database: Database, host: MailHost) -> None:
    await kept(database, "ann", "ben")
    await tell(database, [told(subject, Channel.EMAIL, at=now()) for subject in ("ann", "ben")])
    claims = iter(f"claim {number}" for number in range(100))
    sender: Sender[Parcel] = Sender(
        database,
        a_post(database, host, Writer({"ann": None})),
        clock=now,
        new_id=lambda: next(claims),
        pace=Pace(look_seconds=0.01),
    )
    running = asyncio.create_task(sender.run())
    while not host.mails:  # noqa: ASYNC110 - the server tells nobody
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.2)
    sender.stop()
    await running

    assert [mail.to for mail in host.mails] == ["ben@people.example"]
    status = await load_notify_status(database, 2)
    assert {state.value: count for (_, state), count in status.counts.items()} == {"RETRY": 1, "SENT": 1}
    assert [each.reason for each in status.failures] == ["its notice is gone, or cannot be put into words"]


# ---- settings --------------------------------------------------------------------------------------------------------


async def test_it_is_as_the_settings_say(database: Database, host: MailHost) -> None:
    assert email_post(Settings(), database, Writer(), clock=now) is None
    settings = Settings(
        mail_host="127.0.0.1",
        mail_port=host.port,
        mail_tls=MailTls.OFF,
        mail_from="privacy@company.example",
        mail_reply_to="answers@company.example",
        mail_connections=3,
        address_keys=ADDRESS_KEY,
    )
    await kept(database, "ann")
    post = email_post(settings, database, Writer(), clock=now)
    assert post is not None
    [delivery] = told("ann", Channel.EMAIL).deliveries()
    parcel = (await post.prepare([delivery]))[delivery.id]
    assert isinstance(parcel, Parcel)
    await post.hand_over(parcel)
    await post.close()

    [mail] = host.mails
    assert mail.message["Reply-To"] == "answers@company.example"
    assert email_pace(settings).at_once == 3
