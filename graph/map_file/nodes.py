"""YAML text -> a tree of nodes that know their lines, and every problem with the YAML itself.

A data map needs little of YAML: mappings, lists and single values. So aliases, anchors, tags, directives and second
documents are problems here (an alias can make ten lines into a billion), and what a word means is not guessed: a
scalar keeps its text, and whether it stood in quotes, for the reader that knows which type belongs there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from graph.errors import Problem

MAX_BYTES = 1_048_576
"""How long a file may be, in bytes of UTF-8."""

MAX_DEPTH = 8
"""How deep mappings and lists may stand in each other; a data map needs 5."""

MAX_KEY = 200
"""How long a key may be, in characters."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value. `plain` is True where it stood without quotes; a plain empty text is YAML's null."""

    line: int
    text: str
    plain: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    line: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One `key: value` of a mapping; `line` is the key's."""

    key: str
    line: int
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """Entries in the order of the file, with each key once: of a key given twice, the first."""

    line: int
    entries: tuple[Entry, ...]


Node = Scalar | Sequence | Mapping


def read_nodes(text: str, file: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """The root of the one document in `text`, None where there is none, and the problems in the order of the file.

    Lines count from 1. After a syntax error nothing more can be read: that problem is then the last, the root None.
    """
    problems: list[Problem] = []
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        hint = "shorten it, or split what it describes into two maps"
        return None, (Problem(file, 0, f"the file is {size:,} bytes long, of at most {MAX_BYTES:,}", hint),)
    if text.startswith("\ufeff"):
        problems.append(
            Problem(file, 1, "the file starts with a byte order mark", "save it as UTF-8 without a byte order mark")
        )
    composer = _Composer(file, problems)
    try:
        return composer.document(YAML(typ="safe", pure=True).parse(text)), tuple(problems)
    except _TooDeepError as error:
        problems.append(error.problem)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        named = f"the control character U+{ord(text[error.position]):04X}"
        problems.append(Problem(file, line, f"{named} stands in the file", "delete it"))
    except MarkedYAMLError as error:
        problems.append(_syntax_problem(file, error))
    except (YAMLError, ValueError, OverflowError) as error:
        # ruamel leaves numbers that are too large for it (an escape, a version) to Python's own errors.
        hint = "look for an odd escape such as \\U on this line or the next"
        problems.append(Problem(file, composer.line, f"not readable as YAML ({error})", hint))
    return None, tuple(problems)


class _TooDeepError(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class _Composer:
    """Builds nodes from events; events come one by one, so that a hostile file is left before it is read whole."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self._file = file
        self._problems = problems
        self.line = 0
        # Single values only: so an alias of one is no second problem, and no alias can grow.
        self._anchored: dict[str, Scalar] = {}

    def document(self, events: Iterator[Event]) -> Node | None:
        root: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if event.version or event.tags:
                    self._report(event, "a %-directive has no meaning here", "delete the line above that starts with %")
                if documents == 2:
                    self._report(event, "a second document starts here", "keep one map in one file: delete this '---'")
            elif isinstance(event, NodeEvent):
                node = self._node(event, events, 1)
                root = root or node
        return root

    def _node(self, event: Event, events: Iterator[Event], depth: int) -> Node:
        assert isinstance(event, NodeEvent), event
        line = self.line = event.start_mark.line + 1
        if depth > MAX_DEPTH:
            hint = "look for brackets or indentation that should not be there"
            raise _TooDeepError(Problem(self._file, line, f"nested deeper than {MAX_DEPTH} levels", hint))
        if isinstance(event, AliasEvent):
            self._report(event, f"the alias *{event.anchor} cannot be used here", "write out what it stands for")
            return self._anchored.get(event.anchor, Scalar(line, "", True))
        if event.anchor is not None:
            self._report(event, f"the anchor &{event.anchor} cannot be used here", "delete it")
        if isinstance(event, (ScalarEvent, CollectionStartEvent)) and event.tag is not None:
            self._report(event, f"the tag {_shown(event.tag)} cannot be used here", "delete it")
        if isinstance(event, ScalarEvent):
            scalar = self._scalar(event, line)
            if event.anchor is not None:
                self._anchored[event.anchor] = scalar
            return scalar
        if isinstance(event, SequenceStartEvent):
            items = []
            while not isinstance(event := next(events), SequenceEndEvent):
                items.append(self._node(event, events, depth + 1))
            return Sequence(line, tuple(items))
        return self._mapping(line, events, depth)

    def _mapping(self, line: int, events: Iterator[Event], depth: int) -> Mapping:
        entries: dict[str, Entry] = {}
        while not isinstance(event := next(events), MappingEndEvent):
            name = self._node(event, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            if not isinstance(name, Scalar):
                self._report(event, "a key is a list or a mapping", "make it a single word before ':'")
            elif len(name.text) > MAX_KEY or not name.text.isprintable():
                # Keys go into messages, which have one line.
                hint = f"make it a single word of at most {MAX_KEY} characters"
                self._report(event, "a key is too long, or has a line break in it", hint)
            elif (first := entries.get(name.text)) is not None:
                hint = f"delete one of the two, or rename it; the first is on line {first.line}"
                self._report(event, f"the key '{name.text}' is given twice", hint)
            else:
                entries[name.text] = Entry(name.text, name.line, value)
        return Mapping(line, tuple(entries.values()))

    def _scalar(self, event: ScalarEvent, line: int) -> Scalar:
        text: str = event.value
        for character in text:
            if (character < " " and character not in "\n\t") or "\ud800" <= character <= "\udfff":
                self._report(event, f"the text holds the character U+{ord(character):04X}", "delete that escape")
                break
        return Scalar(line, text, event.style is None)

    def _report(self, event: Event, message: str, hint: str) -> None:
        self._problems.append(Problem(self._file, event.start_mark.line + 1, message, hint))


def _shown(tag: object) -> str:
    return str(tag).replace("tag:yaml.org,2002:", "!!")


_SYNTAX = (
    ("'\\t'", "a tab stands where YAML wants spaces", "indent with spaces"),
    ("mapping values are not allowed", "':' stands inside a text without quotes", "put the text in quotes, or indent"),
    ("unexpected end of stream", "a quoted text is never closed", "close it with the same quote"),
    ("<stream end>", "a bracket is never closed", "close it, or put the text in quotes"),
    ("cannot start any token", "a text without quotes starts with a special character", "put the text in quotes"),
    ("could not find expected ':'", "a key has no ':' after it", "write 'key: value'"),
    ("expected <block end>", "the indentation does not fit", "align the line with its neighbours"),
    ("expected ',' or", "a list or mapping in brackets is not well formed", "put ',' between and close the bracket"),
    ("undefined alias", "an alias stands for nothing", "write out what it stands for; texts with '*' need quotes"),
    ("unknown escape character", "a text in double quotes has an unknown escape", "write \\\\ for a backslash"),
)


def _syntax_problem(file: str, error: MarkedYAMLError) -> Problem:
    said = error.problem or "no reason given"
    mark = error.problem_mark or error.context_mark
    if "end of stream" in said or "could not find" in said:
        # The end of the file says nothing: the mistake is where the text or key begins.
        mark = error.context_mark or mark
    line = mark.line + 1 if mark is not None else 0
    for sign, message, hint in _SYNTAX:
        if sign in said:
            return Problem(file, line, message, hint)
    return Problem(file, line, f"not readable as YAML ({said})", "check quotes and indentation on this line")
