"""Operations that cannot be run: documents, variables, and more than one may ask for."""

from __future__ import annotations

from tests.bad_input.rows import Row
from tests.bad_input.wire import BUYER, NOBODY, STAFF, asked

NODE = "query ($id: ID!) { node(id: $id) { id } }"
FILTERED = "query ($keys: [String!]) { me { holdings(service: $keys) { totalCount } } }"


def invalid(name: str, document: str, message: str, who: str | None = NOBODY) -> Row:
    return Row(name, asked(document, who=who), 400, "INVALID_DOCUMENT", message)


def variable(name: str, variables: object, message: str, document: str = NODE) -> Row:
    return Row(name, asked(document, variables, BUYER), 400, "INVALID_DOCUMENT", message)


def nested(opening: str, closing: str, times: int) -> str:
    return opening * times + closing * times


SYNTAX = (
    invalid("only a space", " ", "Syntax Error: Unexpected <EOF>."),
    invalid("only a comment", "# nothing", "Syntax Error: Unexpected <EOF>."),
    invalid("not closed", "{ me { key }", "Syntax Error: Expected Name, found <EOF>."),
    invalid("closed twice", "{ me { key } } }", "Syntax Error: Unexpected '}'."),
    invalid("empty", "{ }", "A selection is empty: name a field in it"),
    invalid("SQL", "SELECT * FROM subjects", "Syntax Error: Unexpected Name 'SELECT'."),
    invalid("HTML", "<script>alert(1)</script>", "Syntax Error: Unexpected character: '<'."),
    invalid("NUL", "{ me \0 { key } }", "Syntax Error: Unexpected character: U+0000."),
    invalid("an empty selection below", "{ policy { revision { } } }", "A selection is empty: name a field in it"),
    invalid("an escape of half a character", r'{ node(id: "\ud800") { id } }', "Syntax Error: Invalid Unicode escape"),
    invalid(
        "an escape that is too large", r'{ node(id: "\u{110000}") { id } }', "Syntax Error: Invalid Unicode escape"
    ),
    invalid("an escape that there is not", r'{ node(id: "\x41") { id } }', "Syntax Error: Invalid character escape"),
    invalid("a text that is not closed", '{ node(id: "x) { id } }', "Syntax Error: Unterminated string."),
    invalid("a block that is not closed", '{ node(id: """x) { id } }', "Syntax Error: Unterminated string."),
    invalid("single quotes", "{ node(id: 'x') { id } }", "Syntax Error: Unexpected single quote character"),
    invalid("other letters", "{ мне { key } }", "Syntax Error: Unexpected character: U+043C."),
    invalid("a name of 60 KB", "{ " + "n" * 60_000 + " }", "is 60000 characters long, and may be 100"),
    invalid("66 KB", "{ me { key } } #" + "x" * 66_000, "The operation's text is 66016 bytes long, and may be 65536"),
    invalid("2,001 tokens", "{ " + "a " * 2_000 + "}", "Syntax Error: Document contains more than 2000 tokens."),
    invalid("opening brackets", "{a" * 900, "Syntax Error: Document is nested too deeply. Parsing aborted."),
    invalid(
        "lists in each other",
        f"{{ node(id: {nested('[', ']', 900)}) {{ id }} }}",
        "Syntax Error: Document is nested too deeply. Parsing aborted.",
    ),
    invalid(
        "objects in each other",
        f"{{ node(id: {nested('{a:', '}', 400)[:-401]}1{'}' * 400}) {{ id }} }}",
        "Syntax Error: Document is nested too deeply. Parsing aborted.",
    ),
    invalid(
        "lists in a type",
        f"query ($a: {nested('[', ']', 600)}) {{ me {{ key }} }}",
        "Syntax Error: Document is nested too deeply. Parsing aborted.",
    ),
    invalid(
        "the type of a variable with 500 lists",
        f"query ($a: {'[' * 500}Int{']' * 500}) {{ me(asOf: $a) {{ key }} }}",
        "Syntax Error: Document is nested too deeply. Parsing aborted.",
    ),
    invalid(
        "a definition", "type Query { me: String }", "The document has no operation to run: send a query or a mutation"
    ),
    invalid(
        "an extension",
        "extend type Query { me: String }",
        "The document has no operation to run: send a query or a mutation",
    ),
    invalid(
        "an anonymous operation beside another",
        "{ me { key } } query A { me { key } }",
        "The document has more than one operation: name the one to run",
    ),
    invalid(
        "two operations of one name",
        "query A { me { key } } query A { me { key } }",
        "The document has more than one operation: name the one to run",
    ),
    invalid(
        "two operations and no name",
        "query A { me { key } } query B { me { key } }",
        "name the one to run, as `operationName`",
    ),
    Row(
        "an operation that is not there",
        asked("query A { me { key } }", operationName="B"),
        400,
        "INVALID_DOCUMENT",
        'Unknown operation named "B".',
    ),
)

