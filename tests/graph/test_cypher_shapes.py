"""No statement of the project has a shape that one of the two engines answers wrongly or slowly."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from graph.store.migrations import FOLDER, read_migrations
from tests.cypher_reader import tokens
from tests.cypher_shapes import RULES, Statement, Violation, violations

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("graph", "server", "seed")

# (file, statement, rule): why this one statement may.
EXCEPTIONS: Mapping[tuple[str, str, str], str] = {
    (
        "graph/store/revisions.py",
        "LIST_REVISIONS",
        "descending-order",
    ): "a company has few revisions: hundreds, in years",
    (
        "tests/graphs.py",
        "LIST_RELATIONSHIPS_OF_REVISION",
        "undirected",
    ): "a test looks for what crosses revisions, in whatever direction",
}

_CYPHER = re.compile(
    r"\s*(?://[^\n]*\n\s*|/\*.*?\*/\s*)*"
    r"(?:OPTIONAL\s+MATCH|MATCH|UNWIND|WITH|RETURN|CREATE|MERGE|SET|REMOVE|(?:DETACH\s+)?DELETE|FOREACH|CALL"
    r"|LOAD\s+CSV|SHOW|DROP|ALTER)\b\s*\S",
    re.DOTALL,
)
_CYPHER_SIGNS = re.compile(r"[($\[{]|\bAS\b|\b(?:INDEX|CONSTRAINT)|RETURN\s+\d|\w:\w")
# The second way to find statements: by the calls that run one, whatever it is made of.
_RUN = re.compile(r"\.(?:run|run_schema|read|write|stream|execute_\w+)\(\s*(?:Query\(\s*)?([A-Z][A-Z0-9_]*)\b")
_GLUES = {"format", "format_map", "replace", "join"}


# ---- where statements stand ------------------------------------------------------------------------------------------


def is_cypher(node: ast.AST | None) -> bool:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    return _CYPHER.match(node.value) is not None and _CYPHER_SIGNS.search(node.value) is not None


def constants(tree: ast.Module) -> dict[str, ast.expr]:
    """The UPPERCASE names of a module, and what each is made of."""
    found = {}
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        for target in targets:
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            if isinstance(target, ast.Name) and target.id.isupper() and value is not None:
                found[target.id] = value
    return found


def statements_in(file: str, source: str) -> list[Statement]:
    return [
        Statement(file, value.lineno, name, str(value.value))
        for name, value in constants(ast.parse(source)).items()
        if isinstance(value, ast.Constant) and is_cypher(value)
    ]


def statements_of_file(file: str, text: str) -> list[Statement]:
    """Those of a migration, each ended by a semicolon."""
    ends = [token.at for token in tokens(text) if token.text == ";"]
    starts = [0, *(end + 1 for end in ends)]
    pieces = [(start, text[start:end]) for start, end in zip(starts, [*ends, len(text)], strict=True)]
    return [
        Statement(file, 1 + text.count("\n", 0, start), Path(file).stem, piece)
        for start, piece in pieces
        if tokens(piece)
    ]


def misplaced_in(file: str, source: str) -> list[Violation]:
    """What is wrong with where a module's Cypher stands. Statements belong in graph/store, as text that is whole."""
    tree = ast.parse(source)
    own = {statement.name for statement in statements_in(file, source)}
    known = own | {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("graph.store")
        for alias in node.names
        if alias.name.isupper() and _is_statement(node.module or "", alias.name)
    }
    home = file.startswith(("graph/store/", "graph/engines/"))
    named = {id(value) for name, value in constants(tree).items() if home and name in own}
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}

    def text(node: ast.AST | None) -> bool:
        return is_cypher(node) or (isinstance(node, ast.Name) and node.id in known)

    found = []
    for node in ast.walk(tree):
        if is_cypher(node) and id(node) not in named | docstrings:
            message = "Cypher stands in graph/store alone, each text an UPPERCASE constant of its module"
            found.append(Violation(file, _line(node), "stray-cypher", message))
        if _glued(node, text):
            message = "Cypher is never put together from pieces: write each statement out, with parameters"
            found.append(Violation(file, _line(node), "glued-cypher", message))
        if file.startswith("graph/store/") and _runs_made_text(node):
            message = "what runs is a statement by its name, not a text made on the spot"
            found.append(Violation(file, _line(node), "glued-cypher", message))
    if file.startswith("graph/store/"):
        message = "a statement stands above what runs it in the same module, or in a module that is a table of them"
        places = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
        for name, value in constants(tree).items():
            if name in own and not _stands_right(name, value, places):
                found.append(Violation(file, value.lineno, "misplaced-statement", f"{name}: {message}"))
    return sorted(set(found))


