"""`vitrine doctor` on the ways by which people are told: what answers, what does not, and how to mend that."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from graph.engines.address import GraphAddress
from graph.store.database import Database
from server.mail_settings import MailTls
from server.sealing import AddressKeys
from server.settings import Settings
from server.watching.diagnosis.channels import (
    examine_account_system,
    examine_address_keys,
    examine_mail_server,
    examine_products,
)
from server.watching.diagnosis.finding import Finding, failure, not_checked, ok, warning
from tests.graphs import run
from tests.server.command_line import vitrine
from tests.server.notify.back_ends import answers, back_end, the_authority
from tests.server.notify.mail_servers import mail_host
from tests.server.telling import ADDRESS_KEY, OTHER_ADDRESS_KEY

SENDER: dict[str, Any] = {"mail_host": "127.0.0.1", "mail_from": "privacy@company.example", "mail_tls": MailTls.OFF}
MEND_MAIL = "correct VITRINE_MAIL_…, or reach that server from this machine"
MEND_ACCOUNT = "reach VITRINE_ACCOUNT_URL from this machine, or correct it"


async def all_of(findings: AsyncIterator[Finding]) -> list[Finding]:
    return [each async for each in findings]


async def of_mail(**settings: Any) -> list[Finding]:
    return await all_of(examine_mail_server(Settings(**(SENDER | settings))))


async def test_of_what_is_not_set_nothing_is_said() -> None:
    assert await all_of(examine_mail_server(Settings())) == []
    assert await all_of(examine_account_system(Settings())) == []
    assert list(examine_products(Settings())) == []


async def test_a_mail_server_that_answers_is_sent_nothing() -> None:
    async with mail_host() as host:
        assert await of_mail(mail_port=host.port) == [ok("mail server", f"127.0.0.1:{host.port} answers")]
        assert (host.connections, host.mails) == (1, [])


async def test_the_mail_server_is_logged_in_to(tmp_path: Path) -> None:
    authority = tmp_path / "authority.pem"
    authority.write_text(the_authority().pem)
    own: dict[str, Any] = {"mail_tls": MailTls.REQUIRED, "mail_ca_file": authority, "mail_user": "vitrine"}
    async with mail_host(starttls=the_authority().serves(tmp_path, "127.0.0.1"), must_log_in=True) as host:
        where = f"127.0.0.1:{host.port}"
        right = await of_mail(mail_port=host.port, mail_password="right", **own)
        wrong = await of_mail(mail_port=host.port, mail_password="wrong", **own)
    assert right == [ok("mail server", f"{where} answers, and takes user and password")]
    said = f"{where}: no connection to the mail server: it refuses user and password (535)"
    assert wrong == [failure("mail server", said, MEND_MAIL)]


async def test_a_mail_server_that_is_not_there_or_does_not_encrypt() -> None:
    async with mail_host() as host:
        where = f"127.0.0.1:{host.port}"
        said = f"{where}: the mail server offers no encryption (STARTTLS)"
        assert await of_mail(mail_port=host.port, mail_tls=MailTls.REQUIRED) == [
            failure("mail server", said, MEND_MAIL)
        ]
    said = f"{where}: no connection to the mail server: it takes no connection"
    assert await of_mail(mail_port=host.port) == [failure("mail server", said, MEND_MAIL)]


async def test_authorities_that_are_none(tmp_path: Path) -> None:
    file = tmp_path / "none.pem"
    file.write_text("nothing")
    [mail] = await of_mail(mail_tls=MailTls.REQUIRED, mail_ca_file=file)
    [account] = await all_of(
        examine_account_system(Settings(account_url="https://account.example/", account_ca_file=file))
    )
    assert mail.mend == "name a PEM file in VITRINE_MAIL_CA_FILE"
    assert account.mend == "name a PEM file in VITRINE_ACCOUNT_CA_FILE"


async def test_the_account_system_is_asked_about_nobody(tmp_path: Path) -> None:
    authority = tmp_path / "authority.pem"
    authority.write_text(the_authority().pem)
    async with back_end(
        answers(200, body=b'{"addresses": {}}'), the_authority().serves(tmp_path, "127.0.0.1")
    ) as there:
        settings = Settings(account_url=there.url("127.0.0.1", "/addresses"), account_ca_file=authority)
        assert await all_of(examine_account_system(settings)) == [ok("account system", "answers")]
        there.behave = answers(403)
        assert await all_of(examine_account_system(settings)) == [
            failure("account system", "the account system answers HTTP 403", MEND_ACCOUNT)
        ]
    assert [json.loads(each.body) for each in there.received] == [{"subjects": []}] * 2


def test_products_are_named_with_their_ways(tmp_path: Path) -> None:
    file = tmp_path / "products.yaml"
    file.write_text("billmanager:\n  feed: true\nwebsites:\n  feed: false\n")
    assert list(examine_products(Settings(products=file))) == [
        failure(
            "products",
            f"VITRINE_PRODUCTS: {file}:4: websites: feed is not true: write 'feed: true', or a webhook instead",
            f"mend {file}",
        )
    ]
    file.write_text("billmanager:\n  feed: true\n")
    assert list(examine_products(Settings(products=file))) == [ok("products", "billmanager fetches")]


# ---- keys ------------------------------------------------------------------------------------------------------------


async def of_keys(address: GraphAddress, *keys: str) -> list[Finding]:
    return await all_of(examine_address_keys(address, Settings(address_keys=" ".join(keys) or None)))


async def kept(database: Database, key: str, *subjects: str) -> str:
    """Keeps an address of each of these, and returns the key's id."""
    keys = AddressKeys.read(key)
    rows = [{"id": subject, "address": keys.seal(subject, f"{subject}@people.example")} for subject in subjects]
    await run(database, "UNWIND $rows AS row CREATE (c:Contact) SET c = row", rows=rows)
    return keys.ids[0]