MEANING = (
    invalid("a field that is not there", "{ me { surname } }", "Cannot query field 'surname' on type 'Subject'."),
    invalid("a misspelt field", "{ mee { key } }", "Cannot query field 'mee' on type 'Query'."),
    invalid(
        "fields of a leaf", "{ me { key { x } } }", "Field 'key' must not have a selection since type 'String!' has no"
    ),
    invalid("no fields of an object", "{ me }", "Field 'me' of type 'Subject' must have a selection of subfields."),
    invalid("an argument that is not there", "{ me(id: 1) { key } }", "Unknown argument 'id' on field 'Query.me'."),
    invalid(
        "an argument twice",
        "{ revisions(first: 1, first: 2) { totalCount } }",
        "There can be only one argument named 'first'.",
    ),
    invalid(
        "one field with two meanings",
        "{ a: revisions(first: 1) { totalCount } a: revisions(first: 2) { totalCount } }",
        "'a' conflict",
    ),
    invalid(
        "a fragment on a leaf",
        "{ me { ... on String { x } } }",
        "Fragment cannot condition on non composite type 'String'.",
    ),
    invalid("a fragment on a type that is not there", "{ me { ... on Person { x } } }", "Unknown type 'Person'."),
    invalid("a fragment that cannot be", "{ me { ... on Policy { html } } }", "Fragment cannot be spread here"),
    invalid("a fragment that is not there", "{ me { ...A } }", "Unknown fragment 'A'."),
    invalid(
        "a fragment that is not used", "{ me { key } } fragment A on Subject { key }", "Fragment 'A' is never used."
    ),
    invalid(
        "a fragment twice",
        "{ me { ...A } } fragment A on Subject { key } fragment A on Subject { key }",
        "only one fragment named 'A'",
    ),
    invalid(
        "a fragment in itself",
        "{ me { ...A } } fragment A on Subject { key ...A }",
        "Cannot spread fragment 'A' within itself.",
    ),
    invalid(
        "fragments in each other",
        "{ me { ...A } } fragment A on Subject { ...B } fragment B on Subject { ...A }",
        "Cannot spread fragment 'A' within itself via 'B'.",
    ),
    invalid("a directive that is not there", "{ me @cached { key } }", "Unknown directive '@cached'."),
    invalid(
        "a directive in the wrong place", "query @skip(if: true) { me { key } }", "Directive '@skip' may not be used on"
    ),
    invalid(
        "a directive twice",
        "{ me @skip(if: true) @skip(if: true) { key } }",
        "The directive '@skip' can only be used once",
    ),
    invalid("300 directives", "{ me { key " + "@a " * 300 + "} }", "Unknown directive '@a'."),
    invalid("deferred", "{ me { ... @defer { key } } }", "Unknown directive '@defer'."),
    invalid("streamed", "{ me { rights @stream { key } } }", "Unknown directive '@stream'."),
    invalid("a variable that is not declared", "{ node(id: $id) { id } }", "Variable '$id' is not defined."),
    invalid("a variable that is not used", "query ($a: Int) { me { key } }", "Variable '$a' is never used."),
    invalid(
        "a variable twice",
        "query ($a: Int, $a: Int) { policy(number: $a) { revision { number } } }",
        "only one variable named '$a'",
    ),
    invalid(
        "a variable of another type",
        "query ($a: String!) { policy(number: $a) { revision { number } } }",
        "Variable '$a' of type 'String!' used in position expecting type 'Int'.",
    ),
    invalid(
        "a variable of an output type",
        "query ($a: Subject) { node(id: $a) { id } }",
        "Variable '$a' cannot be non-input type",
    ),
    invalid("a variable of no type", "query ($a: Person) { node(id: $a) { id } }", "Unknown type 'Person'."),
    invalid(
        "a variable that may be null",
        "query ($a: ID) { node(id: $a) { id } }",
        "Variable '$a' of type 'ID' used in position",
    ),
    invalid(
        "a default of another type",
        'query ($a: Int = "x") { policy(number: $a) { revision { number } } }',
        "Int cannot represent",
    ),
    invalid(
        "a value that is no kind of decision",
        'mutation { recordDecision(input: {purpose: "law", kind: MAYBE}) { __typename } }',
        "Value 'MAYBE' does not exist in",
        BUYER,
    ),
    invalid(
        "a kind of decision as a text",
        'mutation { recordDecision(input: {purpose: "law", kind: "CONSENT"}) { __typename } }',
        "Enum 'DecisionKind' cannot",
        BUYER,
    ),
    invalid("all at once", "{ " + " ".join(f"x{each}" for each in range(300)) + " }", "Too many validation errors"),
)