@cache
def _is_statement(module: str, name: str) -> bool:
    """Whether an UPPERCASE name of the store is a statement; one that cannot be looked up is taken for one."""
    file = ROOT / (module.replace(".", "/") + ".py")
    return not file.is_file() or name in {each.name for each in statements_in(str(file), file.read_text("utf-8"))}


def _line(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 0))


def _glued(node: ast.AST, text: Callable[[ast.AST | None], bool]) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(text(part.value if isinstance(part, ast.FormattedValue) else part) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return text(node.left) or text(node.right)
    if isinstance(node, ast.AugAssign):
        return text(node.target) or text(node.value)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _GLUES:
        return text(node.func.value) or any(text(each) for argument in node.args for each in ast.walk(argument))
    return False


def _runs_made_text(node: ast.AST) -> bool:
    if not (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "run" and node.args
    ):
        return False
    first = node.args[0]
    if isinstance(first, ast.Call):
        return not (isinstance(first.func, ast.Name) and first.func.id == "Query")
    return isinstance(first, ast.Constant | ast.JoinedStr | ast.BinOp | ast.IfExp)


def _stands_right(name: str, value: ast.expr, places: list[ast.stmt]) -> bool:
    users = [node for node in places if any(_loads(each, name) for each in ast.walk(node))]
    runners = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    after = [node for node in places if node.lineno > value.lineno and not isinstance(node, ast.Assign | ast.AnnAssign)]
    if any(isinstance(node, runners) for node in places):
        return bool(users) and users[0].lineno > value.lineno and bool(after) and isinstance(after[0], runners)
    return len(users) == 1


def _loads(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)


# ---- the project's own -----------------------------------------------------------------------------------------------


def python_files(*folders: str) -> Iterator[tuple[str, str]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")


@cache
def project_statements() -> tuple[Statement, ...]:
    """Those of the store, the engines and the tests, and the migrations."""
    found: list[Statement] = []
    for file, source in python_files("graph", "tests"):
        if file != Path(__file__).relative_to(ROOT).as_posix():
            found.extend(statements_in(file, source))
    for path in sorted((ROOT / "graph").rglob("*.cypher")):
        found.extend(statements_of_file(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")))
    return tuple(found)


def unexpected(found: list[Violation]) -> list[str]:
    return [str(each) for each in found if (each.file, each.name, each.rule) not in EXCEPTIONS]


def test_no_statement_has_a_forbidden_shape() -> None:
    found = unexpected(violations(project_statements()))
    assert not found, "\n".join(found)


def test_cypher_stands_whole_above_the_function_that_runs_it() -> None:
    found = [str(each) for file, source in python_files(*SOURCES) for each in misplaced_in(file, source)]
    assert not found, "\n".join(found)


def test_every_exception_is_still_needed() -> None:
    statements = project_statements()
    present = {(each.file, each.name) for each in statements}
    met = {(each.file, each.name, each.rule) for each in violations(statements)}
    assert [key for key in EXCEPTIONS if key[:2] in present and key not in met] == []


def test_whatever_the_store_runs_was_checked() -> None:
    store = dict(python_files("graph/store"))
    checked = {(each.file, each.name) for each in project_statements()}
    assert [
        f"{file}: {name}"
        for file, source in store.items()
        for run in sorted(set(_RUN.findall(source)))
        for name in (_in_table(source, run) or [run])
        if not any((place, name) in checked for place in [file, *_imported_from(source, name)])
    ] == []


def test_as_many_statements_are_checked_as_texts_begin_with_a_clause() -> None:
    opening = re.compile(
        r'^[A-Z][A-Z0-9_]*(?:: *\w+)? = (?:"""\s*|"|\(\s*")(?://.*\n\s*)*'
        r"(?:MATCH|OPTIONAL|UNWIND|WITH|RETURN|CREATE|MERGE|FOREACH|CALL|SHOW|DROP)\b",
        re.MULTILINE,
    )
    counted = sum(len(opening.findall(source)) for _, source in python_files("graph/store"))
    assert len([each for each in project_statements() if each.file.startswith("graph/store/")]) == counted


def test_every_migration_that_the_store_applies_was_checked() -> None:
    applied = sum(len(migration.statements) for migration in read_migrations(FOLDER, embedded=True))
    assert len([each for each in project_statements() if each.file.endswith(".cypher")]) == applied


def _in_table(source: str, name: str) -> list[str]:
    """The statements of a table, when the name is one."""
    table = constants(ast.parse(source)).get(name)
    if not isinstance(table, ast.Dict | ast.Tuple | ast.List):
        return []
    return [node.id for node in ast.walk(table) if isinstance(node, ast.Name) and node.id.isupper()]


def _imported_from(source: str, name: str) -> list[str]:
    return [
        f"{node.module.replace('.', '/')}.py"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module and any(alias.name == name for alias in node.names)
    ]


# ---- the rules themselves: what each one catches, and what it leaves alone -------------------------------------------

BAD = [
    ("unreadable", "MATCH (s:Subject RETURN s"),
    ("unreadable", "PROFILE MATCH (s:Subject) RETURN s.id AS id"),
    ("unreadable", "MATCH (s:Subject) RETURN"),
    ("unreadable", "MATCH (s:Subject {id: 'open}) RETURN s.id AS id"),
    ("one-statement", "MATCH (s:Subject) RETURN s.id AS id; MATCH (h:Holding) RETURN h.id AS id"),
    ("aggregate-in-expression", "MATCH (s:Subject)-[:DECIDED]->(d) RETURN s{.*, ds: collect(d.purpose)} AS s"),
    ("aggregate-in-expression", "MATCH (h:Holding) RETURN min(h.since).year AS year"),
    ("aggregate-in-expression", "MATCH (h:Holding) WITH h.service AS s, count(*) > 1 AS many RETURN s, many"),
    ("aggregate-in-expression", "MATCH (h:Holding) WITH collect(h)[0].key AS first RETURN first"),
    ("aggregate-in-expression", "MATCH (h:Holding) RETURN size(collect(DISTINCT h.key)) AS n"),
    ("aggregate-in-expression", "MATCH (h:Holding) RETURN h.service AS s ORDER BY count(*)"),
    ("aggregate-in-expression", "MATCH (h:Holding) RETURN count(*)"),
    ("aggregate-in-expression", "MATCH (h:Holding) CALL (h) { RETURN {n: count(*)} AS m } RETURN m"),
    (
        "merge-then-read",
        "MERGE (a:Aa {id: $a}) MERGE (a)-[:HAS]->(b:Bb {id: $b}) WITH a MATCH (a)-[:HAS]->(c) RETURN c",
    ),
    ("merge-then-read", "MATCH (a:Aa), (b:Bb) MERGE (a)-[:HAS]->(b) RETURN COUNT { (a)-[:HAS]->() } AS n"),
    (
        "merge-then-read",
        "MATCH (a:Aa), (b:Bb) MERGE (a)-[:HAS]->(b) WITH a WHERE EXISTS { (a)-->() } RETURN a.id AS id",
    ),
    ("merge-then-read", "MATCH (a:Aa), (b:Bb) MERGE (a)-[:HAS]->(b) RETURN [(a)-[:HAS]->(c) | c.id] AS ids"),
    ("label-change", "MATCH (s:Subject {id: $id}) SET s:Minor"),
    ("label-change", "MERGE (s:Subject {id: $id}) ON CREATE SET s.at = $at, s:Minor"),
    ("label-change", "MATCH (s:Subject {id: $id}) REMOVE s:Minor"),
    ("label-change", "MATCH (s:Subject {id: $id}) FOREACH (x IN $xs | SET s:Minor)"),
    ("one-label", "CREATE (s:Subject:Minor {id: $id})"),
    ("element-id", "MATCH (s:Subject) RETURN elementId(s) AS id"),
    ("element-id", "MATCH (s:Subject) WHERE id(s) = $id RETURN s.id AS id"),
    ("dynamic-name", "MATCH (n:$($label)) RETURN n.key AS key"),
    ("dynamic-name", "MATCH (a:Aa)-[:$($type)]->(b:Bb) RETURN b.key AS key"),
    ("shortest-k", "MATCH p = SHORTEST 2 (a:Aa {key: $a})-[:TO]->(b:Bb) RETURN length(p) AS hops"),
    ("shortest-k", "MATCH p = ANY (a:Aa {key: $a})-[:TO]->(b:Bb) RETURN length(p) AS hops"),
    (
        "shortest-path-predicate",
        "MATCH p = shortestPath((a:Aa {key: $a})-[:TO*..5]->(b:Bb)) WHERE all(r IN relationships(p) WHERE r.w = $w)"
        " RETURN length(p) AS hops",
    ),
    (
        "shortest-path-predicate",
        "MATCH p = shortestPath((a:Aa {key: $a})-[:TO*..5 {w: $w}]->(b)) RETURN length(p) AS n",
    ),
    ("on-error", "UNWIND $rows AS row CALL (row) { CREATE (:Aa {id: row.id}) } IN TRANSACTIONS ON ERROR CONTINUE"),
    (
        "call-in-transactions",
        "UNWIND $rows AS row CALL (row) { CREATE (:Aa {id: row.id}) } IN 2 CONCURRENT TRANSACTIONS",
    ),
    ("set-order", "MATCH (a:Aa {id: $id}) SET a.x = a.y, a.y = a.x"),
    ("set-order", "MATCH (a:Aa {id: $id}) SET a.at = $at, a.last = CASE WHEN a.at < $at THEN $last ELSE a.last END"),
    ("set-order", "MATCH (a:Aa {id: $id}), (b:Bb {id: $id}) SET a += $properties, b.x = a.x"),
    ("sorted-with", "MATCH (h:Holding {category: $c}) WITH h ORDER BY h.id LIMIT $n RETURN h.id AS id"),
    ("sorted-with", "MATCH (s:Subject) WHERE s.id > $after WITH s ORDER BY s.id SKIP $n LIMIT $n RETURN s.id AS id"),
    ("descending-order", "MATCH (n:Notice) RETURN n.id AS id ORDER BY n.at DESC LIMIT $n"),
    ("or-keyset", "MATCH (n:Aa) WHERE n.a > $a OR n.a = $a AND n.b > $b RETURN n.a AS a"),
    ("or-keyset", "MATCH (n:Aa) WHERE n.s = $s AND ($a < n.a OR (n.a = $a AND n.b > $b)) RETURN n.a AS a"),
    ("temporal-predicate", "MATCH (h:Holding) WHERE h.since > datetime($at) RETURN h.id AS id"),
    ("temporal-predicate", "MATCH (h:Holding {since: date.truncate('DAY', $at)}) RETURN h.id AS id"),
    ("relationship-map", "MATCH (a:Aa {id: $id})-[r:TO {w: $w}]->(b:Bb) RETURN b.id AS id"),
    ("relationship-map", "MATCH (a:Aa {id: $id}), (b:Bb {id: $id}) MERGE (a)-[:TO {w: $w}]->(b)"),
    ("load-csv", "LOAD CSV WITH HEADERS FROM $url AS row RETURN row.id AS id"),
    ("literal-value", "MATCH (s:Service) WHERE s.key = 'billing' RETURN s.name AS name"),
    ("literal-value", 'MATCH (s:Service {key: "billing"}) RETURN s.name AS name'),
    ("literal-value", "MATCH (s:Service) WHERE s.key IN ['billing', $key] RETURN s.name AS name"),
    ("literal-value", "MATCH (s:Service) WHERE s.name STARTS WITH 'bill' RETURN s.name AS name"),
    ("literal-value", "MATCH (s:Service) WHERE s.size > -20181112 RETURN s.name AS name"),
    ("literal-value", "MATCH (s:Service) WHERE s.share >= 0.5 RETURN s.name AS name"),
    ("unanchored-path", "MATCH (a:DataCategory)-[:PART_OF*]->(b) RETURN b.key AS key"),
    ("unanchored-path", "MATCH (a:DataCategory)-[:PART_OF*2..]->(b) RETURN b.key AS key"),
    ("undirected", "MATCH (a:Aa {id: $id})-[:TO]-(b:Bb) RETURN b.id AS id"),
    ("undirected", "MATCH (a:Aa {id: $id}) WHERE (a)--(:Bb) RETURN a.id AS id"),
    (
        "pattern-in-expression",
        "OPTIONAL MATCH (s:Subject {id: $id}) RETURN [(s)-[:DECIDED]->(d:Decision) | d.id] AS ids",
    ),
    (
        "pattern-in-expression",
        "OPTIONAL MATCH (s:Subject {id: $id}) WHERE (s)-[:DECIDED]->(:Decision) RETURN s.id AS id",
    ),
    ("label-name", "MATCH (d:data_category) RETURN d.key AS key"),
    ("label-name", "CREATE CONSTRAINT c IF NOT EXISTS FOR (n:SUBJECT) REQUIRE n.id IS UNIQUE"),
    ("type-name", "MATCH (a:Aa {id: $id})-[:partOf]->(b) RETURN b.id AS id"),
    ("property-name", "MATCH (h:Holding) RETURN h.lastSeen AS last_seen"),
    ("property-name", "CREATE (h:Holding {lastSeen: $at})"),
    ("property-name", "CREATE INDEX i IF NOT EXISTS FOR (n:Holding) ON (n.lastSeen)"),
    ("label-is-type", "MATCH (n:Trust {id: $id})-[:TRUST]->(s:Subject) RETURN s.id AS id"),
    ("engine-procedure", "CALL db.awaitIndexes(300)"),
    ("engine-procedure", "CALL db.index.fulltext.queryNodes($index, $text) YIELD node RETURN node.key AS key"),
    ("engine-procedure", "CREATE FULLTEXT INDEX texts IF NOT EXISTS FOR (n:Clause) ON EACH [n.text]"),
    ("administration", "CREATE USER vitrine SET PASSWORD $password"),
]


@pytest.mark.parametrize(("rule", "text"), BAD)
def test_a_forbidden_shape_is_caught(rule: str, text: str) -> None:
    assert rule in {each.rule for each in violations([Statement("bad.py", 1, "BAD", text)])}


def test_every_rule_has_a_shape_that_it_catches() -> None:
    assert set(RULES) == {rule for rule, _ in BAD}


GOOD = [
    "MATCH (s:Subject {id: $id})-[:DECIDED]->(d:Decision) WITH s, collect(DISTINCT d{.purpose, .kind}) AS decisions"
    " RETURN s{.*, decisions: decisions} AS subject",
    "MATCH (h:Holding) WITH h.service AS service, count(*) AS holdings WHERE holdings > 1 RETURN service, holdings",
    "MATCH (s:Subject) RETURN s.min AS min, text.max(s.ids) AS max, COUNT { (s)-[:DECIDED]->() } AS decisions",
    "MATCH (a:Aa {id: $a})-[:HAS]->(c:Cc) MERGE (b:Bb {id: $b}) MERGE (a)-[:TO]->(b) RETURN c.id AS id",
    "MERGE (s:Subject {id: $id}) ON CREATE SET s.made_at = $at ON MATCH SET s.seen_at = $at SET s.n = s.n + 1",
    "MATCH (s:Subject) WHERE s.id = $id SET s.name = $name, s.at = $at REMOVE s.old",
    "MATCH p = (a:Aa {key: $a})-[:TO*..5]->(b:Bb) WHERE all(r IN relationships(p) WHERE r.w = $w)"
    " RETURN length(p) AS hops ORDER BY length(p) LIMIT 1",
    "MATCH p = shortestPath((a:Aa {key: $a})-[:TO*..5]->(b:Bb {key: $b})) WHERE b.open RETURN length(p) AS hops",
    "MATCH (s:Subject {id: $id})-[:HAS_HOLDING]->(h:Holding) WITH h ORDER BY h.since DESC LIMIT $n RETURN h.id AS id",
    "UNWIND $ids AS id CALL (id) { MATCH (s:Subject {id: id}) OPTIONAL MATCH (s)-[:HAS_HOLDING]->(h:Holding)"
    " WITH s, h ORDER BY h.id LIMIT 10 RETURN s.id AS subject, collect(h.id) AS holdings } RETURN subject, holdings",
    "MATCH (n:Aa) WHERE n.key > $after RETURN n.key AS key ORDER BY n.key LIMIT $first",
    "MATCH (n:Aa) WHERE n.state = 'PENDING' OR n.tries < 3 AND n.at < $at RETURN datetime($at).epochMillis AS millis",
    "MATCH (n:Aa) WHERE n.kind IN ['PROCESSOR', 'AFFILIATE'] AND n.left > -1 RETURN n.id AS id, 'any text' AS text",
    "MATCH (a:Aa {id: $id}) CREATE (a)-[:TO {at: $at}]->(b:Bb {id: $b, left: 0})",
    "MATCH (a:Aa {id: $id})-[r:TO]->(b:Bb) WHERE r.w = $w AND NOT EXISTS { (b)<-[:OF]-(:Cc) } RETURN b.id AS id",
    "MATCH (c:DataCategory {revision: $revision, key: $key})-[:PART_OF*0..]->(above) RETURN above.key AS key",
    "MATCH (c:DataCategory {revision: $revision}) MATCH (c)-[:PART_OF*]->(above) RETURN above.key AS key",
    "MATCH (a:DataCategory)-[:PART_OF*1..3]->(b) RETURN b.key AS key",
    "MATCH (s:Subject {id: $id}) FOREACH (key IN $keys | CREATE (s)-[:TRUSTS]->(:Trust {id: key}))",
    "MATCH (s:Subject {id: $id}) DETACH DELETE s // MATCH (n:$(x)) SET n:Other; elementId(n)",
    "MATCH (s:Subject {id: $id}) /* SHORTEST 2 ; */ RETURN s.id AS `order by count(*)`, 'SET n:Label; (' AS text",
    "MATCH (a:Aa {id: $id}) RETURN a.id AS id UNION ALL MATCH (b:Bb {id: $id}) RETURN b.id AS id",
    "CREATE CONSTRAINT service_key IF NOT EXISTS FOR (n:Service) REQUIRE (n.revision, n.key) IS UNIQUE",
    "CREATE CONSTRAINT since_type IF NOT EXISTS FOR (n:Holding) REQUIRE n.since IS :: ZONED DATETIME",
    "CREATE INDEX links IF NOT EXISTS FOR ()-[r:TO]-() ON (r.w);",
]


@pytest.mark.parametrize("text", GOOD)
def test_a_portable_statement_is_left_alone(text: str) -> None:
    assert [str(each) for each in violations([Statement("good.py", 1, "GOOD", text)])] == []


def test_a_violation_names_file_line_rule_reason_and_way_out() -> None:
    text = "\nMATCH (s:Subject)\nRETURN elementId(s) AS id"
    assert [str(each) for each in violations([Statement("graph/store/x.py", 7, "X", text)])] == [
        "graph/store/x.py:9: element-id: elementId() may change: keep an id or key of our own"
    ]


def test_a_name_is_a_label_or_a_type_over_all_statements() -> None:
    first = Statement("a.py", 1, "A", "CREATE (n:Purpose {id: $id})")
    second = Statement("b.py", 5, "B", "MATCH (a:Aa {id: $id})-[:PURPOSE]->(b) RETURN b.id AS id")
    assert [(each.file, each.line, each.rule) for each in violations([first, second])] == [("b.py", 5, "label-is-type")]
    assert violations([first]) == violations([second]) == []


F = "graph/store/a.py"
FIND = "FIND = 'MATCH (n:Aa) RETURN n'\n"
IMPORT = "from graph.store.b import FIND\n"
PLACES = [
    (F, FIND + "async def f(tx):\n    await tx.run(FIND)", set()),
    (F, "async def f(tx):\n    await tx.run('MATCH (n:Aa) RETURN n')", {"stray-cypher", "glued-cypher"}),
    (F, "async def f(tx):\n    await tx.run(FIND)\n" + FIND, {"misplaced-statement"}),
    (F, FIND + "async def f(tx): ...", {"misplaced-statement"}),
    (F, FIND + "TABLE = {'n': FIND}", set()),
    (F, "TABLE = {'n': 'MATCH (n:Aa) RETURN n'}", {"stray-cypher"}),
    (F, FIND.lower().replace("match", "MATCH"), {"stray-cypher"}),
    (F, "async def f(tx, n):\n    await tx.run(f'MATCH (n:{n}) RETURN n')", {"stray-cypher", "glued-cypher"}),
    (F, IMPORT + "X = FIND + ' LIMIT 1'", {"glued-cypher"}),
    (F, IMPORT + "X = FIND.replace('a', 'b')", {"glued-cypher"}),
    (F, IMPORT + "X = ' '.join([FIND, END])", {"glued-cypher"}),
    (F, "async def f(tx, n):\n    await tx.run(made(n))", {"glued-cypher"}),
    (F, "async def f(tx, find):\n    'MATCH (n) is run.'\n    await tx.run(Query(find, timeout=1))", set()),
    ("server/a.py", FIND, {"stray-cypher"}),
    ("server/a.py", "def f():\n    return 'Return the card (now)', 'SET', 'CREATE', f'{x} with (care)'", set()),
]


@pytest.mark.parametrize(("file", "source", "rules"), PLACES)
def test_where_cypher_may_stand(file: str, source: str, rules: set[str]) -> None:
    assert {each.rule for each in misplaced_in(file, source)} == rules
