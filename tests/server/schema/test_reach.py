"""`revision { reach }`: whom a draft touches, for staff alone, exact or refused."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from graph.reach import Reach
from graph.store.revisions import draft_revision
from server.notify import prospect
from server.schema import reach
from tests.server.api import EXAMPLE_REVISION, Api, revision_in

REACH = """
query ($number: Int!, $after: String) {
  revision(number: $number) {
    number
    state
    reach {
      comparedWith
      at
      subjects
      channels { channel subjects }
      sample
      changes(first: 4, after: $after) {
        totalCount
        pageInfo { hasNextPage endCursor }
        nodes {
          change impact rule subjects isAboutEveryone
          places { service category subjects }
          purposes { purpose subjects }
        }
      }
    }
  }
}
"""


@pytest.fixture
async def drafted(api: Api) -> Api:
    await draft_revision(api.database, revision_in(EXAMPLE_REVISION), at=api.clock())
    return api


async def test_staff_see_whom_a_draft_touches(drafted: Api) -> None:
    data = await drafted.data(REACH, {"number": 2}, drafted.staff())
    found = data["revision"]["reach"]
    assert data["revision"]["state"] == "DRAFT"
    assert (found["comparedWith"], found["subjects"]) == (1, 7)
    assert found["at"] == drafted.clock().isoformat().replace("+00:00", "Z")
    assert found["channels"] == [
        {"channel": "EMAIL", "subjects": 0},
        {"channel": "ACCOUNT_AREA", "subjects": 7},
        {"channel": "SOFTWARE_PRODUCT", "subjects": 0},
    ]
    assert len(found["sample"]) == 7
    rows = {each["change"]: each for each in found["changes"]["nodes"]}
    page = found["changes"]["pageInfo"]
    while page["hasNextPage"]:
        variables = {"number": 2, "after": page["endCursor"]}
        more = (await drafted.data(REACH, variables, drafted.staff()))["revision"]["reach"]["changes"]
        rows |= {each["change"]: each for each in more["nodes"]}
        page = more["pageInfo"]
    assert len(rows) == found["changes"]["totalCount"]
    added = rows["recipient/example-analytics/added"]
    assert (added["impact"], added["rule"], added["subjects"]) == ("DIRECT", "recipient-added", 3)
    assert not added["isAboutEveryone"]
    assert {"service": "websites", "category": "cookies", "subjects": 3} in added["places"]
    typo = rows["clause/other-rules.reading/reworded"]
    assert (typo["impact"], typo["subjects"], typo["places"], typo["purposes"]) == ("NONE", 0, [], [])


async def test_who_is_shown_sees_that(drafted: Api) -> None:
    sample = "{ revision(number: 2) { reach { sample } } }"
    (id, *_) = (await drafted.data(sample, token=drafted.staff("staff-7")))["revision"]["reach"]["sample"]
    looked = {"by": "staff-7", "accessedAt": drafted.clock().isoformat().replace("+00:00", "Z")}
    selection = "accessedBy { nodes { by accessedAt } }"
    assert (await drafted.me(id, selection))["accessedBy"]["nodes"] == [looked]
    # Who is only counted is not looked at.
    await drafted.data("{ revision(number: 2) { reach { subjects changes { totalCount } } } }", token=drafted.staff())
    assert (await drafted.me(id, selection))["accessedBy"]["nodes"] == [looked]
    assert (await drafted.me("example-past-customer", selection))["accessedBy"]["nodes"] == []


async def test_the_first_revision_changes_nothing(drafted: Api) -> None:
    found = (await drafted.data(REACH, {"number": 1}, drafted.staff()))["revision"]["reach"]
    assert (found["comparedWith"], found["subjects"], found["sample"], found["channels"]) == (None, 0, [], [])
    assert found["changes"]["totalCount"] == 0


async def test_others_see_the_revision_alone(drafted: Api) -> None:
    for token, code in (
        (None, "UNAUTHENTICATED"),
        (drafted.subject("example-buyer"), "FORBIDDEN"),
        (drafted.service("websites"), "FORBIDDEN"),
        (drafted.job(), "FORBIDDEN"),
    ):
        answer = await drafted.ask(REACH, {"number": 1}, token)
        assert answer.data["revision"] == {"number": 1, "state": "PUBLISHED", "reach": None}
        assert answer.codes == [code]
        # A draft is as if it were not there.
        hidden = await drafted.ask(REACH, {"number": 2}, token)
        assert (hidden.data["revision"], hidden.codes) == (None, ["NOT_FOUND"])
        assert hidden.messages == ["There is no revision 2: the list of revisions shows those there are"]


async def test_one_that_is_not_there_is_not_found(drafted: Api) -> None:
    answer = await drafted.ask(REACH, {"number": 77}, drafted.staff())
    assert (answer.data, answer.codes) == ({"revision": None}, ["NOT_FOUND"])


async def test_more_than_can_be_counted_while_one_waits_is_refused(
    drafted: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "ROWS_AT_MOST", 10)
    answer = await drafted.ask(REACH, {"number": 2}, drafted.staff())
    assert answer.data["revision"] == {"number": 2, "state": "DRAFT", "reach": None}
    assert answer.codes == ["REACH_TOO_WIDE"]
    assert answer.messages[0].endswith("count them with `vitrine reach 2` on the command line, which has no limit")


async def test_one_is_counted_at_a_time(drafted: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many ask, in one operation or in several."""
    running = most = 0

    async def foresee(*arguments: Any, **options: Any) -> Reach:
        nonlocal running, most
        running += 1
        most = max(most, running)
        try:
            return await prospect.foresee(*arguments, **options)
        finally:
            running -= 1

    monkeypatch.setattr(reach, "foresee", foresee)
    many = " ".join(f"a{number}: revision(number: 2) {{ reach {{ subjects }} }}" for number in range(5))
    answers = await asyncio.gather(*(drafted.data(f"{{ {many} }}", token=drafted.staff()) for _ in range(2)))
    assert {each["reach"]["subjects"] for answer in answers for each in answer.values()} == {7}
    assert most == 1
