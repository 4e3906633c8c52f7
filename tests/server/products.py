"""A small company with three products, and people who are told of its revisions by them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from graph.model import Channel, RevisionContent
from graph.notices import NoticeKind
from server.notify.products import load_products
from server.notify.ways import Ways
from tests.builders import A_DAY, a_controller, a_map, a_processing, a_revision_content, a_service
from tests.graphs import run
from tests.server.api import Api, read_ndjson
from tests.server.telling import write_notices

LIST_DELIVERIES = """
MATCH (d:Delivery)
WHERE d.channel = "SOFTWARE_PRODUCT" AND d.kind = $kind
RETURN d.subject AS subject, d.state AS state
"""
#: What webhooks are signed with here.
SECRET = "whsec_" + "QSBzZWNyZXQgb2YgdGVzdHMsIG9mIDMyIGJ5dGVzISE="
PRODUCTS = ("billing", "panel", "websites")
#: By which product each person is told: of each it holds an email address.
PEOPLE: Mapping[str, str] = {"ann": "websites", "bob": "websites", "cyd": "websites", "dee": "billing", "eve": "panel"}


def products_file(folder: Path, *fetching: str, **webhooks: str) -> Path:
    """The file of these products: those that are `fetching`, and those that are sent to at an address."""
    (folder / "secret").write_text(SECRET)
    lines = [f"{service}:\n  feed: true\n" for service in fetching]
    lines += [f"{service}:\n  webhook: {url}\n  secret_file: secret\n" for service, url in webhooks.items()]
    (folder / "products.yaml").write_text("".join(lines))
    return folder / "products.yaml"


def ways_of(api: Api) -> Ways:
    """By which ways this application's settings reach people."""
    products = load_products(api.settings.products, is_development=api.settings.is_development)
    return Ways.of(api.settings, products)


def company(**controller: Any) -> RevisionContent:
    """A revision of the company that promises every channel; `controller`: what else is said of who answers for it."""
    return a_revision_content(
        elements=a_map(
            controller=a_controller(notice_channels=tuple(Channel), **controller),
            services=tuple(map(a_service, PRODUCTS)),
            processings=tuple(a_processing(f"{service}-email", service=service) for service in PRODUCTS),
        )
    )


async def open_company(api: Api) -> None:
    """Publishes the company's first revision, in force since A_DAY, and reports what its products hold."""
    await api.publish_content(company(), A_DAY)
    held = {"type": "holding", "category": "email", "since": "2026-02-01T00:00:00Z"}
    for service in PRODUCTS:
        lines = [{**held, "subject": subject, "service": service} for subject, by in PEOPLE.items() if by == service]
        [last] = read_ndjson(await api.report(lines, api.service(service)))
        assert last["summary"]["changed"] == len(lines)


async def publish_for_everybody(api: Api) -> int:
    """Publishes a revision that is about everybody alike, in force in two months. Its number."""
    return await api.publish_content(company(email="dpo@example.com"), api.clock() + timedelta(days=60))


async def tell_by_products(api: Api) -> int:
    """Opens the company, publishes a revision, and writes its notices. Its number, 2."""
    await open_company(api)
    number = await publish_for_everybody(api)
    await write_notices(api.database, api.clock, ways_of(api))
    return number


async def states(api: Api, kind: NoticeKind = NoticeKind.REVISION) -> dict[str, str]:
    """How far each person is told by a product."""
    rows = await run(api.database, LIST_DELIVERIES, kind=kind.value)
    return {str(row["subject"]): str(row["state"]) for row in rows}
