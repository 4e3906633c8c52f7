"""HTML as programs and people write it, and the Markdown that it becomes."""

from __future__ import annotations

import pytest

from graph.policy_import.formats import SourceFormat
from tests.graph.policy_import.spoken import imported, keyed, markdown_of


def of_html(body: str, **options: object) -> str:
    """With the format told, for a piece of HTML alone may be a text about HTML."""
    return markdown_of(f"<!doctype html><body>{body}", **options)


# ---- blocks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<h1>A</h1><h3>B</h3><h6>C</h6>d", "# A\n\n### B\n\n###### C\n\nd\n"),
        ("<h9>Deep</h9>d", "###### Deep\n\nd\n"),
        ("<div role=heading aria-level=3>A</div>b", "### A\n\nb\n"),
        ("<div role=heading aria-level=12>A</div><div role=heading>B</div>c", "###### A\n\n## B\n\nc\n"),
        ("<h2><b>A</b></h2><h2>B <b>c</b></h2><h2><div>D</div><p>E</p></h2>f", "## A\n\n## B **c**\n\n## D E\n\nf\n"),
        ("<h2> </h2><p>a<p> &nbsp; <p>b", "a\n\nb\n"),
        ("<div>a<div>b</div>c</div>", "a\n\nb\n\nc\n"),
        ("a<br>b<br><br>c<br> <br>d", "a\\\nb\n\nc\n\nd\n"),
        (f"<p>{'long ' * 17}<br>b<br>c", f"{('long ' * 17).strip()}\n\nb\\\nc\n"),
        ("<p><b>Scope</b><br>text", "**Scope**\n\ntext\n"),
        ("<p>a&nbsp;b &amp; c&shy;d &lt;e&gt; &#8220;f&#8221; &#150;", "a b & cd \\<e> “f” –\n"),
        ("<blockquote><p>a<ul><li>b</ul></blockquote>c", "> a\n>\n> - b\n\nc\n"),
        ("<p>see<pre>a  b\n c</pre>and more", "see\n\n```\na  b\n c\n```\n\nand more\n"),
        ("<p>a<hr>b", "a\n\nb\n"),
        ("<details><summary>a</summary>b</details>", "a\n\nb\n"),
        ("<p>a <q>b</q> c", 'a "b" c\n'),
        ("<p>30<sup>2</sup> days, 10<sub>5</sub>, 1<sup>st</sup>, H<sub>2</sub>O", "30 2 days, 10 5, 1st, H2O\n"),
        (
            "<p>30<sup><a href='#f'>1</a></sup> <del>30</del><ins>60</ins> <s>we</s>may<del>.</del>",
            "30 1 30 60 we may.\n",
        ),
        ("<p>a<script>b</script><style>c</style><svg><text>d</text></svg><template>e</template>", "a\n"),
        ("<p>a<!-- b -->c<![if x]>d<![endif]>", "acd\n"),
    ],
)
def test_blocks(body: str, expected: str) -> None:
    assert of_html(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<ul><li>a<ul><li>b<ol><li>c</ol></ul><li>d</ul>", "- a\n  - b\n    1. c\n- d\n"),
        ("<ul><li>a</li><ul><li>b</li></ul><li>c</li></ul>", "- a\n  - b\n- c\n"),
        ("<ul>loose<li>a</ul>", "- loose\n- a\n"),
        ("<li>a<li>b", "- a\n- b\n"),
        ("<ul><li><ul><li>a<li>b</ul><li>c</ul>", "- a\n- b\n- c\n"),
        ("<ul><li>a</ul><ul><li>b</ul>", "- a\n- b\n"),
        ("<ol><li>a</ol><ol start=2><li>b</ol><ol><li>c</ol>", "1. a\n2. b\n\n1) c\n"),
        ("<ol start=7><li>a<li value=9>b<li>c</ol>", "7. a\n\n9) b\n10) c\n"),
        ("<ol start=x><li>a</ol><ol start=-5><li>b</ol>", "1. a\n\n1) b\n"),
        ("<ul><li><p>a<p>b<li>c</ul>", "- a\n\n  b\n\n- c\n"),
        ("<ul><li>a<ol start=3><li>b</ol></ul>", "- a\n\n  3\\. b\n"),
        (
            "<ul><li>a<table><tr><th>x<th>y<tr><td>1<td>2</table></ul>",
            "- a\n\n  | x | y |\n  | --- | --- |\n  | 1 | 2 |\n",
        ),
        ("<ul><li><h3>A</h3>b<li><h3>C</h3>d</ul>", "### A\n\nb\n\n### C\n\nd\n"),
        ("<ul><li> </li></ul>a", "a\n"),
        ("<p>• a<p>• b<br>• c<p>d", "- a\n- b\n- c\n\nd\n"),
        ("<p>• a<p>◦ b<p>• c", "- a\n  - b\n- c\n"),
        ("<p>- a<p>- b<p>c", "- a\n- b\n\nc\n"),
        ("<p>- a<p>b", "\\- a\n\nb\n"),
        ("<p>✓ a<p>✗ b", "✓ a\n\n✗ b\n"),
    ],
)
def test_lists(body: str, expected: str) -> None:
    assert of_html(body) == expected


