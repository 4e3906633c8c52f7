"""The ways by which people are told: the mail server, who knows addresses and their keys, the products' back ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from graph.engines.address import GraphAddress
from graph.errors import InvalidSettings, VitrineError
from graph.store.contacts import count_sealed_addresses
from graph.store.database import Database
from server.mail_settings import address_keys_of
from server.notify.account_system import AccountSystem
from server.notify.mail_connection import MailServer, connect
from server.notify.post import ChannelAway
from server.notify.products import load_products
from server.settings import Settings
from server.watching.diagnosis.finding import Finding, failure, not_checked, ok, warning

_MAIL = "mail server"
_ACCOUNT = "account system"
_KEYS = "address keys"


async def examine_mail_server(settings: Settings) -> AsyncIterator[Finding]:
    """Connects as a sender does, and sends nothing. Nothing is found where none is set."""
    try:
        server = MailServer.of(settings)
    except InvalidSettings as error:
        yield failure(_MAIL, error.message, "name a PEM file in VITRINE_MAIL_CA_FILE")
        return
    if server is None:
        return
    where = f"{server.host}:{server.port}"
    try:
        connection = await connect(server)
    except ChannelAway as away:
        yield failure(_MAIL, f"{where}: {away}", "correct VITRINE_MAIL_…, or reach that server from this machine")
        return
    await connection.quit()
    login = "" if server.user is None else ", and takes user and password"
    yield ok(_MAIL, f"{where} answers{login}")


async def examine_account_system(settings: Settings) -> AsyncIterator[Finding]:
    """Asks it about nobody. Nothing is found where none is set."""
    try:
        system = AccountSystem.of(settings)
    except InvalidSettings as error:
        yield failure(_ACCOUNT, error.message, "name a PEM file in VITRINE_ACCOUNT_CA_FILE")
        return
    if system is None:
        return
    try:
        await system.check()
    except ChannelAway as away:
        yield failure(_ACCOUNT, str(away), "reach VITRINE_ACCOUNT_URL from this machine, or correct it")
    else:
        yield ok(_ACCOUNT, "answers")
    finally:
        await system.close()


def examine_products(settings: Settings) -> Iterator[Finding]:
    """Their file; their back ends are asked nothing. Nothing is found where none is named."""
    name = "products"
    try:
        products = load_products(settings.products, is_development=settings.is_development)
    except InvalidSettings as error:
        for problem in error.message.splitlines():
            # What it says to do may have a colon of its own.
            yield failure(name, problem, f"mend {settings.products}")
        return
    if settings.products is not None:
        ways = [f"{key} {'fetches' if products.is_fetched(key) else 'by webhook'}" for key in products]
        yield ok(name, ", ".join(ways))


async def examine_address_keys(address: GraphAddress, settings: Settings) -> AsyncIterator[Finding]:
    """Whether all addresses that are kept can be opened, and which key is of no use any more. Nothing is found where
    there are neither."""
    keys = address_keys_of(settings)
    known = () if keys is None else keys.ids
    async with Database(address) as database:
        try:
            sealed = await count_sealed_addresses(database)
        except VitrineError as error:
            yield not_checked(_KEYS, error.message)
            return
    lost = {id: count for id, count in sealed.items() if id not in known}
    if lost:
        yield failure(
            _KEYS,
            f"{sum(lost.values()):,} addresses were sealed with keys that are not there ({', '.join(sorted(lost))})",
            "add those to VITRINE_ADDRESS_KEYS, behind the first",
        )
    unused = [id for id in known[1:] if id not in sealed]
    if unused:
        yield warning(_KEYS, f"nothing is sealed with {', '.join(unused)} any more", "take it out once no job uses it")
    if known and not lost and not unused:
        shares = ", ".join(f"{sealed.get(id, 0):,} with {id}" for id in known)
        yield ok(_KEYS, f"all addresses that are kept can be opened: {shares}")
