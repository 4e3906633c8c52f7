"""Whatever two policies say, and wherever somebody is: each change that touches them is told once, and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import hypothesis.strategies as st
from hypothesis import given

from graph.changes import Change, Impact, Place
from graph.data_map import DataMap
from graph.impact import changes
from graph.model import RevisionContent
from graph.notice_content import content_of
from graph.notice_content.model import ActionKind, Holdings
from graph.notices import Notice, NoticeKind
from tests.builders import a_revision
from tests.graph.notice_content.changed import EFFECTIVE, WRITTEN
from tests.strategies import valid_maps


@st.composite
def notices(draw: st.DrawFn) -> tuple[Notice, tuple[Change, ...], DataMap, DataMap]:
    """Somebody with holdings and decisions anywhere in either policy, and the changes, some judged otherwise."""
    old, new = (_data_map(number, draw(valid_maps())) for number in (1, 2))
    found = tuple(replace(each, judged=draw(st.sampled_from([each.judged, *Impact]))) for each in changes(old, new))
    services = sorted({each for data_map in (old, new) for each in data_map.services})
    categories = sorted({each for data_map in (old, new) for each in data_map.data_categories})
    purposes = sorted({each for data_map in (old, new) for each in data_map.purposes})
    places = st.builds(Place, st.sampled_from(services), st.sampled_from(categories))
    notice = Notice(
        "subject-1",
        2,
        draw(st.sampled_from(NoticeKind)),
        WRITTEN,
        tuple(sorted(draw(st.frozensets(places, max_size=6)))),
        tuple(sorted(draw(st.frozensets(st.sampled_from(purposes), max_size=2)))),
    )
    return notice, found, old, new


def _data_map(number: int, content: RevisionContent) -> DataMap:
    revision = a_revision(number, published_at=WRITTEN, effective_at=EFFECTIVE, language=content.language)
    return DataMap(revision, content.policy, content.elements)


def touches(change: Change, notice: Notice) -> bool:
    touch = change.touch
    return (
        touch.everyone
        or any(place in touch.places or Place(place.service) in touch.places for place in notice.places)
        or not touch.purposes.isdisjoint(notice.purposes)
    )


def spots(groups: tuple[Holdings, ...]) -> set[tuple[str, str]]:
    return {(service.key, category.key) for each in groups for service in each.services for category in each.categories}


@given(notices())
def test_each_change_that_touches_a_person_is_told_once_and_no_other_the_gravest_first(
    case: tuple[Notice, tuple[Change, ...], DataMap, DataMap],
) -> None:
    notice, found, old, new = case
    content = content_of(notice, found, old, new)
    expected = [each.key for each in found if each.impact is not Impact.NONE and touches(each, notice)]
    assert Counter(detail.change for item in content.items for detail in item.details) == Counter(expected)
    assert len({item.key for item in content.items}) == len(content.items)
    ranks = [max(detail.impact.rank for detail in item.details) for item in content.items]
    assert [item.impact.rank for item in content.items] == ranks == sorted(ranks, reverse=True)
    offered = {kind for item in content.items for kind in item.actions} or {ActionKind.ASK}
    assert {action.kind for action in content.actions} == offered
    purposes = {each.key for item in content.items for each in item.purposes}
    assert {each.key for action in content.actions for each in action.purposes} <= purposes


@given(notices())
def test_a_person_is_told_of_no_holdings_but_their_own_that_a_change_touches(
    case: tuple[Notice, tuple[Change, ...], DataMap, DataMap],
) -> None:
    notice, found, old, new = case
    content = content_of(notice, found, old, new)
    by_key = {each.key: each for each in found}
    for item in content.items:
        assert {each.key for each in item.decisions} <= set(notice.purposes)
        assert spots(item.holdings) == {spot for detail in item.details for spot in spots(detail.holdings)}
        for detail in item.details:
            touch = by_key[detail.change].touch
            assert spots(detail.holdings) == {
                (place.service, place.category)
                for place in notice.places
                if place.category is not None and touch.holds(place.service, place.category)
            }
    turned = replace(notice, places=notice.places[::-1], purposes=notice.purposes[::-1])
    assert content_of(turned, found, old, new) == content
