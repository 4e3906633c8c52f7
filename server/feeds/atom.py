"""The Atom feed (RFC 4287) of published revisions, as XML. Pure."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from graph.model import Revision
from graph.store.times import to_text
from server.notify.notice_links import policy_url

MEDIA_TYPE = "application/atom+xml"
PATH = "/feed/revisions.atom"
_NAMESPACE = "http://www.w3.org/2005/Atom"
#: Of the ids made here; chosen once, at random.
_IDS = uuid.UUID("399a05cf-396b-4ce4-910f-7f52c611d2da")
# What XML 1.0 cannot hold, escaped or not.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNKNOWN = "\ufffd"


@dataclass(frozen=True, slots=True)
class RevisionsPage:
    """`revisions`: published ones, the newest first. `first`: the first revision that this installation ever drafted,
    by which the feed is known; None while there is none. `before`: the number in the page's address, None for the first
    page. `has_older`: whether a page comes after this one. `links`: what links begin with."""

    revisions: Sequence[Revision]
    first: Revision | None
    author: str
    links: str
    before: int | None
    has_older: bool

    @property
    def updated_at(self) -> datetime:
        return max((_published_at(each) for each in self.revisions), default=datetime(1970, 1, 1, tzinfo=UTC))


def atom_document(page: RevisionsPage) -> bytes:
    feed = Element("feed", {"xmlns": _NAMESPACE, "xml:lang": "en"})
    _text(feed, "id", _urn("feed", page.first))
    _text(feed, "title", f"{page.author}: the privacy policy and its revisions")
    _text(feed, "updated", to_text(page.updated_at))
    _text(SubElement(feed, "author"), "name", page.author)
    _text(feed, "generator", "Vitrine")
    _link(feed, "alternate", policy_url(page.links), "text/html")
    _link(feed, "self", _address(page.links, page.before), MEDIA_TYPE)
    # Pages of one feed, by RFC 5005.
    _link(feed, "first", _address(page.links, None), MEDIA_TYPE)
    if page.has_older:
        _link(feed, "next", _address(page.links, page.revisions[-1].number), MEDIA_TYPE)
    for revision in page.revisions:
        _add_entry(feed, revision, page.links)
    document: bytes = tostring(feed, "utf-8", xml_declaration=True)
    return document


def _add_entry(feed: Element, revision: Revision, links: str) -> None:
    published = to_text(_published_at(revision))
    assert revision.effective_at is not None
    entry = SubElement(feed, "entry")
    _text(entry, "id", _urn("revision", revision))
    _text(entry, "title", f"Revision {revision.number}, in force from {revision.effective_at:%Y-%m-%d}")
    _text(entry, "published", published)
    # It never changes once it is published.
    _text(entry, "updated", published)
    _link(entry, "alternate", policy_url(links, revision.number), "text/html")
    _text(entry, "summary", revision.summary).set("xml:lang", revision.language)


def _urn(what: str, revision: Revision | None) -> str:
    """The same for ever, wherever the service moves: made of what can never change, and of nothing else has anybody."""
    told = ""
    if revision is not None:
        told = f"{revision.number} {to_text(revision.drafted_at)} {revision.text_hash} {revision.map_hash}"
    return uuid.uuid5(_IDS, f"{what} {told}").urn


def _published_at(revision: Revision) -> datetime:
    assert revision.published_at is not None
    return revision.published_at


def _address(links: str, before: int | None) -> str:
    return f"{links}{PATH}" if before is None else f"{links}{PATH}?before={before}"


def _text(parent: Element, name: str, text: str) -> Element:
    element = SubElement(parent, name)
    element.text = _NO_XML.sub(_UNKNOWN, text)
    return element


def _link(parent: Element, relation: str, address: str, media_type: str) -> None:
    SubElement(parent, "link", {"rel": relation, "type": media_type, "href": address})
