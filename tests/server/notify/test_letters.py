"""Letters for many people: each in their language, what is told alike written once, with few statements."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from graph.model import Channel
from graph.notice_content.model import NoticeContent
from graph.notices import Delivery, DeliveryState, NoticeKind, notice_id, public_id
from graph.store.comparisons import Comparisons
from graph.store.contacts import LIST_CONTACTS
from graph.store.data_maps import DataMaps
from graph.store.notices import LIST_NOTICES_BY_ID, list_notices_by_id
from graph.store.publishing import withdraw_revision
from server.notify import letters as module
from server.notify.items import Items
from server.notify.letters import Letters
from server.notify.notice_links import NoticeLinks
from server.notify.stationery import Stationery, Written
from tests.server.api import Api
from tests.server.telling import MAILING, open_account, report_contact, tell, tell_everybody, write_notices

LINKS = NoticeLinks("https://privacy.example.com", "https://my.example.com/notices/{notice}#{clause}")
#: Both hold log data in the websites, and the same of it.
ALIKE = ("example-visitor", "example-disclosed")


class Recorded(Stationery):
    """Notes in which languages it wrote."""

    def __init__(self) -> None:
        super().__init__(None)
        self.languages_written: list[str] = []

    def write(self, content: NoticeContent, language: str, links: NoticeLinks, notice: str) -> Written:
        self.languages_written.append(language)
        return super().write(content, language, links, notice)


@pytest.fixture(scope="module")
def shipped() -> Recorded:
    return Recorded()


@pytest.fixture
def stationery(shipped: Recorded) -> Recorded:
    shipped.languages_written.clear()
    return shipped


def letters_of(api: Api, stationery: Stationery) -> Letters:
    return Letters(api.database, Comparisons(DataMaps(api.database, clock=api.clock)), stationery, LINKS)


def deliveries(number: int, *subjects: str, kind: NoticeKind = NoticeKind.REVISION) -> list[Delivery]:
    return [Delivery(each, number, kind, Channel.EMAIL, DeliveryState.PENDING) for each in subjects]


def id_of(number: int, subject: str, kind: NoticeKind = NoticeKind.REVISION) -> str:
    return public_id(notice_id(number, kind, subject))


@pytest.fixture
async def account(empty: Api) -> tuple[Api, int]:
    """A small company that has told six people of revision 2, all alike, who read different languages."""
    api = empty.with_settings(**MAILING)
    await open_account(api, "ann", "eva", "max", "ivan", "paul", "zoe")
    for subject, locale in (("eva", "de"), ("max", "de-AT"), ("ivan", "ru-RU"), ("paul", "fr")):
        await report_contact(api, subject, locale=locale)
    return api, await tell_everybody(api)


async def test_everybody_is_written_to_in_their_language_else_in_that_of_the_policy(
    account: tuple[Api, int], stationery: Recorded
) -> None:
    api, number = account
    wanted = deliveries(number, "ann", "eva", "max", "ivan", "paul", "zoe")
    written = await letters_of(api, stationery).write(wanted)

    assert {each.subject: written[each.id].locale for each in wanted} == {
        "ann": "en",
        "eva": "de",
        "max": "de",
        "ivan": "ru",
        "paul": "en",
        "zoe": "en",
    }
    assert written[wanted[1].id].title.startswith("Unsere Datenschutzerklärung hat sich geändert: ")


async def test_what_is_told_alike_is_written_once_with_each_ones_own_links(
    account: tuple[Api, int], stationery: Recorded
) -> None:
    api, number = account
    letters = letters_of(api, stationery)
    wanted = deliveries(number, "ann", "zoe", "paul", "eva", "max")
    written = await letters.write(wanted)
    assert sorted(stationery.languages_written) == ["de", "en"]

    for delivery in wanted:
        letter, id = written[delivery.id], id_of(number, delivery.subject)
        others = {id_of(number, each.subject) for each in wanted} - {id}
        for part in (letter.text, letter.html):
            assert f"https://my.example.com/notices/{id}" in part
            assert not any(other in part for other in others)
        assert (letter.content["notice"], letter.content["url"]) == (id, f"https://my.example.com/notices/{id}")
    ann, zoe = (written[each.id] for each in wanted[:2])
    assert ann.text.replace(id_of(number, "ann"), id_of(number, "zoe")) == zoe.text

    # It is kept for those who come later.
    await letters.write(deliveries(number, "ivan", "ann", "eva"))
    assert stationery.languages_written[2:] == ["ru"]


async def test_letters_take_two_statements_once_the_revision_is_known(
    account: tuple[Api, int], stationery: Recorded
) -> None:
    api, number = account
    letters = letters_of(api, stationery)
    await letters.write(deliveries(number, "ann"))
    statements: list[str] = []
    api.database.observers.append(statements.append)
    await letters.write(deliveries(number, "ann", "eva", "max", "ivan", "paul"))
    assert statements == [LIST_NOTICES_BY_ID, LIST_CONTACTS]


async def test_a_delivery_whose_notice_is_gone_is_left_out(account: tuple[Api, int], stationery: Recorded) -> None:
    api, number = account
    wanted = deliveries(number, "ann", "nobody")
    written = await letters_of(api, stationery).write(wanted)
    assert written.keys() == {wanted[0].id}
    assert await letters_of(api, stationery).write([]) == {}


async def test_one_notice_on_two_channels_is_one_letter(account: tuple[Api, int], stationery: Recorded) -> None:
    api, number = account
    channels = (Channel.EMAIL, Channel.SOFTWARE_PRODUCT)
    wanted = [Delivery("ann", number, NoticeKind.REVISION, each, DeliveryState.PENDING) for each in channels]
    written = await letters_of(api, stationery).write(wanted)
    assert written[wanted[0].id] == written[wanted[1].id]


async def test_one_who_is_asked_for_reads_it_in_the_language_wished_for(
    account: tuple[Api, int], stationery: Recorded
) -> None:
    api, number = account
    letters = letters_of(api, stationery)
    (notice,) = (await list_notices_by_id(api.database, [notice_id(number, NoticeKind.REVISION, "eva")])).values()
    statements: list[str] = []
    await letters.render(notice, None)
    api.database.observers.append(statements.append)
    assert [(await letters.render(notice, locale)).locale for locale in ("ru", "de-CH", "fr", None)] == [
        *("ru", "de", "en", "en")
    ]
    assert statements == []


async def test_no_more_letters_are_kept_than_there_is_room_for(
    account: tuple[Api, int], stationery: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    api, number = account
    monkeypatch.setattr(module, "LETTERS_AT_MOST", 1)
    letters = letters_of(api, stationery)
    for subject in ("ann", "zoe", "eva", "ann"):
        await letters.write(deliveries(number, subject))
    assert stationery.languages_written == ["en", "de", "en"]


# ---- of the example revision -----------------------------------------------------------------------------------------


async def test_each_letter_is_of_what_touches_its_reader(api: Api, stationery: Recorded) -> None:
    number = await tell(api)
    letters = letters_of(api, stationery)
    wanted = deliveries(number, *ALIKE, "example-multi-product")
    written = await letters.write(wanted)
    visitor, disclosed, customer = (written[each.id] for each in wanted)

    assert "New recipient: Example Analytics Pte. Ltd." in visitor.text
    assert "New recipient: Example Analytics Pte. Ltd." in disclosed.text
    # Nothing of theirs is held by the websites.
    assert "Example Analytics" not in customer.text
    assert "How long data is kept: Log data" in customer.text
    assert len(stationery.languages_written) == 3 - (visitor.title == disclosed.title)


async def test_those_who_were_told_are_told_of_a_withdrawal(api: Api, stationery: Recorded) -> None:
    number = await tell(api)
    await withdraw_revision(api.database, number, at=api.clock())
    await write_notices(api.database, api.clock)
    wanted = deliveries(number, "example-visitor", kind=NoticeKind.WITHDRAWAL)
    letter = (await letters_of(api, stationery).write(wanted))[wanted[0].id]

    assert letter.title == "Our privacy policy does not change on 1 December 2026 after all"
    assert "1. New recipient: Example Analytics Pte. Ltd." in letter.text
    assert (letter.content["kind"], letter.content["notice"]) == (
        "WITHDRAWAL",
        id_of(number, "example-visitor", NoticeKind.WITHDRAWAL),
    )


# ---- what a product is told ------------------------------------------------------------------------------------------


async def test_a_product_is_told_the_letter_as_text_and_as_structure(
    account: tuple[Api, int], stationery: Recorded
) -> None:
    api, number = account
    letters = letters_of(api, stationery)
    told = [*_in_product(number, "eva"), *_in_product(number, "nobody")]
    items = await Items(api.database, letters).of(told)

    letter = (await letters.write(told))[told[0].id]
    assert items == {
        told[0].id: {
            "id": public_id(told[0].id),
            "type": "notice.created",
            "version": 1,
            "timestamp": "2026-10-06T12:01:00.000000Z",
            "data": {
                "subject": "eva",
                "product": "billing",
                "revision": number,
                "kind": "REVISION",
                "locale": "de",
                "title": letter.title,
                "text": letter.text,
                "url": f"https://my.example.com/notices/{id_of(number, 'eva')}",
                "content": letter.content,
            },
        }
    }


def _in_product(number: int, *subjects: str) -> Iterable[Delivery]:
    kind, channel = NoticeKind.REVISION, Channel.SOFTWARE_PRODUCT
    return [Delivery(each, number, kind, channel, DeliveryState.PENDING, product="billing") for each in subjects]
