"""Whatever a policy says: letters hold all that changes, alike in both parts, and nothing of it can run."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.changes import WordsKind
from graph.notice_content.model import NoticeContent
from server.notify.notice_links import NoticeLinks
from server.notify.page import CLAUSES_AT_MOST
from server.notify.stationery import COLUMNS, Stationery, Written
from tests.server.notify.contents import contents

LINKS = NoticeLinks("https://privacy.example.com")
NOTICE = "0" * 32
# Written out here a second time on purpose: what the templates hold may not be what decides whether they are right.
ALLOWED: dict[str, set[str]] = {
    "html": {"lang", "dir", "style"},
    "meta": {"charset", "name", "content"},
    "a": {"href", "style"},
    "p": {"style", "lang"},
    "dd": {"style", "lang"},
    "span": {"style", "lang"},
    **{tag: {"style"} for tag in ("body", "div", "h1", "h2", "h3", "dl", "dt", "del", "ins", "ol", "li")},
    **{tag: set() for tag in ("head", "title", "b", "br")},
}
_WORDS = re.compile(r"[^\s:=-]+")
_NUMBER = re.compile(r"\d+\.")

letters = given(contents, st.sampled_from(("en", "de", "ru")))


class Page(HTMLParser):
    """What a mail program would make of HTML. `links`: where it leads, each with its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.links: list[tuple[str, str]] = []
        self.others: list[str] = []
        self.text = ""
        self._within: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self._within.append(tag)
        if tag not in ("b", "span", "del", "ins"):
            self.text += "\n"
        if tag == "a":
            self.links.append((dict(attrs)["href"] or "", ""))

    def handle_endtag(self, tag: str) -> None:
        assert self._within.pop() == tag

    def handle_data(self, data: str) -> None:
        if "a" in self._within:
            address, text = self.links.pop()
            self.links.append((address, text + data))
        elif "body" in self._within:
            self.text += data

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)


@cache
def stationery() -> Stationery:
    return Stationery(None)


def write(content: NoticeContent, language: str) -> Written:
    return stationery().write(content, language, LINKS, NOTICE)


@letters
def test_nothing_that_a_policy_says_becomes_part_of_the_page(content: NoticeContent, language: str) -> None:
    page = Page(write(content, language).html)
    assert page.others == []
    assert {tag for tag, _ in page.elements} <= ALLOWED.keys()
    assert [(tag, found) for tag, found in page.elements if not found.keys() <= ALLOWED[tag]] == []
    assert all(address.startswith("https://privacy.example.com/policy") for address, _ in page.links)


@letters
def test_the_text_and_the_html_say_the_same(content: NoticeContent, language: str) -> None:
    written = write(content, language)
    page = Page(written.html)
    (label,) = {text for address, text in page.links[-1:]}
    addresses = [address for address, _ in page.links]
    text = written.text
    for address in addresses:
        assert address in text
        text = text.replace(address, "", 1)
    assert _words(text) == sorted([*_words(page.text), *_words(label)])


def _words(text: str) -> list[str]:
    """Without what the text has in the place of layout: capitals, lines, and the numbers of a list."""
    return sorted(word for word in _WORDS.findall(text.casefold()) if not _NUMBER.fullmatch(word))


@letters
def test_no_line_of_text_is_longer_than_it_may_be_but_for_one_word(content: NoticeContent, language: str) -> None:
    written = write(content, language)
    longest = [line for line in written.text.splitlines() if len(line) > COLUMNS]
    assert [line for line in longest if len(line.split()) > 1 and not set(line) <= set("=-")] == []
    assert "\n" not in written.title
    assert written.title.strip() == written.title != ""


@letters
def test_all_that_is_removed_from_a_clause_or_added_to_it_is_shown(content: NoticeContent, language: str) -> None:
    if content.kind.value == "WITHDRAWAL":
        return
    page = Page(write(content, language).html)
    said = " ".join(page.text.split())
    for item in content.items:
        for told in [each for each in item.clauses if each.is_changed][:CLAUSES_AT_MOST]:
            runs = [each.text for each in told.words if each.kind is not WordsKind.SAME]
            whole = [each.text for each in (told.before, told.after) if each is not None and not told.words]
            for text in (*runs, *whole):
                assert " ".join(text.split()) in said


@settings(max_examples=30)
@given(contents)
def test_the_same_is_written_whenever_it_is_written(content: NoticeContent) -> None:
    assert write(content, "en") == write(content, "en")
