"""Whatever operation is sent, by whomever, the answer is well-formed, bounded, and tells nothing that is ours.

`make fuzz ARGS=schemathesis` does this for longer, with other operations each time.
"""

from __future__ import annotations

import asyncio
import io
import json

import pytest

from tests.fuzz.operations import CLIENTS, Target, attempt
from tests.logs import logged_to

#: For each of the 11 fields of queries and mutations.
TIMES = 12


@pytest.mark.parametrize(("number", "client"), [*enumerate(CLIENTS)], ids=[*CLIENTS])
async def test_every_answer_is_well_formed(target: Target, number: int, client: str) -> None:
    stream = io.StringIO()
    with logged_to(stream):
        await asyncio.to_thread(attempt, target, client, times=TIMES, beginning=number)
    logged = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert len([line for line in logged if line["event"] == "Answered"]) >= 5 * TIMES
    assert {line["level"] for line in logged} <= {"info", "warning"}
