"""From a published revision to the back end of a product: signed, once each; and what staff do where it went wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook

from graph.deliveries import DIED
from server.notify.assembly import assemble
from tests.patience import PATIENCE_SECONDS
from tests.server.api import Api
from tests.server.notify.back_ends import Behave, Received, answers, back_end, breaks_off
from tests.server.products import SECRET, open_company, products_file, publish_for_everybody, states
from tests.server.schema.test_delivery_mutations import GIVE_UP, RETRY
from tests.server.schema.test_notify_status import STATUS

LEASE_SECONDS = 5.0
AFTER_LEASE = timedelta(seconds=LEASE_SECONDS + 1)
GONE = "HTTP 410: the product takes no more notices"


class Product:
    """A back end that verifies what it is told, and then does with each person's notice what `will` says, one after the
    other; what is not said is taken."""

    def __init__(self, will: Mapping[str, list[Behave]]) -> None:
        self.will = will
        self.told: dict[str, list[dict[str, Any]]] = {}

    async def behave(self, received: Received, writer: asyncio.StreamWriter) -> None:
        # Raises for what nobody may believe.
        verified = Webhook(SECRET).verify(received.body, dict(received.headers))
        assert verified == json.loads(received.body)
        subject = verified["data"]["subject"]
        assert verified["id"] == received.headers["webhook-id"]
        self.told.setdefault(subject, []).append(verified)
        left = self.will.get(subject)
        await (left.pop(0) if left else answers(204))(received, writer)

    @property
    def tries(self) -> dict[str, int]:
        return {subject: len(notices) for subject, notices in self.told.items()}


async def send(api: Api) -> None:
    """Runs the job until nothing is left to do."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        await assemble(api.settings, api.database, clock=api.clock).job.run(until_settled=True)


async def until(api: Api, sending: asyncio.Task[None], expected: Mapping[str, str]) -> None:
    """Returns when all are in these states, while it is sent."""
    while True:
        found = await states(api)
        if found == expected:
            return
        assert not sending.done(), found
        await asyncio.sleep(0.05)


async def notification(api: Api) -> Any:
    return (await api.data(STATUS, {"number": 2}, api.staff()))["revision"]["notification"]


async def told_again(api: Api, document: str, **input: Any) -> int:
    (payload,) = (await api.data(document, {"input": {"number": 2, **input}}, api.staff())).values()
    changed: int = payload["changed"]
    return changed


async def test_each_is_told_once_and_staff_settle_the_rest(empty: Api, tmp_path: Path) -> None:
    product = Product({"ann": [answers(503, "Retry-After: 1")], "bob": [answers(410)], "cyd": [breaks_off]})
    async with back_end(product.behave, None) as server:
        file = products_file(tmp_path, websites=server.url("127.0.0.1", scheme="http"))
        api = empty.with_settings(products=file, notify_lease_seconds=LEASE_SECONDS)
        # Whoever verifies looks at the clock.
        api.clock.now = datetime.now(UTC)
        await open_company(api)
        await publish_for_everybody(api)

        sending = asyncio.create_task(send(api))
        await until(api, sending, {"ann": "SENT", "bob": "FAILED", "cyd": "SENDING"})
        api.clock.advance(AFTER_LEASE)
        await sending

        # One that was away is asked again, one that takes no more is not, and of the third nobody knows.
        assert await states(api) == {"ann": "SENT", "bob": "FAILED", "cyd": "UNKNOWN"}
        assert product.tries == {"ann": 2, "bob": 1, "cyd": 1}
        found = await notification(api)
        assert (found["isWritten"], found["isSettled"]) == (True, False)
        assert [(each["state"], each["reason"], each["count"]) for each in found["failures"]] == [
            ("FAILED", GONE, 1),
            ("UNKNOWN", DIED, 1),
        ]

        # What may have arrived is sent again by name only.
        assert await told_again(api, RETRY) == 1
        await send(api)
        assert await states(api) == {"ann": "SENT", "bob": "SENT", "cyd": "UNKNOWN"}
        assert await told_again(api, RETRY, state="UNKNOWN", reason=DIED) == 1
        await send(api)

        assert await states(api) == dict.fromkeys(("ann", "bob", "cyd"), "SENT")
        assert product.tries == {"ann": 2, "bob": 2, "cyd": 2}
        # By the same id, so that the product tells the person once.
        assert [len({notice["id"] for notice in notices}) for notices in product.told.values()] == [1, 1, 1]
        assert [first == again for first, again in product.told.values()] == [True, True, True]
        assert (await notification(api))["isSettled"]
        # There is nothing to send any more, whoever looks.
        await send(api)
        assert product.tries == {"ann": 2, "bob": 2, "cyd": 2}


async def test_what_staff_give_up_is_not_sent(empty: Api, tmp_path: Path) -> None:
    product = Product({"ann": [answers(500)], "bob": [breaks_off]})
    async with back_end(product.behave, None) as server:
        file = products_file(tmp_path, websites=server.url("127.0.0.1", scheme="http"))
        api = empty.with_settings(products=file, notify_lease_seconds=LEASE_SECONDS)
        api.clock.now = datetime.now(UTC)
        await open_company(api)
        await publish_for_everybody(api)
        sending = asyncio.create_task(send(api))
        await until(api, sending, {"ann": "RETRY", "bob": "SENDING", "cyd": "SENT"})

        assert await told_again(api, GIVE_UP, because="no longer wanted", state="RETRY") == 1
        api.clock.advance(AFTER_LEASE)
        await sending

        assert await states(api) == {"ann": "FAILED", "bob": "UNKNOWN", "cyd": "SENT"}
        assert await told_again(api, GIVE_UP, because="they called") == 1
        assert product.tries == {"ann": 1, "bob": 1, "cyd": 1}
        found = await notification(api)
        assert found["isSettled"]
        assert [(each["state"], each["reason"]) for each in found["failures"]] == [
            ("FAILED", "no longer wanted"),
            ("FAILED", "they called"),
        ]