async def test_keys_that_open_all(database: Database, address: GraphAddress) -> None:
    assert await of_keys(address) == []
    new = await kept(database, ADDRESS_KEY, "ann", "ben")
    old = await kept(database, OTHER_ADDRESS_KEY, "cid")
    said = f"all addresses that are kept can be opened: 2 with {new}, 1 with {old}"
    assert await of_keys(address, ADDRESS_KEY, OTHER_ADDRESS_KEY) == [ok("address keys", said)]


async def test_a_key_that_is_missing_and_one_that_is_of_no_use(database: Database, address: GraphAddress) -> None:
    lost = await kept(database, ADDRESS_KEY, "ann", "ben")
    unused = AddressKeys.read(ADDRESS_KEY).ids[0]
    said = f"2 addresses were sealed with keys that are not there ({lost})"
    way_out = "add those to VITRINE_ADDRESS_KEYS, behind the first"
    assert await of_keys(address) == [failure("address keys", said, way_out)]
    assert await of_keys(address, OTHER_ADDRESS_KEY) == [failure("address keys", said, way_out)]
    await run(database, "MATCH (c:Contact) DELETE c")
    assert await of_keys(address, OTHER_ADDRESS_KEY, ADDRESS_KEY) == [
        warning("address keys", f"nothing is sealed with {unused} any more", "take it out once no job uses it")
    ]


async def test_without_a_graph_the_keys_are_not_checked() -> None:
    nowhere = GraphAddress("bolt://127.0.0.1:9", "neo4j", "x", "neo4j")
    assert await of_keys(nowhere, ADDRESS_KEY) == [
        not_checked("address keys", "The graph does not answer: try again later")
    ]


# ---- the command -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tls", ["off", "often"])
def test_the_command_tells_of_them(tmp_path: Path, tls: str) -> None:
    products = tmp_path / "products.yaml"
    products.write_text("billmanager:\n  feed: true\n")
    settings = {
        "VITRINE_DATA_DIR": str(tmp_path / "data"),
        "VITRINE_PORT": "0",
        "VITRINE_MAIL_HOST": "127.0.0.1",
        "VITRINE_MAIL_PORT": "9",
        "VITRINE_MAIL_TLS": tls,
        "VITRINE_MAIL_FROM": "privacy@company.example",
        "VITRINE_ACCOUNT_URL": "http://127.0.0.1:9/",
        "VITRINE_PRODUCTS": str(products),
    }
    done = vitrine("doctor", "--json", settings=settings)
    verdicts = {each["check"]: each["verdict"] for each in json.loads(done.stdout)["checks"]}
    assert verdicts["products"] == "ok"
    assert verdicts["mail server"] == ("failure" if tls == "off" else "not checked")
    assert verdicts["account system"] == "failure"
    assert done.returncode == 1
