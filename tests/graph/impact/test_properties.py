"""What holds of the changes between any two revisions: above all, that nobody concerned is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.changes import Change, Impact
from graph.data_map import Coverage, DataMap
from graph.impact import changes
from graph.impact.rules import RULES
from graph.model import Recipient
from tests.strategies_revisions import edited, revisions

IMPACTS = {rule.name: rule.impact for rule in RULES}


@settings(max_examples=60)
@given(revisions(), revisions())
def test_a_change_is_well_formed(old: DataMap, new: DataMap) -> None:
    found = changes(old, new)
    assert len({change.key for change in found}) == len(found)
    for change in found:
        assert IMPACTS[change.rule] is change.judged is change.impact
        assert change.touch, "there is somebody whom it touches, or everyone"
        assert set(change.clauses_before) <= old.clauses.keys()
        assert set(change.clauses_after) <= new.clauses.keys()


@settings(max_examples=20)
@given(revisions())
def test_a_revision_changes_nothing_for_anybody_of_itself(revision: DataMap) -> None:
    assert changes(revision, revision) == ()


Seen = Callable[[DataMap, Coverage], Iterator[object]]


def purposes(_: DataMap, coverage: Coverage) -> Iterator[object]:
    yield from ((fact.purpose.key, fact.processing.legal_basis) for fact in coverage.processings)


def recipients(_: DataMap, coverage: Coverage) -> Iterator[object]:
    for path in coverage.paths:
        yield path.recipient.key, path.purpose.key
        if path.disclosure.identifiable:
            yield path.recipient.key, path.purpose.key, "with a name"


def countries(_: DataMap, coverage: Coverage) -> Iterator[object]:
    for path in coverage.paths:
        yield from path.recipient.countries


def unprotected(data_map: DataMap, coverage: Coverage) -> Iterator[object]:
    for path in coverage.paths:
        yield from (_place(data_map, path.recipient, key) for key in path.recipient.countries)


def _place(data_map: DataMap, recipient: Recipient, country: str) -> tuple[str, str, object]:
    return recipient.key, country, data_map.countries[country].adequacy


def conditions(_: DataMap, coverage: Coverage) -> Iterator[object]:
    for path in coverage.paths:
        yield path.recipient.key, path.case.condition


def kept(_: DataMap, coverage: Coverage) -> Iterator[object]:
    for fact in coverage.processings:
        rule = fact.retention
        yield rule.start, rule.period, rule.criterion if rule.period is None else None, rule.outcome


@settings(max_examples=200)
@given(st.data())
def test_who_has_data_used_otherwise_is_touched(data: st.DataObject) -> None:
    """Whatever the new revision says of a holding that the old one did not: some change tells its person of it."""
    old = data.draw(revisions())
    new = data.draw(edited(old))
    found = [change for change in changes(old, new) if change.impact is not Impact.NONE]
    for service in old.services:
        for category in old.data_categories:
            before, after = old.coverage(service, category), new.coverage(service, category)
            for seen, impact in (
                (purposes, Impact.DIRECT),
                (recipients, Impact.DIRECT),
                (countries, Impact.DIRECT),
                (unprotected, Impact.INDIRECT),
                (conditions, Impact.INDIRECT),
                (kept, Impact.INDIRECT),
            ):
                gained = {*seen(new, after)} - {*seen(old, before)}
                lost = {*seen(old, before)} - {*seen(new, after)}
                assert not gained or told(found, service, category, impact), (seen.__name__, service, category, gained)
                assert not lost or told(found, service, category, Impact.INDIRECT), (seen.__name__, category, lost)


def told(found: list[Change], service: str, category: str, impact: Impact) -> bool:
    return any(
        change.impact.rank >= impact.rank and (change.touch.everyone or change.touch.holds(service, category))
        for change in found
    )
