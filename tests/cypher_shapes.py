"""The shapes of Cypher that may not be written here, because one of the two engines answers them wrongly or slowly.

`violations(statements)` reads each statement into tokens, bracket groups and clauses (`read`), and reports every
shape that `RULES` forbids, in the order of the files. A statement that cannot be read is itself reported
(`unreadable`), so nothing passes unseen. It is no Cypher compiler: it knows clauses, patterns, calls and maps, and
takes the rest of an expression as it comes. Where it cannot tell it reports, and the caller lists the exception.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tests.cypher_reader import (
    ADMINISTRATION,
    ADMINISTRATIVE_STARTS,
    INDEXES,
    SHORTEST,
    Clause,
    Group,
    Items,
    Kind,
    Part,
    Relationship,
    Token,
    Unreadable,
    bracket,
    by_comma,
    item_at,
    labels,
    map_of,
    name,
    named,
    parted,
    parts,
    parts_of,
    positions,
    queries,
    read,
    sign,
    variable,
    word,
)

RULES = {
    "unreadable": "the statement cannot be read: {detail}",
    "one-statement": "a text holds one statement: put the next one in a text of its own",
    "aggregate-in-expression": "an aggregate inside an expression or map gives a missing column or a wrong value,"
    " silently: write it alone, `{detail}(…) AS name` in WITH or RETURN, then use the name",
    "merge-then-read": "a relationship merged in this statement is not seen by a later pattern over {detail}:"
    " read it in a second statement of the same transaction",
    "label-change": "a node keeps the one label it was made with (a change breaks its unique key and its element id):"
    " keep the kind as a property",
    "one-label": "a node has one fixed label: keep the kind as a property",
    "element-id": "{detail}() may change: keep an id or key of our own",
    "dynamic-name": "a label or type from a value matches nothing, silently: write it as text",
    "shortest-k": "path selectors such as SHORTEST k are refused: write `MATCH p = … ORDER BY length(p) LIMIT 1`",
    "shortest-path-predicate": "shortestPath with a predicate on its relationships finds no row:"
    " write `MATCH p = … WHERE … ORDER BY length(p) LIMIT 1`",
    "on-error": "ON ERROR … is refused: leave it out, and let the transaction fail whole",
    "call-in-transactions": "CALL … IN TRANSACTIONS does not run inside a transaction, and every write is in one:"
    " send batches",
    "set-order": "one SET that assigns {detail} and reads it in another item depends on their order:"
    " pass the new values as parameters, or take them in a WITH before",
    "sorted-with": "WITH … ORDER BY … LIMIT over an unpinned match is served by no index:"
    " write `WHERE n.key > $after RETURN … ORDER BY n.key LIMIT $first`, or pin the match by {detail}",
    "descending-order": "ORDER BY … DESC over an unpinned match is served by no index:"
    " order ascending by key, or pin the match by {detail}",
    "or-keyset": "`a > $x OR a = $x AND b > $y` on {detail} is served by no index: page by one unique key",
    "temporal-predicate": "{detail}(…) inside a predicate keeps an index from serving it: pass a parameter",
    "relationship-map": "an inline map on a relationship is served by no index: write `WHERE r.name = $name`,"
    " and after MERGE `ON CREATE SET r.name = $name`",
    "load-csv": "LOAD CSV reads files of the engine's machine: send the rows as a parameter",
    "literal-value": "{detail} belongs in a parameter: only an UPPERCASE state word or a small whole number is text",
    "unanchored-path": "an unbounded path from no known node walks the whole graph: bound it, or pin an end",
    "undirected": "a relationship has a direction: write -[…]-> or <-[…]-",
    "pattern-in-expression": "a pattern in an expression that begins with a variable which is null matches everything"
    " on one engine, everybody's rows included: write COLLECT { MATCH … }, EXISTS { … } or OPTIONAL MATCH",
    "label-name": "label {detail} is not PascalCase",
    "type-name": "relationship type {detail} is not UPPER_SNAKE",
    "property-name": "property {detail} is not snake_case",
    "label-is-type": "{detail} names both a label and a relationship type, which one engine refuses: rename one",
    "engine-procedure": "{detail} is not on both engines: use plain indexes and patterns",
    "administration": "users, roles and databases are not made in Cypher (one engine makes such a user administrator)",
}

Finding = tuple[str, int, str]

# What pins a match to a handful of rows: the names under which the model keeps its unique keys.
IDENTITY = frozenset({"id", "key", "number", "revision"})
SMALL_NUMBER = 100

_AGGREGATES = {"COUNT", "SUM", "AVG", "MIN", "MAX", "COLLECT", "STDEV", "STDEVP", "PERCENTILECONT", "PERCENTILEDISC"}
_TEMPORAL = {"DATETIME", "DATE", "TIME", "LOCALDATETIME", "LOCALTIME", "DURATION", "TIMESTAMP"}
_RANGES = {"<", ">", "<=", ">="}
_COMPARISONS = {"=", "<>", "=~", *_RANGES}
_READS = {"MATCH", "WHERE", "MERGE"}
# Components of temporal values are spelt in camelCase by Cypher itself.
_COMPONENTS = {"epochMillis", "epochSeconds", "dayOfWeek", "dayOfQuarter", "ordinalDay", "weekYear"}
_ENGINE_PROCEDURES = ("db.awaitindex", "db.index.", "vector.", "apoc.", "gds.")


@dataclass(frozen=True, slots=True)
class Statement:
    """A Cypher text, the file and line (from 1) on which it begins, and the name it is known by there."""

    file: str
    line: int
    name: str
    text: str


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    file: str
    line: int
    rule: str
    message: str
    name: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.message}"


# ---- the rules -------------------------------------------------------------------------------------------------------


def _aggregates(clause: Clause) -> Iterator[Finding]:
    alone = set()
    if clause.keyword in {"WITH", "RETURN"}:
        for item in by_comma(clause.items):
            item = item[1:] if word(item_at(item, 0)) == "DISTINCT" else item
            if len(item) == 4 and word(item[2]) == "AS":
                alone.add(item[0].at)
    for _, items, i in positions(clause.items):
        if _called(items, i) in _AGGREGATES and items[i].at not in alone:
            yield "aggregate-in-expression", items[i].line, name(items[i])


def _called(items: Items, i: int) -> str:
    """The undotted function called at i, in capitals."""
    plain = sign(item_at(items, i - 1)) != "."
    return word(items[i]) if plain and bracket(item_at(items, i + 1)) == "(" else ""


def _words(clause: Clause) -> Iterator[Finding]:
    if clause.keyword == "LOAD CSV":
        yield "load-csv", clause.line, ""
    for inside, items, i in positions(clause.items):
        item, before, after = items[i], item_at(items, i - 1), item_at(items, i + 1)
        valued = isinstance(after, Token) and (after.text == "$" or after.kind is Kind.PARAMETER)
        if _called(items, i) in {"ELEMENTID", "ID"}:
            yield "element-id", item.line, name(item)
        if sign(item) in {":", "&", "|"} and inside != "{" and valued:
            yield "dynamic-name", item.line, ""
        if not inside and clause.keyword == "MATCH" and _selects(items, i):
            yield "shortest-k", item.line, ""
        if word(item) == "ON" and word(after) == "ERROR":
            yield "on-error", item.line, ""
        if word(item) in {"TRANSACTION", "TRANSACTIONS"} and word(before) in {"IN", "CONCURRENT"}:
            yield "call-in-transactions", item.line, ""
        if sign(item) == ";":
            yield "one-statement", item.line, ""
        if clause.keyword in _READS and sign(before) != "." and word(item) in _TEMPORAL:
            call = item_at(items, i + 3) if sign(after) == "." else after
            if bracket(call) == "(":
                yield "temporal-predicate", item.line, name(item)
        dotted = "".join(each.text for each in items[i : i + 5] if isinstance(each, Token)).lower()
        if sign(before) != "." and dotted.startswith(_ENGINE_PROCEDURES):
            yield "engine-procedure", item.line, dotted


def _selects(items: Items, i: int) -> bool:
    """Whether a path selector stands at i."""
    first = i == 0 or sign(items[i - 1]) == "="
    return word(items[i]) == "SHORTEST" or (
        first and word(items[i]) in {"ANY", "ALL"} and word(item_at(items, i + 1)) != "SHORTEST"
    )


def _commands(clause: Clause) -> Iterator[Finding]:
    if clause.keyword == "SCHEMA":
        words = [word(item) for item in clause.items[:4]]
        if words[0] in ADMINISTRATIVE_STARTS or (words[1] in ADMINISTRATION and not INDEXES & set(words)):
            yield "administration", clause.line, ""
        if words[1] in {"FULLTEXT", "VECTOR"}:
            yield "engine-procedure", clause.line, f"a {words[1].lower()} index"


def _assignments(clause: Clause) -> Iterator[Finding]:
    if clause.keyword not in {"SET", "REMOVE"}:
        return
    targets: list[tuple[str, str]] = []
    reads: list[set[tuple[str, str]]] = []
    for item in by_comma(clause.items):
        target, *values = parted(item, lambda each: sign(each) in {"=", "+="})
        if any(sign(each) == ":" or word(each) == "IS" for each in target):
            yield "label-change", item[0].line, ""
        targets.append((name(item_at(target, 0)), name(item_at(target, 2))))
        found = set()
        for value in values:
            for _, items, i in positions(value):
                if name(items[i]) and sign(item_at(items, i - 1)) != ".":
                    found.add(
                        (name(items[i]), name(item_at(items, i + 2)) if sign(item_at(items, i + 1)) == "." else "")
                    )
        reads.append(found)
    for i, (owner, key) in enumerate(targets):
        for j, found in enumerate(reads):
            if i != j and any(owner == of and ("" in (key, read) or key == read) for of, read in found):
                yield "set-order", clause.line, f"{owner}.{key}" if key else owner
                break


def _keysets(clause: Clause) -> Iterator[Finding]:
    levels = [
        clause.items,
        *(item.items for _, items, i in positions(clause.items) if isinstance(item := items[i], Group)),
    ]
    for level in levels:
        operands = parted(level, lambda item: word(item) == "OR")
        ranges = [_compared(operand, _RANGES) for operand in operands]
        ties = [_compared(operand, {"="}) if _has_word(operand, "AND") else set() for operand in operands]
        for i, ranged in enumerate(ranges):
            for shared in sorted(ranged & set().union(*ties[:i], *ties[i + 1 :])):
                yield "or-keyset", level[0].line, shared


def _has_word(items: Items, sought: str) -> bool:
    return any(word(level[i]) == sought for _, level, i in positions(items))


def _compared(items: Items, signs: set[str]) -> set[str]:
    """The variables and properties on either side of the comparisons in there."""
    found = set()
    for _, level, i in positions(items):
        if sign(level[i]) in signs:
            if sign(item_at(level, i - 2)) == ".":
                found.add(f"{name(item_at(level, i - 3))}.{name(item_at(level, i - 1))}")
            elif name(item_at(level, i - 1)):
                found.add(name(item_at(level, i - 1)))
            right = name(item_at(level, i + 1))
            if right:
                found.add(f"{right}.{name(item_at(level, i + 3))}" if sign(item_at(level, i + 2)) == "." else right)
    return found


def _literals(clause: Clause) -> Iterator[Finding]:
    maps = {found.at for part in parts(clause) for group in _described(part) if (found := map_of(group))}
    for _, items, i in positions(clause.items):
        item, before, after = items[i], item_at(items, i - 1), item_at(items, i + 1)
        if isinstance(item, Group):
            listed = item.items if item.bracket == "[" and word(before) == "IN" else ()
            mapped = item.items if item.at in maps else ()
            values = [each for j, each in enumerate(mapped) if sign(item_at(mapped, j - 1)) in {":", "-"}]
            for value in (*listed, *values):
                if isinstance(value, Token) and _is_loose(value):
                    yield "literal-value", value.line, value.text
        elif isinstance(item, Token) and _is_loose(item):
            before = item_at(items, i - 2) if sign(before) == "-" else before
            compared = bool({sign(before), sign(after)} & {*_COMPARISONS, "+="})
            if compared or word(before) in {"WITH", "CONTAINS", "WHEN"} or word(after) == "IN":
                yield "literal-value", item.line, item.text


def _is_loose(item: Token) -> bool:
    if item.kind is Kind.STRING:
        return re.fullmatch(r"[A-Z][A-Z0-9_]*", item.text[1:-1]) is None
    return item.kind is Kind.NUMBER and (not item.text.isdecimal() or int(item.text) > SMALL_NUMBER)


def _described(part: Part) -> list[Group]:
    return [*part.nodes, *(each.group for each in part.relationships if each.group)]


def _patterns(clause: Clause) -> Iterator[Finding]:
    for part in parts(clause):
        for node in part.nodes:
            given = [token.text for token in labels(node)]
            if len(named(node)) > 1:
                yield "one-label", node.line, ""
            yield from (("label-name", node.line, each) for each in given if not _PASCAL.fullmatch(each))
        if part.relationships and not part.outer and clause.keyword != "SCHEMA":
            yield "pattern-in-expression", part.nodes[0].line, ""
        for each in part.relationships:
            if map_of(each.group) and not (clause.keyword == "CREATE" and part.outer):
                yield "relationship-map", each.line, ""
            if not each.directed and clause.keyword != "SCHEMA":
                yield "undirected", each.line, ""
            yield from (("type-name", each.line, kind) for kind in each.types if not _UPPER_SNAKE.fullmatch(kind))


_PASCAL = re.compile(r"[A-Z](?=[A-Za-z0-9]*[a-z])[A-Za-z0-9]*")
_UPPER_SNAKE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def _properties(clause: Clause) -> Iterator[Finding]:
    for inside, items, i in positions(clause.items):
        before, after = item_at(items, i - 1), item_at(items, i + 1)
        called = i
        while sign(item_at(items, called + 1)) == "." and name(item_at(items, called + 2)):
            called += 2
        procedure = clause.keyword == "CALL" and not inside
        read = sign(before) == "." and not procedure and bracket(item_at(items, called + 1)) != "("
        key = inside == "{" and sign(after) == ":" and clause.keyword != "SCHEMA" and sign(before) in {"", ","}
        if (
            (read or key)
            and name(items[i])
            and not _SNAKE.fullmatch(name(items[i]))
            and name(items[i]) not in _COMPONENTS
        ):
            yield "property-name", items[i].line, name(items[i])


def _merges(clauses: Sequence[Clause]) -> Iterator[Finding]:
    merged: list[tuple[int, str]] = []
    reads: list[Relationship] = []
    for clause in clauses:
        for part in parts(clause):
            if clause.keyword == "MERGE" and part.outer:
                merged.extend((each.at, kind) for each in part.relationships for kind in each.types)
            elif not (clause.keyword == "CREATE" and part.outer):
                reads.extend(part.relationships)
    for read_later in reads:
        kinds = {kind for at, kind in merged if at < read_later.at and kind in (read_later.types or (kind,))}
        if kinds:
            yield "merge-then-read", read_later.line, ", ".join(sorted(kinds))


def _shortest_paths(query: Sequence[Clause]) -> Iterator[Finding]:
    for clause, where in zip(query, [*query[1:], None], strict=True):
        for i, item in enumerate(clause.items):
            if clause.keyword != "MATCH" or _called(clause.items, i) not in SHORTEST:
                continue
            path = name(item_at(clause.items, i - 2))
            call = clause.items[i + 1]
            inside = [each.group for part in parts_of((call,), False) for each in part.relationships if each.group]
            named = {variable(group) for group in inside} - {""}
            inline = any(map_of(group) or _has_word(group.items, "WHERE") for group in inside)
            later = where is not None and where.keyword == "WHERE" and _judges(where, path, named)
            if inline or later:
                yield "shortest-path-predicate", item.line, ""


def _judges(where: Clause, path: str, relationships: set[str]) -> bool:
    for _, items, i in positions(where.items):
        arguments = item_at(items, i + 1)
        first = item_at(arguments.items, 0) if isinstance(arguments, Group) else None
        if _called(items, i) in {"RELATIONSHIPS", "RELS"} and name(first) == path:
            return True
        if name(items[i]) in relationships and sign(item_at(items, i - 1)) != ".":
            return True
    return False


def _pinned_by(items: Items) -> set[str]:
    """The variables that a predicate holds to one value, or a list of them, of their identity."""
    found = set()
    for i, item in enumerate(items):
        if name(item) in IDENTITY and sign(item_at(items, i - 1)) == ".":
            equal = "=" in (sign(item_at(items, i + 1)), sign(item_at(items, i - 3)))
            if equal or word(item_at(items, i + 1)) == "IN":
                found.add(name(item_at(items, i - 2)))
    return set() if any(word(item) == "OR" for item in items) else found


def _pins(node: Group, known: set[str]) -> bool:
    mapped = map_of(node)
    keys = {name(each) for each in mapped.items} if mapped else set()
    return bool(keys & IDENTITY) or variable(node) in known or bool(_pinned_by(node.items))


def _walks(clauses: Sequence[Clause]) -> Iterator[Finding]:
    """What is slow because the match before it is held to no known node. `clauses` in the text's order, all depths."""
    known: set[str] = set()
    unpinned = False
    for i, clause in enumerate(clauses):
        after = clauses[i + 1 : i + 4]
        where = after[0].items if after and after[0].keyword == "WHERE" else ()
        if clause.keyword == "MATCH":
            known |= _pinned_by(where)
        for part in parts(clause):
            pinned = any(_pins(node, known) for node in part.nodes)
            made = part.outer and clause.keyword in {"CREATE", "MERGE"}
            if not pinned and any(each.endless for each in part.relationships):
                yield "unanchored-path", part.nodes[0].line, ""
            if pinned or made:
                known |= {variable(group) for group in _described(part)} - {""}
            elif part.outer:
                unpinned = True
        if clause.keyword in {"WITH", "RETURN", "UNWIND"}:
            for item in by_comma(clause.items):
                if (
                    len(item) > 2
                    and word(item[-2]) == "AS"
                    and any(name(each[j]) in known for _, each, j in positions(item))
                ):
                    known.add(name(item[-1]))
        if clause.keyword == "ORDER BY" and unpinned:
            limited = any(each.keyword == "LIMIT" for each in after[: 2 if after and after[0].keyword == "SKIP" else 1])
            if clauses[i - 1].keyword == "WITH" and limited:
                yield "sorted-with", clause.line, ", ".join(sorted(IDENTITY))
            if any(word(item) in {"DESC", "DESCENDING"} for item in clause.items):
                yield "descending-order", clause.line, ", ".join(sorted(IDENTITY))


