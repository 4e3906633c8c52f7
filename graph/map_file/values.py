"""One field of a map file: node -> value, or the problem with it."""

from __future__ import annotations

import re

from graph.errors import Problem
from graph.map_file.entry import MapEntry
from graph.map_file.nodes import Node, Scalar, Sequence
from graph.map_file.shape import Field, FieldKind
from graph.suggest import nearest

_NULL = ("", "~", "null", "Null", "NULL")
_FLAGS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NUMBER = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)


def is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and node.text in _NULL


def asked(field: Field) -> str:
    """What a field wants, to follow "give"."""
    if field.rule.refers_to is not None:
        return f"a key of {field.rule.refers_to}"
    if field.rule.form is not None:
        return field.rule.form.words
    if field.words is not None:
        return f"one of: {', '.join(field.words)}"
    return "a text"


class ValueReader:
    """Reads single fields by YAML 1.2: `NO` and a date are texts, `yes` is no flag.

    Every method gives None once it has reported a problem.
    """

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems

    def report(self, line: int, message: str, hint: str) -> None:
        self.problems.append(Problem(self.file, line, message, hint))

    def value(self, found: MapEntry, field: Field, path: str, node: Node) -> object | None:
        match field.kind:
            case FieldKind.TEXTS | FieldKind.WORDS:
                return self._list(found, field, path, node)
            case FieldKind.FLAG:
                return self._flag(path, node)
            case FieldKind.NUMBER:
                return self._number(field, path, node)
            case _:
                return self._text_or_word(field, path, node)

    def _list(self, found: MapEntry, field: Field, path: str, node: Node) -> tuple[object, ...] | None:
        if not isinstance(node, Sequence):
            hint = (
                f"write [{_cut(node.text)}]"
                if isinstance(node, Scalar)
                else "write [a, b], or '- a' and '- b' on lines"
            )
            self.report(node.line, f"{path} is not a list", hint)
            return None
        if len(node.items) < (field.rule.least or 0):
            self.report(node.line, f"{path} is an empty list", f"give at least one: {asked(field)}")
            return None
        values: dict[object, None] = {}
        for place, item in enumerate(node.items, 1):
            value = self._text_or_word(field, f"{path}[{place}]", item)
            if value is None:
                continue
            if value in values:
                self.report(item.line, f"{path} names '{value}' twice", "delete one of the two")
                continue
            found.lines[field.name, len(values)] = item.line
            values[value] = None
        return tuple(values)

    def _text_or_word(self, field: Field, path: str, node: Node) -> object | None:
        if not isinstance(node, Scalar):
            self.report(node.line, f"{path} is not a single value", f"give {asked(field)}")
            return None
        text = node.text.strip()
        if field.words is not None:
            return self._word(field, path, node.line, text)
        is_empty = is_null(node) or (not text and (field.default != "" or field.kind is FieldKind.TEXTS))
        if is_empty:
            self.report(node.line, f"{path} is empty", f"give {asked(field)}")
            return None
        if node.plain and (text in _FLAGS or _NUMBER.fullmatch(text)):
            what = "true or false" if text in _FLAGS else "a number"
            self.report(node.line, f"{path}: {_cut(text)} is {what}, not a text", f'put it in quotes: "{_cut(text)}"')
            return None
        form = field.rule.form
        if form is not None and not form.fits(text):
            self.report(node.line, f"{path}: '{_cut(text)}' does not fit", f"give {form.words}")
            return None
        return text

    def _word(self, field: Field, path: str, line: int, text: str) -> object | None:
        assert field.words is not None
        if text in field.words.__members__:
            return field.words(text)
        guess = nearest(text, field.words.__members__)
        hint = f"did you mean {guess}?" if guess else f"give {asked(field)}"
        self.report(line, f"{path}: there is no '{_cut(text)}'", hint)
        return None

    def _flag(self, path: str, node: Node) -> bool | None:
        if isinstance(node, Scalar) and node.plain and node.text in _FLAGS:
            return _FLAGS[node.text]
        self.report(node.line, f"{path} is neither true nor false", "write true or false, without quotes")
        return None

    def _number(self, field: Field, path: str, node: Node) -> int | None:
        least, most = field.rule.least or 0, field.rule.most or 0
        text = node.text if isinstance(node, Scalar) and node.plain else ""
        # Nine digits are beyond every bound here, and int() would refuse thousands of them.
        if re.fullmatch("[-+]?[0-9]{1,9}", text) is None:
            self.report(node.line, f"{path} is not a whole number", f"give one from {least} to {most}, without quotes")
            return None
        if not least <= int(text) <= most:
            self.report(node.line, f"{path}: {text} is out of bounds", f"give a whole number from {least} to {most}")
            return None
        return int(text)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:60]}…"
