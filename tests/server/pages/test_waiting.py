"""Whoever waits for a page to be written takes no room from what else runs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, TypeAlias, cast

import pytest
from starlette.requests import Request
from starlette.responses import Response

from graph.data_map import DataMap
from graph.model import Revision
from graph.store.comparisons import Comparison, Comparisons
from graph.store.data_maps import DataMaps
from server.endpoint import Exchange, Requests
from server.feeds import records
from server.feeds.records import Records
from server.gate.admission import Admission
from server.pages import policies, policy_changes
from server.pages.library import Library, Press
from server.pages.policies import PolicyPages
from server.pages.policy_changes import PolicyChanges
from server.pages.shelf import Shelf
from server.pages.writing import Pages
from server.viewer import Scope, Viewer
from tests.builders import a_map, a_policy, a_revision
from tests.server.api import TODAY

STAFF = Viewer("staff-1", frozenset({Scope.STAFF}))
SHELF = Shelf((a_revision(2), a_revision(1)), has_older=False, in_force=2)
Answer: TypeAlias = Callable[[Exchange], Coroutine[Any, Any, Response]]


class Shelves:
    """Two revisions, at hand without a graph."""

    async def load_shelf(self, at: datetime) -> Shelf:
        return SHELF

    async def load_number_in_force(self, shelf: Shelf, at: datetime) -> int:
        return 2

    async def load(self, number: int, shelf: Shelf, viewer: Viewer) -> Revision:
        return a_revision(number)

    async def find_before(self, revision: Revision, shelf: Shelf, viewer: Viewer) -> Revision | None:
        return None


class Maps:
    def clock(self) -> datetime:
        return TODAY

    async def load(self, number: int) -> DataMap:
        return DataMap(a_revision(number), a_policy(), a_map())


class NoComparisons:
    async def of(self, old: DataMap, new: DataMap) -> Comparison:
        return Comparison(old, new, ())


def exchange(number: int) -> Exchange:
    async def receive() -> Any:
        raise AssertionError

    path_params = {"number": str(number), "form": "csv"}
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    return Exchange(Request({**scope, "path_params": path_params}), receive, "0" * 32, viewer=STAFF)


@pytest.mark.parametrize(
    ("module", "writer"),
    [(policies, "policy_page"), (policy_changes, "changes_page"), (records, "write_record")],
    ids=["policy", "changes", "record"],
)
async def test_graphql_is_answered_while_pages_wait(module: Any, writer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    operations = Admission("operations", running=1, waiting=0, seconds=0)
    shelves, maps = cast(Library, Shelves()), cast(DataMaps, Maps())
    requests, pages, press = cast(Requests, None), Pages("https://privacy.example"), Press()
    given: dict[str, Any] = {"admission": operations, "request_seconds": 60}
    answers: dict[str, Any] = {
        "policy_page": PolicyPages(requests, pages, shelves, press, maps, **given),
        "changes_page": PolicyChanges(
            requests, pages, shelves, press, maps, cast(Comparisons, NoComparisons()), **given
        ),
        "write_record": Records(requests, pages, press, maps, **given),
    }
    answer: Answer = answers[writer]._answer
    begun, ends = threading.Event(), threading.Event()

    def write(*_: object) -> Any:
        begun.set()
        ends.wait()
        return (None, b"written") if module is records else b"written"

    monkeypatch.setattr(module, writer, write)
    asking = [asyncio.create_task(answer(exchange(number))) for number in (1, 2)]
    try:
        await asyncio.to_thread(begun.wait, 5)
        for _ in range(10):
            await asyncio.sleep(0)
        async with operations:
            pass
    finally:
        ends.set()

    assert [(await each).body for each in asking] == [b"written", b"written"]