LIMITS = (
    invalid(
        "31 aliases",
        "{ " + " ".join(f"a{each}: __typename" for each in range(31)) + " }",
        "The operation has 31 aliases, and may have 30: ask for less at once",
    ),
    invalid(
        "31 aliases in fragments",
        "{ "
        + " ".join(f"...F{each}" for each in range(31))
        + " } "
        + " ".join(f"fragment F{each} on Query {{ a{each}: __typename }}" for each in range(31)),
        "has 31 aliases",
    ),
    invalid(
        "21 levels", "{ policy { tree " + "{ parts " * 20 + "{ key }" + " }" * 20 + " } }", "more than 20 fields deep"
    ),
    invalid(
        "100 fragments in each other",
        "{ ...F0 } "
        + " ".join(f"fragment F{each} on Query {{ ...F{each + 1} }}" for each in range(100))
        + " fragment F100 on Query { __typename }",
        "more than 20 fields deep",
    ),
    invalid(
        "fragments that double 60 times",
        "{ policy { tree { ...F0 } } } "
        + " ".join(f"fragment F{each} on Clause {{ ...F{each + 1} ...F{each + 1} }}" for each in range(60))
        + " fragment F60 on Clause { key }",
        "The operation's cost is 11529215046068469762, and may be 2000000",
    ),
    invalid(
        "everything that everything states",
        "{ policy { clauses(first: 200) { nodes { states { clauses { states { clauses { key } } } } } } } }",
        "The operation's cost is 3630402, and may be 2000000",
    ),
    Row(
        "introspection",
        asked("{ __schema { types { name } } }"),
        400,
        "INTROSPECTION_NOT_ALLOWED",
        "`__schema` is for staff: schema.graphql has the schema",
    ),
    Row(
        "introspection of one type",
        asked('{ __type(name: "Subject") { fields { name } } }'),
        400,
        "INTROSPECTION_NOT_ALLOWED",
        "`__type` is for staff: schema.graphql has the schema",
    ),
    Row(
        "introspection in a fragment",
        asked("{ ...F } fragment F on Query { __schema { types { name } } }"),
        400,
        "INTROSPECTION_NOT_ALLOWED",
        "`__schema` is for staff: schema.graphql has the schema",
    ),
    Row(
        "introspection by a person",
        asked("{ __schema { types { name } } }", who=BUYER),
        400,
        "INTROSPECTION_NOT_ALLOWED",
        "is for staff",
    ),
    invalid(
        "introspection without end, by staff",
        "{ __schema { types { fields { type { fields { type { fields { type { fields "
        "{ type { fields { type { name } } } } } } } } } } } } }",
        "The operation's cost is",
        STAFF,
    ),
)

VARIABLES = (
    variable("none", None, "Expected a value of non-null type 'ID!' to be provided."),
    variable("an empty object", {}, "Expected a value of non-null type 'ID!' to be provided."),
    variable("another name", {"ID": "x"}, "Expected a value of non-null type 'ID!' to be provided."),
    variable("null", {"id": None}, "Expected value of non-null type 'ID!' not to be null."),
    variable("a list", {"id": ["x"]}, "Variable '$id' has invalid value: ID cannot represent value"),
    variable("an object", {"id": {"x": 1}}, "ID cannot represent value"),
    variable("a fraction", {"id": 0.5}, "ID cannot represent value"),
    variable("a truth", {"id": True}, "ID cannot represent value"),
    variable("100 KB in a list", {"id": ["x" * 100_000]}, "ID cannot represent value"),
    variable("keys that are a number", {"keys": 1}, "String cannot represent a non string value", FILTERED),
    variable(
        "a key that is null",
        {"keys": ["websites", None]},
        "has invalid value at [1]: Expected value of non-null type 'String!' not to be null.",
        FILTERED,
    ),
    variable("a key that is a list", {"keys": [["websites"]]}, "String cannot represent a non string value", FILTERED),
    variable("500 wrong keys", {"keys": [1] * 500}, "String cannot represent a non string value", FILTERED),
)