def test_a_list_nested_deeper_than_markdown_goes_keeps_its_words() -> None:
    found = keyed("<!doctype html>" + "".join(f"<ul><li>a{depth}" for depth in range(60)))
    assert [clause.text for clause in found.policy.clauses] == [f"a{depth}" for depth in range(60)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<dl><dt>a<dd>b<dt>c<dd>d<dd>e</dl>", "- a: b\n\n- c: d\n\n  e\n"),
        ("<dl><dt>a<dt>b<dd>c</dl>", "- a, b: c\n"),
        ("<dl><dt>a?<dd>b<dt>c:<dd>d</dl>", "- a? b\n- c: d\n"),
        ("<dl><dt>a<dd><ul><li>b</ul></dl>", "- a:\n  - b\n"),
        ("<dl><dd>a<dt>b</dl>", "- a\n- b\n"),
        ("<dl><div><dt>a<dd>b</div></dl>", "- a: b\n"),
    ],
)
def test_a_term_and_its_definition_are_one_item(body: str, expected: str) -> None:
    assert of_html(body) == expected


HEAD = "| a | b |\n| --- | --- |\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<table><thead><tr><th>a<th>b<tbody><tr><td>1<td>2</table>", f"{HEAD}| 1 | 2 |\n"),
        ("<table><caption>c</caption><tr><td><b>a</b><td><b>b</b><tr><td>1<td>2</table>", f"c\n\n{HEAD}| 1 | 2 |\n"),
        ("<table><tr><th>a<th>b<tr><td>x|y<td>", f"{HEAD}| x\\|y | |\n"),
        ("<table><tr><th>a<th>b<tr><td rowspan=2>1<td>2<tr><td>3</table>", f"{HEAD}| 1 | 2 |\n| 1 | 3 |\n"),
        (
            "<table><tr><th>a<th>b<tr><td>1<td rowspan=3>2<tr><td>3<tr><td>4</table>",
            f"{HEAD}| 1 | 2 |\n| 3 | 2 |\n| 4 | 2 |\n",
        ),
        ("<table><tr><th>a<th>b<tr><td colspan=2>all<tr><td>1<td>2</table>", f"{HEAD}| all | |\n| 1 | 2 |\n"),
        (
            "<table><tr><th rowspan=2>a<th colspan=2>b<tr><th>c<th>d<tr><td>1<td>2<td>3</table>",
            "| a | b | |\n| --- | --- | --- |\n| a | c | d |\n| 1 | 2 | 3 |\n",
        ),
        ("<table><tr><th>a<th>b<tr><td>1<br>2<td><p>3<p>4.<p>5</table>", f"{HEAD}| 1; 2 | 3; 4. 5 |\n"),
        ("<table><tr><th>a<th>b<tr><td><ul><li>1<li>2</ul><td><a href=/x>3</a></table>", f"{HEAD}| 1; 2 | [3](/x) |\n"),
        (
            "<table><tr><th>a<th>b<tr><td>1<tr><td> <tr><td>2<td>3<td>4</table>",
            "| a | b | |\n| --- | --- | --- |\n| 1 | | |\n| 2 | 3 | 4 |\n",
        ),
        (
            "<table><tr><th>a<th>b<tr><td><h4>1</h4><td>2<tr><td><h4>3</h4><td>4</table>",
            f"{HEAD}| 1 | 2 |\n| 3 | 4 |\n",
        ),
        ("<table><tr><td>a<tr><td>b</table>", "a\n\nb\n"),
        ("<table><tr><td>a<td>b</table>", "a\n\nb\n"),
        ("<table><tr><td><h2>A</h2>x<td>y<tr><td>b<td>c</table>", "## A\n\nx\n\ny\n\nb\n\nc\n"),
        ("<table>loose<tr><th>a<th>b<tr><td>1<td>2</table>", f"loose\n\n{HEAD}| 1 | 2 |\n"),
    ],
)
def test_tables(body: str, expected: str) -> None:
    assert of_html(body) == expected


