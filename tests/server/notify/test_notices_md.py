"""docs/notices.md says what there is: the example as it is written, values of templates, the structure, the files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from graph.changes import Place
from graph.data_map import DataMap
from graph.impact import changes
from graph.notice_content import content_of
from graph.notice_content.plain import content_as_plain
from graph.notices import Notice, NoticeKind
from graph.reports import HoldingLine
from server.notify import page as limits
from server.notify.catalogue import Catalogue, read_sentences
from server.notify.notice_links import NoticeLinks
from server.notify.page import PageWriter
from server.notify.samples import SAMPLES
from server.notify.stationery import COLUMNS, SENTENCES, SHIPPED, Stationery, Written
from server.settings import ROOT
from tests.builders import a_revision
from tests.server.api import EXAMPLE_REVISION, EXAMPLES, IN_FORCE, SEED, TODAY, revision_in
from tests.server.telling import TO_COME

DOCUMENT = (ROOT / "docs/notices.md").read_text("utf-8")
LINKS = NoticeLinks("https://privacy.example.com")
FULL = SAMPLES[0]


def section(heading: str) -> str:
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def named(text: str) -> set[str]:
    """What stands in the first cells of tables, as code."""
    cells = [line.split(" | ")[0] for line in text.splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def paths(value: object, path: str = "") -> Iterator[str]:
    match value:
        case dict():
            for key, each in value.items():
                yield from paths(each, f"{path}.{key}" if path else key)
        case list():
            for each in value:
                yield from paths(each, f"{path}[]")
        case _:
            yield path


def fields(value: object) -> Iterator[str]:
    match value:
        case dict():
            for key, each in value.items():
                yield key
                yield from fields(each)
        case list():
            for each in value:
                yield from fields(each)


def example() -> Written:
    """What example-visitor is told of the example revision."""
    old, new = (
        DataMap(a_revision(number, published_at=TODAY, effective_at=at), content.policy, content.elements)
        for number, at, content in ((1, IN_FORCE, revision_in(SEED)), (2, TO_COME, revision_in(EXAMPLE_REVISION)))
    )
    found = changes(old, new)
    wanted = '"holding","subject":"example-visitor"'
    lines = [line for line in EXAMPLES.read_text("utf-8").splitlines() if wanted in line]
    held = [HoldingLine.model_validate_json(line) for line in lines]
    places = [Place(each.service, each.category) for each in held]
    touched = {place for place in places if any(place in change.touch.places for change in found)}
    notice = Notice("example-visitor", 2, NoticeKind.REVISION, TODAY, tuple(sorted(touched)))
    return Stationery(None).write(content_of(notice, found, old, new), "en", LINKS, "0" * 32)


def test_the_example_is_what_a_person_is_told() -> None:
    written = example()
    text = section("An example")
    assert f'"{written.title}"' in text
    assert re.findall(r"```text\n(.*?)```", text, re.DOTALL) == [written.text]


def test_every_value_of_a_template_is_named_and_no_other() -> None:
    sentences, _ = read_sentences((SHIPPED / "en" / SENTENCES).read_text("utf-8"), SENTENCES)
    given = set(paths(PageWriter(Catalogue("en", [sentences]), LINKS).page(FULL, "0" * 32)))
    assert named(section("The values of a template")) == given | {"content", "say"}


def test_every_field_of_the_structure_is_named() -> None:
    said = set(re.findall(r"`(\w+)(?:\[\])?`", section("As structure")))
    assert set(fields(content_as_plain(FULL))) - said == set()


def test_every_template_is_named_and_no_other() -> None:
    said = set(re.findall(r"`(\w+\.(?:txt|html))`", section("Templates")))
    assert said == {file.name for file in SHIPPED.iterdir() if file.is_file()}


def test_the_limits_are_those_of_the_code() -> None:
    said = [int(number.replace(",", "")) for number in re.findall(r"^\| ([\d,]+) \|", DOCUMENT, re.MULTILINE)]
    assert said == [
        limits.ITEMS_AT_MOST,
        limits.NAMES_AT_MOST,
        limits.CLAUSES_AT_MOST,
        limits.CLAUSE_CHARACTERS_AT_MOST,
    ]
    assert set(re.findall(r"(\d+)\s+characters(?! of one)", DOCUMENT)) == {str(COLUMNS)}


def test_the_sentences_and_the_template_of_the_examples_are_taken(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "ru").mkdir()
    own, russian = re.findall(r"```yaml\n(.*?)```", section("Sentences"), re.DOTALL)
    (template,) = re.findall(r"```jinja\n(.*?)```", section("Templates"), re.DOTALL)
    (tmp_path / "en" / SENTENCES).write_text(own, "utf-8")
    (tmp_path / "ru" / SENTENCES).write_text(russian, "utf-8")
    (tmp_path / "title.txt").write_text(template, "utf-8")
    written = Stationery(tmp_path).write(FULL, "en", LINKS, "0" * 32)
    assert written.title.startswith("Example Ltd: News about your data from January 1, 2027: ")
    assert written.text.endswith("Yours, Example Ltd. Questions are welcome at any time.\n")


def test_the_address_of_the_example_leads_where_it_says() -> None:
    (address,) = re.findall(r"VITRINE_NOTICE_URL='(.*)'", DOCUMENT)
    links = NoticeLinks("https://privacy.example.com", address)
    assert links.to_notice(NoticeKind.REVISION, 2, "abc") == "https://account.example/privacy/notices/abc"
    assert links.to_clause(2, "abc", "uses.ads") == "https://account.example/privacy/notices/abc#uses.ads"
