"""`markNoticesRead` and `setNoticeChannels`: what a person writes about what they are told, and nobody else does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from graph.contacts import Contact
from graph.model import Channel
from graph.store.contacts import list_contacts
from server.notify.ways import Ways
from server.schema.ids import GlobalId
from server.schema.notice_mutations import ID_CHARACTERS_AT_MOST, NOTICES_AT_MOST
from tests.graphs import dump, run
from tests.server.api import Api
from tests.server.telling import MAILING, open_account, report_contact, tell_everybody

MARK = """
mutation ($ids: [ID!]!) { markNoticesRead(input: {ids: $ids}) {
  __typename ... on Failure { code message }
  ... on MarkNoticesReadSuccess { notices { id revisionNumber readAt } unreadNotices }
  ... on NoticeNotFound { ids } ... on TooManyNotices { maximum }
} }
"""
SET = """
mutation ($input: SetNoticeChannelsInput!) { setNoticeChannels(input: $input) {
  __typename ... on Failure { code message }
  ... on SetNoticeChannelsSuccess { locale channels { channel isAvailable isChosen isUsed } }
  ... on NoChannelChosen { available } ... on ChannelNotAvailable { channel available } ... on InvalidLocale { given }
} }
"""


LIST_CHANNELS = """
MATCH (n:Notice {id: $notice})-[:SENT_AS]->(d:Delivery)
RETURN d.channel AS channel
ORDER BY channel
"""


def id_of(number: int, subject: str) -> str:
    return str(GlobalId("Notice", (f"{number}/REVISION/{subject}",)))


async def mark(api: Api, subject: str, *ids: str) -> Any:
    return (await api.data(MARK, {"ids": list(ids)}, api.subject(subject)))["markNoticesRead"]


async def choose(api: Api, subject: str, **input: object) -> Any:
    return (await api.data(SET, {"input": input}, api.subject(subject)))["setNoticeChannels"]


def which(answer: Any, name: str) -> list[str]:
    """The channels of an answer of which something holds."""
    return [each["channel"] for each in answer["channels"] if each[name]]


async def contact_of(api: Api, subject: str) -> Contact | None:
    return (await list_contacts(api.database, [subject])).get(subject)


@pytest.fixture
async def account(empty: Api) -> Api:
    """A small company that has told ann and ben of revisions 2 and 3."""
    await open_account(empty, "ann", "ben")
    await tell_everybody(empty)
    await tell_everybody(empty)
    return empty


class TestReading:
    async def test_what_is_read_once_stays_as_it_is(self, account: Api) -> None:
        account.clock.advance(timedelta(hours=1))
        first = await mark(account, "ann", id_of(2, "ann"))
        account.clock.advance(timedelta(hours=1))
        before = await dump(account.database)
        again = await mark(account, "ann", id_of(2, "ann"), id_of(2, "ann"))
        assert first == {
            "__typename": "MarkNoticesReadSuccess",
            "notices": [{"id": id_of(2, "ann"), "revisionNumber": 2, "readAt": "2026-10-06T13:02:00Z"}],
            "unreadNotices": 1,
        }
        assert again == first
        assert await dump(account.database) == before

    async def test_all_at_once_come_back_the_newest_first(self, account: Api) -> None:
        answer = await mark(account, "ann", id_of(2, "ann"), id_of(3, "ann"))
        assert ([each["revisionNumber"] for each in answer["notices"]], answer["unreadNotices"]) == ([3, 2], 0)
        assert await account.me("ben", "unreadNotices") == {"unreadNotices": 2}

    async def test_one_after_the_other_in_one_operation_each_sees_what_the_one_before_did(self, account: Api) -> None:
        document = "mutation { " + " ".join(
            f'm{number}: markNoticesRead(input: {{ids: ["{id_of(number, "ann")}"]}}) '
            "{ ... on MarkNoticesReadSuccess { unreadNotices } }"
            for number in (2, 3)
        )
        data = await account.data(document + " }", token=account.subject("ann"))
        assert data == {"m2": {"unreadNotices": 1}, "m3": {"unreadNotices": 0}}

    async def test_no_ids_say_how_many_are_unread(self, account: Api) -> None:
        assert await mark(account, "ann") == {
            "__typename": "MarkNoticesReadSuccess",
            "notices": [],
            "unreadNotices": 2,
        }

    async def test_anothers_notice_is_as_if_it_were_not_there_and_then_none_is_marked(self, account: Api) -> None:
        before = await dump(account.database)
        holding = str(GlobalId("Holding", ("2/REVISION/ann",)))
        for id in (id_of(2, "ben"), id_of(9, "ben"), id_of(2, "cid"), holding, "x", ""):
            assert await mark(account, "ann", id_of(2, "ann"), id) == {
                "__typename": "NoticeNotFound",
                "code": "NOT_FOUND",
                "message": "Some of these are no notices of yours: name those that `me { notices }` tells",
                "ids": [id],
            }
        assert await dump(account.database) == before

    async def test_what_is_longer_than_any_id_comes_back_as_its_beginning(self, account: Api) -> None:
        longest = id_of(2**63 - 1, "\U0001f600" * 128)
        assert len(longest) <= ID_CHARACTERS_AT_MOST
        answer = await mark(account, "ann", longest, "x" * 50_000)
        assert answer["ids"] == [longest, "x" * ID_CHARACTERS_AT_MOST]

    async def test_more_than_a_page_is_refused(self, account: Api) -> None:
        answer = await mark(account, "ann", *(id_of(2, "ann") for _ in range(NOTICES_AT_MOST + 1)))
        assert answer == {
            "__typename": "TooManyNotices",
            "code": "TOO_MANY_NOTICES",
            "message": "201 notices are more than 200: send them in parts",
            "maximum": 200,
        }
        assert (await account.me("ann", "unreadNotices")) == {"unreadNotices": 2}


class TestChoosing:
    @pytest.fixture
    async def mailing(self, account: Api) -> Api:
        """Mail is sent, and ann's address is known."""
        api = account.with_settings(**MAILING)
        await report_contact(api, "ann", email="ann@example.com", locale="de")
        return api

    async def test_the_choice_holds_for_what_is_told_from_then_on(self, mailing: Api) -> None:
        ways = Ways(mails=True)
        answer = await choose(mailing, "ann", channels=["EMAIL"])
        assert answer == {
            "__typename": "SetNoticeChannelsSuccess",
            "locale": "de",
            "channels": [
                {"channel": "EMAIL", "isAvailable": True, "isChosen": True, "isUsed": True},
                {"channel": "ACCOUNT_AREA", "isAvailable": True, "isChosen": False, "isUsed": False},
                {"channel": "SOFTWARE_PRODUCT", "isAvailable": False, "isChosen": False, "isUsed": False},
            ],
        }
        me = await mailing.me("ann", "locale noticeChannels { channel isAvailable isChosen isUsed }")
        assert me == {"locale": "de", "noticeChannels": answer["channels"]}
        await tell_everybody(mailing, ways)
        assert await told_by(mailing, 4, "ann") == ["EMAIL"]
        assert which(await choose(mailing, "ann", channels=None), "isChosen") == ["EMAIL", "ACCOUNT_AREA"]
        await tell_everybody(mailing, ways)
        assert await told_by(mailing, 5, "ann") == ["ACCOUNT_AREA", "EMAIL"]

    async def test_not_all_can_be_switched_off(self, mailing: Api) -> None:
        before = await dump(mailing.database)
        assert await choose(mailing, "ann", channels=[], locale="ru") == {
            "__typename": "NoChannelChosen",
            "code": "NO_CHANNEL_CHOSEN",
            "message": "A change to the policy is told by one way at least: choose one of EMAIL, ACCOUNT_AREA, or null "
            "for whatever is available",
            "available": ["EMAIL", "ACCOUNT_AREA"],
        }
        assert await dump(mailing.database) == before

    async def test_a_channel_that_is_not_there_for_the_person_is_refused(self, mailing: Api) -> None:
        for subject, channels, refused, available in (
            ("ann", ["ACCOUNT_AREA", "SOFTWARE_PRODUCT"], "SOFTWARE_PRODUCT", ["EMAIL", "ACCOUNT_AREA"]),
            ("ben", ["EMAIL"], "EMAIL", ["ACCOUNT_AREA"]),
        ):
            assert await choose(mailing, subject, channels=channels) == {
                "__typename": "ChannelNotAvailable",
                "code": "CHANNEL_NOT_AVAILABLE",
                "message": f"{refused} is not available to you just now: choose one of {', '.join(available)}, or null "
                "for whatever is available",
                "channel": refused,
                "available": available,
            }
        assert await contact_of(mailing, "ben") is None

    async def test_what_was_chosen_is_kept_while_it_is_not_there(self, mailing: Api) -> None:
        await choose(mailing, "ann", channels=["EMAIL"])
        await report_contact(mailing, "ann", reported_at="2026-10-06T12:00:00Z")
        answer = await choose(mailing, "ann", channels=["EMAIL", "ACCOUNT_AREA"])
        assert (which(answer, "isChosen"), which(answer, "isUsed")) == (["EMAIL", "ACCOUNT_AREA"], ["ACCOUNT_AREA"])
        await report_contact(mailing, "ann", email="smith@example.com", reported_at="2026-10-06T12:00:01Z")
        me = await mailing.me("ann", "noticeChannels { channel isAvailable isChosen isUsed }")
        assert [each["channel"] for each in me["noticeChannels"] if each["isUsed"]] == ["EMAIL", "ACCOUNT_AREA"]
        await choose(mailing, "ann", channels=["ACCOUNT_AREA"])
        await report_contact(mailing, "ann", reported_at="2026-10-06T12:00:02Z")
        refused = await choose(mailing, "ann", channels=["EMAIL", "ACCOUNT_AREA"])
        assert (refused["__typename"], refused["channel"]) == ("ChannelNotAvailable", "EMAIL")

    async def test_what_is_left_out_stays_as_it_is(self, mailing: Api) -> None:
        await choose(mailing, "ann", channels=["EMAIL"])
        assert (await choose(mailing, "ann", locale="pt-br"))["locale"] == "pt-BR"
        answer = await choose(mailing, "ann")
        assert (answer["locale"], which(answer, "isChosen")) == ("pt-BR", ["EMAIL"])
        assert (await choose(mailing, "ann", locale=None, channels=None))["locale"] == "pt-BR"
        found = await contact_of(mailing, "ann")
        assert found is not None
        assert (found.channels, found.locale, found.address is None) == (None, "pt-BR", False)

    async def test_what_is_reported_later_leaves_the_choice_as_it_is(self, mailing: Api) -> None:
        await choose(mailing, "ann", channels=["ACCOUNT_AREA"], locale="ru")
        await report_contact(mailing, "ann", email="smith@example.com", reported_at="2026-10-06T12:00:00Z")
        found = await contact_of(mailing, "ann")
        assert found is not None
        assert (found.channels, found.locale) == (frozenset({Channel.ACCOUNT_AREA}), "ru")

    async def test_what_is_no_language_is_refused_and_quoted_as_its_beginning(self, mailing: Api) -> None:
        before = await dump(mailing.database)
        for locale in ("", "no language", "de_AT", "x" * 5_000):
            assert await choose(mailing, "ann", channels=["EMAIL"], locale=locale) == {
                "__typename": "InvalidLocale",
                "code": "INVALID_INPUT",
                "message": "`locale` is not a language tag (BCP 47): give one such as de or pt-BR",
                "given": locale[:200],
            }
        assert await dump(mailing.database) == before

    async def test_who_was_not_known_is_known_by_their_choice(self, account: Api) -> None:
        answer = await choose(account, "cid", channels=["ACCOUNT_AREA"], locale="ru")
        assert (answer["locale"], which(answer, "isUsed")) == ("ru", ["ACCOUNT_AREA"])
        assert (await account.me("cid", "locale"))["locale"] == "ru"

    async def test_before_any_policy_there_is_nothing_to_choose_from(self, empty: Api) -> None:
        answer = await choose(empty, "ann", channels=["ACCOUNT_AREA"])
        assert (answer["__typename"], answer["code"]) == ("NoRevisionInForce", "NO_REVISION_IN_FORCE")
        assert await contact_of(empty, "ann") is None


async def told_by(api: Api, number: int, subject: str) -> list[str]:
    """The channels on which there is a delivery, in the order of their names."""
    rows = await run(api.database, LIST_CHANNELS, notice=f"{number}/REVISION/{subject}")
    return [str(row["channel"]) for row in rows]


@pytest.mark.parametrize(("document", "variables"), [(MARK, {"ids": []}), (SET, {"input": {"locale": "de"}})])
async def test_it_is_for_the_person_alone(account: Api, document: str, variables: Any) -> None:
    before = await dump(account.database)
    for token in (account.staff(), account.service("billing"), account.job()):
        answer = await account.ask(document, variables, token)
        assert (answer.data, answer.codes) == (None, ["FORBIDDEN"])
        assert answer.messages == ["this needs the scope vitrine.subject, which the access token does not have"]
    assert (await account.ask(document, variables)).codes == ["UNAUTHENTICATED"]
    assert await dump(account.database) == before
