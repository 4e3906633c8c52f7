"""The table of rules as a whole: each is tried, and each field of the model has one."""

from __future__ import annotations

from dataclasses import fields, replace

from graph.data_map import DataMap
from graph.impact import changes
from graph.impact.elements import ADDED, ALTERED, LINKED, REMOVED, UNLINKED
from graph.impact.rules import RULES, Whom
from graph.links import LINKS
from graph.map_file.shape import kinds
from server.settings import ROOT
from tests.builders import (
    a_policy,
    a_purpose,
    a_revision,
    a_service,
)
from tests.graph.impact.estate import (
    EXCEPTION,
    added,
    altered,
)
from tests.graph.impact.test_rules_of_clauses import ROWS as CLAUSES
from tests.graph.impact.test_rules_of_disclosure import ROWS as DISCLOSURE
from tests.graph.impact.test_rules_of_processing import ROWS as PROCESSING
from tests.graph.impact.test_rules_of_promises import ROWS as PROMISES


def test_every_rule_is_tried() -> None:
    assert {row.rule for rows in (CLAUSES, DISCLOSURE, PROCESSING, PROMISES) for row in rows} == {
        rule.name for rule in RULES
    }
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_every_field_of_the_model_has_its_rule() -> None:
    """But for the key, for what is for staff, and for citations."""
    labels = [kind.element.__name__ for kind in kinds()]
    assert list(ALTERED) == labels
    assert list(ADDED) == list(REMOVED) == [label for label in labels if label != "Controller"]
    for kind in kinds():
        label = kind.element.__name__
        links = {name: link.type for name, link in LINKS.get(label, {}).items() if link.label != "RetentionException"}
        named = {field.name for field in fields(kind.element)} - {"key", "note", "owner", "clauses"}
        assert ALTERED[label].keys() == named - links.keys(), label
        assert set(LINKED.get(label, {})) == set(UNLINKED.get(label, {})) == set(links.values()), label


def test_a_change_cites_the_clauses_that_state_it() -> None:
    policy = a_policy("old", "new", "reason")
    rule = replace(EXCEPTION, clauses=("reason",))
    before = altered(
        "purposes", "news", clauses=("old",), elements=added("purposes", a_purpose("gone", clauses=("old",)))
    )
    after = altered("purposes", "news", clauses=("new", "old"), name="New name")
    after = altered("retention_rules", "short", elements=after, exceptions=(rule,))
    after = added("services", a_service("cellar", clauses=("new",)), elements=after)
    found = changes(DataMap(a_revision(1), policy, before), DataMap(a_revision(2), policy, after))
    assert {each.key: (each.clauses_before, each.clauses_after) for each in found} == {
        "service/cellar/added": ((), ("new",)),
        "purpose/gone/removed": (("old",), ()),
        "purpose/news/name": (("old",), ("new", "old")),
        "retention-rule/short/exceptions.disputes": ((), ("reason",)),
    }


def test_the_table_in_the_documents_is_that_of_the_code() -> None:
    text = (ROOT / "docs/impact.md").read_text("utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    told = [row for row in rows if len(row) == 5 and row[0] != "rule"]
    assert told == [
        [f"`{rule.name}`", f"`{rule.impact.value}`", rule.when, rule.whom.value, rule.source] for rule in RULES
    ]
    assert {row[0] for row in rows} >= {whom.value for whom in Whom}
