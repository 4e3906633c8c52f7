"""`vitrine policy`: a policy's text, as it is published."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from graph.clauses.successors import Successors, shown
from graph.data_map import DataMap
from graph.errors import Conflict, InvalidInput, InvalidRevision, InvalidSettings, quoted
from graph.map_file import read_map
from graph.map_file.fields import LANGUAGE
from graph.map_file.nodes import MAX_BYTES
from graph.model import ClauseKind, Revision, RevisionContent
from graph.policy_import import ImportedPolicy, import_policy, shortened
from graph.policy_import.citations import broken_citations, followed
from graph.policy_import.formats import SourceFormat
from graph.policy_import.keys import KeyedPolicy, keyed_policy
from graph.revision_file import decoded
from graph.store.database import Database
from graph.store.revisions import draft_revision
from server.cli.connection import now, with_database
from server.cli.last_published import find_last_published
from server.cli.output import EXIT_FAILED, complain, counted, report, say, say_json, say_table
from server.cli.policy_match import match
from server.cli.policy_text import clause_as_json, first_words, name_of, read_bytes, unreadable
from server.cli.recipients import ReadRecipients, read_recipients
from server.cli.revision import as_json

_MOST_SHOWN = 5

commands = typer.Typer(no_args_is_help=True, help="Policies as companies publish them.")


class Output(StrEnum):
    DRAFT = "draft"
    MARKDOWN = "markdown"
    CLAUSES = "clauses"


@commands.callback()
def group() -> None:
    """Policies as companies publish them."""


@commands.command("import")
def import_file(
    file: Annotated[str, typer.Argument(help="HTML, Markdown or plain text; - for standard input.")],
    output: Annotated[
        Output, typer.Option("--as", help="Write a draft, print canonical Markdown, or show the clauses.")
    ] = Output.MARKDOWN,
    map_file: Annotated[
        Path | None, typer.Option("--map", help="The draft's map.yaml; else the map published last is taken over.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="The draft's language, such as en or pt-BR.")] = None,
    summary: Annotated[str | None, typer.Option(help="What the draft is or changes, in a sentence.")] = None,
    source_format: Annotated[SourceFormat | None, typer.Option("--format", help="Overrules the content.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Overrules the content: utf-8, windows-1251 ...")] = None,
    keep_all: Annotated[bool, typer.Option("--keep-all", help="Leave no menus, footers or forms out.")] = False,
    all_keys: Annotated[
        bool, typer.Option("--all-keys", help="Write a key to each clause, not only as needed.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Read a policy as it is published, and cut it into clauses. No word of its text is lost.

    Clauses of the revision published last, if there is one, keep their keys.
    """
    _check_options(output, map_file, language, summary)
    try:
        data, name = read_bytes(file), name_of(file)
        imported = import_policy(data, name, source_format=source_format, encoding=encoding, keep_all=keep_all)
        work = _Import(imported, name, all_keys, map_file, language, summary)
        if output is Output.DRAFT:
            work.draft(json)
        else:
            work.show(output, json)
    except InvalidRevision as error:
        if not json:
            raise typer.Exit(report(error)) from error
        say_json({"problems": [asdict(problem) for problem in error.problems]})
        raise typer.Exit(EXIT_FAILED) from error


commands.command()(match)


def _check_options(output: Output, map_file: Path | None, language: str | None, summary: str | None) -> None:
    if output is not Output.DRAFT:
        given = {"--map": map_file, "--language": language, "--summary": summary}
        for option, value in given.items():
            if value is not None:
                raise InvalidInput(f"{option} is of a draft: add --as draft, or leave it out")
    if language is not None and not LANGUAGE.fits(language):
        raise InvalidInput(f"{quoted(language)} is no language: give {LANGUAGE.words}")
    if summary is not None and not summary.strip():
        raise InvalidInput("the summary is empty: say in a sentence what the revision is or changes")


