"""A company's own templates and sentences: what takes the place of what is shipped, and what is told at the start."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from graph.errors import InvalidSettings
from graph.notice_content.model import NoticeContent
from server.notify.notice_links import NoticeLinks
from server.notify.samples import SAMPLES
from server.notify.stationery import SENTENCES, SHIPPED, Stationery, Written
from tests.logs import logged_to

LINKS = NoticeLinks("https://privacy.example.com")
NOTICE = "0" * 32
FULL, _, EMPTY, WITHDRAWN, _ = SAMPLES
HINT = "docs/notices.md says what templates are given"


@cache
def shipped() -> Stationery:
    return Stationery(None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def put(folder: Path, **files: str) -> Stationery:
    """The stationery of a folder with these files, whose names are written `de__notice_txt`."""
    for name, text in files.items():
        file = folder / name.replace("__", "/").replace("_txt", ".txt").replace("_html", ".html")
        file = file.with_name(SENTENCES) if file.name == "sentences" else file
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    return Stationery(folder)


def write(stationery: Stationery, language: str = "en", content: NoticeContent = FULL) -> Written:
    return stationery.write(content, language, LINKS, NOTICE)


def problems(folder: Path, **files: str) -> list[str]:
    """What is said of a folder's files, without the folder."""
    with pytest.raises(InvalidSettings) as refused:
        put(folder, **files)
    return [
        line.removeprefix("VITRINE_TEMPLATES: ").removeprefix(f"{folder}/") for line in str(refused.value).splitlines()
    ]


# ---- what takes the place of what ------------------------------------------------------------------------------------


def test_without_a_folder_of_their_own_a_company_writes_with_what_is_shipped(folder: Path) -> None:
    assert sorted(shipped().languages) == ["de", "en", "ru"]
    assert shipped().missing == {"de": [], "en": [], "ru": []}
    assert write(put(folder)) == write(shipped())


def test_a_template_takes_the_place_of_the_one_of_its_name_and_of_no_other(folder: Path) -> None:
    own = write(put(folder, notice_txt="To our customers.\n\n{{ title }}\n"))
    same = write(shipped())
    assert own.text == f"To our customers.\n\n{same.title}\n"
    assert (own.title, own.html) == (same.title, same.html)


def test_a_template_of_one_language_is_for_that_one(folder: Path) -> None:
    stationery = put(folder, de__notice_txt="Nur hier.", notice_txt="Everywhere else.")
    texts = {language: write(stationery, language).text for language in ("en", "de", "ru")}
    assert texts == {"en": "Everywhere else.\n", "de": "Nur hier.\n", "ru": "Everywhere else.\n"}


def test_a_sentence_takes_the_place_of_the_one_of_its_name_and_of_no_other(folder: Path) -> None:
    stationery = put(folder, en__sentences="footer: Yours, {controller}")
    assert write(stationery).text == write(shipped()).text.replace(
        "You receive this because Example Ltd holds data about you. It is a\n"
        "message about your rights, not advertising.",
        "Yours, Example Ltd",
    )
    assert write(stationery, "de") == write(shipped(), "de")
    assert stationery.missing["en"] == []


def test_templates_may_use_one_another_and_those_that_are_shipped(folder: Path) -> None:
    stationery = put(
        folder,
        head_html="<b>{{ controller }}</b>",
        notice_html='{% import "styles.html" as style %}{% include "head.html" %}<p style="{{ style.text }}">',
    )
    assert write(stationery).html == '<b>Example Ltd</b><p style="margin:0 0 12px">\n'


def test_a_template_reaches_the_structure_of_what_is_said_and_every_sentence(folder: Path) -> None:
    template = "{{ content.revision }} {{ content['items'] | length }} {{ say('clause.more', count=2) }}"
    assert write(put(folder, notice_txt=template)).text == "2 34 and 2 more passages of the policy\n"


def test_the_form_of_a_date_is_a_sentence(folder: Path) -> None:
    stationery = put(folder, en__sentences="formats: {date: MMMM d yyyy}")
    assert write(stationery).title.startswith("Our privacy policy changes on January 1 2027: ")


# ---- languages -------------------------------------------------------------------------------------------------------


def test_a_language_is_added_by_a_folder_and_says_in_english_what_it_lacks(folder: Path) -> None:
    own = 'footer: "Hälsningar, {controller}"\nlink: {policy: Läs hela policyn}'
    stationery = put(folder, sv__sentences=own, en__sentences="section: {actions: Your options}")
    assert sorted(stationery.languages) == ["de", "en", "ru", "sv"]
    assert {"footer", "link.policy"}.isdisjoint(stationery.missing["sv"])
    assert {"title.revision", "section.actions"} <= set(stationery.missing["sv"])
    written = write(stationery, "sv")
    assert written.text.endswith("Läs hela policyn:\nhttps://privacy.example.com/policy/2\n\nHälsningar, Example Ltd\n")
    # The company's own English comes before the one that is shipped.
    assert "YOUR OPTIONS" in written.text
    assert '<html lang="sv" dir="ltr"' in written.html


