"""Where links lead, in the one form that Markdown gives an address."""

from __future__ import annotations

import re
from urllib.parse import unquote

from markdown_it import MarkdownIt

_MAX_LENGTH = 2_000
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_SCHEMES = {"http", "https", "mailto", "tel", "ftp"}
# Google Docs writes each link so, with figures that differ from export to export.
_REDIRECT = re.compile(r"https?://www\.google\.com/url\?(?:[^#]*&)?q=([^&#]+)")
_MARKDOWN = MarkdownIt("commonmark")


def link_address(href: str) -> str | None:
    """The address of a link or picture; None for one that leads nowhere from here: a place on the page, a script."""
    address = "".join(href.split())
    redirect = _REDIRECT.match(address)
    if redirect is not None:
        address = unquote(redirect[1])
    scheme = _SCHEME.match(address)
    if not address or address.startswith("#") or (scheme is not None and scheme[1].lower() not in _SCHEMES):
        return None
    if len(address) > _MAX_LENGTH or not _MARKDOWN.validateLink(address):
        return None
    return _MARKDOWN.normalizeLink(address)
