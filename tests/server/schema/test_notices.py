"""`me { notices }`: what a person was told, what they have not read, and by what ways they are told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from graph.errors import GraphUnavailable
from graph.notices import public_id
from graph.store.database import Database
from graph.store.notices import LIST_MAILBOXES
from graph.store.publishing import withdraw_revision
from graph.store.subjects import FIND_SUBJECT, RECORD_ACCESS
from server.schema.ids import GlobalId
from tests.server.api import Api
from tests.server.telling import MAILING, open_account, report_contact, tell, tell_everybody, write_notices

TOLD = "notices(first: 200) { totalCount nodes { kind revisionNumber readAt } } unreadNotices"
PAGE = """
query ($first: Int!, $after: String, $unread: Boolean) { me {
  notices(first: $first, after: $after, unread: $unread) {
    totalCount pageInfo { hasNextPage hasPreviousPage endCursor } nodes { revisionNumber } } } }
"""
CHANNELS = "noticeChannels { channel isAvailable isChosen isUsed }"
MARK = "mutation ($ids: [ID!]!) { markNoticesRead(input: {ids: $ids}) { __typename } }"


def id_of(number: int, subject: str, kind: str = "REVISION") -> str:
    return str(GlobalId("Notice", (f"{number}/{kind}/{subject}",)))


def numbers(connection: Any) -> list[int]:
    return [each["revisionNumber"] for each in connection["nodes"]]


@contextmanager
def asked(database: Database) -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    statements: list[str] = []
    database.observers.append(statements.append)
    yield statements
    database.observers.remove(statements.append)


@pytest.fixture
async def account(empty: Api) -> Api:
    """A small company that has told ann and ben of revisions 2 and 3."""
    await open_account(empty, "ann", "ben")
    assert [await tell_everybody(empty), await tell_everybody(empty)] == [2, 3]
    return empty


class TestList:
    async def test_a_person_is_shown_what_they_were_told_the_newest_first(self, account: Api) -> None:
        me = await account.me(
            "ann",
            "notices { totalCount nodes { id reference kind revisionNumber createdAt readAt effectiveAt isInForce url "
            "locale language title } } unreadNotices",
        )
        reference = public_id("3/REVISION/ann")
        assert (me["notices"]["totalCount"], numbers(me["notices"]), me["unreadNotices"]) == (2, [3, 2], 2)
        assert me["notices"]["nodes"][0] == {
            "id": id_of(3, "ann"),
            "reference": reference,
            "kind": "REVISION",
            "revisionNumber": 3,
            "createdAt": "2026-10-06T12:02:00Z",
            "readAt": None,
            "effectiveAt": "2026-10-06T12:02:00Z",
            "isInForce": True,
            "url": "http://127.0.0.1:8000/policy/3",
            "locale": "en",
            "language": "en",
            "title": me["notices"]["nodes"][0]["title"],
        }

    async def test_who_was_told_nothing_has_an_empty_list(self, account: Api) -> None:
        assert await account.me("cid", TOLD) == {"notices": {"totalCount": 0, "nodes": []}, "unreadNotices": 0}

    async def test_a_revision_that_is_taken_back_is_told_of_by_a_notice_of_its_own(self, empty: Api) -> None:
        await open_account(empty, "ann")
        number = await tell(empty)
        empty.clock.advance(timedelta(days=1))
        await withdraw_revision(empty.database, number, at=empty.clock())
        await write_notices(empty.database, empty.clock)
        me = await empty.me("ann", "notices { nodes { id kind revisionNumber isInForce url } }")
        kinds = [(each["id"], each["kind"], each["isInForce"]) for each in me["notices"]["nodes"]]
        assert kinds == [
            (id_of(2, "ann", "WITHDRAWAL"), "WITHDRAWAL", False),
            (id_of(2, "ann"), "REVISION", False),
        ]
        assert [each["url"] for each in me["notices"]["nodes"]] == [
            "http://127.0.0.1:8000/policy",
            "http://127.0.0.1:8000/policy/2",
        ]

    async def test_pages_neither_shift_nor_repeat_when_another_notice_comes(self, account: Api) -> None:
        token = account.subject("ann")
        await tell_everybody(account)
        first = (await account.data(PAGE, {"first": 2}, token))["me"]["notices"]
        await tell_everybody(account)
        after = first["pageInfo"]["endCursor"]
        second = (await account.data(PAGE, {"first": 2, "after": after}, token))["me"]["notices"]
        assert (numbers(first), first["totalCount"], first["pageInfo"]["hasNextPage"]) == ([4, 3], 3, True)
        assert (numbers(second), second["totalCount"], second["pageInfo"]["hasNextPage"]) == ([2], 4, False)
        assert (first["pageInfo"]["hasPreviousPage"], second["pageInfo"]["hasPreviousPage"]) == (False, True)

    async def test_a_cursor_is_good_for_its_own_list_only(self, account: Api) -> None:
        of_ben = await account.data(PAGE, {"first": 1}, account.subject("ben"))
        of_unread = await account.data(PAGE, {"first": 1, "unread": True}, account.subject("ann"))
        for data in (of_ben, of_unread):
            cursor = data["me"]["notices"]["pageInfo"]["endCursor"]
            answer = await account.ask(PAGE, {"first": 1, "after": cursor}, account.subject("ann"))
            assert (answer.data, answer.codes) == ({"me": {"notices": None}}, ["INVALID_INPUT"])
            assert answer.messages == [
                "This is not a cursor of this list: give an `endCursor` that it returned, or none"
            ]

    async def test_read_and_unread_are_told_apart(self, account: Api) -> None:
        account.clock.advance(timedelta(hours=1))
        await account.data(MARK, {"ids": [id_of(2, "ann")]}, account.subject("ann"))
        me = await account.me(
            "ann",
            "all: notices { totalCount nodes { revisionNumber readAt } } "
            "new: notices(unread: true) { totalCount nodes { revisionNumber } } "
            "old: notices(unread: false) { totalCount nodes { revisionNumber } } unreadNotices",
        )
        assert me == {
            "all": {
                "totalCount": 2,
                "nodes": [
                    {"revisionNumber": 3, "readAt": None},
                    {"revisionNumber": 2, "readAt": "2026-10-06T13:02:00Z"},
                ],
            },
            "new": {"totalCount": 1, "nodes": [{"revisionNumber": 3}]},
            "old": {"totalCount": 1, "nodes": [{"revisionNumber": 2}]},
            "unreadNotices": 1,
        }
        assert (await account.me("ben", "unreadNotices")) == {"unreadNotices": 2}

    async def test_a_past_time_shows_what_was_told_and_read_by_then(self, account: Api) -> None:
        account.clock.advance(timedelta(hours=1))
        await account.data(MARK, {"ids": [id_of(2, "ann")]}, account.subject("ann"))
        account.clock.advance(timedelta(hours=1))

        async def at(time: str) -> tuple[list[tuple[int, str | None]], int]:
            me = await account.me("ann", TOLD, f"2026-10-06T{time}Z")
            return [(each["revisionNumber"], each["readAt"]) for each in me["notices"]["nodes"]], me["unreadNotices"]

        assert await at("12:00:59") == ([], 0)
        assert await at("12:01:00") == ([(2, None)], 1)
        assert await at("13:01:59") == ([(3, None), (2, None)], 2)
        assert await at("13:02:00") == ([(3, None), (2, "2026-10-06T13:02:00Z")], 1)

    async def test_a_notice_is_found_by_its_id_by_whom_it_tells_alone(self, account: Api) -> None:
        document = "query ($id: ID!) { node(id: $id) { __typename id ... on Notice { revisionNumber } } }"
        found = await account.data(document, {"id": id_of(2, "ann")}, account.subject("ann"))
        assert found == {"node": {"__typename": "Notice", "id": id_of(2, "ann"), "revisionNumber": 2}}
        for id, token in (
            (id_of(2, "ann"), account.subject("ben")),
            (id_of(2, "ann"), account.staff()),
            (id_of(2, "ann"), None),
            (id_of(9, "ann"), account.subject("ann")),
        ):
            answer = await account.ask(document, {"id": id}, token)
            assert (answer.data, answer.messages) == ({"node": None}, ["There is nothing with this id"])


class TestContent:
    async def test_it_says_what_changes_for_whom_and_what_can_be_done(self, api: Api) -> None:
        await tell(api)
        assert (await api.me("example-truster", TOLD))["notices"]["totalCount"] == 0
        me = await api.me(
            "example-visitor",
            """notices { nodes {
              title text html effectiveAt isInForce
              items {
                key kind impact about { type key name } actions
                holdings { services { key } categories { key } } decisions { key }
                recipients { key name kind countries { key adequacy } safeguards { key } via { key }
                  cases { key condition } isIdentifiable }
                purposes { key legalBases isDirectMarketing }
                details { change kind impact of { type key } attribute before after }
                clauses { before { key } after { key text } isChanged words { kind text } }
              }
              actions { kind right { key } description how purposes { key } clauses { key text } }
              controller { name email website answersWithin }
            } }""",
        )
        (visitor,) = me["notices"]["nodes"]
        assert (visitor["effectiveAt"], visitor["isInForce"]) == ("2026-12-01T00:00:00Z", False)
        added, kept = visitor["items"]
        assert (added["kind"], added["impact"]) == ("RECIPIENT_ADDED", "DIRECT")
        assert added["about"] == {
            "type": "Recipient",
            "key": "example-analytics",
            "name": "Example Analytics Pte. Ltd.",
        }
        assert added["actions"] == ["OBJECT", "RESTRICT", "EXPORT", "DELETE", "ASK"]
        (holdings,) = added["holdings"]
        assert [each["key"] for each in holdings["services"]] == ["websites"]
        assert {"ip-address", "cookies"} <= {each["key"] for each in holdings["categories"]}
        (recipient,) = added["recipients"]
        assert (recipient["kind"], recipient["isIdentifiable"], recipient["via"]) == ("PROCESSOR", True, [])
        assert recipient["countries"] == [{"key": "SG", "adequacy": "NONE"}]
        assert [each["key"] for each in added["purposes"]] == ["improvement"]
        (clause,) = [each for each in added["clauses"] if each["isChanged"]]
        assert (clause["before"], clause["after"]["key"]) == (None, "processors.example-analytics")
        assert "Example Analytics" in clause["after"]["text"]
        assert (kept["kind"], kept["about"]["key"]) == ("RETENTION_CHANGED", "log-data")
        assert {each["attribute"] for each in kept["details"]} >= {"period"}

        assert [each["kind"] for each in visitor["actions"]] == added["actions"]
        assert [(each["right"] or {}).get("key") for each in visitor["actions"]] == [
            "object",
            "restrict",
            "export",
            "delete",
            None,
        ]
        assert [each["key"] for each in visitor["actions"][0]["clauses"]] == ["rights.list", "rights.object"]
        assert visitor["controller"] == {
            "name": "ISPsystem LTD",
            "email": "privacy@ispsystem.com",
            "website": "https://www.ispsystem.com",
            "answersWithin": "strives to answer as swiftly as it can, and in no more than one month",
        }

        assert visitor["title"].startswith(
            "Our privacy policy changes on 1 December 2026: a new recipient of your data"
        )
        for whole in (visitor["text"], visitor["html"]):
            assert "Example Analytics Pte. Ltd." in whole
            assert "Singapore" in whole
        assert visitor["html"].startswith("<!DOCTYPE html>")
        assert "<script" not in visitor["html"]


class TestLanguage:
    async def test_it_is_the_persons_own_or_the_one_that_is_asked_for(self, account: Api) -> None:
        await report_contact(account.with_settings(**MAILING), "ann", locale="de-AT")
        me = await account.me(
            "ann",
            "locale own: notices(first: 1) { nodes { locale language title } } "
            'asked: notices(first: 1, locale: "RU-ru") { nodes { locale language title } } '
            'other: notices(first: 1, locale: "fr") { nodes { locale } }',
        )
        (own,), (wished,), (other,) = me["own"]["nodes"], me["asked"]["nodes"], me["other"]["nodes"]
        assert me["locale"] == "de-AT"
        # Names and clauses stay as the policy has them.
        assert [(each["locale"], each["language"]) for each in (own, wished)] == [("de", "en"), ("ru", "en")]
        assert other["locale"] == "en"
        assert "Datenschutz" in own["title"]
        assert own["title"] != wished["title"]
        assert await account.me("ben", "locale") == {"locale": None}

    async def test_what_is_no_language_is_refused(self, account: Api) -> None:
        for locale in ("", "no language", "e" * 5_000):
            document = "query ($locale: String) { me { key notices(locale: $locale) { totalCount } } }"
            answer = await account.ask(document, {"locale": locale}, account.subject("ann"))
            assert (answer.data, answer.codes) == ({"me": {"key": "ann", "notices": None}}, ["INVALID_INPUT"])
            assert answer.messages == ["`locale` is not a language tag (BCP 47): give one such as de or pt-BR"]


class TestChannels:
    async def test_the_account_area_is_there_for_everybody(self, account: Api) -> None:
        assert (await account.me("cid", CHANNELS))["noticeChannels"] == [
            {"channel": "EMAIL", "isAvailable": False, "isChosen": False, "isUsed": False},
            {"channel": "ACCOUNT_AREA", "isAvailable": True, "isChosen": True, "isUsed": True},
            {"channel": "SOFTWARE_PRODUCT", "isAvailable": False, "isChosen": False, "isUsed": False},
        ]

    async def test_email_is_there_for_whom_an_address_is_known_where_mail_is_sent(self, account: Api) -> None:
        sends = account.with_settings(**MAILING)
        await report_contact(sends, "ann", email="ann@example.com")

        async def available(api: Api, subject: str) -> list[str]:
            me = await api.me(subject, CHANNELS)
            return [each["channel"] for each in me["noticeChannels"] if each["isAvailable"]]

        assert await available(sends, "ann") == ["EMAIL", "ACCOUNT_AREA"]
        assert await available(sends, "ben") == ["ACCOUNT_AREA"]
        assert await available(account, "ann") == ["ACCOUNT_AREA"]


class TestStatements:
    async def test_without_notices_me_is_one_statement_and_with_all_of_them_one_more(self, account: Api) -> None:
        words = "items { key details { change } clauses { words { text } } } actions { how } controller { email }"
        selection = f"""key holdings {{ totalCount }} unreadNotices {CHANNELS} locale
            notices(first: 200) {{ totalCount edges {{ cursor node {{ text html title {words} }} }} }}
            russian: notices(unread: true, locale: "ru") {{ nodes {{ text }} }}"""
        await account.me("ann", selection)  # the revisions are loaded once and kept
        with asked(account.database) as statements:
            await account.me("ann", "key holdings { totalCount } revision { number }")
        assert statements == [FIND_SUBJECT]
        with asked(account.database) as statements:
            await account.me("ann", selection)
        assert statements == [FIND_SUBJECT, LIST_MAILBOXES]

    async def test_a_graph_that_goes_away_takes_the_notices_and_leaves_the_rest(self, account: Api) -> None:
        def fail(statement: str) -> None:
            if statement == LIST_MAILBOXES:
                raise GraphUnavailable("The graph does not answer: try again later")

        account.database.observers.append(fail)
        answer = await account.ask("{ me { key notices { totalCount } unreadNotices } }", token=account.subject("ann"))
        account.database.observers.remove(fail)
        assert answer.data == {"me": {"key": "ann", "notices": None, "unreadNotices": None}}
        assert set(answer.codes) == {"GRAPH_UNAVAILABLE"}


class TestStaff:
    async def test_staff_see_a_persons_notices_and_leave_a_record(self, account: Api) -> None:
        document = f'{{ subject(id: "ann") {{ {TOLD} accessedBy {{ nodes {{ by }} }} }} }}'
        await account.data(document, token=account.staff("inspector"))
        with asked(account.database) as statements:
            found = (await account.data(document, token=account.staff("inspector")))["subject"]
        assert statements == [RECORD_ACCESS, FIND_SUBJECT, LIST_MAILBOXES]
        assert (numbers(found["notices"]), found["unreadNotices"]) == ([3, 2], 2)
        assert (await account.me("ann", "accessedBy { totalCount }"))["accessedBy"]["totalCount"] == 2