def test_a_language_of_a_country_has_the_rest_from_the_language(folder: Path) -> None:
    austria = folder / "de-AT"
    austria.mkdir()
    (austria / SENTENCES).write_text("section: {actions: Was Sie in Österreich tun können}", "utf-8")
    stationery = Stationery(folder)
    assert stationery.missing["de-AT"] == []
    written = write(stationery, "de-AT")
    assert "WAS SIE IN ÖSTERREICH TUN KÖNNEN" in written.text
    assert written.title == write(stationery, "de").title.replace("Januar", "Jänner")


def test_a_language_that_is_written_from_right_to_left_is_so_in_html(folder: Path) -> None:
    assert '<html lang="he" dir="rtl"' in write(put(folder, he__sentences="footer: שלום"), "he").html


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        (("de",), "de"),
        (("DE",), "de"),
        (("de-AT",), "de"),
        (("de_AT",), "de"),
        (("de-Latn-AT-x-private",), "de"),
        (("fr-CH", "ru"), "ru"),
        ((None, "ru-RU"), "ru"),
        (("fr",), "en"),
        (("deu",), "en"),
        (("", "-", None), "en"),
        ((), "en"),
        (("ru", "de"), "ru"),
    ],
)
def test_the_language_is_the_first_wanted_that_there_is_by_less_and_less_of_its_tag(
    wanted: tuple[str | None, ...], language: str
) -> None:
    assert shipped().language_for(*wanted) == language


def test_of_a_tag_as_much_counts_as_there_is(folder: Path) -> None:
    for name in ("pt-BR", "pt"):
        (folder / name).mkdir()
    stationery = Stationery(folder)
    tags = ("pt-br", "pt-PT", "pt-BR-abl1943")
    assert [stationery.language_for(each) for each in tags] == ["pt-BR", "pt", "pt-BR"]


# ---- what is told at the start ---------------------------------------------------------------------------------------


def test_a_folder_that_is_not_there_is_told(folder: Path) -> None:
    with pytest.raises(InvalidSettings) as refused:
        Stationery(folder / "none")
    assert str(refused.value) == (
        f"VITRINE_TEMPLATES: {folder}/none:0: the folder cannot be read (No such file or directory): "
        "name a folder of templates, or none"
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("images", "images:0: 'images' is no language: name it by a language tag, such as de or pt-BR"),
        ("de_AT", "de_AT:0: 'de_AT' is no language: name it by a language tag, such as de or pt-BR"),
        ("DE", "DE:0: 'DE' is another way to write a language: name the folder 'de'"),
        ("pt-br", "pt-br:0: 'pt-br' is another way to write a language: name the folder 'pt-BR'"),
    ],
)
def test_a_folder_inside_is_named_by_a_language(folder: Path, name: str, said: str) -> None:
    (folder / name).mkdir()
    assert problems(folder) == [said]


def test_a_hidden_folder_is_passed_over(folder: Path) -> None:
    (folder / ".git").mkdir()
    assert sorted(Stationery(folder).languages) == ["de", "en", "ru"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\nfooter: Yours, {company}", "2: 'footer' has no value {company}: it has {controller}"),
        ("footre: Yours", "1: nothing says 'footre': did you mean 'footer'?"),
        ("link: {policy: {one: a, other: b}}", "1: 'link.policy' is not said of a number: write one text in the place"
         " of plural forms"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_sentences_is_told_with_its_line(folder: Path, text: str, said: str) -> None:
    assert problems(folder, de__sentences=text) == [f"de/sentences.yaml:{said}"]


def test_sentences_that_are_no_text_are_told(folder: Path) -> None:
    (folder / "de").mkdir()
    (folder / "de" / SENTENCES).write_bytes(b"footer: Gr\xfc\xdfe")
    assert problems(folder) == ["de/sentences.yaml:0: the file cannot be read (not UTF-8): mend it, or delete it"]


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("\n{% endif %}", f"2: Encountered unknown tag 'endif'.: {HINT}"),
        ("{{ customer }}", f"1: 'customer' is undefined: {HINT}"),
        ("\n\n{{ controller.phone }}", f"3: 'str object' has no attribute 'phone': {HINT}"),
        ("{{ say('footre') }}", f"1: there is no sentence or value 'footre': {HINT}"),
        ("{{ say('footer') }}", f"1: there is no sentence or value 'controller': {HINT}"),
        ("{{ 1 / 0 }}", f"1: division by zero: {HINT}"),
        ("{{ title | shorter }}", f"1: No filter named 'shorter'.: {HINT}"),
    ],
)  # fmt: skip
def test_a_template_that_fails_is_told_with_its_line(folder: Path, template: str, said: str) -> None:
    assert problems(folder, notice_txt=template) == [f"notice.txt:{said}"]


def test_a_template_that_fails_only_of_what_is_rare_is_told_as_well(folder: Path) -> None:
    template = "{% if kind == 'WITHDRAWAL' and not sections %}{{ nothing }}{% endif %}"
    assert problems(folder, withdrawal_html=template) == [f"withdrawal.html:1: 'nothing' is undefined: {HINT}"]


