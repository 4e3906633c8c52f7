"""The feed of revisions as a document: what a reader of feeds makes of it, whatever the revisions say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.dom.minidom import parseString

import feedparser
from hypothesis import given
from hypothesis import strategies as st

from graph.model import Revision, RevisionState
from server.feeds.atom import RevisionsPage, atom_document

DRAFTED = datetime(2018, 11, 1, 8, tzinfo=UTC)
FIRST = Revision(
    number=1,
    state=RevisionState.PUBLISHED,
    base=0,
    language="en",
    summary="The first policy.",
    text_hash="a" * 64,
    map_hash="b" * 64,
    drafted_at=DRAFTED,
    published_at=datetime(2018, 11, 2, 9, 30, tzinfo=UTC),
    effective_at=datetime(2018, 11, 12, tzinfo=UTC),
)
SECOND = replace(
    FIRST,
    number=2,
    base=1,
    language="de",
    summary='Neu: <b>Analyse</b> & "Werbung" — ]]>',
    text_hash="c" * 64,
    drafted_at=DRAFTED + timedelta(days=3000),
    published_at=datetime(2026, 12, 1, 9, 0, 0, 250_000, tzinfo=UTC),
    effective_at=datetime(2027, 1, 1, tzinfo=UTC),
)
PAGE = RevisionsPage(
    revisions=(SECOND, FIRST),
    first=FIRST,
    author="Company & Sons Ltd",
    links="https://privacy.example",
    before=None,
    has_older=False,
)


def read(page: RevisionsPage) -> Any:
    """As a reader of feeds that knows nothing of us understands it; it must find nothing to complain of."""
    document = atom_document(page)
    parseString(document)  # noqa: S318 - our own
    found = feedparser.parse(document, sanitize_html=False)
    assert not found.bozo, found.get("bozo_exception")
    assert (found.version, found.encoding) == ("atom10", "utf-8")
    return found


def test_a_reader_finds_every_revision_the_newest_first() -> None:
    found = read(PAGE)

    assert [(entry.title, entry.published, entry.updated, entry.link, entry.summary) for entry in found.entries] == [
        (
            "Revision 2, in force from 2027-01-01",
            "2026-12-01T09:00:00.250000Z",
            "2026-12-01T09:00:00.250000Z",
            "https://privacy.example/policy/2",
            'Neu: <b>Analyse</b> & "Werbung" — ]]>',
        ),
        (
            "Revision 1, in force from 2018-11-12",
            "2018-11-02T09:30:00.000000Z",
            "2018-11-02T09:30:00.000000Z",
            "https://privacy.example/policy/1",
            "The first policy.",
        ),
    ]
    # A summary is text: whatever is in it, no reader takes it for a page.
    assert {entry.summary_detail.type for entry in found.entries} == {"text/plain"}
    assert [entry.summary_detail.language for entry in found.entries] == ["de", "en"]


def test_the_feed_says_whose_it_is_and_where() -> None:
    feed = read(PAGE).feed

    assert feed.title == "Company & Sons Ltd: the privacy policy and its revisions"
    assert feed.author == "Company & Sons Ltd"
    assert feed.updated == "2026-12-01T09:00:00.250000Z"
    assert {(each.rel, each.type, each.href) for each in feed.links} == {
        ("alternate", "text/html", "https://privacy.example/policy"),
        ("self", "application/atom+xml", "https://privacy.example/feed/revisions.atom"),
        ("first", "application/atom+xml", "https://privacy.example/feed/revisions.atom"),
    }


def test_a_page_leads_to_the_next_one() -> None:
    page = replace(PAGE, revisions=(SECOND,), before=7, has_older=True)

    links = {each.rel: each.href for each in read(page).feed.links}

    assert links["self"] == "https://privacy.example/feed/revisions.atom?before=7"
    assert links["next"] == "https://privacy.example/feed/revisions.atom?before=2"


def test_ids_stay_when_everything_else_moves() -> None:
    """Another host, another name of the company, another state of the world: whoever has read an entry has read it."""
    moved = replace(PAGE, links="http://10.0.0.1:8000", author="Renamed Ltd", revisions=(SECOND,), before=9)

    before, after = read(PAGE), read(moved)

    assert before.feed.id == after.feed.id
    assert before.entries[0].id == after.entries[0].id
    ids = [before.feed.id, *(entry.id for entry in before.entries)]
    assert len(set(ids)) == 3
    assert all(id.startswith("urn:uuid:") for id in ids)
    # Written down once and for all: a change here would show everybody everything anew.
    assert ids == [
        "urn:uuid:99f3c293-52ec-534f-b061-50fcec9df73b",
        "urn:uuid:71dca698-06d9-58bb-8b7b-3c99466c0f91",
        "urn:uuid:627c57a3-d9dc-5e6e-a7bb-7d0487f90cec",
    ]


def test_ids_of_another_installation_are_others() -> None:
    drafted_later = replace(FIRST, drafted_at=DRAFTED + timedelta(microseconds=1))
    other = replace(PAGE, revisions=(drafted_later,), first=drafted_later)

    here, there = read(replace(PAGE, revisions=(FIRST,))), read(other)

    assert here.feed.id != there.feed.id
    assert here.entries[0].id != there.entries[0].id


def test_before_anything_is_published_the_feed_is_empty() -> None:
    found = read(replace(PAGE, revisions=(), first=None, author="This company"))

    assert found.entries == []
    assert found.feed.updated == "1970-01-01T00:00:00.000000Z"


@given(summary=st.text(alphabet=st.characters(codec="utf-8")), author=st.text(alphabet=st.characters(codec="utf-8")))
def test_whatever_people_write_the_document_is_well_formed(summary: str, author: str) -> None:
    page = replace(PAGE, revisions=(replace(FIRST, summary=summary),), author=author)

    document = parseString(atom_document(page))  # noqa: S318 - our own

    (found,) = document.getElementsByTagName("summary")
    text = "".join(str(node.nodeValue) for node in found.childNodes)
    # What XML cannot hold is marked; the ends of lines are one for XML.
    kept = "".join(each if _is_of_xml(each) else "\ufffd" for each in summary)
    assert text == kept.replace("\r\n", "\n").replace("\r", "\n")


def _is_of_xml(character: str) -> bool:
    code = ord(character)
    return character in "\t\n\r" or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000
