"""Wrong pages: how many rows, and after which."""

from __future__ import annotations

from tests.bad_input.ids import encoded
from tests.bad_input.rows import Row
from tests.bad_input.wire import BUYER, NOBODY, STAFF, VISITOR, asked

REVISIONS = "query ($first: Int!) { revisions(first: $first) { totalCount } }"
SERVICES = "query ($after: String) { dataMap { services(first: 2, after: $after) { nodes { key } } } }"
HOLDINGS = "query ($after: String) { me { holdings(first: 2, after: $after) { nodes { id } } } }"
OF_WEBSITES = (
    'query ($after: String) { me { holdings(first: 2, after: $after, service: ["websites"]) { nodes { id } } } }'
)
AFTER_REVISION = "query ($after: String) { revisions(after: $after) { totalCount } }"

NO_CURSOR = "This is not a cursor of this list: give an `endCursor` that it returned, or none"
RANGE = "ask for 1 to 200 rows, and read on with `after`"
NO_INT = "Int cannot represent non"


def first(name: str, value: int) -> Row:
    return Row(name, asked(REVISIONS, {"first": value}), 200, "INVALID_INPUT", f"`first` is {value}: {RANGE}")


def no_int(name: str, value: object, message: str) -> Row:
    return Row(name, asked(REVISIONS, {"first": value}), 400, "INVALID_DOCUMENT", message)


def inline(name: str, value: str, message: str) -> Row:
    text = f"{{ revisions(first: {value}) {{ totalCount }} }}"
    return Row(name, asked(text), 400, "INVALID_DOCUMENT", message)


def after(name: str, cursor: object, document: str = SERVICES, who: str | None = NOBODY) -> Row:
    return Row(name, asked(document, {"after": cursor}, who), 200, "INVALID_INPUT", NO_CURSOR)


def taken(name: str, of: str, document: str, who: str | None = NOBODY, message: str = NO_CURSOR) -> Row:
    """A cursor that the service gave, for something else."""
    return Row(name, lambda given: asked(document, {"after": given[of]}, who), 200, "INVALID_INPUT", message)


def damaged(name: str, damage: tuple[int, str], document: str = SERVICES) -> Row:
    """A good cursor with one character changed, or cut off."""
    place, put = damage
    return Row(
        name,
        lambda given: asked(document, {"after": _changed(given["cursor of services"], place, put)}),
        200,
        "INVALID_INPUT",
        "",
    )


def _changed(cursor: str, place: int, put: str) -> str:
    characters = list(cursor)
    characters[place] = put
    return "".join(characters)


FIRST = (
    first("none", 0),
    first("fewer than none", -1),
    first("one too many", 201),
    first("as many as 32 bits hold", 2**31 - 1),
    first("the least that 32 bits hold", -(2**31)),
    no_int("33 bits", 2**31, f"{NO_INT} 32-bit signed integer value"),
    no_int("400 digits", 10**400, f"{NO_INT} 32-bit signed integer value"),
    no_int("a fraction", 2.5, f"{NO_INT}-integer value"),
    no_int("a text", "10", f"{NO_INT}-integer value"),
    no_int("an empty text", "", f"{NO_INT}-integer value"),
    no_int("a truth", True, f"{NO_INT}-integer value"),
    no_int("null", None, "Expected value of non-null type 'Int!' not to be null."),
    no_int("a list", [1, 2], f"{NO_INT}-integer value"),
    no_int("an object", {"first": 1}, f"{NO_INT}-integer value"),
    inline("an exponent", "1e3", f"{NO_INT}-integer value: 1e3"),
    inline("a text in the document", '"10"', f'{NO_INT}-integer value: "10"'),
    inline("33 bits in the document", "99999999999", f"{NO_INT} 32-bit signed integer value: 99999999999"),
    inline("a leading zero", "007", "Syntax Error: Invalid number, unexpected digit after 0: '0'."),
    inline("hexadecimal", "0x10", "Syntax Error: Invalid number, expected digit but got: 'x'."),
    inline("two signs", "--1", "Syntax Error: Invalid number, expected digit but got: '-'."),
    inline("infinity", "Infinity", f"{NO_INT}-integer value: Infinity"),
    Row(
        "no number",
        asked(REVISIONS, {}),
        400,
        "INVALID_DOCUMENT",
        "Expected a value of non-null type 'Int!' to be provided.",
    ),
    Row(
        "in a list below",
        asked("{ me { recipients { nodes { disclosed(first: 0) { totalCount } } } } }", who=BUYER),
        200,
        "INVALID_INPUT",
        f"`first` is 0: {RANGE}",
    ),
    Row(
        "of findings",
        asked("{ dataMap { findings(first: 1000) { totalCount } } }", who=STAFF),
        200,
        "INVALID_INPUT",
        f"`first` is 1000: {RANGE}",
    ),
)

