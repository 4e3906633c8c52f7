"""A map file -> the elements of a data map, or every problem with it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from graph.errors import InvalidRevision, Problem
from graph.map_file.country_codes import COUNTRY_CODES
from graph.map_file.entry import MapEntry
from graph.map_file.fields import COUNTRY_KEY, KEY, TextForm
from graph.map_file.nodes import Entry, Mapping, Node, read_nodes
from graph.map_file.rules import Successor, rule_problems
from graph.map_file.shape import Field, FieldKind, Kind, Revision, fields_of, kinds
from graph.map_file.values import ValueReader, asked, is_null
from graph.model import LegalBasis, MapElements
from graph.suggest import nearest


@dataclass(frozen=True, slots=True)
class MapFile:
    """What a map file says. `language` is a BCP 47 tag, `summary` a sentence on the revision."""

    elements: MapElements
    language: str
    summary: str


def read_map(
    text: str, clauses: Collection[str] | None, file: str = "map.yaml", successor: Successor | None = None
) -> MapFile:
    """The map in `text`, whose citations must be among the keys `clauses`; None leaves them unchecked.

    `successor` is asked for a hint for each clause that is not there.

    Raises InvalidRevision with every problem: with the YAML, with single fields, and between elements. Where a field
    cannot be read, rules that need it are left out, so that one mistake is one problem. White space around a text is
    not part of it.
    """
    root, problems = read_nodes(text, file)
    reader = _Reader(file, list(problems))
    if isinstance(root, Mapping):
        reader.read(root)
        reader.problems.extend(rule_problems(reader.entries, clauses, file, successor))
    elif root is not None:
        reader.report(root.line, "the file is not a mapping", "start it with 'revision:' and 'controller:'")
    elif not problems:
        reader.report(1, "the file is empty", "start it with 'revision:' and 'controller:'")
    if reader.problems:
        raise InvalidRevision(reader.problems)
    return reader.built()


class _Reader(ValueReader):
    """Turns nodes into entries, and reports what cannot be one."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        super().__init__(file, problems)
        # A kind that cannot be read at all is taken out, so that no reference to it is called dangling.
        self.entries: dict[str, dict[str, MapEntry]] = {kind.name: {} for kind in kinds()}
        self._head = MapEntry("revision", "revision", "revision", 1, Revision)

    # ---- the file ----------------------------------------------------------------------------------------------------

    def read(self, root: Mapping) -> None:
        given = {entry.key: entry for entry in root.entries}
        known = {kind.name: kind for kind in kinds()}
        meant = self._report_unknown("", root, [*known, "revision"])
        for name in meant:
            self.entries.pop(name, None)
        for name in ("revision", "controller"):
            if name not in given and name not in meant:
                self.report(1, f"'{name}' is missing", f"add '{name}:' at the top level, with its fields")
        for name, entry in given.items():
            if name == "revision":
                self._head = self._element("revision", name, name, entry, Revision)
            elif name == "controller":
                found = self._element(name, "", name, entry, known[name].element)
                found.key = found.text("key") or ""
                self.entries[name][found.key] = found
            elif name in known:
                self._kind(known[name], entry)
        for processing in self.entries.get("processings", {}).values():
            self._take_basis_of_purpose(processing)

    def _kind(self, kind: Kind, entry: Entry) -> None:
        if not isinstance(entry.value, Mapping):
            hint = f"write each as 'key:' with its fields below, or leave out '{kind.name}'"
            self.report(entry.line, f"{kind.name} is not a mapping", hint)
            del self.entries[kind.name]
            return
        for each in entry.value.entries:
            path = f"{kind.name}.{each.key}"
            self._check_key(path, each, kind.key_form)
            self.entries[kind.name][each.key] = self._element(kind.name, each.key, path, each, kind.element)

    def _check_key(self, path: str, entry: Entry, form: TextForm) -> None:
        if not form.fits(entry.key):
            self.report(entry.line, f"{path}: '{entry.key}' is not a key", f"use {form.words}")
        elif form is COUNTRY_KEY and entry.key not in COUNTRY_CODES:
            self.report(entry.line, f"{path}: no country has the code '{entry.key}'", f"use {form.words}")

    def _take_basis_of_purpose(self, processing: MapEntry) -> None:
        """A processing without a basis of its own has its purpose's, as far as that can be read."""
        if processing.values.get("legal_basis", ...) is None:
            del processing.values["legal_basis"]
            purpose = self.entries.get("purposes", {}).get(processing.text("purpose") or "")
            if purpose is not None and isinstance(basis := purpose.values.get("legal_basis"), LegalBasis):
                processing.values["legal_basis"] = basis

    # ---- one element -------------------------------------------------------------------------------------------------

    def _element(self, kind: str, key: str, path: str, entry: Entry, element: type[Any]) -> MapEntry:
        found = MapEntry(kind, key, path, entry.line, element)
        if not isinstance(entry.value, Mapping):
            self.report(
                entry.line, f"{path} is not a mapping", "write its fields below it, indented, as 'field: value'"
            )
            return found
        shape = fields_of(element)
        meant = self._report_unknown(path, entry.value, [field.name for field in shape])
        given = {each.key: each for each in entry.value.entries}
        for field in shape:
            if field.name in given:
                self._field(found, field, given[field.name])
            elif field.name in meant:
                continue
            elif field.required:
                self.report(
                    entry.line, f"{path}: '{field.name}' is missing", f"add '{field.name}:' with {_about(field)}"
                )
            else:
                found.values[field.name] = field.default
        return found

    def _report_unknown(self, path: str, mapping: Mapping, known: list[str]) -> set[str]:
        """The fields that were probably meant by keys that are none: nothing is said of those beside that."""
        given = {entry.key for entry in mapping.entries}
        meant = set()
        for entry in mapping.entries:
            if entry.key in known:
                continue
            missing = [name for name in known if name not in given]
            guess = nearest(entry.key, missing)
            if guess is not None:
                meant.add(guess)
            guess = guess or nearest(entry.key, known)
            if entry.key == "key":
                hint = "delete it: the key of an element is the one that it stands under"
            else:
                hint = (
                    f"did you mean '{guess}'?"
                    if guess
                    else f"use one of: {', '.join(missing)}"
                    if missing
                    else "delete it"
                )
            self.report(entry.line, f"{path}{': ' if path else ''}unknown key '{entry.key}'", hint)
        return meant

    # ---- one field ---------------------------------------------------------------------------------------------------

    def _field(self, found: MapEntry, field: Field, entry: Entry) -> None:
        found.lines[field.name] = entry.line
        path = f"{found.path}.{field.name}"
        value: object | None
        if is_null(entry.value) and field.nullable:
            found.values[field.name] = None
            return
        if is_null(entry.value):
            hint = f"give {_about(field)}" if field.required else "give it a value, or delete the line"
            self.report(entry.line, f"{path} is empty", hint)
            return
        if field.part is not None and field.kind is FieldKind.PART:
            value = self._element(field.name, found.key, path, Entry(field.name, entry.line, entry.value), field.part)
        elif field.part is not None:
            value = self._parts(field.name, field.part, path, entry.value)
        else:
            value = self.value(found, field, path, entry.value)
        if value is not None:
            found.values[field.name] = value

    def _parts(self, name: str, part: type[Any], path: str, node: Node) -> tuple[MapEntry, ...] | None:
        if not isinstance(node, Mapping):
            self.report(node.line, f"{path} is not a mapping", "write each as 'key:' with its fields below")
            return None
        found = []
        for entry in node.entries:
            self._check_key(f"{path}.{entry.key}", entry, KEY)
            found.append(self._element(name, entry.key, f"{path}.{entry.key}", entry, part))
        return tuple(found)

    # ---- the end -----------------------------------------------------------------------------------------------------

    def built(self) -> MapFile:
        """What was read; only where there is no problem."""
        head = self._head.build()
        lists = {
            kind.name: tuple(entry.build() for entry in self.entries[kind.name].values())
            for kind in kinds()
            if not kind.is_single
        }
        (controller,) = self.entries["controller"].values()
        return MapFile(MapElements(controller.build(), **lists), head.language, head.summary)


def _about(field: Field) -> str:
    description = field.rule.description.rstrip(".")
    return f"{asked(field)} ({description})"
