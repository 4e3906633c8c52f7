"""Markdown as people and programs write it, in its dialects, with HTML in it; and what it is told by."""

from __future__ import annotations

import pytest

from graph.errors import InvalidRevision
from graph.policy_import.formats import SourceFormat
from graph.policy_import.front_matter import About
from tests.graph.policy_import.spoken import imported, markdown_of


def problems(markdown: str) -> list[str]:
    with pytest.raises(InvalidRevision) as caught:
        imported(markdown, source_format=SourceFormat.MARKDOWN)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("A\n=\n\nB\n--\n\nc", "# A\n\n## B\n\nc\n"),
        ("#### A ####\n\nb", "#### A\n\nb\n"),
        ("####### A\n\nb", "###### A\n\nb\n"),
        ("**a**\nb\nc  \nd\\\ne", "**a** b c\\\nd\\\ne\n"),
        ("* a\n* b\n\n  c\n    * d", "- a\n\n- b\n\n  c\n\n  - d\n"),
        ("1. a\n1. b\n\n\n5) c", "1. a\n2. b\n\n5) c\n"),
        ("__a__ _b_ ~~c~~ ***d***", "**a** *b* c ***d***\n"),
        ("a [b][r] [r] ![p](i.png 'T')\n\n[r]: /x 'Title'", "a [b r](/x) ![p](i.png)\n"),
        (
            "**a** <https://x.org/a_b> and https://x.org/c_d",
            "**a** [https://x.org/a_b](https://x.org/a_b) and https://x.org/c_d\n",
        ),
        ("a | b\n:-- | --:\nc \\| d | `e \\| f`\ng", "| a | b |\n| --- | --- |\n| c \\| d | `e \\| f` |\n| g | |\n"),
        (
            "a | b\n--|--\nc | d | e | f {#k}\n| g | h|i |",
            "| a | b | |\n| --- | --- | --- |\n| c | d | e \\| f {#k} |\n| g | h | i |\n",
        ),
        ("|a|\n|-|\n|b|", "| a |\n| --- |\n| b |\n"),
        ("# a\n\n    code\n\n~~~js\n`x`\n~~~", "# a\n\n```\ncode\n```\n\n```\n`x`\n```\n"),
        ("> a\n\n> b\n> > c", "> a\n\n> b\n>\n> > c\n"),
        ("T\n: d *e*\n: f\n\nU\n\n: g", "- T: d *e*\n\n  f\n\n- U: g\n"),
        ("a[^1], b[^x]\n\n[^x]: c\n[^1]: d\n\n    e", "a[1], b[x]\n\n[x] c\n\n[1] d\n\ne\n"),
        ("# a\n\n[TOC]\n\n[[_TOC_]]\n\nb", "# a\n\nb\n"),
        ("a &amp; b &copy; &nbsp;c \\* \\# \\<", "a & b © c \\* # <\n"),
        (
            "Write to <your name>, <company> or <!-- hidden -->nobody\n\n<b>a</b> < b",
            "Write to \\<your name>, \\<company> or nobody\n\n**a** < b\n",
        ),
        ("# a\n\n[Note]: below\n\n[//]: # (hidden)\n\n[b]: /c 'd'", "# a\n\n[Note\\]: below\n\n[b\\]: /c 'd'\n"),
        ("[a]: /x\n[a]: /y\n\n[a]", "[a\\]: /y\n\n[a](/x)\n"),
    ],
)
def test_dialects(markdown: str, expected: str) -> None:
    assert markdown_of(markdown) == expected


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# a\n\n<div align=center>\n\n**b** <br> c\n\n</div>", "# a\n\n**b**\n\nc\n"),
        (
            "# a\n\n<table>\n<tr><th>b</th><th>c</th></tr>\n<tr><td>d</td><td>\n\n*e*\n\n- f\n\n</td></tr>\n</table>",
            "# a\n\n| b | c |\n| --- | --- |\n| d | *e*; f |\n",
        ),
        ("a|b\n-|-\nc<br>d|<ul><li>e<li>f</ul>", "| a | b |\n| --- | --- |\n| c; d | e; f |\n"),
        ("# a\n\n<h3 align=center>b</h3>\n\n<p>c</p>", "# a\n\n### b\n\nc\n"),
        ("# a\n\n<title>b</title> <textarea>c", "# a\n\n\\<title>b\\</title> \\<textarea>c\n"),
        ("# a\n\n<script>b</script>\n\n<style>\nc", "# a\n\n\\<style> c\n"),
        ("<h1>a</h1>\n\n## b\n\n- c", "# a\n\n## b\n\n- c\n"),
    ],
)
def test_html_in_markdown(markdown: str, expected: str) -> None:
    assert markdown_of(markdown) == expected


def test_explicit_keys_stay_where_they_are() -> None:
    markdown = (
        "# T {#t}\n\nS {#s}\n---\n\na\nb {#p}\n\n- c {#i}\n  - d{#j}\n\n  e {#k}\n\n| f | g |\n| "
        "--- | --- |\n| h {#r} | |\n\n"
        "Term {#term}\n: definition\n\nNext\n: definition {#next}\n\n`{#code}` \\{#text}\n"
    )
    assert markdown_of(markdown) == (
        "# T {#t}\n\n## S {#s}\n\na b {#p}\n\n- c {#i}\n\n  - d {#j}\n\n  e {#k}\n\n| f | g |\n| "
        "--- | --- |\n| h {#r} | |\n\n"
        "- Term: definition {#term}\n- Next: definition {#next}\n\n`{#code}` \\{#text}\n"
    )


