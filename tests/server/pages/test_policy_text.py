from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph.clauses import read_policy
from graph.data_map import DataMap
from server.pages import policy_text as module
from server.pages.policy_text import Heading, PolicyText, policy_text
from server.policy_html import policy_html
from tests.builders import a_map, a_revision
from tests.server.pages.parsed import Parsed
from tests.server.test_policy_html import fragments

PAGE = "/policy/3"


def of(markdown: str, language: str = "en") -> DataMap:
    return DataMap(a_revision(3, language=language), read_policy(markdown).policy, a_map())


def shown(markdown: str, language: str = "en") -> PolicyText:
    return policy_text(of(markdown, language), PAGE)


def link(key: str, name: str) -> str:
    return f'<a class="mark" href="/policy/3#clause-{key}" aria-label="Link to {name}"></a>'


def names(headings: tuple[Heading, ...]) -> list[object]:
    return [(f"{each.number} {each.text}", names(each.below)) if each.below else each.text for each in headings]


def test_every_clause_has_a_link_that_stays() -> None:
    markdown = """\
# Title

## Scope {#scope}

A *text* {#a}
- one {#one}
  - two

| Name | Country |
|:-----|--------:|
| Analyst | US {#row} |

```py
1 < 2
```
"""
    assert shown(markdown).html == (
        f'<h1 id="clause-title">{link("title", "the title")}Title</h1>\n'
        f'<h2 id="clause-scope">{link("scope", "clause 1")}<span class="number">1</span> Scope</h2>\n'
        f'<p id="clause-a">{link("a", "clause 1.1")}A <em>text</em></p>\n'
        f'<ul>\n<li id="clause-one">{link("one", "clause 1.2")}one\n'
        f'<ul>\n<li id="clause-one.i1">{link("one.i1", "clause 1.2.1")}two</li>\n</ul>\n</li>\n</ul>\n'
        '<div class="wide" role="group" tabindex="0" aria-label="Table"><table>\n<thead>\n'
        f'<tr id="clause-scope.r1">\n<th scope="col">{link("scope.r1", "clause 1.3")}Name</th>\n'
        '<th scope="col">Country</th>\n</tr>\n</thead>\n<tbody>\n'
        f'<tr id="clause-row">\n<td>{link("row", "clause 1.4")}Analyst</td>\n<td>US</td>\n</tr>\n</tbody>\n'
        "</table></div>\n"
        f'<pre id="clause-scope.p2">{link("scope.p2", "clause 1.5")}<code>1 &lt; 2\n</code></pre>\n'
    )


def test_a_title_is_that_of_the_page() -> None:
    assert shown("# Title\n\na").has_title
    assert shown("a\n\n# Title\n\n## b").has_title


@pytest.mark.parametrize("markdown", ["a", "## a", "# a\n\n# b", "## a\n\n# b", "#\n\n## a"])
def test_without_one_title_the_page_has_its_own(markdown: str) -> None:
    text = shown(markdown)

    assert not text.has_title
    assert "<h1" not in text.html


@pytest.mark.parametrize(
    ("markdown", "levels"),
    [
        ("# a\n\n## b\n\n### c\n\n## d", "1232"),
        ("# a\n\n### b\n\n###### c\n\n## d\n\n### e", "12323"),
        ("# a\n\n# b\n\n### c", "223"),
        ("### a\n\n###### b\n\n# c\n\n## d", "2323"),
        ("###### a", "2"),
        ("\n".join(f"{'#' * level} a" for level in (1, 1, 2, 3, 4, 5, 6)), "2234566"),
    ],
)
def test_no_level_of_headings_is_left_out(markdown: str, levels: str) -> None:
    assert "".join(re.findall("<h([1-6])", shown(markdown).html)) == levels
    assert "".join(re.findall("</h([1-6])", shown(markdown).html)) == levels


def test_the_contents_are_the_headings_below_the_title() -> None:
    text = shown("# T\n\np\n\n## A *b*\n\n### C\n\nq\n\n#### D\n\n### E\n\n## F {#f}")

    assert text.contents == (
        Heading(
            "#clause-a-b",
            "2",
            "A b",
            (
                Heading("#clause-a-b.c", "2.1", "C", (Heading("#clause-a-b.c.d", "2.1.2", "D", ()),)),
                Heading("#clause-a-b.e", "2.2", "E", ()),
            ),
        ),
        Heading("#clause-f", "3", "F", ()),
    )
    assert text.left_out == 0


def test_headings_that_are_numbered_get_no_second_number() -> None:
    text = shown("# T\n\np\n\n## 1. A\n\n## § 2 B\n\n## C")

    assert [each.number for each in text.contents] == ["", "", "4"]
    assert '<span class="number">2</span>' not in text.html
    assert '<span class="number">4</span> C' in text.html


def test_contents_that_are_too_long_say_how_much_they_leave_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEADINGS_AT_MOST", 2)

    text = shown("# T\n\n## a\n\n### b\n\n## c\n\n## d")

    assert (names(text.contents), text.left_out) == ([("1 a", ["b"])], 2)


def test_what_is_added_to_a_text_of_another_language_is_english() -> None:
    html = shown("Пункт\n\n|а|\n|-|\n|б|", "ru").html

    assert 'aria-label="Link to clause 1" lang="en" dir="ltr"></a>Пункт' in html
    # A text of that language stands in what has this label.
    assert 'aria-label="Table"><table>' in html
    assert "lang=" not in shown("a", "en-GB").html


def test_a_text_that_is_too_large_to_parse_is_shown_as_written() -> None:
    markdown = '# A\n\n<p id="clause-x">' + "x" * 1_000_000

    text = shown(markdown)

    assert (text.html, text.has_title, text.contents) == (policy_html(of(markdown).policy), False, ())


def test_what_looks_like_a_tag_in_an_attribute_is_none() -> None:
    html = shown("""[a](https://x.org '<p id="clause-p1"><table>')""").html

    assert html.count('class="mark"') == 1
    assert "<div" not in html


@settings(max_examples=150, deadline=None)
@given(st.lists(fragments, max_size=12).map("".join), st.sampled_from(["en", "ru", "ar"]))
@example("# a\n\n|a|\n|-|\n|b|\n", "ar")
def test_each_clause_of_any_text_is_linked_once_and_nothing_else_is_added(markdown: str, language: str) -> None:
    data_map = of(markdown, language)
    text = policy_text(data_map, PAGE)

    title = "" if text.has_title else "<h1>a</h1>"
    page = Parsed(f"<!doctype html><html><head></head><body>{title}<main>{text.html}</main></body></html>")
    keys = [clause.key for clause in data_map.policy.clauses]
    assert page.ids == [f"clause-{key}" for key in keys]
    assert page.links("a.mark") == [f"{PAGE}#clause-{key}" for key in keys]
    # Taken off again, it is the text as it is everywhere else.
    taken_off = re.sub(r'<a class="mark"[^>]*></a>(<span class="number">[\d.]*</span> )?', "", text.html)
    taken_off = re.sub(r'<div class="wide"[^>]*><table>', "<table>", taken_off).replace("</table></div>", "</table>")
    level = re.compile("(?<=<h)[1-6](?=[ >])|(?<=</h)[1-6](?=>)")
    assert level.sub("", taken_off) == level.sub("", policy_html(data_map.policy))
