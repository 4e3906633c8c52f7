"""Bodies of any length, as a client of any speed sends them. Time is the test's own."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from starlette.types import Message

from server.gate.bodies import PROGRESS_BYTES, PROGRESS_SECONDS, stream_body
from server.gate.refusals import Refusal, RefusalCode

IDLE = 30.0


class Client:
    """Sends so many bytes after so many seconds of being waited for, and then the end."""

    def __init__(self, pieces: Iterable[tuple[float, int]]) -> None:
        self.now = 0.0
        self._pieces = iter(pieces)

    async def receive(self) -> Message:
        seconds, count = next(self._pieces, (0.0, 0))
        self.now += seconds
        return {"type": "http.request", "body": b"x" * count, "more_body": count > 0}


async def taken(pieces: Iterable[tuple[float, int]], *, idle: float = IDLE, work: float = 0.0) -> int:
    """How many bytes are taken in, where each piece takes `work` seconds to be done with."""
    client = Client(pieces)
    count = 0
    async for piece in stream_body(client.receive, idle, monotonic=lambda: client.now):
        count += len(piece)
        client.now += work
    return count


async def test_a_byte_now_and_then_is_too_slow() -> None:
    with pytest.raises(Refusal) as raised:
        await taken([(IDLE - 1, 1)] * 100)
    assert raised.value.code is RefusalCode.TOO_SLOW
    assert raised.value.message == (
        f"Fewer than {PROGRESS_BYTES} bytes came within {PROGRESS_SECONDS:g} s: send the whole again, what was written "
        "before stays as it is"
    )


@pytest.mark.parametrize("short", [0, 1])
async def test_so_much_must_come_in_each_window(short: int) -> None:
    half = PROGRESS_SECONDS / 2
    pieces = [(half, PROGRESS_BYTES), (half, 1), (half, PROGRESS_BYTES - 1 - short), (half, 1)] * 10
    if short:
        with pytest.raises(Refusal):
            await taken(pieces)
    else:
        assert await taken(pieces) == 10 * (2 * PROGRESS_BYTES + 1)


async def test_what_is_done_with_a_piece_takes_none_of_the_clients_time() -> None:
    assert await taken([(1.0, 1)] * 50, work=PROGRESS_SECONDS) == 50


async def test_who_may_send_nothing_for_longer_may_send_little_for_as_long() -> None:
    assert await taken([(PROGRESS_SECONDS * 2, 1)] * 9, idle=PROGRESS_SECONDS * 20) == 9
    with pytest.raises(Refusal, match="within 1200 s"):
        await taken([(PROGRESS_SECONDS * 2, 1)] * 10, idle=PROGRESS_SECONDS * 20)
