"""Plain text: paragraphs, lists, and headings that are none by any mark."""

from __future__ import annotations

import pytest

from graph.policy_import.formats import SourceFormat
from tests.graph.policy_import.spoken import imported, markdown_of

WRAPPED = (
    "We keep what you tell us when you order, and for as long as the law wants\n"
    "it kept, which is ten years for invoices. Nobody else gets it but the\n"
    "courier.\n"
)
UNWRAPPED = WRAPPED.replace("\n", " ").rpartition(" Nobody")[0]


def of_text(text: str) -> str:
    return markdown_of(text, source_format=SourceFormat.TEXT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (WRAPPED, WRAPPED.replace("\n", " ").strip() + "\n"),
        (f"{WRAPPED}Then it is deleted.\n", WRAPPED.replace("\n", " ").strip() + "\n\nThen it is deleted.\n"),
        (f"{UNWRAPPED}\n{UNWRAPPED}\nThe end\n", f"{UNWRAPPED}\n\n{UNWRAPPED}\n\nThe end\n"),
        (
            f"{WRAPPED}\nLantern Ltd.\n1 Quay Street\nGalway\n",
            WRAPPED.replace("\n", " ").strip() + "\n\nLantern Ltd.\n\n1 Quay Street\\\nGalway\n",
        ),
        ("a\n\n    b\n\n\tc", "a\n\nb\n\nc\n"),
        ("a\n-----\nb\n=====\n* * *\nc", "a\n\nb\n\nc\n"),
        ("a *b* _c_ [d](e) <f> {#g", "a \\*b\\* \\_c\\_ [d\\](e) \\<f> \\{#g\n"),
        ("a {#key}\n\nb {#Not A Key}", "a {#key}\n\nb\n"),
        ("a\r\nb\rc\n\n\x0cd", "a\\\nb\\\nc\n\nd\n"),
    ],
)
def test_paragraphs(text: str, expected: str) -> None:
    assert of_text(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a\n- b\n  c\n\n  d\n- e", "- a\n\n- b\\\n  c\n\n  d\n\n- e\n"),
        ("- a\n  * b\n      + c\n  * d\n- e", "- a\n  - b\n    - c\n  - d\n- e\n"),
        ("1. a\n2) b\n4. c", "1. a\n2. b\n\n4) c\n"),
        ("• a\n• b\n", "- a\n- b\n"),
        ("– a\n– b\n", "- a\n- b\n"),
        ("(a) b\n(b) c\nd) e", "(a) b\n\n(b) c\n\nd) e\n"),
        ("- a\n\nb\n\n- c", "- a\n\nb\n\n- c\n"),
        (
            f"{WRAPPED.strip()} In\n2018. That was long ago.",
            f"{WRAPPED.replace(chr(10), ' ').strip()} In\\\n2018\\. That was long ago.\n",
        ),
    ],
)
def test_lists(text: str, expected: str) -> None:
    assert of_text(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Es gilt ab dem\n1. Januar 2019 für alle\nder Seite.",
            "Es gilt ab dem\\\n1\\. Januar 2019 für alle\\\nder Seite.\n",
        ),
        ("Stand:\n25. Mai 2018", "Stand:\n\n25\\. Mai 2018\n"),
        ("We keep it for\n1. reason of ours", "We keep it for\\\n1\\. reason of ours\n"),
        ("We keep it for\n1. this\n2. that", "We keep it for\n\n1. this\n2. that\n"),
        ("16. Users", "16\\. Users\n"),
        ("3. Users\n4. Others", "3. Users\n4. Others\n"),
    ],
)
def test_a_number_that_counts_nothing_is_text(text: str, expected: str) -> None:
    assert of_text(text) == expected


def test_items_nested_without_end_keep_their_words() -> None:
    text = "\n".join(" " * (2 * depth) + f"- a{depth}" for depth in range(40))
    assert [line.strip(" -") for line in of_text(text).splitlines()] == [f"a{depth}" for depth in range(40)]