# ---- text ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>a <b>b <i>c</i></b> <em>d</em> <code>e`f</code>", "a **b *c*** *d* ``e`f``\n"),
        ("<p><b>a</b><b> b</b> <b>c</b>", "**a b c**\n"),
        ("<p>a<b> b </b>c", "a **b** c\n"),
        ("<b><p>a<p>b</b>", "**a**\n\n**b**\n"),
        ("<p>un<b>believ</b>able", "un**believ**able\n"),
        ("<p>x<b>“y”</b>z", "x“y”z\n"),
        ("<p><span style='font-weight: 700'>a</span> <b style='font-weight:normal'>b</b>", "**a** b\n"),
        (
            "<style>.x, p .y {font-weight:bold} .z{font-style:italic}</style><p><i class=x>a</i> <i "
            "class=z>b</i> <u class=y>c</u>",
            "***a*** *b* c\n",
        ),
        (
            "<p>a*b _c_ `d` [e](f) [g] <> &amp;amp; \\h 1.5 # i ~~j~~ k_l {#m n}o",
            "a\\*b \\_c\\_ \\`d\\` [e\\](f) [g] <> \\&amp; \\h 1.5 # i \\~\\~j\\~\\~ k_l \\{#m n}o\n",
        ),
        (
            "<p># a<p>1. b<p>+ c<p>> d<p>---<p>= =<p>: e<p>~ f",
            "\\# a\n\n1\\. b\n\n\\+ c\n\n\\> d\n\n\\---\n\n\\= =\n\n\\: e\n\n\\~ f\n",
        ),
        ("<p>a<br># b<br>---<br>|-|-|", "a\\\n\\# b\\\n---\\\n\\|-|-|\n"),
        ("<h2>C #</h2>a", "## C \\#\n\na\n"),
        ("<p>a\u200bb\u00adc\u2028d", "abc d\n"),
    ],
)
def test_marks_and_what_only_looks_like_some(body: str, expected: str) -> None:
    assert of_html(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<a href='https://x.org/a b(1)'>c</a>", "[c](<https://x.org/ab(1)>)\n"),
        ("<a href='/über?x=1&amp;y'>c</a>", "[c](/%C3%BCber?x=1&y)\n"),
        ("<a href=mailto:a@x.org>c</a> <a href=tel:+1>d</a>", "[c](mailto:a@x.org) [d](tel:+1)\n"),
        ("<a href='#top'>c</a> <a name=x>d</a> <a href=javascript:e()>e</a> <a href=file:///f>f</a>", "c d e f\n"),
        ("<a href='https://www.google.com/url?sa=D&q=https://x.org/%3Fa%3D1&usg=b'>c</a>", "[c](https://x.org/?a=1)\n"),
        ("<a href=/x>c</a> <a href=/x>d</a><a href=/y>e</a>", "[c d](/x)[e](/y)\n"),
        ("<b>a <a href=/x>b</a> c</b>", "**a** [**b**](/x) **c**\n"),
        ("<a href=/x>[a]</a>! <a href=/y>b</a>!<a href=/z>c</a>", "[\\[a\\]](/x)! [b](/y)\\![c](/z)\n"),
        (
            "<a href=/x><img alt='the logo' src=l.png></a> <img src=m.png> <img alt=n src=data:,x>",
            "[![the logo](l.png)](/x) n\n",
        ),
    ],
)
def test_links_and_pictures(body: str, expected: str) -> None:
    assert of_html(f"<p>{body}") == expected


# ---- keys ------------------------------------------------------------------------------------------------------------


def test_ids_that_vitrine_gives_are_keys_and_others_are_not() -> None:
    body = (
        "<h2 id=clause-scope>Scope</h2><p id=clause-scope.all>a</p><p id=intro>b</p><ul><li id=clause-item>c</li></ul>"
        "<table><tr><th>d<th>e<tr id=clause-row><td>f<td>g</table><h2 id=section-2>More</h2>h"
    )
    assert of_html(body) == (
        "## Scope {#scope}\n\na {#scope.all}\n\nb\n\n- c {#item}\n\n"
        "| d | e |\n| --- | --- |\n| f | g {#row} |\n\n## More\n\nh\n"
    )


