"""The sentences of one language: read from files, checked against those that there are to be, and said.

A catalogue is a YAML file of texts by name, such as `title.revision`, in which `{date}` stands for a value. One that
has a `count` may be given by the plural forms that the language has, by their names in Unicode's CLDR.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from babel import Locale, UnknownLocaleError

from graph.errors import Problem
from graph.map_file.nodes import Entry, Node, Scalar, read_nodes
from graph.map_file.nodes import Mapping as MappingNode
from graph.reports import find_locale
from graph.suggest import nearest

PLURAL_FORMS = frozenset({"zero", "one", "two", "few", "many", "other"})

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_BRACE = re.compile(r"[{}]")

#: Texts and names of values in turn, beginning and ending with a text.
Parts: TypeAlias = tuple[str, ...]
#: By plural form; a sentence without plurals has "other" alone.
Forms: TypeAlias = Mapping[str, Parts]


@dataclass(frozen=True, slots=True)
class Sentence:
    """`file` and `line` are where it stands."""

    name: str
    forms: Forms
    file: str
    line: int

    @property
    def values(self) -> frozenset[str]:
        """The names of the values that it takes."""
        return frozenset(value for parts in self.forms.values() for value in parts[1::2])


def read_sentences(text: str, file: str) -> tuple[dict[str, Sentence], list[Problem]]:
    """The sentences in a file's text by name, and what is wrong with it."""
    root, found = read_nodes(text, file)
    problems = list(found)
    if root is None:
        return {}, problems or [Problem(file, 0, "there are no sentences in the file", "delete it, or write some")]
    if not isinstance(root, MappingNode):
        return {}, [*problems, Problem(file, root.line, "this is no mapping", "write 'name: sentence' on each line")]
    sentences = {}
    for name, entry in _flat(root, ""):
        forms = dict(_forms(entry.value, file, problems))
        if forms:
            sentences[name] = Sentence(name, forms, file, entry.line)
    return sentences, problems


def _flat(mapping: MappingNode, prefix: str) -> Iterator[tuple[str, Entry]]:
    for entry in mapping.entries:
        name = prefix + entry.key
        value = entry.value
        if isinstance(value, MappingNode) and not _is_plural(value):
            yield from _flat(value, name + ".")
        else:
            yield name, entry


def _is_plural(mapping: MappingNode) -> bool:
    return bool(mapping.entries) and all(entry.key in PLURAL_FORMS for entry in mapping.entries)


def _forms(node: Node, file: str, problems: list[Problem]) -> Iterator[tuple[str, Parts]]:
    if isinstance(node, MappingNode):
        if all(entry.key != "other" for entry in node.entries):
            problems.append(Problem(file, node.line, "the plural form 'other' is missing", "add it, for the rest"))
            return
        for entry in node.entries:
            yield from ((entry.key, parts) for _, parts in _forms(entry.value, file, problems))
    elif isinstance(node, Scalar) and node.text.strip():
        parts = tuple(_PLACEHOLDER.split(" ".join(node.text.split())))
        if any(_BRACE.search(text) for text in parts[::2]):
            hint = "write values as {name}, in lower case, and no other braces"
            problems.append(Problem(file, node.line, "a brace that belongs to no value", hint))
        else:
            yield "other", parts
    else:
        problems.append(Problem(file, node.line, "this is no sentence", "write a text in its place"))


def check_sentences(sentences: Mapping[str, Sentence], reference: Mapping[str, Sentence]) -> Iterator[Problem]:
    """What is wrong with sentences, those of `reference` being what there is to be said."""
    for sentence in sentences.values():
        known = reference.get(sentence.name)
        if known is None:
            guess = nearest(sentence.name, sorted(reference))
            hint = f"did you mean '{guess}'?" if guess else "delete it"
            yield Problem(sentence.file, sentence.line, f"nothing says '{sentence.name}'", hint)
            continue
        for value in sorted(sentence.values - known.values):
            values = ", ".join(f"{{{each}}}" for each in sorted(known.values)) or "no values"
            message = f"'{sentence.name}' has no value {{{value}}}"
            yield Problem(sentence.file, sentence.line, message, f"it has {values}")
        if len(sentence.forms) > 1 and "count" not in known.values:
            message = f"'{sentence.name}' is not said of a number"
            yield Problem(sentence.file, sentence.line, message, "write one text in the place of plural forms")


def fitting(sentences: Mapping[str, Sentence], reference: Mapping[str, Sentence]) -> dict[str, Sentence]:
    """Those that can be said where the ones of `reference` are."""
    return {
        name: sentence
        for name, sentence in sentences.items()
        if name in reference
        and sentence.values <= reference[name].values
        and (len(sentence.forms) == 1 or "count" in reference[name].values)
    }


class Catalogue:
    """The sentences of one language, those that it lacks being taken from the languages to fall back to."""

    def __init__(self, language: str, layers: Sequence[Mapping[str, Sentence]]) -> None:
        """`layers`: whose sentence is there in the first one counts."""
        self.language = language
        self.locale = Locale.parse(language, sep="-")
        self._forms: dict[str, Forms] = {}
        for layer in reversed(layers):
            self._forms |= {name: sentence.forms for name, sentence in layer.items()}

    def has(self, name: str) -> bool:
        return name in self._forms

    def say(self, name: str, /, **values: object) -> str:
        """Raises KeyError for a sentence, or a value of it, that there is not."""
        forms = self._forms[name]
        parts = forms["other"]
        if len(forms) > 1:
            count = values["count"]
            assert isinstance(count, int)
            parts = forms.get(self.locale.plural_form(count), parts)
        if len(parts) == 1:
            return parts[0]
        return "".join(str(values[part]) if number % 2 else part for number, part in enumerate(parts))


def language_of(folder: Path) -> str | None:
    """The BCP 47 tag of the language that a folder is named after, None where there is no such language."""
    try:
        Locale.parse(folder.name, sep="-")
    except (ValueError, UnknownLocaleError):
        return None
    return find_locale(folder.name)
