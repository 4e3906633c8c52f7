"""What HTML may cost: a parser's time and memory grow with the square of how deep tags stand in each other."""

from __future__ import annotations

import re
from collections import Counter

from graph.errors import Problem

DEPTH_AT_MOST = 1_000
"""How deep tags may stand in each other, those that are never closed among them."""

ATTRIBUTES_AT_MOST = 500
"""Of one tag."""

_MAX_FORMATS = 50

_TAG = re.compile(r"<(?:(!--)|(/?)([a-zA-Z][^\s/>]*))")
# An unquoted value may hold quotes, and nothing in quotes ends the tag.
_IN_TAG = re.compile(r"""=\s*(?:"|'|[^\s>"'][^\s>]*)|>""")
_VOID = frozenset("area base br col embed frame hr img input link meta param source track wbr".split())  # noqa: SIM905
# Their end may be left out, and the next one ends them.
_IMPLIED = frozenset(
    "p li dt dd tr td th thead tbody tfoot option optgroup colgroup html head body a nobr button".split()  # noqa: SIM905
)
# One that is open is opened again in each block after it; of those alike at most three are.
_FORMATS = frozenset("b big code em font i s small strike strong tt u".split())  # noqa: SIM905
_RAW = frozenset("script style textarea title xmp iframe noembed noframes plaintext".split())  # noqa: SIM905
_ALIKE = 3


def html_problem(text: str, file: str) -> Problem | None:
    """What makes `text` too costly to parse, None where nothing does. Takes time in proportion to its length."""
    lowered = text.lower() if text.isascii() else _lowered(text)
    depth: Counter[str] = Counter()
    formats: dict[str, list[str]] = {}
    total = 0
    place = 0
    while (found := _TAG.search(text, place)) is not None:
        if found[1]:
            end = text.find("-->", found.end())
            place = len(text) if end < 0 else end + 3
            continue
        name, is_end = found[3].lower(), bool(found[2])
        place, attributes = _end_of_tag(text, found.end())
        if attributes > ATTRIBUTES_AT_MOST:
            message = f"a tag <{name}> with more than {ATTRIBUTES_AT_MOST} attributes"
            return _problem(text, file, found.start(), message, "remove what is no attribute")
        if is_end:
            if depth[name]:
                depth[name] -= 1
                total -= 1
                if formats.get(name):
                    formats[name].pop()
            continue
        if name in _RAW:
            end = lowered.find(f"</{name}", place)
            place = len(text) if end < 0 else end
            continue
        if name in _VOID or name in _IMPLIED:
            continue
        depth[name] += 1
        total += 1
        if total > DEPTH_AT_MOST:
            message = f"tags stand more than {DEPTH_AT_MOST:,} deep in each other"
            return _problem(text, file, found.start(), message, "close each where it ends")
        if name in _FORMATS:
            formats.setdefault(name, []).append(text[found.start() : place])
            different = Counter(tag for tags in formats.values() for tag in tags)
            if sum(min(count, _ALIKE) for count in different.values()) > _MAX_FORMATS:
                message = f"more than {_MAX_FORMATS} tags for fonts and the like are open at once"
                return _problem(text, file, found.start(), message, "close each where it ends")
    return None


def _lowered(text: str) -> str:
    """ASCII alone: some letters are longer in lower case, and places must stay."""
    return text.translate({code: code + 32 for code in range(65, 91)})


def _end_of_tag(text: str, place: int) -> tuple[int, int]:
    """Where the tag that has its name before `place` ends, and how many attributes it has, at most."""
    names = place
    attributes = 0
    while (found := _IN_TAG.search(text, place)) is not None:
        attributes += len(re.findall(r"[\s/]+", text[names : found.start()]))
        mark = found[0][-1]
        if found[0] == ">":
            return found.end(), attributes
        if mark in "\"'" and found[0][:-1].strip() == "=":
            end = text.find(mark, found.end())
            place = len(text) if end < 0 else end + 1
            attributes += 1
        else:
            place = found.end()
        names = place
    return len(text), attributes


def _problem(text: str, file: str, place: int, message: str, hint: str) -> Problem:
    return Problem(file, text.count("\n", 0, place) + 1, message, hint)
