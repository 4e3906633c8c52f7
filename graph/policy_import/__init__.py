"""A policy as a company publishes it -> canonical Markdown, which `graph.clauses` reads. Pure; no word is lost.

Bytes become text (`source`), the text's format is told by its content (`formats`), and each format is read into the
same blocks (`blocks`): Markdown by way of HTML, in which it may have tables and lists of its own. One writer makes
Markdown of them (`markdown`), so that the same content has one form, and importing that form again gives it back.

What stands around the text on a web page is left out and counted (`chrome`), front matter is read and left out, and
headings that were lost are recognised and reported (`headings`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import NoReturn

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from graph.clauses.keys import is_key
from graph.clauses.parser import MAX_PARAGRAPH
from graph.errors import InvalidRevision, Problem
from graph.policy_import.blocks import Block, Code, Heading, Paragraph, StruckOut, Unit, mapped, plain, said_by, units
from graph.policy_import.chrome import NEVER_TEXT, Chrome
from graph.policy_import.formats import SourceFormat, format_of
from graph.policy_import.front_matter import About, split_front_matter
from graph.policy_import.headings import with_headings
from graph.policy_import.html_bounds import html_problem
from graph.policy_import.html_reader import HtmlReader
from graph.policy_import.html_styles import style_sheet
from graph.policy_import.items import merged
from graph.policy_import.markdown_source import markdown_as_html
from graph.policy_import.plain_text import read_plain_text
from graph.policy_import.source import Source, read_source

CLAUSES_AT_MOST = 20_000
"""Of a policy that is imported."""

_TOC = re.compile(r"\[\[?_?toc_?\]?\]|@\[toc\]|\{:toc\}|\{\{ ?toc ?\}\}", re.IGNORECASE)
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class ImportedPolicy:
    """The text of a policy in blocks, and what was done to get at it.

    `recognised` are the headings that the source did not mark as such. `left_out` counts the words of what is no text,
    by what it is: nav, footer, cookie banner …. `odd_keys` are explicit keys that are not well-formed, and were left
    out. `struck_out` is text like any other, though its source shows it as struck.
    """

    blocks: tuple[Block, ...]
    format: SourceFormat
    source: Source
    about: About
    recognised: tuple[str, ...]
    left_out: Mapping[str, int]
    odd_keys: tuple[str, ...]
    struck_out: tuple[StruckOut, ...]


def import_policy(
    data: bytes,
    file: str,
    *,
    source_format: SourceFormat | None = None,
    encoding: str | None = None,
    keep_all: bool = False,
) -> ImportedPolicy:
    """The policy in `data`; `file` is for messages.

    `source_format` and `encoding` overrule what the content says. With `keep_all`, nothing on a page counts as standing
    around the text. Raises InvalidRevision for what is no text, says nothing, or is too large.
    """
    source = read_source(data, file, encoding)
    used = source_format or format_of(source.text)
    about, text = (About(), source.text) if used is SourceFormat.HTML else split_front_matter(source.text)
    left_out: Mapping[str, int] = {}
    struck_out: Sequence[StruckOut] = ()
    if used is SourceFormat.TEXT:
        blocks = read_plain_text(text)
    else:
        html = text if used is SourceFormat.HTML else markdown_as_html(text, file)
        page, reader, blocks = _read_html(html, file, keep_all)
        about = replace(page, fields=0) if used is SourceFormat.HTML else about
        left_out, struck_out = reader.left_out, reader.struck_out
    if not keep_all:
        kept = [block for block in blocks if not _is_contents_marker(block)]
        left_out = {**left_out, **({"[TOC]": len(blocks) - len(kept)} if len(kept) < len(blocks) else {})}
        blocks = kept
    odd_keys: list[str] = []
    blocks = with_headings(mapped(merged(blocks), lambda unit: _with_good_key(unit, odd_keys)))
    _check(blocks, file, left_out)
    recognised = tuple(plain(block.text) for block in blocks if isinstance(block, Heading) and block.is_recognised)
    return ImportedPolicy(
        tuple(blocks),
        used,
        source,
        about,
        recognised,
        MappingProxyType(dict(left_out)),
        tuple(odd_keys),
        tuple(struck_out),
    )


def _read_html(text: str, file: str, keep_all: bool) -> tuple[About, HtmlReader, list[Block]]:
    problem = html_problem(text, file)
    if problem is not None:
        raise InvalidRevision([problem])
    tree = LexborHTMLParser(text, options=LexborDocumentOptions.WO_EVENTS)
    styles = style_sheet(node.text() or "" for node in tree.css("style"))
    title = tree.css_first("head title")
    root = tree.root
    assert root is not None, "the parser makes a tree of anything"
    about = About(" ".join(title.text().split()) or None if title else None, root.attributes.get("lang"))
    tree.strip_tags(list(NEVER_TEXT))
    reader = HtmlReader(root, styles, None if keep_all else Chrome(root))
    return about, reader, reader.read()


def _is_contents_marker(block: Block) -> bool:
    return isinstance(block, Paragraph) and _TOC.fullmatch(plain(block.text)) is not None


def _with_good_key(unit: Unit, odd_keys: list[str]) -> Unit:
    """`unit` without a key that is none, which goes to `odd_keys`, and without classes after a key."""
    if isinstance(unit, Code) or unit.key is None or is_key(unit.key):
        return unit
    first, *rest = unit.key.split() or [""]
    if is_key(first) and all(each.startswith(".") or "=" in each for each in rest):
        return replace(unit, key=first)
    odd_keys.append(unit.key)
    return replace(unit, key=None)


def _check(blocks: Sequence[Block], file: str, left_out: Mapping[str, int]) -> None:
    found = list(units(blocks))
    if not found:
        words = sum(left_out.values())
        if words:
            hint = "import it with --keep-all, or save the part that is the policy"
            _refuse(file, f"there is no text but {words:,} words that stand around one ({', '.join(left_out)})", hint)
        hint = "a page that a script writes is saved by a browser ('Save page as', complete), or copied as text"
        _refuse(file, "there is no text in it", hint)
    if len(found) > CLAUSES_AT_MOST:
        _refuse(file, f"more than {CLAUSES_AT_MOST:,} clauses", "import the policy alone, or divide it")
    problems = [_too_long(unit, file) for unit in found if len(said_by(unit)) > MAX_PARAGRAPH]
    problems += _repeated_keys(found, file)
    if problems:
        raise InvalidRevision(problems)


def _too_long(unit: Unit, file: str) -> Problem:
    message = f"a paragraph or code block of more than {MAX_PARAGRAPH:,} characters: {shortened(said_by(unit))!r}"
    return Problem(file, 0, message, "divide it by empty lines, or name the format with --format")


def _repeated_keys(found: Sequence[Unit], file: str) -> list[Problem]:
    first: dict[str, Unit] = {}
    problems = []
    for unit in found:
        key = None if isinstance(unit, Code) else unit.key
        if key is None:
            continue
        if first.setdefault(key, unit) is not unit:
            said = f"{shortened(said_by(first[key]))!r} and {shortened(said_by(unit))!r}"
            problems.append(Problem(file, 0, f"the key {{#{key}}} is given twice, to {said}", "take one of them out"))
    return problems


def shortened(text: str, longest: int = _SHOWN) -> str:
    """The beginning of a text, in one line, for a message."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[:longest].rstrip()}…"


def _refuse(file: str, message: str, hint: str) -> NoReturn:
    raise InvalidRevision([Problem(file, 0, message, hint)])
