"""Policies as companies publish them: what becomes of each, to the letter, and that no word of it is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from graph.clauses import read_policy
from graph.errors import InvalidRevision
from tests.graph.policy_import.spoken import (
    imported,
    markdown_of,
    words,
    words_of_clauses,
    words_of_html,
)

# What is no word in documents/github.md: front matter, comments, tags, addresses, keys, numbers of items.
MARKS_OF_THE_MARKDOWN = (
    r"\A---.*?---\r\n",
    r"<!--.*?-->|^\[//\].*?$|^\[TOC\]",
    r"</?(?:h1|table|tr|th|td|a|kbd|br)\b[^>]*>",
    r"^\[issues\]: .*?$|\[issues\]",
    r"\{#[^}]*\}",
    r"^ *\d\.(?= )",
)
FOLDER = Path(__file__).parent / "documents"


@dataclass(frozen=True, slots=True)
class Document:
    """`around` selects what is no text of a page; `more` are words that are in the clauses once more often, because a
    cell spans rows; `numbers` are those of items, which are marks of Markdown and no words."""

    name: str
    format: str
    encoding: str
    is_guessed: bool = False
    around: str = ""
    left_out: Mapping[str, int] = field(default_factory=dict)
    recognised: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


DOCUMENTS = [
    Document(
        "cms_page.html",
        "html",
        "UTF-8",
        around=".skip-link, .cookie-banner, nav, form, aside, footer, noscript",
        left_out={
            "skip link": 3,
            "cookie banner": 5,
            "header": 2,
            "form": 2,
            "aside": 3,
            "footer": 5,
            "noscript": 5,
        },
        more=("Schweiz",),
    ),
    Document("div_soup.html", "html", "UTF-8", recognised=("Data use", "Collection", "Sharing", "Contact")),
    Document("github.md", "markdown", "UTF-8", left_out={"[TOC]": 1}),
    Document("google_docs.html", "html", "UTF-8"),
    Document(
        "plain.txt",
        "text",
        "UTF-8",
        recognised=(
            "PRIVACY STATEMENT OF FOXGLOVE HARDWARE",
            "1. Scope",
            "2. What we note down",
            "2.1 What we do not note",
            "3. WHO ELSE SEES IT?",
        ),
    ),
    Document("preformatted.html", "html", "UTF-8", numbers=("1", "2")),
    Document(
        "russian.html",
        "html",
        "windows-1251",
        is_guessed=True,
        recognised=(
            "ПОЛИТИКА КОНФИДЕНЦИАЛЬНОСТИ",
            "1. Общие положения",
            "2. Какие данные мы собираем",
            "2.1. Чего мы не собираем",
            "3. Передача данных",
        ),
    ),
    Document("sub_processors.html", "html", "UTF-8"),
    Document("utf16.txt", "text", "UTF-16"),
    Document("word.html", "html", "windows-1252", around="[style*='mso-list:Ignore']"),
]


def source(document: Document) -> bytes:
    return (FOLDER / document.name).read_bytes()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_a_document_becomes_the_markdown_beside_it(document: Document) -> None:
    expected = (FOLDER / "expected" / f"{document.name}.md").read_text("utf-8")
    assert markdown_of(source(document)) == expected


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_what_was_done_is_told(document: Document) -> None:
    found = imported(source(document))
    assert found.format == document.format
    assert (found.source.encoding, found.source.is_guessed) == (document.encoding, document.is_guessed)
    assert found.left_out == document.left_out
    assert found.recognised == document.recognised
    assert found.odd_keys == ()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_no_word_of_a_document_is_lost(document: Document) -> None:
    said = words_of_clauses(read_policy(markdown_of(source(document))).policy.clauses)
    expected = spoken(document)
    for number in document.numbers:
        expected.remove(number)
    if not document.more:
        assert said == expected
    assert sorted(said) == sorted([*expected, *document.more])


def spoken(document: Document) -> list[str]:
    data = source(document)
    if document.format == "html":
        tree = LexborHTMLParser(data.decode({"UTF-8": "utf-8"}.get(document.encoding, document.encoding)))
        for node in tree.css(document.around) if document.around else ():
            if node.parent is not None:
                node.decompose()
        return words_of_html(tree.html or "")
    text = data.decode(document.encoding).removeprefix("\ufeff")
    if document.format == "text":
        # Numbers of items are marks in Markdown, and those of lost headings words in both.
        return words(text)
    for mark in MARKS_OF_THE_MARKDOWN:
        text = re.sub(mark, " ", text, flags=re.MULTILINE | re.DOTALL)
    return words(text)


def test_a_page_that_a_script_makes_is_refused_with_a_way_out() -> None:
    with pytest.raises(InvalidRevision) as caught:
        imported((FOLDER / "one_page_app.html").read_bytes())
    (problem,) = caught.value.problems
    assert problem.message == "there is no text but 9 words that stand around one (noscript)"
    assert problem.hint == "import it with --keep-all, or save the part that is the policy"