# ---- headings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected", "recognised"),
    [
        ("1. Scope\n\na.\n\n2. Data\n\nb.", "## 1. Scope\n\na.\n\n## 2. Data\n\nb.\n", ("1. Scope", "2. Data")),
        (
            "The policy\n\n1 Scope\n\na.\n\n2 Data\n\nb.",
            "# The policy\n\n## 1 Scope\n\na.\n\n## 2 Data\n\nb.\n",
            ("The policy", "1 Scope", "2 Data"),
        ),
        (
            "1. Scope\na.\n1.1 All\nb.\n1.1.1 More\nc.\n2. Data\nd.",
            "## 1. Scope\n\na.\n\n### 1.1 All\n\nb.\n\n#### 1.1.1 More\n\nc.\n\n## 2. Data\n\nd.\n",
            ("1. Scope", "1.1 All", "1.1.1 More", "2. Data"),
        ),
        (
            "POLICY\n\nSCOPE\n\na.\n\nDATA\n\nb.",
            "# POLICY\n\n## SCOPE\n\na.\n\n## DATA\n\nb.\n",
            ("POLICY", "SCOPE", "DATA"),
        ),
        (
            "SCOPE\n\n1.1 All\n\na.\n\n1.2 None\n\nb.",
            "# SCOPE\n\n## 1.1 All\n\na.\n\n## 1.2 None\n\nb.\n",
            ("SCOPE", "1.1 All", "1.2 None"),
        ),
        (
            "SCOPE\n\na.\n\n1. All\n\nb.\n\nDATA\n\n2. None\n\nc.",
            "## SCOPE\n\na.\n\n### 1. All\n\nb.\n\n## DATA\n\n### 2. None\n\nc.\n",
            ("SCOPE", "1. All", "DATA", "2. None"),
        ),
        (
            "§ 1 Umfang\n\na.\n\n§ 2 Daten\n\nb.",
            "## § 1 Umfang\n\na.\n\n## § 2 Daten\n\nb.\n",
            ("§ 1 Umfang", "§ 2 Daten"),
        ),
    ],
)
def test_headings_that_were_lost_are_recognised(text: str, expected: str, recognised: tuple[str, ...]) -> None:
    assert of_text(text) == expected
    assert imported(text, source_format=SourceFormat.TEXT).recognised == recognised


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("**Policy**\n\n**Scope**\n\na.\n\n**Data:**\n\nb.", "# Policy\n\n## Scope\n\na.\n\n## Data:\n\nb.\n"),
        ("# Policy\n\n**Scope**\n\na.\n\n**Data**\n\nb.", "# Policy\n\n## Scope\n\na.\n\n## Data\n\nb.\n"),
        ("**Scope** {#s}\n\na.\n\n**Data**\n\nb.", "## Scope {#s}\n\na.\n\n## Data\n\nb.\n"),
        ("**1. Scope**\n\na.\n\n**2. Data**\n\nb.", "## 1. Scope\n\na.\n\n## 2. Data\n\nb.\n"),
    ],
)
def test_lines_in_bold_alone_are_headings(markdown: str, expected: str) -> None:
    assert markdown_of(markdown) == expected


@pytest.mark.parametrize(
    "text",
    [
        "SCOPE\n\na.",  # one alone
        "1. a is so.\n\nb.\n\n2. c is so.\n\nd.",  # sentences
        "1. email\n\nb.\n\n2. name\n\nd.",  # in small letters
        "1. Email\n2. Name\n3. Phone",  # a list
        "1. Email\n\nb.\n\n1. Name\n\nd.",  # no counting
        "a\n\n## A\n\n**B**\n\nc\n\n**D**\n\ne",  # there are headings
        "a.\n\n12 Months\n\nb.\n\n30 Days\n\nc.",  # amounts
        "a.\n\nSCOPE",  # nothing below
        "SCOPE " * 13 + "\n\na.\n\n" + "DATA " * 13 + "\n\nb.",
    ],
)
def test_what_is_no_heading_is_none(text: str) -> None:
    assert imported(text).recognised == ()


def test_headings_are_recognised_in_html_too() -> None:
    page = "<!doctype html><p><b>Scope</b></p><p>a.</p><p><b>Data</b><br>b.</p>"
    assert markdown_of(page) == "## Scope\n\na.\n\n## Data\n\nb.\n"
