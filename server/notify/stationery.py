"""What letters are written with: templates and sentences, those of a company's own folder before those shipped here.

A folder holds templates for all languages, and a folder for each language with its sentences, and with templates for
that language alone where it has any. A company's folder replaces templates file by file, and sentences one by one.
Templates run in a sandbox: they reach the values that they are given, the templates beside them, and nothing else.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType

import jinja2
import structlog
from jinja2.sandbox import ImmutableSandboxedEnvironment

from graph.errors import InvalidSettings, Problem
from graph.notice_content.model import NoticeContent
from graph.notice_content.plain import content_as_plain
from graph.notices import NoticeKind
from server.notify.catalogue import Catalogue, Sentence, check_sentences, fitting, language_of, read_sentences
from server.notify.notice_links import NoticeLinks
from server.notify.page import PageWriter
from server.notify.samples import SAMPLES

log = structlog.get_logger(__name__)

SHIPPED = Path(__file__).parent / "templates"
SENTENCES = "sentences.yaml"
#: The language that has every sentence.
REFERENCE = "en"
COLUMNS = 72

_FILES: Mapping[NoticeKind, tuple[str, str, str]] = {
    NoticeKind.REVISION: ("title.txt", "notice.txt", "notice.html"),
    NoticeKind.WITHDRAWAL: ("withdrawal_title.txt", "withdrawal.txt", "withdrawal.html"),
}
_HINT = "docs/notices.md says what templates are given"

Sentences = Mapping[str, Sentence]


@dataclass(frozen=True, slots=True)
class Written:
    """`title` is one line, `text` wrapped, `html` a whole document."""

    title: str
    text: str
    html: str


class Stationery:
    """`missing`: by language, the sentences that are taken from another one."""

    def __init__(self, folder: Path | None) -> None:
        """Raises InvalidSettings with all that is wrong with the sentences and templates, one a line, by file and line.
        `folder`: the company's own; None for none."""
        shipped, problems = _shipped(), list[Problem]()
        own: dict[str, Sentences] = {}
        if folder is not None:
            own, found = _read_folder(folder)
            problems += found
        reference = shipped[REFERENCE]
        for language, sentences in own.items():
            problems += check_sentences(sentences, reference)
            # What is wrong with these is told: they would fail again in every template that says them.
            own[language] = fitting(sentences, reference)
        self._folder = folder
        self._languages: dict[str, _Language] = {}
        self.missing: dict[str, list[str]] = {}
        for language in dict.fromkeys((*shipped, *own)):
            layers = [each[name] for name in _line(language) for each in (own, shipped) if name in each]
            self.missing[language] = [name for name in reference if all(name not in layer for layer in layers)]
            catalogue = Catalogue(language, [*layers, own.get(REFERENCE, {}), reference])
            self._languages[language] = _Language(
                catalogue, _environment(_folders(language, folder)), _environment(_folders(language, None))
            )
        problems += self._check()
        if problems:
            lines = dict.fromkeys(str(problem) for problem in problems)
            raise InvalidSettings("\n".join(f"VITRINE_TEMPLATES: {line}" for line in lines))

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self._languages)

    def language_for(self, *wanted: str | None) -> str:
        """The first of these BCP 47 tags for which there are sentences, each tried with less and less of its end:
        de-AT, then de. English where there are none for any."""
        known = {language.lower(): language for language in self._languages}
        for tag in wanted:
            for each in _line((tag or "").replace("_", "-").lower()):
                if each in known:
                    return known[each]
        return REFERENCE

    def write(self, content: NoticeContent, language: str, links: NoticeLinks, notice: str) -> Written:
        """`language`: one of `languages`. `notice`: what stands for the notice's id in links.

        Where a template of the company's own fails after all, the shipped one is taken: people are told in any case.
        """
        try:
            return self._languages[language].write(content, links, notice)
        except Exception as error:
            if self._folder is None:
                raise
            place = _failure(error, self._folder)
            log.error("A template failed, and the shipped one was taken", file=place.file, line=place.line)
            return self._languages[language].write_shipped(content, links, notice)

    def _check(self) -> Iterator[Problem]:
        """What is wrong with the templates: what fails when a sample of each kind of notice is written."""
        for language in self._languages.values():
            for sample in SAMPLES:
                try:
                    written = language.write(sample, NoticeLinks("https://privacy.example"), "0" * 32)
                except jinja2.TemplateSyntaxError as error:
                    yield Problem(error.filename or error.name or "", error.lineno, error.message or "", _HINT)
                except jinja2.TemplateNotFound as error:
                    yield Problem(str(self._folder or SHIPPED), 0, f"there is no template {error.name!r}", _HINT)
                except Exception as error:
                    yield _failure(error, self._folder)
                else:
                    if not written.title:
                        file = _FILES[sample.kind][0]
                        yield Problem(language.file_of(file), 0, "the title is empty", "write something into it")


