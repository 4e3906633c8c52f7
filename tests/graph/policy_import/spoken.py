"""What a text says, taken from its source and from its clauses by other means than the code's own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from graph.clauses import code_of, read_policy
from graph.model import Clause
from graph.policy_import import ImportedPolicy, import_policy
from graph.policy_import.keys import KeyedPolicy, keyed_policy

INLINE = {
    *(
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "kbd",
        "mark",
    ),
    *("o:p", "q", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u"),
}
# A number that touches one is another number; letters are of one word.
RAISED = {"sub", "sup"}
RAISED_HERE = "\0"
SILENT = {"script", "style", "title"}
# The keys of Markdown, where no backslash makes text of them.
KEYS = re.compile(r"(?<!\\)\{#[a-z0-9.-]+\}")


class _Speech(HTMLParser):
    """The characters that HTML shows, with white space wherever one block, cell or line ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT
        self._part(tag)
        self.parts += [value or "" for name, value in attrs if tag == "img" and name == "alt"]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT
        self._part(tag)

    def _part(self, tag: str) -> None:
        if tag in RAISED:
            self.parts.append(RAISED_HERE)
        elif tag not in INLINE:
            self.parts.append(" ")


def words(text: str) -> list[str]:
    """Runs of letters and digits, soft hyphens taken out."""
    plain = unicodedata.normalize("NFC", re.sub("[\u00ad\u200b\u2060\ufeff]", "", text))
    return re.findall(r"\w+", plain.replace("_", " "))


def words_of_html(html: str) -> list[str]:
    parser = _Speech()
    parser.feed(html)
    parser.close()
    heard = re.sub(rf"(?<=\d){RAISED_HERE}+(?=\d)", " ", "".join(parser.parts))
    return words(heard.replace(RAISED_HERE, ""))


_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
deflist_plugin(_MARKDOWN)
footnote_plugin(_MARKDOWN, inline=False)
_PLAIN = MarkdownIt("commonmark", {"html": False}).enable("table")


def words_of_markdown(markdown: str) -> list[str]:
    """Of Markdown with HTML in it, without its keys."""
    return words_of_html(_MARKDOWN.render(KEYS.sub("", markdown)))


def words_of_clauses(clauses: Iterable[Clause]) -> list[str]:
    """In order; each clause is read by itself."""
    found: list[str] = []
    for clause in clauses:
        code = code_of(clause)
        found += words(code) if code is not None else words_of_html(_PLAIN.renderInline(clause.text))
    return found


def imported(text: str | bytes, **options: object) -> ImportedPolicy:
    data = text.encode() if isinstance(text, str) else text
    return import_policy(data, "policy", **options)  # type: ignore[arg-type]


def keyed(text: str | bytes, **options: object) -> KeyedPolicy:
    return keyed_policy(imported(text, **options).blocks, "policy")


def markdown_of(text: str | bytes, **options: object) -> str:
    """The canonical Markdown of a source; it is what becomes of itself, too, and a policy without problems."""
    markdown = keyed(text, **options).policy.markdown
    assert keyed(markdown).policy.markdown == markdown, "importing it once more gives the same"
    assert read_policy(markdown).problems == ()
    return markdown
