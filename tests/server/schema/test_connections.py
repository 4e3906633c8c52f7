"""Pages: where one begins, whatever became of the row before it; and what is kept with the map that pages are of."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Sequence

import pytest

from graph.data_map import DataMap
from graph.errors import InvalidInput
from server import policy_html
from server.schema import elements
from server.schema.connections import Connection, Place, page
from server.schema.ids import LENGTH_AT_MOST
from server.schema.revisions import view_of
from tests.builders import a_map, a_policy, a_revision

LONGEST = "\N{GRINNING FACE}" * 200


def read(rows: Sequence[Place], *, after: str | None = None, ordered: bool, first: int = 1) -> Connection[Place]:
    return page(
        rows, kind=f"rows-{LONGEST}", place=lambda row: row, node=lambda row: row, first=first, after=after,
        ordered=ordered,
    )  # fmt: skip


def a_data_map() -> DataMap:
    return DataMap(a_revision(), a_policy(), a_map())


class TestPlaces:
    @pytest.mark.parametrize("ordered", [True, False])
    def test_it_reads_on_after_the_row(self, ordered: bool) -> None:
        rows: list[Place] = [("alpha",), ("beta",), ("zeta",)]
        seen: list[Place] = []
        after = None
        for _ in rows:
            found = read(rows, after=after, ordered=ordered)
            seen += found.nodes()
            after = found.page_info.end_cursor()
        assert seen == rows
        assert not found.page_info.has_next_page

    def test_of_an_ordered_list_a_row_may_go(self) -> None:
        cursor = read([("beta",), ("zeta",)], ordered=True).page_info.end_cursor()
        assert read([("alpha",), ("zeta",)], after=cursor, ordered=True).nodes() == [("zeta",)]

    def test_in_any_other_order_nobody_knows_where_it_was(self) -> None:
        cursor = read([("zeta",), ("alpha",), ("beta",)], ordered=False).page_info.end_cursor()
        with pytest.raises(InvalidInput, match=r"^The row of this cursor is no longer in the list: read the list from"):
            read([("alpha",), ("beta",)], after=cursor, ordered=False)

    @pytest.mark.parametrize("ordered", [True, False])
    def test_the_longest_keys_make_cursors_that_are_read(self, ordered: bool) -> None:
        # Of all ordered lists, holdings have the longest places: service, category, id.
        keys = 3 if ordered else 100
        rows: list[Place] = [(*[LONGEST] * keys, each) for each in ("a", "b")]
        cursor = read(rows, ordered=ordered).page_info.end_cursor()
        assert cursor is not None and len(cursor) <= LENGTH_AT_MOST
        assert read(rows, after=cursor, ordered=ordered).nodes() == rows[1:]


class TestView:
    def test_it_lives_as_long_as_the_map(self) -> None:
        data_map = a_data_map()
        assert view_of(data_map) is view_of(data_map)
        gone = weakref.ref(data_map)
        del data_map
        gc.collect()
        assert gone() is None

    async def test_who_asks_meanwhile_shares_one_rendering(self, monkeypatch: pytest.MonkeyPatch) -> None:
        rendered: list[object] = []

        def count(policy: object) -> str:
            rendered.append(policy)
            return "<p>once</p>"

        monkeypatch.setattr(elements, "policy_html", count)
        view = view_of(a_data_map())
        leaving = asyncio.ensure_future(view.html())
        await asyncio.sleep(0)
        leaving.cancel()
        assert set(await asyncio.gather(view.html(), view.html())) == {"<p>once</p>"}
        assert await view.html() == "<p>once</p>"
        assert len(rendered) == 1

    def test_a_clause_is_rendered_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        view = view_of(a_data_map())
        (clause,) = [each.clause for each in view.clauses.values() if each.key == "statement"]
        first = view.clause_html(clause)
        monkeypatch.setattr(elements, "clause_html", lambda clause: "again")
        assert first == policy_html.clause_html(clause) == view.clause_html(clause)

    def test_findings_are_computed_once(self) -> None:
        view = view_of(a_data_map())
        assert view.findings is view.findings
