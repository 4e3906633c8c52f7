"""What takes a thread for long: who waits for it, what becomes of it when a request is over, and that others go on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pytest

from graph import checks
from graph.changes import Touch
from graph.data_map import DataMap
from graph.falls import Fall
from graph.model import ElementKind, ElementName
from graph.people import Holders, PeopleCount
from server import context as contexts
from server.context import Context
from server.notify.prospect import turn_to_look
from server.schema import elements, falls
from server.schema.elements import MapView
from server.schema.falls import load_impact
from server.schema.findings import load_findings
from server.schema.outline import load_outline
from server.schema.paths import ElementInput
from server.schema.people import count_people_at
from server.schema.revisions import view_of
from server.viewer import Scope, Viewer
from tests.builders import a_map, a_policy, a_revision, a_service
from tests.server.api import TODAY
from tests.server.threads import Slow, give_way

BILLING = ElementInput(kind=ElementKind.SERVICE, key="billing")


class Graph:
    """One that holds nothing, and that can be asked slowly."""

    def __init__(self) -> None:
        self.counted: list[Sequence[Touch]] = []
        self.asked, self.go_on = asyncio.Event(), asyncio.Event()
        self.go_on.set()

    async def count(self, database: object, touches: Sequence[Touch], *, at: object) -> list[PeopleCount]:
        self.counted.append(touches)
        self.asked.set()
        await self.go_on.wait()
        return [PeopleCount(len(each.places), is_complete=True) for each in touches]

    async def find_fallen(self, *_: object) -> Mapping[ElementName, int]:
        return {BILLING.name: 0}

    async def list_overrules(self, *_: object) -> Sequence[object]:
        return ()


@pytest.fixture
def graph(monkeypatch: pytest.MonkeyPatch) -> Graph:
    graph = Graph()
    monkeypatch.setattr(contexts, "count_people_of_each", graph.count)
    monkeypatch.setattr(falls, "find_fallen", graph.find_fallen)
    monkeypatch.setattr("server.schema.findings.list_overrules", graph.list_overrules)
    return graph


@pytest.fixture
def view() -> MapView:
    return view_of(DataMap(a_revision(1), a_policy(), a_map(services=(a_service(), a_service("support")))))


def a_request(graph: Graph) -> Context:
    others = {name: cast(Any, None) for name in ("data_maps", "comparisons", "board", "new_id", "notice", "records")}
    staff = Viewer("staff-1", frozenset({Scope.STAFF}))
    return Context(viewer=staff, database=cast(Any, graph), now=TODAY, correlation_id="0" * 32, **others)


async def ask_people(request: Context, view: MapView) -> int:
    return (await count_people_at(request, view, view.data_map.elements.services)).count


async def over(asking: asyncio.Task[Any]) -> None:
    """As when a request has run out of time."""
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


def slow_holders(monkeypatch: pytest.MonkeyPatch) -> Slow:
    slow, laid_out = Slow(), Holders.of_all

    def of_all(self: Any, named: Any) -> Touch:
        slow()
        return laid_out(self, named)

    monkeypatch.setattr(Holders, "of_all", of_all)
    return slow


# ---- how many people -------------------------------------------------------------------------------------------------


async def test_requests_count_one_after_the_other(graph: Graph, view: MapView, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = slow_holders(monkeypatch)
    asking = [asyncio.create_task(ask_people(a_request(graph), view)) for _ in range(3)]
    await slow.until_begun()
    await give_way()
    assert slow.begun == 1
    slow.end()
    services = len(view.data_map.elements.services)
    assert await asyncio.gather(*asking) == [services] * 3
    assert (len(graph.counted), slow.beside) == (3, False)


async def test_what_a_request_asks_at_once_is_counted_at_once(graph: Graph, view: MapView) -> None:
    request = a_request(graph)
    first, second = await asyncio.gather(*(count_people_at(request, view, [each]) for each in services(view)[:2]))
    assert (first.count, second.count, [len(each) for each in graph.counted]) == (1, 1, [2])


def services(view: MapView) -> Sequence[Any]:
    return view.data_map.elements.services


async def test_nothing_is_counted_for_a_request_that_is_over(graph: Graph, view: MapView) -> None:
    """Neither where it waits for its turn, nor where it has it: the next one is not held up."""
    graph.go_on.clear()
    has_it = asyncio.create_task(ask_people(a_request(graph), view))
    await graph.asked.wait()
    waits = asyncio.create_task(ask_people(a_request(graph), view))
    await give_way()
    await over(waits)
    await over(has_it)
    await give_way()
    assert not turn_to_look(cast(Any, graph)).locked()
    graph.go_on.set()
    assert await ask_people(a_request(graph), view) == len(services(view))
    assert len(graph.counted) == 2


async def test_one_who_leaves_takes_nothing_from_another_of_the_request(graph: Graph, view: MapView) -> None:
    graph.go_on.clear()
    request = a_request(graph)
    leaves, stays = (asyncio.create_task(count_people_at(request, view, [each])) for each in services(view)[:2])
    await graph.asked.wait()
    await over(leaves)
    graph.go_on.set()
    assert (await stays).count == 1


async def test_places_that_are_laid_out_for_nobody_hold_the_turn(
    graph: Graph, view: MapView, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = slow_holders(monkeypatch)
    gone = asyncio.create_task(ask_people(a_request(graph), view))
    await slow.until_begun()
    await over(gone)
    again = asyncio.create_task(ask_people(a_request(graph), view))
    await give_way()
    assert slow.begun == 1
    slow.end()
    assert await again == len(services(view))
    assert (len(graph.counted), slow.beside) == (1, False)


# ---- what falls, and what the checks find ----------------------------------------------------------------------------


async def test_reasons_are_found_for_one_request_at_a_time(
    graph: Graph, view: MapView, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow()
    monkeypatch.setattr(Fall, "new_findings", lambda *_: slow())
    known = await load_findings(a_request(graph), view)
    # As drafts are, which are loaded for each request.
    views = [view, *(view_of(DataMap(a_revision(number), a_policy(), a_map())) for number in (2, 3))]
    for each in views[1:]:
        vars(each)["findings"] = known
    gone, *others = [asyncio.create_task(load_impact(a_request(graph), each, [BILLING])) for each in views]
    await slow.until_begun()
    await over(gone)
    await give_way()
    # What is known already is told meanwhile.
    assert await load_findings(a_request(graph), view) == known
    assert slow.begun == 1
    slow.end()
    for other in others:
        assert [found.key for found in (await other).of()] == ["billing"]
    assert (slow.begun, slow.beside) == (3, False)


async def test_what_the_checks_find_is_found_once_for_all(
    graph: Graph, view: MapView, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, checked = Slow(), checks.findings

    def check(*given: Any) -> Any:
        slow()
        return checked(*given)

    monkeypatch.setattr(elements, "findings", check)
    gone = asyncio.create_task(load_findings(a_request(graph), view))
    await slow.until_begun()
    await over(gone)
    request = a_request(graph)
    asking = [load_findings(request, view), load_outline(request, view), load_impact(request, view, [BILLING])]
    waiting = [asyncio.create_task(cast(Any, each)) for each in asking]
    await give_way()
    slow.end()
    await asyncio.gather(*waiting)
    assert slow.begun == 1
