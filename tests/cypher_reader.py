"""Cypher, read as far as its shapes need: tokens, bracket groups, clauses and patterns.

It is no compiler: it knows clauses, patterns, calls and maps, and takes the rest of an expression as it comes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

SHORTEST = {"SHORTESTPATH", "ALLSHORTESTPATHS"}
_STARTS = {
    *("MATCH", "UNWIND", "WITH", "RETURN", "CREATE", "MERGE", "SET", "REMOVE", "DELETE", "FOREACH", "CALL", "UNION"),
    *("WHERE", "SKIP", "OFFSET", "LIMIT", "YIELD", "USING", "FINISH"),
}
_PAIRS = {
    ("OPTIONAL", "MATCH"): "MATCH",
    ("OPTIONAL", "CALL"): "CALL",
    ("DETACH", "DELETE"): "DELETE",
    ("NODETACH", "DELETE"): "DELETE",
    ("ORDER", "BY"): "ORDER BY",
    ("LOAD", "CSV"): "LOAD CSV",
    ("ON", "CREATE"): "ON",
    ("ON", "MATCH"): "ON",
}
INDEXES = {"CONSTRAINT", "INDEX", "FULLTEXT", "VECTOR", "RANGE", "TEXT", "POINT", "LOOKUP"}
ADMINISTRATION = {"USER", "USERS", "ROLE", "ROLES", "DATABASE", "DATABASES", "ALIAS", "ALIASES", "OR"}
ADMINISTRATIVE_STARTS = {"ALTER", "GRANT", "DENY", "REVOKE", "START", "STOP", "RENAME", "TERMINATE", "ENABLE"}


class Unreadable(Exception):
    """The text is not Cypher as far as this reader knows it; `line` counts from 0 within the text."""

    def __init__(self, detail: str, line: int) -> None:
        super().__init__(detail)
        self.detail = detail
        self.line = line


class Kind(StrEnum):
    NAME = "name"
    QUOTED = "quoted"
    PARAMETER = "parameter"
    STRING = "string"
    NUMBER = "number"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str
    at: int
    line: int


@dataclass(frozen=True, slots=True)
class Group:
    """What stands between a pair of brackets; `bracket` is the opening one."""

    bracket: str
    items: tuple[Item, ...]
    at: int
    line: int


@dataclass(frozen=True, slots=True)
class Subquery:
    """The clauses of CALL, EXISTS, COUNT, COLLECT or FOREACH."""

    clauses: tuple[Clause, ...]
    at: int
    line: int


@dataclass(frozen=True, slots=True)
class Clause:
    keyword: str
    items: tuple[Item, ...]
    at: int
    line: int


Item = Token | Group | Subquery
Items = Sequence[Item]

_TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |`(?P<quoted>(?:[^`]|``)+)`
    |(?P<parameter>\$(?:\w+|`[^`]+`))
    |(?P<number>0[xo][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<name>[^\W\d]\w*)
    |(?P<sign><=|>=|<>|=~|\+=|::|\.\.|\|\||[-+*/%^=<>.,:;|&!$()\[\]{}])""",
    re.VERBOSE | re.DOTALL,
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def tokens(text: str) -> list[Token]:
    """The tokens without white space and comments. Raises Unreadable."""
    found = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        line = text.count("\n", 0, at)
        if match is None:
            raise Unreadable(f"unexpected {text[at]!r}", line)
        kind = str(match.lastgroup)
        if kind != "skip":
            found.append(Token(Kind(kind), match[kind], at, line))
        at = match.end()
    return found


def _grouped(flat: Sequence[Token]) -> tuple[Item, ...]:
    stack: list[tuple[Token | None, list[Item]]] = [(None, [])]
    for token in flat:
        if sign(token) in _CLOSING:
            stack.append((token, []))
        elif sign(token) in _CLOSING.values():
            opening, items = stack.pop()
            if opening is None or _CLOSING[opening.text] != token.text:
                raise Unreadable(f"{token.text!r} closes nothing", token.line)
            stack[-1][1].append(Group(opening.text, tuple(items), opening.at, opening.line))
        else:
            stack[-1][1].append(token)
    opening, items = stack.pop()
    if opening is not None:
        raise Unreadable(f"{opening.text!r} is not closed", opening.line)
    return tuple(items)


