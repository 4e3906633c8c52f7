"""A company revises its policy: it sees whom that touches, publishes, and each is told what changes for them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from server.settings import ROOT
from tests.journeys.vitrine import Caller, Vitrine
from tests.ports import free_port
from tests.server.command_line import until
from tests.server.telling import ADDRESS_KEY

EXAMPLE_REVISION = ROOT / "seed/ispsystem/example-revision"

#: Their data is used for web analytics, their log data kept; the first of them left no address.
ANALYSED = ("example-visitor", "example-disclosed", "example-social-sign-in")
#: Products keep log data about them, and no website does.
BUYER = "example-buyer"
#: Nothing that changes is done with what is held about them.
UNTOUCHED = "example-past-customer"

NOTICES = """{ me { unreadNotices notices { nodes { id title readAt items { kind
  recipients { name countries { name } } clauses { before { key } after { key text } } }
  actions { kind } } } } }"""
LISTEN = "subscription { noticeAdded { revisionNumber title } }"
READ = """mutation ($ids: [ID!]!) { markNoticesRead(input: { ids: $ids }) {
  ... on MarkNoticesReadSuccess { unreadNotices } } }"""


class PostOffice:
    """A mail server that keeps what it takes, by address."""

    def __init__(self) -> None:
        self.mails: dict[str, list[EmailMessage]] = {}

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as aiosmtpd asks for it
        assert isinstance(envelope.content, bytes)
        found = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        for address in envelope.rcpt_tos:
            self.mails.setdefault(address, []).append(found)
        return "250 taken"


@pytest.fixture
def office() -> Iterator[tuple[PostOffice, int]]:
    office, port = PostOffice(), free_port()
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    yield office, port
    controller.stop()


def test_a_revision_is_published_and_each_is_told_what_changes_for_them(
    vitrine: Vitrine, office: tuple[PostOffice, int]
) -> None:
    mails, port = office
    with vitrine.served(**settings(vitrine.folder, port)) as service:
        vitrine.load_examples()
        the_account_area_says_how_people_are_reached(service)
        we_draft_and_look_at_the_findings(vitrine)
        we_see_what_changes(vitrine)
        we_see_whom_it_touches(vitrine)
        nobody_was_told(service, mails)
        heard = the_visitor_listens(service)
        we_publish(vitrine)
        the_visitor_hears_of_it_at_once(heard)
        mail_is_received_and_read(mails)
        the_buyer_is_told_of_the_logs_alone(service)
        who_is_not_touched_is_not_told(service)
        the_product_fetches_its_own(service)
        the_visitor_reads_and_marks_it(service)
        the_feed_of_revisions_has_it(service)
        the_report_says_that_all_is_settled(vitrine)


def settings(folder: Path, port: int) -> dict[str, str]:
    products = folder / "products.yaml"
    products.write_text("websites:\n  feed: true\n", "utf-8")
    return {
        "VITRINE_MAIL_HOST": "127.0.0.1",
        "VITRINE_MAIL_PORT": str(port),
        "VITRINE_MAIL_TLS": "off",
        "VITRINE_MAIL_FROM": "ISPsystem <privacy@ispsystem.example>",
        "VITRINE_ADDRESS_KEYS": ADDRESS_KEY,
        "VITRINE_CONTACT_SERVICE": "account-area",
        "VITRINE_PRODUCTS": str(products),
    }


def the_account_area_says_how_people_are_reached(service: Caller) -> None:
    people = (*ANALYSED[1:], BUYER, UNTOUCHED)
    now = datetime.now(UTC).isoformat()
    lines = [
        {"type": "contact", "subject": each, "email": f"{each}@people.example.org", "reported_at": now}
        for each in people
    ]
    lines[0]["locale"] = "de-AT"
    (last,) = service.report("account-area", lines)
    assert last["summary"]["changed"] == 4


def we_draft_and_look_at_the_findings(vitrine: Vitrine) -> None:
    assert json.loads(vitrine.run("revision", "draft", str(EXAMPLE_REVISION), "--json"))["number"] == 2
    found = json.loads(vitrine.run("revision", "show", "2", "--json"))["findings"]
    assert {each["kind"] for each in found} == {"GAP"}


def we_see_what_changes(vitrine: Vitrine) -> None:
    found = json.loads(vitrine.run("compare", "1", "2", "--json", code=20))
    assert found["counts"] == {"DIRECT": 6, "INDIRECT": 0, "NONE": 4}
    typo = next(each for each in found["changes"] if each["key"] == "clause/other-rules.reading/reworded")
    assert typo["impact"] == "NONE"


def we_see_whom_it_touches(vitrine: Vitrine) -> None:
    found = json.loads(vitrine.run("reach", "2", "--json"))
    assert {*ANALYSED, BUYER} <= set(found["sample"])
    assert UNTOUCHED not in found["sample"]
    by_change = {each["change"]: each["subjects"] for each in found["changes"]}
    assert by_change["recipient/example-analytics/added"] == len(ANALYSED)
    assert by_change["clause/other-rules.reading/reworded"] == 0


def nobody_was_told(service: Caller, office: PostOffice) -> None:
    assert service.ask(NOTICES, subject=ANALYSED[0])["me"] == {"unreadNotices": 0, "notices": {"nodes": []}}
    assert office.mails == {}


def the_visitor_listens(service: Caller) -> Queue[dict[str, Any]]:
    """What comes over SSE from now on, until the service ends."""
    heard: Queue[dict[str, Any]] = Queue()
    listens = threading.Event()
    headers = {**service.credential(subject=ANALYSED[0]), "Accept": "text/event-stream"}

    def listen() -> None:
        with service.client.stream("POST", "/graphql", json={"query": LISTEN}, headers=headers, timeout=60) as answer:
            listens.set()
            for line in answer.iter_lines():
                if line.startswith("data: ") and line != "data: ":
                    heard.put(json.loads(line.removeprefix("data: ")))
                    return

    threading.Thread(target=listen, daemon=True).start()
    assert listens.wait(60)
    return heard


def we_publish(vitrine: Vitrine) -> None:
    effective = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
    assert "Published revision 2" in vitrine.run("revision", "publish", "2", "--effective", effective)


def the_visitor_hears_of_it_at_once(heard: Queue[dict[str, Any]]) -> None:
    told = heard.get(timeout=60)["data"]["noticeAdded"]
    assert told["revisionNumber"] == 2
    assert told["title"].startswith("Our privacy policy changes on ")


def mail_is_received_and_read(office: PostOffice) -> None:
    disclosed, social, buyer = (f"{each}@people.example.org" for each in (*ANALYSED[1:], BUYER))
    until(lambda: {disclosed, social, buyer} <= office.mails.keys())
    (mail,) = office.mails[social]
    assert mail["From"] == "ISPsystem <privacy@ispsystem.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    text = words_of(mail, "plain")
    assert "Example Analytics Pte. Ltd." in text
    assert "Singapore" in text
    assert "/policy/2" in text
    # The corrected misspelling is in nobody's letter, nor is what changes for others.
    assert "carefully" not in text
    assert "12 months" not in text
    assert "Example Analytics Pte. Ltd." in words_of(mail, "html")
    (german,) = office.mails[disclosed]
    assert german["Content-Language"] == "de"
    assert "Example Analytics Pte. Ltd." in words_of(german, "plain")
    (logs,) = office.mails[buyer]
    assert "12 months" in words_of(logs, "plain")
    assert "Analytics" not in words_of(logs, "plain")


def the_buyer_is_told_of_the_logs_alone(service: Caller) -> None:
    (notice,) = service.ask(NOTICES, subject=BUYER)["me"]["notices"]["nodes"]
    assert [each["kind"] for each in notice["items"]] == ["RETENTION_CHANGED"]


def who_is_not_touched_is_not_told(service: Caller) -> None:
    assert service.ask(NOTICES, subject=UNTOUCHED)["me"]["notices"]["nodes"] == []


def the_product_fetches_its_own(service: Caller) -> None:
    first = service.client.get("/feed/notices", headers=service.credential(service="websites")).json()
    assert {each["data"]["subject"] for each in first["items"]} == set(ANALYSED)
    cursor = {"after": first["next"]}
    rest = service.client.get("/feed/notices", params=cursor, headers=service.credential(service="websites")).json()
    assert (rest["items"], rest["more"]) == ([], False)


def the_visitor_reads_and_marks_it(service: Caller) -> None:
    me = service.ask(NOTICES, subject=ANALYSED[0])["me"]
    (notice,) = me["notices"]["nodes"]
    assert (me["unreadNotices"], notice["readAt"]) == (1, None)
    kinds = [each["kind"] for each in notice["items"]]
    assert sorted(kinds) == ["RECIPIENT_ADDED", "RETENTION_CHANGED"]
    added = notice["items"][kinds.index("RECIPIENT_ADDED")]
    assert added["recipients"] == [{"name": "Example Analytics Pte. Ltd.", "countries": [{"name": "Singapore"}]}]
    assert {"OBJECT", "EXPORT", "ASK"} <= {each["kind"] for each in notice["actions"]}
    assert service.ask(READ, {"ids": [notice["id"]]}, subject=ANALYSED[0])["markNoticesRead"] == {"unreadNotices": 0}


def the_feed_of_revisions_has_it(service: Caller) -> None:
    answer = service.client.get("/feed/revisions.atom")
    assert "web analytics provider in Singapore" in answer.text
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert service.client.get("/feed/revisions.atom", headers=tag).status_code == 304


def the_report_says_that_all_is_settled(vitrine: Vitrine) -> None:
    (found,) = json.loads(vitrine.run("notify", "status", "2", "--watch", "--json"))["revisions"]
    assert (found["written"], found["settled"], found["failures"]) == (True, True, [])
    assert found["deliveries"] == {
        "EMAIL": {"SENT": 3},
        "ACCOUNT_AREA": {"SENT": 7},
        "SOFTWARE_PRODUCT": {"SENT": 3},
    }


def words_of(mail: EmailMessage, kind: str) -> str:
    """The whole of one form of a letter, in one line."""
    body = mail.get_body((kind,))
    assert isinstance(body, EmailMessage)
    return " ".join(body.get_content().split())
