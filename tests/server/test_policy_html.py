from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graph.clauses import read_policy
from graph.model import Clause, ClauseKind, Policy
from server.policy_html import clause_html, policy_html

# Written out here a second time on purpose: the code's own list may not be what decides whether the code is right.
ALLOWED = {
    **{tag: {"id"} for tag in ("h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "tr", "pre")},
    **{tag: set() for tag in ("blockquote", "br", "code", "em", "hr", "strong", "table", "tbody", "td", "thead", "ul")},
    "a": {"href", "title", "rel"},
    "ol": {"start"},
    "th": {"scope"},
}


class Page(HTMLParser):
    """What a browser would make of HTML, read without the sanitiser's help."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.others: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)

    def ids(self) -> list[str]:
        return [attrs["id"] or "" for _, attrs in self.elements if "id" in attrs]


def rendered(markdown: str) -> str:
    return policy_html(read_policy(markdown).policy)


def assert_safe(html: str, clauses: tuple[Clause, ...] = ()) -> Page:
    page = Page(html)
    assert page.others == []
    for tag, attrs in page.elements:
        assert tag in ALLOWED
        assert attrs.keys() <= ALLOWED[tag]
        if tag == "a":
            assert attrs["rel"] == "noopener noreferrer nofollow"
            assert urlsplit(attrs.get("href") or "https:").scheme in ("http", "https", "mailto")
    ids = page.ids()
    assert len(ids) == len(set(ids))
    assert set(ids) == {f"clause-{clause.key}" for clause in clauses}
    return page


# ---- what is shown ---------------------------------------------------------------------------------------------------


def test_each_clause_has_its_element() -> None:
    markdown = """\
# Title

## Scope {#scope}

A *text* {#a}
- one {#one}
  - two

1. tight {#tight}
   > quoted
   further

| Name | Country |
|:-----|--------:|
| Analyst | US {#row} |

```py
1 < 2
```
"""
    assert rendered(markdown) == (
        '<h1 id="clause-title">Title</h1>\n'
        '<h2 id="clause-scope">Scope</h2>\n'
        '<p id="clause-a">A <em>text</em></p>\n'
        '<ul>\n<li id="clause-one">one\n<ul>\n<li id="clause-one.i1">two</li>\n</ul>\n</li>\n</ul>\n'
        '<ol>\n<li id="clause-tight">tight\n<blockquote>\n<p id="clause-tight.p1">quoted\nfurther</p>\n</blockquote>\n'
        "</li>\n</ol>\n"
        '<table>\n<thead>\n<tr id="clause-scope.r1">\n<th scope="col">Name</th>\n<th scope="col">Country</th>\n</tr>\n'
        '</thead>\n<tbody>\n<tr id="clause-row">\n<td>Analyst</td>\n<td>US</td>\n</tr>\n</tbody>\n</table>\n'
        '<pre id="clause-scope.p2"><code>1 &lt; 2\n</code></pre>\n'
    )


def test_a_second_paragraph_of_a_tight_item_gets_an_element_of_its_own() -> None:
    html = rendered("- first\n  ***\n  second {#second}\n")
    assert html == '<ul>\n<li id="clause-i1">first\n<hr>\n<p id="clause-second">second</p>\n</li>\n</ul>\n'


def test_an_ordered_list_keeps_its_first_number() -> None:
    assert rendered("4. four\n5. five") == (
        '<ol start="4">\n<li id="clause-i1">four</li>\n<li id="clause-i2">five</li>\n</ol>\n'
    )


def test_links_lead_to_the_web_and_to_mail_only() -> None:
    rel = 'rel="noopener noreferrer nofollow"'
    markdown = '[a](https://x.org/?a=1&b "T") <privacy@x.org> [b](HTTP://x.org) [c](/x) [d](//x.org) [e](ftp://x)'
    assert rendered(markdown) == (
        f'<p id="clause-p1"><a href="https://x.org/?a=1&amp;b" title="T" {rel}>a</a>'
        f' <a href="mailto:privacy@x.org" {rel}>privacy@x.org</a> <a href="HTTP://x.org" {rel}>b</a>'
        f" <a {rel}>c</a> <a {rel}>d</a> <a {rel}>e</a></p>\n"
    )


def test_an_image_is_shown_as_its_text() -> None:
    assert rendered("![a *b* <i>](https://x.org/i.png)") == '<p id="clause-p1">a b &lt;i&gt;</p>\n'


def test_keys_that_are_not_in_the_text_are_put_there_too() -> None:
    read = read_policy("one\n\nsame\n\nsame").policy
    given_keys = ("first", "second", "third")
    clauses = tuple(
        Clause(key, clause.number, clause.kind, clause.text)
        for key, clause in zip(given_keys, read.clauses, strict=True)
    )
    assert policy_html(Policy(read.markdown, clauses)) == (
        '<p id="clause-first">one</p>\n<p id="clause-second">same</p>\n<p id="clause-third">same</p>\n'
    )


def test_a_text_whose_clauses_were_cut_otherwise_is_shown_whole() -> None:
    kept = Clause("kept", "1", ClauseKind.PARAGRAPH, "two")
    other = Clause("other", "2", ClauseKind.PARAGRAPH, "none of these")
    assert policy_html(Policy("one\n\ntwo", (other, kept))) == '<p>one</p>\n<p id="clause-kept">two</p>\n'


def test_a_text_that_is_too_large_to_parse_is_shown_as_written() -> None:
    markdown = "# A\n\n<b>\ud800\n" + "x" * 1_000_000
    assert rendered(markdown) == "<pre># A\n\n&lt;b&gt;\ufffd\n" + "x" * 1_000_000 + "</pre>"


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("## A *b* {#k}", "A <em>b</em>"),
        ("# 1. A", "1. A"),
        ("|a|`b`|\n|-|-|", "a | <code>b</code>"),
        ("```html\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"),
        ("a  \nb", "a<br>\nb"),
        ("<script>a</script>", "&lt;script&gt;a&lt;/script&gt;"),
        ("[a][r]\n\n[r]: https://x.org", '<a href="https://x.org" rel="noopener noreferrer nofollow">a</a>'),
        ("[" * 4000, "[" * 4000),
    ],
)
def test_one_clause_is_rendered_by_itself(markdown: str, html: str) -> None:
    assert clause_html(read_policy(markdown).policy.clauses[0]) == html


def test_a_clause_too_tangled_to_parse_is_shown_as_written() -> None:
    assert clause_html(Clause("a", "1", ClauseKind.PARAGRAPH, "*[" * 9000)) == "*[" * 9000


# ---- what can never be shown -----------------------------------------------------------------------------------------

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "a <svg onload=alert(1)><script>alert(1)</script></svg> b",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<style>*{display:none}</style>",
    "<a id=clause-scope name=clause-scope href=javascript:alert(1)>x</a>",
    "<p id='clause-scope'>not the clause</p>\n\n# real {#scope}",
    "<form action=https://evil.example><input name=id></form>",
    "<base href=https://evil.example><meta http-equiv=refresh content=0>",
    "<!-- --!><script>alert(1)</script> -->",
    "<![CDATA[<script>alert(1)</script>]]> <?php ?> <!DOCTYPE x>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;img src=x onerror=alert(1)&#62;",
    "[x](javascript:alert(1)) [x](JaVaScRiPt:alert(1)) [x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1)) [x](javascript&colon;alert(1)) [x](&#x6A;avascript&#58;alert(1))",
    "[x](<java\\script:alert(1)>) [x](%6Aavascript:alert(1)) [x]( \x01javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=) [x](data:image/png;base64,AAAA) [x](vbscript:x) [x](file:///etc/passwd)",
    "[x][r] ![x][r]\n\n[r]: javascript:alert(1)",
    "<javascript:alert(1)> <data:text/html,x> <JAVASCRIPT:alert(1)>",
    "![x](javascript:alert(1)) ![\" onerror=alert(1) x=\"](x \"' onerror=alert(1)\")",
    "[x](https://x.org '\" onmouseover=alert(1) x=\"') [x](https://x.org/\"onmouseover=alert(1))",
    "`<img src=x onerror=alert(1)>` ``</code><script>alert(1)</script>``",
    "```\"><script>alert(1)</script>\n</code></pre><script>alert(1)</script>\n```",
    "| <b onclick=alert(1)>a</b> | [b](javascript:alert(1)) |\n|:-:|-|\n| <td id=clause-x> | </table><script> |",
    "# <h1 onclick=alert(1)>a</h1> {#\"><script>alert(1)</script>}",
    "- <li style='position:fixed'>a\n  > <svg/onload=alert(1)>",
    "</p></div></body><script>alert(1)</script>",
    "[a\n\n<x]: y>(javascript:alert(1))",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
    "\u2028<script>\ud800</script>",
]  # fmt: skip


@pytest.mark.parametrize("markdown", ATTACKS)
def test_nothing_of_an_attack_is_markup(markdown: str) -> None:
    policy = read_policy(markdown).policy
    html = policy_html(policy)
    assert_safe(html, policy.clauses)
    for clause in policy.clauses:
        assert_safe(clause_html(clause))


def test_raw_html_is_shown_as_text() -> None:
    page = assert_safe(policy_html(Policy("<b onclick=x>bold</b>\n\n<script>a</script>\n\n<!-- c -->", ())))
    assert page.text == "<b onclick=x>bold</b>\n<script>a</script>\n<!-- c -->\n"


def test_an_id_is_never_made_from_a_key_that_breaks_out() -> None:
    html = policy_html(Policy("a", (Clause('"><script>', "1", ClauseKind.PARAGRAPH, "a"),)))
    assert [tag for tag, _ in Page(html).elements] == ["p"]


fragments = st.one_of(
    st.sampled_from([*ATTACKS, "[", "](", ")", "![", "`", "|", "\n|-|-|\n", "\n\n", "# ", "- ", "> ", "    ", "{#k}"]),
    st.sampled_from(["<", ">", '"', "'", "=", "/", "&", "&#", ";", "\\", "on", "href", "javascript:", "<!--", "-->"]),
    st.text(max_size=6),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(fragments, max_size=12).map("".join))
@example("")
def test_no_text_gives_markup_that_is_not_on_the_list(markdown: str) -> None:
    policy = read_policy(markdown).policy
    assert_safe(policy_html(policy), policy.clauses)
    for clause in policy.clauses:
        assert_safe(clause_html(clause))


@settings(max_examples=200, deadline=None)
@given(st.text("ab1 #*-_>|`[]()!\n:.<&~=", max_size=60))
def test_the_page_shows_the_same_characters_as_its_clauses(markdown: str) -> None:
    policy = read_policy(markdown).policy
    whole = Page(policy_html(policy)).text
    parts = "".join(Page(clause_html(clause)).text for clause in policy.clauses)
    assert re.sub(r"[\s|]", "", whole) == re.sub(r"[\s|]", "", parts)
