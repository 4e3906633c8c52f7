from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.changes import WordsKind
from graph.clauses.words import text_of
from server.pages import differences as module
from server.pages.changes_told import Mark
from server.pages.differences import Reading, TextDifferences, text_differences
from tests.server.pages.compared import of_seed, of_texts

MARKS = {WordsKind.SAME: "{}", WordsKind.REMOVED: "[-{}-]", WordsKind.ADDED: "{{+{}+}}"}


def said(reading: Reading) -> str:
    return "".join(MARKS[each.kind].format(each.text) for each in reading.words) or reading.text


def shown(differences: TextDifferences) -> list[object]:
    """Of what is folded, how many there are."""
    return [
        len(each.readings) if each.is_folded else [said(reading) for reading in each.readings]
        for each in differences.passages
    ]


def of(old: str, new: str) -> list[object]:
    return shown(text_differences(of_texts(old, new)))


def test_what_changed_is_told_word_by_word_below_what_it_stands_in() -> None:
    old = "# T\n\n## Data\n\nWe keep it.\n\nFor a year.\n\n## Rights\n\nMany.\n"
    new = "# T\n\n## Data\n\nWe keep it.\n\nFor two years.\n\n## Rights\n\nMany.\n\nMore than before.\n"

    assert of(old, new) == [
        ["T", "Data"],
        1,
        ["For [-a year-]{+two years+}.", "Rights"],
        1,
        ["{+More than before.+}"],
    ]


def test_what_is_gone_stands_where_it_stood() -> None:
    assert of("# T\n\n## A\n\na\n\nb\n\nc\n", "# T\n\n## A\n\na\n\nc\n") == [["T", "A"], 1, ["[-b-]"], 1]


def test_what_is_gone_with_its_section_stands_below_it() -> None:
    old = "# T\n\n## Alpha\n\nfirst words\n\n## Omega\n\nquite other ones\n"

    assert of(old, "# T\n\n## Alpha\n\nfirst words\n") == [["T"], 2, ["[-Omega-]", "[-quite other ones-]"]]


def test_what_moved_is_shown_where_it_is_now() -> None:
    old = "# T\n\none and only\n\ntwo of them\n\nthree in a row\n"
    (title, moved), *_ = (
        each.readings
        for each in text_differences(of_texts(old, "# T\n\nthree in a row\n\none and only\n\ntwo of them\n")).passages
        if not each.is_folded
    )

    assert (title.mark, moved.mark, moved.text) == (None, Mark.MOVED, "three in a row")
    assert moved.old is not None
    assert (moved.old.number, moved.clause.number) == ("3", "1")


def test_what_is_only_set_otherwise_says_so() -> None:
    differences = text_differences(of_texts("We keep it for a year.\n", "We keep it **for a year**.\n"))

    ((reading,),) = (each.readings for each in differences.passages)
    assert (reading.mark, reading.is_set_otherwise, said(reading)) == (Mark.REWORDED, True, "We keep it for a year.")


def test_the_made_up_revision() -> None:
    assert shown(text_differences(of_seed())) == [
        [
            "Privacy policy: web hosting software",
            "{+This text is made up. ISPsystem never published it: it is an example for trying out how two revisions "
            "are compared and how people are told.+}",
        ],
        18,
        ["Other rules that may apply"],
        1,
        ["Please read those documents [-carefuly-]{+carefully+}: to continue, you need to agree with them."],
        88,
        ["How long data is kept"],
        1,
        ["{+Log data is kept for 12 months from its collection.+}"],
        63,
        ["Processors"],
        7,
        ["{+Example Analytics Pte. Ltd. | Web analytics | Singapore+}"],
    ]


def test_past_its_bound_clauses_are_shown_as_they_were_and_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STRETCHES_AT_MOST", 5)
    text = "It is kept for {} at most.\n\nIt is given to {} as well.\n"

    differences = text_differences(
        of_texts(text.format("one year", "nobody else"), text.format("two years", "everybody else"))
    )

    assert not differences.is_whole
    assert shown(differences) == [
        [
            "It is kept for [-one year-]{+two years+} at most.",
            "[-It is given to nobody else as well.-]{+It is given to everybody else as well.+}",
        ]
    ]


sentences = st.sampled_from(
    [
        "# Title",
        "## Data",
        "## Rights",
        "We keep it.",
        "We keep it for a year.",
        "- one",
        "- two",
        "> no",
        "Nothing else.",
    ]
)
texts = st.lists(sentences, min_size=1, max_size=8).map("\n\n".join)


@settings(max_examples=150, deadline=None)
@given(texts, texts)
def test_every_clause_of_both_texts_is_there_once_with_all_its_words(old: str, new: str) -> None:
    comparison = of_texts(old, new)
    passages = text_differences(comparison).passages
    readings = [reading for passage in passages for reading in passage.readings]

    assert [each.new for each in readings if each.new] == list(comparison.new.policy.clauses)
    olds = Counter(each.old for each in readings if each.old)
    assert olds == Counter(comparison.old.policy.clauses)
    for each in readings:
        if each.words:
            for side, gone in ((each.old, WordsKind.ADDED), (each.new, WordsKind.REMOVED)):
                kept = "".join(words.text for words in each.words if words.kind is not gone)
                assert kept == (text_of(side) if side else "")
    assert all(each.mark is None for passage in passages if passage.is_folded for each in passage.readings)