def test_what_is_no_key_is_left_out_and_told() -> None:
    found = imported("# A {#My_Id}\n\n## B {#b .unnumbered x=1}\n\nc {#d e}\n\nf {#}\n")
    assert found.odd_keys == ("My_Id", "d e", " ")
    assert markdown_of("# A {#My_Id}\n\n## B {#b .unnumbered x=1}\n\nc {#d e}\n") == "# A\n\n## B {#b}\n\nc\n"


def test_a_key_given_twice_is_a_problem_that_names_both_texts() -> None:
    assert problems("a {#k}\n\nb {#k}\n\nc {#k}") == [
        "policy:0: the key {#k} is given twice, to 'a' and 'b': take one of them out",
        "policy:0: the key {#k} is given twice, to 'a' and 'c': take one of them out",
    ]


# ---- front matter ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markdown", "about"),
    [
        (
            "---\ntitle: A policy\nlang: de\ndate: 2026-01-01\ntags: [x, y]\n---\n# a\n",
            About("A policy", "de", "2026-01-01", 4),
        ),
        (
            '+++\ntitle = "A policy"\nlanguage = "de"\nlastmod = 2026-01-01\n[extra]\nx = 1\n+++\n# a\n',
            About("A policy", "de", "2026-01-01", 4),
        ),
        ("---\ntitle: A: policy\n  below\n# comment\ndraft: true\n---\n# a\n", About("A: policy", None, None, 2)),
        ("---\nTitle: A policy\nNote: b\n...\n# a\n", About("A policy", None, None, 2)),
        (
            "---\neffective_date: 2026-02-02\ndate: 2026-01-01\nlocale: pt_BR\n---\n\n# a\n",
            About(None, "pt_BR", "2026-02-02", 3),
        ),
    ],
)
def test_front_matter_is_no_text_but_says_what_the_text_is(markdown: str, about: About) -> None:
    assert imported(markdown).about == about
    assert markdown_of(markdown) == "# a\n"


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("---\nNote: we keep nothing\n---\n\nb", "## Note: we keep nothing\n\nb\n"),
        ("---\n\na: b\n", "a: b\n"),
        ("---\n---\n\n# a", "# a\n"),
        ("---\n- a\n- b\n---\n", "- a\n- b\n"),
        ("+++\na = b = c\n+++\n\n# d", "+++ a = b = c +++\n\n# d\n"),
        ("# a\n\n---\ntitle: b\n---\n", "# a\n\n## title: b\n"),
    ],
)
def test_text_between_rules_is_text(markdown: str, expected: str) -> None:
    assert markdown_of(markdown, source_format=SourceFormat.MARKDOWN) == expected


# ---- formats ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<!DOCTYPE html><p>a", SourceFormat.HTML),
        ("\n<!-- saved --> <!-- twice -->\n<HTML lang=en>a # b", SourceFormat.HTML),
        ('<?xml version="1.0"?>\n<html>a', SourceFormat.HTML),
        ("<p>a</p>\n<p>**b**</p>", SourceFormat.HTML),
        ("Intro <p>a</p> <p>b</p> <p>c</p>", SourceFormat.HTML),
        ("<h1 align=center>a</h1>\n\n## b", SourceFormat.MARKDOWN),
        ("<div>\n\n[a](https://x.org)\n\n</div>", SourceFormat.MARKDOWN),
        ("# a", SourceFormat.MARKDOWN),
        ("- # a", SourceFormat.MARKDOWN),
        ("a\n---", SourceFormat.MARKDOWN),
        ("a {#b}", SourceFormat.MARKDOWN),
        ("a | b\n--|--\nc | d", SourceFormat.MARKDOWN),
        ("a | b\n- | -\nc | d", SourceFormat.MARKDOWN),
        ("a **b**", SourceFormat.MARKDOWN),
        ("a [b](c)", SourceFormat.MARKDOWN),
        ("a [[b](c)", SourceFormat.MARKDOWN),
        ("a *b* c", SourceFormat.MARKDOWN),
        ("a &eacute; b", SourceFormat.MARKDOWN),
        ("a<br>b", SourceFormat.MARKDOWN),
        ("term\n: definition", SourceFormat.MARKDOWN),
        ("a\\*b", SourceFormat.MARKDOWN),
        ("> a", SourceFormat.MARKDOWN),
        ("a\n\n- b\n- c\n\n1. d", SourceFormat.TEXT),
        ("2 * 3 * 4 < 5 & [6] snake_case_name <a@b.example>", SourceFormat.TEXT),
        ("*****\nTITLE\n*****\n_____", SourceFormat.TEXT),
        ("AT&T <you> #1", SourceFormat.TEXT),
        ("", SourceFormat.TEXT),
    ],
)
def test_the_format_is_told_by_the_content(text: str, expected: SourceFormat) -> None:
    assert (imported(text).format if text else SourceFormat.TEXT) == expected


def test_a_format_can_be_told() -> None:
    assert markdown_of("<p>a *b*</p>", source_format=SourceFormat.HTML) == "a \\*b\\*\n"
    assert markdown_of("<p>a *b*</p>", source_format=SourceFormat.MARKDOWN) == "a \\*b\\*\n"
    assert markdown_of("<p>a *b*</p>", source_format=SourceFormat.TEXT) == "\\<p>a \\*b\\*\\</p>\n"


def test_what_is_struck_out_is_told() -> None:
    (struck,) = imported("# A\n\nWe ~~do not~~ sell.").struck_out
    assert (struck.words, struck.text) == ("do not", "We do not sell.")