def sign(item: Item | None) -> str:
    return item.text if isinstance(item, Token) and item.kind is Kind.SIGN else ""


def word(item: Item | None) -> str:
    """A bare name in capitals, as keywords and functions are compared; empty for anything else."""
    return item.text.upper() if isinstance(item, Token) and item.kind is Kind.NAME else ""


def name(item: Item | None) -> str:
    return item.text if isinstance(item, Token) and item.kind in (Kind.NAME, Kind.QUOTED) else ""


def item_at(items: Items, i: int) -> Item | None:
    return items[i] if 0 <= i < len(items) else None


def bracket(item: Item | None) -> str:
    return item.bracket if isinstance(item, Group) else ""


def parted(items: Items, separator: Callable[[Item], bool]) -> list[Items]:
    parts: list[list[Item]] = [[]]
    for item in items:
        if separator(item):
            parts.append([])
        else:
            parts[-1].append(item)
    return [tuple(part) for part in parts]


def by_comma(items: Items) -> list[Items]:
    return parted(items, lambda item: sign(item) == ",")


def _start(items: Items, i: int) -> tuple[str, int]:
    """The clause that begins at i and the number of its words; "" and 0 when none does."""
    before, after = item_at(items, i - 1), item_at(items, i + 1)
    # A keyword's word may also be a name, and WITH belongs to STARTS WITH too.
    if (
        sign(before) in {".", ":", "|", "&", "!"}
        or word(before) in {"AS", "STARTS", "ENDS"}
        or sign(after) in {".", ":"}
    ):
        return "", 0
    pair = _PAIRS.get((word(items[i]), word(after)))
    if pair is not None:
        return pair, 2
    if word(items[i]) == "WITH" and word(after) == "HEADERS":
        return "", 0
    return (word(items[i]), 1) if word(items[i]) in _STARTS else ("", 0)


def _clauses(items: Items, *, pattern_first: bool = False) -> tuple[Clause, ...]:
    starts = []
    i = 0
    while i < len(items):
        keyword, words = _start(items, i)
        if keyword:
            starts.append((i, i + words, keyword))
        i += max(words, 1)
    if items and (not starts or starts[0][0] > 0):
        if not pattern_first:
            raise Unreadable("it begins with no clause", items[0].line)
        starts.insert(0, (0, 0, "MATCH"))
    ends = [start for start, _, _ in starts[1:]] + [len(items)]
    found = []
    for (start, body, keyword), end in zip(starts, ends, strict=True):
        if body == end and keyword not in {"ON", "UNION", "FINISH"}:
            raise Unreadable(f"{keyword} says nothing", items[start].line)
        found.append(Clause(keyword, _nested(items[body:end], keyword), items[start].at, items[start].line))
    return tuple(found)


def _nested(items: Items, keyword: str = "") -> tuple[Item, ...]:
    found: list[Item] = []
    for i, item in enumerate(items):
        if not isinstance(item, Group):
            found.append(item)
        elif item.bracket == "{" and (
            keyword == "CALL" or word(item_at(items, i - 1)) in {"EXISTS", "COUNT", "COLLECT"}
        ):
            found.append(Subquery(_clauses(item.items, pattern_first=keyword != "CALL"), item.at, item.line))
        elif keyword == "FOREACH":
            over, *body = parted(item.items, lambda each: sign(each) == "|")
            found.append(Group(item.bracket, _nested(over), item.at, item.line))
            found.extend(Subquery(_clauses(each), item.at, item.line) for each in body)
        else:
            found.append(Group(item.bracket, _nested(item.items), item.at, item.line))
    return tuple(found)


def read(text: str) -> tuple[Clause, ...]:
    """The statement's outermost clauses; a schema or administrative command is one SCHEMA. Raises Unreadable."""
    items = list(_grouped(tokens(text)))
    while items and sign(items[-1]) == ";":
        items.pop()
    if not items:
        raise Unreadable("it is empty", 0)
    first, second = word(items[0]), word(item_at(items, 1))
    made = first == "CREATE" and second in INDEXES | ADMINISTRATION
    if made or first in {"DROP", "SHOW"} | ADMINISTRATIVE_STARTS:
        return (Clause("SCHEMA", tuple(items), items[0].at, items[0].line),)
    return _clauses(items)


