"""`retryDeliveries` and `giveUpDeliveries`: what staff do where the telling failed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from graph.deliveries import REASON_AT_MOST, Refused, Sent, begun, claimed, shown
from graph.model import Channel
from graph.store.deliveries import change_deliveries
from graph.store.fan_outs import Told
from graph.store.publishing import withdraw_revision
from tests.graph.store.telling import NOW, tell, told
from tests.graphs import dump, run
from tests.server.api import Api
from tests.server.products import products_file, tell_by_products, ways_of
from tests.server.schema.test_notify_status import LEASE, died, ended, id_of
from tests.server.telling import write_notices

RETRY = """
mutation ($input: RetryDeliveriesInput!) {
  retryDeliveries(input: $input) {
    __typename
    ... on RetryDeliveriesSuccess { number changed notification { isSettled counts { channel state count } } }
    ... on Failure { code message }
    ... on NobodyWasTold { number }
    ... on InvalidSelection { number }
  }
}
"""
GIVE_UP = RETRY.replace("retryDeliveries", "giveUpDeliveries").replace("RetryDeliveries", "GiveUpDeliveries")
LIST_DELIVERIES = """
MATCH (d:Delivery)
RETURN properties(d) AS properties
"""
BECAUSE = "the product is gone"
LATER = NOW + timedelta(hours=1)
BEFORE = {
    "pending": "PENDING",
    "sending": "SENDING",
    "sent": "SENT",
    "retry": "RETRY",
    "failed": "FAILED",
    "gone": "FAILED",
    "unknown": "UNKNOWN",
}


@pytest.fixture
async def failing(empty: Api) -> Api:
    """Deliveries by email in every state, by the names of their subjects; two failed, for different reasons."""
    database = empty.database
    await tell(database, [told(each, Channel.EMAIL) for each in BEFORE])
    for step in (
        lambda each: claimed(each, "mine", until=NOW + LEASE, now=NOW),
        lambda each: begun(each, "mine", until=NOW + LEASE),
    ):
        await change_deliveries(database, [id_of("sending")], step)
    await change_deliveries(database, [id_of("sent")], ended(Sent()))
    await change_deliveries(database, [id_of("retry")], ended(Refused("451", is_final=False)))
    await change_deliveries(database, [id_of("failed")], ended(Refused("550", is_final=True)))
    await change_deliveries(database, [id_of("gone")], ended(Refused("no address", is_final=True)))
    await died(database, "unknown")
    assert await states(empty) == BEFORE
    empty.clock.now = LATER
    return empty


async def payload(api: Api, document: str, **input: Any) -> Any:
    """What comes of a mutation by staff."""
    (found,) = (await api.data(document, {"input": {"number": 2, **input}}, api.staff())).values()
    return found


async def changed(api: Api, document: str, **input: Any) -> dict[str, str]:
    """What a mutation changes: the states then, by subject."""
    before = await states(api)
    found = await payload(api, document, **input)
    assert (found["__typename"].endswith("DeliveriesSuccess"), found["number"]) == (True, 2)
    after = {subject: state for subject, state in (await states(api)).items() if state != before[subject]}
    assert found["changed"] >= len(after)
    return after


async def deliveries(api: Api) -> list[Any]:
    return [row["properties"] for row in await run(api.database, LIST_DELIVERIES)]


async def rows(api: Api) -> dict[str, Any]:
    """By the subject, where each has one."""
    return {row["subject"]: row for row in await deliveries(api)}


async def states(api: Api) -> dict[str, str]:
    return {subject: row["state"] for subject, row in (await rows(api)).items()}


# ---- send again ------------------------------------------------------------------------------------------------------


async def test_what_failed_is_sent_again_as_if_for_the_first_time(failing: Api) -> None:
    found = await payload(failing, RETRY)

    assert (found["changed"], found["notification"]["isSettled"]) == (3, False)
    assert found["notification"]["counts"] == [
        {"channel": "EMAIL", "state": "PENDING", "count": 4},
        {"channel": "EMAIL", "state": "SENDING", "count": 1},
        {"channel": "EMAIL", "state": "SENT", "count": 1},
        {"channel": "EMAIL", "state": "UNKNOWN", "count": 1},
    ]
    again = (await rows(failing))["failed"]
    assert (again["attempts"], again["due_at"], "reason" in again) == (0, "2026-12-01T10:00:00.000000Z", False)


@pytest.mark.parametrize(
    ("selection", "sent"),
    [
        ({}, {"retry", "failed", "gone"}),
        ({"state": "FAILED"}, {"failed", "gone"}),
        ({"state": "RETRY"}, {"retry"}),
        # It may have arrived: only who says so has it sent again.
        ({"state": "UNKNOWN"}, {"unknown"}),
        ({"reason": "550"}, {"failed"}),
        ({"reason": "55"}, set()),
        ({"state": "RETRY", "reason": "550"}, set()),
        ({"channel": "EMAIL"}, {"retry", "failed", "gone"}),
        ({"channel": "SOFTWARE_PRODUCT"}, set()),
    ],
)
async def test_a_selection_is_sent_again_and_nothing_else(
    failing: Api, selection: Mapping[str, str], sent: set[str]
) -> None:
    assert await changed(failing, RETRY, **selection) == dict.fromkeys(sent, "PENDING")


@pytest.mark.parametrize("state", ["PENDING", "SENDING", "SENT", "STOPPED"])
async def test_what_is_sent_or_to_be_sent_is_not_sent_again(failing: Api, state: str) -> None:
    found = await payload(failing, RETRY, state=state)

    assert (found["__typename"], found["code"], found["number"]) == ("InvalidSelection", "INVALID_INPUT", 2)
    assert found["message"] == f"What is {state} is not sent again: name one of FAILED, RETRY, UNKNOWN"
    assert await states(failing) == BEFORE


async def test_of_a_withdrawn_revision_only_the_withdrawal_is_told_again(empty: Api, tmp_path: Path) -> None:
    """Else people would be told that something comes which does not."""
    told = empty.with_settings(products=products_file(tmp_path, websites="https://websites.example/hooks"))
    await tell_by_products(told)
    ids = [f"2/REVISION/SOFTWARE_PRODUCT/{each}" for each in ("ann", "bob")]
    at = told.clock()
    await change_deliveries(told.database, ids[:1], ended(Sent(), at))
    await change_deliveries(told.database, ids[1:], ended(Refused("HTTP 500", is_final=True), at))
    await withdraw_revision(told.database, 2, at=told.clock())
    await write_notices(told.database, told.clock, ways_of(told))
    withdrawal = "2/WITHDRAWAL/SOFTWARE_PRODUCT/ann"
    await change_deliveries(told.database, [withdrawal], ended(Refused("HTTP 500", is_final=True), at))

    found = await payload(told, RETRY)

    assert found["changed"] == 1
    by_id = {row["id"]: row for row in await deliveries(told)}
    assert [by_id[id]["state"] for id in (*ids, withdrawal)] == ["SENT", "FAILED", "PENDING"]


async def test_what_a_product_fetches_waits_for_it_again(empty: Api, tmp_path: Path) -> None:
    told = empty.with_settings(products=products_file(tmp_path, "websites"))
    await tell_by_products(told)
    assert (await payload(told, GIVE_UP, because=BECAUSE, channel="SOFTWARE_PRODUCT", state="PENDING"))["changed"] == 3

    # It may have been told in another way: who would send it all the same says what it was given up for.
    assert (await payload(told, RETRY, channel="SOFTWARE_PRODUCT"))["changed"] == 0
    assert (await payload(told, RETRY, channel="SOFTWARE_PRODUCT", reason=BECAUSE))["changed"] == 3

    waiting = [row for row in await deliveries(told) if row["channel"] == "SOFTWARE_PRODUCT"]
    # No sender is to take them.
    assert {(row["state"], "due_at" in row, "queue" in row, "unread" in row) for row in waiting} == {
        ("PENDING", False, False, True)
    }


# ---- give up ---------------------------------------------------------------------------------------------------------


async def test_what_is_given_up_says_why(failing: Api) -> None:
    found = await payload(failing, GIVE_UP, because=f"  {BECAUSE}\n")

    assert found["changed"] == 2
    given_up = await rows(failing)
    assert [given_up[each]["reason"] for each in ("retry", "unknown", "failed")] == [BECAUSE, BECAUSE, "550"]
    assert "due_at" not in given_up["retry"]


@pytest.mark.parametrize(
    ("selection", "given_up"),
    [
        # What nobody has tried yet must be named.
        ({}, {"retry", "unknown"}),
        ({"state": "RETRY"}, {"retry"}),
        ({"state": "UNKNOWN"}, {"unknown"}),
        ({"state": "PENDING"}, {"pending"}),
        # A sender has it in hand.
        ({"state": "SENDING"}, set()),
        ({"reason": "451"}, {"retry"}),
        ({"channel": "ACCOUNT_AREA"}, set()),
    ],
)
async def test_a_selection_is_given_up_and_nothing_else(
    failing: Api, selection: Mapping[str, str], given_up: set[str]
) -> None:
    assert await changed(failing, GIVE_UP, because=BECAUSE, **selection) == dict.fromkeys(given_up, "FAILED")


@pytest.mark.parametrize("state", ["SENT", "FAILED", "STOPPED"])
async def test_what_is_settled_is_not_given_up(failing: Api, state: str) -> None:
    found = await payload(failing, GIVE_UP, because=BECAUSE, state=state)

    assert (found["__typename"], found["code"]) == ("InvalidSelection", "INVALID_INPUT")
    assert found["message"] == f"What is {state} is not given up: name one of PENDING, RETRY, SENDING, UNKNOWN"
    assert await states(failing) == BEFORE


async def test_what_a_product_read_and_never_acknowledged_can_be_given_up(empty: Api) -> None:
    fetching = Told(told("ann").notice, (Channel.SOFTWARE_PRODUCT,), "websites", is_fetched=True)
    await tell(empty.database, [fetching])
    id = "2/REVISION/SOFTWARE_PRODUCT/ann"
    await change_deliveries(empty.database, [id], lambda each: shown(each, is_fetched=True))

    assert await changed(empty, GIVE_UP, because=BECAUSE) == {"ann": "FAILED"}


async def test_of_a_long_reason_the_beginning_is_kept(failing: Api) -> None:
    await payload(failing, GIVE_UP, because="x" * (REASON_AT_MOST + 1), state="RETRY")

    assert (await rows(failing))["retry"]["reason"] == "x" * REASON_AT_MOST


@pytest.mark.parametrize("because", ["", " \n\t "])
async def test_to_give_up_one_says_why(failing: Api, because: str) -> None:
    found = await payload(failing, GIVE_UP, because=because)

    assert (found["__typename"], found["code"]) == ("InvalidSelection", "INVALID_INPUT")
    assert found["message"] == "Say why: it is kept with each of them"
    assert await states(failing) == BEFORE


# ---- both ------------------------------------------------------------------------------------------------------------


async def test_of_a_revision_of_which_nobody_was_told_nothing_is_chosen(empty: Api) -> None:
    for number in (0, -1, 1, 77, 2**31 - 1):
        for document, more in ((RETRY, {}), (GIVE_UP, {"because": BECAUSE})):
            found = await payload(empty, document, number=number, **more)
            assert (found["__typename"], found["code"], found["number"]) == ("NobodyWasTold", "NOT_FOUND", number)
            assert found["message"] == (
                f"Nobody was told of revision {number}: it was never published, or as the first"
            )


async def test_staff_only(failing: Api) -> None:
    before = await dump(failing.database)

    for token, code in (
        (None, "UNAUTHENTICATED"),
        (failing.subject("failed"), "FORBIDDEN"),
        (failing.service("account-area"), "FORBIDDEN"),
        (failing.job(), "FORBIDDEN"),
    ):
        for document, more in ((RETRY, {}), (GIVE_UP, {"because": BECAUSE})):
            answer = await failing.ask(document, {"input": {"number": 2, **more}}, token)
            assert (answer.data, answer.codes) == (None, [code])

    assert await dump(failing.database) == before