def test_a_template_that_is_asked_for_and_not_there_is_told(folder: Path) -> None:
    assert problems(folder, notice_txt="{% include 'head.txt' %}") == [
        f"VITRINE_TEMPLATES: {folder}:0: there is no template 'head.txt': {HINT}".removeprefix("VITRINE_TEMPLATES: ")
    ]


@pytest.mark.parametrize("path", ["../secret.txt", "/etc/hostname"])
def test_no_file_outside_of_the_folder_is_read(folder: Path, path: str) -> None:
    (folder / "secret.txt").write_text("secret")
    own = folder / "own"
    own.mkdir()
    assert problems(own, notice_txt=f"{{% include '{path}' %}}") == [f"{own}:0: there is no template {path!r}: {HINT}"]


def test_a_title_with_nothing_in_it_is_told(folder: Path) -> None:
    said = problems(folder, title_txt=" \n{# nothing #}\n")
    assert said == ["title.txt:0: the title is empty: write something into it"]


def test_everything_that_is_wrong_is_told_at_once_and_once(folder: Path) -> None:
    said = problems(folder, en__sentences="x: y", notice_txt="{{ nothing }}", de__notice_txt="{{ nothing }}")
    assert [each.partition(":")[0] for each in said] == ["en/sentences.yaml", "de/notice.txt", "notice.txt"]


# ---- the sandbox -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "template",
    [
        "{{ title.__class__ }}",
        "{{ say.__globals__ }}",
        "{{ say.__closure__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ ''['__class__'] }}",
        "{{ '' | attr('__class__') }}",
        "{{ '{0.__class__}'.format(title) }}",
        "{{ sections.append(1) }}",
        "{{ content.update(kind=1) }}",
        "{{ self._TemplateReference__context }}",
        "{{ lipsum }}",
        "{{ range(10) }}",
        "{{ cycler }}",
        "{% import 'os' as os %}",
    ],
)
def test_a_template_reaches_nothing_but_what_it_is_given(folder: Path, template: str) -> None:
    assert len(problems(folder, notice_txt=template)) == 1


# ---- what fails after all --------------------------------------------------------------------------------------------


def test_a_template_that_fails_after_all_is_told_in_the_log_and_people_get_the_shipped_one(folder: Path) -> None:
    stationery = put(folder, notice_txt="\n{% if controller == 'Unlucky Ltd' %}{{ nothing }}{% endif %}Good day")
    unlucky = replace(FULL, controller=replace(FULL.controller, name="Unlucky Ltd"))
    log = io.StringIO()
    with logged_to(log):
        assert write(stationery).text == "Good day\n"
        written = write(stationery, content=unlucky)
    assert written == write(shipped(), content=unlucky)
    (line,) = log.getvalue().splitlines()
    told = json.loads(line)
    assert (told["event"], told["file"], told["line"]) == (
        "A template failed, and the shipped one was taken",
        str(folder / "notice.txt"),
        2,
    )
    assert "Unlucky" not in line


# ---- the parts of a letter -------------------------------------------------------------------------------------------


def test_a_title_is_one_line_without_needless_white_space(folder: Path) -> None:
    assert write(put(folder, title_txt="\n  News:\n\n {{ controller }}\t! \n")).title == "News: Example Ltd !"


def test_text_has_no_white_space_at_the_ends_of_lines_nor_two_empty_lines(folder: Path) -> None:
    assert write(put(folder, notice_txt="\n\na  \n\n\n\nb\n\n")).text == "a\n\nb\n"


def test_what_is_put_into_html_is_escaped_and_into_text_is_not(folder: Path) -> None:
    odd = replace(FULL, controller=replace(FULL.controller, name="<b>R&D</b>"))
    written = write(put(folder, notice_txt="{{ controller }}", notice_html="{{ controller }}"), content=odd)
    assert (written.text, written.html) == ("<b>R&D</b>\n", "&lt;b&gt;R&amp;D&lt;/b&gt;\n")


def test_lines_are_wrapped_and_headings_underlined(folder: Path) -> None:
    words = "word " * 20
    template = f"{{{{ '{words}' | wrapped(2, 3) }}}}\n{{{{ 'Head' | underlined('=') }}}}\n{{{{ 'Head' | underlined }}}}"
    assert write(put(folder, notice_txt=template)).text.splitlines() == [
        "  word word word word word word word word word word word word word word",
        "     word word word word word word",
        *("Head", "====", "Head", "----"),
    ]


def test_a_withdrawal_has_templates_of_its_own(folder: Path) -> None:
    stationery = put(folder, withdrawal_txt="Taken back.", withdrawal_html="<i>", withdrawal_title_txt="No!")
    assert write(stationery, content=WITHDRAWN) == Written("No!", "Taken back.\n", "<i>\n")
    assert write(stationery, content=EMPTY) == write(shipped(), content=EMPTY)


def test_every_shipped_file_can_be_replaced_by_a_copy(folder: Path) -> None:
    shutil.copytree(SHIPPED, folder / "own")
    for content in SAMPLES:
        assert write(Stationery(folder / "own"), "de", content) == write(shipped(), "de", content)