def test_keys_written_into_the_text_of_html_are_keys() -> None:
    body = (
        "<h2>Scope {#scope}</h2><p>a <b>b</b> {#x.y}</p><ul><li>c{#z}<p>d</ul><table><tr><td>e<td>f<tr><td>g<td>h {#r}"
    )
    assert of_html(body) == (
        "## Scope {#scope}\n\na **b** {#x.y}\n\n- c {#z}\n\n  d\n\n| e | f |\n| --- | --- |\n| g | h {#r} |\n"
    )


# ---- office programs -------------------------------------------------------------------------------------------------

SYMBOL = "<span style='font-family:Symbol'>·<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span>"


def item(level: int, marker: str, text: str) -> str:
    return (
        f"<p class=MsoListParagraph style='mso-list:l0 level{level} lfo1'><span style='mso-list:Ignore'>{marker}"
        f"<span>&nbsp; </span></span>{text}</p>"
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (item(1, "1.", "a") + item(2, "o", "b") + item(1, "2.", "c"), "1. a\n   - b\n2. c\n"),
        (item(1, "(a)", "b") + item(1, "1.1.", "c"), "- (a) b\n- 1.1. c\n"),
        (
            f"<p class=MsoListParagraph style='margin-left:36.0pt'>{SYMBOL}a<p class=MsoListParagraph "
            f"style='margin-left:1.0in'>"
            f"{SYMBOL}b<p class=MsoListParagraph style='margin-left:36.0pt'>3.&nbsp; c",
            "- a\n  - b\n\n3\\. c\n",
        ),
        ("<p class=MsoTitle>A</p><h1>B</h1><h2>C</h2>d", "# A\n\n## B\n\n### C\n\nd\n"),
        ("<p class=MsoTitle>A</p><h2>C</h2>d", "# A\n\n## C\n\nd\n"),
        ("<p class=title>A</p><h1>B</h1>d", "A\n\n# B\n\nd\n"),
        (
            "<ul class='lst-kix_a-0 start'><li>a</ul><ul class='lst-kix_a-1'><li>b</ul><ul "
            "class='lst-kix_a-2'><li>c</ul>"
            "<ol class='lst-kix_a-0' start=4><li>d</ol>",
            "- a\n  - b\n    - c\n\n4\\. d\n",
        ),
    ],
)
def test_lists_and_titles_of_office_programs(body: str, expected: str) -> None:
    assert of_html(body) == expected


STRUCK_CLASS = "<style>.c1{color:red;text-decoration:line-through}</style>"


@pytest.mark.parametrize(
    ("body", "struck"),
    [
        ("<p>We <del>do <b>not</b></del> sell <s>a</s> <strike>b</strike>.", "do not|a|b in We do not sell a b."),
        ("<p>We <span style='text-decoration: underline line-through'>do not</span> sell", "do not in We do not sell"),
        (STRUCK_CLASS + "<p>We <span class=c1>do not</span> sell", "do not in We do not sell"),
        ("<h2>a</h2><del><p>b<ul><li>c</ul></del><p>d", "b in b; c in c"),
        (
            "<table><tr><td>a<td>b<tr><td style='text-decoration:line-through'>c<td><s>d</s> e</table>",
            "c in c; d in d e",
        ),
        ("<h2>A <s>b</s></h2><pre>c <s>d</s></pre>", "b in A b; d in c d"),
        ("<p>a <ins>b</ins> <u>c</u> <s> </s><span style='text-decoration:none' class=c1>d</span>", ""),
        ("<nav><s>a</s></nav><p>We keep nothing of you at all.", ""),
    ],
)
def test_what_is_struck_out_stays_text_and_is_told(body: str, struck: str) -> None:
    found = imported(f"<!doctype html><body>{body}").struck_out
    texts = list(dict.fromkeys(each.text for each in found))
    told = ("|".join(each.words for each in found if each.text == text) + f" in {text}" for text in texts)
    assert "; ".join(told) == struck


