"""A record as a page: whole by itself, with nothing in it that runs, and each clause where its links lead."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

from hypothesis import given, settings
from selectolax.lexbor import LexborHTMLParser, LexborNode

from graph.model import RevisionState
from server.records.composition import compose
from server.records.document import Document, RecordOf
from server.records.page import page_policy, record_page
from tests.builders import a_revision
from tests.server.records.documents import LINKS, a_document, first_policy, hostile_documents


def page_of(document: Document) -> LexborHTMLParser:
    return LexborHTMLParser(record_page(document).decode())


def texts(page: LexborHTMLParser | LexborNode, selector: str) -> list[str]:
    return [" ".join(each.text(separator=" ").split()) for each in page.css(selector)]


def test_a_page_says_what_it_is_and_has_the_rows() -> None:
    page = page_of(a_document())
    assert texts(page, "title") == ["Record of processing activities of the controller: Acme Ltd, revision 1"]
    assert texts(page, "h1") == ["Record of processing activities of the controller"]
    assert texts(page, "h2") == ["Processing activities", "Security measures", "Not stated", "Clauses of the policy"]
    assert texts(page, ".controller thead th")[:2] == [
        "No.",
        "Service Purpose of the processing Art. 30(1)(b) Legal basis Element of the map",
    ]
    (row,) = page.css(".controller tbody tr")
    assert texts(row, "th") == ["1"]
    assert "Service Billing" in texts(row, "td")[0]
    assert texts(row, ".unstated") == ["Not stated: the categories of data subjects"]


def test_every_link_leads_to_a_clause_and_from_there_to_the_policy() -> None:
    for of in RecordOf:
        page = page_of(compose(first_policy(), of, LINKS))
        ids = {each.attributes["id"] for each in page.css("[id]")}
        cited = [each.attributes["href"] or "" for each in page.css(f".{of} a")]
        assert len(cited) > 100
        assert {each.removeprefix("#") for each in cited} <= ids
        addresses = [each.attributes["href"] for each in page.css(".clauses a")]
        keys = [each.text() for each in page.css(".clauses a")]
        assert addresses[: len(keys)] == [f"https://privacy.example/policy/1#clause-{key}" for key in keys]


def test_a_draft_says_so_and_its_clauses_are_nowhere_else() -> None:
    drafted = replace(a_revision(), state=RevisionState.DRAFT, published_at=None, effective_at=None)
    page = page_of(a_document(revision=drafted))
    assert texts(page, ".state") == ["This is a draft: what it says was never in force."]
    assert page.css(".clauses td a") == []
    assert page_of(a_document()).css(".state") == []


def test_the_page_may_have_its_own_style_and_nothing_else() -> None:
    page = record_page(a_document()).decode()
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert page_policy() == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert re.findall(r"\s(?:style|on\w+|src)=", page) == []


@settings(max_examples=60)
@given(hostile_documents())
def test_no_text_becomes_markup(document: Document) -> None:
    page, plain = page_of(document), page_of(a_document(document.of))
    # The same elements as of a record with other texts.
    assert {each.tag for each in page.css("*")} == {each.tag for each in plain.css("*")}
    assert len(page.css("style")) == 1
    assert page.css("script") == []
    (row,) = page.css(f".{document.of} tbody tr")
    lines = [line for cell in document.rows.rows[0].cells for line in cell.said]
    shown = texts(row, "p")
    assert [line for line in lines if " ".join(line.split()) not in shown] == []


def test_a_clause_is_shown_with_its_markup_and_no_other() -> None:
    document = a_document()
    (clause,) = document.clauses
    changed = replace(clause, text="We *keep* <script>alert(1)</script> [it](javascript:1).")
    html = record_page(replace(document, clauses=(changed,))).decode()
    assert "<td>We <em>keep</em> &lt;script&gt;alert(1)&lt;/script&gt; [it](javascript:1).</td>" in html