def positions(items: Items, inside: str = "") -> Iterator[tuple[str, Items, int]]:
    """Every item below, with its siblings and the bracket around them. Subqueries are clauses of their own."""
    for i, item in enumerate(items):
        yield inside, items, i
        if isinstance(item, Group):
            yield from positions(item.items, item.bracket)


def queries(clauses: tuple[Clause, ...]) -> Iterator[tuple[Clause, ...]]:
    """This query and every one nested in it."""
    yield clauses
    for clause in clauses:
        for _, items, i in positions(clause.items):
            item = items[i]
            if isinstance(item, Subquery):
                yield from queries(item.clauses)


@dataclass(frozen=True, slots=True)
class Relationship:
    group: Group | None
    types: tuple[str, ...]
    directed: bool
    endless: bool
    at: int
    line: int


@dataclass(frozen=True, slots=True)
class Part:
    """A chain of nodes and relationships; `outer` when it stands in the clause itself, not in an expression."""

    nodes: tuple[Group, ...]
    relationships: tuple[Relationship, ...]
    outer: bool


def named(group: Group | None) -> list[Items]:
    """What a node or relationship says after each colon: its labels or types."""
    items = group.items if group else ()
    cut = parted(items, lambda item: isinstance(item, Group) or sign(item) == "*" or word(item) == "WHERE")[0]
    return parted(cut, lambda item: sign(item) in {":", "&"} or word(item) == "IS")[1:]


def labels(group: Group | None) -> list[Token]:
    return [item for each in named(group) for item in each if isinstance(item, Token) and name(item)]


def variable(group: Group | None) -> str:
    first = item_at(group.items, 0) if group else None
    return "" if word(first) in {"WHERE", "IS"} else name(first)


def map_of(group: Group | None) -> Group | None:
    return (
        next((each for each in group.items if isinstance(each, Group) and each.bracket == "{"), None) if group else None
    )


def _relationship(items: Items, i: int) -> tuple[Relationship, int] | None:
    """The relationship that begins at i, and where the node after it stands."""
    start = item_at(items, i)
    left = sign(start) == "<"
    i += left
    middle = item_at(items, i + 1)
    group = middle if isinstance(middle, Group) and middle.bracket == "[" else None
    end = i + (2 if group else 1)
    if not isinstance(start, Token) or sign(item_at(items, i)) != "-" or sign(item_at(items, end)) != "-":
        return None
    right = sign(item_at(items, end + 1)) == ">"
    end += 1 + right
    endless = False
    if group and (star := [j for j, item in enumerate(group.items) if sign(item) == "*"]):
        bounds = [item.text for item in group.items[star[0] + 1 :] if isinstance(item, Token)]
        endless = re.match(r"\d+$|\d+[^.\d]|\d*\.\.\d", "".join(bounds)) is None
    quantifier = item_at(items, end)
    if sign(quantifier) in {"+", "*"} or bracket(quantifier) == "{":
        endless = not isinstance(quantifier, Group) or sign(quantifier.items[-1]) == ","
        end += 1
    if bracket(item_at(items, end)) != "(":
        return None
    types = tuple(token.text for token in labels(group))
    return Relationship(group, types, left != right, endless, start.at, start.line), end


def parts(clause: Clause) -> Iterator[Part]:
    """Every pattern of a clause, those inside expressions too."""
    yield from parts_of(clause.items, clause.keyword in {"MATCH", "MERGE", "CREATE"}, clause.keyword == "SCHEMA")


def parts_of(items: Items, outer: bool, schema: bool = False) -> Iterator[Part]:
    i = 0
    while i < len(items):
        item = items[i]
        if isinstance(item, Group):
            before = word(item_at(items, i - 1))
            inner = outer and before in SHORTEST
            nodes, relationships = [item], []
            while item.bracket == "(" and not inner and (step := _relationship(items, i + 1)):
                relationships.append(step[0])
                i = step[1]
                node = items[i]
                assert isinstance(node, Group)
                nodes.append(node)
            alone = before == "FOR" if schema else outer and not before
            if relationships or (alone and item.bracket == "(" and not isinstance(item_at(item.items, 0), Group)):
                yield Part(tuple(nodes), tuple(relationships), outer)
            for group in (*nodes, *(each.group for each in relationships if each.group)):
                yield from parts_of(group.items, inner)
        i += 1