def _read_map_text(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise unreadable(str(file), error) from None
    return decoded(data, str(file))


@dataclass(frozen=True, slots=True)
class _Import:
    """One run: the text, and what the options say of the draft."""

    imported: ImportedPolicy
    file: str
    all_keys: bool
    map_file: Path | None
    language: str | None
    summary: str | None

    def show(self, output: Output, json: bool) -> None:
        try:
            base = with_database(find_last_published, existing=True)
        except InvalidSettings:
            # There is no graph here, so nothing was published: a text can be looked at all the same.
            base = None
        keyed = self._keyed(base)
        recipients = read_recipients(keyed.policy, followed(base.elements, keyed.renamed) if base else None)
        told = _told(self.imported, keyed, base, recipients)
        match output, json:
            case Output.MARKDOWN, True:
                say_json({"markdown": keyed.policy.markdown, "import": told})
                return
            case _, True:
                say_json({"clauses": [clause_as_json(each) for each in keyed.policy.clauses], "import": told})
                return
            case Output.MARKDOWN, _:
                say(keyed.policy.markdown.removesuffix("\n"))
            case _:
                say_table(
                    ("Key", "Number", "Kind", "First words"),
                    [(each.key, each.number, each.kind.value, first_words(each)) for each in keyed.policy.clauses],
                )
        self._complain(keyed, base, recipients)

    def draft(self, json: bool) -> None:
        map_text = None if self.map_file is None else _read_map_text(self.map_file)

        async def work(database: Database) -> tuple[DataMap | None, KeyedPolicy, RevisionContent, Revision]:
            base = await find_last_published(database)
            keyed = self._keyed(base)
            content = self._content(keyed, base, map_text)
            return base, keyed, content, await draft_revision(database, content, at=now())

        base, keyed, content, revision = with_database(work, existing=map_text is None)
        expected = base.revision.number if base is not None else 0
        if revision.base != expected:
            raise Conflict(
                f"Revision {revision.base} was published meanwhile, and draft {revision.number} has the keys of "
                f"revision {expected}: withdraw the draft, and import the text again",
                number=revision.number,
                expected=expected,
                actual=revision.base,
            )
        recipients = read_recipients(content.policy, content.elements)
        if json:
            say_json({"revision": as_json(revision), "import": _told(self.imported, keyed, base, recipients)})
            return
        on_top = f"on top of revision {revision.base}" if revision.base else "as the first"
        say(f"Drafted revision {revision.number} {on_top}: {revision.summary}")
        say(f"To see it: vitrine revision show {revision.number}")
        self._complain(keyed, base, recipients)

    def _keyed(self, base: DataMap | None) -> KeyedPolicy:
        before = () if base is None else base.policy.clauses
        return keyed_policy(self.imported.blocks, self.file, before, all_keys=self.all_keys)

    def _content(self, keyed: KeyedPolicy, base: DataMap | None, map_text: str | None) -> RevisionContent:
        clauses = keyed.policy.clauses
        known = {clause.key for clause in clauses}
        hint = None
        if base is not None:
            hint = Successors(base.revision.number, base.policy.clauses, clauses).hint
        if map_text is not None:
            found = read_map(map_text, known, str(self.map_file), hint)
            content = RevisionContent(keyed.policy, found.elements, found.language, found.summary)
            return replace(content, language=self.language or content.language, summary=self.summary or content.summary)
        if base is None or hint is None:
            raise InvalidInput(
                "No revision is published yet whose map could be taken over: give the draft's with --map map.yaml, "
                "which cites the keys that --as clauses shows"
            )
        elements = followed(base.elements, keyed.renamed)
        problems = broken_citations(elements, known, hint, f"map of revision {base.revision.number}")
        if problems:
            raise InvalidRevision(problems)
        return RevisionContent(keyed.policy, elements, self._language(base), self._summary(keyed))

    def _language(self, base: DataMap) -> str:
        if self.language is not None:
            return self.language
        first, *rest = (self.imported.about.language or "").strip().replace("_", "-").split("-")
        said = "-".join([first.lower(), *rest])
        return said if LANGUAGE.fits(said) else base.revision.language

    def _summary(self, keyed: KeyedPolicy) -> str:
        about = self.imported.about
        title = about.title or first_words(keyed.policy.clauses[0])
        return self.summary or (f"{title}, {about.date}" if about.date else title)

    def _complain(self, keyed: KeyedPolicy, base: DataMap | None, recipients: ReadRecipients) -> None:
        """Says in a few lines what was done."""
        imported = self.imported
        source = imported.source
        guess = " (a guess: if it is wrong, name it with --encoding)" if source.is_guessed else ""
        complain(f"Read {self.file} as {imported.format.value}, in {source.encoding}{guess}")
        if imported.about.fields:
            complain(f"Left out the front matter ({counted(imported.about.fields, 'field')})")
        if imported.left_out:
            parts = ", ".join(f"{name} {words:,}" for name, words in imported.left_out.items())
            total = sum(imported.left_out.values())
            complain(f"Left out {counted(total, 'word')} around the text ({parts}); --keep-all keeps them")
        if source.controls:
            complain(f"Left out {counted(source.controls, 'control character')}")
        if imported.odd_keys:
            complain(f"Left out what is no key: {_listed([f'{{#{key}}}' for key in imported.odd_keys])}")
        for struck in imported.struck_out[:_MOST_SHOWN]:
            complain(
                f"Struck out in the source, and a part of the text here: {quoted(shortened(struck.words))}, "
                f"in {quoted(shortened(struck.text))}"
            )
        if imported.struck_out:
            places = counted(len(imported.struck_out), "place")
            complain(f"Accept or reject the changes marked in {places}, and import again: struck words count as said")
        if imported.recognised:
            complain(f"Recognised as headings: {_listed([quoted(each) for each in imported.recognised])}")
        kinds = Counter(clause.kind for clause in keyed.policy.clauses)
        named = ", ".join(counted(kinds[kind], _NAMES[kind]) for kind in ClauseKind if kinds[kind])
        complain(f"{counted(len(keyed.policy.clauses), 'clause')}: {named}")
        recipients.complain()
        if base is None:
            complain("Keys: all new, for no revision is published")
            return
        parts = f"{len(keyed.kept):,} kept from revision {base.revision.number}, {len(keyed.new):,} new"
        if keyed.new:
            parts += f" ({_listed(keyed.new)})"
        if keyed.renamed:
            parts += f", {len(keyed.renamed):,} changed ({_listed([f'{a} to {b}' for a, b in keyed.renamed.items()])})"
        complain(f"Keys: {parts}")
        if keyed.gone:
            gone = _listed([f"{clause.key} ({shown(clause)})" for clause in keyed.gone])
            complain(f"Of {counted(len(keyed.gone), 'clause')} nothing is left: {gone}")


def _told(
    imported: ImportedPolicy, keyed: KeyedPolicy, base: DataMap | None, recipients: ReadRecipients
) -> dict[str, Any]:
    """What was done, as JSON."""
    kinds = Counter(clause.kind.value for clause in keyed.policy.clauses)
    return {
        "format": imported.format.value,
        "encoding": imported.source.encoding,
        "encoding_is_guessed": imported.source.is_guessed,
        "title": imported.about.title,
        "language": imported.about.language,
        "date": imported.about.date,
        "front_matter_fields": imported.about.fields,
        "words_left_out": dict(imported.left_out),
        "control_characters_left_out": imported.source.controls,
        "keys_left_out": list(imported.odd_keys),
        "struck_out": [asdict(each) for each in imported.struck_out],
        "headings_recognised": list(imported.recognised),
        "clauses": {kind.value: kinds[kind.value] for kind in ClauseKind},
        "matched_with": None if base is None else base.revision.number,
        "keys_kept": len(keyed.kept),
        "keys_new": list(keyed.new),
        "keys_changed": dict(keyed.renamed),
        "clauses_gone": [clause.key for clause in keyed.gone],
        **recipients.as_json(),
    }


_NAMES = {
    ClauseKind.SECTION: "heading",
    ClauseKind.PARAGRAPH: "paragraph",
    ClauseKind.LIST_ITEM: "list item",
    ClauseKind.TABLE_ROW: "table row",
}


def _listed(names: Sequence[str]) -> str:
    """The first few of them."""
    listed = ", ".join(re.sub(r"\s+", " ", name) for name in names[:_MOST_SHOWN])
    return f"{listed} … ({len(names):,} in all)" if len(names) > _MOST_SHOWN else listed
