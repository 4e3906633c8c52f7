"""The keys of an imported text, and the citations of the map that it is imported under."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph.clauses import read_policy
from graph.clauses.successors import Successors
from graph.errors import InvalidRevision
from graph.map_file.rules import NO_CLAUSE
from graph.model import Clause, ClauseKind
from graph.policy_import.citations import broken_citations, followed
from graph.policy_import.keys import KeyedPolicy, keyed_policy
from graph.revision_file import Before, read_revision_texts
from tests.builders import A_MAP_TEXT, a_map
from tests.graph.policy_import.spoken import imported, keyed

BEFORE = """\
# Privacy policy

## Data we hold {#data}

We hold your email address so that we can send invoices to it. {#data.email}

We hold your telephone number only if you give it to us.

- street and house number
- town and country {#data.town}

## Who receives data

| Company | Country |
| --- | --- |
| Example Mail Ltd. | Cyprus |
| Example Cloud Inc. | Ireland |
"""
CLAUSES = read_policy(BEFORE).policy.clauses


def after(markdown: str, **options: bool) -> KeyedPolicy:
    return keyed_policy(imported(markdown).blocks, "policy", CLAUSES, **options)


def keys(found: KeyedPolicy) -> list[str]:
    return [clause.key for clause in found.policy.clauses]


def test_the_same_text_has_the_same_keys_and_none_is_written_that_its_place_gives() -> None:
    found = after(BEFORE)
    assert found.policy == read_policy(BEFORE).policy
    assert found.kept == tuple(clause.key for clause in CLAUSES)
    assert (dict(found.renamed), found.gone, found.new) == ({}, (), ())


def test_a_text_without_its_keys_gets_them_back() -> None:
    assert (
        after(BEFORE.replace(" {#data}", "").replace(" {#data.email}", "").replace(" {#data.town}", "")).policy.markdown
        == BEFORE
    )


def test_clauses_keep_their_keys_when_others_are_put_in_before_them() -> None:
    found = after(
        BEFORE.replace(
            "We hold your telephone", "We hold nothing of people under 18.\n\nWe hold your telephone"
        ).replace("| Example Mail", "| Zebra GmbH | Germany |\n| Example Mail")
    )
    assert found.policy.markdown == BEFORE.replace(
        "We hold your telephone number only if you give it to us.",
        "We hold nothing of people under 18.\n\nWe hold your telephone number only if you give it to us. {#data.p2}",
    ).replace(
        "| Example Mail Ltd. | Cyprus |\n| Example Cloud Inc. | Ireland |",
        "| Zebra GmbH | Germany |\n| Example Mail Ltd. | Cyprus {#who-receives-data.r2} |\n"
        "| Example Cloud Inc. | Ireland {#who-receives-data.r3} |",
    )
    assert found.new == ("data.p2-2", "who-receives-data.r2-2")
    assert found.gone == ()


def test_a_new_heading_keeps_the_key_of_its_section_and_of_all_that_is_in_it() -> None:
    found = after(BEFORE.replace("## Who receives data", "## 3. To whom we pass data on"))
    assert "## 3. To whom we pass data on {#who-receives-data}\n" in found.policy.markdown
    assert keys(found) == [clause.key for clause in CLAUSES]
    assert found.policy.markdown.count("{#") == BEFORE.count("{#") + 1


def test_what_was_moved_keeps_its_key() -> None:
    phone = "We hold your telephone number only if you give it to us."
    found = after(BEFORE.replace(f"{phone}\n\n", "") + f"\n{phone}\n")
    assert found.policy.markdown.endswith(f"{phone} {{#data.p2}}\n")
    assert set(keys(found)) == {clause.key for clause in CLAUSES}


def test_the_key_of_what_is_gone_is_given_to_nothing_else() -> None:
    found = after(
        BEFORE.replace("We hold your telephone number only if you give it to us.", "Cookies are set by nobody.")
    )
    assert [clause.key for clause in found.gone] == ["data.p2"]
    assert found.new == ("data.p2-2",)
    assert "Cookies are set by nobody. {#data.p2-2}\n" in found.policy.markdown


def test_a_key_that_the_source_gives_stays_and_says_which_clause_it_is() -> None:
    found = after(BEFORE.replace("{#data.email}", "{#data.mail}").replace("Ireland |", "Ireland {#cloud} |"))
    assert dict(found.renamed) == {"data.email": "data.mail", "who-receives-data.r3": "cloud"}
    assert (found.gone, found.new) == ((), ())
    given = after("## Data {#data}\n\nSomething else entirely stands here. {#data.email}\n")
    assert given.kept == ("data", "data.email")


def test_keys_that_the_source_swaps_are_swapped() -> None:
    swapped = (
        BEFORE.replace("{#data.email}", "{#x}").replace("{#data.town}", "{#data.email}").replace("{#x}", "{#data.town}")
    )
    found = after(swapped)
    assert found.policy.markdown == swapped
    assert set(found.kept) == {clause.key for clause in CLAUSES}


def test_every_key_can_be_written() -> None:
    found = keyed_policy(imported("# A\n\nb\n\n```\nc\n```\n\n- d\n").blocks, "policy", all_keys=True)
    assert found.policy.markdown == "# A {#a}\n\nb {#p1}\n\n```\nc\n```\n\n- d {#i1}\n"
    assert keyed(found.policy.markdown).policy == found.policy


def test_a_code_block_has_the_key_of_its_place() -> None:
    code = read_policy("```\nx = 1\n```\n").policy.clauses
    found = keyed_policy(imported("First.\n\n```\nx = 1\n```\n").blocks, "policy", code)
    assert dict(found.renamed) == {"p1": "p2"}
    assert found.new == ("p1-2",)


def test_many_clauses_keep_their_keys() -> None:
    names = [f"{first} {second}" for first in "abcdefghij" for second in "klmnopqrst"]
    before = "\n\n".join(f"## {name}\n\nWe hold the {name} of people." for name in names)
    clauses = read_policy(before).policy.clauses
    found = keyed_policy(imported(f"## New\n\nOf no one.\n\n{before}").blocks, "policy", clauses)
    assert len(found.kept) == len(clauses) == 200
    assert found.policy.markdown.count("{#") == 0
    assert found.new == ("new", "new.p1")


# ---- citations -------------------------------------------------------------------------------------------------------


def test_citations_follow_their_clauses() -> None:
    elements = a_map()
    assert followed(elements, {}) is elements
    moved = followed(elements, {"statement": "says.so"})
    assert moved.controller.clauses == ("says.so",)
    assert moved.retention_rules[0].clauses == ("says.so",)
    assert followed(moved, {"says.so": "statement"}) == elements


def test_two_citations_of_one_clause_become_one() -> None:
    elements = a_map()
    both = replace(elements, controller=replace(elements.controller, clauses=("a", "b")))
    assert followed(both, {"a": "c", "b": "c"}).controller.clauses == ("c",)
    swapped = followed(both, {"a": "b", "b": "a"})
    assert swapped.controller.clauses == ("b", "a")


def test_each_broken_citation_is_told_with_its_place() -> None:
    problems = broken_citations(a_map(), {"policy"}, {"statement": "look elsewhere"}.get, "map of revision 3")
    assert str(problems[0]) == f"map of revision 3:0: controller.clauses: {NO_CLAUSE} 'statement': look elsewhere"
    assert [problem.message.partition(".clauses")[0] for problem in problems][:3] == [
        "controller",
        "services.billing",
        "data_categories.email",
    ]
    assert broken_citations(a_map(), {"policy", "statement"}, lambda key: None, "map") == []


def test_what_a_clause_said_and_where_it_probably_is_now_is_told() -> None:
    now = after(
        BEFORE.replace("{#data.email}", "{#data.mail}").replace(
            "We hold your telephone number only if you give it to us.\n\n", ""
        )
    )
    successors = Successors(3, CLAUSES, now.policy.clauses)
    assert successors.hint("data.email") == (
        "in revision 3 it was 'We hold your email address so that we can send invoices to i…'; "
        "that is likely 'data.mail' "
        "now, 'We hold your email address so that we can send invoices to i…'"
    )
    assert successors.hint("data.p2") == (
        "in revision 3 it was 'We hold your telephone number only if you give it to us.'; the most "
        "alike now is 'data.mail', "
        "'We hold your email address so that we can send invoices to i…'"
    )
    assert successors.hint("never.was") is None
    alone = Successors(3, CLAUSES, (Clause("x", "1", ClauseKind.PARAGRAPH, "Щ"),))
    assert alone.hint("data.town") == (
        "in revision 3 it was 'town and country'; nothing is like it now: cite another clause, or take the citation out"
    )


def test_a_map_that_cites_what_its_policy_no_longer_has_is_told_where_it_went() -> None:
    old = read_policy("# P {#policy}\n\nWe send messages with Example Mail. {#statement}\n").policy.clauses
    new = "# P {#policy}\n\nWe send messages by Example Mail. {#says}\n"
    with pytest.raises(InvalidRevision) as caught:
        read_revision_texts(new, A_MAP_TEXT, before=Before(7, old))
    hints = {problem.hint for problem in caught.value.problems}
    assert hints == {
        "in revision 7 it was 'We send messages with Example Mail.'; that is likely 'says' now, "
        "'We send messages by Example Mail.'"
    }
    with pytest.raises(InvalidRevision) as caught:
        read_revision_texts(new, A_MAP_TEXT)
    assert {problem.hint for problem in caught.value.problems} == {
        "cite a clause of policy.md, or give one this key: {#statement}"
    }
