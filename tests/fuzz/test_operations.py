"""Whatever operation is sent, by whomever, the answer is well-formed, bounded, and tells nothing that is ours.

`make fuzz ARGS=schemathesis` does this for longer, with other operations each time.
"""

from __future__ import annotations

import asyncio
import io
import json

import pytest
from graphql import build_schema

from server.settings import ROOT
from tests.fuzz.operations import CLIENTS, Target, attempt
from tests.logs import logged_to

SCHEMA = build_schema((ROOT / "schema.graphql").read_text("utf-8"))
#: Those that an operation can begin with.
FIELDS = [name for type in (SCHEMA.query_type, SCHEMA.mutation_type) if type for name in type.fields]
#: For each of them.
TIMES = 12


@pytest.mark.parametrize(("number", "client"), [*enumerate(CLIENTS)], ids=[*CLIENTS])
async def test_every_answer_is_well_formed(target: Target, number: int, client: str) -> None:
    stream = io.StringIO()
    with logged_to(stream):
        sent = await asyncio.to_thread(attempt, target, client, times=TIMES, beginning=number)
    assert sent == dict.fromkeys(FIELDS, TIMES)
    logged = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert len([line for line in logged if line["event"] == "Answered"]) == len(FIELDS) * TIMES
    assert {line["level"] for line in logged} <= {"info", "warning"}