# ---- what is no text of the page -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("around", "left_out"),
    [
        ("<nav>a b</nav>", {"nav": 2}),
        ("<div role=navigation>a</div>", {"nav": 1}),
        ("<header>a <nav>b</nav></header><footer>c</footer>", {"header": 2, "footer": 1}),
        (f"<aside>{'a ' * 40}</aside>", {"aside": 40}),
        (
            "<div role=banner>a</div><div role=contentinfo>b</div><div role=complementary>c</div>",
            {"header": 1, "footer": 1, "aside": 1},
        ),
        ("<form><label>a</label><select><option>b<option>c</select><button>d</button></form>", {"form": 4}),
        (
            "<button>a</button><select><option>b</select><noscript>c d</noscript><iframe>e</iframe>",
            {"button": 1, "select": 1, "noscript": 2, "iframe": 1},
        ),
        ("<div class='cookie-consent'>a b <button>c</button></div>", {"cookie banner": 3}),
        ("<aside id=onetrust-banner-sdk>a<input type=submit></aside>", {"cookie banner": 1}),
        ("<dialog open>a</dialog><div role=alertdialog>b</div>", {"dialog": 2}),
        ("<a class='skip-link' href='#m'>Skip it</a>", {"skip link": 2}),
        ("<p>[toc]</p>", {"[TOC]": 1}),
    ],
)
def test_what_stands_around_the_text_is_left_out_and_counted(around: str, left_out: dict[str, int]) -> None:
    page = f"<!doctype html><body>{around}<h1>The policy</h1><p>{'We keep it. ' * 20}</p>"
    found = imported(page)
    assert found.left_out == left_out
    assert markdown_of(page) == f"# The policy\n\n{('We keep it. ' * 20).strip()}\n"
    kept = imported(page, keep_all=True)
    assert kept.left_out == {}
    assert len(kept.blocks) > len(found.blocks)


@pytest.mark.parametrize(
    "kept",
    [
        "<main><header>a</header>{}<footer>b</footer><aside>c</aside></main>",
        "<article><header>a</header>{}</article>",
        "<form id=aspnetForm>{}<p>a b c d e f g h i</p></form>",
        "<div class=cookie-notice><p>How we use cookies</p></div>{}",
        "<section id=cookie-consent>"
        + "<p>Cookies are small files that a site stores. " * 50
        + "<button>a</button></section>{}",
    ],
)
def test_what_belongs_to_the_text_is_kept(kept: str) -> None:
    assert imported(f"<!doctype html><body>{kept.format('<p>The policy.</p>')}").left_out.keys() <= {"button"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<h3><button>A</button></h3>b", "### A\n\nb\n"),
        ("<h3>1. <span><button>A <svg></svg></button></span></h3>b", "### 1. A\n\nb\n"),
        ("<div><h3>A</h3><button>Print</button></div>b", "### A\n\nb\n"),
        ("<button><h3>A</h3></button>b", "### A\n\nb\n"),
        ("<div role=heading><button>A</button></div>b", "## A\n\nb\n"),
        ("<h3>A <button>Copy</button></h3>b<button>Print</button>", "### A\n\nb\n"),
        ("<section><header><h2>A</h2></header>b</section>", "## A\n\nb\n"),
        ("<section><header><h2>Brand</h2><nav>c</nav></header></section><h2>A</h2>b", "## A\n\nb\n"),
        ("<header><h2>Brand</h2></header><section><h2>A</h2>b</section>", "## A\n\nb\n"),
    ],
)
def test_headings_that_open_a_section_are_kept_and_what_is_around_them_is_not(body: str, expected: str) -> None:
    text = f"<p>{('We keep it. ' * 20).strip()}</p>"
    assert of_html(f"{body}{text}") == f"{expected}\n{('We keep it. ' * 20).strip()}\n"


def test_a_header_is_kept_for_the_only_title_in_it() -> None:
    page = "<!doctype html><body><header><nav>a</nav><h1>Policy</h1></header><p>We keep nothing at all.</p>"
    assert markdown_of(page) == "# Policy\n\nWe keep nothing at all.\n"
    assert imported(page).left_out == {"nav": 1}


# ---- HTML that is none -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>a<b>b<i>c</b>d</i></div></p></ul>e", "a**bc**d\n\ne\n"),
        ("<table><tr>a<td>b<tr>c</table><td>d", "ac\n\nb\n\nd\n"),
        ("<ul><li>a<h2>B<li>c", "- a\n\n  ## B c\n"),
        ("<p>a<p <b>c</b>", "a\n\nc\n"),
        ("<html><frameset><frame src=x><noframes>a</noframes>", "a\n"),
        ("<p>a</p", "a\n"),
        ("<p title='b>c</p>d' >e", "e\n"),
        ("<H2>A</H2><P>b<BR>c", "## A\n\nb\\\nc\n"),
        (
            "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body><p>a<br/>b</p></body></html>",
            "a\\\nb\n",
        ),
        ("<p>a&#0;b&#xD800;c", "a\ufffdb\ufffdc\n"),
    ],
)
def test_malformed_html_is_read_as_browsers_do(page: str, expected: str) -> None:
    assert markdown_of(page, source_format=SourceFormat.HTML, keep_all=True) == expected
