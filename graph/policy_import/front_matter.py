"""What stands before a Markdown text and says something of it: YAML between `---`, TOML between `+++`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from graph.map_file.nodes import Mapping as YamlMapping
from graph.map_file.nodes import Scalar, read_nodes

_YAML = re.compile(r"\A---[ \t]*\n((?:(?!---[ \t]*\n|\.\.\.[ \t]*\n).*\n)*?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_TOML = re.compile(r"\A\+\+\+[ \t]*\n((?:(?!\+\+\+[ \t]*\n).*\n)*?)\+\+\+[ \t]*(?:\n|\Z)")
_LONGEST = 20_000
_FIELD = re.compile(r"([\w-]+):(?:[ \t]+(.*))?")
_BELOW_FIELD = re.compile(r"[ \t#-]|$")
_LANGUAGES = ("language", "lang", "locale")
_DATES = ("effective", "effective_date", "effective-date", "date", "last_updated", "updated", "lastmod")
_USUAL = {"title", "layout", "description", "author", "slug", "permalink", *_LANGUAGES, *_DATES}


@dataclass(frozen=True, slots=True)
class About:
    """What a source says of its text. `date` is as it stands there; `fields` counts those of its front matter."""

    title: str | None = None
    language: str | None = None
    date: str | None = None
    fields: int = 0


def split_front_matter(text: str) -> tuple[About, str]:
    """What the text's front matter says, and the text after it; nothing and the whole text where there is none.

    What stands between such lines is text all the same unless it has fields, in small letters or with a usual name.
    """
    for pattern, read in ((_YAML, _yaml), (_TOML, _toml)):
        found = pattern.match(text)
        if found is None:
            continue
        given = read(found[1])
        fields = {name.lower(): value for name, value in given.items()}
        if given and (not _USUAL.isdisjoint(fields) or all(name.islower() for name in given)):
            about = About(fields.get("title"), _first(fields, _LANGUAGES), _first(fields, _DATES), len(fields))
            return about, text[found.end() :]
    return About(), text


def _yaml(text: str) -> Mapping[str, str]:
    root, _ = read_nodes(text, "") if len(text) <= _LONGEST else (None, ())
    if isinstance(root, YamlMapping):
        return {entry.key: entry.value.text if isinstance(entry.value, Scalar) else "" for entry in root.entries}
    # What is no YAML for a colon too many (title: Privacy: our policy) is front matter to those who wrote it.
    lines = text.splitlines()
    fields = [_FIELD.fullmatch(line) for line in lines]
    is_whole = all(field or _BELOW_FIELD.match(line) for field, line in zip(fields, lines, strict=True))
    return {field[1]: (field[2] or "").strip() for field in fields if field} if is_whole else {}


def _toml(text: str) -> Mapping[str, str]:
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}
    return {key: "" if isinstance(value, dict | list) else str(value) for key, value in found.items()}


def _first(fields: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((fields[name] for name in names if fields.get(name)), None)
