"""For generated texts in each format: every word is in the clauses, in order, and the canonical form is one."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graph.clauses import read_policy
from graph.errors import InvalidRevision
from graph.policy_import.formats import SourceFormat
from tests.graph.policy_import.spoken import (
    KEYS,
    imported,
    keyed,
    markdown_of,
    words,
    words_of_clauses,
    words_of_html,
    words_of_markdown,
)
from tests.graph.test_clauses import documents as markdown_documents

GENEROUS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

# ---- HTML ------------------------------------------------------------------------------------------------------------

word = st.text("abcdé жид本ßΩ", min_size=1, max_size=6).map(lambda text: " ".join(text.split()) or "x")
text = st.one_of(
    word,
    st.lists(word, min_size=2, max_size=4).map(" ".join),
    word.map("{}.".format),
    word.map("({})".format),
    word.map("“{}”, ".format),
    st.sampled_from(
        [
            "*a*",
            "_b_ ",
            "c_d",
            "`e`",
            "[f](g)",
            "[h]",
            "&amp;copy;",
            "&lt;i&gt;",
            "\\j",
            "k|l",
            "# m",
            "- n",
            "1. o",
            "> p",
        ]
    ),
    st.sampled_from(
        ["q\u00a0r", "s\u00adt", "u&nbsp;", " v", "{#w", "~~x~~", "a\n  b", "• y", "– z", "!", "https://x.org/a_b"]
    ),
)


def in_tags(*tags: str) -> st.SearchStrategy[tuple[str, str]]:
    return st.sampled_from(tags).map(lambda tag: (f"<{tag}>", f"</{tag.split()[0]}>"))


marks = in_tags(
    "b", "strong", "i", "em", "code", "u", "span", "span style='font-weight:bold'", "a href='https://x.org/?a=1&amp;b=(2)'",
    "a href='#here'", "sup", "font color=red",
)  # fmt: skip
inline = st.recursive(
    text,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.tuples(marks, inner).map(lambda pair: f"{pair[0][0]}{pair[1]}{pair[0][1]}"),
    ),
    max_leaves=5,
)
lines = st.lists(inline, min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from([" ", "<br>", "<br><br>", "\n", "<img alt='pic' src='a.png'>"]).map(
        lambda between: between.join(parts)
    )
)


def block_of(tags: tuple[str, ...], content: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(in_tags(*tags), content).map(lambda pair: f"{pair[0][0]}{pair[1]}{pair[0][1]}")


def several(content: st.SearchStrategy[str], at_most: int = 3) -> st.SearchStrategy[str]:
    return st.lists(content, min_size=1, max_size=at_most).map("".join)


def table_of(cell: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    cells = block_of(("td", "th", "td colspan=2"), cell)
    row = block_of(("tr",), several(cells))
    return st.tuples(st.sampled_from(["", "<caption>cap</caption>"]), several(row)).map(
        lambda parts: f"<table>{parts[0]}{parts[1]}</table>"
    )


leaf = st.one_of(
    block_of(("p", "div", "h1", "h2", "h4", "h6", "address", "pre", "p class=MsoListParagraph"), lines), lines
)
html_block = st.recursive(
    leaf,
    lambda inner: st.one_of(
        block_of(("div", "blockquote", "section", "details", "center", "b", "main"), several(inner)),
        block_of(("ul", "ol", "ol start=4"), several(block_of(("li",), several(inner, 2)))),
        block_of(("dl",), several(st.tuples(lines, inner).map(lambda pair: f"<dt>{pair[0]}</dt><dd>{pair[1]}</dd>"))),
        table_of(several(inner, 2)),
    ),
    max_leaves=8,
)


@GENEROUS
@given(several(html_block, 4))
@example("<ul><li>a<ul><li>b</ul>c<p>d</ul>e")
@example("<table>loose<tr><td>a<table><tr><td>b<td>c<tr><td>d</table></table>")
@example("<p>a<b>b<p>c</b>d")
def test_no_word_of_html_is_lost(source: str) -> None:
    page = f"<!doctype html><meta charset=utf-8><title>T</title>{source}"
    expected = words_of_html(source)
    try:
        markdown = markdown_of(page, keep_all=True)
    except InvalidRevision:
        assert expected == []
        return
    assert unnumbered(words_of_clauses(read_policy(markdown).policy.clauses)) == unnumbered(expected)


def unnumbered(found: list[str]) -> list[str]:
    """A number alone may be that of an item, where it is a mark, or is shown by a list that begins with it."""
    return [each for each in found if each not in ("1", "4")]


# ---- Markdown --------------------------------------------------------------------------------------------------------

html_in_markdown = st.sampled_from(
    [
        "<table><tr><th>ha</th><th>hb</th></tr><tr><td>hc</td><td>\n\n**hd**\n\n</td></tr></table>",
        "<div>\n<p>he</p></div>",
        "<details>\n<summary>hf</summary>\n\nhg\n\n</details>",
        "hh <br> hi <b>hj</b> <!-- no --> hk",
        "Term\n: definition one\n: definition two",
        "A note[^n].\n\n[^n]: noted",
        "<your name> and <a href='x'>hl</a>",
        "####### deep heading",
        "[Lonely]: definition",
    ]
)
markdown_texts = st.lists(st.one_of(markdown_documents, html_in_markdown), min_size=1, max_size=3, unique=True).map(
    "\n\n".join
)


@GENEROUS
@given(markdown_documents)
def test_no_word_of_markdown_is_lost(source: str) -> None:
    source = KEYS.sub("", source)  # which are made without regard to each other
    # The tags of these documents are text to a policy, but marks to whoever imports one.
    found = words_of_clauses(keyed(source, source_format=SourceFormat.MARKDOWN).policy.clauses)
    assert found == words_of_markdown(source)


@GENEROUS
@given(st.lists(html_in_markdown, min_size=1, max_size=4, unique=True).map("\n\n".join))
def test_no_word_of_html_in_markdown_is_lost(source: str) -> None:
    found = words_of_clauses(read_policy(markdown_of(f"# Title\n\n{source}")).policy.clauses)
    raw = re.sub(r"<!--.*?-->|</?(?:table|t[hrd]|div|p|details|summary|br|b|a)\b[^>]*>", " ", source)
    assert sorted(found) == sorted(["Title", *words(raw)])


cell = st.one_of(word, st.sampled_from(["a\\|b", "`c|d`", "e|f", "**g**", ""]))
ragged_rows = st.lists(
    st.lists(cell, min_size=1, max_size=5).map(" | ".join).map("| {} |".format), min_size=1, max_size=4
)


@GENEROUS
@given(st.sampled_from(["", "> "]), ragged_rows)
@example("", ["| Acme | US | sells your data |"])
@example("> ", ["| Acme | a|b | x"])
def test_no_word_of_a_row_with_more_cells_than_its_table_has_columns_is_lost(mark: str, rows: list[str]) -> None:
    source = "\n".join(mark + line for line in ["| Name | Country |", "| --- | --- |", *rows])
    found = words_of_clauses(read_policy(markdown_of(source)).policy.clauses)
    assert found == words("Name Country " + " ".join(rows))


# ---- plain text ------------------------------------------------------------------------------------------------------

plain_line = st.one_of(
    st.lists(word, min_size=1, max_size=12).map(" ".join),
    st.sampled_from(
        ["SCOPE", "1. Scope", "2. Data", "2.1 More", "- item", "  - inner", "* star", "(a) letter", "• dot"]
    ),
    st.sampled_from(["", "", "   indented", "\ttabbed", "A sentence.", "[x] <y> & z", "2020. was a year"]),
)


@GENEROUS
@given(st.lists(plain_line, min_size=1, max_size=12).map("\n".join))
def test_no_word_of_plain_text_is_lost(source: str) -> None:
    try:
        policy = keyed(source, source_format=SourceFormat.TEXT).policy
    except InvalidRevision:
        assert words(source) == []
        return
    found = words_of_clauses(policy.clauses)
    # The numbers of items that count are marks.
    assert [each for each in found if each not in ("1", "2")] == [
        each for each in words(source) if each not in ("1", "2")
    ]


@GENEROUS
@given(
    st.integers(2, 60),
    st.sampled_from([".", ")"]),
    st.sampled_from(["words after", "Mai 2018", "may 2018", "Users", ""]),
    st.sampled_from(["{}", "Stand:\n{}", "and some\n{}\nwords", "some\n\n{}\n\nwords", "- some\n- {}", "> {}"]),
    st.sampled_from([SourceFormat.TEXT, SourceFormat.MARKDOWN]),
)
def test_no_number_that_counts_nothing_is_lost(
    number: int, mark: str, text: str, form: str, source_format: SourceFormat
) -> None:
    source = form.replace("{}", f"{number}{mark} {text}")
    found = words_of_clauses(keyed(source, source_format=source_format).policy.clauses)
    assert found == words(source)


# ---- any text --------------------------------------------------------------------------------------------------------

FRAGMENTS = [
    "# ", "## ", "- ", "1. ", "2) ", "* ", "> ", "---", "***", "===", "```", "\n", "\n\n", "\n\n", "  ", "    ", "\t",
    "word", "Foo", "bar.", "A B", "**", "*", "_", "`", "[x]", "(y)", "[x]: y", "[^1]", "[^1]: n", "<b>", "</b>",
    "<p>", "</p>", "<div>", "</div>", "<table><tr><td>", "</td></tr></table>", "<td>", "<li>", "<ul>", "</ul>",
    "<ol>", "<br>", "&amp;", "&nbsp;", "&lt;", "\\", "{#k}", "{#K b}", "{#l .c}", ": def", "~ ", "~~", "|", " a | b ",
    "--|--", "!", "<h2>", "</h2>", "<dl><dt>", "<dd>", "<pre>", "</pre>", "<blockquote>", "<a href=x>", "</a>",
    "<nav>", "</nav>", "•", "• ", "– ", "1.", "(a) ", "SCOPE", "1.2 Sub", "+++", "<span style=font-weight:bold>",
    "</span>", "<!-- ", "-->", "<name>", "é", "本", "\u00ad", "\u200b", "\u2060", ":", ";", ".", "<img alt=z src=q>",
    "<code>", "</code>", "[TOC]", "a", "1", "=", "+", "#", "<script>", "@", "<hr>", "<form>", "<header>", "&#0;",
    "\f", "<th>", "<caption>", "\r\n", "<th rowspan=2>", "\u0000", "<td colspan=3>", "<tfoot>",
    "| a | b |\n|---|---|\n| c | d |\n", "<p class=MsoListParagraph>", "<p class=MsoTitle>",
]  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join))
@example("*</b>---*")
@example("<pre>```<h2># ")
@example("- > word")
@example("---# {#K b}")
@example("# • \\#")
def test_any_text_becomes_a_policy_or_is_refused(source: str) -> None:
    try:
        imported(source)
    except InvalidRevision:
        return
    markdown_of(source)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_become_a_policy_or_are_refused(data: bytes) -> None:
    try:
        imported(data)
    except InvalidRevision:
        return
    markdown_of(data)