def _findings(text: str) -> Iterator[Finding]:
    try:
        outermost = read(text)
    except Unreadable as problem:
        yield "unreadable", problem.line, problem.detail
        return
    clauses = sorted((clause for query in queries(outermost) for clause in query), key=lambda clause: clause.at)
    for clause in clauses:
        for rule in (_aggregates, _words, _commands, _assignments, _keysets, _literals, _patterns, _properties):
            yield from rule(clause)
    for query in queries(outermost):
        yield from _shortest_paths(query)
    yield from _merges(clauses)
    yield from _walks(clauses)


def _kinds(text: str) -> Iterator[tuple[str, bool, int]]:
    """Each label (False) and relationship type (True) of a text, with its line."""
    try:
        clauses = [clause for query in queries(read(text)) for clause in query]
    except Unreadable:
        return
    for part in (part for clause in clauses for part in parts(clause)):
        yield from ((token.text, False, token.line) for node in part.nodes for token in labels(node))
        yield from ((kind, True, each.line) for each in part.relationships for kind in each.types)


def violations(statements: Iterable[Statement]) -> list[Violation]:
    """Every forbidden shape in the statements, and every name that two of them use for a label and for a type."""
    found = set()
    used: dict[str, dict[bool, list[Violation]]] = {}
    for statement in statements:
        for rule, line, detail in _findings(statement.text):
            found.add(_violation(statement, rule, line, detail))
        for kind, is_type, line in _kinds(statement.text):
            # Compared without case: the engine keeps each in files of that name.
            place = used.setdefault(kind.casefold(), {False: [], True: []})[is_type]
            place.append(_violation(statement, "label-is-type", line, kind))
    for places in used.values():
        if places[False] and places[True]:
            found.update(places[True])
    return sorted(found)


def _violation(statement: Statement, rule: str, line: int, detail: str) -> Violation:
    message = RULES[rule].replace("{detail}", detail)
    return Violation(statement.file, statement.line + line, rule, message, statement.name)
