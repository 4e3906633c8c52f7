"""The seed's revisions: where they lie, the map of one as it is in force, and the gaps that the checks find in it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from graph.checks import findings
from graph.data_map import DataMap
from graph.model import FindingKind, RevisionContent
from tests.builders import a_revision

SEED = Path(__file__).parents[2] / "seed"
POLICY_OF_2018 = SEED / "ispsystem" / "2018-11-12"
EXAMPLE_REVISION = SEED / "ispsystem" / "example-revision"

IN_FORCE = datetime(2018, 11, 12, tzinfo=UTC)


def map_in_force(content: RevisionContent) -> DataMap:
    """The map of `content`, published as revision 1 and in force since 12 November 2018."""
    revision = a_revision(
        language=content.language,
        summary=content.summary,
        drafted_at=IN_FORCE,
        published_at=IN_FORCE,
        effective_at=IN_FORCE,
    )
    return DataMap(revision, content.policy, content.elements)


def gaps(content: RevisionContent) -> set[tuple[str, str, str]]:
    """Rule, kind of element and key of each finding. Fails where one is no gap, cites no clause or is there twice."""
    found = findings(content.elements, content.policy)
    assert [each for each in found if each.kind is not FindingKind.GAP] == []
    assert all(each.clauses for each in found)
    rows = [(each.rule, each.element_kind, each.element) for each in found]
    assert len(set(rows)) == len(rows)
    return set(rows)
