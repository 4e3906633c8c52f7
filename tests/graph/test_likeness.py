"""How alike clauses are, and which of many are looked at for one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from graph.clauses.likeness import Index, Weights, Wordings, likeness
from graph.clauses.matching import Likenesses
from graph.model import Clause, ClauseKind

_WORDS = st.lists(
    st.sampled_from(["we", "keep", "your", "data", "datum", "30", "days", "Email"]), min_size=1, max_size=12
)
_TEXTS = _WORDS.map(" ".join) | st.text(min_size=1, max_size=20)


def a_clause(text: str, kind: ClauseKind = ClauseKind.PARAGRAPH, key: str = "p1") -> Clause:
    return Clause(key, "1", kind, text, None)


@given(
    one=_TEXTS,
    other=_TEXTS,
    kind=st.sampled_from([ClauseKind.PARAGRAPH, ClauseKind.TABLE_ROW]),
    least=st.floats(-1, 1),
    offset=st.sampled_from([-1e-3, 0.0, 1e-3, None]),
)
def test_what_is_not_alike_enough_is_not_alike_at_all(
    one: str, other: str, kind: ClauseKind, least: float, offset: float | None
) -> None:
    first, second = Wordings().of([a_clause(one, kind), a_clause(other, kind)])
    found = likeness(first, second)
    if offset is not None:
        least = min(found + offset, 1.0)  # where it is decided
    assert likeness(first, second, least) == (found if found >= least else 0.0)
    assert likeness(second, first) == found


@given(one=_TEXTS, other=_TEXTS)
def test_the_same_words_are_shared_in_any_order(one: str, other: str) -> None:
    first, second, turned = Wordings().of(a_clause(each) for each in (one, other, " ".join(reversed(one.split()))))
    weights = Weights([first, second])
    shared = weights.shared(weights.weighed(first), weights.weighed(second))
    assert 0 <= shared <= 1
    assert shared == weights.shared(weights.weighed(second), weights.weighed(first))
    if sorted(first.words) == sorted(turned.words) and first.words:
        assert weights.shared(weights.weighed(first), weights.weighed(turned)) == 1


def test_rare_words_tell_more_than_common_ones() -> None:
    wordings = Wordings().of(a_clause(text) for text in ("we keep cookies", "we keep logs", "some send cookies", "we"))
    weights = Weights(wordings)
    weighed = [weights.weighed(each) for each in wordings]
    assert weights.shared(weighed[0], weighed[2]) < weights.shared(weighed[0], weighed[1]) < 1


def test_of_many_that_are_alike_the_nearest_are_looked_at() -> None:
    wordings = Wordings().of([a_clause("the same text")] * 5000)
    index = Index(wordings)
    assert index.candidates(wordings[0], 3000) == [
        3000,
        *(3000 + sign * n for n in range(1, 6) for sign in (-1, 1)),
        2994,
    ]
    assert index.candidates(wordings[0], 0) == list(range(12))
    assert index.candidates(wordings[0], 4999) == list(range(4999, 4987, -1))


def test_the_most_alike_is_the_first_of_equals() -> None:
    clauses = [
        a_clause(text, key=key)
        for key, text in (("a", "Nothing of it"), ("b", "We keep logs for 30 days"), ("c", "We keep logs for 60 days"))
    ]
    text = Likenesses(clauses)
    assert text.most_like(a_clause("We keep logs for 90 days")) is clauses[1]
    assert text.most_like(a_clause("We keep logs for 60 days")) is clauses[2]
    assert text.most_like(a_clause("€€€")) is None
    assert Likenesses(()).most_like(clauses[0]) is None
