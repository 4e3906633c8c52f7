"""What takes a thread seconds to make, made once for all who ask."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from server.turns import Turn

WorkT = TypeVar("WorkT")


class Workshop(Generic[WorkT]):
    """Makes one thing at a time, and keeps `at_most` of what it made: also one for which nobody waits any more, so that
    it is there for who asks again. `size`: what one takes of that. `in_places`: whether who asks keeps a place
    meanwhile that others need; `make` raises Overloaded then where many wait."""

    def __init__(self, at_most: int, size: Callable[[WorkT], int], *, in_places: bool = False) -> None:
        self._at_most = at_most
        self._size = size
        self._pieces: OrderedDict[Hashable, WorkT] = OrderedDict()
        self._kept = 0
        self._turn = Turn()
        self._in_places = in_places

    async def make(self, key: Hashable | None, prepare: Callable[[], Awaitable[Callable[[], WorkT]]]) -> WorkT:
        """What is kept under a key, which says all that it depends on; or else what `prepare` leads to: it runs here,
        and what it returns in a thread. `key`: None for what is not to be kept."""
        piece = self._find(key)
        if piece is None:
            async with self._turn.in_place() if self._in_places else self._turn:
                # Many may ask for it at once.
                piece = self._find(key)
                if piece is None:
                    piece = await self._turn.to_its_end(self._work(key, await prepare()))
        return piece

    async def _work(self, key: Hashable | None, make: Callable[[], WorkT]) -> WorkT:
        piece = await asyncio.to_thread(make)
        self._keep(key, piece)
        return piece

    def _find(self, key: Hashable | None) -> WorkT | None:
        piece = self._pieces.get(key)
        if piece is not None:
            self._pieces.move_to_end(key)
        return piece

    def _keep(self, key: Hashable | None, piece: WorkT) -> None:
        if key is None:
            return
        self._pieces[key] = piece
        self._kept += self._size(piece)
        while self._kept > self._at_most:
            _, oldest = self._pieces.popitem(last=False)
            self._kept -= self._size(oldest)