CURSORS = (
    after("empty", ""),
    after("not base64", "!!!"),
    after("a number", encoded("50")),
    after("an offset", encoded("arrayconnection:50")),
    after("NUL", "\0"),
    after("other letters", "курсор"),
    after("too long", "W" * 8_193),
    after("1 MB", "W" * 100_000),
    after("a global id", encoded('["Service",1,"ispmanager"]')),
    after("without a place", encoded('["after","Service-2"]')),
    after("of a list that there is not", encoded('["after","Elephant-2","x"]')),
    after("of another kind of list", encoded('["after","Purpose-2","x"]')),
    after("a place that is no text", encoded('["after","Service-2",null]')),
    after("nested", encoded('["after","Service-2",["x"]]')),
    after("a number of 65 bits", encoded('["after","revisions",9223372036854775808]'), AFTER_REVISION),
    after("revision 0", encoded('["after","revisions",0]'), AFTER_REVISION),
    after("a negative revision", encoded('["after","revisions",-5]'), AFTER_REVISION),
    after("a revision as a text", encoded('["after","revisions","2"]'), AFTER_REVISION),
    after("two revisions", encoded('["after","revisions",2,1]'), AFTER_REVISION),
    after("a revision as a truth", encoded('["after","revisions",true]'), AFTER_REVISION),
    after("numbers for texts", encoded('["after","holdings",1,2,3]'), HOLDINGS, BUYER),
    after("half a character", encoded('["after","holdings","\\ud800","x","y"]'), HOLDINGS, BUYER),
    taken(
        "of services, for purposes",
        "cursor of services",
        "query ($after: String) { dataMap { purposes(after: $after) { totalCount } } }",
    ),
    taken("of services, for revisions", "cursor of services", AFTER_REVISION),
    taken(
        "of services, for clauses",
        "cursor of services",
        "query ($after: String) { policy { clauses(after: $after) { totalCount } } }",
    ),
    taken("of services, for holdings", "cursor of services", HOLDINGS, BUYER),
    taken(
        "of holdings, for decisions",
        "cursor of holdings",
        "query ($after: String) { me { decisions(after: $after) { totalCount } } }",
        BUYER,
    ),
    taken("of holdings, for services", "cursor of holdings", SERVICES, BUYER),
    taken("of another revision", "cursor of services in revision 1", SERVICES),
    taken(
        "of another revision's clauses",
        "cursor of clauses in revision 1",
        "query ($after: String) { policy { clauses(after: $after) { totalCount } } }",
    ),
    taken(
        "of another revision's recipients",
        "cursor of recipients in revision 1",
        "query ($after: String) { me { recipients(after: $after) { totalCount } } }",
        BUYER,
    ),
    taken("of another person", "cursor of holdings", HOLDINGS, VISITOR),
    taken("of another filter", "cursor of holdings", OF_WEBSITES, BUYER),
    taken("without the filter that it has", "cursor of filtered holdings", HOLDINGS, BUYER),
    Row(
        "of a row that is gone",
        asked(SERVICES, {"after": encoded(f'["after","Service-2","{"0" * 64}"]')}),
        200,
        "INVALID_INPUT",
        "The row of this cursor is no longer in the list: read the list from its beginning",
    ),
    Row(
        "a list",
        asked(SERVICES, {"after": ["x"]}),
        400,
        "INVALID_DOCUMENT",
        "String cannot represent a non string value",
    ),
    Row("a truth", asked(SERVICES, {"after": False}), 400, "INVALID_DOCUMENT", "String cannot represent a non string"),
    damaged("its first letter changed", (0, "V")),
    damaged("a letter in the middle changed", (40, "_")),
    damaged("its last letter changed", (-1, "!")),
    damaged("its end cut off", (-1, "")),
)
