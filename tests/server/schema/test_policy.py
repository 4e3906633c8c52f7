"""`policy` and `revisions`: the text, for everybody."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NoReturn

import pytest

from graph.store.publishing import publish_revision, withdraw_revision
from graph.store.revisions import draft_revision
from server.schema import elements
from tests.builders import a_policy, a_revision_content
from tests.server.api import EXAMPLE_REVISION, SEED, Api, revision_in

NUMBER = "query ($asOf: DateTime, $number: Int) { policy(asOf: $asOf, number: $number) { revision { number } } }"
REVISIONS = """
query ($first: Int, $after: String) {
  revisions(first: $first, after: $after) {
    totalCount pageInfo { hasNextPage hasPreviousPage endCursor } nodes { number state effectiveAt }
  }
}
"""
#: What a policy could try to run, load or overlay a page with.
HOSTILE = """\
# Policy {#policy}

<script>alert(1)</script> <img src=x onerror=alert(2)> <iframe src="https://evil.example"></iframe> {#statement}

[click](javascript:alert(3)) [data](data:text/html,x) [fine](https://fine.example)
![pixel](https://spy.example/p.png) {#links}

<div style="position:fixed" onclick="alert(4)" id="clause-statement">over</div> {#overlay}
"""


class TestText:
    async def test_everybody_reads_the_policy_without_a_token(self, reader: Api) -> None:
        data = await reader.data(
            "{ policy { revision { number state language summary publishedAt effectiveAt } markdown html } }"
        )
        policy = data["policy"]
        assert policy["revision"] == {
            "number": 1,
            "state": "PUBLISHED",
            "language": "en",
            "summary": "ISPsystem's privacy policy of 12 November 2018, restated clause by clause, with its data map.",
            "publishedAt": "2026-10-06T12:00:00Z",
            "effectiveAt": "2018-11-12T00:00:00Z",
        }
        assert policy["markdown"] == (SEED / "policy.md").read_text("utf-8")
        assert policy["html"].startswith('<h1 id="clause-policy">Privacy policy: web hosting software</h1>')
        assert '<tr id="clause-processors.google">' in policy["html"]
        assert "{#" not in policy["html"]

    async def test_each_clause_has_its_element_in_the_html(self, reader: Api) -> None:
        data = await reader.data("{ policy { html clauses(first: 200) { totalCount nodes { key } } } }")
        anchors = re.findall(r'id="clause-([^"]+)"', data["policy"]["html"])
        assert anchors == [each["key"] for each in data["policy"]["clauses"]["nodes"]]
        assert data["policy"]["clauses"]["totalCount"] == len(anchors) == 183

    async def test_html_that_could_not_be_made_is_made_for_who_asks_next(
        self, api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(_: object) -> NoReturn:
            raise MemoryError

        with monkeypatch.context() as patched:
            patched.setattr(elements, "policy_html", fail)
            assert (await api.ask("{ policy { html } }")).codes == ["INTERNAL"]
        assert (await api.data("{ policy { html } }"))["policy"]["html"].startswith("<h1")

    async def test_html_is_safe_whatever_the_text_holds(self, api: Api) -> None:
        content = a_revision_content()
        hostile = replace(content, policy=replace(a_policy("statement", "links", "overlay"), markdown=HOSTILE))
        draft = await draft_revision(api.database, hostile, at=api.clock())
        data = await api.data(
            f"{{ policy(number: {draft.number}) {{ html clauses {{ nodes {{ key html }} }} }} }}", token=api.staff()
        )
        shown = [data["policy"]["html"], *(each["html"] for each in data["policy"]["clauses"]["nodes"])]
        for html in shown:
            # What is left of a tag is its text: shown, and not run.
            assert not re.search(r"<(script|img|iframe|div|style)", html)
            assert not re.search(r"<[^>]*\s(on\w+|style|src)=", html)
            assert not re.search(r'href="(?!https://fine\.example)', html)
        assert 'href="https://fine.example"' in shown[0]
        assert "&lt;script&gt;" in shown[0]

    async def test_the_tree_holds_every_clause_once(self, reader: Api) -> None:
        level = "key kind parts { %s }"
        below = level % (level % (level % (level % (level % "key"))))
        data = await reader.data(f"{{ policy {{ tree {{ {below} }} clauses(first: 200) {{ nodes {{ key }} }} }} }}")

        def flat(clauses: Any) -> list[str]:
            return [key for each in clauses for key in (each["key"], *flat(each.get("parts", [])))]

        assert flat(data["policy"]["tree"]) == [each["key"] for each in data["policy"]["clauses"]["nodes"]]
        (title,) = data["policy"]["tree"]
        assert (title["key"], title["kind"]) == ("policy", "SECTION")

    async def test_a_clause_is_found_by_its_key_with_what_it_states(self, reader: Api) -> None:
        data = await reader.data(
            """{ policy { clause(key: "processors.google") {
              key kind text html partOf { key } parts { key } states { __typename key } } } }"""
        )
        assert data["policy"]["clause"] == {
            "key": "processors.google",
            "kind": "TABLE_ROW",
            "text": "Google Inc. | Web analytics | USA",
            "html": "Google Inc. | Web analytics | USA",
            "partOf": {"key": "processors"},
            "parts": [],
            "states": [
                {"__typename": "Country", "key": "US"},
                {"__typename": "Recipient", "key": "google"},
                {"__typename": "Disclosure", "key": "google-web-analytics"},
            ],
        }

    async def test_a_clause_that_there_is_not(self, reader: Api) -> None:
        answer = await reader.ask('{ policy { clause(key: "no-such") { key } revision { number } } }')
        assert (answer.data, answer.codes) == (
            {"policy": {"clause": None, "revision": {"number": 1}}},
            ["NOT_FOUND"],
        )
        assert answer.messages == ["Revision 1 has no clause 'no-such'"]

    async def test_the_table_of_processors_comes_from_the_map(self, reader: Api) -> None:
        data = await reader.data("{ policy { processors { name function countries { key name } isNamed } } }")
        named = [each for each in data["policy"]["processors"] if each.pop("isNamed")]
        assert named == [
            {
                "name": "Google Inc.",
                "function": "Web analytics",
                "countries": [{"key": "US", "name": "United States of America"}],
            },
            {"name": 'OOO "Yandex"', "function": "Web analytics", "countries": [{"key": "RU", "name": "Russia"}]},
        ]
        unnamed = [each for each in data["policy"]["processors"] if each not in named]
        assert [(each["name"], each["function"], each["countries"]) for each in unnamed] == [
            (None, "Sending emails", []),
            (None, "Monitoring of activity on the websites", []),
            (None, "Services for meeting obligations towards users and realising reasonable legal interests", []),
            (None, "Licensing", []),
        ]


class TestWhichRevision:
    async def test_by_day_or_by_number_but_not_both(self, reader: Api) -> None:
        assert await reader.data(NUMBER, {"asOf": "2018-11-12T00:00:00Z"}) == {"policy": {"revision": {"number": 1}}}
        assert await reader.data(NUMBER, {"number": 1}) == {"policy": {"revision": {"number": 1}}}
        both = await reader.ask(NUMBER, {"asOf": "2018-11-12T00:00:00Z", "number": 1})
        assert both.codes == ["INVALID_INPUT"]

    @pytest.mark.parametrize(
        ("variables", "code"),
        [
            ({"asOf": "2018-11-11T23:59:59Z"}, "NO_REVISION_IN_FORCE"),
            ({"asOf": "2026-10-06T12:00:01Z"}, "INVALID_TIME"),
            ({"number": 2}, "NOT_FOUND"),
            ({"number": 0}, "NOT_FOUND"),
            ({"number": -1}, "NOT_FOUND"),
            ({"number": 2**31 - 1}, "NOT_FOUND"),
            ({"number": 2**31}, "INVALID_DOCUMENT"),
            ({"asOf": "2018-11-12"}, "INVALID_DOCUMENT"),
            ({"asOf": "2018-11-12T00:00:00"}, "INVALID_DOCUMENT"),
            ({"asOf": "yesterday"}, "INVALID_DOCUMENT"),
            ({"asOf": 5}, "INVALID_DOCUMENT"),
            ({"asOf": "0001-01-01T00:00:00Z"}, "INVALID_DOCUMENT"),
        ],
    )
    async def test_what_cannot_be_answered(self, reader: Api, variables: dict[str, object], code: str) -> None:
        answer = await reader.ask(NUMBER, variables)
        assert answer.codes == [code]
        assert answer.data in (None, {"policy": None})

    async def test_a_time_is_read_in_any_zone_and_told_in_utc(self, reader: Api) -> None:
        at = "2018-11-12T02:00:00+02:00"
        assert await reader.data(NUMBER, {"asOf": at}) == {"policy": {"revision": {"number": 1}}}
        assert (await reader.me("example-buyer", "asOf", "2020-01-01T02:00:00+02:00"))["asOf"] == "2020-01-01T00:00:00Z"

    async def test_a_scheduled_revision_is_seen_and_comes_into_force_by_itself(self, api: Api) -> None:
        starts = api.clock() + timedelta(days=30)
        assert await api.publish(EXAMPLE_REVISION, starts) == 2
        assert await api.data(NUMBER) == {"policy": {"revision": {"number": 1}}}
        assert await api.data(NUMBER, {"number": 2}) == {"policy": {"revision": {"number": 2}}}
        assert await api.data("{ policy(number: 2) { revision { state effectiveAt } } }") == {
            "policy": {"revision": {"state": "PUBLISHED", "effectiveAt": "2026-11-05T12:00:00Z"}}
        }
        api.clock.now = starts - timedelta(microseconds=1)
        assert await api.data(NUMBER) == {"policy": {"revision": {"number": 1}}}
        api.clock.now = starts
        assert await api.data(NUMBER) == {"policy": {"revision": {"number": 2}}}
        assert await api.data(NUMBER, {"asOf": "2026-10-06T12:00:00Z"}) == {"policy": {"revision": {"number": 1}}}

    async def test_a_scheduled_revision_that_is_taken_back_never_comes(self, api: Api) -> None:
        starts = api.clock() + timedelta(days=30)
        await api.publish(EXAMPLE_REVISION, starts)
        assert await api.data(NUMBER, {"number": 2}) == {"policy": {"revision": {"number": 2}}}
        await withdraw_revision(api.database, 2, at=api.clock())
        assert (await api.ask(NUMBER, {"number": 2})).codes == ["NOT_FOUND"]
        api.clock.now = starts
        assert await api.data(NUMBER) == {"policy": {"revision": {"number": 1}}}

    async def test_a_draft_is_for_staff(self, api: Api) -> None:
        await draft_revision(api.database, revision_in(EXAMPLE_REVISION), at=api.clock())
        for token in (None, api.subject("example-buyer"), api.service("websites"), api.job()):
            for field in ("policy", "dataMap"):
                answer = await api.ask(f"{{ {field}(number: 2) {{ revision {{ number }} }} }}", token=token)
                assert (answer.data, answer.codes) == ({field: None}, ["NOT_FOUND"])
                assert answer.messages == ["There is no revision 2: the list of revisions shows those there are"]
        seen = await api.data("{ policy(number: 2) { revision { state publishedAt } } }", token=api.staff())
        assert seen == {"policy": {"revision": {"state": "DRAFT", "publishedAt": None}}}


class TestRevisions:
    async def test_the_newest_first_in_pages(self, api: Api) -> None:
        for year in (2027, 2028, 2029):
            content = a_revision_content(policy=a_policy("statement", f"text-{year}"))
            draft = await draft_revision(api.database, content, at=api.clock())
            effective_at = datetime.fromisoformat(f"{year}-01-01T00:00:00Z")
            await publish_revision(
                api.database, draft.number, expected=draft.base, effective_at=effective_at, at=api.clock()
            )
        await draft_revision(api.database, a_revision_content(), at=api.clock())
        first = (await api.data(REVISIONS, {"first": 3}))["revisions"]
        assert [each["number"] for each in first["nodes"]] == [4, 3, 2]
        assert first["nodes"][0]["effectiveAt"] == "2029-01-01T00:00:00Z"
        assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (4, True)
        after = first["pageInfo"]["endCursor"]
        # A page stays what it was when a revision is published meanwhile.
        await publish_revision(
            api.database,
            5,
            expected=4,
            effective_at=datetime.fromisoformat("2030-01-01T00:00:00Z"),
            at=api.clock(),
        )
        last = (await api.data(REVISIONS, {"first": 3, "after": after}))["revisions"]
        assert [each["number"] for each in last["nodes"]] == [1]
        assert last["pageInfo"] == {
            "hasNextPage": False,
            "hasPreviousPage": True,
            "endCursor": last["pageInfo"]["endCursor"],
        }

    async def test_drafts_and_withdrawn_ones_are_listed_to_staff_alone(self, api: Api) -> None:
        await draft_revision(api.database, a_revision_content(), at=api.clock())
        await draft_revision(api.database, a_revision_content(summary="Another."), at=api.clock())
        await withdraw_revision(api.database, 3, at=api.clock())
        for token in (None, api.subject("example-buyer"), api.service("websites"), api.job()):
            seen = (await api.data(REVISIONS, {"first": 10}, token))["revisions"]
            assert (seen["totalCount"], [each["number"] for each in seen["nodes"]]) == (1, [1])
        seen = (await api.data(REVISIONS, {"first": 10}, api.staff()))["revisions"]
        assert [(each["number"], each["state"]) for each in seen["nodes"]] == [
            (3, "WITHDRAWN"),
            (2, "DRAFT"),
            (1, "PUBLISHED"),
        ]

    @pytest.mark.parametrize("first", [0, 201])
    async def test_a_page_has_a_maximum(self, reader: Api, first: int) -> None:
        answer = await reader.ask(REVISIONS, {"first": first})
        assert answer.codes == ["INVALID_INPUT"]

    @pytest.mark.parametrize("after", ["x", "WyJhZnRlciIsInJldmlzaW9ucyIsLTFd", "WyJhZnRlciIsInJldmlzaW9ucyIsIngiXQ"])
    async def test_what_is_no_cursor_is_refused(self, reader: Api, after: str) -> None:
        answer = await reader.ask(REVISIONS, {"first": 1, "after": after})
        assert answer.codes == ["INVALID_INPUT"]
