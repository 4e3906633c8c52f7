"""Which numbers that clauses begin with are their own, and which are amounts and dates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.clauses import read_policy
from graph.clauses.numbering import Numbers, after_numbering
from graph.clauses.words import number_of_clause


def counting(markdown: str) -> list[str]:
    """The first words of the clauses whose numbers are their own."""
    clauses = read_policy(markdown).policy.clauses
    numbers = Numbers([(each, number_of_clause(each)) for each in clauses])
    return [each.text.split()[0] for each in clauses if numbers.of(each) and numbers.counts(each)]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("1\\. One\n\n2\\. Two\n\n9\\. Nine\n", ["1\\.", "2\\."]),
        ("2\\. Two\n\nSome text.\n\n3\\. Three\n", ["2\\.", "3\\."]),
        ("(1) One\n\n(2) Two\n", ["(1)", "(2)"]),
        ("# 7. Alone\n", ["7."]),
        ("# 3. Three\n\n3.1 We keep it\n\n3.5 Promille\n", ["3.", "3.1"]),
        # Of another kind, or of as many parts but of another whole.
        ("# 1. One\n\n2\\. Text\n", ["1."]),
        ("2.1 Some text\n\n3.2 Some text\n", []),
        # A date is no number of anything.
        ("25\\. May 2018\n\n26\\. May 2018\n", []),
        ("| 1. | a |\n|---|---|\n| 2. | b |\n| 5. | c |\n", ["1.", "2."]),
    ],
)
def test_a_number_of_its_own_goes_on_counting(markdown: str, expected: list[str]) -> None:
    assert counting(markdown) == expected


@pytest.mark.parametrize(
    "heading", ["Article 5 - Scope", "Section 5 \u2014 Scope", "Artikel 5. Scope", "\u00a7 5 Scope"]
)
def test_a_heading_is_numbered_with_a_word_too(heading: str) -> None:
    assert list(after_numbering(heading.split(), is_heading=True)) == ["Scope"]


@given(
    st.integers(1, 99),
    st.sampled_from(["{}.", "{})", "({})", "{}.7.", "{}. a)"]),
    st.sampled_from(["Users", "we keep"]),
)
def test_what_a_clause_begins_with_is_taken_off_once(number: int, form: str, text: str) -> None:
    words = f"{form.format(number)} {text}".split()
    rest = after_numbering(words)
    assert list(rest) == text.split()
    assert after_numbering(rest) == rest