class _Language:
    """What letters of one language are written with."""

    def __init__(self, catalogue: Catalogue, own: jinja2.Environment, shipped: jinja2.Environment) -> None:
        self._catalogue = catalogue
        self._own = own
        self._shipped = shipped

    def write(self, content: NoticeContent, links: NoticeLinks, notice: str) -> Written:
        return self._write(self._own, content, links, notice)

    def write_shipped(self, content: NoticeContent, links: NoticeLinks, notice: str) -> Written:
        return self._write(self._shipped, content, links, notice)

    def _write(
        self, environment: jinja2.Environment, content: NoticeContent, links: NoticeLinks, notice: str
    ) -> Written:
        catalogue = self._catalogue

        def say(name: str, /, **values: object) -> str:
            return catalogue.say(name, **values)

        page = PageWriter(catalogue, links).page(content, notice)
        values = {**page, "content": content_as_plain(content), "say": say}
        title_file, text_file, html_file = (environment.get_template(name) for name in _FILES[content.kind])
        title = " ".join(title_file.render(values).split())
        values["title"] = title
        return Written(title, _tidy(text_file.render(values)), html_file.render(values).strip() + "\n")

    def file_of(self, name: str) -> str:
        return self._own.get_template(name).filename or name


# ---- folders ---------------------------------------------------------------------------------------------------------


def _line(tag: str) -> Iterator[str]:
    """A tag with less and less of its end: de-Latn-AT, de-Latn, de."""
    while tag:
        yield tag
        tag = tag.rpartition("-")[0]


def _folders(language: str, folder: Path | None) -> list[Path]:
    """Where a template of a language is looked for, in turn."""
    roots = [SHIPPED] if folder is None else [folder, SHIPPED]
    return [each for root in roots for each in (*(root / name for name in _line(language)), root)]


@cache
def _shipped() -> Mapping[str, Sentences]:
    """By language. Read once, for that takes longer than most of the rest."""
    return _read_folder(SHIPPED)[0]


def _read_folder(folder: Path) -> tuple[dict[str, Sentences], list[Problem]]:
    """The sentences in a folder, by language, and what is wrong with them."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        hint = "name a folder of templates, or none"
        return {}, [Problem(str(folder), 0, f"the folder cannot be read ({error.strerror})", hint)]
    found: dict[str, Sentences] = {}
    problems: list[Problem] = []
    for entry in entries:
        if not entry.is_dir() or entry.name.startswith("."):
            continue
        language = language_of(entry)
        if language is None:
            hint = "name it by a language tag, such as de or pt-BR"
            problems.append(Problem(str(entry), 0, f"{entry.name!r} is no language", hint))
            continue
        if language != entry.name:
            hint = f"name the folder {language!r}"
            problems.append(Problem(str(entry), 0, f"{entry.name!r} is another way to write a language", hint))
            continue
        file = entry / SENTENCES
        try:
            text = file.read_text("utf-8") if file.exists() else None
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
            problems.append(Problem(str(file), 0, f"the file cannot be read ({reason})", "mend it, or delete it"))
            continue
        if text is None:
            found[language] = {}
            continue
        found[language], wrong = read_sentences(text, str(file))
        problems += wrong
    return found, problems


# ---- templates -------------------------------------------------------------------------------------------------------


def _environment(folders: Iterable[Path]) -> jinja2.Environment:
    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(folder) for folder in folders]),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.clear()
    environment.filters |= {"wrapped": _wrapped, "underlined": _underlined}
    return environment


def _wrapped(text: str, indent: int = 0, hanging: int = 0) -> str:
    """Lines of at most `COLUMNS`: the first indented by `indent`, the others by `hanging` more. Words, such as
    addresses, are never broken."""
    start = " " * indent
    return textwrap.fill(
        " ".join(text.split()),
        COLUMNS,
        initial_indent=start,
        subsequent_indent=start + " " * hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _underlined(text: str, mark: str = "-") -> str:
    lines = _wrapped(text).splitlines()
    return "\n".join([*lines, mark * max(map(len, lines), default=0)])


def _tidy(text: str) -> str:
    """Without white space at the ends of lines, and with one empty line at most between others."""
    lines: list[str] = []
    for line in (each.rstrip() for each in text.strip("\n").splitlines()):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).rstrip("\n") + "\n"


def _failure(error: Exception, folder: Path | None) -> Problem:
    """Where in a template something failed: the innermost place in one."""
    roots = [str(root) for root in (folder, SHIPPED) if root is not None]
    file, line = str(folder or SHIPPED), 0
    for name, number in _places(error.__traceback__):
        if any(name.startswith(root) for root in roots):
            file, line = name, number
    reason = f"there is no sentence or value {error}" if isinstance(error, KeyError) else str(error)
    return Problem(file, line, " ".join(reason.split()) or type(error).__name__, _HINT)


def _places(traceback: TracebackType | None) -> Sequence[tuple[str, int]]:
    found = []
    while traceback is not None:
        found.append((traceback.tb_frame.f_code.co_filename, traceback.tb_lineno))
        traceback = traceback.tb_next
    return found
